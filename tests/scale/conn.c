/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One SSH connection of the scale server.  Anyone with a key gets in, and one
 * command is run: not as a process, but step by step from its text.
 *
 * libssh is never called from its own callbacks: they note what was asked,
 * conn_advance() does it.
 */
#include "scale/server.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <libssh/callbacks.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/alloc.h"
#include "scale/script.h"

#include "base/banned.h"

#define LINE_BYTES  80 /* of the numbered lines, newline included */
#define CHUNK_LINES 400
#define CHUNK	    ((uint64_t)LINE_BYTES * (CHUNK_LINES - 1))

#define DROP_DELAY_MS 50

#define MOOD_MS	 10000 /* how long one lasts, at most */
#define MOOD_ODD 1000  /* one of so many is odd, of each of three kinds */

struct conn {
	struct peer peer; /* first */
	enum fault fault;
	uint32_t addr;
	ssh_session session;
	ssh_channel channel;
	struct ssh_server_callbacks_struct server_cb;
	struct ssh_channel_callbacks_struct channel_cb;
	struct script *script; /* NULL before the command came */
	size_t step;
	uint64_t done;	 /* bytes of this step, or when it ends */
	bool entered;	 /* this step has begun */
	bool blocked;	 /* there is more to write than libssh got rid of */
	bool answered;	 /* the first question of FAULT_OTP */
	bool hang_up;	 /* close once the refusal is out */
	bool ready;	 /* the key exchange is over */
	bool heard;	 /* something has come in */
	bool stalled;	 /* reads nothing more */
	bool deaf;	 /* only KILL is heeded */
	bool told;	 /* the exit status is out */
	bool ended;	 /* the channel is closed by us or them */
	bool dropped;	 /* reset once all is written */
	char signal[16]; /* the client's, not yet heeded */
};

enum progress {
	RUN_ON,
	RUN_WAIT,  /* for the socket, a time or others */
	RUN_BROKEN /* the connection is gone */
};

static int on_auth_none(ssh_session session, const char *user, void *arg)
{
	(void)session;
	(void)user;
	(void)arg;
	return SSH_AUTH_DENIED;
}

static int methods_of(enum fault fault)
{
	switch ((int)fault) {
	case FAULT_PASSWORD:
	case FAULT_HANGUP:
		return SSH_AUTH_METHOD_PASSWORD;
	case FAULT_KBDINT:
	case FAULT_OTP:
		return SSH_AUTH_METHOD_INTERACTIVE;
	default:
		return SSH_AUTH_METHOD_PUBLICKEY;
	}
}

static int on_auth_key(ssh_session session, const char *user,
		       struct ssh_key_struct *key, char state, void *arg)
{
	const struct conn *c = arg;

	(void)user;
	(void)key;
	if (c->fault == FAULT_AUTH ||
	    methods_of(c->fault) != SSH_AUTH_METHOD_PUBLICKEY ||
	    (state != SSH_PUBLICKEY_STATE_NONE &&
	     state != SSH_PUBLICKEY_STATE_VALID))
		return SSH_AUTH_DENIED;
	if (c->fault != FAULT_PARTIAL || state == SSH_PUBLICKEY_STATE_NONE)
		return SSH_AUTH_SUCCESS;
	ssh_set_auth_methods(session, SSH_AUTH_METHOD_PASSWORD);
	return SSH_AUTH_PARTIAL;
}

static int on_password(ssh_session session, const char *user,
		       const char *password, void *arg)
{
	struct conn *c = arg;

	(void)session;
	(void)user;
	c->peer.srv->passwords++;
	if (!strcmp(password, PASSWORD))
		return SSH_AUTH_SUCCESS;
	c->hang_up = c->fault == FAULT_HANGUP;
	return SSH_AUTH_DENIED;
}

static int ask(ssh_message msg, const char *question)
{
	char no_echo = 0;

	ssh_message_auth_interactive_request(msg, "Login", "Say who you are", 1,
					     &question, &no_echo);
	return 0;
}

