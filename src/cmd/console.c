/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The terminal in front of many shells: keys, and who has it when.
 *
 * Nothing but the queue writes to the terminal, and nothing but the loop reads
 * from it.
 */
#include "cmd/console_internal.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"
#include "base/log.h"
#include "cmd/launch.h"
#include "cmd/shelljob.h"
#include "cmd/terminal.h"
#include "cmd/tiling.h"
#include "io/tty.h"
#include "job/job.h"
#include "ui/prompt.h"

#include "base/banned.h"

#define QUEUE_DRAWN    ((size_t)4 << 10) /* with more, no prompt is drawn */
#define START_QUIET_MS 300		 /* it has printed, and says no more */
#define START_MAX_MS   2000		 /* or nothing */
#define NS_PER_MS      1000000ull
#define BURST_MS       20
#define HELD_MAX       ((uint64_t)16 << 20) /* while another has the terminal */

/* Pastes are marked while the terminal is ours. */
static const char enter[] = "\033[?2004h";
static const char leave[] = "\033[?2004l";

/* ---- sending ---- */

void console_send_to(struct console *c, size_t rank, const char *buf, size_t n)
{
	shells_send(c->shells, rank, buf, n);
}

static void send_line_to(struct console *c, size_t rank, const char *line,
			 size_t n, bool secret)
{
	struct console_host *h = &c->hosts[rank];
	char *whole = xmalloc(n + 1);

	if (!h->lane)
		h->lane = lane_new();
	lane_sent(h->lane, line, n, secret);
	/* At once: a host that takes no more lacks all of it. */
	memcpy(whole, line, n);
	whole[n] = c->shells->hosts[rank].no_tty ? '\n' : '\r';
	console_send_to(c, rank, whole, n + 1);
	secret_wipe(whole, n + 1);
	free(whole);
	console_mark_asks(c, rank);
}

size_t console_send_line(struct console *c, const char *line, size_t n,
			 bool (*takes)(const struct shellset *s, size_t rank),
			 bool secret)
{
	size_t *ranks = xcalloc(c->set->n, sizeof(*ranks));
	size_t sent = 0;

	/* Who takes it may change with the first that is answered. */
	for (size_t i = 0; i < c->set->n; i++)
		if (takes(c->set, i))
			ranks[sent++] = i;
	for (size_t i = 0; i < sent; i++)
		send_line_to(c, ranks[i], line, n, secret);
	free(ranks);
	return sent;
}

/* ---- shells that begin ---- */

void console_send_dir(struct console *c, size_t rank)
{
	struct strbuf line = STRBUF_INIT(STRBUF_MAX_TEXT);

	if (!c->hosts[rank].to_dir || c->set->hosts[rank].asks)
		return;
	c->hosts[rank].to_dir = false;
	if (shells_dir_line(c->shells, &line))
		send_line_to(c, rank, line.buf, line.len, false);
	strbuf_release(&line);
}

void console_up(struct console *c, size_t rank)
{
	bool verified = shells_verified(c->shells, rank);

	shellset_up(c->set, rank, verified);
	/* It may have begun with a question. */
	if (c->hosts[rank].lane)
		console_mark_asks(c, rank);
	c->dirty = true;
	if (!verified)
		console_note(
			c, rank,
			_("-- its key is not known for sure: it gets no line that others get"));
	c->hosts[rank].to_dir = true;
	console_send_dir(c, rank);
}

static bool is_starting(const struct console *c, size_t rank)
{
	return c->hosts[rank].begun_ns &&
	       c->set->hosts[rank].state == SHELL_CONNECTING;
}

/* Who shows no prompt that is known as one is there all the same. */
static void look_at_starting(struct timer *t)
{
	struct console *c = container_of(t, struct console, starting);
	const uint64_t now = loop_now(c->conf.loop);
	bool any = false;

	for (size_t i = 0; i < c->set->n; i++) {
		const struct console_host *h = &c->hosts[i];

		if (!is_starting(c, i))
			continue;
		if (now - h->begun_ns >= START_MAX_MS * NS_PER_MS ||
		    (h->last_ns &&
		     now - h->last_ns >= START_QUIET_MS * NS_PER_MS))
			console_up(c, i);
		else
			any = true;
	}
	if (any)
		timer_start(c->conf.loop, t, START_QUIET_MS, look_at_starting);
}

