// SPDX-License-Identifier: GPL-2.0
/* Do not edit: make spec generates it from Documentation/netlink/specs/closewatch.yaml. */
#include <linux/closewatch.h>

#include "base/names_gen.h"

static const struct cw_word event_type_words[] = {
	[CLOSEWATCH_EVENT_TYPE_CLOSE] = CW_WORD_IS("close"),
	[CLOSEWATCH_EVENT_TYPE_LINGER_WAIT] = CW_WORD_IS("linger-wait"),
	[CLOSEWATCH_EVENT_TYPE_LOST] = CW_WORD_IS("lost"),
	[CLOSEWATCH_EVENT_TYPE_SHUTDOWN] = CW_WORD_IS("shutdown"),
	[CLOSEWATCH_EVENT_TYPE_SHARED_CLOSE] = CW_WORD_IS("shared-close"),
	[CLOSEWATCH_EVENT_TYPE_WRITE_AFTER_SHUTDOWN] = CW_WORD_IS("write-after-shutdown"),
	[CLOSEWATCH_EVENT_TYPE_FATE] = CW_WORD_IS("fate"),
	[CLOSEWATCH_EVENT_TYPE_RESET] = CW_WORD_IS("reset"),
	[CLOSEWATCH_EVENT_TYPE_DRAIN_BEGIN] = CW_WORD_IS("drain-begin"),
	[CLOSEWATCH_EVENT_TYPE_DRAIN_END] = CW_WORD_IS("drain-end"),
	[CLOSEWATCH_EVENT_TYPE_POLICY] = CW_WORD_IS("policy"),
};

const struct cw_names cw_event_type_names = { event_type_words, CLOSEWATCH_EVENT_TYPE_MAX + 1 };

static const struct cw_word path_words[] = {
	[CLOSEWATCH_PATH_UNKNOWN] = CW_WORD_IS("unknown"),
	[CLOSEWATCH_PATH_FIN] = CW_WORD_IS("fin"),
	[CLOSEWATCH_PATH_FIN_BEHIND_DATA] = CW_WORD_IS("fin-behind-data"),
	[CLOSEWATCH_PATH_FIN_ON_SENT_DATA] = CW_WORD_IS("fin-on-sent-data"),
	[CLOSEWATCH_PATH_FIN_LOST] = CW_WORD_IS("fin-lost"),
	[CLOSEWATCH_PATH_ALREADY_FIN] = CW_WORD_IS("already-fin"),
	[CLOSEWATCH_PATH_ALREADY_CLOSED] = CW_WORD_IS("already-closed"),
	[CLOSEWATCH_PATH_SYN_SENT] = CW_WORD_IS("syn-sent"),
	[CLOSEWATCH_PATH_LISTENER] = CW_WORD_IS("listener"),
	[CLOSEWATCH_PATH_RST_UNREAD] = CW_WORD_IS("rst-unread"),
	[CLOSEWATCH_PATH_RST_LINGER0] = CW_WORD_IS("rst-linger0"),
	[CLOSEWATCH_PATH_LINGER0_SILENT] = CW_WORD_IS("linger0-silent"),
	[CLOSEWATCH_PATH_RST_LINGER2] = CW_WORD_IS("rst-linger2"),
	[CLOSEWATCH_PATH_RST_MEMORY] = CW_WORD_IS("rst-memory"),
	[CLOSEWATCH_PATH_REPAIR] = CW_WORD_IS("repair"),
	[CLOSEWATCH_PATH_NETNS_GONE] = CW_WORD_IS("netns-gone"),
	[CLOSEWATCH_PATH_DRAIN] = CW_WORD_IS("drain"),
	[CLOSEWATCH_PATH_FLAG_ONLY] = CW_WORD_IS("flag-only"),
	[CLOSEWATCH_PATH_DEFERRED] = CW_WORD_IS("deferred"),
	[CLOSEWATCH_PATH_NONE] = CW_WORD_IS("none"),
	[CLOSEWATCH_PATH_MPTCP] = CW_WORD_IS("mptcp"),
};

const struct cw_names cw_path_names = { path_words, CLOSEWATCH_PATH_MAX + 1 };

