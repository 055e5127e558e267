/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_TESTS_FUZZ_INPUT_H
#define CLOSEWATCH_TESTS_FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>

/*
 * The fuzzer's bytes as a small language, so that a few of them make whole
 * netlink messages. Reading beyond the end gives zeroes. No value depends on
 * how many attributes there are: inputs keep their meaning when some are added.
 */
struct cw_input {
	const uint8_t *at;
	size_t left;
};

uint8_t cw_input_byte(struct cw_input *in);

/* A NUL-terminated string; @size is 256 or less. */
void cw_input_string(struct cw_input *in, char *buf, size_t size);

struct cw_attrs {
	uint8_t b[4096];
	size_t len;
};

/*
 * Attributes up to the byte 0xff. Each is a type and a byte that says its
 * shape; nests hold attributes in turn.
 */
void cw_input_attrs(struct cw_input *in, struct cw_attrs *attrs);

/* Wraps what is there from @start on into one attribute, if it has room. */
void cw_attrs_wrap(struct cw_attrs *attrs, size_t start, uint16_t type);

#endif
