// SPDX-License-Identifier: GPL-2.0
#include "message.h"

#include <linux/closewatch.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <string.h>

#define ROOM	(MESSAGE_MAX - 512)	/* no nest begins beyond it */
#define DEPTH	12			/* more than nla_policy allows */

enum spec_kind {
	SPEC_PAD, SPEC_FLAG, SPEC_U8, SPEC_U16, SPEC_U32, SPEC_U64,
	SPEC_STRING, SPEC_BINARY, SPEC_NEST, SPEC_FD, SPEC_COOKIE, SPEC_ID,
};

struct spec_attr {
	uint16_t type;
	uint8_t kind;
	int8_t nest;		/* index of the set */
	uint64_t min, max;	/* of a number; the length of a string */
};

struct spec_set {
	const struct spec_attr *attrs;
	unsigned int n;
};

struct spec_op {
	uint8_t cmd, dump;
	uint32_t wanted;	/* bit per attribute of a message */
	const char *name;
};

#include "table.h"

#define N_OPS	(sizeof(spec_ops) / sizeof(spec_ops[0]))

const char *message_op(uint8_t cmd)
{
	for (size_t i = 0; i < N_OPS; i++)
		if (spec_ops[i].cmd == cmd)
			return spec_ops[i].name;
	return NULL;
}

static void put_bytes(struct message *m, const void *data, size_t len)
{
	memcpy(m->buf + m->len, data, len);
	m->len += len;
}

static void pad(struct message *m)
{
	while (m->len & 3)
		m->buf[m->len++] = 0;
}

static void put_noise(struct message *m, struct random *r, unsigned int len)
{
	while (len--)
		m->buf[m->len++] = random_next(r);
}

/* Mostly what the spec allows; else what lies just outside, or anything */
static uint64_t number(struct random *r, const struct spec_attr *a)
{
	if (random_percent(r, 70)) {
		uint64_t span = a->max - a->min;

		if (span > 8 && random_percent(r, 60))
			span = 8;
		return a->min + random_below(r, span < 1000 ? span + 1 : 100000);
	}
	switch (random_below(r, 6)) {
	case 0:
		return a->min - 1;
	case 1:
		return a->max + 1;
	case 2:
		return a->max;
	case 3:
		return 0;
	case 4:
		return ~0ULL;
	default:
		return random_next(r) >> random_below(r, 64);
	}
}

static uint64_t object(struct random *r, const struct spec_attr *a,
		       const struct material *mat)
{
	if (random_percent(r, 10))
		return number(r, a);
	if (a->kind == SPEC_FD)
		return mat->fds[random_below(r, 8)];
	if (a->kind == SPEC_ID)
		return mat->id;
	return mat->cookies[random_below(r, 4)];
}

static unsigned int width(const struct spec_attr *a)
{
	switch (a->kind) {
	case SPEC_U8:
		return 1;
	case SPEC_U16:
		return 2;
	case SPEC_U32:
	case SPEC_FD:
	case SPEC_ID:
		return 4;
	default:
		return 8;
	}
}

static void put_string(struct message *m, struct random *r,
		       const struct spec_attr *a)
{
	unsigned int len = random_below(r, (a->max ?: 15) + 4);

	while (len--)
		m->buf[m->len++] = random_percent(r, 90) ?
				   'a' + random_below(r, 3) : random_next(r);
	if (random_percent(r, 85))
		m->buf[m->len++] = 0;
}

static void put_nest(struct message *m, struct random *r, int set, int depth,
		     const struct material *mat);

static void put_payload(struct message *m, struct random *r,
			const struct spec_attr *a, int depth,
			const struct material *mat)
{
	uint64_t value;

	switch (a->kind) {
	case SPEC_PAD:
	case SPEC_FLAG:
		break;
	case SPEC_STRING:
		put_string(m, r, a);
		break;
	case SPEC_BINARY:
		put_noise(m, r, random_percent(r, 80) ?
			  (random_percent(r, 50) ? 4 : 16) : random_below(r, 40));
		break;
	case SPEC_NEST:
		put_nest(m, r, a->nest, depth + 1, mat);
		break;
	case SPEC_FD:
	case SPEC_COOKIE:
	case SPEC_ID:
		value = object(r, a, mat);
		put_bytes(m, &value, width(a));
		break;
	default:
		value = number(r, a);
		put_bytes(m, &value, width(a));
	}
}

/* One attribute in twenty is wrong in its length, its flags or its type */
static void spoil(struct message *m, struct random *r, struct nlattr *nla)
{
	if (!random_percent(r, 5))
		return;
	switch (random_below(r, 5)) {
	case 0:
		nla->nla_len = random_below(r, 64);
		break;
	case 1:
		nla->nla_len += random_below(r, 9) - 4;
		break;
	case 2:
		nla->nla_type ^= NLA_F_NESTED;
		break;
	case 3:
		nla->nla_type ^= NLA_F_NET_BYTEORDER;
		break;
	default:
		nla->nla_type = random_next(r) >> random_below(r, 64);
	}
}

