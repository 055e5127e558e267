/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_TOP_H
#define CLOSEWATCH_TOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explain/groups.h"

/*
 * Events by path and program, port, peer, cgroup or container, or by path alone:
 * totals, rates and the last events of each. Time is that of the events, so a replay
 * counts as a live run does.
 */

#define CW_TOP_SECONDS	60	/* of the sparkline */
#define CW_TOP_RATED	10	/* of the rate */
#define CW_TOP_LAST	16	/* events kept of a row */
#define CW_TOP_LONG	256	/* rows of a table that keep more than the last one */

enum cw_top_sort {
	CW_TOP_BY_RATE, CW_TOP_BY_COUNT, CW_TOP_BY_UNREAD, CW_TOP_BY_LOST,
	CW_TOP_BY_FLIGHT, CW_TOP_SORTS,
};

extern const struct cw_names cw_top_sort_names;
#define CW_TOP_SORT_WORDS "rate|count|unread|lost|flight"

struct cw_top_row {
	uint64_t figure[CW_TOP_SORTS];	/* the rate: of CW_TOP_RATED seconds */
	uint64_t second;		/* the last that @events has */
	uint32_t events[CW_TOP_SECONDS];	/* of each second, modulo */
	struct cw_msg_event *last;	/* a ring */
	unsigned int size, newest, kept;	/* of the ring: 0, 1 or CW_TOP_LAST */
	bool recent;			/* an event since long_row() looked */
};

struct cw_top_table {
	struct cw_groups groups;
	/* As the list of groups; then the group of the others. */
	struct cw_top_row row[CW_GROUPS_MAX + 1];
	/* Those that keep CW_TOP_LAST, so that many peers do not take much memory. */
	struct cw_top_row *longer[CW_TOP_LONG];
	size_t longs, hand;
};

struct cw_top {
	/* One for each way to group, so that another choice loses no event. */
	struct cw_top_table *table[CW_BYS];	/* that of CW_BY_NONE: NULL */
	struct cw_top_row aside;	/* events that belong to no row */
	uint64_t missed, blind;		/* events at most; seconds */
	uint64_t second;		/* of the last event */
	/* cw_top_list(): what is shown of a table, in order */
	uint16_t order[CW_GROUPS_MAX + 1];
	size_t n;
};

/* What is to be listed. */
struct cw_top_choice {
	enum cw_group_by by;
	enum cw_top_sort sort;
	const char *text;		/* in the key, whatever the case; or empty */
	uint64_t now;			/* in seconds */
};

/* NULL: out of memory. @partial as that of struct cw_groups. */
struct cw_top *cw_top_new(struct cw_hosted *host, bool partial);
void cw_top_free(struct cw_top *top);

void cw_top_add(struct cw_top *top, const struct cw_msg_event *ev);

/* Closes and RSTs of all rows. */
void cw_top_sum(const struct cw_top *top, struct cw_group *sum);

void cw_top_list(struct cw_top *top, const struct cw_top_choice *c);

/* Events of the row in the second @ago seconds before @now. */
uint32_t cw_top_at(const struct cw_top_row *row, uint64_t now, unsigned int ago);

/* "PATH\tKEY", or "PATH"; "(others)" for those beyond the groups. */
const char *cw_top_key(const struct cw_top_table *table, size_t row);

/* The @n-th last event of a row, or NULL. */
const struct cw_msg_event *cw_top_event(const struct cw_top_row *row,
					unsigned int n);

/*
 * The events of one connection that are kept in the table @by, in order of time.
 * Returns how many.
 */
#define CW_TOP_STORY	16
size_t cw_top_story(const struct cw_top *top, enum cw_group_by by,
		    const struct cw_msg_event *of,
		    const struct cw_msg_event **to);

#endif
