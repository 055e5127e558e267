// SPDX-License-Identifier: GPL-2.0
/*
 * Public bug reports, as the events that closewatch saw of them on the host of the
 * server (S) or of the client (C): each has its true cause, its remedy, and a drain
 * only where that mends it.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "base/util.h"
#include "explain/explain.h"
#include "kselftest_harness.h"
#include "output/record_whatif.h"

#define bit(attr)	(1ULL << (CLOSEWATCH_A_EVENT_##attr & 63))
#define MS		1000000ULL

#define CONNECTION	(bit(TYPE) | bit(REMOTE_ADDR) | bit(STATE) |	\
			 bit(UNREAD) | bit(UNSENT) | bit(UNACKED))
#define OWNED		(CONNECTION | bit(PID) | bit(COMM) | bit(WHY))
#define more_bit(fact)	(1U << CW_MORE_##fact)
#define NAME(s)		{ sizeof(s) - 1, s }

#define ENDS(lport, rport)						\
	.family = 2, .local_port = lport, .remote_port = rport,		\
	.local_addr = { 4, { 10, 7, 0, 1 } },				\
	.remote_addr = { 4, { 10, 7, 0, 2 } }, .cookie = 7

#define CLOSE(which, where)						\
	.type = CLOSEWATCH_EVENT_TYPE_CLOSE,				\
	.path = CLOSEWATCH_PATH_##which, .state = CLOSEWATCH_STATE_##where, \
	.pid = 812

#define FATE(which, where)						\
	.type = CLOSEWATCH_EVENT_TYPE_FATE,				\
	.fate = CLOSEWATCH_FATE_##which, .state = CLOSEWATCH_STATE_##where

#define RESET(which, where)						\
	.type = CLOSEWATCH_EVENT_TYPE_RESET,				\
	.reset_kind = CLOSEWATCH_RESET_KIND_##which,			\
	.state = CLOSEWATCH_STATE_##where

FIXTURE(field)
{
	struct cw_whatif *w;
	char *text;
	size_t len;
	FILE *out;
};

FIXTURE_VARIANT(field)
{
	struct cw_msg_event ev;
	unsigned int times;	/* 0: once */
	const char *note;	/* in the line */
	const char *cause;
	const char *remedy;
	const char *drain;	/* the rest of the command; NULL: none */
	const char *seen;	/* what advise has it among */
};

FIXTURE_SETUP(field)
{
	self->w = cw_whatif_new(false);
	ASSERT_NE(NULL, self->w);
	self->out = open_memstream(&self->text, &self->len);
	ASSERT_NE(NULL, self->out);
}

FIXTURE_TEARDOWN(field)
{
	fclose(self->out);
	free(self->text);
	free(self->w);
}

/* The header was beyond buffer-size: closed with the request unread. */
FIXTURE_VARIANT_ADD(field, uwsgi_long_url)
{
	.ev = {
		CLOSE(RST_UNREAD, ESTABLISHED), ENDS(80, 51234),
		.comm = NAME("uwsgi"), .unread = 26000, .received = 30078,
		.present = OWNED,
	},
	.note = "RST: 26000 B unread; nothing of ours was under way",
	.cause = "had sent nothing itself: no answer was at risk",
	.remedy = "a limit on what it reads, such as the size of a header",
	.seen = "no-answer",
};

/* A server that starts itself anew over connections that it has not served. */
FIXTURE_VARIANT_ADD(field, execve_with_a_request_unread)
{
	.ev = {
		CLOSE(RST_UNREAD, ESTABLISHED), ENDS(80, 51234),
		.comm = NAME("sleep"), .unread = 64, .received = 64,
		.why = CLOSEWATCH_CAUSE_EXEC, .present = OWNED,
	},
	.note = "RST: 64 B unread; nothing of ours was under way",
	.cause = "execve() closed the connection, whose descriptor had FD_CLOEXEC, "
		 "before all that the peer sent had been read, and nothing had been "
		 "sent: no answer was at risk. The process shown has the name of the new "
		 "program.",
	.remedy = "Answer and close before execve(), or clear FD_CLOEXEC if the new "
		  "program is to serve the connection.",
	.seen = "no-answer",
};

