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

static const char *const event_type_docs[] = {
	[CLOSEWATCH_EVENT_TYPE_CLOSE] = "A close has completed; the event says what the kernel did.",
	[CLOSEWATCH_EVENT_TYPE_LINGER_WAIT] = "A close has begun to wait for SO_LINGER; its close event follows.",
	[CLOSEWATCH_EVENT_TYPE_LOST] = "Events did not reach this listener; count says how many.",
	[CLOSEWATCH_EVENT_TYPE_SHUTDOWN] = "A shutdown(2) has completed.",
	[CLOSEWATCH_EVENT_TYPE_SHARED_CLOSE] = "A descriptor was closed while others keep the socket open; TCP did nothing.",
	[CLOSEWATCH_EVENT_TYPE_WRITE_AFTER_SHUTDOWN] = "A write failed with EPIPE because our side had been shut down, by the program or, in state close, by the end of the connection; fate then says how it ended, if that was seen. Told once for a socket.",
	[CLOSEWATCH_EVENT_TYPE_FATE] = "A connection has ended; one for each connection that had been established.",
	[CLOSEWATCH_EVENT_TYPE_RESET] = "RST received on a connection that was open, or sent by the receive path.",
	[CLOSEWATCH_EVENT_TYPE_DRAIN_BEGIN] = "A policy has taken over a close; the drain runs from now on.",
	[CLOSEWATCH_EVENT_TYPE_DRAIN_END] = "A drain has ended, or was refused; drain-outcome says how.",
	[CLOSEWATCH_EVENT_TYPE_POLICY] = "A policy has acted on a close other than by a drain, was refused, or would have acted but for its dry-run.",
};

const struct cw_names cw_event_type_names = {
	event_type_words, CLOSEWATCH_EVENT_TYPE_MAX + 1, event_type_docs,
	"event-type", "What an event reports.",
};

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

static const char *const path_docs[] = {
	[CLOSEWATCH_PATH_UNKNOWN] = "The facts fit no branch that this module knows.",
	[CLOSEWATCH_PATH_FIN] = "A FIN of its own was sent; no unsent data was queued before it.",
	[CLOSEWATCH_PATH_FIN_BEHIND_DATA] = "The FIN was put on the last segment of data not yet sent.",
	[CLOSEWATCH_PATH_FIN_ON_SENT_DATA] = "Under memory pressure the FIN was put on a segment already sent; it goes out only when that is retransmitted.",
	[CLOSEWATCH_PATH_FIN_LOST] = "There was no memory for a FIN; the state moved on without one.",
	[CLOSEWATCH_PATH_ALREADY_FIN] = "Our FIN had been queued before; the close added nothing.",
	[CLOSEWATCH_PATH_ALREADY_CLOSED] = "The connection was over before the close; nothing was sent.",
	[CLOSEWATCH_PATH_SYN_SENT] = "A connection attempt was abandoned; nothing was sent.",
	[CLOSEWATCH_PATH_LISTENER] = "A listener was closed, and with it the children in its accept queue.",
	[CLOSEWATCH_PATH_RST_UNREAD] = "Received data had not been read, so the kernel sent RST.",
	[CLOSEWATCH_PATH_RST_LINGER0] = "SO_LINGER with zero time, so the kernel sent RST.",
	[CLOSEWATCH_PATH_LINGER0_SILENT] = "SO_LINGER with zero time in a state that needs no RST; nothing was sent.",
	[CLOSEWATCH_PATH_RST_LINGER2] = "In FIN_WAIT2 with TCP_LINGER2 below zero, so the kernel sent RST.",
	[CLOSEWATCH_PATH_RST_MEMORY] = "Too many orphans or too little TCP memory, so the kernel sent RST.",
	[CLOSEWATCH_PATH_REPAIR] = "The socket was in TCP_REPAIR; it vanished without a packet.",
	[CLOSEWATCH_PATH_NETNS_GONE] = "The network namespace was being dismantled; nothing more was sent.",
	[CLOSEWATCH_PATH_DRAIN] = "A lingering drain took the close over.",
	[CLOSEWATCH_PATH_FLAG_ONLY] = "A shutdown changed a flag of the socket and nothing else.",
	[CLOSEWATCH_PATH_DEFERRED] = "A shutdown during the handshake of a fast open; the FIN follows when it is complete.",
	[CLOSEWATCH_PATH_NONE] = "A shutdown of a connection that had ended, or of a listener's write side.",
	[CLOSEWATCH_PATH_MPTCP] = "The socket or the listener carried MPTCP, which closes it by its own rules; the event claims no more.",
};

const struct cw_names cw_path_names = {
	path_words, CLOSEWATCH_PATH_MAX + 1, path_docs,
	"path", "The branch of the kernel's close code that was taken.",
};

static const struct cw_word fin_form_words[] = {
	[CLOSEWATCH_FIN_FORM_NONE] = CW_WORD_IS("none"),
	[CLOSEWATCH_FIN_FORM_ALONE] = CW_WORD_IS("alone"),
	[CLOSEWATCH_FIN_FORM_BEHIND_DATA] = CW_WORD_IS("behind-data"),
	[CLOSEWATCH_FIN_FORM_ON_SENT_DATA] = CW_WORD_IS("on-sent-data"),
	[CLOSEWATCH_FIN_FORM_LOST] = CW_WORD_IS("lost"),
};

static const char *const fin_form_docs[] = {
	[CLOSEWATCH_FIN_FORM_NONE] = "This close queued no FIN.",
	[CLOSEWATCH_FIN_FORM_ALONE] = "In a segment of its own.",
	[CLOSEWATCH_FIN_FORM_BEHIND_DATA] = "On the last segment of unsent data.",
	[CLOSEWATCH_FIN_FORM_ON_SENT_DATA] = "On the last segment already sent.",
	[CLOSEWATCH_FIN_FORM_LOST] = "Not at all, for want of memory.",
};

const struct cw_names cw_fin_form_names = {
	fin_form_words, CLOSEWATCH_FIN_FORM_MAX + 1, fin_form_docs,
	"fin-form", "How this close sent its FIN.",
};

