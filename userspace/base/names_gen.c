// SPDX-License-Identifier: GPL-2.0
/* Do not edit: make spec generates it from Documentation/netlink/specs/closewatch.yaml. */
#include <linux/closewatch.h>

#include "base/names_gen.h"

static const char *const event_type_words[] = {
	[CLOSEWATCH_EVENT_TYPE_CLOSE] = "close",
	[CLOSEWATCH_EVENT_TYPE_LINGER_WAIT] = "linger-wait",
	[CLOSEWATCH_EVENT_TYPE_LOST] = "lost",
	[CLOSEWATCH_EVENT_TYPE_SHUTDOWN] = "shutdown",
	[CLOSEWATCH_EVENT_TYPE_SHARED_CLOSE] = "shared-close",
	[CLOSEWATCH_EVENT_TYPE_WRITE_AFTER_SHUTDOWN] = "write-after-shutdown",
	[CLOSEWATCH_EVENT_TYPE_FATE] = "fate",
	[CLOSEWATCH_EVENT_TYPE_RESET] = "reset",
	[CLOSEWATCH_EVENT_TYPE_DRAIN_BEGIN] = "drain-begin",
	[CLOSEWATCH_EVENT_TYPE_DRAIN_END] = "drain-end",
	[CLOSEWATCH_EVENT_TYPE_POLICY] = "policy",
};

const struct cw_names cw_event_type_names = { event_type_words, CLOSEWATCH_EVENT_TYPE_MAX + 1 };

static const char *const path_words[] = {
	[CLOSEWATCH_PATH_UNKNOWN] = "unknown",
	[CLOSEWATCH_PATH_FIN] = "fin",
	[CLOSEWATCH_PATH_FIN_BEHIND_DATA] = "fin-behind-data",
	[CLOSEWATCH_PATH_FIN_ON_SENT_DATA] = "fin-on-sent-data",
	[CLOSEWATCH_PATH_FIN_LOST] = "fin-lost",
	[CLOSEWATCH_PATH_ALREADY_FIN] = "already-fin",
	[CLOSEWATCH_PATH_ALREADY_CLOSED] = "already-closed",
	[CLOSEWATCH_PATH_SYN_SENT] = "syn-sent",
	[CLOSEWATCH_PATH_LISTENER] = "listener",
	[CLOSEWATCH_PATH_RST_UNREAD] = "rst-unread",
	[CLOSEWATCH_PATH_RST_LINGER0] = "rst-linger0",
	[CLOSEWATCH_PATH_LINGER0_SILENT] = "linger0-silent",
	[CLOSEWATCH_PATH_RST_LINGER2] = "rst-linger2",
	[CLOSEWATCH_PATH_RST_MEMORY] = "rst-memory",
	[CLOSEWATCH_PATH_REPAIR] = "repair",
	[CLOSEWATCH_PATH_NETNS_GONE] = "netns-gone",
	[CLOSEWATCH_PATH_DRAIN] = "drain",
	[CLOSEWATCH_PATH_FLAG_ONLY] = "flag-only",
	[CLOSEWATCH_PATH_DEFERRED] = "deferred",
	[CLOSEWATCH_PATH_NONE] = "none",
	[CLOSEWATCH_PATH_MPTCP] = "mptcp",
};

const struct cw_names cw_path_names = { path_words, CLOSEWATCH_PATH_MAX + 1 };

static const char *const fin_form_words[] = {
	[CLOSEWATCH_FIN_FORM_NONE] = "none",
	[CLOSEWATCH_FIN_FORM_ALONE] = "alone",
	[CLOSEWATCH_FIN_FORM_BEHIND_DATA] = "behind-data",
	[CLOSEWATCH_FIN_FORM_ON_SENT_DATA] = "on-sent-data",
	[CLOSEWATCH_FIN_FORM_LOST] = "lost",
};

const struct cw_names cw_fin_form_names = { fin_form_words, CLOSEWATCH_FIN_FORM_MAX + 1 };

static const char *const linger_outcome_words[] = {
	[CLOSEWATCH_LINGER_OUTCOME_NONE] = "none",
	[CLOSEWATCH_LINGER_OUTCOME_ACKED] = "acked",
	[CLOSEWATCH_LINGER_OUTCOME_TIMEOUT] = "timeout",
	[CLOSEWATCH_LINGER_OUTCOME_SIGNAL] = "signal",
	[CLOSEWATCH_LINGER_OUTCOME_RESET] = "reset",
	[CLOSEWATCH_LINGER_OUTCOME_SKIPPED_EXIT] = "skipped-exit",
	[CLOSEWATCH_LINGER_OUTCOME_SKIPPED_RST] = "skipped-rst",
};

