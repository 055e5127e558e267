// SPDX-License-Identifier: GPL-2.0
/* What-if: which RSTs a drain would have avoided, and what to type. */
#include <stdlib.h>
#include <sys/stat.h>

#include "base/util.h"
#include "kselftest_harness.h"
#include "output/record_whatif.h"

#define bit(attr) (1ULL << CLOSEWATCH_A_EVENT_##attr)

FIXTURE(whatif)
{
	struct cw_whatif *w;
	struct cw_before before;
	struct cw_msg_event ev;
	char root[64];
	char *text;
	size_t len;
	FILE *out;
};

FIXTURE_SETUP(whatif)
{
	self->w = cw_whatif_new(false);
	ASSERT_NE(NULL, self->w);
	self->ev = (struct cw_msg_event){
		.type = CLOSEWATCH_EVENT_TYPE_CLOSE,
		.path = CLOSEWATCH_PATH_RST_UNREAD,
		.state = CLOSEWATCH_STATE_ESTABLISHED,
		.local_port = 80, .remote_port = 51234,
		.unread = 3, .unsent = 7, .unacked = 100, .pid = 812,
		.comm = { 5, "nginx" },
		.sent = 100,
		.present = bit(TYPE) | bit(PATH) | bit(PID) | bit(COMM) |
			   bit(UNACKED),
	};
	memset(&self->before, 0, sizeof(self->before));
	self->out = open_memstream(&self->text, &self->len);
	ASSERT_NE(NULL, self->out);
	snprintf(self->root, sizeof(self->root),
		 "/tmp/closewatch-test-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->root));
}

FIXTURE_TEARDOWN(whatif)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", self->root);
	EXPECT_EQ(0, system(command));
	fclose(self->out);
	free(self->text);
	free(self->w);
}

TEST_F(whatif, only_what_a_drain_is_for_counts)
{
	struct cw_msg_event *ev = &self->ev;
	int i;

	EXPECT_TRUE(cw_whatif_helps(ev, false));
	for (i = 0; i <= CLOSEWATCH_PATH_MAX; i++) {
		ev->path = i;
		EXPECT_EQ(i == CLOSEWATCH_PATH_RST_UNREAD,
			  cw_whatif_helps(ev, false));
	}
	ev->path = CLOSEWATCH_PATH_RST_LINGER0;
	EXPECT_TRUE(cw_whatif_helps(ev, true));
	ev->path = CLOSEWATCH_PATH_RST_UNREAD;
	ev->state = CLOSEWATCH_STATE_SYN_RECV;
	EXPECT_FALSE(cw_whatif_helps(ev, true));
	ev->state = CLOSEWATCH_STATE_FIN_WAIT2;
	EXPECT_TRUE(cw_whatif_helps(ev, false));
	ev->present |= bit(ULP);
	EXPECT_FALSE(cw_whatif_helps(ev, false));
}

TEST_F(whatif, of_the_ends_only_late_data_after_a_close_counts)
{
	struct cw_msg_event *ev = &self->ev;
	int i;

	ev->type = CLOSEWATCH_EVENT_TYPE_FATE;
	for (i = 0; i <= CLOSEWATCH_FATE_MAX; i++) {
		ev->fate = i;
		EXPECT_EQ(i == CLOSEWATCH_FATE_RST_LATE_DATA,
			  cw_whatif_helps(ev, true));
	}
	ev->fate = CLOSEWATCH_FATE_RST_LATE_DATA;
	ev->present &= ~bit(PID);
	EXPECT_FALSE(cw_whatif_helps(ev, false));
	ev->type = CLOSEWATCH_EVENT_TYPE_SHUTDOWN;
	EXPECT_FALSE(cw_whatif_helps(ev, false));
}

TEST_F(whatif, commands_can_be_typed)
{
	struct cw_target target = { .port = 80 };
	char buf[128];
	struct cw_text t = { .buf = buf, .size = sizeof(buf) };

	cw_whatif_command(&t, &target, true);
	EXPECT_STREQ("closewatch drain --local-port 80 --even-linger0", buf);
	t.used = 0;
	target = (struct cw_target){ .comm = "a $(b)" };
	cw_whatif_command(&t, &target, false);
	EXPECT_STREQ("closewatch drain --comm 'a $(b)'", buf);
	self->ev.local_port = 51234;
	self->ev.remote_port = 80;
	EXPECT_TRUE(cw_whatif_target(&self->ev, &target));
	EXPECT_STREQ("nginx", target.comm);
	/* --comm ng,nx names two. */
	self->ev.comm.b[2] = ',';
	EXPECT_FALSE(cw_whatif_target(&self->ev, &target));
	self->ev.comm.b[2] = '\n';
	EXPECT_FALSE(cw_whatif_target(&self->ev, &target));
}

