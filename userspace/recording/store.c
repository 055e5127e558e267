// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "recording/files.h"
#include "recording/store.h"

#define NSEC_PER_SEC	1000000000ULL
#define PENDING_MAX	(1024 << 10)
#define HEADER_MAX	1024

struct cw_store {
	struct cw_store_options opt;
	FILE *out;
	int dir;
	int fd;			/* -1: a file is to be begun */
	struct cw_file_name file;
	char name[PATH_MAX];
	uint64_t begun;		/* CLOCK_MONOTONIC */
	uint64_t size;		/* of the whole lines in it */
	uint64_t head;		/* of them, the first one */
	int error;
	uint64_t dropped;
	bool skipping;		/* the rest of a line of which there is no room */
	size_t used;
	char pending[PENDING_MAX];
};

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

/* --- files --- */

/* What a failed write has left behind the last whole line goes. */
static int end_file(struct cw_store *s)
{
	int err = ftruncate(s->fd, s->size) || fsync(s->fd) ? errno : 0;

	close(s->fd);
	s->fd = -1;
	return err;
}

static uint64_t size_of(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) ? 0 : st.st_size;
}

/* Makes room for one file more. The last of those that are there is in @s->file. */
static int remove_oldest(struct cw_store *s)
{
	struct dirent **list;
	uint64_t sum = s->opt.max_size;
	int n = cw_files_list(s->dir, &list), i, err = 0;

	if (n < 0)
		return errno;
	for (i = 0; i < n; i++)
		sum += size_of(s->dir, list[i]->d_name);
	for (i = 0; i < n && sum > s->opt.keep && !err; i++) {
		sum -= size_of(s->dir, list[i]->d_name);
		if (unlinkat(s->dir, list[i]->d_name, 0) && errno != ENOENT)
			err = errno;
	}
	if (n)
		cw_file_name_read(list[n - 1]->d_name, &s->file);
	cw_files_free(list, n);
	return err;
}

/* Behind all that are there, also if the clock was set back. */
static void next_name(struct cw_store *s)
{
	struct cw_file_name name = { .begin = time(NULL) };
	char text[CW_FILE_NAME_MAX];

	if (name.begin <= s->file.begin)
		name = (struct cw_file_name){ s->file.begin, s->file.n + 1 };
	s->file = name;
	cw_file_name_write(&name, text, sizeof(text));
	snprintf(s->name, sizeof(s->name), "%s/%s", s->opt.path, text);
}

static int write_head(struct cw_store *s)
{
	char head[HEADER_MAX] = "";
	FILE *f = fmemopen(head, sizeof(head), "w");
	size_t len;
	ssize_t n;

	if (!f)
		return errno;
	s->opt.begin(s->opt.arg, f);
	fclose(f);
	len = strlen(head);
	n = pwrite(s->fd, head, len, 0);
	if (n < 0)
		return errno;
	if ((size_t)n < len)
		return ENOSPC;
	s->head = len;
	s->size = len;
	return 0;
}

static int begin_file(struct cw_store *s)
{
	int err = remove_oldest(s);

	if (err)
		return err;
	next_name(s);
	s->fd = openat(s->dir, strrchr(s->name, '/') + 1,
		       O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->fd < 0)
		return errno;
	s->begun = now();
	err = write_head(s);
	if (!err)
		return 0;
	/* A file that holds nothing is none. */
	close(s->fd);
	s->fd = -1;
	unlinkat(s->dir, strrchr(s->name, '/') + 1, 0);
	return err;
}

static bool is_old(const struct cw_store *s)
{
	return s->size > s->head && now() - s->begun >= s->opt.max_age;
}

/* --- lines --- */

/* The bytes of whole lines among the first @len of @text. */
static size_t whole_lines(const char *text, size_t len)
{
	const char *end = memrchr(text, '\n', len);

	return end ? end + 1 - text : 0;
}

static uint64_t count_lines(const char *text, size_t len)
{
	const char *end = text + len;
	uint64_t n = 0;

	while ((text = memchr(text, '\n', end - text))) {
		text++;
		n++;
	}
	return n;
}

/* How much of what waits fits into the file; one line does in any case. */
static size_t fitting(const struct cw_store *s)
{
	size_t len = whole_lines(s->pending, s->used), room = 0, n;
	const char *end = memchr(s->pending, '\n', s->used);

	if (s->size < s->opt.max_size)
		room = s->opt.max_size - s->size;
	n = len <= room ? len : whole_lines(s->pending, room);
	if (!n && len && s->size == s->head)
		n = end + 1 - s->pending;
	return n;
}

