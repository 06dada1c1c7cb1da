/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Command lines from a table: parsing.
 */
#include "conf/options.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "conf/options_row.h"

#include "base/banned.h"

/* The parser's place in a command line. */
struct cursor {
	const struct option *rows;
	void *settings;
	int argc;
	char **argv;
	int at;			     /* index of the word that is looked at */
	struct options_given *given; /* or NULL */
};

/* An option as it was typed. */
struct typed {
	const struct option *row;
	const char *shown; /* "-j", "--para": for messages */
	const char *arg;   /* NULL: none */
	bool negated;	   /* --no-NAME */
};

/* A flag may be negated, unless its name already says "no". */
static bool has_negation(const struct option *row)
{
	return (row->kind == OPT_FLAG ||
		(row->kind == OPT_REFUSED && !row->arg)) &&
	       row->name && strncmp(row->name, "no-", 3) != 0;
}

const char *options_nearest(const char *typed, const char *const *words,
			    size_t n)
{
	size_t len = strlen(typed);
	size_t limit = len < 6 ? 1 : len / 3;
	const char *nearest = NULL;

	for (size_t i = 0; i < n; i++) {
		size_t word_len = strlen(words[i]);
		size_t gap = word_len > len ? word_len - len : len - word_len;
		size_t distance;

		/* No distance is below the gap, and it is dear. */
		if (gap > limit)
			continue;
		distance = text_distance(typed, words[i]);
		if (distance > limit || distance >= len)
			continue;
		nearest = words[i];
		limit = distance;
		if (!limit)
			break;
		limit--; /* only a nearer one is taken from here on */
	}
	return nearest;
}

/* Collect all the long names in sight, "no-" ones too. */
static void long_names(const struct option *rows, struct strvec *names)
{
	for (const struct option *r = rows; !is_end(r); r++) {
		if (is_heading(r) || is_hidden(r) || !r->name)
			continue;
		strvec_push(names, r->name);
		if (has_negation(r))
			strvec_push_take(names, xasprintf("no-%s", r->name));
	}
}

static int unknown_long(const struct option *rows, const char *name,
			struct err *err)
{
	struct strvec names = { 0 };
	const char *near;

	long_names(rows, &names);
	near = options_nearest(name, (const char *const *)names.v, names.n);
	if (near)
		err_set(err, ERR_USAGE,
			_("unknown option '--%s'; did you mean '--%s'?"), name,
			near);
	else
		err_set(err, ERR_USAGE, _("unknown option '--%s'"), name);
	err_as_ssh(err, "unknown option -- -");
	strvec_release(&names);
	return -1;
}

/* Two names of one thing: a beginning of both is not ambiguous. */
static bool is_alias(const struct option *a, const struct option *b)
{
	return a->kind == b->kind && a->field == b->field &&
	       a->value == b->value && a->call == b->call;
}

/* Find the row with exactly this name; hidden ones too. */
static bool find_exact(const struct option *rows, const char *name,
		       struct typed *out)
{
	for (const struct option *r = rows; !is_end(r); r++) {
		if (is_heading(r) || !r->name)
			continue;
		out->row = r;
		out->negated = false;
		if (!strcmp(r->name, name))
			return true;
		out->negated = true;
		if (has_negation(r) && !strncmp(name, "no-", 3) &&
		    !strcmp(r->name, name + 3))
			return true;
	}
	return false;
}

/*
 * Whether `name` begins the name of `row`, or its "no-" name.  "--n" and
 * "--no" alone do not reach for every flag.
 */
static bool begins(const struct option *row, const char *name, bool *negated)
{
	size_t len = strlen(name);

	if (is_heading(row) || is_hidden(row) || !row->name)
		return false;
	*negated = false;
	if (!strncmp(row->name, name, len))
		return true;
	*negated = true;
	return has_negation(row) && !strncmp(name, "no-", 3) &&
	       !strncmp(row->name, name + 3, len - 3);
}

static int ambiguous_long(const struct option *rows, const char *name,
			  struct err *err)
{
	struct strbuf list = STRBUF_INIT(STRBUF_MAX_TEXT);
	bool negated;

	for (const struct option *r = rows; !is_end(r); r++)
		if (begins(r, name, &negated))
			strbuf_addf(&list, "%s'--%s%s'", list.len ? ", " : "",
				    negated ? "no-" : "", r->name);
	err_set(err, ERR_USAGE, _("option '--%s' is ambiguous: %s"), name,
		list.buf);
	strbuf_release(&list);
	return -1;
}

/* Find the one row that `name` begins, if any; -1: more than one. */
static int find_beginning(const struct option *rows, const char *name,
			  struct typed *out)
{
	out->row = NULL;
	for (const struct option *r = rows; !is_end(r); r++) {
		bool negated;

		if (!begins(r, name, &negated))
			continue;
		if (out->row &&
		    (out->negated != negated || !is_alias(out->row, r)))
			return -1;
		out->row = r;
		out->negated = negated;
	}
	return 0;
}

