/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Byte queues made of chunks, and the pool the chunks come from.
 */
#include "base/bufq.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/banned.h"

/* The bytes from `start` up to `end` are held. */
struct bufchunk {
	struct bufchunk *next;
	size_t start, end;
	unsigned char data[BUFQ_CHUNK];
};

static struct bufchunk *chunk_get(struct bufpool *pool)
{
	struct bufchunk *c = pool->free;

	if (c) {
		pool->free = c->next;
		pool->nfree--;
	} else {
		c = xmalloc(sizeof(*c));
	}
	c->next = NULL;
	c->start = c->end = 0;
	return c;
}

static void chunk_put(struct bufpool *pool, struct bufchunk *c)
{
	if (pool->nfree >= pool->max_free) {
		free(c);
		return;
	}
	c->next = pool->free;
	pool->free = c;
	pool->nfree++;
}

void bufpool_init(struct bufpool *pool, size_t max_free)
{
	*pool = (struct bufpool){ .max_free = max_free };
}

void bufpool_release(struct bufpool *pool)
{
	if (!pool)
		return;
	while (pool->free) {
		struct bufchunk *c = pool->free;

		pool->free = c->next;
		free(c);
	}
	pool->nfree = 0;
}

void bufq_init(struct bufq *q, struct bufpool *pool, size_t low, size_t high)
{
	assert(low <= high);
	*q = (struct bufq){ .pool = pool, .low = low, .high = high };
}

void bufq_release(struct bufq *q)
{
	if (q)
		bufq_consume(q, q->len);
}

static void add_chunk(struct bufq *q)
{
	struct bufchunk *c = chunk_get(q->pool);

	if (q->tail)
		q->tail->next = c;
	else
		q->head = c;
	q->tail = c;
}

void bufq_write(struct bufq *q, const void *p, size_t n)
{
	const unsigned char *from = p;

	while (n) {
		size_t room;

		if (!q->tail || q->tail->end == BUFQ_CHUNK)
			add_chunk(q);
		room = BUFQ_CHUNK - q->tail->end;
		if (room > n)
			room = n;
		memcpy(q->tail->data + q->tail->end, from, room);
		q->tail->end += room;
		q->len += room;
		from += room;
		n -= room;
	}
}

const void *bufq_peek(const struct bufq *q, size_t *n)
{
	if (!q->head) {
		*n = 0;
		return NULL;
	}
	*n = q->head->end - q->head->start;
	return q->head->data + q->head->start;
}

void bufq_consume(struct bufq *q, size_t n)
{
	assert(n <= q->len);
	q->len -= n;
	while (n) {
		struct bufchunk *c = q->head;
		size_t held;

		assert(c);
		held = c->end - c->start;
		if (n < held) {
			c->start += n;
			return;
		}
		n -= held;
		q->head = c->next;
		if (!q->head)
			q->tail = NULL;
		chunk_put(q->pool, c);
	}
}
