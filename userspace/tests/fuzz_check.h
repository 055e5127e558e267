/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_TESTS_FUZZ_CHECK_H
#define CLOSEWATCH_TESTS_FUZZ_CHECK_H

#include <stdbool.h>
#include <stddef.h>

/* What every output must be, whatever came in. */

/* Valid UTF-8, or ASCII alone, without a control character but line feeds. */
bool cw_fuzz_text_ok(const char *text, size_t len, bool ascii);

/* Lines, each one JSON object that json-c reads and writes the same. */
bool cw_fuzz_json_ok(const char *text, size_t len);

/* Takes out the colours that the view puts in; returns the new length. */
size_t cw_fuzz_bleach(char *text, size_t len);

/* Says what is wrong and dies, which a fuzzer and a test both see. */
#define cw_fuzz_require(ok, what, text, len) do {			\
		if (!(ok))						\
			cw_fuzz_die(what, text, len);			\
	} while (0)

void cw_fuzz_die(const char *what, const char *text, size_t len);

#endif
