// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>
#include <linux/closewatch.h>

#include "base/names_gen.h"
#include "base/parse.h"
#include "base/utf8.h"
#include "base/when.h"
#include "recording/recorded.h"

#define DEPTH_MAX	8

struct cw_recorded_reader {
	struct json_tokener *tok;
	char why[192];
};

struct cw_recorded_reader *cw_recorded_reader_new(void)
{
	struct cw_recorded_reader *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->tok = json_tokener_new_ex(DEPTH_MAX);
	if (!r->tok) {
		free(r);
		return NULL;
	}
	json_tokener_set_flags(r->tok, JSON_TOKENER_STRICT |
				       JSON_TOKENER_VALIDATE_UTF8);
	return r;
}

void cw_recorded_reader_free(struct cw_recorded_reader *r)
{
	if (r)
		json_tokener_free(r->tok);
	free(r);
}

const char *cw_recorded_why(const struct cw_recorded_reader *r)
{
	return r->why;
}

/* Always false. The key is of the line's, so it may be anything. */
static bool bad(struct cw_recorded_reader *r, const char *key, const char *want)
{
	char text[64];

	cw_utf8_escape(text, sizeof(text), key, strlen(key), false);
	snprintf(r->why, sizeof(r->why), "%s: %s is wanted", text, want);
	return false;
}

/* --- values --- */

/* "" for what is no string. */
static const char *text_of(struct json_object *value)
{
	return json_object_is_type(value, json_type_string) ?
	       json_object_get_string(value) : "";
}

static bool is_escape(const char *s)
{
	return s[0] == '\\' && s[1] == 'x' && strspn(s + 2, "0123456789abcdef") >= 2;
}

/*
 * The bytes that cw_utf8_escape() writes as @text. Where there are two such, as
 * a name may hold what looks like an escape, either is shown the same.
 */
static bool set_bytes(struct cw_bytes *to, const char *text, size_t len)
{
	char again[8 * sizeof(to->b)], code[3] = "";
	struct cw_bytes raw = { 0 };
	size_t i;

	for (i = 0; i < len && raw.len < sizeof(raw.b); i++) {
		raw.b[raw.len] = text[i];
		if (len - i >= 4 && is_escape(text + i)) {
			memcpy(code, text + i + 2, 2);
			raw.b[raw.len] = strtoul(code, NULL, 16);
			i += 3;
		}
		raw.len++;
	}
	cw_utf8_escape(again, sizeof(again), raw.b, raw.len, true);
	if (i == len && strlen(again) == len && !memcmp(again, text, len)) {
		*to = raw;
		return true;
	}
	if (len > sizeof(to->b))
		return false;
	*to = (struct cw_bytes){ .len = len };
	memcpy(to->b, text, len);
	return true;
}

static bool read_bytes(struct json_object *value, struct cw_bytes *to)
{
	return json_object_is_type(value, json_type_string) &&
	       set_bytes(to, json_object_get_string(value),
			 json_object_get_string_len(value));
}

static bool read_u32(struct json_object *value, uint64_t most, uint32_t *to)
{
	int64_t n = json_object_get_int64(value);

	if (!json_object_is_type(value, json_type_int) || n < 0 ||
	    (uint64_t)n > most)
		return false;
	*to = n;
	return true;
}

/* A value that was newer than the program that wrote it is in digits. */
static bool read_word(struct json_object *value, const struct cw_names *names,
		      uint64_t *n)
{
	const char *text = text_of(value);
	int known = cw_names_value(names, text, strlen(text));

	*n = known;
	return known >= 0 || cw_parse_digits(text, n);
}

/* What json.c makes of a number of this field. */
static bool read_number(struct json_object *value, const struct cw_field *f,
			uint64_t *n)
{
	uint32_t small = 0;

	if (f->words)
		return read_word(value, f->words, n);
	if (f->kind == CW_FIELD_TIME)
		return cw_when_date(text_of(value), n);
	if (f->kind == CW_FIELD_BOOL) {
		*n = json_object_get_boolean(value);
		return json_object_is_type(value, json_type_boolean);
	}
	if (f->size == sizeof(*n))
		return cw_parse_digits(text_of(value), n);
	if (!read_u32(value, UINT64_MAX >> (64 - 8 * f->size), &small))
		return false;
	*n = small;
	return true;
}

static bool set_number(struct cw_msg_event *ev, const struct cw_field *f,
		       uint64_t n)
{
	void *to = (char *)ev + f->offset;

	switch (f->size) {
	case sizeof(uint8_t):
		*(uint8_t *)to = n;
		break;
	case sizeof(uint16_t):
		*(uint16_t *)to = n;
		break;
	case sizeof(uint32_t):
		*(uint32_t *)to = n;
		break;
	default:
		*(uint64_t *)to = n;
	}
	return cw_field_number(f, ev) == n;
}

