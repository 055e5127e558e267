/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/closewatch.yaml */
/* YNL-GEN uapi header */
/* To regenerate run: make spec */

#ifndef _UAPI_LINUX_CLOSEWATCH_H
#define _UAPI_LINUX_CLOSEWATCH_H

#include <linux/types.h>

#define CLOSEWATCH_FAMILY_NAME		"closewatch"
#define CLOSEWATCH_FAMILY_VERSION	2

#define CLOSEWATCH_COMM_MAX	15

/**
 * enum closewatch_event_type - What an event reports.
 * @CLOSEWATCH_EVENT_TYPE_CLOSE: A close has completed; the event says what the
 *   kernel did.
 * @CLOSEWATCH_EVENT_TYPE_LINGER_WAIT: A close has begun to wait for SO_LINGER;
 *   its close event follows.
 * @CLOSEWATCH_EVENT_TYPE_LOST: Events did not reach this listener; count says
 *   how many.
 * @CLOSEWATCH_EVENT_TYPE_SHUTDOWN: A shutdown(2) has completed.
 * @CLOSEWATCH_EVENT_TYPE_SHARED_CLOSE: A descriptor was closed while others
 *   keep the socket open; TCP did nothing.
 * @CLOSEWATCH_EVENT_TYPE_WRITE_AFTER_SHUTDOWN: A write failed with EPIPE
 *   because our side had been shut down, by the program or, in state close, by
 *   the end of the connection; fate then says how it ended, if that was seen.
 *   Told once for a socket.
 * @CLOSEWATCH_EVENT_TYPE_FATE: A connection has ended; one for each connection
 *   that had been established.
 * @CLOSEWATCH_EVENT_TYPE_RESET: RST received on a connection that was open, or
 *   sent by the receive path.
 * @CLOSEWATCH_EVENT_TYPE_DRAIN_BEGIN: A policy has taken over a close; the
 *   drain runs from now on.
 * @CLOSEWATCH_EVENT_TYPE_DRAIN_END: A drain has ended, or was refused;
 *   drain-outcome says how.
 * @CLOSEWATCH_EVENT_TYPE_POLICY: A policy has acted on a close other than by a
 *   drain, was refused, or would have acted but for its dry-run.
 */
enum closewatch_event_type {
	CLOSEWATCH_EVENT_TYPE_CLOSE,
	CLOSEWATCH_EVENT_TYPE_LINGER_WAIT,
	CLOSEWATCH_EVENT_TYPE_LOST,
	CLOSEWATCH_EVENT_TYPE_SHUTDOWN,
	CLOSEWATCH_EVENT_TYPE_SHARED_CLOSE,
	CLOSEWATCH_EVENT_TYPE_WRITE_AFTER_SHUTDOWN,
	CLOSEWATCH_EVENT_TYPE_FATE,
	CLOSEWATCH_EVENT_TYPE_RESET,
	CLOSEWATCH_EVENT_TYPE_DRAIN_BEGIN,
	CLOSEWATCH_EVENT_TYPE_DRAIN_END,
	CLOSEWATCH_EVENT_TYPE_POLICY,

	/* private: */
	__CLOSEWATCH_EVENT_TYPE_MAX,
	CLOSEWATCH_EVENT_TYPE_MAX = (__CLOSEWATCH_EVENT_TYPE_MAX - 1)
};

/**
 * enum closewatch_path - The branch of the kernel's close code that was taken.
 * @CLOSEWATCH_PATH_UNKNOWN: The facts fit no branch that this module knows.
 * @CLOSEWATCH_PATH_FIN: A FIN of its own was sent; no unsent data was queued
 *   before it.
 * @CLOSEWATCH_PATH_FIN_BEHIND_DATA: The FIN was put on the last segment of
 *   data not yet sent.
 * @CLOSEWATCH_PATH_FIN_ON_SENT_DATA: Under memory pressure the FIN was put on
 *   a segment already sent; it goes out only when that is retransmitted.
 * @CLOSEWATCH_PATH_FIN_LOST: There was no memory for a FIN; the state moved on
 *   without one.
 * @CLOSEWATCH_PATH_ALREADY_FIN: Our FIN had been queued before; the close
 *   added nothing.
 * @CLOSEWATCH_PATH_ALREADY_CLOSED: The connection was over before the close;
 *   nothing was sent.
 * @CLOSEWATCH_PATH_SYN_SENT: A connection attempt was abandoned; nothing was
 *   sent.
 * @CLOSEWATCH_PATH_LISTENER: A listener was closed, and with it the children
 *   in its accept queue.
 * @CLOSEWATCH_PATH_RST_UNREAD: Received data had not been read, so the kernel
 *   sent RST.
 * @CLOSEWATCH_PATH_RST_LINGER0: SO_LINGER with zero time, so the kernel sent
 *   RST.
 * @CLOSEWATCH_PATH_LINGER0_SILENT: SO_LINGER with zero time in a state that
 *   needs no RST; nothing was sent.
 * @CLOSEWATCH_PATH_RST_LINGER2: In FIN_WAIT2 with TCP_LINGER2 below zero, so
 *   the kernel sent RST.
 * @CLOSEWATCH_PATH_RST_MEMORY: Too many orphans or too little TCP memory, so
 *   the kernel sent RST.
 * @CLOSEWATCH_PATH_REPAIR: The socket was in TCP_REPAIR; it vanished without a
 *   packet.
 * @CLOSEWATCH_PATH_NETNS_GONE: The network namespace was being dismantled;
 *   nothing more was sent.
 * @CLOSEWATCH_PATH_DRAIN: A lingering drain took the close over.
 * @CLOSEWATCH_PATH_FLAG_ONLY: A shutdown changed a flag of the socket and
 *   nothing else.
 * @CLOSEWATCH_PATH_DEFERRED: A shutdown during the handshake of a fast open;
 *   the FIN follows when it is complete.
 * @CLOSEWATCH_PATH_NONE: A shutdown of a connection that had ended, or of a
 *   listener's write side.
 * @CLOSEWATCH_PATH_MPTCP: The socket or the listener carried MPTCP, which
 *   closes it by its own rules; the event claims no more.
 */
