/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_PROBES_H
#define CLOSEWATCH_PROBES_H

#include "host/health.h"
#include "netlink/decode.h"

/* Do the probes fire, and can they be removed? As the module reports. */
void cw_probes_judge(const struct cw_msg_info *info,
		     struct cw_finding *finding);

#endif
