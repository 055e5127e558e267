// SPDX-License-Identifier: GPL-2.0
/*
 * From facts and marks to a verdict. The order of the tests is that of
 * __tcp_close(): the first branch taken there is the first tested here, and
 * what can still follow a FIN is tested before the FIN itself.
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

/* Branches that end the connection before a FIN is thought of: C1 to C5. */
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

/* Branches that end it although a FIN was queued: C9, C11, C12. */
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
	/* An RST that none of the branches above explains. */
	if (m->rst_sent)
		return CLOSEWATCH_PATH_UNKNOWN;
	if (c->state == CLOSEWATCH_STATE_SYN_SENT)
		return CLOSEWATCH_PATH_SYN_SENT;
	if (cw_fin_was_queued(c->state))
		return CLOSEWATCH_PATH_ALREADY_FIN;
	return CLOSEWATCH_PATH_UNKNOWN;
}

/* States in which the kernel has something to wait for: sk_stream_closing(). */
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

		if (why == CLOSEWATCH_CAUSE_EXIT && had_reason)
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
	v.path = cw_close_path(conn, marks, v.fin);
	v.linger = cw_linger_outcome(conn, why, marks, v.path);
	return v;
}
