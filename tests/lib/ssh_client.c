/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/ssh_client.h"

#include "lib/test.h"

/* No single wait takes longer, or the test fails. */
#define PATIENCE_MS 20000

static void out_of_patience(struct timer *t)
{
	(void)t;
	fail_msg("nothing happened for %d ms", PATIENCE_MS);
}

static void wake(void *arg)
{
	struct client *c = arg;

	assert_false(c->inside);
	c->woken = true;
}

void wait_wake(struct client *c)
{
	timer_start(c->loop, &c->patience, PATIENCE_MS, out_of_patience);
	while (!c->woken)
		assert_int_not_equal(loop_turn(c->loop, true, &c->err), -1);
	timer_stop(c->loop, &c->patience);
	c->woken = false;
}

/* Whether a call is to be made again, after the wait for that. */
static bool again(struct client *c, enum drv_rc rc)
{
	c->inside = false;
	if (rc == DRV_AGAIN)
		wait_wake(c);
	return rc == DRV_AGAIN;
}

#define UNTIL_DONE(c, rc, call)                                                \
	do {                                                                   \
		(c)->inside = true;                                            \
		(rc) = (call);                                                 \
	} while (again((c), (rc)))

static void note(struct client *c, char event)
{
	size_t n = strlen(c->events);

	assert_true(c->pumping);
	assert_true(n + 1 < sizeof(c->events));
	c->events[n] = event;
}

static void on_data(void *arg, enum stream s, const void *buf, size_t n)
{
	struct client *c = arg;

	assert_true(c->pumping);
	assert_true(n > 0);
	assert_null(strpbrk(c->events, "ec"));
	c->total += n;
	if (!c->count_only)
		strbuf_add(s == STREAM_ERR ? &c->errs : &c->out, buf, n);
	if (c->pause_at && c->total >= c->pause_at) {
		c->pause_at = 0;
		c->drv->pause(c->conn, true);
	}
}

static void on_eof(void *arg)
{
	note(arg, 'e');
}

static void on_exit_status(void *arg, uint32_t status)
{
	struct client *c = arg;

	note(c, 'x');
	c->status = status;
}

static void on_exit_signal(void *arg, const char *name, bool core,
			   const char *msg)
{
	struct client *c = arg;

	(void)core;
	(void)msg;
	note(c, 's');
	snprintf(c->signame, sizeof(c->signame), "%s", name);
}

static void on_closed(void *arg)
{
	note(arg, 'c');
}

static const struct drv_channel_events event_table = {
	.data = on_data,
	.eof = on_eof,
	.exit_status = on_exit_status,
	.exit_signal = on_exit_signal,
	.closed = on_closed,
};

void client_init(struct client *c, const struct ssh_driver *drv,
		 const struct sshd *sshd)
{
	*c = (struct client){ .drv = drv, .sshd = sshd };
	strbuf_init(&c->out, STRBUF_MAX_TEXT);
	strbuf_init(&c->errs, STRBUF_MAX_TEXT);
	c->loop = loop_new(&c->err);
	assert_non_null(c->loop);
	c->params = (struct drv_params){
		.loop = c->loop,
		.opts = &c->opts,
		.name = "node",
		.user = sshd ? sshd->user : NULL,
		.fd = -1,
		.wake = wake,
		.arg = c,
	};
}

void client_release(struct client *c)
{
	c->drv->chan_free(c->chan);
	c->drv->conn_free(c->conn);
	strbuf_release(&c->out);
	strbuf_release(&c->errs);
	err_release(&c->err);
	loop_free(c->loop);
}

void client_dial(struct client *c, int fd)
{
	assert_true(fd >= 0);
	c->params.fd = fd;
	c->conn = c->drv->conn_new(&c->params, &c->err);
	assert_non_null(c->conn);
}

enum drv_rc client_handshake(struct client *c)
{
	enum drv_rc rc;

	UNTIL_DONE(c, rc, c->drv->handshake(c->conn, &c->err));
	return rc;
}

enum drv_rc client_auth(struct client *c, const struct auth_try *try,
			enum auth_answer *answer, unsigned int *methods)
{
	enum drv_rc rc;

	UNTIL_DONE(c, rc, c->drv->auth(c->conn, try, answer, methods, &c->err));
	return rc;
}

/* The driver's key for a file of the server's folder; NULL without keys. */
struct drv_key *client_key(struct client *c, const char *name)
{
	char *path = sshd_path(c->sshd, name);
	struct drv_key *key = NULL;

	if (c->drv->key_load)
		assert_int_equal(c->drv->key_load(path, NULL, &key, &c->err),
				 1);
	free(path);
	return key;
}

