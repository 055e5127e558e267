// SPDX-License-Identifier: GPL-2.0
/* What was written as JSON is read as the same event. */
#include <locale.h>
#include <stdlib.h>

#include "events.h"
#include "fixture.h"
#include "kselftest_harness.h"
#include "output/record.h"
#include "recording/recorded.h"

#define RANDOM_EVENTS	5000

FIXTURE(recorded)
{
	struct cw_recorded_reader *reader;
	struct cw_recorded got;
	uint64_t random;
};

FIXTURE_SETUP(recorded)
{
	setenv("TZ", "UTC", 1);
	ASSERT_NE(NULL, setlocale(LC_CTYPE, "C.UTF-8"));
	self->reader = cw_recorded_reader_new();
	ASSERT_NE(NULL, self->reader);
	self->random = 1;
}

FIXTURE_TEARDOWN(recorded)
{
	cw_recorded_reader_free(self->reader);
}

/* To be freed. */
static char *print_in(const struct cw_columns *columns,
		      const struct cw_recorded *r, bool json)
{
	char *text;
	size_t len;
	struct cw_view_options opt = {
		.out = open_memstream(&text, &len), .json = json,
		.layout = columns->layout, .slots = columns->slots,
	};
	struct cw_view *v = cw_view_new(&opt);

	cw_record_event(v, &r->ev, r->has_holders ? &r->holders : NULL, columns,
			CW_DIAG);
	cw_view_free(v);
	fclose(opt.out);
	return text;
}

static char *print(const struct cw_recorded *r, bool json)
{
	struct cw_columns columns;

	cw_columns_init(&columns, true);
	return print_in(&columns, r, json);
}

#define read_line(line) \
	cw_recorded_read(self->reader, line, strlen(line), &self->got)

static bool same(const struct cw_recorded *a, const struct cw_recorded *b,
		 bool json)
{
	char *one = print(a, json), *other = print(b, json);
	bool equal = !strcmp(one, other);

	if (!equal)
		printf("# %s is not %s", other, one);
	free(one);
	free(other);
	return equal;
}

/* For test_schema, which compares them with what is promised. */
static void hand_over(const char *line)
{
	const char *path = getenv("CLOSEWATCH_RECORDS");
	FILE *to = path ? fopen(path, "a") : NULL;

	if (!to)
		return;
	fputs(line, to);
	fclose(to);
}

/* @want printed, read and printed again, both ways. */
static bool comes_back(struct cw_recorded_reader *reader,
		       const struct cw_recorded *want)
{
	char *line = print(want, true);
	struct cw_recorded got;
	bool ok;

	hand_over(line);
	ok = cw_recorded_read(reader, line, strlen(line) - 1, &got) ==
	     CW_RECORDED_EVENT;
	if (!ok)
		printf("# %s: %s\n", line, cw_recorded_why(reader));
	free(line);
	return ok && same(want, &got, true) && same(want, &got, false) &&
	       got.ev.present == want->ev.present &&
	       got.ev.more == want->ev.more;
}

static uint32_t any(uint64_t *state, uint32_t n)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (*state >> 33) % n;
}

static void any_bytes(uint64_t *state, struct cw_bytes *to)
{
	static const char *const odd[] = {
		"", "\xff", "\\xff", "\\x41", "\xc3\xa9", "\\xc3\\xa9", "\"\\\n\t",
		"\x7f", "\xc2\x85", "\x01", "\\u0000", "a\xf0\x9f", "\\xC3",
	};
	const char *text = odd[any(state, ARRAY_SIZE(odd))];

	to->len = strlen(text);
	memcpy(to->b, text, to->len);
}

/* Values around those that words have, and large ones. */
static uint64_t any_number(uint64_t *state, const struct cw_field *f)
{
	uint64_t n = any(state, 1U << 31);

	if (f->words)
		return any(state, f->words->count + 2);
	if (f->kind == CW_FIELD_BOOL)
		return n & 1;
	return any(state, 2) ? n : n << 33 | n;
}

static void any_member(uint64_t *state, struct cw_msg_event *ev,
		       const struct cw_field *f)
{
	void *to = (char *)ev + f->offset;
	uint64_t n;

	if (f->kind == CW_FIELD_STRING) {
		any_bytes(state, to);
	} else if (f->kind == CW_FIELD_ADDRESS) {
		((struct cw_bytes *)to)->len = any(state, 2) ? 4 : 16;
		for (n = 0; n < 16; n++)
			((struct cw_bytes *)to)->b[n] = any(state, 3) ? any(state, 256) : 0;
	} else {
		n = any_number(state, f);
		memcpy(to, &n, f->size);
	}
}