static const struct cw_word fin_form_words[] = {
	[CLOSEWATCH_FIN_FORM_NONE] = CW_WORD_IS("none"),
	[CLOSEWATCH_FIN_FORM_ALONE] = CW_WORD_IS("alone"),
	[CLOSEWATCH_FIN_FORM_BEHIND_DATA] = CW_WORD_IS("behind-data"),
	[CLOSEWATCH_FIN_FORM_ON_SENT_DATA] = CW_WORD_IS("on-sent-data"),
	[CLOSEWATCH_FIN_FORM_LOST] = CW_WORD_IS("lost"),
};

const struct cw_names cw_fin_form_names = { fin_form_words, CLOSEWATCH_FIN_FORM_MAX + 1 };

static const struct cw_word linger_outcome_words[] = {
	[CLOSEWATCH_LINGER_OUTCOME_NONE] = CW_WORD_IS("none"),
	[CLOSEWATCH_LINGER_OUTCOME_ACKED] = CW_WORD_IS("acked"),
	[CLOSEWATCH_LINGER_OUTCOME_TIMEOUT] = CW_WORD_IS("timeout"),
	[CLOSEWATCH_LINGER_OUTCOME_SIGNAL] = CW_WORD_IS("signal"),
	[CLOSEWATCH_LINGER_OUTCOME_RESET] = CW_WORD_IS("reset"),
	[CLOSEWATCH_LINGER_OUTCOME_SKIPPED_EXIT] = CW_WORD_IS("skipped-exit"),
	[CLOSEWATCH_LINGER_OUTCOME_SKIPPED_RST] = CW_WORD_IS("skipped-rst"),
};

const struct cw_names cw_linger_outcome_names = { linger_outcome_words, CLOSEWATCH_LINGER_OUTCOME_MAX + 1 };

static const struct cw_word cause_words[] = {
	[CLOSEWATCH_CAUSE_CLOSE] = CW_WORD_IS("close"),
	[CLOSEWATCH_CAUSE_EXEC] = CW_WORD_IS("exec"),
	[CLOSEWATCH_CAUSE_EXIT] = CW_WORD_IS("exit"),
	[CLOSEWATCH_CAUSE_KERNEL] = CW_WORD_IS("kernel"),
	[CLOSEWATCH_CAUSE_SIGNAL] = CW_WORD_IS("signal"),
};

const struct cw_names cw_cause_names = { cause_words, CLOSEWATCH_CAUSE_MAX + 1 };

static const struct cw_word loss_words[] = {
	[CLOSEWATCH_LOSS_RING] = CW_WORD_IS("ring"),
	[CLOSEWATCH_LOSS_SOCKET] = CW_WORD_IS("socket"),
	[CLOSEWATCH_LOSS_PROBE] = CW_WORD_IS("probe"),
	[CLOSEWATCH_LOSS_INFLIGHT] = CW_WORD_IS("inflight"),
	[CLOSEWATCH_LOSS_BLIND] = CW_WORD_IS("blind"),
	[CLOSEWATCH_LOSS_RECORDING] = CW_WORD_IS("recording"),
};

const struct cw_names cw_loss_names = { loss_words, CLOSEWATCH_LOSS_MAX + 1 };

static const struct cw_word how_words[] = {
	[CLOSEWATCH_HOW_RD] = CW_WORD_IS("rd"),
	[CLOSEWATCH_HOW_WR] = CW_WORD_IS("wr"),
	[CLOSEWATCH_HOW_RDWR] = CW_WORD_IS("rdwr"),
};

const struct cw_names cw_how_names = { how_words, CLOSEWATCH_HOW_MAX + 1 };

