// SPDX-License-Identifier: GPL-2.0
/*
 * Random command lines, made of the verbs' own options, through main() up to
 * the kernel, for which a stub answers. LINES and SEED change what is tried.
 */
#include <ctype.h>
#include <inttypes.h>
#include <sanitizer/lsan_interface.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

/* The options are learned from argp; the socket is the stub's. */
#define cw_args_parse args_parse
#include "cmd/args.c"
#undef cw_args_parse
int cw_args_parse(const struct argp *argp, int argc, char **argv,
		  struct cw_args *args);
#define cw_nl_open nl_open
#define send stub_send
static ssize_t stub_send(int fd, const void *buf, size_t len, int flags);
#include "netlink/nl.c"
#undef cw_nl_open
#undef send
#define main cw_main
#include "main.c"
#undef main

#include "kselftest_harness.h"

#define WORDS		12
#define LONG		70000
#define SECONDS		10	/* for a line */

static uint64_t state;

static uint32_t any(uint32_t n)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (state >> 33) % n;
}

/* --- the kernel --- */

static struct {
	struct cw_nl *nl;
	unsigned int sent, malformed;
} kernel;

static bool whole(const void *attrs, size_t len, unsigned int depth)
{
	struct cw_attr a = cw_attr_walk(attrs, len);
	int more;

	while ((more = cw_attr_next(&a)) > 0)
		if (!depth && !whole(a.data, a.len, depth + 1))
			return false;
	return !more;
}

/* Nobody is subscribed, for that would wait. */
static ssize_t stub_send(int fd, const void *buf, size_t len, int flags)
{
	static const int errors[] = { EPERM, ENODEV, EINVAL, EOPNOTSUPP, 4095 };
	const struct nlmsghdr *nlh = buf;
	const struct genlmsghdr *gh = nlmsg_data(nlh);
	size_t head = NLMSG_HDRLEN + GENL_HDRLEN;

	kernel.sent++;
	kernel.malformed += nlh->nlmsg_len != len || len < head ||
			    !whole((const char *)buf + head, len - head, 0);
	kernel.nl->done = true;
	if (gh->cmd == CLOSEWATCH_CMD_SUBSCRIBE ||
	    gh->cmd == CLOSEWATCH_CMD_DRAIN_GET || any(2))
		kernel.nl->error = -errors[any(ARRAY_SIZE(errors))];
	return len;
}

/* It would write files wherever its words lead. */
static bool is_recorder;

int cw_nl_open(struct cw_nl **nl, cw_nl_event_fn *fn, void *arg,
	       struct cw_fail *fail)
{
	if (is_recorder || !any(8))
		return cw_fail(fail, NULL, "the module is not loaded");
	kernel.nl = calloc(1, sizeof(*kernel.nl));
	kernel.nl->sock = nl_socket_alloc();
	kernel.nl->family = 0x21;
	*nl = kernel.nl;
	return CW_OK;
}

/* --- the options --- */

static const struct argp *learned[ARRAY_SIZE(commands)];
static const struct argp **learn;

int cw_args_parse(const struct argp *argp, int argc, char **argv,
		  struct cw_args *args)
{
	if (!learn)
		return args_parse(argp, argc, argv, args);
	*learn = argp;
	return CW_USAGE;
}

static void learn_options(void)
{
	char name[] = "closewatch", *argv[2] = { name };
	struct cw_fail fail;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		learn = &learned[i];
		commands[i].run(1, argv, &fail);
	}
	learn = NULL;
}

/* --- the lines --- */

struct line {
	char *argv[1 + WORDS + 1];
	int argc;
};

static char *random_bytes(size_t len)
{
	char *word = malloc(len + 1);
	size_t i;

	for (i = 0; i < len; i++)
		word[i] = any(255) + 1;
	word[len] = '\0';
	return word;
}