static void listen_on(struct cw_whatif *w, unsigned int port)
{
	cw_listeners_add(&w->listeners, port);
}

TEST_F(whatif, a_port_is_a_servers_if_it_listens_or_looks_like_it)
{
	struct cw_msg_event *ev = &self->ev;

	cw_whatif_add(self->w, ev);
	EXPECT_EQ(CW_KNOWN_GUESS, self->w->port[80].known);
	listen_on(self->w, 40000);
	ev->local_port = 40000;
	cw_whatif_add(self->w, ev);
	EXPECT_EQ(CW_KNOWN_LISTENER, self->w->port[40000].known);
	/* The other end of it, and one of which nothing is known. */
	ev->local_port = 51234;
	ev->remote_port = 40000;
	cw_whatif_add(self->w, ev);
	ev->local_port = 45000;
	ev->remote_port = 51234;
	cw_whatif_add(self->w, ev);
	EXPECT_EQ(0, self->w->port[51234].rsts);
	EXPECT_EQ(0, self->w->port[45000].rsts);
	ASSERT_EQ(1, self->w->programs);
	EXPECT_EQ(4, self->w->program[0].rsts);
	EXPECT_EQ(2, self->w->program[0].elsewhere);
	EXPECT_EQ(4, self->w->all.rsts);
}

/* The close of a listener says that its port was one. */
TEST_F(whatif, a_listener_that_goes_is_remembered)
{
	struct cw_msg_event *ev = &self->ev;

	ev->path = CLOSEWATCH_PATH_LISTENER;
	ev->local_port = 40000;
	cw_whatif_add(self->w, ev);
	EXPECT_EQ(0, self->w->all.closes);
	ev->path = CLOSEWATCH_PATH_RST_UNREAD;
	cw_whatif_add(self->w, ev);
	EXPECT_EQ(CW_KNOWN_LISTENER, self->w->port[40000].known);
}

TEST_F(whatif, bytes_at_risk_are_what_was_not_acknowledged)
{
	struct cw_msg_event *ev = &self->ev;
	const struct cw_whatif_row *row = &self->w->port[80];

	cw_whatif_add(self->w, ev);
	ev->unsent = 0;
	ev->unacked = 0;
	cw_whatif_add(self->w, ev);
	ev->path = CLOSEWATCH_PATH_FIN;
	cw_whatif_add(self->w, ev);
	ev->path = CLOSEWATCH_PATH_DRAIN;
	cw_whatif_add(self->w, ev);
	ev->type = CLOSEWATCH_EVENT_TYPE_FATE;
	ev->fate = CLOSEWATCH_FATE_RST_LATE_DATA;
	ev->unacked = 50;
	cw_whatif_add(self->w, ev);
	ev->fate = CLOSEWATCH_FATE_ABORTED;
	cw_whatif_add(self->w, ev);
	EXPECT_EQ(4, row->closes);
	EXPECT_EQ(1, row->drained);
	EXPECT_EQ(3, row->rsts);
	EXPECT_EQ(2, row->responses);
	EXPECT_EQ(157, row->at_risk);
	EXPECT_EQ(7, row->never_sent);
	EXPECT_EQ(1, row->late);
}

/* The RST of nothing is no reason; nor is what a killed program left. */
TEST_F(whatif, a_drain_is_offered_where_it_can_deliver_something)
{
	struct cw_msg_event *ev = &self->ev;

	EXPECT_TRUE(cw_whatif_delivers(ev, false));
	ev->unsent = 0;
	EXPECT_TRUE(cw_whatif_delivers(ev, false));
	ev->why = CLOSEWATCH_CAUSE_SIGNAL;
	EXPECT_FALSE(cw_whatif_delivers(ev, false));
	ev->why = CLOSEWATCH_CAUSE_CLOSE;
	ev->unacked = 0;
	EXPECT_FALSE(cw_whatif_delivers(ev, false));
	EXPECT_TRUE(cw_whatif_helps(ev, false));
	cw_whatif_add(self->w, ev);
	EXPECT_EQ(1, self->w->port[80].rsts);
	EXPECT_EQ(0, self->w->port[80].responses);
}

