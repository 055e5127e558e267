// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <limits.h>
#include <string.h>

#include "base/near.h"

#define LONGEST	47

char cw_near_plain(char c)
{
	return c == '_' ? '-' : tolower((unsigned char)c);
}

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* How many letters have to be put in, left out or changed. */
static unsigned int edits(const char *a, const char *b, size_t len)
{
	unsigned int row[LONGEST + 1], i, j, before, here;

	for (j = 0; j <= len; j++)
		row[j] = j;
	for (i = 1; a[i - 1]; i++) {
		before = row[0];
		row[0] = i;
		for (j = 1; j <= len; j++) {
			here = row[j];
			row[j] = least(least(row[j], row[j - 1]) + 1, before +
				       (cw_near_plain(a[i - 1]) !=
					cw_near_plain(b[j - 1])));
			before = here;
		}
	}
	return row[len];
}

unsigned int cw_near_distance(const char *word, const char *other)
{
	size_t len = strlen(other);
	char part[LONGEST + 1];
	unsigned int i;

	if (strlen(word) > LONGEST || len > LONGEST)
		return UINT_MAX;
	for (i = 0; word[i]; i++)
		part[i] = cw_near_plain(word[i]);
	part[i] = '\0';
	return i > 2 && strstr(other, part) ? 1 : 2 + edits(word, other, len);
}

unsigned int cw_near_most(const char *word)
{
	size_t len = strlen(word);

	/* No word is near one that is longer than all: they need not be tried. */
	return len > LONGEST ? 0 : 2 + (len + 2) / 3;
}

void cw_nearest_begin(struct cw_nearest *n, const char *to)
{
	*n = (struct cw_nearest){ .to = to, .least = cw_near_most(to) + 1 };
}

void cw_nearest_offer(struct cw_nearest *n, const char *word)
{
	unsigned int far = cw_near_distance(n->to, word);

	if (far >= n->least)
		return;
	n->least = far;
	n->word = word;
}
