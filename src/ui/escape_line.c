/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The line in which forwardings are added and ended.
 */
#include "ui/escape_line.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"

#include "base/banned.h"

#define BLANKS " \t\r\n"

static const struct {
	char letter;
	enum sshforward_kind kind;
	const char *arg, *help;
} letters[] = {
	/* clang-format off */
	{ 'L', SSHFORWARD_LOCAL,   "[address:]port:host:hostport", N_("from here, to there") },
	{ 'R', SSHFORWARD_REMOTE,  "[address:]port:host:hostport", N_("from there, to here") },
	{ 'D', SSHFORWARD_DYNAMIC, "[address:]port",               N_("from here, by SOCKS") },
	/* clang-format on */
};
#define NLETTERS (sizeof(letters) / sizeof(letters[0]))

static bool is_help(const char *text)
{
	return !strcmp(text, "help") || !strcmp(text, "h") ||
	       !strcmp(text, "?");
}

static int bad_line(const char *text, struct err *err)
{
	if (*text == '!')
		return err_set(
			err, ERR_USAGE,
			_("commands of here are not run from this line"));
	return err_set(err, ERR_USAGE, _("no such command; try help"));
}

/* What listens there may lead anywhere, by SOCKS, as with -R. */
static int read_forward(struct escape_line *line, const char *spec,
			struct err *err)
{
	struct err first = { 0 };

	if (line->wish == LINE_CANCEL)
		return sshforward_parse(spec, SSHFORWARD_DYNAMIC,
					&line->forward, err);
	if (line->kind != SSHFORWARD_REMOTE)
		return sshforward_parse(spec, line->kind, &line->forward, err);
	if (!sshforward_parse(spec, line->kind, &line->forward, &first))
		return 0;
	err_release(&first);
	line->kind = SSHFORWARD_REMOTE_DYNAMIC;
	return sshforward_parse(spec, line->kind, &line->forward, err);
}

/* Behind the dash. */
static int read_option(struct escape_line *line, const char *text,
		       struct err *err)
{
	size_t i = 0;

	line->wish = LINE_ADD;
	if (*text == 'K') {
		line->wish = LINE_CANCEL;
		text++;
	}
	while (i < NLETTERS && letters[i].letter != *text)
		i++;
	if (i == NLETTERS)
		return bad_line(text, err);
	line->kind = letters[i].kind;
	text++;
	return read_forward(line, text + strspn(text, BLANKS), err);
}

int escape_line_read(const char *text, struct escape_line *line,
		     struct err *err)
{
	size_t begin = strspn(text, BLANKS);
	size_t end = strlen(text);
	char *word;
	int rc = 0;

	*line = (struct escape_line){ .wish = LINE_NOTHING };
	while (end > begin && strchr(BLANKS, text[end - 1]))
		end--;
	word = xstrndup(text + begin, end - begin);
	if (is_help(word))
		line->wish = LINE_HELP;
	else if (*word == '-')
		rc = read_option(line, word + 1, err);
	else if (*word)
		rc = bad_line(word, err);
	free(word);
	return rc;
}

void escape_line_release(struct escape_line *line)
{
	sshforward_release(&line->forward);
	*line = (struct escape_line){ .wish = LINE_NOTHING };
}

void escape_line_help(struct strvec *lines)
{
	for (size_t i = 0; i < NLETTERS; i++)
		strvec_push_take(lines,
				 xasprintf(" -%c%-32s %s", letters[i].letter,
					   letters[i].arg, _(letters[i].help)));
	for (size_t i = 0; i < NLETTERS; i++)
		strvec_push_take(lines,
				 xasprintf(" -K%c%-31s %s", letters[i].letter,
					   "[address:]port",
					   _("listen there no more")));
}
