// SPDX-License-Identifier: GPL-2.0
#include <langinfo.h>
#include <string.h>

#include "base/util.h"
#include "cmd/looks.h"

#define CLOCK_WIDTH	12

void cw_looks_init(struct cw_looks *l)
{
	*l = (struct cw_looks){ .time_width = CLOCK_WIDTH };
	cw_hosted_init(&l->host);
	cw_columns_init(&l->columns, !strcmp(nl_langinfo(CODESET), "UTF-8"));
	l->columns.host = &l->host;
}

void cw_looks_release(struct cw_looks *l)
{
	cw_resolve_free(l->view.names);
	cw_hosted_release(&l->host);
}

static int parse_time(struct cw_looks *l, const char *word,
		      struct cw_fail *fail)
{
	static const struct {
		const char *word;
		enum cw_view_time kind;
		int width;
	} kinds[] = {
		{ "clock", CW_TIME_CLOCK, CLOCK_WIDTH },
		{ "relative", CW_TIME_RELATIVE, CLOCK_WIDTH },
		{ "rfc3339", CW_TIME_RFC3339, 30 },
		{ "none", CW_TIME_CLOCK, 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(kinds[i].word, word))
			continue;
		l->view.time = kinds[i].kind;
		l->time_width = kinds[i].width;
		return CW_OK;
	}
	return cw_fail_usage(fail, NULL,
			     "'%s' is no --time: clock, relative, rfc3339 or none is wanted",
			     word);
}

static int parse_resolve(struct cw_looks *l, const char *what,
			 struct cw_fail *fail)
{
	l->resolve = true;
	l->hosts = what && !strcmp(what, "hosts");
	if (!what || l->hosts || !strcmp(what, "ports"))
		return CW_OK;
	return cw_fail_usage(fail, NULL,
			     "'%s' is no --resolve: ports or hosts is wanted",
			     what);
}

bool cw_looks_option(struct cw_looks *l, int key, char *arg,
		     struct cw_args *args)
{
	switch (key) {
	case 'o':
		args->ret = cw_columns_choose(&l->columns, arg, args->fail);
		return true;
	case 'w':
		l->view.wide = true;
		return true;
	case 't':
		args->ret = parse_time(l, arg, args->fail);
		return true;
	case CW_KEY_LIST_FIELDS:
		cw_columns_list(stdout);
		args->done = true;
		return true;
	case CW_KEY_RESOLVE:
		args->ret = parse_resolve(l, arg, args->fail);
		return true;
	case 'n':
		l->resolve = false;
		return true;
	default:
		return false;
	}
}

int cw_looks_conclude(struct cw_looks *l, struct cw_fail *fail)
{
	cw_columns_time(&l->columns, l->time_width);
	l->view.layout = l->columns.layout;
	l->view.slots = l->columns.slots;
	if (!l->resolve)
		return CW_OK;
	l->view.names = cw_resolve_new(l->hosts ? cw_resolve_look : NULL);
	return l->view.names ? CW_OK : cw_fail(fail, NULL, "out of memory");
}
