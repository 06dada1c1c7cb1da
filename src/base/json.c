/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON strings.
 *
 * Most bytes are plain ones and stand side by side, so runs of them are found
 * by blocks and copied whole.
 */
#include "base/json.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "base/banned.h"

#define BLOCK ((size_t)32)

static bool is_plain(unsigned char c)
{
	return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
}

/* Without a branch in it, so that compilers make one step of it. */
static bool block_is_plain(const unsigned char *p)
{
	unsigned char odd = 0;

	for (size_t i = 0; i < BLOCK; i++) {
		unsigned char c = p[i];

		odd |= (unsigned char)((c < ' ') | (c > 0x7e) | (c == '"') |
				       (c == '\\'));
	}
	return !odd;
}

size_t json_plain(const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	size_t i = 0;

	while (n - i >= BLOCK && block_is_plain(p + i))
		i += BLOCK;
	/* The rest is less than a block: with what is in front it is one. */
	if (n >= BLOCK && n - i < BLOCK && block_is_plain(p + n - BLOCK))
		return n;
	while (i < n && is_plain(p[i]))
		i++;
	return i;
}

/* The letter behind the backslash; 0: there is none for it. */
static char short_escape(unsigned char c)
{
	switch (c) {
	case '"':
	case '\\':
		return (char)c;
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	case '\b':
		return 'b';
	case '\f':
		return 'f';
	default:
		return '\0';
	}
}

/* By hand: what is not text may hold nothing else. */
static void put_escape(struct strbuf *sb, unsigned char c)
{
	static const char digits[] = "0123456789abcdef";
	const char text[] = { '\\',	      'u',	     '0', '0',
			      digits[c >> 4], digits[c & 15] };

	strbuf_add(sb, text, sizeof(text));
}

/* A character that is no plain byte; gives its length, 0: no UTF-8. */
static size_t put_character(struct strbuf *sb, const unsigned char *p, size_t n)
{
	const char pair[2] = { '\\', short_escape(p[0]) };
	size_t len;

	if (pair[1]) {
		strbuf_add(sb, pair, sizeof(pair));
		return 1;
	}
	if (p[0] < ' ' || p[0] == 0x7f) {
		put_escape(sb, p[0]);
		return 1;
	}
	if (p[0] == 0xc2 && n > 1 && p[1] >= 0x80 && p[1] < 0xa0) {
		put_escape(sb, p[1]);
		return 2;
	}
	len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (len > n || !text_is_utf8(p, len))
		return 0;
	strbuf_add(sb, p, len);
	return len;
}

static int put(struct strbuf *sb, const unsigned char *p, size_t n, bool mend)
{
	while (n) {
		size_t run = is_plain(*p) ? json_plain(p, n) : 0;

		strbuf_add(sb, p, run);
		p += run;
		n -= run;
		if (!n)
			break;
		run = put_character(sb, p, n);
		if (!run && !mend)
			return -1;
		if (!run) {
			strbuf_addstr(sb, "\xef\xbf\xbd");
			run = 1;
		}
		p += run;
		n -= run;
	}
	return 0;
}

int json_escape(struct strbuf *sb, const void *p, size_t n)
{
	size_t before = sb->len;

	if (!put(sb, p, n, false))
		return 0;
	strbuf_truncate(sb, before);
	return -1;
}

void json_text(struct strbuf *sb, const char *s)
{
	strbuf_addch(sb, '"');
	(void)put(sb, (const unsigned char *)s, strlen(s), true);
	strbuf_addch(sb, '"');
}

void json_base64(struct strbuf *sb, const void *bytes, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = bytes;

	strbuf_addch(sb, '"');
	for (; n; p += 3, n = n > 3 ? n - 3 : 0) {
		uint32_t word = (uint32_t)p[0] << 16;
		char out[4];

		word |= n > 1 ? (uint32_t)p[1] << 8 : 0;
		word |= n > 2 ? p[2] : 0;
		out[0] = digits[word >> 18];
		out[1] = digits[word >> 12 & 63];
		out[2] = digits[word >> 6 & 63];
		out[3] = digits[word & 63];
		if (n < 3)
			out[3] = '=';
		if (n < 2)
			out[2] = '=';
		strbuf_add(sb, out, sizeof(out));
	}
	strbuf_addch(sb, '"');
}
