// SPDX-License-Identifier: GPL-2.0
/* Events by what they have in common: what is counted where, and the table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/closewatch.h>

#include "base/util.h"
#include "explain/groups.h"
#include "kselftest_harness.h"
#include "output/record_groups.h"

#define HAS(attr) (1ULL << CLOSEWATCH_A_EVENT_##attr)

FIXTURE(groups)
{
	struct cw_groups g;
	struct cw_fail fail;
	struct cw_msg_event ev;
	char *text;
	size_t len;
	FILE *out;
};

FIXTURE_SETUP(groups)
{
	self->ev = (struct cw_msg_event){
		.type = CLOSEWATCH_EVENT_TYPE_CLOSE,
		.path = CLOSEWATCH_PATH_RST_UNREAD, .unread = 3,
		.local_port = 80, .remote_port = 51234,
		.remote_addr = { 4, { 127, 0, 0, 2 } },
		.comm = { 6, "ng\033inx" }, .cgroup = 1ULL << 62,
		.present = HAS(TYPE) | HAS(PATH) | HAS(LOCAL_PORT) |
			   HAS(REMOTE_PORT) | HAS(REMOTE_ADDR) | HAS(COMM) |
			   HAS(CGROUP),
	};
	memset(&self->g, 0, sizeof(self->g));
	self->text = NULL;
	self->out = open_memstream(&self->text, &self->len);
}

FIXTURE_TEARDOWN(groups)
{
	cw_groups_release(&self->g);
	fclose(self->out);
	free(self->text);
}

#define by(word) ASSERT_EQ(CW_OK, cw_groups_init(&self->g, word, &self->fail))
#define add() cw_groups_add(&self->g, &self->ev)
#define key(i) (self->g.list[i].key)

TEST_F(groups, each_event_is_counted_under_what_it_shares)
{
	static const struct {
		const char *by, *key;
	} wanted[] = {
		{ "port", "80" }, { "comm", "ng\\x1binx" },
		{ "path", "rst-unread" }, { "peer", "127.0.0.2" },
		/* Of a host that does not know it. */
		{ "cgroup", "4611686018427387904" }, { "container", "" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wanted); i++) {
		by(wanted[i].by);
		add();
		add();
		ASSERT_EQ(1, self->g.n);
		EXPECT_STREQ(wanted[i].key, key(0));
		EXPECT_EQ(2, self->g.list[0].closes);
		EXPECT_EQ(2, self->g.list[0].rsts_sent);
		EXPECT_EQ(6, self->g.list[0].unread_bytes);
	}
}

TEST_F(groups, an_rst_after_the_close_is_the_closers)
{
	static const uint32_t learnt_from[] = {
		CLOSEWATCH_EVENT_TYPE_CLOSE, CLOSEWATCH_EVENT_TYPE_FATE,
	};
	struct cw_msg_event reset = {
		.type = CLOSEWATCH_EVENT_TYPE_RESET, .cookie = 4711,
		.reset_kind = CLOSEWATCH_RESET_KIND_LATE_DATA,
		.present = HAS(TYPE) | HAS(COOKIE),
	};
	size_t i;

	self->ev.cookie = 4711;
	self->ev.present |= HAS(COOKIE);
	self->ev.path = CLOSEWATCH_PATH_FIN;
	for (i = 0; i < ARRAY_SIZE(learnt_from); i++) {
		by("comm");
		self->ev.type = learnt_from[i];
		add();
		cw_groups_add(&self->g, &reset);
		ASSERT_EQ(1, self->g.n);
		EXPECT_EQ(1, self->g.list[0].rsts_sent);
	}
	reset.cookie += 1 << 16;
	cw_groups_add(&self->g, &reset);
	reset.present &= ~HAS(COOKIE);
	reset.cookie = 4711;
	cw_groups_add(&self->g, &reset);
	ASSERT_EQ(2, self->g.n);
	EXPECT_STREQ("", key(1));
	EXPECT_EQ(2, self->g.list[1].rsts_sent);
}

TEST_F(groups, a_path_may_be_a_part_of_what_is_shared)
{
	by("port");
	self->g.paths = true;
	EXPECT_EQ(&self->g.list[0], add());
	self->ev.path = CLOSEWATCH_PATH_FIN;
	EXPECT_EQ(&self->g.list[1], add());
	EXPECT_STREQ("rst-unread\t80", key(0));
	EXPECT_STREQ("fin\t80", key(1));
	self->ev.type = CLOSEWATCH_EVENT_TYPE_SHUTDOWN;
	EXPECT_EQ(NULL, add());
}

TEST_F(groups, a_port_is_the_servers)
{
	by("port");
	self->ev.local_port = 51235;
	self->ev.remote_port = 443;
	add();
	EXPECT_STREQ("peer:443", key(0));
	self->ev.present &= ~HAS(REMOTE_PORT);
	add();
	EXPECT_STREQ("51235", key(1));
}

TEST(the_words_of_the_option_are_those_that_are_taken)
{
	char words[] = CW_GROUP_WORDS, *word = words, *end;
	unsigned int i = CW_BY_NONE;

	for (; (end = strsep(&word, "|")); i++)
		EXPECT_EQ(i + 1, cw_names_value(&cw_group_names, end, strlen(end)));
	EXPECT_EQ(cw_group_names.count, i + 1);
}

