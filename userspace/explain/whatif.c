// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/closewatch.h>

#include "base/names.h"
#include "base/names_gen.h"
#include "explain/story.h"
#include "explain/whatif.h"

/* The kernel's own default, should /proc not tell. */
#define EPHEMERAL	32768

static bool state_drains(uint8_t state)
{
	switch ((enum closewatch_state)state) {
	case CLOSEWATCH_STATE_ESTABLISHED:
	case CLOSEWATCH_STATE_CLOSE_WAIT:
	case CLOSEWATCH_STATE_FIN_WAIT1:
	case CLOSEWATCH_STATE_FIN_WAIT2:
	case CLOSEWATCH_STATE_CLOSING:
	case CLOSEWATCH_STATE_LAST_ACK:
		return true;
	default:
		return false;
	}
}

/* For what drains are refused, as far as the event tells. */
static bool would_refuse(const struct cw_msg_event *ev, bool even_linger0)
{
	return cw_event_has(ev, ULP) ||
	       (!even_linger0 && cw_event_has(ev, LINGER_SECONDS) &&
		!ev->linger_seconds);
}

bool cw_whatif_helps(const struct cw_msg_event *ev, bool even_linger0)
{
	if (would_refuse(ev, even_linger0))
		return false;
	switch ((enum closewatch_event_type)ev->type) {
	case CLOSEWATCH_EVENT_TYPE_CLOSE:
		return state_drains(ev->state) &&
		       (ev->path == CLOSEWATCH_PATH_RST_UNREAD ||
			(even_linger0 &&
			 ev->path == CLOSEWATCH_PATH_RST_LINGER0));
	case CLOSEWATCH_EVENT_TYPE_FATE:
		/* Without an owner it was never closed: nothing to take over. */
		return cw_event_has(ev, PID) &&
		       ev->fate == CLOSEWATCH_FATE_RST_LATE_DATA;
	default:
		return false;
	}
}

bool cw_whatif_delivers(const struct cw_msg_event *ev, bool even_linger0)
{
	return cw_whatif_helps(ev, even_linger0) &&
	       ev->why != CLOSEWATCH_CAUSE_SIGNAL &&
	       cw_story_of(ev) != CW_STORY_TURNED_AWAY &&
	       (ev->unsent || ev->unacked);
}

/*
 * A name that a shell takes as one word as it stands, or between quotes, and --comm
 * as one name.
 */
static bool can_be_typed(const struct cw_bytes *comm)
{
	unsigned int i;

	if (!comm->len || comm->len > CLOSEWATCH_COMM_MAX)
		return false;
	for (i = 0; i < comm->len; i++)
		if (comm->b[i] < ' ' || comm->b[i] > '~' ||
		    comm->b[i] == '\'' || comm->b[i] == ',')
			return false;
	return true;
}

static bool name_program(struct cw_target *target,
			 const struct cw_msg_event *ev)
{
	memset(target, 0, sizeof(*target));
	if (!cw_event_has(ev, COMM) || !can_be_typed(&ev->comm))
		return false;
	memcpy(target->comm, ev->comm.b, ev->comm.len);
	return true;
}

bool cw_whatif_target(const struct cw_msg_event *ev, struct cw_target *target)
{
	if (!ev->local_port || ev->local_port >= ev->remote_port)
		return name_program(target, ev);
	*target = (struct cw_target){ .port = ev->local_port };
	return true;
}

void cw_whatif_command(struct cw_text *t, const struct cw_target *target,
		       bool even_linger0)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+:@%/-";

	if (target->port)
		cw_say(t, "closewatch drain --local-port %u", target->port);
	else if (!target->comm[strspn(target->comm, plain)])
		cw_say(t, "closewatch drain --comm %s", target->comm);
	else
		cw_say(t, "closewatch drain --comm '%s'", target->comm);
	if (even_linger0)
		cw_say(t, " --even-linger0");
}

struct cw_whatif *cw_whatif_new(bool even_linger0)
{
	/* Rows that stay empty cost no memory: calloc() maps zeroes. */
	struct cw_whatif *w = calloc(1, sizeof(*w));

