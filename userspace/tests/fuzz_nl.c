// SPDX-License-Identifier: GPL-2.0
/* What nl.c makes of messages is static in there. */
#include "netlink/nl.c"

#include "fuzz_check.h"
#include "fuzz_nl.h"

static void check_failure(const struct cw_nl *nl)
{
	struct cw_fail fail;

	cw_nl_fail(nl, nl->error, "it", &fail);
	cw_fuzz_require(cw_fuzz_text_ok(fail.what, strlen(fail.what), false),
			"an error's text", fail.what, strlen(fail.what));
}

void cw_fuzz_nl(const void *data, size_t len, uint32_t from,
		const struct cw_nl_want *want, cw_nl_event_fn *fn)
{
	/* Its end is the sanitizer's to watch. */
	void *copy = memcpy(malloc(len + 1), data, len);
	static struct cw_nl nl;

	nl.family = CW_FUZZ_FAMILY;
	nl.seq = CW_FUZZ_SEQ;
	nl.fn = fn;
	nl.want = *want;
	nl.done = false;
	nl.gone = false;
	nl.error = 0;
	nl.message[0] = '\0';
	take_datagram(&nl, from, copy, len);
	free(copy);
	cw_fuzz_require(!from || (!nl.done && !nl.gone && !nl.error),
			"another process is believed", "", 0);
	if (nl.error)
		check_failure(&nl);
}
