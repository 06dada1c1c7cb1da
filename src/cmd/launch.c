/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a plan to an exit code.
 */
#include "cmd/launch.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bufq.h"
#include "base/gettext.h"
#include "base/log.h"
#include "cmd/background.h"
#include "cmd/cmd.h"
#include "cmd/credentials.h"
#include "cmd/descriptors.h"
#include "cmd/failedto.h"
#include "cmd/front.h"
#include "cmd/report.h"
#include "cmd/request.h"
#include "cmd/sinks.h"
#include "io/resolver.h"
#include "job/job.h"
#include "model/forwarding.h"
#include "model/gate.h"
#include "ssh/agentfwd.h"
#include "ssh/auth.h"
#include "ssh/forwards.h"
#include "ssh/hostkey.h"
#include "ssh/hostkey_ask.h"
#include "ssh/muxmaster.h"
#include "ssh/password.h"
#include "ssh/pool.h"
#include "ui/prompt.h"

#include "base/banned.h"

#define RESOLVER_THREADS   8
#define POOL_CHUNKS	   256	 /* spare buffers kept */
#define CONNECT_DEFAULT_MS 10000 /* of many hosts; one host: none, as ssh */
#define DROP_RETRIES	   4	 /* of connections a busy server drops */
#define SECOND_INT_NS	   1000000000ull
#define STDIN_SLICE	   65536

static const int stop_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGQUIT };
#define NSTOP (sizeof(stop_signals) / sizeof(stop_signals[0]))

struct stop_signal {
	struct sigwatch watch;
	struct run *run;
};

struct run {
	struct plan *plan;
	const struct launch_style *style;
	const struct reporter *reporter;
	struct loop *loop;
	struct bufpool pool;
	struct session_env env;
	struct prompt_tty *prompt;
	struct sinks *sinks;
	struct failedto *failedto;
	struct observer *report;
	struct front *front;
	struct job *job;
	struct agentfwd_maker agentfwd;
	struct muxmaster_maker masters;
	struct forwards_maker forwards;
	struct stop_signal signals[NSTOP];
	struct watch input;
	struct observer input_starter;
	uint64_t interrupted_ns; /* first Ctrl+C; 0: none */
	int stopped_by;		 /* signal */
	bool begun;		 /* what is asked of a host has */
	bool output_broken;
	bool quit; /* the user has ended the connection */
	bool left; /* ... all of them, and that is no failure */
};

/* Signals */

static void cancel(struct run *run, int signo)
{
	if (!run->stopped_by)
		run->stopped_by = signo;
	watch_stop(&run->input);
	job_cancel(run->job, signo);
}

static bool interrupted_before(const struct run *run)
{
	return run->interrupted_ns &&
	       loop_now(run->loop) - run->interrupted_ns <= SECOND_INT_NS;
}

static bool interrupt_ends(const struct run *run)
{
	return run->style->batch || interrupted_before(run) ||
	       (run->plan->targets.n == 1 && !run->reporter->one_too);
}

/* Of many, right after Ctrl+C, it takes off what waits; else it stops us. */
static void suspend(struct run *run)
{
	if (!front_has_keys(run->front) && interrupted_before(run) &&
	    run->reporter->cancelled)
		run->reporter->cancelled(run->report,
					 job_cancel_pending(run->job));
	else if (!front_suspend(run->front))
		(void)raise(SIGSTOP);
}

static void signalled(struct sigwatch *sw, int signo)
{
	struct run *run = container_of(sw, struct stop_signal, watch)->run;

	if (signo == SIGTSTP) {
		suspend(run);
		return;
	}
	if (signo == SIGQUIT && !front_is_terminal(run->front)) {
		run->reporter->progress(run->report, run->job);
		return;
	}
	if (signo == SIGINT && front_interrupt(run->front))
		return;
	if (signo != SIGINT || interrupt_ends(run)) {
		if (signo == SIGINT && run->reporter->aborted)
			run->reporter->aborted(run->report);
		cancel(run, signo);
		return;
	}
	run->interrupted_ns = loop_now(run->loop);
	run->reporter->interrupted(run->report, run->job);
}

/* The others end the run whoever tells of it. */
static bool has_meaning(const struct run *run, int signo)
{
	if (front_has_keys(run->front))
		return true;
	if (signo == SIGTSTP)
		return run->reporter->cancelled ||
		       run->style->view != VIEW_NEVER;
	if (signo == SIGQUIT)
		return run->reporter->progress && run->plan->targets.n > 1;
	return true;
}

