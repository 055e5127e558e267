// SPDX-License-Identifier: GPL-2.0
/* Counters: decoding, differences, reconciliation, and what they look like. */
#include <stdlib.h>
#include <sys/stat.h>

#include "fixture.h"
#include "host/owners.h"
#include "kselftest_harness.h"
#include "output/record.h"
#include "output/record_stats.h"

static void put_tally(struct message *m, unsigned int type, unsigned int kind,
		      uint32_t which, uint64_t events, uint64_t bytes)
{
	struct message nest = { 0 };

	put_u32(&nest, kind, which);
	put_u64(&nest, CLOSEWATCH_A_TALLY_EVENTS, events);
	put_u64(&nest, kind == CLOSEWATCH_A_TALLY_PATH ?
		CLOSEWATCH_A_TALLY_UNREAD_BYTES :
		CLOSEWATCH_A_TALLY_LOST_BYTES, bytes);
	put(m, type | NLA_F_NESTED, nest.b, nest.len);
}

static void put_drains(struct message *m, unsigned int type, unsigned int kind,
		       uint32_t which, uint64_t events, uint64_t response)
{
	struct message nest = { 0 };

	put_u32(&nest, kind, which);
	put_u64(&nest, CLOSEWATCH_A_DRAIN_TALLY_EVENTS, events);
	put_u64(&nest, CLOSEWATCH_A_DRAIN_TALLY_DISCARDED, 33);
	put_u64(&nest, CLOSEWATCH_A_DRAIN_TALLY_RESPONSE_BYTES, response);
	put_u64(&nest, CLOSEWATCH_A_DRAIN_TALLY_RESPONSE_ACKED, response - 1);
	put(m, type | NLA_F_NESTED, nest.b, nest.len);
}

static void put_bucket(struct message *m, unsigned int type, uint32_t log2,
		       uint64_t count)
{
	struct message nest = { 0 };

	put_u32(&nest, CLOSEWATCH_A_BUCKET_LOG2, log2);
	put_u64(&nest, CLOSEWATCH_A_BUCKET_COUNT, count);
	put(m, type | NLA_F_NESTED, nest.b, nest.len);
}

FIXTURE(stats)
{
	struct message m;
	struct cw_msg_stats s;
	struct cw_reading r;
	char *text;
	size_t len;
	FILE *out;
};

FIXTURE_SETUP(stats)
{
	setenv("TZ", "UTC", 1);
	self->out = open_memstream(&self->text, &self->len);
	ASSERT_NE(NULL, self->out);
	memset(&self->m, 0, sizeof(self->m));
	memset(&self->r, 0, sizeof(self->r));
	put_u64(&self->m, CLOSEWATCH_A_STATS_NETNS, 4026531840ULL);
	put_tally(&self->m, CLOSEWATCH_A_STATS_CLOSE, CLOSEWATCH_A_TALLY_PATH,
		  CLOSEWATCH_PATH_RST_UNREAD, 3, 3812);
	put_tally(&self->m, CLOSEWATCH_A_STATS_CLOSE, CLOSEWATCH_A_TALLY_PATH,
		  63, 1, 0);
	put_tally(&self->m, CLOSEWATCH_A_STATS_FATE, CLOSEWATCH_A_TALLY_FATE,
		  CLOSEWATCH_FATE_RST_LATE_DATA, 2, 8192);
	put_bucket(&self->m, CLOSEWATCH_A_STATS_LINGER_WAIT, 20, 8);
	put_bucket(&self->m, CLOSEWATCH_A_STATS_LINGER_WAIT, 22, 1);
	put_u64(&self->m, CLOSEWATCH_A_STATS_LINGER_WAIT_NS, 13000000);
	put_bucket(&self->m, CLOSEWATCH_A_STATS_UNREAD, 0, 1);
	put_bucket(&self->m, CLOSEWATCH_A_STATS_UNREAD, 63, 1);
	put_drains(&self->m, CLOSEWATCH_A_STATS_DRAIN,
		   CLOSEWATCH_A_DRAIN_TALLY_OUTCOME,
		   CLOSEWATCH_DRAIN_OUTCOME_DELIVERED, 7, 90000);
	put_drains(&self->m, CLOSEWATCH_A_STATS_REFUSED,
		   CLOSEWATCH_A_DRAIN_TALLY_REFUSAL, CLOSEWATCH_REFUSAL_ULP,
		   2, 50);
	put_tally(&self->m, CLOSEWATCH_A_STATS_DRAIN_CLOSE,
		  CLOSEWATCH_A_TALLY_PATH, CLOSEWATCH_PATH_ALREADY_CLOSED,
		  6, 0);
	put_u64(&self->m, CLOSEWATCH_A_STATS_SAVED, 5);
	put_u64(&self->m, CLOSEWATCH_A_STATS_SAVED_BYTES, 80000);
	put_u64(&self->m, CLOSEWATCH_A_STATS_NOTHING_TO_DRAIN, 11);
	put_u32(&self->m, CLOSEWATCH_A_STATS_DRAINS, 3);
	cw_decode_stats(&self->s, self->m.b, self->m.len);
	self->r.time = 1795230727123456789ULL;
	self->r.listeners = 1;
}

