/* SPDX-License-Identifier: GPL-2.0 */
/* How much of each kind a payer has taken, see cw_netns_payer(). */
#ifndef CW_CHARGE_H
#define CW_CHARGE_H

#include <linux/types.h>

enum cw_charge_kind {
	CW_CHARGE_LISTENER,
	CW_CHARGE_POLICY,
	CW_CHARGE_KINDS,
};

/**
 * cw_charge() - take one more
 * @max: the most that @payer may have of @kind
 *
 * Context: process, may sleep; takes the charge lock, which nests inside any.
 * Return: 0, -EUSERS if @payer has @max already, or -ENOMEM.
 */
int cw_charge(u64 payer, enum cw_charge_kind kind, unsigned int max);

/** cw_uncharge() - give one back; context as cw_charge(), never fails */
void cw_uncharge(u64 payer, enum cw_charge_kind kind);

#endif
