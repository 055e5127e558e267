/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_RECORD_PARTS_H
#define CLOSEWATCH_RECORD_PARTS_H

#include "base/names.h"
#include "netlink/decode.h"
#include "output/view.h"

/* What several records have in common. */

/* A value by its word, or by its number if it is newer than this program. */
void cw_record_word(struct cw_view *v, const char *key,
		    const struct cw_place *at, const struct cw_names *names,
		    uint32_t value);

/*
 * The member of @from that @f is, by @key: a word, a number or bytes. Fields of
 * 64 bits and more are strings in JSON.
 */
void cw_record_field(struct cw_view *v, const struct cw_field *f,
		     const char *key, const void *from,
		     const struct cw_place *at);

/* The attribute @attr of @from, by the name of its member; if it is there. */
#define cw_record_attr(v, fields, from, attr, at)			\
	do {								\
		if (cw_has(from, attr))					\
			cw_record_field(v, &(fields)[attr],		\
					(fields)[attr].name, from, at);	\
	} while (0)

#define cw_record_fact(v, ev, attr, at)					\
	cw_record_attr(v, cw_event_fields, ev,				\
		       CLOSEWATCH_A_EVENT_##attr, at)

/* The ends of a connection. */
void cw_record_local(struct cw_view *v, const struct cw_msg_event *ev,
		     const struct cw_place *at);
void cw_record_remote(struct cw_view *v, const struct cw_msg_event *ev,
		      const struct cw_place *at);

/* Who closed it. */
void cw_record_owner(struct cw_view *v, const struct cw_msg_event *ev,
		     const struct cw_place *comm, const struct cw_place *pid);

/* Where the facts of a policy and its drain go; NULL for JSON alone. */
struct cw_policy_places {
	const struct cw_place *id;
	const struct cw_place *discarded;
	const struct cw_place *response;
	const struct cw_place *acked;
};

void cw_record_policy_facts(struct cw_view *v, const struct cw_msg_event *ev,
			    const struct cw_policy_places *at);

#endif