FIXTURE_TEARDOWN(stats)
{
	fclose(self->out);
	free(self->text);
}

TEST_F(stats, every_nest_lands_in_its_place)
{
	struct cw_msg_stats *s = &self->s;

	EXPECT_EQ(0, s->malformed);
	EXPECT_EQ(4026531840ULL, s->netns);
	EXPECT_EQ(3, s->close[CLOSEWATCH_PATH_RST_UNREAD].events);
	EXPECT_EQ(3812, s->close[CLOSEWATCH_PATH_RST_UNREAD].bytes);
	EXPECT_EQ(1, s->close[63].events);
	EXPECT_EQ(2, s->fate[CLOSEWATCH_FATE_RST_LATE_DATA].events);
	EXPECT_EQ(8192, s->fate[CLOSEWATCH_FATE_RST_LATE_DATA].bytes);
	EXPECT_EQ(8, s->linger_wait[20]);
	EXPECT_EQ(13000000, s->linger_wait_ns);
	EXPECT_EQ(1, s->unread[63]);
	EXPECT_EQ(0, s->fate_time[20]);
}

TEST_F(stats, drains_land_in_theirs)
{
	const struct cw_drain_count *n =
		&self->s.drain[CLOSEWATCH_DRAIN_OUTCOME_DELIVERED];

	EXPECT_EQ(7, n->events);
	EXPECT_EQ(33, n->discarded);
	EXPECT_EQ(90000, n->response_bytes);
	EXPECT_EQ(89999, n->response_acked);
	EXPECT_EQ(2, self->s.refused[CLOSEWATCH_REFUSAL_ULP].events);
	EXPECT_EQ(6, self->s.drain_close[CLOSEWATCH_PATH_ALREADY_CLOSED].events);
	EXPECT_EQ(0, self->s.close[CLOSEWATCH_PATH_ALREADY_CLOSED].events);
	EXPECT_EQ(5, self->s.saved);
	EXPECT_EQ(80000, self->s.saved_bytes);
	EXPECT_EQ(11, self->s.nothing_to_drain);
	EXPECT_EQ(3, self->s.drains);
}

