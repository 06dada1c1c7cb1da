/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The terminal as a grid, through curses.
 *
 * Notes: curses has one screen at a time here, and its globals are touched in
 * this file alone.  It is given a file to write to and no terminal to read
 * from, so it neither waits nor sets modes; the handlers it takes for signals
 * are given back.
 */
#include "ui/screen.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

/* Curses has a `struct screen`, too. */
#define NCURSES_WIDECHAR 1
#define screen		 curses_screen
#include <curses.h>
#include <term.h>
#undef screen
/* Names of terminfo that are ours, too. */
#undef columns
#undef lines

#include "base/alloc.h"
#include "base/bufq.h"
#include "base/gettext.h"
#include "base/list.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "io/loop.h"
#include "io/outq.h"
#include "io/tempfile.h"
#include "io/timer.h"
#include "io/tty.h"
#include "ui/shadow.h"

#include "base/banned.h"

#define TERMINAL_PATH "/dev/tty"
#define QUEUE_HIGH    ((size_t)64 << 10)
#define READ_SIZE     4096
#define NS_PER_MS     1000000u
#define PASTE_ON      "\033[?2004h"
#define PASTE_OFF     "\033[?2004l"
#define SCROLL_WHOLE  "\033[r"
#define NCOLOURS      256
#define HURRY_NS      200000000u

const struct screen_style screen_plain = { SCREEN_COLOUR, SCREEN_COLOUR, 0 };

struct screen {
	struct screen_conf conf;
	int in, out; /* the terminal, opened for each way */
	FILE *file;  /* what curses writes to */
	SCREEN *curses;
	struct bufpool pool;
	struct outq outq;
	struct watch input;
	struct timer frame, escape;
	struct sigwatch winch, cont;
	struct keys keys;
	uint64_t frame_ns; /* when the last one was drawn; 0: none */
	uint64_t hurry_ns; /* until then they follow each other faster */
	struct shadow shadow;
	unsigned int rows, cols, colours;
	struct strbuf enter, leave;
	bool utf8, raw, suspended, gone;
	bool cursor; /* asked for in this frame */
	unsigned int cursor_row, cursor_col;
};

/* Curses has globals, and so can be had once. */
static bool in_use;

/* ---- the terminal ---- */

static const char *path_of(const char *path)
{
	return path ? path : TERMINAL_PATH;
}

