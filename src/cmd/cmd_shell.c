/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rsh shell: a shell on each of many hosts, which all read the same lines.
 *
 * In front of a terminal they have terminals, too, and the console chooses who
 * gets a line: cmd/shells.h.  Else they have none: no prompt and no echo of
 * theirs comes back, the lines arrive whole, and the end of input is one.
 */
#include "cmd/shell.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/gettext.h"
#include "cmd/cmd.h"
#include "cmd/forms.h"
#include "cmd/launch.h"
#include "cmd/request.h"
#include "cmd/settings.h"
#include "cmd/shells.h"
#include "cmd/verb.h"
#include "ui/pane.h"

#include "base/banned.h"

/* Nothing that was asked for is passed over. */
static const char *const refused[] = {
	/* clang-format off */
	"--no-stdin", "--subst", "--env", "--script", "--sudo", "--sudo-password-fd",
	"--rcmd", "--ssh-program", "--view", "-G", "-Q", "-O", "-W", NULL,
	/* clang-format on */
};

/* What the options of one host ask for, and would come to nothing. */
static int check_target(const struct target *t, bool ttys, struct err *err)
{
	const struct ssh_opts *o = t->opts;
	const struct {
		bool given;
		const char *name;
	} rows[] = {
		{ t->tty && !ttys, "RequestTTY (-t)" },
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

static int check_targets(const struct plan *plan, bool ttys, struct err *err)
{
	if (plan->program.n)
		return err_set(err, ERR_USAGE,
			       _("'%s' has no place in 'rsh shell'"),
			       "--ssh-program");
	for (size_t i = 0; i < plan->targets.n; i++)
		if (check_target(&plan->targets.v[i], ttys, err))
			return -1;
	return 0;
}

bool shell_has_terminal(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

/* Lines of many hosts, and a person who types: whoever asked for another form
   of output gets that, and shells without terminals. */
static bool wants_console(const struct settings *s,
			  const struct launch_style *style)
{
	return shell_has_terminal() && style->form == FORM_STREAM && !s->batch;
}

/* It moves its cursor, and clears a line. */
static bool is_capable(void)
{
	const char *term = getenv("TERM");

	return term && *term && strcmp(term, "dumb") != 0;
}

/* Who gets a line is chosen, and all of them are to be there at once. */
static void plan_shells(struct plan *plan, bool ttys)
{
	plan->spec.own_input = true;
	plan->spec.screens = ttys;
	for (size_t i = 0; ttys && i < plan->targets.n; i++)
		plan->targets.v[i].tty = true;
	if (plan->limits.fanout < plan->targets.n)
		plan->limits.fanout = (unsigned int)plan->targets.n;
}

/* The screen has what hosts print; files get it besides. */
static int choose_tiles(const struct settings *s, struct launch_style *style,
			struct err *err)
{
	if (s->group || s->diff)
		return err_set(err, ERR_USAGE,
			       _("'%s' and '%s' cannot be had together"),
			       "--tiled", s->group ? "--group" : "--diff");
	style->batch = true;
	if (style->form == FORM_STREAM)
		style->form = FORM_NONE;
	return 0;
}

static int run_shells(const struct settings *s, struct plan *plan,
		      struct launch_style *style, const struct shell_more *more,
		      bool plain, struct err *err)
{
	struct shell_style shell = {
		.source = &s->source,
		.log_dir = more->log_dir,
		.join = s->stream != 1,
		.tiled = more->tiled,
		.plain = plain,
	};
	int code = -1;

	style->status = false;
	style->shell = &shell;
	if (shellconf_read(s, plan, &shell.conf, err))
		goto out;
	/* What no person typed is nothing to be typed again. */
	if (!isatty(STDIN_FILENO)) {
		free(shell.conf.history);
		shell.conf.history = NULL;
	}
	code = launch(plan, style, err);
out:
	style->shell = NULL;
	shellconf_release(&shell.conf);
	return code;
}

/* How shells are looked at and typed at. */
enum shape {
	SHAPE_INPUT, /* all of standard input, without terminals there */
	SHAPE_LINES, /* the same, but commands are carried out */
	SHAPE_CONSOLE,
	SHAPE_TILES,
};

/* -1 with `err` where options do not fit. */
static int choose_shape(const struct settings *s, const struct shell_more *more,
			struct launch_style *style, enum shape *shape,
			struct err *err)
{
	if (more->tiled && more->line)
		return err_set(err, ERR_USAGE,
			       _("'%s' and '%s' cannot be had together"),
			       "--tiled", "--line");
	*shape = more->line ? SHAPE_LINES : SHAPE_INPUT;
	if (more->tiled)
		*shape = SHAPE_TILES;
	else if (wants_console(s, style))
		*shape = is_capable() ? SHAPE_CONSOLE : SHAPE_LINES;
	if (more->log_dir && *shape == SHAPE_INPUT)
		return err_set(
			err, ERR_USAGE,
			_("--log-dir is for a terminal or --line; --output-dir writes what others print"));
	if (*shape == SHAPE_TILES)
		return choose_tiles(s, style, err);
	if (*shape == SHAPE_CONSOLE)
		style->form = FORM_NONE;
	return 0;
}

int shell_run(const struct settings *s, const struct shell_more *more,
	      struct plan *plan, struct err *err)
{
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
	enum shape shape = SHAPE_INPUT;

	if (forms_choose(s, &style, err) ||
	    choose_shape(s, more, &style, &shape, err))
		return -1;
	plan->spec.kind = OP_EXEC;
	plan->spec.login_shell = true;
	plan->spec.want_stdin = true;
	if (request_plan(s, plan, false, err) ||
	    check_targets(plan, shape >= SHAPE_CONSOLE, err))
		return -1;
	if (shape != SHAPE_INPUT)
		plan_shells(plan, shape >= SHAPE_CONSOLE);
	if (shape == SHAPE_TILES)
		plan->spec.term = PANE_TERM;
	plan->exit_policy = EXIT_MAIN_RANK;
	if (s->policy >= 0)
		plan->exit_policy = (enum exit_policy)s->policy;
	return shape == SHAPE_INPUT ? launch(plan, &style, err)
				    : run_shells(s, plan, &style, more,
						 shape == SHAPE_LINES, err);
}

/* Read by the table of options. */
struct shell_settings {
	struct settings s; /* first */
	struct shell_more more;
};

#define MORE(member) offsetof(struct shell_settings, more.member)

static const struct option own_rows[] = {
	/* clang-format off */
	{ .kind = OPT_FLAG, .name = "tiled", .field = MORE(tiled), .value = 1,
	  .help = N_("each shell a terminal, all of them on one screen") },
	{ .kind = OPT_FLAG, .name = "line", .field = MORE(line), .value = 1,
	  .help = N_("read commands such as ':only LIST' from a pipe or file, too") },
	{ .kind = OPT_STRING, .name = "log-dir", .field = MORE(log_dir), .arg = N_("DIR"),
	  .help = N_("write all that each host prints to a file there") },
	/* clang-format on */
};

static int shell(const struct shell_settings *s, struct err *err)
{
	struct sshconf *conf = NULL;
	struct plan plan;
	int code = -1;

	plan_init(&plan);
	if (!settings_plan(&s->s, LABEL_WHOLE, &plan, &conf, err))
		code = shell_run(&s->s, &s->more, &plan, err);
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
			"Open a shell on each host.  In front of a terminal lines are typed, and go\n"
			"to the hosts that are chosen; ':help' says how.  Else each line of standard\n"
			"input goes to all, but for commands with --line.\n"
			"\n"
			"The options are those of rsh; those about a command have no place here.\n"),
		.refused = refused,
		.own = own_rows,
		.n = sizeof(own_rows) / sizeof(own_rows[0]),
	};
	struct shell_settings s = { 0 };
	struct err err = { 0 };
	int rc;

	settings_init(&s.s);
	rc = verb_read(&line, &s.s, argc, argv, &s.s.hosts, &err);
	if (rc)
		return verb_end(&s.s, rc > 0 ? 0 : -1, &err);
	if (!s.s.hosts.n)
		rc = err_set(&err, ERR_USAGE,
			     _("no host named; try 'rsh shell --help'"));
	else if (settings_log(&s.s, "rsh", &err) ||
		 settings_configure(&s.s, rsh_options, &err))
		rc = -1;
	return verb_end(&s.s, rc ? rc : shell(&s, &err), &err);
}
