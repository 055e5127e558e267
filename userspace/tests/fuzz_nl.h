/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_TESTS_FUZZ_NL_H
#define CLOSEWATCH_TESTS_FUZZ_NL_H

#include <stddef.h>
#include <stdint.h>

#include "netlink/nl.h"

/* Messages into nl.c without a socket. */

#define CW_FUZZ_FAMILY	0x21
#define CW_FUZZ_SEQ	7

/*
 * One datagram from port @from, as if it were the answer to a request that
 * wants @want. Events go to @fn. What must not be said is checked in here.
 */
void cw_fuzz_nl(const void *datagram, size_t len, uint32_t from,
		const struct cw_nl_want *want, cw_nl_event_fn *fn);

#endif
