/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_CMD_TOP_H
#define CLOSEWATCH_CMD_TOP_H

#include "base/fail.h"

int cw_cmd_top(int argc, char **argv, struct cw_fail *fail);

#endif
