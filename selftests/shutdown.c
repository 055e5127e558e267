// SPDX-License-Identifier: GPL-2.0
/* shutdown(2) on every state, and writing after it */
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>

#include "ends.h"
#include "flavours.h"
#include "netns.h"
#include "verify.h"
#include "wait.h"

/* What one shutdown should have done; as struct want, for the rest */
struct want_shutdown {
	unsigned int how;
	struct want w;
};

static const struct event *shutdown_event(const struct scene *s)
{
	return events_nth(&s->events, TYPE(SHUTDOWN), s->p.cookie, 0);
}

/* Exactly one shutdown event for our end; no close, unless the test made one */
static int shutdown_verify(struct scene *s, const struct want_shutdown *w)
{
	const struct event *ev;
	int bad;

	if (scene_end(s))
		return -1;
	bad = counters_diff(&s->before, &s->after, &w->w.moved);
	bad += verify_wire(s, &w->w);
	bad += differ("number of shutdown events",
		      events_count(&s->events, TYPE(SHUTDOWN), s->p.cookie), 1);
	bad += differ("number of close events",
		      events_count(&s->events, TYPE(CLOSE), s->p.cookie), 0);
	bad += differ("lost events", events_lost(&s->events), 0);
	ev = shutdown_event(s);
	if (!ev)
		return bad;
	bad += DIFFER(ev, HOW, w->how) + PRESENT(ev, HOW);
	bad += verify_identity(s, ev, w->w.listener);
	bad += verify_closer(s, ev, w->w.why) + verify_verdict(ev, &w->w);
	return bad + ABSENT(ev, LINGER_OUTCOME) + ABSENT(ev, FATE);
}

SCENE_FIXTURE(shut);

TEST_F(shut, established_wr_sends_fin)
{
	struct pair *p = &self->s.p;
	struct want_shutdown want = { HOW(WR), {
		.path = PATH(FIN), .fin = FIN(ALONE),
		.state = STATE(ESTABLISHED), .new_state = STATE(FIN_WAIT1),
		.unread = 7, .received = 7, .sent = 20, .acked = 20, .fins = 1,
	} };

	ASSERT_EQ(0, give(p->us, 20));
	ASSERT_EQ(0, take(p->them, 20));
	ASSERT_EQ(0, give(p->them, 7));
	ASSERT_EQ(0, await_readable(p->us, 7));
	ASSERT_EQ(0, await_acked(p->us));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, scene_shut(&self->s, SHUT_WR));
	EXPECT_EQ(0, shutdown_verify(&self->s, &want));
}

TEST_F(shut, established_rdwr_sends_fin)
{
	struct want_shutdown want = { HOW(RDWR), {
		.path = PATH(FIN), .fin = FIN(ALONE),
		.state = STATE(ESTABLISHED), .new_state = STATE(FIN_WAIT1),
		.fins = 1,
	} };

	ASSERT_EQ(0, deafen(self->s.p.them));
	ASSERT_EQ(0, scene_shut(&self->s, SHUT_RDWR));
	EXPECT_EQ(0, shutdown_verify(&self->s, &want));
}

TEST_F(shut, established_rd_is_a_flag)
{
	struct want_shutdown want = { HOW(RD), {
		.path = PATH(FLAG_ONLY),
		.state = STATE(ESTABLISHED), .new_state = STATE(ESTABLISHED),
	} };

	ASSERT_EQ(0, scene_shut(&self->s, SHUT_RD));
	EXPECT_EQ(0, shutdown_verify(&self->s, &want));
}

TEST_F(shut, established_wr_with_data_in_flight)
{
	struct pair *p = &self->s.p;
	struct want_shutdown want = { HOW(WR), {
		.path = PATH(FIN), .fin = FIN(ALONE),
		.state = STATE(ESTABLISHED), .new_state = STATE(FIN_WAIT1),
		.unacked = 20, .sent = 20, .fins = 1, .fins_on_data = -1,
	} };

	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, give(p->us, 20));
	ASSERT_EQ(0, scene_shut(&self->s, SHUT_WR));
	EXPECT_EQ(0, shutdown_verify(&self->s, &want));
}

