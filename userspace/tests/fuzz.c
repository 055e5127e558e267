// SPDX-License-Identifier: GPL-2.0
#include <linux/genetlink.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "base/parse.h"
#include "base/util.h"
#include "base/when.h"
#include "events.h"
#include "explain/explain.h"
#include "explain/policy_say.h"
#include "explain/tally.h"
#include "fuzz.h"
#include "fuzz_check.h"
#include "fuzz_info.h"
#include "fuzz_input.h"
#include "fuzz_nl.h"
#include "output/record.h"
#include "output/record_drain.h"
#include "output/record_policy.h"
#include "output/record_stats.h"
#include "output/record_whatif.h"
#include "recording/match_event.h"
#include "recording/recorded.h"
#include "request/filter.h"
#include "request/match_options.h"
#include "request/pick.h"
#include "request/policy.h"

/* Events of one input: it has 4096 bytes at most. */
#define PORTS	1024

/* What comes from all messages of an input, and how it is shown. */
static struct {
	int width;
	bool utf8, diag, header, advise, color;
	struct cw_columns columns;
	size_t room;			/* for a sentence that is cut */
	struct cw_tally tally;
	struct cw_whatif *whatif;	/* large, and so kept */
	uint16_t ports[PORTS];		/* of it, that are in use */
	unsigned int events;
	struct cw_msg_listener listener;
	struct cw_msg_stats stats;
	struct cw_msg_policy policy;
} state;

/* --- rendering --- */

typedef int record_fn(struct cw_view *v, const void *what);

/* Kept, for the fuzzer's speed. */
static FILE *out;
static char *text;
static size_t len;

static void render(record_fn *fn, const void *what,
		   const struct cw_view_options *how)
{
	struct cw_view_options opt = *how;
	struct cw_view *v;

	if (!out)
		out = open_memstream(&text, &len);
	rewind(out);
	opt.out = out;
	v = cw_view_new(&opt);
	if (state.header)
		cw_view_header(v);
	cw_fuzz_require(!fn(v, what), "a record failed", "", 0);
	/* A column grows with what it held. */
	if (state.header)
		cw_fuzz_require(!fn(v, what), "a record failed", "", 0);
	cw_view_free(v);
	fflush(out);
}

static void show_in(record_fn *fn, const void *what,
		    const struct cw_column *layout, const uint8_t *slots)
{
	struct cw_view_options opt = {
		.layout = layout, .slots = slots, .json = true,
	};
	char *plain;
	size_t n;

	render(fn, what, &opt);
	cw_fuzz_require(cw_fuzz_json_ok(text, len), "JSON", text, len);
	opt.json = false;
	opt.width = state.width;
	render(fn, what, &opt);
	cw_fuzz_require(cw_fuzz_text_ok(text, len, !state.utf8) &&
			(!len || text[len - 1] == '\n'), "text", text, len);
	if (!state.color)
		return;
	n = len;
	plain = memcpy(malloc(n), text, n);
	opt.color = true;
	render(fn, what, &opt);
	cw_fuzz_require(cw_fuzz_bleach(text, len) == n &&
			!memcmp(plain, text, n), "coloured text", text, n);
	free(plain);
}

static void show(record_fn *fn, const void *what, const struct cw_column *layout)
{
	show_in(fn, what, layout, NULL);
}

/* --- sentences --- */

typedef void say_fn(const void *what, char *buf, size_t size);

/* Callers have room for @usual bytes: more must not be wanted. */
static void check_sentence(say_fn *fn, const void *what, size_t usual)
{
	char *cut = malloc(state.room), *whole = malloc(4096);
	size_t len;

	fn(what, whole, 4096);
	len = strlen(whole);
	cw_fuzz_require(len < usual && cw_fuzz_text_ok(whole, len, !state.utf8),
			"a sentence", whole, len);
	fn(what, cut, state.room);
	cw_fuzz_require(strlen(cut) < state.room &&
			!strncmp(cut, whole, strlen(cut)), "a cut sentence",
			cut, strlen(cut));
	free(whole);
	free(cut);
}

