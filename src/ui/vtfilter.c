/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Control sequences of a host, made harmless: ECMA-48, 5.4 and 5.6, and
 * ctlseqs of xterm.
 */
#include "ui/vtfilter.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#include "base/banned.h"

#define ESC	  '\033'
#define CHAR_WORK 4 /* a character, beside a cell that is made blank */

enum state {
	TEXT,
	ESCAPE,	    /* ESC, and bytes before the last one */
	CSI,	    /* ESC [ and what follows */
	DROP,	    /* a CSI that is too long, up to its last byte */
	STRING,	    /* up to BEL, ST, CAN or SUB */
	STRING_ESC, /* the first byte of ST, perhaps */
};

/* What a sequence costs, in cells. */
enum work {
	WORK_LITTLE,
	WORK_SOME,
	WORK_ROW,
	WORK_SCREEN,
};

/* A CSI taken apart. */
struct csi {
	char private; /* '?' and its like, or NUL */
	char between; /* a byte before the last, or NUL */
	char final;
	unsigned int args[VTFILTER_ARGS_MAX]; /* 0 where none was said */
	char sep[VTFILTER_ARGS_MAX];	      /* before it: ';' or ':' */
	unsigned int n;			      /* 1 at least */
};

void vtfilter_init(struct vtfilter *f, unsigned int rows, unsigned int cols,
		   void (*out)(void *arg, const char *buf, size_t n), void *arg)
{
	*f = (struct vtfilter){ .state = TEXT,
				.rows = rows,
				.cols = cols,
				.out = out,
				.arg = arg };
}

void vtfilter_size(struct vtfilter *f, unsigned int rows, unsigned int cols)
{
	f->rows = rows;
	f->cols = cols;
}

static void spend(struct vtfilter *f, enum work work)
{
	size_t cost = CHAR_WORK;

	if (work == WORK_SOME)
		cost *= 4;
	else if (work == WORK_ROW)
		cost += f->cols;
	else if (work == WORK_SCREEN)
		cost += (size_t)f->rows * f->cols;
	f->left = f->left > cost ? f->left - cost : 0;
}

static void put(struct vtfilter *f, const char *s)
{
	f->out(f->arg, s, strlen(s));
}

static bool is_final(unsigned char c)
{
	return c >= '@' && c <= '~';
}

static bool is_between(unsigned char c)
{
	return c >= ' ' && c <= '/';
}

/* ---- modes ---- */

static void reset_modes(struct vtfilter *f)
{
	f->cursor_keys = false;
	f->paste = false;
	f->other = false;
}

/* Modes that have two states and no trap. */
static bool mode_passes(unsigned int mode, bool dec)
{
	static const unsigned int decs[] = {
		5, 6, 7, 25, 47, 1047, 1048, 1049
	};

	if (!dec)
		return mode == 4 || mode == 20;
	for (size_t i = 0; i < sizeof(decs) / sizeof(decs[0]); i++)
		if (mode == decs[i])
			return true;
	return false;
}

static void set_modes(struct vtfilter *f, const struct csi *c)
{
	bool on = c->final == 'h', dec = c->private == '?';

	for (unsigned int i = 0; i < c->n; i++) {
		char buf[16];

		if (dec && c->args[i] == 1)
			f->cursor_keys = on;
		else if (dec && c->args[i] == 2004)
			f->paste = on;
		else if (dec && (c->args[i] == 47 || c->args[i] == 1047 ||
				 c->args[i] == 1049))
			f->other = on;
		if (!mode_passes(c->args[i], dec))
			continue;
		(void)snprintf(buf, sizeof(buf), "\033[%s%u%c", dec ? "?" : "",
			       c->args[i], c->final);
		put(f, buf);
		spend(f, c->args[i] < 1000 ? WORK_LITTLE : WORK_SCREEN);
	}
}

/* ---- attributes ---- */

static unsigned int byte_of(unsigned int n)
{
	return n < 256 ? n : 255;
}

/*
 * 38;5;N and 38;2;R;G;B, with colons, too, where a colour space may stand
 * before R.  How many numbers it took.
 */
static unsigned int put_colour(struct vtfilter *f, const struct csi *c,
			       unsigned int i)
{
	unsigned int left = c->n - i, at = i + 2;
	char buf[32];

	if (left >= 3 && c->args[i + 1] == 5) {
		(void)snprintf(buf, sizeof(buf), "\033[%u;5;%um", c->args[i],
			       byte_of(c->args[i + 2]));
		put(f, buf);
		return 3;
	}
	if (left < 5 || c->args[i + 1] != 2)
		return left;
	if (left >= 6 && c->sep[i + 1] == ':' && c->sep[i + 5] == ':')
		at++;
	(void)snprintf(buf, sizeof(buf), "\033[%u;2;%u;%u;%um", c->args[i],
		       byte_of(c->args[at]), byte_of(c->args[at + 1]),
		       byte_of(c->args[at + 2]));
	put(f, buf);
	return at + 3 - i;
}

