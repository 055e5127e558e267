// SPDX-License-Identifier: GPL-2.0
/*
 * Random requests by senders of all rights, while connections close. SEED and
 * HARD_MESSAGES (in all) are taken from the environment; what a sender sends
 * depends on the seed and its number alone.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "flavours.h"
#include "kmod.h"
#include "message.h"
#include "policy.h"
#include "role.h"
#include "wait.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

#define MESSAGES	35000	/* in the form that fits a usual run */
#define MANY		50000	/* of a variant: enough for whatever is rare */
#define SENDERS		4	/* of each role: one waits while another sends */
#define SOCKETS		8	/* of each sender */
#define ERRNOS		134
#define BATCH		16	/* requests of a datagram, at most */
#define ANSWERS		16	/* datagrams read at once */
#define ANSWER_MAX	20000	/* more than the largest reply */
#define SHOWN		5	/* complaints of each sender */

/* What senders have in common with the test */
struct tally {
	atomic_long sent, answers, texts, left, sockets, pairs, faults;
	atomic_long errors[ERRNOS], served[256];
};

struct slot {
	int fd;
	bool texts;		/* extended acknowledgments are on */
	bool left;		/* answers, or half a dump, may wait there */
	bool overrun;		/* an answer may have been dropped */
};

/* A request that may yet be answered */
struct asked {
	struct message m;
	uint32_t seq;
	bool answered;
};

struct sender {
	struct tally *t;
	struct random r;
	enum role role;
	bool allowed;		/* to use the family at all */
	uint16_t family;
	uint32_t seq;
	struct slot slots[SOCKETS];
	struct material mat;
	struct pair pair;
	struct asked asked[BATCH];	/* the last datagram */
	unsigned int n;
	int shown;
};

static uint64_t from_env(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text && *text ? strtoull(text, NULL, 0) : otherwise;
}

/* Say what is wrong with an answer, and to which request (or NULL) */
static void fault(struct sender *s, const struct asked *to, const char *what,
		  int err)
{
	const char *op = to ? message_op(to->m.cmd) : NULL;
	char text[1024];
	int n;

	s->t->faults++;
	if (s->shown++ >= SHOWN)
		return;
	n = snprintf(text, sizeof(text), "# role %d message %u %s: %s: %s:",
		     s->role, to ? to->seq : 0, op ?: "?", what, strerror(err));
	for (size_t i = 0; to && i < to->m.len && i < 128; i++)
		n += snprintf(text + n, sizeof(text) - n, " %02x", to->m.buf[i]);
	fprintf(stderr, "%s\n", text);
}

/* What requests may be refused with */
static bool sane(int err)
{
	static const uint8_t known[] = {
		0, EPERM, EINVAL, ERANGE, EOPNOTSUPP, ENOENT, EEXIST, EBADF,
		ENOTSOCK, ENOSPC, EBUSY, EMFILE, EDQUOT, EUSERS, E2BIG,
	};

	return memchr(known, err, sizeof(known));
}

static bool has_text(const struct nlmsghdr *h)
{
	size_t at = NLMSG_HDRLEN +
		    (h->nlmsg_type == NLMSG_DONE ? sizeof(int) :
						   sizeof(struct nlmsgerr));

	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS))
		return false;
	while (at + NLA_HDRLEN <= h->nlmsg_len) {
		const struct nlattr *a = (const void *)((const char *)h + at);

		if (a->nla_type == NLMSGERR_ATTR_MSG)
			return a->nla_len > NLA_HDRLEN + 1;
		at += NLA_ALIGN(a->nla_len ?: NLA_HDRLEN);
	}
	return false;
}

/* Netlink's own answers to a dump: another one is under way, or events fill the
 * socket's buffer
 */
static bool dump_refused(const struct asked *to, int err)
{
	return (!to || !to->m.sound || to->m.dump) &&
	       (err == EBUSY || err == ENOBUFS);
}

/* The kernel's own refusals have none */
static bool needs_text(const struct slot *slot, const struct asked *to, int err)
{
	return err && slot->texts && err != EOPNOTSUPP && !dump_refused(to, err);
}

