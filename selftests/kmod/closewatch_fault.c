// SPDX-License-Identifier: GPL-2.0
/*
 * For the selftests alone: makes happen to a TCP connection what no program can
 * bring about by itself.
 *
 * fail_fin	write a process id: the next FIN that this process needs a
 *		segment of its own for finds no memory. Reads 0 once it happened.
 * fail_drain	write a process id: the next drain that this process begins
 *		finds no memory, even if it waits. Reads 0 once it happened.
 * slow_end	write 1: the next connection of the writer's network namespace that
 *		ends takes SLOW_MS from tcp_done() to its new state. Reads 0 once
 *		that began.
 * hold_netns	write a port: a kernel-owned connection to it is made in the
 *		writer's network namespace, and closed while that is dismantled.
 *		Reads as the local port of the last such connection.
 */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/in.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <net/inet_sock.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include <net/sock.h>

/* The process to fail, and its task while it is inside tcp_send_fin() */
static int victim;
static struct task_struct *sender;

static int enter_send_fin(struct kprobe *p, struct pt_regs *regs)
{
	if (victim && in_task() && task_tgid_nr(current) == READ_ONCE(victim))
		WRITE_ONCE(sender, current);
	return 0;
}

static struct kprobe send_fin = {
	.symbol_name = "tcp_send_fin",
	.pre_handler = enter_send_fin,
};

static int enter_alloc(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	return READ_ONCE(sender) == current && in_task() ? 0 : 1;
}

/* Nobody else has seen the segment yet, so it can be freed like any other */
static int leave_alloc(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct sk_buff *skb = (struct sk_buff *)regs_return_value(regs);

	if (skb) {
		kfree_skb(skb);
		regs_set_return_value(regs, 0);
	}
	WRITE_ONCE(sender, NULL);
	WRITE_ONCE(victim, 0);
	return 0;
}

static struct kretprobe alloc_skb_probe = {
	.kp.symbol_name = "__alloc_skb",
	.entry_handler = enter_alloc,
	.handler = leave_alloc,
	.maxactive = 16,
};

module_param_named(fail_fin, victim, int, 0600);
MODULE_PARM_DESC(fail_fin, "process whose next FIN finds no memory");

/* The process whose drain is to fail */
static int drainless;

struct drain_alloc {
	struct kmem_cache *cache;
	bool waits;
};

/* The module allocates nothing else from a cache of its own in a close */
static bool called_by_closewatch(struct pt_regs *regs)
{
	char caller[KSYM_SYMBOL_LEN];
#ifdef CONFIG_X86
	unsigned long address = *(unsigned long *)kernel_stack_pointer(regs);
#else
	unsigned long address = regs->regs[30];
#endif

	sprint_symbol_no_offset(caller, address);
	return strstr(caller, "[closewatch]");
}

static int enter_drain_alloc(struct kretprobe_instance *ri,
			     struct pt_regs *regs)
{
	struct drain_alloc *a = (void *)ri->data;

	if (!drainless || !in_task() ||
	    task_tgid_nr(current) != READ_ONCE(drainless) ||
	    !called_by_closewatch(regs))
		return 1;
	a->cache = (void *)regs_get_kernel_argument(regs, 0);
	a->waits = gfpflags_allow_blocking((__force gfp_t)
					   regs_get_kernel_argument(regs, 1));
	return 0;
}

static int leave_drain_alloc(struct kretprobe_instance *ri,
			     struct pt_regs *regs)
{
	struct drain_alloc *a = (void *)ri->data;
	void *object = (void *)regs_return_value(regs);

	if (object)
		kmem_cache_free(a->cache, object);
	regs_set_return_value(regs, 0);
	if (a->waits)
		WRITE_ONCE(drainless, 0);
	return 0;
}

/* A macro where the function has another name */
#ifdef kmem_cache_alloc
#define KMEM_CACHE_ALLOC "kmem_cache_alloc_noprof"
#else
#define KMEM_CACHE_ALLOC "kmem_cache_alloc"
#endif

static struct kretprobe drain_alloc_probe = {
	.kp.symbol_name = KMEM_CACHE_ALLOC,
	.entry_handler = enter_drain_alloc,
	.handler = leave_drain_alloc,
	.data_size = sizeof(struct drain_alloc),
	.maxactive = 16,
};

