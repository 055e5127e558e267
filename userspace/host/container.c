// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "host/container.h"

#define POD_LEAST	32

static size_t count(const char *s, size_t len, const char *of)
{
	size_t n = strspn(s, of);

	return n < len ? n : len;
}

/* @s without @end, or its length as it is. */
static size_t without(const char *s, size_t len, const char *end)
{
	size_t n = strlen(end);

	return len > n && !memcmp(s + len - n, end, n) ? len - n : len;
}

static bool has(const char *s, size_t len, const char *word)
{
	return memmem(s, len, word, strlen(word));
}

/*
 * docker-ID.scope, cri-containerd-ID.scope, crio-ID.scope, libpod-ID.scope,
 * slice:cri-containerd:ID, or ID alone. A conmon only looks after one.
 */
static void take_id(struct cw_container *c, const char *s, size_t len)
{
	size_t n = without(s, len, ".scope");

	if (n < CW_CONTAINER_ID || has(s, n, "-conmon-"))
		return;
	s += n - CW_CONTAINER_ID;
	if (count(s, CW_CONTAINER_ID, "0123456789abcdef") < CW_CONTAINER_ID ||
	    (n > CW_CONTAINER_ID && s[-1] != '-' && s[-1] != ':'))
		return;
	memcpy(c->id, s, CW_CONTAINER_ID);
	c->id[CW_CONTAINER_ID] = '\0';
}

/* podUID, kubepods-burstable-podUID.slice or machine-libpod_pod_ID.slice. */
static void take_pod(struct cw_container *c, const char *s, size_t len)
{
	size_t n = without(s, len, ".slice"), i;
	const char *pod = memmem(s, n, "pod", 3);

	for (; pod && pod > s && pod[-1] != '-' && pod[-1] != '_';
	     pod = memmem(pod, n - (pod - s), "pod", 3))
		pod++;
	if (!pod)
		return;
	pod += 3;
	pod += *pod == '_';
	n -= pod - s;
	if (n < POD_LEAST || n > CW_POD_ID ||
	    count(pod, n, "0123456789abcdef-_") < n)
		return;
	/* systemd takes a dash for a level of its slices. */
	for (i = 0; i < n; i++)
		c->pod[i] = pod[i] == '_' ? '-' : pod[i];
	c->pod[n] = '\0';
}

void cw_container_parse(struct cw_container *c, const char *path)
{
	size_t len;

	memset(c, 0, sizeof(*c));
	for (; *path; path += len) {
		path += strspn(path, "/");
		len = strcspn(path, "/");
		take_id(c, path, len);
		take_pod(c, path, len);
	}
}

bool cw_container_is(const char *name, const char *begin)
{
	struct cw_container c = { 0 };

	take_id(&c, name, strlen(name));
	return *c.id && !strncasecmp(c.id, begin, strlen(begin));
}
