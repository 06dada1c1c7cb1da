/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_IO_MANIFEST_H
#define RSH_IO_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "base/strsort.h"
#include "io/blocks.h"

/** Folders inside each other; more is taken for a circle. */
#define MANIFEST_DEPTH 128

enum manifest_kind {
	MANIFEST_FILE,
	MANIFEST_FOLDER,
	MANIFEST_LINK,
};

/** Of what cannot be read so many are told by name. */
#define MANIFEST_UNREAD ((size_t)100)

/** One thing to send. */
struct manifest_entry {
	enum manifest_kind kind;
	char *path;	    /* from here; owned */
	size_t below;	    /* the length of the source's own path */
	unsigned int depth; /* folders of the source it is in */
	size_t source;	    /* which of the sources it belongs to */
	char *link;	    /* MANIFEST_LINK: what it says; owned */
	mode_t mode;
	int64_t atime, mtime;	 /* seconds */
	struct blocks_file file; /* MANIFEST_FILE */
};

struct manifest_rules {
	bool recursive;	 /* folders may be named */
	bool keep_links; /* links are sent as links, not what they lead to */
	/* What skip_takes() is left out of a tree; NULL: nothing; borrowed. */
	const struct strvec *skip;
	/* What is left out, or cannot be read, is told; may be NULL. */
	void (*tell)(void *arg, const char *text);
	void *arg;
};

/** What is sent: each source and, below it, folders before what they hold. */
struct manifest {
	struct manifest_entry *v;
	size_t n, cap;
	char **names; /* by source: what it is called at the other end */
	size_t nsources;
	uint64_t bytes;		/* of all files */
	struct strvec left_out; /* paths that are here and not sent, but for
				   what `skip` takes */
	/* What is below a source and cannot be read: how many, and messages
	   about the first of them. */
	size_t nunread;
	struct strvec unread;
	size_t *folders; /* those above first, by manifest_order() */
	size_t nfolders;
	char **sorted; /* all paths, by manifest_index() */
	size_t nsorted;
	struct strsort sorting;
};

/**
 * Add what is at `path`, and all below it, in steps.  What is neither file,
 * folder nor link is left out.  What cannot be read is noted, and so not sent,
 * and the rest is.
 */
struct manifest_walk;

/** `m`, `path` and what the rules borrow stay until it is freed. */
struct manifest_walk *manifest_walk_new(struct manifest *m, const char *path,
					const struct manifest_rules *rules);

/**
 * One step more, of at most so many names read in a folder or looked at, which
 * are taken off `budget`; sorting them counts as less.  1: call again, 0: all
 * is there, -1 with ERR_USAGE when `path` itself cannot be read, or is not to
 * be sent: nothing should be begun then.
 */
int manifest_walk_step(struct manifest_walk *w, size_t *budget,
		       struct err *err);

/** At any time; NULL is fine. */
void manifest_walk_free(struct manifest_walk *w);

/** All steps at once: for before a run, not for on the loop. */
int manifest_add(struct manifest *m, const char *path,
		 const struct manifest_rules *rules, struct err *err);

/**
 * -1 with ERR_USAGE when two sources have one name, and so one place there; or
 * files of theirs, where a source has no name.  O(n log n) of the latter.
 */
int manifest_check_names(const struct manifest *m, struct err *err);

/**
 * When all was added: set `folders`, entries that are such, by their depth and
 * then as they were added.  O(n).
 */
void manifest_order(struct manifest *m);

/**
 * Whether `name` is in the folder `e` here: sent, or left out, but not by
 * `skip`.  manifest_index() comes first, when all was added, or steps of it as
 * above, until one is true.  O(log n).
 */
void manifest_index(struct manifest *m);
bool manifest_index_step(struct manifest *m, size_t *budget);
bool manifest_knows(const struct manifest *m, const struct manifest_entry *e,
		    const char *name);

/** The name below the source, "" for the source itself; borrowed. */
const char *manifest_name(const struct manifest_entry *e);

void manifest_release(struct manifest *m);

#endif /* RSH_IO_MANIFEST_H */