enum closewatch_path {
	CLOSEWATCH_PATH_UNKNOWN,
	CLOSEWATCH_PATH_FIN,
	CLOSEWATCH_PATH_FIN_BEHIND_DATA,
	CLOSEWATCH_PATH_FIN_ON_SENT_DATA,
	CLOSEWATCH_PATH_FIN_LOST,
	CLOSEWATCH_PATH_ALREADY_FIN,
	CLOSEWATCH_PATH_ALREADY_CLOSED,
	CLOSEWATCH_PATH_SYN_SENT,
	CLOSEWATCH_PATH_LISTENER,
	CLOSEWATCH_PATH_RST_UNREAD,
	CLOSEWATCH_PATH_RST_LINGER0,
	CLOSEWATCH_PATH_LINGER0_SILENT,
	CLOSEWATCH_PATH_RST_LINGER2,
	CLOSEWATCH_PATH_RST_MEMORY,
	CLOSEWATCH_PATH_REPAIR,
	CLOSEWATCH_PATH_NETNS_GONE,
	CLOSEWATCH_PATH_DRAIN,
	CLOSEWATCH_PATH_FLAG_ONLY,
	CLOSEWATCH_PATH_DEFERRED,
	CLOSEWATCH_PATH_NONE,
	CLOSEWATCH_PATH_MPTCP,

	/* private: */
	__CLOSEWATCH_PATH_MAX,
	CLOSEWATCH_PATH_MAX = (__CLOSEWATCH_PATH_MAX - 1)
};

/**
 * enum closewatch_fin_form - How this close sent its FIN.
 * @CLOSEWATCH_FIN_FORM_NONE: This close queued no FIN.
 * @CLOSEWATCH_FIN_FORM_ALONE: In a segment of its own.
 * @CLOSEWATCH_FIN_FORM_BEHIND_DATA: On the last segment of unsent data.
 * @CLOSEWATCH_FIN_FORM_ON_SENT_DATA: On the last segment already sent.
 * @CLOSEWATCH_FIN_FORM_LOST: Not at all, for want of memory.
 */
enum closewatch_fin_form {
	CLOSEWATCH_FIN_FORM_NONE,
	CLOSEWATCH_FIN_FORM_ALONE,
	CLOSEWATCH_FIN_FORM_BEHIND_DATA,
	CLOSEWATCH_FIN_FORM_ON_SENT_DATA,
	CLOSEWATCH_FIN_FORM_LOST,

	/* private: */
	__CLOSEWATCH_FIN_FORM_MAX,
	CLOSEWATCH_FIN_FORM_MAX = (__CLOSEWATCH_FIN_FORM_MAX - 1)
};

/**
 * enum closewatch_linger_outcome - What became of the wait that SO_LINGER asks
 *   for.
 * @CLOSEWATCH_LINGER_OUTCOME_NONE: The program asked for no wait, or nothing
 *   was left to wait for.
 * @CLOSEWATCH_LINGER_OUTCOME_ACKED: The peer acknowledged all data and our FIN
 *   within the time.
 * @CLOSEWATCH_LINGER_OUTCOME_TIMEOUT: The time ran out; the connection goes on
 *   without its owner.
 * @CLOSEWATCH_LINGER_OUTCOME_SIGNAL: A signal ended the wait.
 * @CLOSEWATCH_LINGER_OUTCOME_RESET: The connection was reset or aborted during
 *   the wait.
 * @CLOSEWATCH_LINGER_OUTCOME_SKIPPED_EXIT: The process was exiting, and exit
 *   does not wait.
 * @CLOSEWATCH_LINGER_OUTCOME_SKIPPED_RST: The close sent RST instead, so there
 *   was nothing to wait for.
 */
enum closewatch_linger_outcome {
	CLOSEWATCH_LINGER_OUTCOME_NONE,
	CLOSEWATCH_LINGER_OUTCOME_ACKED,
	CLOSEWATCH_LINGER_OUTCOME_TIMEOUT,
	CLOSEWATCH_LINGER_OUTCOME_SIGNAL,
	CLOSEWATCH_LINGER_OUTCOME_RESET,
	CLOSEWATCH_LINGER_OUTCOME_SKIPPED_EXIT,
	CLOSEWATCH_LINGER_OUTCOME_SKIPPED_RST,

	/* private: */
	__CLOSEWATCH_LINGER_OUTCOME_MAX,
	CLOSEWATCH_LINGER_OUTCOME_MAX = (__CLOSEWATCH_LINGER_OUTCOME_MAX - 1)
};

/**
 * enum closewatch_cause - What made the kernel close the socket.
 * @CLOSEWATCH_CAUSE_CLOSE: A system call of the program.
 * @CLOSEWATCH_CAUSE_EXEC: execve(2) with the descriptor marked close-on-exec.
 * @CLOSEWATCH_CAUSE_EXIT: The end of the process.
 * @CLOSEWATCH_CAUSE_KERNEL: The kernel itself, or a kernel thread that dropped
 *   the last reference.
 * @CLOSEWATCH_CAUSE_SIGNAL: The death of the process by a signal.
 */
enum closewatch_cause {
	CLOSEWATCH_CAUSE_CLOSE,
	CLOSEWATCH_CAUSE_EXEC,
	CLOSEWATCH_CAUSE_EXIT,
	CLOSEWATCH_CAUSE_KERNEL,
	CLOSEWATCH_CAUSE_SIGNAL,

	/* private: */
	__CLOSEWATCH_CAUSE_MAX,
	CLOSEWATCH_CAUSE_MAX = (__CLOSEWATCH_CAUSE_MAX - 1)
};

