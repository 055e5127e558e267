// SPDX-License-Identifier: GPL-2.0
#include <sys/stat.h>

#include "host/hosted.h"

void cw_hosted_init(struct cw_hosted *h)
{
	struct stat st;

	*h = (struct cw_hosted){
		.cgroups = CW_CGROUPS_INIT, .namespaces = CW_NAMESPACES_INIT,
	};
	if (!stat("/proc/self/ns/net", &st))
		h->here = st.st_ino;
}

void cw_hosted_release(struct cw_hosted *h)
{
	cw_cgroups_release(&h->cgroups);
}

const char *cw_hosted_netns(struct cw_hosted *h, uint64_t netns, uint64_t now)
{
	return h->told ? h->told->netns :
			 cw_namespaces_name(&h->namespaces, netns, now);
}

bool cw_hosted_listening(struct cw_hosted *h, uint64_t netns, uint16_t port)
{
	if (h->told)
		return h->told->listening;
	return netns == cw_hosted_here(h) &&
	       cw_listeners_find(&h->listeners, port);
}
