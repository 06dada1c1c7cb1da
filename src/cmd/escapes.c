/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the escapes show and do of forwardings.
 */
#include "cmd/escapes.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"
#include "ssh/forwards.h"
#include "ui/escape_line.h"

#include "base/banned.h"

void escapes_say(const char *text)
{
	char *line = xasprintf("%s\n", text);

	log_text(line);
	free(line);
}

static void say_all(struct strvec *lines)
{
	for (size_t i = 0; i < lines->n; i++)
		escapes_say(lines->v[i]);
	strvec_release(lines);
}

void escapes_list(const struct forwards *fw)
{
	struct strvec lines = { 0 };

	forwards_list(fw, &lines);
	say_all(&lines);
}

/* `arg` is nothing: it may come when the terminal is another's again. */
static void say_added(void *arg, int port, const struct err *err)
{
	char *text = NULL;

	(void)arg;
	if (err && err->code != ERR_NONE)
		text = xstrdup(err->msg);
	else if (port)
		text = xasprintf(_("listening on port %d"), port);
	else
		text = xstrdup(_("listening"));
	escapes_say(text);
	free(text);
}

static int cancel(struct forwards *fw, const struct escape_line *line,
		  struct err *err)
{
	struct err first = { 0 };
	int rc = forwards_cancel(fw, line->kind, &line->forward, &first);

	if (rc && line->kind == SSHFORWARD_REMOTE)
		rc = forwards_cancel(fw, SSHFORWARD_REMOTE_DYNAMIC,
				     &line->forward, err);
	else if (rc)
		err_move(err, &first);
	err_release(&first);
	return rc;
}

static int obey(struct forwards *fw, const struct escape_line *line,
		struct err *err)
{
	struct strvec lines = { 0 };

	switch (line->wish) {
	case LINE_NOTHING:
		break;
	case LINE_HELP:
		escape_line_help(&lines);
		say_all(&lines);
		break;
	case LINE_ADD:
		if (!fw)
			return err_set(err, ERR_LOST,
				       _("there is no connection"));
		forwards_add(fw, line->kind, &line->forward, say_added, NULL);
		break;
	case LINE_CANCEL:
		if (!fw)
			return err_set(err, ERR_LOST,
				       _("there is no connection"));
		if (cancel(fw, line, err))
			return -1;
		escapes_say(_("listening no more"));
		break;
	}
	return 0;
}

void escapes_command(struct forwards *fw, const char *line)
{
	struct escape_line wish;
	struct err err = { 0 };

	if (escape_line_read(line, &wish, &err) || obey(fw, &wish, &err))
		escapes_say(err.msg);
	err_release(&err);
	escape_line_release(&wish);
}
