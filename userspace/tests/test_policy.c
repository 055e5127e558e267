// SPDX-License-Identifier: GPL-2.0
/* Policies: from words to attributes, back, and what they look like. */
#include <stdlib.h>

#include "base/address.h"
#include "base/parse.h"
#include "base/util.h"
#include "explain/policy_say.h"
#include "explain/shadow.h"
#include "fixture.h"
#include "host/pidfd.h"
#include "kselftest_harness.h"
#include "netlink/diag.h"
#include "output/record_drain.h"
#include "output/record_policy.h"
#include "request/match_options.h"
#include "request/policy.h"

#define bit(attr) (1ULL << CLOSEWATCH_A_POLICY_##attr)

static const struct {
	const char *text;
	const char *address;
	unsigned int bits;
} prefixes[] = {
	{ "10.0.0.0/8", "10.0.0.0", 8 },
	{ "10.1.2.3", "10.1.2.3", 32 },
	{ "0.0.0.0/0", "0.0.0.0", 0 },
	{ "2001:db8::/32", "2001:db8::", 32 },
	{ "2001:db8::1", "2001:db8::1", 128 },
	{ "::/0", "::", 0 },
	/* What is on the wire counts. */
	{ "::ffff:10.0.0.0/104", "10.0.0.0", 8 },
	{ "::ffff:10.1.2.3", "10.1.2.3", 32 },
};

TEST(prefixes_are_of_the_packets_on_the_wire)
{
	struct cw_bytes addr;
	char text[64];
	uint8_t bits;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(prefixes); i++) {
		struct cw_fail fail;

		ASSERT_EQ(CW_OK, cw_parse_prefix(prefixes[i].text, &addr, &bits,
						 &fail)) {
			TH_LOG("%s: %s", prefixes[i].text, fail.what);
		}
		cw_address_print(&addr, text, sizeof(text));
		EXPECT_STREQ(prefixes[i].address, text);
		EXPECT_EQ(prefixes[i].bits, bits);
	}
}

TEST(prefixes_that_make_no_sense_are_refused)
{
	static const char *const bad[] = {
		"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1",
		"10.0.0.1/8", "2001:db8::/129", "2001:db8::1/32", "10.0.0",
		"localhost", "[::1]", "10.0.0.0/8/8",
		"1111:1111:1111:1111:1111:1111:1111:1111:1111:1111",
	};
	struct cw_bytes addr;
	struct cw_fail fail;
	uint8_t bits;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_EQ(CW_USAGE, cw_parse_prefix(bad[i], &addr, &bits, &fail)) {
			TH_LOG("'%s' was taken", bad[i]);
		}
}

TEST(the_ends_of_a_socket_have_ports_and_one_family)
{
	static const char *const bad[] = {
		"", "10.0.0.1:80", "10.0.0.1:80 10.0.0.2", "10.0.0.1 10.0.0.2:8",
		"10.0.0.1:0 10.0.0.2:8", "::1:80 ::1:81", "[::1]:80 10.0.0.1:8",
		"10.0.0.1:80 10.0.0.2:8 10.0.0.3:8", "[::1:80 [::1]:81",
		"x:80 y:81", "10.0.0.1:80,10.0.0.2:8",
	};
	struct cw_ends ends;
	struct cw_fail fail;
	size_t i;

	EXPECT_EQ(CW_OK, cw_parse_ends("10.0.0.1:80 10.0.0.2:51234", &ends,
				       &fail));
	EXPECT_EQ(4, ends.local.len);
	EXPECT_EQ(0, memcmp(ends.local.b, "\x0a\0\0\x01", 4));
	EXPECT_EQ(80, ends.local_port);
	EXPECT_EQ(51234, ends.remote_port);
	EXPECT_EQ(CW_OK, cw_parse_ends(" [::1]:80  [fe80::2]:51234 ", &ends,
				       &fail));
	EXPECT_EQ(16, ends.remote.len);
	EXPECT_EQ(2, ends.remote.b[15]);
	EXPECT_EQ(CW_OK, cw_parse_ends("[::ffff:10.0.0.1]:80 10.0.0.2:5",
				       &ends, &fail));
	EXPECT_EQ(4, ends.local.len);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_EQ(CW_USAGE, cw_parse_ends(bad[i], &ends, &fail)) {
			TH_LOG("'%s' was taken", bad[i]);
		}
}