static const struct cw_word linger_outcome_words[] = {
	[CLOSEWATCH_LINGER_OUTCOME_NONE] = CW_WORD_IS("none"),
	[CLOSEWATCH_LINGER_OUTCOME_ACKED] = CW_WORD_IS("acked"),
	[CLOSEWATCH_LINGER_OUTCOME_TIMEOUT] = CW_WORD_IS("timeout"),
	[CLOSEWATCH_LINGER_OUTCOME_SIGNAL] = CW_WORD_IS("signal"),
	[CLOSEWATCH_LINGER_OUTCOME_RESET] = CW_WORD_IS("reset"),
	[CLOSEWATCH_LINGER_OUTCOME_SKIPPED_EXIT] = CW_WORD_IS("skipped-exit"),
	[CLOSEWATCH_LINGER_OUTCOME_SKIPPED_RST] = CW_WORD_IS("skipped-rst"),
};

static const char *const linger_outcome_docs[] = {
	[CLOSEWATCH_LINGER_OUTCOME_NONE] = "The program asked for no wait, or nothing was left to wait for.",
	[CLOSEWATCH_LINGER_OUTCOME_ACKED] = "The peer acknowledged all data and our FIN within the time.",
	[CLOSEWATCH_LINGER_OUTCOME_TIMEOUT] = "The time ran out; the connection goes on without its owner.",
	[CLOSEWATCH_LINGER_OUTCOME_SIGNAL] = "A signal ended the wait.",
	[CLOSEWATCH_LINGER_OUTCOME_RESET] = "The connection was reset or aborted during the wait.",
	[CLOSEWATCH_LINGER_OUTCOME_SKIPPED_EXIT] = "The process was exiting, and exit does not wait.",
	[CLOSEWATCH_LINGER_OUTCOME_SKIPPED_RST] = "The close sent RST instead, so there was nothing to wait for.",
};

const struct cw_names cw_linger_outcome_names = {
	linger_outcome_words, CLOSEWATCH_LINGER_OUTCOME_MAX + 1, linger_outcome_docs,
	"linger-outcome", "What became of the wait that SO_LINGER asks for.",
};

static const struct cw_word cause_words[] = {
	[CLOSEWATCH_CAUSE_CLOSE] = CW_WORD_IS("close"),
	[CLOSEWATCH_CAUSE_EXEC] = CW_WORD_IS("exec"),
	[CLOSEWATCH_CAUSE_EXIT] = CW_WORD_IS("exit"),
	[CLOSEWATCH_CAUSE_KERNEL] = CW_WORD_IS("kernel"),
	[CLOSEWATCH_CAUSE_SIGNAL] = CW_WORD_IS("signal"),
};

static const char *const cause_docs[] = {
	[CLOSEWATCH_CAUSE_CLOSE] = "A system call of the program.",
	[CLOSEWATCH_CAUSE_EXEC] = "execve(2) with the descriptor marked close-on-exec.",
	[CLOSEWATCH_CAUSE_EXIT] = "The end of the process.",
	[CLOSEWATCH_CAUSE_KERNEL] = "The kernel itself, or a kernel thread that dropped the last reference.",
	[CLOSEWATCH_CAUSE_SIGNAL] = "The death of the process by a signal.",
};

const struct cw_names cw_cause_names = {
	cause_words, CLOSEWATCH_CAUSE_MAX + 1, cause_docs,
	"cause", "What made the kernel close the socket.",
};

static const struct cw_word loss_words[] = {
	[CLOSEWATCH_LOSS_RING] = CW_WORD_IS("ring"),
	[CLOSEWATCH_LOSS_SOCKET] = CW_WORD_IS("socket"),
	[CLOSEWATCH_LOSS_PROBE] = CW_WORD_IS("probe"),
	[CLOSEWATCH_LOSS_INFLIGHT] = CW_WORD_IS("inflight"),
	[CLOSEWATCH_LOSS_BLIND] = CW_WORD_IS("blind"),
	[CLOSEWATCH_LOSS_RECORDING] = CW_WORD_IS("recording"),
};

static const char *const loss_docs[] = {
	[CLOSEWATCH_LOSS_RING] = "A per-CPU ring was full.",
	[CLOSEWATCH_LOSS_SOCKET] = "The listener's receive buffer was full, or there was no memory to send.",
	[CLOSEWATCH_LOSS_PROBE] = "A probe was hit inside another probe's handler, or had no instance left.",
	[CLOSEWATCH_LOSS_INFLIGHT] = "The table of connections that are ending was full.",
	[CLOSEWATCH_LOSS_BLIND] = "Armed probes did not fire; count is in seconds, because the number of events missed cannot be known.",
	[CLOSEWATCH_LOSS_RECORDING] = "A recorder could not write them. Only recordings hold it; the module never sends it.",
};

const struct cw_names cw_loss_names = {
	loss_words, CLOSEWATCH_LOSS_MAX + 1, loss_docs,
	"loss", "Where events were lost.",
};

static const struct cw_word how_words[] = {
	[CLOSEWATCH_HOW_RD] = CW_WORD_IS("rd"),
	[CLOSEWATCH_HOW_WR] = CW_WORD_IS("wr"),
	[CLOSEWATCH_HOW_RDWR] = CW_WORD_IS("rdwr"),
};

static const char *const how_docs[] = {
	[CLOSEWATCH_HOW_RD] = "Reading; TCP sends nothing.",
	[CLOSEWATCH_HOW_WR] = "Writing; TCP sends FIN.",
	[CLOSEWATCH_HOW_RDWR] = "Both.",
};

const struct cw_names cw_how_names = {
	how_words, CLOSEWATCH_HOW_MAX + 1, how_docs,
	"how", "The side that shutdown(2) was asked to shut, with its numbers.",
};

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
	[CLOSEWATCH_FATE_LATE_DATA_SILENT] = CW_WORD_IS("late-data-silent"),
};

