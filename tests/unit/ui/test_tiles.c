/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/tiles.h"

#include "base/alloc.h"
#include "io/loop.h"
#include "lib/test.h"
#include "ui/edit.h"
#include "ui/history.h"
#include "ui/pane.h"
#include "ui/question.h"
#include "ui/tiles_internal.h"
#include "ui/viewask.h"

#define HOSTS  3
#define PREFIX "\035"

/* Three hosts, whose shells are up, and what each was sent. */
struct world {
	struct loop *loop;
	struct target targets[HOSTS];
	struct targets list;
	struct shellset set;
	struct history history;
	char *command; /* that was typed */
	const char *answer, *words;
	struct strbuf rest; /* that was typed behind the end */
	bool leave;	    /* with a command */
	struct tiles *tiles;
	struct strbuf sent[HOSTS];
	unsigned int rows[HOSTS], cols[HOSTS];
	unsigned int quits, resumed[HOSTS], begun[HOSTS], shown[HOSTS];
	struct flow_control flow;
};

static void on_send(void *arg, const struct target *t, const void *p, size_t n)
{
	struct world *w = arg;

	strbuf_add(&w->sent[t->rank], p, n);
}

static void on_shown(void *arg, const struct target *t)
{
	struct world *w = arg;

	w->shown[t->rank]++;
}

static void on_resize(void *arg, const struct target *t, unsigned int rows,
		      unsigned int cols)
{
	struct world *w = arg;

	w->rows[t->rank] = rows;
	w->cols[t->rank] = cols;
}

static int on_reconnect(void *arg, const struct target *t, struct err *err)
{
	struct world *w = arg;

	if (w->set.hosts[t->rank].state != SHELL_GONE)
		return err_set(err, ERR_LOCAL, "it has not failed");
	w->begun[t->rank]++;
	return 0;
}

static void on_quit(void *arg)
{
	struct world *w = arg;

	w->quits++;
}

static void on_resume(struct flow_control *fc, const struct target *t)
{
	struct world *w = container_of(fc, struct world, flow);

	w->resumed[t->rank]++;
}

static void on_command(void *arg, const char *line)
{
	struct world *w = arg;

	free(w->command);
	w->command = xstrdup(line);
	history_add(&w->history, line);
	if (w->leave)
		tiles_leave(w->tiles);
	if (w->answer)
		tiles_answer(w->tiles, w->answer, strlen(w->answer));
}

static void on_rest(void *arg, const char *p, size_t n)
{
	struct world *w = arg;

	strbuf_add(&w->rest, p, n);
}

static void on_state(void *arg, struct strbuf *out)
{
	(void)arg;
	(void)out;
}

static void on_complete(void *arg, struct edit *e)
{
	struct world *w = arg;

	edit_insert(e, "lp", 2);
	if (w->words)
		tiles_answer(w->tiles, w->words, strlen(w->words));
}

static const struct tiles_calls calls = {
	.send = on_send,
	.shown = on_shown,
	.resize = on_resize,
	.reconnect = on_reconnect,
	.command = on_command,
	.complete = on_complete,
	.rest = on_rest,
	.state = on_state,
	.quit = on_quit,
};

static int setup(void **state)
{
	static char names[HOSTS][4] = { "n1", "n2", "n3" };
	struct world *w = xcalloc(1, sizeof(*w));
	struct tiles_conf conf = { .prefix = 0x1d,
				   .prefix_name = "Ctrl+]",
				   .calls = &calls,
				   .arg = w };

	w->loop = loop_new_virtual(NULL);
	strbuf_init(&w->rest, STRBUF_MAX_TEXT);
	for (unsigned int i = 0; i < HOSTS; i++) {
		w->targets[i].label = names[i];
		w->targets[i].rank = i;
		strbuf_init(&w->sent[i], STRBUF_MAX_TEXT);
	}
	w->list = (struct targets){ .v = w->targets, .n = HOSTS };
	conf.loop = w->loop;
	conf.targets = &w->list;
	shellset_init(&w->set, HOSTS);
	conf.set = &w->set;
	history_open(&w->history, NULL);
	conf.history = &w->history;
	w->tiles = tiles_new(&conf);
	tiles_begin(w->tiles);
	w->flow.resume = on_resume;
	tiles_observer(w->tiles)->flow = &w->flow;
	for (size_t i = 0; i < HOSTS; i++)
		tiles_up(w->tiles, i, true);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	tiles_free(w->tiles);
	shellset_release(&w->set);
	history_close(&w->history);
	strbuf_release(&w->rest);
	free(w->command);
	for (size_t i = 0; i < HOSTS; i++)
		strbuf_release(&w->sent[i]);
	loop_free(w->loop);
	free(w);
	return 0;
}

