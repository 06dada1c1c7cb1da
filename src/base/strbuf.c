/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Growing strings with a ceiling, and lists of strings.
 */
#include "base/strbuf.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/banned.h"

/* Where buf points while nothing is allocated; never written to. */
char strbuf_empty[1];

/* Make room for `extra` more bytes and the NUL, or refuse. */
static int make_room(struct strbuf *sb, size_t extra)
{
	size_t need, cap;

	assert(sb->len <= sb->max);
	if (extra > sb->max - sb->len) {
		sb->full = true;
		return -1;
	}
	need = sb->len + extra + 1;
	if (need <= sb->cap)
		return 0;
	cap = sb->cap ? sb->cap : 32;
	while (cap < need)
		cap = cap > SIZE_MAX / 2 ? need : cap * 2;
	sb->buf = xreallocarray(sb->cap ? sb->buf : NULL, cap, 1);
	sb->cap = cap;
	return 0;
}

void strbuf_init(struct strbuf *sb, size_t max)
{
	*sb = (struct strbuf)STRBUF_INIT(max);
}

void strbuf_release(struct strbuf *sb)
{
	if (!sb)
		return;
	if (sb->cap)
		free(sb->buf);
	strbuf_init(sb, sb->max);
}

void strbuf_reset(struct strbuf *sb)
{
	sb->len = 0;
	sb->full = false;
	if (sb->cap)
		sb->buf[0] = '\0';
}

int strbuf_add(struct strbuf *sb, const void *p, size_t n)
{
	if (make_room(sb, n))
		return -1;
	if (n)
		memcpy(sb->buf + sb->len, p, n);
	sb->len += n;
	sb->buf[sb->len] = '\0';
	return 0;
}

int strbuf_addstr(struct strbuf *sb, const char *s)
{
	return strbuf_add(sb, s, strlen(s));
}

char *strbuf_extend(struct strbuf *sb, size_t n)
{
	char *begin;

	if (make_room(sb, n))
		return NULL;
	begin = sb->buf + sb->len;
	sb->len += n;
	sb->buf[sb->len] = '\0';
	return begin;
}

int strbuf_addch(struct strbuf *sb, char c)
{
	return strbuf_add(sb, &c, 1);
}

int strbuf_vaddf(struct strbuf *sb, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	assert(n >= 0);
	if (make_room(sb, (size_t)n))
		return -1;
	(void)vsnprintf(sb->buf + sb->len, (size_t)n + 1, fmt, ap);
	sb->len += (size_t)n;
	return 0;
}

int strbuf_addf(struct strbuf *sb, const char *fmt, ...)
{
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = strbuf_vaddf(sb, fmt, ap);
	va_end(ap);
	return rc;
}

void strbuf_truncate(struct strbuf *sb, size_t len)
{
	assert(len <= sb->len);
	sb->len = len;
	if (sb->cap)
		sb->buf[len] = '\0';
}

void strbuf_consume(struct strbuf *sb, size_t n)
{
	assert(n <= sb->len);
	if (!n)
		return;
	memmove(sb->buf, sb->buf + n, sb->len - n + 1);
	sb->len -= n;
}

char *strbuf_detach(struct strbuf *sb, size_t *len)
{
	char *s = sb->cap ? sb->buf : xstrdup("");

	if (len)
		*len = sb->len;
	strbuf_init(sb, sb->max);
	return s;
}

void strvec_push_take(struct strvec *sv, char *s)
{
	/* One more than asked, for the NULL at the end. */
	if (sv->n + 1 >= sv->cap)
		sv->v = grow_array(sv->v, &sv->cap, sv->cap, sizeof(*sv->v));
	sv->v[sv->n++] = s;
	sv->v[sv->n] = NULL;
}

void strvec_push(struct strvec *sv, const char *s)
{
	strvec_push_take(sv, xstrdup(s));
}

void strvec_split(struct strvec *sv, const char *s, const char *sep)
{
	for (;;) {
		size_t n;

		s += strspn(s, sep);
		n = strcspn(s, sep);
		if (!n)
			return;
		strvec_push_take(sv, xstrndup(s, n));
		s += n;
	}
}

char *strvec_join(const struct strvec *sv, const char *sep)
{
	struct strbuf sb = STRBUF_INIT((size_t)-1 / 2);

	for (size_t i = 0; i < sv->n; i++) {
		if (i)
			strbuf_addstr(&sb, sep);
		strbuf_addstr(&sb, sv->v[i]);
	}
	return strbuf_detach(&sb, NULL);
}

void strvec_release(struct strvec *sv)
{
	if (!sv)
		return;
	for (size_t i = 0; i < sv->n; i++)
		free(sv->v[i]);
	free(sv->v);
	*sv = (struct strvec){ 0 };
}