TEST(bytes_have_units_and_no_overflow)
{
	static const char *const bad[] = {
		"", "0", "0M", "M", "1k", "1MB", "-1", "1.5M",
		"18446744073709551616", "16777216T", "99999999999999999999999999",
	};
	struct cw_fail fail;
	uint64_t n;
	size_t i;

	EXPECT_EQ(CW_OK, cw_parse_bytes("1", &n, &fail));
	EXPECT_EQ(1, n);
	EXPECT_EQ(CW_OK, cw_parse_bytes("16M", &n, &fail));
	EXPECT_EQ(16777216, n);
	EXPECT_EQ(CW_OK, cw_parse_bytes("16777215T", &n, &fail));
	EXPECT_EQ(16777215ULL << 40, n);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_EQ(CW_USAGE, cw_parse_bytes(bad[i], &n, &fail)) {
			TH_LOG("'%s' was taken", bad[i]);
		}
}

/* Bit n of what is present is attribute n of the request. */
TEST(what_is_encoded_decodes_to_the_same)
{
	struct cw_msg_policy p = {
		.id = 7, .action = CLOSEWATCH_ACTION_LINGER, .cookie = 8193,
		.socket_fd = 5, .family = 2, .local_port = 80,
		.local_port_last = 90, .remote_addr = { 4, { 10 } },
		.remote_prefix = 8, .comm = { 5, "nginx" }, .uid = 33,
		.cgroup = 4711, .netns_fd = 4, .all_netns = true,
		.netns = 4026531840ULL, .priority = 10, .expires_ms = 60000,
		.idle_ms = 1, .total_ms = 2, .bytes = 3, .linger_seconds = 9,
		.dry_run = true, .force = true, .even_linger0 = true,
		.hits = UINT64_MAX, .even_oom = true,
		.present = (2ULL << CLOSEWATCH_A_POLICY_MAX) - 1,
	};
	struct message m = { 0 };
	struct cw_msg_policy back;
	unsigned int type, n = 0;
	const void *data;
	size_t len;

	for (type = 0; type <= CLOSEWATCH_A_POLICY_MAX + 1; type++) {
		if (!cw_policy_attr(&p, type, &data, &len))
			continue;
		put(&m, type, data, len);
		n++;
	}
	cw_decode_policy(&back, m.b, m.len);
	EXPECT_EQ(0, back.malformed);
	EXPECT_EQ(n, __builtin_popcountll(back.present));
	/* Neither number 0 nor padding is an attribute. */
	p.present &= ~(1ULL | bit(PAD));
	EXPECT_EQ(p.present, back.present);
	EXPECT_EQ(0, memcmp(&p, &back, sizeof(p)));
}

TEST(what_is_not_present_is_not_sent)
{
	struct cw_msg_policy p = { .uid = 33, .dry_run = true };
	const void *data;
	unsigned int type;
	size_t len;

	for (type = 0; type <= CLOSEWATCH_A_POLICY_MAX; type++)
		EXPECT_FALSE(cw_policy_attr(&p, type, &data, &len));
}

TEST(a_task_name_is_sent_with_its_nul)
{
	struct cw_msg_policy p = {
		.comm = { 5, "nginx" }, .present = bit(COMM),
	};
	const void *data;
	size_t len;

	EXPECT_TRUE(cw_policy_attr(&p, CLOSEWATCH_A_POLICY_COMM, &data, &len));
	EXPECT_EQ(6, len);
	EXPECT_STREQ("nginx", data);
}

TEST(a_policy_of_wrong_lengths_is_left_out_and_counted)
{
	struct message m = { 0 };
	struct cw_msg_policy p;

	put_u64(&m, CLOSEWATCH_A_POLICY_ID, 1);
	put_u8(&m, CLOSEWATCH_A_POLICY_DRY_RUN, 1);
	put(&m, CLOSEWATCH_A_POLICY_REMOTE_ADDR, "abc", 3);
	cw_decode_policy(&p, m.b, m.len);
	EXPECT_EQ(3, p.malformed);
	EXPECT_EQ(0, p.present);
	EXPECT_FALSE(p.dry_run);
}

FIXTURE(wanted)
{
	struct cw_policy_request w;
	struct cw_fail fail;
};

FIXTURE_SETUP(wanted)
{
	self->w = (struct cw_policy_request)CW_POLICY_REQUEST_INIT;
	self->w.match.takes = CW_ON_RULE;
}

FIXTURE_TEARDOWN(wanted)
{
}

