/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a shell on a terminal prints, as lines.
 */
#include "ui/lane.h"

#include <string.h>

#include "lib/test.h"

#include "base/strbuf.h"
#include "ui/sgr.h"

static void take(void *arg, const char *line, size_t n)
{
	struct strbuf *out = arg;

	assert_null(memchr(line, '\n', n));
	assert_int_equal(strbuf_add(out, line, n), 0);
	assert_int_equal(strbuf_addch(out, '|'), 0);
}

/*
 * A talk: '<' what comes, '>' a line that is sent, '!' a secret one, '?' a
 * while without anything, '.' the end.
 */
struct step {
	char what;
	const char *text;
};

struct row {
	const char *name;
	struct step steps[12];
	const char *shown; /* lines end with '|', questions with '?' */
};

#define PASTE_ON  "\033[?2004h"
#define PASTE_OFF "\033[?2004l\r"

static const struct row rows[] = {
	{ "lines", { { '<', "a\r\nb\r\n" }, { '<', "c" } }, "a|b|" },
	{ "colours and titles",
	  { { '<', "\033]0;me\007\033[1;31mred\033[m\r\n" } },
	  "red|" },
	{ "a line written over", { { '<', "10%\r50%\r100%\r\n" } }, "100%|" },
	{ "prompt and echo",
	  { { '<', "$ " },
	    { '?', NULL },
	    { '>', "pwd" },
	    { '<', "pwd\r\n/usr\r\n$ " },
	    { '>', "id" },
	    { '<', "id\r\n0\r\n$ " } },
	  "/usr|0|" },
	{ "no echo",
	  { { '<', "$ " }, { '>', "pwd" }, { '<', "/usr\r\n$ " } },
	  "/usr|" },
	{ "readline",
	  { { '<', PASTE_ON "\033[32mme\033[0m:/$ " },
	    { '>', "pwd" },
	    { '<', "pwd\r\n" PASTE_OFF "/usr\r\n" PASTE_ON "me:/$ " } },
	  "/usr|" },
	{ "a line for what readline has started",
	  { { '<', PASTE_ON "me:/$ " },
	    { '>', "cat" },
	    { '<', "cat\r\n" PASTE_OFF },
	    { '>', "text" },
	    { '<', "text\r\ntext\r\n" PASTE_ON "me:/$ " } },
	  "text|" },
	{ "an echo that was wrapped",
	  { { '<', "h$ " },
	    { '>', "echo aaaa bbbb" },
	    { '<', "echo aaaa \rbbbb\r\nout\r\n" } },
	  "out|" },
	{ "an echo that readline has wrapped",
	  { { '<', "h$ " },
	    { '>', "echo 1234 1234" },
	    { '<', "echo 1234 1\r1234\r\nout\r\n" } },
	  "out|" },
	{ "typed before the prompt",
	  { { '>', "pwd" },
	    { '<', "pwd\r\n" },
	    { '<', "Welcome\r\n$ pwd\r\n/usr\r\n" } },
	  "Welcome|/usr|" },
	{ "two lines at once",
	  { { '<', "$ " },
	    { '>', "a" },
	    { '>', "b" },
	    { '<', "a\r\nA\r\n$ b\r\nB\r\n$ " } },
	  "A|B|" },
	{ "two lines at once that the terminal echoes",
	  { { '<', "$ " },
	    { '>', "a" },
	    { '>', "b" },
	    { '>', "c" },
	    { '<', "a\r\nb\r\nc\r\nA\r\n$ $ C\r\n$ " } },
	  "A|C|" },
	{ "two lines at once, and a slow shell",
	  { { '<', "$ " },
	    { '>', "a" },
	    { '>', "b" },
	    { '<', "a\r\nA\r\n$ " },
	    { '?', NULL },
	    { '<', "b\r\nB\r\n$ " } },
	  "A|B|" },
	{ "lines that the terminal echoes, and a slow shell",
	  { { '<', "$ " },
	    { '>', "a" },
	    { '>', "b" },
	    { '>', "c" },
	    { '<', "a\r\nb\r\nc\r\nA\r\n$ " },
	    { '?', NULL },
	    { '<', "$ " },
	    { '?', NULL },
	    { '<', "C\r\n$ " } },
	  "A|C|" },
	{ "lines without output are not learnt as one prompt",
	  { { '<', "$ " },
	    { '>', "a" },
	    { '>', "b" },
	    { '<', "a\r\nb\r\n$ $ " },
	    { '?', NULL },
	    { '>', "c" },
	    { '>', "d" },
	    { '<', "c\r\nd\r\nC\r\n$ " },
	    { '<', "D\r\n$ " } },
	  "C|D|" },
	{ "an echo that did not come is not waited for behind the next line",
	  { { '<', "$ " },
	    { '>', "a" },
	    { '<', "A\r\n$ " },
	    { '?', NULL },
	    { '>', "b" },
	    { '<', "a\r\n$ " } },
	  "A|a|" },
	{ "a program that says the same",
	  { { '>', "hello" }, { '<', "hello\r\n" }, { '<', "hello\r\n" } },
	  "hello|" },
	{ "other lines that end so",
	  { { '>', "a" }, { '<', "a\r\na\r\nbanana\r\n" } },
	  "a|banana|" },
	{ "an empty line",
	  { { '<', "$ " },
	    { '>', "" },
	    { '<', "\r\n$ " },
	    { '>', "" },
	    { '<', "\r\n\r\n$ " } },
	  "|" },
	{ "a question",
	  { { '<', "Overwrite? [y/n] " },
	    { '?', NULL },
	    { '?', NULL },
	    { '>', "y" },
	    { '<', "y\r\ndone\r\n" } },
	  "Overwrite? [y/n] ?done|" },
	{ "a question that was answered unseen",
	  { { '<', "Sure? " }, { '>', "y" }, { '<', "y\r\ndone\r\n" } },
	  "Sure? |done|" },
	{ "a line that goes on",
	  { { '<', "wait ..." }, { '?', NULL }, { '<', " done\r\n" } },
	  "wait ...?wait ... done|" },
	{ "a secret",
	  { { '<', "Password: " },
	    { '?', NULL },
	    { '!', "xyzzy" },
	    { '<', "\r\nxyzzy\r\n" } },
	  "Password: ?xyzzy|" },
	{ "a secret whose end is not echoed",
	  { { '<', "Password: " },
	    { '?', NULL },
	    { '!', "xyzzy" },
	    { '<', "<ok>\r\n#\r\n" } },
	  "Password: ?<ok>|#|" },
	{ "typed while the prompt is looked at",
	  { { '<', "$ " },
	    { '>', "pwd" },
	    { '?', NULL },
	    { '<', "pwd\r\n/usr\r\n$ " } },
	  "/usr|" },
	{ "typed behind Ctrl+C",
	  { { '<', "$ " },
	    { '>', "cat f" },
	    { '<', "cat f\r\n1-2" },
	    { '>', "echo  a" },
	    { '<', "-3^Cecho  a\r\n\r\n$ a\r\n$ " } },
	  "1-2-3^C||a|" },
	{ "typed behind another key",
	  { { '<', "$ " }, { '>', "b" }, { '<', "x^^Cab\r\n^C ^\\b\r\n" } },
	  "x^^Cab|^C ^\\|" },
	{ "an editor",
	  { { '<', "$ " },
	    { '>', "vi f" },
	    { '<', "vi f\r\n\033[?1049h\033[1;1Hone\r\n~\r\n" },
	    { '<', "\033[2;1Htwo\r\n\033[?1049l\r$ " },
	    { '>', "pwd" },
	    { '<', "pwd\r\n/usr\r\n$ " } },
	  "/usr|" },
	{ "the end",
	  { { '<', "$ " }, { '>', "x" }, { '<', "x\r\nlast" }, { '.', NULL } },
	  "last|" },
	{ "the end at a prompt", { { '<', "a\r\n$ " }, { '.', NULL } }, "a|" },
};

