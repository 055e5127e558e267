// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/parse.h"
#include "base/util.h"
#include "host/cgroups.h"
#include "request/filter.h"
#include "request/match_options.h"

#define CONTAINER_MIN	12	/* digits, as docker ps shows them */
#define CONTAINER_MAX	64

static const struct {
	int key;
	uint32_t on;
	const char *name;
} options[] = {
	{ 'P', CW_ON_PORT, "port" },
	{ 'L', CW_ON_LOCAL_PORT, "local-port" },
	{ 'D', CW_ON_REMOTE_PORT, "remote-port" },
	{ CW_KEY_LOCAL_PREFIX, CW_ON_LOCAL_PREFIX, "local-prefix" },
	{ CW_KEY_REMOTE_PREFIX, CW_ON_REMOTE_PREFIX, "remote-prefix" },
	{ '4', CW_ON_FAMILY, "ipv4" },
	{ '6', CW_ON_FAMILY, "ipv6" },
	{ 'p', CW_ON_PID, "pid" },
	{ 'C', CW_ON_OWNER, "comm" },
	{ 'u', CW_ON_OWNER, "user" },
	{ CW_KEY_CGROUP, CW_ON_OWNER, "cgroup" },
	{ CW_KEY_CONTAINER, CW_ON_OWNER, "container" },
	{ CW_KEY_NETNS, CW_ON_NETNS, "netns" },
	{ CW_KEY_ALL_NETNS, CW_ON_ALL_NETNS, "all-netns" },
};

typedef int take_fn(void *set, const char *word, struct cw_fail *fail);

/* Each of WORD[,WORD...]; values of several options add up. */
static int take_each(const char *words, take_fn *take, void *set,
		     struct cw_fail *fail)
{
	char word[64];
	int ret;

	for (;;) {
		size_t len = strcspn(words, ",");

		/* What is cut is refused: no value is that long. */
		snprintf(word, sizeof(word), "%.*s",
			 (int)(len < sizeof(word) ? len : sizeof(word)), words);
		ret = take(set, word, fail);
		if (ret || !words[len])
			return ret;
		words += len + 1;
	}
}

static int fail_many(struct cw_fail *fail)
{
	return cw_fail_usage(fail, NULL, "an option takes %d values at most",
			     CW_MATCH_MOST);
}

static int take_ports(void *set, const char *text, struct cw_fail *fail)
{
	const char *dash = strchrnul(text, '-');
	struct cw_port_range r;
	struct cw_ports *p = set;
	struct cw_fail ignored;
	char first[16] = "";
	unsigned int i;

	if (dash - text < (long)sizeof(first))
		memcpy(first, text, dash - text);
	if (cw_parse_port(first, &r.first, &ignored) ||
	    cw_parse_port(*dash ? dash + 1 : first, &r.last, &ignored) ||
	    r.first > r.last)
		return cw_fail_usage(fail, NULL,
				     "'%s' is no port or range of ports: numbers from 1 to 65535 are wanted, such as 80 or 80,443,8000-8100",
				     text);
	for (i = 0; i < p->n; i++)
		if (!memcmp(&p->range[i], &r, sizeof(r)))
			return CW_OK;
	if (p->n == CW_MATCH_MOST)
		return fail_many(fail);
	p->range[p->n++] = r;
	return CW_OK;
}

static int take_prefix(void *set, const char *text, struct cw_fail *fail)
{
	struct cw_prefixes *p = set;
	struct cw_prefix new = { 0 };
	unsigned int i;
	int ret = cw_parse_prefix(text, &new.addr, &new.bits, fail);

	if (ret)
		return ret;
	for (i = 0; i < p->n; i++)
		if (p->prefix[i].bits == new.bits &&
		    cw_address_within(&p->prefix[i].addr, &new.addr, new.bits))
			return CW_OK;
	if (p->n == CW_MATCH_MOST)
		return fail_many(fail);
	p->prefix[p->n++] = new;
	return CW_OK;
}

static int take_comm(void *set, const char *name, struct cw_fail *fail)
{
	struct cw_comms *c = set;
	size_t len = strlen(name);
	unsigned int i;

	if (!len || len > CLOSEWATCH_COMM_MAX)
		return cw_fail_usage(fail, NULL,
				     "'%s' is no task name: it has 1 to %d bytes, as ps -o comm shows it",
				     name, CLOSEWATCH_COMM_MAX);
	for (i = 0; i < c->n; i++)
		if (!strcmp(c->name[i], name))
			return CW_OK;
	if (c->n == CW_MATCH_MOST)
		return fail_many(fail);
	memcpy(c->name[c->n++], name, len + 1);
	return CW_OK;
}

/* The cgroups of another option are none of these. */
static int take_cgroups(struct cw_match *m, const char *path,
			const char *container, struct cw_fail *fail)
{
	m->filter.cgroup = 0;
	if (!m->cgroups)
		m->cgroups = calloc(1, sizeof(*m->cgroups));
	if (!m->cgroups || cw_cgroup_set_open(m->cgroups, path, container))
		return cw_fail(fail, NULL, "out of memory");
	return CW_OK;
}

static bool is_cgroup2(const char *path)
{
	struct statfs fs;

	return !statfs(path, &fs) && fs.f_type == CGROUP2_SUPER_MAGIC;
}

