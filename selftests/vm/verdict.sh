# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What in a kernel's log is a fault.

KERNEL_FAULTS='WARNING: (CPU|.* at )|BUG: |kernel BUG at|Oops|general protection'
KERNEL_FAULTS+='|Unable to handle|Call Trace:|KASAN|KCSAN|KFENCE|UBSAN|ODEBUG'
KERNEL_FAULTS+='|INFO: (task|rcu|trying|possible|NMI)|rcu:? .*(stall|starv)'
KERNEL_FAULTS+='|possible (circular|recursive|irq lock)|inconsistent lock state'
KERNEL_FAULTS+='|suspicious RCU usage|WARNING: (possible|suspicious|inconsistent|bad|held)'
KERNEL_FAULTS+='|sleeping function called|scheduling while atomic|refcount_t: '
KERNEL_FAULTS+='|list_(add|del) corruption|slab.*corrupt|Object already free'
KERNEL_FAULTS+='|unregister_netdevice: waiting|hung_task|lockup'
KERNEL_FAULTS+='|kmemleak: [0-9]+ new|unreferenced object|Kernel panic'
KERNEL_FAULTS+='|Fixing recursive fault|Out of memory|lock held when returning'

# Print the faults in a console log; true when there are any.
kernel_faults() { tr -d '\r' <"$1" | grep -aE "$KERNEL_FAULTS"; }
