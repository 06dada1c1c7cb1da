/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values of ssh_config(5): one table of kinds, which knows how each is read,
 * kept, copied and shown, and one table of keywords (sshopt_table.c).
 */
#include "conf/sshopt.h"

#include <assert.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/match.h"
#include "base/text.h"
#include "conf/spec.h"
#include "conf/sshopt_row.h"
#include "base/banned.h"

#define UNSET INT_MIN

/* The words after a keyword, at least one. */
struct words {
	char *const *v;
	size_t n;
};

typedef int store_fn(const struct sshopt *row, struct words w,
		     struct ssh_opts *o, struct err *err);
typedef void dump_fn(const struct sshopt *row, const char *name,
		     const struct ssh_opts *o, FILE *out);

static void *field_at(struct ssh_opts *o, size_t offset)
{
	return (char *)o + offset;
}

static const void *field_in(const struct ssh_opts *o, size_t offset)
{
	return (const char *)o + offset;
}

/* "a, b or c" of a row's choices, each value once. */
static char *choice_words(const struct sshopt_choice *choices)
{
	struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);

	for (const struct sshopt_choice *c = choices; c->word; c++)
		(void)strbuf_addf(&sb, "%s%s", sb.len ? ", " : "", c->word);
	return strbuf_detach(&sb, NULL);
}

static int find_choice(const struct sshopt *row, const char *word, int *value,
		       struct err *err)
{
	char *known;

	for (const struct sshopt_choice *c = row->choices; c->word; c++) {
		if (strcasecmp(c->word, word) == 0) {
			*value = c->value;
			return 0;
		}
	}
	known = choice_words(row->choices);
	(void)err_set(err, ERR_CONFIG, _("'%s' must be one of %s, not '%s'"),
		      row->name, known, word);
	free(known);
	return -1;
}

static int store_nothing(const struct sshopt *row, struct words w,
			 struct ssh_opts *o, struct err *err)
{
	int value;

	(void)o;
	return row->choices ? find_choice(row, w.v[0], &value, err) : 0;
}

static bool is_harmless(const struct sshopt *row, const char *word)
{
	return match_list(row->harmless, word, true) == MATCH_POSITIVE;
}

static int store_refused(const struct sshopt *row, struct words w,
			 struct ssh_opts *o, struct err *err)
{
	(void)o;
	if (w.n == 1 && is_harmless(row, w.v[0]))
		return 0;
	return err_set(err, ERR_CONFIG, _("'%s %s' cannot be obeyed: %s"),
		       row->name, w.v[0], _(row->why));
}

static void set_int(const struct sshopt *row, struct ssh_opts *o, int value)
{
	int *field = field_at(o, row->field);

	if (*field == UNSET)
		*field = value;
}

static int store_choice(const struct sshopt *row, struct words w,
			struct ssh_opts *o, struct err *err)
{
	int value;

	if (find_choice(row, w.v[0], &value, err))
		return -1;
	set_int(row, o, value);
	return 0;
}

static int store_number(const struct sshopt *row, struct words w,
			struct ssh_opts *o, struct err *err)
{
	uint64_t value;

	if (parse_uint(w.v[0], (uint64_t)row->min, (uint64_t)row->max, &value))
		return err_set(
			err, ERR_CONFIG,
			_("'%s' must be a number from %d to %d, not '%s'"),
			row->name, row->min, row->max, w.v[0]);
	set_int(row, o, (int)value);
	return 0;
}

/* Whole seconds; ssh knows no shorter units. */
static int read_span(const struct sshopt *row, const char *word, int *seconds,
		     struct err *err)
{
	uint64_t ms;

	if (parse_span(word, (uint64_t)INT_MAX * 1000, &ms) || ms % 1000)
		return err_set(
			err, ERR_CONFIG,
			_("'%s' must be a time such as 90, 1m30s or none, not '%s'"),
			row->name, word);
	*seconds = (int)(ms / 1000);
	return 0;
}

static int store_span(const struct sshopt *row, struct words w,
		      struct ssh_opts *o, struct err *err)
{
	int seconds = 0;

