// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/closewatch.h>

#include "base/address.h"
#include "base/names.h"
#include "base/names_gen.h"
#include "base/text.h"
#include "base/utf8.h"
#include "base/words.h"
#include "explain/policy_say.h"
#include "host/cgroups.h"
#include "output/record_parts.h"
#include "output/record_policy.h"

#define put(v, p, attr, at)						\
	cw_record_attr(v, cw_policy_fields, p, CLOSEWATCH_A_POLICY_##attr, at)

enum {
	COL_ID, COL_ACTION, COL_PRIORITY, COL_HITS, COL_EXPIRES, COL_NETNS,
	COL_WHICH, COL_NOTE,
};

const struct cw_column cw_record_policy_layout[] = {
	[COL_ID] = { "ID", "-", 4, .right = true },
	[COL_ACTION] = { "ACTION", "-", 16, .toned = true },
	[COL_PRIORITY] = { "PRIORITY", "-", 8, .right = true },
	[COL_HITS] = { "HITS", "-", 8, .right = true },
	[COL_EXPIRES] = { "EXPIRES", "never", 7, .right = true },
	[COL_NETNS] = { "NETNS", "-", 10, .limit = 20 },
	[COL_WHICH] = { "WHICH SOCKETS", "all", 28, .limit = 80 },
	[COL_NOTE] = { .title = "LIMITS" },
	{ .title = NULL },
};

static const struct cw_place at_id = { .column = COL_ID };
static const struct cw_place at_action = { .column = COL_ACTION };
static const struct cw_place at_priority = { .column = COL_PRIORITY };
static const struct cw_place at_hits = { .column = COL_HITS };
static const struct cw_place at_expires = { .column = COL_EXPIRES };
static const struct cw_place at_netns = { .column = COL_NETNS };
static const struct cw_place at_note = { .column = COL_NOTE };
static const struct cw_place at_note_more = { COL_NOTE, .before = " " };

/* Conditions are written as they are typed, each with a blank behind it. */
static const struct cw_place at_cookie = { COL_WHICH, "socket ", " " };
static const struct cw_place at_family = { COL_WHICH, "--", " " };
static const struct cw_place at_port = { COL_WHICH, "--local-port ", " " };
static const struct cw_place at_first = { COL_WHICH, "--local-port ", NULL };
static const struct cw_place at_last = { COL_WHICH, "-", " " };
static const struct cw_place at_addr = { COL_WHICH, "--remote-prefix ", NULL };
static const struct cw_place at_prefix = { COL_WHICH, "/", " " };
static const struct cw_place at_comm = { COL_WHICH, "--comm ", " " };
static const struct cw_place at_uid = { COL_WHICH, "--user ", " " };
static const struct cw_place at_cgroup = { COL_WHICH, "--cgroup ", " " };

/* @list: in the columns of a list; NULL: for JSON alone. */
#define AT(where) (list ? &at_##where : NULL)

static void put_peer(struct cw_view *v, const struct cw_msg_policy *p,
		     const struct cw_policy_notes *list)
{
	char addr[INET6_ADDRSTRLEN];

	cw_address_print(&p->remote_addr, addr, sizeof(addr));
	cw_view_word(v, "remote_addr", AT(addr), addr);
	cw_view_number(v, "remote_prefix", AT(prefix),
		       cw_policy_has(p, REMOTE_PREFIX) ? p->remote_prefix :
					       p->remote_addr.len * 8U);
}

static void put_cgroup(struct cw_view *v, const struct cw_msg_policy *p,
		       const struct cw_policy_notes *list)
{
	char word[CW_CGROUP_NAMED + 64] = "";
	struct cw_text t = { .buf = word, .size = sizeof(word) };

	if (!list || !list->cgroup) {
		put(v, p, CGROUP, AT(cgroup));
		return;
	}
	put(v, p, CGROUP, NULL);
	cw_view_word(v, "cgroup_path", NULL,
		     list->cgroup + strlen(CW_CGROUP_ROOT));
	cw_words_say(&t, list->cgroup, strlen(list->cgroup));
	cw_view_text(v, &at_cgroup, word);
}

/* A name has blanks, too. */
static void put_comm(struct cw_view *v, const struct cw_msg_policy *p,
		     const struct cw_policy_notes *list)
{
	char word[6 * CLOSEWATCH_COMM_MAX + 3] = "", shown[4 * sizeof(word)];
	struct cw_text t = { .buf = word, .size = sizeof(word) };

	put(v, p, COMM, NULL);
	if (!list || !cw_policy_has(p, COMM))
		return;
	cw_words_say(&t, (const char *)p->comm.b, p->comm.len);
	cw_utf8_escape(shown, sizeof(shown), word, t.used, false);
	cw_view_text(v, &at_comm, shown);
}

static void put_netns(struct cw_view *v, const struct cw_msg_policy *p,
		      const struct cw_policy_notes *list)
{
	bool named = list && list->netns && *list->netns;

	cw_view_big(v, "netns", named ? NULL : AT(netns), p->netns);
	if (named)
		cw_view_word(v, "netns_name", &at_netns, list->netns);
}

static void put_which(struct cw_view *v, const struct cw_msg_policy *p,
		      const struct cw_policy_notes *list)
{
	put(v, p, COOKIE, AT(cookie));
	if (cw_policy_has(p, FAMILY))
		cw_view_word(v, "family", AT(family),
			     p->family == AF_INET ? "ipv4" : "ipv6");
	put(v, p, LOCAL_PORT,
	    cw_policy_has(p, LOCAL_PORT_LAST) ? AT(first) : AT(port));
	put(v, p, LOCAL_PORT_LAST, AT(last));
	if (cw_policy_has(p, REMOTE_ADDR))
		put_peer(v, p, list);
	put_comm(v, p, list);
	put(v, p, UID, AT(uid));
	put_cgroup(v, p, list);
}

static void put_expiry(struct cw_view *v, const struct cw_msg_policy *p,
		       const struct cw_policy_notes *list)
{
	char text[32];
	uint64_t seconds = (p->expires_ms + 999) / 1000;

	cw_view_big(v, "expires_ms", NULL, p->expires_ms);
	snprintf(text, sizeof(text), "%" PRIu64 " s", seconds);
	if (list)
		cw_view_text(v, &at_expires, text);
}

static bool has_limits(const struct cw_msg_policy *p)
{
	return p->action == CLOSEWATCH_ACTION_DRAIN ||
	       p->action == CLOSEWATCH_ACTION_LINGER;
}

static void put_limits(struct cw_view *v, const struct cw_msg_policy *p,
		       const struct cw_policy_notes *list)
{
	char note[128] = "";
	struct cw_text t = { .buf = note, .size = sizeof(note) };

	put(v, p, IDLE_MS, NULL);
	put(v, p, TOTAL_MS, NULL);
	put(v, p, BYTES, NULL);
	put(v, p, LINGER_SECONDS, NULL);
	put(v, p, EVEN_LINGER0, NULL);
	put(v, p, EVEN_OOM, NULL);
	if (!list)
		return;
	cw_policy_say_limits(&t, p);
	if (cw_policy_has(p, EVEN_LINGER0) && p->even_linger0)
		cw_say(&t, ", even with SO_LINGER 0");
	if (cw_policy_has(p, EVEN_OOM) && p->even_oom)
		cw_say(&t, ", even of OOM victims");
	cw_view_text(v, &at_note, note);
}

static void put_policy(struct cw_view *v, const struct cw_msg_policy *p,
		       const struct cw_policy_notes *list)
{
	put(v, p, ID, AT(id));
	put(v, p, ACTION, AT(action));
	cw_view_bool(v, "dry_run", NULL, p->dry_run);
	if (p->dry_run && list)
		cw_view_text(v, &at_action, " (dry run)");
	put(v, p, PRIORITY, AT(priority));
	put(v, p, HITS, AT(hits));
	if (cw_policy_has(p, EXPIRES_MS))
		put_expiry(v, p, list);
	if (cw_policy_has(p, NETNS) && !p->all_netns)
		put_netns(v, p, list);
	if (cw_policy_has(p, ALL_NETNS)) {
		cw_view_bool(v, "all_netns", NULL, p->all_netns);
		if (list)
			cw_view_text(v, &at_netns, "all");
	}
	put_which(v, p, list);
	put_limits(v, p, list);
}

int cw_record_policy(struct cw_view *v, const struct cw_msg_policy *p,
		     const struct cw_policy_notes *notes)
{
	const uint32_t shadow = notes->shadow;
	char text[64];

	cw_view_begin(v);
	cw_view_tone(v, p->dry_run || shadow ? CW_QUIET : CW_PLAIN);
	put_policy(v, p, notes);
	if (shadow) {
		cw_view_number(v, "shadowed_by", NULL, shadow);
		snprintf(text, sizeof(text),
			 "(never acts: policy %" PRIu32 " takes all)", shadow);
		cw_view_text(v, has_limits(p) ? &at_note_more : &at_note, text);
	}
	return cw_view_end(v);
}

enum { COL_SENTENCE };

const struct cw_column cw_record_added_layout[] = {
	[COL_SENTENCE] = { .title = "" },
	{ .title = NULL },
};

static const struct cw_place at_sentence = { .column = COL_SENTENCE };

static void put_shadow(struct cw_view *v, const struct cw_shadow *s)
{
	char text[192];

	if (!s->by)
		return;
	snprintf(text, sizeof(text), "policy %" PRIu32
		 "%s is tried first and matches all of it, so it does not act until that "
		 "one is removed: closewatch del %" PRIu32, s->by,
		 s->dry ? ", a dry run," : "", s->by);
	cw_view_number(v, "shadowed_by", NULL, s->by);
	cw_view_below(v, "but", text);
}

static void put_shadowed(struct cw_view *v, const struct cw_shadow *s)
{
	char text[256];
	struct cw_text t = { .buf = text, .size = sizeof(text) };
	unsigned int i;

	if (!s->count)
		return;
	cw_view_table(v, "shadows", NULL);
	cw_say(&t,
	       "it is tried first and matches all that these match, so they no longer act: policy ");
	for (i = 0; i < s->count && i < CW_SHADOW_OVER; i++) {
		cw_view_row(v);
		cw_view_number(v, "id", NULL, s->over[i]);
		cw_view_row_end(v);
		cw_say(&t, "%s%" PRIu32, i ? ", " : "", s->over[i]);
	}
	if (i < s->count)
		cw_say(&t, " and %u more", s->count - i);
	cw_view_table_end(v);
	cw_view_below(v, "note:", text);
}

/* Only if it was asked for: by default the time in all may be the shorter, too. */
static void put_idle(struct cw_view *v, const struct cw_msg_policy *p,
		     const struct cw_msg_policy *wanted)
{
	if (cw_policy_has(wanted, IDLE_MS) && p->idle_ms >= p->total_ms)
		cw_view_below(v, "but", "--idle never acts, since a drain ends at --total before");
}

int cw_record_added(struct cw_view *v, const struct cw_msg_policy *p,
		    const struct cw_msg_policy *wanted,
		    const struct cw_shadow *shadow)
{
	char text[640], number[32];
	struct cw_text t = { .buf = text, .size = sizeof(text) };

	cw_policy_say(&t, p, wanted);
	snprintf(number, sizeof(number), "policy %" PRIu32 ": ", p->id);
	cw_view_begin(v);
	put_policy(v, p, NULL);
	cw_view_text(v, &at_sentence, number);
	cw_view_word(v, "does", &at_sentence, text);
	put_idle(v, p, wanted);
	put_shadow(v, shadow);
	put_shadowed(v, shadow);
	return cw_view_end(v);
}

static void put_left(struct cw_view *v, const struct cw_removal *r)
{
	char text[256];
	struct cw_text t = { .buf = text, .size = sizeof(text) };

	cw_view_number(v, "removed", NULL, r->removed);
	cw_view_number(v, "left", NULL, r->left);
	if (!r->left)
		return;
	cw_removal_say_left(&t, r);
	cw_view_below(v, "but", text);
}

int cw_record_removed(struct cw_view *v, const struct cw_msg_policy *p,
		      const struct cw_msg_policy *scope)
{
	char text[640];
	struct cw_text t = { .buf = text, .size = sizeof(text) };

	cw_say(&t, "policy %" PRIu32 " is removed, which was for ", p->id);
	cw_policy_say_which(&t, p, scope);
	cw_say(&t, "; drains that it has begun go on");
	cw_view_begin(v);
	put_policy(v, p, NULL);
	cw_view_bool(v, "removed", NULL, true);
	cw_view_word(v, "does", &at_sentence, text);
	return cw_view_end(v);
}

int cw_record_off(struct cw_view *v, const struct cw_removal *r)
{
	char text[160];

	snprintf(text, sizeof(text),
		 r->removed ? "the drains of %s are over and its policies removed (%" PRIu32 ")" :
			      "the drains of %s are over; it had no policies",
		 cw_removal_where(r), r->removed);
	cw_view_begin(v);
	cw_view_bool(v, "off", NULL, true);
	cw_view_word(v, "does", &at_sentence, text);
	put_left(v, r);
	return cw_view_end(v);
}

int cw_record_change(struct cw_view *v, const struct cw_msg_policy *p,
		     const struct cw_rule_change *change)
{
	const char *sign = *change->how == 'a' ? "+" : *change->how == 'r' ? "-" : "=";
	char text[640], number[32];

	snprintf(number, sizeof(number), cw_policy_has(p, ID) ? "%s %" PRIu32 ": " :
		 "%s ", sign, p->id);
	cw_utf8_escape(text, sizeof(text), (const uint8_t *)change->line,
		       strlen(change->line), false);
	cw_view_begin(v);
	cw_view_word(v, "change", NULL, change->how);
	if (change->file) {
		cw_view_word(v, "file", NULL, change->file);
		cw_view_number(v, "line", NULL, change->at);
	}
	put_policy(v, p, NULL);
	cw_view_text(v, &at_sentence, number);
	cw_view_text(v, &at_sentence, text);
	return cw_view_end(v);
}

int cw_record_set(struct cw_view *v, const struct cw_set_counts *counts)
{
	char text[160];

	snprintf(text, sizeof(text), "%" PRIu32 " added, %" PRIu32 " removed, %" PRIu32
		 " kept%s", counts->added, counts->removed, counts->kept,
		 counts->dry_run ? "; a dry run, nothing was changed" : "");
	cw_view_begin(v);
	cw_view_number(v, "added", NULL, counts->added);
	cw_view_number(v, "removed", NULL, counts->removed);
	cw_view_number(v, "kept", NULL, counts->kept);
	cw_view_bool(v, "dry_run", NULL, counts->dry_run);
	cw_view_text(v, &at_sentence, text);
	return cw_view_end(v);
}