static const char *const fate_docs[] = {
	[CLOSEWATCH_FATE_UNKNOWN] = "The facts fit no end that this module knows.",
	[CLOSEWATCH_FATE_TIME_WAIT] = "Both FINs were exchanged; the connection went to TIME_WAIT.",
	[CLOSEWATCH_FATE_TIME_WAIT_OVERFLOW] = "As time-wait, or in FIN_WAIT2, but no minisock was available.",
	[CLOSEWATCH_FATE_FIN_WAIT2_TIMEOUT] = "Our FIN was acknowledged and the peer never sent its own.",
	[CLOSEWATCH_FATE_ACKED] = "The peer closed first and acknowledged our FIN.",
	[CLOSEWATCH_FATE_RST_LATE_DATA] = "Data arrived that no one could read, so the kernel sent RST.",
	[CLOSEWATCH_FATE_RST_LINGER2] = "FIN_WAIT2 with TCP_LINGER2 below zero, so the kernel sent RST.",
	[CLOSEWATCH_FATE_PEER_RESET] = "The peer sent RST.",
	[CLOSEWATCH_FATE_RETRANSMIT_TIMEOUT] = "Retransmissions or window probes were exhausted.",
	[CLOSEWATCH_FATE_KEEPALIVE_TIMEOUT] = "Keepalive probes were not answered.",
	[CLOSEWATCH_FATE_USER_TIMEOUT] = "TCP_USER_TIMEOUT ran out.",
	[CLOSEWATCH_FATE_MEMORY] = "TCP was out of memory.",
	[CLOSEWATCH_FATE_ORPHAN_LIMIT] = "There were too many orphans.",
	[CLOSEWATCH_FATE_KILLED] = "An administrator destroyed the socket (ss -K).",
	[CLOSEWATCH_FATE_DISCONNECTED] = "The program called connect(2) with AF_UNSPEC on an established connection.",
	[CLOSEWATCH_FATE_NETNS_GONE] = "The network namespace was being dismantled.",
	[CLOSEWATCH_FATE_ABORTED] = "The close itself ended the connection; its path says how.",
	[CLOSEWATCH_FATE_MPTCP] = "The connection was a subflow of MPTCP; the event claims no more.",
	[CLOSEWATCH_FATE_LATE_DATA_SILENT] = "As rst-late-data, but the data was signed (TCP_MD5SIG, TCP-AO) and no key was found for an RST, so nothing was sent.",
};

const struct cw_names cw_fate_names = {
	fate_words, CLOSEWATCH_FATE_MAX + 1, fate_docs,
	"fate", "What ended a connection.",
};

static const struct cw_word verdict_words[] = {
	[CLOSEWATCH_VERDICT_UNKNOWN] = CW_WORD_IS("unknown"),
	[CLOSEWATCH_VERDICT_DELIVERED] = CW_WORD_IS("delivered"),
	[CLOSEWATCH_VERDICT_LOST] = CW_WORD_IS("lost"),
};

static const char *const verdict_docs[] = {
	[CLOSEWATCH_VERDICT_UNKNOWN] = "Every byte was sent, but not every byte was acknowledged, or no FIN was; or it was a subflow of MPTCP. Whether the peer got them cannot be known.",
	[CLOSEWATCH_VERDICT_DELIVERED] = "The peer's TCP acknowledged every byte and our FIN. Its program need not have read them.",
	[CLOSEWATCH_VERDICT_LOST] = "Some bytes were never sent.",
};

const struct cw_names cw_verdict_names = {
	verdict_words, CLOSEWATCH_VERDICT_MAX + 1, verdict_docs,
	"verdict", "What became of the data that we had written.",
};

static const struct cw_word side_words[] = {
	[CLOSEWATCH_SIDE_UNKNOWN] = CW_WORD_IS("unknown"),
	[CLOSEWATCH_SIDE_LOCAL] = CW_WORD_IS("local"),
	[CLOSEWATCH_SIDE_PEER] = CW_WORD_IS("peer"),
};

static const char *const side_docs[] = {
	[CLOSEWATCH_SIDE_UNKNOWN] = "Not known.",
	[CLOSEWATCH_SIDE_LOCAL] = "This side, whose host reports.",
	[CLOSEWATCH_SIDE_PEER] = "The other side.",
};

const struct cw_names cw_side_names = {
	side_words, CLOSEWATCH_SIDE_MAX + 1, side_docs,
	"side", "One of the two ends of a connection.",
};

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

static const char *const reset_kind_docs[] = {
	[CLOSEWATCH_RESET_KIND_RECEIVED] = "The peer sent it, on a connection or a connection attempt that our program had open.",
	[CLOSEWATCH_RESET_KIND_NO_SOCKET] = "We sent it; a segment that is no SYN belongs to no connection of this host, or to one that is long over.",
	[CLOSEWATCH_RESET_KIND_LISTENER] = "We sent it; the segment fits no connection attempt on a listener.",
	[CLOSEWATCH_RESET_KIND_TIME_WAIT] = "We sent it on behalf of a minisock.",
	[CLOSEWATCH_RESET_KIND_BAD_SEGMENT] = "We sent it; the segment is not acceptable to an open connection.",
	[CLOSEWATCH_RESET_KIND_LATE_DATA] = "We sent it; a segment ended a connection that had been closed, because it brought data, or because TCP_LINGER2 was below zero.",
	[CLOSEWATCH_RESET_KIND_NO_LISTENER] = "We sent it; a SYN came for a port on which nothing listens.",
	[CLOSEWATCH_RESET_KIND_LATE_SEGMENT] = "We sent them, for segments of a connection that had ended here less than two minutes before. They come as one event a second, with the cookie of that connection; count says how many.",
};

const struct cw_names cw_reset_kind_names = {
	reset_kind_words, CLOSEWATCH_RESET_KIND_MAX + 1, reset_kind_docs,
	"reset-kind", "Why there was an RST outside a close.",
};

static const struct cw_word action_words[] = {
	[CLOSEWATCH_ACTION_DRAIN] = CW_WORD_IS("drain"),
	[CLOSEWATCH_ACTION_LINGER] = CW_WORD_IS("linger"),
	[CLOSEWATCH_ACTION_RESET] = CW_WORD_IS("reset"),
	[CLOSEWATCH_ACTION_LEAVE] = CW_WORD_IS("leave"),
};

