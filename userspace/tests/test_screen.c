// SPDX-License-Identifier: GPL-2.0
/* top on a terminal, which is tmux's: its keys, its screens and what it leaves. */
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <sys/prctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

#include <linux/closewatch.h>

#include "base/util.h"
#include "command.h"
#include "kselftest_harness.h"
#include "output/out.h"
#include "output/record.h"

#define HAS(attr) (1ULL << CLOSEWATCH_A_EVENT_##attr)
#define SECOND 1000000000ULL
/* 2026-11-27T02:00:00Z */
#define T (1795744800ULL * SECOND)

FIXTURE(screen)
{
	char dir[64];
	char tmux[128];
	unsigned int started;
	pid_t guard;
	int over;	/* closed at the end of the test */
	char text[65536];	/* of the screen */
};

static struct cw_msg_event close_of(const char *comm, uint16_t port,
				    uint32_t path, uint64_t n)
{
	struct cw_msg_event ev = {
		.type = CLOSEWATCH_EVENT_TYPE_CLOSE, .path = path,
		.time = T + n * SECOND / 4, .seq = n, .cookie = 1000 + n,
		.family = 2, .local_port = port, .remote_port = 40000 + n,
		.local_addr = { 4, { 10, 0, 0, 1 } },
		.remote_addr = { 4, { 10, 0, 0, 2 } },
		.state = CLOSEWATCH_STATE_ESTABLISHED, .pid = 812,
		.comm.len = strlen(comm),
		.present = HAS(TYPE) | HAS(PATH) | HAS(TIME) | HAS(SEQ) |
			   HAS(COOKIE) | HAS(FAMILY) | HAS(LOCAL_PORT) |
			   HAS(REMOTE_PORT) | HAS(LOCAL_ADDR) |
			   HAS(REMOTE_ADDR) | HAS(STATE) | HAS(PID) | HAS(COMM),
	};

	memcpy(ev.comm.b, comm, ev.comm.len);
	return ev;
}

/* Of nginx many good ends, then a few RSTs; of haproxy some, the last of all. */
static void write_events(struct cw_view *v, const struct cw_columns *c)
{
	struct cw_msg_event ev;
	uint64_t n;

	for (n = 0; n < 120; n++) {
		ev = close_of("nginx", 80, CLOSEWATCH_PATH_FIN, n);
		if (n >= 40 && n < 60) {
			ev.path = CLOSEWATCH_PATH_RST_UNREAD;
			ev.unread = 300;
			ev.unsent = 4000;
			ev.unacked = 50;
			ev.present |= HAS(UNREAD) | HAS(UNSENT) | HAS(UNACKED);
		} else if (n >= 80) {
			ev = close_of("haproxy", 443,
				      CLOSEWATCH_PATH_RST_LINGER0, n);
		}
		cw_record_event(v, &ev, NULL, c, CW_DIAG_NOT);
	}
	/* What became of the last that nginx reset */
	ev = close_of("nginx", 80, 0, 59);
	ev.type = CLOSEWATCH_EVENT_TYPE_FATE;
	ev.time += SECOND / 1000;
	ev.fate = CLOSEWATCH_FATE_ABORTED;
	ev.verdict = CLOSEWATCH_VERDICT_LOST;
	ev.lost_bytes = 4000;
	ev.present = (ev.present & ~HAS(PATH)) | HAS(FATE) | HAS(VERDICT) |
		     HAS(LOST_BYTES);
	cw_record_event(v, &ev, NULL, c, CW_DIAG_NOT);
}

static bool record_to(const char *path)
{
	struct cw_columns c;
	FILE *f = fopen(path, "w");
	struct cw_view *v = f ? cw_view_new(&(struct cw_view_options){
		.out = f, .json = true,
	}) : NULL;

	cw_columns_init(&c, true);
	if (v)
		write_events(v, &c);
	cw_view_free(v);
	return v && !fclose(f);
}

#define tmux(...) ({							\
		char command[1024];					\
		int len = snprintf(command, sizeof(command), "%s ", self->tmux); \
									\
		snprintf(command + len, sizeof(command) - len, __VA_ARGS__); \
		run_command(command, self->text, sizeof(self->text));	\
	})

