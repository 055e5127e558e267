// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include <linux/closewatch.h>

#include "base/parse.h"
#include "cmd/policy_args.h"
#include "cmd/scope.h"

#define NSEC_PER_MSEC 1000000ULL

enum {
	KEY_FD = 256, KEY_SOCKET, KEY_IDLE, KEY_TOTAL,
	KEY_BYTES, KEY_LINGER0, KEY_OOM, KEY_DRY, KEY_EXPIRE, KEY_PRIORITY,
	KEY_FORCE,
};

#define WHICH								\
	{ NULL, 0, NULL, 0, "Which sockets; all conditions must hold:", 1 }, \
	CW_MATCH_ENDS(CW_ON_RULE), CW_MATCH_OWNER(CW_ON_RULE, "closer"), \
	CW_MATCH_NETNS(CW_ON_RULE),					\
	{ "force", KEY_FORCE, NULL, 0, "all sockets, without any condition", 0 }, \
	{ NULL, 0, NULL, 0, "Or one socket, until it is closed:", 2 },	\
	{ "pid", 'p', "PID", 0, "its process", 0 },			\
	{ "fd", KEY_FD, "N", 0, "with --pid: its descriptor there", 0 },	\
	{ "socket", KEY_SOCKET, "'SRC:PORT DST:PORT'", 0,		\
	  "its two ends, the local one first", 0 }

#define HOW								\
	{ "dry-run", KEY_DRY, NULL, 0, "only count and report", 0 },	\
	{ "expire", KEY_EXPIRE, "SECONDS", 0,				\
	  "remove the policy after this time", 0 },			\
	{ "priority", KEY_PRIORITY, "N", 0,				\
	  "place among the rules, the smallest first; else 1000", 0 },	\
	{ "json", 'j', NULL, 0, "one JSON object", 0 },			\
	CW_ARGS_COMMON, { 0 }

static const struct argp_option drain_options[] = {
	WHICH,
	{ NULL, 0, NULL, 0, "How; the limit that is met first ends a drain:", 3 },
	{ "idle", KEY_IDLE, "SECONDS", 0, "without progress; else 5", 0 },
	{ "total", KEY_TOTAL, "SECONDS", 0, "in all; else 10", 0 },
	{ "bytes", KEY_BYTES, "N[K|M|G]", 0, "discarded; else 16M", 0 },
	{ "even-linger0", KEY_LINGER0, NULL, 0,
	  "also where the program asked for RST by SO_LINGER", 0 },
	{ "even-oom", KEY_OOM, NULL, 0,
	  "also for victims of the kernel's out-of-memory killer", 0 },
	HOW,
};

static const struct argp_option other_options[] = {
	WHICH,
	{ NULL, 0, NULL, 0, "How:", 3 },
	HOW,
};

static int parse_ms(const char *text, uint64_t most, uint64_t *ms,
		    struct cw_fail *fail)
{
	uint64_t ns = 0;
	int ret = cw_parse_duration(text, &ns, fail);

	if (!ret && ns / NSEC_PER_MSEC > most)
		return cw_fail_usage(fail, NULL, "'%s' is too long", text);
	*ms = ns / NSEC_PER_MSEC;
	return ret;
}

/* Limits and order; what is not given is not sent. */
static error_t parse_how(int key, char *arg, struct argp_state *state)
{
	struct cw_policy_args *v = state->input;
	struct cw_msg_policy *p = &v->wanted.policy;
	struct cw_fail *fail = v->args.fail;
	uint32_t priority = 0;
	uint64_t n = 0;
	int ret;

	switch (key) {
	case KEY_IDLE:
		ret = parse_ms(arg, UINT32_MAX, &n, fail);
		cw_policy_set(p, IDLE_MS, idle_ms, n);
		break;
	case KEY_TOTAL:
		ret = parse_ms(arg, UINT32_MAX, &n, fail);
		cw_policy_set(p, TOTAL_MS, total_ms, n);
		break;
	case KEY_BYTES:
		ret = cw_parse_bytes(arg, &n, fail);
		cw_policy_set(p, BYTES, bytes, n);
		break;
	case KEY_EXPIRE:
		ret = parse_ms(arg, UINT64_MAX, &n, fail);
		cw_policy_set(p, EXPIRES_MS, expires_ms, n);
		break;
	case KEY_PRIORITY:
		ret = cw_parse_u32(arg, 0, UINT32_MAX, "priority", &priority,
				   fail);
		cw_policy_set(p, PRIORITY, priority, priority);
		break;
	default:
		return cw_args_default(key, arg, state);
	}
	v->args.ret = ret;
	return ret ? CW_ARGS_STOP : 0;
}

static error_t parse_which(int key, char *arg, struct argp_state *state)
{
	struct cw_policy_args *v = state->input;
	struct cw_policy_request *w = &v->wanted;
	struct cw_fail *fail = v->args.fail;
	int ret;

	switch (key) {
	case KEY_SOCKET:
		ret = cw_parse_ends(arg, &w->ends, fail);
		w->has_ends = true;
		break;
	case 'p':
		ret = cw_parse_u32(arg, 1, 1 << 22, "process id", &w->pid,
				   fail);
		break;
	case KEY_FD:
		ret = cw_parse_u32(arg, 0, INT32_MAX, "descriptor", &w->fd,
				   fail);
		w->has_fd = true;
		break;
	default:
		if (cw_match_option(&w->match, key, arg, &v->args))
			return v->args.ret ? CW_ARGS_STOP : 0;
		return parse_how(key, arg, state);
	}
	v->args.ret = ret;
	return ret ? CW_ARGS_STOP : 0;
}