TEST_F(stats, a_nest_without_its_index_or_beyond_the_last_is_counted)
{
	struct message m = { 0 };
	struct cw_msg_stats s;

	put_bucket(&m, CLOSEWATCH_A_STATS_UNREAD, 64, 1);
	put_tally(&m, CLOSEWATCH_A_STATS_FATE, CLOSEWATCH_A_TALLY_FATE, 64,
		  1, 1);
	/* A close that is counted by fate has no path. */
	put_tally(&m, CLOSEWATCH_A_STATS_CLOSE, CLOSEWATCH_A_TALLY_FATE, 1,
		  1, 1);
	put_u32(&m, CLOSEWATCH_A_STATS_NETNS, 1);
	put(&m, CLOSEWATCH_A_STATS_UNREAD, "", 0);
	/* An outcome that is counted by refusal, and one beyond the last. */
	put_drains(&m, CLOSEWATCH_A_STATS_DRAIN,
		   CLOSEWATCH_A_DRAIN_TALLY_REFUSAL, 1, 1, 1);
	put_drains(&m, CLOSEWATCH_A_STATS_REFUSED,
		   CLOSEWATCH_A_DRAIN_TALLY_REFUSAL, 64, 1, 1);
	put_u32(&m, CLOSEWATCH_A_STATS_SAVED, 1);
	put_u64(&m, CLOSEWATCH_A_STATS_DRAINS, 1);
	cw_decode_stats(&s, m.b, m.len);
	EXPECT_EQ(9, s.malformed);
}

TEST_F(stats, truncation_at_any_byte_is_harmless)
{
	size_t cut;

	for (cut = 0; cut <= self->m.len; cut++) {
		uint8_t *copy = malloc(cut ? cut : 1);
		struct cw_msg_stats s;

		ASSERT_NE(NULL, copy);
		memcpy(copy, self->m.b, cut);
		cw_decode_stats(&s, copy, cut);
		free(copy);
		EXPECT_TRUE(s.malformed <= 1);
	}
}

static struct cw_view *view_of(FILE *out, bool json)
{
	struct cw_view_options opt = { .out = out, .json = json };

	return cw_view_new(&opt);
}

TEST_F(stats, json_mirrors_the_contract)
{
	static const char want[] =
		"{\"time\":\"2026-11-21T03:12:07.123456789Z\",\"listeners\":1,"
		"\"netns\":\"4026531840\",\"moving\":true,\"drains\":3,"
		"\"saved\":\"5\",\"saved_bytes\":\"80000\","
		"\"nothing_to_drain\":\"11\",\"close\":["
		"{\"path\":\"rst-unread\",\"events\":\"3\",\"unread_bytes\":\"3812\"},"
		"{\"path\":\"63\",\"events\":\"1\",\"unread_bytes\":\"0\"}],"
		"\"fate\":[{\"fate\":\"rst-late-data\",\"events\":\"2\","
		"\"lost_bytes\":\"8192\",\"minisocks\":\"0\"}],"
		"\"drain\":[{\"outcome\":\"delivered\",\"events\":\"7\","
		"\"discarded\":\"33\",\"response_bytes\":\"90000\","
		"\"response_acked\":\"89999\"}],\"refused\":["
		"{\"refusal\":\"ulp\",\"events\":\"2\",\"response_bytes\":\"50\"}],"
		"\"drain_close\":[{\"path\":\"already-closed\",\"events\":\"6\","
		"\"unread_bytes\":\"0\"}],\"linger_wait_ns\":\"13000000\","
		"\"linger_wait\":["
		"{\"log2\":20,\"count\":\"8\"},{\"log2\":21,\"count\":\"0\"},"
		"{\"log2\":22,\"count\":\"1\"}],\"fate_time\":[],\"unread\":["
		"{\"log2\":0,\"count\":\"1\"},";
	struct cw_view *v = view_of(self->out, true);

	ASSERT_NE(NULL, v);
	EXPECT_EQ(0, cw_record_stats(v, &self->r, &self->s));
	cw_view_free(v);
	fflush(self->out);
	EXPECT_EQ(0, strncmp(self->text, want, strlen(want))) {
		TH_LOG("%s", self->text);
	}
}