static void type(struct world *w, const char *text)
{
	tiles_typed(w->tiles, text, strlen(text));
}

/* Compare, and forget. */
static void assert_sent(struct world *w, const char *a, const char *b,
			const char *c)
{
	assert_string_equal(w->sent[0].buf, a);
	assert_string_equal(w->sent[1].buf, b);
	assert_string_equal(w->sent[2].buf, c);
	for (size_t i = 0; i < HOSTS; i++)
		strbuf_reset(&w->sent[i]);
}

static void ended(struct world *w, size_t rank)
{
	struct observer *o = tiles_observer(w->tiles);
	const struct result r = { .outcome = OUTCOME_EXIT };

	o->ops->done(o, &w->targets[rank], &r);
}

static enum flow came(struct world *w, size_t rank, const char *p, size_t n)
{
	struct observer *o = tiles_observer(w->tiles);

	return o->ops->data(o, &w->targets[rank], STREAM_OUT, p, n);
}

static void keys_go_to_whom_they_are_for(void **state)
{
	struct world *w = *state;

	type(w, "ls\r");
	assert_sent(w, "ls\r", "ls\r", "ls\r");
	type(w, PREFIX "na"); /* the next is marked, and typed at like all */
	assert_sent(w, "a", "a", "a");
	type(w, PREFIX "ob");
	assert_sent(w, "", "b", "");
	type(w, PREFIX "n" PREFIX PREFIX "c");
	assert_sent(w, "", "", "\035c");
	type(w, PREFIX "ad" PREFIX "xe");
	assert_sent(w, "de", "de", "d");
	type(w, PREFIX "xf");
	assert_sent(w, "f", "f", "f");
	type(w, PREFIX "\tg" PREFIX "p" PREFIX "oh");
	assert_sent(w, "g", "g", "gh");
	type(w, PREFIX "Y\003");
	assert_sent(w, "", "", "\003");
}

static void nobody_else_gets_what_was_for_one_that_ends(void **state)
{
	struct world *w = *state;

	type(w, PREFIX "oa");
	ended(w, 0);
	type(w, "b");
	assert_sent(w, "a", "", "");
	type(w, PREFIX "ac");
	assert_sent(w, "", "c", "c");
	/* The same where it had the whole screen. */
	type(w, PREFIX "n" PREFIX "zd");
	assert_sent(w, "", "d", "");
	ended(w, 1);
	type(w, "e");
	assert_sent(w, "", "", "");
	assert_false(w->tiles->zoomed);
}

static void why_there_is_no_shell_is_seen(void **state)
{
	struct world *w = *state;
	struct observer *o = tiles_observer(w->tiles);
	struct result r = { .outcome = OUTCOME_ERROR };

	err_set(&r.err, ERR_CONNECT, "n2: refused");
	came(w, 1, "last", 4);
	o->ops->done(o, &w->targets[1], &r);
	assert_int_equal(loop_turn(w->loop, true, NULL), 1);
	assert_int_equal(pane_row(w->tiles->tiles[1].pane, 0)[0].ch, 'l');
	assert_int_equal(pane_row(w->tiles->tiles[1].pane, 1)[4].ch, 'r');
	assert_string_equal(w->tiles->tiles[1].end, "connect");
	result_release(&r);
}

