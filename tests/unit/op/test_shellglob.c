/* SPDX-License-Identifier: Apache-2.0 */
#include "op/shellglob.h"

#include <fnmatch.h>

#include "lib/test.h"

static const struct {
	const char *path, *glob; /* "": none */
} rows[] = {
	{ "a", "" },
	{ "a\\b", "" },
	{ "*", "*" },
	{ "d/a?/[a-c]", "d/a?/[a-c]" },
	{ "st\\*r", "st[*]r" },
	{ "q\\?", "q[?]" },
	{ "[^a]", "[!a]" },
	{ "[!a]", "[!a]" },
	{ "\\[^a]*", "[[]^a]*" },
	{ "a\\\\*", "a[\\\\]*" },
	{ "\\a*", "a*" },
	{ "+(a)*", "+[(]a)*" },
	/* no set, for it has no end */
	{ "a[", "a[[]" },
	{ "[a/b]*", "[[]a/b]*" },
	{ "[]*", "[[]]*" },
	{ "a[b\\", "" },
	/* nothing behind the backslash */
	{ "*\\", "" },
	{ "*\\/b", "" },
	/* in sets */
	{ "[]a]", "[]a]" },
	{ "[^]a]", "[!]a]" },
	{ "[[:alpha:]^]", "[[:alpha:]^]" },
	{ "[\\a-\\z]", "[a-z]" },
	{ "[a\\-z]", "[az-]" },
	{ "[a\\]b]", "[]ab]" },
	{ "[!\\]]", "[!]]" },
	{ "[\\\\a]", "[\\\\a]" },
	{ "[\\^]", "" },
	{ "[\\^a]", "[a^]" },
	{ "[\\^x-]", "[x^-]" },
	{ "[\\^\\-]", "[-^]" },
	{ "[\\[\\^]", "[[^]" },
	{ "[!\\^]", "[!^]" },
	{ "[\\^\\!]", "" },
	{ "[[:alpha:]\\]]", "[][:alpha:]]" },
};

static void no_backslash_keeps_a_meaning_off(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *got = shellglob(rows[i].path);

		ROW(!strcmp(got ? got : "", rows[i].glob), rows[i].path);
		free(got);
	}
}

/* As fnmatch(3) sees it, of all that have up to five of these. */
static void the_meaning_stays(void **state)
{
	static const char letters[] = "\\[]!^-*?a";
	static const char *const names[] = { "",   "a",	 "]",  "!",  "^",  "-",
					     "[",  "*",	 "\\", "aa", "]a", "[]",
					     "a]", "!]", "^]", "-]", "b",  "ab",
					     "[a", "*a", "?",  "?]" };
	size_t n = sizeof(letters) - 1, total = n * n * n * n * n;

	(void)state;
	for (size_t i = 0; i < total; i++) {
		char path[6] = "";
		char *got;

		for (size_t k = 0, at = i; k < 5; k++, at /= n)
			path[k] = letters[at % n];
		got = shellglob(path);
		for (size_t k = 0; got && k < COUNT(names); k++)
			ROW(fnmatch(path, names[k], 0) ==
				    fnmatch(got, names[k], 0),
			    path);
		free(got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_backslash_keeps_a_meaning_off),
		cmocka_unit_test(the_meaning_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
