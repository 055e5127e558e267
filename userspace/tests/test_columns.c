// SPDX-License-Identifier: GPL-2.0
/* Which columns of an event are shown: the choice, in text and in JSON. */
#include <locale.h>
#include <stdlib.h>

#include "base/util.h"
#include "fixture.h"
#include "kselftest_harness.h"
#include "output/record.h"
#include "output/record_pending.h"

FIXTURE(columns)
{
	char *text;
	size_t len;
	FILE *out;
	struct cw_msg_event ev;
	struct cw_columns columns;
	struct cw_fail fail;
};

FIXTURE_SETUP(columns)
{
	struct message m = { 0 };

	setenv("TZ", "UTC", 1);
	ASSERT_NE(NULL, setlocale(LC_CTYPE, "C.UTF-8"));
	self->text = NULL;
	self->out = open_memstream(&self->text, &self->len);
	ASSERT_NE(NULL, self->out);
	put_everything(&m);
	cw_decode_event(&self->ev, m.b, m.len);
	cw_columns_init(&self->columns, false);
}

FIXTURE_TEARDOWN(columns)
{
	fclose(self->out);
	free(self->text);
}

/* A header, unless JSON, and @self->ev. */
static const char *show(struct _test_data_columns *self, bool json, int width)
{
	struct cw_view_options opt = {
		.out = self->out, .json = json, .width = width,
		.layout = self->columns.layout, .slots = self->columns.slots,
	};
	struct cw_view *v = cw_view_new(&opt);

	rewind(self->out);
	cw_view_header(v);
	cw_record_event(v, &self->ev, NULL, &self->columns, CW_DIAG_NOT);
	cw_view_free(v);
	fflush(self->out);
	/* What an earlier one wrote may go on. */
	self->text[self->len] = '\0';
	return self->text;
}

#define choose(names) \
	cw_columns_choose(&self->columns, names, &self->fail)

TEST_F(columns, each_attribute_is_a_column_and_a_member_of_json_once)
{
	unsigned int times[CLOSEWATCH_A_EVENT_MAX + 1] = { 0 };
	unsigned int more[CW_MORE_COUNT] = { 0 };
	const struct cw_members *m = self->columns.members;
	int part, i;

	for (part = 0; part < CW_MEMBERS_PARTS; part++)
		for (i = 0; i < m[part].n; i++)
			(part == CW_MEMBERS_MORE ? more : times)[m[part].attr[i]]++;
	for (i = 0; i < CW_MORE_COUNT; i++)
		EXPECT_EQ(1, more[i]) {
			TH_LOG("%s", cw_more_fields[i].name);
		}
	for (i = 0; i <= CLOSEWATCH_A_EVENT_MAX; i++) {
		enum cw_field_kind kind = cw_event_fields[i].kind;
		bool end = i == CLOSEWATCH_A_EVENT_LOCAL_ADDR ||
			   i == CLOSEWATCH_A_EVENT_REMOTE_ADDR ||
			   i == CLOSEWATCH_A_EVENT_LOCAL_PORT ||
			   i == CLOSEWATCH_A_EVENT_REMOTE_PORT;

		EXPECT_EQ(kind != CW_FIELD_NONE && !end, times[i]) {
			TH_LOG("%s", cw_event_fields[i].name);
		}
	}
}

TEST_F(columns, those_that_are_named_are_shown_in_their_order)
{
	ASSERT_EQ(CW_OK, choose("proc,peer,age,sent"));
	EXPECT_EQ(0, strncmp("PROCESS        PEER                      AGE      SENT",
			     show(self, false, 0), 54));
	EXPECT_STREQ("\nnginx[812]     127.0.0.2:51234        1.00 s       812\n",
		     strchr(self->text, '\n'));
}

/* On a terminal of any width, unlike the default's. */
TEST_F(columns, one_that_is_named_is_shown_where_the_default_is_not)
{
	static const int widths[] = { 60, 80, 100, 105, 106, 160 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(widths); i++) {
		cw_columns_init(&self->columns, false);
		EXPECT_EQ(widths[i] >= 106,
			  !!strstr(show(self, false, widths[i]), " UNREAD"));
		ASSERT_EQ(CW_OK, choose("+unread"));
		EXPECT_NE(NULL, strstr(show(self, false, widths[i]), " UNREAD"));
		EXPECT_NE(NULL, strstr(self->text, " 3812 "));
	}
}

