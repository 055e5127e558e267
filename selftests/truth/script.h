/* SPDX-License-Identifier: GPL-2.0 */
/* What a connection's two ends will do; a function of seed and index alone. */
#ifndef CLOSEWATCH_TRUTH_SCRIPT_H
#define CLOSEWATCH_TRUTH_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BATCH		50	/* connections under one setting of the network */
#define STEPS		40

/* The client lives in one namespace, the accepted end in the other */
enum which { CLIENT, SERVER, ENDS };

enum op {
	OP_WRITE,		/* at most arg bytes, as many as fit */
	OP_READ,		/* at most arg bytes, after a wait for some */
	OP_PAUSE,		/* arg ms, the connection's own business */
	OP_SHUT,		/* arg as for shutdown(2) */
	OP_DESTROY,		/* as ss -K does */
	OP_END,			/* arg is a manner */
};

enum manner {
	BY_CLOSE,
	BY_EXIT,		/* of a child that is the only holder */
	BY_KILL,		/* the same, by SIGKILL */
	BY_DUP,			/* close one descriptor, then the other */
	BY_FORK,		/* close here, then in a child */
	BY_CHILD,		/* close in a child, which may block */
	BY_LISTENER,		/* still in the accept queue */
};

struct step {
	uint8_t op, end;
	uint32_t arg;
};

struct end_options {
	int sndbuf, rcvbuf;	/* 0: the default */
	bool nodelay, cork;
	int linger;		/* seconds; -1: off */
	int linger2;		/* 0: the default */
};

struct script {
	uint64_t index;
	bool ipv6;
	bool queued;		/* never accepted */
	struct end_options end[ENDS];
	struct step step[STEPS];
	unsigned int n;
};

void script_make(struct script *s, uint64_t seed, uint64_t index);
void script_print(const struct script *s);
const char *manner_name(unsigned int manner);

#endif
