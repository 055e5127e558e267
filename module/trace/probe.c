// SPDX-License-Identifier: GPL-2.0
#include <linux/netlink.h>
#include <linux/string.h>

#include "core/arm.h"
#include "entries.h"
#include "points.h"
#include "probe.h"
#include "returns.h"

#define CW_NR_ARMS	(CW_NR_RETURNS + CW_NR_ENTRIES)
#define CW_ARM_SHARED	CW_NR_RETURNS	/* the first entry's */

/* Return probes come first; see the end of cw_entries[]. */
static struct cw_arm *cw_arms[CW_NR_ARMS];

/* Protects cw_arms[] and cw_missed_before against readers of the counters. They
 * are written under cw_watch_lock.
 */
static DEFINE_SPINLOCK(cw_arms_lock);
static u64 cw_missed_before;
static bool cw_armed;

static int cw_probe_refused(struct netlink_ext_ack *extack, int err)
{
	NL_SET_ERR_MSG(extack,
		       "the kernel refused a probe on a TCP function; the kernel log names it");
	return err;
}

static struct cw_arm *cw_probe_arm_one(unsigned int i)
{
	const struct cw_entry_point *e;

	if (i < CW_NR_RETURNS)
		return cw_returns_arm(&cw_returns[i]);
	e = &cw_entries[i - CW_NR_RETURNS];
	return cw_arm_entry(e->symbol, e->handler);
}

static const char *cw_probe_symbol(unsigned int i)
{
	return i < CW_NR_RETURNS ? cw_returns[i].symbol :
				   cw_entries[i - CW_NR_RETURNS].symbol;
}

static void cw_probe_disarm_arms(unsigned int first, unsigned int n)
{
	struct cw_arm *arms[CW_NR_ARMS];
	unsigned int i;

	BUILD_BUG_ON(CW_NR_ARMS > CW_ARM_BATCH);
	memcpy(arms, cw_arms + first, n * sizeof(*arms));
	cw_arm_release(arms, n);
	spin_lock(&cw_arms_lock);
	for (i = 0; i < n; i++)
		cw_missed_before += cw_arm_missed(arms[i]);
	memset(cw_arms + first, 0, n * sizeof(*cw_arms));
	spin_unlock(&cw_arms_lock);
	for (i = 0; i < n; i++)
		cw_arm_free(arms[i]);
}

static int cw_probe_arm_nth(unsigned int i, struct netlink_ext_ack *extack)
{
	struct cw_arm *a = cw_probe_arm_one(i);

	if (IS_ERR(a)) {
		pr_warn("closewatch: no probe on %s (error %ld)\n",
			cw_probe_symbol(i), -PTR_ERR(a));
		return cw_probe_refused(extack, PTR_ERR(a));
	}
	spin_lock(&cw_arms_lock);
	cw_arms[i] = a;
	spin_unlock(&cw_arms_lock);
	return 0;
}

static int cw_probe_arm_arms(struct netlink_ext_ack *extack)
{
	unsigned int i;
	int err;

	for (i = 0; i < CW_NR_ARMS; i++) {
		if (i == CW_ARM_SHARED)
			continue;
		err = cw_probe_arm_nth(i, extack);
		if (err) {
			cw_probe_disarm_arms(0, CW_NR_ARMS);
			return err;
		}
	}
	return 0;
}

int cw_probe_arm_shared(struct netlink_ext_ack *extack)
{
	return cw_arms[CW_ARM_SHARED] ? 0 : cw_probe_arm_nth(CW_ARM_SHARED, extack);
}

void cw_probe_disarm_shared(void)
{
	cw_probe_disarm_arms(CW_ARM_SHARED, 1);
}

bool cw_probe_has_shared(void)
{
	return cw_arms[CW_ARM_SHARED];
}

int cw_probe_arm(struct netlink_ext_ack *extack)
{
	int err;

	err = cw_points_arm();
	if (err)
		return cw_probe_refused(extack, err);
	err = cw_probe_arm_arms(extack);
	if (err)
		cw_points_disarm();
	else
		WRITE_ONCE(cw_armed, true);
	return err;
}

void cw_probe_disarm(void)
{
	cw_probe_disarm_arms(0, CW_NR_ARMS);
	cw_points_disarm();
	WRITE_ONCE(cw_armed, false);
}

static void cw_probe_get_arm(unsigned int i, struct cw_probe_state *state)
{
	state->name = cw_probe_symbol(i);
	state->at_return = i < CW_NR_RETURNS;
	spin_lock(&cw_arms_lock);
	state->armed = cw_arms[i];
	state->fired = state->armed && READ_ONCE(cw_arms[i]->fired);
	spin_unlock(&cw_arms_lock);
}

bool cw_probe_get(unsigned int i, struct cw_probe_state *state)
{
	unsigned int point = i - CW_NR_ARMS;

	if (i < CW_NR_ARMS) {
		cw_probe_get_arm(i, state);
		return true;
	}
	state->name = cw_points_name(point);
	if (!state->name)
		return false;
	state->at_return = false;
	state->armed = READ_ONCE(cw_armed);
	state->fired = state->armed && cw_points_fired(point);
	return true;
}

void cw_probe_count(struct cw_probe_count *count)
{
	struct cw_probe_state p;
	unsigned int i;

	memset(count, 0, sizeof(*count));
	for (i = 0; cw_probe_get(i, &p); i++) {
		count->armed += p.armed;
		count->fired += p.fired;
	}
	count->missed = cw_probe_missed();
}

u64 cw_probe_missed(void)
{
	unsigned int i;
	u64 missed;

	spin_lock(&cw_arms_lock);
	missed = cw_missed_before;
	for (i = 0; i < CW_NR_ARMS; i++)
		missed += cw_arm_missed(cw_arms[i]);
	spin_unlock(&cw_arms_lock);
	return missed;
}
