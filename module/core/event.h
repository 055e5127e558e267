/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parts of an event: facts read from the kernel, marks left by probes, and
 * the verdict derived from both.
 *
 * Plain structs without pointers. This header and classify.[ch] are also
 * compiled into host unit tests, hence the types for user space.
 */
#ifndef CW_EVENT_H
#define CW_EVENT_H

#include <linux/types.h>
#ifndef __KERNEL__
#include <stdbool.h>
typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
#endif
#include <uapi/linux/closewatch.h>

#define CW_COMM_LEN	16
#define CW_ULP_LEN	16
#define CW_REASON_LEN	32

/**
 * struct cw_conn - a connection and its figures at one moment
 * @cookie: socket cookie, never 0
 * @netns: number of the network namespace, see netns.h
 * @netns_inum: its inode number, for display
 * @sent: payload bytes sent, retransmissions included
 * @retransmitted: payload bytes sent again
 * @received: payload bytes received in order
 * @acked: payload bytes of ours that the peer acknowledged
 * @age_ns: time since ESTABLISHED; 0 if that was not seen
 * @since_sent_ns: time since we last sent data, or since ESTABLISHED
 * @since_received_ns: time since the peer's last data, or since ESTABLISHED
 * @unread: bytes in order that the program had not read, FIN excluded
 * @unsent: bytes written and never sent, FIN excluded
 * @unacked: bytes in flight, SYN and FIN excluded
 * @backlog: a listener's connections in its accept queue
 * @syn_queue: a listener's half-open connections
 * @linger_seconds: SO_LINGER's time, U32_MAX for no limit
 * @linger2: TCP_LINGER2 as the kernel keeps it; below 0 means RST in FIN_WAIT2
 * @laddr: local address, 4 or 16 bytes in network order
 * @raddr: remote address likewise
 * @lport: local port, host order
 * @rport: remote port, host order; 0 if there is no peer
 * @family: AF_INET or AF_INET6, of the socket
 * @state: TCP state
 * @v4mapped: an AF_INET6 socket that uses IPv4
 * @linger_on: SO_LINGER is on
 * @repair: TCP_REPAIR is on
 * @mptcp: a subflow of MPTCP, or a listener for them
 * @ulp: name of the upper layer protocol, empty if none
 *
 * Filled by cw_facts_take(), which documents where the figures are exact.
 */
struct cw_conn {
	u64 cookie;
	u64 netns;
	u64 sent;
	u64 retransmitted;
	u64 received;
	u64 acked;
	u64 age_ns;
	u64 since_sent_ns;
	u64 since_received_ns;
	u32 netns_inum;
	u32 unread;
	u32 unsent;
	u32 unacked;
	u32 backlog;
	u32 syn_queue;
	u32 linger_seconds;
	s32 linger2;
	u8 laddr[16];
	u8 raddr[16];
	u16 lport;
	u16 rport;
	u16 family;
	u8 state;
	bool v4mapped;
	bool linger_on;
	bool repair;
	bool mptcp;
	char ulp[CW_ULP_LEN];
};

/**
 * struct cw_owner - the task that closes, or the owner of a socket
 * @cgroup: id of its cgroup v2
 * @pid: thread group id, initial pid namespace
 * @tid: thread id, likewise
 * @uid: real user id, initial user namespace; of a socket, its own
 * @why: enum closewatch_cause
 * @signal: the signal that ends the process, if @why is that
 * @inode: of the socket, if @of_socket; 0 if no program has it open
 * @of_socket: no task closes; @uid and @cgroup are the socket's
 * @comm: task name, arbitrary bytes, NUL-terminated
 */
struct cw_owner {
	u64 cgroup;
	u32 pid;
	u32 tid;
	u32 uid;
	u32 why;
	u32 signal;
	u32 inode;
	bool of_socket;
	char comm[CW_COMM_LEN];
};

