/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The talk with sudo: what is cut out, what is passed on, whatever the pieces
 * it comes in.
 */
#include "op/sudo.h"

#include <unistd.h>

#include "lib/test.h"

#include "base/alloc.h"
#include "io/loop.h"
#include "lib/fake_driver.h"
#include "ssh/session_internal.h"

struct fixture {
	struct loop *loop;
	struct fake_log logs[2];
	struct session_env env;
	struct targets targets;
	struct session *session;
	struct sudo *sudo;
	struct passwords *passwords;
	char prompt[64], begun[64]; /* as its command has them */
	struct strbuf out[NSTREAMS];
};

static void on_closing(void *arg)
{
	(void)arg;
}

static const struct session_events no_events = { .closing = on_closing };

/* The word after `before`. */
static void word_after(const char *text, const char *before, char *word)
{
	const char *at = strstr(text, before);

	assert_non_null(at);
	assert_int_equal(sscanf(at + strlen(before), "%60[-a-z0-9]", word), 1);
}

static void open_fixture(struct fixture *f)
{
	char *command;

	*f = (struct fixture){ .logs = { { .name = "h" } } };
	f->loop = loop_new_virtual(NULL);
	f->env.loop = f->loop;
	f->env.drv = &driver_fake_local;
	fake_driver_use(f->logs);
	assert_int_equal(targets_add(&f->targets, "h", NULL, NULL), 0);
	f->session = session_new(&f->env, f->targets.v, NULL, &no_events, NULL);
	f->sudo = sudo_new(f->session, NULL);
	command = sudo_command(f->sudo, "id");
	word_after(command, "-p ", f->prompt);
	word_after(command, "'echo ", f->begun);
	free(command);
	for (int i = 0; i < NSTREAMS; i++)
		strbuf_init(&f->out[i], 1 << 20);
}

static void close_fixture(struct fixture *f)
{
	sudo_free(f->sudo);
	passwords_free(f->passwords);
	session_free(f->session);
	targets_release(&f->targets);
	loop_free(f->loop);
	for (int i = 0; i < NSTREAMS; i++)
		strbuf_release(&f->out[i]);
}

static void keep(void *arg, enum stream s, const void *buf, size_t n)
{
	struct fixture *f = arg;

	(void)strbuf_add(&f->out[s], buf, n);
}

static void hear(struct fixture *f, enum stream s, const char *text,
		 size_t piece)
{
	size_t len = strlen(text);

	for (size_t at = 0; at < len; at += piece)
		sudo_hear(f->sudo, s, text + at,
			  len - at < piece ? len - at : piece, keep, f);
}

static void the_command_has_two_texts_nobody_guesses(void **state)
{
	struct fixture f, g;
	char *command, *expected;

	(void)state;
	open_fixture(&f);
	open_fixture(&g);
	assert_string_not_equal(f.prompt, g.prompt);
	assert_int_equal(strlen(f.prompt), 9 + 32);
	command = sudo_command(f.sudo, "echo 'a b'; exit 3");
	expected = xasprintf("sudo -S -p %s -- sh -c 'echo %s >&2\necho "
			     "'\\''a b'\\''; exit 3'",
			     f.prompt, f.begun);
	assert_string_equal(command, expected);
	free(command);
	free(expected);
	close_fixture(&f);
	close_fixture(&g);
}

static void the_texts_are_cut_out_of_any_pieces(void **state)
{
	for (size_t piece = 1; piece < 120; piece++) {
		const char *line;
		struct fixture f;
		char *text;

		(void)state;
		open_fixture(&f);
		text = xasprintf("lecture\n%s%s\nmine %s mine\n", f.prompt,
				 f.begun, f.prompt);
		hear(&f, STREAM_OUT, "early ", piece);
		hear(&f, STREAM_ERR, text, piece);
		hear(&f, STREAM_OUT, "late", piece);
		assert_string_equal(f.out[STREAM_OUT].buf, "early late");
		free(text);
		text = xasprintf("lecture\nmine %s mine\n", f.prompt);
		assert_string_equal(f.out[STREAM_ERR].buf, text);
		free(text);
		assert_int_equal(sudo_next(f.sudo, &line, NULL), SUDO_BEGUN);
		assert_int_equal(sudo_closed(f.sudo, keep, &f, NULL), SUDO_END);
		close_fixture(&f);
	}
}

