/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the words after a keyword of ssh_config(5) are checked and kept.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/match.h"
#include "base/text.h"
#include "conf/spec.h"
#include "conf/sshforward.h"
#include "conf/sshopt_row.h"
#include "base/banned.h"

#define UNSET INT_MIN

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

static int store_nothing(const struct sshopt *row, struct sshopt_words w,
			 struct ssh_opts *o, struct err *err)
{
	(void)row;
	(void)w;
	(void)o;
	(void)err;
	return 0;
}

void sshopt_set_int(const struct sshopt *row, struct ssh_opts *o, int value)
{
	int *field = sshopt_field(o, row->field);

	if (*field == UNSET)
		*field = value;
}

static int store_choice(const struct sshopt *row, struct sshopt_words w,
			struct ssh_opts *o, struct err *err)
{
	int value;

	if (find_choice(row, w.v[0], &value, err))
		return -1;
	sshopt_set_int(row, o, value);
	return 0;
}

/* ssh takes blanks and a plus before a number. */
static const char *after_plus(const char *word)
{
	word += strspn(word, " \t");
	return word + (*word == '+');
}

static int store_number(const struct sshopt *row, struct sshopt_words w,
			struct ssh_opts *o, struct err *err)
{
	uint64_t value;

	if (parse_uint(after_plus(w.v[0]), (uint64_t)row->min,
		       (uint64_t)row->max, &value))
		return err_set(
			err, ERR_CONFIG,
			_("'%s' must be a number from %d to %d, not '%s'"),
			row->name, row->min, row->max, w.v[0]);
	sshopt_set_int(row, o, (int)value);
	return 0;
}

static int store_port(const struct sshopt *row, struct sshopt_words w,
		      struct ssh_opts *o, struct err *err)
{
	int port = port_parse(w.v[0]);

	if (port < 1)
		return err_set(
			err, ERR_CONFIG,
			_("'%s' must be a number from 1 to 65535 or the name of a service, not '%s'"),
			row->name, w.v[0]);
	sshopt_set_int(row, o, port);
	return 0;
}

/* Whole seconds; ssh knows no shorter units. */
int sshopt_read_span(const struct sshopt *row, const char *word, int *seconds,
		     struct err *err)
{
	uint64_t ms;

	if (parse_span(after_plus(word), (uint64_t)INT_MAX * 1000, &ms) ||
	    ms % 1000)
		return err_set(
			err, ERR_CONFIG,
			_("'%s' must be a time such as 90, 1m30s or none, not '%s'"),
			row->name, word);
	*seconds = (int)(ms / 1000);
	return 0;
}

static int store_span(const struct sshopt *row, struct sshopt_words w,
		      struct ssh_opts *o, struct err *err)
{
	int seconds = 0;

	if (strcmp(w.v[0], "none") == 0)
		return 0;
	if (sshopt_read_span(row, w.v[0], &seconds, err))
		return -1;
	sshopt_set_int(row, o, seconds);
	return 0;
}

static int store_escape(const struct sshopt *row, struct sshopt_words w,
			struct ssh_opts *o, struct err *err)
{
	const unsigned char *s = (const unsigned char *)w.v[0];

	if (strcmp(w.v[0], "none") == 0)
		sshopt_set_int(row, o, SSHOPT_ESCAPE_NONE);
	else if (!s[1])
		sshopt_set_int(row, o, s[0]);
	else if (s[0] == '^' && !s[2] && s[1] >= 64 && s[1] < 128)
		sshopt_set_int(row, o, s[1] & 31);
	else
		return err_set(
			err, ERR_CONFIG,
			_("'%s' must be a character, '^' and a letter, or none, not '%s'"),
			row->name, w.v[0]);
	return 0;
}

void sshopt_set_text(const struct sshopt *row, struct ssh_opts *o,
		     const char *text)
{
	char **field = sshopt_field(o, row->field);

	if (!*field)
		*field = xstrdup(text);
}

static int store_string(const struct sshopt *row, struct sshopt_words w,
			struct ssh_opts *o, struct err *err)
{
	(void)err;
	sshopt_set_text(row, o, w.v[0]);
	return 0;
}

/* A ProxyCommand behind "ProxyJump none" counts, as with ssh. */
static int store_command(const struct sshopt *row, struct sshopt_words w,
			 struct ssh_opts *o, struct err *err)
{
	char *const *rival = row->other ? sshopt_value(o, row->other) : NULL;

