/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_BASE_TEXT_H
#define RSH_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct strbuf;

/**
 * Whole-string number parsing.  0 and `*out` set, or -1 and `*out` untouched:
 * empty, trailing text, sign or blank, out of range.
 */
int parse_uint(const char *s, uint64_t min, uint64_t max, uint64_t *out);

/**
 * A time span in milliseconds: "90", "1.5s", "2m30s", "1h", "500ms"; units ms
 * s m h d w, upper or lower case; a bare number is seconds, as in
 * sshd_config(5) TIME FORMATS.  Fails past `max_ms`.
 */
int parse_span(const char *s, uint64_t max_ms, uint64_t *out_ms);

/** A size in bytes: "4096", "64K", "1M", "2G" (powers of 1024). */
int parse_size(const char *s, uint64_t max, uint64_t *out);

/** Format a size in bytes: "812", "41.2K", "5.0M" (powers of 1024). */
void text_size(struct strbuf *sb, uint64_t bytes);

/** Format a span as people say it: "850ms", "3s", "2m05s". */
void text_span(struct strbuf *sb, uint64_t ms);

/** The same in whole seconds, as of what goes on: "0s", "3s". */
void text_seconds(struct strbuf *sb, uint64_t ms);

/**
 * The code point that begins at `text`, of which `n` bytes (1 or more) may be
 * read.  Returns its length, 0 if it is cut, overlong, a surrogate, past
 * U+10FFFF or no UTF-8.
 */
size_t text_decode(const void *text, size_t n, uint32_t *out);

/**
 * Bytes of the character that begins at `s`, of which `n` (1 or more) may be
 * read; 1 for a byte that begins no valid one.
 */
size_t text_char(const void *s, size_t n);

/** Write the code point `c`, at most U+10FFFF, as UTF-8; its length. */
size_t text_encode(uint32_t c, char out[4]);

/** Columns that valid UTF-8 `s` takes on a terminal; invalid bytes count 1. */
size_t text_width(const char *s, size_t n);

/**
 * How many bytes of a list of things with two blanks between them fit into
 * `columns` with no thing cut; 0: not even the first does.
 */
size_t text_items(const char *list, size_t columns);

/**
 * How many bytes of `s` stand in a row of `columns`: whole words, or of one
 * that is wider what fits, a character at least.  0 at the end.  Blanks that
 * follow are of no row.
 */
size_t text_row(const char *s, size_t columns);

enum vis_flags {
	VIS_LINE = 0,	 /* TAB stays, LF is escaped too */
	VIS_KEEP_LF = 1, /* LF stays */
};

/**
 * Append `n` bytes with everything a terminal could act on made visible:
 * C0 but TAB, DEL, C1 (also as UTF-8) and invalid UTF-8 become \ooo; valid
 * printable UTF-8 stays.  Stateless: a character cut at the end of `s` shows
 * as octal.  At most 4 bytes out for one in.
 */
void text_vis(struct strbuf *sb, const void *s, size_t n, enum vis_flags flags);

/** The same as a new string, cut with "..." past `max` bytes of input. */
char *text_vis_dup(const void *s, size_t n, size_t max);

/** Levenshtein distance with transposition, for "did you mean". */
size_t text_distance(const char *a, const char *b);

/** Whether `n` bytes are valid UTF-8 without surrogates or overlong forms. */
bool text_is_utf8(const void *s, size_t n);

#endif /* RSH_BASE_TEXT_H */