static void any_event(uint64_t *state, struct cw_recorded *r)
{
	unsigned int i;

	memset(r, 0, sizeof(*r));
	for (i = 1; i <= CLOSEWATCH_A_EVENT_MAX; i++) {
		if (cw_event_fields[i].kind == CW_FIELD_NONE || !any(state, 3))
			continue;
		any_member(state, &r->ev, &cw_event_fields[i]);
		r->ev.present |= 1ULL << (i & 63);
	}
	r->ev.present |= 1ULL << CLOSEWATCH_A_EVENT_TYPE;
	for (i = 0; i < CW_MORE_COUNT; i++) {
		if (any(state, 3))
			continue;
		any_member(state, &r->ev, &cw_more_fields[i]);
		r->ev.more |= 1U << i;
	}
	make_regular(&r->ev);
}

TEST_F(recorded, an_event_with_every_attribute_comes_back)
{
	struct cw_recorded want = { 0 };
	struct message m = { 0 };

	put_everything(&m);
	cw_decode_event(&want.ev, m.b, m.len);
	EXPECT_TRUE(comes_back(self->reader, &want));
}

TEST_F(recorded, each_type_by_each_path_comes_back)
{
	struct cw_recorded want = { 0 };
	struct message m = { 0 };

	put_everything(&m);
	cw_decode_event(&want.ev, m.b, m.len);
	for (want.ev.type = 0; want.ev.type <= CLOSEWATCH_EVENT_TYPE_MAX;
	     want.ev.type++) {
		for (want.ev.path = 0; want.ev.path <= CLOSEWATCH_PATH_MAX + 1;
		     want.ev.path++)
			EXPECT_TRUE(comes_back(self->reader, &want));
		for (want.ev.fate = 0; want.ev.fate <= CLOSEWATCH_FATE_MAX + 1;
		     want.ev.fate++)
			EXPECT_TRUE(comes_back(self->reader, &want));
	}
}

TEST_F(recorded, random_events_come_back)
{
	struct cw_recorded want;
	int i;

	for (i = 0; i < RANDOM_EVENTS; i++) {
		any_event(&self->random, &want);
		ASSERT_TRUE(comes_back(self->reader, &want));
	}
}

TEST_F(recorded, holders_come_back)
{
	struct cw_recorded want = {
		.ev.type = CLOSEWATCH_EVENT_TYPE_SHARED_CLOSE,
		.ev.present = 1ULL << CLOSEWATCH_A_EVENT_TYPE,
		.has_holders = true,
	};
	struct cw_holders *h = &want.holders;

	for (; h->count <= CW_HOLDERS_MAX; h->count++) {
		h->cut = h->count & 1;
		want.ev.type = CLOSEWATCH_EVENT_TYPE_SHARED_CLOSE;
		EXPECT_TRUE(comes_back(self->reader, &want));
		want.ev.type = CLOSEWATCH_EVENT_TYPE_RESET;
		EXPECT_TRUE(comes_back(self->reader, &want));
		if (h->count == CW_HOLDERS_MAX)
			break;
		h->list[h->count].pid = h->count + 1;
		h->list[h->count].fd = UINT32_MAX - h->count;
		any_bytes(&self->random, &h->list[h->count].comm);
	}
}

#define ID	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define POD	"01234567-89ab-cdef-0123-456789abcdef"

/* As if the host had been asked. */
static void know(struct cw_hosted *h, const struct cw_msg_event *ev, bool named)
{
	struct cw_namespace *n = &h->namespaces.known[ev->netns % CW_NAMESPACES];
	struct cw_cgroup *g;

	cw_hosted_init(h);
	h->cgroups.known = calloc(CW_CGROUPS, sizeof(*h->cgroups.known));
	g = &h->cgroups.known[ev->cgroup % CW_CGROUPS];
	g->id = ev->cgroup;
	if (named)
		cw_listeners_add(&h->listeners, ev->local_port);
	*n = (struct cw_namespace){ ev->netns, UINT64_MAX, "" };
	if (!named)
		return;
	strcpy(n->name, "bl\\x1bue");
	strcpy(g->path, "/kubepods/pod" POD "/" ID);
	cw_container_parse(&g->container, g->path);
}

static void replay_is_live(struct __test_metadata *_metadata,
			   struct cw_recorded_reader *reader,
			   const struct cw_columns *chosen, bool named, bool here)
{
	struct cw_columns columns = *chosen, record;
	struct cw_recorded want = { 0 }, got;
	struct cw_hosted h, replay = { .told = &got.told };
	struct message m = { 0 };
	char *text[4], *line;
	int i;

	put_everything(&m);
	cw_decode_event(&want.ev, m.b, m.len);
	know(&h, &want.ev, named);
	h.here = here ? want.ev.netns : 1;
	cw_columns_record(&record);
	record.host = &h;
	columns.host = &h;
	line = print_in(&record, &want, true);
	text[0] = print_in(&columns, &want, false);
	text[1] = print_in(&columns, &want, true);
	EXPECT_EQ(CW_RECORDED_EVENT, cw_recorded_read(reader, line,
						      strlen(line) - 1, &got)) {
		TH_LOG("%s: %s", line, cw_recorded_why(reader));
	}
	/* As the file's header has it. */
	got.told.here = h.here;
	columns.host = &replay;
	text[2] = print_in(&columns, &got, false);
	text[3] = print_in(&columns, &got, true);
	EXPECT_EQ(named && here, got.told.listening);
	EXPECT_STREQ(text[0], text[2]);
	EXPECT_STREQ(text[1], text[3]);
	for (i = 0; i < ARRAY_SIZE(text); i++)
		free(text[i]);
	free(line);
	cw_hosted_release(&h);
}

