/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_POLICY_FILES_H
#define CLOSEWATCH_POLICY_FILES_H

#include <stddef.h>

#include "base/fail.h"
#include "netlink/decode.h"

#define CW_POLICIES_DIR "/etc/closewatch/policies.d"

struct cw_policy_place {
	const char *file;
	unsigned int line;
};

/* The rules of files, in their order; where each is from. */
struct cw_policy_files {
	struct cw_msg_policy *rule;
	struct cw_policy_place *place;
	size_t n;
	char **name;
	size_t names;
};

/*
 * Adds the rules of a file, of all *.conf in a folder in the order of their names,
 * or of standard input, which is "-". An error says where it is.
 */
int cw_policy_files_read(struct cw_policy_files *f, const char *path,
			 struct cw_fail *fail);
void cw_policy_files_release(struct cw_policy_files *f);

/* Puts "FILE:LINE: " before what went wrong. Returns @ret. */
int cw_policy_files_fail(struct cw_fail *fail, int ret,
			 const struct cw_policy_place *at);

#endif
