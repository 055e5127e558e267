// SPDX-License-Identifier: GPL-2.0
/*
 * The module's verdicts, compiled for the host: facts and marks go in as plain
 * structs, so that branches which no guest can be made to take are tested too.
 */
#include "kselftest_harness.h"

#include "module/core/classify.h"

static struct cw_conn conn_in(u8 state)
{
	struct cw_conn c = { .state = state };

	return c;
}

static u32 path_of(const struct cw_conn *c, const struct cw_marks *m)
{
	return cw_classify(c, CLOSEWATCH_CAUSE_CLOSE, m).path;
}

static u32 linger_of(const struct cw_conn *c, u32 why, const struct cw_marks *m)
{
	return cw_classify(c, why, m).linger;
}

TEST(each_fin_form_has_its_path)
{
	static const struct {
		struct cw_marks m;
		u32 path, fin;
	} row[] = {
		{ { .fin_called = 1, .fin_queued = 1 },
		  CLOSEWATCH_PATH_FIN, CLOSEWATCH_FIN_FORM_ALONE },
		{ { .fin_called = 1, .fin_queued = 1, .fin_behind = 1, .fin_shared = 1 },
		  CLOSEWATCH_PATH_FIN_BEHIND_DATA, CLOSEWATCH_FIN_FORM_BEHIND_DATA },
		{ { .fin_called = 1, .fin_queued = 1, .fin_shared = 1 },
		  CLOSEWATCH_PATH_FIN_ON_SENT_DATA, CLOSEWATCH_FIN_FORM_ON_SENT_DATA },
		{ { .fin_called = 1 },
		  CLOSEWATCH_PATH_FIN_LOST, CLOSEWATCH_FIN_FORM_LOST },
	};
	struct cw_conn c = conn_in(CLOSEWATCH_STATE_ESTABLISHED);
	size_t i;

	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct cw_verdict v = cw_classify(&c, CLOSEWATCH_CAUSE_CLOSE, &row[i].m);

		EXPECT_EQ(row[i].path, v.path);
		EXPECT_EQ(row[i].fin, v.fin);
	}
}

TEST(an_rst_needs_a_reason)
{
	struct cw_conn c = conn_in(CLOSEWATCH_STATE_ESTABLISHED);
	struct cw_marks m = { .rst_sent = 1 };

	EXPECT_EQ(CLOSEWATCH_PATH_UNKNOWN, path_of(&c, &m));
	c.unread = 1;
	EXPECT_EQ(CLOSEWATCH_PATH_RST_UNREAD, path_of(&c, &m));
}

TEST(unread_data_without_rst_is_not_rst_unread)
{
	struct cw_conn c = conn_in(CLOSEWATCH_STATE_ESTABLISHED);
	struct cw_marks m = { .fin_called = 1, .fin_queued = 1 };

	c.unread = 5;
	EXPECT_EQ(CLOSEWATCH_PATH_FIN, path_of(&c, &m));
}

TEST(linger0_is_told_apart_by_the_rst)
{
	struct cw_conn c = conn_in(CLOSEWATCH_STATE_ESTABLISHED);
	struct cw_marks m = { .disconnect = 1, .rst_sent = 1 };

	c.linger_on = true;
	EXPECT_EQ(CLOSEWATCH_PATH_RST_LINGER0, path_of(&c, &m));
	m.rst_sent = false;
	EXPECT_EQ(CLOSEWATCH_PATH_LINGER0_SILENT, path_of(&c, &m));
	c.repair = true;
	EXPECT_EQ(CLOSEWATCH_PATH_REPAIR, path_of(&c, &m));
}

