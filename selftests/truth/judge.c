// SPDX-License-Identifier: GPL-2.0
#include "judge.h"

#include <stdio.h>

#include "judge_close.h"
#include "judge_fate.h"
#include "judge_linger.h"

static void side_judge(struct side *s)
{
	size_t closes = side_events(s, TYPE(CLOSE));
	size_t fates = side_events(s, TYPE(FATE));
	bool closed = s->record->manner != BY_LISTENER;

	s->h->tally->scope.ends++;
	if (closes != closed)
		disagree(s, "%zu close events, not %d", closes, closed);
	if (fates != 1)
		disagree(s, "%zu fates, not 1", fates);
	judge_shutdowns(s);
	if (closed && s->close) {
		judge_close(s);
		judge_linger(s);
	}
	judge_resets(s);
	if (!s->fate)
		return;
	judge_fate(s);
	judge_verdict(s);
	judge_first(s);
	judge_since(s);
}

unsigned int judge(struct hearing *h)
{
	int64_t origin = h->view[CLIENT].n ? h->view[CLIENT].p[0].time : 0;
	struct side side[ENDS];

	for (unsigned int end = 0; end < ENDS; end++) {
		side_make(&side[end], h, end);
		side_judge(&side[end]);
	}
	if (!h->disagreements)
		return 0;
	script_print(h->script);
	printf("#   network: %s\n", h->net->setting->name);
	for (unsigned int end = 0; end < ENDS; end++)
		side_print(&side[end], origin);
	return h->disagreements;
}
