/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The terminal of one of many hosts: its bytes come as they are, and keys go
 * as they come, but for the prefix key, which leads back.
 *
 * What all else has to say is kept meanwhile, as while a question stands.
 */
#include "cmd/console_internal.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/bufq.h"
#include "base/gettext.h"
#include "base/list.h"
#include "io/tty.h"
#include "job/job.h"

#include "base/banned.h"

#define PREFIX_USUAL 0x1d /* Ctrl+], where the prefix is no single byte */
#define AGAIN_MS     10
#define REDRAW_MS    50		       /* a size that was seen */
#define PREFIX_MS    400	       /* a second one within is for the host */
#define HEAD_MAX     ((size_t)4 << 10) /* bytes that a terminal takes */

/*
 * What a program there may have left on: a sequence or string that was cut, the
 * other screen, rows that scroll and kin (DECSTR, which may end wrapping, and
 * which tmux and the console do not know), keys written in another way, keys of
 * the pad, a hidden cursor, the mouse, marked pastes, colours.  Only from the
 * other screen there is a cursor to go back to.
 */
#define LEAVE_OFF                                                              \
	"\033[!p\0337\033[r\0338\033[=0u\033[>4m\033[4l\033[?5l"               \
	"\033[?7h\033[?1l\033>\033[?25h\033[?1000l\033[?1002l"                 \
	"\033[?1003l\033[?1004l\033[?1006l\033[?2004l\033[0m\033(B\017"
static const char leave[] = "\030\033\\\033[?47l" LEAVE_OFF "\r\n\033[J";
static const char leave_other[] = "\030\033\\\033[?1049l" LEAVE_OFF "\r\033[J";

/* A program that has the other screen draws it anew when its size changes. */
static const char other[] = "\033[?1049h\033[2J\033[H";

static bool has_other(const struct console *c, size_t rank)
{
	const struct lane *lane = c->hosts[rank].lane;

	return lane && lane_full_screen(lane);
}

/* How the terminal is to be left, by now, whoever leaves it. */
static void set_leave(bool from_other)
{
	if (from_other)
		(void)tty_keys(STDIN_FILENO, false, leave_other,
			       sizeof(leave_other) - 1, NULL);
	else
		(void)tty_keys(STDIN_FILENO, false, leave, sizeof(leave) - 1,
			       NULL);
}

static void write_raw(struct console *c, const char *p, size_t n)
{
	outq_write(&c->raw.q, p, n);
}

static char prefix_byte(const struct console *c)
{
	const struct key *k = &c->shell->conf.keys[SHELL_KEY_PREFIX];

	return k->kind == KEY_CHAR && !k->mods && k->code < 0x20 ? (char)k->code
								 : PREFIX_USUAL;
}

static void whole_again(struct timer *t)
{
	struct console *c = container_of(t, struct console, redraw);

	job_resize_one(c->conf.job, &c->conf.plan->targets.v[c->redrawn],
		       &c->size);
}

static void draw_anew(struct console *c, size_t rank)
{
	struct drv_size size = c->size;

	write_raw(c, other, sizeof(other) - 1);
	if (!size.lines)
		return;
	size.lines += size.lines > 1 ? -1 : 1;
	c->redrawn = rank;
	job_resize_one(c->conf.job, &c->conf.plan->targets.v[rank], &size);
	timer_start(c->conf.loop, &c->redraw, REDRAW_MS, whole_again);
}

bool console_focus(struct console *c, size_t rank)
{
	const struct target *t = &c->conf.plan->targets.v[rank];
	const struct lane *lane = c->hosts[rank].lane;
	struct strbuf head = STRBUF_INIT(STRBUF_MAX_TEXT);
	size_t n = 0;
	const char *tail = lane ? lane_raw(lane, &n) : "";

	if (c->focused || !c->open || !shellset_focus(c->set, rank))
		return false;
	console_flush(c);
	/* What was typed stands above it; more of hosts may wait. */
	if (bufq_len(&c->out.q.q) <= HEAD_MAX)
		(void)outq_flush(&c->out.q);
	console_hold(c, true);
	output_init(&c->raw, &c->o, c->conf.loop, c->conf.pool, STDOUT_FILENO,
		    "stdout", c->out.failed);
	c->focused = true;
	console_end_head(c);
	set_leave(has_other(c, rank));
	(void)strbuf_addf(&head, _("-- %s; %s leads back"), t->label,
			  c->shell->conf.prefix_name);
	write_raw(c, "\033[?2004l\r\033[K", strlen("\033[?2004l\r\033[K"));
	write_raw(c, head.buf, head.len);
	write_raw(c, "\r\n", 2);
	if (has_other(c, rank))
		draw_anew(c, rank);
	write_raw(c, tail, n);
	strbuf_release(&head);
	return true;
}

