// SPDX-License-Identifier: GPL-2.0
/* Recordings of both ends: which halves are one connection, and what they say. */
#include <stdlib.h>

#include "base/fail.h"
#include "command.h"
#include "folder.h"
#include "kselftest_harness.h"

/*
 * Members of an event, behind those that all have. A is 10.0.0.1 port 80, B is
 * 10.0.0.2 port 5000; a number in it is the second.
 */
#define EVENT(type, second, local, remote, cookie, ...)			\
	"{\"event\":\"" type "\",\"time\":\"2026-11-27T02:00:" second "Z\"," \
	"\"netns\":\"7\",\"local\":" local ",\"remote\":" remote ","	\
	"\"cookie\":\"" cookie "\"," __VA_ARGS__ "}\n"
#define A	"{\"addr\":\"10.0.0.1\",\"port\":80}"
#define B	"{\"addr\":\"10.0.0.2\",\"port\":5000}"
#define OF_A(type, second, cookie, ...) EVENT(type, second, A, B, cookie, __VA_ARGS__)
#define OF_B(type, second, cookie, ...) EVENT(type, second, B, A, cookie, __VA_ARGS__)
#define FIGURES(sent, acked, received, unread)				\
	"\"sent\":\"" #sent "\",\"retransmitted\":\"0\",\"acked\":\"" #acked \
	"\",\"received\":\"" #received "\",\"unread\":" #unread
#define CLOSE(path, state) "\"path\":\"" path "\",\"state\":\"" state "\",\"unsent\":0,"
#define FATE(fate, verdict, first)					\
	"\"fate\":\"" fate "\",\"verdict\":\"" verdict			\
	"\",\"lost_bytes\":\"0\",\"closed_first\":\"" first "\","
#define PROGRAM(name, pid) "\"why\":\"close\",\"comm\":\"" name "\",\"pid\":" #pid ","

#define HEAD "{\"event\":\"recording\",\"all\":true,\"boot_id\":\"b-1\"}\n"

FIXTURE(join)
{
	char dir[32], out[16384];
};

FIXTURE_SETUP(join)
{
	setenv("TZ", "UTC", 1);
	strcpy(self->dir, "/tmp/cw-join-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
}

FIXTURE_TEARDOWN(join)
{
	EXPECT_EQ(0, remove_folder(self->dir));
}

/* The verb in the folder of the recordings, with all that it says. */
#define story(...) ({							\
		char command[512];					\
									\
		snprintf(command, sizeof(command),			\
			 "p=$(realpath %s); cd %s && $p story " __VA_ARGS__, \
			 program(), self->dir);				\
		run_command(command, self->out, sizeof(self->out));	\
	})

#define tells(text)							\
	EXPECT_NE(NULL, strstr(self->out, text)) {			\
		TH_LOG("%s", self->out);				\
	}

/* Of each object, the cookies of A and B: a digit each. */
#define COOKIES	"sed 's/.*cookie\":\"\\([0-9]\\)\".*cookie\":\"\\([0-9]\\).*/\\1\\2/'"
#define ALONE								\
	" not: the other end is not recorded, or NAT shows it by other addresses; -a lists them\n"

#define both(a, b) do {							\
		put_file(self->dir, "a", a);				\
		put_file(self->dir, "b", b);				\
		EXPECT_EQ(0, story("a b 2>&1"));			\
	} while (0)

/* By the schema of JSON records */
#define is_valid() do {							\
		char check[256];					\
									\
		EXPECT_EQ(0, story("-j -q a b >stories"));		\
		snprintf(check, sizeof(check),				\
			 "/usr/bin/python3 ../selftests/lib/validate.py " \
			 "../Documentation/netlink/closewatch.schema.json %s/stories", \
			 self->dir);					\
		EXPECT_EQ(0, run_command(check, self->out, sizeof(self->out))); \
		tells("1 records;");					\
	} while (0)

TEST_F(join, an_orderly_end_is_that_on_both)
{
	both(OF_A("close", "01", "1", CLOSE("fin", "ESTABLISHED") PROGRAM("nginx", 812)
		  FIGURES(500, 500, 80, 0))
	     OF_A("fate", "02", "1", FATE("time-wait", "delivered", "local")
		  FIGURES(500, 500, 80, 0)),
	     OF_B("close", "01.5", "9", CLOSE("fin", "CLOSE_WAIT") PROGRAM("curl", 99)
		  FIGURES(80, 80, 500, 0))
	     OF_B("fate", "01.9", "9", FATE("acked", "delivered", "peer")
		  FIGURES(80, 80, 500, 0)));
	tells("02:00:01.000 10.0.0.1:80      10.0.0.2:5000    "
	      "A sent FIN first (fin, time-wait, nginx[812]); "
	      "B sent FIN (fin, acked, curl[99]); "
	      "A sent 500 B, B received all and read it; "
	      "B sent 80 B, A received all and read it\n");
	tells("1 connection joined\n");
}

