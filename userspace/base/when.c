// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <string.h>
#include <time.h>

#include "base/parse.h"
#include "base/when.h"

#define NSEC_PER_SEC	1000000000ULL

/* A time as it is written, before it is known which day and zone are meant. */
struct when {
	struct tm tm;
	uint64_t fraction;	/* ns */
	int zone;		/* seconds east of UTC */
	bool local;		/* no zone was given */
};

static bool take(const char **at, char c)
{
	if (**at != c)
		return false;
	++*at;
	return true;
}

static bool take_digits(const char **at, int n, int least, int most, int *value)
{
	*value = 0;
	for (; n; n--, ++*at) {
		if (!isdigit((unsigned char)**at))
			return false;
		*value = *value * 10 + **at - '0';
	}
	return *value >= least && *value <= most;
}

/* One to nine digits of a second. */
static bool take_fraction(const char **at, uint64_t *ns)
{
	uint64_t unit = NSEC_PER_SEC;

	while (isdigit((unsigned char)**at) && unit > 1) {
		unit /= 10;
		*ns += unit * (**at - '0');
		++*at;
	}
	return unit < NSEC_PER_SEC;
}

/* HH:MM[:SS[.fraction]] */
static bool take_clock(const char **at, struct when *w)
{
	if (!take_digits(at, 2, 0, 23, &w->tm.tm_hour) || !take(at, ':') ||
	    !take_digits(at, 2, 0, 59, &w->tm.tm_min))
		return false;
	if (!take(at, ':'))
		return true;
	return take_digits(at, 2, 0, 60, &w->tm.tm_sec) &&
	       (!take(at, '.') || take_fraction(at, &w->fraction));
}

static bool take_day(const char **at, struct when *w)
{
	if (!take_digits(at, 4, 1970, 9999, &w->tm.tm_year) || !take(at, '-') ||
	    !take_digits(at, 2, 1, 12, &w->tm.tm_mon) || !take(at, '-') ||
	    !take_digits(at, 2, 1, 31, &w->tm.tm_mday))
		return false;
	w->tm.tm_year -= 1900;
	w->tm.tm_mon--;
	return true;
}

/* Z, +HH:MM, -HH:MM or nothing. */
static bool take_zone(const char **at, struct when *w)
{
	int sign = **at == '-' ? -1 : 1, hours, minutes;

	w->local = !**at;
	if (w->local || take(at, 'Z') || take(at, 'z'))
		return true;
	if ((!take(at, '+') && !take(at, '-')) ||
	    !take_digits(at, 2, 0, 23, &hours) || !take(at, ':') ||
	    !take_digits(at, 2, 0, 59, &minutes))
		return false;
	w->zone = sign * (hours * 60 + minutes) * 60;
	return true;
}

/* False for a day that its month does not have, and beyond 64 bits. */
static bool moment(const struct when *w, uint64_t *ns)
{
	struct tm tm = w->tm;
	time_t second;
	uint64_t n;

	tm.tm_isdst = -1;
	second = w->local ? mktime(&tm) : timegm(&tm) - w->zone;
	if (second < 0 || (w->tm.tm_sec < 60 && tm.tm_mday != w->tm.tm_mday) ||
	    __builtin_mul_overflow((uint64_t)second, NSEC_PER_SEC, &n))
		return false;
	return !__builtin_add_overflow(n, w->fraction, ns);
}

bool cw_when_date(const char *text, uint64_t *ns)
{
	struct when w = { 0 };

	return take_day(&text, &w) &&
	       (take(&text, 'T') || take(&text, 't') || take(&text, ' ')) &&
	       take_clock(&text, &w) && take_zone(&text, &w) && !*text &&
	       moment(&w, ns);
}

/* -10m, or 10m ago. */
static bool parse_distance(const char *text, uint64_t now, uint64_t *ns)
{
	const char *end = take(&text, '-') ? "" : " ago";
	uint64_t n = 0, unit;

	if (!isdigit((unsigned char)*text))
		return false;
	for (; isdigit((unsigned char)*text); text++)
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, *text - '0', &n))
			return false;
	unit = cw_parse_unit(*text);
	if (!unit || strcmp(text + 1, end) ||
	    __builtin_mul_overflow(n, unit * NSEC_PER_SEC, &n) ||
	    n > now)
		return false;
	*ns = now - n;
	return true;
}

static bool parse_clock(const char *text, struct when *w)
{
	*w = (struct when){ .local = true };
	return take_clock(&text, w) && !*text;
}

/* The time of day @w on the day of @of, or so many @days later. */
static uint64_t on_day(const struct when *w, uint64_t of, int days)
{
	time_t second = of / NSEC_PER_SEC;
	struct when at = *w;
	struct tm day;

	localtime_r(&second, &day);
	at.tm.tm_year = day.tm_year;
	at.tm.tm_mon = day.tm_mon;
	at.tm.tm_mday = day.tm_mday + days;
	at.tm.tm_isdst = -1;
	second = mktime(&at.tm);
	return second * NSEC_PER_SEC + w->fraction;
}

/* @after: where a time of day is to be looked for from; 0: before @now. */
static int parse_when(const char *text, uint64_t now, uint64_t after,
		      uint64_t *ns, struct cw_fail *fail)
{
	struct when w;

	if (cw_when_date(text, ns) || parse_distance(text, now, ns))
		return CW_OK;
	if (!parse_clock(text, &w))
		return cw_fail_usage(fail, NULL,
				     "'%s' is no time: 02:10, 02:10:30, 2026-11-26T02:10 or -10m is wanted",
				     text);
	*ns = on_day(&w, after ? after : now, 0);
	if (after && *ns <= after)
		*ns = on_day(&w, after, 1);
	else if (!after && *ns > now)
		*ns = on_day(&w, now, -1);
	return CW_OK;
}

int cw_when_span(const char *since, const char *until, uint64_t now,
		 struct cw_span *span, struct cw_fail *fail)
{
	int ret = CW_OK;

	*span = (struct cw_span)CW_SPAN_ALL;
	if (since)
		ret = parse_when(since, now, 0, &span->since, fail);
	if (!ret && until)
		ret = parse_when(until, now, span->since, &span->until, fail);
	if (!ret && span->until <= span->since)
		ret = cw_fail_usage(fail, NULL,
				    "there is no time from '%s' to '%s'",
				    since ? since : "", until ? until : "");
	return ret;
}
