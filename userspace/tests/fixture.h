/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_TESTS_FIXTURE_H
#define CLOSEWATCH_TESTS_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <linux/closewatch.h>
#include <linux/netlink.h>

/* Attributes as the kernel would write them. */
struct message {
	uint8_t b[4096];
	size_t len;
};

static inline void put(struct message *m, unsigned int type, const void *data,
		       size_t len)
{
	struct nlattr nla = { .nla_len = NLA_HDRLEN + len, .nla_type = type };

	memset(m->b + m->len, 0, NLA_ALIGN(nla.nla_len));
	memcpy(m->b + m->len, &nla, sizeof(nla));
	memcpy(m->b + m->len + NLA_HDRLEN, data, len);
	m->len += NLA_ALIGN(nla.nla_len);
}

static inline void put_u8(struct message *m, unsigned int type, uint8_t v)
{
	put(m, type, &v, sizeof(v));
}

static inline void put_u16(struct message *m, unsigned int type, uint16_t v)
{
	put(m, type, &v, sizeof(v));
}

static inline void put_u32(struct message *m, unsigned int type, uint32_t v)
{
	put(m, type, &v, sizeof(v));
}

static inline void put_u64(struct message *m, unsigned int type, uint64_t v)
{
	put(m, type, &v, sizeof(v));
}

#define A(attr) CLOSEWATCH_A_EVENT_##attr

#define HAS(attr) (1ULL << A(attr))

/* Facts of which each has a value of its own. */
static inline struct closewatch_facts some_facts(void)
{
	struct closewatch_facts f = {
		.has = HAS(TYPE) | HAS(TIME) | HAS(CPU) | HAS(SEQ) |
		       HAS(NETNS) | HAS(FAMILY) | HAS(LOCAL_ADDR) |
		       HAS(REMOTE_ADDR) | HAS(LOCAL_PORT) | HAS(REMOTE_PORT) |
		       HAS(COOKIE) | HAS(PATH) | HAS(STATE) | HAS(NEW_STATE) |
		       HAS(UNREAD) | HAS(UNSENT) | HAS(UNACKED) | HAS(SENT) |
		       HAS(RETRANSMITTED) | HAS(RECEIVED) | HAS(ACKED) |
		       HAS(AGE_NS) | HAS(FIN) | HAS(LINGER_ON) | HAS(WHY) |
		       HAS(PID) | HAS(TID) | HAS(COMM) | HAS(UID) |
		       HAS(CGROUP) | HAS(FATE) | HAS(VERDICT) |
		       HAS(CLOSED_FIRST),
		.type = CLOSEWATCH_EVENT_TYPE_CLOSE,
		.time = 1795230727123456789ULL, .cpu = 3, .seq = 17,
		.netns = 4026531840U, .family = 2,
		.local_addr = { 127, 0, 0, 1 }, .remote_addr = { 127, 0, 0, 2 },
		.local_port = 80, .remote_port = 51234, .cookie = 8193,
		.path = CLOSEWATCH_PATH_RST_UNREAD,
		.state = CLOSEWATCH_STATE_FIN_WAIT2,
		.new_state = CLOSEWATCH_STATE_CLOSE,
		.unread = 3812, .unsent = 7, .unacked = 61440,
		.sent = 812, .retransmitted = 5, .received = 96,
		.acked = UINT64_MAX, .age_ns = 1000000007,
		.fin = CLOSEWATCH_FIN_FORM_NONE, .linger_on = 1,
		.why = CLOSEWATCH_CAUSE_CLOSE, .pid = 812, .tid = 813,
		.comm = "nginx", .uid = 33, .cgroup = 4711,
		.fate = CLOSEWATCH_FATE_RST_LATE_DATA,
		.verdict = CLOSEWATCH_VERDICT_LOST,
		.closed_first = CLOSEWATCH_SIDE_LOCAL,
	};

	return f;
}

/* All of an event, each with a value of its own. */
static inline void put_everything(struct message *m)
{
	const struct closewatch_facts facts = some_facts();
	const struct closewatch_more more = {
		.since_ended_ns = 195000000, .since_received_ns = 900000000,
		.since_heard_ns = 2100000000,
		.ended_by = CLOSEWATCH_FATE_USER_TIMEOUT, .inode = 54321,
		.connect_error = 113, .connect_rst = 1,
	};

	put(m, A(PAD), "", 0);
	put(m, A(FACTS), &facts, sizeof(facts));
	put_u32(m, A(LINGER_SECONDS), 5);
	put_u64(m, A(LINGER_WAITED_NS), 1200345);
	put_u32(m, A(LINGER_OUTCOME), CLOSEWATCH_LINGER_OUTCOME_ACKED);
	put_u32(m, A(CHILDREN), 4);
	put_u32(m, A(CHILDREN_RESET), 2);
	put(m, A(ULP), "tls", 4);
	put_u64(m, A(COUNT), 9);
	put_u32(m, A(LOSS), CLOSEWATCH_LOSS_RING);
	put_u32(m, A(HOW), CLOSEWATCH_HOW_RDWR);
	put_u32(m, A(REFERENCES), 6);
	put_u8(m, A(SIGPIPE), 1);
	put_u64(m, A(LOST_BYTES), 8192);
	put_u64(m, A(SINCE_CLOSE_NS), 1200000000);
	put_u32(m, A(RESET_KIND), CLOSEWATCH_RESET_KIND_LISTENER);
	put(m, A(KERNEL_REASON), "TCP_STATE", 10);
	put_u32(m, A(CHILDREN_MIGRATED), 1);
	put_u32(m, A(SYN_QUEUE), 2);
	put_u32(m, A(POLICY_ID), 11);
	put_u32(m, A(ACTION), CLOSEWATCH_ACTION_LEAVE);
	put_u8(m, A(DRY_RUN), 1);
	put_u32(m, A(DRAIN_OUTCOME), CLOSEWATCH_DRAIN_OUTCOME_REFUSED);
	put_u32(m, A(REFUSAL), CLOSEWATCH_REFUSAL_ULP);
	put_u64(m, A(DISCARDED), 4096);
	put_u64(m, A(RESPONSE_BYTES), 200000);
	put_u64(m, A(RESPONSE_ACKED), 150000);
	put_u64(m, A(DRAIN_NS), 2500000000);
	put_u8(m, A(SAVED), 1);
	put_u32(m, A(SIGNAL), 9);
	put_u64(m, A(SINCE_SENT_NS), 800000000);
	put(m, A(MORE), &more, sizeof(more));
}

#undef HAS
#undef A

#endif
