/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/percent.h"

#include "lib/test.h"

#include <pwd.h>
#include <stdlib.h>

#include "base/alloc.h"

static const struct percent_token tokens[] = {
	{ 'h', "db01" }, { 'n', "%h" }, { 'r', "${HOME}" },
	{ 'p', "22" },	 { 'x', NULL }, { 0 },
};

static const char *get_env(void *arg, const char *name)
{
	assert_null(arg);
	if (!strcmp(name, "HOME"))
		return "/home/ann";
	if (!strcmp(name, "PERCENT"))
		return "50%h";
	return !strcmp(name, "EMPTY") ? "" : NULL;
}

/* An `out` of NULL is an error, `why` the message; else the result. */
struct row {
	const char *in, *out, *why;
};

static void check(const struct row *r, int rc, struct strbuf *out,
		  struct err *err)
{
	if (r->out) {
		ROW(rc == 0, r->in);
		assert_string_equal(out->buf, r->out);
	} else {
		ROW(rc == -1, r->in);
		assert_int_equal(err->code, ERR_CONFIG);
		assert_string_equal(err->msg, r->why);
	}
	strbuf_reset(out);
	err_release(err);
}

static void tokens_are_replaced_in_one_pass(void **state)
{
	static const struct row rows[] = {
		{ "", "", NULL },
		{ "plain", "plain", NULL },
		{ "%h:%p", "db01:22", NULL },
		{ "a%%b", "a%b", NULL },
		{ "%%h", "%h", NULL },
		{ "%n", "%h", NULL },
		{ "$HOME ${HOME} $", "$HOME ${HOME} $", NULL },
		{ "%", NULL, "lone '%' at the end" },
		{ "a%%%", NULL, "lone '%' at the end" },
		{ "%z", NULL, "unknown token '%z'" },
		{ "%\033", NULL, "unknown token '%\\033'" },
		{ "%x", NULL, "unknown token '%x'" },
	};
	struct strbuf out = STRBUF_INIT(100);
	struct err err = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check(&rows[i], percent_expand(rows[i].in, tokens, &out, &err),
		      &out, &err);
	strbuf_release(&out);
}

static void variables_are_replaced(void **state)
{
	static const struct row rows[] = {
		{ "${HOME}/x", "/home/ann/x", NULL },
		{ "a${EMPTY}b", "ab", NULL },
		{ "$HOME %h", "$HOME %h", NULL },
		{ "${PERCENT}", "50%h", NULL },
		{ "${NONE}", NULL, "the variable 'NONE' is not set" },
		{ "${}", NULL, "'${}' names no variable" },
		{ "${HOME", NULL, "'${' has no '}'" },
	};
	struct strbuf out = STRBUF_INIT(100);
	struct err err = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check(&rows[i],
		      env_expand(rows[i].in, get_env, NULL, &out, &err), &out,
		      &err);
	strbuf_release(&out);
}

static void neither_kind_expands_the_other(void **state)
{
	static const struct row rows[] = {
		{ "${PERCENT}/%r", "50%h/${HOME}", NULL },
		{ "%%{HOME}$%h", "%{HOME}$db01", NULL },
		{ "${%h}", NULL, "the variable '%h' is not set" },
	};
	struct strbuf out = STRBUF_INIT(100);
	struct err err = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check(&rows[i],
		      percent_env_expand(rows[i].in, tokens, get_env, NULL,
					 &out, &err),
		      &out, &err);
	strbuf_release(&out);
}

static void tilde_is_a_home_folder(void **state)
{
	static const struct row rows[] = {
		{ "~", "/home/ann/", NULL },
		{ "~/", "/home/ann/", NULL },
		{ "~//.ssh/id", "/home/ann/.ssh/id", NULL },
		{ "/a/~/b", "/a/~/b", NULL },
		{ "rel", "rel", NULL },
		{ "", "", NULL },
		{ "~no:such/x", NULL, "no such user 'no:such'" },
	};
	struct strbuf out = STRBUF_INIT(100);
	struct err err = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check(&rows[i],
		      tilde_expand(rows[i].in, "/home/ann", &out, &err), &out,
		      &err);
	assert_int_equal(tilde_expand("~/x", "/", &out, &err), 0);
	assert_string_equal(out.buf, "/x");
	strbuf_release(&out);
}

static void tilde_and_a_name_is_the_home_of_another(void **state)
{
	const struct passwd *root = getpwnam("root");
	struct strbuf out = STRBUF_INIT(1000);
	struct err err = { 0 };
	char *want;

	(void)state;
	assert_non_null(root);
	want = xasprintf("%s/x", root->pw_dir);
	assert_int_equal(tilde_expand("~root/x", "/home/ann", &out, &err), 0);
	assert_string_equal(out.buf, want);
	free(want);
	strbuf_release(&out);
}

static void a_result_over_the_ceiling_is_an_error(void **state)
{
	struct strbuf out = STRBUF_INIT(5);
	struct err err = { 0 };

	(void)state;
	assert_int_equal(percent_expand("%h%h", tokens, &out, &err), -1);
	assert_string_equal(err.msg, "longer than 5 bytes");
	err_release(&err);
	strbuf_reset(&out);
	assert_int_equal(tilde_expand("~/x", "/home", &out, &err), -1);
	assert_string_equal(err.msg, "longer than 5 bytes");
	err_release(&err);
	strbuf_release(&out);
}

static void the_lenient_form_keeps_what_it_does_not_know(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "%h", "web1" },	{ "a%hb%h", "aweb1bweb1" },
		{ "%%h", "%h" },	{ "date +%Q", "date +%Q" },
		{ "lone %", "lone %" }, { "", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		static const struct percent_token host[] = {
			{ 'h', "web1" },
			{ 0 },
		};
		struct strbuf out = STRBUF_INIT(100);

		assert_int_equal(percent_subst(rows[i].in, host, &out), 0);
		assert_string_equal(out.buf, rows[i].out);
		strbuf_release(&out);
	}
}

static const char *odd_env(void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return "%H";
}

/* What is put in first is worth itself in the end. */
static void an_expansion_in_two_steps_is_one_pass(void **state)
{
	static const struct percent_token first[] = { { 'n', "50%I" }, { 0 } };
	static const struct percent_token second[] = { { 'H', "%n" },
						       { 'I', "no" },
						       { 0 } };
	struct strbuf mid = STRBUF_INIT(100);
	struct strbuf out = STRBUF_INIT(100);
	struct err err = { 0 };

	(void)state;
	assert_int_equal(percent_expand_first("%n %H %%H ${X}", first, "HI",
					      odd_env, NULL, &mid, &err),
			 0);
	assert_int_equal(percent_expand(mid.buf, second, &out, &err), 0);
	assert_string_equal(out.buf, "50%I %n %H %H");
	strbuf_reset(&mid);
	assert_int_equal(percent_expand_first("%x", first, "HI", odd_env, NULL,
					      &mid, &err),
			 -1);
	assert_string_equal(err.msg, "unknown token '%x'");
	err_release(&err);
	strbuf_release(&mid);
	strbuf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens_are_replaced_in_one_pass),
		cmocka_unit_test(variables_are_replaced),
		cmocka_unit_test(neither_kind_expands_the_other),
		cmocka_unit_test(tilde_is_a_home_folder),
		cmocka_unit_test(tilde_and_a_name_is_the_home_of_another),
		cmocka_unit_test(the_lenient_form_keeps_what_it_does_not_know),
		cmocka_unit_test(an_expansion_in_two_steps_is_one_pass),
		cmocka_unit_test(a_result_over_the_ceiling_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
