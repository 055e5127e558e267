// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <string.h>

#include "base/address.h"
#include "base/parse.h"

#define MAPPED_BITS	96

static bool is_mapped(const struct cw_bytes *addr)
{
	static const uint8_t mapped[MAPPED_BITS / 8] = {
		[10] = 0xff, [11] = 0xff,
	};

	return addr->len == 16 && !memcmp(addr->b, mapped, sizeof(mapped));
}

static bool parse_any(const char *text, struct cw_bytes *addr)
{
	memset(addr, 0, sizeof(*addr));
	if (inet_pton(AF_INET, text, addr->b) == 1)
		addr->len = 4;
	else if (inet_pton(AF_INET6, text, addr->b) == 1)
		addr->len = 16;
	return addr->len;
}

static void unmap(struct cw_bytes *addr)
{
	memmove(addr->b, addr->b + MAPPED_BITS / 8, 4);
	memset(addr->b + 4, 0, 12);
	addr->len = 4;
}

void cw_address_unmap(struct cw_bytes *addr)
{
	if (is_mapped(addr))
		unmap(addr);
}

/* IPv4 or IPv6, without port or brackets; numbers only. */
static bool parse_address(const char *text, struct cw_bytes *addr)
{
	if (!parse_any(text, addr))
		return false;
	cw_address_unmap(addr);
	return true;
}

/* Bits beyond the prefix are probably a typing error. */
static bool clear_beyond(const struct cw_bytes *addr, unsigned int bits)
{
	unsigned int i;

	for (i = bits; i < addr->len * 8U; i++)
		if (addr->b[i / 8] & (0x80 >> i % 8))
			return false;
	return true;
}

int cw_parse_prefix(const char *text, struct cw_bytes *addr, uint8_t *bits,
		    struct cw_fail *fail)
{
	const char *slash = strchrnul(text, '/');
	char word[INET6_ADDRSTRLEN] = "";
	struct cw_fail ignored;
	uint32_t n;

	if (slash - text < (long)sizeof(word))
		memcpy(word, text, slash - text);
	if (!parse_any(word, addr))
		goto usage;
	n = addr->len * 8;
	if (*slash && cw_parse_u32(slash + 1, 0, n, "length", &n, &ignored))
		goto usage;
	if (!clear_beyond(addr, n))
		return cw_fail_usage(fail, NULL,
				     "'%s' has bits set beyond the first %u, which would not count: shorten the address or leave out its length",
				     text, n);
	if (is_mapped(addr) && n >= MAPPED_BITS) {
		unmap(addr);
		n -= MAPPED_BITS;
	}
	*bits = n;
	return CW_OK;
usage:
	return cw_fail_usage(fail, NULL,
			     "'%s' is no prefix: ADDR[/LEN] is wanted, such as 10.0.0.0/8 or 2001:db8::1",
			     text);
}

bool cw_address_within(const struct cw_bytes *addr, const struct cw_bytes *net,
		       unsigned int bits)
{
	unsigned int bytes = bits / 8;

	if (addr->len != net->len || memcmp(addr->b, net->b, bytes))
		return false;
	bits %= 8;
	return !bits || !((addr->b[bytes] ^ net->b[bytes]) >> (8 - bits));
}

static char *print_ipv4(char *to, const uint8_t *b)
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		to = cw_decimal(to, b[i]);
		*to++ = '.';
	}
	return to - 1;
}

static char *print_word(char *to, unsigned int word)
{
	int shift = word > 0xfff ? 12 : word > 0xff ? 8 : word > 0xf ? 4 : 0;

	for (; shift >= 0; shift -= 4)
		*to++ = "0123456789abcdef"[word >> shift & 0xf];
	return to;
}

/* The first of the longest runs of two zeroes or more; @start 8: none. */
static void find_run(const uint16_t *word, int *start, int *len)
{
	int i, n = 0;

	*start = 8;
	*len = 1;
	for (i = 0; i < 8; i++) {
		n = word[i] ? 0 : n + 1;
		if (n <= *len)
			continue;
		*start = i + 1 - n;
		*len = n;
	}
}

static char *print_ipv6(char *to, const uint8_t *b)
{
	int i, start, len;
	uint16_t word[8];
	bool embedded;

	for (i = 0; i < 8; i++)
		word[i] = b[2 * i] << 8 | b[2 * i + 1];
	find_run(word, &start, &len);
	embedded = !start && (len == 6 || (len == 5 && word[5] == 0xffff));
	for (i = 0; i < 8; i++) {
		if (i == start) {
			*to++ = ':';
			i += len - 1;
			if (i == 7)
				*to++ = ':';
			continue;
		}
		if (i)
			*to++ = ':';
		if (i == 6 && embedded)
			return print_ipv4(to, b + 12);
		to = print_word(to, word[i]);
	}
	return to;
}

/* As inet_ntop() does, which calls sprintf() for each part. */
char *cw_write_address(char *to, const void *addr, size_t len)
{
	if (len == 4)
		return print_ipv4(to, addr);
	return len == 16 ? print_ipv6(to, addr) : to;
}

void cw_say_address(struct cw_text *t, const void *addr, size_t len)
{
	char text[INET6_ADDRSTRLEN];

	cw_text_add(t, text, cw_write_address(text, addr, len) - text);
}

void cw_address_print(const struct cw_bytes *addr, char *buf, size_t size)
{
	struct cw_text t = { .buf = buf, .size = size };

	buf[0] = '\0';
	cw_say_address(&t, addr->b, addr->len);
}

/* One end, "ADDR:PORT"; @text is cut up. */
static bool parse_end(char *text, struct cw_bytes *addr, uint16_t *port)
{
	char *colon = strrchr(text, ':');
	struct cw_fail ignored;
	size_t len;

	if (!colon)
		return false;
	*colon = '\0';
	len = strlen(text);
	if (*text == '[' && len > 2 && text[len - 1] == ']') {
		text[len - 1] = '\0';
		text++;
	} else if (strchr(text, ':')) {
		return false;	/* which colon begins the port? */
	}
	return parse_address(text, addr) &&
	       !cw_parse_port(colon + 1, port, &ignored);
}

int cw_parse_ends(const char *text, struct cw_ends *ends,
		  struct cw_fail *fail)
{
	char buf[160], *local, *remote = NULL, *more = NULL, *at;

	memset(ends, 0, sizeof(*ends));
	buf[0] = '\0';
	if (strlen(text) < sizeof(buf))
		strcpy(buf, text);
	local = strtok_r(buf, " \t", &at);
	if (local)
		remote = strtok_r(NULL, " \t", &at);
	if (remote)
		more = strtok_r(NULL, " \t", &at);
	if (!remote || more ||
	    !parse_end(local, &ends->local, &ends->local_port) ||
	    !parse_end(remote, &ends->remote, &ends->remote_port) ||
	    ends->local.len != ends->remote.len)
		return cw_fail_usage(fail, NULL,
				     "'%s' is no socket: 'ADDR:PORT ADDR:PORT' is wanted, the local end first, IPv6 in brackets, such as '[::1]:80 [::1]:51234'",
				     text);
	return CW_OK;
}
