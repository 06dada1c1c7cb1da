/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rsh ping: who can be logged in to, and how fast.
 */
#include <stdio.h>
#include <unistd.h>

#include "base/gettext.h"
#include "base/log.h"
#include "cmd/cmd.h"
#include "cmd/launch.h"
#include "cmd/settings.h"
#include "cmd/sinks.h"
#include "conf/options.h"
#include "io/tty.h"

#include "base/banned.h"

#define HELP_COLUMNS 100

static void print_help(void)
{
	unsigned int lines, columns = 80;

	if (!tty_size(STDOUT_FILENO, &lines, &columns) ||
	    columns > HELP_COLUMNS)
		columns = 80;
	puts(_("usage: rsh ping [options] LIST...\n"
	       "       rsh ping [options] -H LIST\n"
	       "\n"
	       "Log in to hosts, run nothing, and tell how long each step took.\n"
	       "\n"
	       "The options are those of rsh; those about a command have no place here.\n"));
	options_help(rsh_options, stdout, columns);
}

/* Nothing that was asked for is passed over. */
static int check(const struct settings *s, struct err *err)
{
	const struct {
		bool given;
		const char *name;
	} rows[] = {
		{ s->group, "--group" },
		{ s->diff, "--diff" },
		{ s->output_dir, "--output-dir" },
		{ s->timeout_ms, "-u" },
		{ s->subst, "--subst" },
		{ s->vars, "--env" },
		{ s->script, "--script" },
		{ s->ask_sudo, "--sudo" },
		{ s->sudo_fd != UINT64_MAX, "--sudo-password-fd" },
		{ s->rcmd, "--rcmd" },
		{ s->print_config, "-G" },
		{ s->query, "-Q" },
		{ s->view == VIEW_ALWAYS, "--view" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].given)
			return err_set(err, ERR_USAGE,
				       _("'%s' has no place in 'rsh ping'"),
				       rows[i].name);
	if (!s->hosts.n)
		return err_set(err, ERR_USAGE,
			       _("no host named; try 'rsh ping --help'"));
	return 0;
}

static int ping(const struct settings *s, struct err *err)
{
	struct launch_style style = {
		.summary = true,
		.batch = s->batch,
		.summary_always = s->verbose > 0,
		.form = FORM_PING,
		.failed_to = s->failed_to,
	};
	struct sshconf *conf = NULL;
	struct plan plan;
	int code = -1;
	bool json;

	plan_init(&plan);
	if (sinks_json_place(&style, s->json, &json, err))
		goto out;
	if (json)
		style.form = FORM_JSON;
	if (settings_plan(s, LABEL_WHOLE, &plan, &conf, err))
		goto out;
	plan.spec.kind = OP_PING;
	plan.exit_policy = EXIT_PING;
	if (s->policy >= 0)
		plan.exit_policy = (enum exit_policy)s->policy;
	code = launch(&plan, &style, err);
out:
	plan_release(&plan);
	sshconf_free(conf);
	return code;
}

int cmd_ping(int argc, char **argv)
{
	struct settings s;
	struct err err = { 0 };
	int index = 1, code = -1;

	settings_init(&s);
	if (options_parse(rsh_options, &s, argc, argv, &index, NULL, &err))
		goto out;
	if (s.help) {
		print_help();
		code = 0;
		goto out;
	}
	while (index < argc)
		strvec_push(&s.hosts, argv[index++]);
	if (check(&s, &err) || settings_log(&s, "rsh", &err) ||
	    settings_configure(&s, rsh_options, &err))
		goto out;
	code = ping(&s, &err);
out:
	if (code < 0) {
		log_fatal("%s", err.msg);
		code = EXIT_CODE_USAGE;
	}
	err_release(&err);
	settings_release(&s);
	log_close();
	return code;
}
