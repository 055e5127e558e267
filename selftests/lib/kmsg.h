/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's log, from a moment on. */
#ifndef CLOSEWATCH_SELFTEST_KMSG_H
#define CLOSEWATCH_SELFTEST_KMSG_H

int kmsg_open(void);

/* Complaints since kmsg_open(), each printed; -1 if the log has overrun */
int kmsg_complaints(int fd);

#endif