/* Captured anew until it is so; false after ten seconds. */
#define wait_for(condition) ({						\
		const struct timespec pause = { .tv_nsec = 20000000 };	\
		unsigned int tries = 400;				\
		bool so;						\
									\
		do {							\
			tmux("capture-pane -p");			\
			so = (condition);				\
		} while (!so && --tries && !nanosleep(&pause, NULL));	\
		so;							\
	})

#define has(what) (!!strstr(self->text, what))
#define before(a, b) (has(a) && has(b) && strstr(self->text, a) < strstr(self->text, b))
#define expect(condition) EXPECT_TRUE(wait_for(condition)) {		\
		TH_LOG("the screen:\n%s", self->text);			\
	}
#define keys(words) EXPECT_EQ(0, tmux("send-keys " words))

/* @env before the program, @args behind it. What it leaves stays to be seen. */
#define start(env, args)						\
	ASSERT_EQ(0, tmux("%s 'echo before; stty -g >%s/tty; "		\
			  "%s timeout --foreground -k 5 60 %s top -r %s/rec %s; " \
			  "echo quit with $?; "				\
			  "stty -g | cmp - %s/tty && echo tty as before; exec sleep 60'", \
			  self->started++ ? "respawn-pane -k" :		\
			  "new-session -d -x 80 -y 24",			\
			  self->dir, env, program(), self->dir, args, self->dir))

/* Ends the terminals and removes the files when the test is over, be it killed. */
static pid_t start_guard(const char *tmux, const char *dir, int *over)
{
	char command[256];
	int end[2], status;
	pid_t pid;

	if (pipe2(end, O_CLOEXEC))
		return -1;
	*over = end[1];
	pid = fork();
	if (pid) {
		close(end[0]);
		return pid;
	}
	setsid();
	close(end[1]);
	(void)!read(end[0], &status, 1);
	snprintf(command, sizeof(command), "%s kill-server 2>&1; rm -r %s", tmux, dir);
	status = run_command(command, command, sizeof(command));
	_exit(status);
}

