/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_CMD_POLICY_H
#define CLOSEWATCH_CMD_POLICY_H

#include "base/fail.h"

int cw_cmd_drain(int argc, char **argv, struct cw_fail *fail);
int cw_cmd_linger(int argc, char **argv, struct cw_fail *fail);
int cw_cmd_reset(int argc, char **argv, struct cw_fail *fail);
int cw_cmd_leave(int argc, char **argv, struct cw_fail *fail);

#endif
