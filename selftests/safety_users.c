// SPDX-License-Identifier: GPL-2.0
/*
 * Who may ask for what, and how much of it.
 *
 * Each cell of the table is tried by a process of that user, against a network
 * namespace that has a rule, a drain, a listener and a connection that is about
 * to close.
 */
#include <errno.h>
#include <netlink/attr.h>

#include "flavours.h"
#include "kmod.h"
#include "netns.h"
#include "policy.h"
#include "skip.h"
#include "tenant.h"
#include "verify.h"
#include "wait.h"

#define OTHER	65533

/* The columns; "open" is the module's parameter userns */
enum user {
	ROOT,		/* in the namespace under attack */
	ROOT_ELSEWHERE,
	CONTAINED,	/* root of a user and a network namespace of its own */
	CONTAINED_OPEN,
	PLAIN,		/* in the namespace under attack */
	PLAIN_OPEN,
	USERS,
};

/* What a request names */
enum whom {
	OWN,		/* nothing: it is about the user's own namespace */
	THEIRS,		/* the namespace under attack, by descriptor */
	ALL,		/* all network namespaces */
	OWN_RULE,	/* a rule that the user has just added */
	THEIR_RULE,
	OWN_SOCKET,
	THEIR_SOCKET,	/* the connection, by an inherited descriptor */
	THEIR_COOKIE,	/* the connection, as if it were the user's */
	COOKIE_THERE,	/* the same, with that namespace's descriptor */
};

/* What a request does that is granted, where it reaches */
enum effect {
	HEARS = 1 << 0,		/* the user hears the connection's close */
	ADDS = 1 << 1,		/* a policy */
	BENDS = 1 << 2,		/* that policy acts on the connection */
	REMOVES = 1 << 3,	/* the rule */
	ENDS = 1 << 4,		/* the drain */
	SHOWS_RULE = 1 << 5,
	SHOWS_DRAIN = 1 << 6,
};

struct row {
	const char *name;
	uint8_t cmd;
	enum whom whom;
	int answer[USERS];
	unsigned int effects;
};

