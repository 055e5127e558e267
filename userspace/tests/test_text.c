// SPDX-License-Identifier: GPL-2.0
/* What base/ formats by hand, compared with what the C library makes of it. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/address.h"
#include "base/text.h"
#include "kselftest_harness.h"

#define TRIES 20000

static uint64_t state = 1;

static uint64_t any(void)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return state >> 32 | state << 32;
}

/* Of each length alike often. */
static uint64_t any_number(void)
{
	return any() >> any() % 64;
}

TEST(sentences_are_as_of_printf)
{
	char ours[128], theirs[128];
	int i;

	for (i = 0; i < TRIES; i++) {
		struct cw_text t = { ours, sizeof(ours) };
		uint64_t n = any_number();
		unsigned int cut = n % 9;

		cw_say(&t, "%s: %" PRIu64 " of%u/%" PRIu32 "%.*s", "bytes", n,
		       (unsigned int)n, (uint32_t)~n, cut, "abcdefgh");
		EXPECT_EQ(t.used, snprintf(theirs, sizeof(theirs),
					   "%s: %" PRIu64 " of%u/%" PRIu32 "%.*s",
					   "bytes", n, (unsigned int)n,
					   (uint32_t)~n, cut, "abcdefgh"));
		ASSERT_STREQ(theirs, ours);
	}
}

TEST(a_text_is_cut_at_a_whole_character_and_then_stays)
{
	char buf[6] = "";
	struct cw_text t = { buf, sizeof(buf) };

	cw_say(&t, "%s", "abcd");
	cw_say(&t, "%s", "\xc3\xa4");
	EXPECT_STREQ("abcd", buf);
	EXPECT_EQ(6, t.used);
	cw_say(&t, "e");
	EXPECT_STREQ("abcd", buf);
}

static void say_with_printf(char *buf, size_t size, uint64_t ns)
{
	if (ns < 1000000)
		snprintf(buf, size, "%.0f us", ns / 1e3);
	else if (ns < 1000000000)
		snprintf(buf, size, "%.1f ms", ns / 1e6);
	else
		snprintf(buf, size, "%.2f s", ns / 1e9);
}

/* But for halves, which a double often cannot hold. */
TEST(durations_are_as_of_printf)
{
	static const uint64_t edges[] = {
		0, 499, 501, 999499, 999501, 999999, 1000000, 1049999, 1050001,
		999949999, 999950001, 999999999, 1000000000, 1004999999,
		1005000001, 59999999999,
	};
	char ours[32], theirs[32];
	int i;

	for (i = 0; i < TRIES; i++) {
		struct cw_text t = { ours, sizeof(ours) };
		uint64_t ns = i < ARRAY_SIZE(edges) ? edges[i] :
						      any_number() >> 14;

		if (ns % 1000 == 500)
			ns++;
		cw_say_duration(&t, ns);
		say_with_printf(theirs, sizeof(theirs), ns);
		ASSERT_STREQ(theirs, ours);
	}
}

TEST(halves_of_a_duration_go_to_the_even_digit)
{
	char buf[64] = "";
	struct cw_text t = { buf, sizeof(buf) };

	cw_say_duration(&t, 500);
	cw_say_duration(&t, 1500);
	cw_say_duration(&t, 1250000);
	cw_say_duration(&t, 1350000);
	EXPECT_STREQ("0 us2 us1.2 ms1.4 ms", buf);
}

/* Every pattern of zero words, and what follows a run of them. */
TEST(addresses_are_as_of_inet_ntop)
{
	char ours[64], theirs[INET6_ADDRSTRLEN];
	struct cw_bytes a = { 0 };
	int i, j;

	for (i = 0; i < TRIES; i++) {
		for (j = 0; j < 8; j++) {
			uint16_t word = i >> j & 1 ? any_number() : 0;

			if (j == 5 && i & 0x100)
				word = 0xffff;
			memcpy(a.b + 2 * j, &word, sizeof(word));
		}
		a.len = i & 0x200 ? 4 : 16;
		cw_address_print(&a, ours, sizeof(ours));
		inet_ntop(a.len == 4 ? AF_INET : AF_INET6, a.b, theirs,
			  sizeof(theirs));
		ASSERT_STREQ(theirs, ours);
	}
	a.len = 5;
	cw_address_print(&a, ours, sizeof(ours));
	EXPECT_STREQ("", ours);
}

TEST(decimals_are_as_of_printf)
{
	uint64_t n, power = 1;
	char want[32], have[32];
	int digits, off;

	for (digits = 1; digits <= 20; digits++, power *= 10) {
		for (off = -1; off <= 1; off++) {
			n = power + off;
			snprintf(want, sizeof(want), "%" PRIu64, n);
			*cw_decimal(have, n) = '\0';
			EXPECT_STREQ(want, have);
		}
	}
	*cw_decimal(have, UINT64_MAX) = '\0';
	EXPECT_STREQ("18446744073709551615", have);
	*cw_decimal_digits(have, 7000509, 9) = '\0';
	EXPECT_STREQ("007000509", have);
	*cw_decimal_digits(have, 50, 3) = '\0';
	EXPECT_STREQ("050", have);
}

TEST_HARNESS_MAIN