static void set_attributes(struct vtfilter *f, const struct csi *c)
{
	unsigned int i = 0;

	while (i < c->n) {
		char buf[16];

		spend(f, WORK_SOME);
		if (c->args[i] == 38 || c->args[i] == 48) {
			i += put_colour(f, c, i);
			continue;
		}
		/* 4:0 is no underline, 4:3 is one. */
		if (i + 1 < c->n && c->args[i] == 4 && c->sep[i + 1] == ':')
			put(f, c->args[i + 1] ? "\033[4m" : "\033[24m");
		else if (c->args[i] < 108 && c->args[i] != 58) {
			(void)snprintf(buf, sizeof(buf), "\033[%um",
				       c->args[i]);
			put(f, buf);
		}
		i++;
		while (i < c->n && c->sep[i] == ':')
			i++;
	}
}

/* ---- the others ---- */

/* Rows of two at least; where there is no such region, all of the screen. */
static void set_margins(struct vtfilter *f, const struct csi *c)
{
	unsigned int top = c->args[0] ? c->args[0] : 1;
	unsigned int bottom = c->n > 1 && c->args[1] ? c->args[1] : f->rows;
	char buf[40];

	if (bottom > f->rows)
		bottom = f->rows;
	if (top >= bottom)
		return;
	(void)snprintf(buf, sizeof(buf), "\033[%u;%ur\033[H", top, bottom);
	put(f, buf);
}

static void repeat(struct vtfilter *f, unsigned int count)
{
	if (!count)
		count = 1;
	if (count > VTFILTER_REPEAT_MAX)
		count = VTFILTER_REPEAT_MAX;
	while (f->nlast && count--) {
		f->out(f->arg, f->last, f->nlast);
		spend(f, WORK_LITTLE);
	}
}

/*
 * What takes numbers up to the size of the screen.  `as` is how it is said: "%"
 * is the next of them.
 *
 * libtsm reads past the tab stops if CBT comes where a wide character has
 * left the last column: one step back and forth is in front of it.
 */
static const struct counted {
	char final;
	enum work work;
	const char *as;
} counted[] = {
	/* clang-format off */
	{ 'A', WORK_LITTLE, "\033[%A" },   { 'B', WORK_LITTLE, "\033[%B" },
	{ 'C', WORK_LITTLE, "\033[%C" },   { 'D', WORK_LITTLE, "\033[%D" },
	{ 'E', WORK_LITTLE, "\033[%B\r" }, { 'F', WORK_LITTLE, "\033[%A\r" },
	{ 'G', WORK_LITTLE, "\033[%G" },   { '`', WORK_LITTLE, "\033[%G" },
	{ 'a', WORK_LITTLE, "\033[%C" },   { 'e', WORK_LITTLE, "\033[%B" },
	{ 'd', WORK_LITTLE, "\033[%d" },   { 'H', WORK_LITTLE, "\033[%;%H" },
	{ 'f', WORK_LITTLE, "\033[%;%H" },
	{ 'I', WORK_ROW, "\033[%I" },
	{ 'Z', WORK_ROW, "\033[D\033[C\033[%Z" },
	{ 'X', WORK_ROW, "\033[%X" },      { '@', WORK_ROW, "\033[%@" },
	{ 'P', WORK_ROW, "\033[%P" },
	{ 'L', WORK_SCREEN, "\033[%L" },   { 'M', WORK_SCREEN, "\033[%M" },
	{ 'S', WORK_SCREEN, "\033[%S" },
	/* clang-format on */
};

/* What takes one of a few numbers and passes as it is. */
static const struct listed {
	char private;
	char final;
	enum work work;
	const char *numbers;
} listed[] = {
	/* clang-format off */
	{ 0,   'J', WORK_SCREEN, "012" }, { '?', 'J', WORK_SCREEN, "012" },
	{ 0,   'K', WORK_ROW, "012" },    { '?', 'K', WORK_ROW, "012" },
	{ 0,   'n', WORK_LITTLE, "56" },  { 0,   'c', WORK_LITTLE, "0" },
	{ '>', 'c', WORK_LITTLE, "0" },   { 0,   'g', WORK_ROW, "03" },
	/* clang-format on */
};

static unsigned int clamp(const struct vtfilter *f, unsigned int n)
{
	unsigned int most = f->rows > f->cols ? f->rows : f->cols;

	return !n ? 1 : n > most ? most : n;
}