static int open_terminal(const char *path, int way, struct err *err)
{
	int fd = open(path_of(path), way | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		err_set_errno(err, ERR_LOCAL, _("cannot open the terminal"));
	return fd;
}

/* As much of it as is used. */
static bool get_size(int fd, unsigned int *rows, unsigned int *cols)
{
	if (!tty_size(fd, rows, cols))
		return false;
	if (*rows > SCREEN_ROWS_MAX)
		*rows = SCREEN_ROWS_MAX;
	if (*cols > SCREEN_COLS_MAX)
		*cols = SCREEN_COLS_MAX;
	return true;
}

static int check_size(int fd, unsigned int *rows, unsigned int *cols,
		      struct err *err)
{
	if (!get_size(fd, rows, cols))
		return err_set(err, ERR_LOCAL,
			       _("the terminal does not tell its size"));
	if (*rows >= SCREEN_ROWS_MIN && *cols >= SCREEN_COLS_MIN)
		return 0;
	return err_set(
		err, ERR_LOCAL,
		_("the terminal has %u columns and %u lines; at least %d and %d are needed"),
		*cols, *rows, SCREEN_COLS_MIN, SCREEN_ROWS_MIN);
}

static int check_type(int fd, struct err *err)
{
	const char *type = getenv("TERM");
	int found = 0;
	bool able;

	if (!type || !*type)
		return err_set(err, ERR_LOCAL, _("TERM is not set"));
	if (setupterm(type, fd, &found) != OK) {
		char *name = text_vis_dup(type, strlen(type), 64);

		err_set(err, ERR_LOCAL, _("the terminal type '%s' is unknown"),
			name);
		free(name);
		return -1;
	}
	able = cursor_address && clear_screen;
	(void)del_curterm(cur_term);
	if (!able)
		return err_set(err, ERR_LOCAL,
			       _("a terminal of type '%s' has no screen"),
			       type);
	return 0;
}

int screen_check(const char *path, struct err *err)
{
	unsigned int rows, cols;
	int fd = open_terminal(path, O_RDWR, err);
	int rc;

	if (fd < 0)
		return -1;
	rc = check_size(fd, &rows, &cols, err);
	if (rc == 0)
		rc = check_type(fd, err);
	close(fd);
	return rc;
}

bool screen_is_anothers(const char *path)
{
	int fd = open_terminal(path, O_RDWR, NULL);
	bool is = fd >= 0 && tty_background(fd);

	if (fd >= 0)
		close(fd);
	return is;
}

/* A capability without the delays that terminfo may ask for in it. */
static void add_capability(struct strbuf *sb, const char *text)
{
	while (text && *text) {
		const char *end = text[0] == '$' && text[1] == '<'
					  ? strchr(text, '>')
					  : NULL;

		if (end) {
			text = end + 1;
			continue;
		}
		strbuf_addch(sb, *text++);
	}
}

static void find_edges(struct screen *s)
{
	bool ansi = cursor_address && !strncmp(cursor_address, "\033[", 2);

	add_capability(&s->enter, keypad_xmit);
	add_capability(&s->leave, keypad_local);
	if (ansi) {
		strbuf_addstr(&s->enter, PASTE_ON);
		strbuf_addstr(&s->leave, PASTE_OFF);
	}
	add_capability(&s->leave, exit_attribute_mode);
	add_capability(&s->leave, orig_pair);
	add_capability(&s->leave, cursor_normal);
	add_capability(&s->leave, exit_ca_mode);
}

static int take_mode(struct screen *s, struct err *err)
{
	return tty_keys(s->out, s->conf.signals && !s->raw, s->leave.buf,
			s->leave.len, err);
}

/* ---- what curses wrote ---- */

static void ship(struct screen *s, bool keep)
{
	int fd = fileno(s->file);
	char buf[READ_SIZE];
	off_t at = 0;
	ssize_t n;

	(void)fflush(s->file);
	while (keep && (n = pread(fd, buf, sizeof(buf), at)) > 0) {
		outq_write(&s->outq, buf, (size_t)n);
		at += n;
	}
	if (!ftruncate(fd, 0))
		(void)lseek(fd, 0, SEEK_SET);
}

static void lost(struct screen *s)
{
	if (s->gone)
		return;
	s->gone = true;
	watch_want(&s->input, 0);
	timer_stop(s->conf.loop, &s->frame);
	timer_stop(s->conf.loop, &s->escape);
	s->conf.events->gone(s->conf.arg);
}

static void drained(struct outq *q)
{
	struct screen *s = container_of(q, struct screen, outq);

	if (outq_errno(q))
		lost(s);
}

/* Of a new size nothing is known. */
static void begin_frame(struct screen *s)
{
	shadow_begin(&s->shadow);
	if (s->shadow.rows == s->rows && s->shadow.cols == s->cols)
		return;
	shadow_reset(&s->shadow, s->rows, s->cols);
	(void)erase();
}

static void blank_left(struct screen *s)
{
	unsigned int row, col;
	size_t at = 0;

	(void)attr_set(WA_NORMAL, 0, NULL);
	while (shadow_left(&s->shadow, &at, &row, &col))
		(void)mvaddch((int)row, (int)col, ' ');
}

static void draw(struct timer *t)
{
	struct screen *s = container_of(t, struct screen, frame);

	if (s->suspended || s->gone)
		return;
	/* The terminal has not taken the last one yet. */
	if (bufq_len(&s->outq.q)) {
		timer_start(s->conf.loop, t, SCREEN_FRAME_MS, draw);
		return;
	}
	s->frame_ns = loop_now(s->conf.loop);
	s->cursor = false;
	begin_frame(s);
	s->conf.events->draw(s->conf.arg);
	blank_left(s);
	(void)curs_set(s->cursor);
	if (s->cursor)
		(void)move((int)s->cursor_row, (int)s->cursor_col);
	(void)refresh();
	ship(s, true);
}

/* More cells take longer. */
static uint64_t gap_ms(const struct screen *s)
{
	uint64_t gap = SCREEN_ECHO_MS + (uint64_t)s->rows * s->cols / 2000;

	return loop_now(s->conf.loop) < s->hurry_ns && gap < SCREEN_FRAME_MS
		       ? gap
		       : SCREEN_FRAME_MS;
}

void screen_dirty(struct screen *s)
{
	uint64_t since = (loop_now(s->conf.loop) - s->frame_ns) / NS_PER_MS;
	uint64_t gap = gap_ms(s);
	uint64_t wait = s->frame_ns && since < gap ? gap - since : 0;

	if (s->suspended || s->gone ||
	    (timer_armed(&s->frame) && gap == SCREEN_FRAME_MS))
		return;
	timer_stop(s->conf.loop, &s->frame);
	timer_start(s->conf.loop, &s->frame, wait, draw);
}

void screen_hurry(struct screen *s)
{
	s->hurry_ns = loop_now(s->conf.loop) + HURRY_NS;
}

void screen_redraw(struct screen *s)
{
	(void)clearok(curscr, TRUE);
	screen_dirty(s);
}

/* ---- what is typed ---- */

static void heard(void *arg, const struct key *k)
{
	const struct screen *s = arg;

	if (!s->gone && !s->suspended)
		s->conf.events->key(s->conf.arg, k);
}

static void escape_over(struct timer *t)
{
	struct screen *s = container_of(t, struct screen, escape);

	keys_flush(&s->keys, heard, s);
}

static void take_keys(struct screen *s, const char *buf, size_t n)
{
	timer_stop(s->conf.loop, &s->escape);
	keys_take(&s->keys, buf, n, heard, s);
	if (keys_pending(&s->keys) && !s->gone)
		timer_start(s->conf.loop, &s->escape, keys_wait_ms(&s->keys),
			    escape_over);
}

/* It may be a password. */
static void typed(struct watch *w, unsigned int events)
{
	struct screen *s = container_of(w, struct screen, input);
	char buf[READ_SIZE];
	ssize_t n = read(w->fd, buf, sizeof(buf));

	(void)events;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		lost(s);
		return;
	}
	if (s->raw && s->conf.events->bytes)
		s->conf.events->bytes(s->conf.arg, buf, (size_t)n);
	else
		take_keys(s, buf, (size_t)n);
	secret_wipe(buf, (size_t)n);
}