static void say_what(const void *ev, char *buf, size_t size)
{
	cw_explain(ev, buf, size);
}

static void say_cause(const void *ev, char *buf, size_t size)
{
	buf[0] = '\0';
	cw_explain_cause(ev, buf, size);
}

static void say_remedy(const void *ev, char *buf, size_t size)
{
	buf[0] = '\0';
	cw_explain_remedy(ev, true, buf, size);
}

static void say_policy(const void *p, char *buf, size_t size)
{
	struct cw_text t = { .buf = buf, .size = size };

	buf[0] = '\0';
	cw_policy_say(&t, p, p);
}

static void say_limits(const void *p, char *buf, size_t size)
{
	struct cw_text t = { .buf = buf, .size = size };

	buf[0] = '\0';
	cw_policy_say_limits(&t, p);
}

/* --- events --- */

struct shown_event {
	const struct cw_msg_event *ev;
	const struct cw_holders *holders;
};

static int record_event(struct cw_view *v, const void *what)
{
	const struct shown_event *s = what;

	return cw_record_event(v, s->ev, s->holders, &state.columns,
			       state.diag);
}

static struct cw_columns recorded;
static struct cw_hosted host;		/* never asked: there is always @told */
static const struct cw_told untold;

static int record_recorded(struct cw_view *v, const void *what)
{
	const struct shown_event *s = what;

	return cw_record_event(v, s->ev, s->holders, &recorded, CW_DIAG_NOT);
}

/* What is recorded of an event and read again prints the same, whatever is chosen. */
static void check_read_back(const struct cw_recorded *want, bool json)
{
	static struct cw_recorded_reader *reader;
	struct cw_view_options opt = {
		.layout = state.columns.layout, .slots = state.columns.slots,
		.json = true,
	};
	struct shown_event shown = { &want->ev, want->has_holders ?
				     &want->holders : NULL };
	struct cw_recorded got;
	char *first;
	size_t n;

	if (!reader) {
		reader = cw_recorded_reader_new();
		cw_columns_record(&recorded);
		recorded.host = &host;
	}
	host.told = &want->told;
	render(record_recorded, &shown, &opt);
	cw_fuzz_require(cw_recorded_read(reader, text, len - 1, &got) ==
			CW_RECORDED_EVENT, cw_recorded_why(reader), text, len);
	opt.json = json;
	render(record_event, &shown, &opt);
	n = len;
	first = memcpy(malloc(n), text, n);
	shown = (struct shown_event){ &got.ev, got.has_holders ?
				      &got.holders : NULL };
	host.told = &got.told;
	render(record_event, &shown, &opt);
	cw_fuzz_require(len == n && !memcmp(first, text, n),
			"an event read back", first, n);
	free(first);
}

static void check_recorded(const struct cw_msg_event *ev,
			   const struct cw_holders *holders)
{
	struct cw_recorded want = {
		.ev = *ev, .has_holders = holders, .told = *host.told,
	};
	const struct cw_told *told = host.told;
	bool header = state.header;

	make_regular(&want.ev);
	if (holders)
		want.holders = *holders;
	state.header = false;
	check_read_back(&want, true);
	check_read_back(&want, false);
	state.header = header;
	host.told = told;
}

static int record_drain(struct cw_view *v, const void *ev)
{
	return cw_record_drain(v, ev, ((const struct cw_msg_event *)ev)->cpu);
}

/* As /proc would tell them, with what an event has. */
static void make_holders(struct cw_holders *h, const struct cw_msg_event *ev)
{
	unsigned int i;

	h->count = ev->references % (CW_HOLDERS_MAX + 1);
	h->cut = ev->sigpipe;
	for (i = 0; i < h->count; i++)
		h->list[i] = (struct cw_holder){
			ev->pid + i, ev->tid + i, i & 1 ? ev->ulp : ev->comm,
		};
}

