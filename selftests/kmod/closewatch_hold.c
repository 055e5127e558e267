// SPDX-License-Identifier: GPL-2.0
/*
 * For the selftests alone: makes others wait.
 *
 * socket	write a descriptor: that socket is meant by @locked, also after the
 *		close of the descriptor, until another or -1 is written. Reads
 *		as what was written.
 * locked	write 1: the lock of that socket is held, as any user of lock_sock()
 *		may hold it, until 0 is written.
 * grace	write 1: no RCU grace period ends until 0 is written, but for at
 *		most 15 s. Reads 1 for as long as that holds.
 */
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/workqueue.h>
#include <net/sock.h>

#define GRACE_MAX	(15 * HZ)

/* Parameters are set under a lock of the module's, so one at a time. */
static struct sock *held;
static int held_fd = -1;
static bool locked;
static DECLARE_COMPLETION(taken);
static DECLARE_COMPLETION(given_back);

static void hold_work_fn(struct work_struct *work)
{
	lock_sock(held);
	complete(&taken);
	wait_for_completion(&given_back);
	release_sock(held);
}

static DECLARE_WORK(hold_work, hold_work_fn);

static void unlock(void)
{
	if (!locked)
		return;
	complete(&given_back);
	flush_work(&hold_work);
	locked = false;
}

static void give_back(void)
{
	unlock();
	if (held)
		sock_put(held);
	held = NULL;
	held_fd = -1;
}

static int hold(int fd)
{
	struct socket *sock;
	int err;

	give_back();
	if (fd < 0)
		return 0;
	sock = sockfd_lookup(fd, &err);
	if (!sock)
		return err;
	held = sock->sk;
	held_fd = fd;
	sock_hold(held);
	sockfd_put(sock);
	return 0;
}

static int set_socket(const char *val, const struct kernel_param *kp)
{
	int fd, err = kstrtoint(val, 0, &fd);

	return err ?: hold(fd);
}

static const struct kernel_param_ops socket_ops = {
	.set = set_socket,
	.get = param_get_int,
};

module_param_cb(socket, &socket_ops, &held_fd, 0600);
MODULE_PARM_DESC(socket, "descriptor of the socket that locked is about");

static int set_locked(const char *val, const struct kernel_param *kp)
{
	bool on;
	int err = kstrtobool(val, &on);

	if (err)
		return err;
	unlock();
	if (!on)
		return 0;
	if (!held)
		return -ENOTSOCK;
	reinit_completion(&taken);
	reinit_completion(&given_back);
	queue_work(system_unbound_wq, &hold_work);
	wait_for_completion(&taken);
	locked = true;
	return 0;
}

static const struct kernel_param_ops locked_ops = {
	.set = set_locked,
	.get = param_get_bool,
};

module_param_cb(locked, &locked_ops, &locked, 0600);
MODULE_PARM_DESC(locked, "whether the lock of that socket is held");

static struct task_struct *spinner;
static int grace_held;

static int spin(void *unused)
{
	unsigned long end = jiffies + GRACE_MAX;

	preempt_disable();
	WRITE_ONCE(grace_held, 1);
	while (!kthread_should_stop() && time_before(jiffies, end))
		cpu_relax();
	WRITE_ONCE(grace_held, 0);
	preempt_enable();
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

static void grace_let_go(void)
{
	if (spinner)
		kthread_stop(spinner);
	spinner = NULL;
}

static int grace_hold(void)
{
	struct task_struct *t = kthread_run(spin, NULL, "closewatch_hold");

	if (IS_ERR(t))
		return PTR_ERR(t);
	spinner = t;
	while (!READ_ONCE(grace_held))
		schedule_timeout_interruptible(1);
	return 0;
}

static int set_grace(const char *val, const struct kernel_param *kp)
{
	bool on;
	int err = kstrtobool(val, &on);

	if (err)
		return err;
	grace_let_go();
	return on ? grace_hold() : 0;
}

static const struct kernel_param_ops grace_ops = {
	.set = set_grace,
	.get = param_get_int,
};

module_param_cb(grace, &grace_ops, &grace_held, 0600);
MODULE_PARM_DESC(grace, "whether no RCU grace period may end");

static int __init closewatch_hold_init(void)
{
	return 0;
}

static void __exit closewatch_hold_exit(void)
{
	grace_let_go();
	give_back();
}

module_init(closewatch_hold_init);
module_exit(closewatch_hold_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Holds locks and grace periods for the selftests of closewatch");
