/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_ADDRESS_H
#define CLOSEWATCH_ADDRESS_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/fail.h"
#include "base/text.h"

/*
 * Addresses in the usual notation. A v4-mapped address becomes IPv4, which is
 * what the packets on the wire have.
 */

/* Makes a v4-mapped address IPv4. */
void cw_address_unmap(struct cw_bytes *addr);

/* ADDR[/LEN]; without LEN the whole address counts. */
int cw_parse_prefix(const char *text, struct cw_bytes *addr, uint8_t *bits,
		    struct cw_fail *fail);

/* Is @addr among those that begin with the first @bits of @net? */
bool cw_address_within(const struct cw_bytes *addr, const struct cw_bytes *net,
		       unsigned int bits);

/* The ends of a connection; both addresses are of one length. */
struct cw_ends {
	struct cw_bytes local;
	struct cw_bytes remote;
	uint16_t local_port;
	uint16_t remote_port;
};

/* "ADDR:PORT ADDR:PORT", IPv6 in brackets; v4-mapped becomes IPv4. */
int cw_parse_ends(const char *text, struct cw_ends *ends,
		  struct cw_fail *fail);

/* @len is 4 or 16; nothing for another. INET6_ADDRSTRLEN bytes at most. */
char *cw_write_address(char *to, const void *addr, size_t len);
void cw_say_address(struct cw_text *t, const void *addr, size_t len);

/* "10.0.0.0"; empty for bytes that are no address. */
void cw_address_print(const struct cw_bytes *addr, char *buf, size_t size);

#endif
