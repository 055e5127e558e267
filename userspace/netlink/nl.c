// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/family.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>

#include <linux/closewatch.h>

#include "base/attr.h"
#include "base/utf8.h"
#include "host/health.h"
#include "netlink/nl.h"

/* Room for some 50 000 events while the output is busy. */
#define RECEIVE_BUFFER	(8 << 20)
#define SEND_BUFFER	(1024 << 10)	/* for the largest set of policies */
#define MESSAGE_MAX	(128 << 10)
/* Arming probes takes the kernel long on a slow machine. */
#define REPLY_MS	15000
#define REQUEST_ROOM	4000
#define MAX_ERRNO	4095	/* the kernel's */

struct cw_nl {
	struct nl_sock *sock;
	int family;
	cw_nl_event_fn *fn;
	void *arg;
	/* The request under way; @done once it was answered. */
	uint32_t seq;
	bool done;
	int error;		/* 0 or a negative errno */
	char message[256];	/* extack */
	uint32_t refused;	/* where in the request; 0: of it all */
	bool interrupted;	/* the dump is of no one moment */
	bool gone;		/* the family was unregistered */
	struct cw_nl_want want;	/* what its replies are for */
	uint32_t buf[MESSAGE_MAX / sizeof(uint32_t)];	/* a datagram */
};

/* The extack message, if the kernel sent one @skip bytes into the payload. */
static void read_message(struct cw_nl *nl, const struct nlmsghdr *nlh,
			 size_t skip)
{
	size_t len = nlmsg_datalen(nlh), n;
	const void *text;

	nl->message[0] = '\0';
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS) || skip >= len ||
	    !cw_attr_find((const char *)nlmsg_data(nlh) + skip, len - skip,
			    NLMSGERR_ATTR_MSG, &text, &n))
		return;
	cw_utf8_escape(nl->message, sizeof(nl->message), text,
		       strnlen(text, n), false);
}

static void read_offset(struct cw_nl *nl, const struct nlmsghdr *nlh,
			size_t skip)
{
	size_t len = nlmsg_datalen(nlh), n;
	const void *offset;

	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS && skip < len &&
	    cw_attr_find((const char *)nlmsg_data(nlh) + skip, len - skip,
			 NLMSGERR_ATTR_OFFS, &offset, &n) &&
	    n == sizeof(nl->refused))
		memcpy(&nl->refused, offset, n);
}

static void read_extack(struct cw_nl *nl, const struct nlmsgerr *e,
			const struct nlmsghdr *nlh)
{
	size_t skip = sizeof(*e);

	/* Without NLM_F_CAPPED the request's payload comes first. */
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED) &&
	    e->msg.nlmsg_len > sizeof(e->msg))
		skip += NLMSG_ALIGN(e->msg.nlmsg_len) - sizeof(e->msg);
	read_message(nl, nlh, skip);
	read_offset(nl, nlh, skip);
}

/* @error as the kernel sent it: 0 or a negative errno. */
static void answered(struct cw_nl *nl, int error)
{
	nl->error = error >= -MAX_ERRNO && error <= 0 ? error : -EPROTO;
	nl->done = true;
}

/* An ACK is an error of 0. */
static void take_error(struct cw_nl *nl, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *e = nlmsg_data(nlh);

	if (nlmsg_datalen(nlh) < (int)sizeof(*e) ||
	    e->msg.nlmsg_seq != nl->seq)
		return;
	answered(nl, e->error);
	if (e->error)
		read_extack(nl, e, nlh);
}

/* nlctrl reports that a family is removed: the module is being unloaded. */
static void take_ctrl(struct cw_nl *nl, const struct genlmsghdr *gh,
		      const void *attrs, size_t len)
{
	const void *id;
	uint16_t family;
	size_t n;

	if (gh->cmd != CTRL_CMD_DELFAMILY ||
	    !cw_attr_find(attrs, len, CTRL_ATTR_FAMILY_ID, &id, &n) ||
	    n != sizeof(family))
		return;
	memcpy(&family, id, n);
	if (family == nl->family)
		nl->gone = true;
}