static const char *const action_docs[] = {
	[CLOSEWATCH_ACTION_DRAIN] = "Send FIN, discard what still arrives until the peer's FIN or a limit, and only then close.",
	[CLOSEWATCH_ACTION_LINGER] = "Close as if SO_LINGER had been set with the policy's seconds.",
	[CLOSEWATCH_ACTION_RESET] = "Close as if SO_LINGER had been set with zero seconds.",
	[CLOSEWATCH_ACTION_LEAVE] = "Close as the program asked; no later rule applies.",
};

const struct cw_names cw_action_names = {
	action_words, CLOSEWATCH_ACTION_MAX + 1, action_docs,
	"action", "What a policy does with a socket that is closed.",
};

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

static const char *const drain_outcome_docs[] = {
	[CLOSEWATCH_DRAIN_OUTCOME_UNKNOWN] = "The connection ended in a way that this module does not know.",
	[CLOSEWATCH_DRAIN_OUTCOME_DELIVERED] = "The peer's FIN has come, and every byte of ours, our FIN included, was acknowledged.",
	[CLOSEWATCH_DRAIN_OUTCOME_IDLE_TIMEOUT] = "Nothing arrived and nothing was acknowledged for too long; RST.",
	[CLOSEWATCH_DRAIN_OUTCOME_TOTAL_TIMEOUT] = "The drain took too long; RST.",
	[CLOSEWATCH_DRAIN_OUTCOME_BYTE_LIMIT] = "Too many bytes had to be discarded; RST.",
	[CLOSEWATCH_DRAIN_OUTCOME_PEER_RESET] = "The peer sent RST.",
	[CLOSEWATCH_DRAIN_OUTCOME_RETRANSMIT_TIMEOUT] = "The peer no longer answered.",
	[CLOSEWATCH_DRAIN_OUTCOME_KILLED] = "An administrator destroyed the socket (ss -K).",
	[CLOSEWATCH_DRAIN_OUTCOME_SHED] = "It was its payer's oldest at a limit or under memory pressure; closed.",
	[CLOSEWATCH_DRAIN_OUTCOME_FLUSHED] = "Drains were switched off or the module was unloaded; closed.",
	[CLOSEWATCH_DRAIN_OUTCOME_REFUSED] = "It never began, and the close ran unchanged; refusal says why.",
};

const struct cw_names cw_drain_outcome_names = {
	drain_outcome_words, CLOSEWATCH_DRAIN_OUTCOME_MAX + 1, drain_outcome_docs,
	"drain-outcome", "How a drain ended.",
};

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

static const char *const refusal_docs[] = {
	[CLOSEWATCH_REFUSAL_NOT_CONNECTED] = "The socket had no connection that could be drained.",
	[CLOSEWATCH_REFUSAL_LINGER0] = "The program set SO_LINGER with zero seconds; even-linger0 drains it.",
	[CLOSEWATCH_REFUSAL_REPAIR] = "The socket was in TCP_REPAIR.",
	[CLOSEWATCH_REFUSAL_FAST_OPEN] = "The handshake of a fast open was not complete.",
	[CLOSEWATCH_REFUSAL_ULP] = "An upper layer protocol, such as kernel TLS, was on the socket.",
	[CLOSEWATCH_REFUSAL_MPTCP] = "It was an MPTCP socket.",
	[CLOSEWATCH_REFUSAL_FOREIGN] = "Another part of the kernel, such as a sockmap, used the socket's operations or its private data.",
	[CLOSEWATCH_REFUSAL_LIMIT] = "There were too many drains, and the payer had none to give up or as many were still ending.",
	[CLOSEWATCH_REFUSAL_MEMORY_PRESSURE] = "TCP was under memory pressure.",
	[CLOSEWATCH_REFUSAL_NO_MEMORY] = "The kernel had no memory for the drain.",
	[CLOSEWATCH_REFUSAL_SWITCHED_OFF] = "The policy was removed or replaced while the close was on its way.",
	[CLOSEWATCH_REFUSAL_LINGER2] = "The program set TCP_LINGER2 below zero.",
	[CLOSEWATCH_REFUSAL_OOM_VICTIM] = "The closer was a victim of the OOM killer, and a drain would keep its memory; even-oom drains it.",
};

const struct cw_names cw_refusal_names = {
	refusal_words, CLOSEWATCH_REFUSAL_MAX + 1, refusal_docs,
	"refusal", "Why a drain that a policy asked for never began.",
};

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

static const char *const state_docs[] = {
	[CLOSEWATCH_STATE_ESTABLISHED] = "Open; no FIN has been sent or received.",
	[CLOSEWATCH_STATE_SYN_SENT] = "connect(2) has sent SYN, which is not answered yet.",
	[CLOSEWATCH_STATE_SYN_RECV] = "SYN has been answered; the handshake is not complete.",
	[CLOSEWATCH_STATE_FIN_WAIT1] = "We have sent FIN first, or are about to; it is not acknowledged.",
	[CLOSEWATCH_STATE_FIN_WAIT2] = "Our FIN is acknowledged; the peer's has not come.",
	[CLOSEWATCH_STATE_TIME_WAIT] = "Both FINs are acknowledged; late segments are waited for.",
	[CLOSEWATCH_STATE_CLOSE] = "There is no connection, or it is over.",
	[CLOSEWATCH_STATE_CLOSE_WAIT] = "The peer's FIN has come; our program has not closed.",
	[CLOSEWATCH_STATE_LAST_ACK] = "Both have sent FIN, the peer first; ours is not acknowledged.",
	[CLOSEWATCH_STATE_LISTEN] = "Waits for connections.",
	[CLOSEWATCH_STATE_CLOSING] = "Both have sent FIN at once; ours is not acknowledged.",
	[CLOSEWATCH_STATE_NEW_SYN_RECV] = "A handshake that is still a minisock of its listener.",
};

const struct cw_names cw_state_names = {
	state_words, CLOSEWATCH_STATE_MAX + 1, state_docs,
	"state", "TCP states, with the kernel's numbers.",
};

