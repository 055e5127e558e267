// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <linux/closewatch.h>

#include "recording/files.h"
#include "recording/match_event.h"
#include "recording/replay.h"

#define NSEC_PER_SEC	1000000000ULL
/*
 * By which a file's name and the times in it may differ: a recorder that waits for a
 * disk is late, and clocks are set.
 */
#define SLACK		(600 * NSEC_PER_SEC)
#define COMPLAINTS	10

struct reading {
	struct cw_replay *replay;
	struct cw_recorded_reader *reader;
	const char *name;	/* of the file */
	uint64_t line;
	bool end;		/* there are enough events */
	bool any;		/* a line of a recording was read */
	bool all;		/* of the file; true without a header */
	uint64_t here, boot;
};

static void complain(struct reading *rd, const char *what)
{
	struct cw_replay *r = rd->replay;

	if (++r->bad <= COMPLAINTS)
		fprintf(r->complaints, "closewatch: %s:%" PRIu64 ": skipped: %s\n",
			rd->name, rd->line, what);
	if (r->bad == COMPLAINTS)
		fprintf(r->complaints,
			"closewatch: further bad lines are only counted\n");
}

static bool in_span(const struct cw_replay *r, const struct cw_msg_event *ev)
{
	return !cw_event_has(ev, TIME) ||
	       (ev->time >= r->span.since && ev->time < r->span.until);
}

static void take_event(struct reading *rd, const struct cw_recorded *rec)
{
	struct cw_replay *r = rd->replay;
	const struct cw_msg_event *ev = &rec->ev;

	if (cw_event_has(ev, TIME) && (!r->begin || ev->time < r->begin))
		r->begin = ev->time;
	if (!in_span(r, ev) || !cw_filter_event(r->filter, ev))
		return;
	if (cw_event_has(ev, TIME)) {
		if (!r->first || ev->time < r->first)
			r->first = ev->time;
		if (ev->time > r->last)
			r->last = ev->time;
	}
	rd->end = !r->fn(r->arg, rec);
}

/* @len may count a newline; the last line of a file that is torn has none. */
static void take_line(struct reading *rd, const char *line, size_t len)
{
	bool whole = len && line[len - 1] == '\n';
	enum cw_recorded_kind kind;
	struct cw_recorded rec;

	rd->line++;
	kind = cw_recorded_read(rd->reader, line, len - whole, &rec);
	rd->any |= kind != CW_RECORDED_BAD;
	switch (kind) {
	case CW_RECORDED_EVENT:
		rec.all = rd->all;
		rec.boot = rd->boot;
		rec.told.here = rd->here;
		take_event(rd, &rec);
		break;
	case CW_RECORDED_HEADER:
		rd->all = rec.all;
		rd->boot = rec.boot;
		rd->here = rec.told.here;
		rd->replay->partial |= !rec.all;
		break;
	case CW_RECORDED_OTHER:
		rd->replay->other++;
		break;
	case CW_RECORDED_BAD:
		complain(rd, whole ? cw_recorded_why(rd->reader) :
				     "the file ends in the middle of this record");
		break;
	}
}

static int read_stream(struct reading *rd, FILE *f, struct cw_fail *fail)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	int err;

	rd->line = 0;
	rd->all = true;
	rd->here = 0;
	rd->boot = 0;
	errno = 0;
	while (!rd->end && (n = getline(&line, &room, f)) > 0) {
		take_line(rd, line, n);
		errno = 0;
	}
	err = rd->end || feof(f) ? 0 : errno;
	free(line);
	return err ? cw_fail(fail, NULL, "reading %s: %s", rd->name,
			     strerror(err)) : CW_OK;
}

static int fail_open(const char *name, struct cw_fail *fail)
{
	return cw_fail(fail, NULL, "cannot read %s: %s", name, strerror(errno));
}

static int read_file(struct reading *rd, int dir, const char *file,
		     struct cw_fail *fail)
{
	int fd = openat(dir, file, O_RDONLY | O_CLOEXEC), ret;
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");

	/* The recorder may have removed it meanwhile, as its oldest. */
	if (!f && errno == ENOENT && dir != AT_FDCWD)
		return CW_OK;
	if (!f)
		return fail_open(rd->name, fail);
	ret = read_stream(rd, f, fail);
	fclose(f);
	return ret;
}

