/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A passenger of a master: it has our terminal, and we wait for the end.
 */
#include "cmd/passenger.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"
#include "base/log.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "io/tty.h"
#include "ssh/driver.h"
#include "ssh/muxclient.h"
#include "ssh/muxforward.h"

#include "base/banned.h"

#define REASON_MAX 256

static const int ends[] = { SIGHUP, SIGINT, SIGTERM };
#define NENDS (sizeof(ends) / sizeof(ends[0]))

struct end_signal {
	struct sigwatch watch;
	struct passenger *passenger;
};

struct passenger {
	struct loop *loop;
	struct muxclient *client;
	const struct plan *plan;
	const struct target *target;
	struct sigwatch winch, stop, cont;
	struct end_signal end[NENDS];
	struct muxforwards forwards;
	bool asked; /* for more than forwards */
	bool running;
	bool raw; /* the terminal has that mode while it runs */
	uint32_t session;
	int code;
};

static void over(struct passenger *p, int code)
{
	p->code = code;
	loop_stop(p->loop);
}

static void ask_session(struct passenger *p, struct mux_msg *m)
{
	const struct ssh_opts *o = p->target->opts;
	const char *command = p->plan->spec.command ? p->plan->spec.command
						    : o->remote_command;

	muxclient_session(o, command, m);
	m->tty = 1;
	if (o->escape_char != SSHOPT_ESCAPE_NONE)
		m->escape = (uint32_t)o->escape_char;
}

static void ask_for_itself(struct passenger *p)
{
	static const int fds[] = { STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO };
	struct mux_msg m = { .kind = MUX_NEW_STDIO };
	struct err err = { 0 };
	const struct op_spec *spec = &p->plan->spec;
	bool stdio = spec->kind == OP_DIRECT;

	if (stdio) {
		m.connect_host = xstrdup(spec->direct_path ? spec->direct_path
							   : spec->direct_host);
		m.connect_port =
			spec->direct_path ? MUX_PORT_PATH : spec->direct_port;
	} else {
		ask_session(p, &m);
	}
	if (muxclient_ask(p->client, &m, fds, stdio ? 2 : 3, &err)) {
		log_error("%s", err.msg);
		over(p, PASSENGER_ALONE);
	}
	mux_msg_release(&m);
	err_release(&err);
}

/* The forwards of the host, one after the other, and then what it is for. */
static void ask_next(struct passenger *p)
{
	struct muxforwards *all = &p->forwards;
	struct err err = { 0 };

	if (all->next == all->n) {
		p->asked = true;
		ask_for_itself(p);
	} else if (muxclient_ask(p->client, &all->v[all->next++], NULL, 0,
				 &err)) {
		log_error("%s", err.msg);
		over(p, PASSENGER_ALONE);
	}
	err_release(&err);
}

static void on_ready(void *arg)
{
	ask_next(arg);
}

static void enter_raw(const struct passenger *p)
{
	struct err err = { 0 };

	if (p->running && p->raw)
		(void)tty_raw(STDIN_FILENO, &err);
	err_release(&err);
}

static void begin(struct passenger *p, uint32_t session)
{
	p->running = true;
	p->session = session;
	p->raw = p->target->tty && isatty(STDIN_FILENO);
	enter_raw(p);
}

static void on_heard(void *arg, const struct mux_msg *m)
{
	struct passenger *p = arg;
	char *why;

	if (p->running) {
		if (m->id == p->session && m->kind == MUX_TTY_FAILED) {
			tty_restore();
			p->raw = false;
		}
		if (m->id == p->session && m->kind == MUX_EXIT)
			p->code = (int)(m->number & 0xff);
	} else if (!p->asked &&
		   (m->kind == MUX_OK || m->kind == MUX_REMOTE_PORT)) {
		if (m->kind == MUX_REMOTE_PORT)
			log_info(_("Allocated port %u for remote forward"),
				 m->number);
		ask_next(p);
	} else if (p->asked && m->kind == MUX_OPENED) {
		begin(p, m->number);
	} else {
		why = m->reason ? text_vis_dup(m->reason, strlen(m->reason),
					       REASON_MAX)
				: xstrdup(_("an unexpected answer"));
		log_info(p->asked ? _("session request failed: %s")
				  : _("forwarding request failed: %s"),
			 why);
		free(why);
		over(p, PASSENGER_ALONE);
	}
}