TEST_F(join, an_rst_tells_what_it_has_destroyed)
{
	both(OF_A("close", "01", "1", "\"path\":\"rst-unread\",\"state\":\"ESTABLISHED\","
		  "\"unsent\":40,\"unacked\":500,\"why\":\"signal\",\"signal\":9,"
		  "\"comm\":\"nginx\",\"pid\":812," FIGURES(500, 0, 80, 3)),
	     OF_B("reset", "01.1", "9", "\"reset_kind\":\"received\",\"state\":\"ESTABLISHED\","
		  "\"unsent\":0,\"unacked\":0," FIGURES(80, 80, 300, 300))
	     OF_B("close", "01.2", "9", "\"path\":\"already-closed\",\"state\":\"CLOSE\","
		  "\"sent\":\"80\",\"retransmitted\":\"0\",\"received\":\"300\",\"unread\":100,"
		  PROGRAM("curl", 99) "\"ended_by\":\"peer-reset\",\"since_ended_ns\":\"5\""));
	tells("A sent RST first (rst-unread, nginx[812] by SIGKILL); "
	      "B sent no FIN, got RST (already-closed, peer-reset, curl[99]); "
	      "A sent 500 B, 40 B more never, B received 300 of 500 B and read 200 B, 100 B unread; "
	      "B sent 80 B, A received all and read 77 B, 3 B unread\n");
}

TEST_F(join, data_that_came_too_late_is_met_by_an_rst)
{
	both(OF_A("close", "01", "1", CLOSE("fin", "ESTABLISHED") FIGURES(500, 500, 80, 0))
	     OF_A("fate", "02", "1", FATE("rst-late-data", "delivered", "local")
		  FIGURES(500, 500, 80, 0)),
	     OF_B("close", "03", "9", "\"path\":\"already-closed\",\"state\":\"CLOSE\","
		  "\"sent\":\"480\",\"retransmitted\":\"0\",\"received\":\"500\",\"unread\":0")
	     OF_B("fate", "02", "9", FATE("peer-reset", "unknown", "peer")
		  "\"state\":\"CLOSE_WAIT\"," FIGURES(480, 80, 500, 0)));
	tells("A sent FIN first, then RST (fin, rst-late-data); "
	      "B sent no FIN, got RST (already-closed, peer-reset); "
	      "A sent 500 B, B received all and read it; "
	      "B sent 480 B, A received 80 of 480 B and read them\n");
}

/* In FIN_WAIT2; the reset of the minisock and the fate are of one segment. */
TEST_F(join, an_rst_of_a_minisock_is_told_once)
{
#define LATE_FATE OF_A("fate", "02", "1", FATE("rst-late-data", "delivered", "local")	\
		       "\"state\":\"FIN_WAIT2\"," FIGURES(3, 3, 2, 0))
#define LATE_RST(cookie) "{\"event\":\"reset\",\"time\":\"2026-11-27T02:00:02Z\","	\
		 "\"netns\":\"7\",\"local\":" A ",\"remote\":" B "," cookie	\
		 "\"state\":\"TIME_WAIT\",\"reset_kind\":\"time-wait\"}\n"
#define LATE_PEER OF_B("reset", "02", "9", "\"reset_kind\":\"received\","		\
		       "\"state\":\"CLOSE_WAIT\",\"unsent\":0,\"unacked\":4,"	\
		       FIGURES(6, 2, 3, 0))
#define LATE_CLOSE OF_A("close", "01", "1", CLOSE("fin", "ESTABLISHED") FIGURES(3, 3, 2, 0))
	both(LATE_CLOSE LATE_FATE LATE_RST("\"cookie\":\"1\","), LATE_PEER);
	tells("A sent FIN first, then RST (fin, rst-late-data); "
	      "B sent no FIN, got RST (peer-reset); ");
	/* Of another CPU's ring, or without the fate, or of what was not followed */
	both(LATE_CLOSE LATE_RST("\"cookie\":\"1\",") LATE_FATE, LATE_PEER);
	tells("A sent FIN first, then RST (fin, rst-late-data); ");
	both(LATE_RST("\"cookie\":\"1\","), LATE_PEER);
	tells("A sent FIN first, then RST; B sent no FIN, got RST (peer-reset)");
	both(LATE_RST(""), LATE_PEER);
	tells("A sent FIN first, then RST; B sent no FIN, got RST (peer-reset)");
	/* One more */
	both(LATE_CLOSE LATE_FATE LATE_RST("\"cookie\":\"1\",")
	     OF_A("reset", "03", "1", "\"state\":\"CLOSE\",\"count\":\"1\","
		  "\"reset_kind\":\"late-segment\""), LATE_PEER);
	tells("A sent FIN first, then RST, and RST to what came later "
	      "(fin, rst-late-data, late-segment); ");
}

