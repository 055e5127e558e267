// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "explain/probes.h"

static const struct probed {
	const char *name;
	bool at_return;
	enum cw_trial_act act;	/* of the connection that passes it */
	const char *blind;	/* what is not known if it does not fire */
} rows[] = {
	{ "__tcp_close", false, CW_TRIAL_SHUTDOWN, "closes go unseen" },
	{ "filp_close", false, CW_TRIAL_SHUTDOWN, "shared closes go unseen" },
	{ "filp_flush", false, CW_TRIAL_SHUTDOWN, "shared closes go unseen" },
	{ "inet_child_forget", false, CW_TRIAL_LISTENER,
	  "connections that a closed listener takes along go uncounted" },
	{ "inet_csk_listen_stop", false, CW_TRIAL_LISTENER,
	  "closes of listeners have the path unknown" },
	{ "inet_release", false, CW_TRIAL_SHUTDOWN, "no policy acts" },
	{ "inet_shutdown", false, CW_TRIAL_SHUTDOWN, "shutdowns go unseen" },
	{ "inet_sock_set_state", false, CW_TRIAL_SHUTDOWN,
	  "fates go unseen, and ages are not known" },
	{ "inet_twsk_kill", false, CW_TRIAL_MINISOCK,
	  "the fate fin-wait2-timeout goes unseen" },
	{ "sk_stream_error", false, CW_TRIAL_SHUTDOWN,
	  "writes after shutdown go unseen" },
	{ "tcp_abort", false, CW_TRIAL_ABORT,
	  "the fate killed is not told from others" },
	{ "tcp_check_oom", true, CW_TRIAL_ORPHAN,
	  "closes go unseen that leave the connection to the kernel" },
	{ "tcp_destroy_sock", false, CW_TRIAL_RESET,
	  "closes go unseen that end their connection" },
	{ "tcp_disconnect", false, CW_TRIAL_DISCONNECT,
	  "closes with SO_LINGER 0 have the path unknown; the fate disconnected goes unseen" },
	{ "tcp_disconnect", true, CW_TRIAL_DISCONNECT,
	  "shutdowns go unseen of sockets that connect or listen" },
	{ "tcp_reset", false, CW_TRIAL_RESET,
	  "received RSTs go unseen, and the fate peer-reset is not told from others" },
	{ "tcp_send_active_reset", false, CW_TRIAL_DISCONNECT,
	  "closes that send RST have the path unknown" },
	{ "tcp_send_fin", false, CW_TRIAL_SHUTDOWN,
	  "closes and shutdowns that send FIN have the path unknown" },
	{ "tcp_send_reset", false, CW_TRIAL_REFUSED, "sent RSTs go unseen" },
	{ "tcp_shutdown", true, CW_TRIAL_SHUTDOWN, "shutdowns go unseen" },
	{ "tcp_time_wait", false, CW_TRIAL_MINISOCK,
	  "the fate time-wait is not told from others" },
	{ "tcp_timewait_state_process", true, CW_TRIAL_MINISOCK,
	  "fates of closed connections in FIN_WAIT2 go unseen" },
	{ "tcp_v4_send_reset", true, CW_TRIAL_REFUSED, "RSTs sent over IPv4 go unseen" },
	{ "tcp_v6_send_reset", true, CW_TRIAL_REFUSED6, "RSTs sent over IPv6 go unseen" },
};

/* NULL: a newer module's. */
static const struct probed *find(const char *name, bool at_return)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!strcmp(rows[i].name, name) && rows[i].at_return == at_return)
			return &rows[i];
	}
	return NULL;
}

void cw_probes_judge_one(const struct cw_msg_probe *p,
			 const int errors[CW_TRIAL_ACTS], struct cw_finding *f)
{
	const struct probed *row;
	char name[64], fix[128];

	snprintf(name, sizeof(name), "%.*s", p->name.len,
		 (const char *)p->name.b);
	snprintf(fix, sizeof(fix), "sudo grep -w %s /sys/kernel/debug/kprobes/list",
		 name);
	row = find(name, p->at_return);
	if (p->fired)
		cw_find(f, CW_HEALTHY, NULL, "%s fires", name);
	else if (!row)
		cw_find(f, CW_UNCLEAR, NULL,
			"%s has not fired; this program does not know what passes it",
			name);
	else if (errors[row->act])
		cw_find(f, CW_UNCLEAR, NULL, "%s was not tried: %s", name,
			strerror(errors[row->act]));
	else
		cw_find(f, CW_ILL, fix,
			"%s%s does not fire, [DISABLED] or inlined in this kernel: %s",
			p->at_return ? "the return of " : "", name, row->blind);
}

void cw_probes_judge(const struct cw_msg_info *info, bool anew,
		     struct cw_finding *f)
{
	if (info->blind)
		cw_find(f, CW_ILL,
			"sudo sysctl kernel.ftrace_enabled=1 && echo 1 | sudo tee /sys/kernel/debug/kprobes/enabled",
			"armed probes do not fire: closes go unseen and undrained");
	else if (info->probes_stuck)
		cw_find(f, CW_ILL, "sudo reboot",
			"the kernel could not remove %u probes: the module works, but cannot be unloaded before the next boot",
			info->probes_stuck);
	else if (anew && !info->probes_fired)
		cw_find(f, CW_HEALTHY, NULL,
			"%u were armed anew for this check, too short for one to fire; blind for %llu s since the module was loaded",
			info->probes,
			(unsigned long long)info->blind_seconds);
	else
		cw_find(f, CW_HEALTHY, NULL,
			"%u of %u have fired since they were armed; blind for %llu s since the module was loaded",
			info->probes_fired, info->probes,
			(unsigned long long)info->blind_seconds);
}
