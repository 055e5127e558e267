// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/closewatch.h>

#include "base/address.h"
#include "base/names.h"
#include "base/names_gen.h"
#include "base/words.h"
#include "request/policy_line.h"

/* The module's, see module/netlink/policy_parse.c. */
#define DEFAULT_PRIORITY	1000
#define DEFAULT_IDLE_MS		5000
#define DEFAULT_TOTAL_MS	10000
#define DEFAULT_BYTES		(16ULL << 20)

static const char *const options[] = {
	[CLOSEWATCH_A_POLICY_ACTION] = "the verb",
	[CLOSEWATCH_A_POLICY_FAMILY] = "--ipv4 or --ipv6",
	[CLOSEWATCH_A_POLICY_LOCAL_PORT] = "--local-port",
	[CLOSEWATCH_A_POLICY_LOCAL_PORT_LAST] = "--local-port",
	[CLOSEWATCH_A_POLICY_REMOTE_ADDR] = "--remote-prefix",
	[CLOSEWATCH_A_POLICY_REMOTE_PREFIX] = "--remote-prefix",
	[CLOSEWATCH_A_POLICY_COMM] = "--comm",
	[CLOSEWATCH_A_POLICY_UID] = "--user",
	[CLOSEWATCH_A_POLICY_CGROUP] = "--cgroup",
	[CLOSEWATCH_A_POLICY_ALL_NETNS] = "--all-netns",
	[CLOSEWATCH_A_POLICY_PRIORITY] = "--priority",
	[CLOSEWATCH_A_POLICY_IDLE_MS] = "--idle",
	[CLOSEWATCH_A_POLICY_TOTAL_MS] = "--total",
	[CLOSEWATCH_A_POLICY_BYTES] = "--bytes",
	[CLOSEWATCH_A_POLICY_LINGER_SECONDS] = "the seconds",
	[CLOSEWATCH_A_POLICY_DRY_RUN] = "--dry-run",
	[CLOSEWATCH_A_POLICY_FORCE] = "--force",
	[CLOSEWATCH_A_POLICY_EVEN_LINGER0] = "--even-linger0",
	[CLOSEWATCH_A_POLICY_EVEN_OOM] = "--even-oom",
};

const char *cw_policy_option(unsigned int attr)
{
	return attr < ARRAY_SIZE(options) ? options[attr] : NULL;
}

const char *cw_policy_unlined(const struct cw_msg_policy *p)
{
	unsigned int i;

	if (cw_policy_has(p, COOKIE))
		return "it is of one socket";
	if (cw_policy_has(p, EXPIRES_MS))
		return "it expires";
	for (i = 0; cw_policy_has(p, COMM) && i < p->comm.len; i++)
		if (p->comm.b[i] == ',' || p->comm.b[i] < ' ' ||
		    p->comm.b[i] == 0x7f)
			return "its task name has a comma or a control character";
	return NULL;
}

static void say_number(struct cw_text *t, const char *option, uint64_t n)
{
	cw_say(t, " %s %" PRIu64, option, n);
}

static void say_ms(struct cw_text *t, const char *option, uint64_t ms)
{
	char digits[4] = "";
	unsigned int n = 3;

	say_number(t, option, ms / 1000);
	if (!(ms % 1000))
		return;
	cw_decimal_digits(digits, ms % 1000, n);
	while (digits[n - 1] == '0')
		digits[--n] = '\0';
	cw_say(t, ".%s", digits);
}

static void say_bytes(struct cw_text *t, uint64_t n)
{
	static const char *const units[] = { "", "K", "M", "G", "T" };
	unsigned int unit = 0;

	for (; !(n % 1024) && unit < 4; unit++)
		n /= 1024;
	cw_say(t, " --bytes %" PRIu64 "%s", n, units[unit]);
}

static void say_ports(struct cw_text *t, const struct cw_msg_policy *p)
{
	if (!cw_policy_has(p, LOCAL_PORT))
		return;
	say_number(t, "--local-port", p->local_port);
	if (cw_policy_has(p, LOCAL_PORT_LAST))
		cw_say(t, "-%u", p->local_port_last);
}

static void say_peer(struct cw_text *t, const struct cw_msg_policy *p)
{
	char addr[INET6_ADDRSTRLEN];

	if (!cw_policy_has(p, REMOTE_ADDR))
		return;
	cw_address_print(&p->remote_addr, addr, sizeof(addr));
	cw_say(t, " --remote-prefix %s", addr);
	if (cw_policy_has(p, REMOTE_PREFIX))
		cw_say(t, "/%u", p->remote_prefix);
}

static void say_closer(struct cw_text *t, const struct cw_msg_policy *p,
		       const char *cgroup)
{
	if (cw_policy_has(p, COMM)) {
		cw_say(t, " --comm ");
		cw_words_say(t, (const char *)p->comm.b, p->comm.len);
	}
	if (cw_policy_has(p, UID))
		say_number(t, "--user", p->uid);
	if (cw_policy_has(p, CGROUP) && cgroup) {
		cw_say(t, " --cgroup ");
		cw_words_say(t, cgroup, strlen(cgroup));
	} else if (cw_policy_has(p, CGROUP)) {
		say_number(t, "--cgroup", p->cgroup);
	}
}

static bool is_open(const struct cw_msg_policy *p)
{
	return !cw_policy_has(p, FAMILY) && !cw_policy_has(p, LOCAL_PORT) &&
	       !cw_policy_has(p, REMOTE_ADDR) && !cw_policy_has(p, COMM) &&
	       !cw_policy_has(p, UID) && !cw_policy_has(p, CGROUP);
}

static void say_which(struct cw_text *t, const struct cw_msg_policy *p,
		      const char *cgroup)
{
	if (cw_policy_has(p, FAMILY))
		cw_say(t, p->family == AF_INET ? " --ipv4" : " --ipv6");
	say_ports(t, p);
	say_peer(t, p);
	say_closer(t, p, cgroup);
	if (p->all_netns)
		cw_say(t, " --all-netns");
	if (is_open(p))
		cw_say(t, " --force");
}

static void say_limits(struct cw_text *t, const struct cw_msg_policy *p)
{
	if (cw_policy_has(p, IDLE_MS) && p->idle_ms != DEFAULT_IDLE_MS)
		say_ms(t, "--idle", p->idle_ms);
	if (cw_policy_has(p, TOTAL_MS) && p->total_ms != DEFAULT_TOTAL_MS)
		say_ms(t, "--total", p->total_ms);
	if (cw_policy_has(p, BYTES) && p->bytes != DEFAULT_BYTES)
		say_bytes(t, p->bytes);
	if (p->even_linger0)
		cw_say(t, " --even-linger0");
	if (p->even_oom)
		cw_say(t, " --even-oom");
}

void cw_policy_line(struct cw_text *t, const struct cw_msg_policy *p,
		    const char *cgroup)
{
	cw_say(t, "%s", cw_names_word(&cw_action_names, p->action));
	if (cw_policy_has(p, LINGER_SECONDS))
		cw_say(t, " %u", p->linger_seconds);
	say_which(t, p, cgroup);
	say_limits(t, p);
	if (p->dry_run)
		cw_say(t, " --dry-run");
	if (cw_policy_has(p, PRIORITY) && p->priority != DEFAULT_PRIORITY)
		say_number(t, "--priority", p->priority);
}
