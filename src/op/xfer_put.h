/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OP_XFER_PUT_H
#define RSH_OP_XFER_PUT_H

#include "io/blocks.h"
#include "io/manifest.h"
#include "op/stripes.h"
#include "op/xfer.h"
#include "op/xfer_check.h"
#include "op/xfer_own.h"

struct xfer_put;

enum xfer_put_state {
	XFER_PUT_FINDING, /* a look at what is there and what was left */
	XFER_PUT_OPENING, /* a temporary name, and a look at the final one */
	XFER_PUT_OWNING,  /* resume: is it the user's file there? */
	XFER_PUT_PROVING, /* resume: is that the beginning of ours? */
	XFER_PUT_WRITING,
	XFER_PUT_VERIFYING,
	XFER_PUT_CLOSING,  /* mode and times, then the end of the handle */
	XFER_PUT_CLEARING, /* of a server that does not rename onto a file */
	XFER_PUT_RENAMING,
	XFER_PUT_REMOVING, /* it failed: the temporary file goes */
	XFER_PUT_DONE,
};

/**
 * One file to the server.  It is written under a temporary name in the folder
 * it is for, and gets its own when it is complete: at no time is there half a
 * file under that name.  What is there is replaced if it is a file or a link;
 * a file keeps its mode, and its owner where that can be.
 */
struct xfer_put {
	struct xfer *x;
	struct blocks *blocks;
	const struct manifest_entry *entry;
	bool keep;	 /* the mode and the times of ours */
	bool verify;	 /* read it again, before it gets its name */
	bool only_newer; /* than what is there */
	bool resume;	 /* `temp` may be there, from before */
	char *path, *temp;
	char *spare; /* resume: another temporary name, that none knows */
	const struct stripe_lanes *lanes; /* or NULL; borrowed */
	/* A line about the host; borrowed. */
	void (*tell)(struct xfer_put *p, const char *text);
	/* So many bytes more of it are none, and not sent; or NULL. */
	void (*hole)(struct xfer_put *p, uint64_t n);
	/* Told once, from inside an answer or pump(): NULL when it is there,
	   else ERR_COPY or ERR_LOCAL.  It may be freed. */
	void (*done)(struct xfer_put *p, const struct err *err);
	void *arg;

	enum xfer_put_state state;
	char handle[SFTP_HANDLE_MAX];
	size_t handle_len; /* 0: none */
	struct xfer_call open, find, look, set, own, size, close;
	bool looked, is_there;
	struct sftp_attrs there;
	uint64_t left; /* resume: bytes that are there already */
	bool is_left;  /* something has the temporary name */
	bool skipped;  /* what is there is as new */
	bool cleared;  /* what had the name is gone */
	bool blunt;    /* the server did not say why it failed */
	struct xfer_own whose;
	struct xfer_check check;
	uint64_t sent;	  /* asked to be written */
	uint64_t arrived; /* bytes that were */
	uint64_t holes;	  /* bytes that were not sent, being none */
	uint64_t extent;  /* of a file with holes: up to here there is none */
	bool sized;	  /* and that has its length, though a hole be last */
	struct stripes *stripes; /* or NULL */
	unsigned int busy;	 /* calls open */
	struct err err;
};

/** Begin, all members above `state` being set and the others zeroed. */
void xfer_put_start(struct xfer_put *p);

/** Go on as far as there is room. */
void xfer_put_pump(struct xfer_put *p);

/** Free what it holds, but for `p`: done, or the conversation is over. */
void xfer_put_release(struct xfer_put *p);

#endif /* RSH_OP_XFER_PUT_H */