static const struct cw_word a_event_words[] = {
	[CLOSEWATCH_A_EVENT_TYPE] = CW_WORD_IS("event"),
	[CLOSEWATCH_A_EVENT_TIME] = CW_WORD_IS("time"),
	[CLOSEWATCH_A_EVENT_CPU] = CW_WORD_IS("cpu"),
	[CLOSEWATCH_A_EVENT_SEQ] = CW_WORD_IS("seq"),
	[CLOSEWATCH_A_EVENT_NETNS] = CW_WORD_IS("netns"),
	[CLOSEWATCH_A_EVENT_FAMILY] = CW_WORD_IS("family"),
	[CLOSEWATCH_A_EVENT_COOKIE] = CW_WORD_IS("cookie"),
	[CLOSEWATCH_A_EVENT_PATH] = CW_WORD_IS("path"),
	[CLOSEWATCH_A_EVENT_STATE] = CW_WORD_IS("state"),
	[CLOSEWATCH_A_EVENT_NEW_STATE] = CW_WORD_IS("new_state"),
	[CLOSEWATCH_A_EVENT_UNREAD] = CW_WORD_IS("unread"),
	[CLOSEWATCH_A_EVENT_UNSENT] = CW_WORD_IS("unsent"),
	[CLOSEWATCH_A_EVENT_UNACKED] = CW_WORD_IS("unacked"),
	[CLOSEWATCH_A_EVENT_SENT] = CW_WORD_IS("sent"),
	[CLOSEWATCH_A_EVENT_RETRANSMITTED] = CW_WORD_IS("retransmitted"),
	[CLOSEWATCH_A_EVENT_RECEIVED] = CW_WORD_IS("received"),
	[CLOSEWATCH_A_EVENT_ACKED] = CW_WORD_IS("acked"),
	[CLOSEWATCH_A_EVENT_AGE_NS] = CW_WORD_IS("age_ns"),
	[CLOSEWATCH_A_EVENT_FIN] = CW_WORD_IS("fin"),
	[CLOSEWATCH_A_EVENT_LINGER_ON] = CW_WORD_IS("on"),
	[CLOSEWATCH_A_EVENT_LINGER_SECONDS] = CW_WORD_IS("seconds"),
	[CLOSEWATCH_A_EVENT_LINGER_WAITED_NS] = CW_WORD_IS("waited_ns"),
	[CLOSEWATCH_A_EVENT_LINGER_OUTCOME] = CW_WORD_IS("outcome"),
	[CLOSEWATCH_A_EVENT_WHY] = CW_WORD_IS("why"),
	[CLOSEWATCH_A_EVENT_PID] = CW_WORD_IS("pid"),
	[CLOSEWATCH_A_EVENT_TID] = CW_WORD_IS("tid"),
	[CLOSEWATCH_A_EVENT_COMM] = CW_WORD_IS("comm"),
	[CLOSEWATCH_A_EVENT_UID] = CW_WORD_IS("uid"),
	[CLOSEWATCH_A_EVENT_CGROUP] = CW_WORD_IS("cgroup"),
	[CLOSEWATCH_A_EVENT_CHILDREN] = CW_WORD_IS("children"),
	[CLOSEWATCH_A_EVENT_CHILDREN_RESET] = CW_WORD_IS("children_reset"),
	[CLOSEWATCH_A_EVENT_ULP] = CW_WORD_IS("ulp"),
	[CLOSEWATCH_A_EVENT_COUNT] = CW_WORD_IS("count"),
	[CLOSEWATCH_A_EVENT_LOSS] = CW_WORD_IS("loss"),
	[CLOSEWATCH_A_EVENT_HOW] = CW_WORD_IS("how"),
	[CLOSEWATCH_A_EVENT_REFERENCES] = CW_WORD_IS("references"),
	[CLOSEWATCH_A_EVENT_SIGPIPE] = CW_WORD_IS("sigpipe"),
	[CLOSEWATCH_A_EVENT_FATE] = CW_WORD_IS("fate"),
	[CLOSEWATCH_A_EVENT_VERDICT] = CW_WORD_IS("verdict"),
	[CLOSEWATCH_A_EVENT_LOST_BYTES] = CW_WORD_IS("lost_bytes"),
	[CLOSEWATCH_A_EVENT_CLOSED_FIRST] = CW_WORD_IS("closed_first"),
	[CLOSEWATCH_A_EVENT_SINCE_CLOSE_NS] = CW_WORD_IS("since_close_ns"),
	[CLOSEWATCH_A_EVENT_RESET_KIND] = CW_WORD_IS("reset_kind"),
	[CLOSEWATCH_A_EVENT_KERNEL_REASON] = CW_WORD_IS("kernel_reason"),
	[CLOSEWATCH_A_EVENT_CHILDREN_MIGRATED] = CW_WORD_IS("children_migrated"),
	[CLOSEWATCH_A_EVENT_SYN_QUEUE] = CW_WORD_IS("syn_queue"),
	[CLOSEWATCH_A_EVENT_POLICY_ID] = CW_WORD_IS("policy_id"),
	[CLOSEWATCH_A_EVENT_ACTION] = CW_WORD_IS("action"),
	[CLOSEWATCH_A_EVENT_DRY_RUN] = CW_WORD_IS("dry_run"),
	[CLOSEWATCH_A_EVENT_DRAIN_OUTCOME] = CW_WORD_IS("drain_outcome"),
	[CLOSEWATCH_A_EVENT_REFUSAL] = CW_WORD_IS("refusal"),
	[CLOSEWATCH_A_EVENT_DISCARDED] = CW_WORD_IS("discarded"),
	[CLOSEWATCH_A_EVENT_RESPONSE_BYTES] = CW_WORD_IS("response_bytes"),
	[CLOSEWATCH_A_EVENT_RESPONSE_ACKED] = CW_WORD_IS("response_acked"),
	[CLOSEWATCH_A_EVENT_DRAIN_NS] = CW_WORD_IS("drain_ns"),
	[CLOSEWATCH_A_EVENT_SAVED] = CW_WORD_IS("saved"),
	[CLOSEWATCH_A_EVENT_SIGNAL] = CW_WORD_IS("signal"),
	[CLOSEWATCH_A_EVENT_SINCE_SENT_NS] = CW_WORD_IS("since_sent_ns"),
};

