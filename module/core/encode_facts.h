/* SPDX-License-Identifier: GPL-2.0 */
/* The struct of an event's message: what most events have. */
#ifndef CW_ENCODE_FACTS_H
#define CW_ENCODE_FACTS_H

#include "event.h"

struct sk_buff;

/**
 * cw_encode_facts() - add the facts of an event to its nest
 *
 * They are filled in place, aligned for 64-bit members.
 *
 * Return: 0 or -EMSGSIZE.
 */
int cw_encode_facts(struct sk_buff *skb, const struct cw_event *ev);

/**
 * cw_encode_has_linger() - does an event tell SO_LINGER?
 *
 * Also without figures, where SO_LINGER alone may explain it.
 */
bool cw_encode_has_linger(const struct cw_event *ev);

#endif
