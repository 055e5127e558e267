/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_MATCH_EVENT_H
#define CLOSEWATCH_MATCH_EVENT_H

#include "netlink/nl_ask.h"

/*
 * Would the module send this event to a listener with this filter? Pure, but that
 * it looks at @f's network namespace. Without one, events of all match: a
 * recording is mostly of one, which need not be there any more.
 */
bool cw_filter_event(const struct cw_msg_filter *f,
		     const struct cw_msg_event *ev);

#endif