	if (strcmp(w.v[0], "none") == 0)
		return 0;
	if (read_span(row, w.v[0], &seconds, err))
		return -1;
	set_int(row, o, seconds);
	return 0;
}

static int store_escape(const struct sshopt *row, struct words w,
			struct ssh_opts *o, struct err *err)
{
	const unsigned char *s = (const unsigned char *)w.v[0];

	if (strcmp(w.v[0], "none") == 0)
		set_int(row, o, SSHOPT_ESCAPE_NONE);
	else if (!s[1])
		set_int(row, o, s[0]);
	else if (s[0] == '^' && !s[2] && s[1] >= 64 && s[1] < 128)
		set_int(row, o, s[1] & 31);
	else
		return err_set(
			err, ERR_CONFIG,
			_("'%s' must be a character, '^' and a letter, or none, not '%s'"),
			row->name, w.v[0]);
	return 0;
}

static void set_text(const struct sshopt *row, struct ssh_opts *o,
		     const char *text)
{
	char **field = field_at(o, row->field);

	if (!*field)
		*field = xstrdup(text);
}

static int store_string(const struct sshopt *row, struct words w,
			struct ssh_opts *o, struct err *err)
{
	(void)err;
	set_text(row, o, w.v[0]);
	return 0;
}

static int store_command(const struct sshopt *row, struct words w,
			 struct ssh_opts *o, struct err *err)
{
	char *const *rival = row->other ? field_in(o, row->other) : NULL;

	(void)err;
	if (!rival || !*rival)
		set_text(row, o, w.v[0]);
	return 0;
}

/* A comment may follow here, unlike after a command. */
static int store_jump(const struct sshopt *row, struct words w,
		      struct ssh_opts *o, struct err *err)
{
	char *list = xstrndup(w.v[0], strcspn(w.v[0], "#"));
	struct words one = { .v = &list, .n = 1 };
	struct strvec hops = { 0 };
	int rc = 0;

	for (size_t n = strlen(list); n && strchr(" \t", list[n - 1]); n--)
		list[n - 1] = '\0';
	if (strcasecmp(list, "none") != 0)
		strvec_split(&hops, list, ",");
	for (size_t i = 0; rc == 0 && i < hops.n; i++) {
		struct dest d = { 0 };

		rc = dest_parse(hops.v[i], true, &d, err);
		dest_release(&d);
	}
	if (rc)
		err_prefix(err, "'%s': ", row->name);
	else
		(void)store_command(row, one, o, err);
	strvec_release(&hops);
	free(list);
	return rc;
}

static int store_algos(const struct sshopt *row, struct words w,
		       struct ssh_opts *o, struct err *err)
{
	char **field = field_at(o, row->field);
	char *list = sshopt_algos_apply(row->algos, w.v[0], NULL);

	if (!list)
		return err_set(err, ERR_CONFIG,
			       _("rsh has no algorithm of '%s' for '%s'"),
			       w.v[0], row->name);
	if (*field) {
		free(list);
		return 0;
	}
	*field = list;
	if (row->other) {
		int *fixed = field_at(o, row->other);

		*fixed = *w.v[0] != '+' && *w.v[0] != '-';
	}
	return 0;
}

static bool strvec_has(const struct strvec *list, const char *word)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i], word) == 0)
			return true;
	return false;
}

static int store_files(const struct sshopt *row, struct words w,
		       struct ssh_opts *o, struct err *err)
{
	struct strvec *list = field_at(o, row->field);
	bool first = list->n == 0;

	for (size_t i = 0; i < w.n; i++)
		if (w.n > 1 && strcasecmp(w.v[i], "none") == 0)
			return err_set(err, ERR_CONFIG,
				       _("'none' must stand alone after '%s'"),
				       row->name);
	for (size_t i = 0; first && i < w.n; i++)
		strvec_push(list, w.v[i]);
	return 0;
}

static int store_append(const struct sshopt *row, struct words w,
			struct ssh_opts *o, struct err *err)
{
	struct strvec *list = field_at(o, row->field);