void screen_forget_input(struct screen *s)
{
	/* In the background that would stop us, and it is another's. */
	if (!s->suspended && !tty_background(s->out))
		(void)tcflush(s->in, TCIFLUSH);
	timer_stop(s->conf.loop, &s->escape);
	s->keys = (struct keys){ 0 };
}

int screen_raw(struct screen *s, bool on, struct err *err)
{
	s->raw = on;
	return s->suspended ? 0 : take_mode(s, err);
}

/* ---- signals ---- */

/* Whether it is another than before. */
static bool take_size(struct screen *s)
{
	unsigned int rows, cols;

	if (!get_size(s->out, &rows, &cols) ||
	    (rows == s->rows && cols == s->cols))
		return false;
	s->rows = rows;
	s->cols = cols;
	(void)resizeterm((int)rows, (int)cols);
	return true;
}

static void measure(struct screen *s)
{
	if (take_size(s) && s->conf.events->resized)
		s->conf.events->resized(s->conf.arg);
}

static void on_winch(struct sigwatch *w, int signo)
{
	struct screen *s = container_of(w, struct screen, winch);

	(void)signo;
	if (s->suspended)
		return;
	measure(s);
	screen_redraw(s);
}

/* Whoever stopped us may have set the terminal's mode. */
static void on_cont(struct sigwatch *w, int signo)
{
	struct screen *s = container_of(w, struct screen, cont);

	(void)signo;
	if (s->suspended || tty_background(s->out))
		return;
	if (take_mode(s, NULL)) {
		lost(s);
		return;
	}
	outq_write(&s->outq, s->enter.buf, s->enter.len);
	measure(s);
	screen_redraw(s);
}

/* ---- begin and end ---- */

/* Curses takes handlers; ours, or the defaults, are to stay. */
static SCREEN *begin_curses(FILE *file)
{
	static const int taken[] = { SIGINT, SIGTERM, SIGTSTP, SIGWINCH };
	struct sigaction before[sizeof(taken) / sizeof(taken[0])];
	SCREEN *made;

	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		(void)sigaction(taken[i], NULL, &before[i]);
	made = newterm(NULL, file, file);
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		(void)sigaction(taken[i], &before[i], NULL);
	return made;
}

/*
 * Curses has written which rows scroll: at first those that terminfo knows of,
 * as it has no terminal to ask, and later those that it knows.  What comes
 * after us would scroll in that part alone.
 */
static void scroll_whole(struct screen *s)
{
	const char *csr = change_scroll_region;

	if (!csr)
		return;
	if (!strncmp(csr, "\033[", 2))
		(void)fputs(SCROLL_WHOLE, s->file);
	else
		(void)fputs(tparm(csr, 0, (int)s->rows - 1), s->file);
}

