// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "output/out.h"

#define GRACE_MS	10000	/* in all, for a reader that is slow */
#define STALLED_MS	1000	/* at a time, as one that is stuck takes nothing */

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int poll_in_grace(struct cw_out *out, struct pollfd *p)
{
	int64_t begin = now_ms();
	int n = poll(p, 1, out->grace_ms < STALLED_MS ? out->grace_ms :
							STALLED_MS);
	int64_t left = out->grace_ms - (now_ms() - begin);

	out->grace_ms = left > 0 ? left : 0;
	return n;
}

/* 0 when there is room, or the negative errno that ends the output. */
static int wait_room(struct cw_out *out)
{
	struct pollfd p[1 + CW_OUT_STOPS] = {
		{ .fd = out->fd, .events = POLLOUT },
		{ .fd = out->stop[0], .events = POLLIN },
		{ .fd = out->stop[1], .events = POLLIN },
	};
	bool stopping = false;

	for (;;) {
		int n = stopping ? poll_in_grace(out, p) :
				   poll(p, 1 + CW_OUT_STOPS, -1);

		if (n < 0 && errno != EINTR)
			return -errno;
		/* Of a terminal that is gone, write() would say EIO. */
		if (n > 0 && p[0].revents)
			return p[0].revents & (POLLERR | POLLHUP) ? -EPIPE : 0;
		if (!n)
			return -ETIMEDOUT;
		stopping = n > 0;
	}
}

/*
 * stdio expects 0 for an error. Room means that PIPE_BUF bytes go in without
 * waiting, so no more are written at once, unless it is to a file.
 */
static ssize_t out_write(void *cookie, const char *buf, size_t size)
{
	struct cw_out *out = cookie;
	size_t done = 0;

	while (!out->error && done < size) {
		size_t n = size - done;
		ssize_t ret;

		if (!out->regular) {
			out->error = -wait_room(out);
			if (out->error)
				break;
			if (n > PIPE_BUF)
				n = PIPE_BUF;
		}
		ret = write(out->fd, buf + done, n);
		if (ret >= 0) {
			done += ret;
			out->written += ret;
		} else if (errno != EINTR && errno != EAGAIN) {
			out->error = errno;
		}
	}
	return out->error ? 0 : (ssize_t)size;
}

int cw_out_open(struct cw_out *out, int fd, struct cw_fail *fail)
{
	const cookie_io_functions_t io = { .write = out_write };
	struct stat st;

	*out = (struct cw_out){
		.fd = fd, .stop = { -1, -1 }, .grace_ms = GRACE_MS,
	};
	out->regular = !fstat(fd, &st) && S_ISREG(st.st_mode);
	out->file = fopencookie(out, "w", io);
	if (!out->file || setvbuf(out->file, NULL, _IOLBF, BUFSIZ))
		return cw_fail(fail, NULL, "out of memory");
	return CW_OK;
}

void cw_out_gather(struct cw_out *out)
{
	setvbuf(out->file, out->gathered, _IOFBF, sizeof(out->gathered));
}

bool cw_out_color(int fd)
{
	const char *no_color = getenv("NO_COLOR");

	return isatty(fd) && !(no_color && *no_color);
}

int cw_out_close(struct cw_out *out, struct cw_fail *fail)
{
	if (out->file)
		fclose(out->file);
	out->file = NULL;
	if (!out->error || out->error == EPIPE)
		return CW_OK;
	if (out->error == ETIMEDOUT)
		return cw_fail(fail, NULL,
			       "the reader of the output had stopped reading or is too slow: the last records are missing");
	return cw_fail(fail, NULL, "cannot write the output: %s",
		       strerror(out->error));
}
