/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The steps from the server's key to the end of the log-in.
 */
#include <stdlib.h>

#include "base/log.h"
#include "conf/fingerprint.h"
#include "ssh/session_internal.h"

#include "base/banned.h"

/* HOSTKEY */

enum step session_khcommand(struct session *s, enum khcommand_why why,
			    const char *name, const struct kh_key *key)
{
	if (!s->target->opts->known_hosts_command)
		return STEP_NEXT;
	if (!s->khcommand)
		s->khcommand =
			khcommand_new(s->env->loop, s->target,
				      s->env->share_output, session_wake_cb, s);
	switch (khcommand_run(s->khcommand, why, name, key, &s->err)) {
	case KHCOMMAND_WAIT:
		return STEP_AGAIN;
	case KHCOMMAND_DONE:
		return STEP_NEXT;
	case KHCOMMAND_ERROR:
		break;
	}
	return STEP_FAIL;
}

/* What the command knows of the host whose key has come. */
static enum step ask_command(struct session *s, const struct kh_key *key)
{
	enum step step;
	char *name;

	if (hostkey_exempt(s->target, s->address))
		return STEP_NEXT;
	name = hostkey_name_and_port(s->target);
	step = session_khcommand(s, KHCOMMAND_HOSTNAME, name, key);
	free(name);
	if (step != STEP_NEXT)
		return step;
	name = hostkey_address(s->target, s->address);
	if (name)
		step = session_khcommand(s, KHCOMMAND_ADDRESS, name, key);
	free(name);
	return step;
}

static enum hostkey_answer ask_about_key(struct session *s,
					 const struct hostkey_seen *seen)
{
	enum hostkey_answer answer;
	char *doubt;

	if (s->target->opts->batch_mode == 1)
		return HOSTKEY_UNANSWERED;
	s->asking.wake = session_wake_cb;
	s->asking.arg = s;
	doubt = hostkey_doubt(s->env->hostkeys, s->target, seen);
	answer = hostkey_ask(s->env->hostkey_asker, s->target, seen, doubt,
			     &s->asking, &s->err);
	free(doubt);
	if (answer == HOSTKEY_WAIT)
		session_hold(s);
	return answer;
}

static void remember_key(struct session *s, const struct hostkey_seen *seen)
{
	struct err warning = { 0 };

	if (hostkey_remember(s->env->hostkeys, s->target, seen, &warning))
		log_warn("%s: %s", s->target->name, warning.msg);
	err_release(&warning);
}

/*
 * The server may have hung up while the person was thinking (LoginGraceTime,
 * sshd_config(5)).
 */
static bool gone_meanwhile(const struct session *s)
{
	return s->held && s->drv->hung_up && s->drv->hung_up(s->conn);
}

/* What this run has put on file, for a try before or for another target, is no
   better known than it was then. */
static enum key_trust trust_known(const struct session *s,
				  const struct kh_key *key)
{
	return hostkey_is_new(s->env->hostkeys, s->target, key) ? KEY_NEW
								: KEY_VERIFIED;
}

/* In the words of ssh -v, under its name. */
static void tell_key(const struct session *s, const struct kh_key *key)
{
	struct strbuf print = STRBUF_INIT(256);

	kh_fingerprint(key,
		       (enum fingerprint_hash)s->target->opts->fingerprint_hash,
		       &print);
	log_debug("Server host key: %s %s", key->type, print.buf);
	strbuf_release(&print);
}

/* Our own decision, made on the raw key before anything of ours is sent. */
static enum step decide(struct session *s)
{
	struct kh_key key;
	struct hostkey_seen seen = { .key = &key, .address = s->address };
	enum step step;
	bool again;