void console_begun(struct console *c, const struct target *t)
{
	c->begun = c->dirty = true;
	c->hosts[t->rank].begun_ns = loop_now(c->conf.loop);
	if (!timer_armed(&c->starting))
		timer_start(c->conf.loop, &c->starting, START_QUIET_MS,
			    look_at_starting);
}

/* ---- keys ---- */

static void send_key(struct console *c, char key,
		     bool (*takes)(const struct shellset *s, size_t rank))
{
	size_t sent = 0;

	for (size_t i = 0; i < c->set->n; i++) {
		if (!takes(c->set, i))
			continue;
		console_send_to(c, i, &key, 1);
		sent++;
	}
	if (!sent)
		shells_say_nobody(c->shells);
}

/* The same for one that ends what runs. */
static void send_ending(struct console *c, char key)
{
	for (size_t i = 0; i < c->set->n; i++)
		if (shellset_takes_signal(c->set, i))
			console_cut(c, i);
	console_cut_queue(c);
	send_key(c, key, shellset_takes_signal);
	/* It answers the question, too. */
	if (c->secret)
		shellset_restore(c->set);
}

/* Ctrl+C first forgets what is typed, if anything is, and then is for what runs
   beside the shells. */
static void interrupt(struct console *c)
{
	size_t n;

	(void)edit_text(c->edit, &n);
	if (!n && !c->commanding) {
		if (shelljob_runs(c->shells->beside) && !c->secret)
			shelljob_interrupt(c->shells->beside);
		else
			send_ending(c, 3);
		return;
	}
	console_leave_row(c);
	c->commanding = false;
	edit_clear(c->edit);
}

/* Where no shell is up there is nobody to tell. */
static void end_of_input(struct console *c)
{
	struct shellset_count count;

	shellset_count(c->set, &count);
	if (!count.up) {
		shells_quit(c->shells, true);
		return;
	}
	/* It ends the prompt that it was read at. */
	for (size_t i = 0; i < c->set->n; i++)
		if (shellset_takes(c->set, i) && c->hosts[i].lane)
			lane_sent(c->hosts[i].lane, "", 0, false);
	send_key(c, 4, shellset_takes);
}

static void drop_pasted(struct console *c)
{
	if (c->paste)
		secret_wipe(c->paste, c->npaste);
	free(c->paste);
	c->paste = NULL;
}

static void ask_paste(struct console *c)
{
	size_t lines = 1;

	drop_pasted(c);
	c->paste = edit_pasted(c->edit, &c->npaste);
	for (size_t i = 0; i < c->npaste; i++)
		lines += c->paste[i] == '\n' ||
			 (c->paste[i] == '\r' && c->paste[i + 1] != '\n');
	console_say(c,
		    ngettext("%zu line was pasted; send it?  (y/n)\n",
			     "%zu lines were pasted; send them?  (y/n)\n",
			     lines),
		    lines);
}

static void send_paste(struct console *c)
{
	const char *p = c->paste;

	for (const char *end = p + c->npaste; p <= end;) {
		size_t n = 0;

		while (p + n < end && p[n] != '\n' && p[n] != '\r')
			n++;
		if (!console_send_line(c, p, n, shellset_takes, c->secret)) {
			shells_say_nobody(c->shells);
			return;
		}
		p += n;
		p += p < end && p[0] == '\r' && p[1] == '\n' ? 2 : 1;
	}
}

static void answer_paste(struct console *c, const struct key *k)
{
	bool yes = k->kind == KEY_CHAR && (k->code == 'y' || k->code == 'Y');

	if (!yes && k->kind != KEY_ESC && k->kind != KEY_CHAR)
		return;
	if (yes)
		send_paste(c);
	drop_pasted(c);
	c->dirty = true;
}

static void stop_commanding(struct console *c)
{
	c->commanding = false;
	edit_clear(c->edit);
	if (c->stashed)
		edit_set(c->edit, c->stashed, strlen(c->stashed));
	free(c->stashed);
	c->stashed = NULL;
}

/* The line that stands comes back afterwards. */
static void prefix_key(struct console *c)
{
	const char *text;
	size_t n;

	if (c->secret)
		return;
	if (c->commanding) {
		stop_commanding(c);
		return;
	}
	text = edit_text(c->edit, &n);
	free(c->stashed);
	c->stashed = xstrndup(text, n);
	edit_clear(c->edit);
	c->commanding = true;
}

