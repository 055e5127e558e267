// SPDX-License-Identifier: GPL-2.0
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>

#include <linux/closewatch.h>

#include "cmd/args.h"
#include "cmd/cmd_pending.h"
#include "cmd/gather.h"
#include "cmd/scope.h"
#include "cmd/session.h"
#include "explain/pending_tally.h"
#include "output/record_pending.h"

struct pending {
	struct cw_args args;	/* first: see cw_args_parse() */
	struct cw_match match;
	struct cw_session session;
	struct cw_gather found;
	bool json, header, quiet, utf8;
};

static const struct argp_option options[] = {
	CW_MATCH_OPTIONS(CW_ON_ONE_NETNS, "owner"),
	{ "json", 'j', NULL, 0, "one JSON object a socket", 0 },
	{ "no-header", 'H', NULL, 0, "no line of titles", 0 },
	{ "quiet", 'q', NULL, 0, "no summary at the end", 0 },
	CW_ARGS_COMMON,
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct pending *p = state->input;
	struct cw_args *args = &p->args;

	if (cw_match_option(&p->match, key, arg, args))
		return args->ret ? CW_ARGS_STOP : 0;
	switch (key) {
	case 'j':
		p->json = true;
		break;
	case 'H':
		p->header = false;
		break;
	case 'q':
		p->quiet = true;
		break;
	case ARGP_KEY_SUCCESS:
		args->ret = cw_match_place(&p->match, args->fail);
		cw_match_conclude(&p->match);
		break;
	default:
		return cw_args_default(key, arg, state);
	}
	return args->ret ? CW_ARGS_STOP : 0;
}

static const struct argp pending_argp = {
	.help_filter = cw_args_help_filter,
	.options = options, .parser = parse,
	.doc =
		"Show the connections that have begun to end and have not ended: in CLOSE_WAIT, FIN_WAIT1, FIN_WAIT2, LAST_ACK and CLOSING, those that have waited longest first. Needs neither the module nor root; without root, the owners of other users' sockets are not known.",
};

static void show(struct pending *p, const struct cw_socket *s,
		 struct cw_pending_tally *tally)
{
	struct cw_pending_row row = { .socket = s, .utf8 = p->utf8 };

	row.aged = cw_pending_age_ms(s, &row.age_ms);
	row.owners = cw_owners_of(&p->found.owners, s->inode, &row.owned);
	cw_session_shown(&p->session, cw_record_pending(p->session.view, &row));
	if (cw_pending_add(tally, s, row.owners))
		cw_session_shown(&p->session, -1);
}

/* Said once, and only if it matters. */
static void warn_denied(const struct cw_gather *g)
{
	size_t i, n, unknown = 0;
	char text[160];

	for (i = 0; i < g->count; i++)
		unknown += g->list[i].inode &&
			   !cw_owners_of(&g->owners, g->list[i].inode, &n);
	if (!unknown || !g->owners.denied)
		return;
	snprintf(text, sizeof(text),
		 "the owner%s of %zu socket%s %s not known, since this user may not look into all processes",
		 unknown == 1 ? "" : "s", unknown, unknown == 1 ? "" : "s",
		 unknown == 1 ? "is" : "are");
	cw_fail_print(text, "run it with sudo");
}

static void say_none(const struct pending *p)
{
	bool by_owner = p->match.filter.pid || p->match.comm.n;

	cw_fail_print(cw_match_is_open(&p->match) ?
		      "no connection has begun to end without having ended" :
		      "no such connection is pending",
		      by_owner && p->found.owners.denied ?
		      "run it with sudo: this user may not look into all processes" :
		      NULL);
}

static int show_all(struct pending *p)
{
	struct cw_pending_tally tally = { 0 };
	struct cw_session *s = &p->session;
	struct cw_gather *g = &p->found;
	size_t i;
	int ret = cw_gather_sockets(g, CW_PENDING_STATES, s->fail);

	if (!ret)
		ret = cw_gather_owners(g, s->fail);
	if (ret)
		return ret;
	if (g->count)
		qsort(g->list, g->count, sizeof(*g->list), cw_pending_compare);
	if (p->header && g->count)
		cw_view_header(s->view);
	for (i = 0; i < g->count && !s->out.error; i++)
		show(p, &g->list[i], &tally);
	fflush(s->out.file);
	if (!p->json && !p->quiet)
		cw_pending_print(&tally, stderr);
	cw_pending_release(&tally);
	if (!g->count)
		say_none(p);
	else
		warn_denied(g);
	return CW_OK;
}

int cw_cmd_pending(int argc, char **argv, struct cw_fail *fail)
{
	struct pending p = {
		.args.fail = fail, .header = true,
		.match = CW_MATCH_INIT_OF(CW_ON_ONE_NETNS, CW_NETNS_REASON),
		.session = CW_SESSION_INIT(fail),
	};
	struct cw_view_options opt = { 0 };
	int ret = cw_args_parse(&pending_argp, argc, argv, &p.args);

	if (ret || p.args.done)
		goto release;
	p.found.match = &p.match;
	p.utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	opt.json = p.json;
	opt.layout = p.utf8 ? cw_record_pending_layout_utf8 :
			      cw_record_pending_layout;
	opt.slots = cw_record_pending_slots;
	ret = cw_session_show(&p.session, &opt);
	if (!ret)
		ret = show_all(&p);
	ret = cw_session_close(&p.session, ret);
	cw_gather_release(&p.found);
release:
	cw_match_release(&p.match);
	return ret;
}