static void add_whatif(const struct cw_msg_event *ev)
{
	char buf[128] = "";
	struct cw_text t = { .buf = buf, .size = sizeof(buf) };
	struct cw_target target;

	cw_whatif_add(state.whatif, ev);
	state.ports[state.events++ % PORTS] = ev->local_port;
	if (!cw_whatif_target(ev, &target))
		return;
	cw_whatif_command(&t, &target, true);
	cw_fuzz_require(t.used < t.size && cw_fuzz_text_ok(t.buf, t.used, true),
			"a command", t.buf, t.used);
}

static int record_whatif(struct cw_view *v, const void *w)
{
	struct cw_before before = { .rows = 0 };

	(void)w;
	cw_before_update(&before, state.whatif, state.stats.saved,
			 state.stats.saved_bytes);
	return cw_record_whatif(v, state.whatif, &before, state.stats.saved,
				state.stats.saved_bytes);
}

/* To clear all of its ports would take longer than the rest. */
static void forget_whatif(void)
{
	struct cw_whatif *w = state.whatif;
	unsigned int i;

	for (i = 0; i < PORTS; i++)
		memset(&w->port[state.ports[i]], 0, sizeof(w->port[0]));
	memset(&w->listeners, 0, sizeof(w->listeners));
	memset(&w->all, 0, sizeof(w->all));
	memset(w->program, 0, w->programs * sizeof(w->program[0]));
	w->programs = 0;
	w->unnamed = 0;
	w->lost = 0;
	memset(&w->refusals, 0, sizeof(w->refusals));
	memset(&w->seen, 0, sizeof(w->seen));
}

static bool on_event(void *arg, const struct cw_msg_event *ev)
{
	struct shown_event shown = { .ev = ev };
	struct cw_holders holders = { 0 };

	(void)arg;
	make_holders(&holders, ev);
	if (ev->type == CLOSEWATCH_EVENT_TYPE_SHARED_CLOSE)
		shown.holders = &holders;
	show_in(record_event, &shown, state.columns.layout,
		state.columns.slots);
	check_recorded(ev, shown.holders);
	check_sentence(say_what, ev, 512);
	check_sentence(say_cause, ev, 512);
	check_sentence(say_remedy, ev, 512);
	cw_tally_add(&state.tally, ev);
	add_whatif(ev);
	return true;
}

/* A line of a recording may be anything; what is taken is an event like others. */
static void check_line(struct cw_input *in)
{
	const struct cw_msg_filter open = CW_FILTER_INIT;
	struct cw_recorded_reader *reader = cw_recorded_reader_new();
	struct cw_recorded got;

	if (cw_recorded_read(reader, (const char *)in->at, in->left, &got) ==
	    CW_RECORDED_EVENT) {
		cw_filter_event(&open, &got.ev);
		host.told = &got.told;
		on_event(NULL, &got.ev);
		check_recorded(&got.ev, got.has_holders ? &got.holders : NULL);
		host.told = &untold;
	}
	cw_fuzz_require(cw_fuzz_text_ok(cw_recorded_why(reader),
					strlen(cw_recorded_why(reader)), false),
			"what is wrong with a line", "", 0);
	cw_recorded_reader_free(reader);
	in->left = 0;
}

static void on_events(void *arg, const void *attrs, size_t len)
{
	state.tally.malformed += cw_decode_events(attrs, len, on_event, arg);
}

/* --- the other replies --- */

static void take_drain(void *to, const void *attrs, size_t len)
{
	struct cw_msg_event ev;

	(void)to;
	cw_decode_event(&ev, attrs, len);
	show(record_drain, &ev, cw_record_drain_layout);
}

static int record_policy(struct cw_view *v, const void *p)
{
	return cw_record_policy(v, p, &(struct cw_policy_notes){
		.shadow = state.policy.id,
	});
}

static int record_added(struct cw_view *v, const void *p)
{
	const struct cw_shadow shadow = {
		.by = state.policy.id, .count = state.policy.local_port,
	};

	return cw_record_added(v, p, &state.policy, &shadow);
}

