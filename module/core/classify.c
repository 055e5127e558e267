// SPDX-License-Identifier: GPL-2.0
/*
 * Derives a verdict from facts and marks. The tests follow the order of
 * __tcp_close(): the first branch taken there is tested first here, and what
 * can still follow a FIN is tested before the FIN itself.
 *
 * MPTCP changes the state of its subflows and listeners, and resets them,
 * outside of __tcp_close() and from workers. There the same facts have another
 * meaning, so MPTCP is tested first.
 */
#include "classify.h"

static u32 cw_fin_form(const struct cw_marks *m)
{
	if (!m->fin_called)
		return CLOSEWATCH_FIN_FORM_NONE;
	if (!m->fin_queued)
		return CLOSEWATCH_FIN_FORM_LOST;
	if (m->fin_behind)
		return CLOSEWATCH_FIN_FORM_BEHIND_DATA;
	if (m->fin_shared)
		return CLOSEWATCH_FIN_FORM_ON_SENT_DATA;
	return CLOSEWATCH_FIN_FORM_ALONE;
}

static u32 cw_fin_path(u32 fin_form)
{
	switch (fin_form) {
	case CLOSEWATCH_FIN_FORM_ALONE:
		return CLOSEWATCH_PATH_FIN;
	case CLOSEWATCH_FIN_FORM_BEHIND_DATA:
		return CLOSEWATCH_PATH_FIN_BEHIND_DATA;
	case CLOSEWATCH_FIN_FORM_ON_SENT_DATA:
		return CLOSEWATCH_PATH_FIN_ON_SENT_DATA;
	case CLOSEWATCH_FIN_FORM_LOST:
		return CLOSEWATCH_PATH_FIN_LOST;
	default:
		return CLOSEWATCH_PATH_UNKNOWN;
	}
}

/* Branches that end the connection before tcp_send_fin(): C1 to C5. */
static u32 cw_abort_path(const struct cw_conn *c, const struct cw_marks *m)
{
	if (c->state == CLOSEWATCH_STATE_LISTEN)
		return m->listen_stop ? CLOSEWATCH_PATH_LISTENER :
					CLOSEWATCH_PATH_UNKNOWN;
	if (c->state == CLOSEWATCH_STATE_CLOSE)
		return CLOSEWATCH_PATH_ALREADY_CLOSED;
	if (c->repair && m->disconnect)
		return CLOSEWATCH_PATH_REPAIR;
	if (m->disconnect && c->linger_on)
		return m->rst_sent ? CLOSEWATCH_PATH_RST_LINGER0 :
				     CLOSEWATCH_PATH_LINGER0_SILENT;
	if (c->unread && m->rst_sent && !m->fin_called)
		return CLOSEWATCH_PATH_RST_UNREAD;
	return CLOSEWATCH_PATH_UNKNOWN;
}

/* Branches that end the connection after a FIN was queued: C9, C11, C12. */
static u32 cw_late_path(const struct cw_conn *c, const struct cw_marks *m)
{
	if (m->oom)
		return CLOSEWATCH_PATH_RST_MEMORY;
	if (m->rst_sent && c->linger2 < 0)
		return CLOSEWATCH_PATH_RST_LINGER2;
	if (m->net_dead)
		return CLOSEWATCH_PATH_NETNS_GONE;
	return CLOSEWATCH_PATH_UNKNOWN;
}

static bool cw_fin_was_queued(u8 state)
{
	return state == CLOSEWATCH_STATE_FIN_WAIT1 ||
	       state == CLOSEWATCH_STATE_FIN_WAIT2 ||
	       state == CLOSEWATCH_STATE_CLOSING ||
	       state == CLOSEWATCH_STATE_LAST_ACK;
}

static u32 cw_close_path(const struct cw_conn *c, const struct cw_marks *m,
			 u32 fin_form)
{
	u32 path = cw_abort_path(c, m);

	if (path == CLOSEWATCH_PATH_UNKNOWN)
		path = cw_late_path(c, m);
	if (path != CLOSEWATCH_PATH_UNKNOWN)
		return path;
	if (m->fin_called)
		return cw_fin_path(fin_form);
	/* An RST that no branch above explains. */
	if (m->rst_sent)
		return CLOSEWATCH_PATH_UNKNOWN;
	if (c->state == CLOSEWATCH_STATE_SYN_SENT)
		return CLOSEWATCH_PATH_SYN_SENT;
	if (cw_fin_was_queued(c->state))
		return CLOSEWATCH_PATH_ALREADY_FIN;
	return CLOSEWATCH_PATH_UNKNOWN;
}

/* The states in which SO_LINGER waits, as in sk_stream_closing(). */
static bool cw_state_closing(u8 state)
{
	return state == CLOSEWATCH_STATE_FIN_WAIT1 ||
	       state == CLOSEWATCH_STATE_CLOSING ||
	       state == CLOSEWATCH_STATE_LAST_ACK;
}

