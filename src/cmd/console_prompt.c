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
#include "cmd/shelljob.h"

#include "base/banned.h"

static size_t count_asking(const struct console *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->set->n; i++)
		n += shellset_takes_secret(c->set, i);
	return n;
}

/* What is done beside the shells. */
static void add_beside(const struct shelljob *sj, struct strbuf *out)
{
	if (!shelljob_runs(sj))
		return;
	(void)strbuf_addch(out, '[');
	shelljob_state(sj, out);
	(void)strbuf_addstr(out, "] ");
}

void console_prompt(const struct console *c, struct strbuf *out)
{
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct shellset_count count;

	shellset_count(c->set, &count);
	add_beside(c->shells->beside, &text);
	if (c->paste)
		(void)strbuf_addstr(&text, "(y/n) ");
	else if (c->commanding)
		(void)strbuf_addstr(&text, "rsh: ");
	else if (c->secret)
		(void)strbuf_addf(&text, _("rsh[%zu/%zu] password: "),
				  count_asking(c), count.total);
	else
		shells_prompt(c->shells, &text);
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