static char *random_value(void)
{
	static const char *const values[] = {
		"", "0", "1", "5", "80", "65535", "65536", "80-81", "81-80", "-",
		"4294967295", "4294967296", "18446744073709551616", "-1", "+1",
		"0x50", "0.5", "1e9", "1e999", "nan", ".", "60", "64K", "16M",
		"9T", "root", "nobody", "nginx", "off", "on", "all", "auto",
		"always", "fin", "rst-unread,fin", "fin,", ",", "fate,close",
		"lost", "::1", "10.0.0.0/8", "10.0.0.1/8", "::/0", "1.2.3.4/33",
		"127.0.0.1:80 127.0.0.1:1234", "[::1]:80 [::1]:1", "[::1]:80",
		"/", "/proc/self/ns/net", "/proc/self/ns", "../..", "%s%n",
		"\xff\xfe", "\xc3\xa9t\xc3\xa9", "\xed\xa0\x80", "\033[2J", "a b",
		"\n", "=", "--", "-h",
	};
	char *word;

	if (!any(8))
		return random_bytes(any(40));
	if (!any(100)) {
		word = malloc(LONG + 1);
		memset(word, any(2) ? '9' : 'a', LONG);
		word[LONG] = '\0';
		return word;
	}
	word = strdup(values[any(ARRAY_SIZE(values))]);
	if (!any(8))
		word[any(strlen(word) + 1)] = '\0';
	return word;
}

static void add(struct line *line, char *word)
{
	if (line->argc <= WORDS)
		line->argv[line->argc++] = word;
	else
		free(word);
}

/* Mostly as it is meant: by name or by letter, the value with it or behind. */
static void add_option(struct line *line, const struct argp_option *o)
{
	char *value = o->arg && any(16) ? random_value() :
		      any(16) ? NULL : random_value();
	bool named = !isascii(o->key) || any(2), joined = any(2);
	char letter[] = { '-', o->key, '\0' }, *word;

	if (asprintf(&word, "%s%s%s%s", named ? "--" : letter,
		     named ? o->name : "", value && joined && named ? "=" : "",
		     value && joined ? value : "") < 0)
		abort();
	if (!any(16))
		word[any(strlen(word) + 1)] = '\0';
	add(line, word);
	if (value && !joined)
		add(line, strdup(value));
	free(value);
}

/* These end the line, and so are rare. */
static bool is_help(const struct argp_option *o)
{
	return o->key == 'h' || o->key == 'V' || o->key == CW_KEY_USAGE ||
	       o->key == CW_KEY_LIST;
}

static const struct argp_option *random_option(const struct argp *argp)
{
	const struct argp_option *o = argp->options;
	unsigned int n = 0;

	while (o[n].name || o[n].doc)
		n++;
	do {
		o = &argp->options[any(n)];
	} while (!o->name || (is_help(o) && any(16)));
	return o;
}

static void make_line(struct line *line)
{
	unsigned int verb = any(ARRAY_SIZE(commands)), words = any(WORDS), other;

	line->argc = 0;
	add(line, strdup("closewatch"));
	if (any(16))
		add(line, strdup(commands[verb].name));
	else if (any(2))
		add(line, random_value());
	while (words--) {
		other = any(32) ? verb : any(ARRAY_SIZE(commands));
		if (any(8))
			add_option(line, random_option(learned[other]));
		else
			add(line, random_value());
	}
	line->argv[line->argc] = NULL;
}

/* --- what comes of them --- */

struct outputs {
	int out, err;
};

static void redirect(const struct outputs *to)
{
	fflush(stdout);
	fflush(stderr);
	dup2(to->out, STDOUT_FILENO);
	dup2(to->err, STDERR_FILENO);
}

FIXTURE(lines)
{
	struct outputs terminal, files;
};

FIXTURE_SETUP(lines)
{
	self->terminal.out = dup(STDOUT_FILENO);
	self->terminal.err = dup(STDERR_FILENO);
	self->files.out = memfd_create("out", 0);
	self->files.err = memfd_create("err", 0);
	ASSERT_TRUE(self->files.out >= 0 && self->files.err >= 0);
	/* What is read from there ends at once. */
	ASSERT_NE(NULL, freopen("/dev/null", "r", stdin));
	learn_options();
}

FIXTURE_TEARDOWN(lines)
{
	close(self->files.out);
	close(self->files.err);
}

