/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_PARSE_H
#define CLOSEWATCH_PARSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fail.h"

/* Words of the command line into numbers. CW_USAGE says what is accepted. */

/* Digits only; false if there is anything else. */
bool cw_parse_digits(const char *text, uint64_t *value);

int cw_parse_u32(const char *text, uint32_t min, uint32_t max,
		 const char *what, uint32_t *value, struct cw_fail *fail);
int cw_parse_port(const char *text, uint16_t *port, struct cw_fail *fail);
/* Seconds in s, m, h or d; 0: no such unit. */
uint32_t cw_parse_unit(char unit);

/* Seconds, or a number of a unit behind it, with a fraction. */
int cw_parse_duration(const char *text, uint64_t *ns, struct cw_fail *fail);

/* The same, whole seconds. */
int cw_parse_seconds(const char *text, uint32_t max, const char *what,
		     uint32_t *seconds, struct cw_fail *fail);

/* With K, M, G or T behind it in powers of 1024. */
int cw_parse_bytes(const char *text, uint64_t *bytes, struct cw_fail *fail);

#endif