static int conclude_off(struct cw_policy_args *v)
{
	struct cw_policy_request *w = &v->wanted;
	const struct cw_msg_policy none = { .action = CLOSEWATCH_ACTION_DRAIN };

	if (memcmp(&w->policy, &none, sizeof(none)) || w->pid || w->has_fd ||
	    w->has_ends)
		return cw_fail_usage(v->args.fail, NULL,
				     "'off' takes the conditions of the drain that is to end, or none for all, with --netns and --json; closewatch del removes the policy of one socket");
	if (cw_policy_is_rule(w))
		return cw_policy_conclude(w, v->args.fail);
	cw_policy_scope(&w->policy, &w->match.filter);
	return CW_OK;
}

/* Checks that need the complete command line. */
static int conclude(struct cw_policy_args *v)
{
	struct cw_policy_request *w = &v->wanted;
	int ret = cw_match_place(&w->match, v->args.fail);

	if (ret)
		return ret;
	cw_match_conclude(&w->match);
	if (v->off)
		return conclude_off(v);
	if (w->policy.action == CLOSEWATCH_ACTION_LINGER &&
	    !cw_has(&w->policy, CLOSEWATCH_A_POLICY_LINGER_SECONDS))
		return cw_fail_usage(v->args.fail, NULL,
				     "how long? Such as: closewatch linger 5 --local-port 80");
	return cw_policy_conclude(w, v->args.fail);
}

static int parse_word(struct cw_policy_args *v, char *arg, struct argp_state *state)
{
	struct cw_msg_policy *p = &v->wanted.policy;

	if (p->action == CLOSEWATCH_ACTION_LINGER && !state->arg_num)
		return cw_policy_seconds(p, arg, v->args.fail);
	if (p->action == CLOSEWATCH_ACTION_DRAIN && !strcmp(arg, "off")) {
		v->off = true;
		return CW_OK;
	}
	cw_args_default(ARGP_KEY_ARG, arg, state);
	return v->args.ret;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct cw_policy_args *v = state->input;
	struct cw_policy_request *w = &v->wanted;

	switch (key) {
	case 'j':
		v->json = true;
		break;
	case KEY_LINGER0:
		cw_policy_set(&w->policy, EVEN_LINGER0, even_linger0, true);
		break;
	case KEY_OOM:
		cw_policy_set(&w->policy, EVEN_OOM, even_oom, true);
		break;
	case KEY_DRY:
		cw_policy_set(&w->policy, DRY_RUN, dry_run, true);
		break;
	case KEY_FORCE:
		cw_policy_set(&w->policy, FORCE, force, true);
		break;
	case ARGP_KEY_ARG:
		v->args.ret = parse_word(v, arg, state);
		return v->args.ret ? CW_ARGS_STOP : 0;
	case ARGP_KEY_SUCCESS:
		v->args.ret = conclude(v);
		return v->args.ret ? CW_ARGS_STOP : 0;
	default:
		return parse_which(key, arg, state);
	}
	return 0;
}

#define LIVES								\
	"\vThe policy lives until closewatch del, closewatch flush or "	\
	"closewatch drain off, --expire, the end of its network namespace or " \
	"rmmod; that of one socket also until the socket is closed. "	\
	"See closewatch list and closewatch(8)."

static const struct argp argps[] = {
	[CLOSEWATCH_ACTION_DRAIN] = {
		.help_filter = cw_args_help_filter, .options = drain_options,
		.parser = parse, .args_doc = "\noff",
		.doc =
			"Let the kernel close chosen sockets properly: FIN, then discard what still comes until the peer's FIN, so that unread data destroys no response. "
		       "'off' ends all drains and removes all policies, at once; with conditions, it removes the drain that was added with these, and drains of it that run go on."
		       LIVES,
	},
	[CLOSEWATCH_ACTION_LINGER] = {
		.help_filter = cw_args_help_filter, .options = other_options,
		.parser = parse, .args_doc = "SECONDS",
		.doc =
			"Let close() of chosen sockets wait for the peer's acknowledgment, as if the program had set SO_LINGER."
		       LIVES,
	},
	[CLOSEWATCH_ACTION_RESET] = {
		.help_filter = cw_args_help_filter, .options = other_options,
		.parser = parse,
		.doc =
			"Let chosen sockets be closed by RST, as if the program had set SO_LINGER with zero seconds."
		       LIVES,
	},
	[CLOSEWATCH_ACTION_LEAVE] = {
		.help_filter = cw_args_help_filter, .options = other_options,
		.parser = parse,
		.doc =
			"Exempt chosen sockets: they are closed as their program asks, whatever later rules say."
		       LIVES,
	},
};

int cw_policy_args_parse(struct cw_policy_args *v, enum closewatch_action action,
			 int argc, char **argv)
{
	int ret;

	v->wanted.match.takes = CW_ON_RULE;
	v->wanted.match.why = CW_RULE_REASON;
	v->wanted.policy.action = action;
	ret = cw_args_parse(&argps[action], argc, argv, &v->args);
	if (!ret && !v->args.done && !v->off)
		v->wanted.policy.present |= 1ULL << CLOSEWATCH_A_POLICY_ACTION;
	return ret;
}
