// SPDX-License-Identifier: GPL-2.0
/* What this host calls cgroups and network namespaces. */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"
#include "host/container.h"
#include "host/hosted.h"
#include "host/namespaces.h"
#include "host/resolve.h"
#include "kselftest_harness.h"

#define ID	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER	"fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define UID	"2b7c8f14-99aa-4d3e-8f00-0123456789ab"
#define SLICED	"2b7c8f14_99aa_4d3e_8f00_0123456789ab"

static const struct {
	const char *path, *id, *pod;
} paths[] = {
	{ "/", "", "" },
	{ "/system.slice/nginx.service", "", "" },
	{ "/system.slice/docker-" ID ".scope", ID, "" },
	{ "/docker/" ID, ID, "" },
	{ "/docker/" ID "/init.scope", ID, "" },
	{ "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod"
	  SLICED ".slice/cri-containerd-" ID ".scope", ID, UID },
	{ "/kubepods.slice/kubepods-pod" SLICED ".slice/crio-" ID ".scope",
	  ID, UID },
	{ "/kubepods/besteffort/pod" UID "/" ID, ID, UID },
	{ "/kubepods-besteffort-pod" SLICED ".slice:cri-containerd:" ID, ID,
	  "" },
	{ "/machine.slice/libpod-" ID ".scope/container", ID, "" },
	{ "/machine.slice/machine-libpod_pod_" OTHER ".slice/libpod-" ID
	  ".scope", ID, OTHER },
	{ "/machine.slice/libpod-conmon-" ID ".scope", "", "" },
	/* The innermost. */
	{ "/docker/" OTHER "/docker/" ID, ID, "" },
	/* Not what it looks like. */
	{ "/docker/0123456789ab", "", "" },
	{ "/x" ID, "", "" },
	{ "/docker-" ID "0.scope", "", "" },
	{ "/tripod" UID, "", "" },
	{ "/podium", "", "" },
	{ "/pod", "", "" },
	{ "/pod" OTHER "00", "", "" },
};

TEST(a_container_and_its_pod_are_told_from_the_path_of_a_cgroup)
{
	struct cw_container c;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(paths); i++) {
		cw_container_parse(&c, paths[i].path);
		EXPECT_STREQ(paths[i].id, c.id) {
			TH_LOG("%s", paths[i].path);
		}
		EXPECT_STREQ(paths[i].pod, c.pod) {
			TH_LOG("%s", paths[i].path);
		}
	}
}

FIXTURE(names)
{
	char root[64], run[96], proc[96];
	struct cw_namespaces n;
	uint64_t inode;
};

static void make(const char *root, const char *path, uint64_t *inode)
{
	char command[512];
	struct stat st;

	snprintf(command, sizeof(command),
		 "mkdir -p $(dirname %s/%s) && touch %s/%s", root, path, root,
		 path);
	if (system(command))
		abort();
	snprintf(command, sizeof(command), "%s/%s", root, path);
	if (inode && !stat(command, &st))
		*inode = st.st_ino;
}

FIXTURE_SETUP(names)
{
	snprintf(self->root, sizeof(self->root), "/tmp/closewatch-test-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->root));
	snprintf(self->run, sizeof(self->run), "%s/run", self->root);
	snprintf(self->proc, sizeof(self->proc), "%s/proc", self->root);
	self->n = (struct cw_namespaces){
		.run = self->run, .proc = self->proc,
	};
	make(self->root, "run/other", NULL);
	make(self->root, "proc/self/ns/net", NULL);
	make(self->root, "proc/12/ns/net", &self->inode);
}

FIXTURE_TEARDOWN(names)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", self->root);
	ASSERT_EQ(0, system(command));
}

#define SECOND	1000000000ULL

TEST_F(names, whether_a_namespace_is_the_initial_one_may_not_be_known)
{
	char command[256];

	/* The user may not follow it, or no /proc is mounted. */
	EXPECT_EQ(-1, cw_namespaces_initial(self->proc));
	make(self->root, "proc/1/ns/net", NULL);
	EXPECT_EQ(0, cw_namespaces_initial(self->proc));
	snprintf(command, sizeof(command), "ln -f %s/1/ns/net %s/self/ns/net",
		 self->proc, self->proc);
	ASSERT_EQ(0, system(command));
	EXPECT_EQ(1, cw_namespaces_initial(self->proc));
}

