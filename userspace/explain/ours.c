// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include "explain/ours.h"

void cw_say_ours(struct cw_text *t, const struct cw_msg_event *ev,
		 const char *sep)
{
	if (ev->unsent) {
		cw_say(t, "%s%" PRIu32 " B never sent", sep, ev->unsent);
		sep = "; ";
	}
	if (ev->unacked)
		cw_say(t, "%s%" PRIu32
		       " B of ours in flight, not known whether they arrived",
		       sep, ev->unacked);
}
