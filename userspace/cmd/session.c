// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <linux/closewatch.h>

#include "base/util.h"
#include "base/wrap.h"
#include "cmd/session.h"

#define NSEC_PER_SEC	1000000000ULL
#define NSEC_PER_MSEC	1000000ULL

static uint64_t read_clock(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

uint64_t cw_session_clock(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

uint64_t cw_session_date(void)
{
	return read_clock(CLOCK_REALTIME);
}

struct cw_msg_event cw_session_lost(uint32_t loss, uint64_t count)
{
	struct cw_msg_event ev = {
		.type = CLOSEWATCH_EVENT_TYPE_LOST, .time = cw_session_date(),
		.loss = loss, .count = count,
		.present = 1ULL << CLOSEWATCH_A_EVENT_TYPE |
			   1ULL << CLOSEWATCH_A_EVENT_TIME |
			   1ULL << CLOSEWATCH_A_EVENT_LOSS,
	};

	if (count)
		ev.present |= 1ULL << CLOSEWATCH_A_EVENT_COUNT;
	return ev;
}

int cw_session_signals(struct cw_session *s)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	s->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s->signal_fd < 0)
		return cw_fail(s->fail, NULL, "signalfd: %s", strerror(errno));
	return CW_OK;
}

int cw_session_end_in(struct cw_session *s, uint64_t ns)
{
	const struct itimerspec when = {
		.it_value.tv_sec = ns / NSEC_PER_SEC,
		.it_value.tv_nsec = ns % NSEC_PER_SEC,
	};

	s->timer_fd = timerfd_create(CLOCK_MONOTONIC,
				     TFD_CLOEXEC | TFD_NONBLOCK);
	if (s->timer_fd < 0 || timerfd_settime(s->timer_fd, 0, &when, NULL))
		return cw_fail(s->fail, NULL, "timerfd: %s", strerror(errno));
	s->out.stop[1] = s->timer_fd;
	return CW_OK;
}

int cw_session_show(struct cw_session *s, const struct cw_view_options *opt)
{
	struct cw_view_options o = *opt;
	int ret = cw_out_open(&s->out, STDOUT_FILENO, s->fail);

	if (ret)
		return ret;
	s->out.stop[0] = s->signal_fd;
	o.out = s->out.file;
	o.width = cw_terminal_width(s->out.fd);
	o.color = s->color == CW_COLOR_ALWAYS ||
		  (s->color == CW_COLOR_AUTO && cw_out_color(s->out.fd));
	s->view = cw_view_new(&o);
	return s->view ? CW_OK : cw_fail(s->fail, NULL, "out of memory");
}

int cw_session_open(struct cw_session *s, const struct cw_view_options *opt,
		    cw_nl_event_fn *fn, void *arg)
{
	int ret = cw_session_show(s, opt);

	if (ret)
		return ret;
	/* The events of a datagram go out together: see cw_session_wait(). */
	if (fn)
		cw_out_gather(&s->out);
	return cw_nl_open(&s->nl, fn, arg, s->fail);
}

int cw_session_close(struct cw_session *s, int ret)
{
	struct cw_fail late;
	int out = cw_out_close(&s->out, ret ? &late : s->fail);

	cw_view_free(s->view);
	cw_nl_close(s->nl);
	if (s->signal_fd >= 0)
		close(s->signal_fd);
	if (s->timer_fd >= 0)
		close(s->timer_fd);
	return ret ? ret : out;
}

unsigned int cw_session_unwritten(const struct cw_session *s)
{
	unsigned int n = 0;

	while (n < CW_SESSION_ENDS && n < s->records &&
	       s->ends[(s->records - 1 - n) % CW_SESSION_ENDS] > s->out.written)
		n++;
	return n;
}

void cw_session_shown(struct cw_session *s, int ret)
{
	s->ends[s->records++ % CW_SESSION_ENDS] = cw_view_size(s->view);
	if (ret && !s->out.error)
		s->out.error = errno ? errno : ENOMEM;
}

/* What was shown is written before the session ends or waits. */
static bool goes_on(struct cw_session *s)
{
	fflush(s->out.file);
	return !s->stop && !s->out.error;
}

/*
 * One datagram a turn, so that a flood of events cannot keep a signal, the
 * end of the time or a vanished reader waiting.
 */
int cw_session_wait(struct cw_session *s, uint64_t end)
{
	bool overrun = false;

	while (goes_on(s)) {
		struct pollfd p[] = {
			{ .fd = s->nl ? cw_nl_fd(s->nl) : -1, .events = POLLIN },
			{ .fd = s->signal_fd, .events = POLLIN },
			{ .fd = s->timer_fd, .events = POLLIN },
			/* No event asked for: reports a pipe without a reader. */
			{ .fd = s->out.fd, .events = 0 },
			{ .fd = s->key_fd, .events = POLLIN },
		};
		uint64_t now = cw_session_clock();
		int ret, ms = -1;

		if (now >= end)
			return CW_OK;
		if (end != UINT64_MAX)
			ms = (end - now + NSEC_PER_MSEC - 1) / NSEC_PER_MSEC;
		if (poll(p, ARRAY_SIZE(p), ms) < 0 && errno != EINTR)
			return cw_fail(s->fail, NULL, "poll: %s",
				       strerror(errno));
		ret = p[0].revents ? cw_nl_receive(s->nl, &overrun, s->fail) :
				     CW_OK;
		if (overrun && s->overrun)
			s->overrun(s->overrun_arg);
		if (ret)
			return ret;
		overrun = false;
		if (p[3].revents && !s->out.error)
			s->out.error = EPIPE;
		s->stop |= p[1].revents || p[2].revents ||
			   p[4].revents & ~POLLIN;
		if (p[4].revents)
			break;
	}
	return CW_OK;
}
