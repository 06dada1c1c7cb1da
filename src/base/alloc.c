/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Allocation that aborts when memory is out, and memory for secrets.
 */
#include "base/alloc.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/banned.h"

/* Stands in front of each secret, at the start of its first page. */
struct secret {
	size_t mapped_bytes;
	_Alignas(max_align_t) unsigned char data[];
};

void die(const char *line)
{
	ssize_t n = write(STDERR_FILENO, line, strlen(line));

	(void)n;
	_exit(255);
}

/* No memory is left for a formatted message, so write a fixed one. */
__attribute__((noreturn)) static void out_of_memory(void)
{
	die("rsh: out of memory\n");
}

void *xmalloc(size_t size)
{
	void *p = malloc(size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *xcalloc(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *xreallocarray(void *old, size_t count, size_t size)
{
	void *p = reallocarray(old, count ? count : 1, size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

char *xstrdup(const char *s)
{
	return xmemdup(s, strlen(s));
}

char *xstrndup(const char *s, size_t n)
{
	return xmemdup(s, strnlen(s, n));
}

void *xmemdup(const void *p, size_t n)
{
	char *copy;

	if (n == SIZE_MAX)
		out_of_memory();
	copy = xmalloc(n + 1);
	if (n)
		memcpy(copy, p, n);
	copy[n] = '\0';
	return copy;
}

char *xvasprintf(const char *fmt, va_list ap)
{
	char *s;

	if (vasprintf(&s, fmt, ap) < 0)
		out_of_memory();
	return s;
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = xvasprintf(fmt, ap);
	va_end(ap);
	return s;
}

void *grow_array(void *array, size_t *cap, size_t used, size_t size)
{
	if (used < *cap)
		return array;
	if (*cap > SIZE_MAX / 2)
		out_of_memory();
	*cap = *cap ? *cap * 2 : 8;
	return xreallocarray(array, *cap, size);
}

void *secret_new(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t bytes;
	struct secret *s;

	if (size > SIZE_MAX - sizeof(*s) - page)
		out_of_memory();
	bytes = (sizeof(*s) + size + page - 1) / page * page;
	s = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (s == MAP_FAILED)
		out_of_memory();
	/* Best effort: RLIMIT_MEMLOCK may be small, old kernels lack some. */
	(void)mlock(s, bytes);
	(void)madvise(s, bytes, MADV_DONTDUMP);
	(void)madvise(s, bytes, MADV_WIPEONFORK);
	s->mapped_bytes = bytes;
	return s->data;
}

char *secret_dup(const void *p, size_t n)
{
	char *copy;

	if (n == SIZE_MAX)
		out_of_memory();
	copy = secret_new(n + 1);
	if (n)
		memcpy(copy, p, n);
	return copy;
}

void secret_free(void *secret)
{
	struct secret *s;
	size_t bytes;

	if (!secret)
		return;
	s = (struct secret *)(void *)((unsigned char *)secret -
				      offsetof(struct secret, data));
	bytes = s->mapped_bytes;
	secret_wipe(s, bytes);
	(void)munmap(s, bytes);
}

void secret_wipe(void *p, size_t n)
{
	explicit_bzero(p, n);
}
