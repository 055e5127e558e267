// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <linux/closewatch.h>

#include "base/near.h"
#include "base/text.h"
#include "base/util.h"
#include "output/columns.h"
#include "output/record_parts.h"

/* @at: the cell. */
typedef void put_fn(struct cw_view *v, const struct cw_msg_event *ev,
		    const struct cw_columns *c, const struct cw_place *at);

struct row {
	const char *name;
	const char *about;
	const char *key;	/* of JSON, where it is not the member's name */
	struct cw_column look;
	uint8_t attr;		/* 0: none of its own */
	uint8_t more;		/* else CW_MORE_* and 1; or 0 */
	uint8_t also[2];	/* others that JSON shows with it */
	put_fn *put;		/* NULL: as the attribute is */
};

/* --- how text shows what is not one attribute as it stands --- */

/* A close by its path, an end by its fate, and the rest by their type. */
static void put_what(struct cw_view *v, const struct cw_msg_event *ev,
		     const struct cw_columns *c, const struct cw_place *at)
{
	(void)c;
	if (ev->type == CLOSEWATCH_EVENT_TYPE_CLOSE)
		cw_record_fact(v, ev, PATH, at);
	else if (ev->type == CLOSEWATCH_EVENT_TYPE_FATE &&
		 cw_event_has(ev, FATE))
		cw_record_fact(v, ev, FATE, at);
	else
		cw_record_fact(v, ev, TYPE, at);
}

static const struct cw_place at_remote = { .column = CW_COL_PAIR, .before = " -> " };
static const struct cw_place at_remote_utf8 = {
	.column = CW_COL_PAIR, .before = " → ",
};

static void put_pair(struct cw_view *v, const struct cw_msg_event *ev,
		     const struct cw_columns *c, const struct cw_place *at)
{
	cw_record_local(v, ev, at);
	cw_record_remote(v, ev, c->utf8 ? &at_remote_utf8 : &at_remote);
}

static void put_local(struct cw_view *v, const struct cw_msg_event *ev,
		      const struct cw_columns *c, const struct cw_place *at)
{
	(void)c;
	cw_record_local(v, ev, at);
}

static void put_peer(struct cw_view *v, const struct cw_msg_event *ev,
		     const struct cw_columns *c, const struct cw_place *at)
{
	(void)c;
	cw_record_remote(v, ev, at);
}

static const struct cw_place at_pid = { CW_COL_PROCESS, "[", "]" };

static void put_process(struct cw_view *v, const struct cw_msg_event *ev,
			const struct cw_columns *c, const struct cw_place *at)
{
	(void)c;
	/* Before the pid, so that it reads name[pid]. */
	cw_record_fact(v, ev, COMM, at);
	cw_record_fact(v, ev, PID, &at_pid);
}

static const char *namespace_of(const struct cw_columns *c,
				const struct cw_msg_event *ev)
{
	return c->host ? cw_hosted_netns(c->host, ev->netns, ev->time) : "";
}

static void put_netns(struct cw_view *v, const struct cw_msg_event *ev,
		      const struct cw_columns *c, const struct cw_place *at)
{
	const char *name = cw_event_has(ev, NETNS) ? namespace_of(c, ev) : "";

	if (*name)
		cw_view_text(v, at, name);
	else
		cw_record_fact(v, ev, NETNS, at);
}

static const struct cw_cgroup *cgroup_of(const struct cw_columns *c,
					 uint64_t id)
{
	return c->host ? cw_hosted_cgroup(c->host, id) : NULL;
}

/* As docker ps and its like do, which take this much for the whole. */
#define ID_SHOWN	12

