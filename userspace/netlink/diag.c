// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/closewatch.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>

#include "base/names.h"
#include "base/names_gen.h"
#include "netlink/diag.h"

#define HOLDERS_MS	50
#define ANY_COOKIE	(~0ULL)

struct question {
	struct nlmsghdr nlh;
	struct inet_diag_req_v2 req;
};

struct answer {
	struct nlmsghdr nlh;
	union {
		struct inet_diag_msg msg;
		struct nlmsgerr error;
	};
	char rest[4096];
};

static void fill(struct question *q, const struct cw_ends *ends,
		 uint64_t cookie)
{
	struct inet_diag_sockid *id = &q->req.id;

	memset(q, 0, sizeof(*q));
	q->nlh.nlmsg_len = sizeof(*q);
	q->nlh.nlmsg_type = SOCK_DIAG_BY_FAMILY;
	q->nlh.nlmsg_flags = NLM_F_REQUEST;
	q->req.sdiag_family = ends->local.len == 4 ? AF_INET : AF_INET6;
	q->req.sdiag_protocol = IPPROTO_TCP;
	q->req.idiag_states = -1;
	id->idiag_sport = htons(ends->local_port);
	id->idiag_dport = htons(ends->remote_port);
	memcpy(id->idiag_src, ends->local.b, sizeof(id->idiag_src));
	memcpy(id->idiag_dst, ends->remote.b, sizeof(id->idiag_dst));
	id->idiag_cookie[0] = (uint32_t)cookie;
	id->idiag_cookie[1] = (uint32_t)(cookie >> 32);
}

int cw_diag_open(int netns_fd)
{
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	int home = -1, fd = -1, err;

	if (netns_fd >= 0) {
		home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
		if (home < 0 || setns(netns_fd, CLONE_NEWNET))
			goto close;
	}
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	/* Return, or all later requests are about the other namespace. */
	if (home >= 0 && setns(home, CLONE_NEWNET) && fd >= 0) {
		close(fd);
		fd = -1;
	}
	/* No process but the kernel can answer. */
	if (fd >= 0 &&
	    connect(fd, (const struct sockaddr *)&kernel, sizeof(kernel))) {
		close(fd);
		fd = -1;
	}
close:
	err = errno;
	if (home >= 0)
		close(home);
	errno = err;
	return fd;
}

/* The kernel answers within the call, so a read never has to wait. */
static ssize_t exchange(int netns_fd, const void *request, size_t len,
			void *reply, size_t size)
{
	int fd = cw_diag_open(netns_fd);
	ssize_t n = -1;

	if (fd < 0)
		return -1;
	if (send(fd, request, len, 0) == (ssize_t)len)
		n = recv(fd, reply, size, MSG_DONTWAIT);
	close(fd);
	return n;
}

int cw_diag_destroy(const struct cw_ends *ends)
{
	struct question q;
	struct answer a = { 0 };
	ssize_t n;

	fill(&q, ends, ANY_COOKIE);
	q.nlh.nlmsg_type = SOCK_DESTROY;
	q.nlh.nlmsg_flags |= NLM_F_ACK;
	n = exchange(-1, &q, sizeof(q), &a, sizeof(a));
	if (n < 0)
		return -errno;
	return n >= (ssize_t)NLMSG_LENGTH(sizeof(a.error.error)) &&
	       a.nlh.nlmsg_type == NLMSG_ERROR ? a.error.error : -EPROTO;
}

/* 0, with @msg filled in, or a negative errno. */
static int ask(int netns_fd, const struct cw_ends *ends, uint64_t cookie,
	       struct inet_diag_msg *msg)
{
	struct question q;
	struct answer a = { 0 };
	ssize_t n;

	fill(&q, ends, cookie);
	n = exchange(netns_fd, &q, sizeof(q), &a, sizeof(a));
	if (n < 0)
		return -errno;
	if (n >= (ssize_t)NLMSG_LENGTH(sizeof(a.error.error)) &&
	    a.nlh.nlmsg_type == NLMSG_ERROR)
		return a.error.error ? a.error.error : -ENOENT;
	if (n < (ssize_t)NLMSG_LENGTH(sizeof(a.msg)) ||
	    a.nlh.nlmsg_type != SOCK_DIAG_BY_FAMILY)
		return -EPROTO;
	*msg = a.msg;
	return 0;
}

/* Where there is no such connection, the kernel answers with its listener. */
static int find(int netns_fd, const struct cw_ends *ends,
		struct inet_diag_msg *msg)
{
	int err = ask(netns_fd, ends, ANY_COOKIE, msg);

	if (!err && msg->id.idiag_dport != htons(ends->remote_port))
		return -ENOENT;
	return err;
}

static int fail_find(const struct cw_ends *ends, int netns_fd, int err,
		     struct cw_fail *fail)
{
	const struct cw_ends turned = {
		.local = ends->remote, .local_port = ends->remote_port,
		.remote = ends->local, .remote_port = ends->local_port,
	};
	struct inet_diag_msg msg;

	if (err == -EPERM || err == -EACCES)
		return cw_fail(fail, "run it with sudo",
			       "looking into that network namespace needs CAP_SYS_ADMIN");
	if (err != -ENOENT)
		return cw_fail(fail, NULL, "asking sock_diag: %s",
			       strerror(-err));
	if (!find(netns_fd, &turned, &msg))
		return cw_fail(fail, "give the two ends in the other order",
			       "no connection has these ends, but one has them the other way round: the local end comes first");
	return cw_fail(fail,
		       "ss -tn shows the connections of this network namespace; --netns looks into another",
		       "no connection has these ends");
}

/* No owner yet: the connection waits for accept(). */
static bool may_be_queued(uint8_t state)
{
	return state == CLOSEWATCH_STATE_ESTABLISHED ||
	       state == CLOSEWATCH_STATE_CLOSE_WAIT ||
	       state == CLOSEWATCH_STATE_SYN_RECV;
}

int cw_diag_cookie(const struct cw_ends *ends, int netns_fd, uint64_t *cookie,
		   struct cw_fail *fail)
{
	struct inet_diag_msg msg;
	int err = find(netns_fd, ends, &msg);
	const char *state;

	if (err)
		return fail_find(ends, netns_fd, err, fail);
	state = cw_names_word(&cw_state_names, msg.idiag_state);
	if (!msg.idiag_inode && !may_be_queued(msg.idiag_state))
		return cw_fail(fail, NULL,
			       "the connection is in %s and has no owner any more: its close is over",
			       state ? state : "an unknown state");
	*cookie = msg.id.idiag_cookie[0] |
		  (uint64_t)msg.id.idiag_cookie[1] << 32;
	return CW_OK;
}

/* As /proc/PID/fd shows it; 0 if it is not known. */
static unsigned long inode_of(const struct cw_msg_event *ev)
{
	const struct cw_ends ends = {
		.local = ev->local_addr, .local_port = ev->local_port,
		.remote = ev->remote_addr, .remote_port = ev->remote_port,
	};
	struct inet_diag_msg msg;
	struct stat st;

	if (!cw_has(ev, CLOSEWATCH_A_EVENT_COOKIE) ||
	    stat("/proc/self/ns/net", &st) || st.st_ino != ev->netns ||
	    ask(-1, &ends, ev->cookie, &msg))
		return 0;
	return msg.idiag_inode;
}

bool cw_diag_holders(const struct cw_msg_event *ev, struct cw_holders *holders)
{
	unsigned long inode = inode_of(ev);

	if (inode)
		cw_holders_find(holders, "/proc", inode, HOLDERS_MS);
	return inode;
}
