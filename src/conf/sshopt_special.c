/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values of ssh_config(5) that are more than a word or a number.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "conf/percent.h"
#include "conf/sshforward.h"
#include "conf/sshopt_row.h"
#include "base/banned.h"

#define UNSET INT_MIN

/* The two fields of a row, unless they are set. */
static void set_ints(const struct sshopt *row, struct ssh_opts *o, int value,
		     int other)
{
	int *field = sshopt_field(o, row->field);
	int *second = sshopt_field(o, row->other);

	if (*field != UNSET)
		return;
	*field = value;
	*second = other;
}

static bool is_choice(const struct sshopt *row, const char *word, int *value)
{
	for (const struct sshopt_choice *c = row->choices; c->word; c++) {
		if (strcasecmp(c->word, word) == 0) {
			*value = c->value;
			return true;
		}
	}
	return false;
}

/* A flag or a time. */
int sshopt_store_persist(const struct sshopt *row, struct sshopt_words w,
			 struct ssh_opts *o, struct err *err)
{
	int value = 1, seconds = 0;

	if (!is_choice(row, w.v[0], &value) &&
	    sshopt_read_span(row, w.v[0], &seconds, err))
		return -1;
	set_ints(row, o, value, seconds);
	return 0;
}

/* "no", "yes", "ask", a time, or "confirm" and a time. */
int sshopt_store_addkeys(const struct sshopt *row, struct sshopt_words w,
			 struct ssh_opts *o, struct err *err)
{
	int value = ASK_YES, seconds = 0;
	bool known = is_choice(row, w.v[0], &value);
	size_t at = known ? 1 : 0;

	if (w.n > 1 && (!known || value != ASK_CONFIRM))
		return err_set(
			err, ERR_CONFIG,
			_("'%s' takes a time only alone or after 'confirm'"),
			row->name);
	if (at < w.n && sshopt_read_span(row, w.v[at], &seconds, err))
		return -1;
	set_ints(row, o, value, seconds);
	return 0;
}

/* By value; of a value with several names the first is shown. */
static const struct sshopt_choice qos_names[] = {
	/* clang-format off */
	{ "af11", 0x28 }, { "af12", 0x30 }, { "af13", 0x38 },
	{ "af21", 0x48 }, { "af22", 0x50 }, { "af23", 0x58 },
	{ "af31", 0x68 }, { "af32", 0x70 }, { "af33", 0x78 },
	{ "af41", 0x88 }, { "af42", 0x90 }, { "af43", 0x98 },
	{ "cs0",  0x00 }, { "cs1",  0x20 }, { "cs2",  0x40 },
	{ "cs3",  0x60 }, { "cs4",  0x80 }, { "cs5",  0xa0 },
	{ "cs6",  0xc0 }, { "cs7",  0xe0 },
	{ "ef",   0xb8 },
	{ "le",   0x04 },
	{ "lowdelay", 0x10 }, { "throughput", 0x08 }, { "reliability", 0x04 },
	{ "none", SSHOPT_QOS_NONE },
	{ NULL, 0 },
	/* clang-format on */
};

const char *sshopt_qos_name(int qos)
{
	for (const struct sshopt_choice *c = qos_names; c->word; c++)
		if (c->value == qos)
			return c->word;
	return NULL;
}

/* A byte as C writes it: 184, 0xb8 or 0270. */
static int read_byte(const char *s, int *value)
{
	static const char digits[] = "0123456789abcdef";
	size_t base = 10;
	size_t n = 0;

	if (*s == '0' && s[1])
		base = s[1] == 'x' || s[1] == 'X' ? 16 : 8;
	s += base == 16 ? 2 : 0;
	if (!*s)
		return -1;
	for (; *s; s++) {
		int c = *s >= 'A' && *s <= 'F' ? *s | 0x20 : *s;
		const char *digit = strchr(digits, c);

		if (!digit || (size_t)(digit - digits) >= base)
			return -1;
		n = n * base + (size_t)(digit - digits);
		if (n > 255)
			return -1;
	}
	*value = (int)n;
	return 0;
}

static int read_qos(const char *word, int *value)
{
	for (const struct sshopt_choice *c = qos_names; c->word; c++) {
		if (strcasecmp(c->word, word) == 0) {
			*value = c->value;
			return 0;
		}
	}
	word += strspn(word, " \t");
	return read_byte(word + (*word == '+'), value);
}

int sshopt_store_qos(const struct sshopt *row, struct sshopt_words w,
		     struct ssh_opts *o, struct err *err)
{
	int values[2] = { 0, 0 };

