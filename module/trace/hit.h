/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the handlers of kprobes share. They run in the context of the probed
 * function, with interrupts off: hits inside a handler are missed, and a softirq in
 * there may process many segments. They only pass on the arguments.
 */
#ifndef CW_HIT_H
#define CW_HIT_H

#include <linux/ptrace.h>
#include <net/sock.h>

#include "core/facts.h"

/* The argument @n of the probed function. */
static __always_inline unsigned long cw_arg(struct pt_regs *regs, unsigned int n)
{
	return regs_get_kernel_argument(regs, n);
}

/* A socket argument of a probed function; NULL if not a full TCP socket. */
static __always_inline struct sock *cw_arg_tcp(struct pt_regs *regs, unsigned int n)
{
	struct sock *sk = (struct sock *)cw_arg(regs, n);

	return cw_facts_is_tcp(sk) ? sk : NULL;
}

#endif