/* At most two numbers of four digits. */
static void put_numbers(struct vtfilter *f, const char *as, unsigned int first,
			unsigned int second)
{
	char buf[64];
	size_t n = 0;

	for (; *as && n + 11 < sizeof(buf); as++) {
		if (*as != '%') {
			buf[n++] = *as;
			continue;
		}
		n += (size_t)snprintf(buf + n, sizeof(buf) - n, "%u", first);
		first = second;
	}
	f->out(f->arg, buf, n);
}

static bool put_counted(struct vtfilter *f, const struct csi *c)
{
	for (size_t i = 0; i < sizeof(counted) / sizeof(counted[0]); i++) {
		if (counted[i].final != c->final)
			continue;
		put_numbers(f, counted[i].as, clamp(f, c->args[0]),
			    clamp(f, c->n > 1 ? c->args[1] : 1));
		spend(f, counted[i].work);
		return true;
	}
	return false;
}

static void put_listed(struct vtfilter *f, const struct csi *c)
{
	for (size_t i = 0; i < sizeof(listed) / sizeof(listed[0]); i++) {
		const struct listed *row = &listed[i];
		char text[8] = { ESC, '[', row->private };
		char digit = (char)('0' + c->args[0] % 10);

		if (row->final != c->final || row->private != c->private ||
		    c->args[0] > 9 || !strchr(row->numbers, digit))
			continue;
		text[row->private ? 3 : 2] = digit;
		text[row->private ? 4 : 3] = row->final;
		put(f, text);
		spend(f, row->work);
		return;
	}
}

/* Those without "?" and its like that are in no table. */
static bool put_special(struct vtfilter *f, const struct csi *c)
{
	char buf[16];

	switch (c->final) {
	case 'm':
		set_attributes(f, c);
		return true;
	case 'r':
		set_margins(f, c);
		return true;
	case 'b':
		repeat(f, c->args[0]);
		return true;
	case 's':
		if (c->n == 1)
			put(f, "\0337");
		return true;
	case 'u':
		put(f, "\0338");
		return true;
	case 'T': /* with more numbers it is about the mouse */
		(void)snprintf(buf, sizeof(buf), "\033[%uT",
			       clamp(f, c->args[0]));
		if (c->n == 1)
			put(f, buf);
		spend(f, WORK_SCREEN);
		return true;
	default:
		return put_counted(f, c);
	}
}

static void put_csi(struct vtfilter *f, const struct csi *c)
{
	bool plain = !c->private && !c->between;

	spend(f, WORK_LITTLE);
	if (c->between) {
		if (c->between == '!' && c->final == 'p') { /* DECSTR */
			reset_modes(f);
			put(f, "\033[!p");
			spend(f, WORK_SCREEN);
		}
		return;
	}
	if ((c->final == 'h' || c->final == 'l') &&
	    (plain || c->private == '?'))
		set_modes(f, c);
	else if (!plain || !put_special(f, c))
		put_listed(f, c);
}

/* ---- taking sequences apart ---- */

static unsigned int more_digits(unsigned int n, char c)
{
	n = n * 10 + (unsigned int)(c - '0');
	return n > VTFILTER_NUMBER_MAX ? VTFILTER_NUMBER_MAX : n;
}

/* False: it is no such sequence. */
static bool parse(const struct vtfilter *f, struct csi *c)
{
	size_t i = 2;

	*c = (struct csi){ .n = 1, .final = f->held[f->n - 1] };
	if (f->held[i] >= '<' && f->held[i] <= '?')
		c->private = f->held[i++];
	for (; i < f->n - 1; i++) {
		char b = f->held[i];

		if (is_between((unsigned char)b)) {
			if (c->between)
				return false;
			c->between = b;
		} else if (c->between || (b >= '<' && b <= '?')) {
			return false;
		} else if (b >= '0' && b <= '9') {
			c->args[c->n - 1] = more_digits(c->args[c->n - 1], b);
		} else if (c->n < VTFILTER_ARGS_MAX) { /* ; or : */
			c->sep[c->n++] = b;
		} else { /* the rest is left out */
			return true;
		}
	}
	return true;
}

static void begin(struct vtfilter *f)
{
	f->state = ESCAPE;
	f->held[0] = ESC;
	f->n = 1;
	f->ntext = 0;
}

static void hold(struct vtfilter *f, char c)
{
	if (f->n < sizeof(f->held))
		f->held[f->n++] = c;
	else
		f->state = DROP;
}

static void take_csi(struct vtfilter *f, unsigned char c)
{
	struct csi csi;

	if (c >= 0x80) {
		f->state = TEXT;
		return;
	}
	hold(f, (char)c);
	if (!is_final(c))
		return;
	if (f->state == CSI && parse(f, &csi)) {
		bool repeats = csi.final == 'b' && !csi.private && !csi.between;

		put_csi(f, &csi);
		if (!repeats)
			f->nlast = 0;
	}
	f->state = TEXT;
}

