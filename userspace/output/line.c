// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "base/utf8.h"
#include "output/line.h"

void cw_line_flush(struct cw_line *l)
{
	fwrite_unlocked(l->buf, 1, l->used, l->out);
	l->flushed += l->used;
	l->used = 0;
}

void cw_line_add_long(struct cw_line *l, const char *s, size_t len)
{
	size_t room = sizeof(l->buf) - l->used;

	for (; len > room; s += room, len -= room, room = sizeof(l->buf)) {
		memcpy(l->buf + l->used, s, room);
		l->used += room;
		cw_line_flush(l);
	}
	memcpy(l->buf + l->used, s, len);
	l->used += len;
}

void cw_line_pad(struct cw_line *l, int blanks)
{
	if (blanks <= 0)
		return;
	memset(cw_line_room(l, blanks), ' ', blanks);
	l->used += blanks;
}

int cw_line_wrap(struct cw_line *l, struct cw_wrap w)
{
	int begin = w.at;
	const char *line = w.text;
	size_t len = 0;
	bool more = false;

	for (; cw_wrap_next(&w, &line, &len); more = true) {
		if (more) {
			cw_line_say(l, "\n");
			cw_line_pad(l, w.indent);
			begin = w.indent;
		}
		cw_line_add(l, line, len);
	}
	return begin + cw_utf8_columns(line, len);
}

/* How much of @s stands for itself in a JSON string. */
static size_t plain(const char *s)
{
	const char *at = s;

	while ((unsigned char)*at >= ' ' && *at != '"' && *at != '\\')
		at++;
	return at - s;
}

static void escape(struct cw_line *l, unsigned char c)
{
	static const char letters[] = {
		['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f',
		['\r'] = 'r', ['"'] = '"', ['\\'] = '\\',
	};
	char code[] = "\\u0000";

	if (letters[c]) {
		code[1] = letters[c];
		cw_line_add(l, code, 2);
		return;
	}
	code[4] += c >> 4;
	code[5] = "0123456789abcdef"[c & 0xf];
	cw_line_add(l, code, 6);
}

void cw_line_quote(struct cw_line *l, const char *s)
{
	size_t n = plain(s);

	cw_line_add(l, "\"", 1);
	for (; s[n]; n = plain(s)) {
		cw_line_add(l, s, n);
		escape(l, s[n]);
		s += n + 1;
	}
	cw_line_add(l, s, n);
	cw_line_add(l, "\"", 1);
}