static const char *const a_event_docs[] = {
	[CLOSEWATCH_A_EVENT_TYPE] = "What happened.",
	[CLOSEWATCH_A_EVENT_TIME] = "When the event was complete, RFC 3339 in UTC.",
	[CLOSEWATCH_A_EVENT_CPU] = "The CPU that recorded the event.",
	[CLOSEWATCH_A_EVENT_SEQ] = "Sequence number of the event on its CPU. A gap without a lost record is an event that this listener's filter did not match.",
	[CLOSEWATCH_A_EVENT_NETNS] = "Inode number of the connection's network namespace.",
	[CLOSEWATCH_A_EVENT_FAMILY] = "Address family of the socket, ipv4 or ipv6.",
	[CLOSEWATCH_A_EVENT_COOKIE] = "Socket cookie, as SO_COOKIE and ss -e show it.",
	[CLOSEWATCH_A_EVENT_PATH] = "The branch that the close took.",
	[CLOSEWATCH_A_EVENT_STATE] = "TCP state when the close began.",
	[CLOSEWATCH_A_EVENT_NEW_STATE] = "TCP state when the close had ended.",
	[CLOSEWATCH_A_EVENT_UNREAD] = "Bytes received and acknowledged, in order, that the program had not read; of a listener, those of the children that its close ended, if there were any.",
	[CLOSEWATCH_A_EVENT_UNSENT] = "Bytes written but never sent when the close began, without the FIN; absent if the connection was over.",
	[CLOSEWATCH_A_EVENT_UNACKED] = "Bytes sent but not acknowledged when the close began, without SYN and FIN; absent if the connection was over.",
	[CLOSEWATCH_A_EVENT_SENT] = "Payload bytes sent until the close began, retransmissions included.",
	[CLOSEWATCH_A_EVENT_RETRANSMITTED] = "Payload bytes sent again until the close began.",
	[CLOSEWATCH_A_EVENT_RECEIVED] = "Payload bytes received in order until the close began.",
	[CLOSEWATCH_A_EVENT_ACKED] = "Payload bytes of ours that the peer had acknowledged when the close began; absent if the connection was over.",
	[CLOSEWATCH_A_EVENT_AGE_NS] = "Time since the connection was established, in ns; absent if it was established before the probes were armed or the time was evicted.",
	[CLOSEWATCH_A_EVENT_FIN] = "How this close sent its FIN.",
	[CLOSEWATCH_A_EVENT_LINGER_ON] = "True if SO_LINGER is on.",
	[CLOSEWATCH_A_EVENT_LINGER_SECONDS] = "The time set with SO_LINGER, in seconds; 4294967295 is no limit.",
	[CLOSEWATCH_A_EVENT_LINGER_WAITED_NS] = "How long the close waited for SO_LINGER, in ns.",
	[CLOSEWATCH_A_EVENT_LINGER_OUTCOME] = "What became of the wait that SO_LINGER asks for.",
	[CLOSEWATCH_A_EVENT_WHY] = "What made the kernel close the socket.",
	[CLOSEWATCH_A_EVENT_PID] = "Process (thread group) id at the close, in the initial pid namespace.",
	[CLOSEWATCH_A_EVENT_TID] = "Thread id at the close, in the initial pid namespace.",
	[CLOSEWATCH_A_EVENT_COMM] = "Task name at the close; arbitrary bytes.",
	[CLOSEWATCH_A_EVENT_UID] = "User id of the closing task, or, of a reset received, of the socket, in the initial user namespace.",
	[CLOSEWATCH_A_EVENT_CGROUP] = "Id of the closing task's cgroup v2, or, of a reset received, of that in which the socket was created.",
	[CLOSEWATCH_A_EVENT_CHILDREN] = "Connections in the accept queue that a listener's close ended.",
	[CLOSEWATCH_A_EVENT_CHILDREN_RESET] = "Those of the children for which the kernel sent RST.",
	[CLOSEWATCH_A_EVENT_ULP] = "Upper layer protocol on the socket, such as tls or mptcp.",
	[CLOSEWATCH_A_EVENT_COUNT] = "How many events were lost; of a reset late-segment, how many RSTs were sent.",
	[CLOSEWATCH_A_EVENT_LOSS] = "Where they were lost.",
	[CLOSEWATCH_A_EVENT_HOW] = "The side that a shutdown was asked to shut.",
	[CLOSEWATCH_A_EVENT_REFERENCES] = "References to the file that remain after a shared close.",
	[CLOSEWATCH_A_EVENT_SIGPIPE] = "True if the write was answered with SIGPIPE, false if with EPIPE alone.",
	[CLOSEWATCH_A_EVENT_FATE] = "What ended the connection.",
	[CLOSEWATCH_A_EVENT_VERDICT] = "What became of the data that we had written.",
	[CLOSEWATCH_A_EVENT_LOST_BYTES] = "Bytes of ours that were never sent; absent with the fate mptcp. Those in flight at the end, which may have arrived, are unacked.",
	[CLOSEWATCH_A_EVENT_CLOSED_FIRST] = "The side that sent its FIN, or RST, first; unknown if neither did.",
	[CLOSEWATCH_A_EVENT_SINCE_CLOSE_NS] = "From our FIN, or from the close if that came first, to the fate, in ns; what came before there was a listener does not count; of a reset late-segment, from the end of the connection to the first of the RSTs.",
	[CLOSEWATCH_A_EVENT_RESET_KIND] = "Why there was an RST.",
	[CLOSEWATCH_A_EVENT_KERNEL_REASON] = "The kernel's own sk_rst_reason for the RST of this event, where it has one (6.12 and later).",
	[CLOSEWATCH_A_EVENT_CHILDREN_MIGRATED] = "Children that a listener's close handed to another listener.",
	[CLOSEWATCH_A_EVENT_SYN_QUEUE] = "Half-open connections that a listener's close left behind.",
	[CLOSEWATCH_A_EVENT_POLICY_ID] = "The policy that acted.",
	[CLOSEWATCH_A_EVENT_ACTION] = "What that policy does.",
	[CLOSEWATCH_A_EVENT_DRY_RUN] = "True if the policy only reports what it would have done.",
	[CLOSEWATCH_A_EVENT_DRAIN_OUTCOME] = "How the drain ended.",
	[CLOSEWATCH_A_EVENT_REFUSAL] = "Why it never began.",
	[CLOSEWATCH_A_EVENT_DISCARDED] = "Payload bytes that the drain has discarded, unread ones included.",
	[CLOSEWATCH_A_EVENT_RESPONSE_BYTES] = "Payload bytes of ours, sent or not, that the peer had not acknowledged when the drain began.",
	[CLOSEWATCH_A_EVENT_RESPONSE_ACKED] = "How many of response-bytes the peer has acknowledged since.",
	[CLOSEWATCH_A_EVENT_DRAIN_NS] = "How long the drain has run, in ns.",
	[CLOSEWATCH_A_EVENT_SAVED] = "True if the outcome is delivered, response-bytes were under way when it began, and a plain close would have sent RST, because bytes were unread or came later.",
	[CLOSEWATCH_A_EVENT_SIGNAL] = "The signal that ended the process; present if why is signal.",
	[CLOSEWATCH_A_EVENT_SINCE_SENT_NS] = "Time from our last data, or the handshake, to our FIN, the close or an RST received, in ns; only of a close rst-unread, of a fate rst-late-data or late-data-silent and of a reset in CLOSE_WAIT.",
};

