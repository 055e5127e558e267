// SPDX-License-Identifier: GPL-2.0
/* What rules ask of a close, compiled for the host like the verdicts are. */
#include <arpa/inet.h>

#include "kselftest_harness.h"

#include "module/drain/policy_match.h"

static const struct cw_owner nginx = {
	.pid = 812, .tid = 813, .uid = 33, .cgroup = 4711, .comm = "nginx",
};

static struct cw_conn conn_from(const char *addr)
{
	struct cw_conn c = { .lport = 80, .rport = 51234, .family = AF_INET6 };

	if (inet_pton(AF_INET, addr, c.raddr) == 1)
		c.family = AF_INET;
	else if (inet_pton(AF_INET6, addr, c.raddr) != 1)
		abort();
	c.v4mapped = c.family == AF_INET6 && !memcmp(c.raddr, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
	return c;
}

static struct cw_conditions peers(const char *addr, u8 prefix_len)
{
	struct cw_conn c = conn_from(addr);
	struct cw_conditions want = {
		.raddr_len = c.family == AF_INET ? 4 : 16, .prefix_len = prefix_len,
	};

	memcpy(want.raddr, c.raddr, sizeof(want.raddr));
	return want;
}

static bool matches(const struct cw_conditions *want, const struct cw_conn *c)
{
	return cw_policy_match(want, c, &nginx);
}

static bool matches_owner(const struct cw_conditions *want, const struct cw_owner *o)
{
	struct cw_conn c = conn_from("192.0.2.1");

	return cw_policy_match(want, &c, o);
}

TEST(no_condition_meets_everything)
{
	struct cw_conditions want = {};
	struct cw_conn v4 = conn_from("192.0.2.1"), v6 = conn_from("2001:db8::1");
	struct cw_conn none = { .family = AF_INET };

	EXPECT_TRUE(cw_policy_match_any(&want));
	EXPECT_TRUE(matches(&want, &v4));
	EXPECT_TRUE(matches(&want, &v6));
	EXPECT_TRUE(matches(&want, &none));
}

TEST(each_condition_is_one)
{
	static const struct cw_conditions row[] = {
		{ .family = AF_INET }, { .lport_first = 1, .lport_last = 65535 },
		{ .raddr_len = 4 }, { .raddr_len = 16 }, { .has_uid = true },
		{ .cgroup = 1 }, { .comm = "x" },
	};
	size_t i;

	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		EXPECT_FALSE(cw_policy_match_any(&row[i]));
}

TEST(both_ends_of_a_port_range_belong_to_it)
{
	struct cw_conditions want = { .lport_first = 80, .lport_last = 90 };
	struct cw_conn c = conn_from("192.0.2.1");
	unsigned int port;

	for (port = 0; port <= 65535; port++) {
		c.lport = port;
		EXPECT_EQ(port >= 80 && port <= 90, matches(&want, &c)) {
			TH_LOG("port %u", port);
		}
	}
	want.lport_last = 80;
	c.lport = 80;
	EXPECT_TRUE(matches(&want, &c));
	c.lport = 81;
	EXPECT_FALSE(matches(&want, &c));
	want.lport_first = 1;
	want.lport_last = 65535;
	c.lport = 65535;
	EXPECT_TRUE(matches(&want, &c));
}

TEST(the_remote_port_is_no_local_port)
{
	struct cw_conditions want = { .lport_first = 51234, .lport_last = 51234 };
	struct cw_conn c = conn_from("192.0.2.1");

	EXPECT_FALSE(matches(&want, &c));
}

/* Of an address with one bit flipped only prefixes that end before it match */
static void each_prefix(struct __test_metadata *_metadata, const char *addr)
{
	struct cw_conn c = conn_from(addr);
	unsigned int bits = c.family == AF_INET ? 32 : 128, flip, len;

	for (flip = 0; flip < bits; flip++) {
		struct cw_conn other = c;

		other.raddr[flip / 8] ^= 0x80 >> flip % 8;
		for (len = 0; len <= bits; len++) {
			struct cw_conditions want = peers(addr, len);

			EXPECT_TRUE(matches(&want, &c));
			EXPECT_EQ(len <= flip, matches(&want, &other)) {
				TH_LOG("%s/%u, bit %u", addr, len, flip);
			}
		}
	}
}

TEST(every_prefix_of_ipv4)
{
	each_prefix(_metadata, "0.0.0.0");
	each_prefix(_metadata, "192.0.2.129");
	each_prefix(_metadata, "255.255.255.255");
}

TEST(every_prefix_of_ipv6)
{
	each_prefix(_metadata, "::");
	each_prefix(_metadata, "2001:db8:85a3::8a2e:370:7334");
	each_prefix(_metadata, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
}

TEST(a_v4mapped_peer_is_an_ipv4_peer)
{
	struct cw_conn mapped = conn_from("::ffff:192.0.2.129");
	struct cw_conditions v4 = peers("192.0.2.0", 24), v6 = peers("::", 0);
	struct cw_conditions family = { .family = AF_INET };

	EXPECT_TRUE(mapped.v4mapped);
	EXPECT_TRUE(matches(&v4, &mapped));
	EXPECT_FALSE(matches(&v6, &mapped));
	EXPECT_TRUE(matches(&family, &mapped));
	family.family = AF_INET6;
	EXPECT_FALSE(matches(&family, &mapped));
	v4 = peers("192.0.2.0", 25);
	EXPECT_FALSE(matches(&v4, &mapped));
}

TEST(a_prefix_of_no_bits_still_asks_for_its_family)
{
	struct cw_conn v4 = conn_from("192.0.2.1"), v6 = conn_from("2001:db8::1");
	struct cw_conditions any4 = peers("0.0.0.0", 0), any6 = peers("::", 0);

	EXPECT_TRUE(matches(&any4, &v4));
	EXPECT_FALSE(matches(&any4, &v6));
	EXPECT_TRUE(matches(&any6, &v6));
	EXPECT_FALSE(matches(&any6, &v4));
}

TEST(a_socket_without_a_peer_meets_no_prefix)
{
	struct cw_conditions want = peers("0.0.0.0", 0);
	struct cw_conn c = conn_from("0.0.0.0");

	c.rport = 0;
	EXPECT_FALSE(matches(&want, &c));
}

TEST(names_are_compared_as_a_whole)
{
	struct cw_owner o = { .pid = 1, .comm = "fifteen-letters" };
	struct cw_conditions want = { .comm = "fifteen-letters" };

	EXPECT_EQ(15, strlen(o.comm));
	EXPECT_TRUE(matches_owner(&want, &o));
	want.comm[14] = '\0';
	EXPECT_FALSE(matches_owner(&want, &o));
	strcpy(want.comm, "fifteen-letterz");
	EXPECT_FALSE(matches_owner(&want, &o));
	strcpy(o.comm, "nginx");
	strcpy(want.comm, "nginx-worker");
	EXPECT_FALSE(matches_owner(&want, &o));
}

TEST(root_is_a_user_like_others)
{
	struct cw_conditions want = { .has_uid = true, .uid = 0 };
	struct cw_owner root = { .pid = 1 };

	EXPECT_TRUE(matches_owner(&want, &root));
	EXPECT_FALSE(matches_owner(&want, &nginx));
	want.uid = 33;
	EXPECT_TRUE(matches_owner(&want, &nginx));
	EXPECT_FALSE(matches_owner(&want, &root));
}

TEST(cgroups_are_those_of_the_closer)
{
	struct cw_conditions want = { .cgroup = 4711 };
	struct cw_owner elsewhere = { .pid = 1, .cgroup = 4712 }, nowhere = { .pid = 1 };

	EXPECT_TRUE(matches_owner(&want, &nginx));
	EXPECT_FALSE(matches_owner(&want, &elsewhere));
	EXPECT_FALSE(matches_owner(&want, &nowhere));
}

TEST(all_conditions_must_hold)
{
	struct cw_conn c = conn_from("192.0.2.1");
	struct cw_conditions all = peers("192.0.2.0", 24), one;

	all.family = AF_INET;
	all.lport_first = 80;
	all.lport_last = 80;
	all.has_uid = true;
	all.uid = 33;
	all.cgroup = 4711;
	strcpy(all.comm, "nginx");
	EXPECT_TRUE(matches(&all, &c));

	one = all;
	one.family = AF_INET6;
	EXPECT_FALSE(matches(&one, &c));
	one = all;
	one.lport_first = 79;
	one.lport_last = 79;
	EXPECT_FALSE(matches(&one, &c));
	one = all;
	one.raddr[2] = 3;
	EXPECT_FALSE(matches(&one, &c));
	one = all;
	one.uid = 0;
	EXPECT_FALSE(matches(&one, &c));
	one = all;
	one.cgroup = 1;
	EXPECT_FALSE(matches(&one, &c));
	one = all;
	one.comm[0] = 'N';
	EXPECT_FALSE(matches(&one, &c));
}

TEST_HARNESS_MAIN
