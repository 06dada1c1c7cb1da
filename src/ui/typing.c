/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line that is typed.
 */
#include "ui/typing.h"

#include "base/text.h"

#include "base/banned.h"

#define KILL_LINE ('U' - '@')

static void add_char(struct strbuf *line, uint32_t c)
{
	char utf8[4];

	if (c < 0x20 || (c >= 0x7f && c < 0xa0))
		return;
	(void)strbuf_add(line, utf8, text_encode(c, utf8));
}

static void drop_char(struct strbuf *line)
{
	size_t last = 0;

	for (size_t at = 0; at < line->len;) {
		last = at;
		at += text_char(line->buf + at, line->len - at);
	}
	strbuf_truncate(line, last);
}

enum typing typing_key(struct strbuf *line, const struct key *k)
{
	if (k->kind == KEY_ENTER)
		return TYPING_WHOLE;
	if (k->kind == KEY_ESC)
		return TYPING_LEFT;
	if (k->kind == KEY_BACKSPACE)
		drop_char(line);
	else if (k->kind == KEY_CHAR && !k->mods && k->code == KILL_LINE)
		strbuf_reset(line);
	else if (k->kind == KEY_CHAR && !k->mods)
		add_char(line, k->code);
	return TYPING_ON;
}
