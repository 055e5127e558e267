// SPDX-License-Identifier: GPL-2.0
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/closewatch.h>

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

bool cw_whatif_helps(const struct cw_msg_event *ev, bool even_linger0)
{
	/* An upper layer protocol is what drains are refused for. */
	if (cw_event_has(ev, ULP))
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

/* A name that a shell takes as one word as it stands, or between quotes. */
static bool can_be_typed(const struct cw_bytes *comm)
{
	unsigned int i;

	if (!comm->len || comm->len > CLOSEWATCH_COMM_MAX)
		return false;
	for (i = 0; i < comm->len; i++)
		if (comm->b[i] < ' ' || comm->b[i] > '~' || comm->b[i] == '\'')
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

static bool listens(const struct cw_whatif *w, uint16_t port)
{
	return w->listens[port / 8] >> port % 8 & 1;
}

/* Listeners stand first in these files; what follows may be very long. */
static void read_listeners(struct cw_whatif *w, const char *root,
			   const char *name)
{
	unsigned int port, state = 10;
	char path[PATH_MAX];
	char line[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/self/net/%s", root, name);
	f = fopen(path, "re");
	if (!f)
		return;
	while (state == 10 && fgets(line, sizeof(line), f)) {
		if (sscanf(line, " %*u: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x",
			   &port, &state) == 2 && state == 10)
			w->listens[(port & 0xffff) / 8] |= 1 << port % 8;
	}
	fclose(f);
}

void cw_whatif_ports(struct cw_whatif *w, const char *root)
{
	char path[PATH_MAX];
	unsigned int first;
	FILE *f;

	read_listeners(w, root, "tcp");
	read_listeners(w, root, "tcp6");
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
	if (listens(w, ev->local_port))
		return CW_KNOWN_LISTENER;
	if (ev->local_port < w->ephemeral && ev->remote_port >= w->ephemeral)
		return CW_KNOWN_GUESS;
	return CW_KNOWN_NOT;
}

static struct cw_whatif_row *program_row(struct cw_whatif *w,
					 const struct cw_msg_event *ev)
{
	struct cw_target target;
	unsigned int i;

	if (!name_program(&target, ev))
		return NULL;
	for (i = 0; i < w->programs; i++)
		if (!strcmp(w->program[i].target.comm, target.comm))
			return &w->program[i];
	if (w->programs == CW_WHATIF_PROGRAMS)
		return NULL;
	w->program[w->programs].target = target;
	return &w->program[w->programs++];
}

static void count(struct cw_whatif_row *row, const struct cw_msg_event *ev,
		  bool helps)
{
	bool close = ev->type == CLOSEWATCH_EVENT_TYPE_CLOSE;
	uint64_t ours = close ? (uint64_t)ev->unacked + ev->unsent :
				ev->lost_bytes;

	row->closes += close;
	row->drained += close && ev->path == CLOSEWATCH_PATH_DRAIN;
	if (!helps)
		return;
	row->rsts++;
	row->responses += ours != 0;
	row->at_risk += ours;
	row->never_sent += close ? ev->unsent : 0;
}

void cw_whatif_add(struct cw_whatif *w, const struct cw_msg_event *ev)
{
	bool helps = cw_whatif_helps(ev, w->even_linger0);
	struct cw_whatif_row *program;
	enum cw_known known;

	if (ev->type == CLOSEWATCH_EVENT_TYPE_LOST) {
		w->lost += ev->count;
		return;
	}
	if (ev->type == CLOSEWATCH_EVENT_TYPE_CLOSE &&
	    ev->path == CLOSEWATCH_PATH_LISTENER) {
		w->listens[ev->local_port / 8] |= 1 << ev->local_port % 8;
		return;
	}
	if (ev->type != CLOSEWATCH_EVENT_TYPE_CLOSE && !helps)
		return;
	known = port_known(w, ev);
	count(&w->all, ev, helps);
	if (known) {
		w->port[ev->local_port].target.port = ev->local_port;
		w->port[ev->local_port].known = known;
		count(&w->port[ev->local_port], ev, helps);
	}
	program = program_row(w, ev);
	if (!program) {
		w->unnamed += ev->type == CLOSEWATCH_EVENT_TYPE_CLOSE;
		return;
	}
	count(program, ev, helps);
	program->elsewhere += helps && !known;
}

static bool before(const struct cw_whatif_row *a, const struct cw_whatif_row *b)
{
	return a->at_risk != b->at_risk ? a->at_risk > b->at_risk :
					  a->rsts > b->rsts;
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
		if (w->port[port].rsts)
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
