/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OP_COPY_PUT_INTERNAL_H
#define RSH_OP_COPY_PUT_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "io/manifest.h"
#include "op/copy.h"
#include "op/sweep_put.h"
#include "op/xfer_put.h"

/*
 * What the walk of copy_put is made of, for the files that make it up.
 */

/* Of a mode that goes there. */
#define COPY_PUT_KEPT  01777u
#define COPY_PUT_PLAIN 0777u

enum stage {
	STAGE_LANDING,
	STAGE_FOLDERS,
	STAGE_FILES,
	STAGE_SWEEP,
	STAGE_MODES,
	STAGE_OVER,
};

struct copy_walk {
	struct copy *c;
	enum stage stage;
	struct xfer_call landing;
	char **roots;	    /* by source: its path there */
	size_t next;	    /* entry, or folder: as the stage goes */
	unsigned int depth; /* of the folders that are made now */
	struct list steps;
	unsigned int nsteps, nbig;
	unsigned char *marks; /* by entry */
	bool spoilt;	      /* something failed before the sweep */
	bool sets_links;      /* the server sets what it does not follow */
	uint64_t temp_key;
	uint64_t temp_count;
};

/* Of an entry. */
enum mark {
	MARK_NONE,
	MARK_LEFT_OUT, /* its folder could not be made */
	MARK_NARROW, /* a folder that its owner may not write to, at the end */
};

/* An entry under way; it is over when it is freed. */
struct step {
	struct list node;
	struct copy_walk *w;
	size_t index;
	struct xfer_call call;
	char *path, *temp; /* a link's, or a folder's */
	bool big;
	bool is_file, is_sweep;
	struct xfer_put put;
	struct sweep_put sweep;
	bool is_there;		 /* a link's name is taken */
	struct sftp_attrs attrs; /* a folder gets in the end */
	struct err err;		 /* why it failed, while that is tidied up */
};

/** The entry of a step. */
const struct manifest_entry *copy_put_entry(const struct step *s);

/** A new step. */
struct step *copy_put_step(struct copy_walk *w, size_t index);
void copy_put_step_free(struct step *s);

/** Ask; a step whose name is too long is over, and false. */
bool copy_put_ask(struct step *s, const struct sftp_request *rq,
		  xfer_reply_fn *fn);

/** Where the entry goes; a new string. */
char *copy_put_path(const struct copy_walk *w, const struct manifest_entry *e);

/** A temporary name in the same folder, which is found again if `known`; a new
 *  string. */
char *copy_put_temp(struct copy_walk *w, const char *path, bool known);

/** The entry is there. */
void copy_put_copied(struct copy_walk *w, const struct manifest_entry *e);

/** Whether it is the destination itself, which may be a link. */
bool copy_put_is_dest(const struct step *s);

/** Begin with a link; with mode and times of a folder, as with -p; with its
 * mode alone, which was made wider than it should be. */
void copy_put_link(struct copy_walk *w, size_t index);
void copy_put_mode(struct copy_walk *w, size_t index);
void copy_put_narrow(struct copy_walk *w, size_t index);

#endif /* RSH_OP_COPY_PUT_INTERNAL_H */