FIXTURE_SETUP(screen)
{
	char path[96];

	snprintf(self->dir, sizeof(self->dir), "/tmp/closewatch-test-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
	snprintf(path, sizeof(path), "%s/rec", self->dir);
	ASSERT_TRUE(record_to(path));
	self->started = 0;
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("TZ", "UTC", 1);
	unsetenv("TMUX");
	snprintf(self->tmux, sizeof(self->tmux), "tmux -u -f /dev/null -S %s/tmux",
		 self->dir);
	self->guard = start_guard(self->tmux, self->dir, &self->over);
	ASSERT_LT(0, self->guard);
}

FIXTURE_TEARDOWN(screen)
{
	int status;

	/*
	 * It ends by itself, and looks for leaks, before its terminal goes: the kernel
	 * sends SIGCONT after SIGHUP, which discards the SIGSTOP by which
	 * LeakSanitizer attaches itself, and that then spins for ever.
	 */
	if (self->started && tmux("send-keys Escape q") == 0)
		expect(has("quit with 0"));
	close(self->over);
	EXPECT_EQ(self->guard, waitpid(self->guard, &status, 0));
	EXPECT_EQ(0, status);
}

#define FIN "\nfin              nginx "
#define UNREAD "\nrst-unread       nginx "
#define LINGER0 "\nrst-linger0      haproxy "

TEST_F(screen, rows_are_sorted_by_keys)
{
	start("", "");
	expect(has("02:00:30  120 closes; RSTs: 60 sent, 0 received\n"));
	EXPECT_TRUE(has("sorted by rate\nPATH             PROGRAM         RATE/S "));
	EXPECT_TRUE(before(LINGER0 "           4.0     40      0      0      0 ", FIN));
	EXPECT_TRUE(before(FIN, UNREAD));
	EXPECT_TRUE(has("\nq:quit h:help Enter:events d:drain "));
	keys("\\>");
	expect(has("sorted by count") && before(FIN, LINGER0));
	keys("\\>");
	expect(has("sorted by unread") &&
	       before(UNREAD "             0.0     20   6000  80000   1000 ", FIN));
	keys("\\< \\<");
	expect(has("sorted by rate") && before(LINGER0, FIN));
}

TEST_F(screen, enter_leads_to_connections_and_their_story_and_escape_back)
{
	start("", "-a --sort unread");
	expect(has(UNREAD));
	keys("Enter");
	expect(has("rst-unread nginx: the last events, 16 kept, the newest first\n"));
	EXPECT_TRUE(has("\n02:00:14.750 10.0.0.2:40059          300    4000      50 nginx[812]"));
	EXPECT_TRUE(has("\n02:00:11.000 10.0.0.2:40044 "));
	keys("Enter");
	expect(has("What is kept of this connection\n"));
	/* The close, why it came to this, and the end. */
	EXPECT_TRUE(before("10.0.0.1:80 → 10.0.0.2:40059", "cause: "));
	EXPECT_TRUE(before("cause: ", "\n02:00:14.751 aborted "));
	EXPECT_TRUE(has("drain --local-port 80"));
	keys("Escape");
	expect(has("the newest first"));
	keys("Down Enter");
	expect(has("10.0.0.2:40058") && !has("aborted"));
	keys("Escape");
	expect(has("the newest first"));
	keys("Escape");
	expect(has("by path and comm"));
}

TEST_F(screen, rows_are_grouped_and_filtered_by_keys)
{
	start("", "");
	expect(has("by path and comm"));
	keys("g");
	expect(has("3 rows by path, sorted") && has("\nrst-linger0  "));
	keys("g");
	expect(has("\nfin              10.0.0.2 "));
	keys("/ L i n G Enter");
	expect(has("1 row by path and peer, sorted by rate, with \"LinG\"\n") &&
	       has("rst-linger0") && !has("\nfin"));
	keys("/ Escape");
	expect(has("\nfin ") && !has("with"));
}

/* Of many programs there is one row by path: the end of theirs is none there. */
TEST_F(screen, keys_that_come_at_once_go_by_the_rows_of_those_before)
{
	char path[128], args[160];
	unsigned int i;
	FILE *f;

	snprintf(path, sizeof(path), "%s/many", self->dir);
	f = fopen(path, "w");
	ASSERT_NE(NULL, f);
	for (i = 0; i < 9; i++)
		fprintf(f, "{\"event\":\"close\",\"time\":\"2026-11-27T02:00:0%uZ\","
			"\"path\":\"fin\",\"comm\":\"p%u\",\"pid\":8}\n", i, i);
	ASSERT_EQ(0, fclose(f));
	snprintf(args, sizeof(args), "-r %s", path);
	start("", args);
	expect(has("fin              p8 "));
	keys("g End Enter");
	expect(has("fin : the last events, 9 kept, the newest first"));
	keys("Escape");
	expect(has("1 row by path"));
	keys("q");
	expect(has("quit with 0"));
}

TEST_F(screen, a_change_of_size_draws_all_anew)
{
	start("", "");
	expect(has(UNREAD));
	EXPECT_TRUE(has(" UNREAD "));
	EXPECT_EQ(0, tmux("resize-window -x 60 -y 15"));
	expect(!has(" UNREAD ") && has(LINGER0) &&
	       has("\n\nq:quit h:help Enter:events d:drain g:group <>:sort /:filter\n"));
	EXPECT_EQ(0, tmux("resize-window -x 160 -y 50"));
	expect(has(" UNREAD ") && has(" MINUTE") && has("w:drains\n"));
	/* The sparkline has a column a second by now. */
	EXPECT_TRUE(has(" ██████████"));
	EXPECT_EQ(0, tmux("resize-window -x 20 -y 3"));
	expect(has("\nq:quit h:help Enter:\n"));
	keys("q");
	expect(has("quit with 0"));
}

TEST_F(screen, a_drain_is_offered_with_its_reason_and_refused_without_the_module)
{
	if (!access("/sys/module/closewatch", F_OK))
		SKIP(return, "the module is loaded: it would be armed");
	start("", "--group-by port --sort unread");
	expect(has("\nrst-unread       80 "));
	keys("d");
	expect(has("Arm this drain? y: yes"));
	EXPECT_TRUE(has("rst-unread 80: would a drain help?"));
	EXPECT_TRUE(has("closewatch drain --local-port 80"));
	EXPECT_TRUE(has("cannot mend: "));
	keys("y");
	expect(has("It was not armed: "));
	EXPECT_TRUE(has("closewatch module"));
	EXPECT_TRUE(has("hint: "));
	keys("Escape");
	expect(has(FIN + 1) || has("by path and port"));
	/* Nothing speaks for one of those. */
	keys("End d");
	expect(has("there is nothing to arm."));
	keys("y");
	expect(has("by path and port"));
}

/* That of the drain would be the one in which the test runs. */
TEST_F(screen, no_drain_is_offered_for_another_network_namespace)
{
	char path[128], env[160];
	FILE *f;

	snprintf(path, sizeof(path), "%s/other", self->dir);
	f = fopen(path, "w");
	ASSERT_NE(NULL, f);
	fputs("{\"event\":\"close\",\"time\":\"2026-11-27T02:00:00Z\",\"netns\":\"7\","
	      "\"local\":{\"addr\":\"10.0.0.1\",\"port\":80},"
	      "\"remote\":{\"addr\":\"10.0.0.2\",\"port\":40000},\"cookie\":\"1\","
	      "\"path\":\"rst-unread\",\"state\":\"ESTABLISHED\",\"unread\":3,"
	      "\"unacked\":500,\"comm\":\"nginx\",\"pid\":812}\n", f);
	ASSERT_EQ(0, fclose(f));
	snprintf(env, sizeof(env), "-r %s", path);
	start("", env);
	expect(has("rst-unread       nginx"));
	keys("d");
	expect(has("That was in the network namespace 7; a drain is of the one in") &&
	       !has("Arm this drain?"));
	keys("y");
	expect(has("rst-unread       nginx"));
	keys("q");
	expect(has("quit with 0"));
}

TEST_F(screen, what_is_answered_otherwise_is_not_armed)
{
	start("", "--sort unread");
	expect(has(UNREAD));
	keys("d");
	expect(has("closewatch drain --comm nginx"));
	keys("n");
	expect(has("by path and comm"));
	keys("d");
	expect(has("closewatch drain --comm nginx"));
	EXPECT_FALSE(has("armed:"));
}

TEST_F(screen, help_and_drains_are_pages)
{
	start("", "");
	expect(has(FIN) && !has("drains: "));
	keys("h");
	expect(has("LOST B  bytes of ours that were never sent"));
	keys("Escape");
	expect(has(FIN));
	keys("w");
	expect(has("A recording does not tell which drains run.\n"));
}

TEST_F(screen, a_page_is_scrolled_no_further_than_its_end)
{
	start("", "");
	expect(has(FIN));
	EXPECT_EQ(0, tmux("resize-window -x 80 -y 10"));
	keys("h");
	expect(has("closewatch top\nRATE/S ") && !has("\nq       quit"));
	keys("End");
	expect(has("\nq       quit\n") && has("\nd       offer"));
	keys("-N 30 Down");
	keys("Up");
	expect(has("\nw       the drains") && !has("\nq       quit"));
	keys("Home");
	expect(has("closewatch top\nRATE/S "));
}

TEST_F(screen, a_narrow_list_of_events_has_its_programs)
{
	start("", "--sort unread");
	expect(has(UNREAD));
	keys("Enter");
	expect(has(" UNSENT ") && has(" nginx[812]"));
	EXPECT_EQ(0, tmux("resize-window -x 60 -y 15"));
	expect(!has(" UNSENT ") && has(" PROCESS ") && has(" nginx[812]"));
	keys("q");
	expect(has("quit with 0"));
}

TEST_F(screen, the_terminal_is_left_as_it_was)
{
	static const char *const ends[] = { "q", "C-c" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		start("", "");
		expect(has(FIN) && !has("before"));
		EXPECT_EQ(0, tmux("send-keys %s", ends[i]));
		expect(has("before\nquit with 0\ntty as before\n") && !has("nginx"));
	}
}

TEST_F(screen, a_dumb_terminal_gets_a_plain_table)
{
	static const char *const ways[][2] = {
		{ "TERM=dumb", "" }, { "TERM=", "" }, { "", "-c 2" },
		{ "", "| cat" },
		/* What curses keeps of one that it cannot use is lost. */
		{ "ASAN_OPTIONS=detect_leaks=0 TERM=no-such-type", "" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		start(ways[i][0], ways[i][1]);
		expect(has("before\n02:00:30  120 closes") &&
		       before(LINGER0, "\nquit with 0\ntty as before"));
		EXPECT_FALSE(has("q:quit"));
	}
}

/* Reads what the program draws until that has @what. */
static bool drawn(int master, const char *what)
{
	char text[65536];
	size_t n = 0;
	ssize_t got;

	while (n < sizeof(text) - 1) {
		got = read(master, text + n, sizeof(text) - 1 - n);
		if (got <= 0)
			return false;
		n += got;
		text[n] = '\0';
		if (strstr(text, what))
			return true;
	}
	return false;
}

/* Top on a terminal of ours; it ends with the test. In the background it gets no key. */
static pid_t start_on(int slave, const char *dir, bool background)
{
	pid_t child = fork();
	char path[96];

	if (child)
		return child;
	snprintf(path, sizeof(path), "%s/rec", dir);
	setenv("TERM", "xterm", 1);
	/* LeakSanitizer waits for ever for a stop that SIGCONT undoes: see teardown. */
	setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
	signal(SIGHUP, SIG_IGN);
	signal(SIGTTIN, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!login_tty(slave) && background) {
		child = fork();
		if (child) {
			int status;

			waitpid(child, &status, 0);
			_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 126);
		}
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		setpgid(0, 0);
	}
	execlp(program(), "closewatch", "top", "-r", path, NULL);
	_exit(127);
}

TEST_F(screen, a_terminal_that_takes_nothing_cannot_hold_up_the_end)
{
	struct termios before, after;
	int master, slave, status;
	pid_t child;

	ASSERT_EQ(0, openpty(&master, &slave, NULL, NULL, NULL));
	ASSERT_EQ(0, tcgetattr(slave, &before));
	/* Of such a terminal, curses would ask without end. */
	ASSERT_EQ(0, fcntl(slave, F_SETFL, O_RDWR | O_NONBLOCK));
	child = start_on(slave, self->dir, false);
	ASSERT_LT(0, child);
	EXPECT_TRUE(drawn(master, "q:quit"));
	EXPECT_EQ(0, fcntl(slave, F_GETFL) & O_NONBLOCK);
	/* As Ctrl-S does. */
	EXPECT_EQ(0, tcflow(slave, TCOOFF));
	EXPECT_EQ(3, write(master, "ggg", 3));
	EXPECT_EQ(0, kill(child, SIGTERM));
	EXPECT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(0, tcgetattr(slave, &after));
	EXPECT_EQ(before.c_lflag, after.c_lflag);
}

TEST_F(screen, a_terminal_that_is_gone_ends_it)
{
	int master, slave, status;
	pid_t child;

	ASSERT_EQ(0, openpty(&master, &slave, NULL, NULL, NULL));
	fcntl(master, F_SETFD, FD_CLOEXEC);
	child = start_on(slave, self->dir, false);
	ASSERT_LT(0, child);
	close(slave);
	EXPECT_TRUE(drawn(master, "q:quit"));
	close(master);
	EXPECT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(screen, a_terminal_that_gives_no_keys_ends_it)
{
	int master, slave, status;
	pid_t child;

	ASSERT_EQ(0, openpty(&master, &slave, NULL, NULL, NULL));
	child = start_on(slave, self->dir, true);
	ASSERT_LT(0, child);
	EXPECT_TRUE(drawn(master, "q:quit"));
	/* It is there, but for the group in the foreground: read() says EIO. */
	EXPECT_EQ(2, write(master, "g\n", 2));
	EXPECT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

TEST(output_to_a_terminal_that_is_gone_is_a_reader_that_went_away)
{
	struct cw_fail fail = { 0 };
	int master, slave;
	struct cw_out out;

	ASSERT_EQ(0, openpty(&master, &slave, NULL, NULL, NULL));
	close(master);
	ASSERT_EQ(CW_OK, cw_out_open(&out, slave, &fail));
	fputs("a line\n", out.file);
	EXPECT_EQ(EPIPE, out.error);
	EXPECT_EQ(CW_OK, cw_out_close(&out, &fail));
}

TEST_HARNESS_MAIN
