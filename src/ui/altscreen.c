/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The other screen of a terminal.
 */
#include "ui/altscreen.h"

#include <string.h>

#include "base/banned.h"

#define ESC	   '\033'
#define NUMBER_MAX 9999

enum {
	PLAIN,
	ESCAPED,  /* ESC */
	SEQUENCE, /* ESC [ */
	PRIVATE	  /* ESC [ ? and numbers */
};

static bool is_mode(unsigned int number)
{
	return number == 47 || number == 1047 || number == 1049;
}

/* Whether it is another one now. */
static bool set(struct altscreen *a, bool on)
{
	bool changed = a->on != on;

	a->on = on;
	return changed;
}

static bool take_number(struct altscreen *a, char c)
{
	if (c >= '0' && c <= '9') {
		if (a->number <= NUMBER_MAX)
			a->number = a->number * 10 + (unsigned int)(c - '0');
		return false;
	}
	a->named |= is_mode(a->number);
	a->number = 0;
	if (c == ';')
		return false;
	a->state = c == ESC ? ESCAPED : PLAIN;
	return (c == 'h' || c == 'l') && a->named && set(a, c == 'h');
}

static bool take(struct altscreen *a, char c)
{
	switch (a->state) {
	case ESCAPED:
		a->state = c == '[' ? SEQUENCE : c == ESC ? ESCAPED : PLAIN;
		return c == 'c' && set(a, false);
	case SEQUENCE:
		a->state = c == '?' ? PRIVATE : c == ESC ? ESCAPED : PLAIN;
		a->number = 0;
		a->named = false;
		return false;
	case PRIVATE:
		return take_number(a, c);
	}
	a->state = c == ESC ? ESCAPED : PLAIN;
	return false;
}

size_t altscreen_next(struct altscreen *a, const char *buf, size_t n)
{
	size_t i = 0;

	while (i < n) {
		const char *esc;

		if (a->state != PLAIN) {
			if (take(a, buf[i++]))
				return i;
			continue;
		}
		esc = memchr(buf + i, ESC, n - i);
		if (!esc)
			return n;
		i = (size_t)(esc - buf) + 1;
		a->state = ESCAPED;
	}
	return n;
}
