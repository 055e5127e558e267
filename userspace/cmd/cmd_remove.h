/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_CMD_REMOVE_H
#define CLOSEWATCH_CMD_REMOVE_H

#include "base/fail.h"

int cw_cmd_del(int argc, char **argv, struct cw_fail *fail);
int cw_cmd_flush(int argc, char **argv, struct cw_fail *fail);

#endif
