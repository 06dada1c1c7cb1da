/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first line of commands that we run at a host.
 */
#include "op/greeting.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "model/command.h"

#include "base/banned.h"

/* A packet may bring what comes behind as well. */
#define SAID_MAX     ((size_t)64 << 10)
#define PACKET_MAX   ((size_t)1 << 20)
#define COMMANDS_MAX ((size_t)256 << 10)
#define REASON_MAX   ((size_t)300)

void greeting_init(struct greeting *g)
{
	uint64_t key = 0;

	*g = (struct greeting){ 0 };
	while (getrandom(&key, sizeof(key), 0) != sizeof(key))
		;
	(void)snprintf(g->key, sizeof(g->key), "%016llx",
		       (unsigned long long)key);
	strbuf_init(&g->said, SAID_MAX + PACKET_MAX);
	strbuf_init(&g->reason, REASON_MAX);
}

void greeting_release(struct greeting *g)
{
	strbuf_release(&g->said);
	strbuf_release(&g->reason);
}

void greeting_add(struct greeting *g, const void *p, size_t n)
{
	(void)strbuf_add(&g->said, p, n);
}

void greeting_add_error(struct greeting *g, const char *p, size_t n)
{
	for (size_t i = 0; i < n && !g->has_reason; i++)
		if (p[i] == '\n')
			g->has_reason = g->reason.len;
		else
			(void)strbuf_addch(&g->reason, p[i]);
}

int greeting_read(struct greeting *g, char **line, const char **rest, size_t *n,
		  struct err *err)
{
	char *said = g->said.buf;
	char *at = strstr(said, g->key);
	char *end = at ? strchr(at, '\n') : NULL;

	if (end) {
		*end++ = '\0';
		at += strlen(g->key);
		*line = at + (*at == ' ');
		*rest = end;
		*n = g->said.len - (size_t)(end - said);
		g->is_over = true;
		return 1;
	}
	/* Behind a NUL nothing is looked for. */
	if (g->said.full || g->said.len > SAID_MAX ||
	    strlen(said) < g->said.len)
		return err_set(
			err, ERR_PROTOCOL,
			_("the host's shell prints too much before it runs a command"));
	return 0;
}

/* No quotes keep a newline in both csh(1) and sh(1): sh is told of it. */
static void add_escaped(struct strbuf *sb, const char *value)
{
	struct strbuf escaped = STRBUF_INIT(4 * COMMANDS_MAX);

	for (; *value; value++)
		if (*value == '\n')
			(void)strbuf_addstr(&escaped, "\\n");
		else if (*value == '\\')
			(void)strbuf_addstr(&escaped, "\\\\");
		else
			(void)strbuf_add(&escaped, value, 1);
	command_quote(sb, escaped.buf);
	strbuf_release(&escaped);
}

static void add_word(struct strbuf *sb, const char *word, bool escaped)
{
	(void)strbuf_addch(sb, ' ');
	if (escaped)
		add_escaped(sb, word);
	else
		command_quote(sb, word);
}

static bool has_newline(const struct greeting_var *v)
{
	return strchr(v->value, '\n');
}

/* The dot keeps newlines at the end. */
static void add_assignment(struct strbuf *sb, const struct greeting_var *v,
			   size_t place)
{
	if (has_newline(v))
		(void)strbuf_addf(sb,
				  "%s=$(printf %%b. \"${%zu}\"); %s=${%s%%.}; ",
				  v->name, place, v->name, v->name);
	else
		(void)strbuf_addf(sb, "%s=${%zu}; ", v->name, place);
}

/* What the script has as "$@"; all are escaped where one has to be. */
static bool add_shift(struct strbuf *sb, size_t n, const struct strvec *words)
{
	bool escaped = false;

	for (size_t i = 0; i < words->n; i++)
		escaped |= strchr(words->v[i], '\n') != NULL;
	if (words->n)
		(void)strbuf_addf(sb, "shift %zu; ", n);
	if (escaped)
		(void)strbuf_addstr(sb, "for _w do _w=$(printf %b. \"$_w\"); "
					"set -- \"$@\" \"${_w%.}\"; "
					"shift; done; ");
	return escaped;
}

char *greeting_command_with(const struct greeting_var *vars, size_t n,
			    const char *script, const struct strvec *words)
{
	struct strbuf inner = STRBUF_INIT(COMMANDS_MAX);
	struct strbuf whole = STRBUF_INIT(4 * COMMANDS_MAX);
	bool escaped;

	for (size_t i = 0; i < n; i++)
		add_assignment(&inner, &vars[i], i + 1);
	escaped = add_shift(&inner, n, words);
	(void)strbuf_addstr(&inner, script);
	(void)strbuf_addstr(&whole, "sh -c ");
	command_quote(&whole, inner.buf);
	(void)strbuf_addstr(&whole, " sh");
	for (size_t i = 0; i < n; i++)
		add_word(&whole, vars[i].value, has_newline(&vars[i]));
	for (size_t i = 0; i < words->n; i++)
		add_word(&whole, words->v[i], escaped);
	strbuf_release(&inner);
	return strbuf_detach(&whole, NULL);
}

char *greeting_command(const struct greeting_var *vars, size_t n,
		       const char *script)
{
	const struct strvec none = { 0 };

	return greeting_command_with(vars, n, script, &none);
}

char *greeting_path(const char *path)
{
	if (!*path)
		return xstrdup(".");
	return xasprintf("%s%s", *path == '-' ? "./" : "", path);
}

char *greeting_reason(const struct greeting *g)
{
	if (!g->reason.len)
		return xstrdup(_("it does not say why"));
	return text_vis_dup(g->reason.buf, g->reason.len, REASON_MAX);
}
