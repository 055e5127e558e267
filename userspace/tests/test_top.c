// SPDX-License-Identifier: GPL-2.0
/* What top counts, and its rows as lines. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/closewatch.h>

#include "allocated.h"
#include "base/utf8.h"
#include "base/util.h"
#include "explain/top.h"
#include "kselftest_harness.h"
#include "output/top_lines.h"

#define HAS(attr) (1ULL << CLOSEWATCH_A_EVENT_##attr)
#define SECOND 1000000000ULL
#define T 1795744800ULL

FIXTURE(top)
{
	struct cw_top *top;
	struct cw_top_choice c;
	struct cw_top_look look;
	struct cw_msg_event ev;
	char text[8192];
};

FIXTURE_SETUP(top)
{
	self->top = cw_top_new(NULL, true);
	ASSERT_NE(NULL, self->top);
	self->c = (struct cw_top_choice){ .by = CW_BY_COMM, .text = "", .now = T + 1 };
	self->look = (struct cw_top_look){ .width = 80 };
	self->ev = (struct cw_msg_event){
		.type = CLOSEWATCH_EVENT_TYPE_CLOSE,
		.path = CLOSEWATCH_PATH_RST_UNREAD, .unread = 3, .unsent = 40,
		.unacked = 500, .time = T * SECOND, .cookie = 7,
		.local_port = 80, .remote_port = 51234,
		.remote_addr = { 4, { 127, 0, 0, 2 } },
		.comm = { 5, "nginx" },
		.present = HAS(TYPE) | HAS(PATH) | HAS(LOCAL_PORT) |
			   HAS(REMOTE_PORT) | HAS(REMOTE_ADDR) | HAS(COMM) |
			   HAS(COOKIE) | HAS(TIME),
	};
}

FIXTURE_TEARDOWN(top)
{
	cw_top_free(self->top);
}

#define add() cw_top_add(self->top, &self->ev)
#define list() cw_top_list(self->top, &self->c)
#define row(n) (&self->top->table[self->c.by]->row[self->top->order[n]])
#define key(n) cw_top_key(self->top->table[self->c.by], self->top->order[n])

static void add_named(struct cw_top *top, struct cw_msg_event *ev,
		      const char *comm, unsigned int times)
{
	ev->comm.len = strlen(comm);
	memcpy(ev->comm.b, comm, ev->comm.len);
	while (times--)
		cw_top_add(top, ev);
}

#define print() ({							\
		FILE *f = fmemopen(self->text, sizeof(self->text), "w");	\
									\
		list();							\
		cw_top_print_titles(f, self->top, &self->c, &self->look);	\
		cw_top_print_rows(f, self->top, &self->c, &self->look);	\
		fclose(f);						\
		self->text;						\
	})

TEST_F(top, an_event_counts_in_each_of_the_tables)
{
	static const char *const keys[] = {
		[CW_BY_COMM] = "rst-unread\tnginx",
		[CW_BY_PORT] = "rst-unread\t80", [CW_BY_PATH] = "rst-unread",
		[CW_BY_PEER] = "rst-unread\t127.0.0.2",
		[CW_BY_CGROUP] = "rst-unread\t",
		[CW_BY_CONTAINER] = "rst-unread\t",
	};

	add();
	add();
	for (self->c.by = CW_BY_PORT; self->c.by < CW_BYS; self->c.by++) {
		list();
		ASSERT_EQ(1, self->top->n);
		EXPECT_STREQ(keys[self->c.by], key(0));
		EXPECT_EQ(2, row(0)->figure[CW_TOP_BY_COUNT]);
		EXPECT_EQ(6, row(0)->figure[CW_TOP_BY_UNREAD]);
		EXPECT_EQ(80, row(0)->figure[CW_TOP_BY_LOST]);
		EXPECT_EQ(1000, row(0)->figure[CW_TOP_BY_FLIGHT]);
	}
}

TEST_F(top, what_a_fin_leaves_unsent_is_lost_only_if_its_fate_says_so)
{
	self->ev.path = CLOSEWATCH_PATH_FIN_BEHIND_DATA;
	add();
	list();
	EXPECT_EQ(0, row(0)->figure[CW_TOP_BY_LOST]);
	self->ev.type = CLOSEWATCH_EVENT_TYPE_FATE;
	self->ev.fate = CLOSEWATCH_FATE_PEER_RESET;
	self->ev.verdict = CLOSEWATCH_VERDICT_LOST;
	self->ev.lost_bytes = 30;
	add();
	self->c.sort = CW_TOP_BY_LOST;
	list();
	EXPECT_STREQ("peer-reset\tnginx", key(0));
	EXPECT_EQ(30, row(0)->figure[CW_TOP_BY_LOST]);
}

TEST_F(top, what_an_rst_of_the_peer_finds_unsent_counts_once)
{
	cw_top_free(self->top);
	self->top = cw_top_new(NULL, false);
	ASSERT_NE(NULL, self->top);
	self->ev.type = CLOSEWATCH_EVENT_TYPE_RESET;
	self->ev.reset_kind = CLOSEWATCH_RESET_KIND_RECEIVED;
	self->ev.state = CLOSEWATCH_STATE_CLOSE_WAIT;
	add();
	list();
	EXPECT_EQ(40, row(0)->figure[CW_TOP_BY_LOST]);
	/* After a shutdown() the fate tells it. */
	self->ev.state = CLOSEWATCH_STATE_FIN_WAIT1;
	add();
	EXPECT_EQ(40, row(0)->figure[CW_TOP_BY_LOST]);
	self->ev.type = CLOSEWATCH_EVENT_TYPE_FATE;
	self->ev.fate = CLOSEWATCH_FATE_PEER_RESET;
	self->ev.verdict = CLOSEWATCH_VERDICT_LOST;
	self->ev.lost_bytes = 40;
	self->ev.since_close_ns = 0;
	add();
	self->c.text = "peer-reset";
	list();
	EXPECT_EQ(0, row(0)->figure[CW_TOP_BY_LOST]);
	self->ev.since_close_ns = 1;
	add();
	EXPECT_EQ(40, row(0)->figure[CW_TOP_BY_LOST]);
}

