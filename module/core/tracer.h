/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who uses our tracepoints counts as a listener: the pipeline runs while there is
 * one. A tracepoint is enabled under the kernel's tracepoints_mutex, which the
 * pipeline takes too, to hook the kernel's own; so a work starts and stops it.
 *
 * They exist from before our init to after our exit: the kernel neither waits for
 * init, nor refuses to unload a module of which tracefs has one enabled.
 */
#ifndef CW_TRACER_H
#define CW_TRACER_H

#include <linux/socket.h>
#include <linux/string.h>
#include <linux/types.h>

/* One more or one less is enabled. Process context, tracepoints_mutex is held. */
int cw_tracer_reg(void);
void cw_tracer_unreg(void);

/** cw_tracer_address() - as both families' address, all zero if it has none */
static inline void cw_tracer_address(u16 family, const u8 *addr, u8 *v4, u8 *v6)
{
	static const u8 mapped[12] = { [10] = 0xff, [11] = 0xff };

	memset(v4, 0, 4);
	if (family == AF_INET) {
		memcpy(v4, addr, 4);
		memcpy(v6, mapped, 12);
		memcpy(v6 + 12, addr, 4);
		return;
	}
	memcpy(v6, addr, 16);
	if (!memcmp(v6, mapped, 12))
		memcpy(v4, v6 + 12, 4);
}

/**
 * cw_tracer_init() - let tracepoints start the pipeline from now on
 * @start: starts it; 0 or -errno
 * @stop: undoes that
 *
 * Both are called by one work, which may sleep. Context: process.
 */
void cw_tracer_init(int (*start)(void), void (*stop)(void));

/**
 * cw_tracer_exit() - stop it, and let no tracepoint start it again
 *
 * Context: process, may sleep; waits for the work.
 */
void cw_tracer_exit(void);

#endif
