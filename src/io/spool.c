/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A byte log: the newest bytes in a ring in memory, the older in a file.
 *
 * A byte stands in the file at its own offset in the log, so no map is
 * needed: what was trimmed is a hole at the front of a sparse file.
 *
 * Notes: file access goes through the page cache of a local file system and
 * is taken as not blocking; TMPDIR on a dead network mount would block.
 */
#include "io/spool.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "io/tempfile.h"

#include "base/banned.h"

/* Moved to the file at a time, and written at a time. */
#define PIECE ((size_t)64 << 10)

/* A ring starts with this and doubles. */
#define RING_MIN ((size_t)4 << 10)

/* Given back to the file system at a time. */
#define HOLE ((uint64_t)1 << 20)

/*
 * Offsets, in order: trim <= mem_start <= end.  [mem_start, end) is in the
 * ring, [trim, mem_start) in the file.
 */
struct spool {
	unsigned char *ring;
	size_t cap; /* of the ring */
	size_t mem_max;
	uint64_t trim, mem_start, end;
	int fd;		  /* -1 while there is no file */
	uint64_t punched; /* the file holds nothing before this */
	uint64_t file_end;
};

struct spool *spool_new(size_t mem_max)
{
	struct spool *sp = xcalloc(1, sizeof(*sp));

	assert(mem_max);
	sp->mem_max = mem_max;
	sp->fd = -1;
	return sp;
}

uint64_t spool_begin(const struct spool *sp)
{
	return sp->trim;
}

uint64_t spool_end(const struct spool *sp)
{
	return sp->end;
}

size_t spool_memory(const struct spool *sp)
{
	return (size_t)(sp->end - sp->mem_start);
}

/* The bytes of a ring from `offset` on that lie side by side. */
static unsigned char *ring_at(unsigned char *ring, size_t cap, uint64_t offset,
			      size_t *n)
{
	size_t i;

	assert(cap);
	i = (size_t)(offset % cap);
	if (*n > cap - i)
		*n = cap - i;
	return ring + i;
}

static void ring_put(unsigned char *ring, size_t cap, uint64_t offset,
		     const void *p, size_t n)
{
	const unsigned char *from = p;

	while (n) {
		size_t part = n;
		unsigned char *to = ring_at(ring, cap, offset, &part);

		memcpy(to, from, part);
		from += part;
		offset += part;
		n -= part;
	}
}

/* The bytes from `from` to `to` in the ring may be a password's. */
static void wipe(struct spool *sp, uint64_t from, uint64_t to)
{
	while (from < to) {
		size_t n = (size_t)(to - from);
		unsigned char *p = ring_at(sp->ring, sp->cap, from, &n);

		secret_wipe(p, n);
		from += n;
	}
}

/* The oldest up to `to` are not kept in memory any more. */
static void forget(struct spool *sp, uint64_t to)
{
	wipe(sp, sp->mem_start, to < sp->end ? to : sp->end);
	sp->mem_start = to;
}

void spool_free(struct spool *sp)
{
	if (!sp)
		return;
	if (sp->fd >= 0)
		close(sp->fd);
	forget(sp, sp->end);
	free(sp->ring);
	free(sp);
}

/* Make the ring hold `need` bytes, which is not more than mem_max. */
static void grow(struct spool *sp, size_t need)
{
	size_t cap = sp->cap ? sp->cap : RING_MIN;
	unsigned char *ring;
	uint64_t at = sp->mem_start;

	if (need <= sp->cap)
		return;
	while (cap < need)
		cap *= 2;
	if (cap > sp->mem_max)
		cap = sp->mem_max;
	ring = xmalloc(cap);
	while (at < sp->end) {
		size_t n = (size_t)(sp->end - at);
		const void *p = ring_at(sp->ring, sp->cap, at, &n);

		ring_put(ring, cap, at, p, n);
		at += n;
	}
	wipe(sp, sp->mem_start, sp->end);
	free(sp->ring);
	sp->ring = ring;
	sp->cap = cap;
}

