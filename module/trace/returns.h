/* SPDX-License-Identifier: GPL-2.0 */
/* The functions whose entry and return are probed, and what is done then. */
#ifndef CW_RETURNS_H
#define CW_RETURNS_H

#include <linux/kprobes.h>

#include "compat/compat.h"

struct cw_arm;

#ifdef CW_HAVE_RST_REASON
#define CW_NR_RETURNS	4
#else
#define CW_NR_RETURNS	6
#endif

/**
 * struct cw_return_point - a function
 * @symbol: its name
 * @entry: handler of the kretprobe at the entry
 * @handler: at the return
 * @optional: may be absent
 */
struct cw_return_point {
	const char *symbol;
	kretprobe_handler_t entry;
	kretprobe_handler_t handler;
	bool optional;
};

/** cw_returns - in the order of arming */
extern const struct cw_return_point cw_returns[];

/** cw_returns_arm() - as cw_arm_return(); NULL if the function may be absent, and is */
struct cw_arm *cw_returns_arm(const struct cw_return_point *r);

#endif
