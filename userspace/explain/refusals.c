// SPDX-License-Identifier: GPL-2.0
#include <linux/closewatch.h>

#include "explain/refusals.h"

bool cw_refusals_see(struct cw_refusals *r, const struct cw_msg_event *ev)
{
	unsigned int i;

	if (!ev->cookie)
		return false;
	for (i = 0; i < CW_REFUSALS; i++)
		if (r->cookie[i] == ev->cookie)
			return true;
	if (ev->type != CLOSEWATCH_EVENT_TYPE_DRAIN_END ||
	    ev->drain_outcome != CLOSEWATCH_DRAIN_OUTCOME_REFUSED)
		return false;
	r->cookie[r->n++ % CW_REFUSALS] = ev->cookie;
	return true;
}