/* A sent @sent bytes, and B's RST came when it had taken @received of them. */
#define REFUSED(sent, received, unread)					\
	both(OF_A("fate", "02", "1", FATE("peer-reset", "unknown", "local")	\
		  "\"state\":\"FIN_WAIT1\"," FIGURES(sent, 0, 0, 0)),	\
	     OF_B("close", "02", "9", CLOSE("rst-linger0", "ESTABLISHED")	\
		  FIGURES(0, 0, received, unread)))

TEST_F(join, one_byte_and_none_are_no_plural)
{
	REFUSED(6, 1, 0);
	tells("; A sent 6 B, B received 1 of 6 B and read it; B sent nothing\n");
	REFUSED(6, 0, 0);
	tells("; A sent 6 B, B received none; B sent nothing\n");
	REFUSED(6, 2, 2);
	tells("; A sent 6 B, B received 2 of 6 B and read 0 B, 2 B unread; B sent nothing\n");
}

TEST_F(join, both_can_close_before_either_knows)
{
	both(OF_A("close", "01", "1", CLOSE("fin", "ESTABLISHED") FIGURES(0, 0, 0, 0)),
	     OF_B("close", "01", "9", CLOSE("fin", "ESTABLISHED") FIGURES(0, 0, 0, 0)));
	tells("A sent FIN (fin); B sent FIN (fin); each before it had that of the other; "
	      "A sent nothing; B sent nothing\n");
	EXPECT_EQ(0, story("-j -q a b 2>&1"));
	tells("\"first\":\"both\"");
	is_valid();
}

TEST_F(join, what_each_lays_on_the_other_was_between_them)
{
	both(OF_A("fate", "01", "1", FATE("peer-reset", "unknown", "peer")
		  "\"state\":\"ESTABLISHED\"," FIGURES(5, 5, 0, 0)),
	     OF_B("fate", "01", "9", FATE("peer-reset", "unknown", "peer")
		  "\"state\":\"ESTABLISHED\"," FIGURES(0, 0, 5, 0)));
	tells("A sent no FIN, got RST (peer-reset); B sent no FIN, got RST (peer-reset); "
	      "each says that the other was first: something between them may have ended it; "
	      "A sent 5 B, B received all, and its close is not recorded; B sent nothing\n");
}

TEST_F(join, an_end_that_gave_up_sent_no_fin_and_may_be_the_only_one)
{
	both(OF_A("fate", "20", "1", FATE("retransmit-timeout", "unknown", "unknown")
		  "\"state\":\"ESTABLISHED\"," FIGURES(700, 200, 0, 0)),
	     OF_B("close", "02", "9", CLOSE("rst-linger0", "ESTABLISHED") FIGURES(0, 0, 200, 0)));
	tells("B sent RST first (rst-linger0); A sent no FIN (retransmit-timeout); "
	      "A sent 700 B, B received 200 of 700 B and read them; B sent nothing\n");
}

TEST_F(join, a_host_that_refuses_has_no_socket)
{
	both("{\"event\":\"reset\",\"time\":\"2026-11-27T02:00:01Z\",\"netns\":\"7\",\"local\":"
	     A ",\"remote\":" B ",\"reset_kind\":\"no-listener\",\"state\":\"CLOSE\"}\n",
	     OF_B("reset", "01", "9", "\"reset_kind\":\"received\",\"state\":\"SYN_SENT\","
		  "\"unsent\":0,\"unacked\":0," FIGURES(0, 0, 0, 0)));
	tells("A had no socket and sent RST first (no-listener); "
	      "B sent no FIN, got RST (peer-reset); B sent nothing\n");
	is_valid();
}

TEST_F(join, a_child_of_a_listener_has_had_no_reader)
{
	both(OF_A("fate", "01", "1", FATE("aborted", "unknown", "local")
		  "\"state\":\"ESTABLISHED\"," FIGURES(0, 0, 80, 80)),
	     OF_B("reset", "01", "9", "\"reset_kind\":\"received\",\"state\":\"ESTABLISHED\","
		  "\"unsent\":0,\"unacked\":0," FIGURES(80, 80, 0, 0)));
	tells("A sent RST first (aborted); B sent no FIN, got RST (peer-reset); "
	      "A sent nothing; B sent 80 B, A received all and read 0 B, 80 B unread\n");
}