#define conclude() cw_policy_conclude(&self->w, &self->fail)
#define says(words) strstr(self->fail.what, words)
#define take(key, words)						\
	ASSERT_EQ(CW_OK, cw_match_parse(&self->w.match, key, words,	\
					&self->fail))

TEST_F(wanted, everything_needs_force)
{
	EXPECT_EQ(CW_USAGE, conclude());
	EXPECT_NE(NULL, says("--force"));
	self->w.match.filter.all_netns = true;
	EXPECT_EQ(CW_USAGE, conclude());
	cw_policy_set(&self->w.policy, FORCE, force, true);
	EXPECT_EQ(CW_OK, conclude());
}

TEST_F(wanted, any_one_condition_is_enough)
{
	self->w.match.filter.uid = 0;
	EXPECT_EQ(CW_OK, conclude());
	EXPECT_EQ(bit(UID), self->w.policy.present);
	EXPECT_EQ(0, self->w.policy.uid);
}

TEST_F(wanted, the_words_that_watch_takes_become_attributes)
{
	struct cw_msg_policy p;

	take('C', "nginx");
	self->w.match.filter.cgroup = 4711;
	self->w.match.filter.family = 10;
	self->w.match.filter.netns_fd = 4;
	EXPECT_EQ(CW_OK, conclude());
	EXPECT_EQ(1, cw_policy_rules(&self->w));
	cw_policy_rule(&self->w, 0, &p);
	EXPECT_EQ(bit(COMM) | bit(CGROUP) | bit(FAMILY) | bit(NETNS_FD),
		  p.present);
	EXPECT_EQ(5, p.comm.len);
	EXPECT_EQ(4, p.netns_fd);
}

TEST_F(wanted, a_prefix_of_another_family_is_refused)
{
	take(CW_KEY_REMOTE_PREFIX, "10.0.0.0/8");
	self->w.match.filter.family = 10;
	EXPECT_EQ(CW_USAGE, conclude());
	self->w.match.filter.family = 2;
	EXPECT_EQ(CW_OK, conclude());
}

TEST_F(wanted, each_port_address_and_name_is_a_rule)
{
	static const uint16_t first[] = { 80, 443, 8000 };
	struct cw_msg_policy p;
	unsigned int i;

	take('L', "80,443");
	take('L', "8000-8100,443");
	take(CW_KEY_REMOTE_PREFIX, "10.0.0.0/8,fe80::/10");
	take('C', "a,b");
	take('u', "33");
	EXPECT_EQ(CW_OK, conclude());
	ASSERT_EQ(12, cw_policy_rules(&self->w));
	for (i = 0; i < 12; i++) {
		cw_policy_rule(&self->w, i, &p);
		EXPECT_EQ(bit(LOCAL_PORT) | bit(COMM) | bit(UID) |
			  bit(REMOTE_ADDR) | bit(REMOTE_PREFIX) |
			  (i % 3 == 2 ? bit(LOCAL_PORT_LAST) : 0), p.present);
		EXPECT_EQ(first[i % 3], p.local_port);
		EXPECT_EQ(i / 3 % 2 ? 10 : 8, p.remote_prefix);
		EXPECT_EQ("ab"[i / 6], p.comm.b[0]);
	}
	EXPECT_EQ(8100, p.local_port_last);
}

TEST_F(wanted, too_many_rules_are_refused)
{
	take('L', "1,2,3,4,5,6,7,8");
	take('C', "a,b,c,d,e,f,g,h");
	EXPECT_EQ(CW_OK, conclude());
	take(CW_KEY_REMOTE_PREFIX, "10.0.0.0/8,fe80::/10");
	EXPECT_EQ(CW_USAGE, conclude());
	EXPECT_NE(NULL, says("128 rules"));
}

/* Policies that a close can meet which meets what list was asked for */
static const struct {
	int key;
	const char *words;
	bool listed;
} lists[] = {
	{ 'L', "80", true }, { 'L', "1,90-99", true }, { 'L', "79,91", false },
	{ 'C', "nginx", true }, { 'C', "a,nginx", true }, { 'C', "a", false },
	{ CW_KEY_REMOTE_PREFIX, "10.0.0.0/7", true },
	{ CW_KEY_REMOTE_PREFIX, "10.1.2.3", true },
	{ CW_KEY_REMOTE_PREFIX, "11.0.0.0/8,::/0", false },
	{ 'u', "33", true }, { CW_KEY_CGROUP, "4711", true },
};

