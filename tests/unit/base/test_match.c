/* SPDX-License-Identifier: Apache-2.0 */
#include "base/match.h"

#include "lib/test.h"

static void glob_knows_star_and_question_mark(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool want;
	} rows[] = {
		/* clang-format off */
		{ "", "", true },
		{ "", "a", false },
		{ "*", "", true },
		{ "*", "anything", true },
		{ "**", "a", true },
		{ "?", "", false },
		{ "?", "a", true },
		{ "?", "ab", false },
		{ "web*", "web01", true },
		{ "web*", "we", false },
		{ "*.example.org", "a.b.example.org", true },
		{ "*.example.org", "example.org", false },
		{ "a*b*c", "aXbYbZc", true },
		{ "a*b*c", "aXbYbZ", false },
		{ "*ab", "aab", true },
		{ "n?*", "n", false },
		{ "n?*", "n1", true },
		{ "192.168.?.?", "192.168.0.1", true },
		{ "192.168.?.?", "192.168.10.1", false },
		{ "[ab]", "a", false },
		{ "[ab]", "[ab]", true },
		{ "\\*", "\\x", true },
		{ "A", "a", false },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		ROW(match_glob(rows[i].pattern, rows[i].text) == rows[i].want,
		    rows[i].pattern);
}

static void many_stars_do_not_explode(void **state)
{
	char text[4001];

	(void)state;
	memset(text, 'a', 4000);
	text[4000] = '\0';
	assert_false(match_glob("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", text));
	assert_true(match_glob("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*", text));
}

