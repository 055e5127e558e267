// SPDX-License-Identifier: GPL-2.0
/* Connections that have not ended: what is said of them, and how they look. */
#include <stdlib.h>

#include <linux/closewatch.h>

#include "base/util.h"
#include "explain/pending_tally.h"
#include "kselftest_harness.h"
#include "output/record_pending.h"
#include "request/match_options.h"

#define STATE(s) .state = CLOSEWATCH_STATE_##s

static const struct cw_socket leaked = {
	STATE(CLOSE_WAIT), .inode = 1, .full = true,
	.last_ack_ms = 312500, .last_data_ms = 400000,
};

static const struct cw_socket stuck = {
	STATE(LAST_ACK), .wqueue = 1, .full = true, .timer = CW_TIMER_RETRANSMIT,
	.retransmits = 3, .backoff = 3, .rto_us = 8000000,
	.last_ack_ms = 100010, .last_data_ms = 200000,
};

static const struct row {
	struct cw_socket s;
	enum cw_waits waits;
	struct cw_pending_bytes bytes;
	const char *says;
	const char *remedy;
} rows[] = {
	{ { STATE(CLOSE_WAIT), .inode = 1, .full = true, .last_ack_ms = 312500,
	    .last_data_ms = 400000 }, CW_WAITS_CLOSE, { 0 },
	  "the peer sent FIN at least 312 s ago; the program has read EOF and has not closed",
	  "leaked descriptors" },
	{ { STATE(CLOSE_WAIT), .inode = 1, .rqueue = 1, .full = true },
	  CW_WAITS_READ, { 0 },
	  "the peer sent FIN; the program has not read EOF", "must read" },
	{ { STATE(CLOSE_WAIT), .inode = 1, .rqueue = 6, .full = true },
	  CW_WAITS_READ, { .unread = 5 },
	  "the peer sent FIN; the program has not read the last 5 B",
	  "must read" },
	/* It may still answer: no leak. */
	{ { STATE(CLOSE_WAIT), .inode = 1, .wqueue = 30, .notsent = 10,
	    .full = true }, CW_WAITS_DATA_ACK, { 0, 10, 20 },
	  "the peer sent FIN; the program has not closed: 10 B unsent and 20 B unacknowledged",
	  "TCP_USER_TIMEOUT" },
	{ { STATE(CLOSE_WAIT), .rqueue = 3, .full = true }, CW_WAITS_ACCEPT,
	  { .unread = 2 },
	  "the peer sent FIN; no program has accepted the connection",
	  "must accept" },
	{ { STATE(FIN_WAIT1), .rqueue = 4, .wqueue = 31, .notsent = 11,
	    .timer = CW_TIMER_PERSIST, .full = true }, CW_WAITS_DATA_ACK,
	  { 4, 10, 20 },
	  "our FIN waits behind 10 B unsent; 20 B in flight; the peer's window is closed; closed by its program",
	  "ss -K" },
	{ { STATE(FIN_WAIT1), .inode = 1, .wqueue = 21, .full = true },
	  CW_WAITS_DATA_ACK, { 0, 0, 20 },
	  "our FIN is not acknowledged; 20 B in flight", "TCP_USER_TIMEOUT" },
	{ { STATE(LAST_ACK), .rqueue = 1, .wqueue = 1, .full = true,
	    .timer = CW_TIMER_RETRANSMIT, .retransmits = 1,
	    .last_ack_ms = 7010, .last_data_ms = 9000 }, CW_WAITS_FIN_ACK, { 0 },
	  "the peer has sent FIN; our FIN is not acknowledged; retransmitted 1 time; nothing from the peer for 7 s; closed by its program",
	  "tcp_orphan_retries" },
	{ { STATE(CLOSING), .inode = 1, .wqueue = 1, .full = true },
	  CW_WAITS_FIN_ACK, { 0 },
	  "both have sent FIN; our FIN is not acknowledged", "tcp_retries2" },
	{ { STATE(FIN_WAIT2), .inode = 1, .rqueue = 2, .full = true,
	    .last_ack_ms = 5010, .last_data_ms = 6000 }, CW_WAITS_FIN,
	  { .unread = 2 },
	  "our FIN is acknowledged; the peer has not sent its own for at least 5 s",
	  "shutdown()" },
	{ { STATE(FIN_WAIT2), .timer = CW_TIMER_MINISOCK, .timer_ms = 37000 },
	  CW_WAITS_FIN, { 0 },
	  "our FIN is acknowledged; the peer has not sent its own; the kernel waits 37 s more; closed by its program",
	  "tcp_fin_timeout" },
};

