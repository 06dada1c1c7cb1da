/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_BASE_BUFQ_H
#define RSH_BASE_BUFQ_H

#include <stdbool.h>
#include <stddef.h>

/** Payload of one chunk, in bytes. */
#define BUFQ_CHUNK ((size_t)16 << 10)

/**
 * Chunks waiting to be used again.  One pool serves all queues of a loop, so
 * that an idle queue holds no memory.  Keeps at most `max_free` chunks.
 */
struct bufpool {
	struct bufchunk *free;
	size_t nfree;
	size_t max_free;
};

void bufpool_init(struct bufpool *pool, size_t max_free);

/** Free the spare chunks.  All queues of the pool must be released before. */
void bufpool_release(struct bufpool *pool);

/**
 * A FIFO of bytes.  `high` is where a writer should stop (bufq_full()) and
 * `low` where it may go on (bufq_low()); a write itself never refuses, so a
 * whole message can be finished.  An empty queue owns no chunk.
 */
struct bufq {
	struct bufpool *pool;
	struct bufchunk *head, *tail;
	size_t len; /* bytes held */
	size_t high, low;
};

void bufq_init(struct bufq *q, struct bufpool *pool, size_t low, size_t high);
void bufq_release(struct bufq *q);

/** Append.  O(n). */
void bufq_write(struct bufq *q, const void *p, size_t n);

/** The first contiguous bytes; `*n` is 0 when the queue is empty.  O(1). */
const void *bufq_peek(const struct bufq *q, size_t *n);

/** Drop the first `n` bytes, at most bufq_len(). */
void bufq_consume(struct bufq *q, size_t n);

static inline size_t bufq_len(const struct bufq *q)
{
	return q->len;
}

static inline bool bufq_full(const struct bufq *q)
{
	return q->len >= q->high;
}

static inline bool bufq_low(const struct bufq *q)
{
	return q->len <= q->low;
}

#endif /* RSH_BASE_BUFQ_H */