	for (size_t i = 0; i < w.n; i++) {
		if (strvec_has(list, w.v[i]))
			continue;
		if (list->n >= SSHOPT_MAX_FILES)
			return err_set(err, ERR_CONFIG,
				       _("'%s' more than %d times"), row->name,
				       SSHOPT_MAX_FILES);
		strvec_push(list, w.v[i]);
	}
	return 0;
}

static void remove_fitting(struct strvec *list, const char *pattern)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (match_glob(pattern, list->v[i]))
			free(list->v[i]);
		else
			list->v[kept++] = list->v[i];
	}
	list->n = kept;
	if (list->v)
		list->v[kept] = NULL;
}

static int store_sendenv(const struct sshopt *row, struct words w,
			 struct ssh_opts *o, struct err *err)
{
	struct strvec *list = field_at(o, row->field);

	for (size_t i = 0; i < w.n; i++)
		if (strchr(w.v[i], '='))
			return err_set(err, ERR_CONFIG,
				       _("'%s' takes names only, not '%s'"),
				       row->name, w.v[i]);
	for (size_t i = 0; i < w.n; i++) {
		if (*w.v[i] == '-')
			remove_fitting(list, w.v[i] + 1);
		else
			strvec_push(list, w.v[i]);
	}
	return 0;
}

/* Whether `list` has a variable of the same name as "NAME=value". */
static bool has_variable(const struct strvec *list, const char *word)
{
	size_t n = strcspn(word, "=") + 1;

	for (size_t i = 0; i < list->n; i++)
		if (strncmp(list->v[i], word, n) == 0)
			return true;
	return false;
}

static int store_setenv(const struct sshopt *row, struct words w,
			struct ssh_opts *o, struct err *err)
{
	struct strvec *list = field_at(o, row->field);
	bool first = list->n == 0;

	for (size_t i = 0; i < w.n; i++)
		if (!strchr(w.v[i], '='))
			return err_set(err, ERR_CONFIG,
				       _("'%s' takes NAME=value, not '%s'"),
				       row->name, w.v[i]);
	for (size_t i = 0; first && i < w.n; i++)
		if (!has_variable(list, w.v[i]))
			strvec_push(list, w.v[i]);
	return 0;
}

static int store_rekey(const struct sshopt *row, struct words w,
		       struct ssh_opts *o, struct err *err)
{
	uint64_t *bytes = field_at(o, row->field);
	uint64_t *seconds = field_at(o, row->other);
	uint64_t size = 0;
	int span = 0;

	if (strcmp(w.v[0], "default") != 0 &&
	    (parse_size(w.v[0], INT64_MAX, &size) || (size && size < 16)))
		return err_set(
			err, ERR_CONFIG,
			_("'%s' must be 'default' or a size such as 1G, not '%s'"),
			row->name, w.v[0]);
	if (w.n > 1 && strcmp(w.v[1], "none") != 0 &&
	    read_span(row, w.v[1], &span, err))
		return -1;
	if (*bytes == UINT64_MAX)
		*bytes = size;
	if (w.n > 1 && strcmp(w.v[1], "none") != 0 && *seconds == UINT64_MAX)
		*seconds = (uint64_t)span;
	return 0;
}

static void dump_choice(const struct sshopt *row, const char *name,
			const struct ssh_opts *o, FILE *out)
{
	const int *value = field_in(o, row->field);
	const struct sshopt_choice *c = row->choices;

	while (c->word && c->value != *value)
		c++;
	(void)fprintf(out, "%s %s\n", name, c->word ? c->word : "UNKNOWN");
}

static void dump_number(const struct sshopt *row, const char *name,
			const struct ssh_opts *o, FILE *out)
{
	const int *value = field_in(o, row->field);

	(void)fprintf(out, "%s %d\n", name, *value);
}

static void dump_span(const struct sshopt *row, const char *name,
		      const struct ssh_opts *o, FILE *out)
{
	const int *value = field_in(o, row->field);

	if (row->hide_default && *value == 0)
		(void)fprintf(out, "%s none\n", name);
	else
		(void)fprintf(out, "%s %d\n", name, *value);
}

