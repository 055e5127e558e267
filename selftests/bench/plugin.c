// SPDX-License-Identifier: GPL-2.0
/*
 * A plugin of QEMU's translator: how often each instruction ran between the
 * workload's marks. The argument out= names the file of "address count" lines.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mark.h"
#include "qemu_plugin.h"

#define EXPORT	__attribute__((visibility("default")))
#define BLOCKS	0x100000

/* A block is translated again and again: it is known by where it begins and by
 * the sizes of its instructions, in which code that was patched differs
 */
struct block {
	uint64_t begin, count, before;
	size_t n;
	uint8_t size[];
};

EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

static struct block *blocks[BLOCKS];
static const char *out;

static void count_begins(unsigned int cpu, void *unused)
{
	size_t i;

	for (i = 0; i < BLOCKS; i++) {
		if (blocks[i])
			blocks[i]->before = blocks[i]->count;
	}
}

static void write_block(FILE *file, const struct block *b)
{
	uint64_t at = b->begin;
	size_t i;

	if (b->count == b->before)
		return;
	for (i = 0; i < b->n; at += b->size[i++])
		fprintf(file, "%" PRIx64 " %" PRIu64 "\n", at, b->count - b->before);
}

static void count_ends(unsigned int cpu, void *unused)
{
	FILE *file = fopen(out, "w");
	size_t i;

	if (!file)
		return;
	for (i = 0; i < BLOCKS; i++) {
		if (blocks[i])
			write_block(file, blocks[i]);
	}
	fclose(file);
}

static int mark_of(struct qemu_plugin_insn *insn)
{
	size_t opcode = sizeof(MARK_OPCODE) - 1;
	const char *bytes = qemu_plugin_insn_data(insn);
	uint32_t number;

	if (qemu_plugin_insn_size(insn) != opcode + sizeof(number) ||
	    memcmp(bytes, MARK_OPCODE, opcode))
		return 0;
	memcpy(&number, bytes + opcode, sizeof(number));
	return number - MARK_NUMBER;
}

static struct block *block_make(struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb), i;
	struct block *b = calloc(1, sizeof(*b) + n);

	b->n = n;
	b->begin = qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, 0));
	for (i = 0; i < n; i++)
		b->size[i] = qemu_plugin_insn_size(qemu_plugin_tb_get_insn(tb, i));
	return b;
}

static bool block_same(const struct block *a, const struct block *b)
{
	return a->begin == b->begin && a->n == b->n &&
	       !memcmp(a->size, b->size, a->n);
}

static struct block *block_get(struct qemu_plugin_tb *tb)
{
	struct block *b = block_make(tb);
	size_t at = (b->begin * 0x9e3779b97f4a7c15ULL) >> 44;

	while (blocks[at] && !block_same(blocks[at], b))
		at = (at + 1) % BLOCKS;
	if (blocks[at])
		free(b);
	else
		blocks[at] = b;
	return blocks[at];
}

static void call_at(struct qemu_plugin_insn *insn,
		    void (*cb)(unsigned int cpu, void *unused))
{
	qemu_plugin_register_vcpu_insn_exec_cb(insn, cb, QEMU_PLUGIN_CB_NO_REGS,
					       NULL);
}

static void translated(uint64_t id, struct qemu_plugin_tb *tb)
{
	size_t i;

	for (i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		int mark = mark_of(insn);

		if (mark == 1)
			call_at(insn, count_begins);
		else if (mark == 2)
			call_at(insn, count_ends);
	}
	qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD,
						 &block_get(tb)->count, 1);
}

EXPORT int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	if (argc != 1 || strncmp(argv[0], "out=", 4))
		return -1;
	out = argv[0] + 4;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