TEST(each_state_says_what_it_waits_for)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *r = &rows[i];
		struct cw_pending_bytes b = cw_pending_bytes(&r->s);
		char buf[512] = "";
		struct cw_text t = { .buf = buf, .size = sizeof(buf) };
		uint64_t ms;

		EXPECT_EQ(r->waits, cw_pending_waits(&r->s));
		EXPECT_EQ(0, memcmp(&b, &r->bytes, sizeof(b)));
		cw_pending_say(&t, &r->s,
			       cw_pending_age_ms(&r->s, &ms) ? &ms : NULL);
		EXPECT_STREQ(r->says, buf);
		EXPECT_NE(NULL, strstr(cw_pending_remedy(&r->s), r->remedy)) {
			TH_LOG("%s", cw_pending_remedy(&r->s));
		}
	}
}

TEST(queues_that_cannot_be_do_not_wrap)
{
	const struct cw_socket s = {
		STATE(FIN_WAIT1), .notsent = 5, .full = true,
	};
	struct cw_pending_bytes b = cw_pending_bytes(&s);

	EXPECT_EQ(0, b.unsent);
	EXPECT_EQ(0, b.unacked);
}

/* Less a jiffy; and data came with the FIN whose ACK was an old one. */
TEST(the_age_is_never_overstated)
{
	struct cw_socket s = leaked;
	uint64_t ms;

	EXPECT_TRUE(cw_pending_age_ms(&s, &ms));
	EXPECT_EQ(312490, ms);
	s.last_data_ms = 2000;
	EXPECT_TRUE(cw_pending_age_ms(&s, &ms));
	EXPECT_EQ(1990, ms);
	s.last_ack_ms = 4;
	EXPECT_TRUE(cw_pending_age_ms(&s, &ms));
	EXPECT_EQ(0, ms);
	s.full = false;
	EXPECT_FALSE(cw_pending_age_ms(&s, &ms));
}

/* An idle connection's peer may have been silent long before the close. */
TEST(a_close_is_as_old_as_its_fins_retransmissions)
{
	struct cw_socket s = stuck;
	uint64_t ms;

	EXPECT_TRUE(cw_pending_age_ms(&s, &ms));
	EXPECT_EQ(4000 + 2000 + 1000, ms);
	/* A backoff from before the FIN does not count. */
	s.retransmits = 1;
	EXPECT_TRUE(cw_pending_age_ms(&s, &ms));
	EXPECT_EQ(4000, ms);
	/* With data before it, the close may have come later. */
	s.wqueue = 2;
	EXPECT_FALSE(cw_pending_age_ms(&s, &ms));
	/* Whatever a kernel says. */
	s = stuck;
	s.backoff = 255;
	s.retransmits = 255;
	EXPECT_TRUE(cw_pending_age_ms(&s, &ms));
	EXPECT_TRUE(ms < 8000);
}

