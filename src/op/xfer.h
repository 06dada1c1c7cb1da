/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OP_XFER_H
#define RSH_OP_XFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "wire/sftp.h"

struct xfer_call;

/** Requests that may be open at once, of these those with data, and their
 *  bytes: 80 MB/s where a round trip takes 100 ms. */
#define XFER_CALLS  ((unsigned int)512)
#define XFER_BULK   ((unsigned int)192)
#define XFER_FLYING ((size_t)8 << 20)

/** Bytes of requests that may wait for the channel. */
#define XFER_OUT ((size_t)64 << 10)

/**
 * Bytes of a file in one request: what any server takes (draft, 3), and what
 * one is asked for that says it takes more.
 */
#define XFER_SLICE     ((size_t)32 << 10)
#define XFER_SLICE_MAX ((size_t)128 << 10)

/** The answer to a call, which is idle again and may be made anew. */
typedef void xfer_reply_fn(struct xfer_call *call, struct sftp_reply *reply);

/** A request that waits for its answer, in its owner.  Zeroed is idle. */
struct xfer_call {
	xfer_reply_fn *fn; /* NULL while idle */
};

/** A call about a part of a file; one of those the conversation has. */
struct xfer_bulk {
	struct xfer_call call;
	void *owner;
	uint64_t offset;
	size_t len;
};

/**
 * One conversation over SFTP: requests and who waits for them, any number at
 * once.  It knows bytes alone, no channel and no clock.
 *
 * What was called is answered once, unless the conversation ends before.  All
 * members are for reading.
 */
struct xfer {
	struct sftp_reader in;
	struct strbuf out;
	size_t out_at;	     /* of the first byte not sent */
	unsigned int ncalls; /* open */
	struct xfer_bulk bulk[XFER_BULK];
	unsigned int bulk_hint; /* one that may be idle */
	struct xfer_call *calls[XFER_CALLS];
	uint32_t ids[XFER_CALLS];   /* that each place had last */
	uint32_t sizes[XFER_CALLS]; /* bytes of files, of each place's call */
	size_t flying;		    /* of all that are open */
	size_t flying_most; /* for the owner to set, at most XFER_FLYING */
	unsigned int hint;  /* a place that may be free */
	struct xfer_call start;
	bool greeted;
	bool ready; /* calls may be made */
	unsigned int extensions;
	struct sftp_limits limits;
	size_t slice;	      /* bytes of a READ or WRITE */
	size_t packet;	      /* bytes of a request, its length besides */
	unsigned int handles; /* that may be open at once */
	/* Or NULL: whether more bytes of files may move, of which `moved` were
	   asked for since it last answered; it takes them away. */
	bool (*may)(struct xfer *x);
	uint64_t moved;
	uint64_t through; /* bytes of files that arrived there, or came */
	bool full;	  /* a file failed for want of room there */
};

void xfer_init(struct xfer *x);
void xfer_release(struct xfer *x);

/** Say hello: `ready` is set when the answer came. */
void xfer_start(struct xfer *x);

/** Whether the server has an extension. */
bool xfer_has(const struct xfer *x, enum sftp_type extension);

/** Whether more may be called without piling up. */
bool xfer_has_room(const struct xfer *x);

/** An idle bulk call, to be made at once; NULL when there is no room, or when
 *  no bytes may move now. */
struct xfer_bulk *xfer_bulk(struct xfer *x);

/**
 * Ask the server.  -1 when the request is longer than a packet may be there,
 * as one with names can be; then nothing was called.
 */
int xfer_call(struct xfer *x, struct xfer_call *call,
	      const struct sftp_request *rq, xfer_reply_fn *fn);

/** What is to be sent; then how much of it was. */
const void *xfer_output(const struct xfer *x, size_t *n);
void xfer_sent(struct xfer *x, size_t n);

/**
 * Bytes of the server; answers are given from inside.  -1 with ERR_PROTOCOL
 * for what no server should send: the conversation is over.
 */
int xfer_input(struct xfer *x, const void *p, size_t n, struct err *err);

/**
 * What a STATUS that is no success says, as the end of a message: the known
 * code's text, or the server's, made visible.  A new string.
 */
char *xfer_reason(const struct sftp_reply *reply);

/** Whether it says no more than that something failed: of a disk that is full,
 *  OpenSSH's server does not. */
bool xfer_is_blunt(const struct sftp_reply *reply);

/** A time as version 3 has it: none is before 1970, or after 2106. */
uint32_t xfer_seconds(int64_t t);

/** Whether `reply` is a STATUS that says OK. */
bool xfer_ok(const struct sftp_reply *reply);

#endif /* RSH_OP_XFER_H */
