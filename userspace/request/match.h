/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_MATCH_H
#define CLOSEWATCH_MATCH_H

#include "host/owners.h"
#include "netlink/diag_dump.h"
#include "netlink/nl_ask.h"

/* A listener's filter on sockets that sock_diag tells; pure. */

/* Ports, family, user and cgroup. */
bool cw_match_socket(const struct cw_msg_filter *f, const struct cw_socket *s);

/* Process and task name: one of the @n owners has both. */
bool cw_match_owners(const struct cw_msg_filter *f,
		     const struct cw_owner *owners, size_t n);

#endif