static void next_host(struct console *c)
{
	if (!shellset_next(c->set))
		console_say(c, "%s\n", _("no shell is there"));
}

static void clear_screen(struct console *c)
{
	console_end_head(c);
	console_write(c, "\033[H\033[2J", 7);
}

/* True: the key is none of the line's. */
static bool bound(struct console *c, const struct key *k)
{
	const struct key *keys = c->shell->conf.keys;

	if (keys_same(k, &keys[SHELL_KEY_PREFIX]))
		prefix_key(c);
	else if (keys_same(k, &keys[SHELL_KEY_NEXT]))
		next_host(c);
	else if (keys_same(k, &keys[SHELL_KEY_BROADCAST]))
		console_toggle(c);
	else if (keys_same(k, &keys[SHELL_KEY_QUIT]))
		shells_quit(c->shells, true);
	else if (keys_same(k, &keys[SHELL_KEY_CLEAR]))
		clear_screen(c);
	else
		return false;
	c->dirty = true;
	return true;
}

/* An answer, or a password: who asks no more would take it for a command. */
static void submit_secret(struct console *c)
{
	const char *text;
	size_t n;

	console_leave_row(c);
	text = edit_text(c->edit, &n);
	if (!console_send_line(c, text, n, shellset_takes_secret, true))
		shells_say_nobody(c->shells);
	edit_clear(c->edit);
	shellset_restore(c->set);
}

static void submit(struct console *c)
{
	bool bare = c->commanding;
	const char *text;
	char *line;
	size_t n;

	if (c->secret) {
		submit_secret(c);
		return;
	}
	console_leave_row(c);
	text = edit_text(c->edit, &n);
	line = xstrndup(text, n);
	if (bare)
		stop_commanding(c);
	else
		edit_clear(c->edit);
	shells_do(c->shells, line, bare);
	free(line);
	/* A new line begins behind those that were typed. */
	if (!bare)
		edit_clear(c->edit);
}

static void on_key(void *arg, const struct key *k)
{
	struct console *c = arg;

	if (c->left)
		return;
	if (c->paste) {
		answer_paste(c, k);
		return;
	}
	if (bound(c, k))
		return;
	if (c->commanding && k->kind == KEY_ESC) {
		stop_commanding(c);
		c->dirty = true;
		return;
	}
	switch (edit_key(c->edit, k)) {
	case EDIT_NOTHING:
		return;
	case EDIT_CHANGED:
	case EDIT_REDRAW:
		break;
	case EDIT_ENTER:
		submit(c);
		break;
	case EDIT_TAB:
		shells_complete(c->shells, c->edit, c->commanding);
		break;
	case EDIT_PASTED:
		ask_paste(c);
		break;
	case EDIT_TOO_LONG:
		console_say(c, "%s\n",
			    _("that is too much to paste; nothing was sent"));
		break;
	case EDIT_END:
		end_of_input(c);
		break;
	case EDIT_INTERRUPT:
		interrupt(c);
		break;
	case EDIT_QUIT:
		send_ending(c, 28);
		break;
	case EDIT_SUSPEND:
		send_key(c, 26, shellset_takes_signal);
		break;
	}
	c->dirty = true;
}

static void esc_due(struct timer *t)
{
	struct console *c = container_of(t, struct console, esc);

	keys_flush(&c->keys, on_key, c);
}

void console_input(struct console *c, const char *buf, size_t n)
{
	if (c->focused) {
		size_t taken = console_focus_input(c, buf, n);

		buf += taken;
		n -= taken;
		if (c->focused && !c->leaving)
			return;
	}
	/* What is behind a command may be for another look. */
	while (n && !c->behind) {
		size_t len = 0;

		while (len < n && buf[len] != '\r' && buf[len] != '\n')
			len++;
		len += len < n;
		keys_take(&c->keys, buf, len, on_key, c);
		buf += len;
		n -= len;
	}
	if (n)
		shells_keep_typed(c->shells, buf, n);
	if (keys_pending(&c->keys))
		timer_start(c->conf.loop, &c->esc, keys_wait_ms(&c->keys),
			    esc_due);
	else
		timer_stop(c->conf.loop, &c->esc);
}

/* ---- the terminal ---- */

void console_hold(struct console *c, bool on)
{
	if (c->held != on)
		output_hold(&c->out, on);
	c->held = on;
}

