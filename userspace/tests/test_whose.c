// SPDX-License-Identifier: GPL-2.0
/* Whose socket an RST has met */
#include <fcntl.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/closewatch.h>

#include "cmd/grouping.h"
#include "cmd/whose.h"
#include "kselftest_harness.h"
#include "request/match_options.h"

#define bit(attr) (1ULL << CLOSEWATCH_A_EVENT_##attr)

FIXTURE(whose)
{
	struct cw_match match;
	struct cw_msg_event *reset;
	struct cw_order order;
	struct cw_whose whose;
	const struct cw_holders *found;
	int fd;
};

FIXTURE_SETUP(whose)
{
	struct stat st;

	self->fd = socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_GE(self->fd, 0);
	ASSERT_EQ(0, fstat(self->fd, &st));
	self->match = (struct cw_match)CW_MATCH_INIT;
	self->whose.match = &self->match;
	self->whose.limit_ms = 60000;
	self->reset = &self->order.list[0];
	self->order.count = 1;
	*self->reset = (struct cw_msg_event){
		.type = CLOSEWATCH_EVENT_TYPE_RESET, .cookie = 7,
		.inode = st.st_ino,
	};
}

FIXTURE_TEARDOWN(whose)
{
	if (self->fd >= 0)
		close(self->fd);
}

static void ask_for(struct cw_match *m, struct cw_msg_event *ev, uint32_t pid)
{
	m->filter.pid = pid;
	m->filter.by_inode = true;
	ev->present = 0;
}

#define find(self) cw_whose_find(&(self)->whose, &(self)->order,		\
				 (self)->reset, &(self)->found)

TEST_F(whose, process_has_the_socket_open)
{
	EXPECT_TRUE(find(self));
	ASSERT_NE(NULL, self->found);
	EXPECT_EQ(1, self->found->count);
	EXPECT_TRUE(cw_event_has(self->reset, PID));
	EXPECT_EQ(getpid(), self->reset->pid);
	EXPECT_LT(0, self->reset->comm.len);
}

/* No search: the descriptor is gone by then. */
TEST_F(whose, task_closes_it_in_the_same_message)
{
	const struct cw_msg_event other = {
		.type = CLOSEWATCH_EVENT_TYPE_CLOSE, .cookie = 8, .pid = 813,
		.present = bit(PID),
	}, close = {
		.type = CLOSEWATCH_EVENT_TYPE_CLOSE, .cookie = 7, .pid = 812,
		.comm = { 5, "nginx" }, .present = bit(PID),
	};

	self->order.list[1] = other;
	self->order.list[2] = close;
	self->order.count = 3;
	EXPECT_TRUE(find(self));
	EXPECT_EQ(NULL, self->found);
	EXPECT_EQ(812, self->reset->pid);
	EXPECT_EQ(5, self->reset->comm.len);
	ask_for(&self->match, self->reset, 812);
	EXPECT_TRUE(find(self));
	ask_for(&self->match, self->reset, 813);
	EXPECT_FALSE(find(self));
}

/* As many as are asked for, where the kernel compares none. */
TEST_F(whose, process_has_one_of_several_names)
{
	struct cw_match *m = &self->match;
	FILE *f = fopen("/proc/self/comm", "r");

	ASSERT_NE(NULL, f);
	ASSERT_NE(NULL, fgets(m->comm.name[1], sizeof(m->comm.name[1]), f));
	fclose(f);
	m->comm.name[1][strcspn(m->comm.name[1], "\n")] = '\0';
	m->comm.n = 2;
	cw_match_conclude(m);
	m->filter.by_inode = true;
	EXPECT_TRUE(cw_match_event(m, self->reset));
	EXPECT_TRUE(find(self));
	m->comm.n = 1;
	self->reset->present = 0;
	EXPECT_FALSE(find(self));
}

TEST_F(whose, process_is_not_the_one_that_is_asked_for)
{
	ask_for(&self->match, self->reset, getpid() + 1);
	EXPECT_FALSE(find(self));
	ask_for(&self->match, self->reset, getpid());
	EXPECT_TRUE(find(self));
	EXPECT_EQ(getpid(), self->reset->pid);
}

