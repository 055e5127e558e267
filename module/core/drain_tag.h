/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Does a drain own this socket, and who closed it? Of a drain no more than this
 * is known to those who watch closes.
 */
#ifndef CW_DRAIN_TAG_H
#define CW_DRAIN_TAG_H

#include <linux/list.h>

#include "event.h"

struct sock;
struct socket;

/**
 * struct cw_drain_tag - what marks the socket of a drain
 * @closing: on a list while the close runs that ends the drain
 * @sk: the socket
 * @owner: the task that had closed it; constant once cw_drain_tag_set() ran
 * @path: enum closewatch_path of the drain's last close, if @has_path
 * @has_path: that close was seen
 */
struct cw_drain_tag {
	struct list_head closing;
	const struct sock *sk;
	struct cw_owner owner;
	u32 path;
	bool has_path;
};

/** cw_drain_tag_set() - a drain owns @so, to which no descriptor leads */
void cw_drain_tag_set(struct cw_drain_tag *t, struct socket *so);

/** cw_drain_tag_clear() - and does so no more */
void cw_drain_tag_clear(struct socket *so);

/**
 * cw_drain_tag_of() - the tag of a socket that a drain owns, or NULL
 *
 * Context: any, under the socket's lock or owning it.
 */
struct cw_drain_tag *cw_drain_tag_of(const struct sock *sk);

/**
 * cw_drain_owner() - the task that had closed a socket before it was drained
 * @owner: filled if a drain owns @sk
 *
 * Context: as cw_drain_tag_of(). Return: whether one does.
 */
bool cw_drain_owner(const struct sock *sk, struct cw_owner *owner);

/**
 * cw_drain_tag_close_begin() - the close begins that ends a drain
 *
 * Until cw_drain_tag_close_end() it is found by its socket, which the drain does
 * not own any more. Context: process.
 */
void cw_drain_tag_close_begin(struct cw_drain_tag *t, const struct sock *sk);

/** cw_drain_tag_close_end() - and is over */
void cw_drain_tag_close_end(struct cw_drain_tag *t);

/**
 * cw_drain_closed() - the close that ends a drain was seen to take @path
 * @sk: its socket
 *
 * Context: any but NMI, inside that close.
 */
void cw_drain_closed(const struct sock *sk, u32 path);

#endif
