// SPDX-License-Identifier: GPL-2.0
#include <linux/percpu.h>
#include <net/net_namespace.h>

#include "core/hook.h"
#include "core/netns.h"
#include "core/notify.h"
#include "ending.h"

static void cw_ending_give_up(struct cw_pool_entry *e);

struct cw_pool cw_endings = {
	.size = sizeof(struct cw_ending),
	.evict = cw_ending_give_up,
};

DEFINE_PER_CPU(int, cw_ending_nr_closes);
static atomic64_t cw_ending_nr_given_up = ATOMIC64_INIT(0);

int cw_ending_init(unsigned int slots)
{
	int cpu;

	for_each_possible_cpu(cpu)
		per_cpu(cw_ending_nr_closes, cpu) = 0;
	return cw_pool_init(&cw_endings, slots);
}

void cw_ending_exit(void)
{
	cw_pool_exit(&cw_endings);
}

unsigned int cw_ending_closes(void)
{
	int cpu, n = 0;

	for_each_possible_cpu(cpu)
		n += READ_ONCE(per_cpu(cw_ending_nr_closes, cpu));
	return max(n, 0);
}

u64 cw_ending_given_up(void)
{
	return atomic64_read(&cw_ending_nr_given_up);
}

u64 cw_ending_evicted(void)
{
	return cw_pool_evicted(&cw_endings);
}

bool cw_ending_has_lost(const struct sock *sk)
{
	return cw_pool_has_lost(&cw_endings, cw_netns_payer(sock_net(sk), sk));
}

struct cw_ending *cw_ending_lock_new(u64 key, const struct sock *sk)
{
	u64 payer = cw_netns_payer(sock_net(sk), sk);
	struct cw_ending *c;

	c = cw_ending_of(cw_pool_lock_new(&cw_endings, key, payer));
	if (c && c->e.fresh) {
		c->e.fresh = false;
		memset((u8 *)c + sizeof(c->e), 0,
		       offsetof(struct cw_ending, conn) - sizeof(c->e));
	}
	return c;
}

void cw_ending_free(struct cw_ending *c)
{
	cw_pool_free(&cw_endings, &c->e);
}

/* The slot of the ring is only a place for the event that is not sent. */
static void cw_ending_lose_event(const struct cw_ending *c, u32 type)
{
	struct cw_event *ev;

	if (!(c->asked.types & 1U << type))
		return;
	ev = cw_notify_slot(type);
	ev->conn = c->conn;
	ev->owner = c->owner;
	cw_notify_lose(ev);
}

static void cw_ending_give_up(struct cw_pool_entry *e)
{
	struct cw_ending *c = cw_ending_of(e);
	u32 type = c->progress == CW_PROGRESS_CLOSE ?
		   CLOSEWATCH_EVENT_TYPE_CLOSE : CLOSEWATCH_EVENT_TYPE_SHUTDOWN;

	/* A full socket has its fate without an entry, too; a minisock has not. */
	if (c->minisock)
		cw_ending_lose_event(c, CLOSEWATCH_EVENT_TYPE_FATE);
	if (!cw_ending_reports(c))
		return;
	cw_ending_set_progress(c, CW_PROGRESS_NONE);
	atomic64_inc(&cw_ending_nr_given_up);
	cw_ending_lose_event(c, type);
}

noinline void cw_ending_lose(struct sock *sk, u32 type)
{
	struct cw_event *ev;

	atomic64_inc(&cw_ending_nr_given_up);
	if (!(cw_hook_wanted(sk) & 1U << type))
		return;
	ev = cw_notify_slot(type);
	cw_facts_identity(&ev->conn, sk);
	cw_owner_take(&ev->owner, sk);
	cw_notify_lose(ev);
}