/* Behind address translation clients have any port. */
TEST_F(groups, a_high_port_is_a_servers_if_something_listens_on_it)
{
	struct cw_told told = { .listening = true };
	struct cw_hosted host = { .told = &told };

	self->g.host = &host;
	by("port");
	self->ev.local_port = 50000;
	self->ev.remote_port = 1024;
	add();
	EXPECT_STREQ("50000", key(0));
	told.listening = false;
	add();
	EXPECT_STREQ("peer:1024", key(1));
}

TEST_F(groups, an_rst_that_two_events_report_is_counted_once)
{
	by("port");
	self->ev.type = CLOSEWATCH_EVENT_TYPE_FATE;
	self->ev.fate = CLOSEWATCH_FATE_PEER_RESET;
	add();
	EXPECT_EQ(0, self->g.list[0].rsts_received);
	self->ev.since_close_ns = 1;
	add();
	EXPECT_EQ(1, self->g.list[0].rsts_received);
	self->ev.type = CLOSEWATCH_EVENT_TYPE_RESET;
	self->ev.reset_kind = CLOSEWATCH_RESET_KIND_RECEIVED;
	add();
	EXPECT_EQ(2, self->g.list[0].rsts_received);
	self->ev.reset_kind = CLOSEWATCH_RESET_KIND_LATE_DATA;
	add();
	self->ev.type = CLOSEWATCH_EVENT_TYPE_FATE;
	self->ev.fate = CLOSEWATCH_FATE_RST_LATE_DATA;
	add();
	EXPECT_EQ(1, self->g.list[0].rsts_sent);
	/* watch gets one of the two alone. */
	self->g.partial = true;
	add();
	EXPECT_EQ(2, self->g.list[0].rsts_sent);
}

TEST_F(groups, an_event_may_stand_for_several)
{
	by("port");
	self->ev.type = CLOSEWATCH_EVENT_TYPE_RESET;
	self->ev.reset_kind = CLOSEWATCH_RESET_KIND_LATE_SEGMENT;
	self->ev.count = 5;
	self->ev.present |= HAS(COUNT);
	add();
	EXPECT_EQ(5, self->g.list[0].rsts_sent);
	self->ev.type = CLOSEWATCH_EVENT_TYPE_CLOSE;
	self->ev.path = CLOSEWATCH_PATH_LISTENER;
	self->ev.children_reset = 2;
	add();
	EXPECT_EQ(7, self->g.list[0].rsts_sent);
	self->ev.type = CLOSEWATCH_EVENT_TYPE_LOST;
	add();
	EXPECT_EQ(5, self->g.missed);
	EXPECT_EQ(1, self->g.n);
}

/* Ten thousand peers are told from each other, up to a limit, and none is left out. */
TEST_F(groups, those_beyond_the_limit_share_one)
{
	uint32_t i;

	by("peer");
	for (i = 0; i < 10000; i++) {
		memcpy(self->ev.remote_addr.b, &i, sizeof(i));
		add();
		add();
	}
	ASSERT_EQ(CW_GROUPS_MAX, self->g.n);
	for (i = 0; i < self->g.n; i++)
		ASSERT_EQ(2, self->g.list[i].closes);
	EXPECT_EQ(2 * (10000 - CW_GROUPS_MAX), self->g.others.closes);
	cw_groups_clear(&self->g);
	add();
	EXPECT_EQ(1, self->g.n);
	EXPECT_EQ(0, self->g.others.closes);
}

static void make_two(struct _test_data_groups *self)
{
	self->ev.path = CLOSEWATCH_PATH_FIN;
	add();
	add();
	self->ev.local_port = 81;
	self->ev.path = CLOSEWATCH_PATH_RST_UNREAD;
	add();
}

TEST_F(groups, the_table_begins_with_the_most_rsts)
{
	struct cw_view_options opt = { .out = self->out };
	struct cw_view *v = cw_view_new(&opt);

	by("port");
	make_two(self);
	cw_record_groups_table(v, &self->g, 1);
	cw_view_free(v);
	fflush(self->out);
	EXPECT_EQ(0, strncmp("\nPORT       CLOSES RST SENT RST RCVD   LOST   LOST B",
			     self->text, 51));
	EXPECT_STREQ("81              1        1        0      0        0        3\n"
		     "not shown:       1 with fewer RSTs or closes\n",
		     strchr(self->text + 1, '\n') + 1);
}

TEST_F(groups, json_has_all_of_them)
{
	struct cw_view_options opt = { .out = self->out, .json = true };
	struct cw_view *v = cw_view_new(&opt);

	by("port");
	make_two(self);
	cw_record_groups(v, &self->g, 1000000000, 2000000000);
	cw_view_free(v);
	fflush(self->out);
	EXPECT_STREQ("{\"time\":\"1970-01-01T00:00:01.000000000Z\","
		     "\"span_ns\":\"2000000000\",\"by\":\"port\","
		     "\"events_lost\":\"0\",\"groups\":["
		     "{\"port\":\"81\",\"closes\":\"1\",\"rsts_sent\":\"1\","
		     "\"rsts_received\":\"0\",\"lost\":\"0\","
		     "\"lost_bytes\":\"0\",\"unread_bytes\":\"3\"},"
		     "{\"port\":\"80\",\"closes\":\"2\",\"rsts_sent\":\"0\","
		     "\"rsts_received\":\"0\",\"lost\":\"0\","
		     "\"lost_bytes\":\"0\",\"unread_bytes\":\"6\"}]}\n",
		     self->text);
}

TEST_HARNESS_MAIN
