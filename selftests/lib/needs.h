/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_SELFTEST_NEEDS_H
#define CLOSEWATCH_SELFTEST_NEEDS_H

/*
 * Skip the program, with the reason, unless it is root, of the initial user
 * namespace, and the module is loaded.
 */
void needs_root_and_module(void);

#endif