	if (w) {
		w->even_linger0 = even_linger0;
		w->ephemeral = EPHEMERAL;
	}
	return w;
}

void cw_whatif_ports(struct cw_whatif *w, const char *root)
{
	char path[PATH_MAX];
	unsigned int first;
	FILE *f;

	cw_listeners_read(&w->listeners, root);
	snprintf(path, sizeof(path), "%s/sys/net/ipv4/ip_local_port_range",
		 root);
	f = fopen(path, "re");
	if (!f)
		return;
	if (fscanf(f, "%u", &first) == 1 && first <= UINT16_MAX)
		w->ephemeral = first;
	fclose(f);
}

/* Where both programs are here, the client's end has an ephemeral port. */
static enum cw_known port_known(const struct cw_whatif *w,
				const struct cw_msg_event *ev)
{
	if (!ev->local_port)
		return CW_KNOWN_NOT;
	if (cw_listeners_have(&w->listeners, ev->local_port))
		return CW_KNOWN_LISTENER;
	if (ev->local_port < w->ephemeral && ev->remote_port >= w->ephemeral)
		return CW_KNOWN_GUESS;
	return CW_KNOWN_NOT;
}

static struct cw_whatif_row *program_find(struct cw_whatif *w, const char *comm)
{
	unsigned int i;

	for (i = 0; i < w->programs; i++)
		if (!strcmp(w->program[i].target.comm, comm))
			return &w->program[i];
	return NULL;
}

static struct cw_whatif_row *program_row(struct cw_whatif *w,
					 const struct cw_msg_event *ev)
{
	struct cw_whatif_row *row;
	struct cw_target target;

	if (!name_program(&target, ev))
		return NULL;
	row = program_find(w, target.comm);
	if (row || w->programs == CW_WHATIF_PROGRAMS)
		return row;
	row = &w->program[w->programs++];
	row->target = target;
	return row;
}

/* What an event adds to each row that it belongs to. */
struct addition {
	const struct cw_msg_event *ev;
	bool helps, delivers;
};

static void take_policy(struct cw_whatif_row *row,
			const struct cw_msg_event *ev, bool dry_run)
{
	row->policy = ev->policy_id;
	row->action = ev->action;
	row->dry_run = dry_run;
}

static void count_drain(struct cw_whatif_row *row,
			const struct cw_msg_event *ev)
{
	if (ev->drain_outcome == CLOSEWATCH_DRAIN_OUTCOME_REFUSED) {
		row->refused++;
		return;
	}
	take_policy(row, ev, false);
	row->action = CLOSEWATCH_ACTION_DRAIN;
	row->delivered += ev->drain_outcome == CLOSEWATCH_DRAIN_OUTCOME_DELIVERED;
	row->delivered_bytes += ev->response_acked;
}

static void count(struct cw_whatif_row *row, const struct addition *a)
{
	const struct cw_msg_event *ev = a->ev;
	bool close = ev->type == CLOSEWATCH_EVENT_TYPE_CLOSE;

	if (ev->type == CLOSEWATCH_EVENT_TYPE_DRAIN_END) {
		count_drain(row, ev);
		return;
	}
	if (ev->type == CLOSEWATCH_EVENT_TYPE_POLICY) {
		take_policy(row, ev, ev->dry_run);
		return;
	}
	row->closes += close;
	row->drained += close && ev->path == CLOSEWATCH_PATH_DRAIN;
	row->rsts += a->helps;
	if (!a->delivers)
		return;
	row->responses++;
	row->late += !close;
	row->at_risk += (uint64_t)ev->unsent + ev->unacked;
	row->never_sent += ev->unsent;
}

