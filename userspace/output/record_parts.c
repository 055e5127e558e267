// SPDX-License-Identifier: GPL-2.0
#include <linux/closewatch.h>

#include "base/names_gen.h"
#include "output/record_parts.h"

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

void cw_record_field(struct cw_view *v, const struct cw_field *f,
		     const char *key, const void *from,
		     const struct cw_place *at)
{
	uint64_t n;

	if (f->kind == CW_FIELD_STRING) {
		cw_view_bytes(v, key, at, cw_field_bytes(f, from));
		return;
	}
	n = cw_field_number(f, from);
	if (f->kind == CW_FIELD_TIME)
		cw_view_time(v, key, at, n);
	else if (f->words)
		cw_record_word(v, key, at, f->words, n);
	else if (f->kind != CW_FIELD_NUMBER)
		cw_view_bool(v, key, at, n);
	else if (f->size == sizeof(n))
		cw_view_big(v, key, at, n);
	else
		cw_view_number(v, key, at, n);
}

void cw_record_local(struct cw_view *v, const struct cw_msg_event *ev,
		     const struct cw_place *at)
{
	const struct cw_bytes *l = &ev->local_addr;

	if (cw_event_has(ev, LOCAL_ADDR))
		cw_view_endpoint(v, "local", at, l->b, l->len, ev->local_port);
}

void cw_record_remote(struct cw_view *v, const struct cw_msg_event *ev,
		      const struct cw_place *at)
{
	const struct cw_bytes *r = &ev->remote_addr;

	if (cw_event_has(ev, REMOTE_ADDR))
		cw_view_endpoint(v, "remote", at, r->b, r->len,
				 ev->remote_port);
}

void cw_record_owner(struct cw_view *v, const struct cw_msg_event *ev,
		     const struct cw_place *comm, const struct cw_place *pid)
{
	cw_record_fact(v, ev, WHY, NULL);
	cw_record_fact(v, ev, SIGNAL, NULL);
	/* Before the pid, so that text reads name[pid]. */
	cw_record_fact(v, ev, COMM, comm);
	cw_record_fact(v, ev, PID, pid);
	cw_record_fact(v, ev, TID, NULL);
	cw_record_fact(v, ev, UID, NULL);
	cw_record_fact(v, ev, CGROUP, NULL);
}

/* The acknowledged first: text reads "acknowledged of all". */
void cw_record_policy_facts(struct cw_view *v, const struct cw_msg_event *ev,
			    const struct cw_policy_places *at)
{
	cw_record_fact(v, ev, POLICY_ID, at->id);
	cw_record_fact(v, ev, ACTION, NULL);
	cw_record_fact(v, ev, DRY_RUN, NULL);
	cw_record_fact(v, ev, DRAIN_OUTCOME, NULL);
	cw_record_fact(v, ev, REFUSAL, NULL);
	cw_record_fact(v, ev, DISCARDED, at->discarded);
	cw_record_fact(v, ev, RESPONSE_ACKED, at->acked);
	cw_record_fact(v, ev, RESPONSE_BYTES, at->response);
	cw_record_fact(v, ev, DRAIN_NS, NULL);
	cw_record_fact(v, ev, SAVED, NULL);
}
