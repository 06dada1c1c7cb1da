/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_BASE_STRBUF_H
#define RSH_BASE_STRBUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * A growing string with a ceiling.
 *
 * `buf` always ends in NUL, which `len` does not count, and may hold NUL
 * bytes of its own.  It is never NULL, so it can be printed at once.
 *
 * What would pass the ceiling is refused whole: the call returns -1, the
 * content stays, and `full` is set until the next reset.  So a run of calls
 * may be made without looking and `full` be asked once at the end.
 */
struct strbuf {
	char *buf;
	size_t len;
	size_t cap; /* bytes allocated at buf; 0: the shared empty string */
	size_t max; /* ceiling for len, in bytes */
	bool full;
};

extern char strbuf_empty[];

/** For texts the program makes itself, where any ceiling will do. */
#define STRBUF_MAX_TEXT ((size_t)16 << 20)

#define STRBUF_INIT(ceiling)                                                   \
	{                                                                      \
		.buf = strbuf_empty, .max = (ceiling)                          \
	}

void strbuf_init(struct strbuf *sb, size_t max);

/** Free the content; the struct is as after init, with the same ceiling. */
void strbuf_release(struct strbuf *sb);

/** Forget the content, keep the memory. */
void strbuf_reset(struct strbuf *sb);

/** Append.  0, or -1 if that would pass the ceiling.  Amortised O(n). */
int strbuf_add(struct strbuf *sb, const void *p, size_t n);
int strbuf_addstr(struct strbuf *sb, const char *s);
int strbuf_addch(struct strbuf *sb, char c);
int strbuf_addf(struct strbuf *sb, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
int strbuf_vaddf(struct strbuf *sb, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

/**
 * Make `n` more bytes part of the content and give where they begin, to be
 * filled before the next call.  NULL if that would pass the ceiling.
 */
char *strbuf_extend(struct strbuf *sb, size_t n);

/** Cut to the first `len` bytes; `len` must not be more than there is. */
void strbuf_truncate(struct strbuf *sb, size_t len);

/** Remove the first `n` bytes.  O(rest). */
void strbuf_consume(struct strbuf *sb, size_t n);

/** Take the string: the caller frees it, `sb` is empty again. */
char *strbuf_detach(struct strbuf *sb, size_t *len);

/** A growing list of owned strings, with a NULL after the last. */
struct strvec {
	char **v; /* NULL while empty */
	size_t n;
	size_t cap;
};

/** Append a copy of `s`. */
void strvec_push(struct strvec *sv, const char *s);

/** Append `s` itself, which is owned from here on. */
void strvec_push_take(struct strvec *sv, char *s);

/** Append the parts of `s` between bytes of `sep`; empty parts left out. */
void strvec_split(struct strvec *sv, const char *s, const char *sep);

/** Join all with `sep` between; the caller frees the result. */
char *strvec_join(const struct strvec *sv, const char *sep);

void strvec_release(struct strvec *sv);

#endif /* RSH_BASE_STRBUF_H */