/**
 * struct cw_marks - what the probes saw between begin and end of a close
 * @wait_ns: time from the begin of the linger wait to the end of the close
 * @timeout_ns: the timeout of the linger wait; 0 if there was none
 * @children: connections of the accept queue that a listener dropped
 * @children_reset: how many of them were sent an RST
 * @listen_stop: inet_csk_listen_stop() ran
 * @disconnect: tcp_disconnect() ran
 * @fin_called: tcp_send_fin() ran
 * @fin_queued: write_seq advanced, so a FIN is queued or sent
 * @fin_behind: unsent data was in the write queue before the FIN
 * @fin_shared: the FIN is on a segment that carries data
 * @rst_sent: tcp_send_active_reset() ran on behalf of the close
 * @waited: the linger wait began
 * @survived: the connection was still open when tcp_check_oom() ran
 * @oom: tcp_check_oom() returned true
 * @net_dead: the network namespace had no references left
 * @all_acked: snd_una had reached write_seq when the close ended
 * @signal: a signal was pending when the close ended
 * @new_state: TCP state after the close, that of a minisock included
 */
struct cw_marks {
	u64 wait_ns;
	u64 timeout_ns;
	u32 children;
	u32 children_reset;
	bool listen_stop;
	bool disconnect;
	bool fin_called;
	bool fin_queued;
	bool fin_behind;
	bool fin_shared;
	bool rst_sent;
	bool waited;
	bool survived;
	bool oom;
	bool net_dead;
	bool all_acked;
	bool signal;
	u8 new_state;
};

/**
 * struct cw_verdict - what follows from the facts and marks of a close
 * @path: enum closewatch_path
 * @fin: enum closewatch_fin_form
 * @linger: enum closewatch_linger_outcome
 */
struct cw_verdict {
	u32 path;
	u32 fin;
	u32 linger;
};

/*
 * What the probes saw of a connection; decides its fate. IN_CLOSE is set only
 * from the entry of __tcp_close() until its wait for SO_LINGER.
 */
enum cw_mark {
	CW_MARK_IN_CLOSE = 1 << 0,
	CW_MARK_PEER_RST = 1 << 1,	/* tcp_reset() for an RST */
	CW_MARK_LATE_DATA = 1 << 2,	/* tcp_reset() without one */
	CW_MARK_TIME_WAIT = 1 << 3,	/* a minisock in TIME_WAIT */
	CW_MARK_FIN_WAIT2 = 1 << 4,	/* a minisock in FIN_WAIT2 */
	CW_MARK_NO_MINISOCK = 1 << 5,	/* inet_twsk_alloc() failed */
	CW_MARK_ABORT = 1 << 6,	/* tcp_abort() */
	CW_MARK_DISCONNECT = 1 << 7,	/* tcp_disconnect() */
	CW_MARK_OOM_MEMORY = 1 << 8,	/* tcp_check_oom(): memory */
	CW_MARK_OOM_ORPHANS = 1 << 9,	/* tcp_check_oom(): orphans */
	CW_MARK_NET_DEAD = 1 << 10,	/* no reference to the netns */
	CW_MARK_RST_SENT = 1 << 11,	/* tcp_send_active_reset() */
	CW_MARK_FIN_LOST = 1 << 12,	/* no memory for our FIN */
	CW_MARK_FIN = 1 << 13,	/* tcp_send_fin() */
	CW_MARK_UNTRACKED = 1 << 14,	/* marks may be missing */
	CW_MARK_REPAIR = 1 << 15,	/* TCP_REPAIR: nothing is sent */
	CW_MARK_KEEPALIVE = 1 << 16,	/* tcp_keepalive_timer() sent the RST */
	CW_MARK_MINISOCK = 1 << 17,	/* one was made, and has ended */
	CW_MARK_UNSEEN = 1 << 18,	/* perhaps begun when nobody asked */
	CW_MARK_SIGNED = 1 << 19,	/* late data of which an RST may not come */
};

