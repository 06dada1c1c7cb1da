/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line that is being typed.
 */
#include "ui/edit.h"

#include <stdlib.h>

#include "lib/test.h"

#include "base/strbuf.h"

struct typed {
	struct edit *e;
	enum edit_event last;
	char events[64]; /* a letter for each that is no change */
	size_t n;
};

static void take(void *arg, const struct key *k)
{
	static const char letters[] = {
		[EDIT_NOTHING] = '.', [EDIT_CHANGED] = ' ',
		[EDIT_ENTER] = 'e',   [EDIT_TAB] = 't',
		[EDIT_PASTED] = 'p',  [EDIT_TOO_LONG] = 'l',
		[EDIT_END] = 'd',     [EDIT_INTERRUPT] = 'c',
		[EDIT_QUIT] = 'q',    [EDIT_SUSPEND] = 'z',
		[EDIT_REDRAW] = 'r',
	};
	struct typed *t = arg;
	enum edit_event event = edit_key(t->e, k);

	t->last = event;
	if (event != EDIT_CHANGED && t->n + 1 < sizeof(t->events))
		t->events[t->n++] = letters[event];
	t->events[t->n] = '\0';
}

static void type(struct typed *t, const char *bytes, size_t n)
{
	struct keys keys = { 0 };

	keys_take(&keys, bytes, n, take, t);
	keys_flush(&keys, take, t);
}

/* The line after these bytes, with '|' at the cursor. */
static char *after(struct typed *t, const char *bytes)
{
	const char *text;
	size_t n;

	t->n = 0;
	t->events[0] = '\0';
	type(t, bytes, strlen(bytes));
	text = edit_text(t->e, &n);
	{
		struct strbuf sb = STRBUF_INIT(EDIT_MAX + 1);
		size_t at = edit_cursor(t->e);

		assert_int_equal(strbuf_add(&sb, text, at), 0);
		assert_int_equal(strbuf_addch(&sb, '|'), 0);
		assert_int_equal(strbuf_add(&sb, text + at, n - at), 0);
		return strbuf_detach(&sb, NULL);
	}
}

static void keys_are_those_of_readline(void **state)
{
	static const struct {
		const char *bytes, *line, *events;
	} rows[] = {
		{ "abc", "abc|", "" },
		{ "abc\033[D\033[Dx", "ax|bc", "" },
		{ "abc\x01x\x05y", "xabcy|", "" },
		{ "a\xc3\xa4\x7f", "a|", "" },
		{ "a\xc3\xa4\xe2\x82\xac\033[D\033[D\x04", "a|\xe2\x82\xac",
		  "" },
		{ "one two\x17three", "one three|", "" },
		{ "one two\x15x\x19", "xone two|", "" },
		{ "one two\x01\x0b", "|", "" },
		{ "one two\033bx", "one x|two", "" },
		{ "one two\x01\033fx", "onex| two", "" },
		{ "one two\x01\033d\x19", "one| two", "" },
		{ "one-two\033\x7f", "one-|", "" },
		{ "one two\033[1;5Dx", "one x|two", "" },
		{ "ab\033[H\033[3~", "|b", "" },
		{ "a\x02\x06", "a|", "" },
		{ "\x02\x06\x7f\033[3~", "|", "...  " },
		{ "\x04", "|", "d" },
		{ "x\x03\x1c\x1a\x0c", "x|", "cqzr" },
		{ "x\r", "x|", "e" },
		{ "x\t", "x|", "t" },
		{ "\033[5~\033[15~\x07", "|", "..." },
		/* Nothing of it becomes a key there. */
		{ "\033[200~a\x03\tb\n\033[201~", "a\tb|", ".." },
		{ "x\033[200~a\nb\033[201~", "x|", ".p" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct history h = { 0 };
		struct typed t = { .e = edit_new(&h) };
		char *line = after(&t, rows[i].bytes);

		if (strcmp(line, rows[i].line) != 0)
			print_error("%zu: '%s' '%s'\n", i, line, t.events);
		assert_string_equal(line, rows[i].line);
		if (*rows[i].events && *rows[i].events != '.')
			assert_string_equal(t.events, rows[i].events);
		free(line);
		edit_free(t.e);
	}
}

static void earlier_lines_can_be_had_back(void **state)
{
	static const struct {
		const char *bytes, *line;
	} rows[] = {
		{ "\033[A", "git log|" },
		{ "\033[A\033[A", "git diff|" },
		{ "\033[A\033[A\033[A\033[A", "ls|" },
		{ "new\033[A\033[B", "new|" },
		{ "\033[B", "|" },
		{ "\x10\x10\x0e", "git log|" },
		{ "diff\x12", "git diff|" },
		{ "git\x12\x12", "git diff|" },
		{ "git\x12\x12\x12", "git diff|" },
		{ "nosuch\x12", "nosuch|" },
	};
	struct history h = { 0 };

	(void)state;
	history_open(&h, NULL);
	history_add(&h, "ls");
	history_add(&h, "git diff");
	history_add(&h, "git log");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct typed t = { .e = edit_new(&h) };
		char *line = after(&t, rows[i].bytes);

		ROW(!strcmp(line, rows[i].line), rows[i].line);
		free(line);
		edit_free(t.e);
	}
	history_close(&h);
}