FIXTURE_VARIANT_ADD(field, execve_after_an_answer)
{
	.ev = {
		CLOSE(RST_UNREAD, ESTABLISHED), ENDS(80, 51234),
		.comm = NAME("sleep"), .unread = 64, .sent = 500, .acked = 500,
		.received = 128, .why = CLOSEWATCH_CAUSE_EXEC,
		.present = OWNED,
	},
	.cause = "execve() closed the connection, whose descriptor had FD_CLOEXEC, "
		 "before all that the peer sent had been read. The process shown has the "
		 "name of the new program. Its TCP had acknowledged all 500 B",
	.remedy = "None is needed if no peer reports a reset",
	.seen = "acknowledged",
};

FIXTURE_VARIANT_ADD(field, process_end_with_a_request_unread)
{
	.ev = {
		CLOSE(RST_UNREAD, ESTABLISHED), ENDS(80, 51234),
		.comm = NAME("python3"), .unread = 64, .received = 64,
		.why = CLOSEWATCH_CAUSE_EXIT, .present = OWNED,
	},
	.cause = "The process ended before it had read all that the peer sent, and had "
		 "sent nothing itself: no answer was at risk",
	.remedy = "Look at its exit code and its log why it ended before it answered",
	.seen = "no-answer",
};

FIXTURE_VARIANT_ADD(field, gunicorn_413)
{
	.ev = {
		CLOSE(RST_UNREAD, ESTABLISHED), ENDS(80, 51234),
		.comm = NAME("gunicorn"), .unread = 65536, .unacked = 4135,
		.sent = 4135, .received = 130000, .present = OWNED,
	},
	.note = "4135 B of ours in flight, not known whether they arrived",
	.cause = "before it had read all that the peer sent",
	.remedy = "Read until EOF before close()",
	.drain = "--local-port 80",
};

/* On loopback the answer is acknowledged at once. */
FIXTURE_VARIANT_ADD(field, gunicorn_413_acknowledged)
{
	.ev = {
		CLOSE(RST_UNREAD, ESTABLISHED), ENDS(80, 51234),
		.comm = NAME("gunicorn"), .unread = 65536, .sent = 4135,
		.acked = 4135, .received = 130000, .present = OWNED,
	},
	.note = "RST: 65536 B unread; nothing of ours was under way",
	.cause = "acknowledged all 4135 B of ours, but a peer that is still sending may stop",
	.remedy = "None is needed if no peer reports a reset; if some do, let the close linger",
	.seen = "acknowledged",
};

FIXTURE_VARIANT_ADD(field, node_keepalive_race)
{
	.ev = {
		FATE(RST_LATE_DATA, FIN_WAIT2), ENDS(80, 51234),
		.comm = NAME("node"), .pid = 812, .sent = 130, .acked = 130,
		.received = 64, .since_sent_ns = 1002 * MS,
		.verdict = CLOSEWATCH_VERDICT_DELIVERED,
		.present = OWNED | bit(FATE) | bit(VERDICT) |
			   bit(SINCE_SENT_NS) | bit(LOST_BYTES),
	},
	.note = "; RST to a request of the peer, which reused what we had closed as idle",
	.cause = "The peer reused a connection which we closed as idle after 1.00 s: "
		 "its request came after our FIN, which its TCP had acknowledged",
	.remedy = "keep idle connections open for longer than its peers do (keep-alive timeout)",
	.seen = "idle-race",
};

FIXTURE_VARIANT_ADD(field, idle_race)
{
	.ev = {
		FATE(RST_LATE_DATA, FIN_WAIT1), ENDS(8082, 51234),
		.comm = NAME("python3"), .pid = 812, .sent = 2, .acked = 2,
		.received = 18, .since_sent_ns = 300 * MS,
		.since_received_ns = 300 * MS, .more = more_bit(SINCE_RECEIVED_NS),
		.present = OWNED | bit(FATE) | bit(VERDICT) |
			   bit(SINCE_SENT_NS) | bit(LOST_BYTES),
	},
	.cause = "closed as idle after 300.0 ms: its request crossed our FIN",
	.remedy = "A drain would swallow the request without an error",
	.seen = "idle-race",
};

