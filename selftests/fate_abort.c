// SPDX-License-Identifier: GPL-2.0
/* Ends that one side or an administrator decides on: rows R7, X1, C1 to C5 */
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "closer.h"
#include "destroy.h"
#include "ends.h"
#include "flavours.h"
#include "inject.h"
#include "wait.h"

#define CHILDREN 3

SCENE_FIXTURE(peer_reset);

TEST_F(peer_reset, open_connection)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(PEER_RESET), .verdict = VERDICT(UNKNOWN),
		.first = SIDE(PEER), .state = STATE(ESTABLISHED),
		.open = true, .closed_later = true, .their_rsts = 1,
		.sent = 30,
		.moved = { .out_rsts = 1, .estab_resets = 2,
			   .abort_on_data = 1 },
	};

	ASSERT_EQ(0, give(p->us, 30));
	ASSERT_EQ(0, take(p->them, 30));
	ASSERT_EQ(0, await_acked(p->us));
	ASSERT_EQ(0, peer_aborts(p));
	ASSERT_EQ(0, fate_await(&self->s));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
	EXPECT_EQ(0, reset_verify(&self->s, RESET(RECEIVED), p->cookie));
}

TEST_F(peer_reset, open_connection_with_data_in_flight)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(PEER_RESET), .verdict = VERDICT(UNKNOWN), .unacked = 50,
		.first = SIDE(PEER), .state = STATE(ESTABLISHED),
		.open = true, .their_rsts = 1, .sent = 50,
		.moved = { .out_rsts = 1, .estab_resets = 2,
			   .abort_on_data = 1 },
	};

	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, give(p->us, 50));
	ASSERT_EQ(0, peer_aborts(p));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
	EXPECT_EQ(0, reset_verify(&self->s, RESET(RECEIVED), p->cookie));
}

/* The peer's FIN came first, then its RST */
TEST_F(peer_reset, in_close_wait)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(PEER_RESET), .verdict = VERDICT(UNKNOWN),
		.first = SIDE(PEER), .state = STATE(CLOSE_WAIT),
		.open = true, .their_rsts = 1,
		.moved = { .out_rsts = 1, .estab_resets = 1,
			   .abort_on_data = 1 },
	};

	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE_WAIT));
	ASSERT_EQ(0, await_state(p->them, TCP_FIN_WAIT2));
	ASSERT_EQ(0, peer_aborts(p));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
	EXPECT_EQ(0, reset_verify(&self->s, RESET(RECEIVED), p->cookie));
}

/* Nobody has it open any more, so the RST is no event of its own */
TEST_F(peer_reset, orphan)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(PEER_RESET), .verdict = VERDICT(UNKNOWN), .unacked = 40,
		.first = SIDE(LOCAL), .state = STATE(FIN_WAIT1),
		.path = PATH(FIN), .fins = 1, .fins_on_data = -1,
		.their_rsts = 1, .sent = 40,
		.moved = { .out_rsts = 1, .estab_resets = 1,
			   .abort_on_data = 1 },
	};

	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, give(p->us, 40));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, peer_aborts(p));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
	EXPECT_EQ(self->s.strays,
		  (int)events_count(&self->s.events, TYPE(RESET), 0));
}

TEST_F(peer_reset, orphan_whose_fin_alone_is_unacked)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(PEER_RESET), .verdict = VERDICT(UNKNOWN),
		.first = SIDE(LOCAL), .state = STATE(FIN_WAIT1),
		.path = PATH(FIN), .fins = 1, .their_rsts = 1,
		.moved = { .out_rsts = 1, .estab_resets = 1,
			   .abort_on_data = 1 },
	};

	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, peer_aborts(p));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

TEST_F(peer_reset, last_ack)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(PEER_RESET), .verdict = VERDICT(UNKNOWN),
		.first = SIDE(PEER), .state = STATE(LAST_ACK),
		.path = PATH(FIN), .fins = 1, .their_rsts = 1,
		.moved = { .out_rsts = 1, .abort_on_data = 1 },
	};

	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE_WAIT));
	ASSERT_EQ(0, await_state(p->them, TCP_FIN_WAIT2));
	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, peer_aborts(p));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

static const struct want_fate reset_minisock = {
	.fate = FATE(PEER_RESET), .verdict = VERDICT(DELIVERED),
	.first = SIDE(LOCAL), .state = STATE(FIN_WAIT2),
	.path = PATH(ALREADY_FIN), .fins = 1, .their_rsts = 1,
	.moved = { .out_rsts = 1, .estab_resets = 1,
		   .abort_on_data = 1 },
};

