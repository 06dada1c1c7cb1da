/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The libssh driver: the connection.  Channels are in driver_libssh_chan.c,
 * keys in driver_libssh_key.c, tries with an agent in driver_libssh_agent.c
 * and the wording of failures in driver_libssh_err.c.
 *
 * libssh does its own poll(2), recv(2) and send(2) inside each call; the
 * event loop only says when to call again.  What must be known about it:
 *
 * - ssh_connect() puts the descriptor back to blocking mode.
 * - libssh closes the descriptor by itself when the connection ends.  So
 *   after each call the watch is stopped if it did, before anything else can
 *   get the same number.
 * - After a send it sends no more until it has seen the socket writable, so
 *   output that waits is flushed after each call.
 * - It reads 4 KiB a call and any call may read.  What arrives outside pump()
 *   is held back, as callers are promised to hear of it there.
 * - It answers nothing by default before ssh_execute_message_callbacks() is
 *   called; a message callback makes it refuse channels it is offered at once.
 */
#include "ssh/driver_libssh.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libssh/server.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"
#include "base/text.h"
#include "io/dial.h"
#include "ssh/agent.h"
#include "ssh/driver_libssh_log.h"

#include "base/banned.h"

/* SSH_OPTIONS_FD keeps 16 bits of the number. */
#define FD_LIMIT 0xffff

/* One recv(2) of libssh. */
#define READ_SIZE 4096

/* What pump() reads before it yields. */
#define PUMP_BUDGET ((uint64_t)64 << 10)

/* Of lines before the identification: libssh allows 255 bytes in each. */
#define IDENT_MAX ((uint64_t)1024 * 256)

#define BANNER_MAX   ((size_t)256 << 10) /* a packet holds no more */
#define GREETING_MAX 64

bool conn_dead(const struct drv_conn *c)
{
	return ssh_get_status(c->s) & (SSH_CLOSED | SSH_CLOSED_ERROR);
}

enum drv_rc conn_fail(struct drv_conn *c, struct err *err)
{
	libssh_explain(ssh_get_error(c->s), c->stage, err);
	libssh_as_ssh(ssh_get_error(c->s), c->stage, c->peer, err);
	return DRV_ERROR;
}

/* ---- waking the owner ---- */

void conn_wake(struct drv_conn *c)
{
	c->woken = true;
	c->wake(c->arg); /* may free c */
}

static void on_ready(struct watch *w, unsigned int events)
{
	struct drv_conn *c = container_of(w, struct drv_conn, watch);

	(void)events;
	/* Nobody took up the last wake: do not spin until somebody does. */
	if (c->woken)
		watch_want(&c->watch, 0);
	else
		conn_wake(c);
}

void conn_offend(struct drv_conn *c, const char *offence)
{
	c->offence = offence;
	defer_post(c->loop, &c->again, conn_again);
}

void conn_again(struct defer *d)
{
	conn_wake(container_of(d, struct drv_conn, again));
}

/* Whether something was read since this was asked. */
static bool note_read(struct drv_conn *c)
{
	if (c->seen_in == c->bytes.in_bytes)
		return false;
	c->seen_in = c->bytes.in_bytes;
	c->alive_ns = loop_now(c->loop);
	return true;
}

/*
 * What a call for one channel has read outside pump() may be the answer, or
 * the window, that another waits for, and no event will tell.
 */
static bool may_be_missed(struct drv_conn *c)
{
	return note_read(c) && !c->pumping &&
	       (!list_empty(&c->channels) || !list_empty(&c->listeners));
}

void conn_settle(struct drv_conn *c)
{
	unsigned int want = c->paused ? 0 : WATCH_IN;
	const bool stuffed = c->paused && c->late_bytes >= LATE_MAX;

	/* Flushing reads, too: not when what was read has no place to go, and
	   not after a failure, whose text it would overwrite. */
	if (!stuffed && !conn_dead(c) &&
	    (ssh_get_status(c->s) & SSH_WRITE_PENDING)) {
		ssh_blocking_flush(c->s, 0);
		if (ssh_get_status(c->s) & SSH_WRITE_PENDING)
			want |= WATCH_OUT;
	}
	c->woken = false;
	if (may_be_missed(c))
		defer_post(c->loop, &c->again, conn_again);
	if ((!list_empty(&c->late) || c->offers || chan_any_answered(c)) &&
	    !c->paused && !c->pumping)
		defer_post(c->loop, &c->again, conn_again);
	if (!watch_active(&c->watch))
		return;
	if (c->given && ssh_get_fd(c->s) == SSH_INVALID_SOCKET) {
		watch_stop(&c->watch);
		/* No event will come: the owner must look once more. */
		defer_post(c->loop, &c->again, conn_again);
		return;
	}
	watch_want(&c->watch, want);
}

