/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_CMD_STORY_H
#define CLOSEWATCH_CMD_STORY_H

#include "base/fail.h"

int cw_cmd_story(int argc, char **argv, struct cw_fail *fail);

#endif
