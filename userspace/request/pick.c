// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include <linux/closewatch.h>

#include "base/names.h"
#include "base/names_gen.h"
#include "request/filter.h"
#include "request/pick.h"

#define ALL ((1U << (CLOSEWATCH_EVENT_TYPE_MAX + 1)) - 1)

/* A server that forks makes a shared close for each connection it accepts. */
#define DEFAULT (ALL & ~(1U << CLOSEWATCH_EVENT_TYPE_SHARED_CLOSE))

static const uint32_t with_path = 1U << CLOSEWATCH_EVENT_TYPE_CLOSE |
				  1U << CLOSEWATCH_EVENT_TYPE_SHUTDOWN;

int cw_pick_events(uint32_t *events, const char *words, struct cw_fail *fail)
{
	char all[256], hint[128];

	for (;;) {
		size_t len = strcspn(words, ",");
		int type = cw_names_value(&cw_event_type_names, words, len);

		if (type < 0) {
			cw_names_list(&cw_event_type_names, all, sizeof(all));
			cw_filter_hint(words, len, hint, sizeof(hint));
			return cw_fail_usage(fail, hint,
					     "'%.*s' is no event; the events are: %s",
					     (int)len, words, all);
		}
		*events |= 1U << type;
		if (!words[len])
			return CW_OK;
		words += len + 1;
	}
}

int cw_pick_parse(struct cw_msg_filter *f, int key, const char *arg,
		  struct cw_fail *fail)
{
	switch (key) {
	case CW_KEY_PATH:
		return cw_filter_paths(f, arg, fail);
	case 'e':
		return cw_pick_events(&f->events, arg, fail);
	case 'a':
		f->events = ALL;
		return CW_OK;
	default:
		return -1;
	}
}

int cw_pick_conclude(struct cw_msg_filter *f, struct cw_fail *fail)
{
	if (f->paths && f->events && !(f->events & with_path))
		return cw_fail_usage(fail, NULL,
				     "--path is of closes and shutdowns, which -e leaves out: add -e close or -e shutdown, or leave out the one or the other");
	/* Without a choice of types, what went wrong and no other line tells. */
	f->quiet = f->events || f->paths;
	if (!f->events)
		f->events = DEFAULT;
	/* No type at all would mean every type. */
	f->events |= 1U << CLOSEWATCH_EVENT_TYPE_LOST;
	return CW_OK;
}
