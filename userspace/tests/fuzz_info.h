/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_TESTS_FUZZ_INFO_H
#define CLOSEWATCH_TESTS_FUZZ_INFO_H

#include "output/view.h"

/* The record of 'closewatch info', of a struct cw_msg_info. */
int cw_fuzz_info(struct cw_view *v, const void *info);

#endif
