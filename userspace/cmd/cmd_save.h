/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_CMD_SAVE_H
#define CLOSEWATCH_CMD_SAVE_H

#include "base/fail.h"

int cw_cmd_save(int argc, char **argv, struct cw_fail *fail);

#endif
