// SPDX-License-Identifier: GPL-2.0
#include <locale.h>
#include <stdlib.h>

#include <json-c/json.h>

#include "base/utf8.h"
#include "explain/explain.h"
#include "explain/tally.h"
#include "fixture.h"
#include "kselftest_harness.h"
#include "output/record.h"

#define drop(ev, attr) \
	((ev)->present &= ~(1ULL << CLOSEWATCH_A_EVENT_##attr))

FIXTURE(view)
{
	char *text;
	size_t len;
	FILE *out;
	struct message m;
	struct cw_msg_event ev;
	struct cw_columns columns;
};

FIXTURE_SETUP(view)
{
	setenv("TZ", "UTC", 1);
	ASSERT_NE(NULL, setlocale(LC_CTYPE, "C.UTF-8"));
	self->text = NULL;
	self->out = open_memstream(&self->text, &self->len);
	ASSERT_NE(NULL, self->out);
	self->m.len = 0;
	put_everything(&self->m);
	cw_decode_event(&self->ev, self->m.b, self->m.len);
	ASSERT_EQ(0, self->ev.malformed);
	/* Beside a close's own facts the rest would only clutter a sentence. */
	self->ev.kernel_reason.len = 0;
	drop(&self->ev, KERNEL_REASON);
	cw_columns_init(&self->columns, false);
}

FIXTURE_TEARDOWN(view)
{
	fclose(self->out);
	free(self->text);
}

/* What a verb prints for one event. */
static const char *render_to(FILE *out, char **text,
			     const struct cw_msg_event *ev,
			     const struct cw_columns *columns,
			     bool json, int width, bool diag)
{
	struct cw_view_options opt = {
		.out = out, .json = json, .width = width,
		.layout = columns->layout, .slots = columns->slots,
	};
	struct cw_view *v = cw_view_new(&opt);

	if (!v || cw_record_event(v, ev, NULL, columns, diag))
		return "(failed)";
	cw_view_free(v);
	fflush(out);
	return *text;
}

#define render(json, width, diag) \
	render_to(self->out, &self->text, &self->ev, &self->columns, json, \
		  width, diag)

TEST_F(view, json_has_the_shape_of_the_contract)
{
	EXPECT_STREQ("{\"event\":\"close\","
		     "\"time\":\"2026-11-21T03:12:07.123456789Z\",\"cpu\":3,\"seq\":\"17\",\"netns\":\"4026531840\","
		     "\"family\":\"ipv4\",\"local\":{\"addr\":\"127.0.0.1\","
		     "\"port\":80},\"remote\":{\"addr\":\"127.0.0.2\","
		     "\"port\":51234},\"cookie\":\"8193\",\"path\":\"rst-unread\","
		     "\"state\":\"FIN_WAIT2\",\"new_state\":\"CLOSE\","
		     "\"fin\":\"none\",\"fate\":\"rst-late-data\","
		     "\"verdict\":\"lost\",\"lost_bytes\":\"8192\","
		     "\"closed_first\":\"local\",\"since_close_ns\":\"1200000000\","
		     "\"how\":\"rdwr\",\"references\":6,\"sigpipe\":true,"
		     "\"reset_kind\":\"listener\",\"policy_id\":11,"
		     "\"action\":\"leave\",\"dry_run\":true,"
		     "\"drain_outcome\":\"refused\",\"refusal\":\"ulp\","
		     "\"discarded\":\"4096\",\"response_acked\":\"150000\","
		     "\"response_bytes\":\"200000\","
		     "\"drain_ns\":\"2500000000\",\"saved\":true,"
		     "\"unread\":3812,\"unsent\":7,"
		     "\"unacked\":61440,\"sent\":\"812\",\"retransmitted\":\"5\","
		     "\"received\":\"96\",\"acked\":\"18446744073709551615\","
		     "\"age_ns\":\"1000000007\",\"since_sent_ns\":\"800000000\",\"linger\":{\"on\":true,"
		     "\"seconds\":5,\"waited_ns\":\"1200345\",\"outcome\":\"acked\"},"
		     "\"why\":\"close\",\"signal\":9,\"comm\":\"nginx\",\"pid\":812,"
		     "\"tid\":813,\"uid\":33,\"cgroup\":\"4711\",\"children\":4,"
		     "\"children_reset\":2,\"children_migrated\":1,"
		     "\"syn_queue\":2,\"ulp\":\"tls\",\"count\":\"9\","
		     "\"loss\":\"ring\",\"connect_error\":\"EHOSTUNREACH\","
		     "\"connect_rst\":true,\"ended_by\":\"user-timeout\","
		     "\"since_ended_ns\":\"195000000\","
		     "\"since_received_ns\":\"900000000\","
		     "\"since_heard_ns\":\"2100000000\",\"inode\":54321}\n",
		     render(true, 0, false));
}

TEST_F(view, what_is_absent_has_no_key)
{
	self->ev.present = 1ULL << CLOSEWATCH_A_EVENT_TYPE;
	self->ev.more = 0;
	EXPECT_STREQ("{\"event\":\"close\"}\n",
		     render(true, 0, false));
}

TEST_F(view, a_lost_record_in_json)
{
	struct message m = { 0 };

	put_u32(&m, CLOSEWATCH_A_EVENT_TYPE, CLOSEWATCH_EVENT_TYPE_LOST);
	put_u64(&m, CLOSEWATCH_A_EVENT_TIME, 1000000000);
	put_u64(&m, CLOSEWATCH_A_EVENT_COUNT, 12);
	put_u32(&m, CLOSEWATCH_A_EVENT_LOSS, CLOSEWATCH_LOSS_SOCKET);
	cw_decode_event(&self->ev, m.b, m.len);
	EXPECT_STREQ("{\"event\":\"lost\",\"time\":\"1970-01-01T00:00:01.000000000Z\""
		     ",\"count\":\"12\",\"loss\":\"socket\"}\n",
		     render(true, 0, false));
}

TEST_F(view, values_newer_than_the_program_are_shown_as_numbers)
{
	self->ev.path = 77;
	self->ev.state = 200;
	EXPECT_NE(NULL, strstr(render(true, 0, false),
			       "\"path\":\"77\",\"state\":\"200\""));
	self->ev.type = 99;
	EXPECT_NE(NULL, strstr(render(true, 0, false),
			       "{\"event\":\"99\""));
}

/* Every single byte as a task name gives one line of JSON that parses. */
TEST_F(view, any_task_name_is_valid_json)
{
	int byte;

	for (byte = 1; byte < 256; byte++) {
		struct json_object *o, *comm;
		char *newline;

		self->ev.comm.len = 3;
		self->ev.comm.b[0] = 'a';
		self->ev.comm.b[1] = byte;
		self->ev.comm.b[2] = 'z';
		rewind(self->out);
		render(true, 0, false);
		newline = strchr(self->text, '\n');
		ASSERT_NE(NULL, newline);
		newline[1] = '\0';
		o = json_tokener_parse(self->text);
		ASSERT_NE(NULL, o) {
			TH_LOG("byte %02x: %s", byte, self->text);
		}
		ASSERT_TRUE(json_object_object_get_ex(o, "comm", &comm));
		if (byte < 0x7f) {
			EXPECT_EQ(3, json_object_get_string_len(comm));
			EXPECT_EQ(byte, json_object_get_string(comm)[1]);
		} else {
			char want[8];

			snprintf(want, sizeof(want), "a\\x%02xz", byte);
			EXPECT_STREQ(want, json_object_get_string(comm));
		}
		json_object_put(o);
	}
}

TEST_F(view, text_is_one_aligned_line)
{
	EXPECT_STREQ("03:12:07.123 rst-unread       127.0.0.1:80 -> "
		     "127.0.0.2:51234          3812       7   61440 "
		     "nginx[812]     RST: 3812 B unread; 7 B never sent; "
		     "61440 B of ours in flight, not known whether they arrived; "
		     "all acknowledged after 1.2 ms\n",
		     render(false, 0, false));
}

TEST_F(view, a_narrow_terminal_folds_the_sentence)
{
	drop(&self->ev, LINGER_OUTCOME);
	self->ev.linger_outcome = 0;
	EXPECT_STREQ("03:12:07.123 rst-unread       127.0.0.1:80 -> "
		     "127.0.0.2:51234       nginx[812]\n"
		     "             RST: 3812 B unread; 7 B never sent; "
		     "61440 B of ours in flight, not\n"
		     "             known whether they arrived\n",
		     render(false, 80, false));
}

TEST_F(view, ipv6_is_bracketed_and_widens_its_column)
{
	static const char line[] =
		"[2001:db8::1]:80 -> [2001:db8:ffff:ffff:ffff:ffff:ffff:2]:51234";
	uint8_t a[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };

	self->ev.family = 10;
	self->ev.local_addr.len = 16;
	memcpy(self->ev.local_addr.b, a, sizeof(a));
	memset(a + 4, 0xff, 10);
	a[14] = 0;
	a[15] = 2;
	self->ev.remote_addr.len = 16;
	memcpy(self->ev.remote_addr.b, a, sizeof(a));
	EXPECT_NE(NULL, strstr(render(false, 0, false), line)) {
		TH_LOG("%s", self->text);
	}
	EXPECT_NE(NULL, strstr(render(true, 0, false),
			       "\"addr\":\"2001:db8::1\""));
}

TEST_F(view, a_lost_record_in_text_is_told_in_words)
{
	self->ev.present = 1ULL << CLOSEWATCH_A_EVENT_TYPE |
			   1ULL << CLOSEWATCH_A_EVENT_TIME |
			   1ULL << CLOSEWATCH_A_EVENT_COUNT |
			   1ULL << CLOSEWATCH_A_EVENT_LOSS;
	self->ev.type = CLOSEWATCH_EVENT_TYPE_LOST;
	EXPECT_STREQ("03:12:07.123 lost             9 events lost: a ring in the kernel was full\n",
		     render(false, 0, false));
}

/* A hit that was missed may have been of no event that was wanted. */
TEST_F(view, missed_probe_hits_are_events_at_most)
{
	self->ev.type = CLOSEWATCH_EVENT_TYPE_LOST;
	self->ev.loss = CLOSEWATCH_LOSS_PROBE;
	EXPECT_NE(NULL, strstr(render(false, 0, false),
			       " up to 9 events lost: a probe was hit while it could not run\n"));
}

/* Its count is of seconds, never of events. */
TEST_F(view, blindness_is_a_loss_of_its_own)
{
	self->ev.present = 1ULL << CLOSEWATCH_A_EVENT_TYPE |
			   1ULL << CLOSEWATCH_A_EVENT_TIME |
			   1ULL << CLOSEWATCH_A_EVENT_COUNT |
			   1ULL << CLOSEWATCH_A_EVENT_LOSS;
	self->ev.type = CLOSEWATCH_EVENT_TYPE_LOST;
	self->ev.loss = CLOSEWATCH_LOSS_BLIND;
	EXPECT_STREQ("03:12:07.123 lost             blind for 9 s: "
		     "the kernel's probes do not fire, so what ends now goes unseen\n",
		     render(false, 0, false));
	EXPECT_NE(NULL, strstr(render(true, 0, false), "\"loss\":\"blind\""));
	EXPECT_NE(NULL, strstr(render(false, 0, true), "ftrace_enabled"));
}

TEST_F(view, a_listener_has_no_remote_and_no_figures)
{
	drop(&self->ev, REMOTE_ADDR);
	drop(&self->ev, REMOTE_PORT);
	drop(&self->ev, UNREAD);
	drop(&self->ev, UNSENT);
	drop(&self->ev, UNACKED);
	drop(&self->ev, LINGER_OUTCOME);
	self->ev.linger_outcome = 0;
	self->ev.path = CLOSEWATCH_PATH_LISTENER;
	EXPECT_STREQ("03:12:07.123 listener         127.0.0.1:80   "
		     "                             -       -       "
		     "- nginx[812]     listener closed with 5 connections "
		     "in its queue, 2 reset, 1 handed to another listener; "
		     "2 half-open left behind, without RST\n",
		     render(false, 0, false));
	self->ev.present |= 1ULL << CLOSEWATCH_A_EVENT_UNREAD;
	EXPECT_NE(NULL, strstr(render(false, 0, false),
			       "; 3812 B of their peers unread; 2 half-open"));
}

TEST_F(view, a_linger_wait_says_what_it_waits_for)
{
	self->ev.type = CLOSEWATCH_EVENT_TYPE_LINGER_WAIT;
	drop(&self->ev, PATH);
	EXPECT_NE(NULL, strstr(render(false, 0, false),
			       " linger-wait "));
	EXPECT_NE(NULL, strstr(self->text,
			       "close() waits up to 5 s for 61447 B and the FIN "
		     "to be acknowledged"));
	self->ev.linger_seconds = UINT32_MAX;
	EXPECT_NE(NULL, strstr(render(false, 0, false),
			       "close() waits without a limit for 61447 B"));
}

/* The last cell of the line, without its end. */
static const char *note_of(const struct cw_msg_event *ev)
{
	static char note[512];

	cw_explain(ev, note, sizeof(note));
	return note;
}

TEST_F(view, a_fate_is_named_and_says_what_became_of_the_data)
{
	self->ev.type = CLOSEWATCH_EVENT_TYPE_FATE;
	self->ev.unread = 0;
	drop(&self->ev, PATH);
	EXPECT_NE(NULL, strstr(render(false, 0, false),
			       "03:12:07.123 rst-late-data    127"));
	EXPECT_STREQ("lost: 7 B never sent; 61440 B of ours in flight, not known "
		     "whether they arrived, 1.20 s after our side closed; "
		     "RST to data that came too late; this side closed first",
		     note_of(&self->ev));
	self->ev.fate = CLOSEWATCH_FATE_TIME_WAIT;
	self->ev.verdict = CLOSEWATCH_VERDICT_DELIVERED;
	self->ev.acked = 61440;
	self->ev.closed_first = CLOSEWATCH_SIDE_PEER;
	EXPECT_STREQ("delivered: all 61440 B and the FIN acknowledged by the peer's TCP, "
		     "1.20 s after our side closed; the peer closed first",
		     note_of(&self->ev));
	self->ev.acked = 0;
	self->ev.closed_first = CLOSEWATCH_SIDE_UNKNOWN;
	drop(&self->ev, SINCE_CLOSE_NS);
	EXPECT_STREQ("delivered: no data of ours, the FIN acknowledged by the peer's TCP",
		     note_of(&self->ev));
	self->ev.verdict = CLOSEWATCH_VERDICT_UNKNOWN;
	self->ev.unsent = 0;
	EXPECT_STREQ("unknown: 61440 B of ours in flight, not known whether they arrived",
		     note_of(&self->ev));
	self->ev.unacked = 0;
	self->ev.unread = 3;
	EXPECT_STREQ("unknown: no data of ours to be acknowledged, but no FIN of ours; "
		     "3 B of the peer's unread",
		     note_of(&self->ev));
	self->ev.verdict = 9;
	EXPECT_NE(NULL, strstr(note_of(&self->ev), "no verdict that"));
}

TEST_F(view, a_shutdown_says_which_side_and_a_signal_who_closed)
{
	self->ev.type = CLOSEWATCH_EVENT_TYPE_SHUTDOWN;
	self->ev.path = CLOSEWATCH_PATH_FLAG_ONLY;
	self->ev.how = CLOSEWATCH_HOW_RD;
	EXPECT_STREQ("SHUT_RD: nothing sent, a flag was set",
		     note_of(&self->ev));
	EXPECT_NE(NULL, strstr(render(true, 0, false),
			       "\"path\":\"flag-only\""));
	rewind(self->out);
	EXPECT_NE(NULL, strstr(render(false, 0, false), " shutdown "));
	self->ev.why = CLOSEWATCH_CAUSE_SIGNAL;
	EXPECT_NE(NULL, strstr(note_of(&self->ev), "(killed by SIGKILL)"));
}

TEST_F(view, the_kernels_own_reason_stands_behind_ours)
{
	self->ev.present |= 1ULL << CLOSEWATCH_A_EVENT_KERNEL_REASON;
	self->ev.kernel_reason.len = 9;
	EXPECT_NE(NULL, strstr(note_of(&self->ev), " [kernel: TCP_STATE]"));
	EXPECT_NE(NULL, strstr(render(true, 0, false),
			       "\"kernel_reason\":\"TCP_STATE\""));
}

TEST_F(view, calls_that_tcp_never_sees_are_told)
{
	self->ev.type = CLOSEWATCH_EVENT_TYPE_SHARED_CLOSE;
	EXPECT_STREQ("nothing sent, 6 more references keep the socket open",
		     note_of(&self->ev));
	self->ev.references = 1;
	EXPECT_STREQ("nothing sent, 1 more reference keeps the socket open",
		     note_of(&self->ev));
	self->ev.type = CLOSEWATCH_EVENT_TYPE_WRITE_AFTER_SHUTDOWN;
	EXPECT_STREQ("write failed with EPIPE and SIGPIPE: the program had shut this side before",
		     note_of(&self->ev));
	self->ev.sigpipe = 0;
	self->ev.state = CLOSEWATCH_STATE_CLOSE;
	EXPECT_STREQ("write failed with EPIPE: the connection was over; "
		     "RST to data that came too late",
		     note_of(&self->ev));
	self->ev.fate = CLOSEWATCH_FATE_ACKED;
	EXPECT_STREQ("write failed with EPIPE: the program had shut this side before; "
		     "both FINs were exchanged",
		     note_of(&self->ev));
	drop(&self->ev, FATE);
	EXPECT_STREQ("write failed with EPIPE: the connection was over",
		     note_of(&self->ev));
}

TEST_F(view, a_reset_says_who_sent_it_and_why)
{
	int kind;

	self->ev.type = CLOSEWATCH_EVENT_TYPE_RESET;
	self->ev.reset_kind = CLOSEWATCH_RESET_KIND_RECEIVED;
	EXPECT_STREQ("RST from the peer; 3812 B of the peer's still unread; "
		     "7 B never sent; 61440 B of ours in flight, not known "
		     "whether they arrived",
		     note_of(&self->ev));
	for (kind = 1; kind <= CLOSEWATCH_RESET_KIND_MAX; kind++) {
		if (kind == CLOSEWATCH_RESET_KIND_LATE_SEGMENT)
			continue;
		self->ev.reset_kind = kind;
		EXPECT_EQ(0, strncmp(note_of(&self->ev), "RST sent: ", 10));
	}
	self->ev.reset_kind = 99;
	EXPECT_NE(NULL, strstr(note_of(&self->ev), "newer than this program"));
}

TEST_F(view, each_fate_has_a_cause_and_a_remedy)
{
	char cause[512], remedy[512];
	int i;

	self->ev.type = CLOSEWATCH_EVENT_TYPE_FATE;
	for (i = 0; i <= CLOSEWATCH_FATE_MAX; i++) {
		self->ev.fate = i;
		EXPECT_TRUE(cw_explain_cause(&self->ev, cause, sizeof(cause)));
		EXPECT_TRUE(cw_explain_remedy(&self->ev, true, remedy,
					      sizeof(remedy)));
	}
	self->ev.type = CLOSEWATCH_EVENT_TYPE_RESET;
	for (i = 0; i <= CLOSEWATCH_RESET_KIND_MAX; i++) {
		self->ev.reset_kind = i;
		EXPECT_TRUE(cw_explain_cause(&self->ev, cause, sizeof(cause)));
	}
}

TEST_F(view, a_drain_says_what_it_took_over_and_how_it_ended)
{
	struct cw_msg_event *ev = &self->ev;

	ev->type = CLOSEWATCH_EVENT_TYPE_DRAIN_BEGIN;
	EXPECT_STREQ("policy 11 drains: 200000 B of ours not yet acknowledged; "
		     "3812 B unread, for which a plain close would have sent RST",
		     note_of(ev));
	ev->type = CLOSEWATCH_EVENT_TYPE_DRAIN_END;
	EXPECT_STREQ("not drained, closed as without policy 11: "
		     "an upper layer protocol was on the socket (tls)",
		     note_of(ev));
	ev->refusal = CLOSEWATCH_REFUSAL_LIMIT;
	EXPECT_STREQ("not drained, closed as without policy 11: there were too many drains",
		     note_of(ev));
	ev->drain_outcome = CLOSEWATCH_DRAIN_OUTCOME_DELIVERED;
	ev->response_acked = 200000;
	EXPECT_STREQ("delivered: both FINs and all of ours acknowledged; 2.50 s after the close; "
		     "200000 of 200000 B of the response acknowledged; 4096 B discarded; "
		     "200000 B of response saved from an RST",
		     note_of(ev));
	ev->saved = 0;
	EXPECT_EQ(NULL, strstr(note_of(ev), "saved"));
	/* "0 of 0" would hide that there was a response. */
	ev->response_bytes = 0;
	EXPECT_STREQ("delivered: both FINs and all of ours acknowledged; 2.50 s after the close; "
		     "all that we had sent was acknowledged before the close; 4096 B discarded",
		     note_of(ev));
	ev->drain_outcome = 99;
	EXPECT_NE(NULL, strstr(note_of(ev), "newer than this program"));
	ev->drain_outcome = CLOSEWATCH_DRAIN_OUTCOME_REFUSED;
	ev->refusal = 99;
	EXPECT_NE(NULL, strstr(note_of(ev), "newer than this program"));
}

TEST_F(view, a_larger_limit_needs_another_rule_in_place_of_the_first)
{
	static const struct {
		unsigned int outcome;
		const char *option;
	} limits[] = {
		{ CLOSEWATCH_DRAIN_OUTCOME_IDLE_TIMEOUT, "--idle" },
		{ CLOSEWATCH_DRAIN_OUTCOME_TOTAL_TIMEOUT, "--total" },
		{ CLOSEWATCH_DRAIN_OUTCOME_BYTE_LIMIT, "--bytes" },
	};
	char remedy[512], want[128];
	size_t i;

	self->ev.type = CLOSEWATCH_EVENT_TYPE_DRAIN_END;
	for (i = 0; i < ARRAY_SIZE(limits); i++) {
		self->ev.drain_outcome = limits[i].outcome;
		EXPECT_TRUE(cw_explain_remedy(&self->ev, true, remedy, sizeof(remedy)));
		snprintf(want, sizeof(want),
			 ": closewatch del 11, and add it again with a larger %s",
			 limits[i].option);
		EXPECT_NE(NULL, strstr(remedy, want)) {
			TH_LOG("%s", remedy);
		}
	}
}

TEST_F(view, a_policy_says_what_it_did_or_would_do)
{
	struct cw_msg_event *ev = &self->ev;

	ev->type = CLOSEWATCH_EVENT_TYPE_POLICY;
	ev->present &= ~(1ULL << CLOSEWATCH_A_EVENT_DRAIN_OUTCOME);
	EXPECT_STREQ("policy 11 (dry run) would leave the close to its program",
		     note_of(ev));
	ev->action = CLOSEWATCH_ACTION_DRAIN;
	EXPECT_STREQ("policy 11 (dry run) would drain this close", note_of(ev));
	ev->dry_run = 0;
	ev->action = CLOSEWATCH_ACTION_LINGER;
	EXPECT_STREQ("policy 11 sets SO_LINGER 5 s", note_of(ev));
	ev->action = CLOSEWATCH_ACTION_RESET;
	EXPECT_STREQ("policy 11 closes by RST", note_of(ev));
	ev->present |= 1ULL << CLOSEWATCH_A_EVENT_DRAIN_OUTCOME;
	ev->drain_outcome = CLOSEWATCH_DRAIN_OUTCOME_REFUSED;
	ev->refusal = CLOSEWATCH_REFUSAL_REPAIR;
	EXPECT_STREQ("policy 11 closes by RST, but is refused: the socket was in TCP_REPAIR",
		     note_of(ev));
	ev->dry_run = 1;
	ev->action = CLOSEWATCH_ACTION_DRAIN;
	ev->refusal = CLOSEWATCH_REFUSAL_NOT_CONNECTED;
	EXPECT_STREQ("policy 11 (dry run) would drain this close, but would be refused: "
		     "there was no connection to drain", note_of(ev));
}

TEST_F(view, each_end_of_a_drain_has_a_sentence_and_advice)
{
	char seen[CLOSEWATCH_DRAIN_OUTCOME_MAX + 1][256];
	struct cw_msg_event *ev = &self->ev;
	char cause[512], remedy[512];
	int i, j;

	ev->type = CLOSEWATCH_EVENT_TYPE_DRAIN_END;
	for (i = 0; i <= CLOSEWATCH_DRAIN_OUTCOME_MAX; i++) {
		ev->drain_outcome = i;
		cw_explain(ev, seen[i], sizeof(seen[i]));
		for (j = 0; j < i; j++)
			EXPECT_STRNE(seen[j], seen[i]);
		EXPECT_TRUE(cw_explain_cause(ev, cause, sizeof(cause)));
		EXPECT_TRUE(cw_explain_remedy(ev, true, remedy, sizeof(remedy)));
	}
	ev->drain_outcome = CLOSEWATCH_DRAIN_OUTCOME_REFUSED;
	for (i = 0; i <= CLOSEWATCH_REFUSAL_MAX; i++) {
		ev->refusal = i;
		EXPECT_TRUE(cw_explain_cause(ev, cause, sizeof(cause)));
		EXPECT_TRUE(cw_explain_remedy(ev, true, remedy, sizeof(remedy)));
	}
	ev->drain_outcome = 99;
	EXPECT_FALSE(cw_explain_cause(ev, cause, sizeof(cause)));
	EXPECT_FALSE(cw_explain_remedy(ev, true, remedy, sizeof(remedy)));
}

/* Where a drain is what helps, and only there, its command is named. */
TEST_F(view, the_remedy_names_the_command_that_helps)
{
	struct cw_msg_event *ev = &self->ev;
	char remedy[512];

	drop(ev, ULP);
	EXPECT_TRUE(cw_explain_remedy(ev, true, remedy, sizeof(remedy)));
	EXPECT_STREQ("Read until EOF before close(), or shutdown(SHUT_WR) and read with "
		     "a time limit (lingering close); "
		     "or, with the program as it is, let the kernel try to deliver the "
		     "last 61447 B of ours, but nothing that was not written: "
		     "closewatch drain --local-port 80",
		     remedy);
	EXPECT_TRUE(cw_explain_remedy(ev, false, remedy, sizeof(remedy)));
	EXPECT_EQ(NULL, strstr(remedy, "closewatch"));
	/* A client's port is its for this once. */
	ev->local_port = 51234;
	ev->remote_port = 80;
	cw_explain_remedy(ev, true, remedy, sizeof(remedy));
	EXPECT_NE(NULL, strstr(remedy, ": closewatch drain --comm nginx"));
	ev->comm.b[0] = '\'';
	cw_explain_remedy(ev, true, remedy, sizeof(remedy));
	EXPECT_EQ(NULL, strstr(remedy, "closewatch"));
	ev->path = CLOSEWATCH_PATH_RST_LINGER0;
	cw_explain_remedy(ev, true, remedy, sizeof(remedy));
	EXPECT_EQ(NULL, strstr(remedy, "closewatch"));
	ev->type = CLOSEWATCH_EVENT_TYPE_FATE;
	ev->local_port = 80;
	ev->remote_port = 51234;
	cw_explain_remedy(ev, true, remedy, sizeof(remedy));
	EXPECT_NE(NULL, strstr(remedy, "closewatch drain --local-port 80"));
	/* One that its program still had open. */
	drop(ev, PID);
	cw_explain_remedy(ev, true, remedy, sizeof(remedy));
	EXPECT_EQ(NULL, strstr(remedy, "closewatch"));
}

TEST_F(view, a_task_name_cannot_steer_the_terminal)
{
	static const char evil[] = "\033]0;x\a\r\x9b";

	self->ev.comm.len = sizeof(evil) - 1;
	memcpy(self->ev.comm.b, evil, sizeof(evil) - 1);
	EXPECT_NE(NULL, strstr(render(false, 0, false),
			       "\\x1b]0;x\\x07\\x0d\\x9b[812]"));
	EXPECT_EQ(NULL, strchr(self->text, '\033'));
}

TEST_F(view, the_kernels_reason_cannot_steer_the_terminal)
{
	char buf[512];

	self->ev.type = CLOSEWATCH_EVENT_TYPE_RESET;
	self->ev.present |= 1ULL << CLOSEWATCH_A_EVENT_KERNEL_REASON;
	self->ev.kernel_reason.len = 5;
	memcpy(self->ev.kernel_reason.b, "A\033[2J", 5);
	cw_explain(&self->ev, buf, sizeof(buf));
	EXPECT_EQ(NULL, strchr(buf, '\033'));
	EXPECT_NE(NULL, strstr(buf, "[kernel: A\\x1b[2J]"));
}

TEST_F(view, diag_adds_a_cause_and_a_remedy_for_each_path)
{
	int path;

	for (path = 0; path <= CLOSEWATCH_PATH_MAX; path++) {
		self->ev.path = path;
		rewind(self->out);
		render(false, 0, true);
		EXPECT_NE(NULL, strstr(self->text, "\n             cause:  "));
		EXPECT_NE(NULL, strstr(self->text, "\n             remedy: "));
	}
	EXPECT_NE(NULL, strstr(render(true, 0, true),
			       "\"diag\":{\"cause\":\""));
}

TEST_F(view, each_path_has_a_sentence_of_its_own)
{
	char seen[CLOSEWATCH_PATH_MAX + 1][256];
	int i, j;

	for (i = 0; i <= CLOSEWATCH_PATH_MAX; i++) {
		self->ev.path = i;
		drop(&self->ev, LINGER_OUTCOME);
		cw_explain(&self->ev, seen[i], sizeof(seen[i]));
		EXPECT_NE('\0', seen[i][0]);
		for (j = 0; j < i; j++)
			EXPECT_STRNE(seen[j], seen[i]);
	}
}

TEST_F(view, a_sentence_is_cut_and_not_overrun)
{
	char small[9];

	memset(small, 'x', sizeof(small));
	cw_explain(&self->ev, small, 8);
	EXPECT_EQ(7, strlen(small));
	EXPECT_EQ('x', small[8]);
}

/* Labels of one byte's difference: without care one cut splits a character. */
TEST_F(view, a_line_below_is_cut_at_a_whole_character)
{
	struct cw_view_options opt = {
		.out = self->out, .layout = self->columns.layout,
	};
	struct cw_view *v = cw_view_new(&opt);
	char text[1201] = "";
	size_t i;

	ASSERT_NE(NULL, v);
	for (i = 0; i < 1200; i += 2)
		memcpy(text + i, "\xc3\xa4", 2);
	for (i = 0; i < 2; i++) {
		cw_view_begin(v);
		cw_view_below(v, i ? "ab" : "a", text);
		ASSERT_EQ(0, cw_view_end(v));
		fflush(self->out);
		ASSERT_LT(1000, self->len);
		EXPECT_EQ(0, memcmp(self->text + self->len - 3, "\xc3\xa4\n", 3));
	}
	cw_view_free(v);
}

TEST_F(view, a_failing_stream_is_reported)
{
	struct cw_view_options opt = {
		.json = true, .out = fopen("/dev/full", "w"),
	};
	struct cw_view *v;

	ASSERT_NE(NULL, opt.out);
	setvbuf(opt.out, NULL, _IONBF, 0);
	v = cw_view_new(&opt);
	ASSERT_NE(NULL, v);
	EXPECT_EQ(-1, cw_record_event(v, &self->ev, NULL, &self->columns,
				      false));
	cw_view_free(v);
	fclose(opt.out);
}

TEST_F(view, the_tally_sums_by_path_and_prefers_the_kernels_count)
{
	struct cw_msg_listener kernel = {
		.present = 1ULL << CLOSEWATCH_A_LISTENER_SENT |
			   1ULL << CLOSEWATCH_A_LISTENER_LOST,
		.sent = 5, .lost = 3,
	};
	struct cw_tally t = { 0 };

	cw_tally_add(&t, &self->ev);
	cw_tally_add(&t, &self->ev);
	self->ev.type = CLOSEWATCH_EVENT_TYPE_LINGER_WAIT;
	cw_tally_add(&t, &self->ev);
	self->ev.type = CLOSEWATCH_EVENT_TYPE_FATE;
	cw_tally_add(&t, &self->ev);
	self->ev.type = CLOSEWATCH_EVENT_TYPE_LOST;
	cw_tally_add(&t, &self->ev);
	EXPECT_EQ(4, t.shown);
	EXPECT_EQ(9, t.lost);
	cw_tally_print(&t, &kernel, self->out);
	fflush(self->out);
	EXPECT_STREQ("PATH                 CLOSES   UNREAD B   UNSENT B  UNACKED B\n"
		     "rst-unread                2       7624         14     122880\n"
		     "FATE                   ENDS     LOST B\n"
		     "rst-late-data             1       8192\n"
		     "linger-wait: 1\n"
		     "4 events shown; 5 delivered, 3 lost\n",
		     self->text);
}

/* The module has not sent it. */
TEST_F(view, the_tally_has_sockets_that_stay_in_close_wait)
{
	struct cw_msg_listener kernel = {
		.present = 1ULL << CLOSEWATCH_A_LISTENER_SENT |
			   1ULL << CLOSEWATCH_A_LISTENER_LOST,
	};
	struct cw_tally t = { 0 };

	cw_tally_add_wait(&t);
	cw_tally_add_wait(&t);
	cw_tally_print(&t, &kernel, self->out);
	fflush(self->out);
	EXPECT_STREQ("close-wait: 2\n2 events shown, 2 of them close-wait, "
		     "which this program finds itself; 0 delivered, 0 lost\n",
		     self->text);
}

/* One event stands for many of them. */
TEST_F(view, the_summary_counts_rsts_to_late_segments)
{
	const struct cw_msg_listener kernel = { 0 };
	const struct cw_msg_event one = {
		.type = CLOSEWATCH_EVENT_TYPE_RESET,
		.reset_kind = CLOSEWATCH_RESET_KIND_RECEIVED,
	}, many = {
		.type = CLOSEWATCH_EVENT_TYPE_RESET, .count = 37,
		.reset_kind = CLOSEWATCH_RESET_KIND_LATE_SEGMENT,
	};
	struct cw_tally t = { 0 };

	cw_tally_add(&t, &one);
	cw_tally_add(&t, &many);
	cw_tally_add(&t, &many);
	cw_tally_print(&t, &kernel, self->out);
	fflush(self->out);
	EXPECT_NE(NULL,
		  strstr(self->text,
			 "reset: 3, 2 of them for 74 RSTs to late segments\n")) {
		TH_LOG("%s", self->text);
	}
}

/* The kernel sends no quiet ends, but has counted them. */
TEST_F(view, the_summary_counts_ends_by_the_kernels_counters)
{
	const struct cw_msg_listener kernel = {
		.present = 1ULL << CLOSEWATCH_A_LISTENER_SENT |
			   1ULL << CLOSEWATCH_A_LISTENER_LOST,
		.sent = 1,
	};
	struct cw_msg_stats added = {
		.fate = {
			[CLOSEWATCH_FATE_TIME_WAIT] = { .events = 7 },
			[CLOSEWATCH_FATE_RST_LATE_DATA] = {
				.events = 1, .bytes = 8192,
			},
			[CLOSEWATCH_FATE_MAX + 1] = { .events = 2 },
			[CW_STATS_KINDS - 1] = { .events = 1, .bytes = 3 },
		},
	};
	struct cw_tally t = { .partial = true };

	self->ev.type = CLOSEWATCH_EVENT_TYPE_FATE;
	cw_tally_add(&t, &self->ev);
	cw_tally_ends(&t, &added);
	cw_tally_print(&t, &kernel, self->out);
	fflush(self->out);
	EXPECT_STREQ("FATE                   ENDS     LOST B\n"
		     "time-wait                 7          0\n"
		     "rst-late-data             1       8192\n"
		     "(newer)                   3          3\n"
		     "1 event shown, 10 ends without a line (-a shows them); "
		     "1 delivered, 0 lost\n",
		     self->text);
}

/* The counters know no filter, so they do not stand for one. */
TEST_F(view, the_summary_of_a_filter_says_what_it_leaves_out)
{
	const struct cw_msg_listener kernel = {
		.present = 1ULL << CLOSEWATCH_A_LISTENER_SENT |
			   1ULL << CLOSEWATCH_A_LISTENER_LOST,
		.sent = 1,
	};
	struct cw_tally t = { .partial = true };

	self->ev.type = CLOSEWATCH_EVENT_TYPE_FATE;
	cw_tally_add(&t, &self->ev);
	cw_tally_print(&t, &kernel, self->out);
	fflush(self->out);
	EXPECT_STREQ("FATE                   ENDS     LOST B\n"
		     "rst-late-data             1       8192\n"
		     "1 event shown; what ended well, or another event reports, "
		     "is left out (-a has it); "
		     "1 delivered, 0 lost\n",
		     self->text);
}

TEST_F(view, the_summary_counts_drains_and_what_they_saved)
{
	const struct cw_msg_listener kernel = { 0 };
	struct cw_tally t = { 0 };

	self->ev.type = CLOSEWATCH_EVENT_TYPE_DRAIN_END;
	self->ev.drain_outcome = CLOSEWATCH_DRAIN_OUTCOME_DELIVERED;
	cw_tally_add(&t, &self->ev);
	self->ev.saved = 0;
	cw_tally_add(&t, &self->ev);
	cw_tally_print(&t, &kernel, self->out);
	fflush(self->out);
	EXPECT_STREQ("DRAIN                  ENDS  DISCARDED RESPONSE B    ACKED B\n"
		     "delivered                 2       8192     400000     300000\n"
		     "1 response saved from an RST, 200000 B\n"
		     "2 events shown; 0 lost as far as was told, since the module gave no count at the end\n",
		     self->text);
}

TEST_F(view, the_summary_counts_what_was_written)
{
	struct cw_msg_listener kernel = {
		.present = 1ULL << CLOSEWATCH_A_LISTENER_SENT |
			   1ULL << CLOSEWATCH_A_LISTENER_LOST,
		.sent = 800,
	};
	struct cw_tally t = { .cut = true, .unwritten = 1 };

	self->ev.type = CLOSEWATCH_EVENT_TYPE_RESET;
	cw_tally_add(&t, &self->ev);
	cw_tally_add(&t, &self->ev);
	cw_tally_print(&t, &kernel, self->out);
	kernel.present = 0;
	cw_tally_print(&t, &kernel, self->out);
	fflush(self->out);
	EXPECT_STREQ("reset: 2\n1 event shown; 800 delivered, 799 of them not written, "
		     "since the output ended, 0 lost\n"
		     "reset: 2\n1 event shown; 1 or more not written, since the output ended; "
		     "0 lost as far as was told, since the module gave no count at the end\n",
		     self->text);
}

TEST_F(view, the_summary_tells_missed_hits_from_losses)
{
	const struct cw_msg_listener kernel = {
		.present = 1ULL << CLOSEWATCH_A_LISTENER_SENT |
			   1ULL << CLOSEWATCH_A_LISTENER_LOST,
		.sent = 0, .lost = 50,
	};
	struct cw_tally t = { 0 };

	self->ev.type = CLOSEWATCH_EVENT_TYPE_LOST;
	self->ev.loss = CLOSEWATCH_LOSS_PROBE;
	self->ev.count = 45;
	cw_tally_add(&t, &self->ev);
	EXPECT_EQ(0, t.shown);
	cw_tally_print(&t, &kernel, self->out);
	fflush(self->out);
	EXPECT_STREQ("0 events shown; 0 delivered, 5 lost, "
		     "and up to 45 more for missed probe hits\n",
		     self->text);
}

TEST_F(view, the_summary_tells_seconds_of_blindness_from_losses)
{
	const struct cw_msg_listener kernel = {
		.present = 1ULL << CLOSEWATCH_A_LISTENER_SENT |
			   1ULL << CLOSEWATCH_A_LISTENER_LOST,
		.sent = 0, .lost = 9,
	};
	struct cw_tally t = { 0 };

	self->ev.type = CLOSEWATCH_EVENT_TYPE_LOST;
	self->ev.loss = CLOSEWATCH_LOSS_BLIND;
	self->ev.count = 3;
	cw_tally_add(&t, &self->ev);
	self->ev.loss = CLOSEWATCH_LOSS_PROBE;
	self->ev.count = 4;
	cw_tally_add(&t, &self->ev);
	cw_tally_print(&t, &kernel, self->out);
	fflush(self->out);
	EXPECT_STREQ("0 events shown; 0 delivered, 5 lost, "
		     "and up to 4 more for missed probe hits\n"
		     "blind for 3 s: the kernel's probes did not fire, and what ended then is not counted\n",
		     self->text);
}

TEST(escaping_keeps_utf8_and_cuts_at_a_character)
{
	char buf[8];

	ASSERT_NE(NULL, setlocale(LC_CTYPE, "C.UTF-8"));
	cw_utf8_escape(buf, sizeof(buf), "n\xc3\xa4h", 4, false);
	EXPECT_STREQ("n\xc3\xa4h", buf);
	cw_utf8_escape(buf, sizeof(buf), "abcdef\xc3\xa4", 8, false);
	EXPECT_STREQ("abcdef", buf);
	/* Overlong, surrogate, beyond Unicode, cut off. */
	cw_utf8_escape(buf, sizeof(buf), "\xc0", 1, false);
	EXPECT_STREQ("\\xc0", buf);
	cw_utf8_escape(buf, sizeof(buf), "\xed\xa0\x80", 3, false);
	EXPECT_STREQ("\\xed", buf);
	cw_utf8_escape(buf, sizeof(buf), "\xe2\x82", 2, false);
	EXPECT_STREQ("\\xe2", buf);
}

/* U+202E lets what follows stand from right to left; U+2028 ends a line. */
TEST(a_name_cannot_reorder_its_line)
{
	char buf[32];

	ASSERT_NE(NULL, setlocale(LC_CTYPE, "C.UTF-8"));
	cw_utf8_escape(buf, sizeof(buf), "a\xe2\x80\xae", 4, false);
	EXPECT_STREQ("a\\xe2\\x80\\xae", buf);
	cw_utf8_escape(buf, sizeof(buf), "\xe2\x80\xa8", 3, false);
	EXPECT_STREQ("\\xe2\\x80\\xa8", buf);
	cw_utf8_escape(buf, sizeof(buf), "\xe2\x80\xae", 3, true);
	EXPECT_STREQ("\xe2\x80\xae", buf);
}

TEST(a_column_is_a_character_wherever_it_stands)
{
	static const char text[] = "n\xc3\xa4h, \xe2\x86\x92 x\xf0\x9f\x98\x80, "
				   "127.0.0.1:80 \xe2\x86\x92";
	size_t at, len, want, i;

	for (at = 0; at < sizeof(text); at++) {
		for (len = 0; at + len < sizeof(text); len++) {
			want = 0;
			for (i = at; i < at + len; i++)
				want += (text[i] & 0xc0) != 0x80;
			EXPECT_EQ(want, cw_utf8_columns(text + at, len));
		}
	}
}

/* U+00DB is C3 9B, and 9B opens an escape sequence on an 8-bit terminal. */
TEST(a_locale_that_is_not_utf8_gets_ascii_only)
{
	char buf[32];

	ASSERT_NE(NULL, setlocale(LC_CTYPE, "C"));
	cw_utf8_escape(buf, sizeof(buf), "a\xc3\x9b", 3, false);
	EXPECT_STREQ("a\\xc3\\x9b", buf);
	cw_utf8_escape(buf, sizeof(buf), "a\xc3\x9b", 3, true);
	EXPECT_STREQ("a\xc3\x9b", buf);
}

TEST_HARNESS_MAIN