/* The program had read 20 B; the drain discarded the rest. */
TEST_F(join, what_a_drain_discards_is_unread)
{
	both(OF_A("close", "01", "1", "\"path\":\"drain\",\"state\":\"ESTABLISHED\",\"unsent\":10,"
		  FIGURES(490, 490, 50, 30))
	     OF_A("drain-end", "02", "1", "\"drain_outcome\":\"delivered\",\"discarded\":\"60\","
		  "\"unsent\":0," FIGURES(500, 500, 80, 0))
	     OF_A("fate", "02", "1", FATE("time-wait", "delivered", "local")
		  FIGURES(500, 500, 80, 0)),
	     OF_B("close", "02", "9", CLOSE("fin", "CLOSE_WAIT") FIGURES(80, 80, 500, 0)));
	tells("A sent FIN first (drain, time-wait); B sent FIN (fin); "
	      "A sent 500 B, B received all and read it; "
	      "B sent 80 B, A received all and read 20 B, 60 B unread\n");
}

/* Of A: data stands before a closed window when it is over, and the FIN behind it. */
#define STUCK(event, second, state, first, ...)					\
	OF_A(event, second, "1", __VA_ARGS__ "\"verdict\":\"lost\",\"lost_bytes\":\"70\"," \
	     "\"closed_first\":\"" first "\",\"state\":\"" state "\",\"unsent\":70,"	\
	     "\"unacked\":0," FIGURES(500, 500, 80, 0))
#define STUCK_CLOSE OF_A("close", "01", "1", "\"path\":\"fin-behind-data\","		\
			 "\"state\":\"ESTABLISHED\",\"unsent\":70,"		\
			 FIGURES(500, 500, 80, 0))
#define B_ABORTS(state) OF_B("close", "02", "9", CLOSE("rst-unread", state)	\
			     FIGURES(80, 80, 500, 500))

TEST_F(join, a_fin_behind_what_was_never_sent_has_not_left)
{
	both(STUCK_CLOSE STUCK("fate", "02", "FIN_WAIT1", "local", "\"fate\":\"peer-reset\","),
	     B_ABORTS("ESTABLISHED"));
	tells("B sent RST first (rst-unread); "
	      "A sent no FIN, got RST (fin-behind-data, peer-reset): "
	      "its FIN waited behind data that it never sent; A sent 500 B, 70 B more never, ");
	EXPECT_EQ(0, story("-j -q a b"));
	tells("\"first\":\"b\"");
	/* Without the other end */
	EXPECT_EQ(0, story("-a -q a"));
	tells("A sent no FIN, got RST (fin-behind-data, peer-reset): "
	      "its FIN waited behind data that it never sent; "
	      "sent 500 B, received 80 B, 70 B never sent, 80 B read; "
	      "the other end is not recorded, but was first\n");
	/* The shutdown and the fate are quiet. */
	both(OF_A("reset", "02", "1", "\"reset_kind\":\"received\",\"state\":\"FIN_WAIT1\","
		  "\"unsent\":70,\"unacked\":0," FIGURES(500, 500, 80, 0)),
	     B_ABORTS("ESTABLISHED"));
	tells("B sent RST first (rst-unread); A sent no FIN, got RST (peer-reset): its FIN waited");
	/* B's FIN came before A gave up. */
	both(STUCK_CLOSE STUCK("fate", "50", "CLOSING", "local", "\"fate\":\"user-timeout\","),
	     OF_B("close", "02", "9", CLOSE("fin", "ESTABLISHED") FIGURES(80, 80, 500, 0)));
	tells("B sent FIN first (fin); "
	      "A sent no FIN (fin-behind-data, user-timeout): its FIN waited");
}

TEST_F(join, an_rst_overtakes_a_fin_behind_data)
{
#define A_GIVES_UP(state) OF_A("shutdown", "01", "1", "\"path\":\"fin-behind-data\","	\
			       "\"state\":\"ESTABLISHED\",\"unsent\":70,"		\
			       FIGURES(500, 500, 80, 0))				\
			  OF_A("close", "02", "1", "\"path\":\"rst-linger0\","		\
			       "\"state\":\"" state "\",\"unsent\":70,"		\
			       FIGURES(500, 500, 80, 0))
	both(A_GIVES_UP("FIN_WAIT1"),
	     OF_B("reset", "03", "9", "\"reset_kind\":\"received\",\"state\":\"ESTABLISHED\","
		  "\"unsent\":0,\"unacked\":0," FIGURES(80, 80, 500, 500)));
	tells("A sent RST first (shutdown, rst-linger0): "
	      "its FIN waited behind data that it never sent; "
	      "B sent no FIN, got RST (peer-reset); ");
	both(A_GIVES_UP("CLOSING"),
	     OF_B("shutdown", "01", "9", "\"path\":\"fin\",\"state\":\"ESTABLISHED\","
		  "\"unsent\":0," FIGURES(80, 80, 500, 500)));
	tells("B sent FIN first (shutdown); A sent RST (shutdown, rst-linger0): its FIN waited");
}