static void play(const struct row *row, size_t cut, struct strbuf *out)
{
	struct lane *l = lane_new();

	for (const struct step *s = row->steps; s->what; s++) {
		size_t n = s->text ? strlen(s->text) : 0;

		switch (s->what) {
		case '<':
			for (size_t i = 0; i < n; i += cut)
				lane_feed(l, s->text + i,
					  n - i < cut ? n - i : cut, take, out);
			break;
		case '?':
			if (lane_question(l, out))
				assert_int_equal(strbuf_addch(out, '?'), 0);
			break;
		case '.':
			lane_end(l, take, out);
			break;
		default:
			lane_sent(l, s->text, n, s->what == '!');
			break;
		}
	}
	lane_free(l);
}

static void talks_are_shown_as_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const size_t cuts[] = { 1000, 1, 3 };

		for (size_t c = 0; c < 3; c++) {
			struct strbuf out = STRBUF_INIT(1000);

			play(&rows[i], cuts[c], &out);
			if (strcmp(out.buf, rows[i].shown) != 0)
				print_error("%s: '%s'\n", rows[i].name,
					    out.buf);
			ROW(!strcmp(out.buf, rows[i].shown), rows[i].name);
			strbuf_release(&out);
		}
	}
}

static void passwords_are_known_by_how_they_are_asked_for(void **state)
{
	static const struct {
		const char *text;
		bool asks;
	} prompts[] = {
		{ "[sudo] password for me: ", true },
		{ "Password:", true },
		{ "x\r\n\033[1mme@h's password: \033[0m", true },
		{ "Enter passphrase for key '/k': ", true },
		{ "Password: \r\n", false },
		{ "$ ", false },
		{ "Name: ", false },
		{ "the password is: x", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(prompts); i++) {
		struct strbuf out = STRBUF_INIT(1000);
		struct lane *l = lane_new();

		lane_feed(l, prompts[i].text, strlen(prompts[i].text), take,
			  &out);
		ROW(lane_asks(l) == prompts[i].asks, prompts[i].text);
		lane_sent(l, "x", 1, true);
		assert_false(lane_asks(l));
		lane_feed(l, "\r\nPassword: ", 12, take, &out);
		assert_true(lane_asks(l));
		lane_free(l);
		strbuf_release(&out);
	}
}

static void a_line_without_end_takes_no_more_memory(void **state)
{
	struct strbuf out = STRBUF_INIT((size_t)1 << 20);
	struct lane *l = lane_new();
	char piece[1000];

	(void)state;
	memset(piece, 'x', sizeof(piece));
	for (size_t i = 1; i <= 500; i++) {
		lane_feed(l, piece, sizeof(piece), take, &out);
		/* What did not come out is held. */
		assert_true(i * sizeof(piece) <= out.len + SGR_LINE_MAX);
	}
	lane_end(l, take, &out);
	/* Nothing is lost: 500,000 bytes, and an end for each piece. */
	assert_int_equal(out.len, 500000 + 500000 / SGR_LINE_MAX + 1);
	lane_free(l);
	strbuf_release(&out);
}

static void what_is_unfinished_can_be_had(void **state)
{
	struct strbuf out = STRBUF_INIT(1000);
	struct lane *l = lane_new();
	size_t n;

	(void)state;
	assert_false(lane_tail(l, &out));
	assert_false(lane_prompts(l));
	lane_feed(l, "Name: ", 6, take, &out);
	assert_false(lane_prompts(l));
	lane_feed(l, "a\r\n\033[32m$\033[m ", 13, take, &out);
	assert_true(lane_prompts(l));
	strbuf_reset(&out);
	assert_true(lane_tail(l, &out));
	assert_string_equal(out.buf, "$ ");
	assert_memory_equal(lane_raw(l, &n), "\033[32m$\033[m ", 10);
	assert_int_equal(n, 10);
	lane_free(l);
	strbuf_release(&out);
}

static void the_other_screen_may_end_in_what_is_left_out(void **state)
{
	struct strbuf out = STRBUF_INIT(SIZE_MAX / 2);
	struct lane *l = lane_new();

	(void)state;
	lane_feed(l, "\033[?1049hedit\r\n", 14, take, &out);
	assert_true(lane_full_screen(l));
	assert_false(lane_tail(l, &out));
	lane_skip(l, "more\033[?1049", 11);
	assert_true(lane_full_screen(l));
	lane_skip(l, "l", 1);
	assert_false(lane_full_screen(l));
	lane_feed(l, "line\r\n", 6, take, &out);
	assert_string_equal(out.buf, "line|");
	lane_free(l);
	strbuf_release(&out);
}

/* The terminal has echoed all before the shell has read the first. */
static void the_echoes_of_many_lines_at_once_are_known(void **state)
{
	struct strbuf shown = STRBUF_INIT(65536);
	struct strbuf want = STRBUF_INIT(65536);
	struct strbuf echo = STRBUF_INIT(65536);
	struct strbuf said = STRBUF_INIT(65536);
	struct lane *l = lane_new();

	(void)state;
	lane_feed(l, "$ ", 2, take, &shown);
	for (unsigned int i = 1; i <= 500; i++) {
		struct strbuf line = STRBUF_INIT(64);

		(void)strbuf_addf(&line, "echo %u", i);
		lane_sent(l, line.buf, line.len, false);
		(void)strbuf_addf(&echo, "%s\r\n", line.buf);
		(void)strbuf_addf(&said, "%u\r\n$ ", i);
		(void)strbuf_addf(&want, "%u|", i);
		strbuf_release(&line);
	}
	lane_feed(l, echo.buf, echo.len, take, &shown);
	lane_feed(l, said.buf, said.len, take, &shown);
	assert_string_equal(shown.buf, want.buf);
	lane_free(l);
	strbuf_release(&shown);
	strbuf_release(&want);
	strbuf_release(&echo);
	strbuf_release(&said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(talks_are_shown_as_lines),
		cmocka_unit_test(passwords_are_known_by_how_they_are_asked_for),
		cmocka_unit_test(a_line_without_end_takes_no_more_memory),
		cmocka_unit_test(what_is_unfinished_can_be_had),
		cmocka_unit_test(the_other_screen_may_end_in_what_is_left_out),
		cmocka_unit_test(the_echoes_of_many_lines_at_once_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