TEST(what_follows_the_fin_comes_before_the_fin)
{
	struct cw_conn c = conn_in(CLOSEWATCH_STATE_ESTABLISHED);
	struct cw_marks m = { .fin_called = 1, .fin_queued = 1, .survived = 1 };

	m.oom = true;
	m.rst_sent = true;
	EXPECT_EQ(CLOSEWATCH_PATH_RST_MEMORY, path_of(&c, &m));
	m.oom = false;
	m.rst_sent = false;
	m.net_dead = true;
	EXPECT_EQ(CLOSEWATCH_PATH_NETNS_GONE, path_of(&c, &m));
	m.net_dead = false;
	m.rst_sent = true;
	c.linger2 = -1;
	EXPECT_EQ(CLOSEWATCH_PATH_RST_LINGER2, path_of(&c, &m));
}

TEST(states_with_nothing_to_do)
{
	static const struct {
		u8 state;
		u32 path;
	} row[] = {
		{ CLOSEWATCH_STATE_SYN_SENT, CLOSEWATCH_PATH_SYN_SENT },
		{ CLOSEWATCH_STATE_FIN_WAIT1, CLOSEWATCH_PATH_ALREADY_FIN },
		{ CLOSEWATCH_STATE_FIN_WAIT2, CLOSEWATCH_PATH_ALREADY_FIN },
		{ CLOSEWATCH_STATE_CLOSING, CLOSEWATCH_PATH_ALREADY_FIN },
		{ CLOSEWATCH_STATE_LAST_ACK, CLOSEWATCH_PATH_ALREADY_FIN },
		{ CLOSEWATCH_STATE_CLOSE, CLOSEWATCH_PATH_ALREADY_CLOSED },
		/* In these a close without a FIN would be news. */
		{ CLOSEWATCH_STATE_ESTABLISHED, CLOSEWATCH_PATH_UNKNOWN },
		{ CLOSEWATCH_STATE_CLOSE_WAIT, CLOSEWATCH_PATH_UNKNOWN },
		{ CLOSEWATCH_STATE_LISTEN, CLOSEWATCH_PATH_UNKNOWN },
	};
	struct cw_marks m = { 0 };
	size_t i;

	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct cw_conn c = conn_in(row[i].state);

		EXPECT_EQ(row[i].path, path_of(&c, &m));
	}
}

TEST(linger_outcomes)
{
	struct cw_conn c = conn_in(CLOSEWATCH_STATE_ESTABLISHED);
	struct cw_marks m = { .fin_called = 1, .fin_queued = 1, .waited = 1,
			      .timeout_ns = 1000, .wait_ns = 10 };

	c.linger_on = true;
	c.linger_seconds = 1;
	EXPECT_EQ(CLOSEWATCH_LINGER_OUTCOME_RESET, linger_of(&c, 0, &m));
	m.survived = true;
	m.signal = true;
	EXPECT_EQ(CLOSEWATCH_LINGER_OUTCOME_SIGNAL, linger_of(&c, 0, &m));
	m.wait_ns = 1000;
	EXPECT_EQ(CLOSEWATCH_LINGER_OUTCOME_TIMEOUT, linger_of(&c, 0, &m));
	m.all_acked = true;
	EXPECT_EQ(CLOSEWATCH_LINGER_OUTCOME_ACKED, linger_of(&c, 0, &m));
	m.waited = false;
	EXPECT_EQ(CLOSEWATCH_LINGER_OUTCOME_SKIPPED_EXIT,
		  linger_of(&c, CLOSEWATCH_CAUSE_EXIT, &m));
	EXPECT_EQ(CLOSEWATCH_LINGER_OUTCOME_SKIPPED_EXIT,
		  linger_of(&c, CLOSEWATCH_CAUSE_SIGNAL, &m));
	c.linger_on = false;
	EXPECT_EQ(CLOSEWATCH_LINGER_OUTCOME_NONE,
		  linger_of(&c, CLOSEWATCH_CAUSE_EXIT, &m));
}

