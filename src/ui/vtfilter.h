/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_VTFILTER_H
#define RSH_UI_VTFILTER_H

#include <stddef.h>

/**
 * What of a host's bytes a terminal emulator gets to see.  Text passes as it
 * is, and so do control sequences that are well formed, with numbers and
 * counts that no emulator stumbles over.  Strings (titles, the clipboard,
 * device control) and lines of double size are left out: nothing here shows
 * them.
 *
 * It stands before libvterm, of which 0.1.4 stumbles: it dies of a sequence of
 * thirty numbers and of lines of double size, never ends one that repeats
 * a character (REP) where there is none, and keeps marks that combine without
 * limit.
 */
enum {
	VTFILTER_REPEAT_MAX = 1000, /* times */
	VTFILTER_DENSE_MAX = 65536, /* bytes in a row that are not ASCII; then
				       a blank stands in and is taken back */
	VTFILTER_HELD_MAX = 128,    /* bytes of one sequence; more: dropped */
	VTFILTER_ARGS_MAX = 14,	    /* numbers in it; more: left out */
	VTFILTER_DIGITS = 4, /* of each; a larger one is the largest of these */
	VTFILTER_INTERMEDIATES = 2, /* bytes before the last; more: dropped */
};

struct vtfilter {
	int state; /* private, as all here */
	char held[VTFILTER_HELD_MAX];
	size_t n;
	char last[4]; /* the last character, if nothing came after it */
	size_t last_n;
	size_t dense; /* bytes in a row that are not ASCII */
	void (*out)(void *arg, const char *buf, size_t n);
	void *arg;
};

void vtfilter_init(struct vtfilter *f,
		   void (*out)(void *arg, const char *buf, size_t n),
		   void *arg);

/** `n` bytes more, however they were cut. */
void vtfilter_write(struct vtfilter *f, const char *buf, size_t n);

#endif /* RSH_UI_VTFILTER_H */