const struct cw_names cw_linger_outcome_names = { linger_outcome_words, CLOSEWATCH_LINGER_OUTCOME_MAX + 1 };

static const char *const cause_words[] = {
	[CLOSEWATCH_CAUSE_CLOSE] = "close",
	[CLOSEWATCH_CAUSE_EXEC] = "exec",
	[CLOSEWATCH_CAUSE_EXIT] = "exit",
	[CLOSEWATCH_CAUSE_KERNEL] = "kernel",
	[CLOSEWATCH_CAUSE_SIGNAL] = "signal",
};

const struct cw_names cw_cause_names = { cause_words, CLOSEWATCH_CAUSE_MAX + 1 };

static const char *const loss_words[] = {
	[CLOSEWATCH_LOSS_RING] = "ring",
	[CLOSEWATCH_LOSS_SOCKET] = "socket",
	[CLOSEWATCH_LOSS_PROBE] = "probe",
	[CLOSEWATCH_LOSS_INFLIGHT] = "inflight",
	[CLOSEWATCH_LOSS_BLIND] = "blind",
};

const struct cw_names cw_loss_names = { loss_words, CLOSEWATCH_LOSS_MAX + 1 };

static const char *const how_words[] = {
	[CLOSEWATCH_HOW_RD] = "rd",
	[CLOSEWATCH_HOW_WR] = "wr",
	[CLOSEWATCH_HOW_RDWR] = "rdwr",
};

const struct cw_names cw_how_names = { how_words, CLOSEWATCH_HOW_MAX + 1 };

static const char *const fate_words[] = {
	[CLOSEWATCH_FATE_UNKNOWN] = "unknown",
	[CLOSEWATCH_FATE_TIME_WAIT] = "time-wait",
	[CLOSEWATCH_FATE_TIME_WAIT_OVERFLOW] = "time-wait-overflow",
	[CLOSEWATCH_FATE_FIN_WAIT2_TIMEOUT] = "fin-wait2-timeout",
	[CLOSEWATCH_FATE_ACKED] = "acked",
	[CLOSEWATCH_FATE_RST_LATE_DATA] = "rst-late-data",
	[CLOSEWATCH_FATE_RST_LINGER2] = "rst-linger2",
	[CLOSEWATCH_FATE_PEER_RESET] = "peer-reset",
	[CLOSEWATCH_FATE_RETRANSMIT_TIMEOUT] = "retransmit-timeout",
	[CLOSEWATCH_FATE_KEEPALIVE_TIMEOUT] = "keepalive-timeout",
	[CLOSEWATCH_FATE_USER_TIMEOUT] = "user-timeout",
	[CLOSEWATCH_FATE_MEMORY] = "memory",
	[CLOSEWATCH_FATE_ORPHAN_LIMIT] = "orphan-limit",
	[CLOSEWATCH_FATE_KILLED] = "killed",
	[CLOSEWATCH_FATE_DISCONNECTED] = "disconnected",
	[CLOSEWATCH_FATE_NETNS_GONE] = "netns-gone",
	[CLOSEWATCH_FATE_ABORTED] = "aborted",
	[CLOSEWATCH_FATE_MPTCP] = "mptcp",
};

const struct cw_names cw_fate_names = { fate_words, CLOSEWATCH_FATE_MAX + 1 };

static const char *const verdict_words[] = {
	[CLOSEWATCH_VERDICT_UNKNOWN] = "unknown",
	[CLOSEWATCH_VERDICT_DELIVERED] = "delivered",
	[CLOSEWATCH_VERDICT_LOST] = "lost",
};

const struct cw_names cw_verdict_names = { verdict_words, CLOSEWATCH_VERDICT_MAX + 1 };

static const char *const side_words[] = {
	[CLOSEWATCH_SIDE_UNKNOWN] = "unknown",
	[CLOSEWATCH_SIDE_LOCAL] = "local",
	[CLOSEWATCH_SIDE_PEER] = "peer",
};

const struct cw_names cw_side_names = { side_words, CLOSEWATCH_SIDE_MAX + 1 };

static const char *const reset_kind_words[] = {
	[CLOSEWATCH_RESET_KIND_RECEIVED] = "received",
	[CLOSEWATCH_RESET_KIND_NO_SOCKET] = "no-socket",
	[CLOSEWATCH_RESET_KIND_LISTENER] = "listener",
	[CLOSEWATCH_RESET_KIND_TIME_WAIT] = "time-wait",
	[CLOSEWATCH_RESET_KIND_BAD_SEGMENT] = "bad-segment",
	[CLOSEWATCH_RESET_KIND_LATE_DATA] = "late-data",
};

