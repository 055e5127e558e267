// SPDX-License-Identifier: GPL-2.0
/* What verbs match connections on: the one table of options, and its meaning. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/util.h"
#include "host/container.h"
#include "kselftest_harness.h"
#include "request/filter.h"
#include "request/match_options.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

FIXTURE(match)
{
	struct cw_match m;
	struct cw_fail fail;
	char root[64];
};

FIXTURE_SETUP(match)
{
	self->m = (struct cw_match)CW_MATCH_INIT;
	snprintf(self->root, sizeof(self->root), "/tmp/closewatch-test-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->root));
}

FIXTURE_TEARDOWN(match)
{
	char command[128];

	cw_match_release(&self->m);
	snprintf(command, sizeof(command), "rm -r %s", self->root);
	EXPECT_EQ(0, system(command));
}

#define parse(key, words)						\
	cw_match_parse(&self->m, key, words, &self->fail)
#define says(words) strstr(self->fail.what, words)

TEST_F(match, ports_are_numbers_and_ranges)
{
	static const char *const bad[] = {
		"", "0", "80-", "-80", "90-80", "80-65536", "80-90-100", "http",
		"80 - 90", "80,", ",80", "80,,90", "80, 90", "80;90",
	};
	size_t i;

	EXPECT_EQ(CW_OK, parse('L', "80,443,8000-8100"));
	EXPECT_EQ(CW_OK, parse('L', "443,1-65535"));
	ASSERT_EQ(4, self->m.local_port.n);
	EXPECT_EQ(80, self->m.local_port.range[0].first);
	EXPECT_EQ(80, self->m.local_port.range[0].last);
	EXPECT_EQ(8000, self->m.local_port.range[2].first);
	EXPECT_EQ(8100, self->m.local_port.range[2].last);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_EQ(CW_USAGE, parse('D', bad[i])) {
			TH_LOG("bad port %zu was taken", i);
		}
}

TEST_F(match, a_set_has_an_end)
{
	char word[8];
	int i;

	for (i = 1; i <= CW_MATCH_MOST; i++) {
		snprintf(word, sizeof(word), "%d", i);
		EXPECT_EQ(CW_OK, parse('P', word));
	}
	EXPECT_EQ(CW_OK, parse('P', "1"));
	EXPECT_EQ(CW_USAGE, parse('P', "65"));
	EXPECT_NE(NULL, says("64 values"));
}

TEST_F(match, task_names_are_checked)
{
	EXPECT_EQ(CW_OK, parse('C', "fifteen-bytes-x,b"));
	EXPECT_STREQ("fifteen-bytes-x", self->m.comm.name[0]);
	EXPECT_EQ(CW_USAGE, parse('C', "sixteen-bytes-xx"));
	EXPECT_EQ(CW_USAGE, parse('C', ""));
	EXPECT_EQ(CW_USAGE, parse('C', "a,"));
}

TEST_F(match, a_cgroup_is_a_directory_of_v2_or_an_id)
{
	EXPECT_EQ(CW_OK, parse(CW_KEY_CGROUP, "987654321"));
	EXPECT_EQ(987654321, self->m.filter.cgroup);
	EXPECT_EQ(CW_USAGE, parse(CW_KEY_CGROUP, "0"));
	EXPECT_EQ(CW_USAGE, parse(CW_KEY_CGROUP, "/"));
	EXPECT_EQ(CW_USAGE, parse(CW_KEY_CGROUP, "/no/such/folder"));
}

TEST_F(match, what_a_verb_does_not_take_is_refused_with_its_reason)
{
	self->m.takes = CW_ON_NETNS;
	self->m.why = "because";
	EXPECT_EQ(CW_USAGE, parse('P', "80"));
	EXPECT_NE(NULL, says("--port is not possible here: because"));
	EXPECT_EQ(CW_USAGE, parse(CW_KEY_NETNS, "all"));
	EXPECT_NE(NULL, says("because"));
	EXPECT_EQ(CW_OK, parse(CW_KEY_NETNS, "/proc/self/ns/net"));
	EXPECT_EQ(-1, parse('j', NULL));
}

/* The kernel gets what it can compare, and the rest is left for the utility. */
TEST_F(match, one_value_is_the_kernels_and_several_are_ours)
{
	EXPECT_TRUE(cw_match_is_open(&self->m));
	parse('L', "80");
	parse('C', "nginx");
	cw_match_conclude(&self->m);
	EXPECT_EQ(80, self->m.filter.local_port);
	EXPECT_STREQ("nginx", self->m.filter.comm);
	EXPECT_FALSE(self->m.here);
	parse('L', "443");
	cw_match_conclude(&self->m);
	EXPECT_EQ(0, self->m.filter.local_port);
	EXPECT_TRUE(self->m.here);
	EXPECT_FALSE(cw_match_is_open(&self->m));
}

