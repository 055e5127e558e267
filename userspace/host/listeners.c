// SPDX-License-Identifier: GPL-2.0
#include <limits.h>
#include <stdio.h>
#include <time.h>

#include "host/listeners.h"

#define NSEC_PER_SEC	1000000000ULL
#define TCP_LISTEN	10

/* Listeners stand first in these files; what follows may be very long. */
static void read_file(struct cw_listeners *l, const char *root,
		      const char *name)
{
	unsigned int port, state = TCP_LISTEN;
	char path[PATH_MAX];
	char line[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/self/net/%s", root, name);
	f = fopen(path, "re");
	if (!f)
		return;
	while (state == TCP_LISTEN && fgets(line, sizeof(line), f)) {
		if (sscanf(line, " %*u: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x",
			   &port, &state) == 2 && state == TCP_LISTEN)
			cw_listeners_add(l, port);
	}
	fclose(f);
}

void cw_listeners_read(struct cw_listeners *l, const char *root)
{
	read_file(l, root, "tcp");
	read_file(l, root, "tcp6");
}

bool cw_listeners_find(struct cw_listeners *l, uint16_t port)
{
	struct timespec ts;
	uint64_t now;

	if (cw_listeners_have(l, port))
		return true;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	now = ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
	if (l->looked && now - l->looked < NSEC_PER_SEC)
		return false;
	l->looked = now;
	cw_listeners_read(l, "/proc");
	return cw_listeners_have(l, port);
}
