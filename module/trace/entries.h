/* SPDX-License-Identifier: GPL-2.0 */
/* The functions whose entry is probed, and what is done then. */
#ifndef CW_ENTRIES_H
#define CW_ENTRIES_H

#include <linux/kprobes.h>

#define CW_NR_ENTRIES	13

/**
 * struct cw_entry_point - a function
 * @symbol: its name
 * @handler: of the kprobe
 */
struct cw_entry_point {
	const char *symbol;
	kprobe_pre_handler_t handler;
};

/** cw_entries - in the order of arming; the first is that of shared closes */
extern const struct cw_entry_point cw_entries[];

#endif