void cw_columns_put_cgroup(const struct cw_columns *c, struct cw_view *v,
			   uint64_t id)
{
	const struct cw_cgroup *g = cgroup_of(c, id);
	char shown[ID_SHOWN + 1] = "";

	if (g && *g->path)
		cw_view_text(v, CW_AT(CW_COL_CGROUP), g->path);
	else
		cw_view_big(v, "cgroup", CW_AT(CW_COL_CGROUP), id);
	if (!g)
		return;
	memcpy(shown, g->container.id, ID_SHOWN);
	cw_view_text(v, CW_AT(CW_COL_CONTAINER), shown);
	cw_view_text(v, CW_AT(CW_COL_POD), g->container.pod);
}

/* The first of the columns that is shown puts all of them. */
static void put_cgroup(struct cw_view *v, const struct cw_msg_event *ev,
		       const struct cw_columns *c, const struct cw_place *at)
{
	if (!cw_event_has(ev, CGROUP) ||
	    (at->column != CW_COL_CGROUP && c->slots[CW_COL_CGROUP]) ||
	    (at->column == CW_COL_POD && c->slots[CW_COL_CONTAINER]))
		return;
	cw_columns_put_cgroup(c, v, ev->cgroup);
}

/* By record.c, which is not asked for it here. */
static void put_note(struct cw_view *v, const struct cw_msg_event *ev,
		     const struct cw_columns *c, const struct cw_place *at)
{
	(void)v, (void)ev, (void)c, (void)at;
}

static void put_duration(struct cw_view *v, const struct cw_msg_event *ev,
			 const struct cw_columns *c, const struct cw_place *at);

/* --- what there is --- */

#define A(attr) CLOSEWATCH_A_EVENT_##attr

#define ROW(col, at, n, t, w, ...)					\
	[CW_COL_##col] = {						\
		.name = n, .attr = A(at), .about = __VA_ARGS__,		\
		.look = { .title = t, .empty = "-", .width = w },	\
	}
#define FIGURE(col, at, n, t, w, ...)					\
	[CW_COL_##col] = {						\
		.name = n, .attr = A(at), .about = __VA_ARGS__,		\
		.look = { .title = t, .empty = "-", .width = w,		\
			  .right = true },				\
	}
#define DURATION(col, at, n, t, ...)					\
	[CW_COL_##col] = {						\
		.name = n, .attr = A(at), .about = __VA_ARGS__,		\
		.look = { .title = t, .empty = "-", .width = 9,		\
			  .right = true },				\
		.put = put_duration,					\
	}

#define MORE(col, n, t, w, says)						\
	[CW_COL_##col] = {						\
		.name = n, .more = CW_MORE_##col + 1, .about = says,	\
		.look = { .title = t, .empty = "-", .width = w },	\
	}
#define MORE_TIME(col, n, t, says)					\
	[CW_COL_##col] = {						\
		.name = n, .more = CW_MORE_##col##_NS + 1, .about = says, \
		.look = { .title = t, .empty = "-", .width = 9,		\
			  .right = true },				\
		.put = put_duration,					\
	}

/* They leave room for the process, unless they are asked for; the note repeats them. */
#define BYTES(col, n, t, says)						\
	[CW_COL_##col] = {						\
		.name = n, .attr = A(col), .about = says,		\
		.look = { .title = t, .empty = "-", .width = 7,		\
			  .terminal = CW_FIGURES_TERMINAL, .right = true },		\
	}