/* Where a write fails, what is not a whole line is written over by the next. */
static int write_lines(struct cw_store *s, size_t len)
{
	size_t done = 0;
	ssize_t n = 1;

	while (done < len && n > 0) {
		n = pwrite(s->fd, s->pending + done, len - done, s->size + done);
		if (n > 0)
			done += n;
	}
	done = whole_lines(s->pending, done);
	s->size += done;
	s->used -= done;
	memmove(s->pending, s->pending + done, s->used);
	if (n < 0)
		return errno == EINTR ? 0 : errno;
	return n ? 0 : ENOSPC;
}

static int write_pending(struct cw_store *s)
{
	int err = 0;
	size_t n;

	while (!err && whole_lines(s->pending, s->used)) {
		n = s->fd < 0 || is_old(s) ? 0 : fitting(s);
		if (n)
			err = write_lines(s, n);
		else if (s->fd >= 0)
			err = end_file(s);
		else
			err = begin_file(s);
	}
	return err;
}

/* A piece of one line, which ends if @end. */
static void take_piece(struct cw_store *s, const char *piece, size_t len, bool end)
{
	bool room = len <= sizeof(s->pending) - s->used;

	if (!s->skipping && room) {
		memcpy(s->pending + s->used, piece, len);
		s->used += len;
		return;
	}
	if (!s->skipping)
		s->used = whole_lines(s->pending, s->used);
	s->skipping = !end;
	s->dropped += end;
}

/* stdio expects 0 for an error, of which there is none. */
static ssize_t take(void *cookie, const char *buf, size_t size)
{
	struct cw_store *s = cookie;
	size_t left = size, n;

	while (left) {
		const char *end = memchr(buf, '\n', left);

		n = end ? (size_t)(end + 1 - buf) : left;
		take_piece(s, buf, n, end);
		buf += n;
		left -= n;
	}
	s->error = write_pending(s);
	return size;
}

/* --- the store --- */

/* One recorder a folder: two would remove each other's files. */
static int open_folder(struct cw_store *s, struct cw_fail *fail)
{
	const char *path = s->opt.path;

	if (mkdir(path, 0700) && errno != EEXIST)
		return cw_fail(fail, NULL, "cannot make the folder %s: %s", path,
			       strerror(errno));
	s->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dir < 0)
		return cw_fail(fail, NULL, "cannot open the folder %s: %s", path,
			       strerror(errno));
	if (flock(s->dir, LOCK_EX | LOCK_NB))
		return cw_fail(fail, NULL, "another closewatch records into %s",
			       path);
	return CW_OK;
}

static int begin(struct cw_store *s, struct cw_fail *fail)
{
	const cookie_io_functions_t io = { .write = take };
	int ret = open_folder(s, fail), err;

	if (ret)
		return ret;
	err = begin_file(s);
	if (err)
		return cw_fail(fail, NULL, "cannot write into %s: %s", s->opt.path,
			       strerror(err));
	s->out = fopencookie(s, "w", io);
	if (!s->out || setvbuf(s->out, NULL, _IOFBF, 64 << 10))
		return cw_fail(fail, NULL, "out of memory");
	return CW_OK;
}

int cw_store_open(struct cw_store **store, const struct cw_store_options *opt,
		  struct cw_fail *fail)
{
	struct cw_store *s = calloc(1, sizeof(*s));
	int ret;

	if (!s)
		return cw_fail(fail, NULL, "out of memory");
	s->opt = *opt;
	s->dir = -1;
	s->fd = -1;
	ret = begin(s, fail);
	if (ret) {
		cw_store_close(s);
		s = NULL;
	}
	*store = s;
	return ret;
}

FILE *cw_store_out(struct cw_store *s)
{
	return s->out;
}

void cw_store_retry(struct cw_store *s)
{
	if (s->error)
		s->error = write_pending(s);
}

int cw_store_error(const struct cw_store *s)
{
	return s->error;
}

uint64_t cw_store_dropped(struct cw_store *s)
{
	uint64_t n = s->dropped;

	s->dropped = 0;
	return n;
}

const char *cw_store_name(const struct cw_store *s)
{
	return s->name;
}

uint64_t cw_store_close(struct cw_store *s)
{
	uint64_t lost;

	if (!s)
		return 0;
	cw_store_retry(s);
	lost = s->dropped + count_lines(s->pending, s->used);
	if (s->fd >= 0)
		end_file(s);
	if (s->dir >= 0)
		close(s->dir);
	free(s);
	return lost;
}
