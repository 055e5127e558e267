/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Marks the socket of a drain: whether a drain owns it, and which task closed
 * it. This is all that trace/ sees of a drain.
 */
#ifndef CW_DRAIN_TAG_H
#define CW_DRAIN_TAG_H

#include <linux/list.h>

#include "event.h"

struct sock;
struct socket;

/**
 * struct cw_drain_tag - mark of a drain's socket
 * @closing: on a list during the close that ends the drain
 * @sk: the socket, set by cw_drain_tag_close_begin()
 * @owner: the task that closed it; constant after cw_drain_tag_set()
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

/** cw_drain_tag_set() - mark @so as owned by a drain; no descriptor has it */
void cw_drain_tag_set(struct cw_drain_tag *t, struct socket *so);

/**
 * cw_drain_tag_of() - the tag of a socket that a drain owns, or NULL
 *
 * Context: any; caller holds the socket's lock or owns the socket.
 */
struct cw_drain_tag *cw_drain_tag_of(const struct sock *sk);

/**
 * cw_drain_owner() - the task whose close became a drain
 * @owner: filled if a drain owns @sk
 *
 * Context: as cw_drain_tag_of(). Return: whether a drain owns @sk.
 */
bool cw_drain_owner(const struct sock *sk, struct cw_owner *owner);

/**
 * cw_drain_tag_close_begin() - the close that ends a drain begins
 *
 * Until cw_drain_tag_close_end() the tag is found by @sk, which the drain no
 * longer owns. Context: process.
 */
void cw_drain_tag_close_begin(struct cw_drain_tag *t, const struct sock *sk);

/** cw_drain_tag_close_end() - that close has returned */
void cw_drain_tag_close_end(struct cw_drain_tag *t);

/**
 * cw_drain_closed() - record the path of the close that ends a drain
 * @sk: the drain's socket
 *
 * Context: any but NMI, inside that close.
 */
void cw_drain_closed(const struct sock *sk, u32 path);

#endif
