// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include <linux/closewatch.h>

#include "advice.h"
#include "explain.h"
#include "text.h"
#include "util.h"
#include "whatif.h"

#define has(ev, attr) cw_has(ev, CLOSEWATCH_A_EVENT_##attr)

static const struct cw_advice path_advice[] = {
	[CLOSEWATCH_PATH_UNKNOWN] = {
		"The facts fit no branch of the close code that the module knows.",
		"Report it with this event as --json and the output of uname -r.",
	},
	[CLOSEWATCH_PATH_FIN] = {
		"An orderly close: the peer reads to the end of the stream.",
		"None is needed.",
	},
	[CLOSEWATCH_PATH_FIN_BEHIND_DATA] = {
		"The peer's window or the congestion window was full when the program closed.",
		"If the peer must have it all, shutdown(SHUT_WR) and read to the end before close(); else none.",
	},
	[CLOSEWATCH_PATH_FIN_ON_SENT_DATA] = {
		"TCP memory is under pressure, so no segment was made for the FIN.",
		"Raise net.ipv4.tcp_mem or shrink what the sockets buffer.",
	},
	[CLOSEWATCH_PATH_FIN_LOST] = {
		"The kernel found no memory for a FIN.",
		"Free memory on this host; the peer learns of the end by its own timeouts.",
	},
	[CLOSEWATCH_PATH_ALREADY_FIN] = {
		"The program had called shutdown() before close().",
		"None is needed.",
	},
	[CLOSEWATCH_PATH_ALREADY_CLOSED] = {
		"The peer's RST, a timeout or the end of both halves came before close().",
		"If it surprises, look for ECONNRESET or ETIMEDOUT in the program's log.",
	},
	[CLOSEWATCH_PATH_SYN_SENT] = {
		"The program gave up while connect() was under way.",
		"If it gave up too early, raise its connect timeout; else look why the peer does not answer.",
	},
	[CLOSEWATCH_PATH_LISTENER] = {
		"A listener was closed; what waited in its queue had no other owner.",
		"To lose none, hand the listener over before the end, or set net.ipv4.tcp_migrate_req with SO_REUSEPORT.",
	},
	[CLOSEWATCH_PATH_RST_UNREAD] = {
		"The program closed before it had read all that the peer sent; the RST may also destroy our last answer at the peer.",
		"Read until EOF before close(), or shutdown(SHUT_WR) and read with a time limit (lingering close).",
	},
	[CLOSEWATCH_PATH_RST_LINGER0] = {
		"The program set SO_LINGER with zero time, which asks for an abort.",
		"Remove that setsockopt() unless the abort is wanted.",
	},
	[CLOSEWATCH_PATH_LINGER0_SILENT] = {
		"SO_LINGER with zero time, but both sides had ended or nothing had begun.",
		"None is needed; the kernel counts TCPAbortOnData all the same.",
	},
	[CLOSEWATCH_PATH_RST_LINGER2] = {
		"The program set TCP_LINGER2 below zero, so the kernel does not wait for the peer's FIN.",
		"Set TCP_LINGER2 to 0 or more, or read to EOF before close().",
	},
	[CLOSEWATCH_PATH_RST_MEMORY] = {
		"There are more orphans than net.ipv4.tcp_max_orphans, or TCP is out of memory.",
		"Raise net.ipv4.tcp_max_orphans or net.ipv4.tcp_mem; see nstat -az TcpExtTCPAbortOnMemory.",
	},
	[CLOSEWATCH_PATH_REPAIR] = {
		"A checkpoint tool such as CRIU held the socket in TCP_REPAIR.",
		"None is needed; the connection lives on where it is restored.",
	},
	[CLOSEWATCH_PATH_NETNS_GONE] = {
		"The container or namespace ended while the connection was open.",
		"End the programs inside before the namespace.",
	},
	[CLOSEWATCH_PATH_DRAIN] = {
		"A policy of closewatch covers this socket.",
		"None is needed; the end of the drain is an event of its own.",
	},
	[CLOSEWATCH_PATH_FLAG_ONLY] = {
		"shutdown(SHUT_RD), or a side that had been shut before: TCP sends nothing for it.",
		"None is needed; the peer is not told that nobody reads any more.",
	},
	[CLOSEWATCH_PATH_DEFERRED] = {
		"The handshake of a fast open was not over when the program shut its side.",
		"None is needed; the FIN leaves when the peer's ACK comes.",
	},
	[CLOSEWATCH_PATH_NONE] = {
		"There was nothing left to shut, or a listener's write side, which means nothing.",
		"None is needed; a connection that has ended answers ENOTCONN.",
	},
	[CLOSEWATCH_PATH_MPTCP] = {
		"MPTCP closes its subflows and its listeners by rules of its own.",
		"None is needed; nstat -az 'MPTcp*' counts what MPTCP did.",
	},
};