static void dump_escape(const struct sshopt *row, const char *name,
			const struct ssh_opts *o, FILE *out)
{
	const int *value = field_in(o, row->field);

	if (*value == SSHOPT_ESCAPE_NONE)
		(void)fprintf(out, "%s none\n", name);
	else if (*value < ' ')
		(void)fprintf(out, "%s \\^%c\n", name, *value + 64);
	else
		(void)fprintf(out, "%s %c\n", name, *value);
}

static void dump_text(const struct sshopt *row, const char *name,
		      const struct ssh_opts *o, FILE *out)
{
	char *const *value = field_in(o, row->field);

	if (*value && !(row->hide_default && strcmp(*value, row->def) == 0))
		(void)fprintf(out, "%s %s\n", name, *value);
}

static void dump_line(const struct sshopt *row, const char *name,
		      const struct ssh_opts *o, FILE *out)
{
	const struct strvec *list = field_in(o, row->field);

	(void)fprintf(out, "%s", name);
	for (size_t i = 0; i < list->n; i++)
		(void)fprintf(out, " %s", list->v[i]);
	(void)fprintf(out, "%s\n", list->n ? "" : " none");
}

static void dump_lines(const struct sshopt *row, const char *name,
		       const struct ssh_opts *o, FILE *out)
{
	const struct strvec *list = field_in(o, row->field);

	for (size_t i = 0; i < list->n; i++)
		(void)fprintf(out, "%s %s\n", name, list->v[i]);
}

static void dump_rekey(const struct sshopt *row, const char *name,
		       const struct ssh_opts *o, FILE *out)
{
	const uint64_t *bytes = field_in(o, row->field);
	const uint64_t *seconds = field_in(o, row->other);

	(void)fprintf(out, "%s %" PRIu64 " %" PRIu64 "\n", name, *bytes,
		      *seconds);
}

/* What stands in the field of a row. */
enum storage {
	HOLDS_NOTHING,
	HOLDS_INT,
	HOLDS_TEXT,
	HOLDS_LIST,
	HOLDS_SIZES, /* uint64_t, in `other` too */
};

static const struct {
	enum storage holds;
	size_t max_words; /* 0: any number */
	store_fn *store;
	dump_fn *dump;
} kinds[] = {
	/* clang-format off */
	[KIND_BLOCK]   = { HOLDS_NOTHING, 0, NULL,          NULL },
	[KIND_ALIAS]   = { HOLDS_NOTHING, 0, NULL,          NULL },
	[KIND_NOTHING] = { HOLDS_NOTHING, 0, store_nothing, NULL },
	[KIND_REFUSED] = { HOLDS_NOTHING, 0, store_refused, NULL },
	[KIND_CHOICE]  = { HOLDS_INT,     1, store_choice,  dump_choice },
	[KIND_NUMBER]  = { HOLDS_INT,     1, store_number,  dump_number },
	[KIND_SPAN]    = { HOLDS_INT,     1, store_span,    dump_span },
	[KIND_ESCAPE]  = { HOLDS_INT,     1, store_escape,  dump_escape },
	[KIND_STRING]  = { HOLDS_TEXT,    1, store_string,  dump_text },
	[KIND_COMMAND] = { HOLDS_TEXT,    1, store_command, dump_text },
	[KIND_JUMP]    = { HOLDS_TEXT,    1, store_jump,    dump_text },
	[KIND_ALGOS]   = { HOLDS_TEXT,    1, store_algos,   dump_text },
	[KIND_FILES]   = { HOLDS_LIST,    0, store_files,   dump_line },
	[KIND_APPEND]  = { HOLDS_LIST,    1, store_append,  dump_lines },
	[KIND_SENDENV] = { HOLDS_LIST,    0, store_sendenv, dump_lines },
	[KIND_SETENV]  = { HOLDS_LIST,    0, store_setenv,  dump_lines },
	[KIND_REKEY]   = { HOLDS_SIZES,   2, store_rekey,   dump_rekey },
	/* clang-format on */
};