static void a_password_is_for_those_that_ask(void **state)
{
	struct world *w = *state;

	came(w, 0, "$ sudo x\r\n[sudo] password for a", 30);
	came(w, 0, ":", 1);
	came(w, 0, " ", 1);
	came(w, 1, "$ ", 2);
	came(w, 2, "\033[1mPassword: ", 14);
	type(w, "a");
	assert_sent(w, "", "a", "");
	type(w, PREFIX "sb");
	assert_sent(w, "b", "", "b");
	came(w, 2, "*", 1); /* as sudo does with pwfeedback */
	came(w, 0, "\r\nok\r\n$ ", 8);
	assert_false(w->set.hosts[0].asks);
	assert_true(w->set.hosts[2].asks);
	type(w, "rest");
	assert_sent(w, "", "", "rest");
	/* It has its answer, before it says so, and then another question. */
	type(w, "\rls\r\003");
	assert_sent(w, "\003", "", "\r\003");
	came(w, 2, "\r\nSorry, try again.\r\nPassword: ", 31);
	type(w, "g");
	assert_sent(w, "", "", "g");
	type(w, PREFIX "ac");
	assert_sent(w, "c", "c", "");
	type(w, PREFIX "p" PREFIX "od");
	assert_sent(w, "", "", "d");
	/* Nobody is chosen who is not there. */
	came(w, 2, "\033[2J\033[H$ ", 9);
	type(w, PREFIX "s" PREFIX "ae");
	assert_sent(w, "e", "e", "e");
}

static void who_asks_gets_ctrl_c(void **state)
{
	struct world *w = *state;

	came(w, 0, "Password: ", 10);
	tiles_up(w->tiles, 1, false);
	type(w, "a\003b\032c\034d");
	assert_sent(w, "\003\032\034", "", "a\003b\032c\034d");
	/* What is pasted is text. */
	type(w, "\033[200~\003\033[201~");
	assert_sent(w, "", "", "\003");
	ended(w, 2);
	type(w, "\003");
	assert_sent(w, "\003", "", "");
	assert_int_equal(w->tiles->message.len, 0);
	type(w, "a");
	assert_sent(w, "", "", "");
	assert_int_not_equal(w->tiles->message.len, 0);
	/* It was meant for another one alone. */
	type(w, PREFIX "n" PREFIX "o\003");
	assert_sent(w, "", "\003", "");
}

static void a_narrow_pane_hides_no_question(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < HOSTS; i++)
		pane_resize(w->tiles->tiles[i].pane, 5, 9);
	came(w, 0, "$ sudo x\r\n[sudo] password for administrator: ", 45);
	came(w, 1, "Password:", 9);
	came(w, 2, "OTP\r\nfile:", 10);
	type(w, "a");
	assert_sent(w, "", "", "a");
}

static void colours_hide_no_question(void **state)
{
	struct world *w = *state;

	came(w, 0, "\033[1;31mPassword:\033[0m \033[K", 23);
	came(w, 1, "Password:", 9);
	came(w, 1, "\033[0m", 4);
	came(w, 2, "Password: no\r\n$ \033[0m", 20);
	type(w, "a");
	assert_sent(w, "", "", "a");
}

static void a_paste_without_an_end_is_none(void **state)
{
	struct world *w = *state;

	type(w, "\033[200~lo");
	type(w, PREFIX "a");
	assert_sent(w, "", "", "");
	tiles_forget_input(w->tiles);
	type(w, "b");
	assert_sent(w, "b", "b", "b");
	type(w, "\033[200~c\033[201~");
	assert_sent(w, "c", "c", "c");
}

static void one_that_failed_is_connected_anew(void **state)
{
	struct world *w = *state;
	struct observer *o = tiles_observer(w->tiles);

	type(w, PREFIX "c");
	assert_string_equal(w->tiles->message.buf, "n1: it has not failed");
	came(w, 0, "\033[?1049hvi", 10);
	ended(w, 0);
	type(w, PREFIX "c");
	assert_int_equal(w->begun[0], 1);
	o->ops->again(o, &w->targets[0]);
	assert_null(w->tiles->tiles[0].end);
	type(w, "a");
	assert_sent(w, "", "a", "a");
	tiles_up(w->tiles, 0, true);
	came(w, 0, "new", 3);
	assert_int_equal(loop_turn(w->loop, true, NULL), 1);
	type(w, "b");
	assert_sent(w, "b", "b", "b");
	/* The screen of its own is left behind. */
	assert_int_equal(pane_row(w->tiles->tiles[0].pane, 0)[0].ch, 0);
	assert_int_equal(pane_row(w->tiles->tiles[0].pane, 1)[0].ch, 'n');
}

