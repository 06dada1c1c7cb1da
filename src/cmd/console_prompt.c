/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who gets the line that is typed: the prompt.
 */
#include "cmd/console_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "cmd/launch.h"

#include "base/banned.h"

/* The first one that gets what is typed, else the first of all. */
static const struct target *leader(const struct console *c)
{
	for (size_t i = 0; i < c->set->n; i++)
		if (shellset_takes(c->set, i))
			return &c->conf.plan->targets.v[i];
	return c->conf.plan->targets.v;
}

/* "{node}" and its kin; an unknown word stays as it is. */
static void expand(const struct console *c, const char *format,
		   const struct shellset_count *count, struct strbuf *out)
{
	const char *user = leader(c)->user;
	const char *dir = c->shell->conf.work_dir;

	while (*format) {
		if (!strncmp(format, "{node}", 6)) {
			shells_add_chosen(c->shells, out);
			format += 6;
		} else if (!strncmp(format, "{host}", 6)) {
			(void)strbuf_addstr(out, leader(c)->alias);
			format += 6;
		} else if (!strncmp(format, "{user}", 6)) {
			(void)strbuf_addstr(out, user ? user : "");
			format += 6;
		} else if (!strncmp(format, "{pwd}", 5)) {
			(void)strbuf_addstr(out, dir ? dir : "~");
			format += 5;
		} else if (!strncmp(format, "{active}", 8)) {
			(void)strbuf_addf(out, "%zu", count->takes);
			format += 8;
		} else if (!strncmp(format, "{total}", 7)) {
			(void)strbuf_addf(out, "%zu", count->total);
			format += 7;
		} else {
			(void)strbuf_addch(out, *format++);
		}
	}
}

static size_t count_asking(const struct console *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->set->n; i++)
		n += shellset_takes_secret(c->set, i);
	return n;
}

void console_prompt(const struct console *c, struct strbuf *out)
{
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct shellset_count count;

	shellset_count(c->set, &count);
	if (c->paste)
		(void)strbuf_addstr(&text, "(y/n) ");
	else if (c->commanding)
		(void)strbuf_addstr(&text, "rsh: ");
	else if (c->secret)
		(void)strbuf_addf(&text, _("rsh[%zu/%zu] password: "),
				  count_asking(c), count.total);
	else if (c->shell->conf.prompt)
		expand(c, c->shell->conf.prompt, &count, &text);
	else if (count.asks)
		(void)strbuf_addf(&text, _("rsh[%zu/%zu, password: %zu]> "),
				  count.takes, count.total, count.asks);
	else
		(void)strbuf_addf(&text, "rsh[%zu/%zu]> ", count.takes,
				  count.total);
	text_vis(out, text.buf, text.len, VIS_LINE);
	strbuf_release(&text);
}

void console_toggle(struct console *c)
{
	bool all = true;

	for (size_t i = 0; i < c->set->n; i++)
		all &= c->set->hosts[i].chosen;
	if (all)
		(void)shellset_next(c->set);
	else
		shellset_all(c->set);
}
