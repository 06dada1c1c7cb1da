/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OP_UNPACK_H
#define RSH_OP_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "op/copy.h"

/**
 * What a host sends of our sources, to be put in its place here: archives, and
 * between them records that tell what each is of, as UNPACK_SCRIPT has it.
 *
 * Nothing of it is trusted.  What comes is of what was asked for, lands where
 * copy_get would put it, by the same rules, and has its name only when it is
 * whole.  What holds the names of folders is as long as they are deep; besides,
 * only names of hard links are kept, and those of sources, within a bound.
 */
struct unpack;

/** `key` is what each record begins with; both are borrowed. */
struct unpack *unpack_new(struct copy *c, const char *key);

/** A file that is not whole is taken back. */
void unpack_free(struct unpack *u);

/**
 * The next bytes, in pieces of any size.  What cannot be copied is a failure of
 * the copy; what makes no sense is -1 with ERR_PROTOCOL, or ERR_LOCAL where
 * there is no folder for all of it, and the last call.  Blocks as long as a
 * write to a local file does.
 */
int unpack_take(struct unpack *u, const char *p, size_t n, struct err *err);

/** Whether the host has told that this was all. */
bool unpack_is_over(const struct unpack *u);

/** After that: note what did not come; `said` is what the host's tar has said,
 *  if that did not do all it should. */
void unpack_end(struct unpack *u, const char *said);

/**
 * What a shell of the host is to do, with `y` set to the key, `l` to anything
 * if links are kept and `w` if folders are wanted, `q` to UNPACK_LINKS, and as
 * its words each source and what shellglob() makes of it, or "".
 *
 *   in I FRONT    an archive of files follows; each was found for source I, and
 *                 its path is FRONT with the name behind
 *   of I PATH     this is a folder, of which the next ones are
 *   tree          an archive of it follows
 *   file hard     one of files that were links in it
 *   dir other gone   one of links: these lead to a folder, nothing regular, or
 *                 nowhere
 *   end STATUS    that of tar, behind each archive
 *   folder odd shut lost I PATH   it was found, and is not sent
 *   none I        nothing was found
 *   done          that was all
 *
 * A record is the key, a blank, such a line and a NUL; archives are padded with
 * NULs as well.
 */
extern const char UNPACK_SCRIPT[];
extern const char UNPACK_LINKS[];

#endif /* RSH_OP_UNPACK_H */