static uint64_t begin_of(const struct dirent *d)
{
	struct cw_file_name name;

	cw_file_name_read(d->d_name, &name);
	return name.begin * NSEC_PER_SEC;
}

/* Could there be an event of the span in a file? @next is NULL for the last. */
static bool may_hold(const struct cw_span *span, const struct dirent *file,
		     const struct dirent *next)
{
	if (next && begin_of(next) + SLACK < span->since)
		return false;
	return begin_of(file) < SLACK || begin_of(file) - SLACK < span->until;
}

static int read_list(struct reading *rd, int dir, struct dirent **list, int n,
		     struct cw_fail *fail)
{
	char name[PATH_MAX];
	int i, ret = CW_OK;

	rd->name = name;
	rd->replay->begin = begin_of(list[0]);
	for (i = 0; i < n && !ret && !rd->end; i++) {
		if (!may_hold(&rd->replay->span, list[i],
			      i + 1 < n ? list[i + 1] : NULL))
			continue;
		snprintf(name, sizeof(name), "%s/%s", rd->replay->path,
			 list[i]->d_name);
		ret = read_file(rd, dir, list[i]->d_name, fail);
	}
	rd->name = rd->replay->path;
	return ret;
}

static int fail_none(const char *path, struct cw_fail *fail)
{
	return cw_fail(fail, "closewatch record DIR makes one",
		       "%s holds no recording", path);
}

static int read_folder(struct reading *rd, struct cw_fail *fail)
{
	const char *path = rd->replay->path;
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), n, ret;
	struct dirent **list;

	n = dir < 0 ? -1 : cw_files_list(dir, &list);
	if (n < 0) {
		ret = fail_open(path, fail);
	} else {
		ret = n ? read_list(rd, dir, list, n, fail) :
			  fail_none(path, fail);
		cw_files_free(list, n);
	}
	if (dir >= 0)
		close(dir);
	return ret;
}

int cw_replay(struct cw_replay *r, struct cw_fail *fail)
{
	struct reading rd = { .replay = r, .name = r->path };
	struct stat st;
	int ret;

	rd.reader = cw_recorded_reader_new();
	if (!rd.reader)
		return cw_fail(fail, NULL, "out of memory");
	if (!strcmp(r->path, "-")) {
		rd.name = "standard input";
		ret = read_stream(&rd, stdin, fail);
	} else if (!stat(r->path, &st) && S_ISDIR(st.st_mode)) {
		ret = read_folder(&rd, fail);
	} else {
		ret = read_file(&rd, AT_FDCWD, r->path, fail);
	}
	cw_recorded_reader_free(rd.reader);
	/* A file that is empty may have been filtered. */
	if (!ret && r->bad && !rd.any)
		ret = fail_none(rd.name, fail);
	return ret;
}

static void say_moment(FILE *to, const char *before, uint64_t ns)
{
	time_t seconds = ns / NSEC_PER_SEC;
	struct tm tm;
	char text[32];

	if (localtime_r(&seconds, &tm) &&
	    strftime(text, sizeof(text), "%F %T", &tm))
		fprintf(to, "%s%s", before, text);
}

/* A time of day is one of several days, and local: where nothing is, which was meant? */
static void say_span(const struct cw_replay *r, FILE *to)
{
	if (r->first || (!r->span.since && r->span.until == UINT64_MAX))
		return;
	fprintf(to, "nothing of that was recorded");
	if (r->span.since)
		say_moment(to, " from ", r->span.since);
	if (r->span.until != UINT64_MAX)
		say_moment(to, " up to ", r->span.until);
	if (r->begin)
		say_moment(to, "; the recording begins ", r->begin);
	fprintf(to, "\n");
}

void cw_replay_say(const struct cw_replay *r, FILE *to)
{
	say_span(r, to);
	if (r->bad)
		fprintf(to, "%" PRIu64 " bad line%s skipped\n", r->bad,
			r->bad == 1 ? "" : "s");
	if (r->other)
		fprintf(to, "%" PRIu64
			" record%s of a kind that is not replayed, such as close-wait\n",
			r->other, r->other == 1 ? "" : "s");
}
