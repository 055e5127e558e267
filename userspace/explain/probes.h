/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_PROBES_H
#define CLOSEWATCH_PROBES_H

#include "host/health.h"
#include "netlink/decode.h"
#include "netlink/trial.h"

/*
 * Do the probes fire, and can they be removed? As the module reports. @anew: they
 * were armed in order to ask, so that none need have fired.
 */
void cw_probes_judge(const struct cw_msg_info *info, bool anew,
		     struct cw_finding *finding);

/*
 * Does the probe @p fire? @errors: what cw_trial_run() left, which has made the
 * connections that pass it.
 */
void cw_probes_judge_one(const struct cw_msg_probe *p,
			 const int errors[CW_TRIAL_ACTS],
			 struct cw_finding *finding);

#endif