static int find_long(const struct option *rows, const char *name,
		     struct typed *out, struct err *err)
{
	if (find_exact(rows, name, out))
		return 0;
	if (*name && find_beginning(rows, name, out))
		return ambiguous_long(rows, name, err);
	if (!*name || !out->row)
		return unknown_long(rows, name, err);
	return 0;
}

static const struct option *find_letter(const struct option *rows, char letter)
{
	for (const struct option *r = rows; !is_end(r); r++)
		if (!is_heading(r) && r->letter && r->letter == letter)
			return r;
	return NULL;
}

static int bad_value(const struct typed *t, const char *expected,
		     struct err *err)
{
	return err_set(err, ERR_USAGE,
		       _("bad value '%s' for '%s': expected %s"), t->arg,
		       t->shown, expected);
}

/* What stands behind a text of ours must not begin another line of it. */
static int store_list(const struct typed *t, struct strvec *field,
		      struct err *err)
{
	const char *text = t->row->text ? t->row->text : "";

	if (t->row->text && t->arg && strchr(t->arg, '\n'))
		return bad_value(t, _("a single line"), err);
	strvec_push_take(field, xasprintf("%s%s", text, t->arg ? t->arg : ""));
	return 0;
}

static int store_uint(const struct typed *t, uint64_t *field, struct err *err)
{
	char *expected;

	if (!parse_uint(t->arg, t->row->min, t->row->max, field))
		return 0;
	if (t->row->max == UINT64_MAX)
		expected = xasprintf(_("a number of at least %llu"),
				     (unsigned long long)t->row->min);
	else
		expected = xasprintf(_("a number from %llu to %llu"),
				     (unsigned long long)t->row->min,
				     (unsigned long long)t->row->max);
	bad_value(t, expected, err);
	free(expected);
	return -1;
}

static int store_span(const struct typed *t, uint64_t *field, struct err *err)
{
	struct strbuf most = STRBUF_INIT(STRBUF_MAX_TEXT);
	char *expected;

	if (!parse_span(t->arg, t->row->max, field))
		return 0;
	text_span(&most, t->row->max);
	expected = xasprintf(_("a time such as 90, 1m30s or 500ms, at most %s"),
			     most.buf);
	bad_value(t, expected, err);
	free(expected);
	strbuf_release(&most);
	return -1;
}

static int store_choice(const struct typed *t, int *field, struct err *err)
{
	struct strbuf words = STRBUF_INIT(STRBUF_MAX_TEXT);

	if (!t->arg) {
		*field = t->row->value;
		return 0;
	}
	for (const struct opt_choice *c = t->row->choices; c->word; c++) {
		if (!strcmp(c->word, t->arg)) {
			*field = c->value;
			return 0;
		}
	}
	for (const struct opt_choice *c = t->row->choices; c->word; c++) {
		if (words.len)
			strbuf_addstr(&words, c[1].word ? ", " : _(" or "));
		strbuf_addstr(&words, c->word);
	}
	bad_value(t, words.buf, err);
	strbuf_release(&words);
	return -1;
}

static int store(void *settings, const struct typed *t, struct err *err)
{
	void *field = (char *)settings + t->row->field;

	switch (t->row->kind) {
	case OPT_HEADING:
	case OPT_GIVEN:
		break;
	case OPT_FLAG:
		*(int *)field = t->negated ? 0 : t->row->value;
		return 0;
	case OPT_COUNT:
		*(int *)field += 1;
		return 0;
	case OPT_STRING:
		if (t->row->optional_arg && t->arg && !*t->arg)
			return bad_value(t, _(t->row->arg), err);
		*(const char **)field = t->arg ? t->arg : "";
		return 0;
	case OPT_FIRST:
		if (!*(const char **)field)
			*(const char **)field = t->arg;
		return 0;
	case OPT_LIST:
		return store_list(t, field, err);
	case OPT_UINT:
		return store_uint(t, field, err);
	case OPT_SPAN:
		return store_span(t, field, err);
	case OPT_CHOICE:
		return store_choice(t, field, err);
	case OPT_CALL:
		return t->row->call(settings, t->arg, err);
	case OPT_REFUSED:
		return err_set(err, ERR_USAGE, _("'%s' has no place in '%s'"),
			       t->shown, t->row->text);
	}
	assert(0 && "a heading is no option");
	return -1;
}

void options_give(struct options_given *given, size_t field)
{
	given->v =
		grow_array(given->v, &given->cap, given->n, sizeof(*given->v));
	given->v[given->n++] = field;
}

static int store_typed(const struct cursor *c, const struct typed *t,
		       struct err *err)
{
	if (c->given) {
		options_give(c->given, t->row->field);
	}
	return store(c->settings, t, err);
}

