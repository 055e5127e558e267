/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of connections that are ending: from the first sign of an end (our
 * FIN, a close, an RST) to the close and the fate, minisocks in FIN_WAIT2
 * included. closing.c has the close in an entry, shutting.c a shutdown, fate.c
 * the fate.
 *
 * The key is the socket's cookie, which a minisock inherits and no other socket
 * gets. The entry of a shutdown has its task for a key, because at its begin and
 * end no lock of the socket is held.
 *
 * Context of all but init and exit: a probe's handler, interrupts off. An entry
 * is accessed with its bucket locked, and two buckets never at once.
 */
#ifndef CW_ENDING_H
#define CW_ENDING_H

#include <linux/percpu.h>
#include <linux/tcp.h>
#include <net/tcp_states.h>

#include "core/event.h"
#include "core/facts.h"
#include "core/hook.h"
#include "core/pool.h"

enum cw_progress {
	CW_PROGRESS_NONE,	/* no close, not yet or no more */
	CW_PROGRESS_CLOSE,
	CW_PROGRESS_SHUTDOWN,
	CW_PROGRESS_CHILD,	/* a listener drops it while it closes */
};

/**
 * struct cw_ending - a connection that is ending
 * @e: on the table
 * @since: time of our FIN or the close, the earlier; 0 if neither was seen
 * @wait_start: begin of the wait for SO_LINGER
 * @listener: cookie of the listener, for a child
 * @reason: of the RST that the close sent, in 6.12 and later; or NULL
 * @timeout: of the close, in jiffies
 * @marks: CW_MARK_*
 * @first: enum closewatch_side
 * @asked: the events that may concern a listener
 * @how: enum closewatch_how, of a shutdown
 * @fin_seq: write_seq when tcp_send_fin() was entered
 * @progress: what goes on
 * @minisock: in FIN_WAIT2; @end is set
 * @tw_over: that has ended, but the close of its socket has not
 * @drain: the close ends a drain
 * @has_owner: @owner is set
 * @facts_taken: of a shutdown: @conn is whole
 * @close: what was seen of the close or shutdown
 * @conn: the connection when it began; see @wanted
 * @owner: the task that closes
 * @end: once the socket is in CLOSE
 */
struct cw_ending {
	struct cw_pool_entry e;
	u64 since;
	u64 wait_start;
	u64 listener;
	const char *reason;
	long timeout;
	u32 marks;
	u32 first;
	struct cw_asked asked;
	u32 how;
	u32 fin_seq;
	u8 progress;
	bool minisock;
	bool tw_over;
	bool drain;
	bool has_owner;
	bool facts_taken;
	struct cw_marks close;
	struct cw_conn conn;
	struct cw_owner owner;
	struct cw_end end;
};

/**
 * cw_ending_init() - allocate the table
 * @slots: how many connections it holds
 *
 * Context: process, may sleep. Return: 0 or -ENOMEM.
 */
int cw_ending_init(unsigned int slots);

/** cw_ending_exit() - free the table; process context, no probe may be armed */
void cw_ending_exit(void);

/** cw_ending_closes() - closes and shutdowns now in progress; racy */
unsigned int cw_ending_closes(void);

/** cw_ending_given_up() - those evicted since load because slots ran out */
u64 cw_ending_given_up(void);

/** cw_ending_evicted() - entries evicted since load because slots ran out */
u64 cw_ending_evicted(void);

/**
 * cw_ending_lose() - no entry was free for a close or shutdown that begins
 * @type: of its event
 */
void cw_ending_lose(struct sock *sk, u32 type);

/** cw_ending_has_lost() - may an entry of this socket have been evicted? */
bool cw_ending_has_lost(const struct sock *sk);

extern struct cw_pool cw_endings;

/** cw_ending_of() - the entry that is @e, or NULL */
static inline struct cw_ending *cw_ending_of(struct cw_pool_entry *e)
{
	return e ? container_of(e, struct cw_ending, e) : NULL;
}

/** cw_ending_lock() - the entry with @key, locked; NULL if there is none */
static inline struct cw_ending *cw_ending_lock(u64 key)
{
	return key ? cw_ending_of(cw_pool_lock(&cw_endings, key)) : NULL;
}