TEST(shutdown_paths)
{
	static const struct {
		u8 state, new_state;
		u32 how;
		struct cw_marks m;
		u32 path;
	} row[] = {
		{ CLOSEWATCH_STATE_ESTABLISHED, 0, CLOSEWATCH_HOW_RD, {},
		  CLOSEWATCH_PATH_FLAG_ONLY },
		{ CLOSEWATCH_STATE_FIN_WAIT2, 0, CLOSEWATCH_HOW_WR, {},
		  CLOSEWATCH_PATH_FLAG_ONLY },
		{ CLOSEWATCH_STATE_ESTABLISHED, 0, CLOSEWATCH_HOW_RDWR,
		  { .fin_called = 1, .fin_queued = 1 }, CLOSEWATCH_PATH_FIN },
		{ CLOSEWATCH_STATE_SYN_RECV, 0, CLOSEWATCH_HOW_WR, {},
		  CLOSEWATCH_PATH_DEFERRED },
		{ CLOSEWATCH_STATE_SYN_RECV, 0, CLOSEWATCH_HOW_RD, {},
		  CLOSEWATCH_PATH_FLAG_ONLY },
		{ CLOSEWATCH_STATE_LISTEN, 0, CLOSEWATCH_HOW_WR, {},
		  CLOSEWATCH_PATH_NONE },
		{ CLOSEWATCH_STATE_LISTEN, 0, CLOSEWATCH_HOW_RD,
		  { .listen_stop = 1 }, CLOSEWATCH_PATH_LISTENER },
		{ CLOSEWATCH_STATE_SYN_SENT, 0, CLOSEWATCH_HOW_RD,
		  { .new_state = CLOSEWATCH_STATE_CLOSE },
		  CLOSEWATCH_PATH_SYN_SENT },
		{ CLOSEWATCH_STATE_SYN_SENT, 0, CLOSEWATCH_HOW_RD,
		  { .new_state = CLOSEWATCH_STATE_SYN_SENT },
		  CLOSEWATCH_PATH_NONE },
		{ CLOSEWATCH_STATE_CLOSE, 0, CLOSEWATCH_HOW_RDWR, {},
		  CLOSEWATCH_PATH_NONE },
	};
	size_t i;

	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct cw_conn c = conn_in(row[i].state);

		EXPECT_EQ(row[i].path, cw_classify_shutdown(&c, row[i].how,
							    &row[i].m).path)
			TH_LOG("row %zu", i);
	}
}

static u32 fate_of(u8 state, u32 marks, bool dead, bool acked)
{
	struct cw_end e = { .old_state = state, .marks = marks, .dead = dead,
			    .all_acked = acked };

	cw_classify_end(&e);
	return e.fate;
}

TEST(each_mark_has_its_fate)
{
	static const struct {
		u32 mark, fate;
	} row[] = {
		{ CW_MARK_PEER_RST, CLOSEWATCH_FATE_PEER_RESET },
		{ CW_MARK_LATE_DATA, CLOSEWATCH_FATE_RST_LATE_DATA },
		{ CW_MARK_FIN_WAIT2 | CW_MARK_SIGNED,
		  CLOSEWATCH_FATE_LATE_DATA_SILENT },
		{ CW_MARK_SIGNED | CW_MARK_LATE_DATA,
		  CLOSEWATCH_FATE_RST_LATE_DATA },
		{ CW_MARK_TIME_WAIT, CLOSEWATCH_FATE_TIME_WAIT },
		{ CW_MARK_FIN_WAIT2, CLOSEWATCH_FATE_FIN_WAIT2_TIMEOUT },
		{ CW_MARK_NO_MINISOCK | CW_MARK_TIME_WAIT,
		  CLOSEWATCH_FATE_TIME_WAIT_OVERFLOW },
		{ CW_MARK_ABORT | CW_MARK_RST_SENT, CLOSEWATCH_FATE_KILLED },
		{ CW_MARK_DISCONNECT, CLOSEWATCH_FATE_DISCONNECTED },
		{ CW_MARK_OOM_MEMORY, CLOSEWATCH_FATE_MEMORY },
		{ CW_MARK_OOM_ORPHANS, CLOSEWATCH_FATE_ORPHAN_LIMIT },
		{ CW_MARK_NET_DEAD, CLOSEWATCH_FATE_NETNS_GONE },
		{ CW_MARK_IN_CLOSE | CW_MARK_DISCONNECT, CLOSEWATCH_FATE_ABORTED },
		{ CW_MARK_UNTRACKED, CLOSEWATCH_FATE_UNKNOWN },
		/* A minisock that an RST ended was not ended by its timer. */
		{ CW_MARK_FIN_WAIT2 | CW_MARK_PEER_RST, CLOSEWATCH_FATE_PEER_RESET },
	};
	size_t i;

	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		EXPECT_EQ(row[i].fate, fate_of(CLOSEWATCH_STATE_FIN_WAIT1,
					       row[i].mark, true, false));
}