static void check_error(struct sender *s, const struct slot *slot,
			const struct nlmsghdr *h, struct asked *to)
{
	int err = -*(const int *)NLMSG_DATA(h);

	if (err < 0 || err >= ERRNOS || !(sane(err) || dump_refused(to, err)))
		return fault(s, to, "an error that nobody expects", err);
	s->t->errors[err]++;
	if (!to || !to->m.sound)
		return;		/* left before, or with a header that is wrong */
	to->answered = true;
	if (!s->allowed && err != EPERM)
		return fault(s, to, "an answer without the right to it", err);
	if (!err)
		s->t->served[to->m.cmd]++;
	if (!s->allowed || !needs_text(slot, to, err))
		return;
	if (has_text(h))
		s->t->texts++;
	else
		fault(s, to, "an error without a text", err);
}

static void take_id(struct sender *s, const struct nlmsghdr *h)
{
	struct nlattr *tb[CLOSEWATCH_A_POLICY_MAX + 1];
	struct nlattr *nest = genlmsg_attrdata(nlmsg_data(h), 0);

	if (nla_parse_nested(tb, CLOSEWATCH_A_POLICY_MAX, nest, NULL) ||
	    !tb[CLOSEWATCH_A_POLICY_ID])
		return fault(s, NULL, "a policy without an id", 0);
	s->mat.id = nla_get_u32(tb[CLOSEWATCH_A_POLICY_ID]);
}

static struct asked *asked(struct sender *s, uint32_t seq)
{
	for (unsigned int i = 0; i < s->n; i++)
		if (s->asked[i].seq == seq)
			return &s->asked[i];
	return NULL;
}

static void check_answer(struct sender *s, const struct slot *slot,
			 const struct nlmsghdr *h)
{
	struct asked *to = asked(s, h->nlmsg_seq);
	const struct genlmsghdr *g = NLMSG_DATA(h);

	s->t->answers++;
	if (h->nlmsg_type == NLMSG_ERROR || h->nlmsg_type == NLMSG_DONE)
		check_error(s, slot, h, to);
	else if (h->nlmsg_type != s->family)
		fault(s, to, "an answer of another family", 0);
	else if (!s->allowed)
		fault(s, to, "data without the right to it", 0);
	else if (g->cmd != CLOSEWATCH_CMD_EVENT && !message_op(g->cmd))
		fault(s, to, "an answer to no command", 0);
	else if (g->cmd == CLOSEWATCH_CMD_POLICY_ADD)
		take_id(s, h);
}

/* False when nothing is left to read */
static bool read_some(struct sender *s, struct slot *slot)
{
	static _Alignas(8) char buf[ANSWERS][ANSWER_MAX];
	struct mmsghdr in[ANSWERS] = {};
	struct iovec iov[ANSWERS];
	int n;

	for (int i = 0; i < ANSWERS; i++) {
		iov[i] = (struct iovec){ buf[i], ANSWER_MAX };
		in[i].msg_hdr.msg_iov = &iov[i];
		in[i].msg_hdr.msg_iovlen = 1;
	}
	n = recvmmsg(slot->fd, in, ANSWERS, MSG_DONTWAIT, NULL);
	if (n < 0) {
		slot->overrun |= errno == ENOBUFS;
		return errno == ENOBUFS;
	}
	for (int i = 0; i < n; i++) {
		struct nlmsghdr *h = (void *)buf[i];
		unsigned int len = in[i].msg_len;

		for (; NLMSG_OK(h, len); h = NLMSG_NEXT(h, len))
			check_answer(s, slot, h);
	}
	return n == ANSWERS;
}

static void read_answers(struct sender *s, struct slot *slot)
{
	while (read_some(s, slot))
		;
	slot->left = false;
}

static void open_slot(struct sender *s, struct slot *slot)
{
	int on = 1;

	*slot = (struct slot){
		.fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC),
		.texts = random_percent(&s->r, 85),
	};
	if (slot->texts)
		setsockopt(slot->fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	if (random_percent(&s->r, 80))
		setsockopt(slot->fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	else
		slot->texts = false;	/* texts stand behind the request then */
	s->t->sockets++;
}

static int open_sender(struct sender *s)
{
	const struct pair_opts opts = { .flavour = IPV4 };
	int *fds = s->mat.fds;
	struct nl_sock *sk = nl_socket_alloc();
	int family;

	if (genl_connect(sk))
		return -1;
	family = genl_ctrl_resolve(sk, CLOSEWATCH_FAMILY_NAME);
	nl_socket_free(sk);
	if (family < 0 || pair_open(&s->pair, &opts))
		return -1;
	s->family = family;
	for (int i = 0; i < SOCKETS; i++)
		open_slot(s, &s->slots[i]);
	fds[0] = s->pair.us;
	fds[1] = s->pair.them;
	fds[2] = s->pair.listener;
	fds[3] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	fds[4] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	fds[5] = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_TCP);
	fds[6] = netns_open();
	fds[7] = 9999;
	s->mat.cookies[0] = s->pair.cookie;
	s->mat.cookies[1] = cookie_of(s->pair.them);
	s->mat.cookies[2] = 1;
	s->mat.cookies[3] = ~0ULL;
	s->mat.id = 1;
	return 0;
}

