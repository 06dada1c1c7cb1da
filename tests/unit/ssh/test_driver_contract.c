/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every driver that speaks SSH must do, as rows that take the driver as
 * an argument.
 */
#include "ssh/driver.h"

#include "lib/test.h"

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
	{ "input to EOF",  "cat",                     NULL,   "x\0y", "x", "", "xec", 0, "" },
	{ "input unread",  "exit 3",                  NULL,   "lost", "", "", "xec", 3, "" },
	{ "killed",        "kill -TERM $$",           NULL,   NULL, "", "", "sec", 0, "TERM" },
	/* clang-format on */
};

static void contract_row(const struct row *row, const struct ssh_driver *drv)
{
	struct client c;

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

static void commands_behave(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		contract_row(&rows[i], &driver_libssh);
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
		cmocka_unit_test(commands_behave),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