static void add_to_rows(struct cw_whatif *w, const struct addition *a)
{
	const struct cw_msg_event *ev = a->ev;
	enum cw_known known = port_known(w, ev);
	struct cw_whatif_row *program;

	count(&w->all, a);
	if (known) {
		w->port[ev->local_port].target.port = ev->local_port;
		w->port[ev->local_port].known = known;
		count(&w->port[ev->local_port], a);
	}
	program = program_row(w, ev);
	if (!program) {
		w->unnamed += ev->type == CLOSEWATCH_EVENT_TYPE_CLOSE;
		return;
	}
	count(program, a);
	program->elsewhere += a->delivers && !known;
}

void cw_whatif_add(struct cw_whatif *w, const struct cw_msg_event *ev)
{
	bool refused = cw_refusals_see(&w->refusals, ev);
	struct addition a = { .ev = ev };

	cw_seen_add(&w->seen, ev);
	switch ((enum closewatch_event_type)ev->type) {
	case CLOSEWATCH_EVENT_TYPE_LOST:
		w->lost += ev->count;
		return;
	case CLOSEWATCH_EVENT_TYPE_CLOSE:
		if (ev->path != CLOSEWATCH_PATH_LISTENER)
			break;
		cw_listeners_add(&w->listeners, ev->local_port);
		return;
	case CLOSEWATCH_EVENT_TYPE_FATE:
	case CLOSEWATCH_EVENT_TYPE_DRAIN_END:
	case CLOSEWATCH_EVENT_TYPE_POLICY:
		break;
	default:
		return;
	}
	if (!refused) {
		a.helps = cw_whatif_helps(ev, w->even_linger0);
		a.delivers = cw_whatif_delivers(ev, w->even_linger0);
	}
	if (ev->type != CLOSEWATCH_EVENT_TYPE_FATE || a.helps)
		add_to_rows(w, &a);
}

void cw_whatif_say_limits(struct cw_text *t, const struct cw_whatif_row *row)
{
	cw_say(t, "what the program never wrote; ");
	cw_say(t, "peers that send for longer than the drain's limits");
	if (row->late)
		cw_say(t,
		       "; what came late is discarded, and its sender reads EOF instead of an error");
}

void cw_whatif_say_policy(struct cw_text *t, const struct cw_whatif_row *row)
{
	const char *action = cw_names_word(&cw_action_names, row->action);

	cw_say(t, "policy %" PRIu32 " (%s%s) ", row->policy,
	       row->dry_run ? "a dry run of " : "", action ? action : "newer");
	if (row->action == CLOSEWATCH_ACTION_DRAIN && !row->dry_run)
		cw_say(t, "drains such closes by now: see whether more of them come");
	else
		cw_say(t, "takes such closes and is tried first, so remove it before: "
		       "closewatch del %" PRIu32, row->policy);
}

static bool before(const struct cw_whatif_row *a, const struct cw_whatif_row *b)
{
	return a->at_risk != b->at_risk ? a->at_risk > b->at_risk :
					  a->responses > b->responses;
}

/* Into its place among the first @max of @n that came before. */
static void insert(const struct cw_whatif_row **rows, unsigned int max,
		   unsigned int n, const struct cw_whatif_row *row)
{
	unsigned int at = n < max ? n : max;

	while (at && before(row, rows[at - 1])) {
		if (at < max)
			rows[at] = rows[at - 1];
		at--;
	}
	if (at < max)
		rows[at] = row;
}

unsigned int cw_whatif_ports_helped(const struct cw_whatif *w,
				    const struct cw_whatif_row **rows,
				    unsigned int max)
{
	unsigned int port, n = 0;

	for (port = 1; port <= UINT16_MAX; port++)
		if (w->port[port].responses)
			insert(rows, max, n++, &w->port[port]);
	return n;
}

unsigned int cw_whatif_programs_helped(const struct cw_whatif *w,
				       const struct cw_whatif_row **rows,
				       unsigned int max)
{
	unsigned int i, n = 0;

	for (i = 0; i < w->programs; i++)
		if (w->program[i].elsewhere)
			insert(rows, max, n++, &w->program[i]);
	return n;
}

const struct cw_whatif_row *cw_whatif_row_of(struct cw_whatif *w,
					     const struct cw_target *target)
{
	return target->port ? &w->port[target->port] :
			      program_find(w, target->comm);
}