static const struct row rows[CW_COLS] = {
	ROW(EVENT, TYPE, "event", "EVENT", 20, "type of event", .key = "event"),
	[CW_COL_TIME] = {
		"time", "when it was complete", .attr = A(TIME),
		.look = { "TIME", .width = 12, .dim = true },
	},
	FIGURE(CPU, CPU, "cpu", "CPU", 3, "CPU that reports it"),
	FIGURE(SEQ, SEQ, "seq", "SEQ", 8, "number of the event on its CPU"),
	[CW_COL_NETNS] = {
		"netns", "network namespace, as --netns takes it",
		.key = "netns, netns_name", .attr = A(NETNS),
		.look = { "NETNS", "-", 10, .limit = 20 }, .put = put_netns,
	},
	ROW(FAMILY, FAMILY, "family", "FAMILY", 6, "address family, ipv4 or ipv6"),
	[CW_COL_LOCAL] = {
		"local", "local address and port",
		.look = { "LOCAL", "-", 19, .limit = 47 }, .put = put_local,
	},
	[CW_COL_PEER] = {
		"peer", "the peer's address and port", .key = "remote",
		.look = { "PEER", "-", 19, .limit = 47 }, .put = put_peer,
	},
	FIGURE(COOKIE, COOKIE, "cookie", "COOKIE", 8,
	       "cookie of the socket, the same in all its events"),
	[CW_COL_PATH] = {
		"path", "path of a close, fate of a connection, else the type",
		.look = { "PATH", .width = 16, .limit = 20, .toned = true },
		.attr = A(PATH), .also = { CW_COL_FATE }, .put = put_what,
	},
	ROW(STATE, STATE, "state", "STATE", 11, "state when it began"),
	ROW(NEW_STATE, NEW_STATE, "new-state", "NEW STATE", 11,
	    "state when it was complete"),
	ROW(FIN, FIN, "fin", "FIN", 12, "how a close sent its FIN"),
	ROW(FATE, FATE, "fate", "FATE", 18, "how the connection ended"),
	ROW(VERDICT, VERDICT, "verdict", "VERDICT", 9,
	    "what became of our data"),
	FIGURE(LOST, LOST_BYTES, "lost", "LOST", 9, "bytes never sent"),
	ROW(CLOSED_FIRST, CLOSED_FIRST, "closed-first", "FIRST", 7,
	    "the side that closed first"),
	DURATION(SINCE_CLOSE, SINCE_CLOSE_NS, "since-close", "AFTER CLOSE",
		 "from our close to the end"),
	ROW(HOW, HOW, "how", "HOW", 4, "side that shutdown(2) shut"),
	FIGURE(REFERENCES, REFERENCES, "references", "REFS", 4,
	       "references that keep a socket open"),
	ROW(SIGPIPE, SIGPIPE, "sigpipe", "SIGPIPE", 7,
	    "whether a write raised SIGPIPE"),
	ROW(RESET, RESET_KIND, "reset", "RESET", 12,
	    "why there was an RST outside a close"),
	ROW(REASON, KERNEL_REASON, "reason", "REASON", 20,
	    "the kernel's own reason for an RST (6.12 and later)"),
	FIGURE(POLICY, POLICY_ID, "policy", "POLICY", 6, "id of the policy"),
	ROW(ACTION, ACTION, "action", "ACTION", 6, "what the policy does"),
	ROW(DRY_RUN, DRY_RUN, "dry-run", "DRY RUN", 7,
	    "whether the policy only reports"),
	ROW(OUTCOME, DRAIN_OUTCOME, "outcome", "OUTCOME", 18,
	    "how a drain ended"),
	ROW(REFUSAL, REFUSAL, "refusal", "REFUSAL", 15,
	    "why a drain never began"),
	FIGURE(DISCARDED, DISCARDED, "discarded", "DISCARDED", 9,
	       "bytes that a drain discarded"),
	FIGURE(RESPONSE_ACKED, RESPONSE_ACKED, "response-acked", "OF IT ACKED",
	       11, "bytes of it that were acknowledged in the drain"),
	FIGURE(RESPONSE, RESPONSE_BYTES, "response", "RESPONSE", 9,
	       "bytes of ours under way when a drain began"),
	DURATION(DRAIN, DRAIN_NS, "drain", "DRAIN", "time that a drain took"),
	ROW(SAVED, SAVED, "saved", "SAVED", 5,
	    "whether a drain saved the response from an RST"),
	BYTES(UNREAD, "unread", "UNREAD", "bytes received and not read"),
	BYTES(UNSENT, "unsent", "UNSENT", "bytes written and not sent"),
	BYTES(UNACKED, "unacked", "UNACKED", "bytes sent and not acknowledged"),
	FIGURE(SENT, SENT, "sent", "SENT", 9, "bytes sent in all, with those that were sent again"),
	FIGURE(RETRANSMITTED, RETRANSMITTED, "retransmitted", "RETRANS", 9,
	       "bytes sent again"),
	FIGURE(RECEIVED, RECEIVED, "received", "RECEIVED", 9,
	       "bytes received in all"),
	FIGURE(ACKED, ACKED, "acked", "ACKED", 9,
	       "bytes that the peer acknowledged"),
	DURATION(AGE, AGE_NS, "age", "AGE", "since the connection was established"),
	DURATION(SINCE_SENT, SINCE_SENT_NS, "since-sent", "SINCE SENT",
		 "from the last byte that we sent"),
	ROW(LINGER_ON, LINGER_ON, "linger-on", "LINGER", 6,
	    "whether SO_LINGER was set", .key = "linger.on"),
	FIGURE(LINGER_SECONDS, LINGER_SECONDS, "linger-seconds", "SECONDS", 7,
	       "the seconds of SO_LINGER", .key = "linger.seconds"),
	DURATION(LINGER_WAITED, LINGER_WAITED_NS, "linger-waited", "WAITED",
		 "time that a close waited for SO_LINGER",
		 .key = "linger.waited_ns"),
	ROW(LINGER, LINGER_OUTCOME, "linger", "LINGER", 12,
	    "how the wait for SO_LINGER ended", .key = "linger.outcome"),
	ROW(WHY, WHY, "why", "WHY", 6, "what closed the socket"),
	FIGURE(SIGNAL, SIGNAL, "signal", "SIGNAL", 6,
	       "signal that ended the process"),
	ROW(COMM, COMM, "comm", "COMM", 15, "task name of the closer"),
	FIGURE(PID, PID, "pid", "PID", 7, "process of the closer"),
	FIGURE(TID, TID, "tid", "TID", 7, "thread of the closer"),
	FIGURE(UID, UID, "uid", "UID", 6, "user of the closer, a number"),
	[CW_COL_CGROUP] = {
		"cgroup", "path of the closer's cgroup",
		.key = "cgroup, cgroup_path", .attr = A(CGROUP),
		.look = { "CGROUP", "-", 24, .limit = 60 }, .put = put_cgroup,
	},
	FIGURE(CHILDREN, CHILDREN, "children", "CHILDREN", 8,
	       "connections in a listener's queue"),
	FIGURE(CHILDREN_RESET, CHILDREN_RESET, "children-reset", "RESET", 6,
	       "how many of them were reset"),
	FIGURE(CHILDREN_MIGRATED, CHILDREN_MIGRATED, "children-migrated",
	       "MIGRATED", 8, "how many of them another listener got"),
	FIGURE(SYN_QUEUE, SYN_QUEUE, "syn-queue", "SYN QUEUE", 9,
	       "half-open connections left behind"),
	ROW(ULP, ULP, "ulp", "ULP", 5,
	    "upper layer protocol, such as kernel TLS"),
	FIGURE(COUNT, COUNT, "count", "COUNT", 6,
	       "how many a record of loss or of late segments stands for"),
	ROW(LOSS, LOSS, "loss", "LOSS", 8, "where events were lost"),
	MORE(CONNECT_ERROR, "connect-error", "ERROR", 12,
	     "the error of a connect() that failed"),
	MORE(CONNECT_RST, "connect-rst", "BY RST", 6,
	     "whether an RST was the reason for it"),
	MORE(ENDED_BY, "ended-by", "ENDED BY", 18,
	     "the fate of a connection that had ended before its close"),
	MORE_TIME(SINCE_ENDED, "since-ended", "SINCE END",
		  "from that end to the close"),
	MORE_TIME(SINCE_RECEIVED, "since-received", "SINCE RECV",
		  "from the peer's last data to late data"),
	MORE_TIME(SINCE_HEARD, "since-heard", "SINCE HEARD",
		  "from the peer's last segment"),
	MORE(INODE, "inode", "INODE", 8, "inode of the socket"),
	[CW_COL_CONTAINER] = {
		"container", "container of the closer, by its id",
		.look = { "CONTAINER", "-", ID_SHOWN }, .put = put_cgroup,
	},
	[CW_COL_POD] = {
		"pod", "pod of the closer, by its UID",
		.look = { "POD", "-", 36 }, .put = put_cgroup,
	},
	[CW_COL_PAIR] = {
		"pair", "both ends in one column", .key = "local, remote",
		.look = { "LOCAL -> REMOTE", .width = 37, .limit = 97 },
		.also = { CW_COL_LOCAL, CW_COL_PEER }, .put = put_pair,
	},
	[CW_COL_PROCESS] = {
		"proc", "task name and process of the closer",
		.key = "comm, pid",
		.look = { "PROCESS", "-", 14, .limit = 24 },
		.also = { CW_COL_COMM, CW_COL_PID }, .put = put_process,
	},
	[CW_COL_NOTE] = {
		"note", "what happened, in words; always the last column",
		.key = "", .look = { .title = "WHAT HAPPENED" },
		.put = put_note,
	},
};

