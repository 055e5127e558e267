// SPDX-License-Identifier: GPL-2.0
/* Filters and network namespaces: what a listener asked for and no more */
#include <netlink/attr.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "ends.h"
#include "flavours.h"
#include "netns.h"
#include "wait.h"

/* One condition: an attribute and its value, which is a number or a name */
struct condition {
	int type;
	size_t size;	/* 0: the closer's name, or a flag */
	uint64_t value;
	const char *name;
};

#define A(name)	CLOSEWATCH_A_FILTER_##name

static int put(struct nl_msg *msg, const void *arg)
{
	const struct condition *c = arg;

	for (; c->type; c++) {
		int ret = c->name ? nla_put_string(msg, c->type, c->name) :
				    nla_put(msg, c->type, c->size, &c->value);

		if (ret < 0)
			return ret;
	}
	return 0;
}

FIXTURE(filter) {
	struct scene s;
	struct condition match, miss;
};

FIXTURE_VARIANT(filter) {
	enum flavour flavour;
	void (*choose)(struct scene *s, struct condition *match,
		       struct condition *miss);
};

/* Shorthand for a number of @bits, right and wrong */
#define CHOOSE(name, attr, bits, right, wrong)				\
static void choose_##name(struct scene *s, struct condition *match,	\
			  struct condition *miss)			\
{									\
	*match = (struct condition){ A(attr), (bits) / 8, right, NULL };	\
	*miss = (struct condition){ A(attr), (bits) / 8, wrong, NULL };	\
}

/* The closer's cgroup is whatever an event of its says */
static uint64_t own_cgroup(struct scene *s)
{
	int fd = tcp_socket(IPV4);
	uint64_t cookie = cookie_of(fd);
	const struct event *ev;

	close(fd);
	ev = events_await(&s->events, TYPE(CLOSE), cookie);
	return ev ? EVENT_NUM(ev, CGROUP) : 0;
}

static uint64_t other_netns(void)
{
	int home = netns_open(), other;

	netns_enter();
	other = netns_open();
	netns_switch(home);
	return other;
}

CHOOSE(events, EVENTS, 32, 1 << TYPE(CLOSE), 1 << TYPE(LINGER_WAIT))
CHOOSE(paths, PATHS, 64, 1 << PATH(FIN), 1 << PATH(RST_UNREAD))
CHOOSE(ipv4, FAMILY, 16, AF_INET, AF_INET6)
CHOOSE(ipv6, FAMILY, 16, AF_INET6, AF_INET)
CHOOSE(pid, PID, 32, getpid(), getpid() + 1)
CHOOSE(uid, UID, 32, getuid(), getuid() + 1)
CHOOSE(cgroup, CGROUP, 64, own_cgroup(s), 1ULL << 60)
CHOOSE(any_port_local, PORT, 16, s->p.local.port, 1)
CHOOSE(any_port_remote, PORT, 16, s->p.remote.port, 1)
CHOOSE(local_port, LOCAL_PORT, 16, s->p.local.port, s->p.remote.port)
CHOOSE(remote_port, REMOTE_PORT, 16, s->p.remote.port, s->p.local.port)
CHOOSE(netns, NETNS_FD, 32, netns_open(), other_netns())

static void choose_comm(struct scene *s, struct condition *match,
			struct condition *miss)
{
	prctl(PR_SET_NAME, "fifteen-letters");
	*match = (struct condition){ A(COMM), 0, 0, "fifteen-letters" };
	*miss = (struct condition){ A(COMM), 0, 0, "fifteen-letter" };
}

FIXTURE_VARIANT_ADD(filter, events) {
	.choose = choose_events,
};

FIXTURE_VARIANT_ADD(filter, paths) {
	.choose = choose_paths,
};

FIXTURE_VARIANT_ADD(filter, family_ipv4) {
	.choose = choose_ipv4,
};

FIXTURE_VARIANT_ADD(filter, family_ipv6) {
	.flavour = IPV6, .choose = choose_ipv6,
};

FIXTURE_VARIANT_ADD(filter, family_of_v4mapped_is_ipv4) {
	.flavour = V4MAPPED, .choose = choose_ipv4,
};

