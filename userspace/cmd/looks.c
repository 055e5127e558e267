// SPDX-License-Identifier: GPL-2.0
#include <langinfo.h>
#include <string.h>

#include "cmd/looks.h"

void cw_looks_init(struct cw_looks *l)
{
	cw_columns_init(&l->columns, !strcmp(nl_langinfo(CODESET), "UTF-8"));
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
	case CW_KEY_LIST_FIELDS:
		cw_columns_list(stdout);
		args->done = true;
		return true;
	case 'n':
		return true;
	default:
		return false;
	}
}

void cw_looks_conclude(struct cw_looks *l)
{
	l->view.layout = l->columns.layout;
	l->view.slots = l->columns.slots;
}
