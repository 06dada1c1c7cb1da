/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/label.h"

#include "lib/test.h"

static void labels_are_found(void **state)
{
	static const struct {
		const char *line;
		const char *name; /* NULL: there is none */
		const char *data;
	} rows[] = {
		/* clang-format off */
		{ "n1: text",			"n1",		"text" },
		{ "n1:text",			"n1",		"text" },
		{ "n1:  text",			"n1",		" text" },
		{ "n1:\ttext",			"n1",		"\ttext" },
		{ "n1 : text",			"n1",		"text" },
		{ " \t n1 \t : text",		"n1",		"text" },
		{ "n1:",			"n1",		"" },
		{ "n1: ",			"n1",		"" },
		{ "n1: a: b",			"n1",		"a: b" },
		{ "n1:22: x",			"n1",		"22: x" },
		{ ":: x",			":",		"x" },
		{ "::1: x",			"::1",		"x" },
		{ "::1:",			"::1",		"" },
		{ "fe80::1%eth0: x",		"fe80::1%eth0",	"x" },
		{ "[fe80::1%e]:22: x",		"[fe80::1%e]:22", "x" },
		{ "[::1]: x",			"[::1]",	"x" },
		{ "[::1]x: y",			"[",		":1]x: y" },
		{ "1:2:3:4:5:6:7:8: x",		"1:2:3:4:5:6:7:8", "x" },
		{ "1:2:3:4:5:6:7:8:9: x",	"1",		"2:3:4:5:6:7:8:9: x" },
		{ "::1 x",			":",		"1 x" },
		{ "12:30:01 x",			"12",		"30:01 x" },
		{ "no label",			NULL,		NULL },
		{ "no label: x",		NULL,		NULL },
		{ ": x",			NULL,		NULL },
		{ "",				NULL,		NULL },
		{ "   ",			NULL,		NULL },
		{ "n1",				NULL,		NULL },
		{ "n1  ",			NULL,		NULL },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t n = strlen(rows[i].line);
		struct label l;

		if (!label_find(rows[i].line, n, &l)) {
			ROW(!rows[i].name, rows[i].line);
			continue;
		}
		ROW(rows[i].name, rows[i].line);
		ROW(l.n == strlen(rows[i].name) &&
			    !memcmp(l.name, rows[i].name, l.n),
		    rows[i].line);
		ROW(!strcmp(rows[i].line + l.data, rows[i].data), rows[i].line);
	}
}

static void longest_label_is_known(void **state)
{
	char line[LABEL_MAX + 3];
	struct label l;

	(void)state;
	memset(line, 'n', sizeof(line));
	line[LABEL_MAX] = ':';
	assert_true(label_find(line, LABEL_MAX + 1, &l));
	assert_int_equal(l.n, LABEL_MAX);
	line[LABEL_MAX] = 'n';
	line[LABEL_MAX + 1] = ':';
	assert_false(label_find(line, LABEL_MAX + 2, &l));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_are_found),
		cmocka_unit_test(longest_label_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