/* Keyboard-interactive has no callback of its own; 1 is a refusal. */
static int on_message(ssh_session session, ssh_message msg, void *arg)
{
	struct conn *c = arg;
	const char *answer;

	if (ssh_message_type(msg) != SSH_REQUEST_AUTH ||
	    ssh_message_subtype(msg) != SSH_AUTH_METHOD_INTERACTIVE)
		return 1;
	if (!ssh_message_auth_kbdint_is_response(msg)) {
		c->answered = false;
		return ask(msg, "Pass\033word: ");
	}
	if (ssh_userauth_kbdint_getnanswers(session) != 1)
		return 1;
	answer = ssh_userauth_kbdint_getanswer(session, 0);
	c->peer.srv->passwords++;
	if (strcmp(answer, c->answered ? CODE : PASSWORD) != 0)
		return 1;
	if (c->fault == FAULT_OTP && !c->answered) {
		c->answered = true;
		return ask(msg, "Code: ");
	}
	ssh_message_auth_reply_success(msg, 0);
	return 0;
}

/* One command each: a second one is refused, as is one that makes no sense. */
static int on_exec(ssh_session session, ssh_channel channel,
		   const char *command, void *arg)
{
	struct conn *c = arg;
	struct err err = { 0 };

	(void)session;
	(void)channel;
	if (c->script || c->fault == FAULT_NOEXEC)
		return -1;
	c->script = xcalloc(1, sizeof(*c->script));
	if (script_parse(c->script, command, &err)) {
		script_parse(c->script, "say scaled:bad-command exit 126",
			     NULL);
		fprintf(stderr, "scaled: %s\n", err.msg);
		err_release(&err);
	}
	return 0;
}

/* NOLINTNEXTLINE(readability-function-size): libssh decides its parameters */
static int on_pty(ssh_session session, ssh_channel channel, const char *term,
		  int width, int height, int pxwidth, int pxheight, void *arg)
{
	(void)session;
	(void)channel;
	(void)term;
	(void)width;
	(void)height;
	(void)pxwidth;
	(void)pxheight;
	(void)arg;
	return 0;
}

static int on_env(ssh_session session, ssh_channel channel, const char *name,
		  const char *value, void *arg)
{
	(void)session;
	(void)channel;
	(void)name;
	(void)value;
	(void)arg;
	return 0;
}

static void on_signal(ssh_session session, ssh_channel channel,
		      const char *name, void *arg)
{
	struct conn *c = arg;

	(void)session;
	(void)channel;
	if (!c->script || c->told || (c->deaf && strcmp(name, "KILL") != 0))
		return;
	snprintf(c->signal, sizeof(c->signal), "%s", name);
}

static void on_close(ssh_session session, ssh_channel channel, void *arg)
{
	struct conn *c = arg;

	(void)session;
	(void)channel;
	c->ended = true;
	peer_unwait(&c->peer);
}

static ssh_channel on_open(ssh_session session, void *arg)
{
	struct conn *c = arg;

	if (c->channel || c->fault == FAULT_NOCHANNEL)
		return NULL;
	c->stalled = c->fault == FAULT_FROZEN;
	c->channel = ssh_channel_new(session);
	c->channel_cb = (struct ssh_channel_callbacks_struct){
		.userdata = c,
		.channel_close_function = on_close,
		.channel_signal_function = on_signal,
		.channel_pty_request_function = on_pty,
		.channel_exec_request_function = on_exec,
		.channel_env_request_function = on_env,
	};
	ssh_callbacks_init(&c->channel_cb);
	ssh_set_channel_callbacks(c->channel, &c->channel_cb);
	return c->channel;
}

/* How much may be written now without libssh holding it back. */
static uint64_t conn_room(struct conn *c)
{
	c->blocked = ssh_get_status(c->session) & SSH_WRITE_PENDING;
	if (c->blocked)
		return 0;
	return ssh_channel_window_size(c->channel);
}

static enum progress conn_write(struct conn *c, enum step_kind kind,
				const void *p, uint64_t n)
{
	int rc = kind == STEP_ERR
			 ? ssh_channel_write_stderr(c->channel, p, (uint32_t)n)
			 : ssh_channel_write(c->channel, p, (uint32_t)n);

	if (rc < 0)
		return RUN_BROKEN;
	c->done += (uint64_t)rc;
	return RUN_ON;
}

