/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared sessions with a jump host, over a driver that only counts: how many
 * channels it opens on a connection, and what it says of the others.
 */
#include "ssh/pool.h"

#include "lib/test.h"

#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "ssh/session.h"

#define JUMPS (POOL_LINES + 8)

/* The server, as the rows below have it. */
static struct {
	unsigned int most;	/* channels on one connection */
	unsigned int forbidden; /* a port that is never let through */
	enum err_code down;	/* no connection is made */
	bool vague;		/* each second refusal could be any channel's */
	unsigned int conns, refusals;
} server;

struct drv_conn {
	struct drv_params params;
	struct defer wake;
	unsigned int nopen;
	bool dead;
};

struct drv_channel {
	struct drv_conn *c;
	bool open, asked;
};

static struct drv_conn *last_conn;

static void wake(struct defer *d)
{
	struct drv_conn *c = container_of(d, struct drv_conn, wake);

	c->params.wake(c->params.arg);
}

/* A driver that is there at once: no transport, no key, no log-in. */
static struct drv_conn *conn_new(const struct drv_params *p, struct err *err)
{
	struct drv_conn *c;

	server.conns++;
	if (server.down) {
		err_set(err, server.down, "down");
		return NULL;
	}
	c = xcalloc(1, sizeof(*c));
	c->params = *p;
	last_conn = c;
	return c;
}

static void conn_free(struct drv_conn *c)
{
	if (!c)
		return;
	assert_int_equal(c->nopen, 0);
	defer_cancel(&c->wake);
	free(c);
}

static enum drv_rc pump(struct drv_conn *c, struct err *err)
{
	if (!c->dead)
		return DRV_AGAIN;
	err_set(err, ERR_LOST, "gone");
	return DRV_ERROR;
}

static struct drv_channel *
chan_new(struct drv_conn *c, const struct drv_channel_events *ev, void *arg)
{
	struct drv_channel *ch = xcalloc(1, sizeof(*ch));

	(void)ev;
	(void)arg;
	ch->c = c;
	return ch;
}

static enum drv_rc chan_open_direct(struct drv_channel *ch,
				    const struct drv_direct *to,
				    struct drv_refused *why, struct err *err)
{
	if (!ch->asked) {
		ch->asked = true;
		defer_post(ch->c->params.loop, &ch->c->wake, wake);
		return DRV_AGAIN;
	}
	if (ch->c->nopen < server.most && to->port != server.forbidden) {
		ch->open = true;
		ch->c->nopen++;
		return DRV_OK;
	}
	why->kind = server.vague && ++server.refusals % 2 ? DRV_REFUSED_UNKNOWN
							  : DRV_REFUSED_BUSY;
	err_set(err, ERR_CHANNEL, "refused");
	return DRV_ERROR;
}

static void chan_free(struct drv_channel *ch)
{
	if (ch->open)
		ch->c->nopen--;
	free(ch);
}

static ssize_t chan_write(struct drv_channel *ch, const void *buf, size_t n)
{
	(void)ch;
	(void)buf;
	return (ssize_t)n;
}

static void chan_more(struct drv_channel *ch)
{
	(void)ch;
}

static enum drv_rc chan_eof(struct drv_channel *ch)
{
	(void)ch;
	return DRV_OK;
}

static const struct ssh_driver driver = {
	.name = "counting",
	.local = true,
	.conn_new = conn_new,
	.pump = pump,
	.conn_free = conn_free,
	.chan_new = chan_new,
	.chan_open_direct = chan_open_direct,
	.chan_write = chan_write,
	.chan_more = chan_more,
	.chan_eof = chan_eof,
	.chan_free = chan_free,
};

struct one {
	struct target target;
	struct jump *jump;
	int fd;
	unsigned int told;
	bool held;
	enum err_code code;
	char why[128];
};

struct fixture {
	struct loop *loop;
	struct session_env env;
	struct target hop;
	struct one v[JUMPS];
};

static void done(void *arg, int fd, const struct err *err)
{
	struct one *o = arg;

	o->told++;
	o->fd = fd;
	o->code = err->code;
	if (fd < 0)
		(void)snprintf(o->why, sizeof(o->why), "%s", err->msg);
}

static void held(void *arg, bool held)
{
	struct one *o = arg;

	o->held = held;
}

static const struct jump_events events = { .done = done, .held = held };

static void turn(struct fixture *f)
{
	for (int i = 0; i < 200; i++)
		assert_true(loop_turn(f->loop, false, NULL) >= 0);
}

static void open_fixture(struct fixture *f)
{
	memset(&server, 0, sizeof(server));
	server.most = 1000;
	*f = (struct fixture){ 0 };
	f->loop = loop_new_virtual(NULL);
	f->hop.host = "hop";
	f->hop.name = xstrdup("hop");
	f->env.loop = f->loop;
	f->env.drv = &driver;
	f->env.pool = pool_new(&f->env);
	for (size_t i = 0; i < JUMPS; i++)
		f->v[i].fd = -1;
}

static void start(struct fixture *f, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct one *o = &f->v[i];

		o->fd = -1;
		o->target = (struct target){ .name = f->hop.name,
					     .host = "t",
					     .port = (uint16_t)(i + 1),
					     .via = &f->hop };
		o->jump = jump_start(f->env.pool, &o->target, &events, o);
	}
	turn(f);
}