static void what_nobody_gets_is_told(void **state)
{
	struct world *w = *state;

	type(w, PREFIX "x" PREFIX "nx");
	assert_sent(w, "", "x", "x");
	assert_int_equal(w->tiles->message.len, 0);
	type(w, PREFIX "x" PREFIX "n" PREFIX "x"
		       "\033[A");
	assert_sent(w, "", "", "");
	assert_true(strstr(w->tiles->message.buf, "no host gets that"));
}

static void an_unverified_host_hears_no_broadcast(void **state)
{
	struct world *w = *state;

	tiles_up(w->tiles, 1, false);
	type(w, "a");
	assert_sent(w, "a", "", "a");
	type(w, PREFIX "n" PREFIX "ob");
	assert_sent(w, "", "b", "");
}

static void each_host_has_cursor_keys_of_its_own(void **state)
{
	struct world *w = *state;

	came(w, 1, "\033[?1h", 5);
	type(w, "\033[A");
	assert_sent(w, "\033[A", "\033OA", "\033[A");
	type(w, "\033");
	assert_sent(w, "", "", "");
	tiles_typed_over(w->tiles);
	assert_sent(w, "\033", "\033", "\033");
}

static void answers_go_to_who_asked(void **state)
{
	struct world *w = *state;

	came(w, 2, "ab\033[6n", 6);
	assert_sent(w, "", "", "\033[1;3R");
	assert_int_equal(w->shown[2], 1);
}

static void pasted_lines_for_several_are_asked_about(void **state)
{
	struct world *w = *state;

	type(w, "\033[200~one\033[201~");
	assert_sent(w, "one", "one", "one");
	type(w, "\033[200~one\rtwo\r\033[201~");
	assert_sent(w, "", "", "");
	type(w, "n");
	assert_sent(w, "", "", "");
	came(w, 0, "\033[?2004h", 8);
	type(w, "\033[200~one\r" PREFIX "two\r\033[201~y\r");
	assert_sent(w, "\033[200~one\r\035two\r\033[201~\r", "one\r\035two\r\r",
		    "one\r\035two\r\r");
	type(w, PREFIX "o\033[200~one\rtwo\r\033[201~");
	assert_sent(w, "\033[200~one\rtwo\r\033[201~", "", "");
}

static void an_end_is_asked_for_twice(void **state)
{
	struct world *w = *state;

	type(w, PREFIX "qn" PREFIX "q" PREFIX);
	assert_int_equal(w->quits, 0);
	type(w, PREFIX "qy");
	assert_int_equal(w->quits, 1);
	assert_sent(w, "", "", "");
}

static void hosts_are_told_their_size(void **state)
{
	struct world *w = *state;
	unsigned int rows, cols;

	type(w, PREFIX "z");
	while (!w->rows[0])
		assert_int_equal(loop_turn(w->loop, true, NULL), 1);
	tiles_size(w->tiles, 0, &rows, &cols);
	assert_int_equal(rows, 22);
	assert_int_equal(cols, 80);
	assert_int_equal(w->rows[0], rows);
	assert_int_equal(w->cols[0], cols);
	/* That of the others has not changed. */
	assert_int_equal(w->rows[1], 0);
	type(w, PREFIX "z");
	while (w->rows[0] == rows && w->cols[0] == cols)
		assert_int_equal(loop_turn(w->loop, true, NULL), 1);
	tiles_size(w->tiles, 0, &rows, &cols);
	assert_int_equal(w->rows[0], rows);
	assert_int_equal(w->cols[0], cols);
}

static void a_flood_waits_for_its_turn(void **state)
{
	struct world *w = *state;
	struct strbuf flood = STRBUF_INIT(STRBUF_MAX_TEXT);

	for (int i = 0; i < 5000; i++)
		strbuf_addstr(&flood, "\033[2J\033[9L");
	strbuf_addstr(&flood, "\033[Hlast");
	assert_int_equal(came(w, 0, flood.buf, flood.len), FLOW_PAUSE);
	assert_int_equal(came(w, 1, "a", 1), FLOW_GO);
	assert_int_equal(came(w, 0, "!", 1), FLOW_GO);
	assert_int_equal(w->resumed[0], 0);
	while (!w->resumed[0])
		assert_int_equal(loop_turn(w->loop, true, NULL), 1);
	assert_int_equal(w->resumed[0], 1);
	assert_int_equal(pane_row(w->tiles->tiles[0].pane, 0)[4].ch, '!');
	assert_int_equal(pane_row(w->tiles->tiles[1].pane, 0)[0].ch, 'a');
	strbuf_release(&flood);
}