/**
 * enum closewatch_loss - Where events were lost.
 * @CLOSEWATCH_LOSS_RING: A per-CPU ring was full.
 * @CLOSEWATCH_LOSS_SOCKET: The listener's receive buffer was full, or there
 *   was no memory to send.
 * @CLOSEWATCH_LOSS_PROBE: A probe was hit inside another probe's handler, or
 *   had no instance left.
 * @CLOSEWATCH_LOSS_INFLIGHT: The table of connections that are ending was
 *   full.
 * @CLOSEWATCH_LOSS_BLIND: Armed probes did not fire; count is in seconds,
 *   because the number of events missed cannot be known.
 * @CLOSEWATCH_LOSS_RECORDING: A recorder could not write them. Only recordings
 *   hold it; the module never sends it.
 */
enum closewatch_loss {
	CLOSEWATCH_LOSS_RING,
	CLOSEWATCH_LOSS_SOCKET,
	CLOSEWATCH_LOSS_PROBE,
	CLOSEWATCH_LOSS_INFLIGHT,
	CLOSEWATCH_LOSS_BLIND,
	CLOSEWATCH_LOSS_RECORDING,

	/* private: */
	__CLOSEWATCH_LOSS_MAX,
	CLOSEWATCH_LOSS_MAX = (__CLOSEWATCH_LOSS_MAX - 1)
};

/**
 * enum closewatch_how - The side that shutdown(2) was asked to shut, with its
 *   numbers.
 * @CLOSEWATCH_HOW_RD: Reading; TCP sends nothing.
 * @CLOSEWATCH_HOW_WR: Writing; TCP sends FIN.
 * @CLOSEWATCH_HOW_RDWR: Both.
 */
enum closewatch_how {
	CLOSEWATCH_HOW_RD,
	CLOSEWATCH_HOW_WR,
	CLOSEWATCH_HOW_RDWR,

	/* private: */
	__CLOSEWATCH_HOW_MAX,
	CLOSEWATCH_HOW_MAX = (__CLOSEWATCH_HOW_MAX - 1)
};

/**
 * enum closewatch_fate - What ended a connection.
 * @CLOSEWATCH_FATE_UNKNOWN: The facts fit no end that this module knows.
 * @CLOSEWATCH_FATE_TIME_WAIT: Both FINs were exchanged; the connection went to
 *   TIME_WAIT.
 * @CLOSEWATCH_FATE_TIME_WAIT_OVERFLOW: As time-wait, or in FIN_WAIT2, but no
 *   minisock was available.
 * @CLOSEWATCH_FATE_FIN_WAIT2_TIMEOUT: Our FIN was acknowledged and the peer
 *   never sent its own.
 * @CLOSEWATCH_FATE_ACKED: The peer closed first and acknowledged our FIN.
 * @CLOSEWATCH_FATE_RST_LATE_DATA: Data arrived that no one could read, so the
 *   kernel sent RST.
 * @CLOSEWATCH_FATE_RST_LINGER2: FIN_WAIT2 with TCP_LINGER2 below zero, so the
 *   kernel sent RST.
 * @CLOSEWATCH_FATE_PEER_RESET: The peer sent RST.
 * @CLOSEWATCH_FATE_RETRANSMIT_TIMEOUT: Retransmissions or window probes were
 *   exhausted.
 * @CLOSEWATCH_FATE_KEEPALIVE_TIMEOUT: Keepalive probes were not answered.
 * @CLOSEWATCH_FATE_USER_TIMEOUT: TCP_USER_TIMEOUT ran out.
 * @CLOSEWATCH_FATE_MEMORY: TCP was out of memory.
 * @CLOSEWATCH_FATE_ORPHAN_LIMIT: There were too many orphans.
 * @CLOSEWATCH_FATE_KILLED: An administrator destroyed the socket (ss -K).
 * @CLOSEWATCH_FATE_DISCONNECTED: The program called connect(2) with AF_UNSPEC
 *   on an established connection.
 * @CLOSEWATCH_FATE_NETNS_GONE: The network namespace was being dismantled.
 * @CLOSEWATCH_FATE_ABORTED: The close itself ended the connection; its path
 *   says how.
 * @CLOSEWATCH_FATE_MPTCP: The connection was a subflow of MPTCP; the event
 *   claims no more.
 * @CLOSEWATCH_FATE_LATE_DATA_SILENT: As rst-late-data, but the data was signed
 *   (TCP_MD5SIG, TCP-AO) and no key was found for an RST, so nothing was sent.
 */
enum closewatch_fate {
	CLOSEWATCH_FATE_UNKNOWN,
	CLOSEWATCH_FATE_TIME_WAIT,
	CLOSEWATCH_FATE_TIME_WAIT_OVERFLOW,
	CLOSEWATCH_FATE_FIN_WAIT2_TIMEOUT,
	CLOSEWATCH_FATE_ACKED,
	CLOSEWATCH_FATE_RST_LATE_DATA,
	CLOSEWATCH_FATE_RST_LINGER2,
	CLOSEWATCH_FATE_PEER_RESET,
	CLOSEWATCH_FATE_RETRANSMIT_TIMEOUT,
	CLOSEWATCH_FATE_KEEPALIVE_TIMEOUT,
	CLOSEWATCH_FATE_USER_TIMEOUT,
	CLOSEWATCH_FATE_MEMORY,
	CLOSEWATCH_FATE_ORPHAN_LIMIT,
	CLOSEWATCH_FATE_KILLED,
	CLOSEWATCH_FATE_DISCONNECTED,
	CLOSEWATCH_FATE_NETNS_GONE,
	CLOSEWATCH_FATE_ABORTED,
	CLOSEWATCH_FATE_MPTCP,
	CLOSEWATCH_FATE_LATE_DATA_SILENT,

	/* private: */
	__CLOSEWATCH_FATE_MAX,
	CLOSEWATCH_FATE_MAX = (__CLOSEWATCH_FATE_MAX - 1)
};

/**
 * enum closewatch_verdict - What became of the data that we had written.
 * @CLOSEWATCH_VERDICT_UNKNOWN: Every byte was sent, but not every byte was
 *   acknowledged, or no FIN was; or it was a subflow of MPTCP. Whether the
 *   peer got them cannot be known.
 * @CLOSEWATCH_VERDICT_DELIVERED: The peer's TCP acknowledged every byte and
 *   our FIN. Its program need not have read them.
 * @CLOSEWATCH_VERDICT_LOST: Some bytes were never sent.
 */