/* Corked data goes out with the FIN on it */
TEST_F(shut, established_wr_pushes_corked_data)
{
	struct pair *p = &self->s.p;
	struct want_shutdown want = { HOW(WR), {
		.path = PATH(FIN_BEHIND_DATA), .fin = FIN(BEHIND_DATA),
		.state = STATE(ESTABLISHED), .new_state = STATE(FIN_WAIT1),
		.unsent = 50, .sent_later = 50, .fins = 1, .fins_on_data = 1,
	} };

	ASSERT_EQ(0, set_int(p->us, IPPROTO_TCP, TCP_CORK, 1));
	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, give(p->us, 50));
	ASSERT_EQ(50, unsent_bytes(p->us));
	ASSERT_EQ(0, scene_shut(&self->s, SHUT_WR));
	EXPECT_EQ(0, shutdown_verify(&self->s, &want));
}

TEST_F(shut, close_wait_wr_sends_fin)
{
	struct pair *p = &self->s.p;
	struct want_shutdown want = { HOW(WR), {
		.path = PATH(FIN), .fin = FIN(ALONE),
		.state = STATE(CLOSE_WAIT), .new_state = STATE(LAST_ACK),
		.fins = 1,
	} };

	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE_WAIT));
	ASSERT_EQ(0, await_state(p->them, TCP_FIN_WAIT2));
	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, scene_shut(&self->s, SHUT_WR));
	EXPECT_EQ(0, shutdown_verify(&self->s, &want));
}

TEST_F(shut, close_wait_rd_is_a_flag)
{
	struct pair *p = &self->s.p;
	struct want_shutdown want = { HOW(RD), {
		.path = PATH(FLAG_ONLY),
		.state = STATE(CLOSE_WAIT), .new_state = STATE(CLOSE_WAIT),
	} };

	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE_WAIT));
	ASSERT_EQ(0, scene_shut(&self->s, SHUT_RD));
	EXPECT_EQ(0, shutdown_verify(&self->s, &want));
}

/* By a second process, say: its own end of the matter is only a flag */
TEST_F(shut, again_in_fin_wait1_and_fin_wait2)
{
	struct pair *p = &self->s.p;
	const struct event *ev;

	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, scene_shut(&self->s, SHUT_WR));
	ASSERT_EQ(0, shutdown(p->us, SHUT_WR));
	ASSERT_EQ(0, undeafen(p->them));
	ASSERT_EQ(0, await_state(p->us, TCP_FIN_WAIT2));
	ASSERT_EQ(0, shutdown(p->us, SHUT_RDWR));
	ASSERT_EQ(0, scene_end(&self->s));
	ASSERT_EQ(3U, events_count(&self->s.events, TYPE(SHUTDOWN), p->cookie));
	for (int i = 1; i < 3; i++) {
		unsigned int state = i == 1 ? STATE(FIN_WAIT1) :
					      STATE(FIN_WAIT2);

		ev = events_nth(&self->s.events, TYPE(SHUTDOWN), p->cookie, i);
		EXPECT_EQ((unsigned int)PATH(FLAG_ONLY), EVENT_NUM(ev, PATH));
		EXPECT_EQ((unsigned int)FIN(NONE), EVENT_NUM(ev, FIN));
		EXPECT_EQ(state, EVENT_NUM(ev, STATE));
		EXPECT_EQ(state, EVENT_NUM(ev, NEW_STATE));
	}
}

/* Two events, the close's own saying that the FIN had gone before */
TEST_F(shut, close_after_it_adds_nothing)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(ALREADY_FIN),
		.state = STATE(FIN_WAIT1), .new_state = STATE(FIN_WAIT1),
		.fins = 1,
	};

	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, scene_shut(&self->s, SHUT_WR));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
	EXPECT_EQ(1U, events_count(&self->s.events, TYPE(SHUTDOWN), p->cookie));
}