/* Without the fate it is not known how much of the 900 B was sent after the close. */
TEST_F(join, no_more_is_claimed_than_is_recorded)
{
	both(OF_A("close", "01", "1", "\"path\":\"fin-behind-data\",\"state\":\"ESTABLISHED\","
		  "\"unsent\":400," FIGURES(500, 100, 0, 0)),
	     OF_B("shutdown", "02", "9", "\"path\":\"fin\",\"state\":\"ESTABLISHED\",\"unsent\":0,"
		  FIGURES(0, 0, 600, 600)));
	tells("A sent FIN (fin-behind-data); B sent FIN (shutdown); "
	      "each before it had that of the other; "
	      "A sent at least 600 B, B received at least 600 B, and its close is not recorded; "
	      "B sent nothing\n");
	EXPECT_EQ(0, story("-j -q a b"));
	EXPECT_EQ(NULL, strstr(self->out, "not_received"));
	/* A drain takes more after the close. */
	both(OF_A("close", "01", "1", "\"path\":\"drain\",\"state\":\"ESTABLISHED\",\"unsent\":0,"
		  FIGURES(0, 0, 50, 30)),
	     OF_B("close", "02", "9", CLOSE("fin", "CLOSE_WAIT") FIGURES(80, 50, 0, 0)));
	tells("B sent 80 B, A received at least 50 B and read 20 B, 30 B unread\n");
	both(OF_A("close", "01", "1", "\"path\":\"drain\",\"state\":\"ESTABLISHED\",\"unsent\":0,"
		  FIGURES(0, 0, 50, 0)),
	     OF_B("close", "02", "9", CLOSE("fin", "CLOSE_WAIT") FIGURES(80, 50, 0, 0)));
	tells("B sent 80 B, A received at least 50 B and read them\n");
	both(OF_A("close", "01", "1", "\"path\":\"drain\",\"state\":\"ESTABLISHED\",\"unsent\":0,"
		  FIGURES(0, 0, 0, 0)),
	     OF_B("close", "02", "9", CLOSE("fin", "CLOSE_WAIT") FIGURES(80, 0, 0, 0)));
	tells("B sent 80 B, A is not known to have received any\n");
}

#define PLAIN_A(second, cookie, sent, received, ...)			\
	OF_A("close", second, cookie, __VA_ARGS__ CLOSE("fin", "ESTABLISHED")	\
	     FIGURES(sent, sent, received, 0))
#define PLAIN_B(second, cookie, sent, received, ...)			\
	OF_B("close", second, cookie, __VA_ARGS__ CLOSE("fin", "CLOSE_WAIT")	\
	     FIGURES(sent, sent, received, 0))
#define AGE(seconds) "\"age_ns\":\"" #seconds "000000000\","

TEST_F(join, one_recording_can_hold_both_ends)
{
	put_file(self->dir, "a", PLAIN_B("01", "9", 80, 500) PLAIN_A("01", "1", 500, 80));
	EXPECT_EQ(0, story("- <a 2>&1"));
	tells("10.0.0.1:80      10.0.0.2:5000    A sent FIN first (fin)");
	tells("1 connection joined\n");
}

TEST_F(join, ports_that_are_used_again_are_joined_by_time)
{
	put_file(self->dir, "a", PLAIN_A("01", "1", 500, 80) PLAIN_A("10", "2", 500, 80)
		 PLAIN_A("20", "3", 500, 80));
	put_file(self->dir, "b", PLAIN_B("10", "8", 80, 500) PLAIN_B("21", "9", 80, 500));
	EXPECT_EQ(0, story("-j a b 2>&1 | " COOKIES));
	EXPECT_STREQ("28\n39\n2 connections joined; 1 of A and 0 of B" ALONE,
		     self->out);
}

/* Of two that are as near, only one can have received what the other sent. */
TEST_F(join, bytes_that_cannot_be_the_others_are_not_joined)
{
	put_file(self->dir, "a", PLAIN_A("01", "1", 500, 80) PLAIN_A("02", "2", 70, 80));
	put_file(self->dir, "b", PLAIN_B("01", "9", 80, 70));
	EXPECT_EQ(0, story("-j -q a b | " COOKIES));
	EXPECT_STREQ("29\n", self->out);
	/* Received, and not written */
	put_file(self->dir, "b", PLAIN_B("01", "9", 80, 600));
	EXPECT_EQ(0, story("a b 2>&1"));
	tells("0 connections joined; 2 of A and 1 of B not");
	/* Acknowledged, and not received */
	put_file(self->dir, "b", PLAIN_B("01", "9", 80, 60));
	EXPECT_EQ(0, story("a b 2>&1"));
	tells("0 connections joined; 2 of A and 1 of B not");
}

