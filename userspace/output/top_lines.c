// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>

#include "base/util.h"
#include "base/utf8.h"
#include "output/top_lines.h"

#define PATH_WIDTH	16
#define KEY_LEAST	15
/* Shorter, a sparkline tells nothing. */
#define SPARK_LEAST	5

static const struct {
	const char *title;
	int width;
	int terminal;	/* shown on terminals this wide and wider */
} figures[] = {
	[CW_TOP_BY_RATE] = { "RATE/S", 6, 0 },
	[CW_TOP_BY_COUNT] = { "COUNT", 6, 0 },
	[CW_TOP_BY_UNREAD] = { "UNREAD", 6, 72 },
	[CW_TOP_BY_LOST] = { "LOST B", 6, 0 },
	[CW_TOP_BY_FLIGHT] = { "FLIGHT", 6, 72 },
};

static const char *const key_titles[] = {
	[CW_BY_PORT] = "PORT", [CW_BY_COMM] = "PROGRAM", [CW_BY_PATH] = "",
	[CW_BY_PEER] = "PEER", [CW_BY_CGROUP] = "CGROUP",
	[CW_BY_CONTAINER] = "CONTAINER",
};

static void print_left(FILE *to, const char *text, int width)
{
	int len = cw_utf8_cut(text, strlen(text), width > 0 ? width : 0);

	fprintf(to, "%.*s%*s", len, text,
		width - (int)cw_utf8_columns(text, len), "");
}

/* Five characters at most. */
static void say_figure(char *buf, size_t size, uint64_t n, unsigned int tenths)
{
	static const char units[] = " KMGTPE";
	double d = n / (tenths ? 10.0 : 1.0);
	unsigned int u = 0;

	for (; d >= 99999.5 || (u && d >= 999.5); u++)
		d /= 1000;
	if (u)
		snprintf(buf, size, "%.*f%c", d < 99.95, d, units[u]);
	else
		snprintf(buf, size, "%.*f", tenths && d < 999.95, d);
}

/* What is left for the key and the sparkline. */
static int left_over(const struct cw_top_look *look)
{
	int left = look->width - PATH_WIDTH - 1;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(figures); i++)
		if (look->width >= figures[i].terminal)
			left -= figures[i].width + 1;
	return left;
}

struct widths {
	int key, spark;
};

/*
 * The key gets what the longest needs, and the sparkline the rest: of a peer's address
 * nothing is left out.
 */
static struct widths widths_of(const struct cw_top *top,
			       const struct cw_top_choice *c,
			       const struct cw_top_look *look)
{
	struct widths w = { .key = c->by == CW_BY_PATH ? 0 : KEY_LEAST };
	int left = left_over(look), need;
	int most = c->by == CW_BY_PEER ? left - 1 : left * 2 / 3;
	const char *key;
	size_t i;

	for (i = 0; i < top->n; i++) {
		key = strchr(cw_top_key(top->table[c->by], top->order[i]), '\t');
		need = key ? cw_utf8_columns(key + 1, strlen(key + 1)) : 0;
		if (need > most)
			need = most;
		if (need > w.key)
			w.key = need;
	}
	if (w.key > left - 1)
		w.key = left > 1 ? left - 1 : 1;
	w.spark = left - w.key - 1;
	if (w.spark > CW_TOP_SECONDS)
		w.spark = CW_TOP_SECONDS;
	return w;
}

static void print_spark(FILE *to, const struct cw_top_row *row, uint64_t now,
			int width, bool utf8)
{
	static const char *const blocks[] = {
		" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█",
	};
	uint64_t sum[CW_TOP_SECONDS] = { 0 }, most = 1;
	int i;

	for (i = 0; i < CW_TOP_SECONDS; i++)
		sum[i * width / CW_TOP_SECONDS] +=
			cw_top_at(row, now, CW_TOP_SECONDS - 1 - i);
	for (i = 0; i < width; i++)
		most = sum[i] > most ? sum[i] : most;
	/* No spaces at the end of a line. */
	while (width && !sum[width - 1])
		width--;
	if (width)
		fputc(' ', to);
	for (i = 0; i < width; i++) {
		unsigned int level = (sum[i] * 8 + most - 1) / most;

		fprintf(to, "%.*s", utf8 ? 4 : 1,
			utf8 ? blocks[level] : &" .:-=+*#@"[level]);
	}
}

void cw_top_print_titles(FILE *to, const struct cw_top *top,
			 const struct cw_top_choice *c,
			 const struct cw_top_look *look)
{
	struct widths w = widths_of(top, c, look);
	size_t i;

	print_left(to, "PATH", PATH_WIDTH);
	fputc(' ', to);
	print_left(to, key_titles[c->by], w.key);
	for (i = 0; i < ARRAY_SIZE(figures); i++)
		if (look->width >= figures[i].terminal)
			fprintf(to, " %*s", figures[i].width, figures[i].title);
	if (w.spark >= SPARK_LEAST)
		fprintf(to, " %.*s", w.spark, "MINUTE");
	fputc('\n', to);
}

static void print_row(FILE *to, const struct cw_top_row *row, const char *key,
		      const struct cw_top_choice *c,
		      const struct cw_top_look *look, const struct widths *w)
{
	const char *tab = strchr(key, '\t');
	size_t i, columns = tab ? cw_utf8_columns(tab, strlen(tab)) - 1 : 0;
	char text[32];

	snprintf(text, sizeof(text), "%.*s",
		 (int)(tab ? tab - key : (int)strlen(key)), key);
	print_left(to, text, PATH_WIDTH);
	fputc(' ', to);
	/* Of a path or an address the end tells most, of a container's number its begin. */
	if (c->by != CW_BY_CONTAINER && w->key > 0 && columns > (size_t)w->key)
		tab += cw_utf8_cut(tab, strlen(tab), columns - w->key + 1) - 1;
	print_left(to, !tab ? "" : tab[1] ? tab + 1 : "-", w->key);
	for (i = 0; i < ARRAY_SIZE(figures); i++) {
		say_figure(text, sizeof(text), row->figure[i],
			   i == CW_TOP_BY_RATE);
		if (look->width >= figures[i].terminal)
			fprintf(to, " %*s", figures[i].width, text);
	}
	if (w->spark >= SPARK_LEAST)
		print_spark(to, row, c->now, w->spark, look->utf8);
	fputc('\n', to);
}

void cw_top_print_rows(FILE *to, const struct cw_top *top,
		       const struct cw_top_choice *c,
		       const struct cw_top_look *look)
{
	const struct cw_top_table *t = top->table[c->by];
	struct widths w = widths_of(top, c, look);
	size_t i;

	for (i = 0; i < top->n; i++)
		print_row(to, &t->row[top->order[i]],
			  cw_top_key(t, top->order[i]), c, look, &w);
}
