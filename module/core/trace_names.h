/* SPDX-License-Identifier: GPL-2.0 */
/* Do not edit: make spec generates it from Documentation/netlink/specs/closewatch.yaml. */
#ifndef CW_TRACE_NAMES_H
#define CW_TRACE_NAMES_H

#define CW_TRACE_PATH \
	{ 0, "unknown" }, \
	{ 1, "fin" }, \
	{ 2, "fin-behind-data" }, \
	{ 3, "fin-on-sent-data" }, \
	{ 4, "fin-lost" }, \
	{ 5, "already-fin" }, \
	{ 6, "already-closed" }, \
	{ 7, "syn-sent" }, \
	{ 8, "listener" }, \
	{ 9, "rst-unread" }, \
	{ 10, "rst-linger0" }, \
	{ 11, "linger0-silent" }, \
	{ 12, "rst-linger2" }, \
	{ 13, "rst-memory" }, \
	{ 14, "repair" }, \
	{ 15, "netns-gone" }, \
	{ 16, "drain" }, \
	{ 17, "flag-only" }, \
	{ 18, "deferred" }, \
	{ 19, "none" }, \
	{ 20, "mptcp" }

#define CW_TRACE_FATE \
	{ 0, "unknown" }, \
	{ 1, "time-wait" }, \
	{ 2, "time-wait-overflow" }, \
	{ 3, "fin-wait2-timeout" }, \
	{ 4, "acked" }, \
	{ 5, "rst-late-data" }, \
	{ 6, "rst-linger2" }, \
	{ 7, "peer-reset" }, \
	{ 8, "retransmit-timeout" }, \
	{ 9, "keepalive-timeout" }, \
	{ 10, "user-timeout" }, \
	{ 11, "memory" }, \
	{ 12, "orphan-limit" }, \
	{ 13, "killed" }, \
	{ 14, "disconnected" }, \
	{ 15, "netns-gone" }, \
	{ 16, "aborted" }, \
	{ 17, "mptcp" }, \
	{ 18, "late-data-silent" }

#define CW_TRACE_VERDICT \
	{ 0, "unknown" }, \
	{ 1, "delivered" }, \
	{ 2, "lost" }

#define CW_TRACE_DRAIN_OUTCOME \
	{ 0, "unknown" }, \
	{ 1, "delivered" }, \
	{ 2, "idle-timeout" }, \
	{ 3, "total-timeout" }, \
	{ 4, "byte-limit" }, \
	{ 5, "peer-reset" }, \
	{ 6, "retransmit-timeout" }, \
	{ 7, "killed" }, \
	{ 8, "shed" }, \
	{ 9, "flushed" }, \
	{ 10, "refused" }

#endif
