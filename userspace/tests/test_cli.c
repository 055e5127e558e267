// SPDX-License-Identifier: GPL-2.0
/* The command line: conditions, and the program as a user runs it. */
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "base/parse.h"
#include "base/util.h"
#include "command.h"
#include "explain/probes.h"
#include "host/health.h"
#include "kselftest_harness.h"
#include "netlink/nl_policy.h"
#include "output/out.h"
#include "request/filter.h"
#include "request/policy.h"

TEST(ports_are_1_to_65535_and_nothing_else)
{
	static const char *const bad[] = {
		"", "0", "65536", "-1", "+1", " 80", "80 ", "0x50", "http",
		"80,81", "99999999999999999999",
	};
	struct cw_fail fail;
	uint16_t port;
	size_t i;

	EXPECT_EQ(CW_OK, cw_parse_port("1", &port, &fail));
	EXPECT_EQ(1, port);
	EXPECT_EQ(CW_OK, cw_parse_port("65535", &port, &fail));
	EXPECT_EQ(65535, port);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_EQ(CW_USAGE, cw_parse_port(bad[i], &port, &fail)) {
			TH_LOG("'%s' was taken", bad[i]);
		}
		EXPECT_NE(NULL, strstr(fail.what, "from 1 to 65535"));
	}
}

TEST(durations_have_fractions_and_limits)
{
	static const char *const bad[] = {
		"", "0", "-1", "nan", "inf", "1e99", "0.0001", ".", "s",
		"1w", "5 m", "m5", "1h30m", "0m", "-5m", "12000d",
	};
	static const struct {
		const char *text;
		uint64_t ns;
	} good[] = {
		{ "0.5", 500000000 }, { "3600", 3600000000000 },
		{ "10s", 10000000000 }, { "5m", 300000000000 },
		{ "1.5h", 5400000000000 }, { "2d", 172800000000000 },
	};
	struct cw_fail fail;
	uint64_t ns;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		EXPECT_EQ(CW_OK, cw_parse_duration(good[i].text, &ns, &fail));
		EXPECT_EQ(good[i].ns, ns);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_EQ(CW_USAGE, cw_parse_duration(bad[i], &ns, &fail)) {
			TH_LOG("'%s' was taken", bad[i]);
		}
}

TEST(whole_seconds_take_the_same_units)
{
	static const char *const bad[] = { "0", "0.5", "1.5s", "61m", "3601", "5x" };
	struct cw_fail fail;
	uint32_t seconds = 0;
	size_t i;

	EXPECT_EQ(CW_OK, cw_parse_seconds("7", 3600, "time", &seconds, &fail));
	EXPECT_EQ(7, seconds);
	EXPECT_EQ(CW_OK, cw_parse_seconds("1h", 3600, "time", &seconds, &fail));
	EXPECT_EQ(3600, seconds);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_EQ(CW_USAGE, cw_parse_seconds(bad[i], 3600, "time",
						     &seconds, &fail)) {
			TH_LOG("'%s' was taken", bad[i]);
		}
}

TEST(paths_add_up_and_an_unknown_one_lists_all)
{
	struct cw_msg_filter f = CW_FILTER_INIT;
	struct cw_fail fail;

	EXPECT_EQ(CW_OK, cw_filter_paths(&f, "rst-unread,fin", &fail));
	EXPECT_EQ(CW_OK, cw_filter_paths(&f, "listener", &fail));
	EXPECT_EQ(1 << CLOSEWATCH_PATH_RST_UNREAD | 1 << CLOSEWATCH_PATH_FIN |
		  1 << CLOSEWATCH_PATH_LISTENER, f.paths);
	EXPECT_EQ(CW_USAGE, cw_filter_paths(&f, "fin,rst", &fail));
	EXPECT_NE(NULL, strstr(fail.what, "'rst'"));
	EXPECT_NE(NULL, strstr(fail.what, "linger0-silent"));
	EXPECT_EQ(CW_USAGE, cw_filter_paths(&f, "", &fail));
	EXPECT_EQ(CW_USAGE, cw_filter_paths(&f, "fin,", &fail));
}

TEST(users_are_checked)
{
	struct cw_msg_filter f = CW_FILTER_INIT;
	struct cw_fail fail;

	EXPECT_EQ(CW_OK, cw_filter_user(&f, "root", &fail));
	EXPECT_EQ(0, f.uid);
	EXPECT_EQ(CW_OK, cw_filter_user(&f, "4294967294", &fail));
	EXPECT_EQ(4294967294LL, f.uid);
	EXPECT_EQ(CW_USAGE, cw_filter_user(&f, "4294967295", &fail));
	EXPECT_EQ(CW_USAGE, cw_filter_user(&f, "no such user", &fail));
}

/* The kernel's counters stand for it. */
TEST(a_filter_is_open_until_it_has_a_condition)
{
	struct cw_msg_filter f = CW_FILTER_INIT;
	struct cw_fail fail;

	EXPECT_TRUE(cw_filter_is_open(&f));
	f.port = 80;
	EXPECT_FALSE(cw_filter_is_open(&f));
	f = (struct cw_msg_filter)CW_FILTER_INIT;
	strcpy(f.comm, "nginx");
	EXPECT_FALSE(cw_filter_is_open(&f));
	f = (struct cw_msg_filter)CW_FILTER_INIT;
	EXPECT_EQ(CW_OK, cw_filter_user(&f, "root", &fail));
	EXPECT_FALSE(cw_filter_is_open(&f));
	f = (struct cw_msg_filter)CW_FILTER_INIT;
	EXPECT_EQ(CW_OK, cw_filter_netns(&f, "all", &fail));
	EXPECT_FALSE(cw_filter_is_open(&f));
}

