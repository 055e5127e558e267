// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever a verb prints fits the terminal: lines end between two words, and only
 * commands to copy may be longer than it is wide.
 */
#include <ctype.h>
#include <locale.h>
#include <pty.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "base/utf8.h"
#include "base/util.h"
#include "base/wrap.h"
#include "command.h"
#include "explain/pending_tally.h"
#include "explain/reconcile.h"
#include "explain/tally.h"
#include "fixture.h"
#include "kselftest_harness.h"
#include "output/record.h"
#include "output/record_drain.h"
#include "output/record_groups.h"
#include "output/record_pending.h"
#include "output/record_policy.h"
#include "output/record_stats.h"
#include "output/record_whatif.h"

static const int widths[] = { 60, 80, 100, 160 };

/* --- samples --- */

static struct cw_msg_event event(void)
{
	struct cw_msg_event ev;
	struct message m = { 0 };

	put_everything(&m);
	cw_decode_event(&ev, m.b, m.len);
	ev.comm.len = 15;
	memcpy(ev.comm.b, "fifteen-bytes-x", 15);
	ev.pid = 4194304;
	return ev;
}

#define ID	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define POD	"01234567-89ab-cdef-0123-456789abcdef"

static const struct cw_told told = {
	.netns = "some-name-of-a-namespace", .listening = true,
	.cgroup.path = "/kubepods.slice/kubepods-burstable.slice/pod" POD
		       ".slice/cri-containerd-" ID ".scope",
	.cgroup.container = { ID, POD },
};

static struct cw_hosted host = { .told = &told };
static struct cw_columns columns;

static int show_event(struct cw_view *v, const struct cw_msg_event *ev)
{
	return cw_record_event(v, ev, NULL, &columns, CW_DIAG);
}

static int closes(struct cw_view *v)
{
	struct cw_msg_event ev = event();
	int i, bad = 0;

	for (i = 0; i <= CLOSEWATCH_PATH_MAX; i++) {
		ev.path = i;
		bad |= show_event(v, &ev);
	}
	return bad;
}

static int stacks(struct cw_view *v)
{
	static const struct cw_stack_words words = {
		"tcp_set_state < tcp_close_state < __tcp_close < tcp_close < inet_release < __sock_release < sock_close < __fput < task_work_run",
		"libc.so.6+0xf8f67 < a-program-with-a-long-name+0xfedcba98 < none",
	};
	int bad;

	columns.stack = &words;
	bad = closes(v);
	columns.stack = NULL;
	return bad;
}

static int others(struct cw_view *v)
{
	struct cw_msg_event ev = event();
	int i, bad = 0;

	for (i = 0; i <= CLOSEWATCH_EVENT_TYPE_MAX; i++) {
		ev.type = i;
		bad |= show_event(v, &ev);
	}
	ev.type = CLOSEWATCH_EVENT_TYPE_FATE;
	for (i = 0; i <= CLOSEWATCH_FATE_MAX; i++) {
		ev.fate = i;
		bad |= show_event(v, &ev);
	}
	ev.type = CLOSEWATCH_EVENT_TYPE_DRAIN_END;
	for (i = 0; i <= CLOSEWATCH_DRAIN_OUTCOME_MAX; i++) {
		ev.drain_outcome = i;
		bad |= show_event(v, &ev);
	}
	return bad;
}

/* Both ends are as long as addresses get. */
static struct cw_msg_event longest_event(void)
{
	struct cw_msg_event ev = event();

	ev.local_addr.len = 16;
	memset(ev.local_addr.b, 0xfe, 16);
	ev.remote_addr = ev.local_addr;
	ev.local_port = 65535;
	ev.remote_port = 65535;
	return ev;
}

static int longest(struct cw_view *v)
{
	struct cw_msg_event ev = longest_event();

	return show_event(v, &ev);
}

