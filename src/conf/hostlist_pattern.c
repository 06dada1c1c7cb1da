/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One item of a host list: "adm@n[01-16,20].x:[22-23]", read, bounded, and
 * only then expanded, one name after the other, the leftmost bracket slowest.
 */
#include "conf/hostlist_pattern.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "conf/hostlist.h"
#include "conf/spec.h"
#include "base/banned.h"

#define SHOWN_MAX   100u
#define SHOWN_AHEAD 40u

/* Signs of our own lists, which pdsh has not; there they are no names. */
static const struct {
	const char *chars;
	const char *why;
} foreign[] = {
	{ "*?", N_("wildcards are not supported, expected a name") },
	{ "&^!", N_("set operators are not supported, expected ','") },
};

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

char scan_peek(const struct scan *s)
{
	return s->at < s->len ? s->text[s->at] : '\0';
}

bool scan_word_end(const struct scan *s)
{
	return s->at >= s->len || s->text[s->at] == ',' ||
	       is_blank(s->text[s->at]);
}

bool scan_item_end(const struct scan *s)
{
	char c = scan_peek(s);

	return scan_word_end(s) || (s->dialect == DIALECT_RSH &&
				    (c == '&' || c == '!' || c == '^'));
}

bool scan_blank(const struct scan *s)
{
	return is_blank(scan_peek(s));
}

int scan_fail(const struct scan *s, size_t at, const char *fmt, ...)
{
	size_t from = 0;
	char *shown, *why;
	va_list ap;

	/* Of a long text only what is around the place. */
	if (s->len > SHOWN_MAX && at > SHOWN_AHEAD)
		from = at - SHOWN_AHEAD;
	shown = text_vis_dup(s->text + from, s->len - from, SHOWN_MAX);
	va_start(ap, fmt);
	why = xvasprintf(fmt, ap);
	va_end(ap);
	err_set(s->err, ERR_CONFIG, _("bad host list '%s%s': column %zu: %s"),
		from ? "..." : "", shown, at + 1, why);
	free(why);
	free(shown);
	return -1;
}

static int too_many(const struct scan *s, size_t at)
{
	return scan_fail(s, at, _("expected at most %u hosts in all"),
			 HOSTLIST_MAX_HOSTS);
}

static void skip_blanks(struct scan *s)
{
	while (is_blank(scan_peek(s)))
		s->at++;
}

/* A number as it is written. */
struct number {
	uint64_t value;
	size_t at;
	unsigned int digits;
	bool padded; /* begins with a zero, and is more than that */
};

static int read_number(struct scan *s, struct number *n)
{
	skip_blanks(s);
	*n = (struct number){ .at = s->at };
	for (; is_digit(scan_peek(s)); s->at++) {
		if (++n->digits > HOSTLIST_MAX_DIGITS)
			return scan_fail(s, n->at,
					 _("expected a number of at most %u "
					   "digits"),
					 HOSTLIST_MAX_DIGITS);
		n->value = n->value * 10 + (uint64_t)(scan_peek(s) - '0');
	}
	if (!n->digits && is_letter(scan_peek(s)))
		return scan_fail(s, n->at,
				 _("expected a number, as letters "
				   "have no ranges"));
	if (!n->digits)
		return scan_fail(s, n->at, _("expected a number"));
	n->padded = n->digits > 1 && s->text[n->at] == '0';
	skip_blanks(s);
	return 0;
}

/*
 * "7", "01-16" or "0-100/5".  The first end that is padded gives the width:
 * "01-3" is 01 02 03, "8-011" is 008 to 011, "01-100" ends in 99 100.  With
 * pdsh it is always the first end, padded or not: "8-011" is 8 to 11.
 */
static int read_range(struct scan *s, struct range *r)
{
	struct number first, last, step;

	if (read_number(s, &first))
		return -1;
	*r = (struct range){ .first = first.value,
			     .last = first.value,
			     .step = 1,
			     .width = first.padded ? first.digits : 1 };
	if (scan_peek(s) != '-')
		return 0;
	s->at++;
	if (read_number(s, &last))
		return -1;
	if (last.value < first.value)
		return scan_fail(s, last.at,
				 _("expected %llu or more, as ranges go up"),
				 (unsigned long long)first.value);
	r->last = last.value;
	if (!first.padded && last.padded && s->dialect == DIALECT_RSH)
		r->width = last.digits;
	if (scan_peek(s) != '/' || s->dialect == DIALECT_PDSH)
		return 0;
	s->at++;
	if (read_number(s, &step))
		return -1;
	if (!step.value)
		return scan_fail(s, step.at, _("expected a step of 1 or more"));
	r->step = step.value;
	return 0;
}