TEST_F(top, a_rate_is_of_the_last_seconds_that_are_over)
{
	add();
	self->ev.time += SECOND;
	add();
	list();
	EXPECT_EQ(1, row(0)->figure[CW_TOP_BY_RATE]);
	self->c.now = T + 2;
	list();
	EXPECT_EQ(2, row(0)->figure[CW_TOP_BY_RATE]);
	self->c.now = T + CW_TOP_RATED + 1;
	list();
	EXPECT_EQ(1, row(0)->figure[CW_TOP_BY_RATE]);
	self->c.now++;
	list();
	EXPECT_EQ(0, row(0)->figure[CW_TOP_BY_RATE]);
	EXPECT_EQ(2, row(0)->figure[CW_TOP_BY_COUNT]);
}

TEST_F(top, a_minute_of_seconds_is_kept_whatever_the_order)
{
	const struct cw_top_row *r;

	add();
	list();
	r = row(0);
	EXPECT_EQ(1, cw_top_at(r, T, 0));
	self->ev.time += (CW_TOP_SECONDS - 1) * SECOND;
	add();
	EXPECT_EQ(1, cw_top_at(r, T, 0));
	EXPECT_EQ(1, cw_top_at(r, T + CW_TOP_SECONDS - 1, 0));
	/* Of another CPU, late. */
	self->ev.time -= SECOND;
	add();
	EXPECT_EQ(1, cw_top_at(r, T + CW_TOP_SECONDS - 1, 1));
	self->ev.time += 2 * SECOND;
	add();
	EXPECT_EQ(0, cw_top_at(r, T, 0));
	/* Too old for any of them, but counted. */
	self->ev.time = (T - 1000) * SECOND;
	add();
	EXPECT_EQ(5, r->figure[CW_TOP_BY_COUNT]);
	/* It would be the same of the seconds. */
	EXPECT_EQ(0, cw_top_at(r, T - 1000 + 17 * CW_TOP_SECONDS, 0));
	self->ev.time = (T + 5000) * SECOND;
	add();
	EXPECT_EQ(0, cw_top_at(r, T + CW_TOP_SECONDS, 0));
	EXPECT_EQ(1, cw_top_at(r, T + 5000, 0));
}

TEST_F(top, rows_are_sorted_by_what_is_chosen)
{
	self->ev.unread = 1;
	add_named(self->top, &self->ev, "often", 3);
	self->ev.unread = 100;
	add_named(self->top, &self->ev, "much", 1);
	self->ev.time += SECOND;
	self->c.now += 10;
	self->ev.unread = 0;
	add_named(self->top, &self->ev, "now", 2);
	list();
	EXPECT_STREQ("rst-unread\tnow", key(0));
	EXPECT_STREQ("rst-unread\toften", key(1));
	self->c.sort = CW_TOP_BY_COUNT;
	list();
	EXPECT_STREQ("rst-unread\toften", key(0));
	self->c.sort = CW_TOP_BY_UNREAD;
	list();
	EXPECT_STREQ("rst-unread\tmuch", key(0));
	self->c.text = "OFT";
	list();
	ASSERT_EQ(1, self->top->n);
	EXPECT_STREQ("rst-unread\toften", key(0));
}

