/* SPDX-License-Identifier: GPL-2.0 */
/* Encodes events into messages of the generic netlink family. */
#ifndef CW_ENCODE_H
#define CW_ENCODE_H

#include "event.h"

struct genl_family;
struct sk_buff;

/** cw_encode_init() - set the family of the messages; must be called first */
void cw_encode_init(const struct genl_family *family);

/**
 * cw_encode_begin() - begin an event message
 * @skb: empty
 *
 * Return: the header for genlmsg_end(), or NULL if there is no room.
 */
void *cw_encode_begin(struct sk_buff *skb);

/**
 * cw_encode_event() - add one event to a message
 *
 * Return: 0, or -EMSGSIZE with the message unchanged.
 */
int cw_encode_event(struct sk_buff *skb, const struct cw_event *ev);

/**
 * cw_encode_drain() - add a running drain to a message
 *
 * Return: as cw_encode_event().
 */
int cw_encode_drain(struct sk_buff *skb, const struct cw_event *ev);

/**
 * cw_encode_lost() - add a lost record to a message
 * @count: how many events
 * @loss: enum closewatch_loss
 *
 * Return: as cw_encode_event().
 */
int cw_encode_lost(struct sk_buff *skb, u64 count, u32 loss);

#endif
