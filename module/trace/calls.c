// SPDX-License-Identifier: GPL-2.0
/* System calls that never reach TCP, or that it refuses. */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/net.h>
#include <net/sock.h>
#include <net/tcp_states.h>

#include "compat/compat.h"
#include "core/facts.h"
#include "core/hook.h"
#include "core/notify.h"
#include "calls.h"
#include "gone.h"

static void cw_calls_send_shared(struct sock *sk, u32 references)
{
	struct cw_event *ev;

	ev = cw_notify_slot(CLOSEWATCH_EVENT_TYPE_SHARED_CLOSE);
	cw_facts_identity(&ev->conn, sk);
	cw_owner_take(&ev->owner, sk);
	ev->marks.new_state = ev->conn.state;
	ev->extra.references = references;
	cw_notify_push(ev);
}

void cw_calls_close(struct file *file)
{
	struct socket *sock;
	long refs;

	if (!S_ISSOCK(file_inode(file)->i_mode))
		return;
	refs = file_count(file);
	if (refs < 2)
		return;
	sock = cw_sock_from_file(file);
	if (sock && cw_facts_is_tcp(sock->sk) &&
	    cw_hook_wanted(sock->sk) &
	    1U << CLOSEWATCH_EVENT_TYPE_SHARED_CLOSE)
		cw_calls_send_shared(sock->sk, refs - 1);
}

/* In CLOSE both sides are shut, whether the program did it before or not. */
static void cw_calls_send_write(struct sock *sk, bool sigpipe)
{
	struct cw_event *ev;
	struct cw_gone gone;

	cw_gone_write(sk, &gone);
	if (gone.told)
		return;
	ev = cw_notify_slot(CLOSEWATCH_EVENT_TYPE_WRITE_AFTER_SHUTDOWN);
	cw_facts_take(&ev->conn, sk);
	cw_owner_take(&ev->owner, sk);
	ev->marks.new_state = ev->conn.state;
	ev->extra.sigpipe = sigpipe;
	ev->extra.ended = gone.ended_at && ev->conn.state == TCP_CLOSE;
	ev->end.fate = gone.fate;
	cw_notify_push(ev);
}

void cw_calls_stream_error(struct sock *sk, int flags, int err)
{
	int pending = READ_ONCE(sk->sk_err);

	/* A pending error of the socket is returned instead of EPIPE, and is the
	 * same if the RST came in CLOSE_WAIT.
	 */
	if (err != -EPIPE || (pending && pending != EPIPE) ||
	    !(READ_ONCE(sk->sk_shutdown) & SEND_SHUTDOWN) ||
	    !(cw_hook_wanted(sk) &
	      1U << CLOSEWATCH_EVENT_TYPE_WRITE_AFTER_SHUTDOWN))
		return;
	cw_calls_send_write(sk, !(flags & MSG_NOSIGNAL));
}
