/* SPDX-License-Identifier: GPL-2.0 */
/* A TCP socket over loopback: its addresses, state, queues and options. */
#ifndef CLOSEWATCH_SELFTEST_SOCK_H
#define CLOSEWATCH_SELFTEST_SOCK_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

enum flavour { IPV4, IPV6, V4MAPPED };

struct address {
	int family;		/* of the socket: AF_INET or AF_INET6 */
	size_t len;		/* 4 or 16 */
	uint8_t bytes[16];
	uint16_t port;		/* host order */
};

int tcp_socket(enum flavour flavour);
int tcp_listen(enum flavour flavour, int backlog);
int tcp_connect(int fd, enum flavour flavour, int listener);
/* Connect with data in the SYN; does not wait for an answer */
int tcp_send_first(int fd, enum flavour flavour, int listener, const void *data,
		   size_t len);
int address_of(int fd, bool remote, struct address *a);
uint64_t cookie_of(int fd);

/*
 * A deaf socket drops every segment that arrives, as if the wire had lost it.
 * It pins the other end's state, and its counters, for as long as a test needs.
 */
int deafen(int fd);
int undeafen(int fd);

/* Take a socket away without a packet; it is closed and set to -1 */
int vanish(int *fd);

/* Wait for TCP's state (the kernel's number), and for the queues' contents */
int await_state(int fd, int state);
int await_readable(int fd, int bytes);
int await_acked(int fd);

int tcp_state(int fd);
int unread_bytes(int fd);
int unsent_bytes(int fd);	/* FIN included if it was queued */
int unacked_bytes(int fd);	/* likewise */

/* All-or-nothing transfers of @n bytes */
int give(int fd, int n);
int take(int fd, int n);
int take_all(int fd);		/* up to EOF; how many */

/* Write until the peer's window and our buffer are full; how many bytes */
int give_until_stuck(int fd);

int set_linger(int fd, int seconds);	/* zero: abort on close */
int set_int(int fd, int level, int name, int value);

#endif
