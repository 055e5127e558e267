// SPDX-License-Identifier: GPL-2.0
/* What nl.c makes of messages is static in there. */
#include "../nl.c"

#include "fuzz_check.h"
#include "fuzz_nl.h"

static struct {
	const void *data;
	size_t len;
	uint32_t from;
} datagram;

/* In the place of recvmsg(): one datagram, then nothing more. */
static int receive(struct nl_sock *sock, struct sockaddr_nl *from,
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

static struct nl_sock *open_socket(struct cw_nl *nl)
{
	struct nl_cb *cb;

	nl->sock = nl_socket_alloc();
	set_callbacks(nl);
	cb = nl_socket_get_cb(nl->sock);
	nl_cb_overwrite_recv(cb, receive);
	nl_cb_put(cb);
	return nl->sock;
}

static void check_failure(const struct cw_nl *nl)
{
	struct cw_fail fail;

	cw_nl_fail(nl, nl->error, "it", &fail);
	cw_fuzz_require(cw_fuzz_text_ok(fail.what, strlen(fail.what), false),
			"an error's text", fail.what, strlen(fail.what));
}

void cw_fuzz_nl(const void *data, size_t len, uint32_t from,
		const struct cw_nl_want *want, cw_nl_event_fn *fn)
{
	static struct cw_nl nl;
	bool overrun = false;

	if (!nl.sock)
		open_socket(&nl);
	nl.family = CW_FUZZ_FAMILY;
	nl.seq = CW_FUZZ_SEQ;
	nl.fn = fn;
	nl.want = *want;
	nl.done = false;
	nl.gone = false;
	nl.error = 0;
	nl.message[0] = '\0';
	datagram.data = data;
	datagram.len = len;
	datagram.from = from;
	receive_once(&nl, &overrun);
	datagram.data = NULL;
	cw_fuzz_require(!from || (!nl.done && !nl.gone && !nl.error),
			"another process is believed", "", 0);
	if (nl.error)
		check_failure(&nl);
}
