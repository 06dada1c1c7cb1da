/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_VERB_H
#define RSH_CMD_VERB_H

#include "cmd/settings.h"
#include "conf/options.h"

/** The command line of a verb that takes the options of rsh. */
struct verb_line {
	const char *name;  /* "rsh ping" */
	const char *usage; /* in the user's language, above the options */
	const char *const
		*refused;	  /* options that have no place; ends in NULL */
	const struct option *own; /* `n` rows before those of rsh */
	size_t n;
};

/**
 * Read it: options and words in any order, after "--" words only, which are
 * appended to `words`.  `s` was initialised, and stands first in the struct
 * that the own rows fill.
 *
 * 0; 1 when help or the version was wanted, and is printed; or -1 with
 * ERR_USAGE.
 */
int verb_read(const struct verb_line *v, struct settings *s, int argc,
	      char **argv, struct strvec *words, struct err *err);

/**
 * The end of a verb: tell the error if `code` is negative, release `s` and
 * `err`, close the log.  Gives the exit code.
 */
int verb_end(struct settings *s, int code, struct err *err);

#endif /* RSH_CMD_VERB_H */
