// SPDX-License-Identifier: GPL-2.0
#include <linux/net.h>
#include <linux/spinlock.h>
#include <net/sock.h>

#include "drain_tag.h"

/* Protects the list of drains in their last close, and their path. */
static DEFINE_RAW_SPINLOCK(cw_drain_closing_lock);
static LIST_HEAD(cw_drain_closing);

/* Only identifies our sockets: no descriptor refers to them. */
static const struct proto_ops cw_drain_ops = {
	.family = PF_INET,
};

void cw_drain_tag_set(struct cw_drain_tag *t, struct socket *so)
{
	so->ops = &cw_drain_ops;
	SOCK_INODE(so)->i_private = t;
}

struct cw_drain_tag *cw_drain_tag_of(const struct sock *sk)
{
	const struct socket *so = sk->sk_socket;

	if (!so || so->ops != &cw_drain_ops)
		return NULL;
	return SOCK_INODE((struct socket *)so)->i_private;
}

bool cw_drain_owner(const struct sock *sk, struct cw_owner *owner)
{
	const struct cw_drain_tag *t = cw_drain_tag_of(sk);

	if (t)
		*owner = t->owner;
	return t;
}

void cw_drain_tag_close_begin(struct cw_drain_tag *t, const struct sock *sk)
{
	unsigned long flags;

	t->sk = sk;
	raw_spin_lock_irqsave(&cw_drain_closing_lock, flags);
	list_add(&t->closing, &cw_drain_closing);
	raw_spin_unlock_irqrestore(&cw_drain_closing_lock, flags);
}

void cw_drain_tag_close_end(struct cw_drain_tag *t)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&cw_drain_closing_lock, flags);
	list_del(&t->closing);
	raw_spin_unlock_irqrestore(&cw_drain_closing_lock, flags);
}

void cw_drain_closed(const struct sock *sk, u32 path)
{
	struct cw_drain_tag *t;
	unsigned long flags;

	raw_spin_lock_irqsave(&cw_drain_closing_lock, flags);
	list_for_each_entry(t, &cw_drain_closing, closing) {
		if (t->sk == sk) {
			t->path = path;
			t->has_path = true;
			break;
		}
	}
	raw_spin_unlock_irqrestore(&cw_drain_closing_lock, flags);
}