/* The next word is the argument of `t`. */
static int take_argument(struct cursor *c, struct typed *t, struct err *err)
{
	if (c->at + 1 >= c->argc) {
		err_set(err, ERR_USAGE, _("option '%s' needs an argument: %s"),
			t->shown, _(t->row->arg));
		err_as_ssh(err, "option requires an argument -- %s",
			   t->shown + 1);
		return -1;
	}
	t->arg = c->argv[++c->at];
	return 0;
}

/* "--name", "--name=ARG" or "--name ARG". */
static int parse_long(struct cursor *c, struct err *err)
{
	const char *word = c->argv[c->at];
	const char *equals = strchr(word, '=');
	size_t len = equals ? (size_t)(equals - word) : strlen(word);
	char *shown = xstrndup(word, len);
	struct typed t = { .shown = shown, .arg = equals ? equals + 1 : NULL };
	int rc = -1;

	if (find_long(c->rows, shown + 2, &t, err))
		goto out;
	if (t.arg && (!t.row->arg || t.negated)) {
		err_set(err, ERR_USAGE, _("option '%s' takes no argument"),
			shown);
		goto out;
	}
	if (t.row->arg && !t.arg && !t.row->optional_arg &&
	    take_argument(c, &t, err))
		goto out;
	rc = store_typed(c, &t, err);
out:
	free(shown);
	return rc;
}

/* Show the word too where letters are bundled. */
static int unknown_letter(const char *word, char letter, struct err *err)
{
	if (!word[2])
		err_set(err, ERR_USAGE, _("unknown option '%s'"), word);
	else
		err_set(err, ERR_USAGE, _("unknown option '-%c' in '%s'"),
			letter, word);
	err_as_ssh(err, "unknown option -- %c", letter);
	return -1;
}

/* "-x", "-xyz", "-lroot" or "-l root". */
static int parse_letters(struct cursor *c, struct err *err)
{
	for (const char *s = c->argv[c->at] + 1; *s; s++) {
		const char shown[] = { '-', *s, '\0' };
		struct typed t = { .row = find_letter(c->rows, *s),
				   .shown = shown };

		if (!t.row)
			return unknown_letter(c->argv[c->at], *s, err);
		if (t.row->arg && !t.row->optional_arg) {
			if (s[1])
				t.arg = s + 1;
			else if (take_argument(c, &t, err))
				return -1;
			return store_typed(c, &t, err);
		}
		if (store_typed(c, &t, err))
			return -1;
	}
	return 0;
}

static struct options_given *find_given(const struct option *rows,
					void *settings)
{
	for (const struct option *r = rows; !is_end(r); r++)
		if (r->kind == OPT_GIVEN)
			return (void *)((char *)settings + r->field);
	return NULL;
}

/* Whether the letter of a row has another meaning before it. */
static bool has_letter(const struct option *rows, size_t n, int letter)
{
	for (size_t i = 0; letter && i < n; i++)
		if (rows[i].letter == letter)
			return true;
	return false;
}

static bool has_name(const struct option *rows, size_t n, const char *name)
{
	for (size_t i = 0; name && i < n; i++)
		if (rows[i].name && !strcmp(rows[i].name, name))
			return true;
	return false;
}

struct option *options_join(const struct option *first, size_t n,
			    const struct option *others)
{
	struct option *all;
	size_t m = 0;
	size_t at = n;

	while (!is_end(&others[m]))
		m++;
	all = xcalloc(n + m + 1, sizeof(*all));
	for (size_t i = 0; i < n; i++)
		all[i] = first[i];
	for (size_t i = 0; i < m; i++) {
		if (has_name(first, n, others[i].name))
			continue;
		all[at] = others[i];
		if (has_letter(first, n, others[i].letter)) {
			all[at].letter = 0;
			if (!all[at].name)
				continue;
		}
		at++;
	}
	all[at] = (struct option){ 0 };
	return all;
}

static bool is_called(const struct option *row, const char *name)
{
	if (name[1] != '-')
		return row->letter == name[1];
	return row->name && !strcmp(row->name, name + 2);
}

static void refuse(struct option *row, const char *where)
{
	row->kind = OPT_REFUSED;
	row->text = where;
	row->help = NULL;
}

void options_refuse_from(struct option *rows, size_t n, const char *where)
{
	for (struct option *r = rows + n; !is_end(r); r++)
		if (!is_heading(r))
			refuse(r, where);
}

void options_refuse(struct option *rows, const char *const *names,
		    const char *where)
{
	for (; *names; names++) {
		struct option *r = rows;

		while (!is_end(r) && (is_heading(r) || !is_called(r, *names)))
			r++;
		assert(!is_end(r));
		refuse(r, where);
	}
}

