/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each host is asked for.
 */
#include "cmd/request.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/gettext.h"
#include "base/log.h"
#include "cmd/cmd.h"
#include "cmd/settings.h"
#include "cmd/switches.h"
#include "ssh/driver.h"

#include "base/banned.h"

/* Values of RequestTTY. */
enum {
	TTY_NO = 0,
	TTY_YES = 1,
	TTY_FORCE = 2,
	TTY_AUTO = 3,
};

int request_check(const struct ssh_opts *o, bool command, struct err *err)
{
	if (command && o->remote_command)
		return err_set(
			err, ERR_CONFIG,
			_("%s: a RemoteCommand and a command cannot be had together; -o RemoteCommand=none leaves it out"),
			o->remote_command_at);
	if (command || o->remote_command)
		return 0;
	if (o->session_type == SESSION_TYPE_SUBSYSTEM)
		return err_set(
			err, ERR_CONFIG,
			_("SessionType subsystem (-s) needs the name of one"));
	if (o->fork_after_authentication == 1 &&
	    o->session_type != SESSION_TYPE_NONE)
		return err_set(
			err, ERR_CONFIG,
			_("ForkAfterAuthentication (-f) needs a command"));
	return 0;
}

/* What only a server has. */
static int check_local(const struct settings *s, const struct plan *plan,
		       struct err *err)
{
	static const char *const keywords[] = { "RequestTTY", "SessionType",
						"ForkAfterAuthentication",
						"LocalForward",
						"DynamicForward" };

	if (strcmp(plan->driver, "exec") != 0)
		return 0;
	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		if (switches_ask_for(s, keywords[i]))
			return err_set(
				err, ERR_USAGE,
				_("'%s' is for hosts, which '--rcmd exec' does not ask"),
				keywords[i]);
	if (s->forwards.n)
		return err_set(
			err, ERR_USAGE,
			_("'%s' is for hosts, which '--rcmd exec' does not ask"),
			"-L, -D, -R");
	return 0;
}

static bool has_command(const struct plan *plan, const struct ssh_opts *o)
{
	return plan->spec.command || o->remote_command;
}

/* As ssh: a terminal of ours, or the wish said twice, makes one there. */
static bool one_gets_tty(const struct settings *s, const struct plan *plan,
			 const struct ssh_opts *o)
{
	bool want = o->request_tty == TTY_YES || o->request_tty == TTY_FORCE ||
		    (o->request_tty == TTY_AUTO && !has_command(plan, o));

	if (o->session_type == SESSION_TYPE_NONE || !want)
		return false;
	if (o->request_tty == TTY_FORCE ||
	    (isatty(STDIN_FILENO) && !s->no_stdin && o->stdin_null != 1))
		return true;
	if (log_enabled(LOG_INFO))
		log_raw("Pseudo-terminal will not be allocated because stdin is not a terminal.");
	return false;
}

/* A script is the command's input, and sudo asks for what it needs. */
static int check_tty(const struct settings *s, const struct target *t,
		     const struct plan *plan, struct err *err)
{
	if (!t->tty || (!s->script && !plan->ask_sudo && plan->sudo_fd < 0))
		return 0;
	return err_set(
		err, ERR_USAGE,
		_("%s: a terminal (RequestTTY, -t) cannot be had together with '%s'"),
		t->name, s->script ? "--script" : "--sudo");
}

static int plan_one(const struct settings *s, struct plan *plan,
		    struct target *t, bool one, struct err *err)
{
	const struct ssh_opts *o = t->opts;

	if (request_check(o, plan->spec.command, err)) {
		if (!one)
			err_prefix(err, "%s: ", t->name);
		return -1;
	}
	if (!one && o->fork_after_authentication == 1)
		return err_set(
			err, ERR_USAGE,
			_("%s: to the background (ForkAfterAuthentication, -f) goes one host only"),
			t->name);
	t->tty = one ? one_gets_tty(s, plan, o)
		     : o->request_tty == TTY_YES || o->request_tty == TTY_FORCE;
	return check_tty(s, t, plan, err);
}

/* ssh(1) itself asks for what it is told to, but is given no terminal. */
static int check_program(const struct plan *plan, bool one, struct err *err)
{
	const struct ssh_opts *o = plan->targets.v[0].opts;

	if (!one || !isatty(STDIN_FILENO) || !o || has_command(plan, o) ||
	    o->session_type == SESSION_TYPE_NONE)
		return 0;
	return err_set(
		err, ERR_USAGE,
		_("--ssh-program opens no shell on a terminal; name a command"));
}

int request_plan(const struct settings *s, struct plan *plan, bool one,
		 struct err *err)
{
	if (plan->spec.kind != OP_EXEC)
		return 0;
	if (plan->program.n)
		return check_program(plan, one, err);
	if (check_local(s, plan, err))
		return -1;
	for (size_t i = 0; i < plan->targets.n; i++) {
		struct target *t = &plan->targets.v[i];

		if (t->opts && plan_one(s, plan, t, one, err))
			return -1;
	}
	return 0;
}

bool request_background(const struct plan *plan, bool one)
{
	const struct ssh_opts *o =
		plan->targets.n ? plan->targets.v[0].opts : NULL;

	return one && o && !plan->program.n &&
	       o->fork_after_authentication == 1;
}

bool request_may_detach(const struct plan *plan, bool one)
{
	const struct target *t = plan->targets.v;
	const struct ssh_opts *o = plan->targets.n ? t->opts : NULL;

	return one && o && t->tty && isatty(STDIN_FILENO) &&
	       o->escape_char != SSHOPT_ESCAPE_NONE &&
	       (o->local_forwards.n || o->remote_forwards.n ||
		o->dynamic_forwards.n || o->enable_escape_commandline == 1);
}

/*
 * ssh dies of a signal until the host's part begins; then it has 255, but for
 * who is told to go that was there for connections alone.
 */
int request_stopped(const struct plan *plan, int signo, bool begun)
{
	const struct ssh_opts *o = plan->targets.v[0].opts;

	if (!log_is_ssh() || !begun)
		return 128 + signo;
	if (signo == SIGTERM && (plan->spec.kind == OP_DIRECT ||
				 (o && o->session_type == SESSION_TYPE_NONE)))
		return 0;
	return EXIT_CODE_USAGE;
}