static size_t count_digits(uint64_t value)
{
	size_t n = 1;

	while (value >= 10) {
		value /= 10;
		n++;
	}
	return n;
}

/* What may follow a range, by how it was written so far. */
static int bad_follower(const struct scan *s, const struct range *r)
{
	if (s->at >= s->len)
		return scan_fail(s, s->at, _("expected ']'"));
	if (r->step > 1 || (s->dialect == DIALECT_PDSH && r->first != r->last))
		return scan_fail(s, s->at, _("expected ',' or ']'"));
	if (r->first != r->last)
		return scan_fail(s, s->at, _("expected '/', ',' or ']'"));
	return scan_fail(s, s->at, _("expected '-', ',' or ']'"));
}

/* "[1-3,07-10]" */
static int read_bracket(struct pattern *p, struct scan *s, uint64_t max)
{
	struct bracket b = { .ranges = p->nranges,
			     .literal_end = p->literals_len };
	size_t start = s->at;
	uint64_t total = 0;
	size_t longest = 0;

	do {
		struct range r;
		size_t at, width;

		s->at++;
		skip_blanks(s);
		at = s->at;
		if (read_range(s, &r))
			return -1;
		if (scan_peek(s) != ',' && scan_peek(s) != ']')
			return bad_follower(s, &r);
		total += (r.last - r.first) / r.step + 1;
		if (total > max)
			return too_many(s, at);
		width = count_digits(r.last);
		if (width < r.width)
			width = r.width;
		if (longest < width)
			longest = width;
		p->ranges = grow_array(p->ranges, &p->ranges_cap, p->nranges,
				       sizeof(*p->ranges));
		p->ranges[p->nranges++] = r;
	} while (scan_peek(s) == ',');
	s->at++;
	if (p->count > max / total)
		return too_many(s, start);
	p->count *= total;
	p->longest += longest;
	b.nranges = p->nranges - b.ranges;
	p->brackets = grow_array(p->brackets, &p->brackets_cap, p->nbrackets,
				 sizeof(*p->brackets));
	p->brackets[p->nbrackets++] = b;
	return 0;
}

/*
 * Whether the "[" here begins an address and not ranges: a ":" comes before
 * its "]", and no "@".  Ranges may stand within: "[2001:db8::[1-4]]:22".
 */
static bool is_address(const struct scan *s)
{
	unsigned int depth = 0;
	bool colon = false;

	for (size_t i = s->at; i < s->len; i++) {
		switch (s->text[i]) {
		case '[':
			depth++;
			break;
		case ']':
			if (!--depth)
				return colon;
			break;
		case ':':
			if (!colon && depth != 1)
				return false;
			colon = true;
			break;
		case ',':
			if (depth == 1)
				return colon;
			break;
		case '@':
			return false;
		}
	}
	return colon;
}

static int bad_char(const struct scan *s, bool host)
{
	char c = scan_peek(s);
	char *shown;

	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
		if (c && strchr(foreign[i].chars, c))
			return scan_fail(s, s->at, "%s", _(foreign[i].why));
	if (c == '#')
		return scan_fail(s, s->at,
				 _("a comment stands only in a file, "
				   "expected a name"));
	if (c == '@' && host)
		return scan_fail(s, s->at,
				 _("a group has no user, "
				   "expected a host name"));
	if (c == ']')
		return scan_fail(s, s->at, _("']' without '['"));
	shown = text_vis_dup(&c, 1, 1);
	scan_fail(s, s->at, _("'%s' is not allowed in a host name"), shown);
	free(shown);
	return -1;
}

/* Whether a name may hold what stands here, outside brackets. */
static bool good_char(struct pattern *p, const struct scan *s, bool host)
{
	switch (scan_peek(s)) {
	case '*':
	case '?':
		p->wild = s->dialect == DIALECT_RSH;
		return p->wild;
	case '&':
	case '^':
	case '!':
	case '#':
	case ']':
		return false;
	case '@':
		return !host;
	}
	return hostname_char(scan_peek(s));
}

