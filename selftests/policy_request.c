// SPDX-License-Identifier: GPL-2.0
/* Policies: what is refused and in which words, who may, and how they go */
#include <fcntl.h>
#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "flavours.h"
#include "kmod.h"
#include "netns.h"
#include "policy.h"
#include "skip.h"
#include "tenant.h"
#include "wait.h"

#define MAX_RULES	1024
#define MAX_SOCKETS	65536

/* An attribute of a request's policy nest */
struct attr {
	uint8_t type, len;
	uint64_t num;
	const void *data;	/* instead of num */
};

#define P(name)			CLOSEWATCH_A_POLICY_##name
#define U8(name, n)		{ P(name), 1, n, NULL }
#define U16(name, n)		{ P(name), 2, n, NULL }
#define U32(name, n)		{ P(name), 4, n, NULL }
#define U64(name, n)		{ P(name), 8, n, NULL }
#define FLAG(name)		{ P(name), 0, 0, NULL }
#define BYTES(name, s)		{ P(name), sizeof(s) - 1, 0, s }
#define STRING(name, s)		{ P(name), sizeof(s), 0, s }
#define DRAIN_IT		U32(ACTION, ACTION(DRAIN))
#define MAX_ATTRS	8

static int put_attrs(struct nl_msg *msg, const void *arg)
{
	const struct attr *a = arg;

	for (; a->type; a++) {
		if (nla_put(msg, a->type, a->len, a->data ?: &a->num) < 0)
			return -1;
	}
	return 0;
}

static int nest_attrs(struct nl_msg *msg, const void *arg)
{
	struct nlattr *nest;

	nest = nla_nest_start(msg, CLOSEWATCH_A_POLICY | NLA_F_NESTED);
	if (!nest || put_attrs(msg, arg) < 0)
		return -1;
	return nla_nest_end(msg, nest);
}

/* @a ends with an empty attribute; the id or a negative errno */
static int add(struct events *e, const struct attr *a)
{
	int err = events_request(e, CLOSEWATCH_CMD_POLICY_ADD, nest_attrs, a);

	return err ?: (int)e->policy_id;
}

/* Read the policies that @which asks for into @e; NULL asks for the usual ones */
static int list(struct events *e, const struct attr *which)
{
	return events_dump(e, CLOSEWATCH_CMD_POLICY_GET,
			   which ? nest_attrs : NULL, which);
}

static int flush_all(struct events *e)
{
	static const struct attr all[] = { FLAG(ALL_NETNS), {} };

	return events_request(e, CLOSEWATCH_CMD_POLICY_FLUSH, nest_attrs, all);
}

static int64_t installed(struct events *e)
{
	return events_info(e) ? -1 : (int64_t)e->info.policies;
}

/* The probe is disarmed some time after the last policy has gone */
static bool none_left(struct events *e)
{
	return installed(e) == 0 && WAIT_FOR(!events_info(e) && !e->info.policy_armed);
}

/* A namespace of its own, with nothing installed anywhere before and after */
FIXTURE(policy) {
	struct events e, l;
};

FIXTURE_SETUP(policy)
{
	ASSERT_EQ(0, netns_enter());
	ASSERT_EQ(0, events_open(&self->e));
	ASSERT_EQ(0, events_open(&self->l));
	ASSERT_EQ(0, flush_all(&self->e));
}

FIXTURE_TEARDOWN(policy)
{
	EXPECT_EQ(0, flush_all(&self->e));
	events_close(&self->l);
	events_close(&self->e);
}

FIXTURE(refused) {
	struct events e;
};

FIXTURE_VARIANT(refused) {
	struct attr attrs[MAX_ATTRS];
	int err;
	const char *words;
};

#define REFUSED(name, number, text, ...)				\
FIXTURE_VARIANT_ADD(refused, name) {					\
	.err = -(number), .words = text, .attrs = { __VA_ARGS__ },	\
}

REFUSED(empty, EINVAL, "action is missing; say drain, linger, reset or leave",
	{});
REFUSED(no_action, EINVAL,
	"action is missing; say drain, linger, reset or leave",
	U16(LOCAL_PORT, 80));
REFUSED(action_to_come, ERANGE, NULL, U32(ACTION, 4), U16(LOCAL_PORT, 80));
REFUSED(no_condition, EINVAL,
	"without any condition the rule is for every connection; add one, or force if that is meant",
	DRAIN_IT);
REFUSED(no_condition_in_all_netns, EINVAL,
	"without any condition the rule is for every connection; add one, or force if that is meant",
	DRAIN_IT, FLAG(ALL_NETNS));
REFUSED(id_given, EINVAL,
	"id, netns and hits are set by the kernel; leave them out",
	DRAIN_IT, U16(LOCAL_PORT, 80), U32(ID, 7));
REFUSED(hits_given, EINVAL,
	"id, netns and hits are set by the kernel; leave them out",
	DRAIN_IT, U16(LOCAL_PORT, 80), U64(HITS, 0));
REFUSED(netns_given, EINVAL,
	"id, netns and hits are set by the kernel; leave them out",
	DRAIN_IT, U16(LOCAL_PORT, 80), U64(NETNS, 1));
REFUSED(port_zero, ERANGE, NULL, DRAIN_IT, U16(LOCAL_PORT, 0));
REFUSED(range_without_a_begin, EINVAL,
	"local-port-last needs local-port, the first port of the range",
	DRAIN_IT, U16(LOCAL_PORT_LAST, 90));
REFUSED(range_backwards, ERANGE,
	"local-port-last is below local-port; exchange them",
	DRAIN_IT, U16(LOCAL_PORT, 90), U16(LOCAL_PORT_LAST, 80));
REFUSED(family_of_no_tcp, EINVAL, "family must be AF_INET or AF_INET6",
	DRAIN_IT, U16(FAMILY, AF_UNIX));
