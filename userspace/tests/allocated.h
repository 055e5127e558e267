/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_ALLOCATED_H
#define CLOSEWATCH_ALLOCATED_H

#include <stddef.h>

/* Of ASan, without which no test is built; gcc has no header for it. */
size_t __sanitizer_get_current_allocated_bytes(void);

#endif