enum closewatch_verdict {
	CLOSEWATCH_VERDICT_UNKNOWN,
	CLOSEWATCH_VERDICT_DELIVERED,
	CLOSEWATCH_VERDICT_LOST,

	/* private: */
	__CLOSEWATCH_VERDICT_MAX,
	CLOSEWATCH_VERDICT_MAX = (__CLOSEWATCH_VERDICT_MAX - 1)
};

/**
 * enum closewatch_side - One of the two ends of a connection.
 * @CLOSEWATCH_SIDE_UNKNOWN: Not known.
 * @CLOSEWATCH_SIDE_LOCAL: This side, whose host reports.
 * @CLOSEWATCH_SIDE_PEER: The other side.
 */
enum closewatch_side {
	CLOSEWATCH_SIDE_UNKNOWN,
	CLOSEWATCH_SIDE_LOCAL,
	CLOSEWATCH_SIDE_PEER,

	/* private: */
	__CLOSEWATCH_SIDE_MAX,
	CLOSEWATCH_SIDE_MAX = (__CLOSEWATCH_SIDE_MAX - 1)
};

/**
 * enum closewatch_reset_kind - Why there was an RST outside a close.
 * @CLOSEWATCH_RESET_KIND_RECEIVED: The peer sent it, on a connection or a
 *   connection attempt that our program had open.
 * @CLOSEWATCH_RESET_KIND_NO_SOCKET: We sent it; a segment that is no SYN
 *   belongs to no connection of this host, or to one that is long over.
 * @CLOSEWATCH_RESET_KIND_LISTENER: We sent it; the segment fits no connection
 *   attempt on a listener.
 * @CLOSEWATCH_RESET_KIND_TIME_WAIT: We sent it on behalf of a minisock.
 * @CLOSEWATCH_RESET_KIND_BAD_SEGMENT: We sent it; the segment is not
 *   acceptable to an open connection.
 * @CLOSEWATCH_RESET_KIND_LATE_DATA: We sent it; a segment ended a connection
 *   that had been closed, because it brought data, or because TCP_LINGER2 was
 *   below zero.
 * @CLOSEWATCH_RESET_KIND_NO_LISTENER: We sent it; a SYN came for a port on
 *   which nothing listens.
 * @CLOSEWATCH_RESET_KIND_LATE_SEGMENT: We sent them, for segments of a
 *   connection that had ended here less than two minutes before. They come as
 *   one event a second, with the cookie of that connection; count says how
 *   many.
 */
enum closewatch_reset_kind {
	CLOSEWATCH_RESET_KIND_RECEIVED,
	CLOSEWATCH_RESET_KIND_NO_SOCKET,
	CLOSEWATCH_RESET_KIND_LISTENER,
	CLOSEWATCH_RESET_KIND_TIME_WAIT,
	CLOSEWATCH_RESET_KIND_BAD_SEGMENT,
	CLOSEWATCH_RESET_KIND_LATE_DATA,
	CLOSEWATCH_RESET_KIND_NO_LISTENER,
	CLOSEWATCH_RESET_KIND_LATE_SEGMENT,

	/* private: */
	__CLOSEWATCH_RESET_KIND_MAX,
	CLOSEWATCH_RESET_KIND_MAX = (__CLOSEWATCH_RESET_KIND_MAX - 1)
};

/**
 * enum closewatch_action - What a policy does with a socket that is closed.
 * @CLOSEWATCH_ACTION_DRAIN: Send FIN, discard what still arrives until the
 *   peer's FIN or a limit, and only then close.
 * @CLOSEWATCH_ACTION_LINGER: Close as if SO_LINGER had been set with the
 *   policy's seconds.
 * @CLOSEWATCH_ACTION_RESET: Close as if SO_LINGER had been set with zero
 *   seconds.
 * @CLOSEWATCH_ACTION_LEAVE: Close as the program asked; no later rule applies.
 */
enum closewatch_action {
	CLOSEWATCH_ACTION_DRAIN,
	CLOSEWATCH_ACTION_LINGER,
	CLOSEWATCH_ACTION_RESET,
	CLOSEWATCH_ACTION_LEAVE,

	/* private: */
	__CLOSEWATCH_ACTION_MAX,
	CLOSEWATCH_ACTION_MAX = (__CLOSEWATCH_ACTION_MAX - 1)
};

/**
 * enum closewatch_drain_outcome - How a drain ended.
 * @CLOSEWATCH_DRAIN_OUTCOME_UNKNOWN: The connection ended in a way that this
 *   module does not know.
 * @CLOSEWATCH_DRAIN_OUTCOME_DELIVERED: The peer's FIN has come, and every byte
 *   of ours, our FIN included, was acknowledged.
 * @CLOSEWATCH_DRAIN_OUTCOME_IDLE_TIMEOUT: Nothing arrived and nothing was
 *   acknowledged for too long; RST.
 * @CLOSEWATCH_DRAIN_OUTCOME_TOTAL_TIMEOUT: The drain took too long; RST.
 * @CLOSEWATCH_DRAIN_OUTCOME_BYTE_LIMIT: Too many bytes had to be discarded;
 *   RST.
 * @CLOSEWATCH_DRAIN_OUTCOME_PEER_RESET: The peer sent RST.
 * @CLOSEWATCH_DRAIN_OUTCOME_RETRANSMIT_TIMEOUT: The peer no longer answered.
 * @CLOSEWATCH_DRAIN_OUTCOME_KILLED: An administrator destroyed the socket (ss
 *   -K).
 * @CLOSEWATCH_DRAIN_OUTCOME_SHED: It was its payer's oldest at a limit or
 *   under memory pressure; closed.
 * @CLOSEWATCH_DRAIN_OUTCOME_FLUSHED: Drains were switched off or the module
 *   was unloaded; closed.
 * @CLOSEWATCH_DRAIN_OUTCOME_REFUSED: It never began, and the close ran
 *   unchanged; refusal says why.
 */