TEST_F(names, a_namespace_is_known_by_a_name_or_else_by_a_process)
{
	char command[256];

	EXPECT_STREQ("12", cw_namespaces_name(&self->n, self->inode, SECOND));
	snprintf(command, sizeof(command), "ln %s/proc/12/ns/net %s/run/blue",
		 self->root, self->root);
	ASSERT_EQ(0, system(command));
	/* It is asked for again after 10 s. */
	EXPECT_STREQ("12",
		     cw_namespaces_name(&self->n, self->inode, 10 * SECOND));
	EXPECT_STREQ("blue",
		     cw_namespaces_name(&self->n, self->inode, 11 * SECOND));
}

TEST_F(names, a_namespace_that_nothing_names_has_none)
{
	EXPECT_STREQ("", cw_namespaces_name(&self->n, UINT64_MAX, SECOND));
}

/* --- names of hosts and ports --- */

static int gate[2];

/* One that answers when it is let go. */
static bool slow(const void *addr, size_t len, char *name, size_t size)
{
	char go;

	snprintf(name, size, "n\033me%d", ((const uint8_t *)addr)[len - 1]);
	return read(gate[0], &go, 1) == 1 && go == 'y';
}

static const uint8_t one[4] = { 127, 0, 0, 1 }, two[4] = { 127, 0, 0, 2 };

/* Until the thread has an answer. */
static void await_host(struct cw_resolve *r, const uint8_t *addr, char *name)
{
	do {
		cw_resolve_host(r, addr, 4, name);
	} while (!*name);
}

TEST(a_host_has_its_number_until_its_name_is_known)
{
	struct cw_resolve *r = cw_resolve_new(slow);
	char name[CW_NAME_MAX];

	ASSERT_EQ(0, pipe(gate));
	/* Neither waits for an answer that does not come. */
	cw_resolve_host(r, one, 4, name);
	EXPECT_STREQ("", name);
	cw_resolve_host(r, two, 4, name);
	EXPECT_STREQ("", name);
	ASSERT_EQ(2, write(gate[1], "yy", 2));
	await_host(r, two, name);
	EXPECT_STREQ("n\\x1bme2", name);
	await_host(r, one, name);
	EXPECT_STREQ("n\\x1bme1", name);
	cw_resolve_free(r);
}

/* It is kept that there is none: the second answer would be another. */
TEST(a_host_without_a_name_is_not_asked_for_again)
{
	struct cw_resolve *r = cw_resolve_new(slow);
	char name[CW_NAME_MAX];
	const uint8_t other[4] = { 127, 0, 0, 3 };

	ASSERT_EQ(0, pipe(gate));
	ASSERT_EQ(2, write(gate[1], "ny", 2));
	cw_resolve_host(r, one, 4, name);
	await_host(r, other, name);
	EXPECT_STREQ("n\\x1bme3", name);
	cw_resolve_host(r, one, 4, name);
	EXPECT_STREQ("", name);
	cw_resolve_free(r);
}

TEST(a_port_has_the_name_that_services_gives_it)
{
	struct cw_resolve *r = cw_resolve_new(NULL);
	char name[CW_NAME_MAX];

	EXPECT_STREQ("http", cw_resolve_port(r, 80));
	/* In the same place of what is kept. */
	EXPECT_STREQ("", cw_resolve_port(r, 80 + 1024 * 63));
	EXPECT_STREQ("http", cw_resolve_port(r, 80));
	cw_resolve_host(r, one, 4, name);
	EXPECT_STREQ("", name);
	cw_resolve_free(r);
}

TEST(a_port_is_a_servers_once_something_listens_on_it)
{
	struct sockaddr_in6 at = { .sin6_family = AF_INET6 };
	int fd = socket(AF_INET6, SOCK_STREAM, 0);
	socklen_t len = sizeof(at);
	struct cw_hosted h;
	uint16_t port;

	ASSERT_EQ(0, bind(fd, (struct sockaddr *)&at, len));
	ASSERT_EQ(0, getsockname(fd, (struct sockaddr *)&at, &len));
	port = ntohs(at.sin6_port);
	cw_hosted_init(&h);
	EXPECT_FALSE(cw_hosted_listening(&h, cw_hosted_here(&h), port));
	ASSERT_EQ(0, listen(fd, 1));
	/* As if a second had passed. */
	h.listeners.looked = 0;
	EXPECT_FALSE(cw_hosted_listening(&h, 1, port));
	EXPECT_TRUE(cw_hosted_listening(&h, cw_hosted_here(&h), port));
	close(fd);
	h.listeners.looked = 0;
	EXPECT_TRUE(cw_hosted_listening(&h, cw_hosted_here(&h), port));
	cw_hosted_release(&h);
}

TEST_HARNESS_MAIN