static void find_colours(struct screen *s)
{
	if (!s->conf.colour || !has_colors() || start_color() == ERR)
		return;
	if (use_default_colors() == ERR)
		return;
	s->colours = COLORS >= NCOLOURS ? NCOLOURS : COLORS >= 8 ? 8 : 0;
}

static int begin(struct screen *s, struct err *err)
{
	int fd;

	if (check_size(s->out, &s->rows, &s->cols, err) ||
	    check_type(s->out, err))
		return -1;
	fd = tempfile_in_memory(err);
	if (fd < 0)
		return -1;
	s->file = fdopen(fd, "w+");
	if (!s->file) {
		close(fd);
		return err_set_errno(err, ERR_LOCAL, _("cannot draw a screen"));
	}
	s->curses = begin_curses(s->file);
	if (!s->curses)
		return err_set(err, ERR_LOCAL, _("cannot draw a screen"));
	scroll_whole(s);
	(void)resizeterm((int)s->rows, (int)s->cols);
	(void)leaveok(stdscr, FALSE);
	(void)scrollok(stdscr, FALSE);
	find_colours(s);
	find_edges(s);
	s->utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	return take_mode(s, err);
}

static int listen_to(struct screen *s, struct err *err)
{
	return watch_start(s->conf.loop, &s->input, s->in, WATCH_IN, typed,
			   err) ||
			       sigwatch_start(s->conf.loop, &s->winch, SIGWINCH,
					      on_winch, err) ||
			       sigwatch_start(s->conf.loop, &s->cont, SIGCONT,
					      on_cont, err)
		       ? -1
		       : 0;
}

struct screen *screen_new(const struct screen_conf *conf, struct err *err)
{
	struct screen *s = xcalloc(1, sizeof(*s));

	assert(!in_use);
	in_use = true;
	s->conf = *conf;
	strbuf_init(&s->enter, TTY_LEAVE_MAX);
	strbuf_init(&s->leave, TTY_LEAVE_MAX);
	bufpool_init(&s->pool, 8);
	s->in = s->out = -1;
	s->in = open_terminal(conf->path, O_RDONLY, err);
	if (s->in >= 0)
		s->out = open_terminal(conf->path, O_RDWR, err);
	if (s->out < 0)
		goto fail;
	outq_init(&s->outq, conf->loop, &s->pool, s->out, QUEUE_HIGH, drained);
	if (begin(s, err) || listen_to(s, err))
		goto fail;
	/* What changed it before there was somebody to hear of it. */
	(void)take_size(s);
	outq_write(&s->outq, s->enter.buf, s->enter.len);
	/* It is left again, even if no frame is drawn before. */
	(void)refresh();
	ship(s, true);
	screen_redraw(s);
	return s;
fail:
	screen_free(s);
	return NULL;
}

static void give_back(struct screen *s)
{
	if (s->curses && !s->suspended) {
		(void)endwin();
		ship(s, false);
		/* What is queued is of no use now. */
		bufq_consume(&s->outq.q, bufq_len(&s->outq.q));
		tty_restore();
	}
	s->suspended = true;
}

void screen_free(struct screen *s)
{
	if (!s)
		return;
	give_back(s);
	timer_stop(s->conf.loop, &s->frame);
	timer_stop(s->conf.loop, &s->escape);
	sigwatch_stop(&s->winch);
	sigwatch_stop(&s->cont);
	watch_stop(&s->input);
	outq_release(&s->outq);
	bufpool_release(&s->pool);
	if (s->curses)
		delscreen(s->curses);
	if (s->file)
		(void)fclose(s->file);
	if (s->in >= 0)
		close(s->in);
	if (s->out >= 0)
		close(s->out);
	strbuf_release(&s->enter);
	strbuf_release(&s->leave);
	shadow_release(&s->shadow);
	free(s);
	in_use = false;
}

void screen_suspend(struct screen *s)
{
	if (s->suspended)
		return;
	give_back(s);
	timer_stop(s->conf.loop, &s->frame);
	timer_stop(s->conf.loop, &s->escape);
	s->keys = (struct keys){ 0 };
	watch_want(&s->input, 0);
}

int screen_resume(struct screen *s, struct err *err)
{
	if (!s->suspended || s->gone || tty_background(s->out))
		return 0;
	if (take_mode(s, err))
		return -1;
	s->suspended = false;
	watch_want(&s->input, WATCH_IN);
	outq_write(&s->outq, s->enter.buf, s->enter.len);
	measure(s);
	if (s->rows == SCREEN_ROWS_MAX) {
		/* The terminal may have more, of which curses does not know. */
		(void)refresh();
		scroll_whole(s);
		ship(s, true);
	}
	screen_redraw(s);
	return 0;
}

