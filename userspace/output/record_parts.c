// SPDX-License-Identifier: GPL-2.0
#include <sys/socket.h>

#include <linux/closewatch.h>

#include "base/names_gen.h"
#include "output/record_parts.h"

#define has(ev, attr) cw_has(ev, CLOSEWATCH_A_EVENT_##attr)

void cw_record_word(struct cw_view *v, const char *key,
		    const struct cw_place *at, const struct cw_names *names,
		    uint32_t value)
{
	const char *word = cw_names_word(names, value);

	if (word)
		cw_view_word(v, key, at, word);
	else
		cw_view_big(v, key, at, value);
}

void cw_record_connection(struct cw_view *v, const struct cw_msg_event *ev,
			  const struct cw_place *local,
			  const struct cw_place *remote)
{
	const struct cw_bytes *l = &ev->local_addr, *r = &ev->remote_addr;

	if (has(ev, FAMILY)) {
		if (ev->family == AF_INET)
			cw_view_word(v, "family", NULL, "ipv4");
		else if (ev->family == AF_INET6)
			cw_view_word(v, "family", NULL, "ipv6");
		else
			cw_view_big(v, "family", NULL, ev->family);
	}
	if (has(ev, LOCAL_ADDR))
		cw_view_endpoint(v, "local", local, l->b, l->len,
				 ev->local_port);
	if (has(ev, REMOTE_ADDR))
		cw_view_endpoint(v, "remote", remote, r->b, r->len,
				 ev->remote_port);
	if (has(ev, COOKIE))
		cw_view_big(v, "cookie", NULL, ev->cookie);
}

void cw_record_owner(struct cw_view *v, const struct cw_msg_event *ev,
		     const struct cw_place *comm, const struct cw_place *pid)
{
	if (has(ev, WHY))
		cw_record_word(v, "why", NULL, &cw_cause_names, ev->why);
	/* Before the pid, so that text reads name[pid]. */
	if (has(ev, COMM))
		cw_view_bytes(v, "comm", comm, ev->comm.b, ev->comm.len);
	if (has(ev, PID))
		cw_view_number(v, "pid", pid, ev->pid);
	if (has(ev, TID))
		cw_view_number(v, "tid", NULL, ev->tid);
	if (has(ev, UID))
		cw_view_number(v, "uid", NULL, ev->uid);
	if (has(ev, CGROUP))
		cw_view_big(v, "cgroup", NULL, ev->cgroup);
}

/* The acknowledged first: text reads "acknowledged of all". */
void cw_record_policy_facts(struct cw_view *v, const struct cw_msg_event *ev,
			    const struct cw_policy_places *at)
{
	if (has(ev, POLICY_ID))
		cw_view_number(v, "policy_id", at->id, ev->policy_id);
	if (has(ev, ACTION))
		cw_record_word(v, "action", NULL, &cw_action_names, ev->action);
	if (has(ev, DRY_RUN))
		cw_view_bool(v, "dry_run", NULL, ev->dry_run);
	if (has(ev, DRAIN_OUTCOME))
		cw_record_word(v, "drain_outcome", NULL, &cw_drain_outcome_names,
			       ev->drain_outcome);
	if (has(ev, REFUSAL))
		cw_record_word(v, "refusal", NULL, &cw_refusal_names,
			       ev->refusal);
	if (has(ev, DISCARDED))
		cw_view_big(v, "discarded", at->discarded, ev->discarded);
	if (has(ev, RESPONSE_ACKED))
		cw_view_big(v, "response_acked", at->acked,
			    ev->response_acked);
	if (has(ev, RESPONSE_BYTES))
		cw_view_big(v, "response_bytes", at->response,
			    ev->response_bytes);
	if (has(ev, DRAIN_NS))
		cw_view_big(v, "drain_ns", NULL, ev->drain_ns);
	if (has(ev, SAVED))
		cw_view_bool(v, "saved", NULL, ev->saved);
}