static const struct cw_word fate_words[] = {
	[CLOSEWATCH_FATE_UNKNOWN] = CW_WORD_IS("unknown"),
	[CLOSEWATCH_FATE_TIME_WAIT] = CW_WORD_IS("time-wait"),
	[CLOSEWATCH_FATE_TIME_WAIT_OVERFLOW] = CW_WORD_IS("time-wait-overflow"),
	[CLOSEWATCH_FATE_FIN_WAIT2_TIMEOUT] = CW_WORD_IS("fin-wait2-timeout"),
	[CLOSEWATCH_FATE_ACKED] = CW_WORD_IS("acked"),
	[CLOSEWATCH_FATE_RST_LATE_DATA] = CW_WORD_IS("rst-late-data"),
	[CLOSEWATCH_FATE_RST_LINGER2] = CW_WORD_IS("rst-linger2"),
	[CLOSEWATCH_FATE_PEER_RESET] = CW_WORD_IS("peer-reset"),
	[CLOSEWATCH_FATE_RETRANSMIT_TIMEOUT] = CW_WORD_IS("retransmit-timeout"),
	[CLOSEWATCH_FATE_KEEPALIVE_TIMEOUT] = CW_WORD_IS("keepalive-timeout"),
	[CLOSEWATCH_FATE_USER_TIMEOUT] = CW_WORD_IS("user-timeout"),
	[CLOSEWATCH_FATE_MEMORY] = CW_WORD_IS("memory"),
	[CLOSEWATCH_FATE_ORPHAN_LIMIT] = CW_WORD_IS("orphan-limit"),
	[CLOSEWATCH_FATE_KILLED] = CW_WORD_IS("killed"),
	[CLOSEWATCH_FATE_DISCONNECTED] = CW_WORD_IS("disconnected"),
	[CLOSEWATCH_FATE_NETNS_GONE] = CW_WORD_IS("netns-gone"),
	[CLOSEWATCH_FATE_ABORTED] = CW_WORD_IS("aborted"),
	[CLOSEWATCH_FATE_MPTCP] = CW_WORD_IS("mptcp"),
};

const struct cw_names cw_fate_names = { fate_words, CLOSEWATCH_FATE_MAX + 1 };

static const struct cw_word verdict_words[] = {
	[CLOSEWATCH_VERDICT_UNKNOWN] = CW_WORD_IS("unknown"),
	[CLOSEWATCH_VERDICT_DELIVERED] = CW_WORD_IS("delivered"),
	[CLOSEWATCH_VERDICT_LOST] = CW_WORD_IS("lost"),
};

const struct cw_names cw_verdict_names = { verdict_words, CLOSEWATCH_VERDICT_MAX + 1 };

static const struct cw_word side_words[] = {
	[CLOSEWATCH_SIDE_UNKNOWN] = CW_WORD_IS("unknown"),
	[CLOSEWATCH_SIDE_LOCAL] = CW_WORD_IS("local"),
	[CLOSEWATCH_SIDE_PEER] = CW_WORD_IS("peer"),
};

const struct cw_names cw_side_names = { side_words, CLOSEWATCH_SIDE_MAX + 1 };

static const struct cw_word reset_kind_words[] = {
	[CLOSEWATCH_RESET_KIND_RECEIVED] = CW_WORD_IS("received"),
	[CLOSEWATCH_RESET_KIND_NO_SOCKET] = CW_WORD_IS("no-socket"),
	[CLOSEWATCH_RESET_KIND_LISTENER] = CW_WORD_IS("listener"),
	[CLOSEWATCH_RESET_KIND_TIME_WAIT] = CW_WORD_IS("time-wait"),
	[CLOSEWATCH_RESET_KIND_BAD_SEGMENT] = CW_WORD_IS("bad-segment"),
	[CLOSEWATCH_RESET_KIND_LATE_DATA] = CW_WORD_IS("late-data"),
	[CLOSEWATCH_RESET_KIND_NO_LISTENER] = CW_WORD_IS("no-listener"),
	[CLOSEWATCH_RESET_KIND_LATE_SEGMENT] = CW_WORD_IS("late-segment"),
};

const struct cw_names cw_reset_kind_names = { reset_kind_words, CLOSEWATCH_RESET_KIND_MAX + 1 };

static const struct cw_word action_words[] = {
	[CLOSEWATCH_ACTION_DRAIN] = CW_WORD_IS("drain"),
	[CLOSEWATCH_ACTION_LINGER] = CW_WORD_IS("linger"),
	[CLOSEWATCH_ACTION_RESET] = CW_WORD_IS("reset"),
	[CLOSEWATCH_ACTION_LEAVE] = CW_WORD_IS("leave"),
};

const struct cw_names cw_action_names = { action_words, CLOSEWATCH_ACTION_MAX + 1 };