TEST(the_longest_wait_comes_first)
{
	struct cw_socket list[] = {
		{ STATE(FIN_WAIT2) }, stuck, leaked,
		/* No age: by the peer's silence. */
		{ STATE(FIN_WAIT1), .wqueue = 9, .full = true,
		  .last_ack_ms = 50000, .last_data_ms = 90000 },
	};

	qsort(list, ARRAY_SIZE(list), sizeof(list[0]), cw_pending_compare);
	EXPECT_EQ(CLOSEWATCH_STATE_CLOSE_WAIT, list[0].state);
	EXPECT_EQ(CLOSEWATCH_STATE_FIN_WAIT1, list[1].state);
	EXPECT_EQ(CLOSEWATCH_STATE_LAST_ACK, list[2].state);
	EXPECT_EQ(CLOSEWATCH_STATE_FIN_WAIT2, list[3].state);
}

TEST(the_summary_is_by_state_and_program)
{
	const struct cw_owner python = {
		.holder = { .pid = 12, .comm = { .len = 8, .b = "pyth\033on3" } },
	};
	const struct cw_owner nginx = {
		.holder = { .pid = 20, .comm = { .len = 5, .b = "nginx" } },
	};
	struct cw_owner worker = python;
	struct cw_socket younger = leaked, unread = leaked;
	struct cw_pending_tally t = { 0 };
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	younger.last_ack_ms = 1000;
	unread.rqueue = 1;
	ASSERT_NE(NULL, f);
	EXPECT_EQ(0, cw_pending_add(&t, &unread, &python));
	EXPECT_EQ(0, cw_pending_add(&t, &leaked, &python));
	EXPECT_EQ(0, cw_pending_add(&t, &younger, &python));
	EXPECT_EQ(0, cw_pending_add(&t, &younger, &nginx));
	EXPECT_EQ(0, cw_pending_add(&t, &younger, NULL));
	EXPECT_EQ(0, cw_pending_add(&t, &stuck, NULL));
	for (; worker.holder.pid < 18; worker.holder.pid++)
		EXPECT_EQ(0, cw_pending_add(&t, &stuck, &worker));
	cw_pending_print(&t, f);
	cw_pending_release(&t);
	fclose(f);
	EXPECT_NE(NULL, strstr(text,
			       "2 sockets in CLOSE_WAIT of pyth\\x1bon3[12], one for at least 312 s\n"
			       "  remedy: leaked descriptors"));
	EXPECT_NE(NULL, strstr(text,
			       "1 socket in CLOSE_WAIT, not read to EOF, of pyth\\x1bon3[12] for at least 312 s\n"
			       "  remedy: the program must read"));
	EXPECT_NE(NULL, strstr(text, "1 socket in CLOSE_WAIT of nginx[20]\n"));
	EXPECT_NE(NULL, strstr(text, "1 socket in CLOSE_WAIT of an owner not known\n"));
	EXPECT_NE(NULL, strstr(text, "1 socket in LAST_ACK without an owner for at least 7 s\n")) {
		TH_LOG("%s", text);
	}
	EXPECT_NE(NULL, strstr(text, "6 sockets in LAST_ACK of pyth\\x1bon3"
			       "[12, 13, 14, 15 and others], one"));
	free(text);
}

static const struct cw_owner two[] = {
	{ 1, { .pid = 12, .fd = 7, .comm = { .len = 6, .b = "ng\033inx" } } },
	{ 1, { .pid = 13, .fd = 8, .comm = { .len = 5, .b = "nginx" } } },
};

/* One record, as text or JSON; to be freed. */
static char *render(const struct cw_pending_row *r, bool json, bool header)
{
	struct cw_view_options opt = {
		.json = json, .layout = cw_record_pending_layout,
		.slots = cw_record_pending_slots,
	};
	char *text = NULL;
	struct cw_view *v;
	size_t len;

	opt.out = open_memstream(&text, &len);
	v = cw_view_new(&opt);
	if (header)
		cw_view_header(v);
	cw_record_pending(v, r);
	cw_view_free(v);
	fclose(opt.out);
	return text;
}

static struct cw_socket complete(void)
{
	struct cw_socket s = leaked;

