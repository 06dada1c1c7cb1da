/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rsh shell: a shell on each of many hosts, which all read the same lines.
 *
 * The shells have no terminal: no prompt and no echo of theirs comes back, the
 * lines arrive whole, and the end of input is one.
 */
#include <stddef.h>
#include <unistd.h>

#include "base/gettext.h"
#include "cmd/cmd.h"
#include "cmd/forms.h"
#include "cmd/launch.h"
#include "cmd/request.h"
#include "cmd/settings.h"
#include "cmd/tiling.h"
#include "cmd/verb.h"

#include "base/banned.h"

/* Nothing that was asked for is passed over. */
static const char *const refused[] = {
	/* clang-format off */
	"--no-stdin", "--subst", "--env", "--script", "--sudo", "--sudo-password-fd",
	"--rcmd", "--ssh-program", "--view", "-G", "-Q", "-O", "-W", NULL,
	/* clang-format on */
};

struct shell_settings {
	struct settings s; /* first */
	int tiled;
};

static const struct option own_rows[] = {
	/* clang-format off */
	{ .kind = OPT_FLAG, .name = "tiled", .field = offsetof(struct shell_settings, tiled), .value = 1,
	  .help = N_("each shell a terminal, all of them on one screen") },
	/* clang-format on */
};

/* What the options of one host ask for, and would come to nothing. */
static int check_target(const struct target *t, bool tiled, struct err *err)
{
	const struct ssh_opts *o = t->opts;
	const struct {
		bool given;
		const char *name;
	} rows[] = {
		{ t->tty && !tiled, "RequestTTY (-t)" },
		{ o && o->stdin_null == 1, "StdinNull (-n)" },
		{ o && o->session_type == SESSION_TYPE_NONE,
		  "SessionType (-N)" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].given)
			return err_set(
				err, ERR_USAGE,
				_("%s: '%s' has no place in 'rsh shell'"),
				t->name, rows[i].name);
	return 0;
}

static int check_targets(const struct plan *plan, bool tiled, struct err *err)
{
	if (plan->program.n)
		return err_set(err, ERR_USAGE,
			       _("'%s' has no place in 'rsh shell'"),
			       "--ssh-program");
	for (size_t i = 0; i < plan->targets.n; i++)
		if (check_target(&plan->targets.v[i], tiled, err))
			return -1;
	return 0;
}

/* The screen has what hosts print; files get it besides. */
static int choose_tiles(const struct settings *s, struct launch_style *style,
			struct err *err)
{
	if (s->group || s->diff)
		return err_set(err, ERR_USAGE,
			       _("'%s' and '%s' cannot be had together"),
			       "--tiled", s->group ? "--group" : "--diff");
	style->tiled = true;
	style->batch = true;
	style->status = false;
	if (style->form == FORM_STREAM)
		style->form = FORM_NONE;
	return 0;
}

static int shell(const struct shell_settings *own, struct err *err)
{
	const struct settings *s = &own->s;
	struct launch_style style = {
		.labels = s->prefix,
		.colour = { settings_colour(s, STDOUT_FILENO),
			    settings_colour(s, STDERR_FILENO) },
		.batch = s->batch,
		.view = VIEW_NEVER,
		/* A line that is being typed stands where it would. */
		.status = settings_status(s) && !isatty(STDIN_FILENO),
		.summary = true,
		.summary_always = s->verbose > 0,
	};
	struct sshconf *conf = NULL;
	struct plan plan;
	int code = -1;

	plan_init(&plan);
	if (forms_choose(s, &style, err) ||
	    settings_plan(s, LABEL_WHOLE, &plan, &conf, err))
		goto out;
	plan.spec.kind = OP_EXEC;
	plan.spec.login_shell = true;
	plan.spec.want_stdin = true;
	if (request_plan(s, &plan, false, err) ||
	    check_targets(&plan, own->tiled, err) ||
	    (own->tiled && choose_tiles(s, &style, err)))
		goto out;
	if (own->tiled)
		tiling_plan(&plan);
	plan.exit_policy = EXIT_MAIN_RANK;
	if (s->policy >= 0)
		plan.exit_policy = (enum exit_policy)s->policy;
	code = launch(&plan, &style, err);
out:
	plan_release(&plan);
	sshconf_free(conf);
	return code;
}

int cmd_shell(int argc, char **argv)
{
	const struct verb_line line = {
		.name = "rsh shell",
		.usage = _(
			"usage: rsh shell [options] LIST...\n"
			"       rsh shell [options] -H LIST\n"
			"\n"
			"Open a shell on each host, and give each line of standard input to all.\n"
			"\n"
			"The options are those of rsh; those about a command have no place here.\n"),
		.refused = refused,
		.own = own_rows,
		.n = sizeof(own_rows) / sizeof(own_rows[0]),
	};
	struct shell_settings own = { 0 };
	struct settings *s = &own.s;
	struct err err = { 0 };
	int rc;

	settings_init(s);
	rc = verb_read(&line, s, argc, argv, &s->hosts, &err);
	if (rc)
		return verb_end(s, rc > 0 ? 0 : -1, &err);
	if (!s->hosts.n)
		rc = err_set(&err, ERR_USAGE,
			     _("no host named; try 'rsh shell --help'"));
	else if (settings_log(s, "rsh", &err) ||
		 settings_configure(s, rsh_options, &err))
		rc = -1;
	return verb_end(s, rc ? rc : shell(&own, &err), &err);
}
