/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is on its way when a key ends what runs.
 */
#include "ui/cutoff.h"

#include <string.h>

#include "base/banned.h"

#define MAX_NS 5000000000ull
#define BEFORE 64 /* bytes that tell text from anything else */

void cutoff_begin(struct cutoff *c, uint64_t now)
{
	*c = (struct cutoff){ .since_ns = now, .last_ns = now };
}

/* Ctrl+C and Ctrl+\, as terminals echo them. */
static bool is_second(char c)
{
	return c == 'C' || c == '\\';
}

static bool is_text(char c)
{
	return (unsigned char)c >= ' ' ? c != 0x7f
				       : strchr("\t\r\n\033", c) && c;
}

/*
 * Bytes that are no text look like an echo time and again.  One ends the line
 * or what came, or stands behind text.
 */
static bool is_echo(const char *buf, size_t n, size_t at)
{
	size_t i = at > BEFORE ? at - BEFORE : 0;

	if (at + 1 >= n || !is_second(buf[at + 1]))
		return false;
	if (at + 2 == n || (at + 3 < n && !memcmp(buf + at + 2, "\r\n", 2)))
		return true;
	while (i < at && is_text(buf[i]))
		i++;
	return i == at;
}

/* Where the echo begins; `n`: it is not there. */
static size_t find_echo(const char *buf, size_t n)
{
	const char *end = buf + n;
	const char *p = memchr(buf, '^', n);

	while (p && !is_echo(buf, n, (size_t)(p - buf)))
		p = memchr(p + 1, '^', (size_t)(end - p - 1));
	return p ? (size_t)(p - buf) : n;
}

size_t cutoff_length(struct cutoff *c, uint64_t now, const char *buf, size_t n)
{
	size_t at;

	if (!c->since_ns || !n)
		return 0;
	at = c->caret && is_second(buf[0]) ? 0 : find_echo(buf, n);
	if (now - c->last_ns > CUTOFF_QUIET_NS || now - c->since_ns > MAX_NS)
		at = 0;
	c->last_ns = now;
	c->caret = buf[n - 1] == '^';
	if (at < n)
		c->since_ns = 0;
	return at;
}