/* A small text; waits until there is room for all of it. */
static enum progress conn_print(struct conn *c, const char *text)
{
	if (conn_room(c) < strlen(text))
		return RUN_WAIT;
	return conn_write(c, STEP_SAY, text, strlen(text));
}

/* Whole numbered lines from line `first` on, enough for CHUNK bytes. */
static void lines_fill(char *buf, uint64_t first)
{
	for (uint64_t i = 0; i < CHUNK_LINES; i++) {
		char *line = buf + i * LINE_BYTES;
		uint64_t number = first + i;

		memset(line, '.', LINE_BYTES);
		for (int digit = 9; digit >= 0; digit--) {
			line[digit] = (char)('0' + number % 10);
			number /= 10;
		}
		line[10] = ' ';
		line[LINE_BYTES - 1] = '\n';
	}
}

/* STEP_OUT, STEP_ERR, STEP_LONG: what is at position c->done follows. */
static enum progress conn_stream(struct conn *c, const struct step *step)
{
	char buf[LINE_BYTES * CHUNK_LINES];

	if (step->kind == STEP_LONG)
		memset(buf, 'x', sizeof(buf));
	while (c->done < step->n) {
		uint64_t n = step->n - c->done;
		uint64_t room = conn_room(c);
		enum progress rc;

		n = n < CHUNK ? n : CHUNK;
		n = n < room ? n : room;
		if (!n)
			return RUN_WAIT;
		if (step->kind != STEP_LONG)
			lines_fill(buf, c->done / LINE_BYTES);
		rc = conn_write(c, step->kind,
				buf + (step->kind == STEP_LONG
					       ? 0
					       : c->done % LINE_BYTES),
				n);
		if (rc != RUN_ON)
			return rc;
	}
	return RUN_ON;
}

/*
 * STEP_ECHO, STEP_COUNT.  No more is taken out of libssh than can be written,
 * and libssh opens the window by what was taken: so a client that does not
 * read is not read from.
 */
static enum progress conn_consume(struct conn *c, const struct step *step)
{
	char buf[32768];
	char text[32];

	for (;;) {
		uint64_t room =
			step->kind == STEP_ECHO ? conn_room(c) : sizeof(buf);
		int n;

		room = room < sizeof(buf) ? room : sizeof(buf);
		if (!room)
			return RUN_WAIT;
		n = ssh_channel_read_nonblocking(c->channel, buf,
						 (uint32_t)room, 0);
		if (n == SSH_EOF || (!n && ssh_channel_is_eof(c->channel)))
			break;
		if (n == SSH_ERROR)
			return RUN_BROKEN;
		if (n <= 0)
			return RUN_WAIT;
		if (step->kind == STEP_COUNT)
			c->done += (uint64_t)n;
		else if (conn_write(c, STEP_OUT, buf, (uint64_t)n) ==
			 RUN_BROKEN)
			return RUN_BROKEN;
	}
	if (step->kind == STEP_ECHO)
		return RUN_ON;
	snprintf(text, sizeof(text), "%" PRIu64 "\n", c->done);
	return conn_print(c, text);
}

/* STEP_DELAY and STEP_MEET: the second call comes when the wait is over. */
static enum progress conn_wait(struct conn *c, const struct step *step)
{
	if (!c->entered) {
		c->entered = true;
		if (step->kind == STEP_MEET)
			return peer_meet(&c->peer, step->n) ? RUN_ON : RUN_WAIT;
		peer_delay(&c->peer, step->n);
		return RUN_WAIT;
	}
	return list_empty(&c->peer.wait) ? RUN_ON : RUN_WAIT;
}

/* Reset, but leave the client a moment to read what it was sent. */
static enum progress conn_drop(struct conn *c)
{
	const struct step moment = { .kind = STEP_DELAY, .n = DROP_DELAY_MS };

	if (conn_wait(c, &moment) == RUN_ON)
		c->dropped = true;
	return RUN_WAIT;
}

