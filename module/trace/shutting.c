// SPDX-License-Identifier: GPL-2.0
#include <net/tcp.h>

#include "core/classify.h"
#include "core/facts.h"
#include "core/hook.h"
#include "core/notify.h"
#include "birth.h"
#include "ending.h"
#include "shutting.h"

/* Ignores an entry that a missed hit left behind: its key may be reused. */
static struct cw_ending *cw_shutting_lock(u64 cookie)
{
	struct cw_ending *c = cw_ending_lock(cw_ending_task());

	if (c && c->conn.cookie != cookie) {
		cw_ending_unlock(c);
		return NULL;
	}
	return c;
}

static struct cw_ending *cw_shutting_lock_sk(const struct sock *sk)
{
	return cw_shutting_lock(cw_facts_has_cookie(sk));
}

static void cw_shutting_send(struct cw_ending *c)
{
	struct cw_event *ev = cw_notify_slot(CLOSEWATCH_EVENT_TYPE_SHUTDOWN);

	ev->conn = c->conn;
	ev->owner = c->owner;
	ev->marks = c->close;
	ev->extra.how = c->how;
	ev->verdict = cw_classify_shutdown(&c->conn, c->how, &c->close);
	cw_notify_push(ev);
	cw_ending_set_progress(c, CW_PROGRESS_NONE);
	cw_ending_free(c);
}

void cw_shutting_begin(struct sock *sk, int how)
{
	struct cw_asked asked = { };
	struct cw_ending *c;

	if (!(cw_hook_ask(&asked, sk) &
	      1U << CLOSEWATCH_EVENT_TYPE_SHUTDOWN))
		return;
	c = cw_ending_lock_new(cw_ending_task(), sk);
	if (!c) {
		cw_ending_lose(sk, CLOSEWATCH_EVENT_TYPE_SHUTDOWN);
		return;
	}
	cw_ending_set_progress(c, CW_PROGRESS_SHUTDOWN);
	c->asked = asked;
	c->how = how;
	c->close = (struct cw_marks){ };
	c->facts_taken = false;
	cw_facts_identity(&c->conn, sk);
	cw_owner_take(&c->owner, sk);
	/* Of a listener, TCP shuts no write side: nothing follows. One that becomes
	 * a listener before we have its lock is told of when the entry goes.
	 */
	if (c->conn.state == TCP_LISTEN && how == SHUT_WR) {
		c->close.new_state = TCP_LISTEN;
		cw_shutting_send(c);
		return;
	}
	cw_ending_unlock(c);
}

static void cw_shutting_facts(struct cw_ending *c, struct sock *sk)
{
	cw_facts_take(&c->conn, sk);
	c->conn.age_ns = cw_birth_age(c->conn.cookie);
	c->facts_taken = true;
}

bool cw_shutting_locked(struct sock *sk)
{
	struct cw_ending *c = cw_shutting_lock_sk(sk);

	if (!c)
		return false;
	cw_shutting_facts(c, sk);
	cw_ending_unlock(c);
	return true;
}

void cw_shutting_fin(struct sock *sk)
{
	struct cw_ending *c = cw_shutting_lock_sk(sk);

	if (!c)
		return;
	cw_ending_note_fin(c, sk);
	cw_ending_unlock(c);
}

void cw_shutting_disconnect(struct sock *sk)
{
	struct cw_ending *c = cw_shutting_lock_sk(sk);

	if (!c)
		return;
	c->close.disconnect = true;
	if (!c->facts_taken)
		cw_shutting_facts(c, sk);
	cw_ending_unlock(c);
}

void cw_shutting_listen_stop(struct sock *sk)
{
	struct cw_ending *c = cw_shutting_lock_sk(sk);

	if (!c)
		return;
	c->close.listen_stop = true;
	cw_ending_unlock(c);
}

bool cw_shutting_child(u64 listener, const struct sock *dropped)
{
	struct cw_ending *c = cw_shutting_lock(listener);

	if (!c)
		return false;
	cw_ending_note_child(c, dropped);
	cw_ending_unlock(c);
	return true;
}

/* Without facts, a tcp_disconnect() of 5.10 has refused. */
void cw_shutting_end(struct sock *sk)
{
	struct cw_ending *c = cw_shutting_lock_sk(sk);

	if (!c)
		return;
	if (!c->facts_taken)
		cw_facts_identity(&c->conn, sk);
	cw_ending_see_fin(c, sk);
	c->close.new_state = sk->sk_state;
	cw_shutting_send(c);
}
