/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_DECODE_H
#define CLOSEWATCH_DECODE_H

#include "base/attr.h"

/*
 * Attributes into plain structs. Nothing here trusts its input, allocates,
 * prints or touches sockets. Attributes that this build does not know are
 * skipped; one of a wrong length or one that runs past the end is left out
 * and counted in @malformed. Bit n % 64 of @present says that attribute n was read,
 * by itself or as a member of the facts. Bit n of @more says that fact n applies
 * which is no attribute; one that does not is 0.
 */

/* Facts that are no attributes, in the order in which they are shown. */
enum cw_more {
	CW_MORE_CONNECT_ERROR,
	CW_MORE_CONNECT_RST,
	CW_MORE_ENDED_BY,
	CW_MORE_SINCE_ENDED_NS,
	CW_MORE_SINCE_RECEIVED_NS,
	CW_MORE_SINCE_HEARD_NS,
	CW_MORE_INODE,
	CW_MORE_COUNT,
};

struct cw_msg_event {
	uint64_t present;
	uint64_t time;
	uint64_t seq;
	uint64_t netns;
	uint64_t cookie;
	uint64_t sent;
	uint64_t retransmitted;
	uint64_t received;
	uint64_t acked;
	uint64_t age_ns;
	uint64_t linger_waited_ns;
	uint64_t cgroup;
	uint64_t count;
	uint64_t lost_bytes;
	uint64_t since_close_ns;
	uint64_t discarded;
	uint64_t response_bytes;
	uint64_t response_acked;
	uint64_t drain_ns;
	uint64_t since_sent_ns;
	uint64_t since_ended_ns;
	uint64_t since_received_ns;
	uint64_t since_heard_ns;
	uint32_t ended_by;
	uint32_t inode;
	uint32_t type;
	uint32_t cpu;
	uint32_t path;
	uint32_t unread;
	uint32_t unsent;
	uint32_t unacked;
	uint32_t fin;
	uint32_t linger_seconds;
	uint32_t linger_outcome;
	uint32_t why;
	uint32_t pid;
	uint32_t tid;
	uint32_t uid;
	uint32_t children;
	uint32_t children_reset;
	uint32_t children_migrated;
	uint32_t syn_queue;
	uint32_t loss;
	uint32_t how;
	uint32_t references;
	uint32_t fate;
	uint32_t verdict;
	uint32_t closed_first;
	uint32_t reset_kind;
	uint32_t policy_id;
	uint32_t action;
	uint32_t drain_outcome;
	uint32_t refusal;
	uint32_t signal;
	uint32_t connect_error;		/* an errno */
	uint16_t family;
	uint16_t local_port;
	uint16_t remote_port;
	uint8_t state;
	uint8_t new_state;
	uint8_t linger_on;
	uint8_t sigpipe;
	uint8_t dry_run;
	uint8_t saved;
	uint8_t connect_rst;
	struct cw_bytes local_addr;
	struct cw_bytes remote_addr;
	struct cw_bytes comm;
	struct cw_bytes ulp;
	struct cw_bytes kernel_reason;
	unsigned int more;
	unsigned int malformed;
};

struct cw_msg_listener {
	uint64_t present;
	uint64_t sent;
	uint64_t lost;
	unsigned int malformed;
};

struct cw_msg_probe {
	uint64_t present;
	struct cw_bytes name;
	uint8_t at_return;
	uint8_t fired;
};

#define CW_MSG_PROBES	40	/* most that are read; the module has 23 */

struct cw_msg_info {
	uint64_t present;
	uint64_t events;
	uint64_t lost_ring;
	uint64_t lost_socket;
	uint64_t missed;
	uint64_t inflight_full;
	uint64_t blind_seconds;
	uint64_t evicted;
	uint32_t listeners;
	uint32_t probes;
	uint32_t inflight;
	uint32_t ring_slots;
	uint32_t policies;
	uint32_t drains;
	uint32_t probes_stuck;
	uint32_t probes_fired;
	uint8_t policy_armed;
	uint8_t blind;
	uint8_t userns;
	struct cw_bytes version;
	struct cw_msg_probe probe[CW_MSG_PROBES];
	unsigned int probe_count;
	unsigned int malformed;
};

/* Used both ways: to request a policy, and as the kernel reports one. */
struct cw_msg_policy {
	uint64_t present;
	uint64_t cookie;
	uint64_t cgroup;
	uint64_t netns;
	uint64_t expires_ms;
	uint64_t bytes;
	uint64_t hits;
	uint32_t id;
	uint32_t action;
	uint32_t socket_fd;
	uint32_t uid;
	uint32_t netns_fd;
	uint32_t priority;
	uint32_t idle_ms;
	uint32_t total_ms;
	uint32_t linger_seconds;
	uint16_t family;
	uint16_t local_port;
	uint16_t local_port_last;
	uint8_t remote_prefix;
	bool all_netns;
	bool dry_run;
	bool force;
	bool even_linger0;
	bool even_oom;
	struct cw_bytes remote_addr;
	struct cw_bytes comm;
	unsigned int malformed;
};

/* True if attribute @attr of @what was there and well formed. */
#define cw_has(what, attr) (((what)->present >> ((attr) & 63)) & 1)
#define cw_event_has(ev, attr) cw_has(ev, CLOSEWATCH_A_EVENT_##attr)
#define cw_event_more(ev, fact) ((ev)->more >> CW_MORE_##fact & 1)
#define cw_policy_has(p, attr) cw_has(p, CLOSEWATCH_A_POLICY_##attr)

/* What the attributes are, by their types. */
extern const struct cw_field cw_event_fields[];
extern const struct cw_field cw_more_fields[];
extern const struct cw_field cw_info_fields[];
extern const struct cw_field cw_policy_fields[];

/* @attrs: the payload of one nest. */
void cw_decode_event(struct cw_msg_event *ev, const void *attrs, size_t len);
void cw_decode_listener(struct cw_msg_listener *l, const void *attrs,
			size_t len);
void cw_decode_info(struct cw_msg_info *info, const void *attrs, size_t len);
void cw_decode_policy(struct cw_msg_policy *p, const void *attrs, size_t len);

/* The payload of attribute @type for a request; false if it is not present. */
bool cw_policy_attr(const struct cw_msg_policy *p, unsigned int type,
		    const void **data, size_t *len);

/* A walk over the top attributes of an event message. */
struct cw_events {
	struct cw_attr attr;
	unsigned int malformed;	/* attributes or events, so far */
};

struct cw_events cw_events_walk(const void *attrs, size_t len);

/* False at the end. An event without a type counts as malformed and is left out. */
bool cw_events_next(struct cw_events *e, struct cw_msg_event *ev);

/* Called with each event of a message; false stops the walk. */
typedef bool cw_event_fn(void *arg, const struct cw_msg_event *ev);

/* Returns how many attributes or events were malformed. */
unsigned int cw_decode_events(const void *attrs, size_t len, cw_event_fn *fn,
			      void *arg);

#endif