/* The pair under the same numbers as before, so that messages stay the same */
static int renew_pair(struct sender *s)
{
	const struct pair_opts opts = { .flavour = IPV4 };

	if (random_percent(&s->r, 50))
		give(s->pair.them, 3);
	pair_close(&s->pair);
	s->t->pairs++;
	if (pair_open(&s->pair, &opts))
		return -1;
	s->mat.fds[0] = s->pair.us;
	s->mat.fds[1] = s->pair.them;
	s->mat.fds[2] = s->pair.listener;
	s->mat.cookies[0] = s->pair.cookie;
	s->mat.cookies[1] = cookie_of(s->pair.them);
	return 0;
}

/* A request whose length is wrong is the last of its datagram */
static size_t make_batch(struct sender *s, unsigned char *buf)
{
	unsigned int most = 1 + random_below(&s->r, BATCH);
	size_t len = 0;

	for (s->n = 0; s->n < most; s->n++) {
		struct asked *to = &s->asked[s->n];

		len = NLMSG_ALIGN(len);
		to->seq = ++s->seq;
		to->answered = false;
		message_make(&to->m, &s->r, s->family, to->seq, &s->mat);
		memcpy(buf + len, to->m.buf, to->m.len);
		len += to->m.len;
		if (!to->m.whole)
			most = 0;
	}
	return len;
}

static void check_all_answered(struct sender *s, const struct slot *slot)
{
	for (unsigned int i = 0; i < s->n && !slot->overrun; i++) {
		const struct asked *to = &s->asked[i];

		if (to->m.sound && to->m.acked && !to->answered)
			fault(s, to, "no answer", 0);
	}
}

static void send_batch(struct sender *s)
{
	static unsigned char buf[BATCH * MESSAGE_MAX];
	struct slot *slot = &s->slots[random_below(&s->r, SOCKETS)];
	bool leave = random_percent(&s->r, 10);
	size_t len;

	s->n = 0;
	if (slot->left)
		read_answers(s, slot);
	len = make_batch(s, buf);
	if (send(slot->fd, buf, len, MSG_DONTWAIT) < 0)
		slot->overrun = true;
	s->t->sent += s->n;
	slot->left = leave;
	if (leave) {
		s->t->left += s->n;
	} else {
		read_answers(s, slot);
		check_all_answered(s, slot);
	}
	if (random_percent(&s->r, 5)) {
		close(slot->fd);
		open_slot(s, slot);
	}
}

static int run_sender(struct sender *s, uint32_t messages)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (role_enter(s->role) || open_sender(s))
		return 1;
	while (s->seq < messages) {
		send_batch(s);
		if (random_percent(&s->r, 2) && renew_pair(s))
			return 1;
	}
	return 0;
}

FIXTURE(fuzz) {
	struct tally *t;
	uint64_t seed;
	long messages;
	pid_t pids[ROLES * SENDERS];
	unsigned int n;
};

FIXTURE_VARIANT(fuzz) {
	const char *params;	/* of the module */
	unsigned int roles;	/* bits */
};

#define ALL	((1U << ROLES) - 1)

FIXTURE_VARIANT_ADD(fuzz, root) {
	.roles = 1U << ROLE_ROOT,
};

FIXTURE_VARIANT_ADD(fuzz, root_elsewhere) {
	.roles = 1U << ROLE_ROOT_ELSEWHERE,
};

FIXTURE_VARIANT_ADD(fuzz, plain) {
	.roles = 1U << ROLE_PLAIN,
};

FIXTURE_VARIANT_ADD(fuzz, tenant) {
	.roles = 1U << ROLE_TENANT,
};

FIXTURE_VARIANT_ADD(fuzz, plain_let_in) {
	.roles = 1U << ROLE_PLAIN, .params = "userns=1",
};

