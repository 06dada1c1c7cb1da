/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every driver that speaks SSH must do: the same rows against a real
 * sshd and against the scripted driver that other tests rely on, so that the
 * script cannot promise what no server does.
 */
#include "ssh/driver.h"

#include "lib/test.h"

#include "lib/fake_driver.h"
#include "lib/ssh_client.h"
#include "lib/sshd.h"

static struct sshd sshd;

static const struct terminal {
	struct drv_pty pty;
	struct drv_size resize; /* before the input; no columns: none */
	const char *log;	/* what the fake notes of both */
} still = {
	.pty = { "vt52", { 90, 33, 0, 0 }, NULL, 0 },
	.log = "vt52 90x33",
}, shrinks = {
	.pty = { "vt52", { 90, 33, 0, 0 }, NULL, 0 },
	.resize = { 70, 20, 0, 0 },
	.log = "vt52 90x33 70x20",
};

static const struct row {
	const char *name;
	const char *command; /* in brackets: a subsystem */
	const char *env;     /* value of RSH_TEST, or NULL */
	const char *input;   /* then EOF; NULL: neither */
	const char *out, *errs;
	const char *events; /* e eof, x status, s signal, c close */
	uint32_t status;
	const char *signame;
	const struct terminal *terminal; /* or NULL */
} rows[] = {
	/* clang-format off */
	{ "no output",     "true",                    NULL,   NULL, "", "", "xec", 0, "", NULL },
	{ "status",        "exit 7",                  NULL,   NULL, "", "", "xec", 7, "", NULL },
	{ "largest status", "exit 255",               NULL,   NULL, "", "", "xec", 255, "", NULL },
	{ "both streams",  "echo one; echo two >&2",  NULL,   NULL, "one\n", "two\n", "xec", 0, "", NULL },
	{ "no newline",    "printf abc",              NULL,   NULL, "abc", "", "xec", 0, "", NULL },
	{ "a variable",    "echo \"$RSH_TEST\"",      "a b$c", NULL, "a b$c\n", "", "xec", 0, "", NULL },
	{ "input to EOF",  "cat",                     NULL,   "xy", "xy", "", "xec", 0, "", NULL },
	{ "input unread",  "exit 3",                  NULL,   "lost", "", "", "xec", 3, "", NULL },
	{ "killed",        "kill -TERM $$",           NULL,   NULL, "", "", "sec", 0, "TERM", NULL },
	{ "a subsystem",   "(sftp)",                  NULL,   "",   "", "", "xec", 0, "", NULL },
	{ "a terminal",    "echo $TERM; stty size; exit 4", NULL, NULL, "vt52\r\n33 90\r\n", "", "xec", 4, "", &still },
	{ "another size",  "stty -echo; echo up; read x; stty size", NULL, "x\n", "up\r\n20 70\r\n", "", "xec", 0, "", &shrinks },
	/* clang-format on */
};

/* The row as the scripted driver is told it. */
static struct fake_row script[16];
static struct fake_log logs[] = {
	{ .name = "node", .script = script },
	{ .name = NULL },
};

static void add(size_t *n, enum fake_answer answer, uint32_t value,
		const char *text)
{
	script[(*n)++] = (struct fake_row){ FAKE_PUMP, answer, value, text };
}

static void script_row(const struct row *row)
{
	size_t n = 0;

	script[n++] = (struct fake_row){ FAKE_HANDSHAKE, FAKE_AGAIN, 0, NULL };
	script[n++] = (struct fake_row){ FAKE_OPEN, FAKE_AGAIN, 0, NULL };
	script[n++] = (struct fake_row){ FAKE_EXEC, FAKE_AGAIN, 0, NULL };
	if (*row->out)
		add(&n, FAKE_OUT, 0, row->out);
	if (*row->errs)
		add(&n, FAKE_ERR, 0, row->errs);
	for (const char *e = row->events; *e; e++) {
		switch (*e) {
		case 'x':
			add(&n, FAKE_STATUS, row->status, NULL);
			break;
		case 's':
			add(&n, FAKE_KILLED, 0, row->signame);
			break;
		case 'e':
			add(&n, FAKE_EOF, 0, NULL);
			break;
		case 'c':
			add(&n, FAKE_CLOSED, 0, NULL);
			break;
		default:
			fail();
		}
	}
	script[n] = (struct fake_row){ FAKE_END, FAKE_OK, 0, NULL };
	fake_driver_use(logs);
}