enum auth_answer client_try_key(struct client *c, const char *name,
				unsigned int *methods)
{
	struct drv_key *key = client_key(c, name);
	struct auth_try try = { .kind = AUTH_KEY, .key = key };
	enum auth_answer answer = AUTH_DENIED;

	assert_int_equal(client_auth(c, &try, &answer, methods), DRV_OK);
	if (key)
		c->drv->key_free(key);
	return answer;
}

/* Connected, and the key agreed on. */
void client_connect(struct client *c)
{
	client_dial(c, sshd_connect(c->sshd));
	assert_int_equal(client_handshake(c), DRV_OK);
}

/* Let in. */
void client_login(struct client *c)
{
	unsigned int methods;

	client_connect(c);
	assert_int_equal(client_try_key(c, "id", &methods), AUTH_SUCCESS);
}

enum drv_rc client_try_open(struct client *c)
{
	enum drv_rc rc;

	c->chan = c->drv->chan_new(c->conn, &event_table, c);
	UNTIL_DONE(c, rc, c->drv->chan_open_session(c->chan, &c->err));
	return rc;
}

enum drv_rc client_try_direct(struct client *c, const struct drv_direct *to,
			      struct drv_refused *why)
{
	enum drv_rc rc;

	c->chan = c->drv->chan_new(c->conn, &event_table, c);
	UNTIL_DONE(c, rc, c->drv->chan_open_direct(c->chan, to, why, &c->err));
	return rc;
}

void client_open(struct client *c)
{
	assert_int_equal(client_try_open(c), DRV_OK);
}

void client_env(struct client *c, const char *name, const char *value)
{
	enum drv_rc rc;

	UNTIL_DONE(c, rc, c->drv->chan_env(c->chan, name, value, &c->err));
	assert_int_equal(rc, DRV_OK);
}

enum drv_rc client_try_exec(struct client *c, const char *command)
{
	enum drv_rc rc;

	UNTIL_DONE(c, rc, c->drv->chan_exec(c->chan, command, &c->err));
	return rc;
}

enum drv_rc client_try_pty(struct client *c, const struct drv_pty *pty)
{
	bool given = true;
	enum drv_rc rc;

	UNTIL_DONE(c, rc, c->drv->chan_pty(c->chan, pty, &given, &c->err));
	assert_true(rc != DRV_OK || given);
	return rc;
}

enum drv_rc client_try_subsystem(struct client *c, const char *name)
{
	enum drv_rc rc;

	UNTIL_DONE(c, rc, c->drv->chan_subsystem(c->chan, name, &c->err));
	return rc;
}

void client_exec(struct client *c, const char *command)
{
	assert_int_equal(client_try_exec(c, command), DRV_OK);
}

void client_eof(struct client *c)
{
	enum drv_rc rc;

	UNTIL_DONE(c, rc, c->drv->chan_eof(c->chan));
	assert_int_equal(rc, DRV_OK);
}

enum drv_rc client_pump(struct client *c)
{
	enum drv_rc rc;

	c->inside = c->pumping = true;
	rc = c->drv->pump(c->conn, &c->err);
	c->inside = c->pumping = false;
	return rc;
}

static bool has_event(const struct client *c, char event)
{
	return strchr(c->events, event);
}

/* Pump until the channel is closed. */
void client_finish(struct client *c)
{
	enum drv_rc rc;

	while (!has_event(c, 'c')) {
		assert_int_equal(client_pump(c), DRV_AGAIN);
		if (!has_event(c, 'c'))
			wait_wake(c);
	}
	UNTIL_DONE(c, rc, c->drv->chan_close(c->chan));
	assert_int_equal(rc, DRV_OK);
}

void client_write(struct client *c, const char *p, size_t n)
{
	ssize_t k;

	while (n > 0) {
		c->inside = true;
		k = c->drv->chan_write(c->chan, p, n);
		c->inside = false;
		if (k < 0)
			return; /* the command is gone already */
		assert_true((size_t)k <= n);
		p += k;
		n -= (size_t)k;
		if (k == 0) {
			wait_wake(c);
			assert_int_equal(client_pump(c), DRV_AGAIN);
		}
	}
}

/* Pump until there is output. */
void client_hear(struct client *c)
{
	while (!c->out.len) {
		assert_int_equal(client_pump(c), DRV_AGAIN);
		if (!c->out.len)
			wait_wake(c);
	}
}

bool client_heard(const struct client *c, const char *events)
{
	size_t n = strlen(c->events);

	return n == strlen(events) && n && c->events[n - 1] == 'c' &&
	       strspn(c->events, events) == n && strspn(events, c->events) == n;
}
