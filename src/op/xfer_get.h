/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OP_XFER_GET_H
#define RSH_OP_XFER_GET_H

#include "op/place.h"
#include "op/xfer.h"
#include "op/xfer_check.h"

struct xfer_get;

enum xfer_get_state {
	XFER_GET_OPENING,
	XFER_GET_PROVING, /* resume: is it the beginning of theirs? */
	XFER_GET_READING,
	XFER_GET_VERIFYING,
	XFER_GET_CLOSING,
	XFER_GET_DONE,
};

/**
 * One file from the server.  As many bytes as it was said to have are asked
 * for; where none were said, or 0, until its end.  It is written under a
 * temporary name and gets its own when it is complete.
 */
struct xfer_get {
	struct xfer *x;
	struct place *place; /* counted by the caller */
	char *name;	     /* in it */
	char *path;	     /* there */
	struct place_attrs attrs;
	uint64_t size;
	bool listed; /* a while ago: it may have another size by now */
	bool keep;   /* mode and times of theirs */
	bool verify; /* read it again, before it gets its name */
	bool resume; /* go on with what was left; leave what does not end */
	/* A line about the host; borrowed. */
	void (*tell)(struct xfer_get *g, const char *text);
	/* Told once, from inside an answer: NULL when it is here, else
	   ERR_COPY.  It may be freed. */
	void (*done)(struct xfer_get *g, const struct err *err);
	void *arg;

	enum xfer_get_state state;
	char handle[SFTP_HANDLE_MAX];
	size_t handle_len;
	struct xfer_call call, look;
	uint64_t said; /* its size, as told at first */
	char temp[PLACE_TEMP_SIZE];
	int fd;		     /* -1: none yet */
	uint64_t asked, got; /* bytes */
	bool skipped;	     /* zeros are a hole; the last may be */
	uint64_t came;	     /* of `got`: not what was here before */
	uint64_t end;	     /* of the file, as far as is known */
	uint64_t hole;	     /* the first byte that failed to come */
	unsigned int busy;   /* calls open */
	uint64_t left;	     /* resume: bytes that are here already */
	struct xfer_check check;
	char *ours; /* of the file here, for `check` */
	struct err err;
};

/** Begin, all members above `state` being set and the others zeroed. */
void xfer_get_start(struct xfer_get *g);

/** Go on as far as there is room. */
void xfer_get_pump(struct xfer_get *g);

/** Free what it holds, but for `g`; an unfinished file is taken back, or left
 *  to be resumed. */
void xfer_get_release(struct xfer_get *g);

#endif /* RSH_OP_XFER_GET_H */