FIXTURE_VARIANT_ADD(filter, pid) {
	.choose = choose_pid,
};

FIXTURE_VARIANT_ADD(filter, uid) {
	.choose = choose_uid,
};

FIXTURE_VARIANT_ADD(filter, comm) {
	.choose = choose_comm,
};

FIXTURE_VARIANT_ADD(filter, cgroup) {
	.choose = choose_cgroup,
};

FIXTURE_VARIANT_ADD(filter, port_as_local) {
	.choose = choose_any_port_local,
};

FIXTURE_VARIANT_ADD(filter, port_as_remote) {
	.choose = choose_any_port_remote,
};

FIXTURE_VARIANT_ADD(filter, local_port) {
	.choose = choose_local_port,
};

FIXTURE_VARIANT_ADD(filter, remote_port) {
	.choose = choose_remote_port,
};

FIXTURE_VARIANT_ADD(filter, netns_fd) {
	.choose = choose_netns,
};

FIXTURE_SETUP(filter)
{
	struct pair_opts opts = { .flavour = variant->flavour };

	ASSERT_EQ(0, scene_open(&self->s, &opts));
	ASSERT_EQ(0, isolate(&self->s.p));
	variant->choose(&self->s, &self->match, &self->miss);
}

FIXTURE_TEARDOWN(filter)
{
	scene_close(&self->s);
}

TEST_F(filter, match_is_delivered)
{
	struct condition all[] = { self->match, { 0 } };

	ASSERT_EQ(0, events_subscribe(&self->s.events, put, all));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, scene_end(&self->s));
	EXPECT_EQ(1U, events_count(&self->s.events, TYPE(CLOSE),
				   self->s.p.cookie));
}

/* Refused in the kernel: nothing was sent, and nothing counts as lost */
TEST_F(filter, miss_is_not)
{
	struct condition all[] = { self->miss, { 0 } };
	struct events e;

	ASSERT_EQ(0, events_open(&e));
	ASSERT_EQ(0, events_subscribe(&e, put, all));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, events_unsubscribe(&e));
	EXPECT_EQ(0U, e.n);
	EXPECT_EQ(0U, e.figures.sent);
	EXPECT_EQ(0U, e.figures.lost);
	events_close(&e);
	ASSERT_EQ(0, scene_end(&self->s));
	EXPECT_NE(NULL, scene_event(&self->s));
}

TEST_F(filter, all_conditions_must_hold)
{
	struct condition all[] = {
		self->match,
		{ A(LOCAL_PORT), 2, self->s.p.local.port % 65535 + 1, NULL },
		{ 0 },
	};

	if (self->match.type == A(LOCAL_PORT))
		all[1] = (struct condition){ A(PID), 4, getpid() + 1, NULL };
	ASSERT_EQ(0, events_subscribe(&self->s.events, put, all));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, scene_end(&self->s));
	EXPECT_EQ(NULL, scene_event(&self->s));
}

TEST_F(filter, new_filter_replaces_the_old)
{
	struct condition all[] = { self->miss, { 0 } };

	ASSERT_EQ(0, events_subscribe(&self->s.events, put, all));
	all[0] = self->match;
	ASSERT_EQ(0, events_subscribe(&self->s.events, put, all));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, scene_end(&self->s));
	EXPECT_EQ(1U, events_count(&self->s.events, TYPE(CLOSE),
				   self->s.p.cookie));
}

FLAVOURED_FIXTURE(quiet);

FIXTURE_VARIANT_ADD(quiet, ipv4) {
	.opts.flavour = IPV4,
};