int pattern_compile(struct pattern *p, struct scan *s, uint64_t max)
{
	size_t start = s->at;
	bool address = false;
	bool host = true; /* the host may begin here */

	p->nranges = p->nbrackets = p->literals_len = p->longest = 0;
	p->wild = false;
	p->count = 1;
	while (!scan_item_end(s)) {
		char c = scan_peek(s);

		if (c == '[' && !(host && is_address(s))) {
			if (read_bracket(p, s, max))
				return -1;
			host = false;
		} else {
			if (c == '[' || (c == ']' && address))
				address = c == '[';
			else if (!good_char(p, s, host))
				return bad_char(s, host);
			host = c == '@';
			if (p->literals_len < sizeof(p->literals))
				p->literals[p->literals_len++] = c;
			p->longest++;
			s->at++;
		}
		if (p->longest > sizeof(p->name))
			return scan_fail(s, start,
					 _("expected a shorter name"));
	}
	if (p->count > max)
		return too_many(s, start);
	return 0;
}

static void put_number(struct pattern *p, const struct bracket *b)
{
	unsigned int width = p->ranges[b->ranges + b->range].width;
	char digits[HOSTLIST_MAX_DIGITS + 2];
	size_t n = 0;

	for (uint64_t v = b->value; v || !n; v /= 10)
		digits[n++] = (char)('0' + v % 10);
	for (size_t i = n; i < width; i++)
		p->name[p->name_len++] = '0';
	while (n)
		p->name[p->name_len++] = digits[--n];
}

static void put_literal(struct pattern *p, size_t from, size_t to)
{
	memcpy(p->name + p->name_len, p->literals + from, to - from);
	p->name_len += to - from;
}

/* Write the name from bracket `i` on; what is in front of it stays. */
static void render(struct pattern *p, size_t i)
{
	p->name_len = p->brackets[i].digits_at;
	for (; i < p->nbrackets; i++) {
		struct bracket *b = &p->brackets[i];
		size_t end = i + 1 < p->nbrackets ? b[1].literal_end
						  : p->literals_len;

		b->digits_at = p->name_len;
		put_number(p, b);
		put_literal(p, b->literal_end, end);
	}
}

static void rewind_bracket(const struct pattern *p, struct bracket *b)
{
	b->range = 0;
	b->value = p->ranges[b->ranges].first;
}

static bool advance(const struct pattern *p, struct bracket *b)
{
	const struct range *r = &p->ranges[b->ranges + b->range];

	b->value += r->step;
	if (b->value <= r->last)
		return true;
	if (++b->range < b->nranges) {
		b->value = r[1].first;
		return true;
	}
	rewind_bracket(p, b);
	return false;
}

void pattern_first(struct pattern *p)
{
	p->name_len = 0;
	if (!p->nbrackets) {
		put_literal(p, 0, p->literals_len);
		return;
	}
	for (size_t i = 0; i < p->nbrackets; i++)
		rewind_bracket(p, &p->brackets[i]);
	put_literal(p, 0, p->brackets[0].literal_end);
	p->brackets[0].digits_at = p->name_len;
	render(p, 0);
}

bool pattern_next(struct pattern *p)
{
	for (size_t i = p->nbrackets; i--;) {
		if (advance(p, &p->brackets[i])) {
			render(p, i);
			return true;
		}
	}
	return false;
}

/* Whether no number comes twice in a bracket, however it is written. */
static bool ranges_ascend(const struct pattern *p, const struct bracket *b)
{
	const struct range *r = &p->ranges[b->ranges];

	for (size_t i = 1; i < b->nranges; i++)
		if (r[i].first <= r[i - 1].last)
			return false;
	return true;
}

/* Whether all numbers of a bracket have as many digits. */
static bool is_of_one_width(const struct pattern *p, const struct bracket *b)
{
	const struct range *r = &p->ranges[b->ranges];
	size_t width = 0;

	for (size_t i = 0; i < b->nranges; i++) {
		size_t first = count_digits(r[i].first);
		size_t last = count_digits(r[i].last);

		first = first < r[i].width ? r[i].width : first;
		last = last < r[i].width ? r[i].width : last;
		if (first != last || (width && width != first))
			return false;
		width = first;
	}
	return true;
}

/* Whether something that is no digit stands between a bracket and the next. */
static bool is_apart(const struct pattern *p, const struct bracket *b)
{
	for (size_t i = b->literal_end; i < b[1].literal_end; i++)
		if (!is_digit(p->literals[i]))
			return true;
	return false;
}

bool pattern_is_distinct(const struct pattern *p)
{
	for (size_t i = 0; i < p->nbrackets; i++) {
		const struct bracket *b = &p->brackets[i];

		if (!ranges_ascend(p, b))
			return false;
		if (i + 1 < p->nbrackets && !is_apart(p, b) &&
		    !is_of_one_width(p, b))
			return false;
	}
	return true;
}

void pattern_release(struct pattern *p)
{
	if (!p)
		return;
	free(p->ranges);
	free(p->brackets);
	*p = (struct pattern){ 0 };
}