#undef A

/* NULL: several, or none. */
static const struct cw_field *field_of(const struct row *r)
{
	if (r->more)
		return &cw_more_fields[r->more - 1];
	return r->attr ? &cw_event_fields[r->attr] : NULL;
}

static bool has(const struct row *r, const struct cw_msg_event *ev)
{
	return r->more ? ev->more >> (r->more - 1) & 1 : cw_has(ev, r->attr);
}

static void put_duration(struct cw_view *v, const struct cw_msg_event *ev,
			 const struct cw_columns *c, const struct cw_place *at)
{
	const struct row *r = &rows[at->column];
	char text[32];
	struct cw_text t = { .buf = text, .size = sizeof(text) };

	(void)c;
	if (!has(r, ev))
		return;
	cw_say_duration(&t, cw_field_number(field_of(r), ev));
	cw_view_text(v, at, text);
}

void cw_columns_put(const struct cw_columns *c, struct cw_view *v,
		    const struct cw_msg_event *ev)
{
	struct cw_place at = { 0 };
	int i;

	for (i = 0; i < c->n; i++) {
		const struct row *r = &rows[c->shown[i]];

		at.column = c->shown[i];
		if (r->put)
			r->put(v, ev, c, &at);
		else if (has(r, ev))
			cw_record_field(v, field_of(r), "", ev, &at);
	}
}