/* Say how the command ended, unless this is the address that does not. */
static enum progress conn_tell(struct conn *c, const struct step *step)
{
	conn_room(c);
	if (c->blocked)
		return RUN_WAIT;
	if (c->fault == FAULT_DROP)
		return conn_drop(c);
	if (c->fault == FAULT_NOSTATUS || step->kind == STEP_NOSTATUS ||
	    c->told)
		return RUN_ON;
	c->told = true;
	if (step->kind == STEP_SIGNAL || c->fault == FAULT_KILLED)
		ssh_channel_request_send_exit_signal(
			c->channel,
			step->kind == STEP_SIGNAL ? step->word : "TERM", 0, "",
			"");
	else
		ssh_channel_request_send_exit_status(c->channel, (int)step->n);
	return RUN_ON;
}

static enum progress conn_finish(struct conn *c, const struct step *step)
{
	if (conn_tell(c, step) != RUN_ON)
		return RUN_WAIT;
	/* A first call that has to send EOF may leave the CLOSE unsent. */
	if (ssh_channel_close(c->channel) == SSH_AGAIN)
		ssh_channel_close(c->channel);
	c->ended = true;
	c->peer.srv->served++;
	return RUN_WAIT;
}

/* Print a little, wait; rarely die, stall or reset. */
static enum progress conn_moods(struct conn *c, const struct step *step)
{
	struct step *now = &c->script->steps[c->step];
	uint64_t wait = (uint64_t)random() % MOOD_MS;
	uint64_t time = now_ms();

	if (!list_empty(&c->peer.wait))
		return RUN_WAIT;
	if (!c->entered)
		c->done = time + step->n;
	c->entered = true;
	if (time >= c->done)
		return RUN_ON;
	switch (random() % MOOD_ODD) {
	case 0:
		memcpy(c->signal, "TERM", sizeof("TERM"));
		peer_delay(&c->peer, 0);
		return RUN_WAIT;
	case 1:
		now->kind = STEP_STALL;
		c->stalled = true;
		return RUN_WAIT;
	case 2:
		now->kind = STEP_DROP;
		c->entered = false;
		return conn_drop(c);
	default:
		if (wait > c->done - time)
			wait = c->done - time;
		peer_delay(&c->peer, wait);
		return conn_print(c, "mood\n") == RUN_BROKEN ? RUN_BROKEN
							     : RUN_WAIT;
	}
}

static enum progress conn_step(struct conn *c, const struct step *step)
{
	char text[INET_ADDRSTRLEN + sizeof(step->word) + 2];
	struct in_addr in = { .s_addr = htonl(c->addr) };

	switch (step->kind) {
	case STEP_OUT:
	case STEP_ERR:
	case STEP_LONG:
		return conn_stream(c, step);
	case STEP_SAY:
		snprintf(text, sizeof(text), "%s\n", step->word);
		return conn_print(c, text);
	case STEP_HOST:
		inet_ntop(AF_INET, &in, text, INET_ADDRSTRLEN);
		memcpy(text + strlen(text), "\n", 2);
		return conn_print(c, text);
	case STEP_ECHO:
	case STEP_COUNT:
		return conn_consume(c, step);
	case STEP_DELAY:
	case STEP_MEET:
		return conn_wait(c, step);
	case STEP_HOLD:
		return RUN_WAIT;
	case STEP_DEAF:
		c->deaf = true;
		return RUN_ON;
	case STEP_STALL:
		c->stalled = true;
		return RUN_WAIT;
	case STEP_MOODS:
		return conn_moods(c, step);
	case STEP_DROP:
		return conn_drop(c);
	case STEP_EOF:
		ssh_channel_send_eof(c->channel);
		return RUN_ON;
	case STEP_STATUS:
		return conn_tell(c, step);
	case STEP_EXIT:
	case STEP_SIGNAL:
	case STEP_NOSTATUS:
		return conn_finish(c, step);
	}
	abort();
}

/* A signal ends the command as it would end a process. */
static void conn_heed_signal(struct conn *c)
{
	struct step *last = &c->script->steps[c->script->n - 1];

	*last = (struct step){ .kind = STEP_SIGNAL };
	memcpy(last->word, c->signal, sizeof(c->signal));
	c->signal[0] = '\0';
	c->step = c->script->n - 1;
	peer_unwait(&c->peer);
}