TEST_F(stats, text_has_aligned_tables_and_bars)
{
	struct cw_view *v = view_of(self->out, false);

	ASSERT_NE(NULL, v);
	EXPECT_EQ(0, cw_record_stats(v, &self->r, &self->s));
	cw_view_free(v);
	fflush(self->out);
	EXPECT_NE(NULL, strstr(self->text,
			       "\nrst-unread                      3             3812\n"
			       "63                              1                0\n"));
	EXPECT_NE(NULL, strstr(self->text,
			       "1.0 ms - 2.1 ms                 8 ########################################\n"
			       "2.1 ms - 4.2 ms                 0\n"
			       "4.2 ms - 8.4 ms                 1 #####\n")) {
		TH_LOG("%s", self->text);
	}
	EXPECT_NE(NULL, strstr(self->text, "below 2 B "));
	EXPECT_NE(NULL, strstr(self->text,
			       "\ndelivered                 7         33      90000"
			       "      89999\n")) {
		TH_LOG("%s", self->text);
	}
	EXPECT_NE(NULL, strstr(self->text, "\nsaved bytes:     80000\n"));
	EXPECT_NE(NULL, strstr(self->text, "\nnothing to drain: 11\n")) {
		TH_LOG("%s", self->text);
	}
	EXPECT_NE(NULL, strstr(self->text,
			       "\nulp                             2               50\n"));
	/* A histogram of nothing is not there. */
	EXPECT_EQ(NULL, strstr(self->text, "CLOSE TO FATE"));
	EXPECT_EQ(NULL, strstr(self->text, "nobody listens"));
}

TEST_F(stats, a_network_namespace_has_the_name_that_netns_takes)
{
	struct cw_view *text = view_of(self->out, false);
	struct cw_view *json = view_of(self->out, true);

	ASSERT_TRUE(text && json);
	self->r.netns = "blue";
	EXPECT_EQ(0, cw_record_stats(text, &self->r, &self->s));
	EXPECT_EQ(0, cw_record_stats(json, &self->r, &self->s));
	cw_view_free(text);
	cw_view_free(json);
	fflush(self->out);
	EXPECT_NE(NULL, strstr(self->text, "\nnetns:           blue\n")) {
		TH_LOG("%s", self->text);
	}
	EXPECT_NE(NULL, strstr(self->text,
			       ",\"netns\":\"4026531840\",\"netns_name\":\"blue\","));
}

TEST_F(stats, counters_that_stand_still_say_so)
{
	struct cw_view *v = view_of(self->out, false);

	ASSERT_NE(NULL, v);
	self->r.listeners = 0;
	EXPECT_EQ(0, cw_record_stats(v, &self->r, &self->s));
	fflush(self->out);
	EXPECT_NE(NULL, strstr(self->text, "nobody listens, so no probe is armed"));
	EXPECT_EQ(NULL, strstr(self->text, "only the probe of the policies"));
	self->r.policy_armed = true;
	EXPECT_EQ(0, cw_record_stats(v, &self->r, &self->s));
	cw_view_free(v);
	fflush(self->out);
	EXPECT_NE(NULL, strstr(self->text, "only the probe of the policies is armed"));
}

TEST_F(stats, a_difference_is_what_was_added)
{
	struct cw_msg_stats now = self->s, delta;

	now.close[CLOSEWATCH_PATH_RST_UNREAD].events += 4;
	now.fate[CLOSEWATCH_FATE_RST_LATE_DATA].bytes += 5;
	now.unread[7] = 6;
	now.drain[CLOSEWATCH_DRAIN_OUTCOME_DELIVERED].response_acked += 9;
	now.refused[CLOSEWATCH_REFUSAL_ULP].events += 8;
	now.drain_close[CLOSEWATCH_PATH_FIN].events += 7;
	now.saved += 1;
	now.saved_bytes += 100;
	now.nothing_to_drain += 2;
	now.drains = 1;
	cw_stats_since(&delta, &now, &self->s);
	EXPECT_EQ(4, delta.close[CLOSEWATCH_PATH_RST_UNREAD].events);
	EXPECT_EQ(5, delta.fate[CLOSEWATCH_FATE_RST_LATE_DATA].bytes);
	EXPECT_EQ(6, delta.unread[7]);
	EXPECT_EQ(0, delta.drain[CLOSEWATCH_DRAIN_OUTCOME_DELIVERED].events);
	EXPECT_EQ(9, delta.drain[CLOSEWATCH_DRAIN_OUTCOME_DELIVERED].response_acked);
	EXPECT_EQ(8, delta.refused[CLOSEWATCH_REFUSAL_ULP].events);
	EXPECT_EQ(7, delta.drain_close[CLOSEWATCH_PATH_FIN].events);
	EXPECT_EQ(1, delta.saved);
	EXPECT_EQ(100, delta.saved_bytes);
	EXPECT_EQ(2, delta.nothing_to_drain);
	EXPECT_EQ(1, delta.drains);
	EXPECT_EQ(0, delta.close[63].events);
}

