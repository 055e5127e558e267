/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_GROUPS_H
#define CLOSEWATCH_GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fail.h"
#include "base/names.h"
#include "host/hosted.h"
#include "netlink/decode.h"

/* Events by what they have in common: who resets, who is reset. */
enum cw_group_by {
	CW_BY_NONE, CW_BY_PORT, CW_BY_COMM, CW_BY_PATH, CW_BY_PEER,
	CW_BY_CGROUP, CW_BY_CONTAINER, CW_BYS,
};

extern const struct cw_names cw_group_names;

/* The same for a table of options. */
#define CW_GROUP_WORDS	"port|comm|path|peer|cgroup|container"

/* Those beyond share one, whose key is NULL. */
#define CW_GROUPS_MAX	4096

struct cw_group {
	char *key;		/* empty: they have none */
	uint64_t closes;
	uint64_t rsts_sent;
	uint64_t rsts_received;
	uint64_t lost;		/* connections that lost data of ours */
	uint64_t lost_bytes;	/* never sent */
	uint64_t unread_bytes;
};

struct cw_closer {
	uint64_t cookie;
	struct cw_bytes comm;
};

struct cw_groups {
	enum cw_group_by by;
	bool paths;		/* by path, too: the key is that, a tab, the rest */
	bool partial;		/* what another event reports does not come */
	struct cw_hosted *host;	/* for names; set by the caller, NULL: not asked */
	size_t n;
	struct cw_group *list;	/* in the order of cw_groups_sort() */
	uint16_t *slots;	/* of a hash table; an index and 1, 0: empty */
	struct cw_closer *closers;	/* by program; by their cookies, the last wins */
	struct cw_group others;
	uint64_t missed;	/* events that did not come, at most */
};

/* CW_USAGE if @word is none of the names. */
int cw_groups_init(struct cw_groups *g, const char *word, struct cw_fail *fail);
void cw_groups_release(struct cw_groups *g);

/* Returns what it was added to; NULL if events of its type are not counted. */
struct cw_group *cw_groups_add(struct cw_groups *g,
			       const struct cw_msg_event *ev);

/* Of how many events it tells. */
uint64_t cw_group_weight(const struct cw_msg_event *ev);

/* Does a close by @path, an enum closewatch_path, send RST? */
bool cw_path_resets(uint32_t path);

/*
 * Those with the most RSTs first, then with the most closes. None can be added
 * before cw_groups_clear().
 */
void cw_groups_sort(struct cw_groups *g);

/* As if none had been added. */
void cw_groups_clear(struct cw_groups *g);

#endif