TEST_F(join, clocks_are_compared_by_connections)
{
	put_file(self->dir, "a", PLAIN_A("01", "1", 1, 1, AGE(1)) PLAIN_A("09", "2", 1, 1, AGE(2))
		 EVENT("close", "30", A, "{\"addr\":\"10.0.0.3\",\"port\":7}", "3", AGE(3)
		       CLOSE("fin", "ESTABLISHED") FIGURES(0, 0, 0, 0)));
	/* 40 s ahead: without that the second of A would be the nearest to the first. */
	put_file(self->dir, "b", PLAIN_B("41", "8", 1, 1, AGE(1)) PLAIN_B("49", "9", 1, 1, AGE(2))
		 PLAIN_B("59", "7", 1, 1, AGE(1))
		 "{\"event\":\"close\",\"time\":\"2026-11-27T02:01:10Z\",\"netns\":\"7\",\"local\":"
		 "{\"addr\":\"10.0.0.3\",\"port\":7},\"remote\":" A ",\"cookie\":\"6\"," AGE(3)
		 CLOSE("fin", "ESTABLISHED") FIGURES(0, 0, 0, 0) "}\n");
	EXPECT_EQ(0, story("-j a b 2>&1 | " COOKIES));
	EXPECT_STREQ("18\n29\n36\n3 connections joined; 0 of A and 1 of B" ALONE
		     "B's clock is about 40.00 s ahead of A's, by 1 connection; times are A's\n",
		     self->out);
}

/* Two connections by which the clocks agree */
#define C(port)	"{\"addr\":\"10.0.0.3\",\"port\":" #port "}"
#define EMPTY(local, remote, cookie)					\
	EVENT("close", "30", local, remote, cookie, AGE(3)		\
	      CLOSE("fin", "ESTABLISHED") FIGURES(0, 0, 0, 0))
#define CLOCK_A	EMPTY(A, C(7), "3") EMPTY(A, C(8), "4")
#define CLOCK_B	EMPTY(C(7), A, "5") EMPTY(C(8), A, "6")

TEST_F(join, connections_of_other_times_are_not_joined)
{
	both(CLOCK_A PLAIN_A("01", "1", 1, 1, AGE(1)),
	     CLOCK_B "{\"event\":\"close\",\"time\":\"2026-11-28T02:00:01Z\",\"netns\":\"7\","
	     "\"local\":" B ",\"remote\":" A ",\"cookie\":\"9\"," AGE(1) CLOSE("fin", "ESTABLISHED")
	     FIGURES(1, 1, 1, 0) "}\n");
	tells("2 connections joined; 1 of A and 1 of B not");
	/* Both were there at 02:00:30, but one for six minutes. */
	both(CLOCK_A PLAIN_A("59", "1", 1, 1, AGE(400)),
	     CLOCK_B PLAIN_B("30", "9", 1, 1, AGE(1)));
	tells("2 connections joined; 1 of A and 1 of B not");
}

/* Each host has its own 127.0.0.1, and each namespace. */
TEST_F(join, loopback_is_of_one_host)
{
#define LO(port) "{\"addr\":\"127.0.0.1\",\"port\":" #port "}"
	put_file(self->dir, "a", EVENT("close", "01", LO(1), LO(2), "1",
				       CLOSE("fin", "ESTABLISHED") FIGURES(0, 0, 0, 0)));
	put_file(self->dir, "b", EVENT("close", "01", LO(2), LO(1), "2",
				       CLOSE("fin", "ESTABLISHED") FIGURES(0, 0, 0, 0)));
	EXPECT_EQ(0, story("a b 2>&1"));
	tells("0 connections joined; 1 of A and 1 of B not");
	put_file(self->dir, "c", EVENT("close", "01", LO(1), LO(2), "1",
				       CLOSE("fin", "ESTABLISHED") FIGURES(0, 0, 0, 0))
		 EVENT("close", "01", LO(2), LO(1), "2",
		       CLOSE("fin", "ESTABLISHED") FIGURES(0, 0, 0, 0)));
	EXPECT_EQ(0, story("c 2>&1"));
	tells("1 connection joined\n");
}

/* Before 5.11 a cookie is that of a namespace, and each boot begins anew. */
TEST_F(join, a_cookie_is_of_a_namespace_and_a_boot)
{
	put_file(self->dir, "a", HEAD PLAIN_A("01", "1", 500, 80)
		 "{\"event\":\"close\",\"time\":\"2026-11-27T02:00:01Z\",\"netns\":\"8\","
		 "\"local\":" A ",\"remote\":" B ",\"cookie\":\"1\","
		 CLOSE("fin", "ESTABLISHED") FIGURES(500, 500, 80, 0) "}\n");
	put_file(self->dir, "b", "{\"event\":\"recording\",\"boot_id\":\"b-2\"}\n"
		 PLAIN_A("01", "1", 500, 80));
	EXPECT_EQ(0, story("a b 2>&1"));
	tells("0 connections joined; 2 of A and 1 of B not");
}