TEST(a_network_namespace_is_opened_by_pid_or_path)
{
	struct cw_msg_filter f = CW_FILTER_INIT;
	struct cw_fail fail;
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", getpid());
	EXPECT_EQ(CW_OK, cw_filter_netns(&f, pid, &fail));
	EXPECT_TRUE(f.netns_fd >= 0);
	EXPECT_EQ(CW_OK, cw_filter_netns(&f, "/proc/self/ns/net", &fail));
	EXPECT_TRUE(f.netns_fd >= 0);
	EXPECT_EQ(CW_OK, cw_filter_netns(&f, "all", &fail));
	EXPECT_TRUE(f.all_netns);
	EXPECT_EQ(-1, f.netns_fd);
	EXPECT_EQ(CW_USAGE, cw_filter_netns(&f, "no-such-netns", &fail));
}

/* Runs $CLOSEWATCH; the exit code, or -1. Both outputs go to @buf. */
static int run(const char *args, char *buf, size_t size)
{
	char command[1024];

	snprintf(command, sizeof(command), "timeout 30 %s %s", program(), args);
	return run_command(command, buf, size);
}

static const struct {
	const char *args;
	int code;
	const char *says;
} command_lines[] = {
	{ "--help", 0, "rst-unread" },
	{ "info -h", 0, "Usage: closewatch info" },
	{ "--usage", 0, "[-c N]" },
	{ "-V", 0, "closewatch 0." },
	{ "wach 2>&1", 2, "the verbs are: watch, top, info, stats, advise, record, story, drain," },
	{ "--wach 2>&1", 2, "--help' or `closewatch --usage' for more" },
	{ "--wach 2>&1 | grep -c Usage:", 1, "0" },
	{ "info -Z 2>&1", 2, "closewatch info" },
	{ "-P 2>&1", 2, "requires an argument" },
	{ "watch now 2>&1", 2,
	  "is not wanted here; closewatch watch --help lists what is" },
	{ "-P 0 2>&1", 2, "from 1 to 65535" },
	{ "-L x 2>&1", 2, "from 1 to 65535" },
	{ "-D 70000 2>&1", 2, "from 1 to 65535" },
	{ "-p 0 2>&1", 2, "process id" },
	{ "-c 0 2>&1", 2, "count" },
	{ "-d soon 2>&1", 2, "seconds are wanted" },
	{ "--path fin,rst 2>&1", 2, "the paths are: unknown, fin," },
	{ "-e fate,resets 2>&1", 2, "the events are: close, linger-wait," },
	{ "-e '' 2>&1", 2, "is no event" },
	{ "-e fate,lost --path fin 2>&1", 2, "-e close or -e shutdown" },
	{ "-u 'no such user' 2>&1", 2, "is no user" },
	{ "-C '' 2>&1", 2, "1 to 15 bytes" },
	{ "--color=blue 2>&1", 2, "auto, always or never" },
	{ "--cgroup / 2>&1", 2, "cgroup v2" },
	{ "--netns nope 2>&1", 2, "a name of ip netns" },
	{ "stats -j -r - --group-by port -L 80-90" RECORD, 0,
	  "[{\"port\":\"80\",\"closes\":\"1\"" },
	{ "stats -j -r - --group-by port -L 81-90" RECORD, 0, "\"groups\":[]" },
	{ "-r - --group-by comm -L 80-90 2>&1" RECORD, 0, "\nnginx                 1        1" },
	{ "-q -H -t none -o proc,local,cgroup -r -" RECORD, 0,
	  "nginx[812]     127.0.0.1:80        /system.slice/nginx.service\n" },
	{ "-o pid,nope 2>&1", 2, "'nope' is no column" },
	{ "-o pid,unraed 2>&1", 2, "  hint: unread\n" },
	{ "--resolve=users 2>&1", 2, "ports or hosts" },
	{ "-t iso 2>&1", 2, "clock, relative, rfc3339 or none" },
	{ "--list-fields", 0, "\nage                age_ns " },
	{ "stats --help", 0, "--reconcile" },
	{ "top --help", 0, "print N plain tables" },
	{ "top --sort pid 2>&1", 2, "'pid' is none of: rate, count, unread, lost, flight" },
	{ "top --group-by pid 2>&1", 2, "is none of: port, comm, path, peer, cgroup" },
	{ "top -c 0 2>&1", 2, "count" },
	{ "top -L 80- 2>&1", 2, "port or range of ports" },
	{ "top --path fin,rst 2>&1", 2, "the paths are: unknown, fin," },
	{ "top -r - -d 5 2>&1", 2, "--duration is about live events" },
	{ "top --since 02:10 2>&1", 2, "go with --read" },
	{ "top -r /no/such 2>&1", 1, "cannot read /no/such" },
	{ "top -r - --group-by port -L 80-90" RECORD, 0, "\nrst-unread       80 " },
	{ "top -r - -L 81-90" RECORD, 0, "  0 closes" },
	{ "stats -j -r - --group-by port --until 2026-11-27T03:12:07Z" RECORD, 0,
	  "\"groups\":[]" },
	{ "stats -j -r - --group-by port --since 2026-11-27T03:12:07Z" RECORD, 0,
	  "\"port\":\"80\"" },
	{ "top -r - --until 2026-11-27T03:12:07Z" RECORD, 0, "  0 closes" },
	{ "top -r - --since 2026-11-27T03:12:07Z" RECORD, 0, "  1 closes" },
	{ "advise -r - --until 2026-11-27T03:12:07Z" RECORD, 0, "closes:          0" },
	{ "advise -r - --since 2026-11-27T03:12:07Z" RECORD, 0, "closes:          1" },
	{ "-r - --until 2026-11-27T03:12:07Z 2>&1" RECORD, 0, "0 events shown" },
	{ "top -r - --path fin" RECORD, 0, "  0 closes" },
	{ "stats -w x 2>&1", 2, "seconds are wanted" },
	{ "stats --watch=0 2>&1", 2, "seconds are wanted" },
	{ "stats -L 80 2>&1", 2, "with --watch" },
	{ "stats -L 80- --watch 2>&1", 2, "port or range of ports" },
	{ "stats --netns all 2>&1", 2, "one network namespace" },
	{ "stats --netns nope 2>&1", 2, "a name of ip netns" },
	{ "advise --netns all 2>&1", 2, "one network namespace" },
	{ "advise -L 80- 2>&1", 2, "port or range of ports" },
	{ "stats 5 2>&1", 2,
	  "is not wanted here; closewatch stats --help lists what is" },
	{ "stats -w --reconcile 2>&1", 2, "exclude each other" },
	{ "stats -c 3 2>&1", 2, "goes with --watch" },
	{ "stats -d 3 2>&1", 2, "goes with --watch, --group-by or --reconcile" },
	{ "stats --group-by pid 2>&1", 2, "port, comm, path, peer, cgroup, container" },
	{ "stats --group-by port --reconcile 2>&1", 2, "exclude each other" },
	{ "stats --openmetrics -w 2>&1", 2, "leave out --json, --watch" },
	{ "stats --prometheus -j 2>&1", 2, "leave out --json, --watch" },
	{ "--group-by nope 2>&1", 2, "is no --group-by" },
	{ "pending --help", 0, "CLOSE_WAIT" },
	{ "pending now 2>&1", 2,
	  "is not wanted here; closewatch pending --help lists what is" },
	{ "pending -L 0 2>&1", 2, "from 1 to 65535" },
	{ "pending -C '' 2>&1", 2, "1 to 15 bytes" },
	{ "pending --netns all 2>&1", 2, "one network namespace" },
	{ "pending -p 4194304 2>&1", 0, "no such connection is pending" },
	{ "pending -jp 4194304 2>&1 >/dev/null", 0, "closewatch: no such connection" },
	{ "--close-wait 0 2>&1", 2, "from 1 to 86400" },
	{ "--close-wait 60 --netns all 2>&1", 2, "one network namespace" },
	{ "stats -r - -w 2>&1", 2, "--watch is about live events" },
	{ "stats -r - </dev/null", 0, "counted from recorded events" },
	{ "stats -r /no/such 2>&1", 1, "cannot read /no/such" },
	{ "advise -r - -d 5 2>&1", 2, "--duration is about live events" },
	{ "advise -r - </dev/null", 0, "closes:          0" },
	{ "record --help", 0, "--max-age=SECONDS" },
	{ "record 2>&1", 2, "closewatch record DIR" },
	{ "record a b 2>&1", 2, "'b' is not wanted here" },
	{ "record --max-size 1 . 2>&1", 2, "too small" },
	{ "record --max-size 1G . 2>&1", 2, "twice --max-size" },
	{ "record --max-age 0 . 2>&1", 2, "seconds are wanted" },
	{ "record -e resets . 2>&1", 2, "is no event" },
	{ "-e fate,rst-unread 2>&1", 2, "\n  hint: --path rst-unread\n" },
	{ "--path reset 2>&1", 2, "\n  hint: -e reset\n" },
	{ "--path peer-reset 2>&1", 2, "is a fate: closewatch -e fate -j | jq" },
	{ "record -e fate,lost --path fin . 2>&1", 2, "-e close or -e shutdown" },
	{ "-r 2>&1", 2, "requires an argument" },
	{ "-r /no/such/file 2>&1", 1, "cannot read /no/such/file" },
	{ "-r - -d 1 2>&1", 2, "--duration is about live events" },
	{ "-r - --stack 2>&1", 2, "--stack is about live events" },
	{ "-r - --close-wait 1 2>&1", 2, "--close-wait is about live events" },
	{ "-r - --since soon 2>&1", 2, "is no time" },
	{ "--since 02:10 2>&1", 2, "go with --read" },
	{ "-r - </dev/null 2>&1", 0,
	  "0 events shown; what ended well, or another event reports, is left out (-a has it)" },
	{ "-r - -a 2>&1 <<'END'\n{\"event\":\"recording\",\"all\":false}\nEND\n", 0,
	  "what ended well, or another event reports, was not recorded (record -a)" },
	{ "drain --help", 0, "--remote-prefix" },
	{ "drain 2>&1", 2, "--force" },
	{ "drain on 2>&1", 2,
	  "is not wanted here; closewatch drain --help lists what is" },
	{ "drain -L 80-79 2>&1", 2, "port or range of ports" },
	{ "drain -C '' 2>&1", 2, "1 to 15 bytes" },
	{ "drain -u 'no such user' 2>&1", 2, "is no user" },
	{ "drain --cgroup / 2>&1", 2, "cgroup v2" },
	{ "drain --netns nope -L 80 2>&1", 2, "a name of ip netns" },
	{ "drain --remote-prefix 10.0.0.1/8 2>&1", 2, "beyond the first 8" },
	{ "drain -L 80 --idle 0 2>&1", 2, "seconds are wanted" },
	{ "drain -L 80 --total 9999999 2>&1", 2, "too long" },
	{ "drain -L 80 --bytes 1MB 2>&1", 2, "no number of bytes" },
	{ "drain -L 80 --priority x 2>&1", 2, "no priority" },
	{ "drain -L 80 --expire soon 2>&1", 2, "seconds are wanted" },
	{ "drain --pid 1 2>&1", 2, "--pid and --fd" },
	{ "drain --fd 1 2>&1", 2, "--pid and --fd" },
	{ "drain --socket 1.2.3.4:5 2>&1", 2, "the local end first" },
	{ "drain --pid 1 --fd 3 -L 80 2>&1", 2, "one socket is named" },
	{ "drain off --dry-run 2>&1", 2, "the conditions of the drain" },
	{ "drain off --pid 1 --fd 3 2>&1", 2, "closewatch del" },
	{ "drain -P 80 2>&1", 2, "--port is not possible here: a policy's rule compares" },
	{ "drain -D 80 2>&1", 2, "--remote-port is not possible here" },
	{ "reset --local-prefix 10.0.0.0/8 2>&1", 2, "not possible here" },
	{ "linger 5 -L 1,2,3,4,5,6,7,8,9 -C a,b,c,d,e,f,g,h 2>&1", 2, "72 rules" },
	{ "list -p 3 2>&1", 2, "--pid is not possible here" },
	{ "flush -L 80 2>&1", 2, "invalid option" },
	{ "-L 80,x 2>&1", 2, "'x' is no port or range" },
	{ "--remote-prefix 10.0.0.0/8,fe80::1/10 2>&1", 2, "beyond the first 10" },
	{ "-C nginx,sixteen-letters- 2>&1", 2, "1 to 15 bytes" },
	{ "--container web 2>&1", 2, "12 to 64 hexadecimal digits" },
	{ "--container 0123456789ab 2>&1", 2, "does it run?" },
	{ "pending --netns all -L 80-90 2>&1", 2, "one network namespace" },
	{ "linger 2>&1", 2, "how long?" },
	{ "linger 0 -L 80 2>&1", 2, "from 1 to 3600" },
	{ "linger 5 5 -L 80 2>&1", 2,
	  "is not wanted here; closewatch linger --help lists what is" },
	{ "linger 5 2>&1", 2, "--force" },
	{ "reset off 2>&1", 2,
	  "is not wanted here; closewatch reset --help lists what is" },
	{ "reset --idle 5 -L 80 2>&1", 2, "--idle" },
	{ "leave --even-linger0 -L 80 2>&1", 2, "--even-linger0" },
	{ "help", 0, "Usage: closewatch [OPTION...]" },
	{ "help pending", 0, "Usage: closewatch pending" },
	{ "help drain", 0, "--remote-prefix" },
	{ "help drian 2>&1", 2, "the verbs are: watch," },
	{ "drian 2>&1", 2, "hint: closewatch drain\n" },
	{ "stat 2>&1", 2, "hint: closewatch stats\n" },
	{ "port 80 2>&1 | grep -c hint:", 1, "0" },
	{ "drain --lcoal-port=80 2>&1", 2, "hint: --local-port\n" },
	{ "--json=3 2>&1 | grep -c hint:", 1, "0" },
	{ "--re 2>&1 | grep -c hint:", 1, "0" },
	{ "help drain off", 0, "--remote-prefix" },
	{ "help drain on 2>&1", 2, "closewatch help --help lists what is" },
	{ "help list off 2>&1", 2, "'off' is not wanted here" },
	{ "drain off extra 2>&1", 2, "'extra' is not wanted here" },
	{ "explain rst-unread", 0, "cause The program closed before it had read" },
	{ "explain RST_UNREAD -j", 0, "\"kind\":\"path\"" },
	{ "explain UNREAD", 0, "that the program had not read" },
	{ "explain peer", 0, "The other side" },
	{ "explain signal", 0, "The death of the process by a signal" },
	{ "explain close_wait", 0, "The peer's FIN has come" },
	{ "explain local", 0, "the address and the port of this side" },
	{ "explain age", 0, "since the connection was established" },
	{ "explain hits", 0, "Closes that the policy has matched" },
	{ "explain time", 0, "RFC 3339" },
	{ "explain linger_waited_ns 2>&1", 2, "is no word of closewatch's" },
	{ "explain idle-race", 0, "keep" },
	{ "explain idle_race -j", 0, "\"kind\":\"seen\"" },
	{ "explain between -j", 0, "\"kind\":\"first\"" },
	{ "explain fin-ack", 0, "Nothing but our FIN is not acknowledged" },
	{ "explain health-chek 2>&1", 2, "near it are: health-check" },
	{ "explain", 0, "linger0-silent" },
	{ "explain rst-unred 2>&1", 2, "near it are: rst-unread" },
	{ "explain rst 2>&1", 2, "rst-linger0, rst-linger2" },
	{ "explain xyzzy-plugh 2>&1", 2, "closewatch explain lists all" },
	{ "explain fin close 2>&1", 2,
	  "is not wanted here; closewatch explain --help lists what is" },
	{ "list 3 2>&1", 2,
	  "is not wanted here; closewatch list --help lists what is" },
	{ "del 2>&1", 2, "closewatch list shows the ids" },
	{ "del 0 2>&1", 2, "policy id" },
	{ "del 1 x 2>&1", 2, "policy id" },
	{ "flush 1 2>&1", 2,
	  "is not wanted here; closewatch flush --help lists what is" },
	{ "drains -c 3 2>&1", 2, "go with --watch" },
	{ "drains --watch=x 2>&1", 2, "seconds are wanted" },
	{ "advise -c 0 2>&1", 2, "count" },
	{ "advise --help", 0, "--even-linger0" },
	{ "--help 2>&1 >/dev/full", 1, "cannot write" },
};

