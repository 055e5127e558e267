/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_GATHER_H
#define CLOSEWATCH_GATHER_H

#include "host/owners.h"
#include "netlink/diag_dump.h"
#include "request/match.h"

/* The sockets in some states that match, and who has them open. */
struct cw_gather {
	const struct cw_match *match;
	struct cw_socket *list;
	size_t count;
	struct cw_owners owners;
	size_t room;
	bool failed;		/* out of memory */
};

/* @g holds nothing but the match, of one network namespace. */
int cw_gather_sockets(struct cw_gather *g, uint32_t states,
		      struct cw_fail *fail);

/* Then, where owners matter: drops the sockets whose owners do not match. */
int cw_gather_owners(struct cw_gather *g, struct cw_fail *fail);

/* All but the match. */
void cw_gather_release(struct cw_gather *g);

#endif
