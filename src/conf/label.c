/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host in front of a line.
 */
#include "conf/label.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/banned.h"

#define ADDR_MAX ((size_t)128) /* of an IPv6 address, its zone and a port */

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* "fe80::1%eth0", or "[fe80::1]:22". */
static bool is_ipv6(const char *p, size_t n)
{
	char addr[ADDR_MAX];
	const char *close;
	struct in6_addr in6;

	if (!n || n >= sizeof(addr))
		return false;
	memcpy(addr, p, n);
	addr[n] = '\0';
	if (*addr == '[') {
		close = strchr(addr, ']');
		if (!close || (close[1] && close[1] != ':') ||
		    close[1 + strspn(close + 1, ":0123456789")])
			return false;
		addr[close - addr] = '\0';
	}
	addr[strcspn(addr, "%")] = '\0';
	return inet_pton(AF_INET6, addr + (*addr == '['), &in6) == 1;
}

bool label_find(const char *line, size_t n, struct label *l)
{
	size_t from = 0, colon, end;

	while (from < n && is_blank(line[from]))
		from++;
	if (from == n)
		return false;
	colon = from + 1;
	while (colon < n && line[colon] != ':' && !is_blank(line[colon]))
		colon++;
	end = colon;
	while (colon < n && is_blank(line[colon]))
		colon++;
	if (colon == n || line[colon] != ':')
		return false;
	if (end == colon && colon + 1 < n && !is_blank(line[colon + 1])) {
		size_t word = colon + 1;

		while (word < n && word - from <= ADDR_MAX &&
		       !is_blank(line[word]))
			word++;
		if (line[word - 1] == ':' &&
		    is_ipv6(line + from, word - 1 - from))
			end = colon = word - 1;
	}
	*l = (struct label){ .name = line + from, .n = end - from };
	l->data = colon + 1 + (colon + 1 < n && line[colon + 1] == ' ');
	return l->n <= LABEL_MAX;
}
