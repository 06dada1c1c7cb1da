/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last line of a stream.
 */
#include "ui/lastline.h"

#include <string.h>

#include "ui/sgr.h"
#include "base/banned.h"

/* The end of what is kept and what comes. */
static void append(struct lastline *l, const char *p, size_t n)
{
	size_t keep;

	if (n > LASTLINE_MAX) {
		p += n - LASTLINE_MAX;
		n = LASTLINE_MAX;
	}
	keep = l->len < LASTLINE_MAX - n ? l->len : LASTLINE_MAX - n;
	memmove(l->bytes, l->bytes + l->len - keep, keep);
	memcpy(l->bytes + keep, p, n);
	l->len = keep + n;
}

void lastline_feed(struct lastline *l, const void *bytes, size_t n)
{
	const char *p = bytes;
	const char *from = p;
	size_t end = n;

	while (end && p[end - 1] == '\n')
		end--;
	for (size_t i = end; i > 0 && from == p; i--)
		if (p[i - 1] == '\n')
			from = p + i;
	if (end && (from != p || l->ended))
		l->len = 0;
	if (end)
		append(l, from, (size_t)(p + end - from));
	l->ended = end < n || (l->ended && !end);
}

void lastline_text(const struct lastline *l, struct strbuf *out)
{
	struct sgr_line line;
	size_t end = l->len;
	size_t from;

	while (end && l->bytes[end - 1] == '\r')
		end--;
	for (from = end; from > 0 && l->bytes[from - 1] != '\r';)
		from--;
	/* What the first word began with was not kept. */
	if (!from && l->len == LASTLINE_MAX && memchr(l->bytes, ' ', end))
		from = (size_t)((const char *)memchr(l->bytes, ' ', end) -
				l->bytes);
	sgr_line_init(&line);
	sgr_line_set(&line, l->bytes + from, end - from);
	sgr_line_text(&line, out);
	sgr_line_release(&line);
}