/* It was answered early and read on for a while: not idle. */
FIXTURE_VARIANT_ADD(field, late_upload)
{
	.ev = {
		FATE(RST_LATE_DATA, FIN_WAIT2), ENDS(80, 51234),
		.comm = NAME("nginx"), .pid = 812, .sent = 500, .acked = 500,
		.received = 130000, .since_sent_ns = 300 * MS,
		.since_received_ns = 2 * MS, .more = more_bit(SINCE_RECEIVED_NS),
		.verdict = CLOSEWATCH_VERDICT_DELIVERED,
		.present = OWNED | bit(FATE) | bit(VERDICT) |
			   bit(SINCE_SENT_NS) | bit(LOST_BYTES),
	},
	.cause = "The peer went on sending after its TCP had acknowledged our FIN.",
	.remedy = "let the close linger",
	.seen = "late-data",
};

/* curl -m 4, and a server that another client kept from answering it. */
FIXTURE_VARIANT_ADD(field, linger_block_C)
{
	.ev = {
		FATE(RST_LATE_DATA, FIN_WAIT2), ENDS(51234, 80),
		.comm = NAME("curl"), .pid = 812, .sent = 82, .acked = 82,
		.since_sent_ns = 4010 * MS,
		.verdict = CLOSEWATCH_VERDICT_DELIVERED,
		.present = OWNED | bit(FATE) | bit(VERDICT) |
			   bit(SINCE_SENT_NS) | bit(LOST_BYTES),
	},
	.cause = "The program closed 4.01 s after its request, before any of the answer had come.",
	.remedy = "look why the peer was so late, or raise that limit",
	.seen = "gave-up",
};

/* The peer timed out in good order; our next write meets no program there. */
FIXTURE_VARIANT_ADD(field, late_write)
{
	.ev = {
		RESET(RECEIVED, CLOSE_WAIT), ENDS(51234, 80), .unacked = 64,
		.sent = 128, .received = 130, .since_heard_ns = 2000 * MS,
		.present = CONNECTION | bit(RESET_KIND) | bit(SINCE_SENT_NS),
	},
	.note = "RST from the peer, which had sent its FIN before; 64 B of ours in flight",
	.cause = "its FIN came 2.00 s before or earlier), and its TCP answers with RST what",
	.remedy = "Close when read() returns 0",
	.seen = "late-write",
};

/* The answer to an upload that was not read to its end. */
FIXTURE_VARIANT_ADD(field, gunicorn_413_C)
{
	.ev = {
		RESET(RECEIVED, CLOSE_WAIT), ENDS(51234, 80), .unacked = 64000,
		.unread = 4135, .sent = 500000, .received = 4135,
		.since_heard_ns = 20 * MS,
		.present = CONNECTION | bit(RESET_KIND) | bit(SINCE_SENT_NS),
	},
	.note = "; 4135 B of the peer's still unread",
	.cause = "its FIN came 20.0 ms before or earlier), and its TCP answers with RST what",
	.remedy = "Read what the peer had sent before it closed, which may be its answer",
	.seen = "late-write",
};

/* The clock of such times is coarse. */
FIXTURE_VARIANT_ADD(field, late_write_at_once)
{
	.ev = {
		RESET(RECEIVED, CLOSE_WAIT), ENDS(51234, 80), .unacked = 64,
		.sent = 128, .received = 130,
		.present = CONNECTION | bit(RESET_KIND) | bit(SINCE_SENT_NS),
	},
	.note = "RST from the peer, which had sent its FIN before",
	.cause = "The peer had closed, and its TCP answers with RST what",
	.remedy = "Close when read() returns 0",
	.seen = "late-write",
};

/* What we had sent before may have met its close, or its program its end. */
FIXTURE_VARIANT_ADD(field, reset_after_fin)
{
	.ev = {
		RESET(RECEIVED, CLOSE_WAIT), ENDS(80, 51234), .unacked = 64,
		.sent = 9000, .received = 130, .since_sent_ns = 20 * MS,
		.since_heard_ns = 10 * MS,
		.present = CONNECTION | bit(RESET_KIND) | bit(SINCE_SENT_NS),
	},
	.cause = "The peer had sent its FIN before: data of ours reached it after",
	.remedy = "None is needed if the peer had all that it wanted",
};

FIXTURE_VARIANT_ADD(field, reset_of_an_orphan_after_fin)
{
	.ev = {
		FATE(PEER_RESET, LAST_ACK), ENDS(80, 51234),
		.comm = NAME("nginx"), .pid = 812, .unacked = 64, .sent = 9000,
		.present = OWNED | bit(FATE) | bit(VERDICT) | bit(LOST_BYTES),
	},
	.note = "RST from the peer",
	.cause = "The peer had sent its FIN before",
	.remedy = "None is needed if the peer had all that it wanted",
};

