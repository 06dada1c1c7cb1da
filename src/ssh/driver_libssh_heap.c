/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The libssh driver: where its blocks of memory lie.
 *
 * libssh copies what a packet brings for a channel into a string made for it,
 * and from there behind what the channel still holds.  All three blocks are
 * made one after the other, each of a power of two and a few bytes, so that by
 * their place in a page they lie 16 bytes apart.  Where the target of a copy
 * lies 1 to 31 bytes after the source in that way, "rep movsb" of CPUs by AMD
 * moves a byte a cycle, and a C library that takes it for all from 4 KiB on
 * (glibc 2.36 does) needs 18 times as long as elsewhere: a third of all the
 * work of a stream.
 *
 * So the string is sent elsewhere: what libssh has just freed is asked for,
 * cut to a few bytes and kept.  Where malloc(3) does otherwise this is of no
 * use, and does no harm.
 */
#include "ssh/driver_libssh_heap.h"

#include <stdlib.h>

#include "base/alloc.h"

#include "base/banned.h"

#define PACKET_BYTES ((size_t)16 << 10) /* less is no matter */
#define PAGE	     4096

/* Up to here it is not as fast as elsewhere. */
#define SLOW_MOST 63

/* A string of libssh: its length, the bytes, and room for alignment. */
#define STRING_HEAD  4
#define STRING_EXTRA 8

#define SPACER_BYTES 80 /* more than SLOW_MOST, with the head of a block */

bool heap_copies_slowly(uintptr_t to, uintptr_t from)
{
	uintptr_t apart = (to - from) % PAGE;

	return apart > 0 && apart <= SLOW_MOST;
}

void heap_spread(struct heap_spacers *s, bool *moved, const void *data,
		 size_t n)
{
	unsigned char *string;

	if (s->n == HEAP_TRIES || n < PACKET_BYTES)
		return;
	string = xmalloc(n + STRING_EXTRA);
	if (!*moved || heap_copies_slowly((uintptr_t)data,
					  (uintptr_t)(string + STRING_HEAD))) {
		s->v[s->n++] = xreallocarray(string, SPACER_BYTES, 1);
		*moved = true;
		return;
	}
	free(string);
	s->n = HEAP_TRIES;
}

void heap_spacers_free(struct heap_spacers *s)
{
	for (size_t i = 0; i < HEAP_TRIES; i++)
		free(s->v[i]);
	*s = (struct heap_spacers){ 0 };
}