static int take_cgroup(struct cw_match *m, const char *path,
		       struct cw_fail *fail)
{
	char full[PATH_MAX];
	uint64_t id;

	snprintf(full, sizeof(full), "%s%s", *path == '/' ? "" :
		 CW_CGROUP_ROOT "/", path);
	/* The id, as events tell it; it may be that of one that is gone. */
	if (cw_parse_digits(path, &id) && id && access(full, F_OK)) {
		if (m->cgroups)
			cw_cgroup_set_release(m->cgroups);
		free(m->cgroups);
		m->cgroups = NULL;
		m->filter.cgroup = id;
		return CW_OK;
	}
	if (access(full, F_OK))
		return cw_fail_usage(fail, NULL, "cgroup %s: %s", full,
				     strerror(errno));
	if (!is_cgroup2(full))
		return cw_fail_usage(fail, NULL,
				     "%s is no directory of cgroup v2; they are below the mount that findmnt -t cgroup2 shows",
				     full);
	return take_cgroups(m, full, NULL, fail);
}

static int take_container(struct cw_match *m, const char *text,
			  struct cw_fail *fail)
{
	const char *root = CW_CGROUP_ROOT;
	size_t len = strlen(text), i;
	uint64_t id;
	int ret;

	for (i = 0; i < len && isxdigit((unsigned char)text[i]); i++)
		;
	if (i < len || len < CONTAINER_MIN || len > CONTAINER_MAX)
		return cw_fail_usage(fail, NULL,
				     "'%s' is no container: %d to %d hexadecimal digits of its id are wanted, as docker ps, podman ps and crictl ps show them",
				     text, CONTAINER_MIN, CONTAINER_MAX);
	if (!is_cgroup2(root))
		root = CW_CGROUP_ROOT "/unified";
	ret = take_cgroups(m, root, text, fail);
	if (!ret && !cw_cgroup_set_count(m->cgroups, &id))
		return cw_fail_usage(fail, NULL,
				     "no cgroup below %s is that of a container %s: does it run?",
				     root, text);
	return ret;
}

static int take_netns(struct cw_match *m, const char *which,
		      struct cw_fail *fail)
{
	if (!strcmp(which, "all") && !(m->takes & CW_ON_ALL_NETNS))
		return cw_fail_usage(fail, NULL,
				     "--netns all is not possible here: %s",
				     m->why);
	m->netns = which;
	return cw_filter_netns(&m->filter, which, fail);
}

static int take(struct cw_match *m, int key, const char *arg,
		struct cw_fail *fail)
{
	switch (key) {
	case 'P':
		return take_each(arg, take_ports, &m->port, fail);
	case 'L':
		return take_each(arg, take_ports, &m->local_port, fail);
	case 'D':
		return take_each(arg, take_ports, &m->remote_port, fail);
	case CW_KEY_LOCAL_PREFIX:
		return take_each(arg, take_prefix, &m->local, fail);
	case CW_KEY_REMOTE_PREFIX:
		return take_each(arg, take_prefix, &m->remote, fail);
	case 'C':
		return take_each(arg, take_comm, &m->comm, fail);
	case 'p':
		return cw_parse_u32(arg, 1, 1 << 22, "process id",
				    &m->filter.pid, fail);
	case 'u':
		return cw_filter_user(&m->filter, arg, fail);
	case CW_KEY_CGROUP:
		return take_cgroup(m, arg, fail);
	case CW_KEY_CONTAINER:
		return take_container(m, arg, fail);
	case CW_KEY_NETNS:
		return take_netns(m, arg, fail);
	case CW_KEY_ALL_NETNS:
		return take_netns(m, "all", fail);
	case '4':
		m->ipv4 = true;
		return CW_OK;
	case '6':
		m->ipv6 = true;
		return CW_OK;
	default:
		return -1;
	}
}

int cw_match_parse(struct cw_match *m, int key, const char *arg,
		   struct cw_fail *fail)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		if (options[i].key != key)
			continue;
		if (m->takes & options[i].on)
			return take(m, key, arg, fail);
		return cw_fail_usage(fail, NULL, "--%s is not possible here: %s",
				     options[i].name, m->why);
	}
	return -1;
}

/* A container mostly has a network namespace of its own. */
int cw_match_place(struct cw_match *m, struct cw_fail *fail)
{
	struct cw_msg_filter *f = &m->filter;

	if (!m->cgroups || !m->cgroups->container || f->netns_fd >= 0 ||
	    f->all_netns)
		return CW_OK;
	f->all_netns = m->takes & CW_ON_ALL_NETNS;
	if (f->all_netns)
		return CW_OK;
	snprintf(m->place, sizeof(m->place), "%" PRIu32, m->cgroups->pid);
	return cw_filter_netns(f, m->place, fail);
}

int cw_match_cgroup(const struct cw_match *m, uint64_t *id,
		    struct cw_fail *fail)
{
	size_t n;

	*id = m->filter.cgroup;
	if (!m->cgroups)
		return CW_OK;
	n = cw_cgroup_set_count(m->cgroups, id);
	if (n == 1)
		return CW_OK;
	return cw_fail_usage(fail, NULL,
			     "%s are %zu cgroups, and a policy's rule is for one: name the one in which the programs are, or its id as events show it",
			     m->cgroups->container ? "the container's" :
			     "the one named and those below it", n);
}
