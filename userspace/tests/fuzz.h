/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_TESTS_FUZZ_H
#define CLOSEWATCH_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/*
 * One input of the fuzzer, through the receiver, the decoders and every
 * renderer. An output that breaks a rule of fuzz_check.h ends the program.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
