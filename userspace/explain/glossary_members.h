/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_GLOSSARY_MEMBERS_H
#define CLOSEWATCH_GLOSSARY_MEMBERS_H

#include "base/names.h"

/*
 * The members of JSON that are no attributes of the spec; those are in
 * cw_a_event_names, cw_a_more_names and cw_a_rest_names.
 */
extern const struct cw_names cw_member_names;

#endif