static u32 cw_linger_outcome(const struct cw_conn *c, u32 why,
			     const struct cw_marks *m, u32 path)
{
	if (!c->linger_on || !c->linger_seconds)
		return CLOSEWATCH_LINGER_OUTCOME_NONE;
	if (path == CLOSEWATCH_PATH_RST_UNREAD)
		return CLOSEWATCH_LINGER_OUTCOME_SKIPPED_RST;
	if (!m->waited) {
		bool had_reason = m->fin_called || cw_state_closing(c->state);

		if (had_reason && (why == CLOSEWATCH_CAUSE_EXIT ||
				   why == CLOSEWATCH_CAUSE_SIGNAL))
			return CLOSEWATCH_LINGER_OUTCOME_SKIPPED_EXIT;
		return CLOSEWATCH_LINGER_OUTCOME_NONE;
	}
	if (m->all_acked)
		return CLOSEWATCH_LINGER_OUTCOME_ACKED;
	if (!m->survived)
		return CLOSEWATCH_LINGER_OUTCOME_RESET;
	if (m->signal && m->wait_ns < m->timeout_ns)
		return CLOSEWATCH_LINGER_OUTCOME_SIGNAL;
	return CLOSEWATCH_LINGER_OUTCOME_TIMEOUT;
}

struct cw_verdict cw_classify(const struct cw_conn *conn, u32 why,
			      const struct cw_marks *marks)
{
	struct cw_verdict v;

	v.fin = cw_fin_form(marks);
	if (conn->mptcp) {
		v.path = CLOSEWATCH_PATH_MPTCP;
		v.linger = CLOSEWATCH_LINGER_OUTCOME_NONE;
		return v;
	}
	v.path = cw_close_path(conn, marks, v.fin);
	v.linger = cw_linger_outcome(conn, why, marks, v.path);
	return v;
}

struct cw_verdict cw_classify_drain(const struct cw_marks *marks)
{
	/* close() does not wait for a drain, whatever SO_LINGER says. */
	struct cw_verdict v = {
		.path = CLOSEWATCH_PATH_DRAIN,
		.fin = cw_fin_form(marks),
		.linger = CLOSEWATCH_LINGER_OUTCOME_NONE,
	};

	return v;
}

static bool cw_how_writes(u32 how)
{
	return how == CLOSEWATCH_HOW_WR || how == CLOSEWATCH_HOW_RDWR;
}

static u32 cw_shutdown_path(const struct cw_conn *c, u32 how,
			    const struct cw_marks *m, u32 fin_form)
{
	if (c->mptcp)
		return CLOSEWATCH_PATH_MPTCP;
	switch (c->state) {
	case CLOSEWATCH_STATE_CLOSE:
		return CLOSEWATCH_PATH_NONE;
	case CLOSEWATCH_STATE_LISTEN:
		return m->listen_stop ? CLOSEWATCH_PATH_LISTENER :
					CLOSEWATCH_PATH_NONE;
	case CLOSEWATCH_STATE_SYN_SENT:
		/* 5.10 fails while another thread waits in connect(). */
		return m->new_state == CLOSEWATCH_STATE_SYN_SENT ?
			CLOSEWATCH_PATH_NONE : CLOSEWATCH_PATH_SYN_SENT;
	case CLOSEWATCH_STATE_SYN_RECV:
		return cw_how_writes(how) ? CLOSEWATCH_PATH_DEFERRED :
					    CLOSEWATCH_PATH_FLAG_ONLY;
	}
	return m->fin_called ? cw_fin_path(fin_form) :
			       CLOSEWATCH_PATH_FLAG_ONLY;
}

struct cw_verdict cw_classify_shutdown(const struct cw_conn *conn, u32 how,
				       const struct cw_marks *marks)
{
	struct cw_verdict v = { .linger = CLOSEWATCH_LINGER_OUTCOME_NONE };

	v.fin = cw_fin_form(marks);
	v.path = cw_shutdown_path(conn, how, marks, v.fin);
	return v;
}

/* Fates that one mark decides, the stronger mark first. */
static u32 cw_fate_by_mark(u32 marks)
{
	static const struct {
		u32 mark;
		u32 fate;
	} fates[] = {
		{ CW_MARK_UNTRACKED, CLOSEWATCH_FATE_UNKNOWN },
		{ CW_MARK_PEER_RST, CLOSEWATCH_FATE_PEER_RESET },
		{ CW_MARK_LATE_DATA, CLOSEWATCH_FATE_RST_LATE_DATA },
		{ CW_MARK_SIGNED, CLOSEWATCH_FATE_LATE_DATA_SILENT },
		{ CW_MARK_NO_MINISOCK, CLOSEWATCH_FATE_TIME_WAIT_OVERFLOW },
		{ CW_MARK_TIME_WAIT, CLOSEWATCH_FATE_TIME_WAIT },
		{ CW_MARK_ABORT, CLOSEWATCH_FATE_KILLED },
		{ CW_MARK_NET_DEAD, CLOSEWATCH_FATE_NETNS_GONE },
		{ CW_MARK_OOM_MEMORY, CLOSEWATCH_FATE_MEMORY },
		{ CW_MARK_OOM_ORPHANS, CLOSEWATCH_FATE_ORPHAN_LIMIT },
		{ CW_MARK_IN_CLOSE, CLOSEWATCH_FATE_ABORTED },
		{ CW_MARK_DISCONNECT, CLOSEWATCH_FATE_DISCONNECTED },
		{ CW_MARK_FIN_WAIT2, CLOSEWATCH_FATE_FIN_WAIT2_TIMEOUT },
		{ }
	}, *t;

	/* Most have none of these, or one. */
	if (!(marks & ~(CW_MARK_FIN | CW_MARK_FIN_LOST)))
		return CLOSEWATCH_FATE_MAX + 1;
	if (!(marks & ~(CW_MARK_FIN | CW_MARK_TIME_WAIT)))
		return CLOSEWATCH_FATE_TIME_WAIT;
	for (t = fates; t->mark; t++) {
		if (marks & t->mark)
			return t->fate;
	}
	return CLOSEWATCH_FATE_MAX + 1;
}