static int pending(struct cw_view *v)
{
	static const struct cw_owner two[] = {
		{ 1, { .pid = 4194303, .fd = 7777, .comm = { 15, "fifteen-bytes-x" } } },
		{ 1, { .pid = 13, .fd = 8, .comm = { 5, "nginx" } } },
	};
	struct cw_socket s = {
		.ends.local = { 4, { 192, 168, 100, 200 } }, .inode = 1,
		.ends.remote = { 4, { 192, 168, 100, 201 } }, .full = true,
		.ends.local_port = 65535, .ends.remote_port = 65534,
		.rqueue = 4000, .wqueue = 4000, .last_ack_ms = 90000,
		.timer = CW_TIMER_RETRANSMIT, .retransmits = 9,
	};
	struct cw_pending_row r = {
		.socket = &s, .owners = two, .owned = 2, .aged = true,
		.age_ms = 90000, .utf8 = true, .diag = true,
	};
	int bad = 0;

	for (; s.state <= CLOSEWATCH_STATE_MAX; s.state++)
		bad |= cw_record_pending(v, &r);
	r.date = 1795230727123456789ULL;
	return bad | cw_record_pending(v, &r);
}

static int drains(struct cw_view *v)
{
	struct cw_msg_event ev = event(), longer = longest_event();

	return cw_record_drain(v, &ev, 0) | cw_record_drain(v, &longer, 0);
}

static struct cw_msg_policy policy(void)
{
	struct cw_msg_policy p = {
		.id = 1234, .netns = 4026531840ULL, .hits = 12345678,
		.priority = 4000000000U,
		.idle_ms = 5000, .total_ms = 10000, .bytes = 16 << 20,
		.local_port = 65535, .uid = 4000000000U, .cgroup = 1ULL << 40,
		.comm = { 15, "fifteen-bytes-x" }, .dry_run = true,
		.present = (1ULL << (CLOSEWATCH_A_POLICY_MAX + 1)) - 1,
	};

	p.present &= ~(1ULL << CLOSEWATCH_A_POLICY_COOKIE);
	p.remote_addr = (struct cw_bytes){ 4, { 192, 168, 100, 200 } };
	p.remote_prefix = 32;
	p.family = 2;
	return p;
}

static int policies(struct cw_view *v)
{
	struct cw_msg_policy p = policy();
	int bad = 0;

	for (; p.action <= CLOSEWATCH_ACTION_MAX; p.action++)
		bad |= cw_record_policy(v, &p, &(struct cw_policy_notes){
			.shadow = p.action, .netns = "a-name-of-a-namespace",
			.cgroup = "/sys/fs/cgroup/system.slice/a-long-name.service",
		});
	return bad;
}

static int added(struct cw_view *v)
{
	static const struct cw_shadow shadow = {
		.by = 1, .over = { 1234567, 7654321 }, .count = 99,
	};
	struct cw_msg_policy p = policy();

	return cw_record_added(v, &p, &p, &shadow) |
	       cw_record_off(v, &(struct cw_removal){ .of = &p, .left = 8 });
}

static int advice(struct cw_view *v)
{
	struct cw_before before = {
		.rows = 1, .row = { { .target.port = 80, .span_ns = 60000000000,
				      .closes = 123456, .rsts = 123456,
				      .at_risk = 123456789 } },
	};
	struct cw_whatif *w = cw_whatif_new(true);
	struct cw_msg_event ev = event();
	int i, bad;

	ev.present &= ~(1ULL << CLOSEWATCH_A_EVENT_ULP);
	memcpy(ev.comm.b, "two words      x", 15);
	for (i = 0; i <= CLOSEWATCH_PATH_MAX; i++) {
		ev.path = i;
		ev.unacked = i % 2 ? 61440 : 0;
		ev.local_port = i % 3 ? 80 : 55555;
		cw_whatif_add(w, &ev);
	}
	w->lost = 3;
	bad = cw_record_whatif(v, w, &before, 1795230727123456789ULL,
			       60000000000);
	free(w);
	return bad;
}