const struct cw_names cw_reset_kind_names = { reset_kind_words, CLOSEWATCH_RESET_KIND_MAX + 1 };

static const char *const action_words[] = {
	[CLOSEWATCH_ACTION_DRAIN] = "drain",
	[CLOSEWATCH_ACTION_LINGER] = "linger",
	[CLOSEWATCH_ACTION_RESET] = "reset",
	[CLOSEWATCH_ACTION_LEAVE] = "leave",
};

const struct cw_names cw_action_names = { action_words, CLOSEWATCH_ACTION_MAX + 1 };

static const char *const drain_outcome_words[] = {
	[CLOSEWATCH_DRAIN_OUTCOME_UNKNOWN] = "unknown",
	[CLOSEWATCH_DRAIN_OUTCOME_DELIVERED] = "delivered",
	[CLOSEWATCH_DRAIN_OUTCOME_IDLE_TIMEOUT] = "idle-timeout",
	[CLOSEWATCH_DRAIN_OUTCOME_TOTAL_TIMEOUT] = "total-timeout",
	[CLOSEWATCH_DRAIN_OUTCOME_BYTE_LIMIT] = "byte-limit",
	[CLOSEWATCH_DRAIN_OUTCOME_PEER_RESET] = "peer-reset",
	[CLOSEWATCH_DRAIN_OUTCOME_RETRANSMIT_TIMEOUT] = "retransmit-timeout",
	[CLOSEWATCH_DRAIN_OUTCOME_KILLED] = "killed",
	[CLOSEWATCH_DRAIN_OUTCOME_SHED] = "shed",
	[CLOSEWATCH_DRAIN_OUTCOME_FLUSHED] = "flushed",
	[CLOSEWATCH_DRAIN_OUTCOME_REFUSED] = "refused",
};

const struct cw_names cw_drain_outcome_names = { drain_outcome_words, CLOSEWATCH_DRAIN_OUTCOME_MAX + 1 };

static const char *const refusal_words[] = {
	[CLOSEWATCH_REFUSAL_NOT_CONNECTED] = "not-connected",
	[CLOSEWATCH_REFUSAL_LINGER0] = "linger0",
	[CLOSEWATCH_REFUSAL_REPAIR] = "repair",
	[CLOSEWATCH_REFUSAL_FAST_OPEN] = "fast-open",
	[CLOSEWATCH_REFUSAL_ULP] = "ulp",
	[CLOSEWATCH_REFUSAL_MPTCP] = "mptcp",
	[CLOSEWATCH_REFUSAL_FOREIGN] = "foreign",
	[CLOSEWATCH_REFUSAL_LIMIT] = "limit",
	[CLOSEWATCH_REFUSAL_MEMORY_PRESSURE] = "memory-pressure",
	[CLOSEWATCH_REFUSAL_NO_MEMORY] = "no-memory",
	[CLOSEWATCH_REFUSAL_SWITCHED_OFF] = "switched-off",
	[CLOSEWATCH_REFUSAL_LINGER2] = "linger2",
	[CLOSEWATCH_REFUSAL_OOM_VICTIM] = "oom-victim",
};

const struct cw_names cw_refusal_names = { refusal_words, CLOSEWATCH_REFUSAL_MAX + 1 };

static const char *const state_words[] = {
	[CLOSEWATCH_STATE_ESTABLISHED] = "ESTABLISHED",
	[CLOSEWATCH_STATE_SYN_SENT] = "SYN_SENT",
	[CLOSEWATCH_STATE_SYN_RECV] = "SYN_RECV",
	[CLOSEWATCH_STATE_FIN_WAIT1] = "FIN_WAIT1",
	[CLOSEWATCH_STATE_FIN_WAIT2] = "FIN_WAIT2",
	[CLOSEWATCH_STATE_TIME_WAIT] = "TIME_WAIT",
	[CLOSEWATCH_STATE_CLOSE] = "CLOSE",
	[CLOSEWATCH_STATE_CLOSE_WAIT] = "CLOSE_WAIT",
	[CLOSEWATCH_STATE_LAST_ACK] = "LAST_ACK",
	[CLOSEWATCH_STATE_LISTEN] = "LISTEN",
	[CLOSEWATCH_STATE_CLOSING] = "CLOSING",
	[CLOSEWATCH_STATE_NEW_SYN_RECV] = "NEW_SYN_RECV",
};

const struct cw_names cw_state_names = { state_words, CLOSEWATCH_STATE_MAX + 1 };
