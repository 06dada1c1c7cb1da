/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/sshmatch.h"

#include "lib/test.h"

#include "base/alloc.h"

/* What has been asked of the machine, and what it answers. */
struct machine {
	struct strbuf ran; /* commands, a line each */
	unsigned int asked;
	int status;
};

static int run(void *arg, const char *command, struct err *err)
{
	struct machine *m = arg;

	strbuf_addf(&m->ran, "%s\n", command);
	if (strcmp(command, "fail") == 0)
		return err_set(err, ERR_LOCAL, "ended by signal 9");
	return strcmp(command, "false") == 0 ? 1 : m->status;
}

static int addresses(void *arg, struct strvec *out, struct err *err)
{
	struct machine *m = arg;

	(void)err;
	m->asked++;
	strvec_push(out, "192.0.2.7");
	strvec_push(out, "2001:db8::7");
	return 0;
}

static void start(struct machine *m, struct sshmatch_env *env)
{
	const struct sshconf_env from = {
		.home = "/home/ann",
		.local_user = "ann",
		.local_host = "desk.example.org",
		.uid = 1000,
		.run = run,
		.addresses = addresses,
		.arg = m,
	};

	*m = (struct machine){ .ran = STRBUF_INIT(10000) };
	sshmatch_env_init(env, &from);
}

static void stop(struct machine *m, struct sshmatch_env *env)
{
	sshmatch_env_release(env);
	strbuf_release(&m->ran);
}

static const struct sshfacts web = {
	.original = "web",
	.host = "Web1.Example.org",
	.user = "Bob",
	.tag = "blue",
	.port = 2200,
};

/* 1, 0 or -1; what fails is told in `err`. */
static int fit(const char *text, struct sshmatch_env *env,
	       const struct sshfacts *facts, struct err *err)
{
	struct sshmatches ms;
	int rc;

	if (sshmatches_parse(text, "f line 3", &ms, err))
		fail_msg("'%s': %s", text, err->msg);
	rc = sshmatches_fit(&ms, env, facts, err);
	sshmatches_release(&ms);
	return rc;
}

static void criteria_hold_together(void **state)
{
	static const struct {
		const char *text;
		int fits;
	} rows[] = {
		{ "all", 1 },
		{ "!all", 0 },
		{ "final", 0 },
		{ "!final", 1 },
		{ "canonical all", 0 },
		{ "host web1.example.org", 1 },
		{ "host WEB1.*", 1 },
		{ "host web", 0 },
		{ "host *,!web1.*", 0 },
		{ "!host *,!web1.*", 1 },
		{ "originalhost WEB", 1 },
		{ "originalhost web1*", 0 },
		{ "user Bob", 1 },
		{ "user bob", 0 },
		{ "user ann", 0 },
		{ "localuser ann", 1 },
		{ "localuser Ann,bob", 0 },
		{ "tagged blue", 1 },
		{ "tagged Blue", 0 },
		{ "tagged \"\"", 0 },
		{ "localnetwork 192.0.2.0/24", 1 },
		{ "localnetwork 192.0.2.7", 1 },
		{ "localnetwork 10.0.0.0/8,2001:db8::/32", 1 },
		{ "localnetwork 10.0.0.0/8", 0 },
		{ "!localnetwork 10.0.0.0/8", 1 },
		{ "exec true", 1 },
		{ "exec false", 0 },
		{ "!exec false", 1 },
		{ "host=web1.example.org user = Bob", 1 },
		{ "host\tweb1.example.org  user x", 0 },
		{ "host 'web1.example.org' # user x", 1 },
		{ "HOST \"web1.example.org\" !user x !tagged red", 1 },
	};
	struct sshmatch_env env;
	struct machine m;
	struct err err = { 0 };

	(void)state;
	start(&m, &env);
	for (size_t i = 0; i < COUNT(rows); i++)
		ROW(fit(rows[i].text, &env, &web, &err) == rows[i].fits,
		    rows[i].text);
	assert_int_equal(m.asked, 1);
	stop(&m, &env);
}

static void what_no_line_set_has_a_stand_in(void **state)
{
	static const struct {
		const char *text;
		int fits;
	} rows[] = {
		{ "user ann", 1 },   { "tagged \"\"", 1 },
		{ "tagged *", 1 },   { "tagged x", 0 },
		{ "final", 1 },	     { "canonical", 1 },
		{ "!canonical", 0 }, { "exec \"p %p r %r k %k n %n h %h\"", 1 },
	};
	const struct sshfacts facts = { .original = "web",
					.host = "Web1",
					.final = true };
	struct sshmatch_env env;
	struct machine m;
	struct err err = { 0 };

	(void)state;
	start(&m, &env);
	for (size_t i = 0; i < COUNT(rows); i++)
		ROW(fit(rows[i].text, &env, &facts, &err) == rows[i].fits,
		    rows[i].text);
	assert_string_equal(m.ran.buf, "p 22 r ann k Web1 n web h Web1\n");
	stop(&m, &env);
}

