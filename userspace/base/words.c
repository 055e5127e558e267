// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>
#include <string.h>

#include "base/words.h"

#define BLANK	" \t\r"
/* What a shell acts on, even inside of a word */
#define ACTIVE	"$`;&|<>()*?[]{}~!"
#define QUOTE	"'\"\\"

/* Both advance @from behind a quoted part, which they copy to @to. */
static int take_single(char **from, char **to, struct cw_fail *fail)
{
	char *end = strchr(*from + 1, '\'');
	size_t len;

	if (!end)
		return cw_fail_usage(fail, NULL, "a ' is not closed");
	len = end - *from - 1;
	memmove(*to, *from + 1, len);
	*to += len;
	*from = end + 1;
	return CW_OK;
}

static int take_double(char **from, char **to, struct cw_fail *fail)
{
	char *s = *from + 1;

	for (; *s && *s != '"'; s++) {
		if (*s == '$' || *s == '`')
			return cw_fail_usage(fail, NULL,
					     "%c is not expanded here: quote it with ' or \\",
					     *s);
		if (*s == '\\' && s[1] && strchr("\"\\$`", s[1]))
			s++;
		*(*to)++ = *s;
	}
	if (!*s)
		return cw_fail_usage(fail, NULL, "a \" is not closed");
	*from = s + 1;
	return CW_OK;
}

static int take_plain(char **from, char **to, struct cw_fail *fail)
{
	if (**from == '\\')
		(*from)++;
	else if (strchr(ACTIVE, **from))
		return cw_fail_usage(fail, NULL,
				     "%c means nothing here: quote it with ' or \\",
				     **from);
	if (!**from)
		return cw_fail_usage(fail, NULL,
				     "nothing follows the \\: a line has no continuation");
	*(*to)++ = *(*from)++;
	return CW_OK;
}

static int take_word(char **from, struct cw_fail *fail)
{
	char *to = *from;
	int ret = CW_OK;

	while (!ret && **from && !strchr(BLANK, **from)) {
		if (**from == '\'')
			ret = take_single(from, &to, fail);
		else if (**from == '"')
			ret = take_double(from, &to, fail);
		else
			ret = take_plain(from, &to, fail);
	}
	if (**from)
		(*from)++;
	*to = '\0';
	return ret;
}

int cw_words_split(char *line, struct cw_words *words, struct cw_fail *fail)
{
	int ret = CW_OK;

	for (words->count = 0; !ret; words->count++) {
		line += strspn(line, BLANK);
		if (!*line || *line == '#')
			break;
		if (words->count == CW_WORDS_MOST)
			return cw_fail_usage(fail, NULL,
					     "a line has %d words at most",
					     CW_WORDS_MOST);
		words->word[words->count] = line;
		ret = take_word(&line, fail);
	}
	words->word[words->count] = NULL;
	return ret;
}

static bool is_plain(const char *word, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!word[i] || strchr(BLANK "\n" ACTIVE QUOTE, word[i]))
			return false;
	return len && *word != '#';
}

void cw_words_say(struct cw_text *t, const char *word, size_t len)
{
	size_t i;

	if (is_plain(word, len)) {
		cw_text_add(t, word, len);
		return;
	}
	cw_text_add(t, "'", 1);
	for (i = 0; i < len; i++) {
		if (word[i] == '\'')
			cw_text_add(t, "'\\'", 3);
		cw_text_add(t, &word[i], 1);
	}
	cw_text_add(t, "'", 1);
}
