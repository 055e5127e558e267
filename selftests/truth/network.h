/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two namespaces and a router between them, which alone delays and loses:
 * what either end's interface sees is what that end's kernel sent and got.
 */
#ifndef CLOSEWATCH_TRUTH_NETWORK_H
#define CLOSEWATCH_TRUTH_NETWORK_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "script.h"

struct setting {
	const char *name;
	const char *netem;	/* arguments of tc's netem; NULL: none */
	unsigned int round_trip;	/* ms */
	const char *orphan_retries;
	bool narrow;		/* small windows */
};

struct network {
	const struct setting *setting;
	int ns[ENDS], router;
};

#define INTERFACE "end"		/* in either namespace */

const struct setting *setting_of(uint64_t seed, uint64_t batch);

/* The caller's namespace changes, and stays changed */
int network_open(struct network *n, const struct setting *s);
void network_close(struct network *n);

/* Ports that no other connection of a batch has */
uint16_t port_of(unsigned int end, uint64_t index);

/* The address of @end for the connection @index; returns its length */
socklen_t address_make(struct sockaddr_storage *ss, const struct script *s,
		       unsigned int end);

/* No TCP socket left at either end that is not in TIME_WAIT */
bool network_quiet(const struct network *n);

#endif
