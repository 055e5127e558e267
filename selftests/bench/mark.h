/* SPDX-License-Identifier: GPL-2.0 */
/* NOPs that nothing else has: the plugin counts what runs between the two. */
#ifndef CLOSEWATCH_BENCH_MARK_H
#define CLOSEWATCH_BENCH_MARK_H

/* nopl N(%rax), as the bytes before N */
#define MARK_OPCODE	"\x0f\x1f\x80"
#define MARK_NUMBER	0x5bec00

#define MARK(n)		asm volatile("nopl %c0(%%rax)" :: "i"(MARK_NUMBER + (n)) : "memory")
#define MARK_BEGIN()	MARK(1)
#define MARK_END()	MARK(2)

#endif
