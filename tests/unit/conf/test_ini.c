/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/ini.h"

#include "lib/test.h"

#include "base/alloc.h"
#include "base/strbuf.h"

static int add(struct ini *ini, const char *name, const char *text,
	       struct err *err)
{
	return ini_add(ini, name, text, strlen(text), err);
}

static void values_are_found_with_their_place(void **state)
{
	static const char first[] = "# comment\n"
				    "; another\n"
				    "[Main]\n"
				    "default: local\n"
				    "Path = a:b = c  \n"
				    "empty:\n"
				    "[local, x]\n"
				    "map: one\n"
				    "  # not of it\n"
				    "\n"
				    "\ttwo\r\n"
				    "  all : [ -f x ] && y\n"
				    "[DEFAULT]\n"
				    "list: none\n";
	static const char second[] = "[Main]\ndefault=other\n[more]\nmap:x\n";
	static const struct {
		const char *section, *key, *text; /* NULL: none */
		const char *file;
		size_t line;
	} rows[] = {
		{ "Main", "default", "other", "b", 2 },
		{ "Main", "path", "a:b = c", "a", 5 },
		{ "Main", "PATH", "a:b = c", "a", 5 },
		{ "Main", "empty", "", "a", 6 },
		{ "local, x", "map", "one\ntwo\nall : [ -f x ] && y", "a", 8 },
		{ "local, x", "all", NULL, NULL, 0 },
		{ "local, x", "list", "none", "a", 14 },
		{ "more", "map", "x", "b", 4 },
		{ "none", "list", NULL, NULL, 0 },
		{ "Main", "none", NULL, NULL, 0 },
	};
	struct ini *ini = ini_new();

	(void)state;
	assert_int_equal(add(ini, "a", first, NULL), 0);
	assert_int_equal(add(ini, "b", second, NULL), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct ini_value *v =
			ini_get(ini, rows[i].section, rows[i].key);

		ROW(!v == !rows[i].text, rows[i].key);
		if (!v)
			continue;
		assert_string_equal(v->text, rows[i].text);
		assert_string_equal(v->file, rows[i].file);
		assert_int_equal(v->line, rows[i].line);
	}
	assert_int_equal(ini_count(ini), 3);
	assert_string_equal(ini_section(ini, 0), "Main");
	assert_string_equal(ini_section(ini, 1), "local, x");
	assert_string_equal(ini_section(ini, 2), "more");
	assert_int_equal(ini_place(ini, 2).line, 3);
	ini_free(ini);
	ini_free(NULL);
}

static void what_is_wrong_is_told_with_the_line(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "a: b\n", "f:1: expected a [section] before the first key" },
		{ "[a\n", "f:1: expected the name of a section and ']'" },
		{ "[]\n", "f:1: expected the name of a section and ']'" },
		{ "[a]\nb\n", "f:2: expected ':' or '=' after a key" },
		{ "[a]\n: b\n", "f:2: expected a key" },
		{ "[a]\nb:1\nB=2\n", "f:3: the key 'B' stands twice" },
		{ "[a]\n[b]\n[a]\n", "f:3: the section [a] stands twice" },
	};
	struct err err = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ini *ini = ini_new();

		ROW(add(ini, "f", rows[i].text, &err), rows[i].text);
		assert_int_equal(err.code, ERR_CONFIG);
		assert_string_equal(err.msg, rows[i].why);
		ini_free(ini);
	}
	err_release(&err);
}

static void sections_keys_and_values_are_bounded(void **state)
{
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct ini *ini = ini_new();
	struct err err = { 0 };

	(void)state;
	for (unsigned int i = 0; i <= INI_MAX_SECTIONS; i++)
		strbuf_addf(&text, "[s%u]\n", i);
	assert_int_equal(add(ini, "f", text.buf, &err), -1);
	assert_string_equal(err.msg, "f:1001: more than 1000 sections");
	ini_free(ini);
	ini = ini_new();
	strbuf_reset(&text);
	strbuf_addstr(&text, "[s]\n");
	for (unsigned int i = 0; i <= INI_MAX_KEYS; i++)
		strbuf_addf(&text, "k%u:\n", i);
	assert_int_equal(add(ini, "f", text.buf, &err), -1);
	assert_string_equal(err.msg, "f:102: more than 100 keys in a section");
	ini_free(ini);
	ini = ini_new();
	strbuf_reset(&text);
	strbuf_addstr(&text, "[s]\nk: v\n");
	while (text.len < INI_MAX_VALUE * 2)
		strbuf_addstr(&text, "  0123456789abcdef\n");
	assert_int_equal(add(ini, "f", text.buf, &err), -1);
	assert_string_equal(err.msg, "f:966: a value of many lines has at "
				     "most 16384 bytes");
	assert_int_equal(ini_add(ini, "g", "[a\0b]", 5, &err), -1);
	assert_string_equal(err.msg, "g:1: a NUL is in it");
	ini_free(ini);
	err_release(&err);
	strbuf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_found_with_their_place),
		cmocka_unit_test(what_is_wrong_is_told_with_the_line),
		cmocka_unit_test(sections_keys_and_values_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
