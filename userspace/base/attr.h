/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_ATTR_H
#define CLOSEWATCH_ATTR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <linux/netlink.h>

#include "base/names.h"

/*
 * Netlink attributes and the struct members that they are: what the decoders
 * share. Nothing here trusts its input or allocates.
 */

struct cw_bytes {
	uint8_t len;
	uint8_t b[64];
};

enum cw_field_kind {
	CW_FIELD_NONE,		/* skipped: padding, or unknown here */
	CW_FIELD_NUMBER,	/* exactly as wide as the member */
	CW_FIELD_BOOL,		/* a number that is 0 or not */
	CW_FIELD_FLAG,		/* a bool, true if it is there */
	CW_FIELD_ADDRESS,	/* struct cw_bytes, 4 or 16 of them */
	CW_FIELD_STRING,	/* struct cw_bytes, up to the NUL or the end */
	CW_FIELD_TIME,		/* 64 bits: ns since the epoch */
};

/* What stands before a member in JSON, as it is written: ,"key": */
struct cw_key {
	char text[31];
	uint8_t len;
};

/* Of @text, whatever is left out at its begin. */
#define CW_KEY_MAX 24

/* Where an attribute lands; a table of them has the type as its index. */
struct cw_field {
	const char *name;		/* the member's, and the key in a list */
	const struct cw_names *words;	/* of an enum, else NULL */
	enum cw_field_kind kind;
	uint16_t offset;
	uint16_t size;
	struct cw_key key;
};

#define CW_KEYED(what, member, k, names, json)				\
	{								\
		.name = #member, .words = names, .kind = CW_FIELD_##k,	\
		.offset = offsetof(struct what, member),		\
		.size = sizeof(((struct what *)NULL)->member),		\
		.key = {						\
			",\"" json "\":",				\
			cw_fitting(sizeof(",\"" json "\":") - 1, CW_KEY_MAX), \
		},							\
	}

#define CW_WORD(what, member, k, names)					\
	CW_KEYED(what, member, k, names, #member)
#define CW_FIELD(what, member, k) CW_WORD(what, member, k, NULL)

static inline const struct cw_bytes *cw_field_bytes(const struct cw_field *f,
						    const void *from)
{
	return (const void *)((const char *)from + f->offset);
}

/* The number that the member of @from is. */
static inline uint64_t cw_field_number(const struct cw_field *f,
				       const void *from)
{
	const void *at = (const char *)from + f->offset;

	switch (f->size) {
	case sizeof(uint8_t):
		return *(const uint8_t *)at;
	case sizeof(uint16_t):
		return *(const uint16_t *)at;
	case sizeof(uint32_t):
		return *(const uint32_t *)at;
	default:
		return *(const uint64_t *)at;
	}
}

/* One attribute of a walk; @left counts what follows it. */
struct cw_attr {
	unsigned int type;
	const uint8_t *data;
	size_t len;
	const uint8_t *next;
	size_t left;
};

static inline struct cw_attr cw_attr_walk(const void *attrs, size_t len)
{
	return (struct cw_attr){ .next = attrs, .left = len };
}

/*
 * 1: @a is the next attribute. 0: the end. -1: the rest is malformed. Here, since a call
 * costs as much as it does.
 */
static inline int cw_attr_next(struct cw_attr *a)
{
	struct nlattr nla;
	size_t step;

	if (!a->left)
		return 0;
	if (a->left < sizeof(nla))
		return -1;
	/* By copy: the bytes may come from a file, at any alignment. */
	memcpy(&nla, a->next, sizeof(nla));
	if (nla.nla_len < NLA_HDRLEN || nla.nla_len > a->left)
		return -1;
	a->type = nla.nla_type & NLA_TYPE_MASK;
	a->data = a->next + NLA_HDRLEN;
	a->len = nla.nla_len - NLA_HDRLEN;
	/* The last attribute need not be padded. */
	step = NLA_ALIGN(nla.nla_len);
	if (step > a->left)
		step = a->left;
	a->next += step;
	a->left -= step;
	return 1;
}

/* Finds attribute @type among @attrs; false if it is not there whole. */
bool cw_attr_find(const void *attrs, size_t len, unsigned int type,
		  const void **data, size_t *data_len);

/*
 * One attribute into @out by the table @fields, whose last index is @max; bit
 * n % 64 of @present says that attribute n was read. False if it was left out for
 * a wrong length.
 */
bool cw_attr_take(const struct cw_field *fields, unsigned int max,
		  const struct cw_attr *a, void *out, uint64_t *present);

/*
 * The same with all of @attrs. Returns how many were left out for a wrong length,
 * or for running past the end.
 */
unsigned int cw_attr_decode(const struct cw_field *fields, unsigned int max,
			    const void *attrs, size_t len, void *out,
			    uint64_t *present);

/* The reverse: the payload of the attribute @f of @in. */
const void *cw_attr_payload(const struct cw_field *f, const void *in,
			    size_t *len);

#endif
