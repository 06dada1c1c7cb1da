/* SPDX-License-Identifier: Apache-2.0 */
/* KnownHostsCommand, with real commands. */
#include "ssh/khcommand.h"

#include "lib/test.h"

#include "base/alloc.h"

#define KEY                                                                    \
	"AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

struct fixture {
	struct loop *loop;
	struct ssh_opts opts;
	struct target target;
	struct khcommand *c;
	struct err err;
	unsigned int woken;
};

static void woken(void *arg)
{
	struct fixture *f = arg;

	f->woken++;
}

/* `words` are split at the bars. */
static void open_fixture(struct fixture *f, const char *words)
{
	*f = (struct fixture){ 0 };
	f->loop = loop_new(NULL);
	assert_non_null(f->loop);
	sshopts_init(&f->opts);
	sshopt_defaults(&f->opts);
	f->opts.known_hosts_command = xstrdup("as below");
	strvec_split(&f->opts.known_hosts_argv, words, "|");
	f->target.opts = &f->opts;
	f->c = khcommand_new(f->loop, &f->target, true, woken, f);
}

static void close_fixture(struct fixture *f)
{
	khcommand_free(f->c);
	loop_free(f->loop);
	sshopts_release(&f->opts);
	err_release(&f->err);
}

static enum khcommand_rc run(struct fixture *f, enum khcommand_why why)
{
	enum khcommand_rc rc;

	f->woken = 0;
	while ((rc = khcommand_run(f->c, why, "h", NULL, &f->err)) ==
	       KHCOMMAND_WAIT) {
		assert_true(khcommand_running(f->c));
		while (!f->woken)
			assert_true(loop_turn(f->loop, true, NULL) >= 0);
		f->woken = 0;
	}
	assert_false(khcommand_running(f->c));
	return rc;
}

static size_t types(struct fixture *f, const char *file, const char *name)
{
	struct strvec files = { 0 };
	struct strvec known = { 0 };
	size_t n;

	strvec_push(&files, file);
	knownhosts_types(khcommand_known(f->c), &files, name, 22, &known);
	n = known.n;
	strvec_release(&files);
	strvec_release(&known);
	return n;
}

static void each_reason_has_its_own_output_and_one_run(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f, "/bin/echo|%I,%H,%t,%f,%K ssh-ed25519 " KEY);
	assert_int_equal(run(&f, KHCOMMAND_ORDER), KHCOMMAND_DONE);
	assert_int_equal(types(&f, KHCOMMAND_ORDER_FILE, "order"), 1);
	assert_int_equal(types(&f, KHCOMMAND_ORDER_FILE, "h"), 1);
	assert_int_equal(types(&f, KHCOMMAND_ORDER_FILE, "none"), 1);
	assert_int_equal(types(&f, KHCOMMAND_HOSTNAME_FILE, "h"), 0);
	assert_int_equal(run(&f, KHCOMMAND_HOSTNAME), KHCOMMAND_DONE);
	assert_int_equal(types(&f, KHCOMMAND_HOSTNAME_FILE, "hostname"), 1);
	assert_int_equal(types(&f, KHCOMMAND_HOSTNAME_FILE, "order"), 0);
	/* It would wait if it ran once more. */
	assert_int_equal(khcommand_run(f.c, KHCOMMAND_ORDER, "h", NULL, &f.err),
			 KHCOMMAND_DONE);
	close_fixture(&f);
}

static void whatever_goes_wrong_refuses(void **state)
{
	static const struct {
		const char *words, *msg;
	} rows[] = {
		{ "/bin/sh|-c|exit 3", "it ended with status 3" },
		{ "/bin/sh|-c|kill -9 $$", "it was ended by signal KILL" },
		{ "sh|-c|:", "it has no full path" },
		{ "", "it has no full path" },
		{ "/bin/echo|%z", "unknown token '%z'" },
		{ "/usr/bin/yes", "it has written more than 1048576 bytes" },
		/* it is told of the end of its output, and of its own */
		{ "/bin/sh|-c|exec >&-; exit 4", "it ended with status 4" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;

		open_fixture(&f, rows[i].words);
		ROW(run(&f, KHCOMMAND_ORDER) == KHCOMMAND_ERROR, rows[i].words);
		assert_int_equal(f.err.code, ERR_HOSTKEY);
		assert_non_null(strstr(f.err.msg, rows[i].msg));
		assert_non_null(strstr(f.err.msg, "KnownHostsCommand (ORDER)"));
		close_fixture(&f);
	}
}

static void one_that_runs_is_ended_with_its_owner(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f, "/bin/sleep|300");
	assert_int_equal(khcommand_run(f.c, KHCOMMAND_ORDER, "h", NULL, &f.err),
			 KHCOMMAND_WAIT);
	assert_true(khcommand_running(f.c));
	close_fixture(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_reason_has_its_own_output_and_one_run),
		cmocka_unit_test(whatever_goes_wrong_refuses),
		cmocka_unit_test(one_that_runs_is_ended_with_its_owner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