TEST(each_command_line_exits_and_says_as_documented)
{
	char out[16384];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(command_lines); i++) {
		const char *args = command_lines[i].args;

		EXPECT_EQ(command_lines[i].code, run(args, out, sizeof(out))) {
			TH_LOG("closewatch %s", args);
		}
		EXPECT_NE(NULL, strstr(out, command_lines[i].says)) {
			TH_LOG("closewatch %s: %s", args, out);
		}
	}
}

/* Hosts differ, but on none is a fault told twice, or the doctor its own cure. */
TEST(the_doctor_tells_each_fault_once)
{
	char out[16384], *line, *next, *hint[16];
	int code = run("doctor 2>&1", out, sizeof(out)), ill = 0, hints = 0, i;

	EXPECT_TRUE(code == CW_OK || code == CW_FAILED);
	EXPECT_EQ(NULL, strstr(out, "closewatch doctor"));
	EXPECT_NE(NULL, strstr(out, " answer "));
	for (line = strtok_r(out, "\n", &next); line && hints < 16;
	     line = strtok_r(NULL, "\n", &next)) {
		ill += !strncmp(line, "MEND ", 5);
		if (!strstr(line, " hint: "))
			continue;
		for (i = 0; i < hints; i++)
			EXPECT_STRNE(hint[i], line);
		hint[hints++] = line;
	}
	EXPECT_EQ(code == CW_FAILED, ill > 0);
}