/* Then it is shown all the same, but not if a process is asked for. */
TEST_F(whose, process_is_gone)
{
	ASSERT_EQ(0, close(self->fd));
	self->fd = -1;
	EXPECT_TRUE(find(self));
	EXPECT_FALSE(cw_event_has(self->reset, PID));
	ask_for(&self->match, self->reset, getpid());
	EXPECT_FALSE(find(self));
}

/* More have it open than are listed: the one that is asked for may be another. */
TEST_F(whose, search_that_is_given_up_hides_nothing)
{
	int fds[CW_HOLDERS_MAX];

	for (unsigned int i = 0; i < CW_HOLDERS_MAX; i++) {
		fds[i] = dup(self->fd);
		ASSERT_GE(fds[i], 0);
	}
	ask_for(&self->match, self->reset, getpid() + 1);
	EXPECT_TRUE(find(self));
	EXPECT_FALSE(cw_event_has(self->reset, PID));
	for (unsigned int i = 0; i < CW_HOLDERS_MAX; i++)
		close(fds[i]);
	EXPECT_FALSE(find(self));
}

TEST_F(whose, searches_leave_time_for_the_events)
{
	EXPECT_TRUE(find(self));
	self->reset->present = 0;
	self->whose.rest_until = UINT64_MAX;
	EXPECT_TRUE(find(self));
	EXPECT_EQ(NULL, self->found);
	/* What is asked for is looked for all the same. */
	ask_for(&self->match, self->reset, getpid());
	EXPECT_TRUE(find(self));
	EXPECT_NE(NULL, self->found);
}

/* A message of the module with one event: that an RST came for the socket @inode. */
struct message {
	struct nlattr event, facts_head;
	struct closewatch_facts facts;
	struct nlattr more_head;
	struct closewatch_more more;
} __attribute__((packed));

static struct message rst_received(uint32_t inode)
{
	return (struct message){
		.event = { sizeof(struct message), CLOSEWATCH_A_EVENT },
		.facts_head = {
			sizeof(struct nlattr) + sizeof(struct closewatch_facts),
			CLOSEWATCH_A_EVENT_FACTS,
		},
		.facts = {
			.has = bit(TYPE), .type = CLOSEWATCH_EVENT_TYPE_RESET,
		},
		.more_head = {
			sizeof(struct nlattr) + sizeof(struct closewatch_more),
			CLOSEWATCH_A_EVENT_MORE,
		},
		.more = { .inode = inode },
	};
}

TEST_F(whose, groups_have_the_program_that_an_rst_has_met)
{
	struct message m = rst_received(self->reset->inode);
	struct cw_grouping *g = calloc(1, sizeof(*g));
	struct cw_fail fail;

	ASSERT_NE(NULL, g);
	cw_grouping_init(g);
	ASSERT_EQ(CW_OK, cw_groups_init(&g->groups, "comm", &fail));
	/* As the kernel passes it on for one process: that may be another's. */
	self->match.filter.pid = getpid();
	cw_grouping_match(g, &self->match);
	EXPECT_TRUE(self->match.filter.by_inode);
	g->incoming.whose.limit_ms = 60000;
	cw_grouping_events(g, &m, sizeof(m));
	ASSERT_EQ(1, g->groups.n);
	EXPECT_STREQ("test_whose", g->groups.list[0].key);
	EXPECT_EQ(1, g->groups.list[0].rsts_received);
	self->match.filter.pid++;
	cw_grouping_events(g, &m, sizeof(m));
	EXPECT_EQ(1, g->groups.list[0].rsts_received);
	cw_grouping_release(g);
	free(g);
}

TEST_F(whose, other_events_are_none_of_a_socket)
{
	self->reset->inode = 0;
	ask_for(&self->match, self->reset, 1);
	EXPECT_TRUE(find(self));
	EXPECT_EQ(NULL, self->found);
}

TEST_HARNESS_MAIN