#define ROW(c, w, a, b, c1, c2, p1, p2, does)				\
	{ #c " of " #w, CLOSEWATCH_CMD_##c, w, { a, b, c1, c2, p1, p2 }, does }

#define NO	(-EPERM)
#define GONE	(-ENOENT)
#define NEVER	(-EOPNOTSUPP)
#define WRONG	(-EINVAL)

static const struct row table[] = {
/*                                 root        contained  plain
 *                                      else-       open       open
 *                                      where
 */
ROW(SUBSCRIBE,    OWN,             0,   0,     NO, 0,     NO, NO, HEARS),
ROW(SUBSCRIBE,    THEIRS,          0,   0,     NO, NO,    NO, NO, HEARS),
ROW(SUBSCRIBE,    ALL,             0,   0,     NO, NO,    NO, NO, HEARS),
ROW(UNSUBSCRIBE,  OWN,             0,   0,     NO, 0,     NO, NO, 0),
ROW(INFO,         OWN,             0,   0,     NO, 0,     NO, NO, 0),
ROW(EVENT,        OWN,   NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, 0),
ROW(STATS,        OWN,             0,   0,     NO, 0,     NO, NO, SHOWS_DRAIN),
ROW(POLICY_ADD,   OWN,             0,   0,     NO, 0,     NO, NO, ADDS | BENDS),
ROW(POLICY_ADD,   THEIRS,          0,   0,     NO, NO,    NO, NO, ADDS | BENDS),
ROW(POLICY_ADD,   ALL,             0,   0,     NO, NO,    NO, NO, ADDS | BENDS),
ROW(POLICY_ADD,   OWN_SOCKET,      0,   0,     NO, 0,     NO, NO, ADDS),
ROW(POLICY_ADD,   THEIR_SOCKET,    0,   0,     NO, NO,    NO, NO, ADDS | BENDS),
ROW(POLICY_ADD,   THEIR_COOKIE,    0,   0,     NO, 0,     NO, NO, ADDS | BENDS),
ROW(POLICY_ADD,   COOKIE_THERE,    0,   0,     NO, NO,    NO, NO, ADDS | BENDS),
ROW(POLICY_DEL,   OWN_RULE,        0,   0,     NO, 0,     NO, NO, 0),
ROW(POLICY_DEL,   THEIR_RULE,      0,   0,     NO, GONE,  NO, NO, REMOVES),
ROW(POLICY_GET,   OWN,             0,   0,     NO, 0,     NO, NO, SHOWS_RULE),
ROW(POLICY_GET,   THEIRS,          0,   0,     NO, NO,    NO, NO, SHOWS_RULE),
ROW(POLICY_GET,   ALL,             0,   0,     NO, NO,    NO, NO, SHOWS_RULE),
ROW(POLICY_FLUSH, OWN,             0,   0,     NO, 0,     NO, NO, REMOVES),
ROW(POLICY_FLUSH, THEIRS,          0,   0,     NO, NO,    NO, NO, REMOVES),
ROW(POLICY_FLUSH, ALL,             0,   0,     NO, NO,    NO, NO, REMOVES),
ROW(POLICY_SET,   OWN,             0,   0,     NO, 0,     NO, NO, REMOVES),
ROW(POLICY_SET,   THEIRS,      WRONG, WRONG,   NO, WRONG, NO, NO, REMOVES),
ROW(POLICY_SET,   ALL,         WRONG, WRONG,   NO, WRONG, NO, NO, REMOVES),
ROW(DRAIN_GET,    OWN,             0,   0,     NO, 0,     NO, NO, SHOWS_DRAIN),
ROW(DRAIN_GET,    THEIRS,          0,   0,     NO, NO,    NO, NO, SHOWS_DRAIN),
ROW(DRAIN_GET,    ALL,             0,   0,     NO, NO,    NO, NO, SHOWS_DRAIN),
ROW(DRAIN_OFF,    OWN,             0,   0,     NO, 0,     NO, NO, REMOVES | ENDS),
ROW(DRAIN_OFF,    THEIRS,          0,   0,     NO, NO,    NO, NO, REMOVES | ENDS),
ROW(DRAIN_OFF,    ALL,             0,   0,     NO, NO,    NO, NO, REMOVES | ENDS),
};

#define ROWS (sizeof(table) / sizeof(table[0]))

TEST(every_operation_has_a_row)
{
	for (uint8_t cmd = 1; cmd <= CLOSEWATCH_CMD_MAX; cmd++) {
		size_t i = 0;

		while (i < ROWS && table[i].cmd != cmd)
			i++;
		EXPECT_LT(i, ROWS) TH_LOG("operation %d", cmd);
	}
}

/* The namespace under attack, as root there sees it, and one cell */
struct attack {
	const struct row *row;
	enum user user;
	struct tenant tenant;
	struct events e;
	struct pair drained, closing;
	int netns, rule;
};

struct figures {
	unsigned int policies, drains, all_policies, all_drains, listeners;
};

static int look(struct events *e, struct figures *f)
{
	int policies = policies_count(e);

	if (policies < 0 || drains_get(e) || events_info(e))
		return -1;
	*f = (struct figures){
		policies, e->n_drains,
		e->info.policies, e->info.drains, e->info.listeners,
	};
	return 0;
}

static int prepare(struct attack *a)
{
	struct pair_opts opts = { .flavour = IPV4 };
	struct policy rule = {
		.action = ACTION(DRAIN), .idle_ms = 29000, .total_ms = 30000,
	};

	a->netns = netns_open();
	if (events_open(&a->e) || events_subscribe(&a->e, NULL, NULL) ||
	    pair_open(&a->drained, &opts) || pair_open(&a->closing, &opts))
		return -1;
	rule.local_port = a->drained.local.port;
	a->rule = policy_add(&a->e, &rule);
	if (a->rule < 0 || close(a->drained.us))
		return -1;
	a->drained.us = -1;
	return events_await(&a->e, TYPE(DRAIN_BEGIN), a->drained.cookie) ?
	       0 : -1;
}

static int clean_up(struct attack *a)
{
	int ret = tenant_stop(&a->tenant) ?: drain_off_everywhere(&a->e);

	events_close(&a->e);
	pair_close(&a->drained);
	pair_close(&a->closing);
	return close(a->netns) ?: ret;
}

/* In the user's process */
static struct events mine;

static int add(const struct attack *a, enum whom whom)
{
	struct pair_opts opts = { .flavour = IPV4 };
	struct policy p = { .action = ACTION(RESET) };
	struct pair own;

	if (whom == OWN_SOCKET && pair_open(&own, &opts))
		return -EIO;
	if (whom == THEIRS || whom == COOKIE_THERE)
		p.netns_fd = &a->netns;
	p.all_netns = whom == ALL;
	if (whom == OWN_SOCKET)
		p.fd = &own.us;
	else if (whom == THEIR_SOCKET)
		p.fd = &a->closing.us;
	else if (whom == THEIR_COOKIE || whom == COOKIE_THERE)
		p.cookie = a->closing.cookie;
	else
		p.local_port = a->closing.local.port;
	return policy_add(&mine, &p);
}

#define EITHER(name)							\
	(a->row->cmd == CLOSEWATCH_CMD_SUBSCRIBE ?			\
	 (int)CLOSEWATCH_A_FILTER##name : (int)CLOSEWATCH_A_POLICY##name)

static int fill(struct nl_msg *msg, const void *arg)
{
	const struct attack *a = arg;
	struct nlattr *nest = nla_nest_start(msg, EITHER() | NLA_F_NESTED);
	unsigned int id = a->row->whom == OWN_RULE && mine.policy_id ?
			  mine.policy_id : (unsigned int)a->rule;
	int err;

	if (a->row->whom == THEIRS)
		err = nla_put_u32(msg, EITHER(_NETNS_FD), a->netns);
	else if (a->row->whom == ALL)
		err = nla_put_flag(msg, EITHER(_ALL_NETNS));
	else
		err = nla_put_u32(msg, CLOSEWATCH_A_POLICY_ID, id);
	return err ?: nla_nest_end(msg, nest);
}

static int request(struct attack *a)
{
	filter_fill what = a->row->whom == OWN ? NULL : fill;
	int ret;

	switch (a->row->cmd) {
	case CLOSEWATCH_CMD_POLICY_ADD:
		ret = add(a, a->row->whom);
		return ret < 0 ? ret : 0;
	case CLOSEWATCH_CMD_POLICY_GET:
	case CLOSEWATCH_CMD_DRAIN_GET:
		return events_dump(&mine, a->row->cmd, what, a);
	case CLOSEWATCH_CMD_POLICY_DEL:
		if (a->row->whom == OWN_RULE)
			add(a, OWN);
		break;
	case CLOSEWATCH_CMD_UNSUBSCRIBE:
		events_subscribe(&mine, NULL, NULL);
		break;
	}
	return events_request(&mine, a->row->cmd, what, a);
}

static int ask(void *arg)
{
	struct attack *a = arg;
	int ret;

	if (a->user == ROOT_ELSEWHERE && netns_enter())
		return EIO;
	if (events_open(&mine))
		return EIO;
	ret = -request(a);
	close(a->closing.us);	/* the last close of it is root's */
	return ret;
}

static int count_policies(void *unused)
{
	return mine.n_policies;
}

static int count_drains(void *unused)
{
	return mine.n_drains + mine.stats.drains;
}

/* What is told of the module or of the namespace itself */
static int has_figures(void *unused)
{
	return mine.info.listeners || mine.stats.netns;
}

static int count_closes(void *unused)
{
	while (events_poll(&mine))
		;
	return events_count(&mine, TYPE(CLOSE), 0);
}

/* Back to root in the namespace under attack */
static bool granted(const struct attack *a)
{
	return !a->row->answer[a->user];
}

static bool does(const struct attack *a, enum effect effect)
{
	return granted(a) && a->row->effects & effect;
}

/* Here, and not only in the user's own namespace */
static bool does_here(const struct attack *a, enum effect effect)
{
	enum whom whom = a->row->whom;
	bool here = a->user != ROOT_ELSEWHERE && a->user != CONTAINED_OPEN;

	return does(a, effect) &&
	       (here || whom == THEIRS || whom == ALL || whom == THEIR_RULE ||
		whom == THEIR_SOCKET || whom == COOKIE_THERE);
}

static int verify_answer(struct attack *a)
{
	bool figures = a->row->cmd == CLOSEWATCH_CMD_INFO ||
		       a->row->cmd == CLOSEWATCH_CMD_STATS;
	int bad = differ("errno", tenant_start(&a->tenant, ask, a),
			 -a->row->answer[a->user]);

	bad += differ("policies shown",
		      tenant_do(&a->tenant, count_policies, NULL),
		      does(a, ADDS) || does_here(a, SHOWS_RULE) ||
		      (granted(a) && a->row->whom == OWN_RULE));
	bad += differ("drains shown", tenant_do(&a->tenant, count_drains, NULL),
		      does_here(a, SHOWS_DRAIN));
	return bad + differ("figures shown",
			    tenant_do(&a->tenant, has_figures, NULL),
			    granted(a) && figures);
}

static int verify_figures(struct attack *a, const struct figures *was)
{
	struct figures is;
	int bad;

	if (look(&a->e, &is))
		return 1;
	bad = differ("policies", is.policies, was->policies +
		     does_here(a, ADDS) - does_here(a, REMOVES));
	bad += differ("all policies", is.all_policies, was->all_policies +
		      does(a, ADDS) - does_here(a, REMOVES));
	bad += differ("drains", is.drains, was->drains - does_here(a, ENDS));
	bad += differ("all drains", is.all_drains,
		      was->all_drains - does_here(a, ENDS));
	return bad + differ("listeners", is.listeners,
			    was->listeners + does(a, HEARS));
}

/* Root's listener hears it; when that is flushed, so is the user's */
static int verify_close(struct attack *a)
{
	const struct event *ev;
	int bad;

	if (close(a->closing.us))
		return 1;
	a->closing.us = -1;
	ev = events_await(&a->e, TYPE(CLOSE), a->closing.cookie);
	if (!ev)
		return 1;
	bad = DIFFER(ev, PATH, does_here(a, BENDS) ? PATH(RST_LINGER0) :
						     PATH(FIN));
	bad += differ("flush", events_unsubscribe(&a->e), 0);
	return bad + differ("closes heard",
			    tenant_do(&a->tenant, count_closes, NULL),
			    does_here(a, HEARS));
}

static const struct tenant tenants[USERS] = {
	[CONTAINED] = { .uid = NOBODY, .contained = true },
	[CONTAINED_OPEN] = { .uid = NOBODY, .contained = true },
	[PLAIN] = { .uid = NOBODY },
	[PLAIN_OPEN] = { .uid = NOBODY },
};

static int try_cell(const struct row *row, enum user user)
{
	struct attack a = { .row = row, .user = user, .tenant = tenants[user] };
	struct figures was;
	int bad = prepare(&a) || look(&a.e, &was);

	if (!bad)
		bad = verify_answer(&a) + verify_figures(&a, &was) +
		      verify_close(&a);
	if (clean_up(&a))
		bad++;
	if (bad)
		fprintf(stderr, "# disagree: the above in %s\n", row->name);
	return bad;
}

FIXTURE(rights) {
	bool open;
};

FIXTURE_VARIANT(rights) {
	enum user user;
};

#define COLUMN(name, who) FIXTURE_VARIANT_ADD(rights, name) { .user = who }

COLUMN(root, ROOT);
COLUMN(root_of_another_netns, ROOT_ELSEWHERE);
COLUMN(root_of_a_userns, CONTAINED);
COLUMN(root_of_a_userns_if_open, CONTAINED_OPEN);
COLUMN(plain_user, PLAIN);
COLUMN(plain_user_if_open, PLAIN_OPEN);

FIXTURE_SETUP(rights)
{
	int init = netns_open_init();

	if (variant->user == CONTAINED || variant->user == CONTAINED_OPEN)
		skip_without_userns();
	self->open = variant->user == CONTAINED_OPEN ||
		     variant->user == PLAIN_OPEN;
	NEED_MODULE_FILE(return);
	ASSERT_EQ(0, kmod_reload(self->open ? "userns=1" : ""));
	ASSERT_EQ(0, netns_switch(init));
	close(init);
}

FIXTURE_TEARDOWN(rights)
{
	if (self->open)
		EXPECT_EQ(0, kmod_reload(""));
}

TEST_F_TIMEOUT(rights, are_those_of_the_table, 600)
{
	for (size_t i = 0; i < ROWS; i++)
		EXPECT_EQ(0, try_cell(&table[i], variant->user));
}

/* Users that are let in: two of them, and root outside */
FIXTURE(guest) {
	struct tenant one, other;
	struct events root;
};

FIXTURE_SETUP(guest)
{
	NEED_MODULE_FILE(return);
	skip_without_userns();
	ASSERT_EQ(0, kmod_reload("userns=1"));
	ASSERT_EQ(0, netns_enter());
	self->one = (struct tenant){ .uid = NOBODY, .contained = true };
	self->other = (struct tenant){ .uid = OTHER, .contained = true };
	ASSERT_EQ(0, events_open(&self->root));
}

FIXTURE_TEARDOWN(guest)
{
	EXPECT_EQ(0, tenant_stop(&self->one));
	EXPECT_EQ(0, tenant_stop(&self->other));
	events_close(&self->root);
	EXPECT_EQ(0, kmod_reload(""));
}

/* As many as it may have, and the refusal of one more, in words */
static int subscribe_all(void *limit)
{
	struct events e;
	int err;

	for (long i = 0; i <= *(long *)limit; i++) {
		if (events_open(&e))
			return 1;
		err = events_subscribe(&e, NULL, NULL);
		if (err != (i < *(long *)limit ? 0 : -EUSERS))
			return 2;
	}
	return strstr(e.extack, "listeners_max_uid") ? 0 : 3;
}

TEST_F(guest, has_a_limit_of_listeners)
{
	long limit = kmod_param_read(MODULE, "listeners_max_uid");

	EXPECT_EQ(64, limit);
	limit = 5;
	ASSERT_EQ(0, kmod_param_write(MODULE, "listeners_max_uid", limit));
	EXPECT_EQ(0, tenant_start(&self->one, subscribe_all, &limit));
	EXPECT_EQ(0, tenant_start(&self->other, subscribe_all, &limit));
	EXPECT_EQ(0, events_subscribe(&self->root, NULL, NULL));
}

TEST_HARNESS_MAIN
