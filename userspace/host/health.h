/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_HEALTH_H
#define CLOSEWATCH_HEALTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/util.h"

/*
 * What the machine's files say about whether the module can be loaded and
 * its probes can fire. @root goes before each path: "" on a machine, a
 * folder in tests.
 */

enum cw_health {
	CW_HEALTHY,
	CW_ILL,
	CW_UNCLEAR,	/* the file is missing or not readable */
};

struct cw_finding {
	enum cw_health health;
	char what[256];
	char fix[384];
};

/* @fix may be NULL. */
__printf(4, 5)
void cw_find(struct cw_finding *finding, enum cw_health health, const char *fix,
	     const char *fmt, ...);

struct cw_check {
	const char *name;
	void (*run)(const char *root, struct cw_finding *finding);
	const char *behind;	/* the check without which it says nothing */
};

/* In the order in which to fix them; ends with a NULL name. */
extern const struct cw_check cw_checks[];

/*
 * The first switch that silences probes without an error: kprobes turned off
 * or ftrace turned off. False if there is none.
 */
bool cw_health_silenced(const char *root, struct cw_finding *finding);

/* What is ill, on standard error: the output is about something else. */
void cw_health_warn(const struct cw_finding *finding);

bool cw_health_module_loaded(const char *root);
/* The command that loads the module from where it is; false if it is nowhere. */
bool cw_health_load_command(const char *root, char *buf, size_t size);
/* The commands that put a module of this program's version in place of the loaded one. */
const char *cw_health_reload_commands(const char *root, char *buf, size_t size);
/* Is the module's parameter userns set? */
bool cw_health_userns(const char *root);
/* A number that the module was given or last written; false if not known. */
bool cw_health_parameter(const char *root, const char *name, uint32_t *value);
/* False only if the kernel's symbols are readable and have no kprobes. */
bool cw_health_has_kprobes(const char *root);

#endif
