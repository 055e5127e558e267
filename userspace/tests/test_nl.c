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

TEST_F(nl, a_module_that_says_why_was_not_unloaded)
{
	struct cw_fail fail = { 0 };

	cw_nl_fail(&self->nl, -ENODEV, "it", &fail);
	EXPECT_NE(NULL, strstr(fail.what, "was unloaded"));
	strcpy(self->nl.message, "for a reason");
	cw_nl_fail(&self->nl, -ENODEV, "it", &fail);
	EXPECT_NE(NULL, strstr(fail.what, "for a reason"));
}

TEST_HARNESS_MAIN