static void put_attr(struct message *m, struct random *r,
		     const struct spec_attr *a, int depth,
		     const struct material *mat)
{
	struct nlattr *nla = (void *)(m->buf + m->len);
	size_t start = m->len;

	if (m->len > ROOM)
		return;
	m->len += NLA_HDRLEN;
	put_payload(m, r, a, depth, mat);
	if (random_percent(r, 3))	/* too long, or too short */
		put_noise(m, r, random_below(r, 8));
	else if (random_percent(r, 3) && m->len - start > NLA_HDRLEN)
		m->len -= 1 + random_below(r, m->len - start - NLA_HDRLEN);
	nla->nla_len = m->len - start;
	nla->nla_type = a->type;
	if (a->kind == SPEC_NEST && !random_percent(r, 3))
		nla->nla_type |= NLA_F_NESTED;
	spoil(m, r, nla);
	pad(m);
}

static const struct spec_attr *random_attr(struct random *r, int set)
{
	return &spec_sets[set].attrs[random_below(r, spec_sets[set].n)];
}

static void put_policy_attr(struct message *m, struct random *r, int type,
			    int depth, const struct material *mat)
{
	put_attr(m, r, &spec_policy[type - CLOSEWATCH_A_POLICY_PAD], depth, mat);
}

static void put_nest(struct message *m, struct random *r, int set, int depth,
		     const struct material *mat)
{
	unsigned int n = random_below(r, 5);

	if (depth > DEPTH)
		return;
	/* Or hardly a policy would be accepted, or found again */
	if (set == SPEC_POLICY && random_percent(r, 60)) {
		put_policy_attr(m, r, CLOSEWATCH_A_POLICY_ACTION, depth, mat);
		if (random_percent(r, 40))
			put_policy_attr(m, r, CLOSEWATCH_A_POLICY_FORCE, depth,
					mat);
		n /= 2;
	} else if (set == SPEC_POLICY && random_percent(r, 60)) {
		put_policy_attr(m, r, CLOSEWATCH_A_POLICY_ID, depth, mat);
		n /= 4;
	}
	/* A nest that is no nest of ours, nested on and on */
	if (random_percent(r, 1)) {
		const struct spec_attr self = {
			random_below(r, 8), SPEC_NEST, set, 0, 0
		};

		put_attr(m, r, &self, depth, mat);
	}
	while (n--)
		put_attr(m, r, random_attr(r, set), depth, mat);
}

static void put_attrs(struct message *m, struct random *r,
		      const struct spec_op *op, const struct material *mat)
{
	const struct spec_set *top = &spec_sets[SPEC_MESSAGE];

	for (unsigned int i = 0; i < top->n; i++)
		if (op->wanted >> i & 1 && random_percent(r, 85))
			put_attr(m, r, &top->attrs[i], 0, mat);
	if (random_percent(r, 5))
		put_attr(m, r, random_attr(r, SPEC_MESSAGE), 0, mat);
	if (random_percent(r, 2))
		put_noise(m, r, random_below(r, 64));
}

/* Some headers are wrong, too; such a request may stay without an answer */
static void put_header(struct message *m, struct random *r, struct nlmsghdr *h,
		       const struct spec_op *op)
{
	struct genlmsghdr *g = NLMSG_DATA(h);

	h->nlmsg_flags = NLM_F_REQUEST | (op->dump ? NLM_F_DUMP : 0);
	if (random_percent(r, 95))
		h->nlmsg_flags |= NLM_F_ACK;
	g->cmd = op->cmd;
	g->version = 1;
	g->reserved = 0;
	m->len = NLMSG_LENGTH(GENL_HDRLEN);
	m->sound = !random_percent(r, 6);
	if (m->sound)
		return;
	switch (random_below(r, 4)) {
	case 0:
		h->nlmsg_flags = random_next(r);
		break;
	case 1:
		g->cmd = random_next(r);
		break;
	case 2:
		g->version = random_next(r);
		break;
	default:
		g->reserved = random_next(r);
	}
}

/* Those that wait for a grace period, and leave no policy for others to show or
 * remove, are rare
 */
static const struct spec_op *random_op(struct random *r)
{
	const struct spec_op *op;

	do {
		op = &spec_ops[random_below(r, N_OPS)];
	} while ((op->cmd == CLOSEWATCH_CMD_POLICY_FLUSH ||
		  op->cmd == CLOSEWATCH_CMD_POLICY_SET ||
		  op->cmd == CLOSEWATCH_CMD_DRAIN_OFF) && !random_percent(r, 2));
	return op;
}

void message_make(struct message *m, struct random *r, uint16_t family,
		  uint32_t seq, const struct material *mat)
{
	const struct spec_op *op = random_op(r);
	struct nlmsghdr *h = (void *)m->buf;

	memset(m->buf, 0, NLMSG_LENGTH(GENL_HDRLEN));
	h->nlmsg_type = family;
	h->nlmsg_seq = seq;
	put_header(m, r, h, op);
	put_attrs(m, r, op, mat);
	h->nlmsg_len = m->len;
	if (!m->sound && random_percent(r, 25))
		h->nlmsg_len = random_below(r, 2 * m->len);
	m->whole = h->nlmsg_len == m->len;
	m->cmd = ((struct genlmsghdr *)NLMSG_DATA(h))->cmd;
	m->acked = h->nlmsg_flags & NLM_F_ACK;
	m->dump = op->dump;
}
