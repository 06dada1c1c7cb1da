/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_HOSTLIST_SLICE_H
#define RSH_CONF_HOSTLIST_SLICE_H

#include <stddef.h>

#include "base/err.h"

/**
 * Put those of `n` names in `out` (room for `n`) that stand at the places that
 * `text` says, as in "0-3,7" or "0-99/10", counted from 0, each once and in
 * their order; `*kept` of them.  Places past the end are left out.  -1 with
 * ERR_USAGE where the text makes no sense.
 */
int hostlist_slice(const char *text, const char *const *names, size_t n,
		   const char **out, size_t *kept, struct err *err);

#endif /* RSH_CONF_HOSTLIST_SLICE_H */
