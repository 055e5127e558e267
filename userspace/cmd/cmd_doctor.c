// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <linux/closewatch.h>

#include "cmd/args.h"
#include "cmd/cmd_doctor.h"
#include "cmd/session.h"
#include "explain/probes.h"
#include "host/health.h"
#include "netlink/nl_ask.h"
#include "output/view.h"

struct doctor {
	struct cw_args args;
	bool json;
	struct cw_session session;
	bool mend;
	const char *ill[16];	/* checks that failed, or wait for one that did */
	unsigned int count;
};

static const struct argp_option options[] = {
	{ "json", 'j', NULL, 0, "one JSON object a check", 0 },
	CW_ARGS_COMMON,
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
	.doc =
		"Say what keeps closewatch from working, and the command that mends it; try a watch for a moment."
	       "\vExit code: 0 all is well, 1 something is to be mended.",
};

enum { COL_STATE, COL_CHECK, COL_WHAT };

static const struct cw_column layout[] = {
	[COL_STATE] = { .title = "STATE", .width = 5, .toned = true },
	[COL_CHECK] = { .title = "CHECK", .width = 9 },
	[COL_WHAT] = { .title = "FINDING" },
	{ .title = NULL },
};

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
	struct cw_view *v = d->session.view;

	if (f->health == CW_ILL) {
		d->mend = true;
		d->ill[d->count++] = check;
	}
	cw_view_begin(v);
	cw_view_tone(v, tones[f->health]);
	cw_view_text(v, CW_AT(COL_STATE), words[f->health]);
	cw_view_word(v, "check", CW_AT(COL_CHECK), check);
	cw_view_word(v, "state", NULL, states[f->health]);
	cw_view_word(v, "finding", CW_AT(COL_WHAT), f->what);
	if (f->fix[0]) {
		cw_view_word(v, "fix", NULL, f->fix);
		cw_view_below(v, "hint:", f->fix);
	}
	cw_session_shown(&d->session, cw_view_end(v));
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

/* What follows from a fault that was told is not told as another. */
static bool waits(struct doctor *d, const char *check, const char *behind)
{
	struct cw_finding f = { .health = CW_UNCLEAR };
	unsigned int i;

	for (i = 0; i < d->count && strcmp(d->ill[i], behind); i++)
		;
	if (i == d->count)
		return false;
	snprintf(f.what, sizeof(f.what), "not checked: first mend '%s'",
		 behind);
	show(d, check, &f);
	d->ill[d->count++] = check;
	return true;
}

static void show_failure(struct doctor *d, const char *check,
			 const struct cw_fail *fail)
{
	struct cw_finding f = { .health = CW_ILL };
	const char *fix = fail->fix;

	/* It is what was typed. */
	if (!strcmp(fix, "closewatch doctor"))
		fix = "sudo dmesg | tail";
	snprintf(f.what, sizeof(f.what), "%.255s", fail->what);
	snprintf(f.fix, sizeof(f.fix), "%.383s", fix);
	show(d, check, &f);
}

/* Does a watch get through? @info is then of the probes that it has armed. */
static void try_watch(struct doctor *d, struct cw_msg_info *info)
{
	struct cw_msg_filter filter = CW_FILTER_INIT;
	struct cw_finding f = { .health = CW_HEALTHY };
	struct cw_session *s = &d->session;
	struct cw_msg_listener unused;
	struct cw_fail fail = { 0 };

	if (waits(d, "watch", "kprobes") || waits(d, "watch", "ftrace"))
		return;
	filter.events = 1U << CLOSEWATCH_EVENT_TYPE_LOST;
	if (cw_nl_subscribe(s->nl, &filter, &fail)) {
		show_failure(d, "watch", &fail);
		return;
	}
	if (cw_nl_info(s->nl, info, &fail)) {
		show_failure(d, "watch", &fail);
	} else {
		snprintf(f.what, sizeof(f.what),
			 "a watch for a moment had %u probes armed",
			 info->probes);
		show(d, "watch", &f);
	}
	cw_nl_unsubscribe(s->nl, &unused);
}

/* Finally, does the module answer this user here? */
static void ask_module(struct doctor *d)
{
	struct cw_finding f = { .health = CW_HEALTHY };
	struct cw_session *s = &d->session;
	struct cw_fail fail = { 0 };
	struct cw_msg_info info;

	if (waits(d, "answer", "loaded") || waits(d, "answer", "permitted"))
		return;
	if (cw_nl_open(&s->nl, NULL, NULL, &fail) ||
	    cw_nl_info(s->nl, &info, &fail)) {
		show_failure(d, "answer", &fail);
		return;
	}
	snprintf(f.what, sizeof(f.what), "module %.*s answers: %u listeners",
		 info.version.len, (const char *)info.version.b,
		 info.listeners);
	show(d, "answer", &f);
	compare_versions(d, &info);
	try_watch(d, &info);
	if (info.blind && waits(d, "probes", "watch"))
		return;
	cw_probes_judge(&info, &f);
	show(d, "probes", &f);
}

int cw_cmd_doctor(int argc, char **argv, struct cw_fail *fail)
{
	struct doctor d = {
		.args.fail = fail, .session = CW_SESSION_INIT(fail),
	};
	struct cw_view_options opt = { .layout = layout };
	const struct cw_check *check;
	int ret = cw_args_parse(&doctor_argp, argc, argv, &d.args);

	if (ret || d.args.done)
		return ret;
	opt.json = d.json;
	ret = cw_session_show(&d.session, &opt);
	if (ret)
		return cw_session_close(&d.session, ret);
	for (check = cw_checks; check->name; check++) {
		struct cw_finding finding = { 0 };

		if (check->behind && waits(&d, check->name, check->behind))
			continue;
		check->run("", &finding);
		show(&d, check->name, &finding);
	}
	ask_module(&d);
	ret = cw_session_close(&d.session, CW_OK);
	return ret ? ret : d.mend ? CW_FAILED : CW_OK;
}
