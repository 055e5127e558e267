/* SPDX-License-Identifier: GPL-2.0 */
/* What ss -K does. */
#ifndef CLOSEWATCH_TRUTH_DESTROY_H
#define CLOSEWATCH_TRUTH_DESTROY_H

#include <stdint.h>

/* Destroy the TCP socket @fd of the caller's namespace; 0 or an errno */
int destroy_socket(int fd, uint64_t cookie);

#endif
