/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_ADDRESS_H
#define CLOSEWATCH_ADDRESS_H

#include "attr.h"
#include "fail.h"

/*
 * Addresses as people write them. What is on the wire counts, so a v4-mapped
 * address is the IPv4 one.
 */

/* IPv4 or IPv6, without port or brackets; numbers only. */
bool cw_address_parse(const char *text, struct cw_bytes *addr);

/* ADDR[/LEN]; without LEN the whole address counts. */
int cw_parse_prefix(const char *text, struct cw_bytes *addr, uint8_t *bits,
		    struct cw_fail *fail);

/* "10.0.0.0"; empty for bytes that are no address. */
void cw_address_print(const struct cw_bytes *addr, char *buf, size_t size);

#endif
