/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_SSHINDEX_H
#define RSH_CONF_SSHINDEX_H

#include <stddef.h>

struct sshblocks;

/**
 * Which blocks of a configuration are worth trying for a host.  A block stays
 * out only when the literal parts of its patterns show that it cannot count;
 * whoever asks still tries those that are named.
 */
struct sshindex;

/** The texts that patterns are compared with. */
enum sshindex_text {
	SSHINDEX_LINE,	   /* by Host lines; the same in all of a reading */
	SSHINDEX_HOST,	   /* by Match host: after HostName */
	SSHINDEX_ORIGINAL, /* by Match originalhost */
	SSHINDEX_USER,
	SSHINDEX_TAG,
};
#define SSHINDEX_NTEXTS 5

/** `blocks` is borrowed.  Linear in the bytes of all patterns. */
struct sshindex *sshindex_new(const struct sshblocks *blocks);
void sshindex_free(struct sshindex *ix);

/** Begin a reading: no text is known. */
void sshindex_start(struct sshindex *ix);

/**
 * Tell a text of this reading, or that it is another one from here on.  Costs
 * a few look-ups for each length of the literal parts in use.
 */
void sshindex_tell(struct sshindex *ix, enum sshindex_text which,
		   const char *text);

/**
 * The next block to try, in the order of the files; SSHBLOCK_NONE after the
 * last.  A text told on the way counts for the blocks that follow.
 */
size_t sshindex_next(struct sshindex *ix);

#endif /* RSH_CONF_SSHINDEX_H */