static int statistics(struct cw_view *v)
{
	struct cw_reading r = { .time = 1795230727123456789ULL, .blind = 3 };
	struct cw_msg_stats s = { .netns = 4026531840ULL, .saved = 7 };
	struct cw_mibs mibs = { 0 };
	struct cw_row rows[CW_ROWS];
	int i;

	for (i = 0; i < CW_STATS_KINDS; i++) {
		s.close[i].events = 1000000 + i;
		s.fate[i].events = 1000000 + i;
		s.linger_wait[i] = i;
		s.drain[i].events = 1000000;
		s.drain[i].response_bytes = 1000000000;
		s.refused[i].events = 3;
	}
	cw_reconcile(rows, &s, &mibs);
	r.unsteady = true;
	return cw_record_stats(v, &r, &s) | cw_record_rows(v, &r, rows);
}

/* What is chosen of the next sample: columns, or a group. */
static struct cw_groups grouped = { .host = &host };

static int groups(struct cw_view *v)
{
	struct cw_msg_event ev = event();
	int i, bad;

	for (i = 0; i <= CLOSEWATCH_PATH_MAX; i++) {
		ev.path = i;
		ev.local_port += i;
		ev.unread = 4000000000U;
		cw_groups_add(&grouped, &ev);
	}
	grouped.others = grouped.list[0];
	grouped.others.key = NULL;
	grouped.missed = 3;
	bad = cw_record_groups(v, &grouped, 1795230727123456789ULL, 60000000000);
	return bad | cw_record_groups_table(v, &grouped, 1);
}

static void choose(const char *words)
{
	struct cw_fail fail;

	cw_groups_release(&grouped);
	cw_columns_init(&columns, true);
	columns.host = &host;
	if (words && cw_groups_init(&grouped, words, &fail) &&
	    cw_columns_choose(&columns, words, &fail))
		abort();
}

static const struct {
	const char *name;
	const struct cw_column *layout;
	const uint8_t *slots;
	int (*show)(struct cw_view *v);
	const char *chosen;
} samples[] = {
	{ "watch, closes", columns.layout, columns.slots, closes },
	{ "watch, others", columns.layout, columns.slots, others },
	{ "watch, stacks", columns.layout, columns.slots, stacks },
	{ "watch, IPv6", columns.layout, columns.slots, longest },
	{ "watch, chosen", columns.layout, columns.slots, closes,
	  "time,netns,container,pod,comm,cgroup,local,peer,fate,age,reason" },
	{ "watch, more", columns.layout, columns.slots, others,
	  "+cgroup,pod,age,unread,sent" },
	{ "watch, chosen IPv6", columns.layout, columns.slots, longest,
	  "local,peer,pair,note" },
	{ "stats, by port", NULL, NULL, groups, "port" },
	{ "stats, by cgroup", NULL, NULL, groups, "cgroup" },
	{ "stats, by container", NULL, NULL, groups, "container" },
	{ "pending", cw_record_pending_layout_utf8,
	  cw_record_pending_slots, pending },
	{ "drains", cw_record_drain_layout, NULL, drains },
	{ "list", cw_record_policy_layout, NULL, policies },
	{ "drain", cw_record_added_layout, NULL, added },
	{ "advise", NULL, NULL, advice },
	{ "stats", NULL, NULL, statistics },
};

/* To be freed. */
static char *render(unsigned int sample, int width)
{
	struct cw_view_options opt = {
		.width = width, .layout = samples[sample].layout,
		.slots = samples[sample].slots,
	};
	char *text = NULL;
	struct cw_view *v;
	size_t len;
	int bad;

	choose(samples[sample].chosen);
	opt.out = open_memstream(&text, &len);
	v = cw_view_new(&opt);
	cw_view_header(v);
	bad = samples[sample].show(v);
	cw_view_free(v);
	fclose(opt.out);
	return bad ? NULL : text;
}

/* --- judgement --- */

/* One word, however long, or a command, which is as good as one. */
static bool whole(const char *line, size_t len)
{
	for (; len && *line == ' '; line++)
		len--;
	return !memchr(line, ' ', len) || cw_wrap_is_command(line, len);
}

/* The first line of @text that does not fit, or NULL. */
static const char *too_long(const char *text, int width)
{
	static char line[4096];
	size_t len;

	for (; *text; text += len + !!text[len]) {
		len = strcspn(text, "\r\n");
		if (text[len] == '\r')
			text++;
		if ((int)cw_utf8_columns(text, len) <= width || whole(text, len))
			continue;
		snprintf(line, sizeof(line), "%.*s", (int)len, text);
		return line;
	}
	return NULL;
}

