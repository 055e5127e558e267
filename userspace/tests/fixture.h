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

/* What every event has, and the figures of a connection. */
static inline void put_connection(struct message *m)
{
	static const uint8_t local[4] = { 127, 0, 0, 1 };
	static const uint8_t remote[4] = { 127, 0, 0, 2 };

	put(m, A(PAD), "", 0);
	put_u32(m, A(TYPE), CLOSEWATCH_EVENT_TYPE_CLOSE);
	put_u64(m, A(TIME), 1795230727123456789ULL);
	put_u32(m, A(CPU), 3);
	put_u64(m, A(SEQ), 17);
	put_u64(m, A(NETNS), 4026531840ULL);
	put_u16(m, A(FAMILY), 2);
	put(m, A(LOCAL_ADDR), local, sizeof(local));
	put(m, A(REMOTE_ADDR), remote, sizeof(remote));
	put_u16(m, A(LOCAL_PORT), 80);
	put_u16(m, A(REMOTE_PORT), 51234);
	put_u64(m, A(COOKIE), 8193);
	put_u32(m, A(PATH), CLOSEWATCH_PATH_RST_UNREAD);
	put_u8(m, A(STATE), CLOSEWATCH_STATE_FIN_WAIT2);
	put_u8(m, A(NEW_STATE), CLOSEWATCH_STATE_CLOSE);
	put_u32(m, A(UNREAD), 3812);
	put_u32(m, A(UNSENT), 7);
	put_u32(m, A(UNACKED), 61440);
	put_u64(m, A(SENT), 812);
	put_u64(m, A(RETRANSMITTED), 5);
	put_u64(m, A(RECEIVED), 96);
	put_u64(m, A(ACKED), UINT64_MAX);
	put_u64(m, A(AGE_NS), 1000000007);
}

/* Every attribute of an event, each with a value of its own. */
static inline void put_everything(struct message *m)
{
	put_connection(m);
	put_u32(m, A(FIN), CLOSEWATCH_FIN_FORM_NONE);
	put_u8(m, A(LINGER_ON), 1);
	put_u32(m, A(LINGER_SECONDS), 5);
	put_u64(m, A(LINGER_WAITED_NS), 1200345);
	put_u32(m, A(LINGER_OUTCOME), CLOSEWATCH_LINGER_OUTCOME_ACKED);
	put_u32(m, A(WHY), CLOSEWATCH_CAUSE_CLOSE);
	put_u32(m, A(PID), 812);
	put_u32(m, A(TID), 813);
	put(m, A(COMM), "nginx", 6);
	put_u32(m, A(UID), 33);
	put_u64(m, A(CGROUP), 4711);
	put_u32(m, A(CHILDREN), 4);
	put_u32(m, A(CHILDREN_RESET), 2);
	put(m, A(ULP), "tls", 4);
	put_u64(m, A(COUNT), 9);
	put_u32(m, A(LOSS), CLOSEWATCH_LOSS_RING);
	put_u32(m, A(HOW), CLOSEWATCH_HOW_RDWR);
	put_u32(m, A(REFERENCES), 6);
	put_u8(m, A(SIGPIPE), 1);
	put_u32(m, A(FATE), CLOSEWATCH_FATE_RST_LATE_DATA);
	put_u32(m, A(VERDICT), CLOSEWATCH_VERDICT_LOST);
	put_u64(m, A(LOST_BYTES), 8192);
	put_u32(m, A(CLOSED_FIRST), CLOSEWATCH_SIDE_LOCAL);
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
}

#undef A

#endif
