/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The escapes of an interactive session.
 */
#include "model/escape.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/gettext.h"

#include "base/banned.h"

#define CTRL(c) ((c)&0x1f)

static const struct {
	char key;
	enum escape_action action;
	enum escape_user from; /* and whoever comes after it */
	const char *shown, *help;
} keys[] = {
	/* clang-format off */
	{ '.',       ESCAPE_QUIT,    ESCAPE_GUEST,     ".",  N_("end the connection")                        },
	{ CTRL('Z'), ESCAPE_SUSPEND, ESCAPE_OWNER,     "^Z", N_("stop rsh, as Ctrl+Z stops a local program") },
	{ '#',       ESCAPE_LIST,    ESCAPE_GUEST,     "#",  N_("list what is open")                         },
	{ '&',       ESCAPE_DETACH,  ESCAPE_OWNER,     "&",  N_("to the background, until all forwarded connections have ended") },
	{ 'B',       ESCAPE_BREAK,   ESCAPE_GUEST,     "B",  N_("send a break")                              },
	{ 'C',       ESCAPE_COMMAND, ESCAPE_COMMANDER, "C",  N_("a line to add or end forwardings")          },
	{ 'R',       ESCAPE_REKEY,   ESCAPE_GUEST,     "R",  N_("agree on new keys")                         },
	{ 'v',       ESCAPE_LOUDER,  ESCAPE_OWNER,     "v",  N_("tell more")                                 },
	{ 'V',       ESCAPE_QUIETER, ESCAPE_OWNER,     "V",  N_("tell less")                                 },
	{ '?',       ESCAPE_HELP,    ESCAPE_GUEST,     "?",  N_("this list")                                 },
	/* clang-format on */
};
#define NKEYS (sizeof(keys) / sizeof(keys[0]))

void escape_init(struct escape *e, int key)
{
	*e = (struct escape){ .key = key, .line_start = true };
}

static enum escape_action action_of(char c)
{
	for (size_t i = 0; i < NKEYS; i++)
		if (keys[i].key == c)
			return keys[i].action;
	return ESCAPE_NONE;
}

static void pass(struct escape *e, char c, struct strbuf *out)
{
	(void)strbuf_add(out, &c, 1);
	e->line_start = c == '\r' || c == '\n';
}

/* Behind the escape character, which was held back; true if that was it. */
static bool take_second(struct escape *e, char c, struct strbuf *out,
			enum escape_action *action)
{
	e->pending = false;
	*action = action_of(c);
	/* The character itself stands for itself, whatever else it is. */
	if ((unsigned char)c == e->key)
		*action = ESCAPE_NONE;
	else if (*action == ESCAPE_NONE)
		pass(e, (char)e->key, out);
	if (*action != ESCAPE_NONE)
		return true; /* and the line still begins */
	pass(e, c, out);
	return false;
}

size_t escape_take(struct escape *e, const char *buf, size_t n,
		   struct strbuf *out, enum escape_action *action)
{
	*action = ESCAPE_NONE;
	if (e->key < 0) {
		(void)strbuf_add(out, buf, n);
		return n;
	}
	for (size_t i = 0; i < n; i++) {
		if (e->pending) {
			if (take_second(e, buf[i], out, action))
				return i + 1;
		} else if (e->line_start && (unsigned char)buf[i] == e->key) {
			e->pending = true;
		} else {
			pass(e, buf[i], out);
		}
	}
	return n;
}

static void show_key(const struct escape *e, struct strbuf *out)
{
	if (e->key >= 0 && e->key < ' ')
		(void)strbuf_addf(out, "^%c", e->key + '@');
	else if (e->key == 0x7f)
		(void)strbuf_addstr(out, "^?");
	else
		(void)strbuf_addch(out, (char)e->key);
}

void escape_show(const struct escape *e, enum escape_action action,
		 struct strbuf *out)
{
	show_key(e, out);
	for (size_t i = 0; i < NKEYS; i++)
		if (keys[i].action == action)
			(void)strbuf_addstr(out, keys[i].shown);
}

void escape_help(const struct escape *e, enum escape_user user,
		 struct strvec *lines)
{
	struct strbuf shown = STRBUF_INIT(STRBUF_MAX_TEXT);

	show_key(e, &shown);
	strvec_push(lines, _("At the beginning of a line:"));
	for (size_t i = 0; i < NKEYS; i++) {
		if (user < keys[i].from)
			continue;
		strvec_push_take(lines,
				 xasprintf(" %s%-3s %s", shown.buf,
					   keys[i].shown, _(keys[i].help)));
	}
	strvec_push_take(lines, xasprintf(" %s%-3s %s", shown.buf, shown.buf,
					  _("the character itself")));
	strbuf_release(&shown);
}
