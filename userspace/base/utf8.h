/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_UTF8_H
#define CLOSEWATCH_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Arbitrary bytes as text that is valid UTF-8 and cannot steer a terminal:
 * what is not UTF-8, DEL and the C1 controls become \xNN. C0 controls too,
 * unless @keep_c0: JSON has its own notation for them. Without it, so do the
 * characters that reorder a line, and all but ASCII where the locale is not
 * UTF-8. The result always ends with a NUL and is cut at a whole character.
 */
void cw_utf8_escape(char *buf, size_t size, const void *bytes, size_t len,
		    bool keep_c0);

/* Columns that @len bytes of valid UTF-8 take, one a character. */
size_t cw_utf8_columns(const char *text, size_t len);

/* How many of the @len bytes fit @columns. */
size_t cw_utf8_cut(const char *text, size_t len, size_t columns);

#endif