TEST(a_list_has_what_concerns_the_conditions)
{
	static const struct cw_msg_policy p = {
		.local_port = 80, .local_port_last = 90, .comm = { 5, "nginx" },
		.remote_addr = { 4, { 10 } }, .remote_prefix = 8, .uid = 33,
		.present = bit(LOCAL_PORT) | bit(LOCAL_PORT_LAST) | bit(COMM) |
			   bit(REMOTE_ADDR) | bit(REMOTE_PREFIX) | bit(UID),
	}, socket = { .cookie = 1, .present = bit(COOKIE) };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		struct cw_match m = CW_MATCH_INIT;
		struct cw_fail fail;

		EXPECT_TRUE(cw_policy_concerns(&m, &p));
		EXPECT_TRUE(cw_policy_concerns(&m, &socket));
		ASSERT_EQ(CW_OK, cw_match_parse(&m, lists[i].key,
						lists[i].words, &fail));
		EXPECT_EQ(lists[i].listed, cw_policy_concerns(&m, &p)) {
			TH_LOG("%s", lists[i].words);
		}
		EXPECT_FALSE(cw_policy_concerns(&m, &socket));
	}
}

TEST_F(wanted, a_process_and_a_descriptor_go_together)
{
	self->w.pid = 1;
	EXPECT_EQ(CW_USAGE, conclude());
	EXPECT_NE(NULL, says("--pid and --fd"));
	self->w.has_fd = true;
	EXPECT_EQ(CW_OK, conclude());
	self->w.pid = 0;
	EXPECT_EQ(CW_USAGE, conclude());
}

TEST_F(wanted, one_socket_takes_no_condition)
{
	self->w.has_ends = true;
	EXPECT_EQ(CW_OK, conclude());
	self->w.pid = 1;
	self->w.has_fd = true;
	EXPECT_EQ(CW_USAGE, conclude());
	self->w.pid = 0;
	self->w.has_fd = false;
	cw_policy_set(&self->w.policy, PRIORITY, priority, 3);
	EXPECT_EQ(CW_USAGE, conclude());
	self->w.policy.present = 0;
	self->w.match.filter.all_netns = true;
	EXPECT_EQ(CW_USAGE, conclude());
}

TEST_F(wanted, the_descriptor_knows_its_own_namespace)
{
	self->w.pid = 1;
	self->w.has_fd = true;
	self->w.match.filter.netns_fd = 4;
	EXPECT_EQ(CW_USAGE, conclude());
	EXPECT_NE(NULL, says("--netns goes with --socket"));
}

/* The rights to one's own descriptors are never in doubt. */
TEST(a_descriptor_is_taken_or_it_is_said_why_not)
{
	struct cw_fail fail;
	int taken, pipes[2];

	EXPECT_EQ(CW_FAILED, cw_pidfd_take(1 << 22, 0, &taken, &fail));
	EXPECT_NE(NULL, strstr(fail.what, "no process has the id"));
	EXPECT_EQ(CW_FAILED, cw_pidfd_take(getpid(), 999, &taken, &fail));
	EXPECT_NE(NULL, strstr(fail.what, "has no descriptor 999"));
	ASSERT_EQ(0, pipe(pipes));
	EXPECT_EQ(CW_FAILED, cw_pidfd_take(getpid(), pipes[0], &taken, &fail));
	EXPECT_NE(NULL, strstr(fail.what, "is no socket"));
	EXPECT_EQ(-1, taken);
}

FIXTURE(shown)
{
	struct cw_msg_policy p;
	char sentence[640];
	char *text;
	size_t len;
	FILE *out;
};

FIXTURE_SETUP(shown)
{
	self->out = open_memstream(&self->text, &self->len);
	ASSERT_NE(NULL, self->out);
	self->p = (struct cw_msg_policy){
		.id = 3, .action = CLOSEWATCH_ACTION_DRAIN, .local_port = 80,
		.netns = 4026531840ULL, .priority = 1000, .hits = 12,
		.idle_ms = 5000, .total_ms = 10000, .bytes = 16 << 20,
		.present = bit(ID) | bit(ACTION) | bit(LOCAL_PORT) |
			   bit(NETNS) | bit(PRIORITY) | bit(HITS) |
			   bit(IDLE_MS) | bit(TOTAL_MS) | bit(BYTES),
	};
}

FIXTURE_TEARDOWN(shown)
{
	fclose(self->out);
	free(self->text);
}

