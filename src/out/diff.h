/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OUT_DIFF_H
#define RSH_OUT_DIFF_H

#include <stdbool.h>
#include <stddef.h>

struct strbuf;

/** Texts of more bytes or lines than these are not compared. */
#define DIFF_MAX_BYTES ((size_t)4 << 20)
#define DIFF_MAX_LINES ((size_t)100000)

/** Lines that may differ; beyond it all that is between is shown as changed. */
#define DIFF_MAX_EDITS 1000

/**
 * Append how text `b` differs from text `a`, as hunks of a unified diff with
 * three lines around each: "@@ -1,4 +1,4 @@", then lines that begin with a
 * blank, "-" or "+".  Nothing if they are equal.  -1 if a text is too large
 * for the limits above.
 *
 * Pure.  O((lines) * edits) time, O(edits^2) memory: 8 MiB at most.
 */
int diff_texts(const char *a, size_t na, const char *b, size_t nb,
	       struct strbuf *out);

/** The same bit by bit, for who has other things to do meanwhile. */
struct diff;

/** The texts are borrowed.  NULL if one is too large.  O(bytes). */
struct diff *diff_new(const char *a, size_t na, const char *b, size_t nb);
void diff_free(struct diff *f);

/** Go on, for a few ms at most; whether there is more to do. */
bool diff_step(struct diff *f);

/** When there is no more: append what diff_texts() would.  O(bytes). */
void diff_put(const struct diff *f, struct strbuf *out);

#endif /* RSH_OUT_DIFF_H */
