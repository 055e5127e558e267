// SPDX-License-Identifier: GPL-2.0
#include "side.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>

#include "words.h"

static const char * const end_names[] = { "client", "server" };

void disagree(const struct side *s, const char *format, ...)
{
	va_list args;

	printf("# wrong: %" PRIu64 " %s: ", s->h->script->index,
	       end_names[s->end]);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	s->h->disagreements++;
}

const struct event *side_event(const struct side *s, unsigned int type,
			       size_t nth)
{
	const struct events *e = s->h->events[s->end];
	uint16_t ours = port_of(s->end, s->h->script->index);
	uint16_t theirs = port_of(!s->end, s->h->script->index);

	for (size_t i = 0; i < e->n; i++) {
		const struct event *ev = &e->list[i];

		if (EVENT_NUM(ev, TYPE) == type &&
		    EVENT_NUM(ev, LOCAL_PORT) == ours &&
		    EVENT_NUM(ev, REMOTE_PORT) == theirs && !nth--)
			return ev;
	}
	return NULL;
}

size_t side_events(const struct side *s, unsigned int type)
{
	size_t n = 0;

	while (side_event(s, type, n))
		n++;
	return n;
}

bool is_fin_path(unsigned int path)
{
	return path == PATH(FIN) || path == PATH(FIN_BEHIND_DATA) ||
	       path == PATH(FIN_ON_SENT_DATA) || path == PATH(FIN_LOST);
}

bool is_rst_path(unsigned int path)
{
	return path == PATH(RST_UNREAD) || path == PATH(RST_LINGER0) ||
	       path == PATH(RST_LINGER2) || path == PATH(RST_MEMORY);
}

bool shut_for_writing(const struct side *s)
{
	for (unsigned int i = 0; i < s->record->shuts; i++) {
		const struct shut *t = &s->record->shut[i];

		if (t->how != SHUT_RD && !t->error)
			return true;
	}
	return false;
}

int64_t deaf_from(const struct side *s)
{
	for (unsigned int i = 0; i < s->record->shuts; i++) {
		const struct shut *t = &s->record->shut[i];

		if (t->how != SHUT_WR && !t->error)
			return t->span.from;
	}
	return s->record->close.from;
}

const struct seen *fin_told(const struct side *s)
{
	const struct view *v = s->view;
	const struct seen *fin = view_first(v, seen_fin_in, 0, INT64_MAX);

	for (size_t i = 0; fin && i < v->n; i++) {
		const struct seen *p = &v->p[i];

		if (p->out && p->has_ack && p->time >= fin->time &&
		    (int32_t)(p->ack - fin->end) >= 0)
			return p;
	}
	return NULL;
}

bool fin_acked(const struct side *s, int64_t time)
{
	const struct seen *p = view_at(s->view, time);

	return p && p->acked == s->record->written + 1;
}

static void event_print(const struct event *ev, int64_t origin)
{
	printf("#     %10.3f %s", (time_of(ev) - origin) / 1e6,
	       word_event_type(EVENT_NUM(ev, TYPE)));
	if (EVENT_HAS(ev, HOW))
		printf(" how %" PRIu64, EVENT_NUM(ev, HOW));
	if (EVENT_HAS(ev, PATH))
		printf(" path %s", word_path(EVENT_NUM(ev, PATH)));
	if (EVENT_HAS(ev, FATE))
		printf(" fate %s verdict %" PRIu64 " lost %" PRIu64
		       " first %" PRIu64, word_fate(EVENT_NUM(ev, FATE)),
		       EVENT_NUM(ev, VERDICT), EVENT_NUM(ev, LOST_BYTES),
		       EVENT_NUM(ev, CLOSED_FIRST));
	if (EVENT_HAS(ev, RESET_KIND))
		printf(" kind %" PRIu64, EVENT_NUM(ev, RESET_KIND));
	printf(" state %" PRIu64, EVENT_NUM(ev, STATE));
	if (EVENT_HAS(ev, UNREAD))
		printf(" unread %" PRIu64 " unsent %" PRIu64 " unacked %" PRIu64
		       " acked %" PRIu64, EVENT_NUM(ev, UNREAD),
		       EVENT_NUM(ev, UNSENT), EVENT_NUM(ev, UNACKED),
		       EVENT_NUM(ev, ACKED));
	if (EVENT_HAS(ev, LINGER_OUTCOME))
		printf(" linger outcome %" PRIu64,
		       EVENT_NUM(ev, LINGER_OUTCOME));
	printf("\n");
}

void side_print(const struct side *s, int64_t origin)
{
	const struct end_record *r = s->record;

	printf("#   %s: wrote %" PRIu64 ", read %" PRIu64 ", cookie %" PRIu64
	       "\n#     %s by %d from %.3f to %.3f\n", end_names[s->end],
	       r->written, r->got, r->cookie, manner_name(r->manner),
	       r->closer, (r->close.from - origin) / 1e6,
	       (r->close.to - origin) / 1e6);
	for (unsigned int i = 0; i < r->shuts; i++)
		printf("#     shutdown %d from %.3f to %.3f, errno %d\n",
		       r->shut[i].how, (r->shut[i].span.from - origin) / 1e6,
		       (r->shut[i].span.to - origin) / 1e6, r->shut[i].error);
	if (r->destroy.from)
		printf("#     destroyed from %.3f to %.3f, errno %d\n",
		       (r->destroy.from - origin) / 1e6,
		       (r->destroy.to - origin) / 1e6, r->destroy_error);
	view_print(s->view, origin);
	for (unsigned int type = 0; type <= CLOSEWATCH_EVENT_TYPE_MAX; type++) {
		const struct event *ev;

		for (size_t i = 0; (ev = side_event(s, type, i)); i++)
			event_print(ev, origin);
	}
}

/* The event that tells of the FIN, and the span of the call that queued it */
static void side_finisher(struct side *s)
{
	const struct event *ev;

	for (unsigned int i = 0; i < s->record->shuts; i++) {
		ev = side_event(s, TYPE(SHUTDOWN), i);
		if (queued_fin(ev) && !s->finisher) {
			s->finisher = ev;
			s->finish = s->record->shut[i].span;
		}
	}
	if (!s->finisher && queued_fin(s->close)) {
		s->finisher = s->close;
		s->finish = s->record->close;
	}
}

void side_make(struct side *s, struct hearing *h, unsigned int end)
{
	*s = (struct side){
		.h = h, .end = end,
		.options = &h->script->end[end],
		.record = &h->record->end[end],
		.view = &h->view[end],
	};
	s->close = side_event(s, TYPE(CLOSE), 0);
	s->fate = side_event(s, TYPE(FATE), 0);
	side_finisher(s);
}