static void pasted_lines_are_handed_over(void **state)
{
	struct history h = { 0 };
	struct typed t = { .e = edit_new(&h) };
	char *line = after(&t, "\033[200~a\r\nb\nc\n\033[201~");
	size_t n;
	char *lines = edit_pasted(t.e, &n);

	(void)state;
	assert_string_equal(line, "|");
	assert_int_equal(n, 6);
	assert_string_equal(lines, "a\r\nb\nc");
	free(lines);
	free(line);
	/* Too much is no half of it. */
	type(&t, "\033[200~", 6);
	{
		static char much[PASTE_MAX + 100];
		struct keys keys = { .pasting = true };

		memset(much, 'x', sizeof(much));
		keys_take(&keys, much, sizeof(much), take, &t);
		keys_take(&keys, "\033[201~", 6, take, &t);
		assert_int_equal(t.last, EDIT_TOO_LONG);
	}
	line = after(&t, "y");
	assert_string_equal(line, "y|");
	free(line);
	edit_free(t.e);
}

static void secrets_are_typed_and_not_drawn(void **state)
{
	struct strbuf out = STRBUF_INIT(1000);
	struct history h = { 0 };
	struct typed t = { .e = edit_new(&h) };
	char *line;

	(void)state;
	edit_secret(t.e, true);
	line = after(&t, "ab\xc3\xa4\x7f\x01\033[A\033[200~cd\n\033[201~\x7f");
	assert_string_equal(line, "abc|");
	free(line);
	edit_draw(t.e, "? ", 80, &out);
	assert_string_equal(out.buf, "\r? \033[K");
	line = after(&t, "\x03\r");
	assert_non_null(strchr(t.events, 'c'));
	assert_non_null(strchr(t.events, 'e'));
	free(line);
	edit_clear(t.e);
	line = after(&t, "x\x15yz");
	assert_string_equal(line, "yz|");
	free(line);
	edit_secret(t.e, false);
	line = after(&t, "z");
	assert_string_equal(line, "z|");
	free(line);
	edit_free(t.e);
	strbuf_release(&out);
}

static void what_is_pasted_as_a_secret_is_one_line(void **state)
{
	static char much[SECRET_MAX + 1];
	struct history h = { 0 };
	struct typed t = { .e = edit_new(&h) };
	struct keys keys = { .pasting = true };
	char *line;

	(void)state;
	edit_secret(t.e, true);
	line = after(&t, "\033[200~ab\r\ncd\033[201~");
	assert_string_equal(line, "ab|");
	assert_null(strchr(t.events, 'p'));
	free(line);
	line = after(&t, "\x15\033[200~e\xc3\xa4\033[201~");
	assert_string_equal(line, "e\xc3\xa4|");
	free(line);
	/* Half of one is none. */
	memset(much, 'x', sizeof(much));
	edit_clear(t.e);
	keys_take(&keys, much, sizeof(much), take, &t);
	keys_take(&keys, "\033[201~", 6, take, &t);
	assert_int_equal(t.last, EDIT_TOO_LONG);
	line = after(&t, "y");
	assert_string_equal(line, "y|");
	free(line);
	edit_free(t.e);
}

static void a_paste_without_an_end_is_none(void **state)
{
	struct history h = { 0 };
	struct typed t = { .e = edit_new(&h) };
	char *line = after(&t, "\033[200~lost");

	(void)state;
	free(line);
	line = after(&t, "y\033[200~z\033[201~");
	assert_string_equal(line, "yz|");
	free(line);
	edit_free(t.e);
}

/* What a row of `columns` shows: no escape is counted. */
static size_t shown_width(const char *drawn)
{
	size_t n = 0;

	for (const char *p = drawn; *p; p++) {
		if (*p == '\033')
			p += strcspn(p, "KC");
		else if (*p != '\r')
			n++;
	}
	return n;
}

static void a_long_line_stays_in_its_row(void **state)
{
	struct history h = { 0 };
	struct typed t = { .e = edit_new(&h) };
	struct strbuf out = STRBUF_INIT(10000);

	(void)state;
	edit_draw(t.e, "> ", 80, &out);
	assert_string_equal(out.buf, "\r> \033[K\r\033[2C");
	for (unsigned int i = 0; i < 300; i++) {
		type(&t, i % 7 ? "x" : "\xc3\xa4", i % 7 ? 1 : 2);
		strbuf_reset(&out);
		edit_draw(t.e, "> ", 40, &out);
		/* One column is left for the cursor. */
		assert_in_range(shown_width(out.buf), 3, 39 + 6);
	}
	for (unsigned int i = 0; i < 300; i++) {
		type(&t, "\033[D", 3);
		strbuf_reset(&out);
		edit_draw(t.e, "> ", 40, &out);
		assert_in_range(shown_width(out.buf), 3, 39 + 12);
	}
	assert_int_equal(edit_cursor(t.e), 0);
	/* A prompt that is wider than the row leaves room. */
	strbuf_reset(&out);
	edit_draw(t.e, "a prompt that goes on and on> ", 20, &out);
	assert_in_range(shown_width(out.buf), 15, 20 + 4);
	edit_free(t.e);
	strbuf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_those_of_readline),
		cmocka_unit_test(earlier_lines_can_be_had_back),
		cmocka_unit_test(pasted_lines_are_handed_over),
		cmocka_unit_test(secrets_are_typed_and_not_drawn),
		cmocka_unit_test(what_is_pasted_as_a_secret_is_one_line),
		cmocka_unit_test(a_paste_without_an_end_is_none),
		cmocka_unit_test(a_long_line_stays_in_its_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