REFUSED(address_of_no_length, EINVAL,
	"remote-addr must have 4 bytes for IPv4 or 16 for IPv6",
	DRAIN_IT, { P(REMOTE_ADDR), 0, 0, NULL });
REFUSED(address_of_five_bytes, EINVAL,
	"remote-addr must have 4 bytes for IPv4 or 16 for IPv6",
	DRAIN_IT, BYTES(REMOTE_ADDR, "12345"));
REFUSED(address_of_seventeen_bytes, EINVAL,
	"remote-addr must have 4 bytes for IPv4 or 16 for IPv6",
	DRAIN_IT, BYTES(REMOTE_ADDR, "1234567890abcdefg"));
REFUSED(prefix_alone, EINVAL, "remote-prefix needs remote-addr",
	DRAIN_IT, U8(REMOTE_PREFIX, 24));
REFUSED(prefix_too_long, ERANGE,
	"remote-prefix is longer than remote-addr; at most 32 for IPv4 and 128 for IPv6",
	DRAIN_IT, BYTES(REMOTE_ADDR, "\300\0\2\1"), U8(REMOTE_PREFIX, 33));
REFUSED(prefix_beyond_any, ERANGE, NULL,
	DRAIN_IT, BYTES(REMOTE_ADDR, "\40\1\15\270\0\0\0\0\0\0\0\0\0\0\0\1"),
	U8(REMOTE_PREFIX, 129));
REFUSED(address_mapped, EINVAL,
	"remote-addr is a v4-mapped address; give the 4 bytes of IPv4, which match such peers too",
	DRAIN_IT,
	BYTES(REMOTE_ADDR, "\0\0\0\0\0\0\0\0\0\0\377\377\300\0\2\1"));
REFUSED(address_of_another_family, EINVAL,
	"remote-addr is not of the family given; leave family out",
	DRAIN_IT, U16(FAMILY, AF_INET6), BYTES(REMOTE_ADDR, "\300\0\2\1"));
REFUSED(comm_empty, EINVAL, "comm is empty; leave it out to match any",
	DRAIN_IT, STRING(COMM, ""));
REFUSED(comm_too_long, EINVAL, NULL,
	DRAIN_IT, STRING(COMM, "sixteen--letters"));
REFUSED(cgroup_zero, ERANGE, NULL, DRAIN_IT, U64(CGROUP, 0));
REFUSED(linger_without_seconds, EINVAL,
	"the action linger needs linger-seconds",
	U32(ACTION, ACTION(LINGER)), U16(LOCAL_PORT, 80));
REFUSED(linger_too_long, ERANGE, NULL, U32(ACTION, ACTION(LINGER)),
	U16(LOCAL_PORT, 80), U32(LINGER_SECONDS, 3601));
REFUSED(seconds_for_a_drain, EINVAL,
	"linger-seconds is for the action linger only; leave it out",
	DRAIN_IT, U16(LOCAL_PORT, 80), U32(LINGER_SECONDS, 5));
#define DRAIN_ONLY \
	"idle-ms, total-ms, bytes, even-linger0 and even-oom are for the action drain only; leave them out"
REFUSED(idle_for_a_reset, EINVAL, DRAIN_ONLY,
	U32(ACTION, ACTION(RESET)), U16(LOCAL_PORT, 80), U32(IDLE_MS, 5));
REFUSED(total_for_an_exemption, EINVAL, DRAIN_ONLY,
	U32(ACTION, ACTION(LEAVE)), U16(LOCAL_PORT, 80), U32(TOTAL_MS, 5));
REFUSED(bytes_for_a_linger, EINVAL, DRAIN_ONLY, U32(ACTION, ACTION(LINGER)),
	U16(LOCAL_PORT, 80), U32(LINGER_SECONDS, 5), U64(BYTES, 5));
REFUSED(linger0_for_a_reset, EINVAL, DRAIN_ONLY,
	U32(ACTION, ACTION(RESET)), U16(LOCAL_PORT, 80), FLAG(EVEN_LINGER0));
REFUSED(total_above_the_limit, ERANGE,
	"total-ms is above the limit set by the module's parameter drain_total_max, in seconds",
	DRAIN_IT, U16(LOCAL_PORT, 80), U32(TOTAL_MS, 30001));
REFUSED(expiry_beyond_belief, ERANGE,
	"expires-ms is above a hundred years; leave it out for a policy that never expires",
	DRAIN_IT, U16(LOCAL_PORT, 80), U64(EXPIRES_MS, UINT64_MAX));
REFUSED(expiry_at_once, ERANGE, NULL,
	DRAIN_IT, U16(LOCAL_PORT, 80), U64(EXPIRES_MS, 0));
REFUSED(netns_fd_not_open, EBADF,
	"netns-fd is not a network namespace; open one below /run/netns or /proc/PID/ns/net",
	DRAIN_IT, U16(LOCAL_PORT, 80), U32(NETNS_FD, 9999));
REFUSED(one_netns_and_all, EINVAL, "netns-fd and all-netns exclude each other",
	DRAIN_IT, U16(LOCAL_PORT, 80), U32(NETNS_FD, 0), FLAG(ALL_NETNS));
REFUSED(cookie_zero, ERANGE, NULL, DRAIN_IT, U64(COOKIE, 0));
#define ALONE \
	"a policy of one socket takes neither conditions nor a priority; leave them out"
REFUSED(cookie_and_a_port, EINVAL, ALONE,
	DRAIN_IT, U64(COOKIE, 1), U16(LOCAL_PORT, 80));
REFUSED(cookie_and_a_user, EINVAL, ALONE,
	DRAIN_IT, U64(COOKIE, 1), U32(UID, 0));