static const struct {
	int key;
	const char *right, *wrong;
} sets[] = {
	{ 'P', "1,8000-8100", "1,8001-8100" }, { 'P', "1,51234", "1,2" },
	{ 'L', "1,8000", "1,51234" }, { 'D', "1,51234", "1,8000" },
	{ 'C', "x,nginx", "x,ngin" },
	{ CW_KEY_LOCAL_PREFIX, "10.0.0.0/8", "10.0.0.2" },
	{ CW_KEY_REMOTE_PREFIX, "::/0,192.0.2.0/24", "::/0,192.0.2.8" },
};

TEST_F(match, each_set_holds_of_an_event)
{
	static const struct cw_msg_event close = {
		.local_port = 8000, .remote_port = 51234,
		.comm = { 5, "nginx" }, .local_addr = { 4, { 10, 0, 0, 1 } },
		.remote_addr = { 16, { [10] = 0xff, 0xff, 192, 0, 2, 7 } },
	}, lost = { .type = CLOSEWATCH_EVENT_TYPE_LOST };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sets); i++) {
		struct cw_match m = CW_MATCH_INIT, n = CW_MATCH_INIT;

		ASSERT_EQ(CW_OK, cw_match_parse(&m, sets[i].key, sets[i].right,
						&self->fail));
		cw_match_conclude(&m);
		EXPECT_TRUE(cw_match_event(&m, &close)) {
			TH_LOG("%s", sets[i].right);
		}
		ASSERT_EQ(CW_OK, cw_match_parse(&n, sets[i].key, sets[i].wrong,
						&self->fail));
		cw_match_conclude(&n);
		EXPECT_FALSE(cw_match_event(&n, &close)) {
			TH_LOG("%s", sets[i].wrong);
		}
		EXPECT_TRUE(cw_match_event(&n, &lost));
	}
}

static const struct {
	const char *name, *container;
	bool is;
} containers[] = {
	{ "docker-" ID ".scope", "0123456789ab", true },
	{ "cri-containerd-" ID ".scope", "0123456789ab", true },
	{ "crio-" ID ".scope", "0123456789AB", true },
	{ "libpod-" ID ".scope", ID, true },
	{ ID, "0123456789abcdef", true },
	{ "docker-" ID ".scope", "123456789abc", false },
	{ "libpod-conmon-" ID ".scope", "0123456789ab", false },
	{ "docker-0123456789ab.scope", "0123456789ab", false },
	{ "x" ID, "0123456789ab", false },
	{ "nginx.service", "0123456789ab", false },
};

TEST(containers_are_told_by_the_names_of_their_cgroups)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(containers); i++)
		EXPECT_EQ(containers[i].is,
			  cw_container_is(containers[i].name,
					  containers[i].container)) {
			TH_LOG("row %zu", i);
		}
}

static uint64_t make(const char *root, const char *path)
{
	struct stat st = { 0 };
	char full[256];

	snprintf(full, sizeof(full), "%s/%s", root, path);
	mkdir(full, 0700);
	return stat(full, &st) ? 0 : st.st_ino;
}

TEST_F(match, a_cgroup_is_meant_with_all_below_it)
{
	uint64_t out = make(self->root, "out"), in = make(self->root, "in");
	uint64_t child = make(self->root, "in/child"), one;
	struct cw_cgroup_set c = { 0 };
	char path[80];

	snprintf(path, sizeof(path), "%s/in", self->root);
	ASSERT_EQ(0, cw_cgroup_set_open(&c, path, NULL));
	EXPECT_EQ(2, cw_cgroup_set_count(&c, &one));
	EXPECT_TRUE(cw_cgroup_set_have(&c, in));
	EXPECT_TRUE(cw_cgroup_set_have(&c, child));
	EXPECT_FALSE(cw_cgroup_set_have(&c, out));
	EXPECT_FALSE(cw_cgroup_set_have(&c, 0));
	/* It did not exist when the command line was read. */
	EXPECT_TRUE(cw_cgroup_set_have(&c, make(self->root, "in/child/late")));
	EXPECT_FALSE(cw_cgroup_set_have(&c, out));
	cw_cgroup_set_release(&c);
}

TEST_F(match, a_container_is_meant_with_all_below_it)
{
	uint64_t slice = make(self->root, "slice"), scope, inner;
	struct cw_cgroup_set c = { 0 };
	char procs[256];
	FILE *f;

	scope = make(self->root, "slice/docker-" ID ".scope");
	inner = make(self->root, "slice/docker-" ID ".scope/init");
	snprintf(procs, sizeof(procs), "%s/slice/docker-" ID ".scope/cgroup.procs",
		 self->root);
	f = fopen(procs, "w");
	ASSERT_NE(NULL, f);
	fputs("4711\n4712\n", f);
	fclose(f);
	ASSERT_EQ(0, cw_cgroup_set_open(&c, self->root, "0123456789ab"));
	EXPECT_TRUE(cw_cgroup_set_have(&c, scope));
	EXPECT_TRUE(cw_cgroup_set_have(&c, inner));
	EXPECT_FALSE(cw_cgroup_set_have(&c, slice));
	EXPECT_EQ(4711, c.pid);
	cw_cgroup_set_release(&c);
}

TEST_HARNESS_MAIN
