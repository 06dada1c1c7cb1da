/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many texts in one file.
 *
 * A text is a list of extents in the file and a tail in memory.  When the
 * tails are too many, all are written out one after the other, gathered to
 * large writes: the file is only ever appended to.
 *
 * Notes: an extent is 16 bytes for each flush of each text, so memory grows
 * with (bytes / total_max) * texts.  File access is taken as not blocking, as
 * in io/spool.c.
 */
#include "io/spill.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "io/tempfile.h"

#include "base/banned.h"

/* Gathered before it is written. */
#define STAGE ((size_t)256 << 10)

/* A tail starts with this and doubles. */
#define TAIL_MIN ((size_t)64)

struct spill_extent {
	uint64_t start; /* in the text */
	uint64_t at;	/* in the file */
};

struct spill {
	size_t text_max, total_max;
	size_t total;	   /* allocated for tails */
	struct list tails; /* texts that have one */
	char *stage;	   /* what stands at the end of the file */
	size_t staged;
	uint64_t written; /* file size, without the stage */
	int fd;
	bool failed;
};

struct spill *spill_new(size_t text_max, size_t total_max)
{
	struct spill *sp = xcalloc(1, sizeof(*sp));

	assert(text_max && total_max);
	sp->text_max = text_max;
	sp->total_max = total_max;
	sp->fd = -1;
	list_init(&sp->tails);
	return sp;
}

void spill_free(struct spill *sp)
{
	if (!sp)
		return;
	if (sp->fd >= 0)
		close(sp->fd);
	free(sp->stage);
	free(sp);
}

size_t spill_memory(const struct spill *sp)
{
	return sp->total;
}

static int write_file(struct spill *sp, const char *p, size_t n,
		      struct err *err)
{
	if (sp->fd < 0)
		sp->fd = tempfile_open(err);
	if (sp->fd < 0)
		return -1;
	while (n) {
		ssize_t done = pwrite(sp->fd, p, n, (off_t)sp->written);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return err_set_errno(
				err, ERR_LOCAL,
				_("cannot write a temporary file"));
		sp->written += (uint64_t)done;
		p += done;
		n -= (size_t)done;
	}
	return 0;
}

static int flush_stage(struct spill *sp, struct err *err)
{
	if (!sp->staged)
		return 0;
	if (write_file(sp, sp->stage, sp->staged, err)) {
		sp->failed = true;
		return -1;
	}
	sp->staged = 0;
	return 0;
}

/* Put bytes at the end of the file. */
static int append(struct spill *sp, const char *p, size_t n, struct err *err)
{
	if (sp->failed)
		return err_set(err, ERR_LOCAL,
			       _("a temporary file could not be written"));
	if (sp->staged + n > STAGE && flush_stage(sp, err))
		return -1;
	if (n <= STAGE / 2) {
		if (!sp->stage)
			sp->stage = xmalloc(STAGE);
		memcpy(sp->stage + sp->staged, p, n);
		sp->staged += n;
		return 0;
	}
	if (flush_stage(sp, err))
		return -1;
	if (write_file(sp, p, n, err)) {
		sp->failed = true;
		return -1;
	}
	return 0;
}

static void drop_tail(struct spill *sp, struct spill_text *t)
{
	if (!t->tail)
		return;
	list_remove(&t->node);
	sp->total -= t->cap;
	free(t->tail);
	t->tail = NULL;
	t->len = t->cap = 0;
}

/* Whether what is put at `at` goes on where the last extent ends. */
static bool continues(const struct spill_text *t, uint64_t at)
{
	const struct spill_extent *last;

	if (!t->nextents)
		return false;
	last = &t->extents[t->nextents - 1];
	return last->at + (t->filed - last->start) == at;
}

/* Move a tail to the file. */
static int flush_tail(struct spill *sp, struct spill_text *t, struct err *err)
{
	uint64_t at = sp->written + sp->staged;

	if (append(sp, t->tail, t->len, err))
		return -1;
	if (!continues(t, at)) {
		t->extents = grow_array(t->extents, &t->extents_cap,
					t->nextents, sizeof(*t->extents));
		t->extents[t->nextents++] =
			(struct spill_extent){ .start = t->filed, .at = at };
	}
	t->filed += t->len;
	drop_tail(sp, t);
	return 0;
}

static int flush_all(struct spill *sp, struct err *err)
{
	list_for_each_safe (node, after, &sp->tails) {
		struct spill_text *t =
			container_of(node, struct spill_text, node);

		if (flush_tail(sp, t, err))
			return -1;
	}
	return 0;
}

/* Room for `need` bytes in the tail. */
static void grow(struct spill *sp, struct spill_text *t, size_t need)
{
	size_t cap = t->cap ? t->cap : TAIL_MIN;

	if (need <= t->cap)
		return;
	while (cap < need)
		cap *= 2;
	if (!t->tail)
		list_append(&sp->tails, &t->node);
	t->tail = xreallocarray(t->tail, cap, 1);
	sp->total += cap - t->cap;
	t->cap = cap;
}

int spill_add(struct spill *sp, struct spill_text *t, const void *p, size_t n,
	      struct err *err)
{
	const char *from = p;

	while (n) {
		size_t part = sp->text_max - t->len;

		if (part > n)
			part = n;
		grow(sp, t, t->len + part);
		memcpy(t->tail + t->len, from, part);
		t->len += part;
		from += part;
		n -= part;
		if (t->len == sp->text_max && flush_tail(sp, t, err))
			return -1;
		if (sp->total > sp->total_max && flush_all(sp, err))
			return -1;
	}
	return 0;
}

/* The extent that holds `offset`. */
static size_t find_extent(const struct spill_text *t, uint64_t offset)
{
	size_t low = 0, high = t->nextents;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (t->extents[middle].start <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static int read_file(const struct spill *sp, uint64_t at, char *p, size_t n,
		     struct err *err)
{
	while (n) {
		ssize_t done = pread(sp->fd, p, n, (off_t)at);

		if (done < 0 && errno == EINTR)
			continue;
		if (done == 0)
			errno = EIO; /* somebody cut our file */
		if (done <= 0)
			return err_set_errno(err, ERR_LOCAL,
					     _("cannot read a temporary file"));
		at += (uint64_t)done;
		p += done;
		n -= (size_t)done;
	}
	return 0;
}

int spill_read(struct spill *sp, const struct spill_text *t, uint64_t offset,
	       void *p, size_t n, struct err *err)
{
	char *to = p;

	assert(offset + n <= spill_length(t));
	if (offset < t->filed && flush_stage(sp, err))
		return -1;
	while (n && offset < t->filed) {
		size_t i = find_extent(t, offset);
		const struct spill_extent *e = &t->extents[i];
		uint64_t end = i + 1 < t->nextents ? e[1].start : t->filed;
		size_t part = n < end - offset ? n : (size_t)(end - offset);

		if (read_file(sp, e->at + (offset - e->start), to, part, err))
			return -1;
		to += part;
		offset += part;
		n -= part;
	}
	if (n)
		memcpy(to, t->tail + (offset - t->filed), n);
	return 0;
}

void spill_release(struct spill *sp, struct spill_text *t)
{
	drop_tail(sp, t);
	free(t->extents);
	*t = (struct spill_text){ 0 };
}