TEST_F(shut, closed_is_not_connected)
{
	struct pair *p = &self->s.p;
	struct want_shutdown want = { HOW(RDWR), {
		.path = PATH(NONE),
		.state = STATE(CLOSE), .new_state = STATE(CLOSE),
		.their_rsts = 1,
		.moved = { .out_rsts = 1, .estab_resets = 2,
			   .abort_on_data = 1 },
	} };

	ASSERT_EQ(0, set_linger(p->them, 0));
	ASSERT_EQ(0, close(p->them));
	p->them = -1;
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE));
	ASSERT_EQ(-1, scene_shut(&self->s, SHUT_RDWR));
	ASSERT_EQ(ENOTCONN, errno);
	EXPECT_EQ(0, shutdown_verify(&self->s, &want));
}

/* The same with data that the peer's window keeps back */
FIXTURE(shut_stuck) {
	struct scene s;
	int given;
};

FIXTURE_SETUP(shut_stuck)
{
	struct pair_opts opts = { .our_sndbuf = 65536, .their_rcvbuf = 8192 };

	ASSERT_EQ(0, scene_open(&self->s, &opts));
	self->given = give_until_stuck(self->s.p.us);
	ASSERT_GT(self->given, 0);
}

FIXTURE_TEARDOWN(shut_stuck)
{
	scene_close(&self->s);
}

TEST_F(shut_stuck, fin_waits_behind_the_data)
{
	struct pair *p = &self->s.p;
	int unsent = unsent_bytes(p->us), sent = self->given - unsent;
	struct want_shutdown want = { HOW(WR), {
		.path = PATH(FIN_BEHIND_DATA), .fin = FIN(BEHIND_DATA),
		.state = STATE(ESTABLISHED), .new_state = STATE(FIN_WAIT1),
		.unsent = unsent, .sent = sent, .acked = sent,
	} };

	ASSERT_EQ(0, scene_shut(&self->s, SHUT_WR));
	EXPECT_EQ(0, shutdown_verify(&self->s, &want));
}

/* States in which there is no connection yet */
FIXTURE(early) {
	struct scene s;
	int listener;
};

FIXTURE_VARIANT(early) {
	enum flavour flavour;
	int how;
};

FIXTURE_VARIANT_ADD(early, ipv4_rd) {
	.flavour = IPV4,
	.how = SHUT_RD,
};

FIXTURE_VARIANT_ADD(early, ipv6_wr) {
	.flavour = IPV6,
	.how = SHUT_WR,
};

FIXTURE_VARIANT_ADD(early, v4mapped_rdwr) {
	.flavour = V4MAPPED,
	.how = SHUT_RDWR,
};

FIXTURE_SETUP(early)
{
	ASSERT_EQ(0, scene_open_bare(&self->s));
	self->listener = tcp_listen(variant->flavour, 4);
	ASSERT_GE(self->listener, 0);
}

FIXTURE_TEARDOWN(early)
{
	close(self->listener);
	scene_close(&self->s);
}

/* Commonly believed to send RST, but does not */
TEST_F(early, syn_sent_is_given_up_silently)
{
	struct want_shutdown want = { variant->how, {
		.path = PATH(SYN_SENT),
		.state = STATE(SYN_SENT), .new_state = STATE(CLOSE),
	} };
	int fd = tcp_socket(variant->flavour);

	ASSERT_EQ(0, deafen(self->listener));
	ASSERT_EQ(0, fcntl(fd, F_SETFL, O_NONBLOCK));
	ASSERT_EQ(-1, tcp_connect(fd, variant->flavour, self->listener));
	ASSERT_EQ(0, scene_watch(&self->s, fd));
	ASSERT_EQ(0, address_of(self->listener, false, &self->s.p.remote));
	ASSERT_EQ(TCP_SYN_SENT, tcp_state(fd));
	ASSERT_EQ(0, scene_shut(&self->s, variant->how));
	EXPECT_EQ(0, shutdown_verify(&self->s, &want));
}

