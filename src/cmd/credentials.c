/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys and passwords, had before the run.
 */
#include "cmd/credentials.h"

#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "io/ctlsock.h"
#include "model/hops.h"
#include "ssh/auth.h"
#include "ssh/muxclient.h"
#include "ssh/password.h"
#include "ssh/session.h"
#include "ui/prompt.h"

#include "base/banned.h"

/* What is had, for whom, and who asks. */
struct logins {
	struct session_env *env;
	const struct plan *plan;
	struct prompt_tty *prompt;
};

/* Of all hosts', in ms; 0: none has a limit. */
static uint64_t shortest_budget(const struct logins *in)
{
	uint64_t shortest = 0;

	for (size_t i = 0; i < in->plan->targets.n; i++) {
		uint64_t ms =
			session_budget_ms(in->env, &in->plan->targets.v[i]);

		if (ms && (!shortest || ms < shortest))
			shortest = ms;
	}
	return shortest;
}

typedef void options_fn(struct auth_store *st, const struct ssh_opts *opts);

static const struct target *hop_at(const struct logins *in, size_t i)
{
	return in->plan->hops ? hops_get(in->plan->hops, i) : NULL;
}

static void for_all_options(const struct logins *in, options_fn *fn)
{
	const struct ssh_opts *last = NULL;
	const struct target *hop;

	for (size_t i = 0; i < in->plan->targets.n; i++) {
		const struct ssh_opts *opts = in->plan->targets.v[i].opts;

		if (opts && opts != last)
			fn(in->env->auth, opts);
		last = opts ? opts : last;
	}
	for (size_t i = 0; (hop = hop_at(in, i)); i++)
		fn(in->env->auth, hop->opts);
}

/* Whether somebody listens at its ControlPath. */
static bool has_master(const struct logins *in, const struct ssh_opts *opts)
{
	int fd = in->env->shared && muxclient_wanted(opts)
			 ? ctlsock_connect(opts->control_path)
			 : -1;

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/*
 * Who has a master logs in nowhere.  A master that will not after all is
 * replaced by a session that asks in its turn.
 */
static void unlock_needed(const struct logins *in)
{
	const struct ssh_opts *last = NULL;
	const struct target *hop;
	bool alone = false;

	for (size_t i = 0; i < in->plan->targets.n; i++) {
		const struct ssh_opts *opts = in->plan->targets.v[i].opts;

		if (!opts || opts == last)
			continue;
		last = opts;
		if (has_master(in, opts)) {
			auth_store_ask_in_turn(in->env->auth);
			continue;
		}
		auth_store_unlock(in->env->auth, opts);
		alone = true;
	}
	for (size_t i = 0; alone && (hop = hop_at(in, i)); i++)
		if (!has_master(in, hop->opts))
			auth_store_unlock(in->env->auth, hop->opts);
}

/*
 * An agent that hangs leaves time for the keys in files.  All is loaded before
 * anybody is asked: the order of the hosts has no say in that.  One host asks
 * by itself.
 */
static void load_identities(const struct logins *in)
{
	auth_store_hurry(in->env->auth, shortest_budget(in) / 2);
	for_all_options(in, auth_store_load);
	if (in->plan->targets.n > 1)
		unlock_needed(in);
	else
		auth_store_ask_in_turn(in->env->auth);
}

/* One password for all, had before the run. */
static int have_password(const struct logins *in, struct err *err)
{
	const struct plan *plan = in->plan;
	const struct target *t = plan->targets.v;
	char *text;
	int rc;

	in->env->passwords =
		passwords_new(in->env->loop, prompt_tty_prompter(in->prompt),
			      plan->targets.n > 1);
	if (plan->password_fd >= 0)
		return passwords_read(in->env->passwords, plan->password_fd,
				      err);
	if (!plan->ask_password)
		return 0;
	text = plan->targets.n > 1
		       ? xasprintf(_("Password for %zu hosts: "),
				   plan->targets.n)
		       : xasprintf(_("%s@%s's password: "), t->user, t->host);
	rc = passwords_ask(in->env->passwords, text, err);
	free(text);
	return rc;
}

/* The same for sudo. */
static int have_sudo(const struct logins *in, struct err *err)
{
	const struct plan *plan = in->plan;
	char *text;
	int rc;

	if (!plan->ask_sudo && plan->sudo_fd < 0)
		return 0;
	in->env->sudo = passwords_new(in->env->loop,
				      prompt_tty_prompter(in->prompt), true);
	if (plan->sudo_fd >= 0)
		return passwords_read(in->env->sudo, plan->sudo_fd, err);
	text = plan->targets.n > 1
		       ? xasprintf(_("Password of sudo for %zu hosts: "),
				   plan->targets.n)
		       : xasprintf(_("Password of sudo on %s: "),
				   plan->targets.v->host);
	rc = passwords_ask(in->env->sudo, text, err);
	free(text);
	return rc;
}

int credentials_have(struct session_env *env, const struct plan *plan,
		     struct prompt_tty *prompt, struct err *err)
{
	const struct logins in = { env, plan, prompt };

	load_identities(&in);
	if (have_password(&in, err))
		return -1;
	return have_sudo(&in, err);
}
