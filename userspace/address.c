// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <string.h>

#include "address.h"
#include "filter.h"

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

bool cw_address_parse(const char *text, struct cw_bytes *addr)
{
	if (!parse_any(text, addr))
		return false;
	if (is_mapped(addr))
		unmap(addr);
	return true;
}

/* Bits that do not count say that something else was meant. */
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
			     "'%s' is no remote prefix: ADDR[/LEN] is wanted, such as 10.0.0.0/8 or 2001:db8::1",
			     text);
}

void cw_address_print(const struct cw_bytes *addr, char *buf, size_t size)
{
	buf[0] = '\0';
	if (addr->len == 4)
		inet_ntop(AF_INET, addr->b, buf, size);
	else if (addr->len == 16)
		inet_ntop(AF_INET6, addr->b, buf, size);
}
