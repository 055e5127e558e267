/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_SYMBOLS_H
#define CLOSEWATCH_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* Addresses of code in words. */
struct cw_symbols {
	struct cw_symbol {
		uint64_t at;
		char *name;
	} *list;		/* of the kernel's functions, by address */
	size_t n;
};

/*
 * From @root/proc/kallsyms; @root is "" but in tests. None where it hides its
 * addresses. -1: out of memory, or it cannot be read.
 */
int cw_symbols_load(struct cw_symbols *s, const char *root);
void cw_symbols_release(struct cw_symbols *s);

/* The function that returns to @addr, or NULL. */
const char *cw_symbols_find(const struct cw_symbols *s, uint64_t addr);

/*
 * "FILE+0xOFFSET < ...", as addr2line takes them, of the @n addresses of process @pid;
 * of a file with fixed addresses these; the bare address where it has no file, or is
 * gone.
 */
void cw_symbols_say_program(struct cw_text *t, const char *root, uint32_t pid,
			    const uint64_t *addr, size_t n);

#endif
