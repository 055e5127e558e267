/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_HOSTED_H
#define CLOSEWATCH_HOSTED_H

#include <stdbool.h>
#include <stdint.h>

#include "host/cgroups.h"
#include "host/listeners.h"
#include "host/namespaces.h"

/* What a recording holds of that, for one event. */
struct cw_told {
	struct cw_cgroup cgroup;
	char netns[CW_NAMESPACE_NAME];	/* empty: unknown */
	bool listening;		/* something listened on the local port */
	uint64_t here;		/* the network namespace of the recorder */
};

/* What the host says of an event beyond its facts. */
struct cw_hosted {
	struct cw_cgroups cgroups;
	struct cw_namespaces namespaces;
	struct cw_listeners listeners;
	const struct cw_told *told;	/* instead of asking; NULL: ask */
	uint64_t here;		/* the network namespace of this program */
	const struct cw_cgroup *last;	/* the one asked for last, or NULL */
};

/* In the network namespace that is meant. */
void cw_hosted_init(struct cw_hosted *h);
void cw_hosted_release(struct cw_hosted *h);

/* The network namespace of the program: its events need no name of it. */
static inline uint64_t cw_hosted_here(const struct cw_hosted *h)
{
	return h->told ? h->told->here : h->here;
}

/* NULL or an empty path if it is not known. */
static inline const struct cw_cgroup *cw_hosted_cgroup(struct cw_hosted *h,
						       uint64_t id)
{
	if (h->told)
		return &h->told->cgroup;
	if (!h->last || h->last->id != id)
		h->last = cw_cgroups_find(&h->cgroups, id);
	return h->last;
}

/* @now: see cw_namespaces_name(). */
const char *cw_hosted_netns(struct cw_hosted *h, uint64_t netns, uint64_t now);

/* Does something listen on the local @port, or did? Known of this namespace only. */
bool cw_hosted_listening(struct cw_hosted *h, uint64_t netns, uint16_t port);

#endif