TEST(the_help_names_every_option_in_the_table)
{
	static const char *const options[] = {
		"--port", "--local-port", "--remote-port", "--pid", "--comm",
		"--user", "--cgroup", "--container", "--netns",
		"--local-prefix", "--remote-prefix", "--ipv4", "--ipv6", "--path",
		"--event", "--all", "--no-linger-start", "--count", "--duration", "--diag",
		"--stack",
		"--output", "--wide", "--time", "--resolve", "--list-fields",
		"--json", "--no-header", "--quiet", "--color", "--numeric",
		"--help", "--version",
	};
	char out[16384];
	size_t i;

	ASSERT_EQ(0, run("--help", out, sizeof(out)));
	for (i = 0; i < ARRAY_SIZE(options); i++)
		EXPECT_NE(NULL, strstr(out, options[i])) {
			TH_LOG("%s", options[i]);
		}
}

/* On a line of its own, or among others. */
static bool lists(const char *help, const char *verb)
{
	static const char *const forms[] = { "\n  %s ", "\n  %s, ", ", %s, ", ", %s " };
	char text[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(forms); i++) {
		snprintf(text, sizeof(text), forms[i], verb);
		if (strstr(help, text))
			return true;
	}
	return false;
}

TEST(the_help_names_every_verb_and_has_no_blank_lines_of_argps)
{
	char verbs[1024], out[16384], *verb, *next;

	ASSERT_EQ(0, run("help --list-verbs", verbs, sizeof(verbs)));
	ASSERT_EQ(0, run("help", out, sizeof(out)));
	for (verb = out; (verb = strchr(verb, '\n')); verb++)
		EXPECT_FALSE(verb > out && verb[-1] == ' ');
	for (verb = strtok_r(verbs, "\n", &next); verb;
	     verb = strtok_r(NULL, "\n", &next)) {
		EXPECT_TRUE(lists(out, verb)) {
			TH_LOG("%s", verb);
		}
	}
}