/**
 * struct cw_end - the end of a connection
 * @lost_bytes: bytes written and never sent, FIN excluded
 * @since_ns: time since our FIN or the close, the earlier; 0 if unknown
 * @marks: CW_MARK_*
 * @fate: enum closewatch_fate
 * @verdict: enum closewatch_verdict
 * @first: enum closewatch_side
 * @unacked: bytes in flight, FIN excluded
 * @linger2: as struct cw_conn has it
 * @old_state: TCP state before CLOSE
 * @dead: the socket was an orphan
 * @all_acked: snd_una had reached write_seq
 * @user_timeout: TCP_USER_TIMEOUT was set, and had expired
 * @mptcp: a subflow of MPTCP
 */
struct cw_end {
	u64 lost_bytes;
	u64 since_ns;
	u32 marks;
	u32 fate;
	u32 verdict;
	u32 first;
	u32 unacked;
	s32 linger2;
	u8 old_state;
	bool dead;
	bool all_acked;
	bool user_timeout;
	bool mptcp;
};

/**
 * struct cw_extra - members that only some types of event have
 * @how: enum closewatch_how, for a shutdown
 * @references: how many remain, for a shared close
 * @sigpipe: SIGPIPE was sent, for a write after shutdown
 * @ended: for that, the connection had ended, and the fate in struct cw_end is set
 * @reset_kind: enum closewatch_reset_kind, for a reset
 * @resets: how many RSTs the event stands for, for late segments
 * @connect_error: errno of the connect() that had failed, for a close; or 0
 * @connect_rst: the peer's host had answered that with RST
 * @ended_by: enum closewatch_fate of what was over before its close
 * @since_ended_ns: time since then; 0 if it is not known
 * @since_heard_ns: time since the peer's segment before a received RST
 * @reason: the kernel's sk_rst_reason, empty if it has none
 */
struct cw_extra {
	u64 since_ended_ns;
	u64 since_heard_ns;
	u32 how;
	u32 references;
	u32 reset_kind;
	u32 resets;
	u32 ended_by;
	u16 connect_error;
	bool connect_rst;
	bool sigpipe;
	bool ended;
	char reason[CW_REASON_LEN];
};

/**
 * struct cw_drained - what a policy did to a close, and the drain's progress
 * @discarded: payload bytes discarded, those unread at the close included
 * @response: payload bytes of ours not acknowledged when the drain began
 * @response_acked: how many of them have been acknowledged since
 * @ns: how long the drain has run; 0 if it never began
 * @policy_id: the policy that applied; 0 if none did
 * @action: enum closewatch_action, of that policy
 * @outcome: enum closewatch_drain_outcome, for a drain-end
 * @refusal: enum closewatch_refusal, for the outcome refused
 * @dry_run: the policy only reports
 * @saved: delivered, and a plain close would have sent an RST
 * @has_path: the close that ended the drain was seen; its path is in verdict
 */
struct cw_drained {
	u64 discarded;
	u64 response;
	u64 response_acked;
	u64 ns;
	u32 policy_id;
	u32 action;
	u32 outcome;
	u32 refusal;
	bool dry_run;
	bool saved;
	bool has_path;
};

/**
 * struct cw_event - one event, as stored on a ring
 * @time: CLOCK_REALTIME in ns when the event was complete
 * @seq: number of the event on its CPU; set by cw_ring_push()
 * @cpu: the CPU that recorded it; set by cw_ring_push()
 * @type: enum closewatch_event_type
 * @conn: the connection when the close began
 * @owner: the task that closed; pid is 0 if there is none
 * @marks: what the probes saw
 * @verdict: for a close or a shutdown
 * @end: for a fate
 * @extra: members that only some types have
 * @drained: for a drain's begin or end, a policy, and a close with path drain
 */
struct cw_event {
	u64 time;
	u64 seq;
	u32 cpu;
	u32 type;
	struct cw_conn conn;
	struct cw_owner owner;
	struct cw_marks marks;
	struct cw_verdict verdict;
	struct cw_end end;
	struct cw_extra extra;
	struct cw_drained drained;
};

#endif