/* Where its title is. */
TEST_F(columns, the_process_stands_beside_the_ends)
{
	int width;

	for (width = 80; width <= 160; width++) {
		const char *title = strstr(show(self, false, width), "PROCESS");
		const char *row = strchr(self->text, '\n') + 1;
		const char *process = strstr(row, "nginx[812]");

		ASSERT_NE(NULL, process);
		EXPECT_EQ(NULL, memchr(row, '\n', process - row)) {
			TH_LOG("%d columns", width);
		}
		/* The arrow of the ends is longer than wide in both. */
		EXPECT_EQ(title - self->text, process - row);
	}
}

TEST_F(columns, a_plus_adds_to_the_default_and_leaves_json_whole)
{
	char *whole = strdup(show(self, true, 0));

	ASSERT_EQ(CW_OK, choose("+fate,lost"));
	EXPECT_NE(NULL, strstr(show(self, false, 0),
			       "PROCESS        FATE                    LOST WHAT HAPPENED\n"));
	EXPECT_NE(NULL, strstr(self->text,
			       "nginx[812]     rst-late-data           8192 RST: "));
	EXPECT_STREQ(whole, show(self, true, 0));
	free(whole);
}

TEST_F(columns, json_has_what_is_named_in_its_own_order)
{
	ASSERT_EQ(CW_OK, choose("proc,linger,path,peer"));
	self->ev.present &= ~(1ULL << CLOSEWATCH_A_EVENT_COUNT |
			      1ULL << CLOSEWATCH_A_EVENT_LOSS);
	EXPECT_STREQ("{\"event\":\"close\",\"remote\":{\"addr\":\"127.0.0.2\","
		     "\"port\":51234},\"path\":\"rst-unread\","
		     "\"fate\":\"rst-late-data\","
		     "\"linger\":{\"outcome\":\"acked\"},"
		     "\"comm\":\"nginx\",\"pid\":812}\n", show(self, true, 0));
	self->ev.present = 1ULL << CLOSEWATCH_A_EVENT_TYPE;
	EXPECT_STREQ("{\"event\":\"close\"}\n", show(self, true, 0));
}

TEST_F(columns, a_name_may_be_that_of_json)
{
	ASSERT_EQ(CW_OK, choose("remote,age_ns,closed_first"));
	EXPECT_EQ(0, strncmp("PEER                      AGE FIRST\n",
			     show(self, false, 0), 36));
}

TEST_F(columns, the_note_comes_last_wherever_it_is_named)
{
	ASSERT_EQ(CW_OK, choose("note,pid"));
	EXPECT_EQ(0, strncmp("    PID WHAT HAPPENED\n    812 RST: 3812 B unread",
			     show(self, false, 0), 48));
}

TEST_F(columns, a_loss_is_told_whatever_is_chosen)
{
	self->ev.present = 1ULL << CLOSEWATCH_A_EVENT_TYPE |
			   1ULL << CLOSEWATCH_A_EVENT_COUNT |
			   1ULL << CLOSEWATCH_A_EVENT_LOSS;
	self->ev.type = CLOSEWATCH_EVENT_TYPE_LOST;
	ASSERT_EQ(CW_OK, choose("pid,comm"));
	EXPECT_NE(NULL, strstr(show(self, false, 0),
			       "\n9 events lost: a ring in the kernel was full\n"));
	EXPECT_STREQ("{\"event\":\"lost\",\"count\":\"9\",\"loss\":\"ring\"}\n",
		     show(self, true, 0));
}

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* As if the host had been asked. */
static void know(struct cw_hosted *h, uint64_t id, const char *path)
{
	struct cw_cgroup *g;

	cw_hosted_init(h);
	h->cgroups.known = calloc(CW_CGROUPS, sizeof(*h->cgroups.known));
	g = &h->cgroups.known[id % CW_CGROUPS];
	g->id = id;
	snprintf(g->path, sizeof(g->path), "%s", path);
	cw_container_parse(&g->container, path);
}

TEST_F(columns, a_cgroup_is_shown_by_its_path_and_what_that_says)
{
	struct cw_hosted h;

	know(&h, 4711, "/docker/" ID);
	self->columns.host = &h;
	EXPECT_NE(NULL, strstr(show(self, true, 0),
			       ",\"container\":\"" ID "\"}\n"));
	EXPECT_EQ(NULL, strstr(self->text, "cgroup_path"));
	EXPECT_EQ(NULL, strstr(self->text, "\"pod\""));
	ASSERT_EQ(CW_OK, choose("+cgroup"));
	EXPECT_NE(NULL, strstr(show(self, true, 0),
			       ",\"cgroup_path\":\"/docker/" ID "\",\"container\":"));
	ASSERT_EQ(CW_OK, choose("pod,container"));
	EXPECT_NE(NULL, strstr(show(self, false, 0),
			       "\n-                                    0123456789ab\n"));
	ASSERT_EQ(CW_OK, choose("pid,cgroup"));
	EXPECT_NE(NULL, strstr(show(self, false, 0), "    812 /docker/" ID "\n"));
	EXPECT_EQ(NULL, strstr(show(self, true, 0), "\"container\""));
	cw_hosted_release(&h);
}