static void take_reply(struct cw_nl *nl, const void *attrs, size_t len)
{
	struct cw_attr a = cw_attr_walk(attrs, len);

	while (nl->want.take && cw_attr_next(&a) > 0)
		if (a.type == nl->want.attr)
			nl->want.take(nl->want.to, a.data, a.len);
}

/* A dump ends with its own error, which may have an extack message too. */
static void take_done(struct cw_nl *nl, const struct nlmsghdr *nlh)
{
	int error;

	if (nlh->nlmsg_seq != nl->seq)
		return;
	nl->done = true;
	if (nlmsg_datalen(nlh) < (int)sizeof(error))
		return;
	memcpy(&error, nlmsg_data(nlh), sizeof(error));
	if (error < 0)
		answered(nl, error);
	read_message(nl, nlh, sizeof(error));
}

static void take_genl(struct cw_nl *nl, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *gh = nlmsg_data(nlh);
	const void *attrs = (const char *)gh + GENL_HDRLEN;
	int len = nlmsg_datalen(nlh) - (int)GENL_HDRLEN;

	if (len < 0)
		return;
	if (nlh->nlmsg_type == GENL_ID_CTRL) {
		take_ctrl(nl, gh, attrs, len);
	} else if (nlh->nlmsg_type != nl->family) {
		return;
	} else if (gh->cmd == CLOSEWATCH_CMD_EVENT) {
		if (nl->fn)
			nl->fn(nl->arg, attrs, len);
	} else if (nlh->nlmsg_seq == nl->seq) {
		take_reply(nl, attrs, len);
		nl->done = !(nlh->nlmsg_flags & NLM_F_MULTI);
	}
}

/*
 * A loop of our own: libnl would copy each message, and look for an answer in
 * it. An interrupted dump is taken as far as it came: see cw_nl_interrupted().
 */
static void take_datagram(struct cw_nl *nl, uint32_t from, const void *data,
			  int len)
{
	const struct nlmsghdr *nlh = data;

	/* Only the kernel has port 0. */
	if (from)
		return;
	for (; nlmsg_ok(nlh, len);
	     nlh = nlmsg_next((struct nlmsghdr *)nlh, &len)) {
		nl->interrupted |= nlh->nlmsg_seq == nl->seq &&
				   nlh->nlmsg_flags & NLM_F_DUMP_INTR;
		if (nlh->nlmsg_type == NLMSG_ERROR)
			take_error(nl, nlh);
		else if (nlh->nlmsg_type == NLMSG_DONE)
			take_done(nl, nlh);
		else
			take_genl(nl, nlh);
	}
}

static void set_options(struct cw_nl *nl)
{
	int fd = nl_socket_get_fd(nl->sock), one = 1, size = RECEIVE_BUFFER;
	int send = SEND_BUFFER;

	/* All of these are optional. */
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	setsockopt(fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, &one, sizeof(one));
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &send, sizeof(send)))
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &send, sizeof(send));
}

/* A process with CAP_NET_ADMIN could send us answers before the kernel does. */
static int connect_kernel(int fd)
{
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	return connect(fd, (const struct sockaddr *)&kernel, sizeof(kernel));
}

static const char *load_command(char *buf, size_t size)
{
	return cw_health_load_command("", buf, size) ? buf :
	       "where it was built: sudo insmod ./closewatch.ko";
}

static int fail_no_family(struct cw_fail *fail)
{
	char load[320];

	if (!cw_health_has_kprobes(""))
		return cw_fail(fail, "closewatch doctor",
			       "this kernel has no kprobes, which the closewatch module needs");
	if (cw_health_module_loaded(""))
		return cw_fail(fail,
			       "sudo rmmod closewatch && sudo insmod ./closewatch.ko",
			       "the closewatch module is loaded, but it does not answer on netlink");
	return cw_fail(fail, load_command(load, sizeof(load)),
		       "the closewatch module is not loaded");
}

static int check_version(unsigned int version, struct cw_fail *fail)
{
	char reload[384];

	if (version == CLOSEWATCH_FAMILY_VERSION)
		return CW_OK;
	if (version > CLOSEWATCH_FAMILY_VERSION)
		return cw_fail(fail,
			       "install the program that came with the module",
			       "the loaded module is newer than this program: it speaks version %u of the protocol, this program version %d",
			       version, CLOSEWATCH_FAMILY_VERSION);
	return cw_fail(fail, cw_health_reload_commands("", reload, sizeof(reload)),
		       "the loaded module is older than this program: it speaks version %u of the protocol, this program version %d",
		       version, CLOSEWATCH_FAMILY_VERSION);
}