	(void)err;
	if (!rival || !*rival ||
	    (row->kind == KIND_COMMAND && !strcasecmp(*rival, "none")))
		sshopt_set_text(row, o, w.v[0]);
	return 0;
}

static int check_hops(const struct strvec *hops, struct err *err)
{
	for (size_t i = 0; i < hops->n; i++) {
		struct dest d = { 0 };

		if (dest_parse(hops->v[i], true, &d, err))
			return -1;
		dest_release(&d);
	}
	return 0;
}

/* As ssh shows it: a URI at the end becomes what it stands for. */
static char *plain_jump(const char *list)
{
	const char *comma = strrchr(list, ',');
	size_t n = comma ? (size_t)(comma - list) + 1 : 0;
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct dest d;

	if (strncmp(list + n, "ssh://", 6) != 0 ||
	    dest_parse(list + n, true, &d, NULL))
		return xstrdup(list);
	(void)strbuf_add(&text, list, n);
	if (d.user)
		(void)strbuf_addf(&text, "%s@", d.user);
	(void)strbuf_addf(&text, strchr(d.host, ':') ? "[%s]" : "%s", d.host);
	if (d.port)
		(void)strbuf_addf(&text, ":%u", d.port);
	dest_release(&d);
	return strbuf_detach(&text, NULL);
}

/* A comment may follow here, unlike after a command. */
static int store_jump(const struct sshopt *row, struct sshopt_words w,
		      struct ssh_opts *o, struct err *err)
{
	char *list = xstrndup(w.v[0], strcspn(w.v[0], "#"));
	struct strvec hops = { 0 };
	int rc = 0;

	for (size_t n = strlen(list); n && strchr(" \t", list[n - 1]); n--)
		list[n - 1] = '\0';
	if (strcasecmp(list, "none") != 0)
		strvec_split(&hops, list, ",");
	if (*list == ',' || strstr(list, ",,") ||
	    (*list && list[strlen(list) - 1] == ','))
		rc = err_set(err, ERR_CONFIG, _("a host is missing in '%s'"),
			     list);
	else
		rc = check_hops(&hops, err);
	if (rc) {
		err_prefix(err, "'%s': ", row->name);
	} else {
		char *plain = plain_jump(list);

		(void)store_command(
			row, (struct sshopt_words){ .v = &plain, .n = 1 }, o,
			err);
		free(plain);
	}
	strvec_release(&hops);
	free(list);
	return rc;
}

static int store_algos(const struct sshopt *row, struct sshopt_words w,
		       struct ssh_opts *o, struct err *err)
{
	char **field = sshopt_field(o, row->field);
	char *list = NULL;