/* As those of all namespaces are that two recorders of one host made. */
TEST_F(join, what_both_recordings_hold_is_one_thing)
{
	both(HEAD PLAIN_A("01", "1", 500, 80) PLAIN_B("01", "9", 80, 500),
	     HEAD PLAIN_A("01", "1", 500, 80) PLAIN_B("01", "9", 80, 500));
	tells("1 connection joined\n");
}

TEST_F(join, an_ipv4_address_is_itself_where_it_is_mapped)
{
	both(EVENT("close", "01", "{\"addr\":\"::ffff:10.0.0.1\",\"port\":80}",
		   "{\"addr\":\"::ffff:10.0.0.2\",\"port\":5000}", "1",
		   CLOSE("fin", "ESTABLISHED") FIGURES(500, 500, 80, 0)),
	     PLAIN_B("01", "9", 80, 500));
	tells("1 connection joined\n");
}

TEST_F(join, an_end_alone_is_told_by_itself)
{
	put_file(self->dir, "a", OF_A("close", "01", "1", CLOSE("fin", "ESTABLISHED")
				      FIGURES(500, 400, 80, 3)));
	put_file(self->dir, "b", HEAD);
	EXPECT_EQ(0, story("a b 2>&1"));
	EXPECT_STREQ("0 connections joined; 1 of A and 0 of B" ALONE,
		     self->out);
	EXPECT_EQ(0, story("-a b a 2>&1"));
	tells("02:00:01.000 10.0.0.2:5000    10.0.0.1:80      B sent FIN (fin); "
	      "sent 500 B, received 80 B, 400 B acknowledged, 77 B read; "
	      "the other end is not recorded\n");
}

/* What was acknowledged is told while the connection is there. */
TEST_F(join, an_end_alone_that_was_over_tells_nothing_of_acknowledgments)
{
	put_file(self->dir, "a", OF_A("close", "01", "1", CLOSE("already-closed", "CLOSE")
				      "\"sent\":\"500\",\"retransmitted\":\"0\","
				      "\"received\":\"80\",\"unread\":0,"
				      "\"ended_by\":\"time-wait\",\"since_ended_ns\":\"5\""));
	EXPECT_EQ(0, story("-a a 2>&1"));
	tells("A sent FIN (shutdown, already-closed, time-wait); "
	      "sent 500 B, received 80 B, 80 B read; "
	      "the other end is not recorded\n");
}

/* Its figures are gone with the socket. */
TEST_F(join, a_minisock_alone_is_told_without_figures)
{
	put_file(self->dir, "a", OF_A("fate", "01", "1", "\"fate\":\"rst-late-data\","
				      "\"verdict\":\"delivered\",\"closed_first\":\"local\","
				      "\"state\":\"FIN_WAIT2\""));
	EXPECT_EQ(0, story("-a a 2>&1"));
	tells("A sent FIN, then RST (rst-late-data); the other end is not recorded\n");
}

/* The shutdown that sent it is quiet. */
TEST_F(join, an_rst_in_fin_wait_came_to_an_end_that_had_sent_fin)
{
	both(OF_A("reset", "02", "1", "\"reset_kind\":\"received\",\"state\":\"FIN_WAIT2\","
		  "\"unsent\":0,\"unacked\":0," FIGURES(500, 500, 80, 0))
	     OF_A("close", "03", "1", CLOSE("already-closed", "CLOSE")
		  "\"ended_by\":\"peer-reset\",\"since_ended_ns\":\"5\"," FIGURES(500, 500, 80, 0)),
	     OF_B("close", "02", "9", CLOSE("rst-unread", "CLOSE_WAIT") FIGURES(80, 80, 500, 5)));
	tells("A sent FIN first, got RST (shutdown, already-closed, peer-reset); "
	      "B sent RST (rst-unread); ");
	both(OF_A("fate", "02", "1", FATE("peer-reset", "delivered", "local")
		  "\"state\":\"FIN_WAIT1\"," FIGURES(500, 500, 80, 0)),
	     OF_B("close", "02", "9", CLOSE("rst-unread", "CLOSE_WAIT") FIGURES(80, 80, 500, 5)));
	tells("A sent FIN first, got RST (peer-reset); B sent RST (rst-unread); ");
}

