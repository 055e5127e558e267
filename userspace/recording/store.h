/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_STORE_H
#define CLOSEWATCH_STORE_H

#include <stdint.h>
#include <stdio.h>

#include "base/fail.h"

/*
 * A folder that takes lines, in files that begin anew when one is large or old; the
 * oldest are removed so that all stay within a bound. Only whole lines are written.
 * Lines that cannot be written are kept while there is room for them, and tried
 * again; then they are dropped and counted.
 */
struct cw_store_options {
	const char *path;	/* made if it is not there */
	uint64_t max_size;	/* of a file, in bytes */
	uint64_t max_age;	/* of a file, in ns */
	uint64_t keep;		/* bytes of all files; at least twice @max_size */
	/* Writes the first line of a file. */
	void (*begin)(void *arg, FILE *to);
	void *arg;
};

struct cw_store;

int cw_store_open(struct cw_store **store, const struct cw_store_options *opt,
		  struct cw_fail *fail);

/* Takes what is to be stored; fflush() writes it. To be closed before the store. */
FILE *cw_store_out(struct cw_store *s);

/* Tries once more what could not be written. */
void cw_store_retry(struct cw_store *s);

/* Why lines wait, as an errno; 0: all are written. */
int cw_store_error(const struct cw_store *s);

/* Lines dropped since the last call. */
uint64_t cw_store_dropped(struct cw_store *s);

/* The file that lines go to, or should go to. */
const char *cw_store_name(const struct cw_store *s);

/* Returns how many lines were dropped or still wait: they are lost. */
uint64_t cw_store_close(struct cw_store *s);

#endif