void cw_columns_put_names(const struct cw_columns *c, struct cw_view *v,
			  const struct cw_msg_event *ev)
{
	const struct cw_cgroup *g = NULL;
	const char *netns;

	if (!c->host)
		return;
	if (c->netns && cw_event_has(ev, NETNS) &&
	    (c->netns_own || ev->netns != cw_hosted_here(c->host))) {
		netns = namespace_of(c, ev);
		if (*netns)
			cw_view_word(v, "netns_name", NULL, netns);
	}
	if (c->listening && cw_event_has(ev, LOCAL_PORT) &&
	    cw_hosted_listening(c->host, ev->netns, ev->local_port))
		cw_view_bool(v, "listening", NULL, true);
	if (cw_event_has(ev, CGROUP))
		g = cw_hosted_cgroup(c->host, ev->cgroup);
	if (!g)
		return;
	if (c->cgroup && *g->path)
		cw_view_word(v, "cgroup_path", NULL, g->path);
	if (c->container && *g->container.id)
		cw_view_word(v, "container", NULL, g->container.id);
	if (c->pod && *g->container.pod)
		cw_view_word(v, "pod", NULL, g->container.pod);
}

/* --- which of it --- */

static void show(struct cw_columns *c, int column, bool asked)
{
	struct cw_column *look = &c->layout[c->n];

	*look = rows[column].look;
	if (column == CW_COL_PAIR && c->utf8)
		look->title = "LOCAL → REMOTE";
	if (asked)
		look->terminal = 0;
	c->shown[c->n++] = column;
	c->slots[column] = c->n;
}