/* What a verb cannot match on, it knows and says why. */
TEST(each_verb_takes_the_same_conditions)
{
	static const char *const verbs[] = {
		"watch", "top", "stats", "advise", "record", "story", "pending", "drain",
		"drain off", "linger 5", "reset", "leave", "list",
	};
	static const char *const conditions[] = {
		"-P 80,443,8000-8100", "-L 80,443,8000-8100", "-D 80-90",
		"--local-prefix 10.0.0.0/8,::1", "--remote-prefix 10.0.0.0/8",
		"-p 1", "-C a,b", "-u root", "--uid 0", "--cgroup 1", "--netns /proc/self/ns/net",
		"-4", "-6", "--container x",
	};
	char args[128], out[16384];
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(verbs); i++)
		for (j = 0; j < ARRAY_SIZE(conditions); j++) {
			snprintf(args, sizeof(args), "%s %s --help 2>&1", verbs[i],
				 conditions[j]);
			EXPECT_TRUE(run(args, out, sizeof(out)) == 0 ||
				    strstr(out, " is not possible here: ") ||
				    strstr(out, "'x' is no container")) {
				TH_LOG("closewatch %s: %s", args, out);
			}
		}
}

/* A machine made of files. */
static void put_file(const char *root, const char *path, const char *text)
{
	char full[512], *slash;
	FILE *f;

	snprintf(full, sizeof(full), "%s%s", root, path);
	for (slash = full + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(full, 0700);
		*slash = '/';
	}
	f = fopen(full, "w");
	if (!f)
		return;
	fputs(text, f);
	fclose(f);
}