static const char *sentence(struct cw_msg_policy *p, char *buf, size_t size)
{
	struct cw_text t = { .buf = buf, .size = size };

	cw_policy_say(&t, p, p);
	return buf;
}

#define said() sentence(&self->p, self->sentence, sizeof(self->sentence))

TEST_F(shown, a_drain_says_for_whom_and_how_long)
{
	EXPECT_STREQ("when any TCP socket with local port 80, in this network namespace, "
		     "is closed: "
		     "the kernel sends FIN and discards what still comes, until the peer's FIN has come and all of ours is acknowledged; "
		     "RST after 5 s without progress, 10 s in all, or 16 MiB",
		     said());
	cw_policy_set(&self->p, LOCAL_PORT_LAST, local_port_last, 90);
	cw_policy_set(&self->p, FAMILY, family, 10);
	cw_policy_set(&self->p, UID, uid, 33);
	cw_policy_set(&self->p, CGROUP, cgroup, 4711);
	cw_policy_set(&self->p, ALL_NETNS, all_netns, true);
	cw_policy_set(&self->p, DRY_RUN, dry_run, true);
	cw_policy_set(&self->p, EXPIRES_MS, expires_ms, 59999);
	cw_policy_set(&self->p, TOTAL_MS, total_ms, 7500);
	EXPECT_STREQ("dry run, only counted and reported: "
		     "when any IPv6 TCP socket with a local port from 80 to 90, closed by user 33 in cgroup 4711, in all network namespaces, is closed: "
		     "the kernel sends FIN and discards what still comes, until the peer's FIN has come and all of ours is acknowledged; "
		     "RST after 5 s without progress, 7.5 s in all, or 16 MiB; the policy goes in 60 s",
		     said());
}

TEST_F(shown, each_action_has_a_sentence)
{
	self->p.action = CLOSEWATCH_ACTION_LINGER;
	self->p.linger_seconds = 5;
	EXPECT_NE(NULL, strstr(said(), "close() waits up to 5 s"));
	self->p.action = CLOSEWATCH_ACTION_RESET;
	EXPECT_NE(NULL, strstr(said(), "the kernel sends RST"));
	self->p.action = CLOSEWATCH_ACTION_LEAVE;
	EXPECT_NE(NULL, strstr(said(), "as its program asked"));
	self->p.action = 99;
	EXPECT_NE(NULL, strstr(said(), "newer than this program"));
	cw_policy_set(&self->p, COOKIE, cookie, 8193);
	EXPECT_EQ(0, strncmp(said(), "when that one socket, is closed: ", 30));
}

static const char *list(FILE *out, char **text, const struct cw_msg_policy *p,
			bool json, const struct cw_policy_notes *notes)
{
	struct cw_view_options opt = {
		.out = out, .json = json, .layout = cw_record_policy_layout,
	};
	struct cw_view *v = cw_view_new(&opt);

	rewind(out);
	if (!v || cw_record_policy(v, p, notes))
		return "(failed)";
	cw_view_free(v);
	fflush(out);
	/* What was longer before is still there. */
	(*text)[ftell(out)] = '\0';
	return *text;
}

#define noted(json, ...)						\
	list(self->out, &self->text, &self->p, json,			\
	     &(struct cw_policy_notes){ __VA_ARGS__ })
#define listed(json) noted(json, 0)

TEST_F(shown, a_list_has_conditions_as_they_are_typed)
{
	EXPECT_STREQ("   3 drain                1000       12   never 4026531840 "
		     "--local-port 80              "
		     "5 s without progress, 10 s in all, or 16 MiB\n",
		     listed(false));
	cw_policy_set(&self->p, LOCAL_PORT_LAST, local_port_last, 90);
	self->p.remote_addr = (struct cw_bytes){ 4, { 10 } };
	self->p.remote_prefix = 8;
	self->p.present |= bit(REMOTE_ADDR) | bit(REMOTE_PREFIX);
	cw_policy_set(&self->p, EXPIRES_MS, expires_ms, 59001);
	cw_policy_set(&self->p, DRY_RUN, dry_run, true);
	self->p.comm = (struct cw_bytes){ 3, "a\nb" };
	self->p.present |= bit(COMM);
	EXPECT_NE(NULL, strstr(listed(false),
			       " --local-port 80-90 --remote-prefix 10.0.0.0/8 --comm 'a\\x0ab' "));
	EXPECT_NE(NULL, strstr(self->text, " drain (dry run) "));
	EXPECT_NE(NULL, strstr(self->text, "    60 s "));
	self->p.comm = (struct cw_bytes){ 12, "health check" };
	EXPECT_NE(NULL, strstr(listed(false), " --comm 'health check' "));
	self->p.comm = (struct cw_bytes){ 5, "nginx" };
	EXPECT_NE(NULL, strstr(listed(false), " --comm nginx "));
	EXPECT_NE(NULL, strstr(listed(true), ",\"comm\":\"nginx\""));
}

