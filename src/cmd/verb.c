/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the verbs that log in to hosts have in common: how their command line
 * is read, and how they end.
 */
#include "cmd/verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cmd/cmd.h"
#include "io/tty.h"

#include "base/banned.h"

#define HELP_COLUMNS 100

static void print_help(const struct verb_line *v, const struct option *rows)
{
	unsigned int lines, columns = 80;

	if (!tty_size(STDOUT_FILENO, &lines, &columns) ||
	    columns > HELP_COLUMNS)
		columns = 80;
	puts(v->usage);
	options_help(rows, stdout, columns);
}

static int read_line(const struct verb_line *v, const struct option *rows,
		     struct settings *s, int argc, char **argv,
		     struct strvec *words, struct err *err)
{
	if (options_parse_all(rows, s, argc, argv, words, err))
		return -1;
	if (s->help && !strcmp(s->help, "dump"))
		options_dump(rows, stdout);
	else if (s->help)
		print_help(v, rows);
	else if (s->version)
		print_version(s->version == 1 ? stderr : stdout);
	else
		return 0;
	return 1;
}

int verb_read(const struct verb_line *v, struct settings *s, int argc,
	      char **argv, struct strvec *words, struct err *err)
{
	struct option *rows = options_join(v->own, v->n, rsh_options);
	int rc;

	options_refuse(rows, v->refused, v->name);
	rc = read_line(v, rows, s, argc, argv, words, err);
	free(rows);
	return rc;
}

int verb_end(struct settings *s, int code, struct err *err)
{
	if (code < 0) {
		log_fatal("%s", err->msg);
		code = EXIT_CODE_USAGE;
	}
	err_release(err);
	settings_release(s);
	log_close();
	return code;
}
