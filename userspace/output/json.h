/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_JSON_H
#define CLOSEWATCH_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/attr.h"
#include "output/line.h"

/* JSON in a line. In an array a key is NULL. */
struct cw_json {
	struct cw_line *line;
	bool first;		/* in its object or array: no comma */
	time_t second;		/* for which @date is: many events share one */
	size_t date_len;
	char date[32];		/* "2026-11-21T03:12:07. with its quote */
};

void cw_json_init(struct cw_json *j, struct cw_line *line);

/* @bracket opens or closes an object or an array. */
void cw_json_open(struct cw_json *j, const char *key, const char *bracket);
void cw_json_close(struct cw_json *j, const char *bracket);

/* @text: JSON as it stands. */
void cw_json_put(struct cw_json *j, const char *key, const char *text,
		 size_t len);
/* Any text in UTF-8. */
void cw_json_string(struct cw_json *j, const char *key, const char *text);
void cw_json_bytes(struct cw_json *j, const char *key,
		   const struct cw_bytes *bytes);
/* ns since the epoch, RFC 3339 in UTC, quoted; returns its end. */
#define CW_JSON_TIME_MAX 48
char *cw_json_write_time(struct cw_json *j, char *to, uint64_t ns);
void cw_json_time(struct cw_json *j, const char *key, uint64_t ns);
void cw_json_endpoint(struct cw_json *j, const char *key, const void *addr,
		      size_t len, uint16_t port);

/*
 * The members of @from that are @attrs of @fields, in this order: those whose
 * bits are set in @present. A number of 64 bits is a string.
 */
void cw_json_members(struct cw_json *j, const struct cw_field *fields,
		     const void *from, uint64_t present, const uint8_t *attrs,
		     size_t n);

#endif
