/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Differences between the supported kernels, feature by feature. Only this file
 * tests the kernel's version.
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
#include <net/inet_hashtables.h>
#include <net/tcp.h>
#include <asm/syscall.h>

/* 6.1 and later check the reserved fields of commands from @op on. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
#define CW_GENL_RESV_START_OP(op)	.resv_start_op = (op),
#else
#define CW_GENL_RESV_START_OP(op)
#endif

/* Renamed in 5.11. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
#define nla_strscpy	nla_strlcpy
#endif

/* genl_dumpit_info() contains a whole genl_info since 6.7. A macro, because
 * most users of this header may not include net/genetlink.h.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
#define cw_genl_dump_attrs(cb)	(genl_dumpit_info(cb)->info.attrs)
#else
#define cw_genl_dump_attrs(cb)	(genl_dumpit_info(cb)->attrs)
#endif

/* sk_memory_allocated() and others moved out of net/sock.h in 6.10. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#include <net/proto_memory.h>
#endif

/* get_kretprobe() exists since 5.11. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
#define get_kretprobe(ri)	((ri)->rp)
#endif

/* Since 6.6 close(2) calls filp_flush() and __fput_sync(), not filp_close(). */
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

/* Since 6.17.3, 6.12.53, 6.1.156 and 5.10.246 a close passes over data that was
 * read but is still in the receive queue.
 */
#define CW_CLOSE_PASSES_OVER_READ_DATA \
	(LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 3) || \
	 (LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 53) && \
	  LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)) || \
	 (LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 156) && \
	  LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)) || \
	 (LINUX_VERSION_CODE >= KERNEL_VERSION(5, 10, 246) && \
	  LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)))

/* A network namespace may have its own table of connections since 6.1. */
static inline struct inet_hashinfo *cw_hashinfo(const struct sock *sk)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
	return sock_net(sk)->ipv4.tcp_death_row.hashinfo;
#else
	return &tcp_hashinfo;
#endif
}

/*
 * End a socket in CLOSE, after sock_orphan(), as tcp_done() does. Caller has
 * locked it, no task owns it. Since 6.15 it is exported only where IPv6 can be a
 * module, which it cannot in 7.2.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0)
#define CW_HAVE_DESTROY_SOCK	true
static inline void cw_destroy_sock(struct sock *sk)
{
	this_cpu_inc(*sk->sk_prot->orphan_count);
	inet_csk_destroy_sock(sk);
}
#else
#define CW_HAVE_DESTROY_SOCK	false
static inline void cw_destroy_sock(struct sock *sk)
{
}
#endif

/* Last argument of an ftrace_ops callback; has its own type since 5.11. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
#define CW_FTRACE_REGS	pt_regs
#else
#define CW_FTRACE_REGS	ftrace_regs
#endif

/*
 * Is the current task in execve()? On x86, exec sets the number of the system
 * call to that of execve() in the ABI of the new program. arm64 keeps the
 * number of the old program's ABI; in the other ABI it is that of a call that
 * closes nothing.
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
 * The return address of a probed function, at its entry; 0 if not available. A
 * return probe or the function graph tracer may have replaced it with an
 * address that is in none of the functions we compare with.
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

/* Is the caller of a probed function, at its entry, @name, or a part of it that
 * the compiler has split off with a suffix after a dot?
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
 * tcp_reset() is called for an RST, and for data that arrives after a close.
 * Since 5.11 it gets the segment; before, only its caller makes the difference.
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

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
/* As tcp_do_parse_auth_options() does, which is not exported any more in 7.2.
 * Options that are malformed count as a signature: they draw no RST either.
 */
static inline bool cw_options_signed(const struct tcphdr *th)
{
	const int least = IS_ENABLED(CONFIG_TCP_AO) ?
			  sizeof(struct tcp_ao_hdr) + 1 : TCPOLEN_MD5SIG;
	const u8 *p = (const u8 *)(th + 1);
	int left = (th->doff << 2) - sizeof(*th);

	while (left >= least && p[0] != TCPOPT_EOL) {
		int size = 1;

		if (p[0] != TCPOPT_NOP) {
			size = p[1];
			if (p[0] == TCPOPT_MD5SIG || p[0] == TCPOPT_AO ||
			    size < 2 || size > left)
				return true;
		}
		p += size;
		left -= size;
	}
	return false;
}
#endif

/* Has the segment a signature: TCP_MD5SIG or, since 6.7, TCP-AO? An RST for it
 * has to be signed too, and is not sent if only a listener could have the key,
 * and none has it.
 */
static inline bool cw_segment_signed(const struct tcphdr *th)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	return cw_options_signed(th);
#elif defined(CONFIG_TCP_MD5SIG)
	return tcp_parse_md5sig_option(th);
#else
	return false;
#endif
}

/* Since 6.12 tcp_send_reset is traced with the reason for the RST. */
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