TEST_F(top, rows_beyond_the_groups_share_one)
{
	char name[16];
	unsigned int i;

	for (i = 0; i < CW_GROUPS_MAX + 2; i++) {
		snprintf(name, sizeof(name), "p%u", i);
		add_named(self->top, &self->ev, name, 1);
	}
	self->c.sort = CW_TOP_BY_COUNT;
	list();
	EXPECT_EQ(CW_GROUPS_MAX + 1, self->top->n);
	EXPECT_STREQ("(others)", key(0));
	EXPECT_EQ(2, row(0)->figure[CW_TOP_BY_COUNT]);
	EXPECT_NE(NULL, cw_top_event(row(0), 1));
}

TEST_F(top, the_last_events_of_a_row_are_kept)
{
	unsigned int i;

	for (i = 0; i < CW_TOP_LAST + 3; i++) {
		self->ev.cookie = i;
		add();
	}
	list();
	EXPECT_EQ(CW_TOP_LAST + 2, cw_top_event(row(0), 0)->cookie);
	EXPECT_EQ(3, cw_top_event(row(0), CW_TOP_LAST - 1)->cookie);
	EXPECT_EQ(NULL, cw_top_event(row(0), CW_TOP_LAST));
}

static void add_peer(struct cw_top *top, struct cw_msg_event *ev, unsigned int n)
{
	ev->cookie = n;
	ev->remote_addr.b[2] = n >> 8;
	ev->remote_addr.b[3] = n;
	cw_top_add(top, ev);
}

TEST_F(top, each_of_many_rows_keeps_its_last_event_and_some_keep_more)
{
	const struct cw_top_row *r;
	unsigned int i, longs = 0;

	self->c.by = CW_BY_PEER;
	for (i = 0; i < CW_GROUPS_MAX; i++) {
		add_peer(self->top, &self->ev, i);
		add_peer(self->top, &self->ev, i);
		/* Again and again: it stays a long one. */
		add_peer(self->top, &self->ev, 0);
	}
	list();
	for (i = 0; i < self->top->n; i++) {
		r = row(i);
		ASSERT_NE(NULL, cw_top_event(r, 0));
		EXPECT_EQ(0, strncmp(key(i), "rst-unread\t127.0.", 17));
		longs += !!cw_top_event(r, 1);
	}
	EXPECT_EQ(CW_GROUPS_MAX, self->top->n);
	EXPECT_EQ(CW_TOP_LONG, longs);
	EXPECT_STREQ("rst-unread\t127.0.0.0", key(0));
	EXPECT_NE(NULL, cw_top_event(row(0), CW_TOP_LAST - 1));
	/* The newest of a row that was long */
	self->c.text = ".0.1.7";
	list();
	EXPECT_EQ(1 << 8 | 7, cw_top_event(row(0), 0)->cookie);
	EXPECT_EQ(NULL, cw_top_event(row(0), 1));
}

/* All of them were 43 MB. */
TEST_F(top, many_peers_take_no_more_than_6_mb)
{
	size_t before = __sanitizer_get_current_allocated_bytes(), now;
	unsigned int i;

	for (i = 0; i < CW_TOP_LAST * CW_GROUPS_MAX; i++)
		add_peer(self->top, &self->ev, i % CW_GROUPS_MAX);
	now = __sanitizer_get_current_allocated_bytes();
	EXPECT_GE(6 << 20, now - before);
}

TEST_F(top, a_story_has_all_events_of_its_connection_in_order)
{
	const struct cw_msg_event *story[CW_TOP_STORY];
	struct cw_msg_event other = self->ev, end = self->ev;

	other.cookie = 8;
	end.type = CLOSEWATCH_EVENT_TYPE_FATE;
	end.fate = CLOSEWATCH_FATE_PEER_RESET;
	end.time += 5;
	cw_top_add(self->top, &end);
	cw_top_add(self->top, &other);
	self->ev.type = CLOSEWATCH_EVENT_TYPE_SHUTDOWN;
	self->ev.time -= 5;
	add();
	self->ev.type = CLOSEWATCH_EVENT_TYPE_CLOSE;
	self->ev.time += 5;
	add();
	list();
	ASSERT_EQ(3, cw_top_story(self->top, CW_BY_COMM, &self->ev, story));
	EXPECT_EQ(CLOSEWATCH_EVENT_TYPE_SHUTDOWN, story[0]->type);
	EXPECT_EQ(CLOSEWATCH_EVENT_TYPE_CLOSE, story[1]->type);
	EXPECT_EQ(CLOSEWATCH_EVENT_TYPE_FATE, story[2]->type);
	/* Without a cookie it is alone. */
	self->ev.present &= ~HAS(COOKIE);
	self->ev.seq = 99;
	add();
	EXPECT_EQ(1, cw_top_story(self->top, CW_BY_COMM, &self->ev, story));
}

