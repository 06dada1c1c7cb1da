/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines through libedit.
 */
#include "ui/lineedit.h"

#include <errno.h>
#include <histedit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "base/alloc.h"
#include "base/list.h"
#include "base/banned.h"

struct lineedit {
	EditLine *el; /* NULL: no terminal */
	History *lines;
	const struct history *history;
	size_t told; /* of the history, how many lines libedit has */
	const char *prompt;
	bool interrupted;
};

bool lineedit_has_history(void)
{
	return true;
}

static char *get_prompt(EditLine *el)
{
	void *le = NULL;
	static char empty[] = "";
	union {
		const char *in;
		char *out; /* libedit only reads it */
	} prompt;

	if (el_get(el, EL_CLIENTDATA, &le) || !le)
		return empty;
	prompt.in = ((struct lineedit *)le)->prompt;
	return prompt.out;
}

/* libedit's own starts a read anew that a signal has ended. */
static int get_char(EditLine *el, wchar_t *out)
{
	mbstate_t state = { 0 };
	void *le = NULL;
	char byte;

	for (;;) {
		ssize_t n = read(STDIN_FILENO, &byte, 1);
		size_t got;

		if (n < 0 && errno == EINTR) {
			if (!el_get(el, EL_CLIENTDATA, &le) && le)
				((struct lineedit *)le)->interrupted = true;
			return -1;
		}
		if (n <= 0)
			return (int)n;
		got = mbrtowc(out, &byte, 1, &state);
		if (got == 0 || got == 1)
			return 1;
		if (got != (size_t)-2) {
			*out = L'?';
			return 1;
		}
	}
}

static int start(struct lineedit *le, const char *progname)
{
	HistEvent event;

	le->el = el_init(progname, stdin, stdout, stderr);
	le->lines = history_init();
	if (!le->el || !le->lines)
		return -1;
	(void)history(le->lines, &event, H_SETSIZE, HISTORY_LINES);
	(void)el_set(le->el, EL_CLIENTDATA, le);
	(void)el_set(le->el, EL_SIGNAL, 0);
	(void)el_set(le->el, EL_EDITOR, "emacs");
	(void)el_set(le->el, EL_PROMPT, get_prompt);
	(void)el_set(le->el, EL_HIST, history, le->lines);
	(void)el_set(le->el, EL_GETCFN, get_char);
	(void)el_source(le->el, NULL);
	return 0;
}

static void stop(struct lineedit *le)
{
	if (le->lines)
		history_end(le->lines);
	if (le->el)
		el_end(le->el);
	le->el = NULL;
	le->lines = NULL;
}

struct lineedit *lineedit_new(const char *progname, const struct history *h)
{
	struct lineedit *le = xcalloc(1, sizeof(*le));

	le->history = h;
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) &&
	    start(le, progname))
		stop(le);
	return le;
}

void lineedit_free(struct lineedit *le)
{
	if (!le)
		return;
	stop(le);
	free(le);
}

/* The lines that were added since. */
static void tell_history(struct lineedit *le)
{
	size_t all = le->history->lines.n;
	HistEvent event;

	if (le->told < le->history->first)
		le->told = le->history->first;
	for (; le->told < all; le->told++)
		(void)history(le->lines, &event, H_ENTER,
			      le->history->lines.v[le->told]);
}

static enum lineedit_end read_plain(struct strbuf *line)
{
	char *text = NULL;
	size_t size = 0;
	ssize_t n = getline(&text, &size, stdin);

	if (n > 0 && text[n - 1] == '\n')
		text[--n] = '\0';
	if (n >= 0)
		(void)strbuf_addstr(line, text);
	free(text);
	return n >= 0 ? LINEEDIT_LINE : LINEEDIT_OVER;
}

enum lineedit_end lineedit_read(struct lineedit *le, const char *prompt,
				struct strbuf *line)
{
	const char *text;
	int n = 0;

	strbuf_reset(line);
	(void)fflush(stdout);
	if (!le->el)
		return read_plain(line);
	tell_history(le);
	le->prompt = prompt;
	le->interrupted = false;
	text = el_gets(le->el, &n);
	if (le->interrupted || !text || n <= 0)
		(void)fputc('\n', stdout);
	if (le->interrupted) {
		el_reset(le->el);
		return LINEEDIT_INTERRUPTED;
	}
	if (!text || n <= 0)
		return LINEEDIT_OVER;
	(void)strbuf_add(line, text, (size_t)n - (text[n - 1] == '\n'));
	return LINEEDIT_LINE;
}
