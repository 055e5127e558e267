// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include <json-c/json.h>

#include "kselftest_harness.h"
#include "output/line.h"

FIXTURE(line)
{
	struct cw_line line;
	char *text;
	size_t len;
};

FIXTURE_SETUP(line)
{
	memset(&self->line, 0, sizeof(self->line));
	self->line.out = open_memstream(&self->text, &self->len);
	ASSERT_NE(NULL, self->line.out);
}

FIXTURE_TEARDOWN(line)
{
	fclose(self->line.out);
	free(self->text);
}

static const char *written(struct cw_line *l, char *const *text)
{
	cw_line_flush(l);
	fflush(l->out);
	return *text;
}

TEST_F(line, a_string_is_as_of_json_c)
{
	const int flags = JSON_C_TO_STRING_PLAIN |
			  JSON_C_TO_STRING_NOSLASHESCAPE;
	char text[4] = "a?z";
	int byte;

	for (byte = 1; byte < 0x80; byte++) {
		struct json_object *o;

		text[1] = byte;
		o = json_object_new_string(text);
		rewind(self->line.out);
		cw_line_quote(&self->line, text);
		cw_line_add(&self->line, "", 1);
		EXPECT_STREQ(json_object_to_json_string_ext(o, flags),
			     written(&self->line, &self->text));
		json_object_put(o);
	}
}

/* Whatever piece meets the end of the buffer. */
TEST_F(line, nothing_is_lost_where_it_is_flushed)
{
	size_t room = sizeof(self->line.buf), used, i;
	char *long_one = malloc(2 * room + 1);

	memset(long_one, 'x', 2 * room);
	long_one[2 * room] = '\0';
	for (used = room - 9; used <= room; used++) {
		rewind(self->line.out);
		cw_line_add(&self->line, long_one, used);
		cw_line_quote(&self->line, "\001\n");
		cw_line_pad(&self->line, 2);
		cw_line_say(&self->line, long_one);
		written(&self->line, &self->text);
		ASSERT_EQ(used + 12 + 2 * room, self->len);
		EXPECT_EQ(0, memcmp(self->text + used, "\"\\u0001\\n\"  x", 13));
		for (i = 0; i < used; i++)
			ASSERT_EQ('x', self->text[i]);
		for (i = used + 12; i < self->len; i++)
			ASSERT_EQ('x', self->text[i]);
	}
	free(long_one);
}

TEST_HARNESS_MAIN
