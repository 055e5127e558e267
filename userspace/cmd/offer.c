// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <linux/closewatch.h>

#include "cmd/arm.h"
#include "cmd/offer.h"
#include "output/record_policy.h"
#include "output/record_whatif.h"

void cw_offer_make(struct cw_offer *o, const struct cw_msg_event *ev,
		   bool program)
{
	struct cw_msg_event as = *ev;

	if (program)
		as.local_port = 0;
	cw_offer_release(o);
	/* A replay shows those of all network namespaces. */
	o->elsewhere = o->filter->netns_fd < 0 && cw_event_has(ev, NETNS) &&
		       ev->netns != o->here ? ev->netns : 0;
	if (!cw_whatif_target(&as, &o->target))
		o->target = (struct cw_target){ 0 };
}

void cw_offer_release(struct cw_offer *o)
{
	free(o->said);
	o->said = NULL;
	o->open = false;
}

static void print_reason(struct cw_offer *o, FILE *to,
			 const struct cw_whatif_row *row)
{
	struct cw_view *v = cw_view_new(&(struct cw_view_options){
		.out = to, .width = o->width,
	});

	if (v)
		cw_record_whatif_row(v, o->whatif, row);
	cw_view_free(v);
	fputs("\nArm this drain? y: yes; any other key: no\n",
	      to);
}

void cw_offer_print(struct cw_offer *o, FILE *to, int width)
{
	const struct cw_whatif_row *row = cw_whatif_row_of(o->whatif, &o->target);

	o->width = width;
	o->open = false;
	if (o->said) {
		fputs(o->said, to);
	} else if (o->filter->all_netns) {
		fputs("A drain is offered where one network namespace is watched.\n",
		      to);
	} else if (o->elsewhere) {
		fprintf(to, "That was in the network namespace %" PRIu64
			"; a drain is of the one in\n"
			"which top runs. With --netns it is offered for that one.\n",
			o->elsewhere);
	} else if (!row || !row->responses) {
		fputs("No RST of this side was seen that endangered data of ours\n"
		      "which a drain could have delivered: there is nothing to arm.\n",
		      to);
	} else {
		print_reason(o, to, row);
		o->open = true;
	}
}

/* A replay opens the module for this alone. */
static int arm(struct cw_offer *o, struct cw_policy_request *wanted,
	       struct cw_armed *armed, struct cw_fail *fail)
{
	const struct cw_target *t = &o->target;
	struct cw_match *m = &wanted->match;
	int ret = CW_OK;

	cw_policy_set(&wanted->policy, ACTION, action, CLOSEWATCH_ACTION_DRAIN);
	cw_policy_scope(&wanted->policy, o->filter);
	m->local_port.n = t->port != 0;
	m->local_port.range[0] = (struct cw_port_range){ t->port, t->port };
	m->comm.n = !t->port;
	memcpy(m->comm.name[0], t->comm, sizeof(t->comm));
	if (!o->session->nl)
		ret = cw_nl_open(&o->session->nl, NULL, NULL, fail);
	return ret ? ret : cw_arm(o->session->nl, wanted, armed, fail);
}

/* In the words of closewatch drain. */
static void say_armed(struct cw_offer *o, FILE *to,
		      const struct cw_policy_request *wanted,
		      const struct cw_armed *armed)
{
	struct cw_view *v = cw_view_new(&(struct cw_view_options){
		.out = to, .width = o->width, .layout = cw_record_added_layout,
	});

	if (v)
		cw_record_added(v, &armed->rule[0], &wanted->policy,
				&armed->shadow[0]);
	cw_view_free(v);
	fprintf(to, "closewatch del %" PRIu32 " removes it.\n",
		armed->rule[0].id);
}

void cw_offer_accept(struct cw_offer *o)
{
	struct cw_policy_request wanted = CW_POLICY_REQUEST_INIT;
	struct cw_fail fail = { 0 };
	struct cw_armed armed;
	size_t size;
	FILE *to = o->open ? open_memstream(&o->said, &size) : NULL;

	if (!to)
		return;
	if (!arm(o, &wanted, &armed, &fail))
		say_armed(o, to, &wanted, &armed);
	else
		fprintf(to, "It was not armed: %s\n%s%s\n", fail.what,
			*fail.fix ? "hint: " : "", fail.fix);
	fclose(to);
	o->open = false;
}
