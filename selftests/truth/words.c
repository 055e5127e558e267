// SPDX-License-Identifier: GPL-2.0
#include "words.h"

#include <linux/closewatch.h>
#include <stddef.h>

static const char * const types[] = {
	[CLOSEWATCH_EVENT_TYPE_CLOSE] = "close",
	[CLOSEWATCH_EVENT_TYPE_LINGER_WAIT] = "linger-wait",
	[CLOSEWATCH_EVENT_TYPE_LOST] = "lost",
	[CLOSEWATCH_EVENT_TYPE_SHUTDOWN] = "shutdown",
	[CLOSEWATCH_EVENT_TYPE_SHARED_CLOSE] = "shared-close",
	[CLOSEWATCH_EVENT_TYPE_WRITE_AFTER_SHUTDOWN] = "write-after-shutdown",
	[CLOSEWATCH_EVENT_TYPE_FATE] = "fate",
	[CLOSEWATCH_EVENT_TYPE_RESET] = "reset",
};

static const char * const paths[] = {
	[CLOSEWATCH_PATH_UNKNOWN] = "unknown",
	[CLOSEWATCH_PATH_FIN] = "fin",
	[CLOSEWATCH_PATH_FIN_BEHIND_DATA] = "fin-behind-data",
	[CLOSEWATCH_PATH_FIN_ON_SENT_DATA] = "fin-on-sent-data",
	[CLOSEWATCH_PATH_FIN_LOST] = "fin-lost",
	[CLOSEWATCH_PATH_ALREADY_FIN] = "already-fin",
	[CLOSEWATCH_PATH_ALREADY_CLOSED] = "already-closed",
	[CLOSEWATCH_PATH_SYN_SENT] = "syn-sent",
	[CLOSEWATCH_PATH_LISTENER] = "listener",
	[CLOSEWATCH_PATH_RST_UNREAD] = "rst-unread",
	[CLOSEWATCH_PATH_RST_LINGER0] = "rst-linger0",
	[CLOSEWATCH_PATH_LINGER0_SILENT] = "linger0-silent",
	[CLOSEWATCH_PATH_RST_LINGER2] = "rst-linger2",
	[CLOSEWATCH_PATH_RST_MEMORY] = "rst-memory",
	[CLOSEWATCH_PATH_REPAIR] = "repair",
	[CLOSEWATCH_PATH_NETNS_GONE] = "netns-gone",
	[CLOSEWATCH_PATH_FLAG_ONLY] = "flag-only",
	[CLOSEWATCH_PATH_DEFERRED] = "deferred",
	[CLOSEWATCH_PATH_NONE] = "none",
};

static const char * const fates[] = {
	[CLOSEWATCH_FATE_UNKNOWN] = "unknown",
	[CLOSEWATCH_FATE_TIME_WAIT] = "time-wait",
	[CLOSEWATCH_FATE_TIME_WAIT_OVERFLOW] = "time-wait-overflow",
	[CLOSEWATCH_FATE_FIN_WAIT2_TIMEOUT] = "fin-wait2-timeout",
	[CLOSEWATCH_FATE_ACKED] = "acked",
	[CLOSEWATCH_FATE_RST_LATE_DATA] = "rst-late-data",
	[CLOSEWATCH_FATE_RST_LINGER2] = "rst-linger2",
	[CLOSEWATCH_FATE_PEER_RESET] = "peer-reset",
	[CLOSEWATCH_FATE_RETRANSMIT_TIMEOUT] = "retransmit-timeout",
	[CLOSEWATCH_FATE_KEEPALIVE_TIMEOUT] = "keepalive-timeout",
	[CLOSEWATCH_FATE_USER_TIMEOUT] = "user-timeout",
	[CLOSEWATCH_FATE_MEMORY] = "memory",
	[CLOSEWATCH_FATE_ORPHAN_LIMIT] = "orphan-limit",
	[CLOSEWATCH_FATE_KILLED] = "killed",
	[CLOSEWATCH_FATE_DISCONNECTED] = "disconnected",
	[CLOSEWATCH_FATE_NETNS_GONE] = "netns-gone",
	[CLOSEWATCH_FATE_ABORTED] = "aborted",
};

static const char *word(const char * const *list, size_t n, unsigned int i)
{
	return i < n && list[i] ? list[i] : "?";
}

const char *word_type(unsigned int type)
{
	return word(types, sizeof(types) / sizeof(types[0]), type);
}

const char *word_path(unsigned int path)
{
	return word(paths, sizeof(paths) / sizeof(paths[0]), path);
}

const char *word_fate(unsigned int fate)
{
	return word(fates, sizeof(fates) / sizeof(fates[0]), fate);
}
