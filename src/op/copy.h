/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OP_COPY_H
#define RSH_OP_COPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/copied.h"
#include "model/copy.h"
#include "model/observer.h"
#include "op/landing.h"
#include "op/xfer.h"

struct copy_walk;
struct op;
struct place;

/** Folders inside each other. */
#define COPY_DEPTH 64

/** Files that are under way at once, and of these such of several slices. */
#define COPY_FILES 192
#define COPY_BIG   4

/**
 * Where an archive has put things, for SFTP to remove what is too much there:
 * of a put what the destination was, of a get the folders that were named, as
 * they are called there and here.
 */
struct copy_placed {
	bool all; /* it was tried */
	enum landing landing;
	struct strvec there, here;
};

/**
 * What one host copies, of either direction.  A file that fails does not stop
 * the others; the first failure is what is told of the host at the end.
 */
struct copy {
	struct xfer x;
	const struct copy_spec *spec;
	size_t rank;
	const char *host; /* as the user named it; borrowed */
	struct copy_walk *walk;
	/* A line for the host's output. */
	void (*tell)(struct copy *c, enum stream s, const char *text);
	/* Let it be pumped again though no answer may come. */
	void (*wake)(struct copy *c);

	struct err err; /* the first failure */
	size_t nfailed;
	size_t nverified;
	size_t nlisted;			  /* names that sweeps keep */
	struct copied *copied;		  /* the result's; borrowed */
	const struct stripe_lanes *lanes; /* or NULL; borrowed */
	struct copy_placed *placed;	  /* by an archive; or NULL; borrowed */
};

/** A way to find out what is copied next. */
struct copy_walk_ops {
	/* Begin; the conversation is ready. */
	struct copy_walk *(*new)(struct copy *c);
	/* Ask for more, as far as there is room.  False when all is over. */
	bool (*pump)(struct copy_walk *w);
	void (*free)(struct copy_walk *w);
};

extern const struct copy_walk_ops copy_put;
extern const struct copy_walk_ops copy_get;

/** Give a line to the host's output. */
void copy_tell_line(struct op *op, enum stream s, const char *text);

/** Note a failure: ERR_COPY or ERR_LOCAL. */
void copy_fail(struct copy *c, const struct err *err);

/** The same from a path, not checked, and a reason; "cannot copy '%s': %s". */
void copy_fail_path(struct copy *c, const char *path, const char *reason);

/** When all was tried that could be read here: what could not is a failure. */
void copy_fail_unread(struct copy *c);

/** What is told at the end of a copy that failed: the first, and how many. */
void copy_failure(const struct copy *c, struct err *err);

/** ERR_TIMEOUT: a host took longer than it may. */
void copy_too_late(uint64_t limit_ms, struct err *err);

/** A time as touch(1) takes it behind -t, in UTC; "" for one it has no digits
 *  for. */
#define COPY_STAMP_SIZE 32
void copy_stamp(char out[COPY_STAMP_SIZE], int64_t when);

/** The same with the reason that the server gives. */
void copy_fail_reply(struct copy *c, const char *path,
		     const struct sftp_reply *reply);

/** Tell of something of theirs that is no failure, and not copied. */
void copy_tell_left_out(struct copy *c, const char *path, const char *why);

/** Tell of a dry run what would be removed. */
void copy_tell_deleted(struct copy *c, const char *path);

/** `dir` and `name` with a slash between where one is needed; a new string. */
char *copy_join(const char *dir, const char *name);

/** OP_GET: the folder all of the host goes into; a new string.  And that
 * folder, made if it is missing and `make` is set; NULL with `err` set. */
char *copy_path_here(const struct copy *c);
struct place *copy_open_here(const struct copy *c, bool make, struct err *err);

/**
 * The name that the source `path` gets here; "" for what has none, as "/" and
 * "x/..", but with what stands behind each name.  A new string.
 */
char *copy_name_here(const struct copy *c, const char *path);

/** What begins a pattern in a source. */
#define COPY_PATTERN "*?["

/** OP_GET: whether things that are found for its sources may have the name of
 *  another here. */
bool copy_mixes(const struct copy *c);

/** Whether `name` is "." or "..", which folders list, too. */
bool copy_is_dots(const struct sftp_bytes *name);

/** A failure: the server says `name` is in `dir`, and place_takes() it not. */
void copy_refuse_name(struct copy *c, const char *dir,
		      const struct sftp_bytes *name);

#endif /* RSH_OP_COPY_H */
