// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>

#include "explain/before.h"

#define HEAD	"closewatch advice 1\n"

/* The name comes last: it may have blanks. */
#define NUMBERS	"%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 \
		" %" PRIu64

#define TO_READ	"%" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 \
		" %" SCNu64 " %" SCNu16 " %15[ -~]"

/* A port has "-" for its name. */
static bool name_or_port(struct cw_target *target)
{
	if (!target->port)
		return true;
	if (strcmp(target->comm, "-"))
		return false;
	target->comm[0] = '\0';
	return true;
}

static bool read_row(struct cw_before_row *row, const char *line)
{
	memset(row, 0, sizeof(*row));
	return sscanf(line, TO_READ, &row->time, &row->span_ns, &row->closes,
		      &row->rsts, &row->responses, &row->at_risk,
		      &row->target.port, row->target.comm) == 8 &&
	       name_or_port(&row->target);
}

void cw_before_read(struct cw_before *b, FILE *f)
{
	char line[256];

	b->rows = 0;
	if (!fgets(line, sizeof(line), f) || strcmp(line, HEAD))
		return;
	while (b->rows < CW_BEFORE_ROWS && fgets(line, sizeof(line), f) &&
	       read_row(&b->row[b->rows], line))
		b->rows++;
}

void cw_before_write(const struct cw_before *b, FILE *f)
{
	unsigned int i;

	fputs(HEAD, f);
	for (i = 0; i < b->rows; i++) {
		const struct cw_before_row *row = &b->row[i];

		fprintf(f, NUMBERS " %u %s\n", row->time, row->span_ns,
			row->closes, row->rsts, row->responses, row->at_risk,
			row->target.port,
			row->target.port ? "-" : row->target.comm);
	}
}

static bool same(const struct cw_target *a, const struct cw_target *b)
{
	return a->port == b->port && !strcmp(a->comm, b->comm);
}

/* The last one gives way. */
static struct cw_before_row *place(struct cw_before *b,
				   const struct cw_target *target)
{
	unsigned int i;

	for (i = 0; i < b->rows; i++)
		if (same(&b->row[i].target, target))
			return &b->row[i];
	if (b->rows < CW_BEFORE_ROWS)
		b->rows++;
	return &b->row[b->rows - 1];
}

static void update(struct cw_before *b, const struct cw_whatif_row *const *rows,
		   unsigned int n, uint64_t time, uint64_t span_ns)
{
	unsigned int i;

	for (i = 0; i < n && i < CW_BEFORE_ROWS; i++)
		*place(b, &rows[i]->target) = (struct cw_before_row){
			.target = rows[i]->target, .time = time,
			.span_ns = span_ns, .closes = rows[i]->closes,
			.rsts = rows[i]->rsts, .responses = rows[i]->responses,
			.at_risk = rows[i]->at_risk,
		};
}

void cw_before_update(struct cw_before *b, const struct cw_whatif *w,
		      uint64_t time, uint64_t span_ns)
{
	const struct cw_whatif_row *rows[CW_BEFORE_ROWS];
	unsigned int n;

	n = cw_whatif_ports_helped(w, rows, CW_BEFORE_ROWS);
	update(b, rows, n, time, span_ns);
	n = cw_whatif_programs_helped(w, rows, CW_BEFORE_ROWS);
	update(b, rows, n, time, span_ns);
}

bool cw_before_changed(const struct cw_whatif_row *now)
{
	return now && (now->drained || now->refused);
}
