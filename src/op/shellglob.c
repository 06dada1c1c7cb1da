/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Patterns without backslashes, but for those that stand for themselves: what
 * one kept the meaning off becomes a set of one.
 */
#include "op/shellglob.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/strbuf.h"
#include "op/copy.h"

#include "base/banned.h"

/* In a set these have a meaning in some place; here in the order in which they
   may stand at its end. */
static const char marks[] = "[^!-";
#define MARKS	   (sizeof(marks) - 1)
#define AT_BRACKET 0
#define AT_DASH	   3

/* What follows the class "[:alpha:]" or the like at `p`; NULL: it is none. */
static const char *skip_class(const char *p)
{
	const char kind = *p == '[' ? p[1] : '\0';

	if (kind != ':' && kind != '.' && kind != '=')
		return NULL;
	for (p += 2; *p && *p != '/'; p++)
		if (*p == kind && p[1] == ']')
			return p + 2;
	return NULL;
}

/* Where the set ends whose first member is at `first`; NULL: nowhere. */
static const char *end_of_set(const char *first)
{
	for (const char *p = first; *p && *p != '/'; p++) {
		const char *behind = skip_class(p);

		if (behind)
			p = behind - 1;
		else if (*p == ']' && p > first)
			return p;
		else if (*p == '\\' && !*++p)
			return NULL;
	}
	return NULL;
}

/* A character that stands for itself. */
static void add_literal(struct strbuf *sb, char c)
{
	if (c == '\\')
		(void)strbuf_addstr(sb, "[\\\\]");
	else if (strchr(COPY_PATTERN "(", c))
		(void)strbuf_addf(sb, "[%c]", c);
	else
		(void)strbuf_addch(sb, c);
}

/* The end of a set, with the marks it `has`.  False: it is of "^" or "!" alone,
   which in front say that it is of what is not in it. */
static bool end_set(struct strbuf *sb, const bool has[MARKS], bool empty)
{
	const bool turns = empty && !has[AT_BRACKET];

	if (turns && !has[AT_DASH])
		return false;
	if (turns)
		(void)strbuf_addch(sb, '-');
	for (size_t i = 0; i < MARKS; i++)
		if (has[i] && !(turns && i == AT_DASH))
			(void)strbuf_addch(sb, marks[i]);
	(void)strbuf_addch(sb, ']');
	return true;
}

/* One of a range that keeps its meaning wherever it stands. */
static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9');
}

/* The range that begins at `p`; what follows it, or NULL: it is not said. */
static const char *add_range(struct strbuf *sb, const char *p)
{
	const char from = *p == '\\' ? *++p : *p;
	const char to = p[2] == '\\' ? p[3] : p[2];

	(void)strbuf_addf(sb, "%c-%c", from, to);
	return is_plain(from) && is_plain(to) ? p + (p[2] == '\\' ? 4 : 3)
					      : NULL;
}

struct set {
	bool has[MARKS], close;
	struct strbuf others;
};

/* The members from `p` to `end`, each without the backslash it may have. */
static bool read_members(struct set *s, const char *p, const char *end)
{
	while (p && p < end) {
		const char *behind = skip_class(p);
		const bool kept = *p == '\\';
		const char c = p[kept];
		const char *next = p + kept + 1;
		const char *mark = strchr(marks, c);

		if (behind) {
			(void)strbuf_add(&s->others, p, (size_t)(behind - p));
			next = behind;
		} else if (next + 1 < end && *next == '-') {
			next = add_range(&s->others, p);
		} else if (mark) {
			s->has[mark - marks] = true;
		} else if (c == ']') {
			s->close = true;
		} else {
			(void)strbuf_addstr(&s->others, c == '\\' ? "\\" : "");
			(void)strbuf_addch(&s->others, c);
		}
		p = next;
	}
	return p;
}

static bool add_members(struct strbuf *sb, const char *p, const char *end)
{
	const bool none_of = sb->buf[sb->len - 1] == '!';
	struct set s = { .others = STRBUF_INIT(STRBUF_MAX_TEXT) };
	bool ok = read_members(&s, p, end);

	if (s.close)
		(void)strbuf_addch(sb, ']');
	(void)strbuf_add(sb, s.others.buf, s.others.len);
	ok = ok && end_set(sb, s.has, !none_of && !s.close && !s.others.len);
	strbuf_release(&s.others);
	return ok;
}

/* The set behind the "[" at `p`; what follows it, or NULL: it cannot be. */
static const char *add_set(struct strbuf *sb, const char *p)
{
	const bool none_of = p[1] == '!' || p[1] == '^';
	const char *first = p + 1 + none_of;
	const char *end = end_of_set(first);
	const size_t n = end ? (size_t)(end - first) : 0;

	if (!end) {
		add_literal(sb, '[');
		return p + 1;
	}
	(void)strbuf_addstr(sb, none_of ? "[!" : "[");
	if (memchr(first, '\\', n))
		return add_members(sb, first, end) ? end + 1 : NULL;
	(void)strbuf_add(sb, first, n + 1);
	return end + 1;
}

char *shellglob(const char *path)
{
	struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);
	const char *p = path;

	if (!strpbrk(path, COPY_PATTERN))
		return NULL;
	while (p && *p) {
		if (*p == '[') {
			p = add_set(&sb, p);
		} else if (*p == '\\') {
			if (!p[1] || p[1] == '/')
				break;
			add_literal(&sb, p[1]);
			p += 2;
		} else {
			if (*p == '(')
				add_literal(&sb, *p);
			else
				(void)strbuf_addch(&sb, *p);
			p++;
		}
	}
	if (p && !*p)
		return strbuf_detach(&sb, NULL);
	strbuf_release(&sb);
	return NULL;
}