TEST_F(stats, a_comparison_says_that_it_was_blind_meanwhile)
{
	struct cw_view_options opt = { .out = self->out };
	const struct cw_mibs kernel = { .present = 0 };
	struct cw_row rows[CW_ROWS];
	struct cw_view *v = cw_view_new(&opt);

	ASSERT_NE(NULL, v);
	cw_reconcile(rows, &self->s, &kernel);
	self->r.span_ns = 60000000000;
	EXPECT_EQ(0, cw_record_rows(v, &self->r, rows));
	fflush(self->out);
	EXPECT_EQ(NULL, strstr(self->text, "blind"));
	self->r.blind = 4;
	EXPECT_EQ(0, cw_record_rows(v, &self->r, rows));
	cw_view_free(v);
	fflush(self->out);
	EXPECT_NE(NULL, strstr(self->text, "\nblind seconds:   4\nnote:            "
			       "the kernel's probes did not fire for so long")) {
		TH_LOG("%s", self->text);
	}
}

FIXTURE(rows)
{
	struct cw_msg_stats ours;
	struct cw_mibs kernel;
	struct cw_row row[CW_ROWS];
};

FIXTURE_SETUP(rows)
{
	memset(&self->ours, 0, sizeof(self->ours));
	memset(&self->kernel, 0, sizeof(self->kernel));
	self->kernel.present = (1 << CW_MIB_COUNT) - 1;
}

FIXTURE_TEARDOWN(rows)
{
}

#define closes(which) self->ours.close[CLOSEWATCH_PATH_##which].events
#define fates(which) self->ours.fate[CLOSEWATCH_FATE_##which].events
#define mib(which) self->kernel.n[CW_MIB_##which]
#define reconcile() cw_reconcile(self->row, &self->ours, &self->kernel)

TEST_F(rows, nothing_agrees_with_nothing)
{
	int i;

	EXPECT_EQ(0, reconcile());
	for (i = 0; i < CW_ROWS; i++)
		EXPECT_EQ(NULL, self->row[i].note);
}

TEST_F(rows, each_counter_has_its_own_classes)
{
	closes(RST_UNREAD) = mib(ABORT_ON_CLOSE) = 1;
	closes(RST_LINGER0) = 2;
	closes(LINGER0_SILENT) = 3;
	mib(ABORT_ON_DATA) = 5;
	fates(MEMORY) = 4;
	fates(ORPHAN_LIMIT) = 5;
	mib(ABORT_ON_MEMORY) = 9;
	fates(TIME_WAIT_OVERFLOW) = mib(TIME_WAIT_OVERFLOW) = 6;
	fates(USER_TIMEOUT) = 1;
	fates(KEEPALIVE_TIMEOUT) = 2;
	fates(RETRANSMIT_TIMEOUT) = 3;
	mib(ABORT_ON_TIMEOUT) = 6;
	EXPECT_EQ(0, reconcile());
}

