// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>
#include <syslog.h>

#include "base/names_gen.h"
#include "cmd/alarms.h"
#include "explain/explain.h"

#define MINUTE_NS	(60 * 1000000000ULL)

void cw_alarms_open(struct cw_alarms *a, const char *root)
{
	memset(a->kind, 0, sizeof(a->kind));
	cw_journal_open(&a->journal, root);
}

void cw_alarms_close(struct cw_alarms *a)
{
	cw_journal_close(&a->journal);
}

/* A slot, or -1: not of that which goes wrong. */
static int kind_of(const struct cw_msg_event *ev)
{
	if (ev->type == CLOSEWATCH_EVENT_TYPE_LOST)
		return cw_event_has(ev, LOSS) && ev->loss <= CLOSEWATCH_LOSS_MAX ?
			(int)ev->loss : CLOSEWATCH_LOSS_MAX + 1;
	if (ev->type != CLOSEWATCH_EVENT_TYPE_DRAIN_END)
		return -1;
	if (ev->drain_outcome == CLOSEWATCH_DRAIN_OUTCOME_SHED)
		return CW_ALARM_SHED;
	if (ev->drain_outcome != CLOSEWATCH_DRAIN_OUTCOME_REFUSED ||
	    !cw_event_has(ev, REFUSAL))
		return -1;
	switch (ev->refusal) {
	case CLOSEWATCH_REFUSAL_LIMIT:
	case CLOSEWATCH_REFUSAL_MEMORY_PRESSURE:
	case CLOSEWATCH_REFUSAL_NO_MEMORY:
		return CW_ALARM_SHED + 1 + ev->refusal;
	default:
		return -1;
	}
}

void cw_alarms_take(struct cw_alarms *a, const struct cw_msg_event *ev)
{
	int kind = kind_of(ev);
	struct cw_alarm *alarm = &a->kind[kind < 0 ? 0 : kind];

	if (kind < 0)
		return;
	alarm->last = *ev;
	alarm->due = true;
	if (ev->type != CLOSEWATCH_EVENT_TYPE_LOST)
		alarm->count++;
	else if (cw_event_has(ev, COUNT))
		alarm->count += ev->count;
}

static void put_loss(struct cw_journal *j, struct cw_alarm *alarm)
{
	struct cw_msg_event *ev = &alarm->last;
	bool blind = cw_event_has(ev, LOSS) && ev->loss == CLOSEWATCH_LOSS_BLIND;
	char text[512];

	ev->count = alarm->count;
	if (alarm->count)
		ev->present |= 1ULL << CLOSEWATCH_A_EVENT_COUNT;
	cw_explain(ev, text, sizeof(text));
	cw_journal_put(j, "MESSAGE", "%s", text);
	cw_journal_put(j, "MESSAGE_ID", blind ? CW_ALARM_BLIND : CW_ALARM_LOST);
	if (kind_of(ev) <= CLOSEWATCH_LOSS_MAX)
		cw_journal_put(j, "CLOSEWATCH_LOSS", "%s",
			       cw_names_word(&cw_loss_names, ev->loss));
}

static void put_limit(struct cw_journal *j, const struct cw_alarm *alarm)
{
	const struct cw_msg_event *ev = &alarm->last;
	bool shed = ev->drain_outcome == CLOSEWATCH_DRAIN_OUTCOME_SHED;
	const char *word = shed ? "shed" : cw_names_word(&cw_refusal_names, ev->refusal);

	cw_journal_put(j, "MESSAGE", "%" PRIu64 " drain%s %s: %s; the last of local port %u",
		       alarm->count, alarm->count == 1 ? "" : "s",
		       shed ? "ended early" : "refused", word, ev->local_port);
	cw_journal_put(j, "MESSAGE_ID", CW_ALARM_LIMIT);
	cw_journal_put(j, shed ? "CLOSEWATCH_DRAIN_OUTCOME" : "CLOSEWATCH_REFUSAL",
		       "%s", word);
	cw_journal_put(j, "CLOSEWATCH_LOCAL_PORT", "%u", ev->local_port);
}

static bool tell(struct cw_journal *j, struct cw_alarm *alarm)
{
	char text[512];

	if (alarm->last.type == CLOSEWATCH_EVENT_TYPE_LOST)
		put_loss(j, alarm);
	else
		put_limit(j, alarm);
	cw_journal_put(j, "PRIORITY", "%d", LOG_WARNING);
	cw_journal_put(j, "SYSLOG_IDENTIFIER", "closewatch");
	if (alarm->count)
		cw_journal_put(j, "CLOSEWATCH_COUNT", "%" PRIu64, alarm->count);
	if (cw_explain_cause(&alarm->last, text, sizeof(text)))
		cw_journal_put(j, "CLOSEWATCH_CAUSE", "%s", text);
	if (cw_explain_remedy(&alarm->last, false, text, sizeof(text)))
		cw_journal_put(j, "CLOSEWATCH_REMEDY", "%s", text);
	return cw_journal_send(j);
}

void cw_alarms_tell(struct cw_alarms *a, uint64_t now)
{
	unsigned int i;

	for (i = 0; i < CW_ALARM_KINDS; i++) {
		struct cw_alarm *alarm = &a->kind[i];

		/* What the journal does not take now is tried again. */
		if (!alarm->due || now < alarm->next || !tell(&a->journal, alarm))
			continue;
		*alarm = (struct cw_alarm){ .next = now + MINUTE_NS };
	}
}

void cw_alarms_failed(struct cw_alarms *a, const struct cw_fail *fail)
{
	struct cw_journal *j = &a->journal;

	cw_journal_put(j, "MESSAGE", "the recording has ended: %s", fail->what);
	cw_journal_put(j, "MESSAGE_ID", CW_ALARM_FAILED);
	cw_journal_put(j, "PRIORITY", "%d", LOG_ERR);
	cw_journal_put(j, "SYSLOG_IDENTIFIER", "closewatch");
	if (fail->fix[0])
		cw_journal_put(j, "CLOSEWATCH_REMEDY", "%s", fail->fix);
	cw_journal_send(j);
}
