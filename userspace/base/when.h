/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_WHEN_H
#define CLOSEWATCH_WHEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fail.h"

/* Moments as a person or a record writes them; ns since the epoch. */

/*
 * RFC 3339, with a blank or a T before the time. Without seconds and without a
 * zone too, which then is the local one. False if it is anything else.
 */
bool cw_when_date(const char *text, uint64_t *ns);

/* From @since up to @until, which does not belong to it. */
struct cw_span {
	uint64_t since;
	uint64_t until;
};

#define CW_SPAN_ALL { 0, UINT64_MAX }

/*
 * Each end is a date as above, a time of day, or a distance from @now such as
 * "-10m" or "10m ago"; NULL if it is open. A time of day is the last one before
 * @now, but for @until the first one after @since.
 */
int cw_when_span(const char *since, const char *until, uint64_t now,
		 struct cw_span *span, struct cw_fail *fail);

#endif
