/* SPDX-License-Identifier: GPL-2.0 */
/* Do not edit: make spec generates it from Documentation/netlink/specs/closewatch.yaml. */
#ifndef CLOSEWATCH_NAMES_GEN_H
#define CLOSEWATCH_NAMES_GEN_H

#include "base/names.h"

extern const struct cw_names cw_event_type_names;
extern const struct cw_names cw_path_names;
extern const struct cw_names cw_fin_form_names;
extern const struct cw_names cw_linger_outcome_names;
extern const struct cw_names cw_cause_names;
extern const struct cw_names cw_loss_names;
extern const struct cw_names cw_how_names;
extern const struct cw_names cw_fate_names;
extern const struct cw_names cw_verdict_names;
extern const struct cw_names cw_side_names;
extern const struct cw_names cw_reset_kind_names;
extern const struct cw_names cw_action_names;
extern const struct cw_names cw_drain_outcome_names;
extern const struct cw_names cw_refusal_names;
extern const struct cw_names cw_state_names;
extern const struct cw_names cw_a_event_names;
extern const struct cw_names cw_a_more_names;
extern const struct cw_names cw_a_rest_names;

/* All of them; the last is NULL. */
extern const struct cw_names *const cw_all_names[];

#endif
