// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>
#include <string.h>

#include <linux/netlink.h>

#include "fuzz_input.h"

#define END		0xff
#define DEPTH_MAX	3

/* Bits of the byte that says an attribute's shape. */
#define SHAPE_KIND	0x07
#define SHAPE_VALUE	0x18
#define SHAPE_BROKEN	0x20
#define SHAPE_NESTED	0x40	/* has NLA_F_NESTED */
#define SHAPE_BLOCK	0x80	/* bytes as they come, their number first: a struct */

enum kind {
	KIND_U8, KIND_U16, KIND_U32, KIND_U64, KIND_ADDRESS4, KIND_ADDRESS16,
	KIND_STRING, KIND_NEST,
};

enum value {
	VALUE_SMALL = 0x00, VALUE_BYTES = 0x08, VALUE_LARGE = 0x10,
	VALUE_BIT = 0x18,
};

uint8_t cw_input_byte(struct cw_input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->at++;
}

void cw_input_string(struct cw_input *in, char *buf, size_t size)
{
	size_t len = cw_input_byte(in) % size, i;

	for (i = 0; i < len; i++)
		buf[i] = cw_input_byte(in);
	buf[len] = '\0';
}

static void put(struct cw_attrs *attrs, const void *data, size_t len)
{
	if (len > sizeof(attrs->b) - attrs->len)
		return;
	memcpy(attrs->b + attrs->len, data, len);
	attrs->len += len;
}

void cw_attrs_wrap(struct cw_attrs *attrs, size_t start, uint16_t type)
{
	size_t len = attrs->len - start;
	struct nlattr nla = {
		.nla_len = NLA_HDRLEN + len, .nla_type = type,
	};
	size_t pad = NLA_ALIGN(len) - len;

	if (attrs->len + NLA_HDRLEN + pad > sizeof(attrs->b))
		return;
	memmove(attrs->b + start + NLA_HDRLEN, attrs->b + start, len);
	memcpy(attrs->b + start, &nla, sizeof(nla));
	memset(attrs->b + attrs->len + NLA_HDRLEN, 0, pad);
	attrs->len += NLA_HDRLEN + pad;
}

static void put_number(struct cw_input *in, struct cw_attrs *attrs,
		       enum value value, size_t size)
{
	uint8_t bytes[16] = { 0 };
	uint64_t n;
	size_t i;

	n = cw_input_byte(in);
	bytes[0] = n;
	if (value == VALUE_LARGE)
		n = ~n;
	else if (value == VALUE_BIT)
		n = 1ULL << (n & 63);
	if (value == VALUE_BYTES)
		for (i = 1; i < size; i++)
			bytes[i] = cw_input_byte(in);
	else
		memcpy(bytes, &n, sizeof(n));
	put(attrs, bytes, size);
}

static void put_block(struct cw_input *in, struct cw_attrs *attrs)
{
	size_t len = cw_input_byte(in), i;
	uint8_t byte;

	for (i = 0; i < len; i++) {
		byte = cw_input_byte(in);
		put(attrs, &byte, 1);
	}
}

static void put_attrs(struct cw_input *in, struct cw_attrs *attrs,
		      unsigned int depth);

static void put_value(struct cw_input *in, struct cw_attrs *attrs,
		      uint8_t shape, unsigned int depth)
{
	static const size_t sizes[] = { 1, 2, 4, 8, 4, 16 };
	char text[128];

	switch ((enum kind)(shape & SHAPE_KIND)) {
	case KIND_STRING:
		cw_input_string(in, text, sizeof(text));
		put(attrs, text, strlen(text));
		break;
	case KIND_NEST:
		if (depth < DEPTH_MAX)
			put_attrs(in, attrs, depth + 1);
		break;
	default:
		put_number(in, attrs, shape & SHAPE_VALUE,
			   sizes[shape & SHAPE_KIND]);
	}
}

static void put_attrs(struct cw_input *in, struct cw_attrs *attrs,
		      unsigned int depth)
{
	uint16_t type, len;
	uint8_t shape;
	size_t start;

	while (in->left) {
		type = cw_input_byte(in);
		if (type == END)
			return;
		shape = cw_input_byte(in);
		if (shape & SHAPE_NESTED)
			type |= NLA_F_NESTED;
		start = attrs->len;
		if (shape & SHAPE_BLOCK)
			put_block(in, attrs);
		else
			put_value(in, attrs, shape, depth);
		cw_attrs_wrap(attrs, start, type);
		if (!(shape & SHAPE_BROKEN) || attrs->len < start + NLA_HDRLEN)
			continue;
		memcpy(&len, attrs->b + start, sizeof(len));
		len += (int8_t)cw_input_byte(in);
		memcpy(attrs->b + start, &len, sizeof(len));
	}
}

void cw_input_attrs(struct cw_input *in, struct cw_attrs *attrs)
{
	put_attrs(in, attrs, 0);
}