/* The kernel's branch is that of unread data; a drain is refused all the same. */
TEST_F(whatif, an_abort_that_was_asked_for_is_not_offered_a_drain)
{
	self->ev.present |= bit(LINGER_SECONDS);
	EXPECT_FALSE(cw_whatif_helps(&self->ev, false));
	EXPECT_TRUE(cw_whatif_delivers(&self->ev, true));
	self->ev.linger_seconds = 1;
	EXPECT_TRUE(cw_whatif_delivers(&self->ev, false));
}

TEST_F(whatif, a_drain_that_was_refused_is_not_advised_again)
{
	struct cw_msg_event *ev = &self->ev;

	ev->cookie = 7;
	ev->type = CLOSEWATCH_EVENT_TYPE_DRAIN_END;
	ev->drain_outcome = CLOSEWATCH_DRAIN_OUTCOME_REFUSED;
	ev->refusal = CLOSEWATCH_REFUSAL_LINGER2;
	ev->policy_id = 3;
	ev->present |= bit(DRAIN_OUTCOME) | bit(REFUSAL) | bit(POLICY_ID);
	cw_whatif_add(self->w, ev);
	ev->type = CLOSEWATCH_EVENT_TYPE_CLOSE;
	cw_whatif_add(self->w, ev);
	EXPECT_EQ(1, self->w->port[80].refused);
	EXPECT_EQ(1, self->w->port[80].closes);
	EXPECT_EQ(0, self->w->port[80].rsts);
	EXPECT_STREQ("policy 3: the program set TCP_LINGER2 below 0",
		     self->w->seen.row[CW_SEEN_REFUSAL].where);
	ev->cookie = 8;
	cw_whatif_add(self->w, ev);
	EXPECT_EQ(1, self->w->port[80].responses);
}

TEST_F(whatif, programs_beyond_the_table_are_counted)
{
	struct cw_msg_event *ev = &self->ev;
	int i;

	for (i = 0; i < CW_WHATIF_PROGRAMS + 3; i++) {
		ev->comm.len = snprintf((char *)ev->comm.b,
					sizeof(ev->comm.b), "p%d", i);
		cw_whatif_add(self->w, ev);
	}
	EXPECT_EQ(CW_WHATIF_PROGRAMS, self->w->programs);
	EXPECT_EQ(3, self->w->unnamed);
}

TEST_F(whatif, the_most_bytes_come_first_and_the_rest_is_counted)
{
	static const struct {
		unsigned int port, bytes, times;
	} closes[] = {
		{ 81, 5, 1 }, { 82, 50, 1 }, { 83, 0, 9 }, { 85, 1, 5 }, { 84, 7, 1 },
	};
	const struct cw_whatif_row *rows[3];
	struct cw_msg_event *ev = &self->ev;
	unsigned int i, j;

	ev->unsent = 0;
	for (i = 0; i < ARRAY_SIZE(closes); i++) {
		ev->local_port = closes[i].port;
		ev->unacked = closes[i].bytes;
		for (j = 0; j < closes[i].times; j++)
			cw_whatif_add(self->w, ev);
	}
	/* Without bytes it is no offer. */
	EXPECT_EQ(4, cw_whatif_ports_helped(self->w, rows, 3));
	EXPECT_EQ(82, rows[0]->target.port);
	EXPECT_EQ(84, rows[1]->target.port);
	EXPECT_EQ(85, rows[2]->target.port);
	EXPECT_EQ(0, cw_whatif_programs_helped(self->w, rows, 3));
}

static void make(const char *root, const char *name, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	if (!text) {
		mkdir(path, 0700);
		return;
	}
	f = fopen(path, "w");
	if (!f)
		return;
	fputs(text, f);
	fclose(f);
}

TEST_F(whatif, listeners_and_the_ephemeral_range_are_read)
{
	static const char *const folders[] = {
		"self", "self/net", "sys", "sys/net", "sys/net/ipv4",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(folders); i++)
		make(self->root, folders[i], NULL);
	make(self->root, "sys/net/ipv4/ip_local_port_range", "20000\t60999\n");
	make(self->root, "self/net/tcp",
	     "  sl  local_address rem_address   st tx_queue\n"
	     "   0: 00000000:0050 00000000:0000 0A 00000000:00000000\n"
	     "   1: 0100007F:9C40 00000000:0000 0A 00000000:00000000\n"
	     "   2: 0100007F:0051 0100007F:C822 01 00000000:00000000\n"
	     "   3: 0100007F:0052 00000000:0000 0A 00000000:00000000\n");
	make(self->root, "self/net/tcp6",
	     "  sl  local_address                         remote_address\n"
	     "   0: 00000000000000000000000000000000:01BB 00000000000000000000000000000000:0000 0A 0\n");
	cw_whatif_ports(self->w, self->root);
	EXPECT_EQ(20000, self->w->ephemeral);
	for (i = 1; i <= UINT16_MAX; i++)
		EXPECT_EQ(i == 80 || i == 40000 || i == 443,
			  cw_listeners_have(&self->w->listeners, i)) {
			TH_LOG("port %zu", i);
		}
}