_Static_assert(ARRAY_SIZE(path_advice) == CLOSEWATCH_PATH_MAX + 1,
	       "advice for each path");

static const struct cw_advice linger_advice = {
	"SO_LINGER makes close() wait, even on a non-blocking socket.",
	"In an event loop turn SO_LINGER off, or close on another thread.",
};

static const struct cw_advice loss_advice[] = {
	[CLOSEWATCH_LOSS_RING] = {
		"Closes came faster than the module's worker could take them.",
		"Narrow the filter, such as -P or --path.",
	},
	[CLOSEWATCH_LOSS_SOCKET] = {
		"This program or what reads its output was too slow.",
		"Narrow the filter, write to a file, or use --json.",
	},
	[CLOSEWATCH_LOSS_PROBE] = {
		"A probe was hit from within another probe.",
		"See whether another tracer runs on the same functions.",
	},
	[CLOSEWATCH_LOSS_INFLIGHT] = {
		"More closes are waiting at once, mostly for SO_LINGER, than the module follows.",
		"Turn SO_LINGER off in the program that holds them.",
	},
	[CLOSEWATCH_LOSS_BLIND] = {
		"kernel.ftrace_enabled is 0, or kprobes are off in debugfs.",
		"sysctl kernel.ftrace_enabled=1, and echo 1 > /sys/kernel/debug/kprobes/enabled.",
	},
};

_Static_assert(ARRAY_SIZE(loss_advice) == CLOSEWATCH_LOSS_MAX + 1,
	       "advice for each loss");