FIXTURE_VARIANT_ADD(fuzz, tenant_let_in) {
	.roles = 1U << ROLE_TENANT, .params = "userns=1",
};

FIXTURE_VARIANT_ADD(fuzz, all_at_once) {
	.roles = ALL, .params = "userns=1",
};

#define VARIANTS	7

FIXTURE_SETUP(fuzz)
{
	self->t = mmap(NULL, sizeof(*self->t), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->t);
	self->seed = from_env("SEED", now_ns() % 1000000);
	self->messages = from_env("HARD_MESSAGES", MESSAGES) / VARIANTS /
			 SENDERS / __builtin_popcount(variant->roles);
	NEED_MODULE_FILE(return);
	ASSERT_EQ(0, kmod_reload(variant->params ?: ""));
}

FIXTURE_TEARDOWN(fuzz)
{
	EXPECT_EQ(0, kmod_reload(""));
}

static bool is_allowed(enum role role, const char *params)
{
	return role <= ROLE_ROOT_ELSEWHERE || (role == ROLE_TENANT && params);
}

/* Nothing is left of senders that are gone, but policies until they are flushed */
static bool nothing_is_left(void)
{
	struct events e;
	bool ok;

	ok = !events_open(&e) && !drain_off_everywhere(&e) &&
	     WAIT_FOR(!events_info(&e) && !e.info.listeners &&
		      !e.info.policies && !e.info.drains && !e.info.inflight &&
		      !e.info.probes && !e.info.policy_armed);
	if (!ok)
		fprintf(stderr, "# left: %u listeners %u policies %u drains %u probes\n",
			e.info.listeners, e.info.policies, e.info.drains,
			e.info.probes);
	events_close(&e);
	return ok;
}

static void print_tally(const struct tally *t, uint64_t seed, int64_t ns)
{
	printf("# amount: seed %lu, %ld messages, %ld answers, %ld texts, %ld left,",
	       (unsigned long)seed, t->sent, t->answers, t->texts, t->left);
	printf(" %ld sockets, %ld pairs closed, %ld s; errors:",
	       t->sockets, t->pairs, (long)(ns / NSEC_PER_SEC));
	for (int i = 0; i < ERRNOS; i++)
		if (t->errors[i])
			printf(" %s %ld", i ? strerrorname_np(i) : "0",
			       t->errors[i]);
	printf("\n");
	fflush(stdout);
}

/* Whoever may use the family has been served each command */
static int commands_unserved(const struct tally *t)
{
	int missing = 0;

	for (int cmd = 0; cmd < 256; cmd++) {
		if (!message_op(cmd) || t->served[cmd])
			continue;
		printf("# never served: %s\n", message_op(cmd));
		missing++;
	}
	return missing;
}

TEST_F_TIMEOUT(fuzz, answers_are_right_and_nothing_is_left, 14400)
{
	int64_t began = now_ns();
	bool served = false;
	int status;

	for (unsigned int i = 0; i < ROLES * SENDERS; i++) {
		struct sender *s = calloc(1, sizeof(*s));

		s->role = i / SENDERS;
		if (!(variant->roles >> s->role & 1))
			continue;
		s->t = self->t;
		s->r = random_start(self->seed, i);
		s->allowed = is_allowed(s->role, variant->params);
		served |= s->allowed;
		self->pids[self->n] = fork();
		if (!self->pids[self->n])
			_exit(run_sender(s, self->messages));
		self->n++;
		free(s);
	}
	while (self->n--) {
		ASSERT_EQ(self->pids[self->n],
			  waitpid(self->pids[self->n], &status, 0));
		EXPECT_EQ(0, status);
	}
	print_tally(self->t, self->seed, now_ns() - began);
	EXPECT_EQ(0, self->t->faults);
	EXPECT_EQ(served, self->t->served[CLOSEWATCH_CMD_POLICY_ADD] > 0);
	/* Of many at once, one may always remove what another has added */
	if (served && variant->roles != ALL && self->t->sent >= MANY)
		EXPECT_EQ(0, commands_unserved(self->t));
	/* Dumps met one that was left in the middle */
	if (served && self->t->sent >= MANY)
		EXPECT_LT(0, (long)self->t->errors[EBUSY]);
	EXPECT_TRUE(nothing_is_left());
}

TEST_HARNESS_MAIN
