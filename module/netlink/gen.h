/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/closewatch.yaml */
/* YNL-GEN kernel header */
/* To regenerate run: make spec */

#ifndef _LINUX_CLOSEWATCH_GEN_H
#define _LINUX_CLOSEWATCH_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/closewatch.h>

/* Common nested types */
extern const struct nla_policy closewatch_filter_nl_policy[CLOSEWATCH_A_FILTER_BY_INODE + 1];
extern const struct nla_policy closewatch_policy_nl_policy[CLOSEWATCH_A_POLICY_EVEN_OOM + 1];

/* Global operation policy for closewatch */
extern const struct nla_policy closewatch_message_nl_policy[CLOSEWATCH_A_SET + 1];

/* Ops table for closewatch */
extern const struct genl_small_ops closewatch_nl_ops[11];

int closewatch_nl_subscribe_doit(struct sk_buff *skb, struct genl_info *info);
int closewatch_nl_unsubscribe_doit(struct sk_buff *skb, struct genl_info *info);
int closewatch_nl_info_doit(struct sk_buff *skb, struct genl_info *info);
int closewatch_nl_stats_doit(struct sk_buff *skb, struct genl_info *info);
int closewatch_nl_policy_add_doit(struct sk_buff *skb, struct genl_info *info);
int closewatch_nl_policy_del_doit(struct sk_buff *skb, struct genl_info *info);
int closewatch_nl_policy_get_dumpit(struct sk_buff *skb,
				    struct netlink_callback *cb);
int closewatch_nl_policy_flush_doit(struct sk_buff *skb,
				    struct genl_info *info);
int closewatch_nl_drain_get_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb);
int closewatch_nl_drain_off_doit(struct sk_buff *skb, struct genl_info *info);
int closewatch_nl_policy_set_doit(struct sk_buff *skb, struct genl_info *info);

#endif /* _LINUX_CLOSEWATCH_GEN_H */
