/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_IO_OUTQ_H
#define RSH_IO_OUTQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bufq.h"
#include "io/loop.h"

struct outq;
struct spool;

/** `q` drained to its low mark, or failed (see outq_errno()). */
typedef void outq_fn(struct outq *q);

/**
 * A writer to a descriptor that may be slow: stdout, a pipe, a terminal.
 *
 * The descriptor's own flags are left alone, because it may be shared with
 * other programs (a shell's terminal).  A pipe or a terminal is opened once
 * more, nonblocking, where the system allows that; elsewhere writes are made
 * only after the kernel said there is room, at most PIPE_BUF bytes at a time.
 * A regular file is simply written.
 *
 * After an error (EPIPE, ENOSPC) everything is thrown away and outq_errno()
 * says why; `drained` is called once for it.  SIGPIPE must be ignored.
 */
struct outq {
	struct bufq q;
	struct watch watch;
	struct turnhook hook; /* flush what a turn has gathered */
	struct defer kick;    /* makes sure that there is a turn */
	struct loop *loop;
	outq_fn *drained;
	int fd;	   /* written to: the caller's or our own opening of it */
	int error; /* errno of the failed write, 0 while well */
	enum outq_way {
		OUTQ_NONBLOCK, /* write(2) gives EAGAIN */
		OUTQ_SOCKET,   /* send(2) with MSG_DONTWAIT does */
		OUTQ_FILE,     /* never waits for anybody */
		OUTQ_ASK,      /* poll(2) before each write */
	} way;
	bool own_fd, was_full;
	bool holding;
	struct spool *held; /* what is written after `q`; NULL: nothing */
	uint64_t held_at;   /* how much of it has gone to `q` */
	uint64_t held_max;  /* with more a writer should stop; 0: never */
	int cramped;	    /* errno of its file, which takes no more; or 0 */
};

/** `drained` may be NULL. */
void outq_init(struct outq *o, struct loop *loop, struct bufpool *pool, int fd,
	       size_t high, outq_fn *drained);

/** Queue bytes; they leave at the end of this turn of the loop. */
void outq_write(struct outq *o, const void *p, size_t n);

/** Whether a writer should stop until `drained` is called. */
bool outq_full(const struct outq *o);

/**
 * Keep what is written, beyond a part of it in a file without a name, instead
 * of writing it: somebody else has the terminal.  Nobody is told to stop
 * meanwhile, and who was is told by `drained` to go on.  Then, with `hold`
 * false, it leaves in the order it came.
 *
 * Where that file takes no more, writers should stop as well, and what they
 * still write stays in memory.
 */
void outq_hold(struct outq *o, bool hold);

/** With `n` bytes held a writer should stop, too; 0, as at the beginning: it
 *  need not. */
void outq_hold_at_most(struct outq *o, uint64_t n);

/** Why writers should stop although it is held: errno of the file; or 0. */
static inline int outq_cramped(const struct outq *o)
{
	return o->holding ? o->cramped : 0;
}

static inline int outq_errno(const struct outq *o)
{
	return o->error;
}

/**
 * Write out what is left, waiting as long as it takes: for the end of the
 * program, when the loop no longer runs and signals end the program again.
 * `drained` is not called, and nothing may be held.  0, or -1 with the error
 * noted.
 */
int outq_flush(struct outq *o);

/** Call `drained` once more, when all is written; there must be something. */
void outq_tell_empty(struct outq *o);

/**
 * Throw away what is queued and has not left yet, and was held if it no longer
 * is: how many bytes.  Who waits for room is told when the reader takes some.
 */
size_t outq_forget(struct outq *o);

/** Forget what is left.  Does not close the descriptor.  Zeroed is fine. */
void outq_release(struct outq *o);

#endif /* RSH_IO_OUTQ_H */