/* ---- making a connection ---- */

static int set_list(ssh_session s, enum ssh_options_e option, const char *list)
{
	return list && *list ? ssh_options_set(s, option, list) : 0;
}

/* Everything ssh_connect() would otherwise look up by itself. */
static int set_surroundings(ssh_session s, int fd)
{
	const bool no = false;

	/* First, or the configuration files are read. */
	if (ssh_options_set(s, SSH_OPTIONS_PROCESS_CONFIG, &no) ||
	    ssh_options_set(s, SSH_OPTIONS_SSH_DIR, "/") ||
	    ssh_options_set(s, SSH_OPTIONS_KNOWNHOSTS, "/dev/null") ||
	    ssh_options_set(s, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null"))
		return -1;
	/* Neither is used: the descriptor is connected, and each try to log in
	   names its user.  Names of either kind might not pass libssh. */
	return ssh_options_set(s, SSH_OPTIONS_HOST, "host") ||
			       ssh_options_set(s, SSH_OPTIONS_USER, "user") ||
			       ssh_options_set(s, SSH_OPTIONS_FD, &fd)
		       ? -1
		       : 0;
}

static int set_algorithms(ssh_session s, const struct drv_params *p)
{
	const struct ssh_opts *o = p->opts;
	const char *types =
		p->hostkey_types ? p->hostkey_types : o->host_key_algorithms;
	const struct {
		enum ssh_options_e option;
		const char *list;
	} rows[] = {
		{ SSH_OPTIONS_KEY_EXCHANGE, o->kex_algorithms },
		{ SSH_OPTIONS_HOSTKEYS, types },
		{ SSH_OPTIONS_CIPHERS_C_S, o->ciphers },
		{ SSH_OPTIONS_CIPHERS_S_C, o->ciphers },
		{ SSH_OPTIONS_HMAC_C_S, o->macs },
		{ SSH_OPTIONS_HMAC_S_C, o->macs },
		{ SSH_OPTIONS_PUBLICKEY_ACCEPTED_TYPES,
		  o->pubkey_accepted_algorithms },
		{ SSH_OPTIONS_COMPRESSION, o->compression == 1 ? "yes" : "no" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (set_list(s, rows[i].option, rows[i].list))
			return -1;
	return 0;
}

static int set_rekey(struct drv_conn *c, const struct ssh_opts *o)
{
	ssh_session s = c->s;
	/* libssh counts milliseconds in an int: 24 days are late enough. */
	const uint64_t most = INT_MAX / 1000;
	uint32_t seconds =
		(uint32_t)(o->rekey_seconds > most ? most : o->rekey_seconds);

	c->rekey_seconds = seconds;
	if (o->rekey_bytes &&
	    ssh_options_set(s, SSH_OPTIONS_REKEY_DATA, &o->rekey_bytes))
		return -1;
	if (seconds && ssh_options_set(s, SSH_OPTIONS_REKEY_TIME, &seconds))
		return -1;
	return 0;
}

static struct drv_conn *conn_new(const struct drv_params *p, struct err *err)
{
	struct drv_conn *c;
	char *text;

	if (p->fd >= FD_LIMIT) {
		err_set(err, ERR_LOCAL, _("descriptor %d is too large"), p->fd);
		close(p->fd);
		return NULL;
	}
	c = xcalloc(1, sizeof(*c));
	c->loop = p->loop;
	c->name = p->name;
	c->user = p->user;
	c->peer = p->peer ? p->peer : "UNKNOWN port 65535";
	c->agent = p->agent;
	c->wake = p->wake;
	c->arg = p->arg;
	c->alive_ns = loop_now(p->loop);
	list_init(&c->channels);
	list_init(&c->unanswered);
	list_init(&c->late);
	list_init(&c->listeners);
	chan_prepare(c);
	c->s = ssh_new();
	if (!c->s) {
		err_set(err, ERR_LOCAL, _("cannot make an SSH session"));
		goto fail;
	}
	if (set_surroundings(c->s, p->fd) || set_algorithms(c->s, p) ||
	    set_rekey(c, p->opts)) {
		text = text_vis_dup(ssh_get_error(c->s),
				    strlen(ssh_get_error(c->s)), 256);
		err_set(err, ERR_CONFIG, "%s", text);
		free(text);
		goto fail;
	}
	libssh_log_start();
	ssh_set_blocking(c->s, 0);
	ssh_set_counters(c->s, &c->bytes, &c->packets);
	ssh_set_message_callback(c->s, fwd_message, c);
	if (watch_start(p->loop, &c->watch, p->fd, WATCH_IN, on_ready, err))
		goto fail;
	return c;
fail:
	/* libssh does not own the descriptor before ssh_connect(). */
	ssh_free(c->s);
	free(c);
	close(p->fd);
	return NULL;
}

/* ---- identification and key exchange ---- */

/*
 * libssh passes over lines that are no identification, as it should, and
 * forgets them.  Keep the start: "HTTP/1.1 400", "Exceeded MaxStartups".
 */
static void peek_greeting(struct drv_conn *c)
{
	char buf[GREETING_MAX];
	ssize_t n =
		recv(c->watch.fd, buf, sizeof(buf), MSG_PEEK | MSG_DONTWAIT);
	size_t len = 0;

	if (n < 4 || !memcmp(buf, "SSH-", 4))
		return;
	while (len < (size_t)n && buf[len] != '\r' && buf[len] != '\n')
		len++;
	c->greeting = text_vis_dup(buf, len, sizeof(buf));
}

static enum drv_rc fail_handshake(struct drv_conn *c, struct err *err)
{
	if (c->stage == STAGE_IDENT && c->greeting) {
		err_set(err, ERR_PROTOCOL,
			_("the server does not identify itself, it says: %s"),
			c->greeting);
		err_as_ssh(
			err,
			"kex_exchange_identification: Connection closed by remote host\nConnection closed by %s",
			c->peer);
		return DRV_ERROR;
	}
	return conn_fail(c, err);
}

static enum drv_rc handshake(struct drv_conn *c, struct err *err)
{
	const bool first = !c->given;
	int rc;

	if (!first && c->stage == STAGE_IDENT && !c->greeting)
		peek_greeting(c);
	c->given = true;
	rc = ssh_connect(c->s);
	if (first && ssh_get_fd(c->s) == c->watch.fd)
		fcntl(c->watch.fd, F_SETFL, O_NONBLOCK);
	if (ssh_get_serverbanner(c->s))
		c->stage = STAGE_KEX;
	conn_settle(c);
	if (rc == SSH_OK)
		return DRV_OK;
	if (rc != SSH_AGAIN || conn_dead(c))
		return fail_handshake(c, err);
	if (c->stage == STAGE_IDENT && c->bytes.in_bytes > IDENT_MAX) {
		err_set(err, ERR_PROTOCOL,
			_("too much text before the server identified itself"));
		return DRV_ERROR;
	}
	return DRV_AGAIN;
}

/* What sshd says when it takes no more, if it says anything. */
static bool says_busy(const char *greeting)
{
	static const char *const busy[] = { "Exceeded MaxStartups",
					    "Not allowed at this time" };

	for (size_t i = 0; i < sizeof(busy) / sizeof(busy[0]); i++)
		if (!strcmp(greeting, busy[i]))
			return true;
	return false;
}

static bool dropped_early(const struct drv_conn *c)
{
	return c->stage == STAGE_IDENT && conn_dead(c) &&
	       (c->greeting ? says_busy(c->greeting) : !c->bytes.in_bytes);
}

static bool identified(const struct drv_conn *c)
{
	return c->stage != STAGE_IDENT;
}

static int hostkey(struct drv_conn *c, struct kh_key *key, struct err *err)
{
	ssh_key k = NULL;
	int rc;

	if (!c->hostkey.mem) {
		if (ssh_get_server_publickey(c->s, &k) != SSH_OK)
			return err_set(err, ERR_HOSTKEY,
				       _("the server showed no host key"));
		rc = pubkey_export(k, &c->hostkey);
		ssh_key_free(k);
		if (rc)
			return err_set(err, ERR_HOSTKEY,
				       _("cannot read the host key"));
	}
	*key = c->hostkey.key;
	return 0;
}

static bool hung_up(const struct drv_conn *c)
{
	return conn_dead(c) || dial_hung_up(ssh_get_fd(c->s));
}

/* ---- authentication ---- */

static unsigned int methods_left(struct drv_conn *c)
{
	static const struct {
		unsigned int theirs, ours;
	} rows[] = {
		/* clang-format off */
		{ SSH_AUTH_METHOD_NONE,        AUTH_CAN_NONE      },
		{ SSH_AUTH_METHOD_PUBLICKEY,   AUTH_CAN_PUBLICKEY },
		{ SSH_AUTH_METHOD_PASSWORD,    AUTH_CAN_PASSWORD  },
		{ SSH_AUTH_METHOD_INTERACTIVE, AUTH_CAN_KBDINT    },
		{ SSH_AUTH_METHOD_GSSAPI_MIC,  AUTH_CAN_GSSAPI    },
		{ SSH_AUTH_METHOD_HOSTBASED,   AUTH_CAN_HOSTBASED },
		/* clang-format on */
	};
	unsigned int theirs = (unsigned int)ssh_userauth_list(c->s, NULL);
	unsigned int ours = 0;

	/* Nothing was refused yet, or only by libssh itself. */
	if (!theirs)
		return AUTH_CAN_ANY;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (theirs & rows[i].theirs)
			ours |= rows[i].ours;
	return ours;
}

static int try_once(struct drv_conn *c, const struct auth_try *try)
{
	switch (try->kind) {
	case AUTH_NONE:
		return ssh_userauth_none(c->s, c->user);
	case AUTH_OFFER:
		return key_public_half(try->key)
			       ? ssh_userauth_try_publickey(
					 c->s, c->user,
					 key_public_half(try->key))
			       : SSH_AUTH_DENIED;
	case AUTH_KEY:
		return ssh_userauth_publickey(c->s, c->user,
					      key_private(try->key));
	case AUTH_AGENT:
		return agent_try_step(c, try);
	case AUTH_PASSWORD:
		return ssh_userauth_password(c->s, c->user, try->secret);
	case AUTH_KBDINT:
		return ssh_userauth_kbdint(c->s, c->user, NULL);
	}
	return SSH_AUTH_ERROR;
}

static enum drv_rc auth(struct drv_conn *c, const struct auth_try *try,
			enum auth_answer *answer, unsigned int *methods,
			struct err *err)
{
	int rc = SSH_OK;

	c->stage = STAGE_AUTH;
	/*
	 * The service is asked for apart: libssh chooses the signature of an
	 * RSA key before it asks, by extensions that may come with the reply.
	 */
	if (!c->service) {
		rc = ssh_service_request(c->s, "ssh-userauth");
		c->service = rc == SSH_OK;
	}
	if (c->service)
		rc = try_once(c, try);
	else
		rc = rc == SSH_AGAIN ? SSH_AUTH_AGAIN : SSH_AUTH_ERROR;
	conn_settle(c);
	/* A key that cannot sign is a key refused; the connection lives. */
	if (rc == SSH_AUTH_ERROR && c->service && !conn_dead(c)) {
		log_verbose("cannot sign: %s", ssh_get_error(c->s));
		rc = SSH_AUTH_DENIED;
	}
	if (rc == SSH_AUTH_AGAIN && !conn_dead(c))
		return DRV_AGAIN;
	agent_try_end(c);
	if (rc == SSH_AUTH_ERROR || rc == SSH_AUTH_AGAIN)
		return conn_fail(c, err);
	if (rc == SSH_AUTH_SUCCESS && try->kind == AUTH_OFFER) {
		*answer = AUTH_WANTED;
		return DRV_OK;
	}
	*answer = rc == SSH_AUTH_SUCCESS   ? AUTH_SUCCESS
		  : rc == SSH_AUTH_PARTIAL ? AUTH_PARTIAL
		  : rc == SSH_AUTH_INFO	   ? AUTH_ASKED
					   : AUTH_DENIED;
	*methods = methods_left(c);
	if (*answer == AUTH_SUCCESS)
		c->stage = STAGE_OPEN;
	return DRV_OK;
}

static void asked(struct drv_conn *c, struct auth_asked *asked)
{
	int n = ssh_userauth_kbdint_getnprompts(c->s);
	const char *name = ssh_userauth_kbdint_getname(c->s);
	const char *instruction = ssh_userauth_kbdint_getinstruction(c->s);

	asked->name = name ? name : "";
	asked->instruction = instruction ? instruction : "";
	asked->n = n > 0 ? (unsigned int)n : 0;
}

static const char *question(struct drv_conn *c, unsigned int i, bool *echo)
{
	char visible = 0;
	const char *text = ssh_userauth_kbdint_getprompt(c->s, i, &visible);

	*echo = visible;
	return text ? text : "";
}

static void answer(struct drv_conn *c, unsigned int i, const char *text)
{
	(void)ssh_userauth_kbdint_setanswer(c->s, i, text);
}

static const char *banner(struct drv_conn *c)
{
	char *text = ssh_get_issue_banner(c->s);

	if (!text)
		return NULL;
	free(c->banner);
	c->banner = xstrndup(text, BANNER_MAX);
	ssh_string_free_char(text);
	return c->banner;
}

/* ---- an open connection ---- */

/* Read until the socket is empty, a pause, or the budget is spent. */
static bool read_some(struct drv_conn *c)
{
	uint64_t start = c->bytes.in_bytes;
	uint64_t before;

	while (!c->paused && c->bytes.in_bytes - start < PUMP_BUDGET) {
		before = c->bytes.in_bytes;
		ssh_execute_message_callbacks(c->s);
		fwd_look(c);
		fwd_tell(c);
		if (c->bytes.in_bytes - before < READ_SIZE)
			return false;
	}
	return !c->paused;
}

static enum drv_rc pump(struct drv_conn *c, struct err *err)
{
	bool more;

	c->pumping = true;
	fwd_look(c);
	fwd_tell(c);
	chan_tell_late(c);
	more = read_some(c);
	chan_drop_answered(c);
	(void)note_read(c); /* a step of all follows */
	c->pumping = false;
	conn_settle(c);
	if (c->offence) {
		err_set(err, ERR_PROTOCOL, "%s", _(c->offence));
		return DRV_ERROR;
	}
	if (conn_dead(c) && list_empty(&c->late))
		return conn_fail(c, err);
	if (more)
		defer_post(c->loop, &c->again, conn_again);
	return DRV_AGAIN;
}

static void pause_reading(struct drv_conn *c, bool paused)
{
	if (c->paused == paused)
		return;
	c->paused = paused;
	/* Inside pump() the settling follows anyway. */
	if (c->pumping)
		return;
	conn_settle(c);
	/* What a dead connection brought last is waiting, and no event. */
	if (!paused && !watch_active(&c->watch))
		defer_post(c->loop, &c->again, conn_again);
}

static void set_tos(struct drv_conn *c, int tos)
{
	if (!conn_dead(c) && watch_active(&c->watch))
		dial_set_tos(c->watch.fd, tos);
}

static uint64_t alive_ns(const struct drv_conn *c)
{
	return c->alive_ns;
}

static void conn_free(struct drv_conn *c)
{
	if (!c)
		return;
	fwd_release(c);
	chan_drop_unanswered(c);
	assert(list_empty(&c->channels) && list_empty(&c->listeners));
	watch_stop(&c->watch);
	defer_cancel(&c->again);
	agent_try_end(c);
	if (!c->given) {
		close(c->watch.fd);
	} else if (c->stage == STAGE_OPEN && !conn_dead(c)) {
		/* Without its descriptor option libssh closes it, too. */
		ssh_options_set(c->s, SSH_OPTIONS_FD, NULL);
		ssh_set_fd_towrite(c->s);
		ssh_disconnect(c->s);
	} else {
		ssh_silent_disconnect(c->s);
	}
	ssh_free(c->s);
	pubkey_release(&c->hostkey);
	free(c->banner);
	free(c->greeting);
	free(c);
}

const char *driver_libssh_version(void)
{
	return ssh_version(0);
}

const struct ssh_driver driver_libssh = {
	.name = "ssh",
	.conn_new = conn_new,
	.handshake = handshake,
	.dropped_early = dropped_early,
	.identified = identified,
	.hostkey = hostkey,
	.hung_up = hung_up,
	.auth = auth,
	.asked = asked,
	.question = question,
	.answer = answer,
	.pump = pump,
	.pause = pause_reading,
	.set_tos = set_tos,
	.keepalive = fwd_keepalive,
	.rekey = conn_rekey,
	.listen = fwd_listen,
	.unlisten = fwd_unlisten,
	.forget = fwd_forget,
	.alive_ns = alive_ns,
	.banner = banner,
	.conn_free = conn_free,
	.chan_new = chan_new,
	.chan_open_session = chan_open_session,
	.chan_open_direct = chan_open_direct,
	.chan_adopt = chan_adopt,
	.chan_agent = chan_agent,
	.chan_env = chan_env,
	.chan_pty = chan_pty,
	.chan_exec = chan_exec,
	.chan_subsystem = chan_subsystem,
	.chan_resize = chan_resize,
	.chan_break = chan_break,
	.chan_write = chan_write,
	.chan_more = chan_more,
	.chan_widen = chan_widen,
	.chan_eof = chan_eof,
	.chan_close = chan_close,
	.chan_signal = chan_signal,
	.chan_free = chan_free,
	.key_load = key_load,
	.cert_load = cert_load,
	.cert_fits = cert_fits,
	.key_certify = key_certify,
	.key_public = key_public,
	.key_free = key_free,
};