static int record_off(struct cw_view *v, const void *p)
{
	return cw_record_off(v, &(struct cw_removal){ .of = p, .left = state.policy.id });
}

/* What a request would hold is read back as the same. */
static void check_request(const struct cw_msg_policy *p)
{
	struct cw_attrs attrs = { .len = 0 };
	struct cw_msg_policy again;
	unsigned int type;
	const void *data;
	size_t start, len;

	for (type = 0; type <= CLOSEWATCH_A_POLICY_MAX; type++) {
		if (!cw_policy_attr(p, type, &data, &len))
			continue;
		start = attrs.len;
		memcpy(attrs.b + start, data, len);
		attrs.len += len;
		cw_attrs_wrap(&attrs, start, type);
	}
	cw_decode_policy(&again, attrs.b, attrs.len);
	cw_fuzz_require(!again.malformed && again.present == p->present,
			"a policy read back", (const char *)attrs.b, attrs.len);
}

static void take_policy(void *to, const void *attrs, size_t len)
{
	struct cw_msg_policy p;

	(void)to;
	cw_decode_policy(&p, attrs, len);
	show(record_policy, &p, cw_record_policy_layout);
	show(record_added, &p, cw_record_added_layout);
	show(record_off, &p, cw_record_added_layout);
	check_sentence(say_policy, &p, 640);
	check_sentence(say_limits, &p, 104);
	check_request(&p);
	state.policy = p;
}

static void take_info(void *to, const void *attrs, size_t len)
{
	struct cw_msg_info info;

	(void)to;
	cw_decode_info(&info, attrs, len);
	show(cw_fuzz_info, &info, NULL);
}

static void take_listener(void *to, const void *attrs, size_t len)
{
	(void)to;
	cw_decode_listener(&state.listener, attrs, len);
}

static int record_stats(struct cw_view *v, const void *stats)
{
	const struct cw_msg_stats *s = stats;
	const struct cw_reading r = {
		.time = s->saved_bytes, .span_ns = s->saved,
		.listeners = s->drains, .missed = s->unread[0],
		.unfollowed = s->fate_time[0], .unsteady = s->malformed,
	};
	struct cw_row rows[CW_ROWS];
	struct cw_mibs mibs = { .present = s->netns };
	unsigned int i;

	for (i = 0; i < CW_MIB_COUNT; i++)
		mibs.n[i] = s->linger_wait[i];
	cw_reconcile(rows, s, &mibs);
	if (cw_record_stats(v, &r, s))
		return -1;
	return cw_record_rows(v, &r, rows);
}

static void take_stats(void *to, const void *attrs, size_t len)
{
	struct cw_msg_stats now, delta = { 0 };

	(void)to;
	cw_decode_stats(&now, attrs, len);
	cw_stats_since(&delta, &now, &state.stats);
	show(record_stats, &now, NULL);
	show(record_stats, &delta, NULL);
	cw_tally_ends(&state.tally, &now);
	state.stats = now;
}

/* --- the command line's words --- */

static void check_words(struct cw_input *in)
{
	struct cw_msg_filter f = CW_FILTER_INIT;
	struct cw_match m = CW_MATCH_INIT;
	struct cw_msg_policy p = { 0 };
	struct cw_bytes addr;
	struct cw_ends ends;
	struct cw_span span;
	char word[200];
	uint32_t n = 0;
	uint64_t big;
	uint8_t bits;

#define CHECK(call) do {						\
		struct cw_fail fail = { 0 };				\
		int ret = (call);					\
									\
		cw_fuzz_require(ret ? ret == CW_USAGE && fail.what[0] :	\
				      !fail.what[0],			\
				#call, word, strlen(word));		\
	} while (0)

	cw_input_string(in, word, sizeof(word));
	CHECK(cw_parse_port(word, &f.port, &fail));
	CHECK(cw_parse_u32(word, 1, 1 << 22, "number", &n, &fail));
	CHECK(cw_parse_duration(word, &big, &fail));
	CHECK(cw_parse_seconds(word, 3600, "time", &n, &fail));
	CHECK(cw_parse_bytes(word, &big, &fail));
	CHECK(cw_when_span(word, NULL, 1795770000000000000ULL, &span, &fail));
	CHECK(cw_filter_paths(&f, word, &fail));
	CHECK(cw_pick_events(&n, word, &fail));
	CHECK(cw_parse_prefix(word, &addr, &bits, &fail));
	CHECK(cw_parse_ends(word, &ends, &fail));
	CHECK(cw_match_parse(&m, 'L', word, &fail));
	CHECK(cw_match_parse(&m, 'C', word, &fail));
	CHECK(cw_match_parse(&m, CW_KEY_REMOTE_PREFIX, word, &fail));
	CHECK(cw_policy_seconds(&p, word, &fail));
#undef CHECK
}