module_param_named(fail_drain, drainless, int, 0600);
MODULE_PARM_DESC(fail_drain, "process whose next drain finds no memory");

#define SLOW_MS	400

static const struct net *slow;	/* only to compare */

static int enter_done(struct kprobe *p, struct pt_regs *regs)
{
	const struct sock *sk = (void *)regs_get_kernel_argument(regs, 0);
	const struct net *net = sock_net(sk);
	int ms;

	if (READ_ONCE(slow) == net && cmpxchg(&slow, net, NULL) == net) {
		for (ms = 0; ms < SLOW_MS; ms++)
			mdelay(1);
	}
	return 0;
}

static struct kprobe done_probe = {
	.symbol_name = "tcp_done",
	.pre_handler = enter_done,
};

static int set_slow(const char *val, const struct kernel_param *kp)
{
	WRITE_ONCE(slow, current->nsproxy->net_ns);
	return 0;
}

static int get_slow(char *buffer, const struct kernel_param *kp)
{
	return sprintf(buffer, "%d\n", !!READ_ONCE(slow));
}

static const struct kernel_param_ops slow_ops = {
	.set = set_slow,
	.get = get_slow,
};

module_param_cb(slow_end, &slow_ops, NULL, 0600);
MODULE_PARM_DESC(slow_end, "let the next connection that ends take long");

static unsigned int held_id;
static int held_port;

struct held {
	struct socket *sock;
};

static int hold(struct net *net, u16 port)
{
	struct held *held = net_generic(net, held_id);
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int err;

	if (held->sock)
		return -EBUSY;
	err = sock_create_kern(net, AF_INET, SOCK_STREAM, IPPROTO_TCP,
			       &held->sock);
	if (err)
		return err;
	/* Its type is struct sockaddr, or sockaddr_unsized in newer kernels */
	err = kernel_connect(held->sock, (void *)&addr, sizeof(addr), 0);
	if (err) {
		sock_release(held->sock);
		held->sock = NULL;
		return err;
	}
	held_port = ntohs(inet_sk(held->sock->sk)->inet_sport);
	return 0;
}

static int set_hold(const char *val, const struct kernel_param *kp)
{
	u16 port;

	return kstrtou16(val, 0, &port) ?: hold(current->nsproxy->net_ns, port);
}

static const struct kernel_param_ops hold_ops = {
	.set = set_hold,
	.get = param_get_int,
};

module_param_cb(hold_netns, &hold_ops, &held_port, 0600);
MODULE_PARM_DESC(hold_netns, "port to hold a kernel-owned connection to");

static void __net_exit release_held(struct net *net)
{
	struct held *held = net_generic(net, held_id);

	if (held->sock)
		sock_release(held->sock);
	held->sock = NULL;
}

/*
 * Registered as a device, which the end of a namespace undoes in reverse
 * order: this comes before loopback and TCP itself go.
 */
static struct pernet_operations held_ops = {
	.exit = release_held,
	.id = &held_id,
	.size = sizeof(struct held),
};

static int __init closewatch_fault_init(void)
{
	int err;

	err = register_pernet_device(&held_ops);
	if (err)
		return err;
	err = register_kprobe(&send_fin);
	if (err)
		goto undo_pernet;
	err = register_kretprobe(&alloc_skb_probe);
	if (err)
		goto undo_send_fin;
	err = register_kretprobe(&drain_alloc_probe);
	if (err)
		goto undo_alloc;
	err = register_kprobe(&done_probe);
	if (err)
		goto undo_drain_alloc;
	return 0;

undo_drain_alloc:
	unregister_kretprobe(&drain_alloc_probe);
undo_alloc:
	unregister_kretprobe(&alloc_skb_probe);
undo_send_fin:
	unregister_kprobe(&send_fin);
undo_pernet:
	unregister_pernet_device(&held_ops);
	return err;
}

static void __exit closewatch_fault_exit(void)
{
	unregister_kprobe(&done_probe);
	unregister_kretprobe(&drain_alloc_probe);
	unregister_kretprobe(&alloc_skb_probe);
	unregister_kprobe(&send_fin);
	unregister_pernet_device(&held_ops);
}

module_init(closewatch_fault_init);
module_exit(closewatch_fault_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Fault injection for the selftests of closewatch");
