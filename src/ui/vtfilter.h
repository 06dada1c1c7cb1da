/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_VTFILTER_H
#define RSH_UI_VTFILTER_H

#include <stdbool.h>
#include <stddef.h>

/**
 * What of a host's bytes a terminal emulator gets to see, and how much work
 * that may be.
 *
 * Only what is known passes, and in one form: whole characters of UTF-8, the
 * controls that move the cursor, and control sequences with as many numbers as
 * they have, none larger than the screen.  An attribute is a sequence of its
 * own.  Strings (titles, the clipboard, device control), what asks for more
 * than where the cursor is, the controls of 0x80 to 0x9f and what nobody knows
 * are left out.  So the emulator is never surprised, whatever a host sends.
 *
 * Sequences that libtsm does not know are said in those it does: REP, HPA,
 * CNL, and their like.
 */
enum {
	VTFILTER_HELD_MAX = 64,	   /* bytes of one sequence; more: dropped */
	VTFILTER_ARGS_MAX = 16,	   /* numbers in it; more: left out */
	VTFILTER_REPEAT_MAX = 500, /* times */
	VTFILTER_NUMBER_MAX = 9999,
};

struct vtfilter {
	/* For reading: what the host has asked of its terminal. */
	bool cursor_keys; /* DECCKM */
	bool paste;	  /* marks around what is pasted */
	bool other;	  /* the other screen: 47, 1047, 1049 */
	/* Private. */
	unsigned int rows, cols;
	int state;
	char held[VTFILTER_HELD_MAX];
	size_t n;
	char text[4]; /* a character that is not whole yet */
	size_t ntext;
	char last[4]; /* the last character, if nothing came after it */
	size_t nlast;
	size_t left; /* of the work of this call */
	void (*out)(void *arg, const char *buf, size_t n);
	void *arg;
};

void vtfilter_init(struct vtfilter *f, unsigned int rows, unsigned int cols,
		   void (*out)(void *arg, const char *buf, size_t n),
		   void *arg);

/** The screen has another size. */
void vtfilter_size(struct vtfilter *f, unsigned int rows, unsigned int cols);

/**
 * Take of `n` bytes, however they were cut, as many as `*work` allows, which
 * goes down by what it took: about the cells of the screen that were written.
 * At least one byte is taken, and what one sequence costs over is forgotten.
 * Returns the bytes taken.
 */
size_t vtfilter_write(struct vtfilter *f, const char *buf, size_t n,
		      size_t *work);

/** Whether a sequence has begun: without one, bytes without an ESC change
 *  nothing that is for reading. */
bool vtfilter_in_sequence(const struct vtfilter *f);

#endif /* RSH_UI_VTFILTER_H */