static void on_ended(void *arg, enum muxclient_end how, const struct err *why)
{
	struct passenger *p = arg;

	if (how < MUXCLIENT_UNREAD) {
		muxclient_pass_by(p->target->opts, how, why);
		p->code = PASSENGER_ALONE;
	} else if (!p->running && how == MUXCLIENT_UNREAD) {
		p->code = PASSENGER_ALONE;
	} else if (p->plan->spec.kind == OP_DIRECT && p->running) {
		p->code = 0; /* its end is all that is told of it */
	}
	loop_stop(p->loop);
}

static const struct muxclient_events events = {
	.ready = on_ready,
	.heard = on_heard,
	.ended = on_ended,
};

/* The master looks at our terminal by itself. */
static void resized(struct sigwatch *s, int signo)
{
	struct passenger *p = container_of(s, struct passenger, winch);

	if (p->running && muxclient_pid(p->client) > 1)
		(void)kill(muxclient_pid(p->client), signo);
}

static void stopped(struct sigwatch *s, int signo)
{
	(void)signo;
	tty_stop();
	enter_raw(container_of(s, struct passenger, stop));
}

/* Whoever stopped us: what has the terminal set its own mode. */
static void continued(struct sigwatch *s, int signo)
{
	(void)signo;
	if (tty_foreground(STDIN_FILENO))
		enter_raw(container_of(s, struct passenger, cont));
}

static void signalled(struct sigwatch *s, int signo)
{
	(void)signo;
	over(container_of(s, struct end_signal, watch)->passenger,
	     EXIT_CODE_USAGE);
}

static int ride(struct passenger *p, struct err *err)
{
	p->loop = loop_new(err);
	if (!p->loop)
		return -1;
	p->client = muxclient_new(p->loop, p->target->opts->control_path,
				  &events, p);
	(void)sigwatch_start(p->loop, &p->winch, SIGWINCH, resized, NULL);
	(void)sigwatch_start(p->loop, &p->cont, SIGCONT, continued, NULL);
	(void)sigwatch_start_heeded(p->loop, &p->stop, SIGTSTP, stopped, NULL);
	for (size_t i = 0; i < NENDS; i++) {
		p->end[i].passenger = p;
		(void)sigwatch_start_heeded(p->loop, &p->end[i].watch, ends[i],
					    signalled, NULL);
	}
	if (loop_run(p->loop, err))
		p->code = -1;
	tty_restore();
	for (size_t i = 0; i < NENDS; i++)
		sigwatch_stop(&p->end[i].watch);
	sigwatch_stop(&p->winch);
	sigwatch_stop(&p->cont);
	sigwatch_stop(&p->stop);
	muxclient_free(p->client);
	loop_free(p->loop);
	return p->code;
}

/* What needs more than to wait goes the way of the others (driver_mux.c). */
static bool wanted(const struct plan *plan)
{
	const struct target *t = plan->targets.v;

	if (plan->program.n || driver_find(plan->driver)->local ||
	    plan->ask_sudo || plan->sudo_fd >= 0 || plan->limits.command_ms ||
	    plan->spec.vars || plan->spec.subst || t->driver)
		return false;
	if (plan->spec.kind != OP_DIRECT && !(t->tty && plan->spec.want_stdin))
		return false;
	return muxclient_wanted(t->opts) &&
	       t->opts->session_type != SESSION_TYPE_NONE;
}

int passenger_run(const struct plan *plan, struct err *err)
{
	struct passenger p = { .plan = plan,
			       .target = plan->targets.v,
			       .code = EXIT_CODE_USAGE };
	int code;

	if (!wanted(plan))
		return PASSENGER_ALONE;
	if (plan->spec.kind != OP_DIRECT &&
	    muxforwards_init(&p.forwards, p.target->opts, MUX_OPEN_FORWARD,
			     err)) {
		muxforwards_release(&p.forwards);
		return -1;
	}
	code = ride(&p, err);
	muxforwards_release(&p.forwards);
	if (p.running && p.target->tty && log_enabled(LOG_INFO))
		(void)fprintf(stderr, "Shared connection to %s closed.\r\n",
			      p.target->host);
	return code;
}