static void show_note(struct cw_columns *c)
{
	show(c, CW_COL_NOTE, false);
	c->slots[CW_COL_LOST_WORDS] = c->n;
	c->layout[c->n].title = NULL;
	if (c->note)
		return;
	c->slots[CW_COL_NOTE] = 0;
	c->layout[c->n - 1].title = "";
}

static enum cw_members_part part_of(int column)
{
	if (column < CW_COL_LOCAL)
		return CW_MEMBERS_HEAD;
	if (column < CW_COL_LINGER_ON)
		return CW_MEMBERS_FACTS;
	if (column <= CW_COL_LINGER)
		return CW_MEMBERS_LINGER;
	return rows[column].more ? CW_MEMBERS_MORE : CW_MEMBERS_TAIL;
}

static void find_members(struct cw_columns *c, const bool wanted[CW_COLS])
{
	struct cw_members *m;
	int i;

	memset(c->members, 0, sizeof(c->members));
	c->linger = 0;
	for (i = 0; i < CW_COLS; i++) {
		if (!wanted[i] || !field_of(&rows[i]))
			continue;
		m = &c->members[part_of(i)];
		m->attr[m->n++] = rows[i].more ? rows[i].more - 1 : rows[i].attr;
		if (part_of(i) == CW_MEMBERS_LINGER)
			c->linger |= 1ULL << (rows[i].attr & 63);
	}
	c->local = wanted[CW_COL_LOCAL];
	c->peer = wanted[CW_COL_PEER];
	c->netns = wanted[CW_COL_NETNS];
	c->container = wanted[CW_COL_CONTAINER];
	c->pod = wanted[CW_COL_POD];
}

void cw_columns_init(struct cw_columns *c, bool utf8)
{
	static const uint8_t usual[] = {
		CW_COL_TIME, CW_COL_PATH, CW_COL_PAIR, CW_COL_UNREAD,
		CW_COL_UNSENT, CW_COL_UNACKED, CW_COL_PROCESS,
	};
	bool all[CW_COLS];
	size_t i;

	*c = (struct cw_columns){ .utf8 = utf8, .note = true };
	for (i = 0; i < ARRAY_SIZE(usual); i++)
		show(c, usual[i], false);
	show_note(c);
	memset(all, true, sizeof(all));
	find_members(c, all);
}

void cw_columns_record(struct cw_columns *c)
{
	cw_columns_init(c, false);
	c->cgroup = true;
	c->netns_own = true;
	c->listening = true;
}

static bool same_name(const char *name, size_t len, const char *is)
{
	size_t i;

	for (i = 0; i < len && is[i]; i++)
		if (name[i] != is[i] && !(name[i] == '_' && is[i] == '-'))
			return false;
	return i == len && !is[i];
}

static const char *key_of(const struct row *r)
{
	const struct cw_field *f = field_of(r);

	return r->key ? r->key : f ? f->name : r->name;
}

const struct cw_names *cw_columns_names(void)
{
	static struct cw_word words[CW_COLS];
	static const char *docs[CW_COLS];
	static const struct cw_names names = {
		.word = words, .count = CW_COLS, .doc = docs, .name = "column",
	};
	int i;

	for (i = 0; i < CW_COLS; i++) {
		words[i].len = snprintf(words[i].text, sizeof(words[i].text),
					"%s", rows[i].name);
		docs[i] = rows[i].about;
	}
	return &names;
}