/* The write side of a listener is nothing; the read side is the listener */
TEST_F(early, listener)
{
	bool stops = variant->how != SHUT_WR;
	struct want_shutdown want = { variant->how, {
		.path = stops ? PATH(LISTENER) : PATH(NONE), .listener = true,
		.state = STATE(LISTEN),
		.new_state = stops ? STATE(CLOSE) : STATE(LISTEN),
		.children = stops, .children_reset = stops, .rsts = stops,
		.moved = { .out_rsts = stops, .estab_resets = stops },
	} };
	int client = tcp_socket(variant->flavour);

	ASSERT_EQ(0, tcp_connect(client, variant->flavour, self->listener));
	ASSERT_EQ(0, deafen(client));
	ASSERT_EQ(0, scene_watch(&self->s, dup(self->listener)));
	ASSERT_EQ(0, scene_shut(&self->s, variant->how));
	EXPECT_EQ(0, shutdown_verify(&self->s, &want));
	close(client);
}

TEST_F(early, never_connected)
{
	struct want_shutdown want = { variant->how, {
		.path = PATH(NONE),
		.state = STATE(CLOSE), .new_state = STATE(CLOSE),
	} };

	ASSERT_EQ(0, scene_watch(&self->s, tcp_socket(variant->flavour)));
	ASSERT_EQ(-1, scene_shut(&self->s, variant->how));
	ASSERT_EQ(ENOTCONN, errno);
	EXPECT_EQ(0, shutdown_verify(&self->s, &want));
}

SCENE_FIXTURE(write_after);

static void ignore(int sig)
{
}

/* @fate: of the connection; FATE(UNKNOWN): it goes on */
static int write_verify(struct scene *s, int sigpipe, unsigned int state,
			unsigned int fate)
{
	const struct event *ev;
	int bad;

	if (scene_end(s))
		return -1;
	bad = differ("number of writes after shutdown",
		     events_count(&s->events, TYPE(WRITE_AFTER_SHUTDOWN), 0),
		     1);
	ev = events_nth(&s->events, TYPE(WRITE_AFTER_SHUTDOWN), s->p.cookie, 0);
	if (!ev)
		return bad + 1;
	/* The signal's own name is a macro, which the usual ones would expand */
	bad += differ("SIGPIPE", ev->num[CLOSEWATCH_A_EVENT_SIGPIPE], sigpipe);
	bad += differ("presence of SIGPIPE",
		      ev->has >> CLOSEWATCH_A_EVENT_SIGPIPE & 1, 1);
	bad += DIFFER(ev, STATE, state) + ABSENT(ev, PATH);
	bad += DIFFER(ev, FATE, fate);
	bad += differ("presence of FATE", EVENT_HAS(ev, FATE), fate != FATE(UNKNOWN));
	return bad + verify_identity(s, ev, false) +
	       verify_closer(s, ev, WHY(CLOSE));
}

TEST_F(write_after, shutdown_raises_sigpipe)
{
	struct sigaction handler = { .sa_handler = ignore };
	struct pair *p = &self->s.p;

	ASSERT_EQ(0, sigaction(SIGPIPE, &handler, NULL));
	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, scene_shut(&self->s, SHUT_WR));
	ASSERT_EQ(-1, write(p->us, "x", 1));
	ASSERT_EQ(EPIPE, errno);
	EXPECT_EQ(0, write_verify(&self->s, 1, STATE(FIN_WAIT1),
				  FATE(UNKNOWN)));
}

TEST_F(write_after, shutdown_without_sigpipe)
{
	struct pair *p = &self->s.p;

	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, scene_shut(&self->s, SHUT_RDWR));
	ASSERT_EQ(-1, send(p->us, "x", 1, MSG_NOSIGNAL));
	ASSERT_EQ(EPIPE, errno);
	EXPECT_EQ(0, write_verify(&self->s, 0, STATE(FIN_WAIT1),
				  FATE(UNKNOWN)));
}

TEST_F(write_after, shutdown_in_close_wait)
{
	struct pair *p = &self->s.p;

	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE_WAIT));
	ASSERT_EQ(0, await_state(p->them, TCP_FIN_WAIT2));
	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, scene_shut(&self->s, SHUT_WR));
	ASSERT_EQ(-1, send(p->us, "x", 1, MSG_NOSIGNAL));
	EXPECT_EQ(0, write_verify(&self->s, 0, STATE(LAST_ACK),
				  FATE(UNKNOWN)));
}