TEST_F(rows, a_linger2_close_is_not_counted_twice)
{
	closes(RST_LINGER2) = 2;
	fates(RST_LINGER2) = 5;
	mib(ABORT_ON_LINGER) = 2;
	mib(ABORT_ON_DATA) = 3;
	EXPECT_EQ(0, reconcile());
	mib(ABORT_ON_DATA) = 5;
	EXPECT_EQ(1, reconcile());
}

/* The close of path drain counts nothing; that of the drain's end does. */
TEST_F(rows, the_close_that_ends_a_drain_moves_the_kernels_counter)
{
	closes(DRAIN) = 4;
	EXPECT_EQ(0, reconcile());
	self->ours.drain_close[CLOSEWATCH_PATH_RST_LINGER0].events = 3;
	mib(ABORT_ON_DATA) = 3;
	EXPECT_EQ(0, reconcile());
	self->ours.drain_close[CLOSEWATCH_PATH_RST_UNREAD].events = 1;
	EXPECT_EQ(1, reconcile());
	mib(ABORT_ON_CLOSE) = 1;
	EXPECT_EQ(0, reconcile());
}

TEST_F(rows, what_a_minisock_meets_is_not_counted_by_the_kernel)
{
	struct cw_row *row = &self->row[CW_MIB_ABORT_ON_DATA];

	fates(RST_LATE_DATA) = 3;
	self->ours.fate[CLOSEWATCH_FATE_RST_LATE_DATA].minisocks = 2;
	mib(ABORT_ON_DATA) = 1;
	EXPECT_EQ(0, reconcile());
	EXPECT_EQ(1, row->least);
	EXPECT_EQ(1, row->most);
	mib(ABORT_ON_DATA) = 2;
	EXPECT_EQ(1, reconcile());
	EXPECT_EQ(1, row->difference);
}

TEST_F(rows, connects_without_an_answer_bound_the_timeouts)
{
	struct cw_row *row = &self->row[CW_MIB_ABORT_ON_TIMEOUT];

	mib(ABORT_ON_TIMEOUT) = 1;
	EXPECT_EQ(1, reconcile());
	mib(ATTEMPT_FAILS) = 1;
	EXPECT_EQ(0, reconcile());
	fates(USER_TIMEOUT) = 2;
	EXPECT_EQ(1, reconcile());
	EXPECT_EQ(-1, row->difference);
}

TEST_F(rows, a_counter_that_the_kernel_lacks_is_no_difference)
{
	closes(RST_UNREAD) = 1;
	self->kernel.present &= ~(1 << CW_MIB_ABORT_ON_CLOSE);
	EXPECT_EQ(0, reconcile());
	EXPECT_FALSE(self->row[0].present);
}

/* Folders that look like /proc. */
FIXTURE(proc)
{
	char root[64];
};

FIXTURE_SETUP(proc)
{
	snprintf(self->root, sizeof(self->root),
		 "/tmp/closewatch-test-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->root));
}

FIXTURE_TEARDOWN(proc)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", self->root);
	EXPECT_EQ(0, system(command));
}

static void make_folder(const char *root, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	mkdir(path, 0700);
}

static void make_file(const char *root, const char *name, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	f = fopen(path, "w");
	if (!f)
		return;
	fputs(text, f);
	fclose(f);
}

static void make_link(const char *root, const char *name, const char *to)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	if (symlink(to, path))
		perror(path);
}

TEST_F(proc, counters_are_found_by_name_whatever_their_order)
{
	struct cw_mibs m;

	EXPECT_FALSE(cw_mib_read(&m, self->root));
	make_folder(self->root, "net");
	make_file(self->root, "net/snmp",
		  "Ip: Forwarding\nIp: 1\nTcp: RtoMin AttemptFails\nTcp: 200 7\n");
	make_file(self->root, "net/netstat",
		  "TcpExt: TCPAbortOnData New TCPAbortOnClose\nTcpExt: 3 99 18446744073709551615\nIpExt: TCPAbortOnLinger\nIpExt: 5\n");
	EXPECT_TRUE(cw_mib_read(&m, self->root));
	EXPECT_EQ(7, m.n[CW_MIB_ATTEMPT_FAILS]);
	EXPECT_EQ(3, m.n[CW_MIB_ABORT_ON_DATA]);
	EXPECT_EQ(UINT64_MAX, m.n[CW_MIB_ABORT_ON_CLOSE]);
	EXPECT_EQ(1 << CW_MIB_ATTEMPT_FAILS | 1 << CW_MIB_ABORT_ON_DATA |
		  1 << CW_MIB_ABORT_ON_CLOSE, m.present);
}

