/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "rsh VERB ...": the very first word, if it is in the table.  Any other makes
 * the command line ssh's; so does "--", after which a host may be called as a
 * verb is.
 */
#include "cmd/verbs.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"
#include "cmd/cmd.h"
#include "conf/options.h"

#include "base/banned.h"

#define HELP_COLUMN 24
#define LIST	    "list" /* a way to say "hosts --clusters" */

static cmd_fn run_help;

static const struct verb {
	const char *name;
	const char *alias; /* or NULL */
	cmd_fn *run;
	const char *args; /* N_() */
	const char *help; /* N_() */
} verbs[] = {
	/* clang-format off */
	{ "hosts",  NULL,          cmd_hosts, N_("LIST..."), N_("expand, fold, count and combine host lists") },
	{ "config", NULL,          cmd_config, N_("[HOST]"), N_("show what counts, and who has said it") },
	{ "ping",   NULL,          cmd_ping,  N_("LIST..."), N_("log in to hosts, and tell how long it took") },
	{ "put",    "upload",      cmd_put,   N_("SRC... DST"), N_("copy files to hosts") },
	{ "get",    "download",    cmd_get,   N_("SRC... DIR"), N_("copy files from hosts") },
	{ "shell",  "interactive", cmd_shell, N_("LIST..."), N_("a shell on each host, to type at all of them") },
	{ "help",   NULL,          run_help,  N_("[VERB]"),  N_("print the help of a verb") },
	/* clang-format on */
};

#define NVERBS (sizeof(verbs) / sizeof(verbs[0]))

static bool is_named(const struct verb *v, const char *word)
{
	return !strcmp(v->name, word) || (v->alias && !strcmp(v->alias, word));
}

static const struct verb *find(const char *word)
{
	for (size_t i = 0; i < NVERBS; i++)
		if (is_named(&verbs[i], word))
			return &verbs[i];
	return NULL;
}

bool verbs_have(const char *word)
{
	return !strcmp(word, LIST) || find(word);
}

char *verbs_hint(const char *verb)
{
	return xasprintf(
		_("'%s' is a host here: verbs come first, as in 'rsh %s ...'"),
		verb, verb);
}

/* For completion: what may be the first word. */
static void dump_names(void)
{
	for (size_t i = 0; i < NVERBS; i++) {
		puts(verbs[i].name);
		if (verbs[i].alias)
			puts(verbs[i].alias);
	}
	puts(LIST);
}

static int run_help(int argc, char **argv)
{
	char help[] = "--help";
	char *words[] = { argc > 1 ? argv[1] : argv[0], help, NULL };
	const struct verb *v;

	if (argc > 2) {
		log_fatal(_("'help' takes one verb at most"));
		return EXIT_CODE_USAGE;
	}
	if (argc < 2)
		return cmd_rsh(2, words);
	if (!strcmp(argv[1], "--help=dump")) {
		dump_names();
		return 0;
	}
	v = find(argv[1]);
	if (!v) {
		log_fatal(_("there is no verb '%s'; 'rsh --help' names them"),
			  argv[1]);
		return EXIT_CODE_USAGE;
	}
	return v->run == run_help ? cmd_rsh(2, words) : v->run(2, words);
}

/* A way to say it, not a verb of its own. */
static int list_clusters(int argc, char **argv)
{
	char hosts[] = "hosts";
	char clusters[] = "--clusters";
	char *words[] = { hosts, clusters, NULL };

	if (argc > 1) {
		log_fatal(_("'%s' takes no arguments; 'rsh hosts' does"),
			  argv[0]);
		return EXIT_CODE_USAGE;
	}
	return cmd_hosts(2, words);
}

int cmd_verb(int argc, char **argv)
{
	const struct verb *v = argc > 1 ? find(argv[1]) : NULL;

	if (argc > 1 && !strcmp(argv[1], LIST))
		return list_clusters(argc - 1, argv + 1);
	if (!v)
		return cmd_rsh(argc, argv);
	return v->run(argc - 1, argv + 1);
}

void verbs_help(FILE *out)
{
	for (size_t i = 0; i < NVERBS; i++) {
		const struct verb *v = &verbs[i];
		int width;

		width = fprintf(out, "  rsh %s %s", v->name, _(v->args));
		fprintf(out, "%*s%s\n",
			width < HELP_COLUMN ? HELP_COLUMN - width : 1, "",
			_(v->help));
	}
	fputc('\n', out);
}
