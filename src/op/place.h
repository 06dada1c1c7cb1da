/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OP_PLACE_H
#define RSH_OP_PLACE_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

/** Bytes of a name that file systems take. */
#define PLACE_NAME_MAX ((size_t)255)

/**
 * A folder of ours that files come into.  Whatever a server says, nothing is
 * made outside of it: names are checked and opened below its descriptor, and
 * no link is followed.  Counted; all calls are short and local.
 */
struct place;

/** What the other end says of a file. */
struct place_attrs {
	mode_t mode;
	bool timed; /* it says these: */
	int64_t atime, mtime;
};

/** The folder at `path`, which the user named and which may be a link. */
struct place *place_open(const char *path, struct err *err);

/**
 * The folder `name` in `in`, made if it is missing.  With `keep` it gets mode
 * and times of `attrs` when the last one lets go of it.  ERR_COPY: there is
 * something else, or a link.
 */
struct place *place_enter(struct place *in, const char *name,
			  const struct place_attrs *attrs, bool keep,
			  struct err *err);

/** Let the folder get mode and times of `attrs` when the last one lets go. */
void place_keep(struct place *p, const struct place_attrs *attrs);

/**
 * Told from inside place_put() when mode or times of a folder, of all those
 * that come from one place_open(), could not be set; NULL: nobody is.
 */
typedef void place_fail_fn(void *arg, const struct err *err);
void place_on_fail(struct place *p, place_fail_fn *fn, void *arg);

struct place *place_get(struct place *p);
void place_put(struct place *p);

/** Its path, for messages; not checked. */
const char *place_path(const struct place *p);

/** The folder `name` in `in`, which is there already; its times are set again
 *  at the end if they are to stay.  NULL with ERR_COPY. */
struct place *place_below(struct place *in, const char *name, bool keep_times,
			  struct err *err);

/** The same for a folder that more is to come into: as place_enter() has left
 *  it, whose mode may forbid that; it gets that mode again at the end. */
struct place *place_reenter(struct place *in, const char *name, bool keep_times,
			    struct err *err);

/**
 * Down a path of names that place_takes(), "" for `in` itself, of which it
 * takes the count; NULL stays NULL.  With `make` what is missing is made.
 */
struct place *place_descend(struct place *in, const char *path, bool make,
			    struct err *err);

/** What is in it, to be read and closed; NULL with ERR_COPY. */
DIR *place_list(struct place *p, struct err *err);

/** Whether the folder `name` is in it, and no link. */
bool place_has_folder(const struct place *p, const char *name);

/** Remove a file, or a folder that has nothing in it; ERR_COPY. */
int place_remove(struct place *p, const char *name, bool folder,
		 struct err *err);

/**
 * Whether a name that a server gave is one that may be made: one component,
 * neither empty nor "." nor "..", without NUL and not too long.
 */
bool place_takes(const void *name, size_t n);

/** The temporary name that is found again: of `name`, in any run. */
#define PLACE_TEMP_SIZE ((size_t)48)
void place_known_temp(const char *name, char temp[PLACE_TEMP_SIZE]);

/**
 * What an earlier run has left of the file `name` under its known temporary
 * name, to be gone on with: a descriptor, and how long it is; or -1.  It is a
 * regular file of ours alone, which nobody else is writing to: it is locked
 * until it is closed, and by place_finish() until it has its name.  Anything
 * else of that name is removed if it can be.
 */
int place_again(struct place *p, const char *name, uint64_t *size);

/**
 * A new file under a temporary name, which goes to `temp`; a descriptor, or
 * -1.  `temp` that is not empty is the name to take, if it can be had: another
 * may stand in it then.  Its mode is that of `attrs` less the umask; that of
 * the file `name` which is there already, if one is; with `keep` the owner's
 * alone until place_finish().  `name` may be no folder.
 */
int place_create(struct place *p, const char *name,
		 const struct place_attrs *attrs, bool keep,
		 char temp[PLACE_TEMP_SIZE], struct err *err);

/**
 * Write at `offset` of a file that is new from there on: many zeros become a
 * hole, and `*hole` is set, for the last may be the end of the file, which
 * needs its length then.  0, or -1 with errno.
 */
int place_write(int fd, uint64_t offset, const void *bytes, size_t n,
		bool *hole);

/** The error for that, of the file `name`; -1. */
int place_cannot_write(const struct place *p, const char *name, int saved,
		       struct err *err);

/** Give a complete file its name, and with `keep` mode and times.  Closes. */
int place_finish(struct place *p, const char *temp, int fd, const char *name,
		 const struct place_attrs *attrs, bool keep, struct err *err);

/** Take a file back that is not complete.  Closes. */
void place_discard(struct place *p, const char *temp, int fd);

/** Whether the file `name` is there and was last changed at `mtime` or later.
 */
bool place_is_as_new(struct place *p, const char *name, int64_t mtime);

/** A link, in place of what file or link is there. */
int place_link(struct place *p, const char *name, const char *text,
	       struct err *err);

#endif /* RSH_OP_PLACE_H */