	s.cookie = 1ULL << 40;
	s.uid = 33;
	s.cgroup = 4711;
	s.rqueue = 6;
	s.timer = CW_TIMER_KEEPALIVE;
	s.timer_ms = 7000;
	s.ends.local = (struct cw_bytes){ 4, { 127, 0, 0, 1 } };
	s.ends.remote = s.ends.local;
	s.ends.local_port = 80;
	s.ends.remote_port = 51234;
	return s;
}

TEST(a_socket_is_a_line_with_all_its_owners)
{
	const struct cw_socket s = complete();
	const struct cw_pending_row r = {
		.socket = &s, .owners = two, .owned = 2, .aged = true,
		.age_ms = 312490,
	};
	static const char want[] =
		"     AGE STATE      LOCAL -> REMOTE                        UNREAD  UNSENT UNACKED PROCESS                WHAT IT WAITS FOR\n"
		"   312 s CLOSE_WAIT 127.0.0.1:80 -> 127.0.0.1:51234             5       0       0 ng\\x1binx[12] fd 7     "
		"the peer sent FIN at least 312 s ago; the program has not read the last 5 B; "
		"also held by nginx[13] fd 8\n";
	char *text = render(&r, false, true);

	EXPECT_STREQ(want, text);
	free(text);
}

/* Its descriptor is gone, and its program has not let go of it. */
TEST(a_close_that_waits_for_so_linger_is_told)
{
	struct cw_socket s = complete();
	struct cw_pending_row r = { .socket = &s };
	char *text;

	s.state = CLOSEWATCH_STATE_FIN_WAIT1;
	text = render(&r, false, false);
	EXPECT_NE(NULL, strstr(text, "; no descriptor of it is seen: its close() may wait"));
	free(text);
	r.owners = two;
	r.owned = 1;
	text = render(&r, false, false);
	EXPECT_EQ(NULL, strstr(text, "SO_LINGER"));
	free(text);
	r.owned = 0;
	s.inode = 0;
	text = render(&r, false, false);
	EXPECT_EQ(NULL, strstr(text, "SO_LINGER"));
	free(text);
}

TEST(a_socket_is_an_object_with_all_its_figures)
{
	const struct cw_socket s = complete();
	const struct cw_pending_row r = {
		.socket = &s, .owners = two + 1, .owned = 1, .aged = true,
		.age_ms = 312490,
	};
	char *text = render(&r, true, true);

	EXPECT_STREQ("{\"state\":\"CLOSE_WAIT\",\"family\":\"ipv4\","
		     "\"local\":{\"addr\":\"127.0.0.1\",\"port\":80},"
		     "\"remote\":{\"addr\":\"127.0.0.1\",\"port\":51234},"
		     "\"cookie\":\"1099511627776\",\"waits_for\":\"read\","
		     "\"age_ms\":312490,\"silent_ms\":312490,"
		     "\"timer\":\"keepalive\",\"timer_ms\":7000,"
		     "\"retransmits\":0,\"unread\":5,\"unsent\":0,"
		     "\"unacked\":0,\"inode\":1,\"uid\":33,"
		     "\"cgroup\":\"4711\",\"owners\":[{\"comm\":\"nginx\","
		     "\"pid\":13,\"fd\":8}]}\n", text);
	free(text);
}

TEST(a_socket_that_stays_is_an_event)
{
	const struct cw_socket s = complete();
	const struct cw_pending_row r = {
		.socket = &s, .owners = two + 1, .owned = 1, .aged = true,
		.age_ms = 312490, .date = 1795230727123456789ULL, .diag = true,
	};
	char *text = render(&r, false, false), *json = render(&r, true, false);

	EXPECT_NE(NULL, strstr(text, " close-wait 127.0.0.1:80 -> ")) {
		TH_LOG("%s", text);
	}
	EXPECT_NE(NULL, strstr(text,
			       "nginx[13] fd 8         the peer sent FIN at least 312 s ago;"));
	EXPECT_NE(NULL, strstr(text, "remedy: the program must read and close"));
	EXPECT_EQ(json, strstr(json, "{\"event\":\"close-wait\","
			       "\"time\":\"2026-11-21T03:12:07.123456789Z\","
			       "\"state\":\"CLOSE_WAIT\","));
	EXPECT_NE(NULL, strstr(json, "\"diag\":{\"cause\":\"the peer sent FIN"));
	free(text);
	free(json);
}

