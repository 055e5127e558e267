/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_MIB_H
#define CLOSEWATCH_MIB_H

#include <stdbool.h>
#include <stdint.h>

/* The kernel's own counters, which closewatch compares its own with. */
enum cw_mib {
	CW_MIB_ABORT_ON_CLOSE,
	CW_MIB_ABORT_ON_DATA,
	CW_MIB_ABORT_ON_LINGER,
	CW_MIB_ABORT_ON_MEMORY,
	CW_MIB_ABORT_ON_TIMEOUT,
	CW_MIB_TIME_WAIT_OVERFLOW,
	CW_MIB_ATTEMPT_FAILS,
	CW_MIB_COUNT,
};

struct cw_mibs {
	uint64_t n[CW_MIB_COUNT];
	uint32_t present;	/* bit n: counter n was read */
};

/* As nstat writes it, such as TcpExtTCPAbortOnClose. */
const char *cw_mib_name(enum cw_mib mib);

/*
 * Reads net/snmp and net/netstat below @root, normally "/proc/self". False if
 * one of the files cannot be read.
 */
bool cw_mib_read(struct cw_mibs *m, const char *root);

#endif