REFUSED(cookie_and_a_priority, EINVAL, ALONE,
	DRAIN_IT, U64(COOKIE, 1), U32(PRIORITY, 1));
REFUSED(fd_and_a_name, EINVAL, ALONE,
	DRAIN_IT, U32(SOCKET_FD, 0), STRING(COMM, "nginx"));
REFUSED(cookie_and_fd, EINVAL, "socket-fd and cookie exclude each other",
	DRAIN_IT, U64(COOKIE, 1), U32(SOCKET_FD, 0));
REFUSED(cookie_in_all_netns, EINVAL,
	"a socket is in one network namespace; leave all-netns out",
	DRAIN_IT, U64(COOKIE, 1), FLAG(ALL_NETNS));
REFUSED(fd_and_a_netns, EINVAL,
	"socket-fd implies its network namespace; leave netns-fd out",
	DRAIN_IT, U32(SOCKET_FD, 0), U32(NETNS_FD, 0));
#define NO_SOCKET \
	"socket-fd is not an open socket of yours; get it with pidfd_getfd(2) from its program"
REFUSED(fd_not_open, EBADF, NO_SOCKET, DRAIN_IT, U32(SOCKET_FD, 9999));

FIXTURE_SETUP(refused)
{
	ASSERT_EQ(0, netns_enter());
	ASSERT_EQ(0, events_open(&self->e));
	ASSERT_EQ(0, flush_all(&self->e));
}

FIXTURE_TEARDOWN(refused)
{
	events_close(&self->e);
}

/* Where the words are the kernel's own, that there are any is enough */
TEST_F(refused, in_words)
{
	EXPECT_EQ(variant->err, add(&self->e, variant->attrs));
	if (variant->words)
		EXPECT_STREQ(variant->words, self->e.extack);
	EXPECT_NE('\0', self->e.extack[0]);
	EXPECT_TRUE(none_left(&self->e));
}

/* Descriptors that are no connection of TCP */
FIXTURE(descriptor) {
	struct events e;
	int fd;
};

FIXTURE_VARIANT(descriptor) {
	int domain, type, protocol, err;
	bool listen;
	const char *words;
};

FIXTURE_VARIANT_ADD(descriptor, unix_stream) {
	.domain = AF_UNIX, .type = SOCK_STREAM, .err = -EINVAL,
	.words = "socket-fd is a Unix socket; name a TCP socket",
};

FIXTURE_VARIANT_ADD(descriptor, netlink) {
	.domain = AF_NETLINK, .type = SOCK_RAW, .err = -EINVAL,
	.words = "socket-fd is neither an IPv4 nor an IPv6 socket; name a TCP socket",
};

FIXTURE_VARIANT_ADD(descriptor, udp) {
	.domain = AF_INET6, .type = SOCK_DGRAM, .err = -EINVAL,
	.words = "socket-fd is a UDP socket; name a TCP socket",
};

FIXTURE_VARIANT_ADD(descriptor, raw) {
	.domain = AF_INET, .type = SOCK_RAW, .protocol = IPPROTO_TCP,
	.err = -EINVAL,
	.words = "socket-fd is an internet socket, but not of TCP; name a TCP socket",
};

FIXTURE_VARIANT_ADD(descriptor, listener) {
	.domain = AF_INET, .type = SOCK_STREAM, .listen = true, .err = -EINVAL,
	.words =
		"socket-fd is a listener; use a rule with local-port for the connections that it accepts",
};

/* Domain 0: no socket at all */
FIXTURE_VARIANT_ADD(descriptor, file) {
	.err = -ENOTSOCK, .words = NO_SOCKET,
};

FIXTURE_SETUP(descriptor)
{
	ASSERT_EQ(0, netns_enter());
	ASSERT_EQ(0, events_open(&self->e));
	ASSERT_EQ(0, flush_all(&self->e));
	self->fd = variant->domain ?
		   socket(variant->domain, variant->type, variant->protocol) :
		   open("/dev/null", O_RDONLY);
	ASSERT_LE(0, self->fd);
	if (variant->listen)
		ASSERT_EQ(0, listen(self->fd, 1));
}

FIXTURE_TEARDOWN(descriptor)
{
	close(self->fd);
	events_close(&self->e);
}

TEST_F(descriptor, is_refused_by_what_it_is)
{
	struct attr a[] = { DRAIN_IT, U32(SOCKET_FD, self->fd), {} };

	EXPECT_EQ(variant->err, add(&self->e, a));
	EXPECT_STREQ(variant->words, self->e.extack);
	EXPECT_TRUE(none_left(&self->e));
}

TEST_F(policy, mptcp_socket_is_refused)
{
	struct attr a[] = { DRAIN_IT, U32(SOCKET_FD, 0), {} };
	int fd = socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP);

	if (fd < 0)
		SKIP(return, "this kernel has no MPTCP");
	a[1].num = fd;
	EXPECT_EQ(-EINVAL, add(&self->e, a));
	EXPECT_STREQ("socket-fd is an MPTCP socket, whose closes are left alone; name a TCP socket",
		     self->e.extack);
	close(fd);
}

/* What a user without rights may do: nothing */
FIXTURE(user) {
	struct events e;
};

FIXTURE_VARIANT(user) {
	uint8_t cmd;
	bool dump;
};

#define USER(name, command, is_dump)					\
FIXTURE_VARIANT_ADD(user, name) {					\
	.cmd = CLOSEWATCH_CMD_##command, .dump = is_dump,		\
}

USER(add, POLICY_ADD, false);
USER(del, POLICY_DEL, false);
USER(get, POLICY_GET, true);
USER(set, POLICY_SET, false);
USER(flush, POLICY_FLUSH, false);
USER(drain_get, DRAIN_GET, true);
USER(drain_off, DRAIN_OFF, false);

