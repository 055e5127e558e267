/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints of our own: closewatch:close, closewatch:fate and closewatch:drain,
 * with addresses and ports as the kernel's sock and tcp tracepoints have them.
 * They are called where an event is made: for a close, current is who closes.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM closewatch

#if !defined(CW_TRACE_POINTS_H) || defined(TRACE_HEADER_MULTI_READ)
#define CW_TRACE_POINTS_H

#include <linux/tracepoint.h>

#include "core/event.h"
#include "core/trace_names.h"
#include "core/tracer.h"

/** cw_trace_points_init() - keep them from users without CAP_PERFMON; process context */
void cw_trace_points_init(void);

/** cw_trace_event() - the tracepoint of an event, if enabled; as cw_notify_push() */
void cw_trace_event(const struct cw_event *ev);

#define CW_TRACE_CONN							\
	__field(u64, cookie)						\
	__field(u32, netns)						\
	__field(u32, pid)						\
	__array(char, comm, CW_COMM_LEN)				\
	__field(u16, family)						\
	__field(u16, sport)						\
	__field(u16, dport)						\
	__array(u8, saddr, 4)						\
	__array(u8, daddr, 4)						\
	__array(u8, saddr_v6, 16)					\
	__array(u8, daddr_v6, 16)

#define CW_TRACE_ASSIGN_CONN						\
	do {								\
		__entry->cookie = ev->conn.cookie;			\
		__entry->netns = ev->conn.netns_inum;			\
		__entry->pid = ev->owner.pid;				\
		memcpy(__entry->comm, ev->owner.comm, CW_COMM_LEN);	\
		__entry->family = ev->conn.family;			\
		__entry->sport = ev->conn.lport;			\
		__entry->dport = ev->conn.rport;			\
		cw_tracer_address(ev->conn.family, ev->conn.laddr,	\
				  __entry->saddr, __entry->saddr_v6);	\
		cw_tracer_address(ev->conn.family, ev->conn.raddr,	\
				  __entry->daddr, __entry->daddr_v6);	\
	} while (0)

#define CW_TRACE_FORMAT_CONN						\
	"cookie=%llu netns=%u comm=%s pid=%u saddrv6=%pI6c sport=%u daddrv6=%pI6c dport=%u "
#define CW_TRACE_PRINT_CONN						\
	__entry->cookie, __entry->netns, __entry->comm, __entry->pid,	\
	__entry->saddr_v6, __entry->sport, __entry->daddr_v6, __entry->dport

TRACE_EVENT_FN(close,
	TP_PROTO(const struct cw_event *ev),
	TP_ARGS(ev),
	TP_STRUCT__entry(
		CW_TRACE_CONN
		__field(u32, path)
		__field(u32, unread)
		__field(u32, unsent)
		__field(u32, unacked)
	),
	TP_fast_assign(
		CW_TRACE_ASSIGN_CONN;
		__entry->path = ev->verdict.path;
		__entry->unread = ev->conn.unread;
		__entry->unsent = ev->conn.unsent;
		__entry->unacked = ev->conn.unacked;
	),
	TP_printk(CW_TRACE_FORMAT_CONN "path=%s unread=%u unsent=%u unacked=%u",
		  CW_TRACE_PRINT_CONN,
		  __print_symbolic(__entry->path, CW_TRACE_PATH),
		  __entry->unread, __entry->unsent, __entry->unacked),
	cw_tracer_reg, cw_tracer_unreg
);

TRACE_EVENT_FN(fate,
	TP_PROTO(const struct cw_event *ev),
	TP_ARGS(ev),
	TP_STRUCT__entry(
		CW_TRACE_CONN
		__field(u32, fate)
		__field(u32, verdict)
		__field(u64, lost_bytes)
		__field(u32, unacked)
		__field(u64, since_ns)
	),
	TP_fast_assign(
		CW_TRACE_ASSIGN_CONN;
		__entry->fate = ev->end.fate;
		__entry->verdict = ev->end.verdict;
		__entry->lost_bytes = ev->end.lost_bytes;
		__entry->unacked = ev->end.unacked;
		__entry->since_ns = ev->end.since_ns;
	),
	TP_printk(CW_TRACE_FORMAT_CONN "fate=%s verdict=%s lost_bytes=%llu unacked=%u since_ns=%llu",
		  CW_TRACE_PRINT_CONN,
		  __print_symbolic(__entry->fate, CW_TRACE_FATE),
		  __print_symbolic(__entry->verdict, CW_TRACE_VERDICT),
		  __entry->lost_bytes, __entry->unacked, __entry->since_ns),
	cw_tracer_reg, cw_tracer_unreg
);

TRACE_EVENT_FN(drain,
	TP_PROTO(const struct cw_event *ev),
	TP_ARGS(ev),
	TP_STRUCT__entry(
		CW_TRACE_CONN
		__field(bool, end)
		__field(u32, policy_id)
		__field(u32, outcome)
		__field(u64, discarded)
		__field(u64, response)
		__field(u64, response_acked)
	),
	TP_fast_assign(
		CW_TRACE_ASSIGN_CONN;
		__entry->end = ev->type == CLOSEWATCH_EVENT_TYPE_DRAIN_END;
		__entry->policy_id = ev->drained.policy_id;
		__entry->outcome = ev->drained.outcome;
		__entry->discarded = ev->drained.discarded;
		__entry->response = ev->drained.response;
		__entry->response_acked = ev->drained.response_acked;
	),
	TP_printk(CW_TRACE_FORMAT_CONN "%s policy=%u outcome=%s discarded=%llu response=%llu response_acked=%llu",
		  CW_TRACE_PRINT_CONN, __entry->end ? "end" : "begin",
		  __entry->policy_id,
		  __print_symbolic(__entry->outcome, CW_TRACE_DRAIN_OUTCOME),
		  __entry->discarded, __entry->response,
		  __entry->response_acked),
	cw_tracer_reg, cw_tracer_unreg
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH core
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace_points
#include <trace/define_trace.h>