	if (!sshopt_algos_valid(row->algos, w.v[0]))
		return err_set(
			err, ERR_CONFIG,
			_("'%s' names an algorithm that ssh has not: '%s'"),
			row->name, w.v[0]);
	if (*field)
		return 0;
	if (!row->algos->verbatim)
		list = sshopt_algos_apply(row->algos, w.v[0], NULL);
	*field = list ? list : sshopt_algos_known(row->algos, w.v[0]);
	if (row->other) {
		int *fixed = sshopt_field(o, row->other);

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

int sshopt_store_list(const struct sshopt *row, struct sshopt_words w,
		      struct ssh_opts *o, struct err *err)
{
	struct strvec *list = sshopt_field(o, row->field);
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

static int store_append(const struct sshopt *row, struct sshopt_words w,
			struct ssh_opts *o, struct err *err)
{
	struct strvec *list = sshopt_field(o, row->field);

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

static int store_sendenv(const struct sshopt *row, struct sshopt_words w,
			 struct ssh_opts *o, struct err *err)
{
	struct strvec *list = sshopt_field(o, row->field);

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

static int store_setenv(const struct sshopt *row, struct sshopt_words w,
			struct ssh_opts *o, struct err *err)
{
	struct strvec *list = sshopt_field(o, row->field);
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

/* A size, with a fraction if need be: 1.5G. */
static int read_bytes(const char *word, uint64_t *bytes)
{
	size_t n = strcspn(word, ".");
	size_t digits = word[n] ? strspn(word + n + 1, "0123456789") : 0;
	char *whole;
	uint64_t unit = 1, part = 0;
	int rc;

	if (!digits)
		return parse_size(word, INT64_MAX, bytes);
	whole = xasprintf("%.*s%s", (int)n, word, word + n + 1 + digits);
	rc = parse_size(whole, INT64_MAX, bytes);
	free(whole);
	whole = xasprintf("1%s", word + n + 1 + digits);
	rc = rc || parse_size(whole, INT64_MAX, &unit);
	free(whole);
	whole = xstrndup(word + n + 1, digits);
	rc = rc || parse_uint(whole, 0, 1000000, &part);
	free(whole);
	if (rc)
		return -1;
	for (; part && part >= UINT64_MAX / unit; digits--)
		part /= 10;
	part *= unit;
	for (; digits; digits--)
		part /= 10;
	*bytes += part;
	return 0;
}

static int store_rekey(const struct sshopt *row, struct sshopt_words w,
		       struct ssh_opts *o, struct err *err)
{
	uint64_t *bytes = sshopt_field(o, row->field);
	uint64_t *seconds = sshopt_field(o, row->other);
	uint64_t size = 0;
	int span = 0;

	if (strcmp(w.v[0], "default") != 0 &&
	    (read_bytes(w.v[0], &size) || (size && size < 16)))
		return err_set(
			err, ERR_CONFIG,
			_("'%s' must be 'default' or a size such as 1G, not '%s'"),
			row->name, w.v[0]);
	if (w.n > 1 && strcmp(w.v[1], "none") != 0 &&
	    sshopt_read_span(row, w.v[1], &span, err))
		return -1;
	if (*bytes == UINT64_MAX)
		*bytes = size;
	if (w.n > 1 && strcmp(w.v[1], "none") != 0 && *seconds == UINT64_MAX)
		*seconds = (uint64_t)span;
	return 0;
}

/* How many words a kind takes at most (0: any number), and what does it. */
static const struct {
	size_t max_words;
	sshopt_store_fn *store;
} stores[KIND_COUNT] = {
	/* clang-format off */
	[KIND_BLOCK]    = { 0, NULL },
	[KIND_ALIAS]    = { 0, NULL },
	[KIND_NOTHING]  = { 0, store_nothing },
	[KIND_CHOICE]   = { 1, store_choice },
	[KIND_NUMBER]   = { 1, store_number },
	[KIND_PORT]     = { 1, store_port },
	[KIND_SPAN]     = { 1, store_span },
	[KIND_ESCAPE]   = { 1, store_escape },
	[KIND_MASK]     = { 1, sshopt_store_mask },
	[KIND_PERSIST]  = { 1, sshopt_store_persist },
	[KIND_ADDKEYS]  = { 2, sshopt_store_addkeys },
	[KIND_QOS]      = { 2, sshopt_store_qos },
	[KIND_TUNNEL]   = { 1, sshopt_store_tunnel },
	[KIND_STRING]   = { 1, store_string },
	[KIND_AGENT]    = { 1, sshopt_store_agent },
	[KIND_OBSCURE]  = { 1, sshopt_store_obscure },
	[KIND_REFUSE]   = { 1, store_string },
	[KIND_COMMAND]  = { 1, store_command },
	[KIND_JUMP]     = { 1, store_jump },
	[KIND_ALGOS]    = { 1, store_algos },
	[KIND_FILES]    = { 0, sshopt_store_list },
	[KIND_DOMAINS]  = { 0, sshopt_store_domains },
	[KIND_CNAMES]   = { 0, sshopt_store_cnames },
	[KIND_OPENS]    = { 0, sshopt_store_opens },
	[KIND_TIMEOUTS] = { 0, sshopt_store_timeouts },
	[KIND_APPEND]   = { 1, store_append },
	[KIND_FORWARD]  = { 2, sshopt_store_forward },
	[KIND_SENDENV]  = { 0, store_sendenv },
	[KIND_SETENV]   = { 0, store_setenv },
	[KIND_REKEY]    = { 2, store_rekey },
	/* clang-format on */
};

size_t sshopt_max_words(const struct sshopt *row)
{
	if (row->kind == KIND_FORWARD && row->min == SSHFORWARD_DYNAMIC)
		return 1;
	return stores[row->kind].max_words;
}

int sshopt_store_words(const struct sshopt *row, struct sshopt_words w,
		       struct ssh_opts *o, struct err *err)
{
	return stores[row->kind].store(row, w, o, err);
}
