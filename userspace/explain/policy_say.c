// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/socket.h>

#include <linux/closewatch.h>

#include "base/address.h"
#include "base/utf8.h"
#include "explain/policy_say.h"

static void say_ms(struct cw_text *t, uint64_t ms)
{
	char seconds[16];

	if (ms < 10000) {
		snprintf(seconds, sizeof(seconds), "%.3g", ms / 1e3);
		cw_say(t, "%s s", seconds);
	} else {
		cw_say(t, "%" PRIu64 " s", (ms + 500) / 1000);
	}
}

static void say_bytes(struct cw_text *t, uint64_t n)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	unsigned int unit = 0;

	for (; n && !(n % 1024) && unit < 4; unit++)
		n /= 1024;
	cw_say(t, "%" PRIu64 " %s", n, units[unit]);
}

static void say_peer(struct cw_text *t, const struct cw_msg_policy *p)
{
	char addr[INET6_ADDRSTRLEN];

	cw_address_print(&p->remote_addr, addr, sizeof(addr));
	cw_say(t, ", peer in %s", addr);
	if (cw_policy_has(p, REMOTE_PREFIX))
		cw_say(t, "/%u", p->remote_prefix);
}

static void say_closer(struct cw_text *t, const struct cw_msg_policy *p)
{
	char comm[128];

	if (cw_policy_has(p, COMM)) {
		cw_utf8_escape(comm, sizeof(comm), p->comm.b, p->comm.len,
			       false);
		cw_say(t, ", closed by a task named %s", comm);
	}
	if (cw_policy_has(p, UID))
		cw_say(t, "%s user %" PRIu32, cw_policy_has(p, COMM) ? " of" :
		       ", closed by", p->uid);
	if (cw_policy_has(p, CGROUP))
		cw_say(t, "%s cgroup %" PRIu64,
		       cw_policy_has(p, COMM) || cw_policy_has(p, UID) ?
		       " in" : ", closed in", p->cgroup);
}

void cw_policy_say_which(struct cw_text *t, const struct cw_msg_policy *p,
			 const struct cw_msg_policy *wanted)
{
	if (cw_policy_has(p, COOKIE)) {
		cw_say(t, "that one socket");
		return;
	}
	cw_say(t, "any %sTCP socket", !cw_policy_has(p, FAMILY) ? "" :
	       p->family == AF_INET ? "IPv4 " : "IPv6 ");
	if (cw_policy_has(p, LOCAL_PORT_LAST))
		cw_say(t, " with a local port from %u to %u", p->local_port,
		       p->local_port_last);
	else if (cw_policy_has(p, LOCAL_PORT))
		cw_say(t, " with local port %u", p->local_port);
	if (cw_policy_has(p, REMOTE_ADDR))
		say_peer(t, p);
	say_closer(t, p);
	if (cw_policy_has(p, ALL_NETNS))
		cw_say(t, ", in all network namespaces");
	else if (cw_policy_has(wanted, NETNS_FD))
		cw_say(t, ", in the network namespace named");
	else
		cw_say(t, ", in this network namespace");
}

void cw_policy_say_limits(struct cw_text *t, const struct cw_msg_policy *p)
{
	switch ((enum closewatch_action)p->action) {
	case CLOSEWATCH_ACTION_DRAIN:
		say_ms(t, p->idle_ms);
		cw_say(t, " without progress, ");
		say_ms(t, p->total_ms);
		cw_say(t, " in all, or ");
		say_bytes(t, p->bytes);
		break;
	case CLOSEWATCH_ACTION_LINGER:
		cw_say(t, "%" PRIu32 " s", p->linger_seconds);
		break;
	case CLOSEWATCH_ACTION_RESET:
	case CLOSEWATCH_ACTION_LEAVE:
	default:
		break;
	}
}

static void say_action(struct cw_text *t, const struct cw_msg_policy *p)
{
	switch ((enum closewatch_action)p->action) {
	case CLOSEWATCH_ACTION_DRAIN:
		cw_say(t,
		       "the kernel sends FIN and discards what still comes, until the peer's FIN has come and all of ours is acknowledged; RST after ");
		cw_policy_say_limits(t, p);
		if (cw_policy_has(p, EVEN_LINGER0))
			cw_say(t, "; SO_LINGER with zero seconds does not prevent it");
		if (cw_policy_has(p, EVEN_OOM))
			cw_say(t, "; nor does the out-of-memory killer");
		break;
	case CLOSEWATCH_ACTION_LINGER:
		cw_say(t, "close() waits up to ");
		cw_policy_say_limits(t, p);
		cw_say(t, " for all to be acknowledged, as SO_LINGER asks");
		break;
	case CLOSEWATCH_ACTION_RESET:
		cw_say(t,
		       "the kernel sends RST, as SO_LINGER with zero seconds asks; what is under way is lost");
		break;
	case CLOSEWATCH_ACTION_LEAVE:
		cw_say(t, "it is closed as its program asked; no later rule is looked at");
		break;
	default:
		cw_say(t, "it is treated in a way newer than this program");
	}
}

void cw_policy_say(struct cw_text *t, const struct cw_msg_policy *p,
		   const struct cw_msg_policy *wanted)
{
	if (cw_policy_has(p, DRY_RUN))
		cw_say(t, "dry run, only counted and reported: ");
	cw_say(t, "when ");
	cw_policy_say_which(t, p, wanted);
	cw_say(t, ", is closed: ");
	say_action(t, p);
	if (!cw_policy_has(p, EXPIRES_MS))
		return;
	cw_say(t, "; the policy goes in ");
	say_ms(t, p->expires_ms);
}

void cw_removal_add(struct cw_removal *r, const struct cw_msg_policy *p)
{
	if (!p->all_netns || cw_policy_has(r->of, ALL_NETNS)) {
		r->removed++;
		return;
	}
	if (r->left < CW_LEFT_IDS)
		r->ids[r->left] = p->id;
	r->left++;
}

const char *cw_removal_where(const struct cw_removal *r)
{
	if (cw_policy_has(r->of, ALL_NETNS))
		return "all network namespaces";
	if (cw_policy_has(r->of, NETNS_FD))
		return "the network namespace named";
	return "this network namespace";
}

void cw_removal_say_left(struct cw_text *t, const struct cw_removal *r)
{
	uint32_t i;

	cw_say(t, "%" PRIu32 " rule%s for all network namespaces still act%s here, too",
	       r->left, r->left == 1 ? "" : "s", r->left == 1 ? "s" : "");
	if (r->left > CW_LEFT_IDS) {
		cw_say(t, ": closewatch list shows them");
		return;
	}
	cw_say(t, "; to remove %s there as well: closewatch del",
	       r->left == 1 ? "it" : "them");
	for (i = 0; i < r->left; i++)
		cw_say(t, " %" PRIu32, r->ids[i]);
}
