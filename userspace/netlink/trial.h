/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_TRIAL_H
#define CLOSEWATCH_TRIAL_H

/*
 * Connections that pass every function and tracepoint that the module probes, in
 * a network namespace of their own: neither counters nor ports of another are
 * touched, and no packet filter stands in the way.
 */

enum cw_trial_act {
	CW_TRIAL_SHUTDOWN,	/* and a write after it */
	CW_TRIAL_MINISOCK,	/* closed in FIN_WAIT2, where the peer's RST comes */
	CW_TRIAL_ORPHAN,	/* closed, and waits for the peer */
	CW_TRIAL_RESET,		/* by the peer, of an open one */
	CW_TRIAL_LISTENER,	/* closed before accept() */
	CW_TRIAL_DISCONNECT,
	CW_TRIAL_ABORT,		/* as ss -K does */
	CW_TRIAL_REFUSED,	/* for want of a listener */
	CW_TRIAL_REFUSED6,	/* the same over IPv6 */
	CW_TRIAL_ACTS,
};

/* Enters the namespace for good. 0 or a negative errno. */
int cw_trial_enter(void);

/* Makes the connections; @errors has an errno for what could not be done, else 0. */
void cw_trial_run(int errors[CW_TRIAL_ACTS]);

#endif
