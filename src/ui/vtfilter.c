/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Control sequences of a host, made harmless: ECMA-48, 5.4 and 5.6.
 */
#include "ui/vtfilter.h"

#include <stdbool.h>
#include <string.h>

#include "base/banned.h"

#define ESC '\033'

enum state {
	TEXT,
	ESCAPE,	    /* ESC, and bytes before the last one */
	CSI,	    /* ESC [ and what follows */
	DROP,	    /* a CSI that is too long, up to its last byte */
	STRING,	    /* up to BEL, ST, CAN or SUB */
	STRING_ESC, /* the first byte of ST, perhaps */
};

void vtfilter_init(struct vtfilter *f,
		   void (*out)(void *arg, const char *buf, size_t n), void *arg)
{
	*f = (struct vtfilter){ .state = TEXT, .out = out, .arg = arg };
}

static bool is_control(unsigned char c)
{
	return c < ' ' || c == 0x7f;
}

static bool is_final(unsigned char c)
{
	return c >= '@' && c <= '~';
}

static bool is_intermediate(unsigned char c)
{
	return c >= ' ' && c <= '/';
}

static void begin(struct vtfilter *f)
{
	f->state = ESCAPE;
	f->held[0] = ESC;
	f->n = 1;
}

static void hold(struct vtfilter *f, char c)
{
	if (f->n < sizeof(f->held))
		f->held[f->n++] = c;
	else
		f->state = DROP;
}

/* A number as it was, or the largest. */
static size_t put_number(char *to, const char *digits, size_t n)
{
	while (n > 1 && digits[0] == '0') {
		digits++;
		n--;
	}
	if (n > VTFILTER_DIGITS) {
		memset(to, '9', VTFILTER_DIGITS);
		return VTFILTER_DIGITS;
	}
	memcpy(to, digits, n);
	return n;
}

/* Numbers and their count within limits; false: it is no such sequence. */
static bool tidy(struct vtfilter *f)
{
	char to[VTFILTER_HELD_MAX];
	unsigned int args = 1, intermediates = 0;
	size_t n = 2, i = 2;

	memcpy(to, f->held, n);
	/* "?", ">" and their like come first and alone. */
	if (f->held[i] >= '<' && f->held[i] <= '?')
		to[n++] = f->held[i++];
	while (i < f->n) {
		char c = f->held[i];
		size_t digits = 0;

		while (f->held[i + digits] >= '0' && f->held[i + digits] <= '9')
			digits++;
		if (c == ';' || c == ':')
			args++;
		else if (is_intermediate((unsigned char)c))
			intermediates++;
		else if (!digits && !is_final((unsigned char)c))
			return false;
		if (intermediates && (digits || c == ';' || c == ':'))
			return false;
		if (args <= VTFILTER_ARGS_MAX && digits)
			n += put_number(to + n, f->held + i, digits);
		else if (args <= VTFILTER_ARGS_MAX ||
			 is_final((unsigned char)c))
			to[n++] = c;
		i += digits ? digits : 1;
	}
	memcpy(f->held, to, n);
	f->n = n;
	return intermediates <= VTFILTER_INTERMEDIATES;
}

static void note(struct vtfilter *f, char c)
{
	unsigned char u = (unsigned char)c;

	if (is_control(u)) {
		f->last_n = 0;
	} else if (u >= 0x80 && u < 0xc0) {
		if (f->last_n && f->last_n < sizeof(f->last))
			f->last[f->last_n++] = c;
	} else {
		f->last[0] = c;
		f->last_n = 1;
	}
}

/* Text that holds no ESC. */
static void pass(struct vtfilter *f, const char *buf, size_t n)
{
	for (size_t i = n > sizeof(f->last) ? n - sizeof(f->last) : 0; i < n;
	     i++)
		note(f, buf[i]);
	while (n) {
		size_t len = 0;

		while (len < n && f->dense < VTFILTER_DENSE_MAX) {
			bool ascii = !((unsigned char)buf[len++] & 0x80);

			f->dense = ascii ? 0 : f->dense + 1;
		}
		f->out(f->arg, buf, len);
		buf += len;
		n -= len;
		if (f->dense == VTFILTER_DENSE_MAX) {
			f->out(f->arg, " \b", 2);
			f->dense = 0;
		}
	}
}

/* REP, by hand. */
static void repeat(struct vtfilter *f)
{
	unsigned int count = 0;

	for (size_t i = 2; i < f->n - 1; i++) {
		if (f->held[i] < '0' || f->held[i] > '9')
			return;
		count = count * 10 + (unsigned int)(f->held[i] - '0');
	}
	count = !count ? 1 : count;
	if (count > VTFILTER_REPEAT_MAX)
		count = VTFILTER_REPEAT_MAX;
	while (f->last_n && count--)
		f->out(f->arg, f->last, f->last_n);
}

static void end_csi(struct vtfilter *f)
{
	f->state = TEXT;
	if (!tidy(f))
		return;
	f->dense = 0;
	if (f->held[f->n - 1] == 'b') {
		repeat(f);
		return;
	}
	f->last_n = 0;
	f->out(f->arg, f->held, f->n);
}

/* A control character within a sequence is as if it came before. */
static void take_control(struct vtfilter *f, char c)
{
	if (c == ESC)
		begin(f);
	else if (c == 0x18 || c == 0x1a) /* CAN, SUB */
		f->state = TEXT;
	else
		f->out(f->arg, &c, 1);
}

static void take_escape(struct vtfilter *f, unsigned char c)
{
	if (is_intermediate(c)) {
		if (f->n <= VTFILTER_INTERMEDIATES)
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
	} else if (f->n < 2 || f->held[1] != '#' || c == '8') {
		hold(f, (char)c);
		f->last_n = 0;
		f->out(f->arg, f->held, f->n);
	}
}

static void take_csi(struct vtfilter *f, unsigned char c)
{
	if (c >= 0x80) {
		f->state = TEXT;
		return;
	}
	hold(f, (char)c);
	if (!is_final(c))
		return;
	if (f->state == CSI)
		end_csi(f);
	f->state = TEXT;
}

static void take_string(struct vtfilter *f, char c)
{
	if (f->state == STRING_ESC && c != '\\') {
		begin(f);
		take_escape(f, (unsigned char)c);
		return;
	}
	if (f->state == STRING_ESC || c == '\a' || c == 0x18 || c == 0x1a)
		f->state = TEXT;
	else if (c == ESC)
		f->state = STRING_ESC;
}

static void take(struct vtfilter *f, char c)
{
	if (f->state == STRING || f->state == STRING_ESC)
		take_string(f, c);
	else if (is_control((unsigned char)c))
		take_control(f, c);
	else if (f->state == ESCAPE)
		take_escape(f, (unsigned char)c);
	else if (f->state == CSI)
		take_csi(f, (unsigned char)c);
	else if (is_final((unsigned char)c)) /* of what is dropped */
		f->state = TEXT;
}

void vtfilter_write(struct vtfilter *f, const char *buf, size_t n)
{
	while (n) {
		const char *esc;
		size_t run;

		if (f->state != TEXT) {
			take(f, *buf++);
			n--;
			continue;
		}
		esc = memchr(buf, ESC, n);
		run = esc ? (size_t)(esc - buf) : n;
		if (run)
			pass(f, buf, run);
		buf += run;
		n -= run;
		if (n) {
			begin(f);
			buf++;
			n--;
		}
	}
}