int console_open_keys(struct console *c, struct err *err)
{
	if (tty_keys(STDIN_FILENO, false, leave, sizeof(leave) - 1, err))
		return -1;
	console_write(c, enter, sizeof(enter) - 1);
	return 0;
}

static void open_terminal(struct console *c)
{
	struct err err = { 0 };

	if (c->open || c->left || tty_background(STDIN_FILENO))
		return;
	if (console_open_keys(c, &err)) {
		log_verbose("%s", err.msg);
		err_release(&err);
		return;
	}
	c->open = true;
	c->dirty = true;
	log_set_crlf(true);
	console_hold(c, false);
	c->shells->calls->listen(c->shells->arg, true);
}

/* What comes waits, while another has the terminal. */
static void step_aside(struct console *c)
{
	console_unfocus(c);
	/* The question throws away what was typed before it: ends are lost. */
	secret_wipe(&c->keys, sizeof(c->keys));
	if (!c->open) {
		console_hold(c, true);
		return;
	}
	console_clear_row(c);
	c->open = false;
	c->shells->calls->listen(c->shells->arg, false);
	log_set_crlf(false);
	tty_restore();
	console_hold(c, true);
}

/*
 * A password has its own line, and begins it anew.  What was begun as one is
 * one up to its end, though nobody may ask any more: the rest of it is not to
 * be seen, sent or remembered as a command.  Where none was begun, those get
 * the next line that were chosen before.
 */
static void look_for_secrets(struct console *c)
{
	bool secret = !c->focused && shellset_secret(c->set);
	size_t n;

	(void)edit_text(c->edit, &n);
	if (c->secret && !secret && n)
		return;
	if (!c->focused && !secret) {
		shellset_restore(c->set);
		secret = shellset_secret(c->set);
	}
	if (secret == c->secret)
		return;
	drop_pasted(c);
	c->secret = secret;
	edit_secret(c->edit, secret);
	edit_clear(c->edit);
	c->commanding = false;
	c->dirty = true;
}

static void at_end_of_turn(struct turnhook *h)
{
	struct console *c = container_of(h, struct console, hook);

	/* A question is seen a turn before it is asked. */
	if (prompt_tty_asking(c->conf.prompt))
		step_aside(c);
	else if (c->begun)
		open_terminal(c);
	else
		console_hold(c, false);
	look_for_secrets(c);
	console_focus_turn(c);
	if (c->open && c->dirty && !c->focused && !c->behind &&
	    bufq_len(&c->out.q.q) <= QUEUE_DRAWN)
		console_draw(c);
}

static void tell_size(struct console *c)
{
	struct drv_size size = terminal_window();

	c->dirty = true;
	if (!size.columns ||
	    (size.columns == c->size.columns && size.lines == c->size.lines))
		return;
	c->size = size;
	shells_resized(c->shells, &size);
}

static void burst_over(struct timer *t)
{
	tell_size(container_of(t, struct console, burst));
}

static void on_resized(struct sigwatch *w, int signo)
{
	struct console *c = container_of(w, struct console, resized);

	(void)signo;
	if (!c->behind && !timer_armed(&c->burst))
		timer_start(c->conf.loop, &c->burst, BURST_MS, burst_over);
}

/* At once: what follows writes to the terminal. */
static void leave_focus(struct console *c)
{
	console_unfocus(c);
	if (c->focused)
		(void)outq_flush(&c->raw.q);
	console_focus_turn(c);
}

/*
 * Whoever stopped us, or had the terminal: the mode is theirs.  With a question
 * it is the question's, which is not to be seen if it is a password.
 */
static void on_continued(struct sigwatch *w, int signo)
{
	struct console *c = container_of(w, struct console, continued);

	(void)signo;
	if (c->gone)
		return;
	if (!prompt_tty_asking(c->conf.prompt) &&
	    tty_foreground(STDIN_FILENO)) {
		leave_focus(c);
		c->open = false;
		open_terminal(c);
	}
	tell_size(c);
}

void console_suspend(struct console *c)
{
	/* Who asks stops us, and asks again. */
	if (prompt_tty_standing(c->conf.prompt))
		return;
	leave_focus(c);
	step_aside(c);
	tty_stop();
	if (c->begun)
		open_terminal(c);
	if (!c->behind)
		tell_size(c);
}

/* ---- tiles in its place ---- */