/* SHUT_RD does not keep anybody from writing */
TEST_F(write_after, shutdown_of_the_read_side_is_no_error)
{
	struct pair *p = &self->s.p;

	ASSERT_EQ(0, scene_shut(&self->s, SHUT_RD));
	ASSERT_EQ(0, give(p->us, 1));
	ASSERT_EQ(0, scene_end(&self->s));
	EXPECT_EQ(0U, events_count(&self->s.events, TYPE(WRITE_AFTER_SHUTDOWN),
				   0));
}

/* As a program does that ignores the first */
TEST_F(write_after, shutdown_again_and_again_is_told_once)
{
	struct pair *p = &self->s.p;

	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, scene_shut(&self->s, SHUT_WR));
	for (int i = 0; i < 5; i++)
		ASSERT_EQ(-1, send(p->us, "x", 1, MSG_NOSIGNAL));
	EXPECT_EQ(0, write_verify(&self->s, 0, STATE(FIN_WAIT1),
				  FATE(UNKNOWN)));
}

/* Both sides have: the connection is over, but not broken */
TEST_F(write_after, both_fins)
{
	struct pair *p = &self->s.p;

	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE_WAIT));
	ASSERT_EQ(0, scene_shut(&self->s, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE));
	ASSERT_EQ(-1, send(p->us, "x", 1, MSG_NOSIGNAL));
	EXPECT_EQ(0, write_verify(&self->s, 0, STATE(CLOSE), FATE(ACKED)));
}

/* The error that waits on the socket is told first, and is not this one */
TEST_F(write_after, reset_by_the_peer_is_another_error_once)
{
	struct pair *p = &self->s.p;

	ASSERT_EQ(0, set_linger(p->them, 0));
	ASSERT_EQ(0, close(p->them));
	p->them = -1;
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE));
	ASSERT_EQ(-1, send(p->us, "x", 1, MSG_NOSIGNAL));
	ASSERT_EQ(ECONNRESET, errno);
	ASSERT_FALSE(events_poll(&self->s.events) &&
		     events_count(&self->s.events, TYPE(WRITE_AFTER_SHUTDOWN),
				  0));
	ASSERT_EQ(-1, send(p->us, "x", 1, MSG_NOSIGNAL));
	ASSERT_EQ(EPIPE, errno);
	EXPECT_EQ(0, write_verify(&self->s, 0, STATE(CLOSE), FATE(PEER_RESET)));
}

/* The error of an RST after the peer's FIN is EPIPE itself */
TEST_F(write_after, reset_by_the_peer_in_close_wait)
{
	struct pair *p = &self->s.p;

	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE_WAIT));
	ASSERT_EQ(0, set_linger(p->them, 0));
	ASSERT_EQ(0, close(p->them));
	p->them = -1;
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE));
	ASSERT_EQ(-1, send(p->us, "x", 1, MSG_NOSIGNAL));
	ASSERT_EQ(EPIPE, errno);
	EXPECT_EQ(0, write_verify(&self->s, 0, STATE(CLOSE), FATE(PEER_RESET)));
}

/* A fast open's child may be written to and shut before the handshake is over */
FIXTURE(fast_open) {
	struct scene s;
	int listener, client, child;
};

#define FAST	5	/* bytes on the SYN */

/* 0x603: both sides, and no cookie needed on either */
FIXTURE_SETUP(fast_open)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	struct address a;

	ASSERT_EQ(0, scene_open_bare(&self->s));
	ASSERT_EQ(0, sysctl_write("net/ipv4/tcp_fastopen", "1543"));
	self->listener = tcp_listen(IPV4, 4);
	ASSERT_EQ(0, set_int(self->listener, IPPROTO_TCP, TCP_FASTOPEN, 4));
	ASSERT_EQ(0, address_of(self->listener, false, &a));
	to.sin_port = htons(a.port);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	self->client = tcp_socket(IPV4);
	ASSERT_EQ(0, deafen(self->client));
	ASSERT_EQ(0, fcntl(self->client, F_SETFL, O_NONBLOCK));
	sendto(self->client, "hello", FAST, MSG_FASTOPEN | MSG_NOSIGNAL,
	       (void *)&to, sizeof(to));
	self->child = accept(self->listener, NULL, NULL);
	ASSERT_GE(self->child, 0);
	ASSERT_EQ(TCP_SYN_RECV, tcp_state(self->child));
	ASSERT_EQ(0, scene_watch(&self->s, self->child));
}

