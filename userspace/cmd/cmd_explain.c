// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "cmd/args.h"
#include "cmd/cmd_explain.h"
#include "cmd/session.h"
#include "explain/glossary.h"
#include "output/columns.h"

struct explain {
	struct cw_args args;	/* first: see cw_args_parse() */
	const char *word;
	bool json;
	struct cw_session session;
};

static const struct argp_option options[] = {
	{ "json", 'j', NULL, 0, "one JSON object a meaning", 0 },
	CW_ARGS_COMMON,
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct explain *e = state->input;

	switch (key) {
	case 'j':
		e->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (e->word)
			break;
		e->word = arg;
		return 0;
	default:
		break;
	}
	return cw_args_default(key, arg, state);
}

static const struct argp explain_argp = {
	.help_filter = cw_args_help_filter,
	.options = options, .parser = parse, .args_doc = "[WORD]",
	.doc =
		"Say what a word of the output means: a path, a fate, a verdict, a side, a cause, a refusal, a state, what a pending connection waits for, what advise has seen, a member of a JSON object, or a column. Without a word, list all. Needs neither the module nor root.",
};

enum { COL_WORD, COL_KIND, COL_MEANING };

static const struct cw_column layout[] = {
	[COL_WORD] = { "WORD", "-", 22 },
	[COL_KIND] = { "KIND", "-", 14 },
	[COL_MEANING] = { .title = "MEANING" },
	{ .title = NULL },
};

static const struct cw_place at_word = { .column = COL_WORD };
static const struct cw_place at_kind = { .column = COL_KIND };
static const struct cw_place at_meaning = { .column = COL_MEANING };

static void show(struct explain *e, const struct cw_meaning *m, bool whole)
{
	struct cw_view *v = e->session.view;
	char text[768];

	cw_view_begin(v);
	cw_view_word(v, "word", &at_word, m->names->word[m->value].text);
	cw_view_word(v, "kind", &at_kind, m->names->name);
	cw_view_word(v, "meaning", &at_meaning, m->names->doc[m->value]);
	if (whole && cw_glossary_cause(m, text, sizeof(text))) {
		cw_view_word(v, "cause", NULL, text);
		cw_view_below(v, "cause", text);
	}
	if (whole && cw_glossary_remedy(m, text, sizeof(text))) {
		cw_view_word(v, "remedy", NULL, text);
		cw_view_below(v, "remedy", text);
	}
	cw_session_shown(&e->session, cw_view_end(v));
}

static void show_all(struct explain *e)
{
	struct cw_meaning m;
	unsigned int nth;

	cw_view_header(e->session.view);
	for (nth = 0; (m.names = cw_glossary_names(nth)); nth++)
		for (m.value = 0; m.value < m.names->count; m.value++)
			if (m.names->word[m.value].len)
				show(e, &m, false);
}

static int show_word(struct explain *e)
{
	struct cw_meaning found[CW_MEANINGS];
	unsigned int i, n = cw_glossary_find(e->word, found);
	char near[160];

	for (i = 0; i < n; i++)
		show(e, &found[i], true);
	if (n)
		return CW_OK;
	cw_glossary_near(e->word, near, sizeof(near));
	return cw_fail_usage(e->args.fail, NULL,
			     "'%.64s' is no word of closewatch's; %s%s",
			     e->word, near[0] ? "near it are: " :
			     "closewatch explain lists all", near);
}

int cw_cmd_explain(int argc, char **argv, struct cw_fail *fail)
{
	struct explain e = {
		.args.fail = fail, .session = CW_SESSION_INIT(fail),
	};
	struct cw_view_options opt = { .layout = layout };
	int ret = cw_args_parse(&explain_argp, argc, argv, &e.args);

	if (ret || e.args.done)
		return ret;
	cw_glossary_init(cw_columns_names());
	opt.json = e.json;
	ret = cw_session_show(&e.session, &opt);
	if (!ret && e.word)
		ret = show_word(&e);
	else if (!ret)
		show_all(&e);
	return cw_session_close(&e.session, ret);
}
