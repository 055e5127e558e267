// SPDX-License-Identifier: GPL-2.0
/* RSTs outside a close, and the kernel's own reasons for RSTs: rows R3, R7 to R9 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/stat.h>

#include "ends.h"
#include "flavours.h"
#include "inject.h"
#include "kernel.h"
#include "verify.h"
#include "wait.h"

/* The first reset event of @kind */
static const struct event *reset_of(const struct scene *s, unsigned int kind)
{
	for (size_t i = 0; i < s->events.n; i++) {
		const struct event *ev = &s->events.list[i];

		if (EVENT_NUM(ev, TYPE) == TYPE(RESET) &&
		    EVENT_NUM(ev, RESET_KIND) == kind)
			return ev;
	}
	return NULL;
}

/* Older kernels have none, and then there must be none */
static int verify_reason(const struct event *ev, const char *reason)
{
	if (!kernel_names_reasons())
		return ABSENT(ev, KERNEL_REASON);
	if (!strcmp(ev->reason, reason))
		return 0;
	fprintf(stderr, "# disagree: the kernel's reason is '%s', not '%s'\n",
		ev->reason, reason);
	return 1;
}

static int verify_port(const struct event *ev, uint16_t local, uint16_t remote)
{
	return DIFFER(ev, LOCAL_PORT, local) + DIFFER(ev, REMOTE_PORT, remote);
}

FIXTURE(nobody) {
	struct scene s;
	int client;
};

FIXTURE_VARIANT(nobody) {
	enum flavour flavour;
};

FIXTURE_VARIANT_ADD(nobody, ipv4) {
	.flavour = IPV4,
};

FIXTURE_VARIANT_ADD(nobody, ipv6) {
	.flavour = IPV6,
};

FIXTURE_VARIANT_ADD(nobody, v4mapped) {
	.flavour = V4MAPPED,
};

FIXTURE_SETUP(nobody)
{
	ASSERT_EQ(0, scene_open_bare(&self->s));
	self->client = tcp_socket(variant->flavour);
	ASSERT_GE(self->client, 0);
}

FIXTURE_TEARDOWN(nobody)
{
	close(self->client);
	scene_close(&self->s);
}

/* Both ends are here: one RST, of which one side tells and the other */
TEST_F(nobody, listens_on_the_port)
{
	struct counters moved = { .out_rsts = 1 };
	const struct event *sent, *got;
	struct address to;
	uint64_t cookie = cookie_of(self->client);
	int gone = tcp_listen(variant->flavour, 1);

	/* It keeps the port, so that nobody else gets it, but no longer listens */
	ASSERT_EQ(0, address_of(gone, false, &to));
	ASSERT_EQ(0, shutdown(gone, SHUT_RD));
	ASSERT_EQ(-1, tcp_connect(self->client, variant->flavour, gone));
	ASSERT_EQ(ECONNREFUSED, errno);
	ASSERT_EQ(0, scene_end(&self->s));
	EXPECT_EQ(0, counters_diff(&self->s.before, &self->s.after, &moved));
	EXPECT_EQ(1, capture_rsts_from(self->s.capture, to.port));
	EXPECT_EQ(2U, events_count(&self->s.events, TYPE(RESET), 0));

	sent = reset_of(&self->s, RESET(NO_LISTENER));
	ASSERT_NE(NULL, sent);
	EXPECT_FALSE(EVENT_HAS(sent, COOKIE));
	EXPECT_EQ(to.port, EVENT_NUM(sent, LOCAL_PORT));
	EXPECT_EQ(variant->flavour == IPV6 ? 16U : 4U, sent->local_len);
	EXPECT_EQ(0, verify_reason(sent, "NO_SOCKET"));

	got = reset_of(&self->s, RESET(RECEIVED));
	ASSERT_NE(NULL, got);
	EXPECT_EQ(cookie, EVENT_NUM(got, COOKIE));
	EXPECT_EQ((unsigned int)STATE(SYN_SENT), EVENT_NUM(got, STATE));
	EXPECT_EQ(0, verify_port(got, EVENT_NUM(sent, REMOTE_PORT), to.port));
	EXPECT_EQ(0U, events_count(&self->s.events, TYPE(FATE), 0));
	close(gone);
}

