// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "base/attr.h"

static bool bytes_set(struct cw_bytes *to, const uint8_t *data, size_t len)
{
	if (len > sizeof(to->b))
		return false;
	memcpy(to->b, data, len);
	to->len = len;
	return true;
}

/* Of a width that is known here, which saves a call; at any alignment. */
static void number_set(void *to, const uint8_t *data, size_t size)
{
	switch (size) {
	case sizeof(uint64_t):
		memcpy(to, data, sizeof(uint64_t));
		break;
	case sizeof(uint32_t):
		memcpy(to, data, sizeof(uint32_t));
		break;
	case sizeof(uint16_t):
		memcpy(to, data, sizeof(uint16_t));
		break;
	default:
		*(uint8_t *)to = *data;
	}
}

static bool field_set(const struct cw_field *f, void *out,
		      const struct cw_attr *a)
{
	void *to = (char *)out + f->offset;

	switch (f->kind) {
	case CW_FIELD_NUMBER:
	case CW_FIELD_BOOL:
	case CW_FIELD_TIME:
		if (a->len != f->size)
			return false;
		number_set(to, a->data, f->size);
		return true;
	case CW_FIELD_FLAG:
		*(bool *)to = !a->len;
		return !a->len;
	case CW_FIELD_ADDRESS:
		return (a->len == 4 || a->len == 16) &&
		       bytes_set(to, a->data, a->len);
	case CW_FIELD_STRING:
		return bytes_set(to, a->data,
				 strnlen((const char *)a->data, a->len));
	case CW_FIELD_NONE:
		break;
	}
	return false;
}

bool cw_attr_take(const struct cw_field *fields, unsigned int max,
		  const struct cw_attr *a, void *out, uint64_t *present)
{
	if (a->type > max || fields[a->type].kind == CW_FIELD_NONE)
		return true;
	if (!field_set(&fields[a->type], out, a))
		return false;
	*present |= 1ULL << (a->type & 63);
	return true;
}

unsigned int cw_attr_decode(const struct cw_field *fields, unsigned int max,
			    const void *attrs, size_t len, void *out,
			    uint64_t *present)
{
	struct cw_attr a = cw_attr_walk(attrs, len);
	unsigned int malformed = 0;
	int more;

	while ((more = cw_attr_next(&a)) > 0)
		malformed += !cw_attr_take(fields, max, &a, out, present);
	return malformed + (more < 0);
}

const void *cw_attr_payload(const struct cw_field *f, const void *in,
			    size_t *len)
{
	const void *from = (const char *)in + f->offset;
	const struct cw_bytes *bytes = from;

	switch (f->kind) {
	case CW_FIELD_NUMBER:
	case CW_FIELD_BOOL:
	case CW_FIELD_TIME:
		*len = f->size;
		return from;
	case CW_FIELD_ADDRESS:
		*len = bytes->len;
		return bytes->b;
	case CW_FIELD_STRING:
		/* The kernel requires a NUL; there may be no room for it. */
		*len = bytes->len + (bytes->len < sizeof(bytes->b));
		return bytes->b;
	case CW_FIELD_FLAG:
	case CW_FIELD_NONE:
		break;
	}
	*len = 0;
	return from;
}

bool cw_attr_find(const void *attrs, size_t len, unsigned int type,
		  const void **data, size_t *data_len)
{
	struct cw_attr a = cw_attr_walk(attrs, len);

	while (cw_attr_next(&a) > 0) {
		if (a.type != type)
			continue;
		*data = a.data;
		*data_len = a.len;
		return true;
	}
	return false;
}
