// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <linux/closewatch.h>

#include "cmd/args.h"
#include "cmd/cmd_doctor.h"
#include "cmd/session.h"
#include "explain/probes.h"
#include "host/health.h"
#include "netlink/nl_ask.h"
#include "netlink/nl_policy.h"
#include "netlink/trial.h"
#include "output/view.h"
#include "request/policy.h"

#define FIRE_MS	1000	/* in which softirqs come to what a trial has sent */

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
		"Say what keeps closewatch from working, and the command that mends it; try a watch for a moment, and each probe."
	       "\vExit code: 0 all is well, 1 something is to be mended.",
};

enum { COL_STATE, COL_CHECK, COL_WHAT };

static const struct cw_column layout[] = {
	[COL_STATE] = { .title = "STATE", .width = 5, .toned = true },
	[COL_CHECK] = { .title = "CHECK", .width = 9 },
	[COL_WHAT] = { .title = "FINDING" },
	{ .title = NULL },
};

/* @p: the probe that it is about, or NULL. */
static void show_of(struct doctor *d, const char *check,
		    const struct cw_finding *f, const struct cw_msg_probe *p)
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

	d->mend |= f->health == CW_ILL;
	if (f->health == CW_ILL && d->count < ARRAY_SIZE(d->ill))
		d->ill[d->count++] = check;
	cw_view_begin(v);
	cw_view_tone(v, tones[f->health]);
	cw_view_text(v, CW_AT(COL_STATE), words[f->health]);
	cw_view_word(v, "check", CW_AT(COL_CHECK), check);
	cw_view_word(v, "state", NULL, states[f->health]);
	if (p) {
		cw_view_bytes(v, "probe", NULL, &p->name);
		cw_view_bool(v, "at_return", NULL, p->at_return);
	}
	cw_view_word(v, "finding", CW_AT(COL_WHAT), f->what);
	if (f->fix[0]) {
		cw_view_word(v, "fix", NULL, f->fix);
		cw_view_below(v, "hint:", f->fix);
	}
	cw_session_shown(&d->session, cw_view_end(v));
}

static void show(struct doctor *d, const char *check,
		 const struct cw_finding *f)
{
	show_of(d, check, f, NULL);
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
		cw_health_reload_commands("", f.fix, sizeof(f.fix));
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
	if (d->count < ARRAY_SIZE(d->ill))
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

/* Does a watch get through? If so it stays, and @info is of the probes it has armed. */
static bool try_watch(struct doctor *d, struct cw_msg_info *info)
{
	struct cw_msg_filter filter = CW_FILTER_INIT;
	struct cw_finding f = { .health = CW_HEALTHY };
	struct cw_session *s = &d->session;
	struct cw_fail fail = { 0 };

	if (waits(d, "watch", "kprobes") || waits(d, "watch", "ftrace"))
		return false;
	/* All probes, and no event: no connection has these ports. */
	filter.events = 1U << CLOSEWATCH_EVENT_TYPE_LOST |
			1U << CLOSEWATCH_EVENT_TYPE_SHARED_CLOSE;
	filter.local_port = 1;
	filter.remote_port = 1;
	if (cw_nl_subscribe(s->nl, &filter, &fail) ||
	    cw_nl_info(s->nl, info, &fail)) {
		show_failure(d, "watch", &fail);
		return false;
	}
	snprintf(f.what, sizeof(f.what),
		 "a watch for a moment had %u probes armed", info->probes);
	show(d, "watch", &f);
	return true;
}

static bool all_fired(const struct cw_msg_info *info)
{
	unsigned int i;

	for (i = 0; i < info->probe_count && info->probe[i].fired; i++)
		;
	return i == info->probe_count;
}

/* A rule ahead of those for all network namespaces, which goes with this one. */
static int leave_alone(struct cw_nl *nl, struct cw_fail *fail)
{
	struct cw_msg_policy rule = { 0 }, added;
	int ret, fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	cw_policy_set(&rule, ACTION, action, CLOSEWATCH_ACTION_LEAVE);
	cw_policy_set(&rule, NETNS_FD, netns_fd, fd);
	cw_policy_set(&rule, FORCE, force, true);
	cw_policy_set(&rule, PRIORITY, priority, 0);
	ret = cw_nl_policy_add(nl, &rule, &added, fail);
	if (fd >= 0)
		close(fd);
	return ret;
}

static int await_fired(struct cw_nl *nl, struct cw_msg_info *info,
		       struct cw_fail *fail)
{
	int ms, ret = CW_OK;

	for (ms = 0; ms < FIRE_MS && !ret && !all_fired(info); ms++) {
		poll(NULL, 0, 1);
		ret = cw_nl_info(nl, info, fail);
	}
	return ret;
}

/* Connections for each probe to be hit by; false: not made. */
static bool try_probes(struct doctor *d, struct cw_msg_info *info,
		       int errors[CW_TRIAL_ACTS])
{
	struct cw_nl *nl = d->session.nl;
	struct cw_finding f = { .health = CW_HEALTHY };
	struct cw_fail fail = { 0 };
	int err = cw_trial_enter();

	if (err) {
		cw_find(&f, CW_UNCLEAR, NULL,
			"no connections were made for the probes to fire at: no network namespace: %s",
			strerror(-err));
		show(d, "trial", &f);
		return false;
	}
	if (info->policy_armed && leave_alone(nl, &fail)) {
		show_failure(d, "trial", &fail);
		return false;
	}
	cw_trial_run(errors);
	if (await_fired(nl, info, &fail)) {
		show_failure(d, "trial", &fail);
		return false;
	}
	cw_find(&f, CW_HEALTHY, NULL,
		"connections that end in every way were made, in a network namespace of their own");
	show(d, "trial", &f);
	return true;
}

/* In text, those that fire are a number. */
static void show_probes(struct doctor *d, const struct cw_msg_info *info,
			const int errors[CW_TRIAL_ACTS])
{
	struct cw_finding f;
	unsigned int i;

	for (i = 0; i < info->probe_count; i++) {
		cw_probes_judge_one(&info->probe[i], errors, &f);
		if (d->json || f.health != CW_HEALTHY)
			show_of(d, "probe", &f, &info->probe[i]);
	}
}

/* Finally, does the module answer this user here? */
static void ask_module(struct doctor *d)
{
	struct cw_finding f = { .health = CW_HEALTHY };
	int errors[CW_TRIAL_ACTS];
	struct cw_session *s = &d->session;
	struct cw_fail fail = { 0 };
	struct cw_msg_info info;
	bool anew, tried;

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
	anew = !info.probes;
	tried = try_watch(d, &info) && !info.blind &&
		try_probes(d, &info, errors);
	if (info.blind && waits(d, "probes", "watch"))
		return;
	cw_probes_judge(&info, anew && !tried, &f);
	show(d, "probes", &f);
	if (tried)
		show_probes(d, &info, errors);
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