enum closewatch_drain_outcome {
	CLOSEWATCH_DRAIN_OUTCOME_UNKNOWN,
	CLOSEWATCH_DRAIN_OUTCOME_DELIVERED,
	CLOSEWATCH_DRAIN_OUTCOME_IDLE_TIMEOUT,
	CLOSEWATCH_DRAIN_OUTCOME_TOTAL_TIMEOUT,
	CLOSEWATCH_DRAIN_OUTCOME_BYTE_LIMIT,
	CLOSEWATCH_DRAIN_OUTCOME_PEER_RESET,
	CLOSEWATCH_DRAIN_OUTCOME_RETRANSMIT_TIMEOUT,
	CLOSEWATCH_DRAIN_OUTCOME_KILLED,
	CLOSEWATCH_DRAIN_OUTCOME_SHED,
	CLOSEWATCH_DRAIN_OUTCOME_FLUSHED,
	CLOSEWATCH_DRAIN_OUTCOME_REFUSED,

	/* private: */
	__CLOSEWATCH_DRAIN_OUTCOME_MAX,
	CLOSEWATCH_DRAIN_OUTCOME_MAX = (__CLOSEWATCH_DRAIN_OUTCOME_MAX - 1)
};

/**
 * enum closewatch_refusal - Why a drain that a policy asked for never began.
 * @CLOSEWATCH_REFUSAL_NOT_CONNECTED: The socket had no connection that could
 *   be drained.
 * @CLOSEWATCH_REFUSAL_LINGER0: The program set SO_LINGER with zero seconds;
 *   even-linger0 drains it.
 * @CLOSEWATCH_REFUSAL_REPAIR: The socket was in TCP_REPAIR.
 * @CLOSEWATCH_REFUSAL_FAST_OPEN: The handshake of a fast open was not
 *   complete.
 * @CLOSEWATCH_REFUSAL_ULP: An upper layer protocol, such as kernel TLS, was on
 *   the socket.
 * @CLOSEWATCH_REFUSAL_MPTCP: It was an MPTCP socket.
 * @CLOSEWATCH_REFUSAL_FOREIGN: Another part of the kernel, such as a sockmap,
 *   used the socket's operations or its private data.
 * @CLOSEWATCH_REFUSAL_LIMIT: There were too many drains, and the payer had
 *   none to give up or as many were still ending.
 * @CLOSEWATCH_REFUSAL_MEMORY_PRESSURE: TCP was under memory pressure.
 * @CLOSEWATCH_REFUSAL_NO_MEMORY: The kernel had no memory for the drain.
 * @CLOSEWATCH_REFUSAL_SWITCHED_OFF: The policy was removed or replaced while
 *   the close was on its way.
 * @CLOSEWATCH_REFUSAL_LINGER2: The program set TCP_LINGER2 below zero.
 * @CLOSEWATCH_REFUSAL_OOM_VICTIM: The closer was a victim of the OOM killer,
 *   and a drain would keep its memory; even-oom drains it.
 */
enum closewatch_refusal {
	CLOSEWATCH_REFUSAL_NOT_CONNECTED,
	CLOSEWATCH_REFUSAL_LINGER0,
	CLOSEWATCH_REFUSAL_REPAIR,
	CLOSEWATCH_REFUSAL_FAST_OPEN,
	CLOSEWATCH_REFUSAL_ULP,
	CLOSEWATCH_REFUSAL_MPTCP,
	CLOSEWATCH_REFUSAL_FOREIGN,
	CLOSEWATCH_REFUSAL_LIMIT,
	CLOSEWATCH_REFUSAL_MEMORY_PRESSURE,
	CLOSEWATCH_REFUSAL_NO_MEMORY,
	CLOSEWATCH_REFUSAL_SWITCHED_OFF,
	CLOSEWATCH_REFUSAL_LINGER2,
	CLOSEWATCH_REFUSAL_OOM_VICTIM,

	/* private: */
	__CLOSEWATCH_REFUSAL_MAX,
	CLOSEWATCH_REFUSAL_MAX = (__CLOSEWATCH_REFUSAL_MAX - 1)
};

/**
 * enum closewatch_state - TCP states, with the kernel's numbers.
 * @CLOSEWATCH_STATE_ESTABLISHED: Open; no FIN has been sent or received.
 * @CLOSEWATCH_STATE_SYN_SENT: connect(2) has sent SYN, which is not answered
 *   yet.
 * @CLOSEWATCH_STATE_SYN_RECV: SYN has been answered; the handshake is not
 *   complete.
 * @CLOSEWATCH_STATE_FIN_WAIT1: We have sent FIN first, or are about to; it is
 *   not acknowledged.
 * @CLOSEWATCH_STATE_FIN_WAIT2: Our FIN is acknowledged; the peer's has not
 *   come.
 * @CLOSEWATCH_STATE_TIME_WAIT: Both FINs are acknowledged; late segments are
 *   waited for.
 * @CLOSEWATCH_STATE_CLOSE: There is no connection, or it is over.
 * @CLOSEWATCH_STATE_CLOSE_WAIT: The peer's FIN has come; our program has not
 *   closed.
 * @CLOSEWATCH_STATE_LAST_ACK: Both have sent FIN, the peer first; ours is not
 *   acknowledged.
 * @CLOSEWATCH_STATE_LISTEN: Waits for connections.
 * @CLOSEWATCH_STATE_CLOSING: Both have sent FIN at once; ours is not
 *   acknowledged.
 * @CLOSEWATCH_STATE_NEW_SYN_RECV: A handshake that is still a minisock of its
 *   listener.
 */
