// SPDX-License-Identifier: GPL-2.0
/* On one host the peer's events are recorded before the close that caused them */
#include <linux/closewatch.h>

#include "explain/order.h"
#include "kselftest_harness.h"

#define US	TO(51234)
#define TO(port) .family = 2, .local_port = 80, .remote_port = port,	\
		.local_addr = { 4, { 10, 0, 0, 1 } },			\
		.remote_addr = { 4, { 10, 0, 0, 2 } }, .cookie = 1
#define THEM	.family = 2, .local_port = 51234, .remote_port = 80,	\
		.local_addr = { 4, { 10, 0, 0, 2 } },			\
		.remote_addr = { 4, { 10, 0, 0, 1 } }, .cookie = 2
#define MAPPED(n) { 16, { [10] = 0xff, 0xff, 10, 0, 0, n } }
#define CLOSE(which)	.type = CLOSEWATCH_EVENT_TYPE_CLOSE,		\
			.path = CLOSEWATCH_PATH_##which
#define FATE(which)	.type = CLOSEWATCH_EVENT_TYPE_FATE,		\
			.fate = CLOSEWATCH_FATE_##which
#define RESET(which)	.type = CLOSEWATCH_EVENT_TYPE_RESET,		\
			.reset_kind = CLOSEWATCH_RESET_KIND_##which
#define STATE(which)	.state = CLOSEWATCH_STATE_##which

FIXTURE(order)
{
};

FIXTURE_VARIANT(order)
{
	struct cw_msg_event first, second;	/* as recorded */
	bool turned;
};

FIXTURE_SETUP(order)
{
}

FIXTURE_TEARDOWN(order)
{
}

FIXTURE_VARIANT_ADD(order, rst_of_a_close) {
	.first = { RESET(RECEIVED), THEM },
	.second = { CLOSE(RST_UNREAD), US },
	.turned = true,
};

FIXTURE_VARIANT_ADD(order, rst_of_a_v4mapped_close) {
	.first = { RESET(RECEIVED), THEM },
	.second = {
		CLOSE(RST_LINGER0), .family = 10, .local_port = 80,
		.remote_port = 51234, .local_addr = MAPPED(1),
		.remote_addr = MAPPED(2),
	},
	.turned = true,
};

FIXTURE_VARIANT_ADD(order, rst_of_a_listener) {
	.first = { RESET(RECEIVED), THEM },
	.second = { CLOSE(LISTENER), .local_port = 80, .children_reset = 1 },
	.turned = true,
};

FIXTURE_VARIANT_ADD(order, fate_of_the_peer) {
	.first = { FATE(PEER_RESET), THEM },
	.second = { CLOSE(RST_UNREAD), US },
	.turned = true,
};

FIXTURE_VARIANT_ADD(order, close_of_what_the_rst_had_ended) {
	.first = {
		CLOSE(ALREADY_CLOSED), THEM, .since_ended_ns = 9,
		.ended_by = CLOSEWATCH_FATE_PEER_RESET,
	},
	.second = { CLOSE(RST_UNREAD), US },
	.turned = true,
};

FIXTURE_VARIANT_ADD(order, own_end_of_a_close) {
	.first = { FATE(ABORTED), US },
	.second = { CLOSE(RST_UNREAD), US },
	.turned = true,
};

FIXTURE_VARIANT_ADD(order, close_after_a_fin) {
	.first = { CLOSE(FIN), STATE(CLOSE_WAIT), THEM },
	.second = { CLOSE(FIN), STATE(ESTABLISHED), US },
	.turned = true,
};

/* Both in order already */
FIXTURE_VARIANT_ADD(order, fin_and_close) {
	.first = { CLOSE(FIN), STATE(ESTABLISHED), US },
	.second = { CLOSE(FIN), STATE(CLOSE_WAIT), THEM },
};

FIXTURE_VARIANT_ADD(order, rst_of_another_connection) {
	.first = { RESET(RECEIVED), THEM },
	.second = {
		CLOSE(RST_UNREAD), TO(51235),
	},
};

FIXTURE_VARIANT_ADD(order, rst_that_was_sent) {
	.first = { RESET(BAD_SEGMENT), THEM },
	.second = { CLOSE(RST_UNREAD), US },
};

FIXTURE_VARIANT_ADD(order, end_by_a_timer) {
	.first = {
		CLOSE(ALREADY_CLOSED), THEM, .since_ended_ns = 9,
		.ended_by = CLOSEWATCH_FATE_USER_TIMEOUT,
	},
	.second = { CLOSE(RST_UNREAD), US },
};

FIXTURE_VARIANT_ADD(order, close_that_sent_no_rst) {
	.first = { RESET(RECEIVED), THEM },
	.second = { CLOSE(LINGER0_SILENT), US },
};

FIXTURE_VARIANT_ADD(order, ports_used_again) {
	.first = { RESET(RECEIVED), THEM, .time = 1000 },
	.second = {
		CLOSE(RST_UNREAD), US, .time = 2000, .age_ns = 500,
		.present = 1ULL << CLOSEWATCH_A_EVENT_AGE_NS,
	},
};

/* Numbers of the events, in order */
struct shown {
	uint64_t seq[4];
	unsigned int n;
};

static void put(struct cw_order *o, const struct cw_msg_event *ev,
		struct shown *s, uint64_t seq)
{
	struct cw_msg_event *next = cw_order_next(o);

	*next = *ev;
	next->seq = seq;
	if (!cw_order_hold(o))
		s->seq[s->n++] = seq;
}

TEST_F(order, is_that_of_cause_and_effect)
{
	static const struct cw_msg_event other = { CLOSE(FIN), .cookie = 3 };
	struct cw_order o = { .count = 0 };
	struct shown s = { .n = 0 };
	unsigned int i;

	put(&o, &other, &s, 0);
	put(&o, &variant->first, &s, 1);
	put(&o, &other, &s, 2);
	put(&o, &variant->second, &s, 3);
	ASSERT_EQ(4, s.n + o.count);
	for (i = 0; i < o.count; i++)
		s.seq[s.n++] = o.list[o.at[i]].seq;
	EXPECT_EQ(0, s.seq[0]);
	EXPECT_EQ(variant->turned ? 3 : 1, s.seq[1]);
	EXPECT_EQ(variant->turned ? 1 : 2, s.seq[2]);
	EXPECT_EQ(variant->turned ? 2 : 3, s.seq[3]);
}

/* With its peer elsewhere nothing precedes it. */
TEST(a_close_without_an_effect_before_it_is_not_held)
{
	static const struct cw_msg_event rst = { CLOSE(RST_UNREAD), US };
	static const struct cw_msg_event fin = {
		CLOSE(FIN), STATE(ESTABLISHED), US,
	};
	struct cw_order o = { .count = 0 };
	struct shown s = { .n = 0 };

	put(&o, &rst, &s, 0);
	put(&o, &fin, &s, 1);
	EXPECT_EQ(2, s.n);
	EXPECT_EQ(0, o.count);
}

TEST_HARNESS_MAIN
