// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/closewatch.h>

#include "base/parse.h"
#include "cmd/args.h"
#include "cmd/cmd_policy.h"
#include "cmd/scope.h"
#include "cmd/session.h"
#include "explain/shadow.h"
#include "netlink/nl_policy.h"
#include "output/record_policy.h"
#include "request/policy.h"

#define NSEC_PER_MSEC 1000000ULL

enum {
	KEY_PID = 256, KEY_FD, KEY_SOCKET, KEY_PREFIX, KEY_IDLE, KEY_TOTAL,
	KEY_BYTES, KEY_LINGER0, KEY_OOM, KEY_DRY, KEY_EXPIRE, KEY_PRIORITY,
	KEY_FORCE,
};

struct verb {
	struct cw_args args;	/* first: see cw_args_parse() */
	struct cw_policy_request wanted;
	struct cw_session session;
	bool json, off, ipv4, ipv6;
};

#define WHICH								\
	{ NULL, 0, NULL, 0, "Which sockets; all conditions must hold:", 1 }, \
	{ "local-port", 'L', "PORT[-PORT]", 0, "local port or ports", 0 }, \
	{ "remote-prefix", KEY_PREFIX, "ADDR[/LEN]", 0,			\
	  "address of the peer", 0 },					\
	{ "comm", 'C', "NAME", 0, "task name of the closer, whole", 0 }, \
	{ "uid", 'u', "USER", 0, "user name or id of the closer", 0 },	\
	{ "cgroup", CW_KEY_CGROUP, "PATH|ID", 0, "cgroup v2 of the closer", 0 }, \
	{ "ipv4", '4', NULL, 0, "IPv4 only", 0 },			\
	{ "ipv6", '6', NULL, 0, "IPv6 only", 0 },			\
	CW_SCOPE_OPTIONS,						\
	{ "force", KEY_FORCE, NULL, 0, "all sockets, without any condition", 0 }, \
	{ NULL, 0, NULL, 0, "Or one socket, until it is closed:", 2 },	\
	{ "pid", KEY_PID, "PID", 0, "its process", 0 },			\
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
		return cw_fail_usage(fail, NULL, "'%s' seconds are too many",
				     text);
	*ms = ns / NSEC_PER_MSEC;
	return ret;
}

/* Limits and order; what is not given is not sent. */
static error_t parse_how(int key, char *arg, struct argp_state *state)
{
	struct verb *v = state->input;
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
	struct verb *v = state->input;
	struct cw_policy_request *w = &v->wanted;
	struct cw_fail *fail = v->args.fail;
	int ret;

	if (cw_scope_filter(&w->filter, key, arg, &v->args))
		return v->args.ret ? CW_ARGS_STOP : 0;
	switch (key) {
	case 'L':
		ret = cw_policy_ports(&w->policy, arg, fail);
		break;
	case KEY_PREFIX:
		ret = cw_policy_prefix(&w->policy, arg, fail);
		break;
	case KEY_SOCKET:
		ret = cw_parse_ends(arg, &w->ends, fail);
		w->has_ends = true;
		break;
	case KEY_PID:
		ret = cw_parse_u32(arg, 1, 1 << 22, "process id", &w->pid,
				   fail);
		break;
	case KEY_FD:
		ret = cw_parse_u32(arg, 0, INT32_MAX, "descriptor", &w->fd,
				   fail);
		w->has_fd = true;
		break;
	default:
		return parse_how(key, arg, state);
	}
	v->args.ret = ret;
	return ret ? CW_ARGS_STOP : 0;
}

/* Checks that need the complete command line. */
static int conclude(struct verb *v)
{
	struct cw_policy_request *w = &v->wanted;
	const struct cw_msg_policy none = { .action = CLOSEWATCH_ACTION_DRAIN };

	if (v->ipv4 != v->ipv6)
		w->filter.family = v->ipv4 ? AF_INET : AF_INET6;
	if (w->policy.action == CLOSEWATCH_ACTION_LINGER &&
	    !cw_has(&w->policy, CLOSEWATCH_A_POLICY_LINGER_SECONDS))
		return cw_fail_usage(v->args.fail, NULL,
				     "how long? Such as: closewatch linger 5 --local-port 80");
	if (!v->off)
		return cw_policy_conclude(w, v->args.fail);
	if (memcmp(&w->policy, &none, sizeof(none)) || w->pid || w->has_fd ||
	    w->has_ends || w->filter.family || w->filter.uid >= 0 ||
	    w->filter.cgroup || w->filter.comm[0])
		return cw_fail_usage(v->args.fail, NULL,
				     "'off' ends every drain and removes every policy: only --netns, --all-netns and --json go with it; closewatch del removes one policy");
	cw_policy_scope(&w->policy, &w->filter);
	return CW_OK;
}

