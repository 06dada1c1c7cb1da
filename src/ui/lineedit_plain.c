/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines as they come.
 */
#include "ui/lineedit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/banned.h"

struct lineedit {
	bool terminal;
};

bool lineedit_has_history(void)
{
	return false;
}

struct lineedit *lineedit_new(const char *progname, const struct history *h)
{
	struct lineedit *le = xcalloc(1, sizeof(*le));

	(void)progname;
	(void)h;
	le->terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	return le;
}

void lineedit_free(struct lineedit *le)
{
	free(le);
}

enum lineedit_end lineedit_read(struct lineedit *le, const char *prompt,
				struct strbuf *line)
{
	char *text = NULL;
	size_t size = 0;
	ssize_t n;
	int error;

	strbuf_reset(line);
	if (le->terminal)
		(void)fputs(prompt, stdout);
	(void)fflush(stdout);
	errno = 0;
	n = getline(&text, &size, stdin);
	error = errno;
	if (n > 0 && text[n - 1] == '\n')
		text[--n] = '\0';
	if (n >= 0)
		(void)strbuf_addstr(line, text);
	free(text);
	if (n >= 0)
		return LINEEDIT_LINE;
	if (le->terminal)
		(void)putchar('\n');
	if (error != EINTR)
		return LINEEDIT_OVER;
	clearerr(stdin);
	return LINEEDIT_INTERRUPTED;
}
