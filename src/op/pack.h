/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OP_PACK_H
#define RSH_OP_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "op/copy.h"

/** The name of the script in an archive that puts all in its place. */
#define PACK_SCRIPT "place"

/**
 * A manifest as the bytes of an archive for one host, made as they are sent;
 * the files are read through the blocks that all hosts share.
 *
 * It is to be unpacked into a new folder of nobody else's.  What is in it are
 * folders with numbers for names, each with files of one folder there, and a
 * script for sh(1), which is told that folder and the one that paths begin in:
 * it makes the folders, moves each file to its own with rename(2), so that none
 * is there by half, and gives folders their modes and times.  What it refuses
 * is what copy_put refuses.
 */
struct pack;

/** `paths` by source, borrowed, as are the others; `umask` is that of the
 *  host. */
struct pack *pack_new(struct copy *c, char *const *paths, mode_t umask);
void pack_free(struct pack *p);

/**
 * The next bytes: at least one, good until the next call; NULL at the end, or
 * with `err` set to ERR_LOCAL when a file cannot be read on, after which the
 * archive must not be used.  A file that cannot be read at all is a failure of
 * the copy and left out.  A bounded read of a local file.
 */
const void *pack_bytes(struct pack *p, size_t *n, struct err *err);

/** So many of them were sent. */
void pack_sent(struct pack *p, size_t n);

/** The host has put all of it in its place: it counts as copied. */
void pack_placed(const struct pack *p);

#endif /* RSH_OP_PACK_H */
