/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/sshlex.h"

#include "lib/test.h"

/* Words are joined with '|'; a NULL keyword is a line without one. */
static void lines_are_split_as_ssh_does(void **state)
{
	static const struct {
		const char *line, *keyword, *words, *rest;
	} rows[] = {
		/* clang-format off */
		{ "", NULL, "", "" },
		{ " \t\r\f", NULL, "", "" },
		{ "  # Port 22", NULL, "", "" },
		{ "Port 22", "Port", "22", "22" },
		{ "\t Port \t 22 \r", "Port", "22", "22" },
		{ "Port=22", "Port", "22", "22" },
		{ "Port = 22", "Port", "22", "22" },
		{ "Port= 22", "Port", "22", "22" },
		{ "Port ==22", "Port", "=22", "22" },
		{ "\"Port\" 22", "Port", "22", "22" },
		{ "Us\"er\" x", "User", "x", "x" },
		{ "Us\"e r\"x", "Use r", "x", "x" },
		{ "\"Port\" = 22", "Port", "=|22", "22" },
		{ "\"Port 22", NULL, "", "" },
		{ "Po\"rt 22", NULL, "", "" },
		{ "\"\" Port 5", "Port", "5", "5" },
		{ "\"\"", NULL, "", "" },
		{ "\"\" \"\" Port 5", NULL, "", "" },
		{ "\"#\" Port 5", NULL, "", "" },
		{ "=", NULL, "", "" },
		{ "= Port 5", "Port", "5", "5" },
		{ " = Port 5", "Port", "5", "5" },
		{ " == Port 5", NULL, "", "" },
		{ "= = Port 5", NULL, "", "" },
		{ "=Port=5", "Port", "5", "5" },
		{ " =Port =5", "Port", "5", "5" },
		{ "'User' x", "'User'", "x", "x" },
		{ "Port", "Port", "", "" },
		{ "Port =", "Port", "", "" },
		{ "Port # 22", "Port", "", "# 22" },
		{ "Host a b  c", "Host", "a|b|c", "a b  c" },
		{ "Host a#b #c d", "Host", "a#b", "a#b #c d" },
		{ "Host \"a b\" 'c d'e\"f\"", "Host", "a b|c def", "\"a b\" 'c d'e\"f\"" },
		{ "Host \"\" x", "Host", "|x", "\"\" x" },
		{ "Host \"a'b\" 'c\"d'", "Host", "a'b|c\"d", "\"a'b\" 'c\"d'" },
		{ "SetEnv A=\\\"b\\' c\\ d e\\f g\\\\h \"i\\ j\"", "SetEnv", "A=\"b'|c d|e\\f|g\\h|i\\ j",
		  "A=\\\"b\\' c\\ d e\\f g\\\\h \"i\\ j\"" },
		{ "ProxyCommand = nc  %h # no comment ", "ProxyCommand", "nc|%h", "nc  %h # no comment" },
		{ "=x y", "x", "y", "y" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct err err = { 0 };
		struct sshlex lex;
		char *words;

		ROW(sshlex_split(rows[i].line, &lex, &err) == 0, rows[i].line);
		words = strvec_join(&lex.args, "|");
		if (rows[i].keyword) {
			assert_string_equal(lex.keyword, rows[i].keyword);
			assert_string_equal(lex.rest, rows[i].rest);
		} else {
			assert_null(lex.keyword);
		}
		assert_string_equal(words, rows[i].words);
		free(words);
		sshlex_release(&lex);
	}
}

static void an_open_quote_is_an_error(void **state)
{
	static const char *const lines[] = { "Host \"a b", "Host 'a\\'",
					     "ProxyCommand it's" };

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct err err = { 0 };
		struct sshlex lex;

		ROW(sshlex_split(lines[i], &lex, &err) == -1, lines[i]);
		assert_string_equal(err.msg, "a quote is left open");
		assert_null(lex.keyword);
		err_release(&err);
		sshlex_release(&lex);
	}
	sshlex_release(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_split_as_ssh_does),
		cmocka_unit_test(an_open_quote_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
