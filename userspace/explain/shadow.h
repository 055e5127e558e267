/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_SHADOW_H
#define CLOSEWATCH_SHADOW_H

#include <stdbool.h>

#include "netlink/decode.h"

/*
 * Does rule @first match every close that @p matches? If it is tried before @p, then
 * @p never acts. Pure.
 */
bool cw_policy_shadows(const struct cw_msg_policy *first,
		       const struct cw_msg_policy *p);

#endif