FIXTURE_SETUP(user)
{
	ASSERT_EQ(0, netns_enter());
}

FIXTURE_TEARDOWN(user)
{
	events_close(&self->e);
}

TEST_F(user, is_refused)
{
	static const struct attr rule[] = { DRAIN_IT, U16(LOCAL_PORT, 80), {} };

	ASSERT_EQ(0, setresuid(-1, NOBODY, -1));
	ASSERT_EQ(0, events_open(&self->e));
	EXPECT_EQ(-EPERM, variant->dump ?
		  events_dump(&self->e, variant->cmd, NULL, NULL) :
		  events_request(&self->e, variant->cmd, nest_attrs, rule));
	ASSERT_EQ(0, setresuid(-1, 0, -1));
}

/*
 * A user that is root of its own user and network namespaces only. Outside
 * stand a rule for all network namespaces, one for the outer, and a socket.
 */
FIXTURE(contained) {
	struct events outside, e, l;
	int outer, sock, ids[2];
};

FIXTURE_SETUP(contained)
{
	static const struct attr own[] = { DRAIN_IT, U16(LOCAL_PORT, 80), {} };
	static const struct attr shared[] = {
		DRAIN_IT, U16(LOCAL_PORT, 81), FLAG(ALL_NETNS), {}
	};

	NEED_MODULE_FILE(return);
	skip_without_userns();
	ASSERT_EQ(0, kmod_reload("userns=1"));
	ASSERT_EQ(0, netns_enter());
	self->outer = netns_open();
	ASSERT_EQ(0, events_open(&self->outside));
	ASSERT_EQ(0, flush_all(&self->outside));
	self->ids[0] = add(&self->outside, own);
	ASSERT_LT(0, self->ids[0]);
	self->ids[1] = add(&self->outside, shared);
	ASSERT_LT(0, self->ids[1]);
	self->sock = socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, self->sock);
}

FIXTURE_TEARDOWN(contained)
{
	close(self->sock);
	close(self->outer);
	EXPECT_EQ(0, flush_all(&self->outside));
	events_close(&self->outside);
	EXPECT_EQ(0, kmod_reload(""));
}

/*
 * Runs in a child, for the rights lost do not come back. Says what went wrong
 * by its number, from 1 on.
 */
static int contain(struct events *e, struct events *l)
{
	if (setresuid(NOBODY, NOBODY, NOBODY) || prctl(PR_SET_DUMPABLE, 1))
		return -1;
	if (unshare(CLONE_NEWUSER))
		return -EPERM;
	return netns_enter() || events_open(e) || events_open(l) ? -1 : 0;
}

#define NO_SUCH "there is no such policy; policy-get lists all policies"

static int contained_checks(const int *ids, int outer, int sock)
{
	struct attr own[] = { DRAIN_IT, U16(LOCAL_PORT, 82), {} };
	struct attr all[] = { DRAIN_IT, U16(LOCAL_PORT, 82), FLAG(ALL_NETNS), {} };
	struct attr other[] = { DRAIN_IT, U16(LOCAL_PORT, 82),
				U32(NETNS_FD, outer), {} };
	struct attr theirs[] = { DRAIN_IT, U32(SOCKET_FD, sock), {} };
	struct policy everywhere = { .action = ACTION(DRAIN), .local_port = 82, .all_netns = true };
	struct rules wide = { .rule = &everywhere, .n = 1 }, none = {};
	struct events e, l;
	int err, id;

	err = contain(&e, &l);
	if (err)
		return err == -EPERM ? 77 : 1;
	id = add(&e, own);
	if (id <= 0)
		return 2;
	if (add(&e, all) != -EPERM || !e.extack[0])
		return 3;
	if (add(&e, other) != -EPERM || !e.extack[0])
		return 4;
	if (add(&e, theirs) != -EPERM || !e.extack[0])
		return 5;
	if (flush_all(&e) != -EPERM || drain_off_everywhere(&e) != -EPERM)
		return 6;
	if (policy_del(&e, ids[0]) != -ENOENT || strcmp(e.extack, NO_SUCH))
		return 7;
	if (policy_del(&e, ids[1]) != -ENOENT || strcmp(e.extack, NO_SUCH))
		return 8;
	if (list(&l, NULL) || l.n_policies != 1 ||
	    LISTED_NUM(&l.policies[0], ID) != (uint64_t)id)
		return 9;
	if (list(&l, &all[2]) != -EPERM || list(&l, &other[2]) != -EPERM)
		return 10;
	if (policy_set(&e, &wide) != -EPERM || !e.extack[0])
		return 11;
	if (policy_set(&e, &none) || list(&l, NULL) || l.n_policies)
		return 12;
	if (add(&e, own) < 0 || policy_flush(&e) || drain_off(&e))
		return 13;
	return list(&l, NULL) || l.n_policies ? 14 : 0;
}

TEST_F(contained, root_rules_its_own_namespace_alone)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(contained_checks(self->ids, self->outer, self->sock));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		SKIP(return, "this kernel forbids user namespaces to users");
	EXPECT_EQ(0, WEXITSTATUS(status));
	EXPECT_TRUE(WAIT_FOR(installed(&self->outside) == 2));
}

TEST_F(policy, only_the_first_arms_and_only_the_last_disarms)
{
	static const struct attr rule[] = { DRAIN_IT, U16(LOCAL_PORT, 80), {} };
	struct events *e = &self->e;
	int first, second;

	ASSERT_TRUE(none_left(e));
	first = add(e, rule);
	second = add(e, rule);
	ASSERT_LT(0, first);
	ASSERT_LT(first, second);
	EXPECT_EQ(2, installed(e));
	EXPECT_TRUE(e->info.policy_armed);
	/* A policy arms none of the probes that a listener wants */
	EXPECT_TRUE(WAIT_FOR(!events_info(e) && !e->info.probes));
	EXPECT_TRUE(e->info.policy_armed);
	ASSERT_EQ(0, policy_del(e, first));
	EXPECT_EQ(1, installed(e));
	EXPECT_TRUE(e->info.policy_armed);
	ASSERT_EQ(0, policy_del(e, second));
	EXPECT_TRUE(none_left(e));
}

