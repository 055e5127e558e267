/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between the kernels that closewatch supports, feature by
 * feature. The only place that looks at the kernel's version.
 */
#ifndef CW_COMPAT_H
#define CW_COMPAT_H

#include <linux/version.h>

/* 6.1 and later refuse nonsense in reserved fields of new commands only. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
#define CW_GENL_RESV_START_OP(op)	.resv_start_op = (op),
#else
#define CW_GENL_RESV_START_OP(op)
#endif

#endif