/* An orphan in FIN_WAIT2 without a minisock: its timer, or late data. */
static u32 cw_fate_fin_wait2(const struct cw_end *end)
{
	if (end->linger2 < 0)
		return CLOSEWATCH_FATE_RST_LINGER2;
	return end->marks & CW_MARK_RST_SENT ?
		CLOSEWATCH_FATE_FIN_WAIT2_TIMEOUT :
		CLOSEWATCH_FATE_RST_LATE_DATA;
}

/*
 * No mark explains the end, so it was a timer. Of the timers that end a
 * connection only keepalive sends an RST; the others give up unacknowledged
 * bytes. tcp_check_oom() sends one too, but leaves a mark.
 */
static u32 cw_fate_by_timer(const struct cw_end *end)
{
	bool keepalive = end->marks & CW_MARK_KEEPALIVE;

	if (!keepalive && (end->all_acked || end->marks & CW_MARK_RST_SENT))
		return CLOSEWATCH_FATE_UNKNOWN;
	if (end->user_timeout)
		return CLOSEWATCH_FATE_USER_TIMEOUT;
	return keepalive ? CLOSEWATCH_FATE_KEEPALIVE_TIMEOUT :
			   CLOSEWATCH_FATE_RETRANSMIT_TIMEOUT;
}

static u32 cw_fate(const struct cw_end *end)
{
	u32 fate = cw_fate_by_mark(end->marks);

	if (fate <= CLOSEWATCH_FATE_MAX)
		return fate;
	if (end->old_state == CLOSEWATCH_STATE_LAST_ACK && end->all_acked)
		return CLOSEWATCH_FATE_ACKED;
	if (end->marks & CW_MARK_UNSEEN)
		return CLOSEWATCH_FATE_UNKNOWN;
	if (end->old_state == CLOSEWATCH_STATE_FIN_WAIT2 && end->dead)
		return cw_fate_fin_wait2(end);
	return cw_fate_by_timer(end);
}

static u32 cw_data_verdict(const struct cw_end *end)
{
	if (end->lost_bytes)
		return CLOSEWATCH_VERDICT_LOST;
	if (end->all_acked && cw_fin_was_queued(end->old_state) &&
	    !(end->marks & CW_MARK_FIN_LOST))
		return CLOSEWATCH_VERDICT_DELIVERED;
	return CLOSEWATCH_VERDICT_UNKNOWN;
}

/* If we sent no FIN: the side that sent one or, failing that, an RST. */
static u32 cw_first(const struct cw_end *end)
{
	if (end->old_state == CLOSEWATCH_STATE_CLOSE_WAIT ||
	    end->marks & CW_MARK_PEER_RST)
		return CLOSEWATCH_SIDE_PEER;
	if (end->marks & CW_MARK_REPAIR)
		return CLOSEWATCH_SIDE_UNKNOWN;
	if (end->marks & (CW_MARK_IN_CLOSE | CW_MARK_RST_SENT |
			  CW_MARK_DISCONNECT | CW_MARK_ABORT))
		return CLOSEWATCH_SIDE_LOCAL;
	return CLOSEWATCH_SIDE_UNKNOWN;
}

void cw_classify_end(struct cw_end *end)
{
	if (end->mptcp) {
		/* Data lost here may have been sent on another subflow. */
		end->fate = CLOSEWATCH_FATE_MPTCP;
		end->verdict = CLOSEWATCH_VERDICT_UNKNOWN;
		end->lost_bytes = 0;
		return;
	}
	end->fate = cw_fate(end);
	end->verdict = cw_data_verdict(end);
	/* Our side was first, but its FIN was never queued. */
	if (end->marks & CW_MARK_FIN_LOST &&
	    end->first == CLOSEWATCH_SIDE_LOCAL)
		end->first = CLOSEWATCH_SIDE_UNKNOWN;
	if (end->first == CLOSEWATCH_SIDE_UNKNOWN)
		end->first = cw_first(end);
}