static int find_family(struct cw_nl *nl, struct cw_fail *fail)
{
	struct genl_family *family;
	struct nl_cache *cache;
	unsigned int version;
	int err;

	/* A dump: asking by name would let the kernel load modules. */
	err = genl_ctrl_alloc_cache(nl->sock, &cache);
	if (err < 0)
		return cw_fail(fail, NULL,
			       "cannot list the netlink families: %s",
			       nl_geterror(err));
	family = genl_ctrl_search_by_name(cache, CLOSEWATCH_FAMILY_NAME);
	if (!family) {
		nl_cache_free(cache);
		return fail_no_family(fail);
	}
	nl->family = genl_family_get_id(family);
	version = genl_family_get_version(family);
	genl_family_put(family);
	nl_cache_free(cache);
	return check_version(version, fail);
}

int cw_nl_open(struct cw_nl **out, cw_nl_event_fn *fn, void *arg,
	       struct cw_fail *fail)
{
	struct cw_nl *nl = calloc(1, sizeof(*nl));
	int ret, group;

	if (!nl)
		return cw_fail(fail, NULL, "out of memory");
	nl->fn = fn;
	nl->arg = arg;
	nl->sock = nl_socket_alloc();
	ret = nl->sock ? genl_connect(nl->sock) : -NLE_NOMEM;
	if (!ret && connect_kernel(nl_socket_get_fd(nl->sock)))
		ret = -nl_syserr2nlerr(errno);
	if (ret < 0) {
		ret = cw_fail(fail, NULL, "cannot open a netlink socket: %s",
			      nl_geterror(ret));
		goto close;
	}
	ret = find_family(nl, fail);
	if (ret)
		goto close;
	/* Optional: without it an unload goes unnoticed. */
	group = genl_ctrl_resolve_grp(nl->sock, "nlctrl", "notify");
	if (group >= 0)
		nl_socket_add_membership(nl->sock, group);
	set_options(nl);
	*out = nl;
	return CW_OK;
close:
	cw_nl_close(nl);
	return ret;
}

void cw_nl_close(struct cw_nl *nl)
{
	if (!nl)
		return;
	nl_socket_free(nl->sock);
	free(nl);
}

int cw_nl_fd(const struct cw_nl *nl)
{
	return nl_socket_get_fd(nl->sock);
}

/* 0 also when there was nothing to read, else a negative errno. */
static int receive_once(struct cw_nl *nl, bool *overrun)
{
	struct sockaddr_nl from = { 0 };
	socklen_t size = sizeof(from);
	ssize_t n = recvfrom(cw_nl_fd(nl), nl->buf, sizeof(nl->buf),
			     MSG_DONTWAIT | MSG_TRUNC,
			     (struct sockaddr *)&from, &size);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n < 0 && errno != ENOBUFS)
		return -errno;
	if (n < 0 || n > (ssize_t)sizeof(nl->buf))
		*overrun = true;
	else
		take_datagram(nl, from.nl_pid, nl->buf, n);
	return 0;
}

/*
 * Receives until the request is answered, behind any number of events that take
 * long to show. 0 or a negative errno.
 */
static int await(struct cw_nl *nl, int silence_ms)
{
	struct pollfd pfd = { .fd = cw_nl_fd(nl), .events = POLLIN };
	bool overrun = false;

	while (!nl->done && !nl->gone) {
		int n = poll(&pfd, 1, silence_ms);

		if (!n)
			return -ETIMEDOUT;
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0 && receive_once(nl, &overrun) < 0)
			return -EIO;
	}
	if (!nl->done)
		return -ENODEV;
	return nl->error;
}