/* Its bytes are on the screen: as lines they are of no use. */
static void drop_line(void *arg, const char *line, size_t n)
{
	(void)arg;
	(void)line;
	(void)n;
}

enum flow console_focus_data(struct console *c, const struct target *t,
			     const char *buf, size_t n)
{
	const bool was_other = has_other(c, t->rank);

	write_raw(c, buf, n);
	lane_feed(c->hosts[t->rank].lane, buf, n, drop_line, NULL);
	if (has_other(c, t->rank) != was_other)
		set_leave(!was_other);
	/* It may still ask when the others are typed at again. */
	console_mark_asks(c, t->rank);
	return output_flow(&c->raw, t);
}

void console_unfocus(struct console *c)
{
	const size_t rank = c->set->focus;
	const char *bytes = leave;

	if (!c->focused || c->leaving)
		return;
	timer_stop(c->conf.loop, &c->esc);
	c->leaving = true;
	c->prefixed = false;
	if (rank != SHELLSET_NONE && has_other(c, rank))
		bytes = leave_other;
	(void)shellset_focus(c->set, SHELLSET_NONE);
	(void)outq_forget(&c->raw.q);
	write_raw(c, bytes, strlen(bytes));
}

/* What was queued leaves after the hooks of a turn: there is to be another. */
static void look_again(struct timer *t)
{
	(void)t;
}

/* The screen is taken back when it has left the host's. */
void console_focus_turn(struct console *c)
{
	if (!c->leaving)
		return;
	if (bufq_len(&c->raw.q.q) && !c->left) {
		timer_start(c->conf.loop, &c->esc, AGAIN_MS, look_again);
		return;
	}
	(void)outq_flush(&c->raw.q);
	/* The host may wait for room that has come by flushing. */
	output_resume(&c->raw);
	output_release(&c->raw);
	c->focused = c->leaving = false;
	c->drawn = false;
	c->dirty = true;
	if (!c->open || c->left)
		return;
	(void)console_open_keys(c, NULL);
	console_hold(c, false);
}

/* ---- keys ---- */

static void prefix_due(struct timer *t)
{
	console_unfocus(container_of(t, struct console, esc));
}

/*
 * How many bytes here are the prefix key, or 0.  A program may have asked the
 * terminal for keys in a longer form, as vim does: modifyOtherKeys of xterm,
 * with either value of formatOtherKeys, and the keys of kitty.
 */
static size_t prefix_len(const struct console *c, const char *buf, size_t n)
{
	const char key = prefix_byte(c);
	const int code = key | (key <= 'Z' - '@' ? '`' : '@');
	char xterm[16], kitty[16];
	size_t len;

	if (buf[0] == key)
		return 1;
	if (buf[0] != '\033')
		return 0;
	len = (size_t)snprintf(xterm, sizeof(xterm), "\033[27;5;%d~", code);
	if (len <= n && !memcmp(buf, xterm, len))
		return len;
	len = (size_t)snprintf(kitty, sizeof(kitty), "\033[%d;5u", code);
	return len <= n && !memcmp(buf, kitty, len) ? len : 0;
}

/* How many of the bytes were for the host. */
static size_t take(struct console *c, const char *buf, size_t n)
{
	size_t len = 0, key = 0;

	while (len < n && !(key = prefix_len(c, buf + len, n - len)))
		len++;
	if (len)
		console_send_to(c, c->set->focus, buf, len);
	if (!key)
		return n;
	c->prefixed = true;
	timer_start(c->conf.loop, &c->esc, PREFIX_MS, prefix_due);
	return len + key;
}

size_t console_focus_input(struct console *c, const char *buf, size_t n)
{
	size_t done = 0, key;

	while (done < n && c->set->focus != SHELLSET_NONE) {
		if (!c->prefixed) {
			done += take(c, buf + done, n - done);
			continue;
		}
		c->prefixed = false;
		timer_stop(c->conf.loop, &c->esc);
		key = prefix_len(c, buf + done, n - done);
		if (!key) {
			console_unfocus(c);
			break;
		}
		console_send_to(c, c->set->focus, buf + done, key);
		done += key;
	}
	return done;
}
