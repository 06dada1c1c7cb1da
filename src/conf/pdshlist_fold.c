/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names of a list as pdsh -q writes them.  That is not hostlist_fold():
 * the order and the duplicates stay, and only the number at the end of a name
 * counts.
 */
#include "conf/pdshlist.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "conf/hostlist.h"
#include "base/banned.h"

/* A larger number at the end of a name is text, as with pdsh. */
#define NUMBER_MAX ((uint64_t)1 << 25)

/* Names with one beginning and numbers that follow each other. */
struct run {
	const char *name; /* the beginning is its first `prefix` bytes */
	size_t prefix;
	bool single; /* no number: all of the name is the beginning */
	uint64_t lo, hi;
	unsigned int width;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A number that no list could be read with is text as well. */
static void run_of(struct run *r, const char *name)
{
	size_t len = strlen(name);
	size_t at = len;
	uint64_t number = 0;

	while (at && is_digit(name[at - 1]))
		at--;
	for (size_t i = at; i < len && number <= NUMBER_MAX; i++)
		number = number * 10 + (uint64_t)(name[i] - '0');
	*r = (struct run){ .name = name,
			   .single = at == len ||
				     len - at > HOSTLIST_MAX_DIGITS ||
				     number > NUMBER_MAX };
	r->prefix = r->single ? len : at;
	if (r->single)
		return;
	r->lo = r->hi = number;
	r->width = (unsigned int)(len - at);
}

/* How many zeros `width` puts in front of `number`. */
static unsigned int zeros(uint64_t number, unsigned int width)
{
	unsigned int digits = 1;

	while (number /= 10)
		digits++;
	return width > digits ? width - digits : 0;
}

/*
 * Whether one width does for both; then it is set in both.  As pdsh: 9 and 10
 * go together, 09 and 10 too, 9 and 010 do not.
 */
static bool one_width(struct run *a, struct run *b)
{
	bool a_same = zeros(a->lo, a->width) == zeros(a->lo, b->width);
	bool b_same = zeros(b->lo, b->width) == zeros(b->lo, a->width);

	if (a_same)
		a->width = b->width;
	else if (b_same)
		b->width = a->width;
	return a_same || b_same;
}

static bool same_prefix(const struct run *a, const struct run *b)
{
	return !a->single && !b->single && a->prefix == b->prefix &&
	       !memcmp(a->name, b->name, a->prefix);
}

static void put_run(const struct run *r, struct strbuf *out)
{
	(void)strbuf_addf(out, "%0*llu", (int)r->width,
			  (unsigned long long)r->lo);
	if (r->lo < r->hi)
		(void)strbuf_addf(out, "-%0*llu", (int)r->width,
				  (unsigned long long)r->hi);
}

/* The run that begins at `*i`, which moves past it. */
static void next_run(const struct pdshlist *l, size_t *i, struct run *r)
{
	run_of(r, pdshlist_get(l, (*i)++)->name);
	for (; *i < pdshlist_count(l); (*i)++) {
		struct run more;

		run_of(&more, pdshlist_get(l, *i)->name);
		if (!same_prefix(r, &more) || r->hi + 1 != more.lo ||
		    !one_width(r, &more))
			return;
		r->hi = more.hi;
	}
}

void pdshlist_fold(const struct pdshlist *l, struct strbuf *out)
{
	size_t n = pdshlist_count(l);
	struct run r = { 0 };
	struct run after;
	bool open = false;

	for (size_t i = 0; i < n || r.name;) {
		if (!r.name)
			next_run(l, &i, &r);
		after = (struct run){ 0 };
		if (i < n)
			next_run(l, &i, &after);
		if (!open)
			(void)strbuf_add(out, r.name, r.prefix);
		if (!open && !r.single &&
		    (r.lo < r.hi || (after.name && same_prefix(&r, &after)))) {
			(void)strbuf_addch(out, '[');
			open = true;
		}
		if (!r.single)
			put_run(&r, out);
		if (open && !(after.name && same_prefix(&r, &after))) {
			(void)strbuf_addch(out, ']');
			open = false;
		}
		if (after.name)
			(void)strbuf_addch(out, ',');
		r = after;
	}
}