/* --- messages --- */

enum message {
	MESSAGE_EVENTS, MESSAGE_DRAIN, MESSAGE_POLICY, MESSAGE_INFO,
	MESSAGE_LISTENER, MESSAGE_STATS, MESSAGE_ERROR, MESSAGE_DONE,
	MESSAGE_FAMILY, MESSAGE_BYTES, MESSAGE_WORDS, MESSAGE_LINE,
};

static const struct {
	struct cw_nl_want want;
	uint16_t type;
	uint16_t flags;
	uint8_t command;
} messages[] = {
	[MESSAGE_EVENTS] = {
		{ 0 }, CW_FUZZ_FAMILY, 0, CLOSEWATCH_CMD_EVENT },
	[MESSAGE_DRAIN] = {
		{ CLOSEWATCH_A_DRAIN, take_drain, NULL }, CW_FUZZ_FAMILY,
		NLM_F_MULTI, CLOSEWATCH_CMD_DRAIN_GET },
	[MESSAGE_POLICY] = {
		{ CLOSEWATCH_A_POLICY, take_policy, NULL }, CW_FUZZ_FAMILY,
		NLM_F_MULTI, CLOSEWATCH_CMD_POLICY_GET },
	[MESSAGE_INFO] = {
		{ CLOSEWATCH_A_INFO, take_info, NULL }, CW_FUZZ_FAMILY, 0,
		CLOSEWATCH_CMD_INFO },
	[MESSAGE_LISTENER] = {
		{ CLOSEWATCH_A_LISTENER, take_listener, NULL },
		CW_FUZZ_FAMILY, 0, CLOSEWATCH_CMD_UNSUBSCRIBE },
	[MESSAGE_STATS] = {
		{ CLOSEWATCH_A_STATS, take_stats, NULL }, CW_FUZZ_FAMILY, 0,
		CLOSEWATCH_CMD_STATS },
	[MESSAGE_ERROR] = {
		{ 0 }, NLMSG_ERROR, NLM_F_ACK_TLVS | NLM_F_CAPPED, 0 },
	[MESSAGE_DONE] = {
		{ 0 }, NLMSG_DONE, NLM_F_MULTI | NLM_F_ACK_TLVS, 0 },
	[MESSAGE_FAMILY] = {
		{ 0 }, GENL_ID_CTRL, 0, 2 /* CTRL_CMD_DELFAMILY */ },
	[MESSAGE_BYTES] = { { 0 }, 0, 0, 0 },
};

/* What stands between a message's header and its attributes. */
static size_t put_head(struct cw_input *in, enum message what, uint8_t *to)
{
	struct genlmsghdr gh = { .cmd = messages[what].command };
	struct nlmsgerr e = { .msg.nlmsg_seq = CW_FUZZ_SEQ };
	uint32_t error = 0;
	size_t i;

	switch (what) {
	case MESSAGE_ERROR:
		for (i = 0; i < sizeof(e.error); i++)
			error = error << 8 | cw_input_byte(in);
		e.error = error;
		e.msg.nlmsg_len = sizeof(e.msg) + cw_input_byte(in);
		memcpy(to, &e, sizeof(e));
		return sizeof(e);
	case MESSAGE_DONE:
		for (i = 0; i < sizeof(e.error); i++)
			to[i] = cw_input_byte(in);
		return sizeof(e.error);
	default:
		memcpy(to, &gh, sizeof(gh));
		return sizeof(gh);
	}
}

