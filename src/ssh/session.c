/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The connection state machine.
 *
 * Notes: session_run() is entered from the loop only (driver wake, transport,
 * timers, defers), never from inside a driver call, so a step may use the
 * driver freely.  Owners hear of events from inside session_run() and must not
 * free the session there.
 */
#include "ssh/session.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"
#include "ssh/companion.h"
#include "ssh/muxclient.h"
#include "ssh/session_internal.h"

#include "base/banned.h"

#define RETRY_MS 1000 /* between ConnectionAttempts, as ssh */

static void session_run(struct session *s);

static const struct ssh_driver *driver_of(const struct session_env *env,
					  const struct target *target)
{
	return target->driver ? driver_find(target->driver) : env->drv;
}

/* Through another's connection there are commands, without a terminal. */
static bool may_share(const struct target *target)
{
	return !target->driver && !target->tty && target->opts &&
	       target->opts->session_type == SESSION_TYPE_DEFAULT &&
	       muxclient_wanted(target->opts);
}

/* What it begins with. */
static const struct ssh_driver *first_driver(const struct session_env *env,
					     const struct target *target)
{
	if (env->shared && may_share(target))
		return env->shared;
	return driver_of(env, target);
}

static void run_deferred(struct defer *d)
{
	session_run(container_of(d, struct session, again));
}

static void woken(void *arg)
{
	session_run(arg);
}

void session_wake(struct session *s)
{
	defer_post(s->env->loop, &s->again, run_deferred);
}

/* The same, as a callback. */
void session_wake_cb(void *arg)
{
	session_wake(arg);
}

/* CONNECT */

static void drop_transport(struct session *s)
{
	transport_free(s->transport);
	s->transport = NULL;
}

static void connected(void *arg, int fd, const char *address,
		      const struct err *why)
{
	struct session *s = arg;

	(void)snprintf(s->address, sizeof(s->address), "%s", address);
	/* As ssh names what it did not connect to by itself. */
	(void)snprintf(s->peer, sizeof(s->peer), "%s port %u",
		       *address ? address : "UNKNOWN",
		       (unsigned int)(*address ? s->target->port : UINT16_MAX));
	/* What others do in our place lasts as long as the connection. */
	if (fd < 0 || !transport_proxied(s->target))
		drop_transport(s);
	if (fd < 0)
		err_copy(&s->err, why);
	else if (log_is_ssh() && *address)
		log_debug("Connecting to %s [%s] port %u.", s->target->host,
			  address, s->target->port);
	if (fd >= 0 && log_is_ssh())
		log_debug("Connection established.");
	s->fd = fd;
	session_wake(s);
}

static void transport_held(void *arg, bool held)
{
	struct session *s = arg;

	if (held)
		session_hold(s);
	else
		session_go_on(s);
}

static const struct transport_events transport_events = {
	.connected = connected,
	.held = transport_held,
};

