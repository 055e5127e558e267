/* SPDX-License-Identifier: GPL-2.0 */
/* What crossed the interface of one end, and what that proves. */
#ifndef CLOSEWATCH_TRUTH_VIEW_H
#define CLOSEWATCH_TRUTH_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture.h"

/*
 * One connection, seen from one end. Sequence numbers count from the first
 * byte of data, so that a figure is a number of bytes (FIN counts as one).
 */
struct seen {
	int64_t time;
	bool out, syn, fin, rst, has_ack;
	uint32_t seq, end, ack, len, window;
	/* What our kernel knew after it, if it took it up at once */
	uint32_t acked, sent, got;
};

struct view {
	struct seen *p;
	size_t n;
};

void view_make(struct view *v, const struct capture *c, uint16_t ours,
	       uint16_t theirs);
void view_free(struct view *v);
void view_print(const struct view *v, int64_t origin);

/* The first such packet in a span of time; NULL if there is none */
typedef bool (*seen_test)(const struct seen *p);
const struct seen *view_first(const struct view *v, seen_test test,
			      int64_t from, int64_t to);
size_t view_count(const struct view *v, seen_test test, int64_t from,
		  int64_t to);

/* The last packet before @time, NULL if there is none */
const struct seen *view_at(const struct view *v, int64_t time);

bool seen_fin_out(const struct seen *p);
bool seen_fin_in(const struct seen *p);
bool seen_rst_in(const struct seen *p);
bool seen_rst_active(const struct seen *p);	/* sent of our own accord */
bool seen_rst_reply(const struct seen *p);	/* sent as an answer */

#endif