TEST_F(policy, what_is_gone_cannot_be_removed)
{
	static const struct attr rule[] = { DRAIN_IT, U16(LOCAL_PORT, 80), {} };
	struct events *e = &self->e;
	int id = add(e, rule);

	ASSERT_LT(0, id);
	ASSERT_EQ(0, policy_del(e, id));
	EXPECT_EQ(-ENOENT, policy_del(e, id));
	EXPECT_STREQ(NO_SUCH, e->extack);
	EXPECT_EQ(-ERANGE, policy_del(e, 0));
}

TEST_F(policy, requests_take_nothing_that_they_do_not_heed)
{
	static const struct attr odd[] = { U32(ID, 1), U16(LOCAL_PORT, 80), {} };
	struct events *e = &self->e;

	EXPECT_EQ(-EINVAL, events_request(e, CLOSEWATCH_CMD_POLICY_DEL,
					  nest_attrs, odd));
	EXPECT_STREQ("policy-del takes an id only; leave the rest out",
		     e->extack);
	EXPECT_EQ(-EINVAL, events_request(e, CLOSEWATCH_CMD_POLICY_DEL,
					  nest_attrs, &odd[2]));
	EXPECT_STREQ("id is missing; policy-get lists all policies",
		     e->extack);
	EXPECT_EQ(-EINVAL, events_request(e, CLOSEWATCH_CMD_POLICY_FLUSH,
					  nest_attrs, odd));
	EXPECT_STREQ("this request takes netns-fd or all-netns only; leave the rest out",
		     e->extack);
	EXPECT_EQ(-EINVAL, events_request(e, CLOSEWATCH_CMD_DRAIN_OFF,
					  nest_attrs, odd));
	EXPECT_EQ(-EINVAL, list(&self->l, odd));
	EXPECT_EQ(-EINVAL, events_dump(e, CLOSEWATCH_CMD_DRAIN_GET,
				       nest_attrs, odd));
}

static int fill_how(struct nl_msg *msg, const void *second)
{
	static const struct attr dry_run[] = { FLAG(DRY_RUN), {} };

	return nest_attrs(msg, dry_run) < 0 ||
	       nla_put(msg, *(const int *)second | NLA_F_NESTED, 0, NULL) < 0 ? -1 : 0;
}

TEST_F(policy, a_dry_run_of_a_set_is_not_hidden)
{
	static const struct attr rule[] = { DRAIN_IT, U16(LOCAL_PORT, 80), {} };
	static const int second[] = { CLOSEWATCH_A_POLICY, CLOSEWATCH_A_FILTER };

	ASSERT_LT(0, add(&self->e, rule));
	for (size_t i = 0; i < ARRAY_SIZE(second); i++) {
		EXPECT_EQ(-EINVAL, events_request(&self->e, CLOSEWATCH_CMD_POLICY_SET,
						  fill_how, &second[i]));
		EXPECT_STREQ("policy-set takes set, and policy once; leave the rest out",
			     self->e.extack);
	}
	EXPECT_EQ(1, policies_count(&self->e));
}

TEST_F(policy, list_shows_what_was_asked_and_the_defaults)
{
	static const struct attr a[] = {
		DRAIN_IT, U16(LOCAL_PORT, 80), U16(LOCAL_PORT_LAST, 90),
		BYTES(REMOTE_ADDR, "\300\0\2\377"), U8(REMOTE_PREFIX, 25),
		STRING(COMM, "fifteen-letters"), U32(UID, 0), {}
	};
	const struct listed *p;
	int id = add(&self->e, a);

	ASSERT_LT(0, id);
	ASSERT_EQ(0, list(&self->l, NULL));
	ASSERT_EQ(1U, self->l.n_policies);
	p = policy_find(&self->l, id);
	ASSERT_NE(NULL, p);
	EXPECT_EQ((uint64_t)ACTION(DRAIN), LISTED_NUM(p, ACTION));
	EXPECT_EQ(80U, LISTED_NUM(p, LOCAL_PORT));
	EXPECT_EQ(90U, LISTED_NUM(p, LOCAL_PORT_LAST));
	EXPECT_EQ(4U, p->addr_len);
	EXPECT_EQ(0, memcmp(p->addr, "\300\0\2\200", 4));
	EXPECT_EQ(25U, LISTED_NUM(p, REMOTE_PREFIX));
	EXPECT_STREQ("fifteen-letters", p->comm);
	EXPECT_TRUE(LISTED_HAS(p, UID));
	EXPECT_EQ(0U, LISTED_NUM(p, UID));
	EXPECT_EQ(netns_inode(), LISTED_NUM(p, NETNS));
	EXPECT_EQ(1000U, LISTED_NUM(p, PRIORITY));
	EXPECT_EQ(5000U, LISTED_NUM(p, IDLE_MS));
	EXPECT_EQ(10000U, LISTED_NUM(p, TOTAL_MS));
	EXPECT_EQ(16ULL << 20, LISTED_NUM(p, BYTES));
	EXPECT_EQ(0U, LISTED_NUM(p, HITS));
	EXPECT_FALSE(LISTED_HAS(p, COOKIE) || LISTED_HAS(p, FAMILY) ||
		     LISTED_HAS(p, CGROUP) || LISTED_HAS(p, ALL_NETNS) ||
		     LISTED_HAS(p, EXPIRES_MS) || LISTED_HAS(p, DRY_RUN) ||
		     LISTED_HAS(p, EVEN_LINGER0) || LISTED_HAS(p, FORCE));
}

