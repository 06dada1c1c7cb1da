/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OP_SWEEP_GET_H
#define RSH_OP_SWEEP_GET_H

#include "op/copy.h"
#include "op/place.h"

struct sweep_get;

/**
 * Removes of folders of ours what the same folders of theirs have not, as
 * sweep_put does it there.  `there` are their paths, `here` the names of ours
 * in `root`, or "" for that itself; `root` is counted, or NULL: it is not
 * there.
 *
 * Each name here costs a question.  A folder is read in slices.
 */
struct sweep_get *sweep_get_new(struct copy *c, const struct strvec *there,
				const struct strvec *here, struct place *root);

/** Go on as far as there is room; false when all is over. */
bool sweep_get_pump(struct sweep_get *s);

/** Done, or the conversation is over. */
void sweep_get_free(struct sweep_get *s);

#endif /* RSH_OP_SWEEP_GET_H */
