/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OP_COPY_GET_INTERNAL_H
#define RSH_OP_COPY_GET_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/list.h"
#include "op/copy.h"
#include "op/namesakes.h"
#include "op/place.h"
#include "op/sweep_get.h"
#include "op/xfer_get.h"

/*
 * What the walk of copy_get is made of, for the files that make it up.
 */

/* A path to be looked at; from `literal` on it may hold patterns. */
struct wanted {
	struct list node;
	char *path;
	size_t literal; /* bytes of it that are none */
	size_t of;	/* which of those the user named */
};

/* A folder of theirs being read. */
struct frame {
	struct frame *under; /* in the stack */
	struct copy_walk *w;
	char *path;
	struct place *place; /* for what is in it; or NULL: patterns only */
	char *pattern;	     /* what counts of it, or NULL: all */
	char *rest;	     /* of the path, behind it; or NULL */
	size_t of;	     /* pattern: of which source */
	char *here;	     /* of a dry run: the folder it would be */
	unsigned int depth;
	size_t below; /* of each path in it: the source's own */
	char handle[SFTP_HANDLE_MAX];
	size_t handle_len;
	struct xfer_call call;
	bool found; /* its own path matched a pattern */
	bool begun, eof, closed, failed;
	char *batch; /* names that came, and how far we are in them */
	struct sftp_reply names;
};

/* Something of theirs under way. */
struct item {
	struct list node;
	struct copy_walk *w;
	struct xfer_call call;
	char *path;	     /* there */
	char *name;	     /* here; "" for the place itself */
	struct place *place; /* counted */
	char *in;	     /* of a dry run: the folder here; or NULL: that
				of all */
	unsigned int depth;
	size_t below; /* of its path: the source's own, which it is in */
	bool top;     /* named, or found by a pattern */
	bool bare;    /* its folder did not say what it is: it is asked for */
	bool linked;  /* a link led to it */
	bool quiet;   /* nothing is said when it is not there */
	bool big, is_file;
	size_t of;
	struct xfer_get get;
};

/* What became of a source. */
struct seen {
	bool found;
	bool told; /* that something is wrong with it */
};

struct copy_walk {
	struct copy *c;
	struct list sources, items;
	struct frame *top; /* of the stack; or NULL */
	size_t nsources, nitems;
	unsigned int nbig, nbare;
	unsigned int nopen; /* folders */
	struct place *root; /* NULL: not yet */
	bool no_root;
	struct seen *seen; /* by source of the user's */
	bool mixes;	   /* what is found may have the name of another */
	bool merges;	   /* several sources land in one folder */
	bool literally;	   /* what matched nothing was tried as a name */
	struct namesakes names;
	/* Folders that were named, there and here, to be swept at the end. */
	struct strvec tops_there, tops_here;
	struct sweep_get *sweep; /* NULL: not yet, or it is over */
	bool found;		 /* all was tried: what is missing is told */
};

/** One more; it owns `path` and `name`.  `place` is counted, or NULL. */
struct item *copy_get_item_new(struct copy_walk *w, char *path, char *name,
			       struct place *place);
void copy_get_item_free(struct item *it);

/** Ask what it is, by STAT or LSTAT, and go on from there.  It may be gone. */
void copy_get_look(struct item *it, enum sftp_type type);

/** What it is is known: do it.  It may be gone. */
void copy_get_sort(struct item *it, const struct sftp_attrs *a);

/** A folder to be read next, `it` or where a pattern is looked for (NULL).  It
 *  owns `path` and `place`. */
struct frame *copy_get_push(struct copy_walk *w, char *path,
			    struct place *place, const struct item *it);

/** Of a dry run: its path here; a new string.  And tell of it. */
char *copy_get_here(const struct item *it);
void copy_get_would(struct item *it);

/** Whether a file of its name is here, and no older than theirs. */
bool copy_get_is_as_new(const struct item *it, const struct sftp_attrs *a);

#endif /* RSH_OP_COPY_GET_INTERNAL_H */