void sshopts_init(struct ssh_opts *o)
{
	*o = (struct ssh_opts){ .host_key_order_fixed = 0 };
	for (size_t i = 0; i < sshopt_nrows; i++) {
		const struct sshopt *row = &sshopt_rows[i];

		if (kinds[row->kind].holds == HOLDS_INT) {
			*(int *)field_at(o, row->field) = UNSET;
		} else if (kinds[row->kind].holds == HOLDS_SIZES) {
			*(uint64_t *)field_at(o, row->field) = UINT64_MAX;
			*(uint64_t *)field_at(o, row->other) = UINT64_MAX;
		}
	}
}

void sshopts_release(struct ssh_opts *o)
{
	if (!o)
		return;
	for (size_t i = 0; i < sshopt_nrows; i++) {
		const struct sshopt *row = &sshopt_rows[i];

		if (kinds[row->kind].holds == HOLDS_TEXT)
			free(*(char **)field_at(o, row->field));
		else if (kinds[row->kind].holds == HOLDS_LIST)
			strvec_release(field_at(o, row->field));
	}
	*o = (struct ssh_opts){ 0 };
}

void sshopts_copy(struct ssh_opts *to, const struct ssh_opts *from)
{
	*to = *from;
	for (size_t i = 0; i < sshopt_nrows; i++) {
		const struct sshopt *row = &sshopt_rows[i];

		if (kinds[row->kind].holds == HOLDS_TEXT) {
			char **text = field_at(to, row->field);

			*text = *text ? xstrdup(*text) : NULL;
		} else if (kinds[row->kind].holds == HOLDS_LIST) {
			const struct strvec *list = field_in(from, row->field);
			struct strvec *copy = field_at(to, row->field);

			*copy = (struct strvec){ 0 };
			for (size_t j = 0; j < list->n; j++)
				strvec_push(copy, list->v[j]);
		}
	}
}

static int compare_name(const void *key, const void *row)
{
	return strcasecmp(key, ((const struct sshopt *)row)->name);
}

const struct sshopt *sshopt_find(const char *word)
{
	const struct sshopt *row =
		bsearch(word, sshopt_rows, sshopt_nrows, sizeof(sshopt_rows[0]),
			compare_name);

	return row && row->kind == KIND_ALIAS ? sshopt_find(row->def) : row;
}

enum sshopt_block sshopt_block(const struct sshopt *row)
{
	return row->kind == KIND_BLOCK ? (enum sshopt_block)row->min
				       : SSHOPT_VALUE;
}

bool sshopt_is_command(const struct sshopt *row)
{
	return row->kind == KIND_COMMAND || row->kind == KIND_JUMP;
}

const char *sshopt_name(const struct sshopt *row)
{
	return row->name;
}

const struct sshopt *sshopt_at(size_t i)
{
	return i < sshopt_nrows ? &sshopt_rows[i] : NULL;
}

/* How many words a row takes at most; 0: any number. */
static size_t max_words(const struct sshopt *row)
{
	return row->choices ? 1 : kinds[row->kind].max_words;
}

int sshopt_store(const struct sshopt *row, char *const *args, size_t nargs,
		 struct ssh_opts *o, struct err *err)
{
	struct words w = { .v = args, .n = nargs };
	size_t max = max_words(row);

	assert(kinds[row->kind].store);
	for (size_t i = 0; i <= nargs; i++) {
		if (nargs && (i == nargs || *args[i]))
			continue;
		return err_set(err, ERR_CONFIG, _("'%s' needs an argument"),
			       row->name);
	}
	if (max && nargs > max)
		return err_set(err, ERR_CONFIG,
			       _("'%s' is one argument too many for '%s'"),
			       args[max], row->name);
	return kinds[row->kind].store(row, w, o, err);
}

bool sshopt_note(const struct sshopt *row, char *const *args, size_t nargs,
		 struct strbuf *out)
{
	struct strvec dropped = { 0 };
	bool noted = false;

