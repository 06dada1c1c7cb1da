/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_ALTSCREEN_H
#define RSH_UI_ALTSCREEN_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Whether a program has the other screen of its terminal, as editors and pagers
 * have: what it draws there is no lines.  Told by the private modes 47, 1047
 * and 1049 (xterm), and by a full reset.  Pure.
 *
 * Zeroed: it has not.
 */
struct altscreen {
	bool on; /* for reading */
	int state;
	unsigned int number;
	bool named; /* one of the modes was */
};

/**
 * Look at bytes up to and with those that change it, or at all: how many that
 * were.  However they are cut; O(n).
 */
size_t altscreen_next(struct altscreen *a, const char *buf, size_t n);

#endif /* RSH_UI_ALTSCREEN_H */
