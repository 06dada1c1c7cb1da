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

char *greeting_command_with(const struct greeting_var *vars, size_t n,
			    const char *script, const struct strvec *words)
{
	struct strbuf inner = STRBUF_INIT(COMMANDS_MAX);
	struct strbuf whole = STRBUF_INIT(4 * COMMANDS_MAX);

	for (size_t i = 0; i < n; i++)
		(void)strbuf_addf(&inner, "%s=${%zu}; ", vars[i].name, i + 1);
	if (words->n)
		(void)strbuf_addf(&inner, "shift %zu; ", n);
	(void)strbuf_addstr(&inner, script);
	(void)strbuf_addstr(&whole, "sh -c ");
	command_quote(&whole, inner.buf);
	(void)strbuf_addstr(&whole, " sh");
	for (size_t i = 0; i < n + words->n; i++) {
		(void)strbuf_addch(&whole, ' ');
		command_quote(&whole, i < n ? vars[i].value : words->v[i - n]);
	}
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