/* Run steps until one has to wait. */
static enum progress conn_run(struct conn *c)
{
	c->blocked = false;
	while (c->script && !c->ended && !c->dropped) {
		enum progress rc;

		if (c->signal[0])
			conn_heed_signal(c);
		rc = conn_step(c, &c->script->steps[c->step]);
		if (rc != RUN_ON)
			return rc;
		c->step++;
		c->done = 0;
		c->entered = false;
	}
	return RUN_WAIT;
}

/*
 * libssh closes the descriptor itself when it fails, so each round of calls
 * ends in asking for that: before anyone else can be given its number.
 */
static bool conn_is_closed(const struct conn *c)
{
	return ssh_get_status(c->session) & (SSH_CLOSED | SSH_CLOSED_ERROR);
}

static void conn_interest(struct conn *c)
{
	uint32_t want = c->stalled ? EPOLLRDHUP : EPOLLIN;
	bool pending;

	if (ssh_get_status(c->session) & SSH_WRITE_PENDING)
		ssh_blocking_flush(c->session, 0);
	if (conn_is_closed(c)) {
		peer_end(&c->peer);
		return;
	}
	pending = ssh_get_status(c->session) & SSH_WRITE_PENDING;
	if (c->dropped && !pending) {
		fd_reset_on_close(c->peer.fd);
		peer_end(&c->peer);
		return;
	}
	if (pending || c->blocked)
		want |= EPOLLOUT;
	peer_want(&c->peer, want);
}

static void conn_advance(struct peer *p)
{
	struct conn *c = (struct conn *)p;

	if (!c->ready && !c->stalled) {
		int rc = ssh_handle_key_exchange(c->session);

		if (rc == SSH_ERROR) {
			peer_end(p);
			return;
		}
		c->ready = rc == SSH_OK;
		if (c->ready)
			ssh_set_auth_methods(c->session, methods_of(c->fault));
		c->stalled = c->heard && c->fault == FAULT_KEX;
	}
	if (c->ready && !c->stalled)
		ssh_execute_message_callbacks(c->session);
	if (conn_is_closed(c) || c->hang_up || conn_run(c) == RUN_BROKEN) {
		peer_end(p);
		return;
	}
	conn_interest(c);
}

static void conn_ready(struct source *src, uint32_t events)
{
	struct conn *c = (struct conn *)src;

	if (c->peer.dead)
		return;
	if (events & EPOLLIN)
		c->heard = true;
	if (c->stalled && (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)))
		peer_end(&c->peer);
	else
		conn_advance(&c->peer);
}

/* ssh_silent_disconnect() closes the descriptor. */
static void conn_free(struct peer *p)
{
	struct conn *c = (struct conn *)p;

	if (c->channel)
		ssh_remove_channel_callbacks(c->channel, &c->channel_cb);
	ssh_silent_disconnect(c->session);
	ssh_free(c->session);
	free(c->script);
	free(c);
}

void conn_new(struct server *srv, int fd, uint32_t addr, enum fault fault)
{
	struct conn *c = xcalloc(1, sizeof(*c));
	ssh_bind bind = fault == FAULT_HOSTKEY ? srv->other_bind : srv->bind;

	c->fault = fault;
	c->addr = addr;
	c->session = ssh_new();
	peer_init(&c->peer, srv, fd);
	c->peer.src.ready = conn_ready;
	c->peer.advance = conn_advance;
	c->peer.free = conn_free;
	if (!c->session || ssh_bind_accept_fd(bind, c->session, fd) != SSH_OK) {
		fprintf(stderr, "scaled: %s\n", ssh_get_error(bind));
		abort();
	}
	c->server_cb = (struct ssh_server_callbacks_struct){
		.userdata = c,
		.auth_none_function = on_auth_none,
		.auth_pubkey_function = on_auth_key,
		.auth_password_function = on_password,
		.channel_open_request_session_function = on_open,
	};
	ssh_callbacks_init(&c->server_cb);
	ssh_set_server_callbacks(c->session, &c->server_cb);
	ssh_set_message_callback(c->session, on_message, c);
	ssh_set_blocking(c->session, 0);
	conn_advance(&c->peer);
}