enum closewatch_state {
	CLOSEWATCH_STATE_ESTABLISHED = 1,
	CLOSEWATCH_STATE_SYN_SENT,
	CLOSEWATCH_STATE_SYN_RECV,
	CLOSEWATCH_STATE_FIN_WAIT1,
	CLOSEWATCH_STATE_FIN_WAIT2,
	CLOSEWATCH_STATE_TIME_WAIT,
	CLOSEWATCH_STATE_CLOSE,
	CLOSEWATCH_STATE_CLOSE_WAIT,
	CLOSEWATCH_STATE_LAST_ACK,
	CLOSEWATCH_STATE_LISTEN,
	CLOSEWATCH_STATE_CLOSING,
	CLOSEWATCH_STATE_NEW_SYN_RECV,

	/* private: */
	__CLOSEWATCH_STATE_MAX,
	CLOSEWATCH_STATE_MAX = (__CLOSEWATCH_STATE_MAX - 1)
};

/**
 * struct closewatch_facts - What most events have, in one piece
 * @has: Bit n is set if the member that is named as attribute n of an event
 *   applies; a member whose bit is not set is 0.
 * @local_addr: Its first 4 bytes if family is AF_INET.
 * @remote_addr: As local-addr.
 * @comm: Padded with NULs.
 *
 * A member says what the attribute of the same name does. The struct may grow
 * at its end: a reader requires what it had in version 2 and skips what it
 * does not know.
 */
struct closewatch_facts {
	__u64 has;
	__u64 time;
	__u64 seq;
	__u64 cookie;
	__u64 sent;
	__u64 retransmitted;
	__u64 received;
	__u64 acked;
	__u64 age_ns;
	__u64 cgroup;
	__u8 local_addr[16];
	__u8 remote_addr[16];
	char comm[16];
	__u32 netns;
	__u32 cpu;
	__u32 pid;
	__u32 tid;
	__u32 uid;
	__u32 unread;
	__u32 unsent;
	__u32 unacked;
	__u16 family;
	__u16 local_port;
	__u16 remote_port;
	__u8 type;
	__u8 state;
	__u8 new_state;
	__u8 why;
	__u8 path;
	__u8 fin;
	__u8 fate;
	__u8 verdict;
	__u8 closed_first;
	__u8 linger_on;
};

/**
 * struct closewatch_more - What few events have
 * @since_ended_ns: Of a close already-closed: time since the connection
 *   ended, in ns; 0 if that was not seen, or is forgotten.
 * @since_received_ns: Of a fate rst-late-data or late-data-silent: time from
 *   the peer's last data before it, or the handshake, to our FIN or the
 *   close, in ns.
 * @since_heard_ns: Of an RST received in CLOSE_WAIT: time since the peer's
 *   last segment before it, in ns. Its FIN came then, or earlier.
 * @ended_by: With since-ended-ns, how the connection ended.
 * @inode: Of an RST received: inode of the socket, as /proc/PID/fd shows it;
 *   0 if no program has it open.
 * @connect_error: Of a close already-closed: the errno with which the last
 *   connect() had failed; 0 if there was none, or none was seen.
 * @connect_rst: 1 if that was because the peer's host answered with RST.
 *
 * A member that does not apply is 0. The struct may grow at its end: a reader
 * takes what it knows and came.
 */
struct closewatch_more {
	__u64 since_ended_ns;
	__u64 since_received_ns;
	__u64 since_heard_ns;
	__u32 ended_by;
	__u32 inode;
	__u32 connect_error;
	__u32 connect_rst;
};

enum {
	CLOSEWATCH_A_FILTER = 1,
	CLOSEWATCH_A_EVENT,
	CLOSEWATCH_A_LISTENER,
	CLOSEWATCH_A_INFO,
	CLOSEWATCH_A_STATS,
	CLOSEWATCH_A_POLICY,
	CLOSEWATCH_A_DRAIN,
	CLOSEWATCH_A_SET,
	CLOSEWATCH_A_CHANGE,

	__CLOSEWATCH_A_MAX,
	CLOSEWATCH_A_MAX = (__CLOSEWATCH_A_MAX - 1)
};

enum {
	CLOSEWATCH_A_FILTER_EVENTS = 1,
	CLOSEWATCH_A_FILTER_PATHS,
	CLOSEWATCH_A_FILTER_FAMILY,
	CLOSEWATCH_A_FILTER_PID,
	CLOSEWATCH_A_FILTER_UID,
	CLOSEWATCH_A_FILTER_COMM,
	CLOSEWATCH_A_FILTER_CGROUP,
	CLOSEWATCH_A_FILTER_PORT,
	CLOSEWATCH_A_FILTER_LOCAL_PORT,
	CLOSEWATCH_A_FILTER_REMOTE_PORT,
	CLOSEWATCH_A_FILTER_NETNS_FD,
	CLOSEWATCH_A_FILTER_ALL_NETNS,
	CLOSEWATCH_A_FILTER_QUIET,
	CLOSEWATCH_A_FILTER_BY_INODE,

	__CLOSEWATCH_A_FILTER_MAX,
	CLOSEWATCH_A_FILTER_MAX = (__CLOSEWATCH_A_FILTER_MAX - 1)
};