#define render(out, text, w, json)					\
	render_with(out, text, w, &self->before, json)

static const char *render_with(FILE *out, char **text, struct cw_whatif *w,
			       const struct cw_before *before, bool json)
{
	struct cw_view_options opt = { .out = out, .json = json };
	struct cw_view *v = cw_view_new(&opt);

	rewind(out);
	if (!v || cw_record_whatif(v, w, before, 1795230727123456789ULL,
				   60000000000))
		return "(failed)";
	cw_view_free(v);
	fflush(out);
	/* What was longer before is still there. */
	(*text)[ftell(out)] = '\0';
	return *text;
}

TEST_F(whatif, the_advice_ends_with_what_to_type)
{
	cw_whatif_add(self->w, &self->ev);
	EXPECT_NE(NULL, strstr(render(self->out, &self->text, self->w, false),
			       "a drain could have delivered up to 107 B of ours that were "
			       "not acknowledged at 1 RST of this side\n")) {
		TH_LOG("%s", self->text);
	}
	EXPECT_NE(NULL, strstr(self->text,
			       "\n80       guess            1       1         1"
			       "           107 closewatch drain --local-port 80\n"
			       "             cannot mend: what the program never wrote; "
			       "peers that send for longer than the drain's limits\n"
			       "             note: 100 of the bytes at risk were in flight "
			       "and may have arrived anyway\n"));
	EXPECT_EQ(NULL, strstr(self->text, "PROGRAM"));
	EXPECT_NE(NULL, strstr(render(self->out, &self->text, self->w, true),
			       "\"ports\":[{\"port\":80,\"seen_as\":\"guess\",\"closes\":\"1\","
			       "\"drained\":\"0\",\"rsts\":\"1\",\"responses\":\"1\","
			       "\"bytes_at_risk\":\"107\",\"never_sent\":\"7\","
			       "\"command\":\"closewatch drain --local-port 80\","
			       "\"cannot_mend\":\"what the program never wrote; ")) {
		TH_LOG("%s", self->text);
	}
}

/* A rule beside it would never act. */
TEST_F(whatif, the_advice_names_the_policy_that_is_there)
{
	cw_whatif_add(self->w, &self->ev);
	self->ev.type = CLOSEWATCH_EVENT_TYPE_POLICY;
	self->ev.policy_id = 3;
	self->ev.action = CLOSEWATCH_ACTION_DRAIN;
	self->ev.dry_run = 1;
	cw_whatif_add(self->w, &self->ev);
	EXPECT_NE(NULL, strstr(render(self->out, &self->text, self->w, false),
			       " but policy 3 (a dry run of drain) takes such closes and is "
			       "tried first, so remove it before: closewatch del 3\n")) {
		TH_LOG("%s", self->text);
	}
	EXPECT_NE(NULL, strstr(self->text, "\n80       guess            1       1 "));
	EXPECT_NE(NULL, strstr(render(self->out, &self->text, self->w, true),
			       ",\"policy_id\":3,\"action\":\"drain\",\"dry_run\":true,"));
	self->ev.type = CLOSEWATCH_EVENT_TYPE_DRAIN_END;
	self->ev.policy_id = 4;
	cw_whatif_add(self->w, &self->ev);
	EXPECT_NE(NULL, strstr(render(self->out, &self->text, self->w, false),
			       " but policy 4 (drain) drains such closes by now"));
}

/* The network namespace that was looked at, as it was named */
TEST_F(whatif, what_to_type_is_for_the_same_network_namespace)
{
	self->w->netns = "web";
	cw_whatif_add(self->w, &self->ev);
	EXPECT_NE(NULL, strstr(render(self->out, &self->text, self->w, true),
			       "\"closewatch drain --local-port 80 --netns 'web'\"")) {
		TH_LOG("%s", self->text);
	}
}