FIXTURE_VARIANT_ADD(field, closed_after_an_rst)
{
	.ev = {
		CLOSE(ALREADY_CLOSED, CLOSE), ENDS(80, 51234),
		.comm = NAME("nginx"), .ended_by = CLOSEWATCH_FATE_PEER_RESET,
		.since_ended_ns = 195 * MS, .present = OWNED,
	},
	.note = "nothing sent, the connection was over: RST from the peer 195.0 ms before",
	.cause = "the reset event with the same cookie says why",
	.remedy = "see the remedy of that event",
};

FIXTURE_VARIANT_ADD(field, closed_after_a_timeout)
{
	.ev = {
		CLOSE(ALREADY_CLOSED, CLOSE), ENDS(80, 51234),
		.comm = NAME("nginx"),
		.ended_by = CLOSEWATCH_FATE_KEEPALIVE_TIMEOUT,
		.since_ended_ns = 3000 * MS, .present = OWNED,
	},
	.note = "the connection was over: the peer answered no keepalive probe 3.00 s before",
	.cause = "The peer answered no keepalive probe.",
	.remedy = "keep TCP_KEEPIDLE below its time",
};

FIXTURE_VARIANT_ADD(field, closed_after_both_shutdowns)
{
	.ev = {
		CLOSE(ALREADY_CLOSED, CLOSE), ENDS(80, 51234),
		.comm = NAME("nginx"), .ended_by = CLOSEWATCH_FATE_TIME_WAIT,
		.since_ended_ns = 1 * MS, .present = OWNED,
	},
	.note = "the connection was over: both sides had closed 1.0 ms before",
	.cause = "Both sides sent FIN",
	.remedy = "None is needed.",
};

/* As connect() with AF_UNSPEC leaves it: it did have a peer. */
FIXTURE_VARIANT_ADD(field, closed_after_a_disconnect)
{
	.ev = {
		CLOSE(ALREADY_CLOSED, CLOSE), .comm = NAME("python3"),
		.ended_by = CLOSEWATCH_FATE_DISCONNECTED,
		.since_ended_ns = 1 * MS,
		.present = bit(TYPE) | bit(STATE) | bit(PID) | bit(COMM) | bit(WHY),
	},
	.note = "the connection was over: connect() with AF_UNSPEC 1.0 ms before",
	.cause = "The program called connect() with AF_UNSPEC",
	.remedy = "None is needed if the program means it.",
};

FIXTURE_VARIANT_ADD(field, closed_after_an_unknown_end)
{
	.ev = {
		CLOSE(ALREADY_CLOSED, CLOSE), ENDS(80, 51234),
		.comm = NAME("nginx"), .present = OWNED,
	},
	.note = "nothing sent, the connection was already over, how is not known",
	.cause = "Which is not known: it came before closewatch watched",
	.remedy = "look for ECONNRESET or ETIMEDOUT",
};

/* An upload that was answered early, not one on an idle connection. */
FIXTURE_VARIANT_ADD(field, late_segments)
{
	.ev = {
		FATE(RST_LATE_DATA, FIN_WAIT1), ENDS(80, 51234),
		.comm = NAME("gunicorn"), .pid = 812, .unacked = 4135,
		.sent = 4135, .received = 130000, .since_sent_ns = 1 * MS,
		.present = OWNED | bit(FATE) | bit(VERDICT) |
			   bit(SINCE_SENT_NS) | bit(LOST_BYTES),
	},
	.note = "unknown: 4135 B of ours in flight, not known whether they arrived",
	.cause = "The peer sent data after this side had closed",
	.remedy = "Read until EOF before close()",
	.drain = "--local-port 80",
};

/* A control: the checker says goodbye. */
FIXTURE_VARIANT_ADD(field, haproxy_pgsql_check)
{
	.ev = {
		CLOSE(FIN, CLOSE_WAIT), ENDS(5432, 51234),
		.comm = NAME("postgres"), .sent = 13, .acked = 13,
		.received = 41, .present = OWNED,
	},
	.note = "FIN, after the peer's; all our data was acknowledged",
	.cause = "An orderly close",
	.remedy = "None is needed for this close",
};