TEST_F(shown, a_list_names_what_the_options_take)
{
	static const struct cw_policy_notes notes = {
		.netns = "blue", .cgroup = CW_CGROUP_ROOT "/a b/c",
	};

	cw_policy_set(&self->p, CGROUP, cgroup, 23);
	EXPECT_STREQ("   3 drain                1000       12   never blue       "
		     "--local-port 80 --cgroup '/sys/fs/cgroup/a b/c'  "
		     "5 s without progress, 10 s in all, or 16 MiB\n",
		     list(self->out, &self->text, &self->p, false, &notes));
	list(self->out, &self->text, &self->p, true, &notes);
	EXPECT_NE(NULL, strstr(self->text,
			       "\"netns\":\"4026531840\",\"netns_name\":\"blue\","));
	EXPECT_NE(NULL, strstr(self->text,
			       "\"cgroup\":\"23\",\"cgroup_path\":\"/a b/c\"")) {
		TH_LOG("%s", self->text);
	}
	EXPECT_NE(NULL, strstr(listed(false), " 4026531840 --local-port 80 --cgroup 23 "));
}

TEST_F(shown, json_has_the_keys_of_the_contract)
{
	EXPECT_STREQ("{\"id\":3,\"action\":\"drain\",\"dry_run\":false,\"priority\":1000,"
		     "\"hits\":\"12\",\"netns\":\"4026531840\",\"local_port\":80,"
		     "\"idle_ms\":5000,\"total_ms\":10000,\"bytes\":\"16777216\"}\n",
		     listed(true));
	self->p.present = bit(ID) | bit(COOKIE) | bit(ALL_NETNS) |
			  bit(REMOTE_ADDR) | bit(EXPIRES_MS);
	self->p.cookie = 8193;
	self->p.all_netns = true;
	self->p.expires_ms = 5;
	self->p.remote_addr = (struct cw_bytes){ 4, { 10, 0, 0, 1 } };
	EXPECT_STREQ("{\"id\":3,\"dry_run\":false,\"expires_ms\":\"5\","
		     "\"all_netns\":true,\"cookie\":\"8193\","
		     "\"remote_addr\":\"10.0.0.1\",\"remote_prefix\":32}\n",
		     listed(true));
}