	for (size_t i = 0; i < w.n; i++)
		if (read_qos(w.v[i], &values[i]))
			return err_set(
				err, ERR_CONFIG,
				_("'%s' must be a class such as af21, a number below 256 or none, not '%s'"),
				row->name, w.v[i]);
	set_ints(row, o, values[0], w.n > 1 ? values[1] : values[0]);
	return 0;
}

static int read_device(const char *word, int *value)
{
	uint64_t n;

	if (strcasecmp(word, "any") == 0) {
		*value = SSHOPT_TUNNEL_ANY;
		return 0;
	}
	if (parse_uint(word, 0, SSHOPT_TUNNEL_MAX, &n))
		return -1;
	*value = (int)n;
	return 0;
}

int sshopt_store_tunnel(const struct sshopt *row, struct sshopt_words w,
			struct ssh_opts *o, struct err *err)
{
	const char *colon = strchr(w.v[0], ':');
	char *here = xstrndup(w.v[0], strcspn(w.v[0], ":"));
	int local = 0, remote = SSHOPT_TUNNEL_ANY;
	int bad = read_device(here, &local) ||
		  (colon && read_device(colon + 1, &remote));

	free(here);
	if (bad)
		return err_set(err, ERR_CONFIG,
			       _("'%s' must be like 0:1 or any:any, not '%s'"),
			       row->name, w.v[0]);
	set_ints(row, o, local, remote);
	return 0;
}

int sshopt_store_mask(const struct sshopt *row, struct sshopt_words w,
		      struct ssh_opts *o, struct err *err)
{
	int value = 0;
	const char *s = w.v[0];

	for (; *s >= '0' && *s <= '7' && value <= 0777; s++)
		value = value * 8 + (*s - '0');
	if (*s || value > 0777)
		return err_set(
			err, ERR_CONFIG,
			_("'%s' must be an octal number up to 0777, not '%s'"),
			row->name, w.v[0]);
	sshopt_set_int(row, o, value);
	return 0;
}

/* Words for a flag are shown as yes and no; all else is a path. */
int sshopt_store_agent(const struct sshopt *row, struct sshopt_words w,
		       struct ssh_opts *o, struct err *err)
{
	int value;

	(void)err;
	if (is_choice(row, w.v[0], &value))
		sshopt_set_text(row, o, value ? "yes" : "no");
	else
		sshopt_set_text(row, o, w.v[0]);
	return 0;
}

int sshopt_store_obscure(const struct sshopt *row, struct sshopt_words w,
			 struct ssh_opts *o, struct err *err)
{
	static const char interval[] = "interval:";
	uint64_t ms;
	int value;

	if (!is_choice(row, w.v[0], &value) &&
	    (strncmp(w.v[0], interval, strlen(interval)) != 0 ||
	     parse_uint(w.v[0] + strlen(interval), 1, 1000, &ms)))
		return err_set(
			err, ERR_CONFIG,
			_("'%s' must be yes, no or interval:MILLISECONDS, not '%s'"),
			row->name, w.v[0]);
	sshopt_set_text(row, o, w.v[0]);
	return 0;
}

static void lower(char *s)
{
	for (; *s; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s | 0x20);
}

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* A domain in lower case. */
static bool is_domain(const char *s)
{
	if (!is_alnum(*s))
		return false;
	for (; *s; s++) {
		if (!is_alnum(*s) && !strchr("._-", *s))
			return false;
		if (*s == '.' && s[1] == '.')
			return false;
	}
	return true;
}

static bool is_none(struct sshopt_words w)
{
	return w.n == 1 && strcasecmp(w.v[0], "none") == 0;
}

int sshopt_store_domains(const struct sshopt *row, struct sshopt_words w,
			 struct ssh_opts *o, struct err *err)
{
	struct strvec domains = { 0 };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < w.n; i++) {
		char *s = xstrdup(w.v[i]);
		size_t n = strlen(s);

		lower(s);
		if (!is_domain(s))
			rc = err_set(err, ERR_CONFIG,
				     _("'%s' takes domains, not '%s'"),
				     row->name, w.v[i]);
		else if (n > 1 && s[n - 1] == '.')
			s[n - 1] = '\0';
		strvec_push_take(&domains, s);
	}
	w.v = domains.v;
	if (rc == 0)
		rc = sshopt_store_list(row, w, o, err);
	strvec_release(&domains);
	return rc;
}