static int watch_signals(struct run *run, struct err *err)
{
	for (size_t i = 0; i < NSTOP; i++) {
		run->signals[i].run = run;
		if (!has_meaning(run, stop_signals[i]))
			continue;
		if (sigwatch_start_heeded(run->loop, &run->signals[i].watch,
					  stop_signals[i], signalled, err))
			return -1;
	}
	return 0;
}

/* Standard input */

static int input_fd(const struct run *run)
{
	int fd = run->plan->spec.input_fd;

	return fd >= 0 ? fd : STDIN_FILENO;
}

static void give_input(void *arg, const char *buf, size_t n)
{
	struct run *run = arg;
	struct err err = { 0 };

	if (job_write(run->job, buf, n, &err)) {
		log_error("%s", err.msg);
		err_release(&err);
		cancel(run, SIGTERM);
	}
}

static void stdin_ready(struct watch *w, unsigned int events)
{
	struct run *run = container_of(w, struct run, input);
	char buf[STDIN_SLICE];
	ssize_t n;

	(void)events;
	/* Others may read from there too, and have been faster. */
	if (!watch_has_input(w))
		return;
	n = read(input_fd(run), buf, sizeof(buf));
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (!n && front_interrupt(run->front))
		return;
	if (n <= 0 && run->style->shell && !front_end_of_input(run->front)) {
		cancel(run, SIGHUP);
		return;
	}
	if (n <= 0) {
		if (n < 0)
			log_error(_("cannot read standard input: %s"),
				  strerror(errno));
		watch_stop(w);
		job_write_eof(run->job);
		return;
	}
	if (front_has_keys(run->front))
		front_input(run->front, buf, (size_t)n);
	else
		give_input(run, buf, (size_t)n);
	secret_wipe(buf, (size_t)n); /* a password, perhaps */
	if (watch_active(w) && job_input_full(run->job))
		watch_want(w, 0);
}

static void stdin_hungry(void *arg)
{
	struct run *run = arg;

	/* What is typed is for the view; shells say when they read. */
	if (run->style->shell ||
	    (front_covers(run->front) && isatty(input_fd(run))))
		return;
	if (watch_active(&run->input))
		watch_want(&run->input, WATCH_IN);
}

static void logged_in(struct observer *o, const struct target *t, enum phase p)
{
	struct run *run = container_of(o, struct run, input_starter);

	(void)t;
	if (p == PHASE_RUNNING)
		stdin_hungry(run);
}

static const struct observer_ops input_starter_ops = {
	.name = "input",
	.phase = logged_in,
};

/*
 * A terminal is not read before the log-in: until then what is typed there may
 * be the answer to a question.
 */
static int start_input(struct run *run, struct err *err)
{
	bool at_once = !isatty(input_fd(run)) && !run->style->shell;

	if (!run->plan->spec.want_stdin)
		return 0;
	job_on_hungry(run->job, stdin_hungry, run);
	run->input_starter.ops = &input_starter_ops;
	if (!at_once)
		job_add_observer(run->job, &run->input_starter);
	return watch_start(run->loop, &run->input, input_fd(run),
			   at_once ? WATCH_IN : 0, stdin_ready, err);
}

/* Standard output */

/*
 * A reader that went away (head -1) ends the run quietly, as SIGPIPE would
 * have; a full disk is told once and the run goes on, for its statuses.
 */
static void output_failed(void *arg, const char *text, bool gone)
{
	struct run *run = arg;

	run->output_broken = true;
	if (gone) {
		run->reporter->silence(run->report);
		cancel(run, SIGPIPE);
	} else {
		log_error("%s", text);
	}
}

/* What the hosts have in front of them */

/* Log-ins are over: from here on nobody is asked anything. */
static void begun(void *arg, const struct target *t)
{
	struct run *run = arg;

	run->begun = true;
	if (run->style->background) {
		background_detach(run->style->background,
				  run->plan->spec.kind == OP_EXEC);
		if (run->style->mute && !log_enabled(LOG_DEBUG))
			log_set_level(LOG_QUIET);
	}
	front_begun(run->front, t);
}

static void no_tty(void *arg, const struct target *t)
{
	const struct run *run = arg;

	front_no_tty(run->front, t);
}

static void quit(void *arg, bool left)
{
	struct run *run = arg;

	run->left = left;
	run->quit = true;
	run->reporter->silence(run->report);
	watch_stop(&run->input);
	job_cancel(run->job, 0);
}

static void detached(void *arg)
{
	struct run *run = arg;

	watch_stop(&run->input);
}

static void listen_to(void *arg, bool on)
{
	struct run *run = arg;

	/* The view has the keys alone. */
	if (watch_active(&run->input) &&
	    (run->style->shell || isatty(input_fd(run))))
		watch_want(&run->input, on ? WATCH_IN : 0);
}

