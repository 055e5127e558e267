// SPDX-License-Identifier: GPL-2.0
/* Whether chains by port find the rule that a walk over all rules finds. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "kselftest_harness.h"

#include "module/drain/rules.h"

#define SETS	300
#define RULES	60
#define STEPS	200
#define CLOSES	40

static const u64 now = 1000;

/* A rule as installed, or not */
struct rule {
	struct cw_policy p;
	struct cw_rule_link links[CW_RULES_SPAN];
	bool installed;
};

static unsigned int below(unsigned int n)
{
	return (unsigned int)random() % n;
}

static bool one_in(unsigned int n)
{
	return !below(n);
}

/* Few, so that rules and closes meet, and some on the same chain */
static u16 any_port(void)
{
	static const u16 base[] = { 1, 80, 80 + CW_RULES_CHAINS, 65500 };

	return base[below(4)] + below(36);
}

static void choose_ports(struct cw_conditions *want)
{
	unsigned int last;

	if (one_in(4))
		return;
	want->lport_first = any_port();
	last = want->lport_first;
	if (one_in(2))
		last += one_in(4) ? below(65536) : below(2 * CW_RULES_SPAN);
	want->lport_last = last > 65535 ? 65535 : last;
}

static void choose(struct rule *r)
{
	struct cw_conditions *want = &r->p.want;

	memset(r, 0, sizeof(*r));
	choose_ports(want);
	want->has_uid = one_in(3);
	want->uid = below(3);
	if (one_in(4))
		want->family = one_in(2) ? AF_INET : AF_INET6;
	if (one_in(5))
		strcpy(want->comm, one_in(2) ? "nginx" : "haproxy");
	if (one_in(5))
		r->p.expires = now - 1 + below(3);
	r->p.priority = below(4);
}

/* In the order in which an installed rule gets its seq */
static void install(struct cw_rules *rules, struct rule *r)
{
	static u64 seq;

	choose(r);
	r->p.seq = ++seq;
	cw_rules_add(rules, &r->p, r->links);
	r->installed = true;
}

static void remove_rule(struct cw_rules *rules, struct rule *r)
{
	cw_rules_del(rules, &r->p, r->links);
	r->installed = false;
}

/* What chains must find: of all that match, the first in order */
static const struct cw_policy *linear(const struct rule *all,
				      const struct cw_conn *c,
				      const struct cw_owner *o)
{
	const struct cw_policy *first = NULL;
	int i;

	for (i = 0; i < RULES; i++) {
		const struct cw_policy *p = &all[i].p;

		if (!all[i].installed || !cw_policy_match(&p->want, c, o) ||
		    (p->expires && p->expires <= now))
			continue;
		if (!first || p->priority < first->priority ||
		    (p->priority == first->priority && p->seq < first->seq))
			first = p;
	}
	return first;
}

static void choose_close(struct cw_conn *c, struct cw_owner *o)
{
	*c = (struct cw_conn){
		.lport = one_in(8) ? below(65536) : any_port(),
		.rport = 51234, .family = one_in(2) ? AF_INET : AF_INET6,
	};
	*o = (struct cw_owner){ .uid = below(3) };
	strcpy(o->comm, one_in(2) ? "nginx" : "haproxy");
}

FIXTURE(rules) {
	struct cw_rules rules;
	struct cw_rules_ports ports;
	struct rule all[RULES];
	unsigned int found;
};

FIXTURE_SETUP(rules)
{
	memset(self, 0, sizeof(*self));
	self->rules.ports = &self->ports;
	srandom(1);
}

FIXTURE_TEARDOWN(rules)
{
}

TEST_F(rules, chains_find_what_a_walk_finds)
{
	const struct cw_policy *p;
	struct cw_owner o;
	struct cw_conn c;
	int set, step, i;

	for (set = 0; set < SETS; set++) {
		for (step = 0; step < STEPS; step++) {
			struct rule *r = &self->all[below(RULES)];

			if (r->installed)
				remove_rule(&self->rules, r);
			else
				install(&self->rules, r);
		}
		for (i = 0; i < CLOSES; i++) {
			choose_close(&c, &o);
			p = linear(self->all, &c, &o);
			ASSERT_EQ(p, cw_rules_first(&self->rules, &c, &o, now));
			if (p)
				ASSERT_TRUE(cw_rules_concern(&self->rules,
							     c.lport));
			self->found += !!p;
		}
	}
	EXPECT_LT(SETS * CLOSES / 4, self->found);
	EXPECT_GT(SETS * CLOSES, self->found);
}

/* What it costs is what is on the chain */
TEST_F(rules, other_ports_are_on_other_chains)
{
	struct cw_rule_link *links = calloc(1000, sizeof(*links));
	struct cw_policy *p = calloc(1000, sizeof(*p));
	unsigned int i, chained = 0;

	for (i = 0; i < 1000; i++) {
		p[i].want.lport_first = 20000 + i;
		p[i].want.lport_last = 20000 + i;
		cw_rules_add(&self->rules, &p[i], &links[i]);
	}
	EXPECT_EQ(NULL, self->rules.others);
	for (i = 0; i < CW_RULES_CHAINS; i++)
		chained += self->ports.chain[i] && self->ports.chain[i]->next;
	EXPECT_EQ(0U, chained);
	EXPECT_TRUE(cw_rules_concern(&self->rules, 20999));
	EXPECT_FALSE(cw_rules_concern(&self->rules, 21000));
	free(links);
	free(p);
}

TEST_F(rules, long_ranges_are_not_found_by_port)
{
	struct cw_policy p = {
		.want = { .lport_first = 100, .lport_last = 99 + CW_RULES_SPAN },
	};

	EXPECT_EQ(CW_RULES_SPAN, cw_rule_ports(&p));
	EXPECT_EQ(CW_RULES_SPAN, cw_rule_links(&p));
	p.want.lport_last++;
	EXPECT_EQ(0U, cw_rule_ports(&p));
	EXPECT_EQ(1U, cw_rule_links(&p));
	p.want.lport_first = 0;
	p.want.lport_last = 0;
	EXPECT_EQ(0U, cw_rule_ports(&p));
}

TEST_HARNESS_MAIN
