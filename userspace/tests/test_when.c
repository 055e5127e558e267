// SPDX-License-Identifier: GPL-2.0
/* Times of the command line and of records. */
#include <stdlib.h>
#include <time.h>

#include "base/util.h"
#include "base/when.h"
#include "kselftest_harness.h"

#define S 1000000000ULL

/* 2026-11-27T09:00:00Z; in Berlin it is 10:00. */
#define NOW (1795770000 * S)

static struct cw_span span;
static struct cw_fail fail;

static int parse(const char *since, const char *until)
{
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	memset(&fail, 0, sizeof(fail));
	return cw_when_span(since, until, NOW, &span, &fail);
}

TEST(a_date_has_a_zone_or_is_local)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} dates[] = {
		{ "2026-11-27T09:00:00Z", NOW },
		{ "2026-11-27T10:00:00+01:00", NOW },
		{ "2026-11-27T04:30:00-04:30", NOW },
		{ "2026-11-27 10:00", NOW },
		{ "2026-11-27t09:00:00.000000001z", NOW + 1 },
		{ "2026-11-27T09:00:00.25Z", NOW + S / 4 },
		{ "2026-07-01T12:00", 1782900000 * S },
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2554-07-21T23:34:33.709551615Z", UINT64_MAX },
	};
	uint64_t ns;
	size_t i;

	parse(NULL, NULL);
	for (i = 0; i < ARRAY_SIZE(dates); i++) {
		ns = 1;
		EXPECT_TRUE(cw_when_date(dates[i].text, &ns)) {
			TH_LOG("%s", dates[i].text);
		}
		EXPECT_EQ(dates[i].ns, ns) {
			TH_LOG("%s", dates[i].text);
		}
	}
}

TEST(what_is_no_date_is_refused)
{
	static const char *const bad[] = {
		"", "2026-11-27", "2026-11-27T", "2026-11-27T9:00Z",
		"2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z",
		"2026-11-27T24:00:00Z", "2026-11-27T09:00:00.Z",
		"2026-11-27T09:00:00.1234567890Z", "2026-11-27T09:00:00Zx",
		"2026-11-27T09:00:00+1", "1969-12-31T23:59:59Z",
		"2554-07-21T23:34:33.709551616Z", "2026-11-27T09:00:00Z ",
	};
	uint64_t ns;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_EQ(false, cw_when_date(bad[i], &ns)) {
			TH_LOG("number %zu was taken", i);
		}
}

TEST(a_time_of_day_is_the_last_one)
{
	EXPECT_EQ(CW_OK, parse("02:10", NULL));
	EXPECT_EQ(NOW - (7 * 3600 + 50 * 60) * S, span.since);
	EXPECT_EQ(UINT64_MAX, span.until);
	EXPECT_EQ(CW_OK, parse("10:00:00.5", NULL));
	EXPECT_EQ(NOW - 86400 * S + S / 2, span.since);
	EXPECT_EQ(CW_OK, parse(NULL, "10:00"));
	EXPECT_EQ(NOW, span.until);
	EXPECT_EQ(0, span.since);
}

TEST(the_end_is_the_first_time_of_day_after_the_begin)
{
	EXPECT_EQ(CW_OK, parse("02:10", "02:20"));
	EXPECT_EQ(10 * 60 * S, span.until - span.since);
	EXPECT_EQ(CW_OK, parse("23:50", "00:10"));
	EXPECT_EQ(20 * 60 * S, span.until - span.since);
	EXPECT_EQ(NOW - (10 * 3600 + 10 * 60) * S, span.since);
	/* From one in summer time to one in winter time: the day has 25 hours. */
	EXPECT_EQ(CW_OK, parse("2026-10-24 12:00", "12:00"));
	EXPECT_EQ(25 * 3600 * S, span.until - span.since);
}

TEST(a_distance_is_before_now)
{
	EXPECT_EQ(CW_OK, parse("-10m", "30s ago"));
	EXPECT_EQ(NOW - 600 * S, span.since);
	EXPECT_EQ(NOW - 30 * S, span.until);
	EXPECT_EQ(CW_OK, parse("2d ago", "-1h"));
	EXPECT_EQ(NOW - 2 * 86400 * S, span.since);
	EXPECT_EQ(NOW - 3600 * S, span.until);
}

TEST(what_is_no_time_or_no_span_is_wrong_usage)
{
	static const char *const bad[] = {
		"", "2", "02", "2:10", "02:60", "24:00", "02:10x", "yesterday",
		"10m", "-10", "-m", "-10mm", "10m before", "-99999999999d",
		"-99999999999999999999s", "2026-11-27",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_EQ(CW_USAGE, parse(bad[i], NULL)) {
			TH_LOG("'%s' was taken", bad[i]);
		}
		EXPECT_NE(NULL, strstr(fail.what, "is no time"));
		EXPECT_NE(NULL, strstr(fail.what, ", 2026-11-26T02:10 or "));
	}
	EXPECT_EQ(CW_OK, parse("2026-11-26T02:10", NULL));
	EXPECT_EQ(CW_USAGE, parse("-1m", "-2m"));
	EXPECT_NE(NULL, strstr(fail.what, "from '-1m' to '-2m'"));
}

TEST_HARNESS_MAIN