const struct cw_names cw_a_event_names = {
	a_event_words, ARRAY_SIZE(a_event_words), a_event_docs,
	"member", "A member of an event.",
};

static const struct cw_word a_more_words[] = {
	[0] = CW_WORD_IS("since_ended_ns"),
	[1] = CW_WORD_IS("since_received_ns"),
	[2] = CW_WORD_IS("since_heard_ns"),
	[3] = CW_WORD_IS("ended_by"),
	[4] = CW_WORD_IS("inode"),
	[5] = CW_WORD_IS("connect_error"),
	[6] = CW_WORD_IS("connect_rst"),
};

static const char *const a_more_docs[] = {
	[0] = "Of a close already-closed: time since the connection ended, in ns; 0 if that was not seen, or is forgotten.",
	[1] = "Of a fate rst-late-data or late-data-silent: time from the peer's last data before it, or the handshake, to our FIN or the close, in ns.",
	[2] = "Of an RST received in CLOSE_WAIT: time since the peer's last segment before it, in ns. Its FIN came then, or earlier.",
	[3] = "With since-ended-ns, how the connection ended.",
	[4] = "Of an RST received: inode of the socket, as /proc/PID/fd shows it; 0 if no program has it open.",
	[5] = "Of a close already-closed: the errno with which the last connect() had failed; 0 if there was none, or none was seen.",
	[6] = "True if that was because the peer's host answered with RST.",
};

const struct cw_names cw_a_more_names = {
	a_more_words, ARRAY_SIZE(a_more_words), a_more_docs,
	"member", "A member of an event.",
};

static const struct cw_word a_rest_words[] = {
	[0] = CW_WORD_IS("version"),
	[1] = CW_WORD_IS("listeners"),
	[2] = CW_WORD_IS("probes"),
	[3] = CW_WORD_IS("events"),
	[4] = CW_WORD_IS("lost_ring"),
	[5] = CW_WORD_IS("lost_socket"),
	[6] = CW_WORD_IS("missed"),
	[7] = CW_WORD_IS("inflight_full"),
	[8] = CW_WORD_IS("inflight"),
	[9] = CW_WORD_IS("ring_slots"),
	[10] = CW_WORD_IS("policies"),
	[11] = CW_WORD_IS("drains"),
	[12] = CW_WORD_IS("policy_armed"),
	[13] = CW_WORD_IS("blind"),
	[14] = CW_WORD_IS("blind_seconds"),
	[15] = CW_WORD_IS("probes_stuck"),
	[16] = CW_WORD_IS("probes_fired"),
	[17] = CW_WORD_IS("evicted"),
	[18] = CW_WORD_IS("userns"),
	[19] = CW_WORD_IS("at_return"),
	[20] = CW_WORD_IS("id"),
	[21] = CW_WORD_IS("action"),
	[22] = CW_WORD_IS("cookie"),
	[23] = CW_WORD_IS("family"),
	[24] = CW_WORD_IS("local_port"),
	[25] = CW_WORD_IS("local_port_last"),
	[26] = CW_WORD_IS("remote_addr"),
	[27] = CW_WORD_IS("remote_prefix"),
	[28] = CW_WORD_IS("comm"),
	[29] = CW_WORD_IS("uid"),
	[30] = CW_WORD_IS("cgroup"),
	[31] = CW_WORD_IS("all_netns"),
	[32] = CW_WORD_IS("netns"),
	[33] = CW_WORD_IS("priority"),
	[34] = CW_WORD_IS("expires_ms"),
	[35] = CW_WORD_IS("idle_ms"),
	[36] = CW_WORD_IS("total_ms"),
	[37] = CW_WORD_IS("bytes"),
	[38] = CW_WORD_IS("linger_seconds"),
	[39] = CW_WORD_IS("dry_run"),
	[40] = CW_WORD_IS("even_linger0"),
	[41] = CW_WORD_IS("hits"),
	[42] = CW_WORD_IS("even_oom"),
	[43] = CW_WORD_IS("netns"),
	[44] = CW_WORD_IS("close"),
	[45] = CW_WORD_IS("fate"),
	[46] = CW_WORD_IS("linger_wait"),
	[47] = CW_WORD_IS("fate_time"),
	[48] = CW_WORD_IS("unread"),
	[49] = CW_WORD_IS("drain"),
	[50] = CW_WORD_IS("refused"),
	[51] = CW_WORD_IS("drain_close"),
	[52] = CW_WORD_IS("saved"),
	[53] = CW_WORD_IS("saved_bytes"),
	[54] = CW_WORD_IS("drains"),
	[55] = CW_WORD_IS("nothing_to_drain"),
	[56] = CW_WORD_IS("linger_wait_ns"),
	[57] = CW_WORD_IS("events"),
	[58] = CW_WORD_IS("unread_bytes"),
	[59] = CW_WORD_IS("lost_bytes"),
	[60] = CW_WORD_IS("minisocks"),
	[61] = CW_WORD_IS("outcome"),
	[62] = CW_WORD_IS("refusal"),
	[63] = CW_WORD_IS("discarded"),
	[64] = CW_WORD_IS("response_bytes"),
	[65] = CW_WORD_IS("response_acked"),
	[66] = CW_WORD_IS("log2"),
	[67] = CW_WORD_IS("count"),
};