static const struct front_calls front_calls = {
	.send = give_input,
	.listen = listen_to,
	.detached = detached,
	.quit = quit,
	.failed = output_failed,
};

static int open_front(struct run *run, struct err *err)
{
	const struct front_run front = {
		.loop = run->loop,
		.pool = &run->pool,
		.job = run->job,
		.plan = run->plan,
		.style = run->style,
		.sinks = run->sinks,
		.prompt = run->prompt,
	};

	run->front = front_new(&front, &front_calls, run);
	return front_open(run->front, err);
}

/* Setting up and taking down */

/* A ping is to log in, and sudo is answered by nobody else. */
static bool shares(const struct plan *plan)
{
	return plan->spec.kind == OP_EXEC && !plan->ask_sudo &&
	       plan->sudo_fd < 0;
}

/* What they write to is had before anything starts. */
static int open_sinks(struct run *run, struct err *err)
{
	const struct sinks_conf conf = {
		.loop = run->loop,
		.pool = &run->pool,
		.plan = run->plan,
		.style = run->style,
		.failed = output_failed,
		.arg = run,
	};

	if (run->style->failed_to) {
		run->failedto = failedto_open(run->style->failed_to, err);
		if (!run->failedto)
			return -1;
	}
	run->sinks = sinks_new(&conf, err);
	if (!run->sinks)
		return -1;
	sinks_take_log(run->sinks);
	sinks_add(run->sinks, run->job);
	return 0;
}

/* Whoever has a master of others on its session; not to ping. */
static void add_masters(struct run *run)
{
	if (run->env.drv->local || run->plan->spec.kind == OP_PING)
		return;
	muxmaster_maker_init(&run->masters, &run->pool,
			     prompt_tty_prompter(run->prompt),
			     run->style->behind || run->style->background);
	job_add_companions(run->job, &run->masters.maker);
}

static int open_run(struct run *run, struct err *err)
{
	const struct job_watcher watcher = { begun, no_tty, run };
	struct plan *plan = run->plan;

	run->loop = loop_new(err);
	if (!run->loop)
		return -1;
	bufpool_init(&run->pool, POOL_CHUNKS);
	run->env = (struct session_env){
		.loop = run->loop,
		.drv = driver_find(plan->driver),
		.connect_ms = plan->limits.connect_ms,
		.connect_default_ms =
			run->style->keep_raw ? 0 : CONNECT_DEFAULT_MS,
		.drop_retries = run->style->keep_raw ? 0 : DROP_RETRIES,
		.attempts = plan->limits.retries == UINT_MAX ? 0 : 1,
		.share_output = run->style->keep_raw,
		.argv = plan->program.n ? &plan->program : &plan->spec.argv,
	};
	if (!run->env.drv->local) {
		if (plan->spec.kind == OP_EXEC &&
		    agentfwd_check(&plan->targets, err))
			return -1;
		run->env.resolver = resolver_new(run->loop, RESOLVER_THREADS);
		run->prompt = prompt_tty_new(run->loop);
		run->env.auth =
			auth_store_new(run->loop, run->env.drv,
				       prompt_tty_prompter(run->prompt));
		run->env.hostkeys = hostkeys_new();
		run->env.hostkey_asker = hostkey_asker_new(
			run->loop, prompt_tty_prompter(run->prompt),
			plan->targets.n > 1);
		run->env.hop_retries = plan->limits.retries == UINT_MAX
					       ? 0
					       : plan->limits.retries;
		run->env.pool = pool_new(&run->env);
		if (shares(plan))
			run->env.shared = &driver_mux;
		if (credentials_have(&run->env, plan, run->prompt, err))
			return -1;
	}
	run->report = run->reporter->make(run->style, plan, run->loop);
	run->job = job_new(plan, &run->env);
	job_watch(run->job, &watcher);
	agentfwd_maker_init(&run->agentfwd, plan->targets.n > 1);
	if (plan->spec.kind == OP_EXEC)
		job_add_companions(run->job, &run->agentfwd.maker);
	forwards_maker_init(&run->forwards, plan->targets.n > 1);
	if (forwarding_wanted(plan))
		job_add_companions(run->job, &run->forwards.maker);
	add_masters(run);
	if (open_sinks(run, err) || open_front(run, err))
		return -1;
	job_add_observer(run->job, run->report);
	if (watch_signals(run, err) || start_input(run, err))
		return -1;
	return 0;
}