/* One that is gone, or that this user may not ask for. */
TEST_F(columns, a_cgroup_without_a_path_is_shown_by_its_id)
{
	struct cw_hosted h;

	know(&h, 4711, "");
	self->columns.host = &h;
	ASSERT_EQ(CW_OK, choose("cgroup,container"));
	EXPECT_NE(NULL, strstr(show(self, false, 0), "\n4711                     -"));
	EXPECT_NE(NULL, strstr(show(self, true, 0), "\"cgroup\":\"4711\","));
	EXPECT_EQ(NULL, strstr(self->text, "cgroup_path"));
	cw_hosted_release(&h);
}

TEST_F(columns, a_namespace_is_shown_by_its_name)
{
	struct cw_hosted h;
	struct cw_namespace *blue = &h.namespaces.known[4026531840 % CW_NAMESPACES];

	cw_hosted_init(&h);
	h.here = 1;
	*blue = (struct cw_namespace){ 4026531840, UINT64_MAX, "blue" };
	self->columns.host = &h;
	EXPECT_NE(NULL, strstr(show(self, true, 0), ",\"netns_name\":\"blue\"}\n"));
	/* Not that of this program, unless it is asked for. */
	h.here = 4026531840;
	EXPECT_EQ(NULL, strstr(show(self, true, 0), "netns_name"));
	ASSERT_EQ(CW_OK, choose("netns"));
	EXPECT_NE(NULL, strstr(show(self, true, 0), "\"netns_name\":\"blue\""));
	EXPECT_NE(NULL, strstr(show(self, false, 0), "\nblue\n"));
	*blue->name = '\0';
	EXPECT_NE(NULL, strstr(show(self, false, 0), "\n4026531840\n"));
}

TEST_F(columns, an_event_of_sock_diag_has_its_facts_in_them)
{
	static const struct cw_owner owner = {
		1, { .pid = 12, .comm = { .len = 5, .b = "nginx" } },
	};
	const struct cw_socket s = {
		.ends = { .local.len = 4, .remote.len = 4, .remote_port = 9 },
		.state = CLOSEWATCH_STATE_CLOSE_WAIT, .cookie = 77, .inode = 1,
		.uid = 33, .cgroup = 4711,
	};
	const struct cw_pending_row row = {
		.socket = &s, .owners = &owner, .owned = 1, .date = 1,
		.columns = &self->columns,
	};
	struct cw_view_options opt = { .out = self->out };
	struct cw_view *v;

	ASSERT_EQ(CW_OK, choose("event,peer,state,cookie,comm,pid,uid"));
	opt.layout = self->columns.layout;
	opt.slots = self->columns.slots;
	v = cw_view_new(&opt);
	cw_record_pending(v, &row);
	cw_view_free(v);
	fflush(self->out);
	EXPECT_STREQ("close-wait           0.0.0.0:9           CLOSE_WAIT  "
		     "      77 nginx                12     33\n", self->text);
}

TEST_F(columns, what_is_absent_is_a_dash)
{
	self->ev.present = 1ULL << CLOSEWATCH_A_EVENT_TYPE;
	ASSERT_EQ(CW_OK, choose("pid,comm,saved"));
	EXPECT_NE(NULL, strstr(show(self, false, 0),
			       "\n      - -               -\n"));
}

TEST_F(columns, a_wrong_name_is_refused_and_so_are_too_many)
{
	static const char *const wrong[] = {
		"", "+", "pid,", "pids", "pi", ",pid", "pid,,comm",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		cw_columns_init(&self->columns, false);
		EXPECT_EQ(CW_USAGE, choose(wrong[i])) {
			TH_LOG("'%s' was taken", wrong[i]);
		}
		EXPECT_NE(NULL, strstr(self->fail.what, "--list-fields"));
	}
	EXPECT_EQ(CW_USAGE,
		  choose("event,time,cpu,seq,netns,family,local,peer,cookie,"
			 "path,state,new-state,fin,fate,verdict,lost,how,"
			 "closed-first,since-close,references,sigpipe,reset,"
			 "reason,policy,action,dry-run,outcome,refusal,"
			 "discarded,response,drain,saved,unread"));
	EXPECT_NE(NULL, strstr(self->fail.what, "room for 31"));
}

