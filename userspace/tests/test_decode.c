// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>
#include <stdlib.h>

#include "fixture.h"
#include "kselftest_harness.h"
#include "netlink/decode.h"

/* A copy of exactly @len bytes on the heap, so that ASan sees any overrun. */
static uint8_t *exact(const void *bytes, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	if (copy)
		memcpy(copy, bytes, len);
	return copy;
}

TEST(every_attribute_lands_in_its_member)
{
	/* As many attributes as bits, but for these two */
	const uint64_t all = ~(1ULL << CLOSEWATCH_A_EVENT_FACTS |
			       1ULL << CLOSEWATCH_A_EVENT_PAD);
	struct message m = { 0 };
	struct cw_msg_event ev;

	put_everything(&m);
	cw_decode_event(&ev, m.b, m.len);
	EXPECT_EQ(0, ev.malformed);
	EXPECT_EQ(all, ev.present);
	EXPECT_EQ(CLOSEWATCH_EVENT_TYPE_CLOSE, ev.type);
	EXPECT_EQ(1795230727123456789ULL, ev.time);
	EXPECT_EQ(3, ev.cpu);
	EXPECT_EQ(17, ev.seq);
	EXPECT_EQ(4026531840ULL, ev.netns);
	EXPECT_EQ(2, ev.family);
	EXPECT_EQ(4, ev.local_addr.len);
	EXPECT_EQ(0, memcmp(ev.local_addr.b, "\x7f\0\0\x01", 4));
	EXPECT_EQ(0, memcmp(ev.remote_addr.b, "\x7f\0\0\x02", 4));
	EXPECT_EQ(80, ev.local_port);
	EXPECT_EQ(51234, ev.remote_port);
	EXPECT_EQ(8193, ev.cookie);
	EXPECT_EQ(CLOSEWATCH_PATH_RST_UNREAD, ev.path);
	EXPECT_EQ(CLOSEWATCH_STATE_FIN_WAIT2, ev.state);
	EXPECT_EQ(CLOSEWATCH_STATE_CLOSE, ev.new_state);
	EXPECT_EQ(3812, ev.unread);
	EXPECT_EQ(7, ev.unsent);
	EXPECT_EQ(61440, ev.unacked);
	EXPECT_EQ(812, ev.sent);
	EXPECT_EQ(5, ev.retransmitted);
	EXPECT_EQ(96, ev.received);
	EXPECT_EQ(UINT64_MAX, ev.acked);
	EXPECT_EQ(1000000007, ev.age_ns);
	EXPECT_EQ(CLOSEWATCH_FIN_FORM_NONE, ev.fin);
	EXPECT_EQ(1, ev.linger_on);
	EXPECT_EQ(5, ev.linger_seconds);
	EXPECT_EQ(1200345, ev.linger_waited_ns);
	EXPECT_EQ(CLOSEWATCH_LINGER_OUTCOME_ACKED, ev.linger_outcome);
	EXPECT_EQ(CLOSEWATCH_CAUSE_CLOSE, ev.why);
	EXPECT_EQ(812, ev.pid);
	EXPECT_EQ(813, ev.tid);
	EXPECT_EQ(5, ev.comm.len);
	EXPECT_EQ(0, memcmp(ev.comm.b, "nginx", 5));
	EXPECT_EQ(33, ev.uid);
	EXPECT_EQ(4711, ev.cgroup);
	EXPECT_EQ(4, ev.children);
	EXPECT_EQ(2, ev.children_reset);
	EXPECT_EQ(3, ev.ulp.len);
	EXPECT_EQ(9, ev.count);
	EXPECT_EQ(CLOSEWATCH_LOSS_RING, ev.loss);
}

TEST(the_facts_of_ends_and_calls_land_in_theirs)
{
	struct message m = { 0 };
	struct cw_msg_event ev;

	put_everything(&m);
	cw_decode_event(&ev, m.b, m.len);
	EXPECT_EQ(CLOSEWATCH_HOW_RDWR, ev.how);
	EXPECT_EQ(6, ev.references);
	EXPECT_EQ(1, ev.sigpipe);
	EXPECT_EQ(CLOSEWATCH_FATE_RST_LATE_DATA, ev.fate);
	EXPECT_EQ(CLOSEWATCH_VERDICT_LOST, ev.verdict);
	EXPECT_EQ(8192, ev.lost_bytes);
	EXPECT_EQ(CLOSEWATCH_SIDE_LOCAL, ev.closed_first);
	EXPECT_EQ(1200000000, ev.since_close_ns);
	EXPECT_EQ(CLOSEWATCH_RESET_KIND_LISTENER, ev.reset_kind);
	EXPECT_EQ(9, ev.kernel_reason.len);
	EXPECT_EQ(1, ev.children_migrated);
	EXPECT_EQ(2, ev.syn_queue);
}

