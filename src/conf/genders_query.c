/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Queries of genders: sets of nodes, as bits.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "conf/genders.h"
#include "conf/genders_internal.h"
#include "base/banned.h"

#define WORD_BITS 64u

struct query {
	const struct genders *g;
	const char *text;
	size_t at;
	size_t nwords; /* of a set */
	unsigned int depth;
	bool known; /* all attributes so far */
	struct err *err;
};

enum operator{
	OP_NONE,
	OP_UNION,
	OP_INTERSECTION,
	OP_DIFFERENCE,
};

static const struct {
	const char *sign;
	enum operator op;
} operators[] = {
	{ "||", OP_UNION },
	{ "&&", OP_INTERSECTION },
	{ "--", OP_DIFFERENCE },
};

static int fail(const struct query *q, const char *expected)
{
	char *vis = text_vis_dup(q->text, strlen(q->text), 256);

	err_set(q->err, ERR_CONFIG, _("bad query '%s': column %zu: %s"), vis,
		q->at + 1, expected);
	free(vis);
	return -1;
}

static void skip_blanks(struct query *q)
{
	q->at += strspn(q->text + q->at, " \t\r\n");
}

static enum operator operator_at(const char *p)
{
	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
		if (!strncmp(p, operators[i].sign, 2))
			return operators[i].op;
	return OP_NONE;
}

static void set_bit(uint64_t *set, size_t i)
{
	set[i / WORD_BITS] |= (uint64_t)1 << (i % WORD_BITS);
}

static bool has_bit(const uint64_t *set, size_t i)
{
	return (set[i / WORD_BITS] >> (i % WORD_BITS)) & 1;
}

static void complement(const struct query *q, uint64_t *set)
{
	size_t rest = q->g->nodes.n % WORD_BITS;

	for (size_t i = 0; i < q->nwords; i++)
		set[i] = ~set[i];
	if (rest)
		set[q->nwords - 1] &= ((uint64_t)1 << rest) - 1;
}

static void combine(const struct query *q, enum operator op, uint64_t *left,
		    const uint64_t *right)
{
	for (size_t i = 0; i < q->nwords; i++) {
		switch (op) {
		case OP_NONE:
			break;
		case OP_UNION:
			left[i] |= right[i];
			break;
		case OP_INTERSECTION:
			left[i] &= right[i];
			break;
		case OP_DIFFERENCE:
			left[i] &= ~right[i];
			break;
		}
	}
}

/* The nodes with an attribute, and with that value if there is one. */
static void look_up(struct query *q, const char *name, const char *value,
		    uint64_t *set)
{
	const struct genders_name *attr = genders_find(&q->g->attrs, name);
	struct strbuf has = STRBUF_INIT(STRBUF_MAX_TEXT);

	if (!attr)
		q->known = false;
	for (size_t i = 0; attr && i < attr->nnodes; i++) {
		strbuf_reset(&has);
		if (value && *value)
			genders_value_at(q->g, attr->nodes[i], attr->index,
					 &has, NULL);
		if (!value || !*value || !strcmp(has.buf, value))
			set_bit(set, attr->nodes[i]);
	}
	strbuf_release(&has);
}

static bool ends_word(const char *p)
{
	return !*p || strchr(" \t\r\n()", *p) || operator_at(p) != OP_NONE;
}

static int parse_word(struct query *q, uint64_t *set)
{
	const char *start = q->text + q->at;
	const char *p = start;
	char *word, *value;

	/* "!" in front would be taken for "not"; the library skips it. */
	if (ends_word(p) || strchr("!&|-,=", *p))
		return fail(q, _("expected an attribute, '~' or '('"));
	while (!ends_word(p) && *p != ',')
		p++;
	if (*p == ',') {
		q->at = (size_t)(p - q->text);
		return fail(q, _("expected '||', '&&' or '--'"));
	}
	word = xmemdup(start, (size_t)(p - start));
	value = strchr(word, '=');
	if (value)
		*value++ = '\0';
	look_up(q, word, value, set);
	free(word);
	q->at += (size_t)(p - start);
	return 0;
}

/* An operand may hold a whole query: the one place that goes round. */
static int parse_query(struct query *q, uint64_t *set);

static int parse_inner(struct query *q, uint64_t *set)
{
	q->at++;
	if (parse_query(q, set))
		return -1;
	if (q->text[q->at] != ')')
		return fail(q, _("expected ')'"));
	q->at++;
	return 0;
}

static int parse_operand(struct query *q, uint64_t *set)
{
	bool negated = false;
	int rc;

	for (skip_blanks(q); q->text[q->at] == '~'; skip_blanks(q)) {
		negated = !negated;
		q->at++;
	}
	if (q->text[q->at] != '(') {
		rc = parse_word(q, set);
	} else if (q->depth == GENDERS_MAX_DEPTH) {
		rc = fail(q, _("nested too deeply"));
	} else {
		q->depth++;
		rc = parse_inner(q, set);
		q->depth--;
	}
	if (!rc && negated)
		complement(q, set);
	return rc;
}

/* Up to the end of the text, or to a ")". */
static int parse_query(struct query *q, uint64_t *set)
{
	uint64_t *right;
	int rc = parse_operand(q, set);

	while (!rc) {
		enum operator op;

		skip_blanks(q);
		op = operator_at(q->text + q->at);
		if (op == OP_NONE)
			return 0;
		q->at += 2;
		right = xcalloc(q->nwords, sizeof(*right));
		rc = parse_operand(q, right);
		if (!rc)
			combine(q, op, set, right);
		free(right);
	}
	return rc;
}

static int run(struct query *q, uint64_t *set)
{
	skip_blanks(q);
	if (!q->text[q->at]) {
		complement(q, set);
		return 0;
	}
	if (parse_query(q, set))
		return -1;
	if (q->text[q->at])
		return fail(q, _("expected '||', '&&' or '--'"));
	return 0;
}

int genders_query(const struct genders *g, const char *query,
		  struct strvec *out, bool *known, struct err *err)
{
	struct query q = { .g = g, .text = query, .known = true, .err = err };
	uint64_t *set;
	int rc;

	if (strlen(query) > GENDERS_MAX_QUERY)
		return err_set(err, ERR_CONFIG,
			       _("bad query: longer than %zu bytes"),
			       GENDERS_MAX_QUERY);
	q.nwords = (g->nodes.n + WORD_BITS - 1) / WORD_BITS;
	set = xcalloc(q.nwords, sizeof(*set));
	rc = run(&q, set);
	for (size_t i = 0; !rc && i < g->nodes.n; i++)
		if (has_bit(set, i))
			strvec_push(out, g->nodes.v[i]->text);
	if (known)
		*known = q.known;
	free(set);
	return rc;
}