static int leave_minisock_to_rst(struct scene *s)
{
	return scene_shut(s, SHUT_WR) ?: await_state(s->p.us, TCP_FIN_WAIT2) ?:
	       scene_act(s) ?: peer_aborts(&s->p) ?: fate_await(s);
}

TEST_F(peer_reset, minisock)
{
	ASSERT_EQ(0, leave_minisock_to_rst(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &reset_minisock));
	EXPECT_EQ(self->s.strays,
		  (int)events_count(&self->s.events, TYPE(RESET), 0));
}

/* What was on its way when the peer's socket went is answered by an RST as well */
TEST_F(peer_reset, minisock_whose_peer_answers_a_late_segment)
{
	ASSERT_EQ(0, leave_minisock_to_rst(&self->s));
	ASSERT_EQ(0, inject_our_ack(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &reset_minisock));
	EXPECT_EQ(1, self->s.strays);
	EXPECT_EQ(0, reset_verify(&self->s, RESET(LATE_SEGMENT), 0));
}

SCENE_FIXTURE(killed);

TEST_F(killed, open_connection)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(KILLED), .verdict = VERDICT(UNKNOWN), .unacked = 20,
		.first = SIDE(LOCAL), .state = STATE(ESTABLISHED),
		.open = true, .closed_later = true, .rsts = 1, .sent = 20,
		.moved = { .out_rsts = 1, .estab_resets = 1 },
	};

	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, give(p->us, 20));
	ASSERT_EQ(0, destroy(&p->local, &p->remote));
	ASSERT_EQ(0, fate_await(&self->s));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
	EXPECT_EQ(0U, events_count(&self->s.events, TYPE(RESET), 0));
}

TEST_F(killed, orphan)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(KILLED), .verdict = VERDICT(UNKNOWN), .unacked = 20,
		.first = SIDE(LOCAL), .state = STATE(FIN_WAIT1),
		.path = PATH(FIN), .fins = 1, .fins_on_data = -1, .rsts = 1,
		.sent = 20, .moved = { .out_rsts = 1 },
	};
	int err;

	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, give(p->us, 20));
	ASSERT_EQ(0, scene_act(&self->s));
	err = destroy(&p->local, &p->remote);
	if (state_by_address(&p->local, &p->remote) == TCP_FIN_WAIT1)
		SKIP(return, "this kernel leaves orphans alive");
	ASSERT_EQ(0, err);
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

/* In LAST_ACK the kernel sends no RST */
TEST_F(killed, orphan_in_last_ack)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(KILLED), .verdict = VERDICT(UNKNOWN),
		.first = SIDE(PEER), .state = STATE(LAST_ACK),
		.path = PATH(FIN), .fins = 1,
	};
	int err;

	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE_WAIT));
	ASSERT_EQ(0, await_state(p->them, TCP_FIN_WAIT2));
	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, scene_act(&self->s));
	err = destroy(&p->local, &p->remote);
	if (state_by_address(&p->local, &p->remote) == TCP_LAST_ACK)
		SKIP(return, "this kernel leaves orphans alive");
	ASSERT_EQ(0, err);
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

TEST_F(killed, minisock)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(KILLED), .verdict = VERDICT(DELIVERED),
		.first = SIDE(LOCAL), .state = STATE(FIN_WAIT2),
		.path = PATH(ALREADY_FIN), .fins = 1,
	};
	int err;

	ASSERT_EQ(0, scene_shut(&self->s, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_FIN_WAIT2));
	ASSERT_EQ(0, scene_act(&self->s));
	err = destroy(&p->local, &p->remote);
	if (err == -EOPNOTSUPP)
		SKIP(return, "this kernel does not destroy minisocks");
	ASSERT_EQ(0, err);
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

SCENE_FIXTURE(disconnected);

static int disconnect(int fd)
{
	struct sockaddr to = { .sa_family = AF_UNSPEC };

	return connect(fd, &to, sizeof(to));
}

TEST_F(disconnected, with_reset)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(DISCONNECTED), .verdict = VERDICT(UNKNOWN),
		.unacked = 20, .first = SIDE(LOCAL), .state = STATE(ESTABLISHED),
		.open = true, .rsts = 1, .sent = 20,
		.moved = { .out_rsts = 1, .estab_resets = 1 },
	};

	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, give(p->us, 20));
	ASSERT_EQ(0, disconnect(p->us));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
	EXPECT_EQ(0U, events_count(&self->s.events, TYPE(RESET), 0));
}