TEST(the_facts_of_policies_and_drains_land_in_theirs)
{
	struct message m = { 0 };
	struct cw_msg_event ev;

	put_everything(&m);
	cw_decode_event(&ev, m.b, m.len);
	EXPECT_EQ(11, ev.policy_id);
	EXPECT_EQ(CLOSEWATCH_ACTION_LEAVE, ev.action);
	EXPECT_EQ(1, ev.dry_run);
	EXPECT_EQ(CLOSEWATCH_DRAIN_OUTCOME_REFUSED, ev.drain_outcome);
	EXPECT_EQ(CLOSEWATCH_REFUSAL_ULP, ev.refusal);
	EXPECT_EQ(4096, ev.discarded);
	EXPECT_EQ(200000, ev.response_bytes);
	EXPECT_EQ(150000, ev.response_acked);
	EXPECT_EQ(2500000000, ev.drain_ns);
	EXPECT_EQ(1, ev.saved);
	EXPECT_EQ(195000000, ev.since_ended_ns);
	EXPECT_EQ(900000000, ev.since_received_ns);
	EXPECT_EQ(2100000000, ev.since_heard_ns);
	EXPECT_EQ(CLOSEWATCH_FATE_USER_TIMEOUT, ev.ended_by);
	EXPECT_EQ(54321, ev.inode);
}

TEST(each_attribute_of_a_wrong_length_is_left_out_and_counted)
{
	uint8_t junk[80] = { 1 };
	unsigned int type;
	size_t len;

	for (type = CLOSEWATCH_A_EVENT_TYPE; type <= CLOSEWATCH_A_EVENT_MAX;
	     type++) {
		bool text = type == CLOSEWATCH_A_EVENT_COMM ||
			    type == CLOSEWATCH_A_EVENT_ULP ||
			    type == CLOSEWATCH_A_EVENT_KERNEL_REASON;

		/* Of any length */
		if (type == CLOSEWATCH_A_EVENT_MORE)
			continue;
		for (len = text ? 65 : 0; len <= sizeof(junk); len++) {
			struct message m = { 0 };
			struct cw_msg_event ev;

			if (len == 1 || len == 2 || len == 4 || len == 8 ||
			    len == 16)
				continue;
			memset(junk, 'a', sizeof(junk));
			put(&m, type, junk, len);
			cw_decode_event(&ev, m.b, m.len);
			EXPECT_EQ(1, ev.malformed) {
				TH_LOG("type %u, length %zu", type, len);
			}
			EXPECT_EQ(0, ev.present);
		}
	}
}

/* A newer module's are longer; none are shorter. */
TEST(facts_may_be_longer_and_not_shorter)
{
	const size_t least = sizeof(struct closewatch_facts);
	struct closewatch_facts facts[2] = { some_facts() };
	size_t len;

	memset(&facts[1], 0xff, sizeof(facts[1]));
	for (len = 0; len <= sizeof(facts); len++) {
		struct message m = { 0 };
		struct cw_msg_event ev;
		uint8_t *copy;

		put(&m, CLOSEWATCH_A_EVENT_FACTS, facts, len);
		copy = exact(m.b, NLA_HDRLEN + len);
		ASSERT_NE(NULL, copy);
		cw_decode_event(&ev, copy, NLA_HDRLEN + len);
		free(copy);
		EXPECT_EQ(len < least, ev.malformed);
		EXPECT_EQ(len < least ? 0 : facts[0].has, ev.present);
		EXPECT_EQ(len < least ? 0 : 812, ev.pid);
	}
}

/* An older module sends less. */
TEST(more_may_be_shorter_and_longer)
{
	const struct closewatch_more more[2] = {
		{ .since_ended_ns = 195, .connect_error = 111 },
	};
	size_t len;

	for (len = 0; len <= sizeof(more); len += 8) {
		struct message m = { 0 };
		struct cw_msg_event ev;
		uint8_t *copy;

		put(&m, CLOSEWATCH_A_EVENT_MORE, more, len);
		copy = exact(m.b, NLA_HDRLEN + len);
		ASSERT_NE(NULL, copy);
		cw_decode_event(&ev, copy, NLA_HDRLEN + len);
		free(copy);
		EXPECT_EQ(0, ev.malformed);
		EXPECT_EQ(0, ev.present);
		EXPECT_EQ(!!len, cw_event_more(&ev, SINCE_ENDED_NS));
		EXPECT_EQ(len >= sizeof(more[0]),
			  cw_event_more(&ev, CONNECT_ERROR));
		EXPECT_EQ(len ? 195 : 0, ev.since_ended_ns);
		EXPECT_EQ(len < sizeof(more[0]) ? 0 : 111, ev.connect_error);
	}
}