enum {
	CLOSEWATCH_A_EVENT_PAD = 1,
	CLOSEWATCH_A_EVENT_TYPE,
	CLOSEWATCH_A_EVENT_TIME,
	CLOSEWATCH_A_EVENT_CPU,
	CLOSEWATCH_A_EVENT_SEQ,
	CLOSEWATCH_A_EVENT_NETNS,
	CLOSEWATCH_A_EVENT_FAMILY,
	CLOSEWATCH_A_EVENT_LOCAL_ADDR,
	CLOSEWATCH_A_EVENT_REMOTE_ADDR,
	CLOSEWATCH_A_EVENT_LOCAL_PORT,
	CLOSEWATCH_A_EVENT_REMOTE_PORT,
	CLOSEWATCH_A_EVENT_COOKIE,
	CLOSEWATCH_A_EVENT_PATH,
	CLOSEWATCH_A_EVENT_STATE,
	CLOSEWATCH_A_EVENT_NEW_STATE,
	CLOSEWATCH_A_EVENT_UNREAD,
	CLOSEWATCH_A_EVENT_UNSENT,
	CLOSEWATCH_A_EVENT_UNACKED,
	CLOSEWATCH_A_EVENT_SENT,
	CLOSEWATCH_A_EVENT_RETRANSMITTED,
	CLOSEWATCH_A_EVENT_RECEIVED,
	CLOSEWATCH_A_EVENT_ACKED,
	CLOSEWATCH_A_EVENT_AGE_NS,
	CLOSEWATCH_A_EVENT_FIN,
	CLOSEWATCH_A_EVENT_LINGER_ON,
	CLOSEWATCH_A_EVENT_LINGER_SECONDS,
	CLOSEWATCH_A_EVENT_LINGER_WAITED_NS,
	CLOSEWATCH_A_EVENT_LINGER_OUTCOME,
	CLOSEWATCH_A_EVENT_WHY,
	CLOSEWATCH_A_EVENT_PID,
	CLOSEWATCH_A_EVENT_TID,
	CLOSEWATCH_A_EVENT_COMM,
	CLOSEWATCH_A_EVENT_UID,
	CLOSEWATCH_A_EVENT_CGROUP,
	CLOSEWATCH_A_EVENT_CHILDREN,
	CLOSEWATCH_A_EVENT_CHILDREN_RESET,
	CLOSEWATCH_A_EVENT_ULP,
	CLOSEWATCH_A_EVENT_COUNT,
	CLOSEWATCH_A_EVENT_LOSS,
	CLOSEWATCH_A_EVENT_HOW,
	CLOSEWATCH_A_EVENT_REFERENCES,
	CLOSEWATCH_A_EVENT_SIGPIPE,
	CLOSEWATCH_A_EVENT_FATE,
	CLOSEWATCH_A_EVENT_VERDICT,
	CLOSEWATCH_A_EVENT_LOST_BYTES,
	CLOSEWATCH_A_EVENT_CLOSED_FIRST,
	CLOSEWATCH_A_EVENT_SINCE_CLOSE_NS,
	CLOSEWATCH_A_EVENT_RESET_KIND,
	CLOSEWATCH_A_EVENT_KERNEL_REASON,
	CLOSEWATCH_A_EVENT_CHILDREN_MIGRATED,
	CLOSEWATCH_A_EVENT_SYN_QUEUE,
	CLOSEWATCH_A_EVENT_POLICY_ID,
	CLOSEWATCH_A_EVENT_ACTION,
	CLOSEWATCH_A_EVENT_DRY_RUN,
	CLOSEWATCH_A_EVENT_DRAIN_OUTCOME,
	CLOSEWATCH_A_EVENT_REFUSAL,
	CLOSEWATCH_A_EVENT_DISCARDED,
	CLOSEWATCH_A_EVENT_RESPONSE_BYTES,
	CLOSEWATCH_A_EVENT_RESPONSE_ACKED,
	CLOSEWATCH_A_EVENT_DRAIN_NS,
	CLOSEWATCH_A_EVENT_SAVED,
	CLOSEWATCH_A_EVENT_FACTS,
	CLOSEWATCH_A_EVENT_SIGNAL,
	CLOSEWATCH_A_EVENT_SINCE_SENT_NS,
	CLOSEWATCH_A_EVENT_MORE,

	__CLOSEWATCH_A_EVENT_MAX,
	CLOSEWATCH_A_EVENT_MAX = (__CLOSEWATCH_A_EVENT_MAX - 1)
};

enum {
	CLOSEWATCH_A_LISTENER_PAD = 1,
	CLOSEWATCH_A_LISTENER_SENT,
	CLOSEWATCH_A_LISTENER_LOST,

	__CLOSEWATCH_A_LISTENER_MAX,
	CLOSEWATCH_A_LISTENER_MAX = (__CLOSEWATCH_A_LISTENER_MAX - 1)
};

enum {
	CLOSEWATCH_A_INFO_PAD = 1,
	CLOSEWATCH_A_INFO_VERSION,
	CLOSEWATCH_A_INFO_LISTENERS,
	CLOSEWATCH_A_INFO_PROBES,
	CLOSEWATCH_A_INFO_EVENTS,
	CLOSEWATCH_A_INFO_LOST_RING,
	CLOSEWATCH_A_INFO_LOST_SOCKET,
	CLOSEWATCH_A_INFO_MISSED,
	CLOSEWATCH_A_INFO_INFLIGHT_FULL,
	CLOSEWATCH_A_INFO_INFLIGHT,
	CLOSEWATCH_A_INFO_RING_SLOTS,
	CLOSEWATCH_A_INFO_POLICIES,
	CLOSEWATCH_A_INFO_DRAINS,
	CLOSEWATCH_A_INFO_POLICY_ARMED,
	CLOSEWATCH_A_INFO_BLIND,
	CLOSEWATCH_A_INFO_BLIND_SECONDS,
	CLOSEWATCH_A_INFO_PROBES_STUCK,
	CLOSEWATCH_A_INFO_PROBES_FIRED,
	CLOSEWATCH_A_INFO_EVICTED,
	CLOSEWATCH_A_INFO_USERNS,
	CLOSEWATCH_A_INFO_PROBE,

	__CLOSEWATCH_A_INFO_MAX,
	CLOSEWATCH_A_INFO_MAX = (__CLOSEWATCH_A_INFO_MAX - 1)
};

enum {
	CLOSEWATCH_A_PROBE_NAME = 1,
	CLOSEWATCH_A_PROBE_AT_RETURN,
	CLOSEWATCH_A_PROBE_FIRED,

	__CLOSEWATCH_A_PROBE_MAX,
	CLOSEWATCH_A_PROBE_MAX = (__CLOSEWATCH_A_PROBE_MAX - 1)
};

