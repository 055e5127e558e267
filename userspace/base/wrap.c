// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/utf8.h"
#include "base/util.h"
#include "base/wrap.h"

#define INDENT	8	/* of what follows the first line of a message: see below */

/* What begins a command, at the begin of a text or behind a colon. */
static const char *const programs[] = {
	"closewatch ", "echo ", "make ", "modprobe ", "sudo ",
};

/* The command at @text up to what ends it in a sentence, or 0 bytes. */
static size_t command_len(const char *text, size_t len)
{
	bool quoted = false;
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(programs); i++) {
		n = strlen(programs[i]);
		if (len > n && !memcmp(text, programs[i], n))
			break;
	}
	if (i == ARRAY_SIZE(programs))
		return 0;
	for (n = 0; n < len && (quoted || !strchr(",;()", text[n])); n++)
		quoted ^= text[n] == '\'';
	while (n && text[n - 1] == ' ')
		n--;
	return n;
}

bool cw_wrap_is_command(const char *text, size_t len)
{
	return len && command_len(text, len) == len;
}

/* Both at the begin of a word. */
static size_t command_at(const struct cw_wrap *w, size_t at)
{
	if (at && (at < 2 || w->text[at - 2] != ':'))
		return 0;
	return command_len(w->text + at, w->len - at);
}

/* Is the word at @text a unit, whatever punctuation follows it? */
static bool is_unit(const char *text, size_t len)
{
	static const char *const units[] = {
		"B", "KiB", "MiB", "GiB", "us", "ms", "s",
	};
	size_t i, n;

	for (n = 0; n < len && isalpha((unsigned char)text[n]); n++)
		;
	for (i = 0; i < ARRAY_SIZE(units); i++)
		if (strlen(units[i]) == n && !memcmp(text, units[i], n))
			return true;
	return false;
}

/* A figure and its unit are one word. */
static size_t word_end(const struct cw_wrap *w, size_t at)
{
	const char *text = w->text, *blank;

	at += command_at(w, at);
	while ((blank = memchr(text + at, ' ', w->len - at))) {
		at = blank - text + 1;
		if (at < 2 || !isdigit((unsigned char)text[at - 2]) ||
		    !is_unit(text + at, w->len - at))
			return at - 1;
	}
	return w->len;
}

/* A command that ends the text, unless only a label stands before it. */
static bool stands_alone(const struct cw_wrap *w, size_t at, size_t end)
{
	return end == w->len && command_at(w, at) &&
	       memchr(w->text, ' ', at - 1);
}

static bool fits(const struct cw_wrap *w, size_t end)
{
	return w->at + (int)cw_utf8_columns(w->text + w->done, end - w->done) <=
	       w->width;
}

bool cw_wrap_next(struct cw_wrap *w, const char **line, size_t *len)
{
	size_t begin = w->done, word = begin, used = begin, end;
	bool fresh = w->at <= w->indent;

	if (begin == w->len)
		return false;
	while (word < w->len && w->width) {
		end = word_end(w, word);
		if ((word > begin || !fresh) &&
		    (!fits(w, end) || (word && stands_alone(w, word, end))))
			break;
		used = end;
		for (word = end; word < w->len && w->text[word] == ' ';)
			word++;
	}
	if (!w->width) {
		used = w->len;
		word = used;
	}
	*line = w->text + begin;
	*len = used - begin;
	w->done = word;
	w->at = w->indent;
	return true;
}

void cw_wrap_print(FILE *to, const char *label, const char *text)
{
	struct cw_wrap w = {
		.text = text, .len = strlen(text), .indent = INDENT,
		.at = label ? strlen(label) + 2 : 0,
		.width = cw_terminal_width(fileno(to)),
	};
	const char *line, *before = label ? ": " : "";
	size_t len;

	if (label)
		fputs(label, to);
	for (; cw_wrap_next(&w, &line, &len); before = "\n        ") {
		fputs(before, to);
		fwrite(line, 1, len, to);
	}
	fputc('\n', to);
}

int cw_terminal_width(int fd)
{
	struct winsize size;

	return ioctl(fd, TIOCGWINSZ, &size) ? 0 : size.ws_col;
}
