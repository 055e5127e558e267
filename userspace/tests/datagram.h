/* SPDX-License-Identifier: GPL-2.0 */
/* For who includes nl.c: its receiver, fed by the test and not by a socket. */
#ifndef CLOSEWATCH_TESTS_DATAGRAM_H
#define CLOSEWATCH_TESTS_DATAGRAM_H

/* What is received next, once, and from which port. */
static struct {
	const void *data;
	size_t len;
	uint32_t from;
} datagram;

static int datagram_receive(struct nl_sock *sock, struct sockaddr_nl *from,
			    unsigned char **buf, struct ucred **creds)
{
	(void)sock;
	(void)creds;
	if (!datagram.data || !datagram.len)
		return -NLE_AGAIN;
	*from = (struct sockaddr_nl){
		.nl_family = AF_NETLINK, .nl_pid = datagram.from,
	};
	*buf = malloc(datagram.len + 1);
	memcpy(*buf, datagram.data, datagram.len);
	datagram.data = NULL;
	return datagram.len;
}

/* @nl->sock stays NULL where there is no memory. */
static void datagram_open(struct cw_nl *nl)
{
	struct nl_cb *cb;

	nl->sock = nl_socket_alloc();
	if (!nl->sock)
		return;
	set_callbacks(nl);
	cb = nl_socket_get_cb(nl->sock);
	nl_cb_overwrite_recv(cb, datagram_receive);
	nl_cb_put(cb);
}

#endif