TEST(what_is_not_known_is_not_shown)
{
	const struct cw_socket s = {
		STATE(FIN_WAIT2), .timer = CW_TIMER_MINISOCK, .timer_ms = 9,
		.ends = { .local.len = 16, .remote.len = 16 },
	};
	const struct cw_pending_row r = { .socket = &s };
	char *text = render(&r, false, false), *json = render(&r, true, false);

	EXPECT_NE(NULL, strstr(text, "       - FIN_WAIT2  [::]:0 -> [::]:0 "));
	EXPECT_NE(NULL, strstr(text, "       -       -       - -  "));
	EXPECT_EQ(NULL, strstr(json, "_ms\":\"")) {
		TH_LOG("%s", json);
	}
	EXPECT_EQ(NULL, strstr(json, "silent"));
	EXPECT_EQ(NULL, strstr(json, "unread"));
	EXPECT_EQ(NULL, strstr(json, "uid"));
	EXPECT_NE(NULL, strstr(json, "\"owners\":[]"));
	free(text);
	free(json);
}

static const struct {
	int key;
	const char *right, *wrong;
} conditions[] = {
	{ 'P', "80", "81" }, { 'P', "1,51234", "1,2" }, { 'L', "80", "51234" },
	{ 'L', "443,70-90", "443,81-90" }, { 'D', "51234", "80" },
	{ '4', NULL, NULL }, { 'u', "33", "0" },
	{ CW_KEY_CGROUP, "4711", "1" },
	{ CW_KEY_LOCAL_PREFIX, "::/0,0.0.0.0/0", "::/0" },
};

TEST(each_condition_holds_of_a_socket)
{
	struct cw_socket s = complete();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(conditions); i++) {
		struct cw_match m = CW_MATCH_INIT, n = CW_MATCH_INIT;
		struct cw_fail fail;
		int key = conditions[i].key;

		ASSERT_EQ(CW_OK, cw_match_parse(&m, key, conditions[i].right,
						&fail));
		cw_match_conclude(&m);
		EXPECT_TRUE(cw_match_socket(&m, &s)) {
			TH_LOG("%s", conditions[i].right);
		}
		ASSERT_EQ(CW_OK, cw_match_parse(&n, key == '4' ? '6' : key,
						conditions[i].wrong, &fail));
		cw_match_conclude(&n);
		EXPECT_FALSE(cw_match_socket(&n, &s)) {
			TH_LOG("%s", conditions[i].wrong);
		}
	}
}

/* It is not root. */
TEST(the_user_of_an_orphan_is_not_told)
{
	struct cw_socket s = complete();
	struct cw_match m = CW_MATCH_INIT;

	s.inode = 0;
	s.uid = 0;
	m.filter.uid = 0;
	EXPECT_FALSE(cw_match_socket(&m, &s));
}

TEST(one_owner_has_both_the_pid_and_the_name)
{
	struct cw_match m = CW_MATCH_INIT;
	struct cw_fail fail;

	EXPECT_TRUE(cw_match_owners(&m, NULL, 0));
	m.filter.pid = 13;
	EXPECT_FALSE(cw_match_owners(&m, NULL, 0));
	EXPECT_TRUE(cw_match_owners(&m, two, 2));
	EXPECT_EQ(CW_OK, cw_match_parse(&m, 'C', "x,nginx", &fail));
	EXPECT_TRUE(cw_match_owners(&m, two, 2));
	m.filter.pid = 12;
	EXPECT_FALSE(cw_match_owners(&m, two, 2));
	m.filter.pid = 0;
	strcpy(m.comm.name[1], "ngin");
	EXPECT_FALSE(cw_match_owners(&m, two, 2));
}

TEST_HARNESS_MAIN