/* The scene's own listener asks for them */
TEST_F(quiet, events_are_left_out_unless_the_filter_asks_for_them)
{
	struct pair *p = &self->s.p;
	struct events e;

	ASSERT_EQ(0, events_open(&e));
	e.loud = true;
	ASSERT_EQ(0, events_subscribe(&e, NULL, NULL));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, await_state(p->them, TCP_CLOSE_WAIT));
	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, fate_await(&self->s));
	ASSERT_EQ(0, events_unsubscribe(&e));
	ASSERT_EQ(0, events_unsubscribe(&self->s.events));
	EXPECT_NE(NULL, events_nth(&self->s.events, TYPE(FATE), p->cookie, 0));
	EXPECT_NE(NULL, events_nth(&self->s.events, TYPE(SHUTDOWN), 0, 0));
	EXPECT_EQ(0U, events_count(&e, TYPE(FATE), 0));
	EXPECT_EQ(0U, events_count(&e, TYPE(SHUTDOWN), 0));
	EXPECT_EQ(1U, events_count(&e, TYPE(CLOSE), p->cookie));
	EXPECT_EQ(1U, e.figures.sent);
	events_close(&e);
}

FLAVOURED_FIXTURE(received);

FIXTURE_VARIANT_ADD(received, ipv4) {
	.opts.flavour = IPV4,
};

FIXTURE_VARIANT_ADD(received, connected_ipv6) {
	.opts.flavour = IPV6, .opts.we_connect = true,
};

/* No task closes anything: the owner is the socket's */
TEST_F(received, rst_is_found_by_the_owner_of_its_socket)
{
	struct pair *p = &self->s.p;
	struct condition all[] = {
		{ A(UID), 4, getuid(), NULL },
		{ A(CGROUP), 8, own_cgroup(&self->s), NULL },
		{ 0 },
	};
	struct condition others[] = {
		{ A(UID), 4, getuid() + 1, NULL }, { 0 },
	};
	const struct event *ev;
	struct events e;

	ASSERT_EQ(0, events_subscribe(&self->s.events, put, all));
	ASSERT_EQ(0, events_open(&e));
	ASSERT_EQ(0, events_subscribe(&e, put, others));
	ASSERT_EQ(0, set_linger(p->them, 0));
	ASSERT_EQ(0, close(p->them));
	p->them = -1;
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE));
	ASSERT_EQ(0, events_unsubscribe(&e));
	EXPECT_EQ(0U, e.figures.sent);
	events_close(&e);
	ASSERT_EQ(0, scene_end(&self->s));
	ev = events_nth(&self->s.events, TYPE(RESET), p->cookie, 0);
	ASSERT_NE(NULL, ev);
	EXPECT_EQ(getuid(), EVENT_NUM(ev, UID));
	EXPECT_EQ(all[1].value, EVENT_NUM(ev, CGROUP));
	EXPECT_FALSE(EVENT_HAS(ev, PID));
}

/* Which process it is, the listener has to find out */
TEST_F(received, rst_passes_over_a_process_if_the_listener_looks_it_up)
{
	struct pair *p = &self->s.p;
	struct condition looks[] = {
		{ A(PID), 4, 1, NULL }, { A(COMM), 0, 0, "none such" },
		{ A(BY_INODE), 0, 0, NULL }, { 0 },
	};
	struct condition does_not[] = { { A(PID), 4, 1, NULL }, { 0 } };
	struct condition others[] = {
		{ A(UID), 4, getuid() + 1, NULL }, { A(BY_INODE), 0, 0, NULL },
		{ 0 },
	};
	struct events e, f;

	ASSERT_EQ(0, events_subscribe(&self->s.events, put, looks));
	ASSERT_EQ(0, events_open(&e));
	ASSERT_EQ(0, events_subscribe(&e, put, does_not));
	ASSERT_EQ(0, events_open(&f));
	ASSERT_EQ(0, events_subscribe(&f, put, others));
	ASSERT_EQ(0, set_linger(p->them, 0));
	ASSERT_EQ(0, close(p->them));
	p->them = -1;
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE));
	ASSERT_EQ(0, events_unsubscribe(&e));
	ASSERT_EQ(0, events_unsubscribe(&f));
	EXPECT_EQ(0U, e.figures.sent);
	EXPECT_EQ(0U, f.figures.sent);
	events_close(&e);
	events_close(&f);
	ASSERT_EQ(0, scene_end(&self->s));
	EXPECT_NE(NULL, events_nth(&self->s.events, TYPE(RESET), p->cookie, 0));
	EXPECT_EQ(0U, events_count(&self->s.events, TYPE(CLOSE), 0));
}