TEST_F(proc, holders_are_found_and_told)
{
	struct cw_view_options opt = { 0 };
	struct cw_columns columns;
	struct cw_msg_event ev = {
		.type = CLOSEWATCH_EVENT_TYPE_SHARED_CLOSE,
		.present = 1ULL << CLOSEWATCH_A_EVENT_TYPE,
	};
	struct cw_holders h;
	struct cw_view *v;
	char *text = NULL;
	size_t len;

	make_folder(self->root, "12");
	make_folder(self->root, "12/fd");
	make_folder(self->root, "net");
	make_file(self->root, "12/comm", "ng\033nx\n");
	make_link(self->root, "12/fd/5", "socket:[4711]");
	make_link(self->root, "12/fd/6", "socket:[47110]");
	cw_holders_find(&h, self->root, 4711, 10000);
	EXPECT_EQ(1, h.count);
	EXPECT_FALSE(h.cut);
	EXPECT_EQ(12, h.list[0].pid);
	EXPECT_EQ(5, h.list[0].fd);

	opt.out = open_memstream(&text, &len);
	ASSERT_NE(NULL, opt.out);
	cw_columns_init(&columns, false);
	opt.layout = columns.layout;
	opt.slots = columns.slots;
	v = cw_view_new(&opt);
	EXPECT_EQ(0, cw_record_event(v, &ev, &h, &columns, false));
	cw_view_free(v);
	fflush(opt.out);
	EXPECT_NE(NULL, strstr(text, "nothing sent; also held by ng\\x1bnx[12] fd 5\n")) {
		TH_LOG("%s", text);
	}
	opt.json = true;
	v = cw_view_new(&opt);
	EXPECT_EQ(0, cw_record_event(v, &ev, &h, &columns, false));
	cw_view_free(v);
	fclose(opt.out);
	EXPECT_NE(NULL, strstr(text,
			       "\"holders\":{\"best_effort\":true,\"complete\":true,"
			       "\"processes\":[{\"comm\":\"ng\\u001bnx\",\"pid\":12,"
			       "\"fd\":5}]}"));
	free(text);
}

/* The first has the column of the process. */
TEST_F(proc, others_who_hold_what_was_reset_are_told)
{
	struct cw_columns columns;
	struct cw_view_options opt = {
		.layout = columns.layout, .slots = columns.slots,
	};
	struct cw_msg_event ev = {
		.type = CLOSEWATCH_EVENT_TYPE_RESET, .pid = 12,
		.comm = { 5, "nginx" }, .inode = 4711,
		.present = 1ULL << CLOSEWATCH_A_EVENT_TYPE |
			   1ULL << CLOSEWATCH_A_EVENT_RESET_KIND |
			   1ULL << CLOSEWATCH_A_EVENT_PID |
			   1ULL << CLOSEWATCH_A_EVENT_COMM,
	};
	struct cw_holders h = {
		.count = 2, .list = {
			{ .pid = 12, .fd = 5, .comm = { 5, "nginx" } },
			{ .pid = 13, .fd = 7, .comm = { 4, "cron" } },
		},
	};
	const struct cw_holders cut = {
		.count = 1, .cut = true,
		.list = { { .pid = 12, .fd = 5, .comm = { 5, "nginx" } } },
	};
	const struct cw_holders none = { .count = 0 };
	struct cw_view *v;
	char *text = NULL;
	size_t len;

	opt.out = open_memstream(&text, &len);
	ASSERT_NE(NULL, opt.out);
	cw_columns_init(&columns, false);
	v = cw_view_new(&opt);
	EXPECT_EQ(0, cw_record_event(v, &ev, &h, &columns, false));
	EXPECT_EQ(0, cw_record_event(v, &ev, &none, &columns, false));
	EXPECT_EQ(0, cw_record_event(v, &ev, &cut, &columns, false));
	cw_view_free(v);
	fclose(opt.out);
	EXPECT_NE(NULL, strstr(text, "nginx[12]"));
	EXPECT_NE(NULL, strstr(text, "RST from the peer; also held by cron[13] fd 7\n")) {
		TH_LOG("%s", text);
	}
	EXPECT_NE(NULL, strstr(text, "RST from the peer; perhaps also held by others\n")) {
		TH_LOG("%s", text);
	}
	EXPECT_NE(NULL, strstr(text, "RST from the peer; its program has closed it since")) {
		TH_LOG("%s", text);
	}
	free(text);
}