/* Of the first event, and of one that is older by 1.5 ms. */
static const char *show_times(struct _test_data_columns *self,
			      enum cw_view_time kind, int width)
{
	struct cw_view_options opt = { .out = self->out, .time = kind };
	struct cw_view *v;

	cw_columns_init(&self->columns, false);
	cw_columns_choose(&self->columns, "time,pid", &self->fail);
	cw_columns_time(&self->columns, width);
	opt.layout = self->columns.layout;
	opt.slots = self->columns.slots;
	rewind(self->out);
	v = cw_view_new(&opt);
	cw_record_event(v, &self->ev, NULL, &self->columns, CW_DIAG_NOT);
	self->ev.time -= 1500000;
	cw_record_event(v, &self->ev, NULL, &self->columns, CW_DIAG_NOT);
	self->ev.time += 1500000;
	cw_view_free(v);
	fflush(self->out);
	self->text[self->len] = '\0';
	return self->text;
}

TEST_F(columns, times_have_the_kind_that_is_asked_for)
{
	EXPECT_STREQ("03:12:07.123     812\n03:12:07.121     812\n",
		     show_times(self, CW_TIME_CLOCK, 12));
	EXPECT_STREQ("+0.000000        812\n-0.001500        812\n",
		     show_times(self, CW_TIME_RELATIVE, 12));
	EXPECT_STREQ("2026-11-21T03:12:07.123456789Z     812\n"
		     "2026-11-21T03:12:07.121956789Z     812\n",
		     show_times(self, CW_TIME_RFC3339, 30));
	EXPECT_STREQ("    812\n    812\n",
		     show_times(self, CW_TIME_CLOCK, 0));
}

static bool look(const void *addr, size_t len, char *name, size_t size)
{
	return snprintf(name, size, "web.example") > 0;
}

TEST_F(columns, text_has_names_of_ends_where_they_are_asked_for)
{
	struct cw_view_options opt = { .out = self->out };
	struct cw_view *v;
	char host[CW_NAME_MAX];

	opt.names = cw_resolve_new(look);
	do {
		cw_resolve_host(opt.names, self->ev.remote_addr.b, 4, host);
	} while (!*host);
	ASSERT_EQ(CW_OK, choose("peer,pair"));
	opt.layout = self->columns.layout;
	opt.slots = self->columns.slots;
	self->ev.local_addr.len = 0;
	self->ev.local_port = 80;
	self->ev.remote_port = 51234;
	v = cw_view_new(&opt);
	cw_record_event(v, &self->ev, NULL, &self->columns, CW_DIAG_NOT);
	cw_view_free(v);
	cw_resolve_free(opt.names);
	fflush(self->out);
	EXPECT_STREQ("web.example:51234   []:http -> web.example:51234\n",
		     self->text);
}

TEST_F(columns, without_times_the_others_stay_what_they_are)
{
	cw_columns_time(&self->columns, 0);
	EXPECT_NE(NULL, strstr(show(self, false, 0),
			       "\nrst-unread       127.0.0.1:80 -> 127.0.0.2:51234 "));
	EXPECT_NE(NULL, strstr(self->text, " nginx[812]     RST: 3812 B"));
	EXPECT_NE(NULL, strstr(show(self, true, 0), "\"time\":\"2026-"));
}

/* The list is the table; the man page has to follow. */
TEST(the_man_page_names_each_column)
{
	FILE *page = fopen("../Documentation/closewatch.8", "r");
	char *list = NULL, *man, *line, *next, it[64];
	size_t len;
	FILE *out = open_memstream(&list, &len);

	ASSERT_NE(NULL, page);
	man = calloc(1, 1 << 18);
	ASSERT_LT(0, fread(man, 1, (1 << 18) - 1, page));
	fclose(page);
	cw_columns_list(out);
	fclose(out);
	for (line = strchr(list, '\n') + 1; *line; line = next) {
		next = strchr(line, '\n') + 1;
		snprintf(it, sizeof(it), "\n.It Cm %.*s\n",
			 (int)strcspn(line, " "), line);
		EXPECT_NE(NULL, strstr(man, it)) {
			TH_LOG("%.*s", (int)strcspn(line, "\n"), line);
		}
	}
	free(list);
	free(man);
}

TEST_HARNESS_MAIN