/* One fate for each connection, though both were of one socket */
TEST_F(disconnected, and_connected_again)
{
	struct pair *p = &self->s.p;
	struct pair again = { .listener = tcp_listen(variant->opts.flavour, 1) };

	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, disconnect(p->us));
	ASSERT_EQ(0, tcp_connect(p->us, variant->opts.flavour, again.listener));
	again.them = accept(again.listener, NULL, NULL);
	ASSERT_GE(again.them, 0);
	ASSERT_EQ(0, set_linger(p->us, 0));
	ASSERT_EQ(0, close(p->us));
	p->us = -1;
	again.us = -1;
	pair_close(&again);
	ASSERT_EQ(0, scene_end(&self->s));
	ASSERT_EQ(2U, events_count(&self->s.events, TYPE(FATE), p->cookie));
	EXPECT_EQ((unsigned int)FATE(DISCONNECTED),
		  EVENT_NUM(fate_event(&self->s), FATE));
	EXPECT_EQ((unsigned int)FATE(ABORTED),
		  EVENT_NUM(events_nth(&self->s.events, TYPE(FATE), p->cookie,
				       1), FATE));
}

/* A thread that waits in recv() for one byte */
struct reader {
	pthread_t thread;
	pid_t tid;
	int fd;
};

static void *reader_main(void *arg)
{
	struct reader *r = arg;
	char byte;

	__atomic_store_n(&r->tid, gettid(), __ATOMIC_RELEASE);
	(void)!recv(r->fd, &byte, 1, 0);
	return NULL;
}

static bool reader_waits(const struct reader *r)
{
	pid_t tid = __atomic_load_n(&r->tid, __ATOMIC_ACQUIRE);
	char path[48], state = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	f = tid ? fopen(path, "r") : NULL;
	if (!f)
		return false;
	if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	fclose(f);
	return state == 'S';
}

/* 5.10 refuses with EBUSY, and nothing has happened; later kernels obey */
TEST_F(disconnected, while_a_thread_reads)
{
	struct pair *p = &self->s.p;
	struct want_fate obeyed = {
		.fate = FATE(DISCONNECTED), .verdict = VERDICT(UNKNOWN),
		.first = SIDE(LOCAL), .state = STATE(ESTABLISHED),
		.open = true, .rsts = 1,
		.moved = { .out_rsts = 1, .estab_resets = 2 },
	};
	struct want_fate refused = {
		.fate = FATE(ACKED), .verdict = VERDICT(DELIVERED),
		.first = SIDE(PEER), .state = STATE(LAST_ACK),
		.path = PATH(FIN), .fins = 1,
	};
	struct reader r = { .fd = p->us };
	int err;

	ASSERT_EQ(0, pthread_create(&r.thread, NULL, reader_main, &r));
	ASSERT_TRUE(WAIT_FOR(reader_waits(&r)));
	err = disconnect(p->us) ? errno : 0;
	if (err) {
		ASSERT_EQ(EBUSY, err);
		ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	}
	ASSERT_EQ(0, pthread_join(r.thread, NULL));
	if (err)
		ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, err ? &refused : &obeyed));
}

SCENE_FIXTURE(aborted);

TEST_F(aborted, by_unread_data)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(ABORTED), .verdict = VERDICT(UNKNOWN), .unacked = 60,
		.first = SIDE(LOCAL), .state = STATE(ESTABLISHED),
		.path = PATH(RST_UNREAD), .rsts = 1, .sent = 60,
		.moved = { .out_rsts = 1, .estab_resets = 1,
			   .abort_on_close = 1 },
	};

	ASSERT_EQ(0, give(p->them, 3));
	ASSERT_EQ(0, await_readable(p->us, 3));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, give(p->us, 60));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

/* The FIN was acked before the abort: so was all that went before it */
TEST_F(aborted, in_fin_wait2_after_all_was_delivered)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(ABORTED), .verdict = VERDICT(DELIVERED),
		.first = SIDE(LOCAL), .state = STATE(FIN_WAIT2),
		.path = PATH(RST_UNREAD), .fins = 1, .rsts = 1, .sent = 10,
		.moved = { .out_rsts = 1, .abort_on_close = 1 },
	};

	ASSERT_EQ(0, give(p->us, 10));
	ASSERT_EQ(0, await_acked(p->us));
	ASSERT_EQ(0, give(p->them, 3));
	ASSERT_EQ(0, await_readable(p->us, 3));
	ASSERT_EQ(0, scene_shut(&self->s, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_FIN_WAIT2));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

