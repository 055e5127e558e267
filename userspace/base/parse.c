// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"

#define DURATION_MAX	1e9
#define NSEC_PER_SEC	1000000000ULL

/* strtoull() alone would take signs, spaces and other bases. */
bool cw_parse_digits(const char *text, uint64_t *value)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	*value = strtoull(text, &end, 10);
	return !*end && !errno;
}

int cw_parse_u32(const char *text, uint32_t min, uint32_t max,
		 const char *what, uint32_t *value, struct cw_fail *fail)
{
	uint64_t n;

	if (!cw_parse_digits(text, &n) || n < min || n > max)
		return cw_fail_usage(fail, NULL,
				     "'%s' is no %s: a number from %u to %u is wanted",
				     text, what, min, max);
	*value = n;
	return CW_OK;
}

int cw_parse_port(const char *text, uint16_t *port, struct cw_fail *fail)
{
	uint32_t n = 0;
	int ret = cw_parse_u32(text, 1, UINT16_MAX, "port", &n, fail);

	if (!ret)
		*port = n;
	return ret;
}

uint32_t cw_parse_unit(char unit)
{
	switch (unit) {
	case 's': return 1;
	case 'm': return 60;
	case 'h': return 3600;
	case 'd': return 86400;
	default: return 0;
	}
}

static bool take_duration(const char *text, uint64_t *ns)
{
	double seconds;
	char *end;

	if (!isdigit((unsigned char)*text) && *text != '.')
		return false;
	seconds = strtod(text, &end);
	if (end == text)
		return false;
	if (*end)
		seconds *= cw_parse_unit(*end++);
	if (*end || !(seconds >= 0.001) || seconds > DURATION_MAX)
		return false;
	*ns = seconds * 1e9;
	return true;
}

int cw_parse_duration(const char *text, uint64_t *ns, struct cw_fail *fail)
{
	if (!take_duration(text, ns))
		return cw_fail_usage(fail, NULL,
				     "'%s' is no duration: seconds are wanted, such as 10 or 0.5, or 10s, 5m, 1h or 2d",
				     text);
	return CW_OK;
}

int cw_parse_seconds(const char *text, uint32_t max, const char *what,
		     uint32_t *seconds, struct cw_fail *fail)
{
	uint64_t ns;

	if (!take_duration(text, &ns) || ns % NSEC_PER_SEC ||
	    ns / NSEC_PER_SEC > max)
		return cw_fail_usage(fail, NULL,
				     "'%s' is no %s: seconds from 1 to %u are wanted, such as 10, 10s or 5m",
				     text, what, max);
	*seconds = ns / NSEC_PER_SEC;
	return CW_OK;
}

int cw_parse_bytes(const char *text, uint64_t *bytes, struct cw_fail *fail)
{
	static const char units[] = "KMGT";
	const char *unit = NULL;
	size_t len = strlen(text);
	char digits[24] = "";
	unsigned int shift = 0;

	if (len && len < sizeof(digits)) {
		memcpy(digits, text, len);
		unit = strchr(units, text[len - 1]);
	}
	if (unit) {
		digits[len - 1] = '\0';
		shift = 10 * (unit - units + 1);
	}
	if (!cw_parse_digits(digits, bytes) || !*bytes ||
	    *bytes > UINT64_MAX >> shift)
		return cw_fail_usage(fail, NULL,
				     "'%s' is no number of bytes: 1 or more are wanted, such as 65536, 64K or 16M",
				     text);
	*bytes <<= shift;
	return CW_OK;
}
