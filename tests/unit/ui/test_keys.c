/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/keys.h"

#include "lib/test.h"

#include <stdio.h>
#include <string.h>

struct seen {
	char text[256];
};

static void note(void *arg, const struct key *k)
{
	struct seen *seen = arg;
	size_t len = strlen(seen->text);

	if (k->kind == KEY_PASTE)
		(void)snprintf(seen->text + len, sizeof(seen->text) - len,
			       "[%.*s]", (int)k->npaste, k->paste);
	else
		(void)snprintf(seen->text + len, sizeof(seen->text) - len,
			       "%d:%x:%u ", (int)k->kind, (unsigned int)k->code,
			       k->mods);
}

static const struct {
	const char *bytes;
	enum key_kind kind;
	uint32_t code;
	unsigned int mods;
} cases[] = {
	{ "a", KEY_CHAR, 'a', 0 },
	{ "\x03", KEY_CHAR, 3, 0 },
	{ "\r", KEY_ENTER, '\r', 0 },
	{ "\t", KEY_TAB, '\t', 0 },
	{ "\x7f", KEY_BACKSPACE, 0x7f, 0 },
	{ "\xc3\xa9", KEY_CHAR, 0xe9, 0 },
	{ "\xf0\x9f\x98\x80", KEY_CHAR, 0x1f600, 0 },
	{ "\033[A", KEY_UP, 0, 0 },
	{ "\033OB", KEY_DOWN, 0, 0 },
	{ "\033[1;5C", KEY_RIGHT, 0, KEY_CTRL },
	{ "\033[5~", KEY_PAGE_UP, 0, 0 },
	{ "\033[6;3~", KEY_PAGE_DOWN, 0, KEY_ALT },
	{ "\033[1~", KEY_HOME, 0, 0 },
	{ "\033[F", KEY_END, 0, 0 },
	{ "\033[Z", KEY_BACKTAB, 0, KEY_SHIFT },
	{ "\033OP", KEY_FUNCTION, 1, 0 },
	{ "\033OM", KEY_ENTER, 0, 0 },
	{ "\033[[B", KEY_FUNCTION, 2, 0 },
	{ "\033[15~", KEY_FUNCTION, 5, 0 },
	{ "\033x", KEY_CHAR, 'x', KEY_ALT },
};

static void each_key_in_any_pieces(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t n = strlen(cases[i].bytes);
		char want[64];

		(void)snprintf(want, sizeof(want), "%d:%x:%u ",
			       (int)cases[i].kind, (unsigned int)cases[i].code,
			       cases[i].mods);
		for (size_t cut = 0; cut < n; cut++) {
			struct keys k = { 0 };
			struct seen seen = { "" };

			keys_take(&k, cases[i].bytes, cut, note, &seen);
			assert_string_equal(seen.text, "");
			keys_take(&k, cases[i].bytes + cut, n - cut, note,
				  &seen);
			assert_string_equal(seen.text, want);
			assert_false(keys_pending(&k));
		}
	}
}

static void escape_alone_needs_time(void **state)
{
	struct keys k = { 0 };
	struct seen seen = { "" };

	(void)state;
	keys_take(&k, "\033", 1, note, &seen);
	assert_string_equal(seen.text, "");
	assert_true(keys_pending(&k));
	keys_flush(&k, note, &seen);
	assert_string_equal(seen.text, "1:0:0 ");
	assert_false(keys_pending(&k));
	keys_flush(&k, note, &seen);
	assert_string_equal(seen.text, "1:0:0 ");
}

static void unknown_sequences_are_swallowed(void **state)
{
	struct keys k = { 0 };
	struct seen seen = { "" };
	char longish[100];

	(void)state;
	keys_take(&k,
		  "\033[?1;2c\033[99~\xff"
		  "a",
		  14, note, &seen);
	assert_string_equal(seen.text, "0:61:0 ");
	memset(longish, '1', sizeof(longish));
	longish[0] = '\033';
	longish[1] = '[';
	longish[98] = 'u';
	longish[99] = 'b';
	seen.text[0] = '\0';
	keys_take(&k, longish, sizeof(longish), note, &seen);
	assert_string_equal(seen.text, "0:62:0 ");
}

/* What may still come after a program of a host has left the terminal. */
static void answers_of_the_terminal_are_no_keys(void **state)
{
	static const char *const rows[] = {
		"\033]11;rgb:1e1e/1e1e/2e2e\033\\",
		"\033]52;c;bHMgLWwKbHMgLWwKbHMgLWwKbHMgLWwKbHMgLWwK\a",
		"\033]1337;ReportCellSize=18.0;9.0;2.0\a",
		"\033P1$r0 q\033\\",
		"\033P>|XTerm(390)\033\\",
		"\033P1+r544e=787465726d2d323536636f6c6f72\033\\",
		"\033_Gi=31;OK\033\\",
		"\033[?62;22c",
		"\033[24;1R",
		"\033[<0;12;5M",
		"\033[M !!",
		"\033[?2026;2$y",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t n = strlen(rows[i]);

		for (size_t cut = 0; cut <= n; cut++) {
			struct keys k = { 0 };
			struct seen seen = { "" };

			keys_take(&k, rows[i], cut, note, &seen);
			assert_true(!cut || cut == n || keys_pending(&k));
			keys_take(&k, rows[i] + cut, n - cut, note, &seen);
			assert_false(keys_pending(&k));
			keys_take(&k, "a\r", 2, note, &seen);
			ROW(!strcmp(seen.text, "0:61:0 2:d:0 "), rows[i]);
		}
	}
}

