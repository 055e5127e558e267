// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <netdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/utf8.h"
#include "host/resolve.h"

#define HOSTS	1024
#define PORTS	1024
#define WAIT_NS	50000000L

enum state { UNKNOWN, WANTED, KNOWN };

struct host {
	enum state state;
	size_t len;
	uint8_t addr[16];
	char name[CW_NAME_MAX];		/* empty: it has none */
};

struct service {
	bool known;
	uint16_t port;
	char name[24];
};

struct cw_resolve {
	cw_look_fn *look;
	struct service services[PORTS];
	bool started;
	pthread_t thread;
	/* Protects what follows; not held while a name is looked up. */
	pthread_mutex_t lock;
	pthread_cond_t wanted, done;
	bool busy, stop;
	unsigned int waiting;		/* hosts that are WANTED */
	struct host hosts[HOSTS];
};

bool cw_resolve_look(const void *addr, size_t len, char *name, size_t size)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	struct sockaddr_in four = { .sin_family = AF_INET };
	const void *sa = &six;
	socklen_t n = sizeof(six);

	if (len == sizeof(four.sin_addr)) {
		memcpy(&four.sin_addr, addr, len);
		sa = &four;
		n = sizeof(four);
	} else {
		memcpy(&six.sin6_addr, addr, sizeof(six.sin6_addr));
	}
	return !getnameinfo(sa, n, name, size, NULL, 0, NI_NAMEREQD);
}

struct cw_resolve *cw_resolve_new(cw_look_fn *look)
{
	struct cw_resolve *r = calloc(1, sizeof(*r));
	pthread_condattr_t monotonic;

	if (!r)
		return NULL;
	r->look = look;
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->wanted, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&r->done, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return r;
}

void cw_resolve_free(struct cw_resolve *r)
{
	bool busy;

	if (!r)
		return;
	pthread_mutex_lock(&r->lock);
	r->stop = true;
	busy = r->busy;
	pthread_cond_signal(&r->wanted);
	pthread_mutex_unlock(&r->lock);
	/* A lookup can take long; it ends with the program. */
	if (busy) {
		pthread_detach(r->thread);
		return;
	}
	if (r->started)
		pthread_join(r->thread, NULL);
	pthread_cond_destroy(&r->wanted);
	pthread_cond_destroy(&r->done);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

static bool is(const struct host *h, const void *addr, size_t len)
{
	return h->len == len && !memcmp(h->addr, addr, len);
}

/* Under the lock, which it gives up meanwhile. */
static void look_up(struct cw_resolve *r, struct host *h)
{
	char name[CW_NAME_MAX] = "";
	const struct host copy = *h;
	bool found;

	h->state = UNKNOWN;
	r->waiting--;
	r->busy = true;
	pthread_mutex_unlock(&r->lock);
	found = r->look(copy.addr, copy.len, name, sizeof(name));
	pthread_mutex_lock(&r->lock);
	r->busy = false;
	/* Another one may have taken its place, or it may be wanted again. */
	if (!is(h, copy.addr, copy.len))
		return;
	r->waiting -= h->state == WANTED;
	cw_utf8_escape(h->name, sizeof(h->name), name,
		       found ? strlen(name) : 0, false);
	h->state = KNOWN;
}

static void *run(void *arg)
{
	struct cw_resolve *r = arg;
	int i;

	pthread_mutex_lock(&r->lock);
	while (!r->stop) {
		if (!r->waiting)
			pthread_cond_wait(&r->wanted, &r->lock);
		for (i = 0; i < HOSTS && r->waiting && !r->stop; i++)
			if (r->hosts[i].state == WANTED)
				look_up(r, &r->hosts[i]);
		pthread_cond_signal(&r->done);
	}
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

/* Under the lock. */
static void want(struct cw_resolve *r, struct host *h)
{
	bool idle = !r->busy && !r->waiting;
	struct timespec end;

	if (!r->started)
		r->started = !pthread_create(&r->thread, NULL, run, r);
	if (!r->started)
		return;
	h->state = WANTED;
	r->waiting++;
	pthread_cond_signal(&r->wanted);
	if (!idle)
		return;
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_nsec += WAIT_NS;
	end.tv_sec += end.tv_nsec / 1000000000;
	end.tv_nsec %= 1000000000;
	while (h->state != KNOWN &&
	       !pthread_cond_timedwait(&r->done, &r->lock, &end))
		;
}

static unsigned int slot_of(const uint8_t *addr, size_t len)
{
	uint32_t h = 2166136261;

	for (; len; addr++, len--)
		h = (h ^ *addr) * 16777619;
	return h % HOSTS;
}

void cw_resolve_host(struct cw_resolve *r, const void *addr, size_t len,
		     char *host)
{
	struct host *h;

	*host = '\0';
	if (!r->look || (len != 4 && len != 16))
		return;
	pthread_mutex_lock(&r->lock);
	h = &r->hosts[slot_of(addr, len)];
	if (!is(h, addr, len)) {
		r->waiting -= h->state == WANTED;
		*h = (struct host){ .len = len };
		memcpy(h->addr, addr, len);
	}
	if (h->state == UNKNOWN)
		want(r, h);
	if (h->state == KNOWN)
		memcpy(host, h->name, sizeof(h->name));
	pthread_mutex_unlock(&r->lock);
}

const char *cw_resolve_port(struct cw_resolve *r, uint16_t port)
{
	struct service *s = &r->services[port % PORTS];
	const struct servent *e;

	if (s->known && s->port == port)
		return s->name;
	*s = (struct service){ .known = true, .port = port };
	e = getservbyport(htons(port), "tcp");
	if (e)
		cw_utf8_escape(s->name, sizeof(s->name), e->s_name,
			       strlen(e->s_name), false);
	return s->name;
}
