/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between the kernels that closewatch supports, feature by
 * feature. The only place that looks at the kernel's version.
 */
#ifndef CW_COMPAT_H
#define CW_COMPAT_H

#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/net.h>
#include <linux/ptrace.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/unistd.h>
#include <linux/version.h>
#include <asm/syscall.h>

/* 6.1 and later refuse nonsense in reserved fields of new commands only. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
#define CW_GENL_RESV_START_OP(op)	.resv_start_op = (op),
#else
#define CW_GENL_RESV_START_OP(op)
#endif

/* Renamed in 5.11. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
#define nla_strscpy	nla_strlcpy
#endif

/* genl_dumpit_info() has held a whole genl_info since 6.7. Of genetlink, which
 * only some may see, this needs a macro.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
#define cw_genl_dump_attrs(cb)	(genl_dumpit_info(cb)->info.attrs)
#else
#define cw_genl_dump_attrs(cb)	(genl_dumpit_info(cb)->attrs)
#endif

/* sk_memory_allocated() and its kin left net/sock.h in 6.10. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#include <net/proto_memory.h>
#endif

/* The way from an instance to its kretprobe changed in 5.11. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
#define get_kretprobe(ri)	((ri)->rp)
#endif

/* close(2) stopped calling filp_close() when it learnt to fput at once. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
#define CW_FILE_CLOSE_SYMBOL	"filp_flush"
#else
#define CW_FILE_CLOSE_SYMBOL	"filp_close"
#endif

static inline struct socket *cw_sock_from_file(struct file *file)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)
	return sock_from_file(file);
#else
	int err;

	return sock_from_file(file, &err);
#endif
}

/* tcp_abort() of 5.10 refuses minisocks and leaves orphans alive. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
#define CW_ABORT_TAKES_MINISOCKS	true
#define CW_ABORT_TAKES_ORPHANS		true
#else
#define CW_ABORT_TAKES_MINISOCKS	false
#define CW_ABORT_TAKES_ORPHANS		false
#endif

/* tcp_disconnect() of 5.10 does nothing while a thread waits on the socket. */
static inline bool cw_disconnect_refused(const struct sock *sk)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
	return READ_ONCE(sk->sk_wait_pending);
#else
	return false;
#endif
}

/* What an ftrace_ops' function is given last; 5.11 gave it a name of its own. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
#define CW_FTRACE_REGS	pt_regs
#else
#define CW_FTRACE_REGS	ftrace_regs
#endif

/*
 * Has the current task called execve()? On x86 a new program begins as if it
 * had called it itself, by the number of its own ABI. arm64 keeps the number
 * that the old one called by, which closes nothing under the other ABI.
 */
static inline bool cw_in_exec(void)
{
	int nr = syscall_get_nr(current, task_pt_regs(current));

	if (current->in_execve)
		return true;
#if defined(CONFIG_X86_64)
	if (in_ia32_syscall())
		return nr == __NR_ia32_execve || nr == __NR_ia32_execveat;
	if (nr == (__X32_SYSCALL_BIT | __NR_x32_execve))
		return true;
#elif defined(CONFIG_ARM64)
	/* execve and execveat of 32-bit arm */
	if (nr == 11 || nr == 387)
		return true;
#endif
	return nr == __NR_execve || nr == __NR_execveat;
}

/*
 * The address to which a probed function will return, read at its entry; 0 where
 * it is not known. A return probe or the function graph tracer may have put
 * their own in its place, which is in no function that we ask for.
 */
static inline unsigned long cw_return_address(struct pt_regs *regs)
{
#if defined(CONFIG_X86)
	return *(unsigned long *)kernel_stack_pointer(regs);
#elif defined(CONFIG_ARM64)
	return regs->regs[30];
#else
	return 0;
#endif
}

/* Is a probed function, at its entry, called by @name, or by a part of it that
 * the compiler has split off and named with a dot?
 */
static inline bool cw_called_by(struct pt_regs *regs, const char *name)
{
	unsigned long address = cw_return_address(regs);
	char caller[KSYM_SYMBOL_LEN];
	size_t len = strlen(name);

	if (!address)
		return false;
	sprint_symbol_no_offset(caller, address);
	return !strncmp(caller, name, len) &&
	       (!caller[len] || caller[len] == '.');
}

/*
 * tcp_reset() is called for an RST, and for data that comes after a close.
 * Since 5.11 it is given the segment; before, only its caller tells.
 */
static inline bool cw_reset_is_for_rst(struct pt_regs *regs)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)
	const struct sk_buff *skb = (void *)regs_get_kernel_argument(regs, 1);

	return tcp_hdr(skb)->rst;
#else
	return !cw_called_by(regs, "tcp_rcv_state_process");
#endif
}

/* The kernel names the reason of each RST that it sends, and traces it. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#define CW_HAVE_RST_REASON

#include <net/rstreason.h>

static inline const char *cw_rst_reason(enum sk_rst_reason reason)
{
#define CW_REASON(name)	case SK_RST_REASON_##name: return #name;
	switch (reason) {
	DEFINE_RST_REASON(CW_REASON, CW_REASON)
	}
#undef CW_REASON
	return "unknown";
}
#endif

#endif
