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

static const struct row {
	const char *name;
	const char *command;
	const char *env;   /* value of RSH_TEST, or NULL */
	const char *input; /* then EOF; NULL: neither */
	const char *out, *errs;
	const char *events; /* e eof, x status, s signal, c close */
	uint32_t status;
	const char *signame;
} rows[] = {
	/* clang-format off */
	{ "no output",     "true",                    NULL,   NULL, "", "", "xec", 0, "" },
	{ "status",        "exit 7",                  NULL,   NULL, "", "", "xec", 7, "" },
	{ "largest status", "exit 255",               NULL,   NULL, "", "", "xec", 255, "" },
	{ "both streams",  "echo one; echo two >&2",  NULL,   NULL, "one\n", "two\n", "xec", 0, "" },
	{ "no newline",    "printf abc",              NULL,   NULL, "abc", "", "xec", 0, "" },
	{ "a variable",    "echo \"$RSH_TEST\"",      "a b$c", NULL, "a b$c\n", "", "xec", 0, "" },
	{ "input to EOF",  "cat",                     NULL,   "xy", "xy", "", "xec", 0, "" },
	{ "input unread",  "exit 3",                  NULL,   "lost", "", "", "xec", 3, "" },
	{ "killed",        "kill -TERM $$",           NULL,   NULL, "", "", "sec", 0, "TERM" },
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

static void contract_row(const struct row *row, const struct ssh_driver *drv)
{
	struct client c;

	script_row(row);
	client_init(&c, drv, &sshd);
	client_login(&c);
	client_open(&c);
	if (row->env)
		client_env(&c, "RSH_TEST", row->env);
	client_exec(&c, row->command);
	if (row->input) {
		client_write(&c, row->input, strlen(row->input));
		client_eof(&c);
	}
	client_finish(&c);
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
	};

	return cmocka_run_group_tests(tests, start, stop);
}