FIXTURE_TEARDOWN(fast_open)
{
	close(self->listener);
	close(self->client);
	scene_close(&self->s);
}

TEST_F(fast_open, wr_in_syn_recv_defers_the_fin)
{
	struct want_shutdown want = { HOW(WR), {
		.path = PATH(DEFERRED),
		.unread = FAST,
		.state = STATE(SYN_RECV), .new_state = STATE(SYN_RECV),
		.received = FAST,
	} };

	ASSERT_EQ(0, scene_shut(&self->s, SHUT_WR));
	EXPECT_EQ(0, shutdown_verify(&self->s, &want));
}

/* No event of its own when it goes: the shutdown's has told of it */
TEST_F(fast_open, deferred_fin_follows_the_handshake)
{
	struct want_shutdown want = { HOW(RDWR), {
		.path = PATH(DEFERRED),
		.unread = FAST,
		.state = STATE(SYN_RECV), .new_state = STATE(SYN_RECV),
		.received = FAST,
		.fins = 1, .fins_on_data = -1,
	} };

	ASSERT_EQ(0, scene_shut(&self->s, SHUT_RDWR));
	ASSERT_EQ(0, undeafen(self->client));
	ASSERT_EQ(0, await_state(self->child, TCP_FIN_WAIT2));
	EXPECT_EQ(0, shutdown_verify(&self->s, &want));
}

TEST_F(fast_open, rd_in_syn_recv_is_a_flag)
{
	struct want_shutdown want = { HOW(RD), {
		.path = PATH(FLAG_ONLY),
		.unread = FAST,
		.state = STATE(SYN_RECV), .new_state = STATE(SYN_RECV),
		.received = FAST,
	} };

	ASSERT_EQ(0, scene_shut(&self->s, SHUT_RD));
	EXPECT_EQ(0, shutdown_verify(&self->s, &want));
}

/* Closes in that state, which no other way leads to */
TEST_F(fast_open, close_in_syn_recv_with_unread_data_resets)
{
	struct want want = {
		.path = PATH(RST_UNREAD),
		.state = STATE(SYN_RECV), .new_state = STATE(CLOSE),
		.unread = FAST, .received = FAST, .rsts = 1,
		.moved = { .out_rsts = 1, .abort_on_close = 1 },
	};

	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(fast_open, close_in_syn_recv_with_linger0_resets)
{
	struct want want = {
		.path = PATH(RST_LINGER0), .linger = true,
		.state = STATE(SYN_RECV), .new_state = STATE(CLOSE),
		.received = FAST, .rsts = 1,
		.moved = { .out_rsts = 1, .abort_on_data = 1 },
	};

	ASSERT_EQ(0, take(self->child, FAST));
	ASSERT_EQ(0, set_linger(self->child, 0));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(fast_open, close_in_syn_recv_sends_fin)
{
	struct want want = {
		.path = PATH(FIN), .fin = FIN(ALONE),
		.state = STATE(SYN_RECV), .new_state = STATE(FIN_WAIT1),
		.received = FAST, .fins = 1,
	};

	ASSERT_EQ(0, take(self->child, FAST));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

/* The handshake and both FINs come later: the fate knows who had closed */
TEST_F(fast_open, closed_in_syn_recv_comes_to_its_fate)
{
	struct want_fate want = {
		.fate = FATE(TIME_WAIT), .verdict = VERDICT(DELIVERED),
		.first = SIDE(LOCAL), .state = STATE(FIN_WAIT2),
		.path = PATH(FIN), .fins = 1, .fins_on_data = -1,
	};

	ASSERT_EQ(0, take(self->child, FAST));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, undeafen(self->client));
	ASSERT_EQ(0, await_state(self->client, TCP_CLOSE_WAIT));
	ASSERT_EQ(0, shutdown(self->client, SHUT_WR));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

TEST_HARNESS_MAIN