static void list_says_why(void **state)
{
	static const struct {
		const char *list, *text;
		bool fold_case;
		enum match_verdict want;
	} rows[] = {
		/* clang-format off */
		{ "a,b",      "b",  false, MATCH_POSITIVE },
		{ "a,b",      "c",  false, MATCH_NONE },
		{ "*,!b",     "b",  false, MATCH_NEGATED },
		{ "!b,*",     "b",  false, MATCH_NEGATED },
		{ "!b,*",     "a",  false, MATCH_POSITIVE },
		{ "!b",       "a",  false, MATCH_NONE },
		{ "!b",       "b",  false, MATCH_NEGATED },
		{ "!",        "",   false, MATCH_NEGATED },
		{ "",         "a",  false, MATCH_NONE },
		{ "a,",       "a",  false, MATCH_POSITIVE },
		{ "ab,c",     "a",  false, MATCH_NONE },
		{ "*.ORG",    "x.org", false, MATCH_NONE },
		{ "*.ORG",    "x.org", true, MATCH_POSITIVE },
		{ "*.org",    "X.Org", true, MATCH_POSITIVE },
		{ "[`]",      "{@}", true, MATCH_NONE },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		ROW(match_list(rows[i].list, rows[i].text, rows[i].fold_case) ==
			    rows[i].want,
		    rows[i].list);
}

static void cidr_matches_networks(void **state)
{
	static const struct {
		const char *addr, *list;
		int want;
	} rows[] = {
		/* clang-format off */
		{ "10.1.2.3",  "10.0.0.0/8",            1 },
		{ "11.1.2.3",  "10.0.0.0/8",            0 },
		{ "10.1.2.3",  "10.1.2.3",              1 },
		{ "10.1.2.3",  "10.1.2.2/31",           1 },
		{ "10.1.2.4",  "10.1.2.2/31",           0 },
		{ "10.1.2.3",  "0.0.0.0/0",             1 },
		{ "10.1.2.3",  "10.0.0.0/8,!10.1.0.0/16", 0 },
		{ "10.2.2.3",  "10.0.0.0/8,!10.1.0.0/16", 1 },
		{ "10.2.2.3",  "!10.1.0.0/16",          0 },
		{ "2001:db8::1", "2001:db8::/32",       1 },
		{ "2001:db9::1", "2001:db8::/32",       0 },
		{ "2001:db8:8000::", "2001:db8::/33",   0 },
		{ "::1",       "::1/128",               1 },
		{ "::1",       "::/0",                  1 },
		{ "::1",       "0.0.0.0/0",             0 },
		{ "10.1.2.3",  "::/0",                  0 },
		{ "nonsense",  "10.0.0.0/8",            0 },
		{ "10.1.2.3",  "10.0.0.0/33",          -1 },
		{ "10.1.2.3",  "10.0.0.1/8",           -1 },
		{ "10.1.2.3",  "10.0.0.0/",            -1 },
		{ "10.1.2.3",  "10.0.0.0/-1",          -1 },
		{ "10.1.2.3",  "10.0.0.0/8,host",      -1 },
		{ "10.1.2.3",  "",                     -1 },
		{ "10.1.2.3",  "10.0.0.0/8,",          -1 },
		{ "::1",       "::/129",               -1 },
		{ "::1", "0000000000000000000000000000000000000000000000000000"
			 "000000000000000000", -1 },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		ROW(match_cidr(rows[i].addr, rows[i].list) == rows[i].want,
		    rows[i].list);
}

static void regex_matches_anywhere(void **state)
{
	static const struct {
		const char *pattern, *text;
		int want;
	} rows[] = {
		/* clang-format off */
		{ "b\\d+",    "web01", 1 },
		{ "^b\\d+",   "web01", 0 },
		{ "",         "web01", 1 },
		{ "^.$",      "\303\251", 1 },       /* one character */
		{ "^a",       "a\377", 1 },          /* invalid text */
		{ "^.\377",   "x\377", 1 },          /* a pattern of bytes */
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct regex *re = regex_compile(rows[i].pattern, NULL);

		ROW(re, rows[i].pattern);
		ROW(regex_match(re, rows[i].text, strlen(rows[i].text), NULL) ==
			    rows[i].want,
		    rows[i].pattern);
		regex_free(re);
	}
	regex_free(NULL);
}

static void groups_are_found_by_name(void **state)
{
	struct regex *re = regex_compile(
		"(x)?(?<a>\\d+)-(?<b>y)?(z)(.)(.)(.)(.)(?<ninth>.)", NULL);
	size_t at, len;

	(void)state;
	assert_non_null(re);
	assert_int_equal(regex_find_group(re, "a"), 2);
	assert_int_equal(regex_find_group(re, "b"), 3);
	assert_int_equal(regex_find_group(re, "c"), 0);
	assert_int_equal(regex_find_group(re, "ninth"), 0);
	assert_int_equal(regex_match(re, "__123-zabcde", 12, NULL), 1);
	assert_true(regex_group(re, 0, &at, &len));
	assert_int_equal(at, 2);
	assert_int_equal(len, 10);
	assert_true(regex_group(re, 2, &at, &len));
	assert_int_equal(at, 2);
	assert_int_equal(len, 3);
	assert_false(regex_group(re, 1, &at, &len));
	assert_false(regex_group(re, 3, &at, &len));
	assert_false(regex_group(re, 9, &at, &len));
	regex_free(re);
}

static void bad_regex_names_the_column(void **state)
{
	struct err err = { 0 };

	(void)state;
	assert_null(regex_compile("ab(c", &err));
	assert_int_equal(err.code, ERR_USAGE);
	assert_string_equal(
		err.msg,
		"bad pattern 'ab(c' at column 5: missing closing parenthesis");
	err_release(&err);
}

static void long_regex_is_refused(void **state)
{
	struct err err = { 0 };
	char pattern[4098];
	struct regex *re;

	(void)state;
	memset(pattern, 'a', 4097);
	pattern[4097] = '\0';
	assert_null(regex_compile(pattern, &err));
	assert_string_equal(err.msg, "pattern is longer than 4096 bytes");
	err_release(&err);
	pattern[4096] = '\0';
	re = regex_compile(pattern, NULL);
	assert_non_null(re);
	regex_free(re);
}

static void costly_regex_stops_at_its_limit(void **state)
{
	static const char *const patterns[] = {
		"(a+)+[bc]",
		"(a|aa)+[bc]",
		"(.*)(.*)(.*)(.*)(.*)(.*)\\d",
		"(?:a?){200}a{200}[bc]",
	};
	char text[2000];

	(void)state;
	memset(text, 'a', sizeof(text));
	for (size_t i = 0; i < COUNT(patterns); i++) {
		struct regex *re = regex_compile(patterns[i], NULL);
		struct err err = { 0 };
		char *want = NULL;

		ROW(re, patterns[i]);
		ROW(regex_match(re, text, sizeof(text), &err) == -1,
		    patterns[i]);
		assert_true(asprintf(&want,
				     "pattern '%s' takes too long to match",
				     patterns[i]) > 0);
		assert_string_equal(err.msg, want);
		/* It can be used again. */
		ROW(regex_match(re, "xyz", 3, NULL) == 0, patterns[i]);
		free(want);
		err_release(&err);
		regex_free(re);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(glob_knows_star_and_question_mark),
		cmocka_unit_test(many_stars_do_not_explode),
		cmocka_unit_test(list_says_why),
		cmocka_unit_test(cidr_matches_networks),
		cmocka_unit_test(regex_matches_anywhere),
		cmocka_unit_test(groups_are_found_by_name),
		cmocka_unit_test(bad_regex_names_the_column),
		cmocka_unit_test(long_regex_is_refused),
		cmocka_unit_test(costly_regex_stops_at_its_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