static int run(const struct outputs *to, const struct outputs *then,
	       const struct line *line)
{
	/* argp and main() move the words about. */
	char *argv[1 + WORDS + 1];
	int code;

	memset(&kernel, 0, sizeof(kernel));
	memcpy(argv, line->argv, sizeof(argv));
	is_recorder = line->argc > 1 && !strcmp(argv[1], "record");
	if (ftruncate(to->out, 0) || ftruncate(to->err, 0))
		abort();
	redirect(to);
	code = cw_main(line->argc, argv);
	redirect(then);
	return code;
}

static bool is_doctor(const struct line *line)
{
	return line->argc > 1 && !strcmp(line->argv[1], "doctor");
}

/* NULL if the line came to a good end, else what is wrong with it. */
static const char *judge(const struct outputs *to, const struct line *line,
			 int code)
{
	off_t out = lseek(to->out, 0, SEEK_END);
	off_t err = lseek(to->err, 0, SEEK_END);

	if (code < CW_OK || code > CW_USAGE)
		return "the exit code is not documented";
	if (code && !err && !(out && is_doctor(line)))
		return "it failed without a word";
	if (code == CW_USAGE && kernel.sent)
		return "the kernel was asked although the usage is wrong";
	if (kernel.malformed)
		return "a request is malformed";
	return NULL;
}

static void tell(const struct line *line)
{
	const unsigned char *c;
	int i;

	for (i = 0; i < line->argc; i++) {
		fputs(i ? " $'" : "# $'", stderr);
		for (c = (void *)line->argv[i]; *c; c++)
			fprintf(stderr, *c < ' ' || *c > '~' || *c == '\'' ||
				*c == '\\' ? "\\x%02x" : "%c", *c);
		fputc('\'', stderr);
	}
	fputc('\n', stderr);
}

/* What runs, for a line that does not come to its end. */
static const struct line *running;
static int terminal;

static void too_long(int signal)
{
	dup2(terminal, STDERR_FILENO);
	fputs("# it does not end:\n", stderr);
	tell(running);
	_exit(KSFT_FAIL);
}

static uint64_t setting(const char *name, uint64_t otherwise)
{
	const char *value = getenv(name);

	return value ? strtoull(value, NULL, 0) : otherwise;
}

static int descriptors(void)
{
	int fd, n = 0;

	for (fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

TEST_F_TIMEOUT(lines, end_as_documented_and_leave_nothing_behind, 100)
{
	uint64_t seed = setting("SEED", time(NULL));
	uint64_t lines = setting("LINES", 5000), i;
	unsigned int codes[CW_USAGE + 1] = { 0 }, sent = 0;
	const char *wrong = NULL;
	int before = descriptors();
	struct line line;

	terminal = self->terminal.err;
	signal(SIGALRM, too_long);
	for (i = 0; i < lines && !wrong; i++) {
		int code;

		state = (seed << 32 | i) * 0x9e3779b97f4a7c15ULL;
		make_line(&line);
		running = &line;
		alarm(SECONDS);
		code = run(&self->files, &self->terminal, &line);
		wrong = judge(&self->files, &line, code);
		EXPECT_EQ(NULL, wrong) {
			TH_LOG("%s: exit code %d", wrong, code);
			tell(&line);
		}
		if (!wrong)
			codes[code]++;
		sent += kernel.sent;
		while (line.argc)
			free(line.argv[--line.argc]);
	}
	alarm(0);
	printf("# amount: %" PRIu64 " command lines, seed %" PRIu64
	       ": %u done, %u failed, %u wrong usage; %u requests\n", i, seed,
	       codes[CW_OK], codes[CW_FAILED], codes[CW_USAGE], sent);
	fflush(stdout);
	/* Else the lines were not what they are meant to be. */
	for (i = 0; i <= CW_USAGE; i++)
		EXPECT_LT(lines / 50, codes[i]);
	EXPECT_LT(lines / 50, sent);
	EXPECT_EQ(before, descriptors());
	EXPECT_EQ(0, __lsan_do_recoverable_leak_check());
}

TEST_HARNESS_MAIN