TEST(facts_of_which_this_build_knows_nothing_are_not_taken)
{
	struct closewatch_facts facts = some_facts();
	struct message m = { 0 };
	struct cw_msg_event ev;

	facts.has = ~0ULL;
	put(&m, CLOSEWATCH_A_EVENT_FACTS, &facts, sizeof(facts));
	cw_decode_event(&ev, m.b, m.len);
	EXPECT_EQ(0, ev.malformed);
	EXPECT_EQ(some_facts().has, ev.present);
}

TEST(facts_of_ipv6_have_whole_addresses_and_absent_ones_none)
{
	struct closewatch_facts facts = some_facts();
	struct message m = { 0 };
	struct cw_msg_event ev;

	facts.family = 10;
	memset(facts.local_addr, 0xfe, sizeof(facts.local_addr));
	facts.has &= ~(1ULL << CLOSEWATCH_A_EVENT_REMOTE_ADDR);
	memset(facts.comm, 'x', sizeof(facts.comm));
	put(&m, CLOSEWATCH_A_EVENT_FACTS, &facts, sizeof(facts));
	cw_decode_event(&ev, m.b, m.len);
	EXPECT_EQ(16, ev.local_addr.len);
	EXPECT_EQ(0, memcmp(ev.local_addr.b, facts.local_addr, 16));
	EXPECT_EQ(0, ev.remote_addr.len);
	EXPECT_EQ(sizeof(facts.comm), ev.comm.len);
}

TEST(a_number_of_another_width_is_refused)
{
	struct message m = { 0 };
	struct cw_msg_event ev;

	put_u64(&m, CLOSEWATCH_A_EVENT_UNREAD, 1);
	put_u16(&m, CLOSEWATCH_A_EVENT_PID, 1);
	put_u32(&m, CLOSEWATCH_A_EVENT_STATE, 1);
	put_u8(&m, CLOSEWATCH_A_EVENT_LOCAL_PORT, 1);
	put_u32(&m, CLOSEWATCH_A_EVENT_COOKIE, 1);
	cw_decode_event(&ev, m.b, m.len);
	EXPECT_EQ(5, ev.malformed);
	EXPECT_EQ(0, ev.present);
}

TEST(unknown_attributes_are_skipped)
{
	struct message m = { 0 };
	struct cw_msg_event ev;

	put_u32(&m, CLOSEWATCH_A_EVENT_MAX + 1, 1);
	put(&m, 0, "", 0);
	put(&m, NLA_TYPE_MASK, "abc", 3);
	put_u32(&m, CLOSEWATCH_A_EVENT_PID, 5);
	cw_decode_event(&ev, m.b, m.len);
	EXPECT_EQ(0, ev.malformed);
	EXPECT_EQ(5, ev.pid);
}

TEST(a_string_need_not_end_with_a_nul)
{
	struct message m = { 0 };
	struct cw_msg_event ev;

	put(&m, CLOSEWATCH_A_EVENT_COMM, "ab\0cd", 5);
	put(&m, CLOSEWATCH_A_EVENT_ULP, "tls", 3);
	cw_decode_event(&ev, m.b, m.len);
	EXPECT_EQ(2, ev.comm.len);
	EXPECT_EQ(3, ev.ulp.len);
}

static bool count_event(void *arg, const struct cw_msg_event *ev)
{
	unsigned int *n = arg;

	(void)ev;
	++*n;
	return true;
}

static bool stop_at_first(void *arg, const struct cw_msg_event *ev)
{
	count_event(arg, ev);
	return false;
}

TEST(truncation_at_any_byte_is_seen_and_harmless)
{
	struct message inner = { 0 }, m = { 0 };
	unsigned int whole = 0;
	size_t cut;

	put_everything(&inner);
	put(&m, CLOSEWATCH_A_EVENT | NLA_F_NESTED, inner.b, inner.len);
	for (cut = 0; cut <= m.len; cut++) {
		unsigned int n = 0, bad;
		uint8_t *copy = exact(m.b, cut);

		ASSERT_NE(NULL, copy);
		bad = cw_decode_events(copy, cut, count_event, &n);
		free(copy);
		/* Either nothing is there, or it is whole, or it is told. */
		EXPECT_TRUE(cut == 0 || cut == m.len || bad == 1);
		whole += n;
	}
	EXPECT_EQ(1, whole);
}

