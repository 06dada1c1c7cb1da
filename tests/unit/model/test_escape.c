/* SPDX-License-Identifier: Apache-2.0 */
#include "model/escape.h"

#include "lib/test.h"

#include <stdlib.h>

/* What is typed, what the host gets and, in brackets, what is done. */
static const struct row {
	const char *name;
	int key;
	const char *typed, *heard;
} rows[] = {
	/* clang-format off */
	{ "plain",             '~', "ls -l\r",         "ls -l\r" },
	{ "at the beginning",  '~', "~.",              "[quit]" },
	{ "after CR",          '~', "ls\r~.",          "ls\r[quit]" },
	{ "after LF",          '~', "ls\n~?x",         "ls\n[help]x" },
	{ "not within a line", '~', "a~.b\r",          "a~.b\r" },
	{ "twice",             '~', "~~.\r~~\r~.",     "~.\r~\r[quit]" },
	{ "of no meaning",     '~', "~x~.\r",          "~x~.\r" },
	{ "and a new line",    '~', "~\r~.",           "~\r[quit]" },
	{ "one after another", '~', "~?~#~v~V~B~R~C~&~\032~.", "[help][list][louder][quieter][break][rekey][command][detach][suspend][quit]" },
	{ "what follows",      '~', "~?ls\r",          "[help]ls\r" },
	{ "another key",       '%', "~.\r%.",          "~.\r[quit]" },
	{ "a control key",     1,   "\001.\r\001\001", "[quit]\r\001" },
	{ "a high key",        0xe9, "\351.a\351",     "[quit]a\351" },
	{ "a key with a use",  '.', "..x\r.?",         ".x\r[help]" },
	{ "none",              -1,  "~.\r~?",          "~.\r~?" },
	{ "all bytes",         '~', "\377\200\001\033[A", "\377\200\001\033[A" },
	/* clang-format on */
};

static const char *const names[] = {
	"",	 "quit",   "suspend", "detach", "list",	   "help",
	"rekey", "louder", "quieter", "break",	"command",
};

/* In pieces of `piece` bytes at most. */
static char *hear(const struct row *row, size_t piece)
{
	struct strbuf out = STRBUF_INIT(STRBUF_MAX_TEXT);
	size_t n = strlen(row->typed);
	struct escape e;

	escape_init(&e, row->key);
	for (size_t i = 0; i < n;) {
		size_t len = n - i < piece ? n - i : piece;
		enum escape_action action;
		size_t taken =
			escape_take(&e, row->typed + i, len, &out, &action);

		assert_true(taken > 0 && taken <= len);
		assert_true(taken == len || action != ESCAPE_NONE);
		if (action != ESCAPE_NONE)
			strbuf_addf(&out, "[%s]", names[action]);
		i += taken;
	}
	return strbuf_detach(&out, NULL);
}

static void escapes_are_found_however_they_come(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (size_t piece = 1; piece < 16; piece++) {
			char *heard = hear(&rows[i], piece);

			ROW(!strcmp(heard, rows[i].heard), rows[i].name);
			free(heard);
		}
	}
}

static void keys_are_shown(void **state)
{
	static const struct {
		int key;
		const char *shown;
	} shown[] = { { '~', "~" },
		      { 1, "^A" },
		      { 0x1f, "^_" },
		      { 0x7f, "^?" },
		      { '%', "%" } };

	(void)state;
	for (size_t i = 0; i < COUNT(shown); i++) {
		struct strbuf sb = STRBUF_INIT(16);
		struct escape e;

		escape_init(&e, shown[i].key);
		escape_show(&e, ESCAPE_NONE, &sb);
		assert_string_equal(sb.buf, shown[i].shown);
		strbuf_release(&sb);
	}
}

static bool has(const struct strvec *lines, const char *start)
{
	for (size_t i = 0; i < lines->n; i++)
		if (!strncmp(lines->v[i], start, strlen(start)))
			return true;
	return false;
}

static void the_help_names_each(void **state)
{
	struct strvec lines = { 0 };
	struct escape e;

	(void)state;
	escape_init(&e, '~');
	escape_help(&e, ESCAPE_OWNER, &lines);
	for (const char *k = ".#&BRvV?~"; *k; k++)
		assert_true(has(&lines, (char[]){ ' ', '~', *k, ' ', 0 }));
	assert_true(has(&lines, " ~^Z "));
	assert_false(has(&lines, " ~C"));
	strvec_release(&lines);
	escape_help(&e, ESCAPE_COMMANDER, &lines);
	assert_true(has(&lines, " ~C "));
	strvec_release(&lines);
}

/* As with ssh: what stops, leaves or talks of the program is not for it. */
static void a_guest_has_what_the_help_names(void **state)
{
	static const struct {
		enum escape_action action;
		const char *shown;
		bool allowed;
	} all[] = {
		{ ESCAPE_QUIT, "~.", true },
		{ ESCAPE_SUSPEND, "~^Z", false },
		{ ESCAPE_LIST, "~#", true },
		{ ESCAPE_DETACH, "~&", false },
		{ ESCAPE_BREAK, "~B", true },
		{ ESCAPE_COMMAND, "~C", false },
		{ ESCAPE_REKEY, "~R", true },
		{ ESCAPE_LOUDER, "~v", false },
		{ ESCAPE_QUIETER, "~V", false },
		{ ESCAPE_HELP, "~?", true },
	};
	struct strvec lines = { 0 };
	struct escape e;

	(void)state;
	escape_init(&e, '~');
	escape_help(&e, ESCAPE_GUEST, &lines);
	for (size_t i = 0; i < COUNT(all); i++) {
		struct strbuf sb = STRBUF_INIT(16);

		escape_show(&e, all[i].action, &sb);
		assert_string_equal(sb.buf, all[i].shown);
		strbuf_reset(&sb);
		(void)strbuf_addf(&sb, " %s ", all[i].shown);
		ROW(has(&lines, sb.buf) == all[i].allowed, all[i].shown);
		strbuf_release(&sb);
	}
	assert_true(has(&lines, " ~~ "));
	strvec_release(&lines);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes_are_found_however_they_come),
		cmocka_unit_test(keys_are_shown),
		cmocka_unit_test(the_help_names_each),
		cmocka_unit_test(a_guest_has_what_the_help_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
