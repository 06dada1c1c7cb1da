/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_LANE_H
#define RSH_UI_LANE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

/**
 * What a shell on a terminal prints, as lines that are worth showing beside
 * those of other hosts.  Pure.
 *
 * A line is what the terminal would show in the end, without colours: see
 * ui/sgr.h, whose limit holds; a longer line comes in pieces.  Left out are
 *
 * - the echo of what was sent: a line that was told to lane_sent(), as a line
 *   of its own, and once more behind a prompt, which is what comes of a line
 *   that was typed before the shell was ready;
 * - the shell's prompt: what stood at the end without a newline when a line
 *   was sent, and ends as prompts do or was shown by then;
 * - what a program draws on the other screen of its terminal.
 *
 * O(n) for what comes; the unfinished line is held, 16 KiB at most.
 */
struct lane;

/** A line without its newline; no byte of it does anything to a terminal. */
typedef void lane_fn(void *arg, const char *line, size_t n);

struct lane *lane_new(void);
void lane_free(struct lane *l);

/** Bytes came; `fn` is called for each line they complete. */
void lane_feed(struct lane *l, const void *bytes, size_t n, lane_fn *fn,
	       void *arg);

/** Nothing follows: what is held and not shown is a line. */
void lane_end(struct lane *l, lane_fn *fn, void *arg);

/**
 * A line is being sent, given without its newline.  What stands unfinished is
 * answered by it.  `secret`: no echo of it is looked for but that it ended.
 */
void lane_sent(struct lane *l, const char *line, size_t n, bool secret);

/** Append the unfinished line as it is seen; false: there is none, or it is of
 *  the other screen. */
bool lane_tail(const struct lane *l, struct strbuf *out);

/**
 * Nothing has come for a while: append the unfinished line if a person should
 * see it, once; false: it is the shell's prompt, was shown, or is none.
 */
bool lane_question(struct lane *l, struct strbuf *out);

/** Whether the unfinished line asks for a password. */
bool lane_asks(const struct lane *l);

/** Whether the unfinished line ends as a shell's prompt does. */
bool lane_prompts(const struct lane *l);

/** The bytes of the unfinished line, for a terminal of its own; borrowed. */
const char *lane_raw(const struct lane *l, size_t *n);

/** Bytes are left out: no lines, but they may end the other screen. */
void lane_skip(struct lane *l, const void *bytes, size_t n);

/** Whether a program has the other screen there: see ui/altscreen.h. */
bool lane_full_screen(const struct lane *l);

#endif /* RSH_UI_LANE_H */