static void close_run(struct run *run)
{
	if (!run->loop)
		return;
	front_leave(run->front);
	log_set_writer(NULL, NULL);
	watch_stop(&run->input);
	for (size_t i = 0; i < NSTOP; i++)
		sigwatch_stop(&run->signals[i].watch);
	job_free(run->job);
	front_free(run->front);
	pool_free(run->env.pool);
	sinks_free(run->sinks);
	failedto_free(run->failedto);
	run->reporter->free(run->report);
	passwords_free(run->env.passwords);
	passwords_free(run->env.sudo);
	hostkey_asker_free(run->env.hostkey_asker);
	if (run->env.auth)
		auth_store_free(run->env.auth);
	if (run->env.hostkeys)
		hostkeys_free(run->env.hostkeys);
	if (run->env.resolver)
		resolver_free(run->env.resolver);
	prompt_tty_free(run->prompt);
	bufpool_release(&run->pool);
	loop_free(run->loop);
}

static void write_failed(struct run *run)
{
	struct err err = { 0 };

	if (!failedto_write(run->failedto, &run->plan->targets,
			    job_results(run->job), &err))
		return;
	output_failed(run, err.msg, false);
	err_release(&err);
}

/*
 * Write out what is left, with the signals back at their defaults: a reader
 * that never reads is then ended by Ctrl+C.  The summary comes last.
 */
static void finish_output(struct run *run)
{
	bool last = run->failedto && failedto_in_place(run->failedto);

	front_close(run->front);
	for (size_t i = 0; i < NSTOP; i++)
		sigwatch_stop(&run->signals[i].watch);
	front_flush(run->front);
	if (run->failedto && !last)
		write_failed(run);
	sinks_flush(run->sinks);
	front_farewell(run->front, run->stopped_by);
	if (last)
		write_failed(run);
	if (run->reporter->finish)
		run->reporter->finish(run->report);
}

static int final_code(const struct run *run)
{
	int code;

	if (run->left)
		return 0;
	if (run->quit)
		return EXIT_CODE_USAGE;
	if (run->stopped_by == SIGINT && run->reporter->abort_code)
		return run->reporter->abort_code;
	if (run->stopped_by)
		return request_stopped(run->plan, run->stopped_by, run->begun);
	code = exit_code(run->plan->exit_policy, job_results(run->job),
			 run->plan->targets.n, run->plan->main_rank);
	return !code && run->output_broken ? EXIT_CODE_USAGE : code;
}

static void ended_behind(struct sigwatch *sw, int signo)
{
	struct run *run = container_of(sw, struct stop_signal, watch)->run;

	(void)signo;
	loop_stop(run->loop);
}

/*
 * The run is over, its masters are not: they go on without a terminal, and
 * whoever waited for the run has its code.  No descriptor of ours is held
 * open, so that a pipe ends where it would have.
 */
static void stay_behind(struct run *run, int code)
{
	static const int ends[] = { SIGTERM, SIGINT, SIGHUP };
	struct err err = { 0 };

	job_forget_observers(run->job);
	sinks_free(run->sinks);
	run->sinks = NULL;
	watch_stop(&run->input);
	if (run->plan->spec.input_fd >= 0)
		close(run->plan->spec.input_fd);
	run->plan->spec.input_fd = -1;
	if (run->style->behind)
		background_leave(run->style->behind, code);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		(void)sigwatch_start(run->loop, &run->signals[i].watch, ends[i],
				     ended_behind, NULL);
	(void)loop_run(run->loop, &err);
	err_release(&err);
}

int launch(struct plan *plan, const struct launch_style *style, struct err *err)
{
	struct run run = {
		.plan = plan,
		.style = style,
		.reporter = style->reporter ? style->reporter : &report_plain,
	};
	int code = -1;
	int rc;

	if (gate_check(plan, err) != GATE_ALLOW)
		return -1;
	if (front_check(plan, style, err) || descriptors_fit(plan, style, err))
		return -1;
	rc = open_run(&run, err);
	/* Ctrl+C at a question before the run: there is none. */
	if (run.prompt && prompt_tty_signal(run.prompt)) {
		code = 128 + prompt_tty_signal(run.prompt);
		goto out;
	}
	if (rc)
		goto out;
	front_start(run.front);
	job_start(run.job);
	if (loop_run(run.loop, err))
		goto out;
	finish_output(&run);
	if (run.env.hostkeys)
		hostkeys_finish(run.env.hostkeys, run.loop);
	if (run.env.auth)
		auth_store_finish(run.env.auth);
	code = final_code(&run);
	if (job_staying(run.job))
		stay_behind(&run, code);
out:
	close_run(&run);
	return code;
}