struct nl_msg *cw_nl_request_sized(struct cw_nl *nl, int cmd, int flags,
				   size_t room)
{
	struct nl_msg *msg = nlmsg_alloc_size(NLMSG_HDRLEN + GENL_HDRLEN + room);

	nl->done = false;
	nl->error = 0;
	nl->message[0] = '\0';
	nl->refused = 0;
	nl->interrupted = false;
	nl->seq = nl_socket_use_seq(nl->sock);
	if (msg && !genlmsg_put(msg, NL_AUTO_PORT, nl->seq, nl->family, 0,
				NLM_F_REQUEST | flags, cmd,
				CLOSEWATCH_FAMILY_VERSION)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

struct nl_msg *cw_nl_request(struct cw_nl *nl, int cmd, int flags)
{
	return cw_nl_request_sized(nl, cmd, flags, REQUEST_ROOM);
}

bool cw_nl_interrupted(const struct cw_nl *nl)
{
	return nl->interrupted;
}

uint32_t cw_nl_refused(const struct cw_nl *nl)
{
	return nl->refused;
}

/* Takes over @msg. 0 or a negative errno. */
static int send_request(struct cw_nl *nl, struct nl_msg *msg)
{
	ssize_t n;

	if (!msg)
		return -ENOMEM;
	nl_complete_msg(nl->sock, msg);
	do {
		n = send(cw_nl_fd(nl), nlmsg_hdr(msg),
			 nlmsg_hdr(msg)->nlmsg_len, 0);
	} while (n < 0 && errno == EINTR);
	nlmsg_free(msg);
	return n < 0 ? -errno : 0;
}

int cw_nl_exchange(struct cw_nl *nl, struct nl_msg *msg,
		   const struct cw_nl_want *want)
{
	int err = send_request(nl, msg);

	if (err)
		return err;
	nl->want = want ? *want : (struct cw_nl_want){ 0 };
	err = await(nl, nl->want.silence_ms ? nl->want.silence_ms : REPLY_MS);
	nl->want = (struct cw_nl_want){ 0 };
	return err;
}

static int fail_permission(const struct cw_nl *nl, const char *what,
			   struct cw_fail *fail)
{
	const char *where = " in the initial user namespace";
	const char *fix =
		"run it with sudo outside of containers";

	if (cw_health_userns("")) {
		where = "";
		fix = "run it with sudo, or as root of this network namespace's user namespace";
	}
	return cw_fail(fail, fix, "%s needs CAP_NET_ADMIN%s%s%s%s", what, where,
		       nl->message[0] ? " (" : "", nl->message,
		       nl->message[0] ? ")" : "");
}

/* Of the same version, but without what this program sends; the kernel's words. */
static bool lacks_attribute(const struct cw_nl *nl, int err)
{
	return err == -EINVAL && !strcmp(nl->message, "Unknown attribute type");
}

int cw_nl_fail(const struct cw_nl *nl, int err, const char *what,
	       struct cw_fail *fail)
{
	const char *text = nl->message[0] ? nl->message : strerror(-err);
	char load[384];

	/* A module that gives a reason is loaded and knows the request. */
	if ((err == -EOPNOTSUPP || err == -ENODEV) && nl->message[0])
		err = -EINVAL;
	if (lacks_attribute(nl, err))
		err = -EOPNOTSUPP;
	switch (-err) {
	case EPERM:
		return fail_permission(nl, what, fail);
	case ENODEV:
		return cw_fail(fail, load_command(load, sizeof(load)),
			       "the closewatch module was unloaded");
	case ETIMEDOUT:
		return cw_fail(fail, "sudo dmesg | tail",
			       "the module did not answer in %d s",
			       REPLY_MS / 1000);
	case EOPNOTSUPP:
		return cw_fail(fail, cw_health_reload_commands("", load, sizeof(load)),
			       "the loaded module is older than this program: it does not know all of this request (%s)",
			       what);
	default:
		return cw_fail(fail, nl->message[0] ? NULL :
			       "closewatch doctor",
			       "the kernel refused %s: %s", what, text);
	}
}

int cw_nl_receive(struct cw_nl *nl, bool *overrun, struct cw_fail *fail)
{
	int err;

	*overrun = false;
	err = receive_once(nl, overrun);
	if (nl->gone)
		return cw_nl_fail(nl, -ENODEV, "", fail);
	if (err < 0)
		return cw_fail(fail, NULL, "reading events: %s",
			       strerror(-err));
	return CW_OK;
}