static const struct cw_advice fate_advice[] = {
	[CLOSEWATCH_FATE_UNKNOWN] = {
		"The facts fit no end that the module knows, or its table of connections was full.",
		"Load the module with more track_slots; if it persists, report this event as --json with uname -r.",
	},
	[CLOSEWATCH_FATE_TIME_WAIT] = {
		"Both sides sent FIN and ours was acknowledged.",
		"None is needed.",
	},
	[CLOSEWATCH_FATE_TIME_WAIT_OVERFLOW] = {
		"Both sides sent FIN, but there were more than net.ipv4.tcp_max_tw_buckets minisocks, or no memory.",
		"Raise net.ipv4.tcp_max_tw_buckets; see nstat -az TcpExtTCPTimeWaitOverflow.",
	},
	[CLOSEWATCH_FATE_FIN_WAIT2_TIMEOUT] = {
		"The peer acknowledged our FIN and never sent its own within net.ipv4.tcp_fin_timeout.",
		"Look why the peer's program does not close: it may leak descriptors.",
	},
	[CLOSEWATCH_FATE_ACKED] = {
		"The peer closed first and acknowledged our FIN.",
		"None is needed.",
	},
	[CLOSEWATCH_FATE_RST_LATE_DATA] = {
		"The peer sent data after this side had closed, and nobody could read it.",
		"Read until EOF before close(), or shutdown(SHUT_WR) and read with a time limit (lingering close).",
	},
	[CLOSEWATCH_FATE_RST_LINGER2] = {
		"TCP_LINGER2 below zero: the kernel does not wait for the peer's FIN.",
		"Set TCP_LINGER2 to 0 or more, or read to EOF before close().",
	},
	[CLOSEWATCH_FATE_PEER_RESET] = {
		"The peer aborted: its program closed with data unread, or asked for it, or is gone.",
		"Look on the peer's host; closewatch there names the path.",
	},
	[CLOSEWATCH_FATE_RETRANSMIT_TIMEOUT] = {
		"The peer answered no retransmission or window probe.",
		"Look for a dead host, a dropped route or a firewall; net.ipv4.tcp_orphan_retries and tcp_retries2 set the patience.",
	},
	[CLOSEWATCH_FATE_KEEPALIVE_TIMEOUT] = {
		"The peer answered no keepalive probe.",
		"Look for a dead host or a firewall that forgets idle connections; keep TCP_KEEPIDLE below its time.",
	},
	[CLOSEWATCH_FATE_USER_TIMEOUT] = {
		"The peer acknowledged nothing within the program's TCP_USER_TIMEOUT.",
		"Look for the network's fault, or raise TCP_USER_TIMEOUT.",
	},
	[CLOSEWATCH_FATE_MEMORY] = {
		"TCP's memory is beyond the last value of net.ipv4.tcp_mem, and orphans go first.",
		"Raise net.ipv4.tcp_mem or shrink what the sockets buffer; see nstat -az TcpExtTCPAbortOnMemory.",
	},
	[CLOSEWATCH_FATE_ORPHAN_LIMIT] = {
		"There are more orphans than net.ipv4.tcp_max_orphans allows.",
		"Raise net.ipv4.tcp_max_orphans, or let programs wait for their peers before close().",
	},
	[CLOSEWATCH_FATE_KILLED] = {
		"An administrator destroyed the socket, as ss -K does.",
		"Look who runs ss -K or a tool like it.",
	},
	[CLOSEWATCH_FATE_DISCONNECTED] = {
		"The program called connect() with AF_UNSPEC on a live connection.",
		"None is needed if the program means it.",
	},
	[CLOSEWATCH_FATE_NETNS_GONE] = {
		"The container or namespace ended while the connection was on its way out.",
		"Let connections end before the namespace does.",
	},
	[CLOSEWATCH_FATE_ABORTED] = {
		"The close itself ended the connection without waiting for the peer.",
		"See the close event with the same cookie, or the listener's if it was never accepted.",
	},
	[CLOSEWATCH_FATE_MPTCP] = {
		"The connection was a subflow of MPTCP, which ends it by rules of its own.",
		"None is needed; nstat -az 'MPTcp*' counts what MPTCP did.",
	},
};

_Static_assert(ARRAY_SIZE(fate_advice) == CLOSEWATCH_FATE_MAX + 1,
	       "advice for each fate");

static const struct cw_advice reset_advice[] = {
	[CLOSEWATCH_RESET_KIND_RECEIVED] = {
		"The peer aborted: its program closed with data unread, or asked for it, or is gone.",
		"Look on the peer's host; closewatch there names the path.",
	},
	[CLOSEWATCH_RESET_KIND_NO_SOCKET] = {
		"Nothing listens on the port, or the connection is over and the peer does not know.",
		"If the service should be there, start it; else look who still sends.",
	},
	[CLOSEWATCH_RESET_KIND_LISTENER] = {
		"A segment for a listener belonged to no handshake: a late one, or a SYN cookie that is too old.",
		"If it is frequent, look at the accept queue with ss -ltn and nstat -az TcpExtListenOverflows.",
	},
	[CLOSEWATCH_RESET_KIND_TIME_WAIT] = {
		"Data or a SYN came for a connection of which only a minisock was left.",
		"If data was lost, read until EOF before close().",
	},
	[CLOSEWATCH_RESET_KIND_BAD_SEGMENT] = {
		"A segment fits no point of the connection, such as an ACK of what was never sent.",
		"Look for a middlebox or a restarted peer that reuses the port.",
	},
	[CLOSEWATCH_RESET_KIND_LATE_DATA] = {
		"The peer sent data after this side had closed, and nobody could read it.",
		"Read until EOF before close(), or shutdown(SHUT_WR) and read with a time limit (lingering close).",
	},
};