static int find_column(const char *name, size_t len)
{
	int i;

	for (i = 0; len && i < CW_COLS; i++)
		if (same_name(name, len, rows[i].name) ||
		    same_name(name, len, key_of(&rows[i])))
			return i;
	return -1;
}

static int fail_column(const char *name, size_t len, struct cw_fail *fail)
{
	struct cw_nearest n;
	char word[48];
	int i;

	snprintf(word, sizeof(word), "%.*s", (int)len, name);
	cw_nearest_begin(&n, word);
	for (i = 0; i < CW_COLS; i++)
		cw_nearest_offer(&n, rows[i].name);
	return cw_fail_usage(fail, n.word,
			     "'%.*s' is no column; closewatch --list-fields lists them",
			     (int)len, name);
}

/* A column that is there already stays where it is. */
static int choose(struct cw_columns *c, const char *name, size_t len,
		  struct cw_fail *fail)
{
	int column = find_column(name, len);

	if (column < 0)
		return fail_column(name, len, fail);
	if (column == CW_COL_NOTE)
		c->note = true;
	else if (c->slots[column])
		c->layout[c->slots[column] - 1].terminal = 0;
	/* With room for the note. */
	else if (c->n + 1 < CW_COLUMNS_MAX)
		show(c, column, true);
	else
		return cw_fail_usage(fail, NULL, "there is room for %d columns",
				     CW_COLUMNS_MAX - 1);
	return CW_OK;
}

/* JSON has no more than these, but for the type, and what is lost. */
static void find_chosen(struct cw_columns *c)
{
	bool wanted[CW_COLS] = {
		[CW_COL_EVENT] = true, [CW_COL_COUNT] = true,
		[CW_COL_LOSS] = true,
	};
	int i;

	for (i = 0; i < c->n; i++) {
		const struct row *r = &rows[c->shown[i]];

		wanted[c->shown[i]] = true;
		/* EVENT, the first, stands for none and is there anyway. */
		wanted[r->also[0]] = true;
		wanted[r->also[1]] = true;
	}
	find_members(c, wanted);
}

int cw_columns_choose(struct cw_columns *c, const char *names,
		      struct cw_fail *fail)
{
	bool more = *names == '+';
	int ret;

	if (more) {
		names++;
		c->n--;
	} else {
		*c = (struct cw_columns){ .utf8 = c->utf8, .host = c->host };
	}
	for (;; names++) {
		size_t len = strcspn(names, ",");

		ret = choose(c, names, len, fail);
		if (ret)
			return ret;
		names += len;
		if (!*names)
			break;
	}
	show_note(c);
	if (!more)
		find_chosen(c);
	/* Of every event, and so only where it is asked for. */
	c->cgroup = c->slots[CW_COL_CGROUP];
	c->netns_own = c->slots[CW_COL_NETNS];
	return CW_OK;
}

static void drop(struct cw_columns *c, int slot)
{
	int i;

	c->n--;
	memmove(&c->shown[slot], &c->shown[slot + 1], c->n - slot);
	memmove(&c->layout[slot], &c->layout[slot + 1],
		(c->n - slot + 1) * sizeof(*c->layout));
	for (i = 0; i < CW_COL_SLOTS; i++)
		if (c->slots[i] == slot + 1)
			c->slots[i] = 0;
		else if (c->slots[i] > slot)
			c->slots[i]--;
}

void cw_columns_time(struct cw_columns *c, int width)
{
	int slot = c->slots[CW_COL_TIME] - 1;

	if (slot < 0)
		return;
	if (width)
		c->layout[slot].width = width;
	else
		drop(c, slot);
}

void cw_columns_list(FILE *to)
{
	int i;

	fprintf(to, "%-18s %-20s %s\n", "COLUMN", "IN JSON", "WHAT IT IS");
	for (i = 0; i < CW_COLS; i++)
		fprintf(to, "%-18s %-20s %s\n", rows[i].name,
			*key_of(&rows[i]) ? key_of(&rows[i]) : "-",
			rows[i].about);
}