TEST_F(join, what_sent_the_fin_is_named)
{
	both(OF_A("shutdown", "01", "1", "\"path\":\"fin\",\"state\":\"ESTABLISHED\","
		  "\"unsent\":0," FIGURES(0, 0, 2, 0))
	     OF_A("close", "03", "1", "\"path\":\"already-closed\",\"state\":\"CLOSE\","
		  "\"sent\":\"0\",\"retransmitted\":\"0\",\"received\":\"2\",\"unread\":0,"
		  "\"ended_by\":\"time-wait\",\"since_ended_ns\":\"5\"," PROGRAM("epipe", 177)
		  "\"uid\":0"),
	     OF_B("close", "02", "9", CLOSE("fin", "CLOSE_WAIT") FIGURES(2, 2, 0, 0)));
	tells("A sent FIN first (shutdown, already-closed, time-wait, epipe[177]); "
	      "B sent FIN (fin); ");
	/* A close that adds nothing tells of it too. */
	both(OF_A("close", "03", "1", CLOSE("already-fin", "FIN_WAIT2") FIGURES(0, 0, 2, 0)),
	     OF_B("close", "02", "9", CLOSE("fin", "CLOSE_WAIT") FIGURES(2, 2, 0, 0)));
	tells("A sent FIN first (shutdown, already-fin); B sent FIN (fin); ");
	/* One that discards may have been the first to send. */
	both(OF_A("close", "03", "1", "\"path\":\"drain\",\"state\":\"ESTABLISHED\",\"unsent\":0,"
		  FIGURES(0, 0, 2, 0)),
	     OF_B("close", "04", "9", CLOSE("fin", "CLOSE_WAIT") FIGURES(2, 2, 0, 0)));
	tells("A sent FIN first (drain); B sent FIN (fin); ");
}

/* A's FIN was by a shutdown, which is quiet, and B did not have it yet. */
TEST_F(join, none_is_called_first_if_both_may_have_been)
{
	both(OF_A("close", "02", "1", "\"path\":\"already-closed\",\"state\":\"CLOSE\","
		  "\"sent\":\"5\",\"retransmitted\":\"0\",\"received\":\"0\",\"unread\":0,"
		  "\"ended_by\":\"time-wait\",\"since_ended_ns\":\"5\""),
	     OF_B("close", "01", "9", CLOSE("fin", "ESTABLISHED") FIGURES(0, 0, 5, 0)));
	tells("A sent FIN (shutdown, already-closed, time-wait); B sent FIN (fin); A sent 5 B");
}

TEST_F(join, conditions_of_one_end_choose_both)
{
	put_file(self->dir, "a", PLAIN_A("01", "1", 500, 80, PROGRAM("nginx", 812)));
	put_file(self->dir, "b", PLAIN_B("01", "9", 80, 500, PROGRAM("curl", 99)));
	EXPECT_EQ(0, story("-C curl -q a b"));
	tells("nginx[812]");
	EXPECT_EQ(0, story("-L 80 -q a b"));
	tells("curl[99]");
	/* The first event of an end need not be the one that meets them. */
	put_file(self->dir, "b", OF_B("shutdown", "01", "9",
				      "\"path\":\"none\",\"state\":\"CLOSE_WAIT\"")
		 PLAIN_B("01", "9", 80, 500, PROGRAM("curl", 99)));
	EXPECT_EQ(0, story("-C curl -q a b"));
	tells("nginx[812]");
	EXPECT_EQ(0, story("-L 81 -q a b"));
	EXPECT_STREQ("", self->out);
	EXPECT_EQ(0, story("--until 2026-11-27T01:00:00Z a b 2>&1"));
	tells("nothing of that was recorded up to");
}

TEST_F(join, torn_lines_and_losses_are_told)
{
	both(PLAIN_A("01", "1", 500, 80) "{\"event\":\"lost\",\"loss\":\"ring\",\"count\":\"3\"}\n"
	     "{\"event\":\"clo",
	     PLAIN_B("01", "9", 80, 500));
	tells("a:3: skipped: the file ends in the middle of this record\n");
	tells("1 bad line skipped\n");
	tells("1 connection joined\n");
	tells("3 events at most were lost when this was recorded\n");
}

TEST_F(join, bad_input_is_refused)
{
	put_file(self->dir, "a", "nonsense\n");
	put_file(self->dir, "b", "");
	EXPECT_EQ(CW_FAILED, story("b a 2>&1"));
	tells("a holds no recording\n");
	EXPECT_EQ(CW_FAILED, story("b c 2>&1"));
	tells("cannot read c: No such file");
	EXPECT_EQ(CW_USAGE, story("2>&1"));
	tells("the recordings of both ends are wanted");
	EXPECT_EQ(CW_USAGE, story("b a c 2>&1"));
	tells("'c' is a third recording");
	EXPECT_EQ(CW_USAGE, story("b b 2>&1"));
	tells("b is there twice");
}

TEST_HARNESS_MAIN