int sshopt_store_cnames(const struct sshopt *row, struct sshopt_words w,
			struct ssh_opts *o, struct err *err)
{
	struct strvec rules = { 0 };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < w.n; i++) {
		const char *colon = strchr(w.v[i], ':');
		char *s = xstrdup(w.v[i]);

		lower(s);
		strvec_push_take(&rules, s);
		if (strcmp(s, "none") != 0 && (!colon || !colon[1]))
			rc = err_set(err, ERR_CONFIG,
				     _("'%s' takes SOURCES:TARGETS, not '%s'"),
				     row->name, w.v[i]);
	}
	w.v = rules.v;
	if (rc == 0)
		rc = sshopt_store_list(row, w, o, err);
	strvec_release(&rules);
	return rc;
}

/* "HOST:PORT", where the port may be any. */
static bool is_open(const char *word)
{
	const char *end = *word == '[' ? strchr(word, ']') : word;
	const char *colon = end ? strchr(end, ':') : NULL;

	return colon &&
	       (strcmp(colon + 1, "*") == 0 || port_parse(colon + 1) > 0);
}

int sshopt_store_opens(const struct sshopt *row, struct sshopt_words w,
		       struct ssh_opts *o, struct err *err)
{
	for (size_t i = 0; i < w.n; i++) {
		bool all = strcasecmp(w.v[i], "any") == 0 ||
			   strcasecmp(w.v[i], "none") == 0;

		if (all && w.n > 1)
			return err_set(err, ERR_CONFIG,
				       _("'%s' must stand alone after '%s'"),
				       w.v[i], row->name);
		if (!all && !is_open(w.v[i]))
			return err_set(err, ERR_CONFIG,
				       _("'%s' takes HOST:PORT, not '%s'"),
				       row->name, w.v[i]);
	}
	return sshopt_store_list(row, w, o, err);
}

int sshopt_store_timeouts(const struct sshopt *row, struct sshopt_words w,
			  struct ssh_opts *o, struct err *err)
{
	for (size_t i = 0; !is_none(w) && i < w.n; i++) {
		const char *equals = strchr(w.v[i], '=');
		uint64_t ms;

		if (!equals || equals == w.v[i] ||
		    parse_span(equals + 1, (uint64_t)INT_MAX * 1000, &ms))
			return err_set(err, ERR_CONFIG,
				       _("'%s' takes TYPE=TIME, not '%s'"),
				       row->name, w.v[i]);
	}
	return sshopt_store_list(row, w, o, err);
}

static const char *get_env(void *arg, const char *name)
{
	(void)arg;
	return getenv(name);
}

static bool holds(const struct strvec *list, const char *text)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i], text) == 0)
			return true;
	return false;
}

/* Keep a forwarding as ssh shows it; one said twice counts once. */
static int keep_forward(const struct sshopt *row, const char *text,
			enum sshforward_kind kind, struct ssh_opts *o,
			struct err *err)
{
	struct strvec *list = sshopt_field(o, row->field);
	struct sshforward f;
	char *shown;
	int rc = 0;

	if (sshforward_parse(text, kind, &f, err))
		return -1;
	shown = sshforward_text(&f, kind);
	if (list->n >= SSHOPT_MAX_FORWARDS) {
		rc = err_set(err, ERR_CONFIG, _("'%s' more than %d times"),
			     row->name, SSHOPT_MAX_FORWARDS);
	} else if (!holds(list, shown)) {
		strvec_push_take(list, shown);
		shown = NULL;
	}
	free(shown);
	sshforward_release(&f);
	return rc;
}

/* As ssh: variables are replaced when the line is read. */
int sshopt_store_forward(const struct sshopt *row, struct sshopt_words w,
			 struct ssh_opts *o, struct err *err)
{
	enum sshforward_kind kind = (enum sshforward_kind)row->min;
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	int rc = 0;

	if (kind == SSHFORWARD_LOCAL && w.n < 2)
		return err_set(err, ERR_CONFIG,
			       _("'%s' needs what it leads to"), row->name);
	if (kind == SSHFORWARD_REMOTE && w.n < 2)
		kind = SSHFORWARD_REMOTE_DYNAMIC;
	for (size_t i = 0; rc == 0 && i < w.n; i++) {
		if (i)
			(void)strbuf_addch(&text, ':');
		rc = env_expand(w.v[i], get_env, NULL, &text, err);
	}
	if (rc == 0)
		rc = keep_forward(row, text.buf, kind, o, err);
	if (rc)
		err_prefix(err, "'%s': ", row->name);
	strbuf_release(&text);
	return rc;
}