TEST_F(nobody, asked_the_listener_for_this)
{
	struct counters moved = { .out_rsts = 1 };
	int listener = tcp_listen(variant->flavour, 1);
	struct forgery f = { .src = 4321, .seq = 7, .ack = 9, .flags = TH_ACK };
	const struct event *ev;
	struct address a;

	ASSERT_EQ(0, address_of(listener, false, &a));
	f.dst = a.port;
	ASSERT_EQ(0, inject(variant->flavour, &f));
	ASSERT_NE(NULL, events_await(&self->s.events, TYPE(RESET), 0));
	ASSERT_EQ(0, scene_end(&self->s));
	EXPECT_EQ(0, counters_diff(&self->s.before, &self->s.after, &moved));
	EXPECT_EQ(0, reset_verify(&self->s, RESET(LISTENER), 0));
	ev = reset_of(&self->s, RESET(LISTENER));
	ASSERT_NE(NULL, ev);
	EXPECT_EQ(0, verify_port(ev, a.port, 4321));
	EXPECT_EQ(kernel_names_reasons(), EVENT_HAS(ev, KERNEL_REASON));
	close(listener);
}

/* An RST is never answered by one */
TEST_F(nobody, answers_an_rst)
{
	struct forgery f = { .src = 4321, .dst = 4322, .flags = TH_RST };
	struct counters moved = { 0 };

	ASSERT_EQ(0, inject(variant->flavour, &f));
	ASSERT_EQ(0, capture_sync(self->s.capture));
	ASSERT_EQ(0, scene_end(&self->s));
	EXPECT_EQ(0, counters_diff(&self->s.before, &self->s.after, &moved));
	EXPECT_EQ(0U, events_count(&self->s.events, TYPE(RESET), 0));
}

/* What a connection attempt gets is not an answer to its SYN */
TEST_F(nobody, sent_what_this_acknowledges)
{
	int listener = tcp_listen(variant->flavour, 1);
	struct counters moved = { .out_rsts = 1 };
	const struct event *ev;
	struct forgery f = { .seq = 7, .ack = 9, .flags = TH_ACK | TH_SYN };
	uint64_t cookie = cookie_of(self->client);
	struct address us, them;

	ASSERT_EQ(0, deafen(listener));
	ASSERT_EQ(0, fcntl(self->client, F_SETFL, O_NONBLOCK));
	ASSERT_EQ(-1, tcp_connect(self->client, variant->flavour, listener));
	ASSERT_EQ(0, address_of(self->client, false, &us));
	ASSERT_EQ(0, address_of(listener, false, &them));
	f.src = them.port;
	f.dst = us.port;
	ASSERT_EQ(0, inject(variant->flavour, &f));
	ASSERT_NE(NULL, events_await(&self->s.events, TYPE(RESET), 0));
	ASSERT_EQ(0, scene_end(&self->s));
	EXPECT_EQ(0, counters_diff(&self->s.before, &self->s.after, &moved));
	EXPECT_EQ(0, reset_verify(&self->s, RESET(BAD_SEGMENT), cookie));
	ev = reset_of(&self->s, RESET(BAD_SEGMENT));
	ASSERT_NE(NULL, ev);
	EXPECT_EQ((unsigned int)STATE(SYN_SENT), EVENT_NUM(ev, STATE));
	EXPECT_EQ(0, verify_port(ev, us.port, them.port));
	EXPECT_EQ(kernel_names_reasons(), EVENT_HAS(ev, KERNEL_REASON));
	close(listener);
}

SCENE_FIXTURE(received);

/* The inode by which the processes that have it open are found */
static int verify_inode(const struct event *ev, int fd)
{
	struct stat st;

	return fstat(fd, &st) ?:
	       differ("inode of the socket", ev->more.inode, st.st_ino);
}

