// SPDX-License-Identifier: GPL-2.0
/* What systemd reads from the socket of a service of Type=notify. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "host/service.h"
#include "kselftest_harness.h"

/* The end that systemd has, by a name that is @name with an '@' for the zero. */
static int listen_at(const char *name)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	strcpy(at.sun_path, name);
	if (*name == '@')
		at.sun_path[0] = '\0';
	return bind(fd, (struct sockaddr *)&at,
		    offsetof(struct sockaddr_un, sun_path) + strlen(name)) ? -1 : fd;
}

static bool is_told(const char *name)
{
	int fd = listen_at(name);
	char text[64];
	ssize_t len;

	if (fd < 0 || setenv("NOTIFY_SOCKET", name, 1))
		return false;
	cw_service_ready();
	len = recv(fd, text, sizeof(text), 0);
	close(fd);
	return len == 7 && !memcmp(text, "READY=1", 7);
}

TEST(a_socket_with_a_path_is_told)
{
	char dir[] = "/tmp/cw-service-XXXXXX", path[64];

	ASSERT_NE(NULL, mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/notify", dir);
	EXPECT_TRUE(is_told(path));
	unlink(path);
	rmdir(dir);
}

TEST(a_socket_with_an_abstract_name_is_told)
{
	char name[64];

	snprintf(name, sizeof(name), "@closewatch-test-%d", getpid());
	EXPECT_TRUE(is_told(name));
}

/* Neither a name that is too long nor one that nobody has does harm. */
TEST(what_cannot_be_told_is_left)
{
	char name[512];

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	ASSERT_EQ(0, setenv("NOTIFY_SOCKET", name, 1));
	cw_service_ready();
	ASSERT_EQ(0, setenv("NOTIFY_SOCKET", "/nonexistent/notify", 1));
	cw_service_ready();
	ASSERT_EQ(0, setenv("NOTIFY_SOCKET", "", 1));
	cw_service_ready();
	ASSERT_EQ(0, unsetenv("NOTIFY_SOCKET"));
	cw_service_ready();
}

TEST_HARNESS_MAIN
