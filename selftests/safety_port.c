// SPDX-License-Identifier: GPL-2.0
/*
 * The port of a netlink socket outlives neither its socket nor its listener: the
 * release of a socket leaves its port first, to whoever binds it, and tells the
 * module last. A reader of the table of netlink sockets that meets a page fault
 * keeps it in between, as it does any other that is closed meanwhile on this host.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/userfaultfd.h>
#include <netlink/socket.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "events.h"
#include "flavours.h"
#include "netns.h"
#include "wait.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

#define PAGE 4096

/* Keeps sockets that are released from going on to the notifier */
struct holder {
	int socket, faults;
	void *page;
	pthread_t thread;
};

/* What fails stays open, because to close it waits for a holder */
static int bind_port(uint32_t port)
{
	struct sockaddr_nl at = { .nl_family = AF_NETLINK, .nl_pid = port };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);

	return fd >= 0 && !bind(fd, (struct sockaddr *)&at, sizeof(at)) ? fd : -1;
}

/* The kernel writes to the page with the table in use */
static void *list_memberships(void *arg)
{
	struct holder *h = arg;
	socklen_t len = PAGE;

	getsockopt(h->socket, SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, h->page, &len);
	return NULL;
}

static int hold_open(struct holder *h)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	int group = GENL_ID_CTRL;

	h->socket = bind_port(0);
	h->page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (h->socket < 0 || h->page == MAP_FAILED)
		return -1;
	range.range.start = (uintptr_t)h->page;
	range.range.len = PAGE;
	/* One in no group has nothing to list */
	return setsockopt(h->socket, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
			  sizeof(group)) ||
	       ioctl(h->faults, UFFDIO_API, &api) ||
	       ioctl(h->faults, UFFDIO_REGISTER, &range) ? -1 : 0;
}

static bool hold_begin(struct holder *h)
{
	struct uffd_msg fault;

	return !pthread_create(&h->thread, NULL, list_memberships, h) &&
	       WAIT_FOR(read(h->faults, &fault, sizeof(fault)) == sizeof(fault));
}

static int hold_end(struct holder *h)
{
	struct uffdio_zeropage fill = {
		.range = { .start = (uintptr_t)h->page, .len = PAGE },
	};

	return ioctl(h->faults, UFFDIO_ZEROPAGE, &fill) ||
	       pthread_join(h->thread, NULL) ? -1 : 0;
}

static void hold_close(struct holder *h)
{
	munmap(h->page, PAGE);
	close(h->faults);
	close(h->socket);
}

static void *close_descriptor(void *fd)
{
	close(*(int *)fd);
	return NULL;
}

FIXTURE(port) {
	struct holder hold;
};

FIXTURE_SETUP(port)
{
	ASSERT_EQ(0, netns_enter());
	self->hold.faults = syscall(__NR_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (self->hold.faults < 0 && errno != EPERM)
		SKIP(return, "needs CONFIG_USERFAULTFD");
	ASSERT_LE(0, self->hold.faults);
	ASSERT_EQ(0, hold_open(&self->hold));
}

FIXTURE_TEARDOWN(port)
{
	hold_close(&self->hold);
}

/* Binding is no way to ask, see there */
static bool is_free(uint32_t port)
{
	FILE *f = fopen("/proc/thread-self/net/netlink", "re");
	bool found = !f;
	unsigned int protocol, bound;
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		found |= sscanf(line, "%*s %u %u", &protocol, &bound) == 2 &&
			 protocol == NETLINK_GENERIC && bound == port;
	if (f)
		fclose(f);
	return !found;
}

/* Events are for whoever asked, not for who has the port of one that goes */
TEST_F(port, of_a_listener_that_goes_gets_no_events)
{
	struct events going, other;
	pthread_t closer;
	char event[PAGE];
	uint32_t port;
	int fd, thief;

	ASSERT_EQ(0, events_open(&going));
	ASSERT_EQ(0, events_open(&other));
	ASSERT_EQ(0, events_subscribe(&going, NULL, NULL));
	ASSERT_EQ(0, events_subscribe(&other, NULL, NULL));
	port = nl_socket_get_local_port(going.sk);
	fd = nl_socket_get_fd(going.sk);
	ASSERT_TRUE(hold_begin(&self->hold));
	ASSERT_EQ(0, pthread_create(&closer, NULL, close_descriptor, &fd));
	ASSERT_TRUE(WAIT_FOR(is_free(port)));
	thief = bind_port(port);
	ASSERT_LE(0, thief);
	ASSERT_EQ(0, pair_once());
	/* The module has served the older listener before this one */
	EXPECT_NE(NULL, events_await(&other, TYPE(CLOSE), 0));
	EXPECT_EQ(-1, recv(thief, event, sizeof(event), MSG_DONTWAIT));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_EQ(0, hold_end(&self->hold));
	EXPECT_EQ(0, pthread_join(closer, NULL));
	close(thief);
	events_close(&other);
}

/* A socket that goes takes no listener along that has its port by now */
TEST_F(port, of_a_socket_that_goes_can_listen)
{
	int going = bind_port(0);
	struct sockaddr_nl at;
	socklen_t len = sizeof(at);
	struct events next;
	pthread_t closer;

	ASSERT_LE(0, going);
	ASSERT_EQ(0, getsockname(going, (struct sockaddr *)&at, &len));
	ASSERT_TRUE(hold_begin(&self->hold));
	ASSERT_EQ(0, pthread_create(&closer, NULL, close_descriptor, &going));
	ASSERT_TRUE(WAIT_FOR(is_free(at.nl_pid)));
	ASSERT_EQ(0, events_open_at(&next, at.nl_pid));
	ASSERT_EQ(0, events_subscribe(&next, NULL, NULL));
	EXPECT_EQ(0, hold_end(&self->hold));
	EXPECT_EQ(0, pthread_join(closer, NULL));
	ASSERT_EQ(0, pair_once());
	EXPECT_NE(NULL, events_await(&next, TYPE(CLOSE), 0));
	events_close(&next);
}

TEST_HARNESS_MAIN