/* The record is decrypted and not read: TCP has nothing unread, and sends no RST. */
FIXTURE_VARIANT_ADD(field, ktls_decrypted)
{
	.ev = {
		CLOSE(FIN, ESTABLISHED), ENDS(443, 51234),
		.comm = NAME("nginx"), .sent = 13, .acked = 13,
		.received = 41, .ulp = NAME("tls"),
		.present = OWNED | bit(UNREAD) | bit(ULP),
	},
	.note = "FIN, before the peer's; all our data was acknowledged; "
		"what kernel TLS has decrypted does not count as unread",
	.cause = "An orderly close",
	.remedy = "None is needed for this close",
};

FIXTURE_VARIANT_ADD(field, haproxy_tcp_check_S)
{
	.ev = {
		RESET(RECEIVED, ESTABLISHED), ENDS(5044, 51234), .sent = 19,
		.received = 16, .uid = 998,
		.present = CONNECTION | bit(RESET_KIND) | bit(UID),
	},
	.times = 3,
	.note = "RST from the peer; the socket is of uid 998",
	.cause = "The peer's host aborted",
	.remedy = "Look on the peer's host",
	.seen = "health-check",
};

FIXTURE_VARIANT_ADD(field, haproxy_tcp_check_C)
{
	.ev = {
		CLOSE(RST_LINGER0, ESTABLISHED), ENDS(51234, 5044),
		.comm = NAME("haproxy"), .sent = 16, .acked = 16,
		.received = 19, .linger_on = 1,
		.present = OWNED | bit(LINGER_ON) | bit(LINGER_SECONDS),
	},
	.note = "RST by SO_LINGER 0: nothing of ours was under way",
	.cause = "SO_LINGER with zero time, which asks for an abort",
	.remedy = "Remove that setsockopt() unless the abort is wanted.",
	.seen = "linger0",
};

/* It kills its child at the client's EOF and forwards nothing. */
FIXTURE_VARIANT_ADD(field, ncat_exec_halfclose)
{
	.ev = {
		CLOSE(FIN, CLOSE_WAIT), ENDS(80, 51234), .comm = NAME("ncat"),
		.received = 5000, .present = OWNED,
	},
	.cause = "had sent nothing in answer to the 5000 B that it received",
	.remedy = "look why the program, or the one behind it, ended first",
};

/* Its child held the socket last. */
FIXTURE_VARIANT_ADD(field, ncat_exec_halfclose_child)
{
	.ev = {
		CLOSE(FIN, CLOSE_WAIT), ENDS(80, 51234), .comm = NAME("h.sh"),
		.why = CLOSEWATCH_CAUSE_SIGNAL, .signal = SIGPIPE,
		.received = 5000, .present = OWNED | bit(SIGNAL),
	},
	.cause = "The program was killed by SIGPIPE",
	.remedy = "Look what ended the reader of its pipe or socket",
	.seen = "process-death",
};

FIXTURE_VARIANT_ADD(field, close_wait_leak_C)
{
	.ev = {
		FATE(FIN_WAIT2_TIMEOUT, FIN_WAIT2), ENDS(51234, 80),
		.comm = NAME("curl"), .pid = 812, .sent = 76, .acked = 76,
		.received = 42, .verdict = CLOSEWATCH_VERDICT_DELIVERED,
		.present = OWNED | bit(FATE) | bit(VERDICT) | bit(LOST_BYTES),
	},
	.note = "the peer never sent its FIN",
	.cause = "never sent its own within net.ipv4.tcp_fin_timeout",
	.remedy = "it may leak descriptors",
};

FIXTURE_VARIANT_ADD(field, sshd_maxstartups)
{
	.ev = {
		CLOSE(RST_UNREAD, ESTABLISHED), ENDS(22, 51234),
		.comm = NAME("sshd"), .unread = 40, .unacked = 22, .sent = 22,
		.received = 40, .present = OWNED,
	},
	.note = "RST: 40 B unread; 22 B of ours in flight, not known whether they arrived",
	.cause = "before it had read all that the peer sent",
	.remedy = "the last 22 B of ours",
	.drain = "--local-port 22",
};