static void end(struct one *o)
{
	jump_free(o->jump);
	o->jump = NULL;
	if (o->fd >= 0)
		close(o->fd);
	o->fd = -1;
}

static size_t served(const struct fixture *f)
{
	size_t n = 0;

	for (size_t i = 0; i < JUMPS; i++)
		n += f->v[i].fd >= 0;
	return n;
}

static void close_fixture(struct fixture *f)
{
	for (size_t i = 0; i < JUMPS; i++)
		end(&f->v[i]);
	pool_free(f->env.pool);
	loop_free(f->loop);
	free(f->hop.name);
}

static void one_session_for_all(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f);
	start(&f, JUMPS);
	assert_int_equal(served(&f), JUMPS);
	assert_int_equal(server.conns, 1);
	close_fixture(&f);
}

/* As many more as are needed, and all are served. */
static void limit_is_learnt(void **state)
{
	static const unsigned int rows[][2] = { { 10, 4 },
						{ 5, 8 },
						{ 2, 20 } };

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture f;

		open_fixture(&f);
		server.most = rows[i / 2][0];
		server.vague = i % 2;
		start(&f, JUMPS);
		assert_int_equal(served(&f), JUMPS);
		assert_int_equal(server.conns, rows[i / 2][1]);
		close_fixture(&f);
	}
}

static void forbidden_is_told(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f);
	server.forbidden = 7;
	start(&f, JUMPS);
	assert_int_equal(served(&f), JUMPS - 1);
	assert_string_equal(f.v[6].why, "jump host hop: refused");
	assert_int_equal(f.v[6].told, 1);
	/* One more, to find out that it was meant. */
	assert_int_equal(server.conns, 2);
	close_fixture(&f);
}

static void one_that_is_down_is_tried_once(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f);
	server.down = ERR_CONNECT;
	start(&f, 10);
	for (size_t i = 0; i < 10; i++) {
		assert_string_equal(f.v[i].why, "jump host hop: down");
		assert_int_equal(f.v[i].told, 1);
		end(&f.v[i]);
	}
	start(&f, 10);
	assert_int_equal(server.conns, 1);
	assert_string_equal(f.v[9].why, "jump host hop: down");
	close_fixture(&f);
}

/* The class of what is behind it is that of the hop only where a retry would
   help as little. */
static void what_a_retry_cannot_help_keeps_its_class(void **state)
{
	static const enum err_code rows[][2] = {
		{ ERR_HOSTKEY, ERR_HOSTKEY },  { ERR_AUTH, ERR_AUTH },
		{ ERR_CONFIG, ERR_CONFIG },    { ERR_LOCAL, ERR_LOCAL },
		{ ERR_PROTOCOL, ERR_CONNECT }, { ERR_RESOLVE, ERR_CONNECT },
		{ ERR_TIMEOUT, ERR_CONNECT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;

		open_fixture(&f);
		server.down = rows[i][0];
		start(&f, 1);
		assert_int_equal(f.v[0].code, rows[i][1]);
		close_fixture(&f);
	}
}

static void a_lost_one_is_named_and_made_again(void **state)
{
	struct err err = { 0 };
	struct fixture f;

	(void)state;
	open_fixture(&f);
	start(&f, 3);
	assert_false(jump_lost(f.v[0].jump, &err));
	last_conn->dead = true;
	defer_post(f.loop, &last_conn->wake, wake);
	turn(&f);
	for (size_t i = 0; i < 3; i++) {
		char byte;

		assert_true(jump_lost(f.v[i].jump, &err));
		assert_string_equal(err.msg, "jump host hop: gone");
		assert_int_equal(read(f.v[i].fd, &byte, 1), 0);
		end(&f.v[i]);
	}
	err_release(&err);
	start(&f, 3);
	assert_int_equal(served(&f), 3);
	assert_int_equal(server.conns, 2);
	close_fixture(&f);
}

/* Nobody is late who waits for a place, and the next one gets it. */
static void places_are_given_on(void **state)
{
	struct fixture f;
	size_t waits = 0;

	(void)state;
	open_fixture(&f);
	server.most = 1;
	start(&f, JUMPS);
	assert_int_equal(server.conns, POOL_LINES);
	assert_int_equal(served(&f), POOL_LINES);
	for (size_t i = 0; i < JUMPS; i++)
		if (f.v[i].fd >= 0) {
			end(&f.v[i]);
			break;
		}
	turn(&f);
	assert_int_equal(served(&f), POOL_LINES);
	assert_int_equal(server.conns, POOL_LINES);
	for (size_t i = 0; i < JUMPS; i++)
		waits += f.v[i].held;
	assert_int_equal(waits, JUMPS - POOL_LINES - 1);
	close_fixture(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_session_for_all),
		cmocka_unit_test(limit_is_learnt),
		cmocka_unit_test(forbidden_is_told),
		cmocka_unit_test(one_that_is_down_is_tried_once),
		cmocka_unit_test(what_a_retry_cannot_help_keeps_its_class),
		cmocka_unit_test(a_lost_one_is_named_and_made_again),
		cmocka_unit_test(places_are_given_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