static void a_command_runs_when_it_is_reached_and_once(void **state)
{
	static const char *const rows[] = {
		"host x exec one",
		"user Bob exec two exec false exec three",
		"exec two",
		"exec \"two\"",
		"exec '%u %i %l %L %d %%'",
		"exec '%n %h %k %p %r'",
		"exec \"a 'b' \\\"c\\\" \\d\"",
	};
	struct sshmatch_env env;
	struct machine m;
	struct err err = { 0 };

	(void)state;
	start(&m, &env);
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_true(fit(rows[i], &env, &web, &err) >= 0);
	assert_string_equal(m.ran.buf,
			    "two\nfalse\n"
			    "ann 1000 desk.example.org desk /home/ann %\n"
			    "web Web1.Example.org Web1.Example.org 2200 Bob\n"
			    "a 'b' \"c\" \\d\n");
	stop(&m, &env);
}

static void what_cannot_be_found_out_is_an_error(void **state)
{
	struct sshfacts hostile = { .original = "a;b", .host = "a;b" };
	struct sshmatch_env env;
	struct machine m;
	struct err err = { 0 };

	(void)state;
	start(&m, &env);
	assert_int_equal(fit("exec fail", &env, &web, &err), -1);
	assert_string_equal(err.msg,
			    "f line 3: Match exec 'fail': ended by signal 9");
	err_release(&err);
	assert_int_equal(fit("!exec fail", &env, &web, &err), -1);
	err_release(&err);
	strbuf_reset(&m.ran);
	/* No shell sees a name that could be more than one word of it. */
	assert_int_equal(fit("exec 'echo %n'", &env, &hostile, &err), -1);
	err_release(&err);
	hostile = (struct sshfacts){
		.original = "a", .host = "a", .user = "b", .given_user = "x;y"
	};
	assert_int_equal(fit("exec 'echo %r'", &env, &hostile, &err), -1);
	err_release(&err);
	assert_string_equal(m.ran.buf, "");
	env.run = NULL;
	assert_int_equal(fit("exec new", &env, &web, &err), -1);
	assert_string_equal(
		err.msg,
		"f line 3: Match exec 'new': commands cannot be run here");
	err_release(&err);
	stop(&m, &env);
}

static void a_bad_line_is_told(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "", "'Match' needs an argument" },
		{ "  # host a", "'Match' needs an argument" },
		{ "hots a", "unknown criterion 'hots' for 'Match'" },
		{ "= host a", "unknown criterion '' for 'Match'" },
		{ "\"\"", "'Match' needs an argument" },
		{ "\"\" host a", "unknown criterion '' for 'Match'" },
		{ "host a \"\" user b", "unknown criterion '' for 'Match'" },
		{ "all \"\" x",
		  "'Match all' cannot be combined with other criteria" },
		{ "!", "unknown criterion '' for 'Match'" },
		{ "host", "'Match host' needs an argument" },
		{ "host=", "'Match host' needs an argument" },
		{ "host ''", "'Match host' needs an argument" },
		{ "host 'a", "a quote is left open" },
		{ "\"host a", "a quote is left open" },
		{ "all user a",
		  "'Match all' cannot be combined with other criteria" },
		{ "user a final all",
		  "'Match all' cannot be combined with other criteria" },
		{ "exec 'a %z'", "Match exec 'a %z': unknown token '%z'" },
		{ "localnetwork x",
		  "'Match localnetwork' takes networks such as 10.0.0.0/8, not 'x'" },
		{ "localnetwork 10.0.0.1/8",
		  "'Match localnetwork' takes networks such as 10.0.0.0/8, not '10.0.0.1/8'" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sshmatches ms;
		struct err err = { 0 };

		assert_int_equal(sshmatches_parse(rows[i].text, "f", &ms, &err),
				 -1);
		assert_string_equal(err.msg, rows[i].why);
		assert_null(ms.v);
		err_release(&err);
	}
}

static void only_final_asks_for_a_second_reading(void **state)
{
	static const struct {
		const char *text;
		bool again;
	} rows[] = {
		{ "all", false },	  { "canonical", false },
		{ "final", true },	  { "!final", true },
		{ "host a final", true }, { "FINAL all", true },
		{ "user final", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sshmatches ms;

		assert_int_equal(sshmatches_parse(rows[i].text, "f", &ms, NULL),
				 0);
		ROW(sshmatches_again(&ms) == rows[i].again, rows[i].text);
		sshmatches_release(&ms);
	}
	sshmatches_release(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(criteria_hold_together),
		cmocka_unit_test(what_no_line_set_has_a_stand_in),
		cmocka_unit_test(a_command_runs_when_it_is_reached_and_once),
		cmocka_unit_test(what_cannot_be_found_out_is_an_error),
		cmocka_unit_test(a_bad_line_is_told),
		cmocka_unit_test(only_final_asks_for_a_second_reading),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