static void keys_that_begin_like_answers_are_keys(void **state)
{
	struct keys k = { 0 };
	struct seen seen = { "" };

	(void)state;
	keys_take(&k, "\033]", 2, note, &seen);
	assert_int_equal(keys_wait_ms(&k), KEYS_WAIT_MS);
	keys_flush(&k, note, &seen);
	assert_string_equal(seen.text, "0:5d:2 ");
	seen.text[0] = '\0';
	keys_take(&k, "\033]12", 4, note, &seen);
	keys_flush(&k, note, &seen);
	assert_string_equal(seen.text, "0:5d:2 0:31:0 0:32:0 ");
	seen.text[0] = '\0';
	keys_take(&k, "\033]x\033Px\033_x", 9, note, &seen);
	assert_string_equal(seen.text, "0:5d:2 0:78:0 0:50:2 0:78:0 "
				       "0:5f:2 0:78:0 ");
}

static void an_answer_without_an_end_takes_no_keys(void **state)
{
	struct keys k = { 0 };
	struct seen seen = { "" };
	char many[1024];

	(void)state;
	memset(many, 'x', sizeof(many));
	keys_take(&k, "\033]11;rgb", 8, note, &seen);
	assert_true(keys_wait_ms(&k) > KEYS_WAIT_MS);
	keys_flush(&k, note, &seen);
	keys_take(&k, "a", 1, note, &seen);
	assert_string_equal(seen.text, "0:61:0 ");
	/* A key that is no text was typed. */
	seen.text[0] = '\0';
	keys_take(&k, "\033]11;rgb\003b\033]11;rgb\033[A", 21, note, &seen);
	assert_string_equal(seen.text, "0:3:0 0:62:0 6:0:0 ");
	seen.text[0] = '\0';
	keys_take(&k, "\033]52;c;", 8, note, &seen);
	for (size_t i = 0; i < KEYS_ANSWER_MAX; i += sizeof(many))
		keys_take(&k, many, sizeof(many), note, &seen);
	seen.text[0] = '\0';
	keys_take(&k, "b", 1, note, &seen);
	assert_string_equal(seen.text, "0:62:0 ");
}

static bool is_wiped(const struct keys *k)
{
	for (size_t i = k->nheld; i < sizeof(k->held); i++)
		if (k->held[i])
			return false;
	return true;
}

static void nothing_is_left_of_what_was_typed(void **state)
{
	static const char typed[] =
		"\033[1234567890123456789012345678901234567890";
	struct keys k = { 0 };
	struct seen seen = { "" };

	(void)state;
	for (size_t n = 1; n < sizeof(typed); n++) {
		keys_take(&k, typed, n, note, &seen);
		assert_true(is_wiped(&k));
		keys_flush(&k, note, &seen);
		assert_true(is_wiped(&k));
		k = (struct keys){ 0 };
		seen.text[0] = '\0';
	}
}

static void paste_is_not_keys(void **state)
{
	static const char bytes[] = "x\033[200~rm -rf\n\033[A!\033[201~y";
	size_t n = sizeof(bytes) - 1;

	(void)state;
	for (size_t cut = 0; cut <= n; cut++) {
		struct keys k = { 0 };
		struct seen seen = { "" };
		char joined[256];
		size_t len = 0;

		keys_take(&k, bytes, cut, note, &seen);
		keys_take(&k, bytes + cut, n - cut, note, &seen);
		/* In how many pieces is nobody's business. */
		for (const char *p = seen.text; *p; p++) {
			if (p[0] == ']' && p[1] == '[')
				p++;
			else
				joined[len++] = *p;
		}
		joined[len] = '\0';
		assert_string_equal(joined, "0:78:0 [rm -rf\n\033[A!]"
					    "18:0:0 0:79:0 ");
	}
}

struct same {
	const struct key *key;
	size_t n;
	bool all;
};

static void compare(void *arg, const struct key *k)
{
	struct same *s = arg;

	s->all = (!s->n || s->all) && keys_same(k, s->key);
	s->n++;
}

static void keys_have_names(void **state)
{
	static const struct {
		const char *name, *bytes; /* NULL: there is none */
	} rows[] = {
		{ "Ctrl+N", "\x0e" },  { "ctrl+n", "\x0e" },
		{ "Ctrl+]", "\x1d" },  { "Ctrl+\\", "\x1c" },
		{ "Alt+x", "\033x" },  { "F1", "\033OP" },
		{ "f12", "\033[24~" }, { "Ctrl+M", NULL },
		{ "Ctrl+i", NULL },    { "Ctrl+[", NULL },
		{ "Ctrl+", NULL },     { "Ctrl+ab", NULL },
		{ "Ctrl+1", NULL },    { "F13", NULL },
		{ "F", NULL },	       { "x", NULL },
		{ "", NULL },	       { "Alt+", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct key key;
		int rc = keys_named(rows[i].name, &key);
		struct keys k = { 0 };
		struct same same = { .key = &key };

		ROW((rc == 0) == (rows[i].bytes != NULL), rows[i].name);
		if (rc)
			continue;
		keys_take(&k, rows[i].bytes, strlen(rows[i].bytes), compare,
			  &same);
		ROW(same.n == 1 && same.all, rows[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_key_in_any_pieces),
		cmocka_unit_test(escape_alone_needs_time),
		cmocka_unit_test(unknown_sequences_are_swallowed),
		cmocka_unit_test(answers_of_the_terminal_are_no_keys),
		cmocka_unit_test(keys_that_begin_like_answers_are_keys),
		cmocka_unit_test(an_answer_without_an_end_takes_no_keys),
		cmocka_unit_test(nothing_is_left_of_what_was_typed),
		cmocka_unit_test(paste_is_not_keys),
		cmocka_unit_test(keys_have_names),
	};

	return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