TEST(an_end_without_a_mark_is_a_timers)
{
	EXPECT_EQ(CLOSEWATCH_FATE_RETRANSMIT_TIMEOUT,
		  fate_of(CLOSEWATCH_STATE_FIN_WAIT1, 0, true, false));
	EXPECT_EQ(CLOSEWATCH_FATE_KEEPALIVE_TIMEOUT,
		  fate_of(CLOSEWATCH_STATE_ESTABLISHED,
			  CW_MARK_RST_SENT | CW_MARK_KEEPALIVE, false, true));
	EXPECT_EQ(CLOSEWATCH_FATE_ACKED,
		  fate_of(CLOSEWATCH_STATE_LAST_ACK, 0, true, true));
	EXPECT_EQ(CLOSEWATCH_FATE_FIN_WAIT2_TIMEOUT,
		  fate_of(CLOSEWATCH_STATE_FIN_WAIT2, CW_MARK_RST_SENT, true, true));
	EXPECT_EQ(CLOSEWATCH_FATE_RST_LATE_DATA,
		  fate_of(CLOSEWATCH_STATE_FIN_WAIT2, 0, true, true));
	EXPECT_EQ(CLOSEWATCH_FATE_UNKNOWN,
		  fate_of(CLOSEWATCH_STATE_ESTABLISHED, 0, false, true));
}

TEST(what_nobody_saw_begin_is_judged_by_its_state_alone)
{
	EXPECT_EQ(CLOSEWATCH_FATE_ACKED,
		  fate_of(CLOSEWATCH_STATE_LAST_ACK, CW_MARK_UNSEEN, true, true));
	EXPECT_EQ(CLOSEWATCH_FATE_UNKNOWN,
		  fate_of(CLOSEWATCH_STATE_LAST_ACK, CW_MARK_UNSEEN, true, false));
	EXPECT_EQ(CLOSEWATCH_FATE_UNKNOWN,
		  fate_of(CLOSEWATCH_STATE_FIN_WAIT2, CW_MARK_UNSEEN, true, true));
	EXPECT_EQ(CLOSEWATCH_FATE_KILLED,
		  fate_of(CLOSEWATCH_STATE_ESTABLISHED,
			  CW_MARK_UNSEEN | CW_MARK_ABORT, false, false));
}

TEST(an_rst_without_a_cause_is_nobodys)
{
	EXPECT_EQ(CLOSEWATCH_FATE_UNKNOWN,
		  fate_of(CLOSEWATCH_STATE_ESTABLISHED, CW_MARK_RST_SENT, false, true));
	EXPECT_EQ(CLOSEWATCH_FATE_UNKNOWN,
		  fate_of(CLOSEWATCH_STATE_CLOSE_WAIT, CW_MARK_RST_SENT, false, false));
	/* Keepalive's timer also ends what waits for the peer's FIN. */
	EXPECT_EQ(CLOSEWATCH_FATE_FIN_WAIT2_TIMEOUT,
		  fate_of(CLOSEWATCH_STATE_FIN_WAIT2,
			  CW_MARK_RST_SENT | CW_MARK_KEEPALIVE, true, true));
}

