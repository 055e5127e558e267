/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_UTIL_H
#define CLOSEWATCH_UTIL_H

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#endif

/* @size; does not compile if it is more than @most. */
#define cw_fitting(size, most)	\
	((size) + 0 * sizeof(char[(size) <= (most) ? 1 : -1]))

#ifndef __printf
#define __printf(fmt, args) __attribute__((__format__(__printf__, fmt, args)))
#endif

#endif
