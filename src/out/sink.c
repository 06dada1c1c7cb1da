/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What sinks share: cutting streams into lines, labels, writing a line.
 */
#include "out/sink.h"

#include <string.h>

#include "base/text.h"
#include "io/outq.h"
#include "base/banned.h"

void lines_init(struct lines *l, struct lines_budget *budget)
{
	strbuf_init(&l->held, LINES_MAX + 1);
	l->budget = budget;
}

void lines_release(struct lines *l)
{
	l->budget->used -= l->held.cap;
	strbuf_release(&l->held);
}

void lines_flush(struct lines *l, line_fn *fn, void *arg)
{
	if (!l->held.len)
		return;
	fn(arg, l->held.buf, l->held.len);
	lines_release(l);
}

static void add(struct lines *l, const char *p, size_t n)
{
	l->budget->used -= l->held.cap;
	strbuf_add(&l->held, p, n);
	l->budget->used += l->held.cap;
}

/* Who holds a long line gives way to those that hold a short one. */
static size_t longest(const struct lines *l)
{
	return l->budget->used < l->budget->max ? LINES_MAX : LINES_SHARE;
}

/*
 * Add to the unfinished line.  A full one is passed on only when more comes:
 * its newline still fits, so how bytes arrive does not change where lines end.
 */
static void hold(struct lines *l, const char *p, size_t n, line_fn *fn,
		 void *arg)
{
	while (n) {
		size_t piece;

		if (l->held.len >= longest(l))
			lines_flush(l, fn, arg);
		piece = longest(l) - l->held.len;
		if (piece > n)
			piece = n;
		add(l, p, piece);
		p += piece;
		n -= piece;
	}
}

void lines_feed(struct lines *l, const void *bytes, size_t n, line_fn *fn,
		void *arg)
{
	const char *p = bytes;
	const char *end = p + n;

	while (p < end) {
		size_t left = (size_t)(end - p);
		const char *newline = memchr(p, '\n', left);
		size_t len = newline ? (size_t)(newline - p) : left;

		if (newline && !l->held.len && len <= LINES_MAX) {
			fn(arg, p, len + 1);
		} else {
			hold(l, p, len, fn, arg);
			if (newline) {
				add(l, "\n", 1);
				lines_flush(l, fn, arg);
			}
		}
		p += len + (newline != NULL);
	}
}

/* Those that are readable on dark and light; red is left to errors. */
static const char *const colours[] = {
	"\033[36m", "\033[32m", "\033[35m", "\033[34m", "\033[33m",
};

void label_format(struct strbuf *sb, const char *label, unsigned int rank,
		  bool colour)
{
	if (colour)
		strbuf_addstr(
			sb,
			colours[rank % (sizeof(colours) / sizeof(colours[0]))]);
	text_vis(sb, label, strlen(label), VIS_LINE);
	strbuf_addstr(sb, colour ? "\033[0m: " : ": ");
}

static void write_visible(struct outq *out, const char *line, size_t n)
{
	struct strbuf visible = STRBUF_INIT(4 * (LINES_MAX + 1));

	if (n && line[n - 1] == '\r')
		n--;
	text_vis(&visible, line, n, VIS_LINE);
	outq_write(out, visible.buf, visible.len);
	strbuf_release(&visible);
}

void line_write(struct outq *out, const struct strbuf *label, bool vis,
		const char *line, size_t n)
{
	bool ended = n && line[n - 1] == '\n';

	outq_write(out, label->buf, label->len);
	if (vis)
		write_visible(out, line, n - ended);
	else
		outq_write(out, line, n);
	if (vis || !ended)
		outq_write(out, "\n", 1);
}

size_t lines_whole(const char *p, size_t n, bool last)
{
	const char *newline = last ? NULL : memrchr(p, '\n', n);

	return newline ? (size_t)(newline - p) + 1 : n;
}

void lines_visible(struct strbuf *out, const char *p, size_t n)
{
	const char *end = p + n;

	while (p < end) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		const char *stop = newline ? newline : end;
		bool cr = newline && newline > p && newline[-1] == '\r';

		text_vis(out, p, (size_t)(stop - p) - cr, VIS_LINE);
		if (newline)
			strbuf_addch(out, '\n');
		p = stop + (newline != NULL);
	}
}