TEST_F(top, losses_are_no_rows)
{
	self->ev.type = CLOSEWATCH_EVENT_TYPE_LOST;
	self->ev.count = 9;
	self->ev.present |= HAS(COUNT);
	add();
	self->ev.loss = CLOSEWATCH_LOSS_BLIND;
	add();
	list();
	EXPECT_EQ(0, self->top->n);
	EXPECT_EQ(9, self->top->missed);
	EXPECT_EQ(9, self->top->blind);
}

static size_t longest(const char *text)
{
	size_t most = 0, n;
	const char *end;

	for (; (end = strchr(text, '\n')); text = end + 1) {
		n = cw_utf8_columns(text, end - text);
		most = n > most ? n : most;
	}
	return most;
}

TEST_F(top, lines_fit_every_width)
{
	self->ev.remote_addr = (struct cw_bytes){ 16, { 0x20, 1, [15] = 1 } };
	memset(self->ev.remote_addr.b, 0x21, 15);
	self->ev.remote_addr.b[15] = 0x99;
	self->ev.unread = UINT32_MAX;
	add();
	for (self->c.by = CW_BY_PORT; self->c.by < CW_BYS; self->c.by++)
		for (self->look.width = 50; self->look.width < 200;
		     self->look.width++)
			EXPECT_GE(self->look.width, longest(print()));
	self->c.by = CW_BY_PEER;
	self->look.width = 120;
	EXPECT_NE(NULL, strstr(print(), " 2121:2121:2121:2121:2121:2121:2121:2199 "));
	/* Where it is cut, its end is left. */
	self->look.width = 60;
	EXPECT_NE(NULL, strstr(print(), "1:2121:2199 "));
}

TEST_F(top, what_is_cut_is_cut_at_a_whole_character)
{
	static const char name[] = "Übermäßig";

	setlocale(LC_ALL, "C.UTF-8");
	self->ev.comm.len = sizeof(name) - 1;
	memcpy(self->ev.comm.b, name, sizeof(name) - 1);
	add();
	self->look.width = 44;
	EXPECT_NE(NULL, strstr(print(), "rst-unread       mäßig "));
	self->look.width = 43;
	EXPECT_NE(NULL, strstr(print(), "rst-unread       äßig "));
	self->look.width = 42;
	EXPECT_NE(NULL, strstr(print(), "rst-unread       ßig "));
}

TEST_F(top, a_row_has_its_figures_and_the_shape_of_its_minute)
{
	static const char at_end[] = { ' ', '\n', '\0' };
	unsigned int i;

	for (i = 0; i < 150; i++)
		add();
	self->ev.time += 30 * SECOND;
	add();
	self->c.now = T + 31;
	EXPECT_NE(NULL, strstr(print(), "rst-unread       nginx              0.1    151 "));
	EXPECT_NE(NULL, strstr(self->text, "    453   6040  75500 "));
	EXPECT_NE(NULL, strchr(self->text, '@'));
	EXPECT_NE(NULL, strchr(self->text, '.'));
	EXPECT_EQ(NULL, strstr(self->text, at_end));
	self->look.utf8 = true;
	EXPECT_NE(NULL, strstr(print(), "█"));
	/* What was before the minute */
	self->c.now = T + 200;
	EXPECT_EQ(NULL, strstr(print(), at_end));
	self->c.now = T + 31;
	self->ev.unread = UINT32_MAX;
	add();
	EXPECT_NE(NULL, strstr(print(), "  4.3G "));
}

TEST_F(top, a_narrow_terminal_has_fewer_figures)
{
	add();
	EXPECT_NE(NULL, strstr(print(), "UNREAD"));
	self->look.width = 60;
	EXPECT_EQ(NULL, strstr(print(), "UNREAD"));
	EXPECT_NE(NULL, strstr(self->text, "LOST B"));
}

TEST_HARNESS_MAIN