TEST_F(recorded, names_come_back_whatever_is_chosen)
{
	static const char *const choices[] = {
		NULL, "+netns,cgroup", "netns", "container,pod", "+cgroup",
		"path,container", "time,proc,local,peer,path,age,sent", "pid",
	};
	struct cw_columns columns;
	struct cw_fail fail;
	size_t i;

	for (i = 0; i < 4 * ARRAY_SIZE(choices); i++) {
		cw_columns_init(&columns, true);
		if (choices[i / 4])
			ASSERT_EQ(CW_OK, cw_columns_choose(&columns, choices[i / 4],
							   &fail));
		replay_is_live(_metadata, self->reader, &columns, i & 1, i & 2);
	}
}

TEST_F(recorded, a_header_and_a_kind_that_is_not_replayed_are_told_apart)
{
	EXPECT_EQ(CW_RECORDED_HEADER,
		  read_line("{\"event\":\"recording\",\"version\":\"x\"}"));
	EXPECT_EQ(CW_RECORDED_OTHER,
		  read_line("{\"event\":\"close-wait\",\"age_ms\":\"60000\"}"));
	EXPECT_EQ(CW_RECORDED_EVENT,
		  read_line("{\"event\":\"close\",\"newer\":[1],\"diag\":{}}"));
	EXPECT_EQ(1ULL << CLOSEWATCH_A_EVENT_TYPE, self->got.ev.present);
	/* What a module sends that is newer than the recorder. */
	EXPECT_EQ(CW_RECORDED_EVENT, read_line("{\"event\":\"200\"}"));
	EXPECT_EQ(200, self->got.ev.type);
}

TEST_F(recorded, what_is_no_record_is_bad_and_says_why)
{
	static const struct {
		const char *line, *why;
	} lines[] = {
		{ "", "no JSON object" },
		{ "{\"event\":\"clo", "no JSON object" },
		{ "{\"event\":\"close\"}{}", "no JSON object" },
		{ "[]", "event: a word" },
		{ "null", "no JSON object" },
		{ "{}", "event: a word" },
		{ "{\"event\":1}", "event: a word" },
		{ "{\"event\":\"close\",\"unread\":\"1\"}", "unread: a number that fits" },
		{ "{\"event\":\"close\",\"unread\":4294967296}", "unread: a number" },
		{ "{\"event\":\"close\",\"unread\":-1}", "unread: a number" },
		{ "{\"event\":\"close\",\"unread\":1.5}", "unread: a number" },
		{ "{\"event\":\"close\",\"sent\":1}", "sent: a number in a string" },
		{ "{\"event\":\"close\",\"sent\":\"18446744073709551616\"}", "sent: " },
		{ "{\"event\":\"close\",\"path\":\"fn\"}", "path: a word" },
		{ "{\"event\":\"close\",\"state\":\"256\"}", "state: a word" },
		{ "{\"event\":\"close\",\"time\":\"now\"}", "time: an RFC 3339" },
		{ "{\"event\":\"close\",\"saved\":1}", "saved: true or false" },
		{ "{\"event\":\"close\",\"comm\":7}", "comm: a short string" },
		{ "{\"event\":\"close\",\"netns_name\":7}", "netns_name: a name" },
		{ "{\"event\":\"close\",\"container\":\"\u00e9\"}", "container: a name" },
		{ "{\"event\":\"close\",\"linger\":true}", "linger: an object" },
		{ "{\"event\":\"close\",\"linger\":{\"on\":1}}", "on: true or false" },
		{ "{\"event\":\"close\",\"local\":{\"addr\":\"1.2.3.4\"}}", "local: an address" },
		{ "{\"event\":\"close\",\"remote\":{\"addr\":\"1.2.3\",\"port\":1}}", "remote: " },
		{ "{\"event\":\"close\",\"local\":{\"addr\":\"::1\",\"port\":65536}}", "local: " },
		{ "{\"event\":\"shared-close\",\"holders\":{}}", "holders: a list" },
		{ "{\"event\":\"shared-close\",\"holders\":{\"processes\":[1]}}", "holders: " },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		EXPECT_EQ(CW_RECORDED_BAD, read_line(lines[i].line)) {
			TH_LOG("%s", lines[i].line);
		}
		EXPECT_NE(NULL, strstr(cw_recorded_why(self->reader), lines[i].why)) {
			TH_LOG("%s: %s", lines[i].line,
			       cw_recorded_why(self->reader));
		}
	}
}

TEST_HARNESS_MAIN
