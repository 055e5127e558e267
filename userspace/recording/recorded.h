/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_RECORDED_H
#define CLOSEWATCH_RECORDED_H

#include <stdbool.h>
#include <stddef.h>

#include "host/holders.h"
#include "host/hosted.h"
#include "netlink/decode.h"

/*
 * A line of JSON back into what it was written from: what cw_record_event()
 * prints of the result is the line again. Nothing here trusts its input.
 */

struct cw_recorded {
	struct cw_msg_event ev;
	struct cw_holders holders;
	bool has_holders;
	struct cw_told told;
	/* Of the file, from its header, which has @told.here too. */
	bool all;		/* quiet events are recorded, too */
	uint64_t boot;		/* a number of its boot_id; 0: none is known */
};

enum cw_recorded_kind {
	CW_RECORDED_EVENT,	/* @ev, and @holders if it has any */
	CW_RECORDED_HEADER,	/* the begin of a file */
	CW_RECORDED_OTHER,	/* of a kind that is not replayed, or newer */
	CW_RECORDED_BAD,
};

struct cw_recorded_reader;

/* NULL: out of memory. */
struct cw_recorded_reader *cw_recorded_reader_new(void);
void cw_recorded_reader_free(struct cw_recorded_reader *r);

/* @line is without its newline. */
enum cw_recorded_kind cw_recorded_read(struct cw_recorded_reader *r,
				       const char *line, size_t len,
				       struct cw_recorded *to);

/* What is wrong with the last line that was bad. */
const char *cw_recorded_why(const struct cw_recorded_reader *r);

#endif