TEST_F(whatif, resets_without_data_of_ours_are_no_reason_for_a_drain)
{
	self->ev.unsent = 0;
	self->ev.unacked = 0;
	self->ev.sent = 0;
	cw_whatif_add(self->w, &self->ev);
	cw_whatif_add(self->w, &self->ev);
	EXPECT_NE(NULL, strstr(render(self->out, &self->text, self->w, false),
			       ": nothing to type\n"));
	EXPECT_EQ(NULL, strstr(self->text, "closewatch drain"));
	EXPECT_NE(NULL, strstr(self->text,
			       "\nWHAT ELSE WAS SEEN                            COUNT WHERE\n"
			       "RST for unread data, nothing had been sent        2 port 80\n"
			       "             remedy: Look in the program's log")) {
		TH_LOG("%s", self->text);
	}
	EXPECT_NE(NULL, strstr(render(self->out, &self->text, self->w, true),
			       "\"seen\":[{\"kind\":\"no-answer\",\"count\":\"2\","
			       "\"where\":\"port 80\",\"others\":false,\"remedy\":"));
}

TEST_F(whatif, where_nothing_would_help_that_is_said)
{
	EXPECT_NE(NULL, strstr(render(self->out, &self->text, self->w, false),
			       "nothing was closed meanwhile"));
	self->ev.path = CLOSEWATCH_PATH_FIN;
	cw_whatif_add(self->w, &self->ev);
	self->w->lost = 4;
	EXPECT_NE(NULL, strstr(render(self->out, &self->text, self->w, false),
			       "no RST of this side endangered data of ours "
			       "that a drain could have delivered: nothing to type"));
	EXPECT_NE(NULL, strstr(self->text, "the figures are the least"));
	EXPECT_EQ(NULL, strstr(self->text, "TO TYPE"));
	EXPECT_EQ(NULL, strstr(self->text, "WHAT ELSE"));
}

/* One run's advice, through its file, beside the next run with the drain. */
TEST_F(whatif, a_run_with_the_drain_is_compared_with_the_one_before)
{
	struct cw_msg_event *ev = &self->ev;
	FILE *f = tmpfile();

	ASSERT_NE(NULL, f);
	cw_whatif_add(self->w, ev);
	ev->local_port = 45000;
	cw_whatif_add(self->w, ev);
	cw_before_update(&self->before, self->w, 1000000000, 5000000000);
	cw_before_write(&self->before, f);
	memset(&self->before, 0, sizeof(self->before));
	rewind(f);
	cw_before_read(&self->before, f);
	fclose(f);
	ASSERT_EQ(2, self->before.rows);
	EXPECT_EQ(80, self->before.row[0].target.port);
	EXPECT_STREQ("nginx", self->before.row[1].target.comm);
	EXPECT_EQ(2, self->before.row[1].closes);
	free(self->w);
	self->w = cw_whatif_new(false);
	ASSERT_NE(NULL, self->w);
	EXPECT_EQ(NULL, strstr(render(self->out, &self->text, self->w, false),
			       "COMPARED"));
	ev->local_port = 80;
	ev->path = CLOSEWATCH_PATH_DRAIN;
	cw_whatif_add(self->w, ev);
	ev->type = CLOSEWATCH_EVENT_TYPE_DRAIN_END;
	ev->drain_outcome = CLOSEWATCH_DRAIN_OUTCOME_DELIVERED;
	ev->response_acked = 107;
	cw_whatif_add(self->w, ev);
	EXPECT_NE(NULL, strstr(render(self->out, &self->text, self->w, false),
			       "1 of 1 closes in 5.0 s by RST, 107 B at risk ")) {
		TH_LOG("%s", self->text);
	}
	EXPECT_NE(NULL, strstr(self->text,
			       "0 of 1 closes in 60.0 s by RST, 0 B at risk "));
	EXPECT_NE(NULL, strstr(self->text,
			       " 1: 1 ended well, 107 B acknowledged; 0 refused\n"));
	/* Figures as a server has them do not run into the next column. */
	self->before.row[0].rsts = 1200;
	self->before.row[0].closes = 1234;
	self->before.row[0].at_risk = 1234567;
	EXPECT_NE(NULL, strstr(render(self->out, &self->text, self->w, false),
			       "1200 of 1234 closes in 5.0 s by RST, 1234567 B at risk  "));
}

TEST_F(whatif, what_is_no_advice_is_not_read)
{
	static const char *const texts[] = {
		"", "closewatch advice 2\n1 1 1 1 1 1 80 -\n",
		"closewatch advice 1\n1 1 1 1 1 x 80 -\n",
		"closewatch advice 1\n1 1 1 1 1 1 80 nginx\n",
		"closewatch advice 1\n1 1 1 1 1 1 0\n",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		FILE *f = tmpfile();

		ASSERT_NE(NULL, f);
		fputs(texts[i], f);
		rewind(f);
		cw_before_read(&self->before, f);
		fclose(f);
		EXPECT_EQ(0, self->before.rows);
	}
}

TEST_HARNESS_MAIN