TEST(delivered_only_with_every_byte_and_the_fin)
{
	struct cw_end e = { .old_state = CLOSEWATCH_STATE_LAST_ACK,
			    .all_acked = true };

	cw_classify_end(&e);
	EXPECT_EQ(CLOSEWATCH_VERDICT_DELIVERED, e.verdict);
	e.marks = CW_MARK_FIN_LOST;
	cw_classify_end(&e);
	EXPECT_EQ(CLOSEWATCH_VERDICT_UNKNOWN, e.verdict);
	e.marks = 0;
	e.old_state = CLOSEWATCH_STATE_ESTABLISHED;
	cw_classify_end(&e);
	EXPECT_EQ(CLOSEWATCH_VERDICT_UNKNOWN, e.verdict);
	e.all_acked = false;
	e.lost_bytes = 1;
	cw_classify_end(&e);
	EXPECT_EQ(CLOSEWATCH_VERDICT_LOST, e.verdict);
}

TEST(closed_first_follows_the_fin_or_the_rst)
{
	struct cw_end e = { .old_state = CLOSEWATCH_STATE_ESTABLISHED };

	cw_classify_end(&e);
	EXPECT_EQ(CLOSEWATCH_SIDE_UNKNOWN, e.first);
	e.marks = CW_MARK_IN_CLOSE;
	cw_classify_end(&e);
	EXPECT_EQ(CLOSEWATCH_SIDE_LOCAL, e.first);
	e.first = CLOSEWATCH_SIDE_UNKNOWN;
	e.marks = CW_MARK_PEER_RST;
	cw_classify_end(&e);
	EXPECT_EQ(CLOSEWATCH_SIDE_PEER, e.first);
	/* Once a FIN has told, an RST changes nothing. */
	e.first = CLOSEWATCH_SIDE_LOCAL;
	cw_classify_end(&e);
	EXPECT_EQ(CLOSEWATCH_SIDE_LOCAL, e.first);
}

/* Facts and marks that mean much for plain TCP mean nothing for a subflow */
TEST(mptcp_is_told_as_such_and_no_more_is_claimed)
{
	static const u8 states[] = {
		CLOSEWATCH_STATE_ESTABLISHED, CLOSEWATCH_STATE_CLOSE,
		CLOSEWATCH_STATE_LISTEN, CLOSEWATCH_STATE_FIN_WAIT1,
		CLOSEWATCH_STATE_LAST_ACK,
	};
	struct cw_marks m = { .rst_sent = 1, .listen_stop = 1 };
	struct cw_verdict v;
	size_t i;

	for (i = 0; i < sizeof(states); i++) {
		struct cw_end e = { .old_state = states[i], .all_acked = i & 1,
				    .marks = CW_MARK_RST_SENT, .lost_bytes = 5,
				    .user_timeout = true, .mptcp = true };
		struct cw_conn c = { .state = states[i], .unread = 3,
				     .linger_on = true, .linger_seconds = 1,
				     .mptcp = true };

		v = cw_classify(&c, CLOSEWATCH_CAUSE_KERNEL, &m);
		EXPECT_EQ(CLOSEWATCH_PATH_MPTCP, v.path);
		EXPECT_EQ(CLOSEWATCH_LINGER_OUTCOME_NONE, v.linger);
		v = cw_classify_shutdown(&c, CLOSEWATCH_HOW_RDWR, &m);
		EXPECT_EQ(CLOSEWATCH_PATH_MPTCP, v.path);
		cw_classify_end(&e);
		EXPECT_EQ(CLOSEWATCH_FATE_MPTCP, e.fate);
		EXPECT_EQ(CLOSEWATCH_VERDICT_UNKNOWN, e.verdict);
		EXPECT_EQ(0, e.lost_bytes);
		EXPECT_EQ(CLOSEWATCH_SIDE_UNKNOWN, e.first);
	}
}

TEST_HARNESS_MAIN