/* The host translates addresses, and conntrack did not know the segment. */
FIXTURE_VARIANT_ADD(field, conntrack_invalid)
{
	.ev = {
		RESET(NO_SOCKET, CLOSE), ENDS(40001, 8080),
		.present = bit(TYPE) | bit(REMOTE_ADDR) | bit(RESET_KIND),
	},
	.note = "RST sent: the segment is of no connection of this host",
	.cause = "this host forwards it and its NAT did not know the segment",
	.remedy = "If this host forwards, see conntrack -S",
};

/* The client was still sending its body when the server answered and closed. */
FIXTURE_VARIANT_ADD(field, gunicorn_413_late_segments)
{
	.ev = {
		RESET(LATE_SEGMENT, CLOSE), ENDS(80, 51234), .count = 37,
		.since_close_ns = 12 * MS,
		.present = bit(TYPE) | bit(REMOTE_ADDR) | bit(RESET_KIND) |
			   bit(COUNT) | bit(SINCE_CLOSE_NS),
	},
	.note = "+37 RSTs to late segments of a connection that had ended here 12.0 ms before",
	.cause = "The peer went on sending until it saw",
	.remedy = "the close or fate with the same cookie says why",
};

FIXTURE_VARIANT_ADD(field, crash_midanswer)
{
	.ev = {
		CLOSE(FIN, ESTABLISHED), ENDS(80, 51234),
		.comm = NAME("gunicorn"), .why = CLOSEWATCH_CAUSE_SIGNAL,
		.signal = SIGKILL, .sent = 500, .acked = 500, .received = 80,
		.present = OWNED | bit(SIGNAL),
	},
	.note = "; killed by SIGKILL; what it meant to send is unknown; sent 500 B, received 80 B",
	.cause = "killed by SIGKILL; what it still meant to send is unknown",
	.remedy = "Look who killed it: its supervisor's time limit",
	.seen = "process-death",
};

FIXTURE_VARIANT_ADD(field, killed_child)
{
	.ev = {
		CLOSE(FIN, ESTABLISHED), ENDS(8083, 51234),
		.comm = NAME("python3"), .why = CLOSEWATCH_CAUSE_SIGNAL,
		.signal = SIGKILL, .received = 7,
		.present = OWNED | bit(SIGNAL),
	},
	.note = "killed by SIGKILL; what it meant to send is unknown; sent 0 B, received 7 B",
	.cause = "killed by SIGKILL",
	.remedy = "Look who killed it",
	.seen = "process-death",
};

/* Of a download that Ctrl-C ended; its last acknowledged request was all. */
FIXTURE_VARIANT_ADD(field, killed_download_C)
{
	.ev = {
		CLOSE(RST_UNREAD, ESTABLISHED), ENDS(51234, 443),
		.comm = NAME("curl"), .why = CLOSEWATCH_CAUSE_SIGNAL,
		.signal = SIGINT, .unread = 200000, .unacked = 31, .sent = 800,
		.received = 9000000, .present = OWNED | bit(SIGNAL),
	},
	.note = "killed by SIGINT",
	.cause = "killed by SIGINT",
	.remedy = "Look who killed it",
	.seen = "process-death",
};

FIXTURE_VARIANT_ADD(field, linger_block)
{
	.ev = {
		CLOSE(FIN_BEHIND_DATA, ESTABLISHED), ENDS(80, 51234),
		.comm = NAME("python3"), .unsent = 2000000, .unacked = 65536,
		.sent = 300000, .received = 24, .linger_on = 1,
		.linger_seconds = 4, .linger_waited_ns = 4012 * MS,
		.linger_outcome = CLOSEWATCH_LINGER_OUTCOME_TIMEOUT,
		.present = OWNED | bit(LINGER_ON) | bit(LINGER_SECONDS) |
			   bit(LINGER_WAITED_NS) | bit(LINGER_OUTCOME),
	},
	.note = "SO_LINGER ran out after 4.01 s",
	.cause = "SO_LINGER made close() wait for 4.01 s",
	.remedy = "a drain lets close() return at once",
	.seen = "linger-stall",
};

FIXTURE_VARIANT_ADD(field, rsync_maxconn)
{
	.ev = {
		CLOSE(FIN, ESTABLISHED), ENDS(873, 51234), .comm = NAME("rsync"),
		.why = CLOSEWATCH_CAUSE_EXIT, .unacked = 58, .sent = 90,
		.received = 20, .present = OWNED,
	},
	.note = "FIN, before the peer's; 58 B in flight (process exit)",
	.cause = "ended with the connection open, which closes it (sent 90 B, received 20 B)",
	.remedy = "None is needed if the program was done",
};

