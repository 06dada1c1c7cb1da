/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_RSHVARS_H
#define RSH_CONF_RSHVARS_H

#include "base/err.h"
#include "base/strbuf.h"

#define RSHVARS_MAX ((size_t)1 << 20) /* bytes of what comes out */

/** The value of a variable of the environment, or NULL. */
typedef const char *rshvars_get_fn(void *arg, const char *name);

/**
 * Append `text` to `out` with its variables replaced:
 *
 *	${NAME}, $NAME    the value; one that is not set is an error
 *	${NAME:-text}     `text`, up to the next "}", if it is not set or empty
 *	$$                a dollar sign
 *
 * Any other dollar sign stands for itself.  What is put in is not looked at
 * again.  A name is letters, digits and "_", and begins with no digit.
 *
 * 0; 1 with `err` when a variable is not set; -1 with `err` when the text is
 * wrong or too much.
 */
int rshvars_expand(const char *text, rshvars_get_fn *get, void *arg,
		   struct strbuf *out, struct err *err);

#endif /* RSH_CONF_RSHVARS_H */