/* Its figures are those of the moment before */
TEST_F(received, on_an_open_connection)
{
	struct pair *p = &self->s.p;
	const struct event *ev;

	ASSERT_EQ(0, give(p->us, 40));
	ASSERT_EQ(0, take(p->them, 40));
	ASSERT_EQ(0, await_acked(p->us));
	ASSERT_EQ(0, give(p->them, 9));
	ASSERT_EQ(0, await_readable(p->us, 9));
	ASSERT_EQ(0, set_linger(p->them, 0));
	ASSERT_EQ(0, close(p->them));
	p->them = -1;
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE));
	ASSERT_EQ(0, scene_end(&self->s));
	ASSERT_EQ(0, reset_verify(&self->s, RESET(RECEIVED), p->cookie));
	ev = reset_of(&self->s, RESET(RECEIVED));
	EXPECT_EQ(0, verify_identity(&self->s, ev, false));
	EXPECT_EQ((unsigned int)STATE(ESTABLISHED), EVENT_NUM(ev, STATE));
	EXPECT_EQ((unsigned int)STATE(CLOSE), EVENT_NUM(ev, NEW_STATE));
	EXPECT_EQ(9U, EVENT_NUM(ev, UNREAD));
	EXPECT_EQ(9U, EVENT_NUM(ev, RECEIVED));
	EXPECT_EQ(40U, EVENT_NUM(ev, ACKED));
	EXPECT_FALSE(EVENT_HAS(ev, KERNEL_REASON));
	EXPECT_EQ(0, verify_inode(ev, p->us));
	EXPECT_EQ(0U, ev->more.since_heard_ns);
}

/* Its orderly close came before, and it answers what is written after that */
TEST_F(received, where_the_peer_had_closed)
{
	struct pair *p = &self->s.p;
	const struct event *ev;
	int64_t closed;

	ASSERT_EQ(0, give(p->us, 40));
	ASSERT_EQ(0, take(p->them, 40));
	ASSERT_EQ(0, await_acked(p->us));
	ASSERT_EQ(0, close(p->them));
	p->them = -1;
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE_WAIT));
	closed = now_ns();
	ASSERT_TRUE(WAIT_FOR(now_ns() - closed > NSEC_PER_SEC / 5));
	ASSERT_EQ(0, give(p->us, 9));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE));
	ASSERT_EQ(0, scene_end(&self->s));
	ev = reset_of(&self->s, RESET(RECEIVED));
	ASSERT_NE(NULL, ev);
	EXPECT_EQ((unsigned int)STATE(CLOSE_WAIT), EVENT_NUM(ev, STATE));
	EXPECT_EQ(9U, EVENT_NUM(ev, UNACKED));
	EXPECT_TRUE(EVENT_HAS(ev, SINCE_SENT_NS));
	EXPECT_LT(EVENT_NUM(ev, SINCE_SENT_NS), ev->more.since_heard_ns);
	EXPECT_EQ(0, verify_inode(ev, p->us));
}

/* Nobody has accepted it */
TEST_F(nobody, has_what_is_reset_in_the_accept_queue)
{
	int listener = tcp_listen(variant->flavour, 1);
	const struct event *ev;

	ASSERT_EQ(0, tcp_connect(self->client, variant->flavour, listener));
	ASSERT_EQ(0, set_linger(self->client, 0));
	ASSERT_EQ(0, close(self->client));
	self->client = -1;
	ASSERT_NE(NULL, events_await(&self->s.events, TYPE(RESET), 0));
	ASSERT_EQ(0, scene_end(&self->s));
	ev = reset_of(&self->s, RESET(RECEIVED));
	ASSERT_NE(NULL, ev);
	EXPECT_EQ(0U, ev->more.inode);
	close(listener);
}