TEST_F(policy, list_shows_every_other_action)
{
	static const struct attr a[][MAX_ATTRS] = {
		{ U32(ACTION, ACTION(LINGER)), U32(LINGER_SECONDS, 3600),
		  U64(CGROUP, 4711), FLAG(DRY_RUN) },
		{ U32(ACTION, ACTION(RESET)), FLAG(FORCE) },
		{ U32(ACTION, ACTION(LEAVE)), U16(FAMILY, AF_INET6) },
		{ DRAIN_IT, U16(LOCAL_PORT, 65535), U32(IDLE_MS, 1),
		  U32(TOTAL_MS, 30000), U64(BYTES, UINT64_MAX),
		  FLAG(EVEN_LINGER0) },
	};
	const struct listed *p = self->l.policies;
	size_t i;

	for (i = 0; i < 4; i++)
		ASSERT_LT(0, add(&self->e, a[i]));
	ASSERT_EQ(0, list(&self->l, NULL));
	ASSERT_EQ(4U, self->l.n_policies);
	p = self->l.policies;
	EXPECT_EQ(3600U, LISTED_NUM(p, LINGER_SECONDS));
	EXPECT_EQ(4711U, LISTED_NUM(p, CGROUP));
	EXPECT_TRUE(LISTED_HAS(p, DRY_RUN));
	EXPECT_FALSE(LISTED_HAS(p, IDLE_MS));
	EXPECT_EQ((uint64_t)ACTION(RESET), LISTED_NUM(p + 1, ACTION));
	EXPECT_FALSE(LISTED_HAS(p + 1, LINGER_SECONDS));
	EXPECT_EQ((uint64_t)AF_INET6, LISTED_NUM(p + 2, FAMILY));
	EXPECT_EQ(1U, LISTED_NUM(p + 3, IDLE_MS));
	EXPECT_EQ(30000U, LISTED_NUM(p + 3, TOTAL_MS));
	EXPECT_EQ(UINT64_MAX, LISTED_NUM(p + 3, BYTES));
	EXPECT_TRUE(LISTED_HAS(p + 3, EVEN_LINGER0));
	EXPECT_FALSE(LISTED_HAS(p + 3, LOCAL_PORT_LAST));
}

/* Sockets' own, then by priority, then by age; those for all among the rest */
TEST_F(policy, list_is_in_the_order_of_trial)
{
	static const struct attr a[][MAX_ATTRS] = {
		{ DRAIN_IT, U16(LOCAL_PORT, 1), U32(PRIORITY, UINT32_MAX) },
		{ DRAIN_IT, U16(LOCAL_PORT, 2), FLAG(ALL_NETNS) },
		{ DRAIN_IT, U16(LOCAL_PORT, 3), U32(PRIORITY, 0) },
		{ DRAIN_IT, U16(LOCAL_PORT, 4) },
		{ DRAIN_IT, U16(LOCAL_PORT, 5), U32(PRIORITY, 0),
		  FLAG(ALL_NETNS) },
		{ DRAIN_IT, U64(COOKIE, 77) },
		{ DRAIN_IT, U16(LOCAL_PORT, 6), U32(PRIORITY, 999) },
		{ DRAIN_IT, U64(COOKIE, 66) },
	};
	static const int order[8] = { 5, 7, 2, 4, 6, 1, 3, 0 };
	static const struct attr all[] = { FLAG(ALL_NETNS), {} };
	int ids[8], i;

	for (i = 0; i < 8; i++) {
		ids[i] = add(&self->e, a[i]);
		ASSERT_LT(0, ids[i]);
	}
	ASSERT_EQ(0, list(&self->l, NULL));
	ASSERT_EQ(8U, self->l.n_policies);
	for (i = 0; i < 8; i++)
		EXPECT_EQ((uint64_t)ids[order[i]],
			  LISTED_NUM(&self->l.policies[i], ID));
	EXPECT_TRUE(LISTED_HAS(&self->l.policies[3], ALL_NETNS));
	EXPECT_FALSE(LISTED_HAS(&self->l.policies[3], NETNS));
	ASSERT_EQ(0, list(&self->l, all));
	EXPECT_EQ(8U, self->l.n_policies);
}

TEST_F(policy, expires_by_itself)
{
	static const struct attr soon[] = {
		DRAIN_IT, U16(LOCAL_PORT, 80), U64(EXPIRES_MS, 300), {}
	};
	static const struct attr later[] = {
		DRAIN_IT, U64(COOKIE, 7), U64(EXPIRES_MS, 3600000), {}
	};
	struct events *e = &self->e;
	int first, second;

	second = add(e, later);
	first = add(e, soon);
	ASSERT_LT(0, first);
	ASSERT_LT(0, second);
	ASSERT_EQ(0, list(&self->l, NULL));
	ASSERT_NE(NULL, policy_find(&self->l, second));
	EXPECT_GE(3600000U, LISTED_NUM(policy_find(&self->l, second), EXPIRES_MS));
	EXPECT_LT(3500000U, LISTED_NUM(policy_find(&self->l, second), EXPIRES_MS));
	EXPECT_TRUE(WAIT_FOR(installed(e) == 1));
	EXPECT_TRUE(e->info.policy_armed);
	EXPECT_EQ(-ENOENT, policy_del(e, first));
	ASSERT_EQ(0, policy_del(e, second));
	EXPECT_TRUE(none_left(e));
}