static const char *const a_rest_docs[] = {
	[0] = "Version of the module.",
	[1] = "Listeners now subscribed, in all network namespaces. The module's tracepoints are one while any of them is enabled.",
	[2] = "Probes now armed for listeners; 0 a second after the last has gone.",
	[3] = "Events recorded since the module was loaded.",
	[4] = "Events lost because a ring was full.",
	[5] = "Events lost because a listener did not read or memory was short.",
	[6] = "Probe hits that no handler saw.",
	[7] = "Closes given up because the table of connections was full.",
	[8] = "Closes now in progress.",
	[9] = "Events that each CPU's ring holds.",
	[10] = "Policies installed, in all network namespaces.",
	[11] = "Drains now running, in all network namespaces.",
	[12] = "True while the probe for policies is armed.",
	[13] = "True while armed probes do not fire.",
	[14] = "Seconds for which armed probes did not fire, since the module was loaded.",
	[15] = "Probes that the kernel could not remove; while there is one, the module cannot be unloaded.",
	[16] = "Armed probes that have fired since they were armed.",
	[17] = "Connections no longer followed because a table was full, since the module was loaded; their fate is unknown.",
	[18] = "True if the module's parameter userns admits user namespaces.",
	[19] = "True if the return of the function is probed, and not only its entry.",
	[20] = "Id of the policy, assigned by the kernel when it is added.",
	[21] = "What to do with a matching socket.",
	[22] = "The cookie of the one socket that the policy is for, as sock_diag reports it. Excludes every other condition.",
	[23] = "ipv4 or ipv6, by the packets on the wire.",
	[24] = "Local port; with local-port-last the first of them.",
	[25] = "The last local port of a range.",
	[26] = "Address of the peer.",
	[27] = "How many bits of remote-addr count; all if absent.",
	[28] = "Task name of the closer, compared as a whole.",
	[29] = "User id of the closer, in the initial user namespace.",
	[30] = "Id of the closer's cgroup v2.",
	[31] = "True if the policy is for all network namespaces.",
	[32] = "Inode number of the policy's network namespace.",
	[33] = "Rules are tried in the order of this number, the smallest first, and where it is equal in the order in which they were added or are in their set. 1000 if absent.",
	[34] = "Milliseconds until the policy removes itself; never if absent.",
	[35] = "Limit of a drain without progress, in ms; 5000 if absent.",
	[36] = "Limit of a drain as a whole, in ms; at most the module's drain_total_max. 10000 if absent, or drain_total_max if that is less.",
	[37] = "Limit of the bytes that a drain discards; 16 MiB if absent.",
	[38] = "Seconds of the action linger, which requires it.",
	[39] = "Only count and report.",
	[40] = "Drain although the program set SO_LINGER with zero seconds.",
	[41] = "Closes that the policy has matched.",
	[42] = "Drain although the closer is a victim of the OOM killer; the drain keeps its memory until it ends.",
	[43] = "Inode number of the network namespace.",
	[44] = "Closes, an object for each path that has occurred.",
	[45] = "Ends of connections, an object for each fate that has occurred.",
	[46] = "Histogram of linger waits, in ns.",
	[47] = "Histogram of the time from FIN or close to fate, in ns.",
	[48] = "Histogram of the bytes unread at a close; closes without any are left out.",
	[49] = "Drains that have ended, an object for each outcome that has occurred.",
	[50] = "Drains refused, an object for each reason that has occurred.",
	[51] = "The closes that end drains, by path; they are not counted in close, where the same socket counts as drain.",
	[52] = "Drains that were delivered and saved a response from an RST.",
	[53] = "The sum of their response-bytes.",
	[54] = "Drains now running.",
	[55] = "Closes that a policy would have drained, where the peer's FIN had come, all data had been read and all of ours was acknowledged. They ran unchanged.",
	[56] = "The sum of all linger waits, in ns.",
	[57] = "How often it occurred.",
	[58] = "Bytes unread at those closes.",
	[59] = "Bytes of ours never sent at those ends.",
	[60] = "How many of those ends a minisock in FIN_WAIT2 met, for which TCP counts nothing.",
	[61] = "The outcome that is counted.",
	[62] = "The reason that is counted, for refused drains.",
	[63] = "Bytes that those drains discarded.",
	[64] = "Bytes of ours not acknowledged when those drains began.",
	[65] = "How many of them were acknowledged when the drains ended.",
	[66] = "The bucket holds values from 2^log2 up to, not including, 2^(log2+1).",
	[67] = "How many values fell into it.",
};

const struct cw_names cw_a_rest_names = {
	a_rest_words, ARRAY_SIZE(a_rest_words), a_rest_docs,
	"member", "A member of info, doctor, list or stats.",
};

const struct cw_names *const cw_all_names[] = {
	&cw_event_type_names,
	&cw_path_names,
	&cw_fin_form_names,
	&cw_linger_outcome_names,
	&cw_cause_names,
	&cw_loss_names,
	&cw_how_names,
	&cw_fate_names,
	&cw_verdict_names,
	&cw_side_names,
	&cw_reset_kind_names,
	&cw_action_names,
	&cw_drain_outcome_names,
	&cw_refusal_names,
	&cw_state_names,
	&cw_a_event_names,
	&cw_a_more_names,
	&cw_a_rest_names,
	NULL
};