static int parse_word(struct verb *v, char *arg, struct argp_state *state)
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
	struct verb *v = state->input;
	struct cw_policy_request *w = &v->wanted;

	switch (key) {
	case '4':
		v->ipv4 = true;
		break;
	case '6':
		v->ipv6 = true;
		break;
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

struct search {
	const struct cw_msg_policy *added;
	struct cw_shadow shadow;
};

static void look_for_shadow(void *arg, const struct cw_msg_policy *p)
{
	struct search *s = arg;

	cw_shadow_look(&s->shadow, s->added, p);
}

/* Comes in the order in which they are tried. That it fails is no failure. */
static struct cw_shadow find_shadow(struct verb *v,
				    const struct cw_msg_policy *added)
{
	struct search s = { .added = added };
	struct cw_msg_policy of = { .action = CLOSEWATCH_ACTION_DRAIN };
	struct cw_fail ignored;

	cw_policy_scope(&of, &v->wanted.filter);
	cw_nl_policies(v->session.nl, &of, look_for_shadow, &s, &ignored);
	return s.shadow;
}

static int add(struct verb *v)
{
	const struct cw_msg_policy *wanted = &v->wanted.policy;
	struct cw_session *s = &v->session;
	struct cw_msg_policy added;
	struct cw_shadow shadow;
	int taken, ret;

	ret = cw_policy_find_socket(&v->wanted, &taken, s->fail);
	if (!ret)
		ret = cw_nl_policy_add(s->nl, wanted, &added, s->fail);
	if (taken >= 0)
		close(taken);
	if (ret)
		return ret;
	shadow = find_shadow(v, &added);
	cw_session_shown(s, cw_record_added(s->view, &added, wanted, &shadow));
	return ret;
}

static void count_removal(void *r, const struct cw_msg_policy *p)
{
	cw_removal_add(r, p);
}

static int off(struct verb *v)
{
	struct cw_removal r = { .of = &v->wanted.policy };
	struct cw_session *s = &v->session;
	int ret = cw_nl_policies(s->nl, r.of, count_removal, &r, s->fail);

	if (!ret)
		ret = cw_nl_drain_off(s->nl, r.of, s->fail);
	if (!ret)
		cw_session_shown(s, cw_record_off(s->view, &r));
	return ret;
}

static int run(const struct argp *argp, enum closewatch_action action,
	       int argc, char **argv, struct cw_fail *fail)
{
	struct verb v = {
		.args.fail = fail, .wanted = CW_POLICY_REQUEST_INIT,
		.session = CW_SESSION_INIT(fail),
	};
	struct cw_view_options opt = { .layout = cw_record_added_layout };
	int ret;

	v.wanted.policy.action = action;
	ret = cw_args_parse(argp, argc, argv, &v.args);
	if (ret || v.args.done)
		goto release;
	if (!v.off)
		v.wanted.policy.present |= 1ULL << CLOSEWATCH_A_POLICY_ACTION;
	opt.json = v.json;
	ret = cw_session_open(&v.session, &opt, NULL, NULL);
	if (!ret)
		ret = v.off ? off(&v) : add(&v);
	ret = cw_session_close(&v.session, ret);
release:
	cw_filter_release(&v.wanted.filter);
	return ret;
}

#define LIVES								\
	"\vThe policy lives until closewatch del, closewatch flush or "	\
	"closewatch drain off, --expire, the end of its network namespace or " \
	"rmmod; that of one socket also until the socket is closed. "	\
	"See closewatch list and closewatch(8)."

int cw_cmd_drain(int argc, char **argv, struct cw_fail *fail)
{
	static const struct argp argp = {
		.help_filter = cw_args_help_filter, .options = drain_options,
		.parser = parse, .args_doc = "\noff",
		.doc =
			"Let the kernel close chosen sockets properly: FIN, then discard what still comes until the peer's FIN, so that unread data destroys no response. "
		       "'off' ends all drains and removes all policies, at once."
		       LIVES,
	};

	return run(&argp, CLOSEWATCH_ACTION_DRAIN, argc, argv, fail);
}

int cw_cmd_linger(int argc, char **argv, struct cw_fail *fail)
{
	static const struct argp argp = {
		.help_filter = cw_args_help_filter, .options = other_options,
		.parser = parse, .args_doc = "SECONDS",
		.doc =
			"Let close() of chosen sockets wait for the peer's acknowledgment, as if the program had set SO_LINGER."
		       LIVES,
	};

	return run(&argp, CLOSEWATCH_ACTION_LINGER, argc, argv, fail);
}

int cw_cmd_reset(int argc, char **argv, struct cw_fail *fail)
{
	static const struct argp argp = {
		.help_filter = cw_args_help_filter, .options = other_options,
		.parser = parse,
		.doc =
			"Let chosen sockets be closed by RST, as if the program had set SO_LINGER with zero seconds."
		       LIVES,
	};

	return run(&argp, CLOSEWATCH_ACTION_RESET, argc, argv, fail);
}

int cw_cmd_leave(int argc, char **argv, struct cw_fail *fail)
{
	static const struct argp argp = {
		.help_filter = cw_args_help_filter, .options = other_options,
		.parser = parse,
		.doc =
			"Exempt chosen sockets: they are closed as their program asks, whatever later rules say."
		       LIVES,
	};

	return run(&argp, CLOSEWATCH_ACTION_LEAVE, argc, argv, fail);
}