/* A rule whose every close an earlier one takes; each row is such, or not. */
TEST(a_rule_is_shadowed_by_one_that_matches_all_of_it)
{
	static const struct {
		struct cw_msg_policy first, p;
		bool shadows;
	} rows[] = {
		{ .shadows = true },
		{ { .present = bit(LOCAL_PORT), .local_port = 80 },
		  { .present = bit(LOCAL_PORT), .local_port = 80 }, true },
		{ { .present = bit(LOCAL_PORT), .local_port = 80 },
		  { .present = bit(LOCAL_PORT), .local_port = 81 }, false },
		{ { .present = bit(LOCAL_PORT), .local_port = 80 }, {}, false },
		{ {}, { .present = bit(LOCAL_PORT), .local_port = 80 }, true },
		{ { .present = bit(LOCAL_PORT) | bit(LOCAL_PORT_LAST),
		    .local_port = 80, .local_port_last = 90 },
		  { .present = bit(LOCAL_PORT) | bit(UID), .local_port = 90 },
		  true },
		{ { .present = bit(LOCAL_PORT) | bit(LOCAL_PORT_LAST),
		    .local_port = 80, .local_port_last = 90 },
		  { .present = bit(LOCAL_PORT) | bit(LOCAL_PORT_LAST),
		    .local_port = 85, .local_port_last = 91 }, false },
		{ { .present = bit(UID), .uid = 0 }, { .present = bit(UID), .uid = 1 },
		  false },
		{ { .present = bit(UID) }, {}, false },
		{ { .present = bit(COMM), .comm = { 1, "a" } },
		  { .present = bit(COMM), .comm = { 1, "a" } }, true },
		{ { .present = bit(COMM), .comm = { 1, "a" } },
		  { .present = bit(COMM), .comm = { 2, "ab" } }, false },
		{ { .present = bit(REMOTE_ADDR) | bit(REMOTE_PREFIX),
		    .remote_addr = { 4, { 10, 8 } }, .remote_prefix = 13 },
		  { .present = bit(REMOTE_ADDR),
		    .remote_addr = { 4, { 10, 15, 0, 1 } } }, true },
		{ { .present = bit(REMOTE_ADDR) | bit(REMOTE_PREFIX),
		    .remote_addr = { 4, { 10, 8 } }, .remote_prefix = 13 },
		  { .present = bit(REMOTE_ADDR),
		    .remote_addr = { 4, { 10, 16, 0, 1 } } }, false },
		{ { .present = bit(REMOTE_ADDR), .remote_addr = { 4, { 10 } } },
		  { .present = bit(REMOTE_ADDR) | bit(REMOTE_PREFIX),
		    .remote_addr = { 4, { 10 } }, .remote_prefix = 8 }, false },
		{ { .present = bit(COOKIE) }, {}, false },
		{ {}, { .present = bit(COOKIE) }, false },
		{ {}, { .all_netns = true }, false },
		{ { .all_netns = true }, {}, true },
		{ { .netns = 7 }, { .netns = 7 }, true },
		{ { .netns = 7 }, { .netns = 8 }, false },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		EXPECT_EQ(rows[i].shadows,
			  cw_policy_shadows(&rows[i].first, &rows[i].p)) {
			TH_LOG("row %zu", i);
		}
}

TEST(rules_for_all_network_namespaces_are_left_unless_all_are_meant)
{
	const struct cw_msg_policy all = { .present = bit(ALL_NETNS) }, none = { 0 };
	const struct cw_msg_policy here = { .id = 1 }, everywhere = {
		.id = 7, .all_netns = true,
	};
	struct cw_removal r = { .of = &none };

	cw_removal_add(&r, &here);
	cw_removal_add(&r, &everywhere);
	EXPECT_EQ(1, r.removed);
	EXPECT_EQ(1, r.left);
	EXPECT_EQ(7, r.ids[0]);
	r.of = &all;
	cw_removal_add(&r, &everywhere);
	EXPECT_EQ(2, r.removed);
	EXPECT_STREQ("all network namespaces", cw_removal_where(&r));
}

TEST_F(shown, a_limit_that_comes_too_late_is_told)
{
	struct cw_view_options opt = {
		.out = self->out, .layout = cw_record_added_layout,
	};
	static const struct cw_shadow none;
	struct cw_view *v = cw_view_new(&opt);

	ASSERT_NE(NULL, v);
	self->p.idle_ms = 10000;
	EXPECT_EQ(0, cw_record_added(v, &self->p, &self->p, &none));
	cw_view_free(v);
	fflush(self->out);
	EXPECT_NE(NULL, strstr(self->text, " but --idle never acts, "));
}

TEST_F(shown, a_list_marks_a_rule_that_never_acts)
{
	EXPECT_NE(NULL, strstr(noted(false, 2), ", or 16 MiB (never acts: policy 2 takes all)\n"));
	EXPECT_NE(NULL, strstr(noted(true, 2), ",\"shadowed_by\":2}\n"));
	self->p.action = CLOSEWATCH_ACTION_LEAVE;
	EXPECT_STREQ("--local-port 80              (never acts: policy 2 takes all)\n",
		     strstr(noted(false, 2), "--"));
}

/* In the order of a list: the id, what it matches, and what takes all of that. */
TEST(each_rule_of_a_list_is_compared_with_those_before)
{
	static const struct {
		struct cw_msg_policy p;
		uint32_t by;
	} rules[] = {
		{ { .id = 9, .present = bit(COOKIE), .cookie = 1 }, 0 },
		{ { .id = 1, .present = bit(LOCAL_PORT), .local_port = 80 }, 0 },
		{ { .id = 2, .present = bit(UID), .uid = 33 }, 0 },
		{ { .id = 3, .present = bit(LOCAL_PORT), .local_port = 80 }, 1 },
		{ { .id = 4, .present = bit(UID) | bit(LOCAL_PORT), .uid = 33,
		    .local_port = 81 }, 2 },
		{ { .id = 5, .netns = 7, .present = bit(LOCAL_PORT), .local_port = 80 }, 0 },
		{ { .id = 6 }, 0 },
		{ { .id = 7 }, 6 },
	};
	struct cw_rules_tried tried = { 0 };
	struct cw_shadow shadow = { 0 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		EXPECT_EQ(rules[i].by, cw_rules_try(&tried, &rules[i].p)) {
			TH_LOG("rule %u", rules[i].p.id);
		}
		/* The third is new. */
		cw_shadow_look(&shadow, &rules[2].p, &rules[i].p);
	}
	EXPECT_EQ(0, shadow.by);
	EXPECT_EQ(1, shadow.count);
	EXPECT_EQ(4, shadow.over[0]);
	cw_rules_tried_release(&tried);
}

TEST_F(shown, one_that_was_added_is_told_in_both_renderings)
{
	static const struct cw_shadow none, both = {
		.by = 2, .dry = true, .over = { 4, 5 }, .count = 2,
	};
	static const struct cw_msg_policy here = { .present = 0 };
	static const struct cw_removal nothing = { .of = &here };
	static const struct cw_removal removal = {
		.of = &here, .removed = 3, .left = 2, .ids = { 7, 9 },
	};
	struct cw_view_options opt = {
		.out = self->out, .layout = cw_record_added_layout,
	};
	struct cw_view *v = cw_view_new(&opt);

	ASSERT_NE(NULL, v);
	EXPECT_EQ(0, cw_record_added(v, &self->p, &self->p, &none));
	EXPECT_EQ(0, cw_record_added(v, &self->p, &self->p, &both));
	EXPECT_EQ(0, cw_record_off(v, &removal));
	EXPECT_EQ(0, cw_record_off(v, &nothing));
	cw_view_free(v);
	opt.json = true;
	v = cw_view_new(&opt);
	EXPECT_EQ(0, cw_record_added(v, &self->p, &self->p, &both));
	cw_view_free(v);
	fflush(self->out);
	EXPECT_EQ(0, strncmp(self->text, "policy 3: when any TCP ", 23));
	EXPECT_EQ(NULL, strstr(self->text, "--idle"));
	EXPECT_NE(NULL, strstr(self->text,
			       "\nthe drains of this network namespace are over "
			       "and its policies removed (3)\n"
			       "             but 2 rules for all network namespaces still act here, too; "
			       "to remove them there as well: closewatch del 7 9\n"));
	EXPECT_NE(NULL, strstr(self->text, "are over; it had no policies\n"));
	EXPECT_NE(NULL, strstr(self->text, "\n{\"id\":3,"));
	EXPECT_NE(NULL, strstr(self->text, "\"does\":\"when any TCP"));
	EXPECT_NE(NULL, strstr(self->text, ",\"shadowed_by\":2,"
			       "\"shadows\":[{\"id\":4},{\"id\":5}]}\n"));
	EXPECT_NE(NULL, strstr(self->text, " so they no longer act: policy 4, 5\n"));
	EXPECT_NE(NULL, strstr(self->text,
			       "\n             but policy 2, a dry run, is tried first and matches all of it, "
			       "so it does not act until that one is removed: closewatch del 2\n"));
}

TEST_F(shown, a_drain_that_runs_shows_peer_bytes_age_policy_and_owner)
{
	struct cw_view_options opt = {
		.out = self->out, .layout = cw_record_drain_layout,
	};
	struct message m = { 0 };
	struct cw_msg_event ev;
	struct cw_view *v;

	put_everything(&m);
	cw_decode_event(&ev, m.b, m.len);
	v = cw_view_new(&opt);
	ASSERT_NE(NULL, v);
	EXPECT_EQ(0, cw_record_drain(v, &ev, 0));
	cw_view_free(v);
	fflush(self->out);
	EXPECT_STREQ("   2.50 s 127.0.0.1:80 -> 127.0.0.2:51234       "
		     "      4096      150000 of 200000     11 nginx[812]\n",
		     self->text);
	opt.json = true;
	v = cw_view_new(&opt);
	rewind(self->out);
	EXPECT_EQ(0, cw_record_drain(v, &ev, 2));
	cw_view_free(v);
	fflush(self->out);
	EXPECT_EQ(0, strncmp(self->text, "{\"reading\":2,", 13));
	EXPECT_NE(NULL, strstr(self->text,
			       "\"policy_id\":11,\"action\":\"leave\",\"dry_run\":true"));
	EXPECT_NE(NULL, strstr(self->text, "\"drain_ns\":\"2500000000\""));
}

TEST_HARNESS_MAIN