static const char *wanted(const struct cw_field *f)
{
	if (f->kind == CW_FIELD_STRING)
		return "a short string";
	if (f->kind == CW_FIELD_TIME)
		return "an RFC 3339 time";
	if (f->words)
		return "a word that this program has";
	if (f->kind == CW_FIELD_BOOL)
		return "true or false";
	return f->size == sizeof(uint64_t) ? "a number in a string" :
					     "a number that fits";
}

/* --- members --- */

static bool in_linger(unsigned int attr)
{
	return attr == CLOSEWATCH_A_EVENT_LINGER_ON ||
	       attr == CLOSEWATCH_A_EVENT_LINGER_SECONDS ||
	       attr == CLOSEWATCH_A_EVENT_LINGER_WAITED_NS ||
	       attr == CLOSEWATCH_A_EVENT_LINGER_OUTCOME;
}

static bool has_key(const struct cw_field *f, const char *key, size_t len)
{
	/* Without its comma, quotes and colon. */
	return f->key.len == len + 4 && !memcmp(f->key.text + 2, key, len);
}

/* 0, which is padding, if no attribute has this key; an address has none. */
static unsigned int attr_of(const char *key, bool linger)
{
	size_t len = strlen(key);
	unsigned int i;

	for (i = CLOSEWATCH_A_EVENT_MAX; i; i--)
		if (has_key(&cw_event_fields[i], key, len) &&
		    cw_event_fields[i].kind != CW_FIELD_ADDRESS &&
		    in_linger(i) == linger)
			break;
	return i;
}

/* CW_MORE_COUNT if no such fact has this key. */
static unsigned int more_of(const char *key)
{
	size_t len = strlen(key);
	unsigned int i = 0;

	while (i < CW_MORE_COUNT && !has_key(&cw_more_fields[i], key, len))
		i++;
	return i;
}

static bool read_fact(struct cw_recorded_reader *r, struct cw_msg_event *ev,
		      const struct cw_field *f, const char *key,
		      struct json_object *value)
{
	uint64_t n;
	bool ok;

	if (f->kind == CW_FIELD_STRING)
		ok = read_bytes(value, (struct cw_bytes *)((char *)ev + f->offset));
	else
		ok = read_number(value, f, &n) && set_number(ev, f, n);
	return ok || bad(r, key, wanted(f));
}

/* A key that no fact has may be newer, and is skipped. */
static bool read_member(struct cw_recorded_reader *r, struct cw_msg_event *ev,
			const char *key, struct json_object *value, bool linger)
{
	unsigned int attr = attr_of(key, linger), more;

	if (attr) {
		ev->present |= 1ULL << (attr & 63);
		return read_fact(r, ev, &cw_event_fields[attr], key, value);
	}
	more = more_of(key);
	if (linger || more == CW_MORE_COUNT)
		return true;
	ev->more |= 1U << more;
	return read_fact(r, ev, &cw_more_fields[more], key, value);
}

static bool read_address(const char *text, struct cw_bytes *addr)
{
	bool ipv6 = strchr(text, ':');

	addr->len = ipv6 ? 16 : 4;
	return inet_pton(ipv6 ? AF_INET6 : AF_INET, text, addr->b) == 1;
}

static struct json_object *get(struct json_object *object, const char *key)
{
	return json_object_is_type(object, json_type_object) ?
	       json_object_object_get(object, key) : NULL;
}

static bool read_end(struct json_object *value, struct cw_bytes *addr,
		     uint16_t *port)
{
	uint32_t n = 0;

	if (!read_address(text_of(get(value, "addr")), addr) ||
	    !read_u32(get(value, "port"), UINT16_MAX, &n))
		return false;
	*port = n;
	return true;
}

static bool read_ends(struct cw_msg_event *ev, bool remote,
		      struct json_object *value)
{
	ev->present |= remote ? 1ULL << CLOSEWATCH_A_EVENT_REMOTE_ADDR |
				1ULL << CLOSEWATCH_A_EVENT_REMOTE_PORT :
				1ULL << CLOSEWATCH_A_EVENT_LOCAL_ADDR |
				1ULL << CLOSEWATCH_A_EVENT_LOCAL_PORT;
	return remote ? read_end(value, &ev->remote_addr, &ev->remote_port) :
			read_end(value, &ev->local_addr, &ev->local_port);
}

static bool read_holders(struct cw_recorded *to, struct json_object *value)
{
	struct json_object *list = get(value, "processes");
	struct cw_holders *h = &to->holders;
	size_t i, n;

	if (!json_object_is_type(list, json_type_array))
		return false;
	n = json_object_array_length(list);
	for (i = 0; i < n && i < CW_HOLDERS_MAX; i++) {
		struct json_object *one = json_object_array_get_idx(list, i);

		if (!read_bytes(get(one, "comm"), &h->list[i].comm) ||
		    !read_u32(get(one, "pid"), UINT32_MAX, &h->list[i].pid) ||
		    !read_u32(get(one, "fd"), UINT32_MAX, &h->list[i].fd))
			return false;
	}
	h->count = i;
	h->cut = !json_object_get_boolean(get(value, "complete"));
	to->has_holders = true;
	return i == n;
}