_Static_assert(ARRAY_SIZE(reset_advice) == CLOSEWATCH_RESET_KIND_MAX + 1,
	       "advice for each kind of reset");

static const struct cw_advice shared_advice = {
	"Another descriptor, of this process or of one that inherited it, keeps the connection open.",
	"If the connection should have ended, close the other descriptors: set SOCK_CLOEXEC, or call shutdown().",
};

static const struct cw_advice write_advice = {
	"The program wrote after its own shutdown(SHUT_WR) or after the connection had broken.",
	"Mend the order of calls; MSG_NOSIGNAL turns the signal into EPIPE.",
};

static const struct cw_advice begin_advice = {
	"A policy of closewatch covers this socket.",
	"None is needed; closewatch drains shows it, closewatch list its policy.",
};

static const struct cw_advice policy_advice = {
	"A policy of closewatch covers this socket.",
	"None is needed if the policy is meant; closewatch list shows it, closewatch del removes it.",
};

static const struct cw_advice *advice(const struct cw_event *ev)
{
	switch ((enum closewatch_event_type)ev->type) {
	case CLOSEWATCH_EVENT_TYPE_CLOSE:
	case CLOSEWATCH_EVENT_TYPE_SHUTDOWN:
		return ev->path <= CLOSEWATCH_PATH_MAX ?
		       &path_advice[ev->path] : NULL;
	case CLOSEWATCH_EVENT_TYPE_LINGER_WAIT:
		return &linger_advice;
	case CLOSEWATCH_EVENT_TYPE_LOST:
		return has(ev, LOSS) && ev->loss <= CLOSEWATCH_LOSS_MAX ?
		       &loss_advice[ev->loss] : NULL;
	case CLOSEWATCH_EVENT_TYPE_FATE:
		return has(ev, FATE) && ev->fate <= CLOSEWATCH_FATE_MAX ?
		       &fate_advice[ev->fate] : NULL;
	case CLOSEWATCH_EVENT_TYPE_RESET:
		return has(ev, RESET_KIND) &&
		       ev->reset_kind <= CLOSEWATCH_RESET_KIND_MAX ?
		       &reset_advice[ev->reset_kind] : NULL;
	case CLOSEWATCH_EVENT_TYPE_SHARED_CLOSE:
		return &shared_advice;
	case CLOSEWATCH_EVENT_TYPE_WRITE_AFTER_SHUTDOWN:
		return &write_advice;
	case CLOSEWATCH_EVENT_TYPE_DRAIN_BEGIN:
		return &begin_advice;
	case CLOSEWATCH_EVENT_TYPE_DRAIN_END:
		return cw_advice_drain(ev);
	case CLOSEWATCH_EVENT_TYPE_POLICY:
		return &policy_advice;
	default:
		return NULL;
	}
}

const char *cw_explain_cause(const struct cw_event *ev)
{
	const struct cw_advice *a = advice(ev);

	return a ? a->cause : NULL;
}

bool cw_explain_remedy(const struct cw_event *ev, char *buf, size_t size)
{
	struct cw_text t = { .buf = buf, .size = size };
	const struct cw_advice *a = advice(ev);
	struct cw_target target;
	const char *stop;

	if (!a)
		return false;
	stop = strrchr(a->remedy, '.');
	if (!cw_whatif_helps(ev, false) || !stop ||
	    !cw_whatif_target(ev, &target)) {
		cw_say(&t, "%s", a->remedy);
		return true;
	}
	cw_say(&t, "%.*s; or, with the program as it is: ",
	       (int)(stop - a->remedy), a->remedy);
	cw_whatif_command(&t, &target, false);
	return true;
}