int options_parse(const struct option *rows, void *settings, int argc,
		  char **argv, int *index, bool *dashes, struct err *err)
{
	struct cursor c = { rows, settings, argc,
			    argv, *index,   find_given(rows, settings) };

	for (; c.at < c.argc; c.at++) {
		const char *word = argv[c.at];
		int rc;

		if (word[0] != '-' || !word[1])
			break;
		if (!strcmp(word, "--")) {
			if (dashes)
				*dashes = true;
			c.at++;
			break;
		}
		rc = word[1] == '-' ? parse_long(&c, err)
				    : parse_letters(&c, err);
		if (rc)
			return -1;
	}
	*index = c.at;
	return 0;
}

int options_parse_all(const struct option *rows, void *settings, int argc,
		      char **argv, struct strvec *words, struct err *err)
{
	bool dashes = false;
	int index = 1;

	while (index < argc) {
		if (!dashes && options_parse(rows, settings, argc, argv, &index,
					     &dashes, err))
			return -1;
		if (index < argc)
			strvec_push(words, argv[index++]);
	}
	return 0;
}

void options_letters(const struct option *rows, struct strbuf *out)
{
	for (const struct option *r = rows; !is_end(r); r++)
		if (!is_heading(r) && r->letter)
			(void)strbuf_addf(out, "%c%s", r->letter,
					  r->arg && !r->optional_arg ? ":"
								     : "");
}

const struct option *options_find(const struct option *rows, int letter)
{
	return letter > 0 && letter < 128 ? find_letter(rows, (char)letter)
					  : NULL;
}

int options_store(const struct option *row, void *settings, const char *shown,
		  const char *arg, struct err *err)
{
	const struct typed t = { .row = row, .shown = shown, .arg = arg };

	return store(settings, &t, err);
}

bool options_was_given(const struct options_given *given, size_t field)
{
	for (size_t i = 0; i < given->n; i++)
		if (given->v[i] == field)
			return true;
	return false;
}

void options_given_release(struct options_given *given)
{
	free(given->v);
	*given = (struct options_given){ 0 };
}

int options_set(const struct option *rows, void *settings,
		const struct options_given *given, const char *name,
		const char *value, struct err *err)
{
	struct typed t = { .arg = value };
	bool found = find_exact(rows, name, &t);
	char *shown;
	int rc;

	assert(found && !t.negated);
	(void)found;
	if (options_was_given(given, t.row->field))
		return 0;
	t.negated = t.row->kind == OPT_FLAG && strcmp(value, "false") == 0;
	shown = xasprintf("--%s", name);
	t.shown = shown;
	rc = store(settings, &t, err);
	free(shown);
	return rc;
}

size_t options_field(const struct option *rows, const char *name)
{
	struct typed t = { 0 };
	bool found = find_exact(rows, name, &t);

	assert(found);
	(void)found;
	return t.row->field;
}

static void show_choice(const struct option *row, int value, struct strbuf *out)
{
	for (const struct opt_choice *c = row->choices; c->word; c++) {
		if (c->value != value)
			continue;
		(void)strbuf_addstr(out, c->word);
		return;
	}
}

static void show_list(const struct strvec *list, struct strbuf *out)
{
	char *text = list->n ? strvec_join(list, ",") : NULL;

	(void)strbuf_addstr(out, text ? text : "");
	free(text);
}

void options_show(const struct option *rows, const void *settings,
		  const char *name, struct strbuf *out)
{
	struct typed t = { 0 };
	bool found = find_exact(rows, name, &t);
	const void *field;
	const char *text;

	assert(found);
	(void)found;
	field = (const char *)settings + t.row->field;
	switch (t.row->kind) {
	case OPT_FLAG:
		(void)strbuf_addstr(out,
				    *(const int *)field ? "true" : "false");
		break;
	case OPT_COUNT:
		(void)strbuf_addf(out, "%d", *(const int *)field);
		break;
	case OPT_STRING:
	case OPT_FIRST:
		text = *(const char *const *)field;
		(void)strbuf_addstr(out, text ? text : "");
		break;
	case OPT_LIST:
		show_list(field, out);
		break;
	case OPT_UINT:
		if (*(const uint64_t *)field != UINT64_MAX)
			(void)strbuf_addf(out, "%" PRIu64,
					  *(const uint64_t *)field);
		break;
	case OPT_SPAN:
		if (!*(const uint64_t *)field)
			(void)strbuf_addch(out, '0');
		else if (*(const uint64_t *)field != UINT64_MAX)
			text_span(out, *(const uint64_t *)field);
		break;
	case OPT_CHOICE:
		show_choice(t.row, *(const int *)field, out);
		break;
	case OPT_HEADING:
	case OPT_GIVEN:
	case OPT_CALL:
	case OPT_REFUSED:
		break;
	}
}