/* Out of the window: the kernel does not believe it */
TEST_F(received, but_not_believed)
{
	struct pair *p = &self->s.p;
	struct forgery f = {
		.src = p->remote.port, .dst = p->local.port,
		.flags = TH_RST,
	};
	struct packet first, last;

	ASSERT_EQ(0, give(p->them, 1));
	ASSERT_EQ(0, take(p->us, 1));
	ASSERT_EQ(0, capture_sync(self->s.capture));
	ASSERT_EQ(0, capture_ends(self->s.capture, f.src, f.dst, &first, &last));
	f.seq = last.seq - 100000;
	ASSERT_EQ(0, inject(variant->opts.flavour, &f));
	ASSERT_EQ(0, capture_sync(self->s.capture));
	ASSERT_EQ(TCP_ESTABLISHED, tcp_state(p->us));
	ASSERT_EQ(0, scene_end(&self->s));
	EXPECT_EQ(0U, events_count(&self->s.events, TYPE(RESET), 0));
	EXPECT_EQ(0U, events_count(&self->s.events, TYPE(FATE), 0));
}

SCENE_FIXTURE(late);

/* As the peer would go on */
static int inject_late(const struct scene *s, enum flavour kind,
		       unsigned int flags)
{
	return inject(kind, &(struct forgery){
		.src = s->p.remote.port, .dst = s->p.local.port,
		.seq = 7, .ack = 9, .flags = flags, .len = 10,
	});
}

/* That of @n late segments; the connection is over */
static int verify_late(const struct scene *s, unsigned int n)
{
	const struct event *ev = reset_of(s, RESET(LATE_SEGMENT));

	if (!ev)
		return -1;
	return DIFFER(ev, COOKIE, s->p.cookie) + DIFFER(ev, COUNT, n) +
	       DIFFER(ev, NETNS, s->netns) + PRESENT(ev, SINCE_CLOSE_NS) +
	       ABSENT(ev, PATH) + ABSENT(ev, FATE) +
	       verify_port(ev, s->p.local.port, s->p.remote.port);
}

TEST_F(late, segments_are_told_once_with_the_cookie_of_the_close)
{
	struct pair *p = &self->s.p;
	struct counters moved = { .out_rsts = 4, .abort_on_close = 1,
				  .estab_resets = 1 };

	ASSERT_EQ(0, give(p->them, 3));
	ASSERT_EQ(0, await_readable(p->us, 3));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, scene_act(&self->s));
	for (int i = 0; i < 3; i++)
		ASSERT_EQ(0, inject_late(&self->s, variant->opts.flavour,
					 TH_ACK));
	ASSERT_EQ(0, scene_end(&self->s));
	EXPECT_EQ(0, counters_diff(&self->s.before, &self->s.after, &moved));
	EXPECT_EQ(1U, events_count(&self->s.events, TYPE(RESET), 0));
	EXPECT_EQ(0, verify_late(&self->s, 3));
}

/* Nothing but the second's end makes this event come */
TEST_F(late, segments_are_told_without_a_further_one)
{
	ASSERT_EQ(0, set_linger(self->s.p.us, 0));
	ASSERT_EQ(0, isolate(&self->s.p));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, inject_late(&self->s, variant->opts.flavour, TH_ACK));
	ASSERT_NE(NULL, events_await(&self->s.events, TYPE(RESET),
				     self->s.p.cookie));
	ASSERT_EQ(0, scene_end(&self->s));
	EXPECT_EQ(1U, events_count(&self->s.events, TYPE(RESET), 0));
	EXPECT_EQ(0, verify_late(&self->s, 1));
}

/* The first ends the minisock, whose fate tells of it */
TEST_F(late, segments_follow_one_for_a_minisock)
{
	struct pair *p = &self->s.p;

	ASSERT_EQ(0, scene_shut(&self->s, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_FIN_WAIT2));
	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, inject_as_peer(&self->s, TH_ACK, 10, true));
	ASSERT_EQ(0, fate_await(&self->s));
	for (int i = 0; i < 2; i++)
		ASSERT_EQ(0, inject_late(&self->s, variant->opts.flavour,
					 TH_ACK));
	ASSERT_EQ(0, scene_end(&self->s));
	EXPECT_EQ(2U, events_count(&self->s.events, TYPE(RESET), p->cookie));
	EXPECT_NE(NULL, reset_of(&self->s, RESET(TIME_WAIT)));
	EXPECT_EQ(0, verify_late(&self->s, 2));
}

