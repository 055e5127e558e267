/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_RESOLVE_H
#define CLOSEWATCH_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Names of ports and hosts. Hosts are looked up by a thread, so that a name
 * server that does not answer does not hold up the events: what is not known yet
 * has no name. Only a lookup that finds the thread idle waits for it, 50 ms at
 * most. What was found is kept.
 */
struct cw_resolve;

#define CW_NAME_MAX	128

/* Writes the name of an address of @len bytes; false if it has none. */
typedef bool cw_look_fn(const void *addr, size_t len, char *name, size_t size);

bool cw_resolve_look(const void *addr, size_t len, char *name, size_t size);

/* @look: normally cw_resolve_look(); NULL: ports only. NULL: out of memory. */
struct cw_resolve *cw_resolve_new(cw_look_fn *look);
void cw_resolve_free(struct cw_resolve *r);

/*
 * The names of both, escaped; empty if there is none. For one thread. @host has
 * CW_NAME_MAX bytes; the service is valid until the next call.
 */
void cw_resolve_host(struct cw_resolve *r, const void *addr, size_t len,
		     char *host);
const char *cw_resolve_port(struct cw_resolve *r, uint16_t port);

#endif