static void begin_row(const struct row *row, struct client *c)
{
	enum drv_rc rc;

	client_open(c);
	if (row->env)
		client_env(c, "RSH_TEST", row->env);
	if (row->terminal)
		ROW(client_try_pty(c, &row->terminal->pty) == DRV_OK,
		    row->name);
	rc = *row->command == '(' ? client_try_subsystem(c, "sftp")
				  : client_try_exec(c, row->command);
	ROW(rc == DRV_OK, row->name);
}

/* A terminal has no end of input but its closing. */
static void feed_row(const struct row *row, struct client *c)
{
	if (row->terminal && row->terminal->resize.columns) {
		if (c->drv == &driver_libssh)
			client_hear(c);
		c->drv->chan_resize(c->chan, &row->terminal->resize);
	}
	if (!row->input)
		return;
	client_write(c, row->input, strlen(row->input));
	if (!row->terminal)
		client_eof(c);
}

static void contract_row(const struct row *row, const struct ssh_driver *drv)
{
	struct client c;

	script_row(row);
	client_init(&c, drv, &sshd);
	client_login(&c);
	begin_row(row, &c);
	feed_row(row, &c);
	client_finish(&c);
	if (drv == &driver_fake) {
		ROW(!strcmp(logs[0].command, row->command), row->name);
		ROW(!row->terminal || !strcmp(logs[0].pty, row->terminal->log),
		    row->name);
	}
	ROW(!strcmp(c.out.buf, row->out), row->name);
	ROW(!strcmp(c.errs.buf, row->errs), row->name);
	ROW(client_heard(&c, row->events), row->name);
	ROW(c.status == row->status, row->name);
	ROW(!strcmp(c.signame, row->signame), row->name);
	ROW(c.err.code == ERR_NONE, row->name);
	client_release(&c);
}

static void commands_behave_on_a_server(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		contract_row(&rows[i], &driver_libssh);
}

static void commands_behave_on_the_fake(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		contract_row(&rows[i], &driver_fake);
}

/* A channel to somewhere else: what is not there is refused, with a reason. */
static void direct_row(const struct ssh_driver *drv,
		       const struct drv_direct *to, const char *what)
{
	struct drv_refused why;
	struct client c;

	fake_driver_use(logs);
	client_init(&c, drv, &sshd);
	client_login(&c);
	assert_int_equal(client_try_direct(&c, to, &why), DRV_ERROR);
	assert_int_equal(c.err.code, ERR_CHANNEL);
	assert_non_null(strstr(c.err.msg, what));
	assert_int_equal(why.kind, DRV_REFUSED_OTHER);
	assert_int_equal(why.reason, 2);
	assert_int_not_equal(why.text[0], '\0');
	err_release(&c.err);
	client_release(&c);
}

static void direct_channels_are_refused_with_a_reason(void **state)
{
	static const struct drv_direct nowhere = {
		.host = "127.0.0.1",
		.port = 1,
		.from_host = "::1",
		.from_port = 4711,
	};
	static const struct drv_direct no_socket = {
		.path = "/nonexistent/socket",
	};

	(void)state;
	direct_row(&driver_libssh, &nowhere, "127.0.0.1 port 1");
	direct_row(&driver_libssh, &no_socket, "/nonexistent/socket");
	script[0] = (struct fake_row){ FAKE_OPEN, FAKE_ERROR, ERR_CHANNEL,
				       "127.0.0.1 port 1" };
	script[1] = (struct fake_row){ FAKE_END, FAKE_OK, 0, NULL };
	direct_row(&driver_fake, &nowhere, "127.0.0.1 port 1");
	assert_string_equal(logs[0].direct, "127.0.0.1 1");
}

/* What it connects to is heard; it ends when the far end does. */
static void direct_channel_passes_bytes(void **state)
{
	struct drv_direct to = { .host = "127.2.0.1", .port = sshd.port };
	struct drv_refused why;
	struct client c;

	(void)state;
	client_init(&c, &driver_libssh, &sshd);
	client_login(&c);
	assert_int_equal(client_try_direct(&c, &to, &why), DRV_OK);
	client_write(&c, "no ssh\r\n", 8);
	client_eof(&c);
	client_finish(&c);
	assert_memory_equal(c.out.buf, "SSH-2.0-", 8);
	assert_true(client_heard(&c, "ec"));
	client_release(&c);
}

static int start(void **state)
{
	(void)state;
	return sshd_start(&sshd);
}

static int stop(void **state)
{
	(void)state;
	sshd_stop(&sshd);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_behave_on_a_server),
		cmocka_unit_test(commands_behave_on_the_fake),
		cmocka_unit_test(direct_channels_are_refused_with_a_reason),
		cmocka_unit_test(direct_channel_passes_bytes),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