FIXTURE(machine)
{
	char root[64];
	struct cw_finding f;
};

FIXTURE_SETUP(machine)
{
	snprintf(self->root, sizeof(self->root),
		 "/tmp/closewatch-test-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->root));
	put_file(self->root, "/proc/modules", "");
	put_file(self->root, "/proc/kallsyms",
		 "0000000000000000 T register_kprobe\n");
	put_file(self->root, "/proc/sys/kernel/ftrace_enabled", "1\n");
	put_file(self->root, "/proc/mounts",
		 "tmpfs /tmp tmpfs rw 0 0\n"
		 "none /sys/kernel/debug debugfs rw 0 0\n");
	put_file(self->root, "/sys/kernel/debug/kprobes/enabled", "1\n");
	put_file(self->root, "/proc/self/status",
		 "Name:\tx\nCapEff:\t000001ffffffffff\n");
	put_file(self->root, "/sys/module/closewatch/x", "");
}

FIXTURE_TEARDOWN(machine)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", self->root);
	EXPECT_EQ(0, system(command));
}

static const struct cw_check *find_check(const char *name)
{
	const struct cw_check *c;

	for (c = cw_checks; c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

#define expect_ill(name, remedy) do {					\
		memset(&self->f, 0, sizeof(self->f));			\
		find_check(name)->run(self->root, &self->f);		\
		EXPECT_EQ(CW_ILL, self->f.health);			\
		EXPECT_NE(NULL, strstr(self->f.fix, remedy)) {		\
			TH_LOG("%s: %s", self->f.what, self->f.fix);	\
		}							\
	} while (0)

TEST_F(machine, a_healthy_one_passes_every_check)
{
	const struct cw_check *c;

	for (c = cw_checks; c->name; c++) {
		c->run(self->root, &self->f);
		EXPECT_EQ(CW_HEALTHY, self->f.health) {
			TH_LOG("%s: %s", c->name, self->f.what);
		}
	}
	EXPECT_FALSE(cw_health_silenced(self->root, &self->f));
}

TEST_F(machine, ftrace_turned_off_is_seen)
{
	put_file(self->root, "/proc/sys/kernel/ftrace_enabled", "0\n");
	expect_ill("ftrace", "sudo sysctl kernel.ftrace_enabled=1");
	EXPECT_TRUE(cw_health_silenced(self->root, &self->f));
}

TEST_F(machine, kprobes_turned_off_are_seen)
{
	put_file(self->root, "/sys/kernel/debug/kprobes/enabled", "0\n");
	expect_ill("kprobes", "/sys/kernel/debug/kprobes/enabled");
	EXPECT_TRUE(cw_health_silenced(self->root, &self->f));
}

TEST_F(machine, debugfs_is_found_where_it_is_mounted)
{
	const struct cw_check *kprobes = find_check("kprobes");

	put_file(self->root, "/proc/mounts", "none /debug debugfs rw 0 0\n");
	kprobes->run(self->root, &self->f);
	EXPECT_EQ(CW_UNCLEAR, self->f.health);
	EXPECT_STREQ("", self->f.fix);
	EXPECT_NE(NULL, strstr(self->f.what, "/debug/kprobes/enabled: No such"));
	put_file(self->root, "/debug/kprobes/enabled", "0\n");
	expect_ill("kprobes", "sudo tee /debug/kprobes/enabled");
	put_file(self->root, "/proc/mounts", "tmpfs /tmp tmpfs rw 0 0\n");
	kprobes->run(self->root, &self->f);
	EXPECT_EQ(CW_UNCLEAR, self->f.health);
	EXPECT_NE(NULL, strstr(self->f.fix, "mount -t debugfs"));
}

TEST_F(machine, a_total_beyond_the_modules_limit_is_told_with_both)
{
	struct cw_msg_policy p = { .total_ms = 100000 };
	struct cw_fail fail;

	cw_policy_set(&p, TOTAL_MS, total_ms, 100000);
	EXPECT_FALSE(cw_nl_total_too_long(&p, self->root, &fail));
	put_file(self->root,
		 "/sys/module/closewatch/parameters/drain_total_max", "30\n");
	EXPECT_TRUE(cw_nl_total_too_long(&p, self->root, &fail));
	EXPECT_STREQ("--total is 100 s, and the module's parameter drain_total_max allows 30 s",
		     fail.what);
	EXPECT_STREQ("echo 100 | sudo tee /sys/module/closewatch/parameters/drain_total_max",
		     fail.fix);
	p.total_ms = 30000;
	EXPECT_FALSE(cw_nl_total_too_long(&p, self->root, &fail));
	/* What is out of range is taken as the nearest in it. */
	put_file(self->root,
		 "/sys/module/closewatch/parameters/drain_total_max", "9999\n");
	p.total_ms = 3600001;
	EXPECT_TRUE(cw_nl_total_too_long(&p, self->root, &fail));
	EXPECT_STREQ("", fail.fix);
}

TEST_F(machine, a_missing_capability_is_seen)
{
	put_file(self->root, "/proc/self/status",
		 "CapEff:\t000001ffffffefff\n");
	expect_ill("permitted", "run it with sudo");
}

TEST_F(machine, a_capability_of_another_user_namespace_is_seen)
{
	put_file(self->root, "/proc/self/uid_map",
		 "         0     100000      65536\n");
	put_file(self->root, "/sys/module/closewatch/parameters/userns", "N\n");
	expect_ill("permitted", "userns=1");
	put_file(self->root, "/sys/module/closewatch/parameters/userns", "Y\n");
	find_check("permitted")->run(self->root, &self->f);
	EXPECT_EQ(CW_HEALTHY, self->f.health);
}

TEST_F(machine, the_initial_user_namespace_is_enough)
{
	put_file(self->root, "/proc/self/uid_map",
		 "         0          0 4294967295\n");
	find_check("permitted")->run(self->root, &self->f);
	EXPECT_EQ(CW_HEALTHY, self->f.health);
}

TEST_F(machine, a_kernel_without_kprobes_is_seen)
{
	put_file(self->root, "/proc/kallsyms", "0000000000000000 T x\n");
	expect_ill("kernel", "apt-get install linux-image");
	EXPECT_FALSE(cw_health_has_kprobes(self->root));
}

TEST_F(machine, a_module_that_is_not_loaded_is_seen)
{
	struct utsname uts;
	char path[256];

	snprintf(path, sizeof(path), "%s/sys/module/closewatch/x", self->root);
	ASSERT_EQ(0, unlink(path));
	*strrchr(path, '/') = '\0';
	ASSERT_EQ(0, rmdir(path));
	expect_ill("built", "make");
	expect_ill("loaded", "");
	EXPECT_STREQ("", self->f.fix);
	ASSERT_EQ(0, uname(&uts));
	snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep",
		 uts.release);
	put_file(self->root, path, "updates/closewatch.ko:\n");
	expect_ill("loaded", "sudo modprobe closewatch");
	put_file(self->root, "/sys/kernel/security/lockdown",
		 "none [integrity] confidentiality\n");
	expect_ill("signature", "sign-file");
	put_file(self->root, "/proc/sys/kernel/modules_disabled", "1\n");
	expect_ill("loaded", "sudo reboot");
}

