/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OP_UNPACK_INTERNAL_H
#define RSH_OP_UNPACK_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "op/namesakes.h"
#include "op/place.h"
#include "op/unpack.h"
#include "wire/tar_read.h"

/*
 * What unpacking is made of, for the files that make it up.
 */

/* What an archive is of. */
enum unpack_kind {
	NO_ARCHIVE,
	OF_FILES, /* each a source's */
	OF_TREE,
	OF_LINKED, /* files of it that are links there */
	OF_HARD,   /* files of it that have several names */
	OF_LINKS_TO_FOLDERS,
	OF_LINKS_TO_OTHERS,
	OF_LINKS_TO_NOTHING,
};

enum unpack_state {
	RECORD,
	PEEK,
	ARCHIVE,
	OVER,
};

/* A folder of a tree that is open. */
struct unpack_level {
	char *name;
	struct place *place;
};

/* What became of a source. */
struct unpack_seen {
	bool found;
	bool told; /* that something is wrong with it */
};

struct unpack {
	struct copy *c;
	const char *key;
	enum unpack_state state;
	struct strbuf record;
	struct tar_reader tar;
	enum unpack_kind kind;
	bool wants_end; /* of the archive before, as tar has it */
	bool unwell;	/* a tar said so */
	struct unpack_seen *seen;
	size_t of;   /* the source */
	char *front; /* of paths in an archive; or the tree's */
	struct place *root;
	bool mixes; /* what is found may have the name of another */
	struct namesakes names;

	/* The tree. */
	struct place *top; /* NULL: not made */
	bool no_top;	   /* nor will it be */
	struct unpack_level levels[COPY_DEPTH];
	size_t nlevels;
	struct strvec shut;    /* paths: nothing comes into these */
	struct namesakes hard; /* other names of files, that are to come */
	size_t nhard;
	uint64_t nlinks; /* that are to come as what they lead to */

	/* The entry whose bytes come. */
	struct place *place; /* borrowed, of the levels; NULL: passed over */
	char *path;	     /* there */
	char *name;	     /* in the place */
	struct place_attrs attrs;
	char temp[PLACE_TEMP_SIZE];
	int fd;
	uint64_t got;
	bool hole;
	time_t now;
};

static inline const struct copy_spec *unpack_spec(const struct unpack *u)
{
	return u->c->spec;
}

/** What came of an archive: an entry, and its bytes; and what shows that these
 *  were all, of the file if there is one.  -1: there is no folder for
 *  anything. */
int unpack_entry(struct unpack *u, struct err *err);
void unpack_bytes(struct unpack *u);
void unpack_end_file(struct unpack *u);

/** Whether that is what the user asked for, or found by it. */
bool unpack_asked_for(const struct unpack *u, const char *path);

/** All of a folder came: its folders get their modes and times, and what did
 *  not come is told. */
void unpack_end_tree(struct unpack *u);

/** Let go of all folders, and of a file that is not whole. */
void unpack_drop(struct unpack *u);

#endif /* RSH_OP_UNPACK_INTERNAL_H */
