// SPDX-License-Identifier: GPL-2.0
/* What nl.c makes of messages is static in there. */
#include "netlink/nl.c"

#include "kselftest_harness.h"

#define FAMILY	0x21
#define SEQ	7

static struct {
	struct nlmsghdr nlh;
	struct nlmsgerr e;
	struct nlattr nla;
	char text[8];
} answer;

FIXTURE(nl)
{
	struct cw_nl nl;
	uint32_t from;
};

FIXTURE_SETUP(nl)
{
	memset(&self->nl, 0, sizeof(self->nl));
	self->nl.family = FAMILY;
	self->nl.seq = SEQ;
	self->from = 0;
	memset(&answer, 0, sizeof(answer));
	answer.nlh.nlmsg_len = sizeof(answer);
	answer.nlh.nlmsg_type = NLMSG_ERROR;
	answer.nlh.nlmsg_flags = NLM_F_CAPPED | NLM_F_ACK_TLVS;
	answer.nlh.nlmsg_seq = SEQ;
	answer.e.error = -EBUSY;
	answer.e.msg.nlmsg_seq = SEQ;
	answer.nla.nla_type = NLMSGERR_ATTR_MSG;
	answer.nla.nla_len = sizeof(answer.nla) + sizeof(answer.text);
	memcpy(answer.text, "no", 3);
}

FIXTURE_TEARDOWN(nl)
{
}

#define take() \
	take_datagram(&self->nl, self->from, &answer, sizeof(answer))

TEST_F(nl, the_kernels_answer_is_taken)
{
	take();
	EXPECT_TRUE(self->nl.done);
	EXPECT_EQ(-EBUSY, self->nl.error);
	EXPECT_STREQ("no", self->nl.message);
}

TEST_F(nl, an_answer_of_another_process_is_ignored)
{
	self->from = 4711;
	take();
	EXPECT_FALSE(self->nl.done);
	EXPECT_EQ(0, self->nl.error);
}

/* Its negation, for strerror(), would overflow. */
TEST_F(nl, an_error_that_is_no_errno_is_a_protocol_error)
{
	answer.e.error = INT32_MIN;
	take();
	EXPECT_EQ(-EPROTO, self->nl.error);
}

TEST_F(nl, a_refusal_cannot_steer_the_terminal)
{
	memcpy(answer.text, "\033[2Jno", 7);
	take();
	EXPECT_STREQ("\\x1b[2Jno", self->nl.message);
}

TEST_F(nl, a_refusal_says_where_in_the_request)
{
	answer.nla.nla_type = NLMSGERR_ATTR_OFFS;
	answer.nla.nla_len = sizeof(answer.nla) + sizeof(uint32_t);
	memcpy(answer.text, &(uint32_t){ 52 }, sizeof(uint32_t));
	take();
	EXPECT_EQ(52, cw_nl_refused(&self->nl));
	self->nl.sock = nl_socket_alloc();
	nlmsg_free(cw_nl_request(&self->nl, CLOSEWATCH_CMD_INFO, 0));
	nl_socket_free(self->nl.sock);
	EXPECT_EQ(0, cw_nl_refused(&self->nl));
}

static void sum(void *to, const void *attrs, size_t len)
{
	*(size_t *)to = *(size_t *)to * 10 + len;
}

TEST_F(nl, a_reply_may_have_many_of_a_kind)
{
	static const struct {
		struct nlattr one;
		uint32_t a;
		struct nlattr other;
		struct nlattr two;
	} attrs = {
		.one = { sizeof(attrs.one) + 4, CLOSEWATCH_A_CHANGE },
		.other = { sizeof(attrs.other), CLOSEWATCH_A_POLICY },
		.two = { sizeof(attrs.two), CLOSEWATCH_A_CHANGE },
	};
	size_t lengths = 0;

	self->nl.want = (struct cw_nl_want){ CLOSEWATCH_A_CHANGE, sum, &lengths };
	take_reply(&self->nl, &attrs, sizeof(attrs));
	EXPECT_EQ(40, lengths);
}

TEST_F(nl, a_list_that_changed_meanwhile_is_known)
{
	answer.nlh.nlmsg_type = NLMSG_DONE;
	answer.nlh.nlmsg_flags = NLM_F_MULTI | NLM_F_DUMP_INTR;
	answer.e.error = 0;
	/* Of another request */
	answer.nlh.nlmsg_seq = SEQ - 1;
	take();
	EXPECT_FALSE(cw_nl_interrupted(&self->nl));
	answer.nlh.nlmsg_seq = SEQ;
	take();
	EXPECT_TRUE(self->nl.done);
	EXPECT_TRUE(cw_nl_interrupted(&self->nl));
}

TEST_F(nl, a_module_that_says_why_was_not_unloaded)
{
	struct cw_fail fail = { 0 };

	cw_nl_fail(&self->nl, -ENODEV, "it", &fail);
	EXPECT_NE(NULL, strstr(fail.what, "was unloaded"));
	strcpy(self->nl.message, "for a reason");
	cw_nl_fail(&self->nl, -ENODEV, "it", &fail);
	EXPECT_NE(NULL, strstr(fail.what, "for a reason"));
}

TEST(a_module_of_the_same_version_will_do)
{
	struct cw_fail fail = { 0 };

	EXPECT_EQ(CW_OK, check_version(CLOSEWATCH_FAMILY_VERSION, &fail));
}

TEST(an_older_module_is_told_and_how_to_replace_it)
{
	struct cw_fail fail = { 0 };

	EXPECT_EQ(CW_FAILED, check_version(CLOSEWATCH_FAMILY_VERSION - 1, &fail));
	EXPECT_NE(NULL, strstr(fail.what, "older than this program"));
	EXPECT_NE(NULL, strstr(fail.fix, "rmmod closewatch"));
}

TEST(a_newer_module_is_told_and_is_not_to_be_replaced)
{
	struct cw_fail fail = { 0 };

	EXPECT_EQ(CW_FAILED, check_version(CLOSEWATCH_FAMILY_VERSION + 1, &fail));
	EXPECT_NE(NULL, strstr(fail.what, "newer than this program"));
	EXPECT_EQ(NULL, strstr(fail.fix, "rmmod"));
}

TEST_F(nl, what_an_older_module_of_the_version_lacks_is_told_as_such)
{
	struct cw_fail fail = { 0 };

	cw_nl_fail(&self->nl, -EOPNOTSUPP, "it", &fail);
	EXPECT_NE(NULL, strstr(fail.what, "older than this program"));
	memset(&fail, 0, sizeof(fail));
	strcpy(self->nl.message, "Unknown attribute type");
	cw_nl_fail(&self->nl, -EINVAL, "it", &fail);
	EXPECT_NE(NULL, strstr(fail.what, "older than this program"));
	EXPECT_NE(NULL, strstr(fail.fix, "rmmod closewatch"));
	memset(&fail, 0, sizeof(fail));
	strcpy(self->nl.message, "no");
	cw_nl_fail(&self->nl, -EINVAL, "it", &fail);
	EXPECT_NE(NULL, strstr(fail.what, "refused it: no"));
}

TEST_HARNESS_MAIN