FIXTURE_VARIANT_ADD(field, refused_C)
{
	.ev = {
		RESET(RECEIVED, SYN_SENT), ENDS(51234, 80),
		.present = CONNECTION | bit(RESET_KIND),
	},
	.note = "RST from the peer: connection refused",
	.cause = "nothing listens on that port, or a firewall there rejects it so",
	.remedy = "ss -ltn",
	.seen = "refused-connect",
};

FIXTURE_VARIANT_ADD(field, refused_S)
{
	.ev = {
		RESET(NO_LISTENER, CLOSE), ENDS(80, 51234),
		.present = bit(TYPE) | bit(REMOTE_ADDR) | bit(RESET_KIND),
	},
	.note = "RST sent: connection refused, nothing listens on the port",
	.cause = "nothing listens on the port",
	.remedy = "start it",
};

/* Dropped by a firewall: the program gives up. */
FIXTURE_VARIANT_ADD(field, dropped_C)
{
	.ev = {
		CLOSE(SYN_SENT, SYN_SENT), ENDS(51234, 82), .comm = NAME("curl"),
		.present = OWNED,
	},
	.note = "nothing sent, connect() had not been answered",
	.cause = "gave up while connect() was under way",
	.remedy = "look why the peer does not answer",
};

FIXTURE_VARIANT_ADD(field, never_connected)
{
	.ev = {
		CLOSE(ALREADY_CLOSED, CLOSE), .comm = NAME("python3"),
		.present = bit(TYPE) | bit(STATE) | bit(PID) | bit(COMM) | bit(WHY),
	},
	.note = "nothing sent, the socket had no peer",
	.cause = "never connected, or its connect() had failed",
	.remedy = "None is needed if it was not to be connected",
};

FIXTURE_VARIANT_ADD(field, refused_by_rst)
{
	.ev = {
		CLOSE(ALREADY_CLOSED, CLOSE), .comm = NAME("curl"),
		.connect_error = ECONNREFUSED, .connect_rst = 1,
		.present = bit(TYPE) | bit(STATE) | bit(PID) | bit(COMM) | bit(WHY),
	},
	.note = "nothing sent, connect() had failed, refused by RST",
	.cause = "connect() had failed, refused by RST (ECONNREFUSED); nothing listens",
	.remedy = "whether the service runs",
};

FIXTURE_VARIANT_ADD(field, unreachable)
{
	.ev = {
		CLOSE(ALREADY_CLOSED, CLOSE), .comm = NAME("curl"),
		.connect_error = EHOSTUNREACH,
		.present = bit(TYPE) | bit(STATE) | bit(PID) | bit(COMM) | bit(WHY),
	},
	.note = "nothing sent, connect() had failed, unreachable",
	.cause = "unreachable (EHOSTUNREACH); an ICMP message of a router",
	.remedy = "the way for a route or a firewall",
};

FIXTURE_VARIANT_ADD(field, linger0_unread)
{
	.ev = {
		CLOSE(RST_UNREAD, ESTABLISHED), ENDS(8085, 51234),
		.comm = NAME("python3"), .unread = 5000, .unacked = 900,
		.sent = 900, .received = 5000, .linger_on = 1,
		.present = OWNED | bit(LINGER_ON) | bit(LINGER_SECONDS),
	},
	.cause = "had set SO_LINGER with zero time, which asks for an abort",
	.remedy = "a drain leaves such sockets alone",
	.seen = "linger0",
};

/* Its client reads all 22 bytes. */
FIXTURE_VARIANT_ADD(field, read_all_called_lost)
{
	.ev = {
		FATE(RST_LATE_DATA, FIN_WAIT1), ENDS(8084, 51234),
		.comm = NAME("python3"), .pid = 812, .unacked = 22, .sent = 22,
		.since_sent_ns = 0, .verdict = CLOSEWATCH_VERDICT_UNKNOWN,
		.present = OWNED | bit(FATE) | bit(VERDICT) |
			   bit(SINCE_SENT_NS) | bit(LOST_BYTES),
	},
	.note = "unknown: 22 B of ours in flight, not known whether they arrived",
	.cause = "The program sent 22 B and closed before it had read anything of this client",
	.remedy = "If that was the notice of a limit, such as MaxStartups",
	.seen = "turned-away",
};

