/* SPDX-License-Identifier: GPL-2.0 */
/* The matrix that path fixtures run over: address flavours and both roles. */
#ifndef CLOSEWATCH_SELFTEST_FLAVOURS_H
#define CLOSEWATCH_SELFTEST_FLAVOURS_H

#include "harness.h"
#include "verify.h"

/* A fixture that is a scene with a connection, in the flavours that it adds */
#define FLAVOURED_FIXTURE(name)						\
FIXTURE(name) {								\
	struct scene s;							\
};									\
									\
FIXTURE_VARIANT(name) {							\
	struct pair_opts opts;						\
};									\
									\
FIXTURE_SETUP(name)							\
{									\
	if (variant->opts.flavour != IPV4 && access("/proc/net/if_inet6", F_OK)) \
		SKIP(, "this kernel has no IPv6");			\
	else								\
		ASSERT_EQ(0, scene_open(&self->s, &variant->opts));	\
}									\
									\
FIXTURE_TEARDOWN(name)							\
{									\
	scene_close(&self->s);						\
}

/* One in every flavour */
#define SCENE_FIXTURE(name)						\
FLAVOURED_FIXTURE(name)							\
									\
FIXTURE_VARIANT_ADD(name, ipv4) {					\
	.opts.flavour = IPV4,						\
};									\
									\
FIXTURE_VARIANT_ADD(name, ipv6) {					\
	.opts.flavour = IPV6,						\
};									\
									\
FIXTURE_VARIANT_ADD(name, v4mapped) {					\
	.opts.flavour = V4MAPPED,					\
};									\
									\
FIXTURE_VARIANT_ADD(name, client) {					\
	.opts.flavour = IPV4,						\
	.opts.we_connect = true,					\
}

/* One in two flavours that differ in all, for tests that take long */
#define PAIR_FIXTURE(name)						\
FLAVOURED_FIXTURE(name)							\
									\
FIXTURE_VARIANT_ADD(name, accepted_ipv4) {				\
	.opts.flavour = IPV4,						\
};									\
									\
FIXTURE_VARIANT_ADD(name, connected_ipv6) {				\
	.opts.flavour = IPV6,						\
	.opts.we_connect = true,					\
}

/* A fixture of one flavour whose tests open what they need */
#define BARE_FIXTURE(name)						\
FIXTURE(name) {								\
	struct scene s;							\
};									\
									\
FIXTURE_SETUP(name)							\
{									\
	ASSERT_EQ(0, scene_open_bare(&self->s));			\
}									\
									\
FIXTURE_TEARDOWN(name)							\
{									\
	scene_close(&self->s);						\
}

#endif
