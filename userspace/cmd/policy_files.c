// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <linux/closewatch.h>

#include "base/names.h"
#include "base/names_gen.h"
#include "base/near.h"
#include "base/utf8.h"
#include "base/words.h"
#include "cmd/policy_args.h"
#include "cmd/policy_files.h"

#define RULES_MOST	2048	/* the kernel's, see module/netlink/policy_set.c */

int cw_policy_files_fail(struct cw_fail *fail, int ret,
			 const struct cw_policy_place *at)
{
	struct cw_fail inner = *fail;
	char what[sizeof(inner.what)];

	/* It may have words of the file. */
	cw_utf8_escape(what, sizeof(what), inner.what, strlen(inner.what), false);
	cw_fail(fail, inner.fix, "%s:%u: %s", at->file, at->line, what);
	return ret;
}

static int add_rule(struct cw_policy_files *f, const struct cw_policy_place *at,
		    const struct cw_msg_policy *rule, struct cw_fail *fail)
{
	struct cw_policy_place *place;
	struct cw_msg_policy *all;

	if (f->n == RULES_MOST)
		return cw_fail_usage(fail, NULL,
				     "this is one rule more than %d, the most that a set can have",
				     RULES_MOST);
	all = reallocarray(f->rule, f->n + 1, sizeof(*all));
	if (all)
		f->rule = all;
	place = reallocarray(f->place, f->n + 1, sizeof(*place));
	if (place)
		f->place = place;
	if (!all || !place)
		return cw_fail(fail, NULL, "out of memory");
	f->rule[f->n] = *rule;
	f->place[f->n++] = *at;
	return CW_OK;
}

/* What the command line takes and does not stay, or is not of this set. */
static int check_kept(const struct cw_policy_args *v, struct cw_fail *fail)
{
	const struct cw_msg_policy *p = &v->wanted.policy;

	if (v->off)
		return cw_fail_usage(fail, NULL,
				     "'off' is no policy: a rule that is in no file is removed");
	if (v->json)
		return cw_fail_usage(fail, NULL,
				     "--json is an option of closewatch apply");
	if (v->wanted.pid || v->wanted.has_ends)
		return cw_fail_usage(fail, NULL,
				     "the policy of one socket does not outlive it: name conditions");
	if (cw_policy_has(p, EXPIRES_MS))
		return cw_fail_usage(fail, NULL,
				     "--expire is for policies that do not stay: add them by the command line");
	if (cw_policy_has(p, NETNS_FD))
		return cw_fail_usage(fail, NULL,
				     "a set is of one network namespace: leave out --netns, and run closewatch apply by ip netns exec");
	return CW_OK;
}

static int add_rules(struct cw_policy_files *f, const struct cw_policy_place *at,
		     const struct cw_policy_args *v)
{
	struct cw_msg_policy rule;
	unsigned int i;
	int ret = check_kept(v, v->args.fail);

	for (i = 0; !ret && i < cw_policy_rules(&v->wanted); i++) {
		cw_policy_rule(&v->wanted, i, &rule);
		ret = add_rule(f, at, &rule, v->args.fail);
	}
	return ret;
}

static int fail_action(const char *word, struct cw_fail *fail)
{
	struct cw_nearest n;
	unsigned int i;

	cw_nearest_begin(&n, word);
	for (i = 0; i < cw_action_names.count; i++)
		cw_nearest_offer(&n, cw_action_names.word[i].text);
	return cw_fail_usage(fail, n.word,
			     "'%s' begins no policy: drain, linger, reset and leave do",
			     word);
}

static int take_line(struct cw_policy_files *f, const struct cw_policy_place *at,
		     char *line, struct cw_fail *fail)
{
	struct cw_policy_args v = CW_POLICY_ARGS_INIT(fail);
	struct cw_words words;
	int action, ret = cw_words_split(line, &words, fail);

	if (ret || !words.count)
		return ret;
	action = cw_names_value(&cw_action_names, words.word[0],
				strlen(words.word[0]));
	if (action < 0)
		return fail_action(words.word[0], fail);
	v.args.of_line = true;
	ret = cw_policy_args_parse(&v, action, words.count, words.word);
	if (!ret)
		ret = add_rules(f, at, &v);
	cw_match_release(&v.wanted.match);
	return ret;
}

static int take_stream(struct cw_policy_files *f, FILE *in, const char *name,
		       struct cw_fail *fail)
{
	struct cw_policy_place at = { .file = name };
	char *line = NULL;
	size_t size = 0;
	int ret = CW_OK;
	ssize_t len;

	while (!ret && (len = getline(&line, &size, in)) >= 0) {
		at.line++;
		if (line[len - 1] == '\n')
			line[--len] = '\0';
		ret = strlen(line) == (size_t)len ?
			take_line(f, &at, line, fail) :
			cw_fail_usage(fail, NULL, "there is a NUL byte");
		if (ret)
			cw_policy_files_fail(fail, ret, &at);
	}
	free(line);
	if (!ret && ferror(in))
		return cw_fail(fail, NULL, "cannot read %s: %s", name,
			       strerror(errno));
	return ret;
}

/* The rules' places point to the name. */
static const char *keep_name(struct cw_policy_files *f, const char *dir,
			     const char *name)
{
	char **all = reallocarray(f->name, f->names + 1, sizeof(*all));
	char *path;

	if (!all)
		return NULL;
	f->name = all;
	if (asprintf(&path, "%s%s%s", dir, *dir ? "/" : "", name) < 0)
		return NULL;
	f->name[f->names++] = path;
	return path;
}

static int take_file(struct cw_policy_files *f, const char *dir,
		     const char *name, struct cw_fail *fail)
{
	const char *path = keep_name(f, dir, name);
	FILE *in;
	int ret;

	if (!path)
		return cw_fail(fail, NULL, "out of memory");
	in = fopen(path, "re");
	if (!in)
		return cw_fail_usage(fail, NULL, "cannot open %s: %s", path,
				     strerror(errno));
	ret = take_stream(f, in, path, fail);
	fclose(in);
	return ret;
}

static int is_conf(const struct dirent *e)
{
	size_t len = strlen(e->d_name);

	return *e->d_name != '.' && len > 5 &&
	       !strcmp(e->d_name + len - 5, ".conf");
}

static int take_folder(struct cw_policy_files *f, const char *dir,
		       struct cw_fail *fail)
{
	struct dirent **e;
	int i, ret = CW_OK, n = scandir(dir, &e, is_conf, alphasort);

	if (n < 0)
		return cw_fail_usage(fail, NULL, "cannot read %s: %s", dir,
				     strerror(errno));
	for (i = 0; i < n; i++) {
		if (!ret)
			ret = take_file(f, dir, e[i]->d_name, fail);
		free(e[i]);
	}
	free(e);
	return ret;
}

int cw_policy_files_read(struct cw_policy_files *f, const char *path,
			 struct cw_fail *fail)
{
	struct stat st;

	if (!strcmp(path, "-"))
		return take_stream(f, stdin, "standard input", fail);
	if (!stat(path, &st) && S_ISDIR(st.st_mode))
		return take_folder(f, path, fail);
	return take_file(f, "", path, fail);
}

void cw_policy_files_release(struct cw_policy_files *f)
{
	while (f->names)
		free(f->name[--f->names]);
	free(f->name);
	free(f->rule);
	free(f->place);
}
