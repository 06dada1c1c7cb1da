/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_IO_GLOBWALK_H
#define RSH_IO_GLOBWALK_H

#include <stddef.h>

#include "base/strbuf.h"

/**
 * What glob(3) finds, in steps: for on the loop, where a folder may have a
 * million names.  What it gives, and in which order, is what that gives with
 * GLOB_NOSORT and no other flag: a folder that cannot be read has no match.
 */
struct globwalk;

struct globwalk *globwalk_new(const char *pattern);

/**
 * Read so many names at most, which are taken off `budget`, and push the paths
 * that match.  1: call again, 0: these were all.
 */
int globwalk_step(struct globwalk *g, struct strvec *found, size_t *budget);

/** At any time; NULL is fine. */
void globwalk_free(struct globwalk *g);

#endif /* RSH_IO_GLOBWALK_H */
