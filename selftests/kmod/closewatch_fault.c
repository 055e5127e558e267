// SPDX-License-Identifier: GPL-2.0
/*
 * For the selftests alone: makes happen to a TCP connection what no program can
 * bring about by itself.
 *
 * fail_fin	write a process id: the next FIN that this process needs a
 *		segment of its own for finds no memory. Reads 0 once it happened.
 * fail_socket	write a process id: the next struct socket that this process
 *		needs finds no memory. Reads 0 once it happened.
 * hold_netns	write a port: a kernel-owned connection to it is made in the
 *		writer's network namespace, and closed while that is dismantled.
 *		Reads as the local port of the last such connection.
 */
#include <linux/in.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/workqueue.h>
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

/* The process to fail, and the socket that it did not get */
static int socketless;
static struct socket *withheld;

static void release_withheld(struct work_struct *work)
{
	struct socket *sock = xchg(&withheld, NULL);

	if (sock)
		sock_release(sock);
}

static DECLARE_WORK(release_work, release_withheld);

static int enter_sock_alloc(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	return socketless && task_tgid_nr(current) == READ_ONCE(socketless) ?
		0 : 1;
}

/* The caller sees no memory; a worker, which may sleep, frees what was had */
static int leave_sock_alloc(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct socket *sock = (struct socket *)regs_return_value(regs);

	if (!sock || cmpxchg(&withheld, NULL, sock))
		return 0;
	regs_set_return_value(regs, 0);
	WRITE_ONCE(socketless, 0);
	schedule_work(&release_work);
	return 0;
}

static struct kretprobe sock_alloc_probe = {
	.kp.symbol_name = "sock_alloc",
	.entry_handler = enter_sock_alloc,
	.handler = leave_sock_alloc,
	.maxactive = 16,
};

module_param_named(fail_socket, socketless, int, 0600);
MODULE_PARM_DESC(fail_socket, "process whose next socket finds no memory");

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
	err = register_kretprobe(&sock_alloc_probe);
	if (err)
		goto undo_alloc;
	return 0;

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
	unregister_kretprobe(&sock_alloc_probe);
	flush_work(&release_work);
	unregister_kretprobe(&alloc_skb_probe);
	unregister_kprobe(&send_fin);
	unregister_pernet_device(&held_ops);
}

module_init(closewatch_fault_init);
module_exit(closewatch_fault_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Fault injection for the selftests of closewatch");