	if (row->why && row->kind != KIND_REFUSED && nargs &&
	    !is_harmless(row, args[0])) {
		(void)strbuf_addf(out, _("'%s %s' has no effect: %s"),
				  row->name, args[0], _(row->why));
		return true;
	}
	if (row->kind != KIND_ALGOS || !nargs)
		return false;
	free(sshopt_algos_apply(row->algos, args[0], &dropped));
	if (dropped.n) {
		char *names = strvec_join(&dropped, ",");

		(void)strbuf_addf(out, _("'%s' without %s, which rsh lacks"),
				  row->name, names);
		free(names);
		noted = true;
	}
	strvec_release(&dropped);
	return noted;
}

/* Whether a row that holds something has got no value from any line. */
static bool is_unset(const struct sshopt *row, const struct ssh_opts *o)
{
	switch (kinds[row->kind].holds) {
	case HOLDS_NOTHING:
		return false;
	case HOLDS_INT:
		return *(const int *)field_in(o, row->field) == UNSET;
	case HOLDS_TEXT:
		return !*(char *const *)field_in(o, row->field);
	case HOLDS_LIST:
		return ((const struct strvec *)field_in(o, row->field))->n == 0;
	case HOLDS_SIZES:
		return *(const uint64_t *)field_in(o, row->field) ==
			       UINT64_MAX ||
		       *(const uint64_t *)field_in(o, row->other) == UINT64_MAX;
	}
	return false;
}

static void set_default(const struct sshopt *row, struct ssh_opts *o)
{
	struct words w = { 0 };
	struct strvec words = { 0 };
	struct err err = { 0 };
	int rc;

	strvec_split(&words, row->def, " ");
	w.v = words.v;
	w.n = words.n;
	rc = kinds[row->kind].store(row, w, o, &err);
	assert(rc == 0);
	(void)rc;
	strvec_release(&words);
	err_release(&err);
}

/* "none" was needed to keep later lines out; now it means what it says. */
static void clear_none(const struct sshopt *row, struct ssh_opts *o)
{
	if (row->kind == KIND_FILES || row->kind == KIND_APPEND) {
		struct strvec *list = field_at(o, row->field);
		size_t kept = 0;

		for (size_t i = 0; i < list->n; i++) {
			if (strcasecmp(list->v[i], "none") == 0)
				free(list->v[i]);
			else
				list->v[kept++] = list->v[i];
		}
		list->n = kept;
		if (list->v)
			list->v[kept] = NULL;
	} else if (row->none_clears) {
		char **text = field_at(o, row->field);

		if (*text && strcasecmp(*text, "none") == 0) {
			free(*text);
			*text = NULL;
		}
	}
}

void sshopt_defaults(struct ssh_opts *o)
{
	/* Debian's ssh: nobody watches a batch hang. */
	if (o->batch_mode == 1 && o->server_alive_interval == UNSET)
		o->server_alive_interval = 300;
	for (size_t i = 0; i < sshopt_nrows; i++) {
		const struct sshopt *row = &sshopt_rows[i];

		if (row->kind == KIND_ALIAS)
			continue;
		if (row->def && is_unset(row, o))
			set_default(row, o);
		clear_none(row, o);
	}
}

/* `name` in lower case; the words of ssh_config(5) are ASCII. */
static char *lower_dup(const char *name)
{
	char *s = xstrdup(name);

	for (char *p = s; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p | 0x20);
	return s;
}

void sshopt_dump(const struct ssh_opts *o, FILE *out)
{
	for (size_t i = 0; sshopt_dump_order[i]; i++) {
		const struct sshopt *row = sshopt_find(sshopt_dump_order[i]);
		char *name;

		assert(row);
		name = lower_dup(row->name);
		kinds[row->kind].dump(row, name, o, out);
		free(name);
	}
}

const char *sshopt_nearest(const char *word)
{
	char *typed = lower_dup(word);
	size_t limit = strlen(word) / 4 + 1;
	const char *nearest = NULL;

	for (size_t i = 0; i < sshopt_nrows; i++) {
		char *name = lower_dup(sshopt_rows[i].name);
		size_t distance = text_distance(typed, name);

		if (distance <= limit) {
			nearest = sshopt_rows[i].name;
			limit = distance - 1;
		}
		free(name);
		if (distance == 0)
			break;
	}
	free(typed);
	return nearest;
}
