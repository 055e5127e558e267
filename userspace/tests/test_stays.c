// SPDX-License-Identifier: GPL-2.0
/* How long sockets stay in CLOSE_WAIT, over several dumps. */
#include <linux/closewatch.h>

#include "base/util.h"
#include "explain/stays.h"
#include "kselftest_harness.h"

/* Silent for @ms; the kernel's figure may be a jiffy too long. */
static struct cw_socket waits(uint64_t cookie, uint32_t ms)
{
	return (struct cw_socket){
		.cookie = cookie, .state = CLOSEWATCH_STATE_CLOSE_WAIT,
		.inode = 1, .full = true, .last_ack_ms = ms + 10,
		.last_data_ms = ms + 10,
	};
}

FIXTURE(stays) {
	struct cw_stays t;
};

FIXTURE_SETUP(stays)
{
	self->t = (struct cw_stays){ .limit = 1000 };
}

FIXTURE_TEARDOWN(stays)
{
	cw_stays_release(&self->t);
}

#define update(now, ...) do {						\
	const struct cw_socket list[] = { __VA_ARGS__ };		\
									\
	ASSERT_EQ(0, cw_stays_update(&self->t, list, ARRAY_SIZE(list), now)); \
} while (0)

static struct cw_stay *due(const struct cw_stays *t, uint64_t cookie,
			   uint64_t now)
{
	const struct cw_socket s = waits(cookie, 0);

	return cw_stays_due(t, &s, now);
}

TEST_F(stays, are_due_at_the_limit_and_not_before)
{
	update(5000, waits(7, 400), waits(3, 900));
	EXPECT_EQ(NULL, due(&self->t, 7, 5599));
	EXPECT_NE(NULL, due(&self->t, 7, 5600));
	EXPECT_EQ(NULL, due(&self->t, 3, 5099));
	EXPECT_NE(NULL, due(&self->t, 3, 5100));
	EXPECT_EQ(NULL, due(&self->t, 4, 9999));
}

/* It has acknowledged what we sent since. */
TEST_F(stays, go_on_when_the_peer_sends)
{
	update(5000, waits(7, 400));
	update(5500, waits(7, 0));
	EXPECT_NE(NULL, due(&self->t, 7, 5600));
	update(5550, waits(7, 100));
	EXPECT_EQ(950, cw_stays_age(&self->t, &(struct cw_socket){ .cookie = 7 },
				    5550));
}

TEST_F(stays, are_told_once)
{
	update(5000, waits(7, 1000), waits(7, 1000), waits(8, 1000));
	EXPECT_EQ(2, self->t.count);
	due(&self->t, 7, 5000)->told = true;
	update(6000, waits(7, 2000), waits(7, 2000));
	EXPECT_EQ(NULL, due(&self->t, 7, 6000));
	/* One dump may have missed it. */
	update(6100, waits(9, 0));
	update(6200, waits(7, 2200));
	EXPECT_EQ(NULL, due(&self->t, 7, 6200));
}

TEST_F(stays, end_when_two_dumps_lack_them)
{
	update(5000, waits(7, 10), waits(8, 10));
	update(5100, waits(8, 110));
	EXPECT_EQ(2, self->t.count);
	update(5200, waits(8, 210));
	EXPECT_EQ(1, self->t.count);
	EXPECT_EQ(8, self->t.list[0].cookie);
}

TEST_F(stays, without_an_age_begin_when_seen)
{
	const struct cw_socket s = {
		.cookie = 7, .state = CLOSEWATCH_STATE_CLOSE_WAIT,
	};

	update(5000, s);
	EXPECT_EQ(5000, self->t.list[0].since);
	/* Whatever a kernel says. */
	update(5000, waits(7, 6000));
	EXPECT_EQ(0, self->t.list[0].since);
}

TEST_F(stays, are_looked_for_when_one_may_be_due)
{
	EXPECT_EQ(6000, cw_stays_next(&self->t, 5000));
	update(5000, waits(7, 400));
	EXPECT_EQ(5600, cw_stays_next(&self->t, 5000));
	/* Not at once for each. */
	EXPECT_EQ(5640, cw_stays_next(&self->t, 5590));
	self->t.list[0].told = true;
	EXPECT_EQ(6590, cw_stays_next(&self->t, 5590));
}

TEST_HARNESS_MAIN