static void message(struct cw_input *in, enum message what, uint8_t how)
{
	struct nlmsghdr nlh = {
		.nlmsg_type = messages[what].type, .nlmsg_seq = CW_FUZZ_SEQ,
		.nlmsg_flags = messages[what].flags ^ (how & 2 ? NLM_F_CAPPED : 0),
	};
	struct cw_attrs attrs = { .len = 0 };
	uint8_t whole[NLMSG_HDRLEN + 64 + sizeof(attrs.b)];
	size_t head = NLMSG_HDRLEN;

	head += put_head(in, what, whole + head);
	cw_input_attrs(in, &attrs);
	/* The nest that all our messages have; @how leaves it out. */
	if (how & 4)
		;
	else if (what == MESSAGE_EVENTS)
		cw_attrs_wrap(&attrs, 0, CLOSEWATCH_A_EVENT);
	else if (messages[what].want.take)
		cw_attrs_wrap(&attrs, 0, messages[what].want.attr);
	memcpy(whole + head, attrs.b, attrs.len);
	nlh.nlmsg_len = head + attrs.len;
	memcpy(whole, &nlh, sizeof(nlh));
	cw_fuzz_nl(what == MESSAGE_BYTES ? attrs.b : whole,
		   what == MESSAGE_BYTES ? attrs.len : nlh.nlmsg_len, how & 1,
		   &messages[what].want, on_events);
}

static int record_tally(struct cw_view *v, const void *kernel)
{
	(void)v;
	cw_tally_print(&state.tally, kernel, out);
	return 0;
}

static void begin(struct cw_input *in)
{
	static const int widths[] = { 0, 1, 40, 79, 80, 100, 160, 250 };
	static locale_t c, utf8;
	static const char *const lists[] = {
		"+age,sent,fate,lost", "pid,comm", "peer,linger,since-close",
		"note,event,reason,cookie,saved",
	};
	uint8_t how = cw_input_byte(in);
	struct cw_fail fail;

	if (!state.whatif) {
		setenv("TZ", "UTC", 1);
		state.whatif = cw_whatif_new(true);
		c = newlocale(LC_ALL_MASK, "C", NULL);
		utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
	}
	state.width = widths[how & 7];
	state.utf8 = how & 8;
	state.diag = how & 16;
	state.header = how & 32;
	state.advise = how & 64;
	state.color = how & 128;
	state.events = 0;
	state.room = cw_input_byte(in) + 1;
	cw_columns_init(&state.columns, state.utf8);
	state.columns.host = &host;
	host.told = &untold;
	if (state.room & 1)
		cw_columns_choose(&state.columns, lists[state.room / 2 %
				  ARRAY_SIZE(lists)], &fail);
	uselocale(state.utf8 ? utf8 : c);
	memset(&state.tally, 0, sizeof(state.tally));
	memset(&state.listener, 0, sizeof(state.listener));
	memset(&state.stats, 0, sizeof(state.stats));
	memset(&state.policy, 0, sizeof(state.policy));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cw_input in = { .at = data, .left = size };
	uint8_t what, how;

	begin(&in);
	while (in.left) {
		what = cw_input_byte(&in);
		how = what >> 4;
		what &= 15;
		if (what == MESSAGE_WORDS)
			check_words(&in);
		else if (what == MESSAGE_LINE)
			check_line(&in);
		else if (what < MESSAGE_WORDS)
			message(&in, what, how);
	}
	render(record_tally, &state.listener, &(struct cw_view_options){ 0 });
	cw_fuzz_require(cw_fuzz_text_ok(text, len, true), "a summary", text, len);
	if (state.advise)
		show(record_whatif, state.whatif, NULL);
	forget_whatif();
	return 0;
}
