/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts whatever the case of their letters.
 */
#include "base/anycase.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <wctype.h>

#include "base/text.h"

#include "base/banned.h"

static unsigned char lower(char c)
{
	unsigned char u = (unsigned char)c;

	return u >= 'A' && u <= 'Z' ? (unsigned char)(u | 0x20) : u;
}

static bool is_ascii(char c)
{
	return (unsigned char)c < 0x80;
}

/* The character at `s`, `*used` bytes of `n`, folded; returns its length. */
static size_t fold(const char *s, size_t n, size_t *used, char out[4])
{
	uint32_t c;

	*used = text_decode(s, n, &c);
	if (!*used || c < 0x80) {
		*used = 1;
		out[0] = (char)lower(s[0]);
		return 1;
	}
	c = (uint32_t)towlower((wint_t)c);
	return text_encode(c <= 0x10ffff ? c : 0xfffd, out);
}

void anycase_fold(struct strbuf *sb, const char *s, size_t n)
{
	while (n) {
		char c[4];
		size_t used;

		(void)strbuf_add(sb, c, fold(s, n, &used, c));
		s += used;
		n -= used;
	}
}

/* Whether `folded` stands right at `s`; then in `*len` bytes. */
static bool stands_at(const char *s, size_t n, const char *folded, size_t want,
		      size_t *len)
{
	size_t at = 0;

	while (want) {
		char c[4];
		size_t used;
		size_t m;

		if (at >= n)
			return false;
		if (is_ascii(s[at])) {
			if (lower(s[at++]) != (unsigned char)*folded++)
				return false;
			want--;
			continue;
		}
		m = fold(s + at, n - at, &used, c);
		if (m > want || memcmp(c, folded, m) != 0)
			return false;
		folded += m;
		want -= m;
		at += used;
	}
	*len = at;
	return true;
}

size_t anycase_find(const char *s, size_t n, const char *folded, size_t *len)
{
	size_t want = strlen(folded);
	size_t at = 0;

	while (at < n) {
		/* Most of it is passed over here. */
		while (at < n && is_ascii(s[at]) &&
		       lower(s[at]) != (unsigned char)folded[0])
			at++;
		if (at == n)
			break;
		if (stands_at(s + at, n - at, folded, want, len))
			return at;
		at += is_ascii(s[at]) ? 1 : text_char(s + at, n - at);
	}
	return SIZE_MAX;
}