/* The first word of @text that is not one of @wide's, or NULL. */
static const char *cut_word(const char *text, const char *wide)
{
	static char word[1024];
	const char *at;
	size_t n;

	for (; *(text += strspn(text, " \r\n")); text += n) {
		n = strcspn(text, " \r\n");
		snprintf(word, sizeof(word), "%.*s", (int)n, text);
		for (at = strstr(wide, word); at; at = strstr(at + 1, word))
			if ((at == wide || isspace(at[-1])) &&
			    (!at[n] || isspace(at[n])))
				break;
		if (!at)
			return word;
	}
	return NULL;
}

TEST(what_a_verb_shows_fits_every_width_and_no_word_is_cut)
{
	size_t i, j;

	ASSERT_NE(NULL, setlocale(LC_CTYPE, "C.UTF-8"));
	for (i = 0; i < ARRAY_SIZE(samples); i++) {
		char *wide = render(i, 0);

		ASSERT_NE(NULL, wide);
		for (j = 0; j < ARRAY_SIZE(widths); j++) {
			char *text = render(i, widths[j]);

			ASSERT_NE(NULL, text);
			EXPECT_EQ(NULL, too_long(text, widths[j])) {
				TH_LOG("%s, %d columns: %s", samples[i].name,
				       widths[j], too_long(text, widths[j]));
			}
			EXPECT_EQ(NULL, cut_word(text, wide)) {
				TH_LOG("%s, %d columns: %s", samples[i].name,
				       widths[j], cut_word(text, wide));
			}
			free(text);
		}
		free(wide);
	}
}

/* Where @word begins in line @n of @text. */
static int place_of(const char *text, int n, const char *word)
{
	const char *at;

	while (n--)
		text = strchr(text, '\n') + 1;
	at = strstr(text, word);
	return at ? (int)cw_utf8_columns(text, at - text) : -1;
}

/* The titles are printed again once the column has grown. */
static void expect_pair_below_its_title(struct __test_metadata *_metadata,
					const struct cw_msg_event *ev)
{
	struct cw_view_options opt = {
		.layout = columns.layout, .slots = columns.slots,
	};
	struct cw_view *v;
	char *text;
	size_t len;

	opt.out = open_memstream(&text, &len);
	v = cw_view_new(&opt);
	ASSERT_NE(NULL, v);
	EXPECT_EQ(0, cw_record_event(v, ev, NULL, &columns, CW_DIAG_NOT));
	cw_view_header(v);
	cw_view_free(v);
	fclose(opt.out);
	EXPECT_EQ(place_of(text, 1, "LOCAL"), place_of(text, 0, "127.0.0.1:")) {
		TH_LOG("%s", text);
	}
	free(text);
}

TEST(the_path_column_grows_to_its_longest_word)
{
	struct cw_msg_event ev = event();

	ev.local_addr = (struct cw_bytes){ 4, { 127, 0, 0, 1 } };
	choose(NULL);
	for (ev.path = 0; ev.path <= CLOSEWATCH_PATH_MAX; ev.path++)
		expect_pair_below_its_title(_metadata, &ev);
	for (ev.type = 0; ev.type <= CLOSEWATCH_EVENT_TYPE_MAX; ev.type++)
		if (ev.type != CLOSEWATCH_EVENT_TYPE_LOST)
			expect_pair_below_its_title(_metadata, &ev);
	ev.type = CLOSEWATCH_EVENT_TYPE_FATE;
	for (ev.fate = 0; ev.fate <= CLOSEWATCH_FATE_MAX; ev.fate++)
		expect_pair_below_its_title(_metadata, &ev);
}