void console_leave(struct console *c)
{
	timer_stop(c->conf.loop, &c->join);
	timer_stop(c->conf.loop, &c->starting);
	timer_stop(c->conf.loop, &c->burst);
	console_flush(c);
	console_clear_row(c);
	drop_pasted(c);
	for (size_t i = 0; i < c->set->n; i++)
		c->hosts[i].cut = (struct cutoff){ 0 };
	c->ncut = 0;
	c->cut_bytes = 0;
	c->behind = true;
}

bool console_is_gone(struct console *c)
{
	if (!c->open || prompt_tty_asking(c->conf.prompt) ||
	    bufq_len(&c->out.q.q))
		return false;
	step_aside(c);
	turnhook_stop(&c->hook);
	c->gone = true;
	return true;
}

static void look_from_here(struct console *c)
{
	c->shells->look = &console_look;
	c->shells->look_arg = c;
	if (isatty(STDERR_FILENO))
		log_set_writer(console_take_log, c);
}

void console_return(struct console *c)
{
	struct strbuf tail = STRBUF_INIT(STRBUF_MAX_TEXT);

	if (c->gone)
		turnhook_start(c->conf.loop, &c->hook, at_end_of_turn);
	c->behind = c->gone = false;
	c->begun = true;
	look_from_here(c);
	for (size_t i = 0; i < c->set->n; i++) {
		if (c->set->hosts[i].state != SHELL_UP)
			continue;
		strbuf_reset(&tail);
		tiling_tail(c->shells->tiling, i, &tail);
		console_recall(c, i, tail.buf, tail.len);
	}
	strbuf_release(&tail);
	if (!prompt_tty_asking(c->conf.prompt))
		open_terminal(c);
	c->size = (struct drv_size){ 0 };
	tell_size(c);
}

/* ---- life ---- */

static void output_failed(struct output *out)
{
	struct console *c = container_of(out->observer, struct console, o);

	output_tell(c->shells->calls->failed, c->shells->arg, out->name,
		    outq_errno(&out->q));
}

struct console *console_new(struct shells *s, struct err *err)
{
	struct console *c = xcalloc(1, sizeof(*c));
	struct loop *loop = s->conf.loop;

	c->shells = s;
	c->conf = s->conf;
	c->shell = s->shell;
	c->set = &s->set;
	c->o.ops = &console_observer;
	c->size = terminal_window();
	output_init(&c->out, &c->o, loop, s->conf.pool, STDOUT_FILENO, "stdout",
		    output_failed);
	outq_hold_at_most(&c->out.q, HELD_MAX);
	c->hosts = xcalloc(s->set.n, sizeof(*c->hosts));
	c->joiner = joiner_new(s->set.n);
	c->edit = edit_new(&s->history);
	turnhook_start(loop, &c->hook, at_end_of_turn);
	if (sigwatch_start(loop, &c->resized, SIGWINCH, on_resized, err) ||
	    sigwatch_start(loop, &c->continued, SIGCONT, on_continued, err)) {
		console_free(c);
		return NULL;
	}
	return c;
}

void console_add(struct console *c)
{
	job_add_observer(c->conf.job, &c->o);
	if (!c->behind)
		look_from_here(c);
}

void console_close(struct console *c)
{
	if (!c || c->left)
		return;
	console_unfocus(c);
	c->left = true;
	console_focus_turn(c);
	timer_stop(c->conf.loop, &c->join);
	console_flush(c);
	console_clear_row(c);
	turnhook_stop(&c->hook);
	console_hold(c, false);
	tty_guard();
	(void)outq_flush(&c->out.q);
	if (c->open) {
		log_set_crlf(false);
		tty_restore();
	}
	c->open = false;
}

void console_free(struct console *c)
{
	if (!c)
		return;
	console_close(c);
	log_set_writer(NULL, NULL);
	turnhook_stop(&c->hook);
	sigwatch_stop(&c->resized);
	sigwatch_stop(&c->continued);
	timer_stop(c->conf.loop, &c->esc);
	timer_stop(c->conf.loop, &c->burst);
	timer_stop(c->conf.loop, &c->starting);
	timer_stop(c->conf.loop, &c->cut);
	timer_stop(c->conf.loop, &c->redraw);
	output_release(&c->raw);
	output_release(&c->out);
	for (size_t i = 0; i < c->set->n; i++)
		lane_free(c->hosts[i].lane);
	free(c->hosts);
	joiner_free(c->joiner);
	free(c->head);
	edit_free(c->edit);
	free(c->stashed);
	drop_pasted(c);
	free(c);
}