static bool read_linger(struct cw_recorded_reader *r, struct cw_msg_event *ev,
			struct json_object *object)
{
	if (!json_object_is_type(object, json_type_object))
		return bad(r, "linger", "an object");
	json_object_object_foreach(object, key, value)
		if (!read_member(r, ev, key, value, true))
			return false;
	return true;
}

/* What a host's names may be is shown as it is. */
static bool read_name(struct json_object *value, char *to, size_t size)
{
	cw_utf8_escape(to, size, text_of(value),
		       json_object_get_string_len(value), false);
	return *to;
}

/* Not so what is cut to be shown. */
static bool read_id(struct json_object *value, char *to, size_t size)
{
	const char *text = text_of(value);
	size_t len = strlen(text);

	if (!len || len >= size || strspn(text, "0123456789abcdef-") < len)
		return false;
	memcpy(to, text, len + 1);
	return true;
}

static bool read_told(struct cw_recorded_reader *r, struct cw_told *to,
		      const char *key, struct json_object *value)
{
	struct cw_cgroup *g = &to->cgroup;
	bool ok = true;

	if (!strcmp(key, "netns_name"))
		ok = read_name(value, to->netns, sizeof(to->netns));
	else if (!strcmp(key, "cgroup_path"))
		ok = read_name(value, g->path, sizeof(g->path));
	else if (!strcmp(key, "container"))
		ok = read_id(value, g->container.id, sizeof(g->container.id));
	else if (!strcmp(key, "pod"))
		ok = read_id(value, g->container.pod, sizeof(g->container.pod));
	else if (!strcmp(key, "listening"))
		to->listening = json_object_get_boolean(value);
	return ok || bad(r, key, "a name");
}

static bool read_any(struct cw_recorded_reader *r, struct cw_recorded *to,
		     const char *key, struct json_object *value)
{
	bool remote = !strcmp(key, "remote");

	if (remote || !strcmp(key, "local"))
		return read_ends(&to->ev, remote, value) ||
		       bad(r, key, "an address and a port");
	if (!strcmp(key, "linger"))
		return read_linger(r, &to->ev, value);
	if (!strcmp(key, "holders"))
		return read_holders(to, value) || bad(r, key, "a list of processes");
	return read_told(r, &to->told, key, value) &&
	       read_member(r, &to->ev, key, value, false);
}

/* --- records --- */

/* FNV-1a. The same boot has the same number; 0 is no text. */
static uint64_t number_of(const char *text)
{
	uint64_t h = 14695981039346656037U;

	if (!*text)
		return 0;
	for (; *text; text++)
		h = (h ^ (uint8_t)*text) * 1099511628211U;
	return h | 1;
}

static enum cw_recorded_kind read_event(struct cw_recorded_reader *r,
					struct cw_recorded *to,
					struct json_object *object)
{
	json_object_object_foreach(object, key, value)
		if (!read_any(r, to, key, value))
			return CW_RECORDED_BAD;
	return CW_RECORDED_EVENT;
}

static enum cw_recorded_kind read_record(struct cw_recorded_reader *r,
					 struct cw_recorded *to,
					 struct json_object *object)
{
	const char *type = text_of(get(object, "event"));
	uint64_t n;

	if (!*type) {
		bad(r, "event", "a word");
		return CW_RECORDED_BAD;
	}
	if (!strcmp(type, "recording")) {
		to->all = json_object_get_boolean(get(object, "all"));
		to->boot = number_of(text_of(get(object, "boot_id")));
		cw_parse_digits(text_of(get(object, "netns")), &to->told.here);
		return CW_RECORDED_HEADER;
	}
	/* As a module's newer event is shown, by its number. */
	if (!read_word(get(object, "event"), &cw_event_type_names, &n))
		return CW_RECORDED_OTHER;
	return read_event(r, to, object);
}

enum cw_recorded_kind cw_recorded_read(struct cw_recorded_reader *r,
				       const char *line, size_t len,
				       struct cw_recorded *to)
{
	enum cw_recorded_kind kind = CW_RECORDED_BAD;
	struct json_object *object;

	memset(to, 0, sizeof(*to));
	json_tokener_reset(r->tok);
	object = len < INT_MAX ? json_tokener_parse_ex(r->tok, line, len) : NULL;
	if (object && json_tokener_get_parse_end(r->tok) == len)
		kind = read_record(r, to, object);
	else
		snprintf(r->why, sizeof(r->why), "this is no JSON object");
	json_object_put(object);
	return kind;
}
