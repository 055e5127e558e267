// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "netlink/diag.h"
#include "netlink/trial.h"

#define LIMIT_S		2	/* of a wait for what loopback does at once */
#define LONG_S		100	/* beyond 60, FIN_WAIT2 keeps a full socket */
#define CLOSED_PORT	1

enum { CLIENT, SERVER, ENDS };

static bool loopback_up(void)
{
	struct ifreq ifr = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool up = fd >= 0 && !ioctl(fd, SIOCGIFFLAGS, &ifr);

	ifr.ifr_flags |= IFF_UP;
	up = up && !ioctl(fd, SIOCSIFFLAGS, &ifr);
	if (fd >= 0)
		close(fd);
	return up;
}

/* No call on it waits for ever. */
static int tcp_socket(int family)
{
	static const struct timeval limit = { .tv_sec = LIMIT_S };
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);

	if (fd >= 0) {
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	}
	return fd;
}

static int listener_open(struct sockaddr_in *at)
{
	socklen_t len = sizeof(*at);
	int fd = tcp_socket(AF_INET);

	*at = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	if (fd >= 0 && (bind(fd, (struct sockaddr *)at, len) || listen(fd, 1) ||
			getsockname(fd, (struct sockaddr *)at, &len))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static bool connect_to(int fd, const struct sockaddr_in *at)
{
	return fd >= 0 && !connect(fd, (const struct sockaddr *)at, sizeof(*at));
}

static bool pair_open(int end[ENDS])
{
	struct sockaddr_in at;
	int listener = listener_open(&at);

	end[CLIENT] = tcp_socket(AF_INET);
	end[SERVER] = -1;
	if (listener >= 0 && connect_to(end[CLIENT], &at))
		end[SERVER] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (listener >= 0)
		close(listener);
	return end[SERVER] >= 0;
}

static void end_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void end_reset(int *fd)
{
	static const struct linger now = { .l_onoff = 1 };

	setsockopt(*fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	end_close(fd);
}

static bool await(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	errno = ETIMEDOUT;
	return poll(&p, 1, LIMIT_S * 1000) == 1;
}

/* The peer may take 40 ms to acknowledge a FIN. */
static bool await_state(int fd, uint8_t state)
{
	struct tcp_info info = { .tcpi_state = 0 };
	socklen_t len = sizeof(info);
	int i;

	for (i = 0; i < LIMIT_S * 1000; i++) {
		if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len))
			return false;
		if (info.tcpi_state == state)
			return true;
		poll(NULL, 0, 1);
	}
	errno = ETIMEDOUT;
	return false;
}

static bool act_shutdown(int end[ENDS])
{
	return !shutdown(end[CLIENT], SHUT_WR) &&
	       send(end[CLIENT], "", 1, MSG_NOSIGNAL) < 0 && errno == EPIPE;
}

static bool act_minisock(int end[ENDS])
{
	if (shutdown(end[CLIENT], SHUT_WR) ||
	    !await_state(end[CLIENT], TCP_FIN_WAIT2))
		return false;
	end_close(&end[CLIENT]);
	end_reset(&end[SERVER]);
	return true;
}

static bool act_orphan(int end[ENDS])
{
	static const int seconds = LONG_S;

	if (setsockopt(end[CLIENT], IPPROTO_TCP, TCP_LINGER2, &seconds,
		       sizeof(seconds)))
		return false;
	end_close(&end[CLIENT]);
	return true;
}

static bool act_reset(int end[ENDS])
{
	end_reset(&end[SERVER]);
	return await(end[CLIENT], POLLHUP);
}

static bool act_listener(int end[ENDS])
{
	struct sockaddr_in at;
	int listener = listener_open(&at);
	bool ok;

	end_close(&end[CLIENT]);
	end[CLIENT] = tcp_socket(AF_INET);
	ok = listener >= 0 && connect_to(end[CLIENT], &at) &&
	     await(listener, POLLIN);
	end_close(&listener);
	return ok;
}

static bool act_disconnect(int end[ENDS])
{
	static const struct sockaddr_in none = { .sin_family = AF_UNSPEC };

	return connect_to(end[CLIENT], &none);
}

static bool act_abort(int end[ENDS])
{
	struct sockaddr_in local, remote;
	socklen_t len = sizeof(local);
	struct cw_ends ends = { .local.len = 4, .remote.len = 4 };

	if (getsockname(end[CLIENT], (struct sockaddr *)&local, &len) ||
	    getpeername(end[CLIENT], (struct sockaddr *)&remote, &len))
		return false;
	memcpy(ends.local.b, &local.sin_addr, 4);
	memcpy(ends.remote.b, &remote.sin_addr, 4);
	ends.local_port = ntohs(local.sin_port);
	ends.remote_port = ntohs(remote.sin_port);
	errno = -cw_diag_destroy(&ends);
	return !errno;
}

static bool act_refused(int end[ENDS])
{
	const struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(CLOSED_PORT),
	};

	end_close(&end[CLIENT]);
	end[CLIENT] = tcp_socket(AF_INET);
	return !connect_to(end[CLIENT], &at) && errno == ECONNREFUSED;
}

static bool act_refused6(int end[ENDS])
{
	const struct sockaddr_in6 at = {
		.sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT,
		.sin6_port = htons(CLOSED_PORT),
	};

	end_close(&end[CLIENT]);
	end[CLIENT] = tcp_socket(AF_INET6);
	return end[CLIENT] >= 0 &&
	       connect(end[CLIENT], (const struct sockaddr *)&at, sizeof(at)) &&
	       errno == ECONNREFUSED;
}

/* 0 or an errno. */
static int run_act(bool (*act)(int end[ENDS]))
{
	int end[ENDS], err = 0;

	errno = 0;
	if (!pair_open(end) || !act(end))
		err = errno ? errno : EPROTO;
	end_close(&end[CLIENT]);
	end_close(&end[SERVER]);
	return err;
}

int cw_trial_enter(void)
{
	return unshare(CLONE_NEWNET) || !loopback_up() ? -errno : 0;
}

void cw_trial_run(int errors[CW_TRIAL_ACTS])
{
	static bool (*const acts[CW_TRIAL_ACTS])(int end[ENDS]) = {
		[CW_TRIAL_SHUTDOWN] = act_shutdown,
		[CW_TRIAL_MINISOCK] = act_minisock,
		[CW_TRIAL_ORPHAN] = act_orphan,
		[CW_TRIAL_RESET] = act_reset,
		[CW_TRIAL_LISTENER] = act_listener,
		[CW_TRIAL_DISCONNECT] = act_disconnect,
		[CW_TRIAL_ABORT] = act_abort,
		[CW_TRIAL_REFUSED] = act_refused,
		[CW_TRIAL_REFUSED6] = act_refused6,
	};
	int i;

	for (i = 0; i < CW_TRIAL_ACTS; i++)
		errors[i] = run_act(acts[i]);
}
