/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_DECODE_STATS_H
#define CLOSEWATCH_DECODE_STATS_H

#include <stddef.h>
#include <stdint.h>

/* Counters into a plain struct, by the rules of decode.h. */

/* Room for paths, fates and buckets; a larger value counts as malformed. */
#define CW_STATS_KINDS	64

struct cw_count {
	uint64_t events;
	uint64_t bytes;		/* unread for a close, lost for a fate */
	uint64_t minisocks;	/* of a fate: met by a minisock */
};

struct cw_drain_count {
	uint64_t events;
	uint64_t discarded;
	uint64_t response_bytes;
	uint64_t response_acked;
};

/* Indices are the values of the enums, or the exponent of a bucket. */
struct cw_msg_stats {
	uint64_t netns;
	struct cw_count close[CW_STATS_KINDS];
	struct cw_count fate[CW_STATS_KINDS];
	uint64_t linger_wait[CW_STATS_KINDS];
	uint64_t linger_wait_ns;	/* their sum */
	uint64_t fate_time[CW_STATS_KINDS];
	uint64_t unread[CW_STATS_KINDS];
	struct cw_drain_count drain[CW_STATS_KINDS];
	struct cw_drain_count refused[CW_STATS_KINDS];
	struct cw_count drain_close[CW_STATS_KINDS];
	uint64_t saved;
	uint64_t saved_bytes;
	uint64_t nothing_to_drain;
	uint32_t drains;	/* that run now */
	unsigned int malformed;
};

/* @attrs: the payload of one nest. */
void cw_decode_stats(struct cw_msg_stats *stats, const void *attrs, size_t len);

#endif
