// SPDX-License-Identifier: GPL-2.0
#include <linux/errno.h>
#include <linux/hashtable.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#include "charge.h"

#define CW_CHARGE_BITS	6

/* Exists only while its payer has taken something. */
struct cw_account {
	struct hlist_node node;
	u64 payer;
	unsigned int taken[CW_CHARGE_KINDS];
};

/* Protects the table and the accounts. No lock of ours nests inside. */
static DEFINE_MUTEX(cw_charge_lock);
static DEFINE_HASHTABLE(cw_accounts, CW_CHARGE_BITS);

static struct cw_account *__cw_account_find(u64 payer)
{
	struct cw_account *a;

	lockdep_assert_held(&cw_charge_lock);
	hash_for_each_possible(cw_accounts, a, node, payer) {
		if (a->payer == payer)
			return a;
	}
	return NULL;
}

static struct cw_account *__cw_account_open(u64 payer)
{
	struct cw_account *a = kzalloc(sizeof(*a), GFP_KERNEL_ACCOUNT);

	lockdep_assert_held(&cw_charge_lock);
	if (!a)
		return NULL;
	a->payer = payer;
	hash_add(cw_accounts, &a->node, payer);
	return a;
}

int cw_charge(u64 payer, enum cw_charge_kind kind, unsigned int max)
{
	struct cw_account *a;
	int err = 0;

	if (!max)
		return -EUSERS;
	mutex_lock(&cw_charge_lock);
	a = __cw_account_find(payer);
	if (!a)
		a = __cw_account_open(payer);
	if (!a)
		err = -ENOMEM;
	else if (a->taken[kind] >= max)
		err = -EUSERS;
	else
		a->taken[kind]++;
	mutex_unlock(&cw_charge_lock);
	return err;
}

void cw_uncharge(u64 payer, enum cw_charge_kind kind)
{
	struct cw_account *a;

	mutex_lock(&cw_charge_lock);
	a = __cw_account_find(payer);
	if (!WARN_ON_ONCE(!a || !a->taken[kind])) {
		a->taken[kind]--;
		if (!memchr_inv(a->taken, 0, sizeof(a->taken))) {
			hash_del(&a->node);
			kfree(a);
		}
	}
	mutex_unlock(&cw_charge_lock);
}