TEST_F(proc, the_search_is_cut_when_there_are_too_many_holders)
{
	struct cw_holders h;
	char name[32];
	int i;

	make_folder(self->root, "1");
	make_folder(self->root, "1/fd");
	for (i = 0; i <= CW_HOLDERS_MAX; i++) {
		snprintf(name, sizeof(name), "1/fd/%d", i);
		make_link(self->root, name, "socket:[1]");
	}
	cw_holders_find(&h, self->root, 1, 10000);
	EXPECT_EQ(CW_HOLDERS_MAX, h.count);
	EXPECT_TRUE(h.cut);
}

TEST_F(proc, owners_of_many_sockets_are_found_in_one_walk)
{
	uint32_t inodes[] = { 4712, 9, 4711 };
	const struct cw_owner *owner;
	struct cw_owners o;
	size_t n;

	make_folder(self->root, "12");
	make_folder(self->root, "12/fd");
	make_file(self->root, "12/comm", "nginx\n");
	make_link(self->root, "12/fd/0", "/dev/null");
	make_link(self->root, "12/fd/5", "socket:[4711]");
	make_link(self->root, "12/fd/6", "socket:[4713]");
	make_folder(self->root, "13");
	make_folder(self->root, "13/fd");
	make_link(self->root, "13/fd/7", "socket:[4712]");
	make_link(self->root, "13/fd/8", "socket:[4711]");
	ASSERT_EQ(0, cw_owners_find(&o, self->root, inodes, 3));
	EXPECT_EQ(3, o.count);
	EXPECT_FALSE(o.denied);
	EXPECT_NE(NULL, cw_owners_of(&o, 4711, &n));
	EXPECT_EQ(2, n);
	owner = cw_owners_of(&o, 4712, &n);
	ASSERT_NE(NULL, owner);
	EXPECT_EQ(1, n);
	EXPECT_EQ(13, owner->holder.pid);
	EXPECT_EQ(7, owner->holder.fd);
	EXPECT_EQ(0, owner->holder.comm.len);
	EXPECT_EQ(NULL, cw_owners_of(&o, 9, &n));
	EXPECT_EQ(NULL, cw_owners_of(&o, 0, &n));
	cw_owners_release(&o);
}

TEST_F(proc, what_may_not_be_looked_into_is_told)
{
	uint32_t inode = 1;
	struct cw_owners o;

	/* A plain file fails alike, and for another reason. */
	make_folder(self->root, "1");
	make_file(self->root, "1/fd", "");
	ASSERT_EQ(0, cw_owners_find(&o, self->root, &inode, 1));
	EXPECT_FALSE(o.denied);
	ASSERT_EQ(0, cw_owners_find(&o, "/no/such/folder", &inode, 1));
	EXPECT_TRUE(o.denied);
}

TEST_HARNESS_MAIN