/* A process that a listener took along. */
FIXTURE_VARIANT_ADD(field, nginx_reload)
{
	.ev = {
		.type = CLOSEWATCH_EVENT_TYPE_CLOSE,
		.path = CLOSEWATCH_PATH_LISTENER, .children = 3,
		.children_reset = 3, .local_port = 80,
		.state = CLOSEWATCH_STATE_LISTEN, .pid = 812,
		.comm = NAME("nginx"),
		.present = bit(TYPE) | bit(PID) | bit(COMM),
	},
	.note = "listener closed with 3 connections in its queue, 3 reset",
	.cause = "A listener was closed",
	.remedy = "hand the listener over before the end",
	.seen = "listen-queue",
};

FIXTURE_VARIANT_ADD(field, a_listener_with_an_empty_queue)
{
	.ev = {
		.type = CLOSEWATCH_EVENT_TYPE_CLOSE,
		.path = CLOSEWATCH_PATH_LISTENER, .local_port = 80,
		.state = CLOSEWATCH_STATE_LISTEN, .pid = 812,
		.comm = NAME("nginx"),
		.present = bit(TYPE) | bit(PID) | bit(COMM) | bit(CHILDREN),
	},
	.note = "listener closed; no connection waited for accept()",
	.cause = "no connection waited in its queue",
	.remedy = "None is needed: it took no connection with it.",
};

TEST_F(field, has_its_cause_and_its_remedy)
{
	char note[1024], cause[1024], remedy[1024];
	const struct cw_msg_event *ev = &variant->ev;

	cw_explain(ev, note, sizeof(note));
	ASSERT_TRUE(cw_explain_cause(ev, cause, sizeof(cause)));
	ASSERT_TRUE(cw_explain_remedy(ev, true, remedy, sizeof(remedy)));
	EXPECT_NE(NULL, strstr(note, variant->note ? variant->note : "")) {
		TH_LOG("%s", note);
	}
	EXPECT_NE(NULL, strstr(cause, variant->cause)) {
		TH_LOG("%s", cause);
	}
	EXPECT_NE(NULL, strstr(remedy, variant->remedy)) {
		TH_LOG("%s", remedy);
	}
	EXPECT_EQ(!!variant->drain, !!strstr(remedy, "closewatch drain "));
	/* No colour of success beside an answer that is missing. */
	if (variant->seen || variant->drain)
		EXPECT_NE(CW_GOOD, cw_explain_tone(ev));
	/* In flight is not lost. */
	EXPECT_EQ(!!ev->unsent && ev->type == CLOSEWATCH_EVENT_TYPE_FATE,
		  !!strstr(note, "lost"));
}

TEST_F(field, is_advised_a_drain_only_where_that_mends_it)
{
	struct cw_view_options opt = { .out = self->out, .json = true };
	const struct cw_before before = { .rows = 0 };
	struct cw_view *v = cw_view_new(&opt);
	char command[64], seen[64];
	unsigned int i;

	ASSERT_NE(NULL, v);
	for (i = 0; i < (variant->times ? variant->times : 1); i++)
		cw_whatif_add(self->w, &variant->ev);
	EXPECT_EQ(0, cw_record_whatif(v, self->w, &before, 0, 1));
	cw_view_free(v);
	fflush(self->out);
	snprintf(command, sizeof(command), "\"command\":\"closewatch drain %s\"",
		 variant->drain ? variant->drain : "");
	EXPECT_EQ(!!variant->drain, !!strstr(self->text, "closewatch drain "));
	EXPECT_EQ(!!variant->drain, !!strstr(self->text, command));
	EXPECT_EQ(!!variant->drain, !!strstr(self->text, "\"cannot_mend\":\""));
	snprintf(seen, sizeof(seen), "\"seen\":[%s%s%s",
		 variant->seen ? "{\"kind\":\"" : "]",
		 variant->seen ? variant->seen : "", variant->seen ? "\"" : "");
	EXPECT_NE(NULL, strstr(self->text, seen)) {
		TH_LOG("%s", self->text);
	}
}

TEST_HARNESS_MAIN
