// SPDX-License-Identifier: GPL-2.0
/* The record is static in there. */
#include "cmd/cmd_info.c"

#include "fuzz_info.h"

int cw_fuzz_info(struct cw_view *v, const void *info)
{
	return show(v, info);
}