unsigned int screen_rows(const struct screen *s)
{
	return s->rows;
}

unsigned int screen_cols(const struct screen *s)
{
	return s->cols;
}

bool screen_utf8(const struct screen *s)
{
	return s->utf8;
}

unsigned int screen_colours(const struct screen *s)
{
	return s->colours;
}

/* ---- cells ---- */

/* One of 256 as one of 8: the corner of the cube that is next to it. */
static int reduce(const struct screen *s, int colour)
{
	int cube = colour - 16;

	if (colour < 0 || !s->colours)
		return SCREEN_COLOUR;
	if (s->colours == NCOLOURS)
		return colour;
	if (colour < 16)
		return colour % 8;
	if (colour >= 232)
		return colour < 244 ? 0 : 7;
	return (cube / 36 > 2) | (cube / 6 % 6 > 2) << 1 | (cube % 6 > 2) << 2;
}

static attr_t attrs_of(const struct screen_style *style)
{
	static const struct {
		enum screen_attr ours;
		attr_t theirs;
	} names[] = {
		{ SCREEN_BOLD, WA_BOLD },
		{ SCREEN_DIM, WA_DIM },
		{ SCREEN_UNDERLINE, WA_UNDERLINE },
		{ SCREEN_REVERSE, WA_REVERSE },
		{ SCREEN_ITALIC, A_ITALIC },
	};
	attr_t attrs = WA_NORMAL;

	if (!style->attrs)
		return attrs;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (style->attrs & names[i].ours)
			attrs |= names[i].theirs;
	return attrs;
}

/* Asked for in each frame, or it is another one's when there are too many. */
static int pair_of(const struct screen *s, const struct screen_style *style)
{
	int fg = reduce(s, style->fg);
	int bg = reduce(s, style->bg);
	int pair = fg >= 0 || bg >= 0 ? alloc_pair(fg, bg) : 0;

	return pair < 0 ? 0 : pair;
}

int screen_columns_of(const struct screen *s, uint32_t c)
{
	if (c < 0x20 || (c >= 0x7f && c <= 0x9f) ||
	    (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069))
		return -1;
	if (c < 0x7f)
		return 1;
	return s->utf8 ? wcwidth((wchar_t)c) : -1;
}

/* What curses is to have; the columns that it takes. */
static unsigned int write_cell(struct screen *s, unsigned int row,
			       unsigned int col, const struct shadow_cell *cell)
{
	wchar_t text[CCHARW_MAX + 1] = { L' ' };
	unsigned int n = 1, width = 1;
	int columns, pair = cell->pair;
	cchar_t cc;

	if (cell->chars[0]) {
		columns = screen_columns_of(s, cell->chars[0]);
		text[0] = columns > 0 ? (wchar_t)cell->chars[0] : L'?';
		width = columns > 0 ? (unsigned int)columns : 1;
	}
	for (unsigned int i = 1; i < SHADOW_CHARS && cell->chars[i]; i++)
		if (n < CCHARW_MAX && screen_columns_of(s, cell->chars[i]) == 0)
			text[n++] = (wchar_t)cell->chars[i];
	text[n] = L'\0';
	if (col + width > s->cols) {
		text[0] = L' ';
		text[1] = L'\0';
	}
	if (setcchar(&cc, text, cell->attrs, 0, &pair) != ERR)
		(void)mvadd_wch((int)row, (int)col, &cc);
	return width;
}

unsigned int screen_cell(struct screen *s, unsigned int row, unsigned int col,
			 const struct screen_cell *cell)
{
	struct shadow_cell is = { .attrs = attrs_of(&cell->style),
				  .pair = pair_of(s, &cell->style) };
	unsigned int width;

	if (row >= s->rows || col >= s->cols)
		return 1;
	for (unsigned int i = 0; i < cell->nchars && i < SHADOW_CHARS; i++)
		is.chars[i] = cell->chars[i];
	width = shadow_put(&s->shadow, row, col, &is);
	if (!width) {
		width = write_cell(s, row, col, &is);
		shadow_wrote(&s->shadow, row, col, &is, width);
	}
	return width;
}

void screen_cursor(struct screen *s, unsigned int row, unsigned int col)
{
	s->cursor = true;
	s->cursor_row = row;
	s->cursor_col = col;
}
