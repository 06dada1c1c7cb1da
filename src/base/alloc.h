/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_BASE_ALLOC_H
#define RSH_BASE_ALLOC_H

#include <stdarg.h>
#include <stddef.h>

/**
 * Allocation that cannot fail: out of memory ends the program with one
 * sentence.  So sizes that come from outside are bounded before they get
 * here.  Everything is released with free(), but for secrets.
 *
 * A size of 0 gives a pointer that may be freed, never NULL.
 */
void *xmalloc(size_t size) __attribute__((malloc, returns_nonnull));
void *xcalloc(size_t count, size_t size)
	__attribute__((malloc, returns_nonnull));

/** Resize to `count` members of `size` bytes; aborts if that overflows. */
void *xreallocarray(void *old, size_t count, size_t size)
	__attribute__((returns_nonnull));

char *xstrdup(const char *s) __attribute__((malloc, returns_nonnull));

/** Copy at most `n` bytes of `s`; the copy always ends in NUL. */
char *xstrndup(const char *s, size_t n)
	__attribute__((malloc, returns_nonnull));

/** Copy `n` bytes and append a NUL that is not counted. */
void *xmemdup(const void *p, size_t n) __attribute__((malloc, returns_nonnull));

char *xasprintf(const char *fmt, ...)
	__attribute__((malloc, returns_nonnull, format(printf, 1, 2)));
char *xvasprintf(const char *fmt, va_list ap)
	__attribute__((malloc, returns_nonnull, format(printf, 1, 0)));

/**
 * End the program at once, with 255 and `line` on standard error: where going
 * on would be unsafe and nothing may be allocated any more.
 */
void die(const char *line) __attribute__((noreturn));

/**
 * Make room for one more member in a growing array of `*cap` members, `used`
 * of them taken.  Doubles, starting at 8.  Returns the array, moved or not.
 */
void *grow_array(void *array, size_t *cap, size_t used, size_t size)
	__attribute__((returns_nonnull));

/**
 * Memory for a password, passphrase or key: its own locked pages that are
 * kept out of core dumps and are empty in a forked child.  Each costs at least
 * one page.  Zeroed; the locking is best effort, the wiping is not.
 */
void *secret_new(size_t size) __attribute__((returns_nonnull));

/** A secret with a copy of the `n` bytes at `p` and a NUL after them. */
char *secret_dup(const void *p, size_t n) __attribute__((returns_nonnull));

/** Wipe and release what secret_new() or secret_dup() gave.  NULL is fine. */
void secret_free(void *secret);

/** Overwrite `n` bytes in a way no compiler removes. */
void secret_wipe(void *p, size_t n);

#endif /* RSH_BASE_ALLOC_H */