/* ESC and one byte, or a character set. */
static void put_escape(struct vtfilter *f)
{
	char c = f->held[f->n - 1];
	char buf[4] = { ESC, c };

	f->nlast = 0;
	if (f->n == 3 && (f->held[1] == '(' || f->held[1] == ')')) {
		buf[1] = f->held[1];
		buf[2] = c == '0' ? '0' : 'B';
		put(f, buf);
		return;
	}
	if (f->n > 2 || !strchr("78DEHMZc", c))
		return;
	if (c == 'c')
		reset_modes(f);
	put(f, buf);
	spend(f, c == 'c' ? WORK_SCREEN : WORK_ROW);
}

static void take_escape(struct vtfilter *f, unsigned char c)
{
	if (is_between(c)) {
		if (f->n < 3)
			hold(f, (char)c);
		else
			f->state = DROP;
		return;
	}
	f->state = TEXT;
	if (c >= 0x80)
		return;
	if (f->n == 1 && c == '[') {
		hold(f, '[');
		f->state = CSI;
	} else if (f->n == 1 && strchr("]PX^_", c)) {
		f->state = STRING;
	} else {
		hold(f, (char)c);
		put_escape(f);
	}
}

static void take_string(struct vtfilter *f, char c)
{
	if (f->state == STRING_ESC && c != '\\') {
		begin(f);
		if (c != ESC)
			take_escape(f, (unsigned char)c);
		return;
	}
	if (f->state == STRING_ESC || c == '\a' || c == 0x18 || c == 0x1a)
		f->state = TEXT;
	else if (c == ESC)
		f->state = STRING_ESC;
}

/* ---- text ---- */

/* A control within a sequence is as if it came before. */
static void take_control(struct vtfilter *f, char c)
{
	if (c == ESC) {
		begin(f);
		return;
	}
	if (c == 0x18 || c == 0x1a) /* CAN, SUB */
		f->state = TEXT;
	if (!strchr("\b\t\n\v\f\r\016\017", c) || !c)
		return;
	f->nlast = 0;
	f->out(f->arg, &c, 1);
	spend(f, WORK_ROW);
}

static void put_char(struct vtfilter *f, const char *s, size_t n)
{
	memcpy(f->last, s, n);
	f->nlast = n;
	f->out(f->arg, s, n);
	spend(f, WORK_LITTLE);
}

static size_t length_of(unsigned char lead)
{
	return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

static void put_invalid(struct vtfilter *f)
{
	static const char replacement[] = "\xef\xbf\xbd";

	f->ntext = 0;
	put_char(f, replacement, sizeof(replacement) - 1);
}

/* A byte that is not ASCII. */
static void take_high(struct vtfilter *f, unsigned char c)
{
	if (c >= 0xc0) {
		if (f->ntext)
			put_invalid(f);
		f->text[0] = (char)c;
		f->ntext = 1;
		return;
	}
	if (!f->ntext) {
		put_invalid(f);
		return;
	}
	f->text[f->ntext++] = (char)c;
	if (f->ntext < length_of((unsigned char)f->text[0]))
		return;
	if (text_char(f->text, f->ntext) != f->ntext) {
		put_invalid(f);
		return;
	}
	/* U+0080 to U+009F are controls of another kind. */
	if ((unsigned char)f->text[0] != 0xc2 ||
	    (unsigned char)f->text[1] >= 0xa0)
		put_char(f, f->text, f->ntext);
	f->ntext = 0;
}

static void take_text(struct vtfilter *f, char c)
{
	if ((unsigned char)c >= 0x80) {
		take_high(f, (unsigned char)c);
		return;
	}
	if (f->ntext)
		put_invalid(f);
	if (c != 0x7f)
		put_char(f, &c, 1);
}

static void take(struct vtfilter *f, char c)
{
	if (f->state == STRING || f->state == STRING_ESC)
		take_string(f, c);
	else if ((unsigned char)c < ' ')
		take_control(f, c);
	else if (f->state == TEXT)
		take_text(f, c);
	else if (f->state == ESCAPE)
		take_escape(f, (unsigned char)c);
	else if (f->state == CSI)
		take_csi(f, (unsigned char)c);
	else if (is_final((unsigned char)c)) /* of what is dropped */
		f->state = TEXT;
}

size_t vtfilter_write(struct vtfilter *f, const char *buf, size_t n,
		      size_t *work)
{
	size_t i = 0;

	f->left = *work;
	while (i < n && (!i || f->left)) {
		if (f->left)
			f->left--;
		take(f, buf[i++]);
	}
	*work = f->left;
	return i;
}

bool vtfilter_in_sequence(const struct vtfilter *f)
{
	return f->state != TEXT;
}