enum {
	CLOSEWATCH_A_STATS_PAD = 1,
	CLOSEWATCH_A_STATS_NETNS,
	CLOSEWATCH_A_STATS_CLOSE,
	CLOSEWATCH_A_STATS_FATE,
	CLOSEWATCH_A_STATS_LINGER_WAIT,
	CLOSEWATCH_A_STATS_FATE_TIME,
	CLOSEWATCH_A_STATS_UNREAD,
	CLOSEWATCH_A_STATS_DRAIN,
	CLOSEWATCH_A_STATS_REFUSED,
	CLOSEWATCH_A_STATS_DRAIN_CLOSE,
	CLOSEWATCH_A_STATS_SAVED,
	CLOSEWATCH_A_STATS_SAVED_BYTES,
	CLOSEWATCH_A_STATS_DRAINS,
	CLOSEWATCH_A_STATS_NOTHING_TO_DRAIN,
	CLOSEWATCH_A_STATS_LINGER_WAIT_NS,

	__CLOSEWATCH_A_STATS_MAX,
	CLOSEWATCH_A_STATS_MAX = (__CLOSEWATCH_A_STATS_MAX - 1)
};

enum {
	CLOSEWATCH_A_DRAIN_TALLY_PAD = 1,
	CLOSEWATCH_A_DRAIN_TALLY_OUTCOME,
	CLOSEWATCH_A_DRAIN_TALLY_REFUSAL,
	CLOSEWATCH_A_DRAIN_TALLY_EVENTS,
	CLOSEWATCH_A_DRAIN_TALLY_DISCARDED,
	CLOSEWATCH_A_DRAIN_TALLY_RESPONSE_BYTES,
	CLOSEWATCH_A_DRAIN_TALLY_RESPONSE_ACKED,

	__CLOSEWATCH_A_DRAIN_TALLY_MAX,
	CLOSEWATCH_A_DRAIN_TALLY_MAX = (__CLOSEWATCH_A_DRAIN_TALLY_MAX - 1)
};

enum {
	CLOSEWATCH_A_TALLY_PAD = 1,
	CLOSEWATCH_A_TALLY_PATH,
	CLOSEWATCH_A_TALLY_FATE,
	CLOSEWATCH_A_TALLY_EVENTS,
	CLOSEWATCH_A_TALLY_UNREAD_BYTES,
	CLOSEWATCH_A_TALLY_LOST_BYTES,
	CLOSEWATCH_A_TALLY_MINISOCKS,

	__CLOSEWATCH_A_TALLY_MAX,
	CLOSEWATCH_A_TALLY_MAX = (__CLOSEWATCH_A_TALLY_MAX - 1)
};

enum {
	CLOSEWATCH_A_BUCKET_PAD = 1,
	CLOSEWATCH_A_BUCKET_LOG2,
	CLOSEWATCH_A_BUCKET_COUNT,

	__CLOSEWATCH_A_BUCKET_MAX,
	CLOSEWATCH_A_BUCKET_MAX = (__CLOSEWATCH_A_BUCKET_MAX - 1)
};

enum {
	CLOSEWATCH_A_POLICY_PAD = 1,
	CLOSEWATCH_A_POLICY_ID,
	CLOSEWATCH_A_POLICY_ACTION,
	CLOSEWATCH_A_POLICY_SOCKET_FD,
	CLOSEWATCH_A_POLICY_COOKIE,
	CLOSEWATCH_A_POLICY_FAMILY,
	CLOSEWATCH_A_POLICY_LOCAL_PORT,
	CLOSEWATCH_A_POLICY_LOCAL_PORT_LAST,
	CLOSEWATCH_A_POLICY_REMOTE_ADDR,
	CLOSEWATCH_A_POLICY_REMOTE_PREFIX,
	CLOSEWATCH_A_POLICY_COMM,
	CLOSEWATCH_A_POLICY_UID,
	CLOSEWATCH_A_POLICY_CGROUP,
	CLOSEWATCH_A_POLICY_NETNS_FD,
	CLOSEWATCH_A_POLICY_ALL_NETNS,
	CLOSEWATCH_A_POLICY_NETNS,
	CLOSEWATCH_A_POLICY_PRIORITY,
	CLOSEWATCH_A_POLICY_EXPIRES_MS,
	CLOSEWATCH_A_POLICY_IDLE_MS,
	CLOSEWATCH_A_POLICY_TOTAL_MS,
	CLOSEWATCH_A_POLICY_BYTES,
	CLOSEWATCH_A_POLICY_LINGER_SECONDS,
	CLOSEWATCH_A_POLICY_DRY_RUN,
	CLOSEWATCH_A_POLICY_FORCE,
	CLOSEWATCH_A_POLICY_EVEN_LINGER0,
	CLOSEWATCH_A_POLICY_HITS,
	CLOSEWATCH_A_POLICY_EVEN_OOM,

	__CLOSEWATCH_A_POLICY_MAX,
	CLOSEWATCH_A_POLICY_MAX = (__CLOSEWATCH_A_POLICY_MAX - 1)
};

enum {
	CLOSEWATCH_A_CHANGE_ID = 1,
	CLOSEWATCH_A_CHANGE_ADDED,
	CLOSEWATCH_A_CHANGE_REMOVED,

	__CLOSEWATCH_A_CHANGE_MAX,
	CLOSEWATCH_A_CHANGE_MAX = (__CLOSEWATCH_A_CHANGE_MAX - 1)
};

enum {
	CLOSEWATCH_CMD_SUBSCRIBE = 1,
	CLOSEWATCH_CMD_UNSUBSCRIBE,
	CLOSEWATCH_CMD_INFO,
	CLOSEWATCH_CMD_EVENT,
	CLOSEWATCH_CMD_STATS,
	CLOSEWATCH_CMD_POLICY_ADD,
	CLOSEWATCH_CMD_POLICY_DEL,
	CLOSEWATCH_CMD_POLICY_GET,
	CLOSEWATCH_CMD_POLICY_FLUSH,
	CLOSEWATCH_CMD_DRAIN_GET,
	CLOSEWATCH_CMD_DRAIN_OFF,
	CLOSEWATCH_CMD_POLICY_SET,

	__CLOSEWATCH_CMD_MAX,
	CLOSEWATCH_CMD_MAX = (__CLOSEWATCH_CMD_MAX - 1)
};

#endif /* _UAPI_LINUX_CLOSEWATCH_H */