	if (s->drv->hostkey(s->conn, &key, &s->err))
		return STEP_FAIL;
	if (log_is_ssh() && !s->held)
		tell_key(s, &key);
	step = ask_command(s, &key);
	if (step != STEP_NEXT)
		return step;
	/* Again after an answer: others may have taken a key meanwhile. */
	seen.told = khcommand_known(s->khcommand);
	switch (hostkey_decide(s->env->hostkeys, s->target, &seen, &s->err)) {
	case HOSTKEY_REFUSE:
		return STEP_FAIL;
	case HOSTKEY_ASK:
		switch (ask_about_key(s, &seen)) {
		case HOSTKEY_UNANSWERED:
		case HOSTKEY_NO:
			return STEP_FAIL;
		case HOSTKEY_WAIT:
			err_release(&s->err);
			return STEP_AGAIN;
		case HOSTKEY_YES:
			remember_key(s, &seen);
			break;
		}
		break;
	case HOSTKEY_ADD:
		remember_key(s, &seen);
		break;
	case HOSTKEY_ADD_ADDRESS:
		remember_key(s, &seen);
		s->trust = trust_known(s, &key);
		break;
	case HOSTKEY_ACCEPT:
		s->trust = trust_known(s, &key);
		break;
	case HOSTKEY_DISTRUST:
		s->trust = KEY_DISTRUSTED;
		break;
	}
	err_release(&s->err);
	khcommand_free(s->khcommand);
	s->khcommand = NULL;
	again = gone_meanwhile(s);
	session_go_on(s);
	return again ? STEP_RECONNECT : STEP_NEXT;
}

/* What is not known to be good is refused. */
enum step session_hostkey_step(struct session *s)
{
	enum step step = decide(s);

	if (step == STEP_NEXT && log_is_ssh())
		log_debug("Authenticating to %s:%u as '%s'", s->target->host,
			  s->target->port, s->target->user);
	if (step == STEP_FAIL && s->err.code == ERR_HOSTKEY)
		err_as_ssh(&s->err, "%s\nHost key verification failed.",
			   s->err.ssh ? s->err.ssh : s->err.msg);
	return step;
}

/* AUTH */

/*
 * One host's is for the person, as with ssh; of many it is noise, but for who
 * asks for more.
 */
static void show_banner(struct session *s)
{
	const char *text;
	struct strvec lines = { 0 };

	if (s->banner_shown || !s->drv->banner ||
	    !log_enabled(s->env->share_output ? LOG_INFO : LOG_VERBOSE))
		return;
	text = s->drv->banner(s->conn);
	if (!text)
		return;
	s->banner_shown = true;
	if (s->env->share_output) {
		log_text(text);
		return;
	}
	strvec_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.n; i++)
		log_verbose("%s: %s", s->target->name, lines.v[i]);
	strvec_release(&lines);
}

static void ladder_begin(struct session *s)
{
	const char *why;

	auth_ladder_init(&s->ladder, s->env->auth, s->target->opts);
	s->ladder.secrets = passwords_tries(s->env->passwords, s->target->opts,
					    s->trust, &why);
	s->ladder.why = why;
	s->asker.wake = session_wake_cb;
	s->asker.arg = s;
	s->ladder_used = true;
}

/* What a person has to say before this try is made, or goes on. */
static enum ask_rc ask_person(struct session *s, const char **why)
{
	const char *secret;
	enum ask_rc rc = auth_ladder_unlock(&s->ladder, session_wake_cb, s);

	if (rc != ASK_READY)
		return rc;
	if (s->answers_due)
		return kbdint_answer(s->env->passwords, &s->asker, s->target,
				     s->drv, s->conn, why);
	if (s->try->kind != AUTH_PASSWORD || s->try->secret)
		return ASK_READY;
	rc = password_get(s->env->passwords, &s->asker, s->target, &secret,
			  why);
	if (rc == ASK_READY)
		auth_ladder_secret(&s->ladder, secret);
	return rc;
}

/* ASK_NEVER: the try is left out. */
static enum ask_rc prepare_try(struct session *s)
{
	const char *why = NULL;
	enum ask_rc rc = ask_person(s, &why);

	if (rc == ASK_WAIT) {
		session_hold(s);
		return rc;
	}
	session_go_on(s);
	s->answers_due = false;
	if (rc == ASK_NEVER) {
		auth_ladder_skip(&s->ladder, why);
		s->try = NULL;
	}
	return rc;
}