TEST_F(aborted, by_linger0_after_the_peers_fin)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(ABORTED), .verdict = VERDICT(UNKNOWN),
		.first = SIDE(PEER), .state = STATE(CLOSE_WAIT),
		.path = PATH(RST_LINGER0), .rsts = 1,
		.moved = { .out_rsts = 1, .estab_resets = 1,
			   .abort_on_data = 1 },
	};

	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE_WAIT));
	ASSERT_EQ(0, await_state(p->them, TCP_FIN_WAIT2));
	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, set_linger(p->us, 0));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

TEST_F(aborted, by_linger0_without_a_packet)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(ABORTED), .verdict = VERDICT(UNKNOWN),
		.first = SIDE(PEER), .state = STATE(LAST_ACK),
		.path = PATH(LINGER0_SILENT), .fins = 1,
		.moved = { .abort_on_data = 1 },
	};

	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE_WAIT));
	ASSERT_EQ(0, await_state(p->them, TCP_FIN_WAIT2));
	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, scene_shut(&self->s, SHUT_WR));
	ASSERT_EQ(0, set_linger(p->us, 0));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

/* Neither side has sent FIN or RST, and neither ever will */
TEST_F(aborted, by_repair_without_a_packet)
{
	struct want_fate want = {
		.fate = FATE(ABORTED), .verdict = VERDICT(UNKNOWN),
		.first = SIDE(UNKNOWN), .state = STATE(ESTABLISHED),
		.path = PATH(REPAIR), .moved = { .estab_resets = 1 },
	};

	ASSERT_EQ(0, set_int(self->s.p.us, IPPROTO_TCP, TCP_REPAIR, 1));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

/* The death of the process is told with the fate as with the close */
TEST_F(aborted, by_a_signals_death)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(ABORTED), .verdict = VERDICT(UNKNOWN),
		.first = SIDE(LOCAL), .state = STATE(ESTABLISHED),
		.path = PATH(RST_UNREAD), .why = WHY(SIGNAL), .rsts = 1,
		.moved = { .out_rsts = 1, .estab_resets = 1,
			   .abort_on_close = 1 },
	};
	struct holder h;

	ASSERT_EQ(0, give(p->them, 3));
	ASSERT_EQ(0, await_readable(p->us, 3));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, holder_start(&h, &self->s, NULL, NULL));
	self->s.acted[0] = clock_ns(CLOCK_REALTIME);
	ASSERT_EQ(0, holder_kill(&h));
	self->s.acted[1] = clock_ns(CLOCK_REALTIME);
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

BARE_FIXTURE(children);

/* Of connections that no program ever had, too, each has its fate */
TEST_F(children, of_a_listener_are_aborted_with_it)
{
	struct events *e = &self->s.events;
	int fd[CHILDREN], listener = tcp_listen(IPV4, CHILDREN);
	struct address a;
	int found = 0;

	ASSERT_EQ(0, address_of(listener, false, &a));
	for (int i = 0; i < CHILDREN; i++) {
		fd[i] = tcp_socket(IPV4);
		ASSERT_EQ(0, tcp_connect(fd[i], IPV4, listener));
		ASSERT_EQ(0, deafen(fd[i]));
	}
	ASSERT_EQ(0, close(listener));
	ASSERT_EQ(0, scene_end(&self->s));
	for (size_t i = 0; i < e->n; i++) {
		const struct event *ev = &e->list[i];

		if (EVENT_NUM(ev, TYPE) != TYPE(FATE) ||
		    EVENT_NUM(ev, LOCAL_PORT) != a.port)
			continue;
		EXPECT_EQ((unsigned int)FATE(ABORTED), EVENT_NUM(ev, FATE));
		EXPECT_EQ((unsigned int)SIDE(LOCAL),
			  EVENT_NUM(ev, CLOSED_FIRST));
		found++;
	}
	EXPECT_EQ(CHILDREN, found);
	for (int i = 0; i < CHILDREN; i++)
		close(fd[i]);
}

TEST_HARNESS_MAIN
