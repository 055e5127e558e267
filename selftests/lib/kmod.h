/* SPDX-License-Identifier: GPL-2.0 */
/* Loading and unloading kernel modules by file. */
#ifndef CLOSEWATCH_SELFTEST_KMOD_H
#define CLOSEWATCH_SELFTEST_KMOD_H

#include <stdbool.h>

#define MODULE	"closewatch"
/* Helpers */
#define FAULT	"closewatch_fault"
#define HOLD	"closewatch_hold"

#define NO_MODULE_FILE "CLOSEWATCH_MODULE does not name closewatch.ko"

/*
 * The file of closewatch, which CLOSEWATCH_MODULE names, or of a helper: in kmod/,
 * or beside that. NULL where it cannot be read.
 */
const char *kmod_path(const char *name);

/* 0 or a negative errno; neither waits */
int kmod_load(const char *path);
int kmod_unload(const char *name);
bool kmod_loaded(const char *name);

/* Unload as soon as nothing uses it any more */
int kmod_remove(const char *name);

/* Load closewatch.ko anew, with these parameters; without a file, leave it loaded */
int kmod_reload(const char *params);

/* Load a helper if it is not there already */
int kmod_load_helper(const char *name);

/* A parameter of a loaded module, as a number; negative on failure */
int kmod_param_write(const char *name, const char *param, long value);
long kmod_param_read(const char *name, const char *param);

#endif