/* The server's answer to a try: STEP_NEXT is logged in. */
static enum step take_answer(struct session *s, enum auth_answer answer,
			     unsigned int methods)
{
	auth_ladder_tell(&s->ladder, s->target->name, answer, methods);
	if (answer == AUTH_SUCCESS || answer == AUTH_PARTIAL)
		auth_store_used(s->env->auth, s->target->opts, s->try);
	if (answer == AUTH_ASKED) {
		s->answers_due = true;
	} else if (answer != AUTH_WANTED) {
		if (s->env->passwords)
			password_told(s->env->passwords, &s->asker, answer);
		s->try = NULL;
	}
	if (answer == AUTH_SUCCESS)
		return STEP_NEXT;
	auth_ladder_answer(&s->ladder, answer, methods);
	return STEP_AGAIN;
}

/* In the words of ssh, under its name. */
static void tell_login(const struct session *s)
{
	static const char *const methods[] = {
		[AUTH_NONE] = "none",
		[AUTH_OFFER] = "publickey",
		[AUTH_KEY] = "publickey",
		[AUTH_AGENT] = "publickey",
		[AUTH_PASSWORD] = "password",
		[AUTH_KBDINT] = "keyboard-interactive",
	};
	const char *method = methods[s->ladder.try.kind];

	if (!log_is_ssh())
		return;
	if (*s->address)
		log_verbose("Authenticated to %s ([%s]:%u) using \"%s\".",
			    s->target->host, s->address, s->target->port,
			    method);
	else
		log_verbose("Authenticated to %s (via proxy) using \"%s\".",
			    s->target->host, method);
}

enum step session_auth_step(struct session *s)
{
	enum auth_answer answer = AUTH_DENIED;
	unsigned int methods = 0;

	if (!s->ladder_used)
		ladder_begin(s);
	if (!s->try && !auth_ladder_ready(&s->ladder, session_wake_cb, s))
		return STEP_AGAIN;
	for (;;) {
		if (!s->try)
			s->try = auth_ladder_next(&s->ladder);
		if (!s->try) {
			auth_ladder_error(&s->ladder, &s->err);
			err_as_ssh(&s->err, "%s@%s: %s", s->target->user,
				   s->target->host, s->err.ssh);
			return STEP_FAIL;
		}
		switch (prepare_try(s)) {
		case ASK_WAIT:
			return STEP_AGAIN;
		case ASK_NEVER:
			continue;
		case ASK_READY:
			break;
		}
		switch (s->drv->auth(s->conn, s->try, &answer, &methods,
				     &s->err)) {
		case DRV_AGAIN:
			return STEP_AGAIN;
		case DRV_ERROR:
			return STEP_FAIL;
		case DRV_OK:
			break;
		}
		show_banner(s);
		if (take_answer(s, answer, methods) == STEP_NEXT) {
			tell_login(s);
			return STEP_NEXT;
		}
	}
}

/* LOCAL */

/* Its status counts no more than with ssh. */
enum step session_local_step(struct session *s)
{
	if (!s->target->opts->local_command_line)
		return STEP_NEXT;
	if (!s->localcmd)
		s->localcmd = localcmd_start(s->env->loop, s->target,
					     s->env->share_output,
					     session_wake_cb, s);
	if (s->localcmd && !localcmd_ended(s->localcmd))
		return STEP_AGAIN;
	localcmd_free(s->localcmd);
	s->localcmd = NULL;
	return STEP_NEXT;
}

void session_login_end(struct session *s)
{
	hostkey_ask_cancel(s->env->hostkey_asker, &s->asking);
	if (s->ladder_used)
		auth_ladder_cancel(&s->ladder, s);
	if (s->env->passwords)
		password_cancel(s->env->passwords, &s->asker);
	localcmd_free(s->localcmd);
	s->localcmd = NULL;
	khcommand_free(s->khcommand);
	s->khcommand = NULL;
}
