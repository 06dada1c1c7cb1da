/* SPDX-License-Identifier: Apache-2.0 */
/*
 * POSIX extended regular expressions, rewritten for PCRE2.
 */
#include "conf/pdshlist_ere.h"

#include <stdbool.h>
#include <string.h>

#include "base/gettext.h"
#include "base/strbuf.h"
#include "base/banned.h"

#define GROUPS_MAX  64u
#define PATTERN_MAX ((size_t)16 << 10) /* bytes, rewritten */

#define NO_ATOM ((size_t)-1)

/* A pattern as it is rewritten. */
struct rewrite {
	const char *at;
	struct strbuf out;
	size_t atom;   /* where in `out` what may be repeated begins */
	bool repeated; /* it is repeated already */
	size_t groups[GROUPS_MAX]; /* where the open ones begin */
	unsigned int depth;
};

static int refuse(struct err *err, const char *why)
{
	return err_set(err, ERR_USAGE, "%s", why);
}

/* "[...]": a backslash in it is one, and a "]" right at the start too. */
static int put_bracket(struct rewrite *w, struct err *err)
{
	const char *p = w->at + 1;

	w->atom = w->out.len;
	w->repeated = false;
	(void)strbuf_addch(&w->out, '[');
	if (*p == '^')
		(void)strbuf_addch(&w->out, *p++);
	if (*p == ']') {
		(void)strbuf_addstr(&w->out, "\\]");
		p++;
	}
	for (; *p && *p != ']'; p++) {
		const char *end = NULL;

		if (*p == '[' && (p[1] == '.' || p[1] == '='))
			return refuse(err,
				      _("collating symbols are not known"));
		if (*p == '[' && p[1] == ':')
			end = strstr(p + 2, ":]");
		if (end) {
			(void)strbuf_add(&w->out, p, (size_t)(end + 2 - p));
			p = end + 1;
			continue;
		}
		if (*p == '\\' || *p == '[')
			(void)strbuf_addch(&w->out, '\\');
		(void)strbuf_addch(&w->out, *p);
	}
	if (!*p)
		return refuse(err, _("unmatched '['"));
	(void)strbuf_addch(&w->out, ']');
	w->at = p + 1;
	return 0;
}

/* What glibc knows after a backslash; any other letter is itself. */
static const struct escape {
	const char *text;
	char letter;
	bool atom; /* may be repeated */
} escapes[] = {
	/* clang-format off */
	{ "\\w",     'w',  true  }, { "\\W",     'W',  true  },
	{ "\\s",     's',  true  }, { "\\S",     'S',  true  },
	{ "\\b",     'b',  false }, { "\\B",     'B',  false },
	{ "[[:<:]]", '<',  false }, { "[[:>:]]", '>',  false },
	{ "\\A",     '`',  false }, { "\\z",     '\'', false },
	{ 0 },
	/* clang-format on */
};

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || (c & 0x80);
}

static int put_escape(struct rewrite *w, struct err *err)
{
	char c = w->at[1];
	const struct escape *e = escapes;

	if (!c)
		return refuse(err, _("a backslash at the end"));
	while (e->letter && e->letter != c)
		e++;
	w->atom = e->letter && !e->atom ? NO_ATOM : w->out.len;
	w->repeated = false;
	if (e->letter) {
		(void)strbuf_addstr(&w->out, e->text);
	} else {
		if (!is_word(c) || (c >= '1' && c <= '9'))
			(void)strbuf_addch(&w->out, '\\');
		(void)strbuf_addch(&w->out, c);
	}
	w->at += 2;
	return 0;
}

/* Put "(?:" and ")" around the atom, so that it may be repeated once more. */
static void wrap_atom(struct rewrite *w)
{
	struct strbuf tail = STRBUF_INIT(PATTERN_MAX);

	(void)strbuf_addstr(&tail, w->out.buf + w->atom);
	strbuf_truncate(&w->out, w->atom);
	(void)strbuf_addf(&w->out, "(?:%s)", tail.buf);
	strbuf_release(&tail);
}

static int put_repeat(struct rewrite *w, struct err *err)
{
	size_t len = 1;

	if (w->atom == NO_ATOM)
		return refuse(err, _("nothing stands before the repetition"));
	if (*w->at == '{') {
		const char *end = strchr(w->at, '}');

		if (!end || strspn(w->at + 1, "0123456789,") !=
				    (size_t)(end - w->at - 1))
			return refuse(err, _("bad numbers within '{}'"));
		len = (size_t)(end - w->at) + 1;
	}
	if (w->repeated)
		wrap_atom(w);
	/* PCRE2 takes "{,3}" as text. */
	if (*w->at == '{' && w->at[1] == ',')
		(void)strbuf_addf(&w->out, "{0%.*s", (int)len - 1, w->at + 1);
	else
		(void)strbuf_add(&w->out, w->at, len);
	w->repeated = true;
	w->at += len;
	return 0;
}

static int put_group(struct rewrite *w, struct err *err)
{
	if (*w->at == '(') {
		if (w->depth == GROUPS_MAX)
			return refuse(err, _("too many groups"));
		w->groups[w->depth++] = w->out.len;
		w->atom = NO_ATOM;
	} else {
		if (!w->depth)
			return refuse(err, _("unmatched ')'"));
		w->atom = w->groups[--w->depth];
	}
	w->repeated = false;
	(void)strbuf_addch(&w->out, *w->at++);
	return 0;
}

static int put_one(struct rewrite *w, struct err *err)
{
	switch (*w->at) {
	case '[':
		return put_bracket(w, err);
	case '\\':
		return put_escape(w, err);
	case '*':
	case '+':
	case '?':
	case '{':
		return put_repeat(w, err);
	case '(':
	case ')':
		return put_group(w, err);
	case '|':
	case '^':
	case '$':
		w->atom = NO_ATOM;
		break;
	default:
		w->atom = w->out.len;
		break;
	}
	w->repeated = false;
	(void)strbuf_addch(&w->out, *w->at++);
	/* A character of several bytes is repeated whole. */
	while (w->atom != NO_ATOM && (*w->at & 0xc0) == 0x80)
		(void)strbuf_addch(&w->out, *w->at++);
	return 0;
}

struct regex *ere_compile(const char *pattern, struct err *err)
{
	struct rewrite w = { .at = pattern, .atom = NO_ATOM };
	struct regex *re = NULL;

	strbuf_init(&w.out, PATTERN_MAX);
	while (*w.at)
		if (put_one(&w, err))
			goto out;
	if (w.depth)
		refuse(err, _("unmatched '('"));
	else if (w.out.full)
		refuse(err, _("too long"));
	else
		re = regex_compile(w.out.buf, err);
out:
	strbuf_release(&w.out);
	return re;
}