/* A line that fills more than a turn may take, which a host has sent. */
static void flood(struct world *w, size_t rank)
{
	struct strbuf lines = STRBUF_INIT(STRBUF_MAX_TEXT);

	for (int i = 0; i < 20000; i++)
		strbuf_addstr(&lines, "y\r\n");
	assert_int_equal(came(w, rank, lines.buf, lines.len), FLOW_PAUSE);
	strbuf_release(&lines);
}

static void what_is_on_its_way_is_left_out_by_ctrl_c(void **state)
{
	struct world *w = *state;
	const struct tile *tile = &w->tiles->tiles[0];

	came(w, 1, "\033[?1049h", 8);
	flood(w, 0);
	flood(w, 1);
	type(w, "\003");
	assert_sent(w, "\003", "\003", "\003");
	while (!w->resumed[0] || !w->resumed[1])
		assert_int_equal(loop_turn(w->loop, true, NULL), 1);
	assert_int_equal(came(w, 0, "more of it", 10), FLOW_GO);
	assert_int_equal(came(w, 1, "\033[2J\033[Hedit", 11), FLOW_GO);
	assert_int_equal(came(w, 0, "and more\r\n^", 11), FLOW_GO);
	assert_null(strstr(w->tiles->message.buf, "left out"));
	assert_int_equal(came(w, 0, "\033[2J\033[H^C$", 10), FLOW_GO);
	assert_non_null(strstr(w->tiles->message.buf, "left out"));
	while (tile->backlog.len)
		assert_int_equal(loop_turn(w->loop, true, NULL), 1);
	/* Who has all of the screen to itself keeps it. */
	assert_int_equal(pane_row(w->tiles->tiles[1].pane, 0)[0].ch, 'e');
	assert_int_equal(came(w, 0, "\033[2J\033[Hnew", 10), FLOW_GO);
	assert_int_equal(pane_row(tile->pane, 0)[0].ch, 'n');
}

static void a_command_is_a_line_and_none_of_it_is_for_hosts(void **state)
{
	struct world *w = *state;

	type(w, PREFIX ":onlx\177y n1\rls\r");
	assert_string_equal(w->command, "only n1");
	assert_sent(w, "ls\r", "ls\r", "ls\r");
	/* The one before; Tab; a sign that is typed once more. */
	type(w, PREFIX ":\033[A\001x\005\t\r");
	assert_string_equal(w->command, "xonly n1lp");
	type(w, PREFIX ":help\r");
	assert_string_equal(w->command, "help");
	/* It is left with the prefix key, Ctrl+C, or an ESC that stays alone.
	 */
	type(w, PREFIX ":no" PREFIX "a" PREFIX ":no\003b");
	type(w, PREFIX ":no\033");
	tiles_typed_over(w->tiles);
	type(w, "c" PREFIX ":\rd");
	assert_sent(w, "abcd", "abcd", "abcd");
	assert_string_equal(w->command, "help");
	/* Several lines are no command. */
	type(w, PREFIX ":\033[200~a\rb\033[201~\rs");
	assert_string_equal(w->command, "help");
	assert_sent(w, "s", "s", "s");
}

static void an_answer_has_the_keys_until_it_is_closed(void **state)
{
	struct world *w = *state;

	w->answer = "one line\n";
	type(w, PREFIX ":x\ra");
	assert_string_equal(w->tiles->message.buf, "one line");
	w->answer = "one\ntwo\n";
	type(w, PREFIX ":x\r Gqb");
	assert_sent(w, "ab", "ab", "ab");
	/* What is said later is there when it is looked at. */
	tiles_answer(w->tiles, "three\n", 6);
	assert_string_equal(w->tiles->message.buf, "three");
	tiles_answer(w->tiles, "four\nfive\n", 10);
	assert_int_equal(w->tiles->box.lines.n, 5);
	type(w, "c" PREFIX "vqd");
	assert_sent(w, "cd", "cd", "cd");
	/* It opens by itself where nobody types. */
	w->answer = NULL;
	type(w, PREFIX ":z\r");
	tiles_answer(w->tiles, "six\nseven\n", 10);
	type(w, "qd" PREFIX ":z\rd");
	assert_sent(w, "dd", "dd", "dd");
	tiles_answer(w->tiles, "six\nseven\n", 10);
	type(w, "q");
	assert_sent(w, "q", "q", "q");
	w->answer = "seven\n";
	type(w, PREFIX ":z\rd" PREFIX "v");
	assert_int_equal(w->tiles->box.lines.n, 1); /* to be read again */
	type(w, "q");
	w->answer = "one\ntwo\n";
	/* From it to the next command. */
	type(w, PREFIX "v:y\rqe");
	assert_string_equal(w->command, "y");
	assert_int_equal(w->tiles->box.lines.n, 2);
	assert_sent(w, "de", "de", "de");
	type(w, PREFIX "v" PREFIX ":w\rqe" PREFIX "v" PREFIX "of");
	assert_string_equal(w->command, "w");
	assert_sent(w, "ef", "e", "e");
}

