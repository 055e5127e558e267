// SPDX-License-Identifier: GPL-2.0
/*
 * closes [PORT]: print how TCP connections are closed, on a local port or on all. As root,
 * with the module loaded. Documentation/protocol.rst describes what it receives. Build,
 * in a checkout with -Imodule/uapi:
 *
 *	cc closes.c $(pkg-config --cflags --libs libnl-genl-3.0)
 */
#include <arpa/inet.h>
#include <linux/closewatch.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/family.h>
#include <netlink/genl/genl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

static const char *const paths[] = {
	[CLOSEWATCH_PATH_UNKNOWN] = "unknown",
	[CLOSEWATCH_PATH_FIN] = "fin",
	[CLOSEWATCH_PATH_FIN_BEHIND_DATA] = "fin-behind-data",
	[CLOSEWATCH_PATH_FIN_ON_SENT_DATA] = "fin-on-sent-data",
	[CLOSEWATCH_PATH_FIN_LOST] = "fin-lost",
	[CLOSEWATCH_PATH_ALREADY_FIN] = "already-fin",
	[CLOSEWATCH_PATH_ALREADY_CLOSED] = "already-closed",
	[CLOSEWATCH_PATH_SYN_SENT] = "syn-sent",
	[CLOSEWATCH_PATH_LISTENER] = "listener",
	[CLOSEWATCH_PATH_RST_UNREAD] = "rst-unread",
	[CLOSEWATCH_PATH_RST_LINGER0] = "rst-linger0",
	[CLOSEWATCH_PATH_LINGER0_SILENT] = "linger0-silent",
	[CLOSEWATCH_PATH_RST_LINGER2] = "rst-linger2",
	[CLOSEWATCH_PATH_RST_MEMORY] = "rst-memory",
	[CLOSEWATCH_PATH_REPAIR] = "repair",
	[CLOSEWATCH_PATH_NETNS_GONE] = "netns-gone",
	[CLOSEWATCH_PATH_DRAIN] = "drain",
	[CLOSEWATCH_PATH_FLAG_ONLY] = "flag-only",
	[CLOSEWATCH_PATH_DEFERRED] = "deferred",
	[CLOSEWATCH_PATH_NONE] = "none",
	[CLOSEWATCH_PATH_MPTCP] = "mptcp",
};

/* A newer module may have more of them. */
static const char *path_name(unsigned int path)
{
	return path <= CLOSEWATCH_PATH_MAX ? paths[path] : "a-newer-path";
}

static void print_end(const struct closewatch_facts *f, const void *addr, uint16_t port)
{
	char text[INET6_ADDRSTRLEN];

	printf(" %s:%u", inet_ntop(f->family, addr, text, sizeof(text)), port);
}

static void print_close(const struct closewatch_facts *f)
{
	printf("%s", path_name(f->path));
	print_end(f, f->local_addr, f->local_port);
	if (f->has & 1ULL << CLOSEWATCH_A_EVENT_REMOTE_PORT)
		print_end(f, f->remote_addr, f->remote_port);
	if (f->has & 1ULL << CLOSEWATCH_A_EVENT_COMM)
		printf(" %.16s", f->comm);
	printf("\n");
	fflush(stdout);
}

/* The struct may be longer than the one known here. A lost record has none. */
static void take_event(struct nlattr *nest)
{
	struct nlattr *a[CLOSEWATCH_A_EVENT_MAX + 1];
	struct closewatch_facts f;

	if (nla_parse_nested(a, CLOSEWATCH_A_EVENT_MAX, nest, NULL))
		return;
	if (!a[CLOSEWATCH_A_EVENT_FACTS]) {
		if (a[CLOSEWATCH_A_EVENT_COUNT])
			fprintf(stderr, "%llu events were lost\n",
				(unsigned long long)nla_get_u64(a[CLOSEWATCH_A_EVENT_COUNT]));
		return;
	}
	if (nla_memcpy(&f, a[CLOSEWATCH_A_EVENT_FACTS], sizeof(f)) == sizeof(f) &&
	    f.type == CLOSEWATCH_EVENT_TYPE_CLOSE)
		print_close(&f);
}

/* A message has one event or several. */
static int take_message(struct nl_msg *msg, void *unused)
{
	struct genlmsghdr *g = nlmsg_data(nlmsg_hdr(msg));
	struct nlattr *a;
	int left;

	if (g->cmd != CLOSEWATCH_CMD_EVENT)
		return NL_SKIP;
	nla_for_each_attr(a, genlmsg_attrdata(g, 0), genlmsg_attrlen(g, 0), left) {
		if (nla_type(a) == CLOSEWATCH_A_EVENT)
			take_event(a);
	}
	return NL_OK;
}

/* The id of the family, if it speaks this program's version. */
static int find_family(struct nl_sock *sk)
{
	struct genl_family *family;
	struct nl_cache *cache;
	int id = -1;

	if (genl_ctrl_alloc_cache(sk, &cache))
		return -1;
	family = genl_ctrl_search_by_name(cache, CLOSEWATCH_FAMILY_NAME);
	if (!family)
		fprintf(stderr, "the closewatch module is not loaded\n");
	else if (genl_family_get_version(family) != CLOSEWATCH_FAMILY_VERSION)
		fprintf(stderr, "the module speaks version %u, this program %d\n",
			genl_family_get_version(family), CLOSEWATCH_FAMILY_VERSION);
	else
		id = genl_family_get_id(family);
	genl_family_put(family);
	nl_cache_free(cache);
	return id;
}

/* Closes alone; "lost" is told to every listener. */
static int subscribe(struct nl_sock *sk, int family, uint16_t port)
{
	struct nl_msg *msg = nlmsg_alloc();
	struct nlattr *filter;

	genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, NLM_F_ACK,
		    CLOSEWATCH_CMD_SUBSCRIBE, CLOSEWATCH_FAMILY_VERSION);
	filter = nla_nest_start(msg, CLOSEWATCH_A_FILTER | NLA_F_NESTED);
	nla_put_u32(msg, CLOSEWATCH_A_FILTER_EVENTS, 1U << CLOSEWATCH_EVENT_TYPE_CLOSE);
	if (port)
		nla_put_u16(msg, CLOSEWATCH_A_FILTER_LOCAL_PORT, port);
	nla_nest_end(msg, filter);
	return nl_send_sync(sk, msg);
}

int main(int argc, char **argv)
{
	struct nl_sock *sk = nl_socket_alloc();
	int family, err, one = 1;

	if (!sk || genl_connect(sk))
		return 1;
	family = find_family(sk);
	if (family < 0)
		return 1;
	/* A lost record says more than ENOBUFS does. Events are no answers. */
	setsockopt(nl_socket_get_fd(sk), SOL_NETLINK, NETLINK_NO_ENOBUFS, &one, sizeof(one));
	nl_socket_disable_seq_check(sk);
	nl_socket_modify_cb(sk, NL_CB_VALID, NL_CB_CUSTOM, take_message, NULL);
	err = subscribe(sk, family, argc > 1 ? atoi(argv[1]) : 0);
	while (err >= 0)
		err = nl_recvmsgs_default(sk);
	fprintf(stderr, "%s\n", nl_geterror(err));
	return 1;
}