/* Where we connect, no listener of ours takes it */
FLAVOURED_FIXTURE(late_on_a_client);

FIXTURE_VARIANT_ADD(late_on_a_client, ipv4) {
	.opts.we_connect = true,
};

FIXTURE_VARIANT_ADD(late_on_a_client, ipv6) {
	.opts.flavour = IPV6, .opts.we_connect = true,
};

TEST_F(late_on_a_client, syn_is_of_a_new_connection)
{
	ASSERT_EQ(0, set_linger(self->s.p.us, 0));
	ASSERT_EQ(0, isolate(&self->s.p));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, inject_late(&self->s, variant->opts.flavour, TH_SYN));
	ASSERT_EQ(0, scene_end(&self->s));
	EXPECT_EQ(0, reset_verify(&self->s, RESET(NO_LISTENER), 0));
}

SCENE_FIXTURE(reason);

static int late_reason(struct scene *s, unsigned int kind, const char *reason)
{
	const struct event *ev = reset_of(s, kind);

	return ev ? verify_reason(ev, reason) : -1;
}

TEST_F(reason, of_late_data)
{
	struct pair *p = &self->s.p;

	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, inject_as_peer(&self->s, TH_ACK, 10, false));
	ASSERT_EQ(0, fate_await(&self->s));
	ASSERT_EQ(0, scene_end(&self->s));
	EXPECT_EQ(0, late_reason(&self->s, RESET(LATE_DATA),
				 "TCP_ABORT_ON_DATA"));
}

TEST_F(reason, of_data_for_a_minisock)
{
	struct pair *p = &self->s.p;

	ASSERT_EQ(0, scene_shut(&self->s, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_FIN_WAIT2));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, give(p->them, 10));
	ASSERT_EQ(0, fate_await(&self->s));
	ASSERT_EQ(0, scene_end(&self->s));
	EXPECT_EQ(0, late_reason(&self->s, RESET(TIME_WAIT),
				 "TCP_TIMEWAIT_SOCKET"));
}

/* Where the kernel is specific it agrees with our path */
static int close_reason(struct scene *s, unsigned int path, const char *reason)
{
	const struct event *ev;

	if (scene_end(s))
		return -1;
	ev = scene_event(s);
	if (!ev)
		return -1;
	return DIFFER(ev, PATH, path) + verify_reason(ev, reason) +
	       differ("number of reset events",
		      events_count(&s->events, TYPE(RESET), s->p.cookie), 0);
}

TEST_F(reason, of_a_close_with_unread_data)
{
	struct pair *p = &self->s.p;

	ASSERT_EQ(0, give(p->them, 3));
	ASSERT_EQ(0, await_readable(p->us, 3));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, close_reason(&self->s, PATH(RST_UNREAD),
				  "TCP_ABORT_ON_CLOSE"));
}

TEST_F(reason, of_a_close_with_linger2_below_zero)
{
	struct pair *p = &self->s.p;

	ASSERT_EQ(0, set_int(p->us, IPPROTO_TCP, TCP_LINGER2, -1));
	ASSERT_EQ(0, scene_shut(&self->s, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_FIN_WAIT2));
	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, close_reason(&self->s, PATH(RST_LINGER2),
				  "TCP_ABORT_ON_LINGER"));
}

/* Here it is not: tcp_disconnect() says no more than that there was a state */
TEST_F(reason, of_a_close_with_linger0)
{
	struct pair *p = &self->s.p;

	ASSERT_EQ(0, set_linger(p->us, 0));
	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, close_reason(&self->s, PATH(RST_LINGER0), "TCP_STATE"));
}

TEST_F(reason, there_is_none_for_a_fin)
{
	ASSERT_EQ(0, deafen(self->s.p.them));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, scene_end(&self->s));
	ASSERT_NE(NULL, scene_event(&self->s));
	EXPECT_FALSE(EVENT_HAS(scene_event(&self->s), KERNEL_REASON));
}

TEST_HARNESS_MAIN
