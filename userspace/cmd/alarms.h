/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_ALARMS_H
#define CLOSEWATCH_ALARMS_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/closewatch.h>

#include "base/fail.h"
#include "host/journal.h"
#include "netlink/decode.h"

/* What went wrong, for the journal: each kind at once, and then once a minute. */

/* MESSAGE_ID: they never change, and closewatch(8) has them. */
#define CW_ALARM_LOST	"7b72bc8c10ff4fbdb0a58a3a2bce616c"
#define CW_ALARM_BLIND	"ebdb646aa92e4524a6c0371ea22510e7"
#define CW_ALARM_LIMIT	"8fe957b5cec24c7b8d60517e861274cf"
#define CW_ALARM_FAILED	"c0d70e37284c49b9b856178b0b53b962"

/* A slot for each loss, one for newer losses, one for shed drains, the refusals. */
#define CW_ALARM_SHED	(CLOSEWATCH_LOSS_MAX + 2)
#define CW_ALARM_KINDS	(CW_ALARM_SHED + 1 + CLOSEWATCH_REFUSAL_MAX + 1)

struct cw_alarm {
	struct cw_msg_event last;
	uint64_t count;		/* not yet told; of a loss 0 if not known */
	uint64_t next;		/* CLOCK_MONOTONIC: not told before */
	bool due;
};

struct cw_alarms {
	struct cw_journal journal;
	struct cw_alarm kind[CW_ALARM_KINDS];
};

/* @root: see cw_journal_open(). */
void cw_alarms_open(struct cw_alarms *a, const char *root);
void cw_alarms_close(struct cw_alarms *a);

/* Counts the event if it is one of a loss, or of a drain that a limit ended. */
void cw_alarms_take(struct cw_alarms *a, const struct cw_msg_event *ev);

/* Tells what is due at @now, CLOCK_MONOTONIC; all at UINT64_MAX. */
void cw_alarms_tell(struct cw_alarms *a, uint64_t now);

/* The program ends for this reason: probes refused, no module, no permission. */
void cw_alarms_failed(struct cw_alarms *a, const struct cw_fail *fail);

#endif
