// SPDX-License-Identifier: GPL-2.0
/*
 * Counters as Prometheus reads them. The golden files are also what
 * selftests/ci/metrics.sh gives to a real Prometheus. CLOSEWATCH_GOLDEN=write
 * writes them.
 */
#include <stdlib.h>

#include <linux/closewatch.h>

#include "base/util.h"
#include "kselftest_harness.h"
#include "output/openmetrics.h"

FIXTURE(metrics)
{
	struct cw_msg_info info;
	struct cw_msg_stats stats;
	char *got;
};

FIXTURE_SETUP(metrics)
{
	struct cw_msg_stats *s = &self->stats;

	memset(self, 0, sizeof(*self));
	self->info = (struct cw_msg_info){
		.events = 1000, .lost_ring = 1, .lost_socket = 2, .missed = 3,
		.inflight_full = 4, .blind_seconds = 5, .evicted = 6,
		.listeners = 7, .policies = 8, .probes_stuck = 9, .blind = 1,
		.version = { 5, "1.2.3" },
	};
	s->close[CLOSEWATCH_PATH_FIN] = (struct cw_count){ 100, 0, 0 };
	s->close[CLOSEWATCH_PATH_RST_UNREAD] = (struct cw_count){ 20, 4096, 0 };
	s->fate[CLOSEWATCH_FATE_TIME_WAIT] = (struct cw_count){ 90, 0, 1 };
	s->fate[CLOSEWATCH_FATE_PEER_RESET] = (struct cw_count){ 3, 512, 0 };
	/* 1 ns, 2 ms, 1 s, 10 s, 73 min */
	s->linger_wait[0] = 1;
	s->linger_wait[20] = 2;
	s->linger_wait[29] = 3;
	s->linger_wait[33] = 4;
	s->linger_wait[42] = 5;
	s->linger_wait_ns = 1234567890123;
	s->drain[CLOSEWATCH_DRAIN_OUTCOME_DELIVERED] =
		(struct cw_drain_count){ 50, 65536, 9000, 9000 };
	s->drain[CLOSEWATCH_DRAIN_OUTCOME_IDLE_TIMEOUT] =
		(struct cw_drain_count){ 2, 64, 500, 100 };
	s->refused[CLOSEWATCH_REFUSAL_ULP] = (struct cw_drain_count){ 6 };
	s->saved = 40;
	s->saved_bytes = 8000;
	s->nothing_to_drain = 11;
	s->drains = 12;
}

FIXTURE_TEARDOWN(metrics)
{
	free(self->got);
}

static char *render(char *before, bool text, const struct cw_msg_info *info,
		    const struct cw_msg_stats *stats)
{
	char *got;
	size_t size;
	FILE *out = open_memstream(&got, &size);

	free(before);
	cw_openmetrics(out, text, info, stats);
	fclose(out);
	return got;
}

#define make(self, text) \
	((self)->got = render((self)->got, text, &(self)->info, &(self)->stats))

static void compare(struct __test_metadata *_metadata, const char *path,
		    const char *got)
{
	const char *how = getenv("CLOSEWATCH_GOLDEN");
	char golden[32768] = "";
	FILE *file = fopen(path, how && !strcmp(how, "write") ? "w+" : "r");

	ASSERT_NE(NULL, file);
	if (how)
		fputs(got, file);
	rewind(file);
	golden[fread(golden, 1, sizeof(golden) - 1, file)] = '\0';
	fclose(file);
	EXPECT_STREQ(golden, got);
}

TEST_F(metrics, openmetrics_is_as_it_was_agreed)
{
	compare(_metadata, "tests/golden/metrics.om", make(self, false));
}

TEST_F(metrics, the_text_format_is_as_it_was_agreed)
{
	compare(_metadata, "tests/golden/metrics.prom", make(self, true));
}

TEST_F(metrics, labels_are_escaped)
{
	self->info.version = (struct cw_bytes){ 5, "a\"\\\nb" };
	EXPECT_NE(NULL, strstr(make(self, false),
			       "closewatch_build_info{module=\"a\\\"\\\\\\nb\","));
}

TEST_F(metrics, what_only_a_newer_module_knows_is_counted_in_one)
{
	self->stats.close[60].events = 7;
	self->stats.close[61].events = 8;
	EXPECT_NE(NULL, strstr(make(self, false),
			       "closewatch_closes_total{path=\"newer\"} 15\n"));
}

TEST_F(metrics, a_histogram_has_all_waits_behind_its_last_bound)
{
	make(self, false);
	EXPECT_NE(NULL, strstr(self->got, "_bucket{le=\"1.024e-06\"} 1\n"));
	EXPECT_NE(NULL, strstr(self->got, "_bucket{le=\"1099.51163\"} 10\n"));
	EXPECT_NE(NULL, strstr(self->got, "_bucket{le=\"+Inf\"} 15\n"));
	EXPECT_NE(NULL, strstr(self->got, "_count 15\n"));
	EXPECT_NE(NULL, strstr(self->got, "_sum 1234.567890123\n"));
}

TEST_HARNESS_MAIN
