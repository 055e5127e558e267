// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include <linux/closewatch.h>

#include "base/names.h"
#include "base/names_gen.h"
#include "request/pick.h"

#define ALL ((1U << (CLOSEWATCH_EVENT_TYPE_MAX + 1)) - 1)

uint32_t cw_pick_all(void)
{
	return ALL;
}

/* A server that forks makes a shared close for each connection it accepts. */
uint32_t cw_pick_default(void)
{
	return ALL & ~(1U << CLOSEWATCH_EVENT_TYPE_SHARED_CLOSE);
}

int cw_pick_events(uint32_t *events, const char *words, struct cw_fail *fail)
{
	char all[256];

	for (;;) {
		size_t len = strcspn(words, ",");
		int type = cw_names_value(&cw_event_type_names, words, len);

		if (type < 0) {
			cw_names_list(&cw_event_type_names, all, sizeof(all));
			return cw_fail_usage(fail, NULL,
					     "'%.*s' is no event; the events are: %s",
					     (int)len, words, all);
		}
		*events |= 1U << type;
		if (!words[len])
			return CW_OK;
		words += len + 1;
	}
}