TEST(truncation_inside_the_nest_keeps_what_came_before)
{
	struct message inner = { 0 };
	size_t cut;

	put_everything(&inner);
	for (cut = 0; cut <= inner.len; cut++) {
		uint8_t *copy = exact(inner.b, cut);
		struct cw_msg_event ev;

		ASSERT_NE(NULL, copy);
		cw_decode_event(&ev, copy, cut);
		free(copy);
		EXPECT_TRUE(ev.malformed <= 1);
		if (cw_event_has(&ev, PID))
			EXPECT_EQ(812, ev.pid);
		if (cw_event_has(&ev, COUNT))
			EXPECT_EQ(9, ev.count);
	}
}

TEST(an_event_without_a_type_is_counted_and_not_passed_on)
{
	struct message inner = { 0 }, m = { 0 };
	unsigned int n = 0;

	put_u32(&inner, CLOSEWATCH_A_EVENT_PID, 1);
	put(&m, CLOSEWATCH_A_EVENT, inner.b, inner.len);
	EXPECT_EQ(1, cw_decode_events(m.b, m.len, count_event, &n));
	EXPECT_EQ(0, n);
}

TEST(a_message_has_several_events_and_the_walk_can_be_stopped)
{
	struct message inner = { 0 }, m = { 0 };
	unsigned int n = 0;
	int i;

	put_u32(&inner, CLOSEWATCH_A_EVENT_TYPE, CLOSEWATCH_EVENT_TYPE_LOST);
	for (i = 0; i < 3; i++)
		put(&m, CLOSEWATCH_A_EVENT, inner.b, inner.len);
	put(&m, CLOSEWATCH_A_LISTENER, "", 0);
	EXPECT_EQ(0, cw_decode_events(m.b, m.len, count_event, &n));
	EXPECT_EQ(3, n);
	n = 0;
	cw_decode_events(m.b, m.len, stop_at_first, &n);
	EXPECT_EQ(1, n);
}

TEST(an_attribute_that_claims_too_much_ends_the_walk)
{
	struct nlattr nla = { .nla_len = 200, .nla_type = 1 };
	struct cw_msg_event ev;
	uint8_t *copy = exact(&nla, sizeof(nla));

	ASSERT_NE(NULL, copy);
	cw_decode_event(&ev, copy, sizeof(nla));
	EXPECT_EQ(1, ev.malformed);
	nla.nla_len = 3;	/* less than its own header */
	memcpy(copy, &nla, sizeof(nla));
	cw_decode_event(&ev, copy, sizeof(nla));
	EXPECT_EQ(1, ev.malformed);
	free(copy);
}