static void drop_fd(struct session *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

/* What is connected becomes the driver's, once the types of keys are known. */
static enum step hand_over(struct session *s)
{
	struct drv_params params = {
		.loop = s->env->loop,
		.opts = s->target->opts,
		.name = s->target->name,
		.user = s->target->user,
		.peer = s->peer,
		.fd = s->fd,
		.wake = woken,
		.arg = s,
	};
	enum step step = STEP_NEXT;
	char *types;

	if (!hostkey_order_fixed(s->target))
		step = session_khcommand(s, KHCOMMAND_ORDER, s->target->host,
					 NULL);
	if (step != STEP_NEXT)
		return step;
	types = hostkey_types(s->env->hostkeys, s->target,
			      khcommand_known(s->khcommand));
	params.hostkey_types = types;
	params.agent = auth_store_agent(s->env->auth, s->target->opts);
	s->fd = -1;
	s->conn = s->drv->conn_new(&params, &s->err);
	free(types);
	return s->conn ? STEP_NEXT : STEP_FAIL;
}

static void attempt(struct session *s)
{
	s->attempts++;
	if (s->drv->local) {
		session_wake(s);
		return;
	}
	s->transport = transport_start(s->env, s->target, &transport_events, s);
}

static void next_attempt(struct timer *t)
{
	attempt(container_of(t, struct session, next));
}

static enum step connect_local(struct session *s)
{
	struct drv_params params = {
		.loop = s->env->loop,
		.opts = s->target->opts,
		.name = s->target->name,
		.user = s->target->user,
		.fd = -1,
		.wake = woken,
		.arg = s,
		.argv = s->target->argv ? s->target->argv : s->env->argv,
		.subst_host = s->target->host,
		.subst_rank = s->target->rank,
		.alias = s->target->alias,
		.port = s->target->port,
		.command = s->command,
	};

	if (timer_armed(&s->next))
		return STEP_AGAIN;
	s->conn = s->drv->conn_new(&params, &s->err);
	if (!s->conn)
		return STEP_FAIL;
	return s->drv->handshake ? STEP_NEXT : STEP_READY;
}

static unsigned int attempts_max(const struct session *s)
{
	int n = s->target->opts->connection_attempts;

	if (s->env->attempts)
		return s->env->attempts;
	return n > 0 ? (unsigned int)n : 1;
}

static enum step connect_step(struct session *s)
{
	if (s->drv->local)
		return connect_local(s);
	if (s->fd >= 0)
		return hand_over(s);
	/* As ssh: a ProxyCommand is run once, and so a jump is made. */
	if (s->err.code == ERR_CONNECT && !transport_proxied(s->target) &&
	    s->attempts < attempts_max(s)) {
		TRACE("%s: %s; trying again", s->target->name, s->err.msg);
		err_move(&s->last, &s->err);
		timer_start(s->env->loop, &s->next, RETRY_MS, next_attempt);
		return STEP_AGAIN;
	}
	if (s->err.code != ERR_NONE)
		return STEP_FAIL;
	if (!s->transport && !timer_armed(&s->next))
		attempt(s);
	return STEP_AGAIN;
}

/* HANDSHAKE */

/* What to do after a call of the driver. */
static enum step driver_step(enum drv_rc rc)
{
	switch (rc) {
	case DRV_AGAIN:
		return STEP_AGAIN;
	case DRV_OK:
		return STEP_NEXT;
	case DRV_ERROR:
		break;
	}
	return STEP_FAIL;
}

/*
 * A server with too many half-open log-ins drops some of them at random
 * (MaxStartups in sshd_config(5)); nothing was said yet, so try again.
 */
static bool may_retry(const struct session *s)
{
	return s->drops < s->env->drop_retries;
}

static void session_enter(struct session *s, enum session_state state);

static enum step connect_again(struct session *s)
{
	TRACE("%s: %s; trying again", s->target->name, s->err.msg);
	err_move(&s->last, &s->err);
	s->drv->conn_free(s->conn);
	s->conn = NULL;
	drop_transport(s);
	timer_start(s->env->loop, &s->next,
		    transport_retry_ms(s->drops, s->target->rank),
		    next_attempt);
	s->drops++;
	s->dropped = false;
	khcommand_free(s->khcommand);
	s->khcommand = NULL;
	session_enter(s, SESSION_CONNECT);
	return STEP_AGAIN;
}

/* The server was not heard: what does its ProxyCommand say? */
static enum step dropped_step(struct session *s)
{
	if (!s->transport)
		return may_retry(s) ? connect_again(s) : STEP_FAIL;
	switch (transport_fault(s->transport, woken, s, &s->err)) {
	case TRANSPORT_UNKNOWN:
		return STEP_AGAIN;
	case TRANSPORT_FAULT:
		return STEP_FAIL;
	case TRANSPORT_FINE:
		break;
	}
	return may_retry(s) ? connect_again(s) : STEP_FAIL;
}

/* There is no connection to share: one of its own. */
static enum step connect_alone(struct session *s)
{
	TRACE("%s: %s; connecting", s->target->name, s->err.msg);
	s->drv->conn_free(s->conn);
	s->conn = NULL;
	err_release(&s->err);
	s->drv = driver_of(s->env, s->target);
	session_enter(s, SESSION_CONNECT);
	session_wake(s);
	return STEP_AGAIN;
}

static enum step handshake_step(struct session *s)
{
	enum drv_rc rc;

	if (s->dropped)
		return dropped_step(s);
	rc = s->drv->handshake(s->conn, &s->err);
	if (rc == DRV_ERROR && s->drv->undone && s->drv->undone(s->conn))
		return connect_alone(s);
	if (rc == DRV_ERROR && s->drv->dropped_early)
		s->dropped = s->drv->dropped_early(s->conn);
	if (s->dropped)
		return dropped_step(s);
	if (rc == DRV_OK && s->drv->local)
		return STEP_READY;
	return driver_step(rc);
}

/* READY */

/* What looks like the end of the connection was that of another before it. */
static void blame_jump_host(struct session *s)
{
	struct err err = { 0 };

	if (!s->transport || !transport_lost(s->transport, &err))
		return;
	if (s->state == SESSION_READY)
		err.code = ERR_LOST;
	err_move(&s->err, &err);
}

/*
 * The owner is stepped even after the connection broke: what came in before
 * the break may complete what it waits for.
 */
static enum step ready_step(struct session *s)
{
	bool broken = s->err.code != ERR_NONE;

	if (!broken && s->drv->pump(s->conn, &s->err) == DRV_ERROR)
		broken = true;
	companions_step(&s->companions);
	s->events->step(s->arg);
	if (broken) {
		if (!s->err.ssh)
			err_as_ssh(&s->err,
				   "Connection to %s closed by remote host.",
				   s->target->host);
		blame_jump_host(s);
		s->events->lost(s->arg, &s->err);
		companions_lost(&s->companions, &s->err);
		return STEP_FAIL;
	}
	return s->close_asked ? STEP_NEXT : STEP_AGAIN;
}

/* CLOSING */

static enum step closing_step(struct session *s)
{
	timer_stop(s->env->loop, &s->next);
	keepalive_stop(&s->keepalive);
	timer_stop(s->env->loop, &s->rekey);
	session_login_end(s);
	s->events->closing(s->arg);
	companions_close(&s->companions);
	s->drv->conn_free(s->conn);
	s->conn = NULL;
	drop_fd(s);
	drop_transport(s);
	return STEP_NEXT;
}

/*
 * One row per state, in order: STEP_NEXT moves to `next`, STEP_FAIL always
 * moves to CLOSING with s->err set.  `early` marks the states that the
 * connect budget covers.
 */
static const struct {
	const char *name;
	enum step (*step)(struct session *s);
	void (*enter)(struct session *s);
	enum session_state next;
	enum phase phase;
	bool early;
	const char *late; /* what was not done when the budget ended */
} states[SESSION_NSTATES] = {
	/* clang-format off */
	[SESSION_CONNECT]   = { "connect",   connect_step,   NULL,        SESSION_HANDSHAKE, PHASE_CONNECTING,     true,  N_("connecting") },
	[SESSION_HANDSHAKE] = { "handshake", handshake_step, NULL,        SESSION_HOSTKEY,   PHASE_CONNECTING,     true,  N_("the key exchange") },
	[SESSION_HOSTKEY]   = { "hostkey",   session_hostkey_step,   NULL,        SESSION_AUTH,      PHASE_CONNECTING,     true,  N_("the host key check") },
	[SESSION_AUTH]      = { "auth",      session_auth_step,      NULL,        SESSION_LOCAL,     PHASE_AUTHENTICATING, true,  N_("authentication") },
	[SESSION_LOCAL]     = { "local",     session_local_step,     NULL,        SESSION_READY,     PHASE_RUNNING,        false, NULL },
	[SESSION_READY]     = { "ready",     ready_step,     session_ready_enter, SESSION_CLOSING,   PHASE_RUNNING,        false, NULL },
	[SESSION_CLOSING]   = { "closing",   closing_step,   NULL,        SESSION_DONE,      PHASE_DONE,           false, NULL },
	[SESSION_DONE]      = { "done",      NULL,           NULL,        SESSION_DONE,      PHASE_DONE,           false, NULL },
	/* clang-format on */
};

/* A state that is entered is what the one before has reached. */
static void note_reached(struct session *s, enum session_state state)
{
	static const enum reached reached[SESSION_NSTATES] = {
		[SESSION_HANDSHAKE] = REACHED_HOST,
		[SESSION_HOSTKEY] = REACHED_KEYS,
		[SESSION_LOCAL] = REACHED_LOGIN,
		[SESSION_READY] = REACHED_LOGIN,
	};
	uint64_t now = loop_now(s->env->loop);

	if (state == SESSION_CONNECT) {
		memset(s->reached_ns, 0, sizeof(s->reached_ns));
		s->reached_ns[REACHED_BEGIN] = now;
	} else if (reached[state] && !s->reached_ns[reached[state]]) {
		s->reached_ns[reached[state]] = now;
	}
}

/* The only place that assigns s->state. */
static void session_enter(struct session *s, enum session_state state)
{
	enum session_state old = s->state;

	TRACE("%s: %s -> %s", s->target->name, states[old].name,
	      states[state].name);
	if (!states[state].early)
		timer_stop(s->env->loop, &s->deadline);
	s->state = state;
	note_reached(s, state);
	if (states[state].phase != states[old].phase &&
	    states[state].phase != PHASE_DONE)
		s->events->phase(s->arg, states[state].phase);
	if (states[state].enter)
		states[state].enter(s);
}

/* A close asked for before READY: there is nothing to finish first. */
static bool cut_short(const struct session *s)
{
	return s->close_asked && s->state < SESSION_READY;
}

static enum step step_once(struct session *s)
{
	if (cut_short(s))
		return STEP_FAIL;
	return states[s->state].step(s);
}

static void reconnect(struct session *s)
{
	TRACE("%s: the server has hung up; connecting again", s->target->name);
	s->drv->conn_free(s->conn);
	s->conn = NULL;
	drop_transport(s);
	s->attempts = 0;
	session_enter(s, SESSION_CONNECT);
}

/* Advance `s` as far as it will go without blocking. */
static void session_run(struct session *s)
{
	assert(!s->running);
	s->running = true;
	while (s->state != SESSION_DONE) {
		switch (step_once(s)) {
		case STEP_AGAIN:
			s->running = false;
			return;
		case STEP_NEXT:
			session_enter(s, states[s->state].next);
			break;
		case STEP_READY:
			session_enter(s, SESSION_READY);
			break;
		case STEP_RECONNECT:
			reconnect(s);
			break;
		case STEP_FAIL:
			assert(s->err.code != ERR_NONE || s->close_asked);
			if (s->state < SESSION_READY)
				blame_jump_host(s);
			assert(s->state != SESSION_CLOSING);
			session_enter(s, SESSION_CLOSING);
			break;
		}
	}
	s->running = false;
	defer_cancel(&s->again);
	s->events->closed(s->arg);
}

static void late_error(struct session *s, const char *late)
{
	err_set(&s->err, ERR_CONNECT, _("timed out during %s"), _(late));
	if (s->state == SESSION_CONNECT)
		err_as_ssh(
			&s->err,
			"ssh: connect to host %s port %u: Connection timed out",
			s->target->host, s->target->port);
	else if (s->state == SESSION_HANDSHAKE && s->drv->identified &&
		 !s->drv->identified(s->conn))
		err_as_ssh(&s->err,
			   "Connection timed out during banner exchange\n"
			   "Connection to %s timed out",
			   s->peer);
	else
		err_as_ssh(&s->err, "Connection to %s timed out", s->peer);
}

/*
 * The budget covers everything up to READY, in one: DNS, TCP, banner, key
 * exchange, host key, authentication.
 */
static void budget_over(struct timer *t)
{
	struct session *s = container_of(t, struct session, deadline);
	const char *late = states[s->state].late;

	assert(states[s->state].early);
	if (khcommand_running(s->khcommand))
		late = N_("KnownHostsCommand");
	else if (s->state == SESSION_HANDSHAKE && s->drv->identified &&
		 !s->drv->identified(s->conn))
		late = N_("the banner exchange");
	else if (s->drv->local)
		late = N_("the log-in");
	/* Between two attempts it is the first that says what is wrong. */
	if (timer_armed(&s->next))
		err_move(&s->err, &s->last);
	else if (s->transport && transport_waits(s->transport))
		err_set(&s->err, ERR_CONNECT,
			_("jump host %s: timed out before it could be used"),
			s->target->via->name);
	else
		late_error(s, late);
	session_enter(s, SESSION_CLOSING);
	session_wake(s);
}

void session_hold(struct session *s)
{
	if (s->held)
		return;
	s->held = true;
	if (timer_armed(&s->deadline)) {
		s->left_ms = timer_left_ms(s->env->loop, &s->deadline);
		timer_stop(s->env->loop, &s->deadline);
	}
	s->events->held(s->arg, true);
}

void session_go_on(struct session *s)
{
	if (!s->held)
		return;
	s->held = false;
	if (s->left_ms)
		timer_start(s->env->loop, &s->deadline, s->left_ms,
			    budget_over);
	s->left_ms = 0;
	s->events->held(s->arg, false);
}

uint64_t session_budget_ms(const struct session_env *env,
			   const struct target *target)
{
	const struct ssh_driver *drv = driver_of(env, target);

	if (drv->local && !drv->handshake)
		return 0;
	if (env->connect_ms != UINT64_MAX)
		return env->connect_ms;
	if (target->opts->connect_timeout > 0)
		return (uint64_t)target->opts->connect_timeout * 1000;
	return env->connect_default_ms;
}

struct session *session_new(const struct session_env *env,
			    const struct target *target, const char *command,
			    const struct session_events *events, void *arg)
{
	struct session *s = xcalloc(1, sizeof(*s));
	uint64_t budget_ms;

	s->env = env;
	s->target = target;
	s->command = command;
	s->drv = first_driver(env, target);
	s->events = events;
	s->arg = arg;
	s->state = SESSION_CONNECT;
	s->fd = -1;
	s->trust = KEY_NEW;
	list_init(&s->companions);
	note_reached(s, SESSION_CONNECT);
	budget_ms = session_budget_ms(env, target);
	if (budget_ms)
		timer_start(env->loop, &s->deadline, budget_ms, budget_over);
	session_wake(s);
	return s;
}

void session_alone(struct session *s)
{
	assert(!s->conn);
	s->drv = driver_of(s->env, s->target);
}

void session_close(struct session *s)
{
	if (s->close_asked)
		return;
	s->close_asked = true;
	session_wake(s);
}

void session_fail(struct session *s, enum err_code code, const char *text)
{
	if (s->err.code == ERR_NONE)
		err_set(&s->err, code, "%s", text);
	session_wake(s);
}

void session_free(struct session *s)
{
	if (!s)
		return;
	assert(!s->running);
	if (s->state != SESSION_DONE)
		(void)closing_step(s);
	timer_stop(s->env->loop, &s->deadline);
	defer_cancel(&s->again);
	err_release(&s->err);
	err_release(&s->last);
	free(s);
}

const struct err *session_error(const struct session *s)
{
	return &s->err;
}

/* While we do not read, silence says nothing about the peer. */
static void set_paused(struct session *s, bool paused)
{
	s->keepalive.deaf = paused;
	if (s->conn)
		s->drv->pause(s->conn, paused);
}

void session_pause(struct session *s)
{
	if (s->paused++ == 0)
		set_paused(s, true);
}

void session_resume(struct session *s)
{
	assert(s->paused > 0);
	if (--s->paused == 0)
		set_paused(s, false);
}

void session_attach(struct session *s, struct companion *c)
{
	assert(s->state == SESSION_READY);
	c->session = s;
	list_append(&s->companions, &c->node);
}

enum drv_rc session_begun(struct session *s, struct err *err)
{
	return companions_start(&s->companions, err);
}

bool session_busy(struct session *s)
{
	return companions_busy(&s->companions);
}

bool session_stays(struct session *s)
{
	return companions_stay(&s->companions);
}

struct companion *session_companion(struct session *s,
				    const struct companion_ops *ops)
{
	return companions_find(&s->companions, ops);
}

void session_probe(struct session *s)
{
	if (s->drv->local || !s->conn)
		return;
	s->probed_alive_ns = s->drv->alive_ns(s->conn);
	s->drv->keepalive(s->conn);
}

bool session_answered(const struct session *s)
{
	if (s->drv->local || !s->conn || s->paused)
		return true;
	return s->drv->alive_ns(s->conn) != s->probed_alive_ns;
}

const uint64_t *session_reached_ns(const struct session *s)
{
	return s->reached_ns;
}

const struct ssh_driver *session_driver(const struct session *s)
{
	return s->drv;
}

struct drv_conn *session_conn(const struct session *s)
{
	return s->conn;
}

struct loop *session_loop(const struct session *s)
{
	return s->env->loop;
}

const struct target *session_target(const struct session *s)
{
	return s->target;
}

struct resolver *session_resolver(const struct session *s)
{
	return s->env->resolver;
}

enum key_trust session_trust(const struct session *s)
{
	return s->trust;
}

bool session_verified(const struct session *s)
{
	return s->trust == KEY_VERIFIED;
}

void session_rekey(struct session *s)
{
	if (s->state == SESSION_READY && s->drv->rekey)
		s->drv->rekey(s->conn);
}
