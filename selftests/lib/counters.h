/* SPDX-License-Identifier: GPL-2.0 */
/* The counter oracle: the kernel's own figures of resets and aborts. */
#ifndef CLOSEWATCH_SELFTEST_COUNTERS_H
#define CLOSEWATCH_SELFTEST_COUNTERS_H

struct counters {
	long out_rsts;
	long estab_resets;
	long abort_on_close;
	long abort_on_data;
	long abort_on_linger;
	long abort_on_memory;
	long abort_on_timeout;
	long abort_failed;
	long migrate_success;
	long migrate_failure;
	long time_wait_overflow;
};

/* The figures of the caller's network namespace since it was made */
int counters_read(struct counters *c);

/* How many figures differ from @want; each difference is printed */
int counters_diff(const struct counters *before, const struct counters *after,
		  const struct counters *want);

#endif