static const struct cw_word drain_outcome_words[] = {
	[CLOSEWATCH_DRAIN_OUTCOME_UNKNOWN] = CW_WORD_IS("unknown"),
	[CLOSEWATCH_DRAIN_OUTCOME_DELIVERED] = CW_WORD_IS("delivered"),
	[CLOSEWATCH_DRAIN_OUTCOME_IDLE_TIMEOUT] = CW_WORD_IS("idle-timeout"),
	[CLOSEWATCH_DRAIN_OUTCOME_TOTAL_TIMEOUT] = CW_WORD_IS("total-timeout"),
	[CLOSEWATCH_DRAIN_OUTCOME_BYTE_LIMIT] = CW_WORD_IS("byte-limit"),
	[CLOSEWATCH_DRAIN_OUTCOME_PEER_RESET] = CW_WORD_IS("peer-reset"),
	[CLOSEWATCH_DRAIN_OUTCOME_RETRANSMIT_TIMEOUT] = CW_WORD_IS("retransmit-timeout"),
	[CLOSEWATCH_DRAIN_OUTCOME_KILLED] = CW_WORD_IS("killed"),
	[CLOSEWATCH_DRAIN_OUTCOME_SHED] = CW_WORD_IS("shed"),
	[CLOSEWATCH_DRAIN_OUTCOME_FLUSHED] = CW_WORD_IS("flushed"),
	[CLOSEWATCH_DRAIN_OUTCOME_REFUSED] = CW_WORD_IS("refused"),
};

const struct cw_names cw_drain_outcome_names = { drain_outcome_words, CLOSEWATCH_DRAIN_OUTCOME_MAX + 1 };

static const struct cw_word refusal_words[] = {
	[CLOSEWATCH_REFUSAL_NOT_CONNECTED] = CW_WORD_IS("not-connected"),
	[CLOSEWATCH_REFUSAL_LINGER0] = CW_WORD_IS("linger0"),
	[CLOSEWATCH_REFUSAL_REPAIR] = CW_WORD_IS("repair"),
	[CLOSEWATCH_REFUSAL_FAST_OPEN] = CW_WORD_IS("fast-open"),
	[CLOSEWATCH_REFUSAL_ULP] = CW_WORD_IS("ulp"),
	[CLOSEWATCH_REFUSAL_MPTCP] = CW_WORD_IS("mptcp"),
	[CLOSEWATCH_REFUSAL_FOREIGN] = CW_WORD_IS("foreign"),
	[CLOSEWATCH_REFUSAL_LIMIT] = CW_WORD_IS("limit"),
	[CLOSEWATCH_REFUSAL_MEMORY_PRESSURE] = CW_WORD_IS("memory-pressure"),
	[CLOSEWATCH_REFUSAL_NO_MEMORY] = CW_WORD_IS("no-memory"),
	[CLOSEWATCH_REFUSAL_SWITCHED_OFF] = CW_WORD_IS("switched-off"),
	[CLOSEWATCH_REFUSAL_LINGER2] = CW_WORD_IS("linger2"),
	[CLOSEWATCH_REFUSAL_OOM_VICTIM] = CW_WORD_IS("oom-victim"),
};

const struct cw_names cw_refusal_names = { refusal_words, CLOSEWATCH_REFUSAL_MAX + 1 };

static const struct cw_word state_words[] = {
	[CLOSEWATCH_STATE_ESTABLISHED] = CW_WORD_IS("ESTABLISHED"),
	[CLOSEWATCH_STATE_SYN_SENT] = CW_WORD_IS("SYN_SENT"),
	[CLOSEWATCH_STATE_SYN_RECV] = CW_WORD_IS("SYN_RECV"),
	[CLOSEWATCH_STATE_FIN_WAIT1] = CW_WORD_IS("FIN_WAIT1"),
	[CLOSEWATCH_STATE_FIN_WAIT2] = CW_WORD_IS("FIN_WAIT2"),
	[CLOSEWATCH_STATE_TIME_WAIT] = CW_WORD_IS("TIME_WAIT"),
	[CLOSEWATCH_STATE_CLOSE] = CW_WORD_IS("CLOSE"),
	[CLOSEWATCH_STATE_CLOSE_WAIT] = CW_WORD_IS("CLOSE_WAIT"),
	[CLOSEWATCH_STATE_LAST_ACK] = CW_WORD_IS("LAST_ACK"),
	[CLOSEWATCH_STATE_LISTEN] = CW_WORD_IS("LISTEN"),
	[CLOSEWATCH_STATE_CLOSING] = CW_WORD_IS("CLOSING"),
	[CLOSEWATCH_STATE_NEW_SYN_RECV] = CW_WORD_IS("NEW_SYN_RECV"),
};

const struct cw_names cw_state_names = { state_words, CLOSEWATCH_STATE_MAX + 1 };