/** cw_ending_lock_new() - that, or one added, zero up to conn; NULL if none is free */
struct cw_ending *cw_ending_lock_new(u64 key, const struct sock *sk);

/**
 * cw_ending_lock_asked() - the entry of a socket, one added if it may concern a
 * listener
 *
 * Return: the entry, locked; NULL if there is none, or none is free.
 */
static inline struct cw_ending *cw_ending_lock_asked(struct sock *sk)
{
	struct cw_ending *c = cw_ending_lock(cw_facts_has_cookie(sk));

	if (c || !cw_hook_wanted(sk))
		return c;
	return cw_ending_lock_new(cw_facts_cookie(sk), sk);
}

/** cw_ending_unlock() - unlock an entry */
static inline void cw_ending_unlock(struct cw_ending *c)
{
	cw_pool_unlock(&c->e);
}

/** cw_ending_free() - free an entry, with nothing in progress, and unlock */
void cw_ending_free(struct cw_ending *c);

/** cw_ending_settle() - free an entry that nothing more is to come for; unlock */
static inline void cw_ending_settle(struct cw_ending *c)
{
	if (c->minisock || c->progress)
		cw_ending_unlock(c);
	else
		cw_ending_free(c);
}

DECLARE_PER_CPU(int, cw_ending_nr_closes);

/** cw_ending_reports() - is a close or shutdown in progress? */
static inline bool cw_ending_reports(const struct cw_ending *c)
{
	return c->progress == CW_PROGRESS_CLOSE ||
	       c->progress == CW_PROGRESS_SHUTDOWN;
}

/**
 * cw_ending_set_progress() - a close or shutdown begins or ends
 *
 * Meanwhile others of its payer can need a place: in softirq, for a connection
 * whose own is lost.
 */
static inline void cw_ending_set_progress(struct cw_ending *c,
					  enum cw_progress progress)
{
	int before = cw_ending_reports(c);

	c->progress = progress;
	c->e.spared = cw_ending_reports(c);
	this_cpu_add(cw_ending_nr_closes, c->e.spared - before);
}

/**
 * cw_ending_concerns() - does a fate follow from the state of @sk?
 *
 * Others go to CLOSE without one, and need no entry.
 */
static inline bool cw_ending_concerns(const struct sock *sk)
{
	return !((1 << sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN |
					TCPF_SYN_SENT | TCPF_SYN_RECV |
					TCPF_TIME_WAIT | TCPF_NEW_SYN_RECV));
}

/** cw_ending_note_fin() - a close or shutdown enters tcp_send_fin() */
static inline void cw_ending_note_fin(struct cw_ending *c,
				      const struct sock *sk)
{
	c->fin_seq = tcp_sk(sk)->write_seq;
	c->close.fin_called = true;
	c->close.fin_behind = cw_facts_fin_behind(sk);
	c->close.fin_shared = cw_facts_fin_will_share(sk);
}

/** cw_ending_fin_lost() - tcp_send_fin() ran, and found no memory for our FIN */
static inline bool cw_ending_fin_lost(const struct cw_ending *c,
				      const struct sock *sk)
{
	/* Only a FIN advances it then: nothing more can be written. */
	return tcp_sk(sk)->write_seq == c->fin_seq;
}

/** cw_ending_see_fin() - what became of the FIN of cw_ending_note_fin() */
static inline void cw_ending_see_fin(struct cw_ending *c, struct sock *sk)
{
	if (!c->close.fin_called)
		return;
	c->close.fin_queued = !cw_ending_fin_lost(c, sk);
	/* An acknowledged FIN is gone from the queue. */
	c->close.fin_shared = cw_facts_fin_shared(sk, c->close.fin_shared);
}

/**
 * cw_ending_note_child() - count a child of a listener
 * @dropped: the child, or NULL if it was sent an RST
 */
static inline void cw_ending_note_child(struct cw_ending *c,
					const struct sock *dropped)
{
	u32 unread;

	if (!dropped) {
		c->close.children_reset++;
		return;
	}
	c->close.children++;
	unread = cw_facts_unread(dropped);
	c->conn.unread += min(unread, U32_MAX - c->conn.unread);
}

/** cw_ending_task() - key of the current task's shutdown; never a cookie */
static inline u64 cw_ending_task(void)
{
	return (uintptr_t)current;
}

#endif