/* The rest of what closed it is no key, and is waited for no longer. */
static void esc_twice_closes_a_line_and_an_answer(void **state)
{
	struct world *w = *state;

	w->answer = "one\ntwo\n";
	type(w, PREFIX ":x\r\033\033");
	assert_false(keys_pending(&w->tiles->keys));
	type(w, PREFIX);
	tiles_typed_over(w->tiles);
	assert_int_equal(w->tiles->asking, TILES_COMMAND);
	type(w, ":no\033\033");
	assert_false(keys_pending(&w->tiles->keys));
	tiles_typed_over(w->tiles);
	type(w, PREFIX ":no\033[:");
	tiles_typed_over(w->tiles);
	assert_int_equal(w->tiles->asking, TILES_NOTHING);
	type(w, "a");
	assert_sent(w, "a", "a", "a");
}

/* Its rest would be keys for the answer, and its end would not be seen. */
static void no_answer_opens_within_a_paste(void **state)
{
	struct world *w = *state;

	type(w, PREFIX ":z\r\033[200~");
	tiles_answer(w->tiles, "six\nseven\n", 10);
	type(w, "ab\033[201~c" PREFIX "od");
	assert_sent(w, "abcd", "abc", "abc");
}

static void behind_another_they_only_follow(void **state)
{
	struct world *w = *state;
	struct strbuf tail = STRBUF_INIT(STRBUF_MAX_TEXT);

	came(w, 1, "\033[6n", 4);
	assert_sent(w, "", "\033[1;1R", "");
	w->leave = true;
	type(w, PREFIX "n" PREFIX "oa" PREFIX ":x\rls\r");
	assert_sent(w, "", "a", "");
	assert_string_equal(w->rest.buf, "ls\r");
	/* It was typed to one, which is the one that is chosen now. */
	assert_true(shellset_takes(&w->set, 1));
	assert_false(shellset_takes(&w->set, 0));
	tiles_close(w->tiles);
	came(w, 1, "\033[6nPassword:", 13);
	assert_sent(w, "", "", "");
	assert_false(w->set.hosts[1].asks);
	tiles_tail(w->tiles, 1, &tail);
	assert_string_equal(tail.buf, "Password:");
	tiles_follow(w->tiles, 30, 90);
	assert_int_equal(pane_rows(w->tiles->tiles[2].pane), 30);
	assert_false(tiles_is_taken(w->tiles, 1));
	tiles_recall(w->tiles, 1, "\033[?1049h\033[6n", 12);
	assert_true(tiles_is_taken(w->tiles, 1));
	assert_sent(w, "", "", "");
	strbuf_release(&tail);
}

static void words_that_complete_go_with_the_line(void **state)
{
	struct world *w = *state;

	w->words = "all  add\n";
	type(w, PREFIX ":\t");
	assert_string_equal(w->tiles->message.buf, "all  add");
	assert_false(w->tiles->boxed);
	w->words = "all  add\nonly\n";
	type(w, "\t");
	assert_true(w->tiles->boxed);
	type(w, "\003a");
	assert_false(w->tiles->boxed);
	assert_sent(w, "a", "a", "a");
	type(w, PREFIX "vb"); /* it is no answer */
	assert_sent(w, "b", "b", "b");
	assert_null(w->command);
}

