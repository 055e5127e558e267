// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include <linux/closewatch.h>

#include "base/util.h"
#include "explain/explain_loss.h"

static const struct cw_case losses[] = {
	[CLOSEWATCH_LOSS_RING] = {
		"Closes came faster than the module's worker could take them.",
		"Narrow the filter, such as -P or --path.",
		.words = "a ring in the kernel was full", .tone = CW_LOSS,
	},
	[CLOSEWATCH_LOSS_SOCKET] = {
		"This program or what reads its output was too slow.",
		"Narrow the filter, write to a file, or use --json.",
		.words = "they came faster than they were read",
		.tone = CW_LOSS,
	},
	[CLOSEWATCH_LOSS_PROBE] = {
		"A probe was hit from within another probe.",
		"See whether another tracer runs on the same functions.",
		.words = "a probe was hit while it could not run",
		.tone = CW_LOSS,
	},
	[CLOSEWATCH_LOSS_INFLIGHT] = {
		"More connections are ending at once than the module follows: closes that wait for SO_LINGER, or peers that do not close.",
		"Load the module with a larger track_slots, or turn SO_LINGER off in the program that holds them.",
		.words = "too many closes at once to follow", .tone = CW_LOSS,
	},
	[CLOSEWATCH_LOSS_BLIND] = {
		"kernel.ftrace_enabled is 0, or kprobes are off in debugfs.",
		"See what closewatch doctor says: sudo sysctl kernel.ftrace_enabled=1 && echo 1 | sudo tee /sys/kernel/debug/kprobes/enabled",
		.words = "the kernel's probes do not fire, so what ends now goes unseen",
		.tone = CW_LOSS,
	},
	[CLOSEWATCH_LOSS_RECORDING] = {
		"The disk was full, or the folder could not be written.",
		"Make room, or give closewatch record a smaller --keep.",
		.words = "they could not be written to the recording",
		.tone = CW_LOSS,
	},
};

_Static_assert(ARRAY_SIZE(losses) == CLOSEWATCH_LOSS_MAX + 1,
	       "a case for each loss");

const struct cw_case *cw_loss_case(const struct cw_msg_event *ev)
{
	return cw_case_of(losses, ev, LOSS, loss);
}

static void say_count(struct cw_text *t, const struct cw_msg_event *ev)
{
	/* The count is of seconds: no probe sees what could be counted. */
	if (cw_event_has(ev, LOSS) && ev->loss == CLOSEWATCH_LOSS_BLIND) {
		if (cw_event_has(ev, COUNT))
			cw_say(t, "blind for %" PRIu64 " s: ", ev->count);
		return;
	}
	/* A hit that was missed need not have been an event of this filter. */
	if (cw_event_has(ev, COUNT))
		cw_say(t, "%s%" PRIu64 " event%s lost: ",
		       ev->loss == CLOSEWATCH_LOSS_PROBE ? "up to " : "",
		       ev->count, ev->count == 1 ? "" : "s");
	else
		cw_say(t, "events lost: ");
}

void cw_say_loss(struct cw_text *t, const struct cw_msg_event *ev)
{
	const struct cw_case *c = cw_loss_case(ev);

	say_count(t, ev);
	if (c)
		cw_say(t, "%s", c->words);
	else if (cw_event_has(ev, LOSS))
		cw_say(t, "for a reason newer than this program");
	else
		cw_say(t, "the kernel does not say where");
}