/* Of the process that has it open, at no more than 80 columns. */
TEST(a_pending_socket_has_its_process_below_the_title)
{
	static const struct cw_owner owner = {
		1, { .pid = 4194304, .fd = 5, .comm = { 7, "python3" } },
	};
	struct cw_socket s = {
		.ends.local = { 4, { 127, 0, 0, 1 } }, .inode = 1,
		.ends.remote = { 4, { 127, 0, 0, 1 } }, .full = true,
		.state = CLOSEWATCH_STATE_CLOSE_WAIT,
	};
	struct cw_pending_row r = { .socket = &s, .owners = &owner, .owned = 1 };
	struct cw_view_options opt = {
		.layout = cw_record_pending_layout, .slots = cw_record_pending_slots,
	};
	struct cw_view *v;
	char *text;
	size_t len;

	opt.out = open_memstream(&text, &len);
	v = cw_view_new(&opt);
	ASSERT_NE(NULL, v);
	cw_view_header(v);
	EXPECT_EQ(0, cw_record_pending(v, &r));
	cw_view_free(v);
	fclose(opt.out);
	EXPECT_EQ(place_of(text, 0, "PROCESS"), place_of(text, 1, "python3"));
	EXPECT_EQ(place_of(text, 0, "WHAT IT"), place_of(text, 1, "the ")) {
		TH_LOG("%s", text);
	}
	free(text);
}

/* A reader of a pipe gets a line a record. */
TEST(in_a_pipe_a_record_is_a_line)
{
	char *text = render(0, 0), *at = text;
	int lines = 0;

	while ((at = strchr(at, '\n')) && at++)
		lines++;
	/* The titles; and each has a cause and a remedy. */
	EXPECT_EQ(1 + 3 * (CLOSEWATCH_PATH_MAX + 1), lines);
	free(text);
}

#define expect_lines(want, columns, first, other, s) do {		\
		struct cw_wrap w = { .text = (s), .len = strlen(s),	\
				     .at = (first), .indent = (other),	\
				     .width = (columns) };		\
		char all[512] = "";					\
		const char *line;					\
		size_t len;						\
									\
		while (cw_wrap_next(&w, &line, &len)) {			\
			strncat(all, line, len);			\
			strcat(all, "|");				\
		}							\
		EXPECT_STREQ(want, all);				\
	} while (0)

TEST(a_line_ends_between_words_and_a_command_is_one)
{
	expect_lines("one two|three|", 9, 0, 0, "one two three");
	expect_lines("one two three|", 0, 0, 0, "one two three");
	expect_lines("|one two|", 9, 8, 2, "one two");
	expect_lines("overlong|word|", 4, 0, 0, "overlong word");
	/* A line of its own at the end of a sentence, though it would fit. */
	expect_lines("so type:|closewatch del 3|", 60, 0, 0,
		     "so type: closewatch del 3");
	expect_lines("hint: closewatch del 3|", 60, 0, 0,
		     "hint: closewatch del 3");
	expect_lines("hint:|closewatch del 3|", 12, 0, 0,
		     "hint: closewatch del 3");
	/* Within one it is only kept whole. */
	expect_lines("type:|closewatch del 3,|then|sleep|", 8, 0, 0,
		     "type: closewatch del 3, then sleep");
	expect_lines("closewatch drain --comm 'a, b c'|", 8, 0, 0,
		     "closewatch drain --comm 'a, b c'");
	/* A figure keeps its unit. */
	expect_lines("sent|16 MiB,|20.0 ms|ago; 2|RSTs,|5 s|", 8, 0, 0,
		     "sent 16 MiB, 20.0 ms ago; 2 RSTs, 5 s");
	EXPECT_TRUE(cw_wrap_is_command("sudo reboot", 11));
	EXPECT_FALSE(cw_wrap_is_command("run it with sudo", 16));
}

/* --- the program, on a terminal --- */

/* What it prints there; to be freed. */
static char *run_on_terminal(const char *args, int width, const char *no_color)
{
	const struct winsize size = { .ws_row = 24, .ws_col = width };
	char command[1024], buf[4096], *text = NULL;
	FILE *all;
	ssize_t n;
	size_t len;
	pid_t pid;
	int fd;

	snprintf(command, sizeof(command), "exec timeout 30 %s %s", program(),
		 args);
	pid = forkpty(&fd, NULL, NULL, &size);
	if (!pid) {
		setenv("NO_COLOR", no_color, 1);
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(127);
	}
	all = open_memstream(&text, &len);
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		fwrite(buf, 1, n, all);
	fclose(all);
	close(fd);
	waitpid(pid, NULL, 0);
	return text;
}