static void commands_choose_and_focus(void **state)
{
	struct world *w = *state;
	const size_t last = 2;

	type(w, PREFIX "oa");
	shellset_only(&w->set, &last, 1);
	tiles_chosen(w->tiles);
	type(w, "b");
	assert_sent(w, "a", "", "b");
	assert_true(tiles_focus(w->tiles, 1));
	type(w, "c" PREFIX "zd");
	assert_sent(w, "", "c", "d");
	ended(w, 1);
	assert_false(tiles_focus(w->tiles, 1));
}

static void a_cut_flood_hides_no_question(void **state)
{
	struct world *w = *state;
	struct strbuf line = STRBUF_INIT(STRBUF_MAX_TEXT);

	flood(w, 0);
	flood(w, 1);
	flood(w, 2);
	came(w, 2, "Password: ", 10);
	type(w, "\003");
	assert_sent(w, "\003", "\003", "\003");
	came(w, 0, "y\r\nPassw", 8);
	came(w, 0, "ord: ", 5);
	came(w, 1, "y\r\nsh$ ", 7);
	while (w->tiles->ncut)
		assert_int_equal(loop_turn(w->loop, true, NULL), 1);
	while (timer_armed(&w->tiles->work))
		assert_int_equal(loop_turn(w->loop, true, NULL), 1);
	assert_true(w->tiles->set->hosts[0].asks);
	assert_true(w->tiles->set->hosts[2].asks);
	type(w, "a");
	assert_sent(w, "", "a", "");
	/* The prompt without which it would seem to hang is there. */
	pane_line(w->tiles->tiles[1].pane, &line);
	assert_string_equal(line.buf, "sh$ ");
	strbuf_release(&line);
}

static void no_answer(void *arg, char *answer)
{
	(void)arg;
	secret_free(answer);
}

/* A question may go while a passphrase is typed for it. */
static void the_rest_of_an_answer_is_for_no_host(void **state)
{
	static const struct prompt q = { .text = "Passphrase: " };
	const struct key k = { .kind = KEY_CHAR, .code = 'a' };
	struct world *w = *state;
	struct viewask *va = w->tiles->questions;

	assert_false(viewask_key(va, &k));
	question_box_ask(tiles_questions(w->tiles), &q, no_answer, NULL);
	assert_true(viewask_key(va, &k));
	question_box_drop(tiles_questions(w->tiles));
	assert_true(timer_armed(&w->tiles->back));
	tiles_question_key(w->tiles, &k);
	assert_int_not_equal(viewask_blind_ms(va), 0);
	while (timer_armed(&w->tiles->back))
		assert_int_equal(loop_turn(w->loop, true, NULL), 1);
	assert_int_equal(viewask_blind_ms(va), 0);
	assert_false(viewask_key(va, &k));
	assert_sent(w, "", "", "");
	type(w, "b");
	assert_sent(w, "b", "b", "b");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_command_is_a_line_and_none_of_it_is_for_hosts),
		TEST(an_answer_has_the_keys_until_it_is_closed),
		TEST(esc_twice_closes_a_line_and_an_answer),
		TEST(no_answer_opens_within_a_paste),
		TEST(words_that_complete_go_with_the_line),
		TEST(commands_choose_and_focus),
		TEST(behind_another_they_only_follow),
		TEST(keys_go_to_whom_they_are_for),
		TEST(nobody_else_gets_what_was_for_one_that_ends),
		TEST(why_there_is_no_shell_is_seen),
		TEST(a_password_is_for_those_that_ask),
		TEST(who_asks_gets_ctrl_c),
		TEST(a_narrow_pane_hides_no_question),
		TEST(colours_hide_no_question),
		TEST(a_paste_without_an_end_is_none),
		TEST(one_that_failed_is_connected_anew),
		TEST(what_nobody_gets_is_told),
		TEST(an_unverified_host_hears_no_broadcast),
		TEST(each_host_has_cursor_keys_of_its_own),
		TEST(answers_go_to_who_asked),
		TEST(pasted_lines_for_several_are_asked_about),
		TEST(an_end_is_asked_for_twice),
		TEST(hosts_are_told_their_size),
		TEST(a_flood_waits_for_its_turn),
		TEST(the_rest_of_an_answer_is_for_no_host),
		TEST(a_cut_flood_hides_no_question),
		TEST(what_is_on_its_way_is_left_out_by_ctrl_c),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
