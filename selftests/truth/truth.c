// SPDX-License-Identifier: GPL-2.0
/*
 * truth [-s SEED] [-n N] [-j AT_ONCE] [--only INDEX] [-v]: make N connections
 * at random and hold what the module says of them against what the program
 * did, what crossed the wire and what the kernel has counted. A connection's
 * script is a function of the seed and its index; what the network loses is
 * not.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "batch.h"
#include "needs.h"
#include "script.h"
#include "wait.h"

#define TRIES	6	/* for a batch that proves nothing */

static const struct option longs[] = {
	{ "only", required_argument, NULL, 'o' },
	{ }
};

struct order {
	uint64_t seed, n, only;
	unsigned int at_once;
	bool one, verbose;
};

static bool order_parse(struct order *o, int argc, char **argv)
{
	int c;

	*o = (struct order){ .seed = 20261121, .n = 300, .at_once = 16 };
	while ((c = getopt_long(argc, argv, "s:n:j:v", longs, NULL)) != -1) {
		switch (c) {
		case 's':
			o->seed = strtoull(optarg, NULL, 0);
			break;
		case 'n':
			o->n = strtoull(optarg, NULL, 0);
			break;
		case 'j':
			o->at_once = atoi(optarg);
			break;
		case 'o':
			o->one = true;
			o->only = strtoull(optarg, NULL, 0);
			break;
		case 'v':
			o->verbose = true;
			break;
		default:
			return false;
		}
	}
	return optind == argc && o->n && o->at_once;
}

static void modules_load(void)
{
	if (system("modprobe -qa veth sch_netem inet_diag tcp_diag"))
		printf("# modprobe failed; built in, perhaps\n");
}

/* Returns whether it agrees */
static bool batch_test(const struct order *o, uint64_t number, uint64_t first,
		       unsigned int n, struct scope *sum)
{
	struct batch b = {
		.seed = o->seed, .first = first, .n = n,
		.at_once = o->at_once, .verbose = o->verbose,
	};
	int64_t begin = now_ns();
	int ret;

	for (int i = 0; i < TRIES; i++) {
		ret = batch_run(&b);
		if (ret != BATCH_INCONCLUSIVE)
			break;
		printf("# inconclusive: %s\n", b.why);
	}
	scope_add(sum, &b.scope);
	printf("%s %" PRIu64 " seed %" PRIu64 " connections %" PRIu64 " to %" PRIu64
	       "%s\n", ret == BATCH_AGREES ? "ok" : "not ok", number, o->seed,
	       first, first + n - 1,
	       ret == BATCH_INCONCLUSIVE ? " (inconclusive)" : "");
	printf("# took %.1f s\n", (now_ns() - begin) / 1e9);
	fflush(stdout);
	return ret == BATCH_AGREES;
}

int main(int argc, char **argv)
{
	struct scope sum = {};
	uint64_t batches, i;
	bool good = true;
	struct order o;

	if (!order_parse(&o, argc, argv)) {
		fprintf(stderr, "usage: truth [-s SEED] [-n N] [-j AT_ONCE] [--only INDEX] [-v]\n");
		return 2;
	}
	needs_root_and_module();
	modules_load();
	batches = o.one ? 1 : (o.n + BATCH - 1) / BATCH;
	printf("TAP version 13\n1..%" PRIu64 "\n", batches);
	for (i = 0; i < batches; i++) {
		uint64_t first = o.one ? o.only : i * BATCH;
		uint64_t left = o.one ? 1 : o.n - first;

		good &= batch_test(&o, i + 1, first,
				   left < BATCH ? left : BATCH, &sum);
	}
	scope_print(&sum);
	return good ? 0 : 1;
}