TEST_F(machine, lockdown_of_kprobes_is_seen)
{
	put_file(self->root, "/sys/kernel/security/lockdown",
		 "none integrity [confidentiality]\n");
	expect_ill("signature", "lockdown");
}

TEST(what_the_module_says_of_its_probes_is_judged)
{
	struct cw_msg_info info = { .probes = 22, .probes_fired = 3 };
	struct cw_finding f;

	cw_probes_judge(&info, false, &f);
	EXPECT_EQ(CW_HEALTHY, f.health);
	EXPECT_NE(NULL, strstr(f.what, "3 of 22 have fired since"));
	info.probes_fired = 0;
	cw_probes_judge(&info, false, &f);
	EXPECT_NE(NULL, strstr(f.what, "0 of 22 have fired since"));
	cw_probes_judge(&info, true, &f);
	EXPECT_EQ(CW_HEALTHY, f.health);
	EXPECT_NE(NULL, strstr(f.what, "22 were armed anew"));
	info.probes_stuck = 2;
	cw_probes_judge(&info, false, &f);
	EXPECT_EQ(CW_ILL, f.health);
	EXPECT_STREQ("sudo reboot", f.fix);
	info.blind = 1;
	cw_probes_judge(&info, false, &f);
	EXPECT_EQ(CW_ILL, f.health);
	EXPECT_NE(NULL, strstr(f.fix, "ftrace_enabled=1"));
	EXPECT_NE(NULL, strstr(f.fix, "kprobes/enabled"));
}

static void judge_one(const char *name, bool at_return, bool fired, int error,
		      struct cw_finding *f)
{
	struct cw_msg_probe p = {
		.name.len = strlen(name), .at_return = at_return, .fired = fired,
	};
	int errors[CW_TRIAL_ACTS] = { [CW_TRIAL_ABORT] = error };

	memcpy(p.name.b, name, p.name.len);
	cw_probes_judge_one(&p, errors, f);
}