/* Without the module there are messages too, on the same terminal. */
static const char *const verbs[] = {
	"-c 1 -d 0.1", "info", "stats", "advise -d 0.1", "drain -L 1 --idle x",
	"drain off", "list", "del 4294967295", "flush", "drains", "pending",
	"doctor", "wach", "-P x", "--help", "drain --help", "pending --help",
	"advise --help", "stats --help", "top --help", "record --help", "apply --help",
	"list --help", "explain", "explain rst-late-data", "explain rst", "-r - --since x",
	"-r - --group-by cgroup" RECORD, "stats -r - --group-by cgroup" RECORD,
	"-r - -t rfc3339 --resolve -o +cgroup,age" RECORD,
};

TEST(the_program_knows_how_wide_its_terminal_is)
{
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(verbs); i++) {
		for (j = 0; j < ARRAY_SIZE(widths); j++) {
			char *text = run_on_terminal(verbs[i], widths[j], "1");

			ASSERT_NE('\0', text[0]);
			EXPECT_EQ(NULL, too_long(text, widths[j])) {
				TH_LOG("%s, %d columns: %s", verbs[i],
				       widths[j], too_long(text, widths[j]));
			}
			EXPECT_EQ(NULL, strchr(text, '\033'));
			free(text);
		}
	}
}

static void print_summaries(FILE *to)
{
	static const struct cw_msg_listener kernel;
	struct cw_owner owner = { .holder.comm = { 15, "fifteen-bytes-x" } };
	struct cw_pending_tally sockets = { 0 };
	struct cw_socket s = { .inode = 1, .full = true, .last_ack_ms = 99999 };
	struct cw_tally events = { .partial = true, .blind = 3, .malformed = 9 };
	struct cw_msg_event ev = event();
	int i;

	for (i = 0; i <= CLOSEWATCH_EVENT_TYPE_MAX; i++) {
		ev.type = i;
		cw_tally_add(&events, &ev);
	}
	ev.loss = CLOSEWATCH_LOSS_PROBE;
	cw_tally_add(&events, &ev);
	cw_tally_print(&events, &kernel, to);
	for (s.state = 0; s.state <= CLOSEWATCH_STATE_MAX; s.state++) {
		owner.holder.pid = 4194000 + s.state;
		cw_pending_add(&sockets, &s, &owner);
	}
	cw_pending_print(&sockets, to);
	cw_pending_release(&sockets);
}

TEST(summaries_fit_every_width)
{
	struct winsize size = { .ws_row = 24 };
	int master, slave;
	char text[8192];
	size_t i, len;
	FILE *to;

	for (i = 0; i < ARRAY_SIZE(widths); i++) {
		size.ws_col = widths[i];
		ASSERT_EQ(0, openpty(&master, &slave, NULL, NULL, &size));
		to = fdopen(slave, "w");
		ASSERT_NE(NULL, to);
		setvbuf(to, NULL, _IOFBF, 4 * sizeof(text));
		print_summaries(to);
		/* A terminal holds 4096 bytes for a reader. */
		for (len = 0, fputs("\n.", to); !len || text[len - 1] != '.';)
			if (!fflush(to))
				len += read(master, text + len,
					    sizeof(text) - 1 - len);
		text[len] = '\0';
		EXPECT_NE(NULL, strstr(text, "9 malformed"));
		EXPECT_EQ(NULL, too_long(text, widths[i])) {
			TH_LOG("%d columns: %s", widths[i],
			       too_long(text, widths[i]));
		}
		fclose(to);
		close(master);
	}
}

TEST(a_terminal_gets_colour_unless_no_color_is_set)
{
	char *text = run_on_terminal("doctor", 80, "");

	EXPECT_NE(NULL, strchr(text, '\033'));
	free(text);
}

TEST_HARNESS_MAIN
