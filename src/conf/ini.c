/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of sections and keys.
 */
#include "conf/ini.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "base/banned.h"

#define DEFAULT_SECTION "DEFAULT"

struct key {
	struct ini_value value;
	char *name;
	char *text;  /* owner of value.text */
	size_t file; /* the number of the file that said it */
};

struct section {
	char *name;
	struct ini_value place;
	size_t file;
	struct key *keys;
	size_t n;
	size_t cap;
};

struct ini {
	struct section *v;
	size_t n;
	size_t cap;
	struct strvec files; /* their names, fit for a message */
};

/* One file that is read. */
struct reader {
	struct ini *ini;
	struct section *section;
	struct key *key; /* the last one, which may go on */
	size_t indent;	 /* of its line */
	size_t line;
};

struct ini *ini_new(void)
{
	return xcalloc(1, sizeof(struct ini));
}

void ini_free(struct ini *ini)
{
	if (!ini)
		return;
	for (size_t i = 0; i < ini->n; i++) {
		struct section *s = &ini->v[i];

		for (size_t k = 0; k < s->n; k++) {
			free(s->keys[k].name);
			free(s->keys[k].text);
		}
		free(s->keys);
		free(s->name);
	}
	free(ini->v);
	strvec_release(&ini->files);
	free(ini);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

/* Cut blanks off both ends of `text`, within it. */
static char *trim(char *text)
{
	char *end;

	while (is_blank(*text))
		text++;
	end = text + strlen(text);
	while (end > text && is_blank(end[-1]))
		*--end = '\0';
	return text;
}

static int is_twice(const char *name, bool section, struct err *err)
{
	char *vis = text_vis_dup(name, strlen(name), 64);

	if (section)
		err_set(err, ERR_CONFIG, _("the section [%s] stands twice"),
			vis);
	else
		err_set(err, ERR_CONFIG, _("the key '%s' stands twice"), vis);
	free(vis);
	return -1;
}

static struct section *find_section(const struct ini *ini, const char *name)
{
	for (size_t i = 0; i < ini->n; i++)
		if (!strcmp(ini->v[i].name, name))
			return &ini->v[i];
	return NULL;
}

static struct key *find_key(const struct section *s, const char *name)
{
	for (size_t i = 0; s && i < s->n; i++)
		if (!strcasecmp(s->keys[i].name, name))
			return &s->keys[i];
	return NULL;
}

static struct ini_value here(const struct reader *r)
{
	const struct strvec *files = &r->ini->files;

	return (struct ini_value){ .file = files->v[files->n - 1],
				   .line = r->line };
}

static int open_section(struct reader *r, const char *name, struct err *err)
{
	struct ini *ini = r->ini;
	struct section *s = find_section(ini, name);

	if (s && s->file == ini->files.n)
		return is_twice(name, true, err);
	if (!s) {
		if (ini->n == INI_MAX_SECTIONS)
			return err_set(err, ERR_CONFIG,
				       _("more than %u sections"),
				       INI_MAX_SECTIONS);
		ini->v = grow_array(ini->v, &ini->cap, ini->n, sizeof(*s));
		s = &ini->v[ini->n++];
		*s = (struct section){ .name = xstrdup(name),
				       .place = here(r) };
	}
	s->file = ini->files.n;
	r->section = s;
	r->key = NULL;
	return 0;
}

static int set_key(struct reader *r, const char *name, const char *text,
		   struct err *err)
{
	struct section *s = r->section;
	struct key *k = find_key(s, name);

	if (k && k->file == r->ini->files.n)
		return is_twice(name, false, err);
	if (!k) {
		if (s->n == INI_MAX_KEYS)
			return err_set(err, ERR_CONFIG,
				       _("more than %u keys in a section"),
				       INI_MAX_KEYS);
		s->keys = grow_array(s->keys, &s->cap, s->n, sizeof(*k));
		k = &s->keys[s->n++];
		*k = (struct key){ .name = xstrdup(name) };
	}
	free(k->text);
	k->text = xstrdup(text);
	k->value = here(r);
	k->value.text = k->text;
	k->file = r->ini->files.n;
	r->key = k;
	return 0;
}

static int continue_key(struct key *k, const char *text, struct err *err)
{
	char *both;

	if (strlen(k->text) + strlen(text) >= INI_MAX_VALUE)
		return err_set(err, ERR_CONFIG,
			       _("a value of many lines has at most %zu bytes"),
			       INI_MAX_VALUE);
	both = xasprintf("%s\n%s", k->text, text);
	free(k->text);
	k->text = both;
	k->value.text = both;
	return 0;
}

static int parse_key(struct reader *r, char *line, struct err *err)
{
	char *sign = strpbrk(line, ":=");
	char *name;

	if (!r->section)
		return err_set(err, ERR_CONFIG,
			       _("expected a [section] before the first key"));
	if (!sign)
		return err_set(err, ERR_CONFIG,
			       _("expected ':' or '=' after a key"));
	*sign = '\0';
	name = trim(line);
	if (!*name)
		return err_set(err, ERR_CONFIG, _("expected a key"));
	return set_key(r, name, trim(sign + 1), err);
}

static int parse_line(struct reader *r, char *line, struct err *err)
{
	char *text = trim(line);
	size_t indent = (size_t)(text - line);
	size_t len = strlen(text);

	if (*text == '#' || *text == ';' || !len)
		return 0;
	if (r->key && indent > r->indent)
		return continue_key(r->key, text, err);
	r->indent = indent;
	if (*text != '[')
		return parse_key(r, text, err);
	if (len < 3 || text[len - 1] != ']')
		return err_set(err, ERR_CONFIG,
			       _("expected the name of a section and ']'"));
	text[len - 1] = '\0';
	return open_section(r, text + 1, err);
}

int ini_add(struct ini *ini, const char *name, const char *text, size_t len,
	    struct err *err)
{
	struct reader r = { .ini = ini };
	const char *end = text + len;
	const char *line = text;

	strvec_push_take(&ini->files, text_vis_dup(name, strlen(name), 4096));
	while (line < end) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		const char *stop = newline ? newline : end;
		char *copy = xmemdup(line, (size_t)(stop - line));
		int rc;

		r.line++;
		if (strlen(copy) != (size_t)(stop - line))
			rc = err_set(err, ERR_CONFIG, _("a NUL is in it"));
		else
			rc = parse_line(&r, copy, err);
		free(copy);
		if (rc) {
			err_prefix(err,
				   "%s:%zu: ", ini->files.v[ini->files.n - 1],
				   r.line);
			return -1;
		}
		line = stop + 1;
	}
	return 0;
}

/* The i-th section that is not [DEFAULT]. */
static const struct section *nth(const struct ini *ini, size_t i)
{
	const struct section *s = find_section(ini, DEFAULT_SECTION);

	if (s && i >= (size_t)(s - ini->v))
		i++;
	assert(i < ini->n);
	return &ini->v[i];
}

size_t ini_count(const struct ini *ini)
{
	return ini->n - (find_section(ini, DEFAULT_SECTION) != NULL);
}

const char *ini_section(const struct ini *ini, size_t i)
{
	return nth(ini, i)->name;
}

struct ini_value ini_place(const struct ini *ini, size_t i)
{
	return nth(ini, i)->place;
}

const struct ini_value *ini_get(const struct ini *ini, const char *section,
				const char *key)
{
	const struct section *s = find_section(ini, section);
	const struct key *k = find_key(s, key);

	if (s && !k)
		k = find_key(find_section(ini, DEFAULT_SECTION), key);
	return k ? &k->value : NULL;
}
