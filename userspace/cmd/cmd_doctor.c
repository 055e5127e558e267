// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/args.h"
#include "cmd/cmd_doctor.h"
#include "explain/probes.h"
#include "host/health.h"
#include "netlink/nl_ask.h"
#include "output/out.h"
#include "output/view.h"

struct doctor {
	struct cw_args args;
	bool json;
	struct cw_out out;
	struct cw_view *view;
	int ill;
};

static const struct argp_option options[] = {
	{ "json", 'j', NULL, 0, "one JSON object a check", 0 },
	CW_ARGS_HELP,
	CW_ARGS_USAGE,
	CW_ARGS_VERSION,
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct doctor *d = state->input;

	if (key != 'j')
		return cw_args_default(key, arg, state);
	d->json = true;
	return 0;
}

static const struct argp doctor_argp = {
	.help_filter = cw_args_help_filter,
	.options = options, .parser = parse,
	.doc = "Say what keeps closewatch from working, and the command that mends it."
	       "\vExit code: 0 all is well, 1 something is to be mended.",
};

enum { COL_STATE, COL_CHECK, COL_WHAT };

static const struct cw_column layout[] = {
	[COL_STATE] = { .title = "STATE", .width = 5, .toned = true },
	[COL_CHECK] = { .title = "CHECK", .width = 9 },
	[COL_WHAT] = { .title = "FINDING" },
	{ .title = NULL },
};

static const struct cw_place at_state = { .column = COL_STATE };
static const struct cw_place at_check = { .column = COL_CHECK };
static const struct cw_place at_what = { .column = COL_WHAT };

static void show(struct doctor *d, const char *check,
		 const struct cw_finding *f)
{
	static const char *const words[] = {
		[CW_HEALTHY] = "ok", [CW_ILL] = "MEND", [CW_UNCLEAR] = "?",
	};
	static const char *const states[] = {
		[CW_HEALTHY] = "ok", [CW_ILL] = "mend",
		[CW_UNCLEAR] = "unclear",
	};
	static const enum cw_tone tones[] = {
		[CW_HEALTHY] = CW_GOOD, [CW_ILL] = CW_BAD,
		[CW_UNCLEAR] = CW_WARN,
	};

	d->ill += f->health == CW_ILL;
	cw_view_begin(d->view);
	cw_view_tone(d->view, tones[f->health]);
	cw_view_text(d->view, &at_state, words[f->health]);
	cw_view_word(d->view, "check", &at_check, check);
	cw_view_word(d->view, "state", NULL, states[f->health]);
	cw_view_word(d->view, "finding", &at_what, f->what);
	if (f->fix[0]) {
		cw_view_word(d->view, "fix", NULL, f->fix);
		cw_view_below(d->view, "mend it:", f->fix);
	}
	if (cw_view_end(d->view) && !d->out.error)
		d->out.error = ENOMEM;
}

static void compare_versions(struct doctor *d, const struct cw_msg_info *info)
{
	static const char ours[] = CW_VERSION;
	struct cw_finding f = { .health = CW_HEALTHY };

	snprintf(f.what, sizeof(f.what), "module and program are both %s",
		 ours);
	if (info->version.len != sizeof(ours) - 1 ||
	    memcmp(info->version.b, ours, sizeof(ours) - 1)) {
		f.health = CW_UNCLEAR;
		snprintf(f.what, sizeof(f.what),
			 "this program is %s, the module is another version",
			 ours);
		snprintf(f.fix, sizeof(f.fix),
			 "make && sudo rmmod closewatch && sudo insmod ./closewatch.ko");
	}
	show(d, "version", &f);
}

/* The proof of the pudding: the module answers this user here. */
static void ask_module(struct doctor *d)
{
	struct cw_finding f = { .health = CW_HEALTHY };
	struct cw_fail fail = { 0 };
	struct cw_nl *nl = NULL;
	struct cw_msg_info info;

	if (cw_nl_open(&nl, NULL, NULL, &fail) ||
	    cw_nl_info(nl, &info, &fail)) {
		f.health = CW_ILL;
		snprintf(f.what, sizeof(f.what), "%.255s", fail.what);
		snprintf(f.fix, sizeof(f.fix), "%.383s", fail.fix);
	} else {
		snprintf(f.what, sizeof(f.what),
			 "module %.*s answers: %u listeners, %u probes armed",
			 info.version.len, (const char *)info.version.b,
			 info.listeners, info.probes);
	}
	cw_nl_close(nl);
	show(d, "answer", &f);
	if (f.health == CW_HEALTHY) {
		cw_probes_judge(&info, &f);
		show(d, "probes", &f);
		compare_versions(d, &info);
	}
}

int cw_cmd_doctor(int argc, char **argv, struct cw_fail *fail)
{
	struct doctor d = { .args.fail = fail };
	struct cw_view_options opt = { .layout = layout };
	const struct cw_check *check;
	int ret;

	ret = cw_args_parse(&doctor_argp, argc, argv, &d.args);
	if (ret || d.args.done)
		return ret;
	ret = cw_out_open(&d.out, STDOUT_FILENO, fail);
	if (ret)
		return ret;
	opt.out = d.out.file;
	opt.json = d.json;
	opt.color = cw_out_color(STDOUT_FILENO);
	d.view = cw_view_new(&opt);
	for (check = cw_checks; d.view && check->name; check++) {
		struct cw_finding finding = { 0 };

		check->run("", &finding);
		show(&d, check->name, &finding);
	}
	if (d.view)
		ask_module(&d);
	else
		d.out.error = ENOMEM;
	cw_view_free(d.view);
	ret = cw_out_close(&d.out, fail);
	if (ret)
		return ret;
	return d.ill ? CW_FAILED : CW_OK;
}
