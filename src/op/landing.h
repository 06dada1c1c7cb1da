/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OP_LANDING_H
#define RSH_OP_LANDING_H

#include "model/copy.h"

/** What the destination of a put is, there. */
enum landing {
	LANDING_FOLDER,
	LANDING_FILE, /* or a link to one, or to nothing */
	LANDING_MISSING,
	LANDING_OTHER,
};

/**
 * The path of each source there, as scp has it: below a folder, under its own
 * name; else one source as what the destination says, if it is of that kind.
 * An array by source, to be freed with landing_free(); NULL: it does not fit.
 */
char **landing_paths(const struct copy_spec *spec, enum landing there);
void landing_free(const struct copy_spec *spec, char **paths);

#endif /* RSH_OP_LANDING_H */