static void what_sudo_says_is_passed_on_when_nothing_ran(void **state)
{
	struct fixture f;
	struct err err = { 0 };

	(void)state;
	open_fixture(&f);
	hear(&f, STREAM_ERR, "sudo: command not found\n", 100);
	assert_string_equal(f.out[STREAM_ERR].buf, "");
	assert_int_equal(sudo_closed(f.sudo, keep, &f, &err), SUDO_END);
	assert_string_equal(f.out[STREAM_ERR].buf, "sudo: command not found\n");
	close_fixture(&f);

	open_fixture(&f);
	hear(&f, STREAM_ERR, "Hm.\n", 100);
	hear(&f, STREAM_ERR, f.prompt, 100);
	assert_int_equal(sudo_closed(f.sudo, keep, &f, &err), SUDO_REFUSED);
	assert_int_equal(err.code, ERR_AUTH);
	assert_string_equal(f.out[STREAM_ERR].buf, "Hm.\n");
	err_release(&err);
	close_fixture(&f);
}

static void a_host_whose_key_was_not_known_is_told_nothing(void **state)
{
	struct fixture f;
	struct err err = { 0 };
	const char *line = NULL;

	(void)state;
	open_fixture(&f);
	assert_int_equal(sudo_next(f.sudo, &line, &err), SUDO_WAIT);
	hear(&f, STREAM_ERR, f.prompt, 7);
	assert_int_equal(sudo_next(f.sudo, &line, &err), SUDO_FAIL);
	assert_string_equal(
		err.msg,
		"sudo asks for a password: no password goes to a host whose key was not known");
	assert_null(line);
	err_release(&err);
	close_fixture(&f);
}

static void give_password(struct fixture *f, const char *line)
{
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], line, strlen(line)),
			 (ssize_t)strlen(line));
	close(fds[1]);
	f->passwords = passwords_new(f->loop, NULL, true);
	assert_int_equal(passwords_read(f->passwords, fds[0], NULL), 0);
	f->session->trust = KEY_VERIFIED;
}

/* The talk with another host, as far as its question. */
static void asked_anew(struct fixture *f)
{
	char *command;

	sudo_free(f->sudo);
	f->sudo = sudo_new(f->session, f->passwords);
	command = sudo_command(f->sudo, "id");
	word_after(command, "-p ", f->prompt);
	word_after(command, "'echo ", f->begun);
	free(command);
	hear(f, STREAM_ERR, f->prompt, 7);
}

/* A channel may take a piece of the line; the rest follows, once. */
static void the_password_may_go_in_pieces(void **state)
{
	struct fixture f;
	const char *line = NULL;

	(void)state;
	open_fixture(&f);
	give_password(&f, "secret\n");
	asked_anew(&f);
	assert_int_equal(sudo_next(f.sudo, &line, NULL), SUDO_SEND);
	assert_string_equal(line, "secret\n");
	sudo_sent(f.sudo, 3);
	assert_int_equal(sudo_next(f.sudo, &line, NULL), SUDO_SEND);
	assert_string_equal(line, "ret\n");
	sudo_sent(f.sudo, 4);
	assert_int_equal(sudo_next(f.sudo, &line, NULL), SUDO_WAIT);
	close_fixture(&f);
}

/* The channel closed before anyone asked what to do next. */
static void a_command_that_ends_at_once_proves_the_password(void **state)
{
	struct fixture f;
	const char *line = NULL;

	(void)state;
	open_fixture(&f);
	give_password(&f, "secret\n");
	for (int host = 0; host < 3; host++) {
		asked_anew(&f);
		assert_int_equal(sudo_next(f.sudo, &line, NULL), SUDO_SEND);
		sudo_sent(f.sudo, strlen(line));
		hear(&f, STREAM_ERR, f.begun, 3);
		hear(&f, STREAM_ERR, "\n", 1);
		if (host < 2)
			assert_int_equal(sudo_closed(f.sudo, keep, &f, NULL),
					 SUDO_END);
	}
	close_fixture(&f);
}

/* Memory has a limit, and a text at its edge is found all the same. */
static void much_talk_before_the_command_is_passed_on(void **state)
{
	const size_t n = 200000;
	struct fixture f;
	char *text;

	(void)state;
	open_fixture(&f);
	text = xcalloc(1, n + 1);
	memset(text, 'x', n);
	hear(&f, STREAM_ERR, text, n);
	assert_true(f.out[STREAM_ERR].len > n / 2);
	hear(&f, STREAM_ERR, f.begun, 3);
	hear(&f, STREAM_ERR, "\nend", 3);
	assert_int_equal(f.out[STREAM_ERR].len, n + 3);
	assert_null(strstr(f.out[STREAM_ERR].buf, f.begun));
	free(text);
	close_fixture(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_command_has_two_texts_nobody_guesses),
		cmocka_unit_test(the_texts_are_cut_out_of_any_pieces),
		cmocka_unit_test(what_sudo_says_is_passed_on_when_nothing_ran),
		cmocka_unit_test(
			a_host_whose_key_was_not_known_is_told_nothing),
		cmocka_unit_test(the_password_may_go_in_pieces),
		cmocka_unit_test(
			a_command_that_ends_at_once_proves_the_password),
		cmocka_unit_test(much_talk_before_the_command_is_passed_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