BARE_FIXTURE(replaced);

#define CLOSES	1000UL

static pid_t closer_of_many(void)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	for (int i = 0; i < (int)CLOSES; i++) {
		if (close(tcp_socket(IPV4)))
			_exit(1);
	}
	_exit(0);
}

/* Each close passes the filter before and the one after */
TEST_F(replaced, no_event_is_missed_or_told_twice)
{
	struct condition filters[2][2] = {
		{ { A(EVENTS), 4, 1U << TYPE(CLOSE), NULL } },
		{ { A(EVENTS), 4, 1U << TYPE(CLOSE) | 1U << TYPE(FATE), NULL } },
	};
	struct events *e = &self->s.events;
	size_t told = 0;
	int status = 0;
	pid_t pid;

	ASSERT_EQ(0, events_subscribe(e, put, filters[1]));
	pid = closer_of_many();
	ASSERT_LT(0, pid);
	for (int i = 0; waitpid(pid, &status, WNOHANG) == 0; i++)
		ASSERT_EQ(0, events_subscribe(e, put, filters[i % 2]));
	EXPECT_EQ(0, status);
	ASSERT_EQ(0, events_unsubscribe(e));
	for (size_t i = 0; i < e->n; i++)
		told += EVENT_NUM(&e->list[i], TYPE) == TYPE(CLOSE) &&
			EVENT_NUM(&e->list[i], PID) == (uint64_t)pid;
	EXPECT_EQ(CLOSES, told + events_lost(e));
}

BARE_FIXTURE(netns);

/* A connection in another namespace than the scene's listener; closed here */
static uint64_t close_elsewhere(uint64_t *netns)
{
	uint64_t cookie;
	int fd;

	netns_enter();
	*netns = netns_inode();
	fd = tcp_socket(IPV4);
	cookie = cookie_of(fd);
	return close(fd) ? 0 : cookie;
}

TEST_F(netns, other_namespaces_are_not_heard)
{
	uint64_t netns, cookie = close_elsewhere(&netns);

	ASSERT_TRUE(!!cookie);
	ASSERT_EQ(0, events_unsubscribe(&self->s.events));
	/* A missed probe hit is told to every listener. */
	EXPECT_EQ(events_count(&self->s.events, TYPE(LOST), 0),
		  self->s.events.n);
}

TEST_F(netns, all_namespaces_are_heard_on_demand)
{
	struct condition all[] = { { A(ALL_NETNS), 0, 0, NULL }, { 0 } };
	uint64_t netns, cookie;
	const struct event *ev;

	ASSERT_EQ(0, events_subscribe(&self->s.events, put, all));
	cookie = close_elsewhere(&netns);
	ASSERT_EQ(0, events_unsubscribe(&self->s.events));
	ev = events_nth(&self->s.events, TYPE(CLOSE), cookie, 0);
	ASSERT_NE(NULL, ev);
	EXPECT_EQ(netns, EVENT_NUM(ev, NETNS));
	EXPECT_NE(self->s.netns, EVENT_NUM(ev, NETNS));
}

TEST_F(netns, one_other_namespace_is_heard_instead)
{
	int home = netns_open(), fd;
	struct condition all[] = { { A(NETNS_FD), 4, 0, NULL }, { 0 } };
	uint64_t here, there;

	ASSERT_EQ(0, netns_enter());
	all[0].value = netns_open();
	ASSERT_EQ(0, events_subscribe(&self->s.events, put, all));
	fd = tcp_socket(IPV4);
	there = cookie_of(fd);
	ASSERT_EQ(0, close(fd));
	ASSERT_EQ(0, netns_switch(home));
	fd = tcp_socket(IPV4);
	here = cookie_of(fd);
	ASSERT_EQ(0, close(fd));
	ASSERT_EQ(0, events_unsubscribe(&self->s.events));
	EXPECT_EQ(1U, events_count(&self->s.events, TYPE(CLOSE), there));
	EXPECT_EQ(0U, events_count(&self->s.events, TYPE(CLOSE), here));
}

TEST_HARNESS_MAIN
