// SPDX-License-Identifier: GPL-2.0
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "host/mib.h"

static const struct {
	const char *group;
	const char *name;
	const char *full;
} mibs[] = {
#define MIB(index, g, n)						\
	[CW_MIB_##index] = { .group = g, .name = n, .full = g n }
	MIB(ABORT_ON_CLOSE, "TcpExt", "TCPAbortOnClose"),
	MIB(ABORT_ON_DATA, "TcpExt", "TCPAbortOnData"),
	MIB(ABORT_ON_LINGER, "TcpExt", "TCPAbortOnLinger"),
	MIB(ABORT_ON_MEMORY, "TcpExt", "TCPAbortOnMemory"),
	MIB(ABORT_ON_TIMEOUT, "TcpExt", "TCPAbortOnTimeout"),
	MIB(TIME_WAIT_OVERFLOW, "TcpExt", "TCPTimeWaitOverflow"),
	MIB(ATTEMPT_FAILS, "Tcp", "AttemptFails"),
#undef MIB
};

_Static_assert(ARRAY_SIZE(mibs) == CW_MIB_COUNT, "a name for each counter");

const char *cw_mib_name(enum cw_mib mib)
{
	return mibs[mib].full;
}

static void take(struct cw_mibs *m, const char *group, const char *name,
		 const char *value)
{
	unsigned int i;

	for (i = 0; i < CW_MIB_COUNT; i++) {
		if (strcmp(mibs[i].group, group) || strcmp(mibs[i].name, name))
			continue;
		m->n[i] = strtoull(value, NULL, 10);
		m->present |= 1U << i;
	}
}

/* A line of names and a line of values, each behind "Group:". */
static void take_pair(struct cw_mibs *m, char *names, char *values)
{
	static const char sep[] = "\n: ";
	char *name_at, *value_at, *name, *value, *group;

	group = strtok_r(names, sep, &name_at);
	if (!group || !strtok_r(values, sep, &value_at))
		return;
	while ((name = strtok_r(NULL, sep, &name_at)) &&
	       (value = strtok_r(NULL, sep, &value_at)))
		take(m, group, name, value);
}

static bool read_file(struct cw_mibs *m, const char *root, const char *file)
{
	size_t names_size = 0, values_size = 0;
	char *names = NULL, *values = NULL;
	char path[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%s/net/%s", root, file);
	f = fopen(path, "re");
	if (!f)
		return false;
	while (getline(&names, &names_size, f) > 0 &&
	       getline(&values, &values_size, f) > 0)
		take_pair(m, names, values);
	free(names);
	free(values);
	fclose(f);
	return true;
}

bool cw_mib_read(struct cw_mibs *m, const char *root)
{
	memset(m, 0, sizeof(*m));
	return read_file(m, root, "snmp") && read_file(m, root, "netstat");
}