/* Move the oldest `n` bytes in memory to the file. */
static int spill(struct spool *sp, size_t n, struct err *err)
{
	if (sp->fd < 0)
		sp->fd = tempfile_open(err);
	if (sp->fd < 0)
		return -1;
	while (n) {
		size_t part = n;
		const void *p =
			ring_at(sp->ring, sp->cap, sp->mem_start, &part);
		ssize_t done = pwrite(sp->fd, p, part, (off_t)sp->mem_start);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return err_set_errno(
				err, ERR_LOCAL,
				_("cannot write a temporary file"));
		forget(sp, sp->mem_start + (uint64_t)done);
		sp->file_end = sp->mem_start;
		n -= (size_t)done;
	}
	return 0;
}

/* Append at most PIECE and mem_max bytes. */
static int append(struct spool *sp, const void *p, size_t n, struct err *err)
{
	size_t held = spool_memory(sp);

	if (held + n > sp->mem_max) {
		/* More than must be, so that small writes are gathered. */
		size_t old = held < PIECE ? held : PIECE;

		if (old < held + n - sp->mem_max)
			old = held + n - sp->mem_max;
		if (spill(sp, old, err))
			return -1;
		held = spool_memory(sp);
	}
	grow(sp, held + n);
	ring_put(sp->ring, sp->cap, sp->end, p, n);
	sp->end += n;
	return 0;
}

int spool_write(struct spool *sp, const void *p, size_t n, struct err *err)
{
	const unsigned char *from = p;
	size_t piece = sp->mem_max < PIECE ? sp->mem_max : PIECE;
	uint64_t before = sp->end;

	while (n) {
		size_t part = n < piece ? n : piece;

		if (append(sp, from, part, err)) {
			/* All or nothing. */
			wipe(sp,
			     before > sp->mem_start ? before : sp->mem_start,
			     sp->end);
			sp->end = before;
			if (sp->mem_start > before)
				sp->mem_start = before;
			return -1;
		}
		from += part;
		n -= part;
	}
	return 0;
}

void spool_keep_in_memory(struct spool *sp)
{
	sp->mem_max = SIZE_MAX / 2;
}

ssize_t spool_read(struct spool *sp, uint64_t offset, void *p, size_t n,
		   struct err *err)
{
	const unsigned char *from;
	ssize_t done;

	assert(offset >= sp->trim);
	if (offset >= sp->end)
		return 0;
	if (offset >= sp->mem_start) {
		if (n > sp->end - offset)
			n = (size_t)(sp->end - offset);
		from = ring_at(sp->ring, sp->cap, offset, &n);
		memcpy(p, from, n);
		return (ssize_t)n;
	}
	if (n > sp->mem_start - offset)
		n = (size_t)(sp->mem_start - offset);
	do {
		done = pread(sp->fd, p, n, (off_t)offset);
	} while (done < 0 && errno == EINTR);
	if (done > 0)
		return done;
	if (done == 0)
		errno = EIO; /* somebody cut our file */
	return err_set_errno(err, ERR_LOCAL, _("cannot read a temporary file"));
}

#ifdef HAVE_FALLOCATE
static void punch(int fd, uint64_t from, uint64_t to)
{
	(void)fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			(off_t)from, (off_t)(to - from));
}
#else
static void punch(int fd, uint64_t from, uint64_t to)
{
	(void)fd;
	(void)from;
	(void)to;
}
#endif

/* Give back the part of the file that nobody reads any more. */
static void trim_file(struct spool *sp)
{
	int rc = 0;

	if (sp->trim < sp->file_end) {
		if (sp->trim - sp->punched < HOLE)
			return;
		punch(sp->fd, sp->punched, sp->trim);
	} else if (sp->punched < sp->file_end) {
		rc = ftruncate(sp->fd, 0);
	}
	(void)rc; /* the space comes back at the end */
	sp->punched = sp->trim;
}

void spool_trim(struct spool *sp, uint64_t offset)
{
	assert(offset <= sp->end);
	if (offset <= sp->trim)
		return;
	sp->trim = offset;
	if (sp->mem_start < offset)
		forget(sp, offset);
	if (sp->fd >= 0)
		trim_file(sp);
	if (sp->mem_start == sp->end) {
		free(sp->ring);
		sp->ring = NULL;
		sp->cap = 0;
	}
}