/* xorshift: the same bytes on every machine. */
static uint32_t noise(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

TEST(random_bytes_never_overrun)
{
	uint32_t seed = 0x20261121;
	unsigned int n = 0;
	int round;

	for (round = 0; round < 20000; round++) {
		size_t len = noise(&seed) % 160, i;
		uint8_t *bytes = malloc(len ? len : 1);
		struct cw_msg_listener l;
		struct cw_msg_info info;

		ASSERT_NE(NULL, bytes);
		for (i = 0; i < len; i++)
			bytes[i] = noise(&seed) >> (noise(&seed) % 25);
		cw_decode_events(bytes, len, count_event, &n);
		cw_decode_listener(&l, bytes, len);
		cw_decode_info(&info, bytes, len);
		free(bytes);
	}
}

TEST(flipped_bits_in_a_good_message_never_overrun)
{
	struct message inner = { 0 }, m = { 0 };
	uint32_t seed = 42;
	unsigned int n = 0;
	int round;

	put_everything(&inner);
	put(&m, CLOSEWATCH_A_EVENT, inner.b, inner.len);
	for (round = 0; round < 20000; round++) {
		uint8_t *copy = exact(m.b, m.len);
		int flips;

		ASSERT_NE(NULL, copy);
		for (flips = noise(&seed) % 8; flips >= 0; flips--)
			copy[noise(&seed) % m.len] ^= 1 << noise(&seed) % 8;
		cw_decode_events(copy, m.len, count_event, &n);
		free(copy);
	}
	EXPECT_NE(0, n);
}

TEST(the_listeners_figures_are_read)
{
	struct message m = { 0 };
	struct cw_msg_listener l;

	put_u64(&m, CLOSEWATCH_A_LISTENER_SENT, 1ULL << 40);
	put_u64(&m, CLOSEWATCH_A_LISTENER_LOST, 2);
	cw_decode_listener(&l, m.b, m.len);
	EXPECT_EQ(0, l.malformed);
	EXPECT_EQ(1ULL << 40, l.sent);
	EXPECT_EQ(2, l.lost);
}

TEST(the_modules_state_is_read)
{
	struct message m = { 0 };
	struct cw_msg_info info;

	put(&m, CLOSEWATCH_A_INFO_VERSION, "1.2.3", 6);
	put_u32(&m, CLOSEWATCH_A_INFO_LISTENERS, 1);
	put_u32(&m, CLOSEWATCH_A_INFO_PROBES, 2);
	put_u64(&m, CLOSEWATCH_A_INFO_EVENTS, 3);
	put_u64(&m, CLOSEWATCH_A_INFO_LOST_RING, 4);
	put_u64(&m, CLOSEWATCH_A_INFO_LOST_SOCKET, 5);
	put_u64(&m, CLOSEWATCH_A_INFO_MISSED, 6);
	put_u64(&m, CLOSEWATCH_A_INFO_INFLIGHT_FULL, 7);
	put_u32(&m, CLOSEWATCH_A_INFO_INFLIGHT, 8);
	put_u32(&m, CLOSEWATCH_A_INFO_RING_SLOTS, 9);
	put_u8(&m, CLOSEWATCH_A_INFO_BLIND, 1);
	put_u64(&m, CLOSEWATCH_A_INFO_BLIND_SECONDS, 10);
	put_u32(&m, CLOSEWATCH_A_INFO_PROBES_STUCK, 11);
	put_u32(&m, CLOSEWATCH_A_INFO_PROBES_FIRED, 12);
	put_u64(&m, CLOSEWATCH_A_INFO_EVICTED, 13);
	put_u8(&m, CLOSEWATCH_A_INFO_USERNS, 1);
	cw_decode_info(&info, m.b, m.len);
	EXPECT_EQ(0, info.malformed);
	EXPECT_EQ(5, info.version.len);
	EXPECT_EQ(1, info.listeners);
	EXPECT_EQ(2, info.probes);
	EXPECT_EQ(3, info.events);
	EXPECT_EQ(4, info.lost_ring);
	EXPECT_EQ(5, info.lost_socket);
	EXPECT_EQ(6, info.missed);
	EXPECT_EQ(7, info.inflight_full);
	EXPECT_EQ(8, info.inflight);
	EXPECT_EQ(9, info.ring_slots);
	EXPECT_EQ(1, info.blind);
	EXPECT_EQ(10, info.blind_seconds);
	EXPECT_EQ(11, info.probes_stuck);
	EXPECT_EQ(12, info.probes_fired);
	EXPECT_EQ(13, info.evicted);
	EXPECT_EQ(1, info.userns);
	EXPECT_EQ(0, info.probe_count);
}

static void put_probe(struct message *m, const char *name, bool fired)
{
	struct message nest = { 0 };

	put(&nest, CLOSEWATCH_A_PROBE_NAME, name, strlen(name) + 1);
	put_u8(&nest, CLOSEWATCH_A_PROBE_AT_RETURN, !fired);
	put_u8(&nest, CLOSEWATCH_A_PROBE_FIRED, fired);
	put(m, CLOSEWATCH_A_INFO_PROBE, nest.b, nest.len);
}

/* More than there is room for are left out. */
TEST(each_of_the_modules_probes_is_read)
{
	struct message m = { 0 };
	struct cw_msg_info info;
	int i;

	put_probe(&m, "tcp_abort", false);
	put_u32(&m, CLOSEWATCH_A_INFO_PROBES, 2);
	put_probe(&m, "tcp_reset", true);
	cw_decode_info(&info, m.b, m.len);
	EXPECT_EQ(0, info.malformed);
	ASSERT_EQ(2, info.probe_count);
	EXPECT_EQ(0, memcmp("tcp_abort", info.probe[0].name.b, 9));
	EXPECT_EQ(1, info.probe[0].at_return);
	EXPECT_EQ(0, info.probe[0].fired);
	EXPECT_EQ(0, memcmp("tcp_reset", info.probe[1].name.b, 9));
	EXPECT_EQ(0, info.probe[1].at_return);
	EXPECT_EQ(1, info.probe[1].fired);
	for (i = 0; i < CW_MSG_PROBES; i++)
		put_probe(&m, "x", true);
	cw_decode_info(&info, m.b, m.len);
	EXPECT_EQ(CW_MSG_PROBES, info.probe_count);
}

TEST_HARNESS_MAIN