TEST_F(policy, the_last_to_expire_disarms)
{
	static const struct attr soon[][MAX_ATTRS] = {
		{ DRAIN_IT, U16(LOCAL_PORT, 80), U64(EXPIRES_MS, 500) },
		{ DRAIN_IT, U64(COOKIE, 7), U64(EXPIRES_MS, 100) },
		{ DRAIN_IT, U16(LOCAL_PORT, 81), U64(EXPIRES_MS, 1),
		  FLAG(ALL_NETNS) },
	};
	size_t i;

	for (i = 0; i < 3; i++)
		ASSERT_LT(0, add(&self->e, soon[i]));
	EXPECT_TRUE(WAIT_FOR(none_left(&self->e)));
}

TEST_F(policy, goes_with_its_namespace)
{
	static const struct attr a[][MAX_ATTRS] = {
		{ DRAIN_IT, U16(LOCAL_PORT, 80) }, { DRAIN_IT, U64(COOKIE, 7) },
	};
	int home = netns_open_init(), status;
	struct events there;
	pid_t pid;

	ASSERT_EQ(0, netns_switch(home));
	ASSERT_EQ(0, events_open(&there));
	pid = fork();
	if (!pid) {
		struct events e;

		_exit(netns_enter() || events_open(&e) || add(&e, a[0]) <= 0 ||
		      add(&e, a[1]) <= 0 || installed(&e) != 2 ||
		      !e.info.policy_armed);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_TRUE(WAIT_FOR(none_left(&there)));
	events_close(&there);
	close(home);
}

TEST_F(policy, reaches_into_a_namespace_by_its_descriptor)
{
	struct attr there[] = { DRAIN_IT, U16(LOCAL_PORT, 80),
				U32(NETNS_FD, netns_open()), {} };
	static const struct attr here[] = { DRAIN_IT, U16(LOCAL_PORT, 81), {} };
	uint64_t inode = netns_inode();
	struct events e, l;

	ASSERT_EQ(0, netns_enter());
	ASSERT_EQ(0, events_open(&e));
	ASSERT_EQ(0, events_open(&l));
	ASSERT_LT(0, add(&e, there));
	ASSERT_LT(0, add(&e, here));
	ASSERT_EQ(0, list(&l, &there[2]));
	ASSERT_EQ(1U, l.n_policies);
	EXPECT_EQ(inode, LISTED_NUM(&l.policies[0], NETNS));
	ASSERT_EQ(0, list(&self->l, NULL));
	EXPECT_EQ(1U, self->l.n_policies);
	ASSERT_EQ(0, events_request(&e, CLOSEWATCH_CMD_POLICY_FLUSH, nest_attrs,
				    &there[2]));
	ASSERT_EQ(0, list(&self->l, NULL));
	EXPECT_EQ(0U, self->l.n_policies);
	ASSERT_EQ(0, list(&l, NULL));
	EXPECT_EQ(1U, l.n_policies);
	events_close(&l);
	events_close(&e);
	close(there[2].num);
}

TEST_F(policy, flushing_one_namespace_spares_what_is_for_all)
{
	static const struct attr a[][MAX_ATTRS] = {
		{ DRAIN_IT, U16(LOCAL_PORT, 80) }, { DRAIN_IT, U64(COOKIE, 7) },
		{ DRAIN_IT, U16(LOCAL_PORT, 81), FLAG(ALL_NETNS) },
	};
	size_t i;

	for (i = 0; i < 3; i++)
		ASSERT_LT(0, add(&self->e, a[i]));
	ASSERT_EQ(0, policy_flush(&self->e));
	EXPECT_EQ(1, installed(&self->e));
	EXPECT_TRUE(self->e.info.policy_armed);
	ASSERT_EQ(0, flush_all(&self->e));
	EXPECT_TRUE(none_left(&self->e));
}

TEST_F(policy, of_a_socket_is_replaced)
{
	struct attr drain[] = { DRAIN_IT, U32(SOCKET_FD, 0), {} };
	struct attr leave[] = { U32(ACTION, ACTION(LEAVE)), U64(COOKIE, 0), {} };
	int fd = socket(AF_INET6, SOCK_STREAM, 0), first, second;

	drain[1].num = fd;
	leave[1].num = cookie_of(fd);
	first = add(&self->e, drain);
	second = add(&self->e, leave);
	ASSERT_LT(0, first);
	ASSERT_LT(first, second);
	ASSERT_EQ(0, list(&self->l, NULL));
	ASSERT_EQ(1U, self->l.n_policies);
	EXPECT_EQ((uint64_t)second, LISTED_NUM(&self->l.policies[0], ID));
	EXPECT_EQ((uint64_t)ACTION(LEAVE),
		  LISTED_NUM(&self->l.policies[0], ACTION));
	EXPECT_EQ(cookie_of(fd), LISTED_NUM(&self->l.policies[0], COOKIE));
	EXPECT_EQ(-ENOENT, policy_del(&self->e, first));
	close(fd);
}

TEST_F(policy, of_a_socket_is_replaced_at_the_limit)
{
	struct attr drain[] = { DRAIN_IT, U64(COOKIE, 77), {} };
	long before = kmod_param_read("closewatch", "policies_max_uid");

	ASSERT_EQ(0, kmod_param_write("closewatch", "policies_max_uid", 1));
	EXPECT_LT(0, add(&self->e, drain));
	EXPECT_LT(0, add(&self->e, drain));
	drain[1].num = 78;
	EXPECT_EQ(-EUSERS, add(&self->e, drain));
	ASSERT_EQ(0, kmod_param_write("closewatch", "policies_max_uid",
				      before));
	EXPECT_LT(0, add(&self->e, drain));
}

TEST_F(policy, of_a_socket_is_used_up_by_its_close)
{
	struct attr leave[] = { U32(ACTION, ACTION(LEAVE)), U32(SOCKET_FD, 0), {} };
	struct pair_opts opts = { .flavour = IPV4 };
	struct pair p;

	ASSERT_EQ(0, pair_open(&p, &opts));
	leave[1].num = p.us;
	ASSERT_LT(0, add(&self->e, leave));
	ASSERT_EQ(0, close(p.them));
	p.them = -1;
	EXPECT_EQ(1, installed(&self->e));
	ASSERT_EQ(0, close(p.us));
	p.us = -1;
	EXPECT_TRUE(WAIT_FOR(none_left(&self->e)));
	pair_close(&p);
}

TEST_F(policy, hits_are_counted)
{
	struct attr leave[] = { U32(ACTION, ACTION(LEAVE)), U16(LOCAL_PORT, 0), {} };
	struct pair_opts opts = { .flavour = V4MAPPED };
	struct pair p;

	ASSERT_EQ(0, pair_open(&p, &opts));
	leave[1].num = p.local.port;
	ASSERT_LT(0, add(&self->e, leave));
	ASSERT_EQ(0, close(p.us));
	p.us = -1;
	ASSERT_EQ(0, list(&self->l, NULL));
	ASSERT_EQ(1U, self->l.n_policies);
	EXPECT_EQ(1U, LISTED_NUM(&self->l.policies[0], HITS));
	pair_close(&p);
}

TEST_F(policy, rules_have_a_limit)
{
	static const struct attr rule[] = {
		U32(ACTION, ACTION(LEAVE)), U16(LOCAL_PORT, 80), {}
	};
	static const struct attr all[] = {
		U32(ACTION, ACTION(LEAVE)), U16(LOCAL_PORT, 80),
		FLAG(ALL_NETNS), {}
	};
	int i;

	for (i = 0; i < MAX_RULES; i++)
		ASSERT_LT(0, add(&self->e, rule));
	EXPECT_EQ(-ENOSPC, add(&self->e, rule));
	EXPECT_STREQ("1024 rules is the limit; remove some first",
		     self->e.extack);
	EXPECT_LT(0, add(&self->e, all));
	ASSERT_EQ(0, list(&self->l, NULL));
	EXPECT_EQ(MAX_RULES + 1U, self->l.n_policies);
}

static bool ascending(const struct events *l)
{
	size_t i;

	for (i = 1; i < l->n_policies; i++) {
		if (LISTED_NUM(&l->policies[i - 1], ID) >=
		    LISTED_NUM(&l->policies[i], ID))
			return false;
	}
	return true;
}

/*
 * As many as there may be; one more for a socket that has one takes no room.
 * A debugging kernel takes minutes for it.
 */
TEST_F_TIMEOUT(policy, of_many_sockets_are_listed_and_flushed_at_once, 600)
{
	struct attr a[] = { U32(ACTION, ACTION(LEAVE)), U64(COOKIE, 0), {} };
	int64_t begun;

	for (a[1].num = 1; a[1].num <= MAX_SOCKETS; a[1].num++)
		ASSERT_LT(0, add(&self->e, a));
	EXPECT_EQ(-ENOSPC, add(&self->e, a));
	EXPECT_STREQ("65536 sockets' policies is the limit; use a rule, or flush",
		     self->e.extack);
	a[1].num = MAX_SOCKETS;
	EXPECT_LT(0, add(&self->e, a));
	begun = now_ns();
	ASSERT_EQ(0, list(&self->l, NULL));
	EXPECT_EQ((size_t)MAX_SOCKETS, self->l.n_policies);
	EXPECT_TRUE(ascending(&self->l));
	EXPECT_FALSE(self->l.inconsistent);
	TH_LOG("listed in %lld ms", (long long)(now_ns() - begun) / 1000000);
	begun = now_ns();
	ASSERT_EQ(0, policy_flush(&self->e));
	TH_LOG("flushed in %lld ms", (long long)(now_ns() - begun) / 1000000);
	EXPECT_TRUE(none_left(&self->e));
}

TEST_F(policy, list_says_if_it_changed_meanwhile)
{
	struct attr a[] = { DRAIN_IT, U64(COOKIE, 0), {} };
	int id = 0;

	for (a[1].num = 1; a[1].num <= 2000; a[1].num++) {
		id = add(&self->e, a);
		ASSERT_LT(0, id);
	}
	ASSERT_EQ(0, events_dump_ask(&self->l, CLOSEWATCH_CMD_POLICY_GET, NULL,
				     NULL));
	ASSERT_TRUE(events_dump_more(&self->l));
	ASSERT_EQ(0, policy_del(&self->e, id));
	while (events_dump_more(&self->l))
		;
	EXPECT_EQ(0, self->l.err);
	EXPECT_TRUE(self->l.inconsistent);
	EXPECT_EQ(1999U, self->l.n_policies);
	EXPECT_TRUE(ascending(&self->l));
}

TEST_F(policy, list_ends_with_its_namespace)
{
	struct attr a[] = { DRAIN_IT, U64(COOKIE, 0), {} };
	struct attr fd[] = { U32(NETNS_FD, netns_open()), {} };
	struct events l;

	for (a[1].num = 1; a[1].num <= 2000; a[1].num++)
		ASSERT_LT(0, add(&self->e, a));
	ASSERT_EQ(0, netns_enter());
	ASSERT_EQ(0, events_open(&l));
	ASSERT_EQ(0, events_dump_ask(&l, CLOSEWATCH_CMD_POLICY_GET, nest_attrs,
				     fd));
	close(fd[0].num);
	ASSERT_TRUE(events_dump_more(&l));
	events_close(&self->e);
	events_close(&self->l);
	ASSERT_EQ(0, events_open(&self->e));
	ASSERT_EQ(0, events_open(&self->l));
	EXPECT_TRUE(WAIT_FOR(installed(&self->e) == 0));
	while (events_dump_more(&l))
		;
	EXPECT_GT(2000U, l.n_policies);
	events_close(&l);
}

TEST_HARNESS_MAIN
