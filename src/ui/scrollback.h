/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_SCROLLBACK_H
#define RSH_UI_SCROLLBACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "model/observer.h"

/**
 * What each host has printed, as lines that are found by number: both streams
 * in the order in which their lines ended.
 *
 * At most 1 MiB of a host and 16 MiB of all are in memory, the rest in a file
 * without a name (io/spill.h), and 16 KiB of a host to find lines by, however
 * many there are.  A host that prints nothing costs a pointer.
 */
struct scrollback;

struct scrollback_line {
	struct strbuf *bytes; /* the caller's; without the newline */
	enum stream stream;
	bool goes_on; /* a piece of a line over SGR_LINE_MAX; more follows */
};

/** For hosts of ranks below `nhosts`. */
struct scrollback *scrollback_new(size_t nhosts);
void scrollback_free(struct scrollback *sb);

/**
 * Bytes of one stream came.  0, or -1 with `err` when the file cannot take
 * them: the host has no more lines from then on, and no second error.
 */
int scrollback_add(struct scrollback *sb, size_t rank, enum stream s,
		   const void *bytes, size_t n, struct err *err);

/** The host is done: what has no newline is a line now. */
int scrollback_end(struct scrollback *sb, size_t rank, struct err *err);

/** Forget all of the host, as before it is tried again. */
void scrollback_clear(struct scrollback *sb, size_t rank);

/** Lines there are, those without a newline yet among them, at the end. */
uint64_t scrollback_lines(const struct scrollback *sb, size_t rank);

/**
 * Read line `number`, from 0, which there must be.  0, or -1 with `err`.
 * O(length) for the line after the one read last; else what stands between
 * two marks is read: 1/1024 of the text at most.
 */
int scrollback_read(struct scrollback *sb, size_t rank, uint64_t number,
		    struct scrollback_line *line, struct err *err);

#endif /* RSH_UI_SCROLLBACK_H */
