// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "base/names.h"

const char *cw_names_word(const struct cw_names *names, unsigned int value)
{
	const struct cw_word *word = cw_names_find(names, value);

	return word ? word->text : NULL;
}

int cw_names_value(const struct cw_names *names, const char *word, size_t len)
{
	unsigned int i;

	for (i = 0; i < names->count; i++) {
		const struct cw_word *w = &names->word[i];

		if (w->len && w->len == len && !memcmp(w->text, word, len))
			return i;
	}
	return -1;
}

void cw_names_list(const struct cw_names *names, char *buf, size_t size)
{
	size_t used = 0;
	unsigned int i;

	buf[0] = '\0';
	for (i = 0; i < names->count && used < size; i++) {
		if (!names->word[i].len)
			continue;
		used += snprintf(buf + used, size - used, "%s%s",
				 used ? ", " : "", names->word[i].text);
	}
}