TEST(a_probe_that_does_not_fire_is_named_with_what_goes_unseen)
{
	struct cw_finding f;

	judge_one("tcp_abort", false, true, 0, &f);
	EXPECT_EQ(CW_HEALTHY, f.health);
	judge_one("tcp_abort", false, false, 0, &f);
	EXPECT_EQ(CW_ILL, f.health);
	EXPECT_NE(NULL, strstr(f.what, "tcp_abort does not fire"));
	EXPECT_NE(NULL, strstr(f.what, "fate killed"));
	EXPECT_NE(NULL, strstr(f.fix, "grep -w tcp_abort"));
	judge_one("tcp_shutdown", true, false, 0, &f);
	EXPECT_NE(NULL, strstr(f.what, "the return of tcp_shutdown does not"));
}

/* What no connection has passed is no fault. */
TEST(a_probe_that_was_not_tried_is_no_fault)
{
	struct cw_finding f;

	judge_one("tcp_abort", false, false, EOPNOTSUPP, &f);
	EXPECT_EQ(CW_UNCLEAR, f.health);
	EXPECT_NE(NULL, strstr(f.what, "not tried: Operation not supported"));
	judge_one("tcp_abort", true, false, 0, &f);
	EXPECT_EQ(CW_UNCLEAR, f.health);
	judge_one("tcp_future", false, false, 0, &f);
	EXPECT_EQ(CW_UNCLEAR, f.health);
}

FIXTURE(pipe)
{
	struct cw_fail fail;
	struct cw_out out;
	int fd[2];
};

FIXTURE_SETUP(pipe)
{
	signal(SIGPIPE, SIG_IGN);
	ASSERT_EQ(0, pipe(self->fd));
	ASSERT_EQ(CW_OK, cw_out_open(&self->out, self->fd[1], &self->fail));
}

FIXTURE_TEARDOWN(pipe)
{
	close(self->fd[1]);
}

TEST_F(pipe, a_line_arrives_at_once)
{
	char buf[16];

	fputs("one\ntwo", self->out.file);
	EXPECT_EQ(4, read(self->fd[0], buf, sizeof(buf)));
	EXPECT_EQ(CW_OK, cw_out_close(&self->out, &self->fail));
	EXPECT_EQ(3, read(self->fd[0], buf, sizeof(buf)));
}

TEST_F(pipe, gathered_lines_arrive_together)
{
	char buf[16] = "";

	ASSERT_EQ(0, fcntl(self->fd[0], F_SETFL, O_NONBLOCK));
	cw_out_gather(&self->out);
	fputs("one\n", self->out.file);
	fputs("two\n", self->out.file);
	EXPECT_EQ(-1, read(self->fd[0], buf, sizeof(buf)));
	fflush(self->out.file);
	EXPECT_EQ(8, read(self->fd[0], buf, sizeof(buf)));
	EXPECT_STREQ("one\ntwo\n", buf);
	EXPECT_EQ(CW_OK, cw_out_close(&self->out, &self->fail));
}

TEST_F(pipe, a_reader_that_has_gone_is_no_failure)
{
	close(self->fd[0]);
	fputs("line\n", self->out.file);
	EXPECT_EQ(EPIPE, self->out.error);
	EXPECT_EQ(CW_OK, cw_out_close(&self->out, &self->fail));
}

/* Returns at all: otherwise the harness's time limit ends the test. */
TEST_F(pipe, a_reader_that_sleeps_cannot_hold_up_the_end)
{
	int stop[2], i;

	ASSERT_EQ(0, pipe(stop));
	ASSERT_EQ(1, write(stop[1], "x", 1));
	self->out.stop[0] = stop[0];
	for (i = 0; i < 100000 && !self->out.error; i++)
		fputs("a line that nobody reads\n", self->out.file);
	EXPECT_EQ(ETIMEDOUT, self->out.error);
	EXPECT_EQ(CW_FAILED, cw_out_close(&self->out, &self->fail));
	EXPECT_NE(NULL, strstr(self->fail.what, "stopped reading"));
}

/* It takes a page at a time, for longer than the output has. */
TEST_F(pipe, a_reader_that_is_slow_cannot_hold_up_the_end)
{
	char page[PIPE_BUF];
	pid_t child;

	self->out.stop[0] = open("/dev/zero", O_RDONLY);
	self->out.grace_ms = 50;
	child = fork();
	if (!child) {
		close(self->fd[1]);
		while (read(self->fd[0], page, sizeof(page)) > 0)
			poll(NULL, 0, 10);
		_exit(0);
	}
	for (int i = 0; i < 100000 && !self->out.error; i++)
		fputs("a line that is read at leisure\n", self->out.file);
	EXPECT_EQ(ETIMEDOUT, self->out.error);
	EXPECT_EQ(CW_FAILED, cw_out_close(&self->out, &self->fail));
	EXPECT_NE(NULL, strstr(self->fail.what, "too slow"));
	ASSERT_EQ(0, kill(child, SIGKILL));
	ASSERT_EQ(child, waitpid(child, NULL, 0));
}

TEST_F(pipe, a_full_disk_is_a_failure)
{
	self->out.fd = open("/dev/full", O_WRONLY);
	fputs("line\n", self->out.file);
	EXPECT_EQ(ENOSPC, self->out.error);
	EXPECT_EQ(CW_FAILED, cw_out_close(&self->out, &self->fail));
	EXPECT_NE(NULL, strstr(self->fail.what, "No space left"));
}

TEST_HARNESS_MAIN
