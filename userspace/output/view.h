/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_VIEW_H
#define CLOSEWATCH_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/attr.h"
#include "host/resolve.h"
#include "output/table.h"

/*
 * One emitter, two back ends. A verb opens a record, puts each fact once and
 * closes the record; the view renders it as a line of NDJSON or as text. It
 * depends neither on netlink nor on what the facts mean.
 *
 * Text comes in two shapes: with a layout, a record is a line of aligned
 * cells; without, a list of "key: value".
 */

/* Within a function: the cell @c and nothing around the fact. */
#define CW_AT(c) (&(const struct cw_place){ .column = (c) })

/* How text shows a time. */
enum cw_view_time {
	CW_TIME_CLOCK,		/* the local time of day, with ms */
	CW_TIME_RELATIVE,	/* seconds since the first one shown, with us */
	CW_TIME_RFC3339,	/* as JSON has it */
};

struct cw_view_options {
	FILE *out;
	bool json;
	bool color;
	int width;		/* columns of the terminal, 0: unlimited */
	enum cw_view_time time;
	struct cw_resolve *names;	/* of hosts and ports in text, or NULL */
	bool wide;		/* unlimited whatever the terminal is */
	const struct cw_column *layout;
	const uint8_t *slots;	/* see cw_table_layout() */
};

struct cw_view;

struct cw_view *cw_view_new(const struct cw_view_options *opt);
void cw_view_free(struct cw_view *v);

/* False: what is text only need not be put in words. */
bool cw_view_is_text(const struct cw_view *v);

/* The titles; nothing in JSON. */
void cw_view_header(struct cw_view *v);

void cw_view_begin(struct cw_view *v);
/* 0, or -1 with errno when the record could not be written. */
int cw_view_end(struct cw_view *v);
/* Bytes of all records so far. */
uint64_t cw_view_size(const struct cw_view *v);

void cw_view_tone(struct cw_view *v, enum cw_tone tone);

/* A name or an enum's word, trusted text. */
void cw_view_word(struct cw_view *v, const char *key,
		  const struct cw_place *at, const char *word);
/* Bytes of unknown origin: escaped in both renderings. */
void cw_view_bytes(struct cw_view *v, const char *key,
		   const struct cw_place *at, const struct cw_bytes *bytes);
/* At most 32 bits: a JSON number. */
void cw_view_number(struct cw_view *v, const char *key,
		    const struct cw_place *at, uint32_t n);
/* 64 bits: a JSON string, because JSON numbers are exact to 2^53 only. */
void cw_view_big(struct cw_view *v, const char *key,
		 const struct cw_place *at, uint64_t n);
void cw_view_bool(struct cw_view *v, const char *key,
		  const struct cw_place *at, bool b);
/* ns since the epoch: RFC 3339 in UTC; in text as enum cw_view_time says. */
void cw_view_time(struct cw_view *v, const char *key,
		  const struct cw_place *at, uint64_t ns);
/* @len is 4 for IPv4 and 16 for IPv6. */
void cw_view_endpoint(struct cw_view *v, const char *key,
		      const struct cw_place *at, const void *addr, size_t len,
		      uint16_t port);

/* JSON only: see cw_json_members(). */
void cw_view_members(struct cw_view *v, const struct cw_field *fields,
		     const void *from, uint64_t present, const uint8_t *attrs,
		     size_t n);

/* Text only. */
void cw_view_text(struct cw_view *v, const struct cw_place *at,
		  const char *text);
/* Text only, and only where there is no layout: "key: text". */
void cw_view_list_text(struct cw_view *v, const char *key, const char *text);
/* Text only: a line of its own below the record. */
void cw_view_below(struct cw_view *v, const char *label, const char *text);

/* A nested object in JSON; no trace in text. */
void cw_view_open(struct cw_view *v, const char *key);
void cw_view_close(struct cw_view *v);

/*
 * Several of a kind inside a record: an array of objects in JSON, a table of
 * its own with @layout in text. @layout NULL: no trace in text. A table does
 * not nest in a record that has a layout itself.
 */
void cw_view_table(struct cw_view *v, const char *key,
		   const struct cw_column *layout);
void cw_view_row(struct cw_view *v);
void cw_view_row_end(struct cw_view *v);
void cw_view_table_end(struct cw_view *v);

#endif
