/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OP_GREETING_H
#define RSH_OP_GREETING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"

#define GREETING_KEY_SIZE ((size_t)17)

/**
 * How commands of ours begin at a host: with a line that starts with a key,
 * which no log-in script can print, and that tells what they have found.  What
 * came before it is passed over, within a bound; what comes behind is theirs.
 * The first line of their error output is kept, to tell why they failed.
 */
struct greeting {
	char key[GREETING_KEY_SIZE];
	struct strbuf said, reason;
	bool is_over, has_reason;
};

void greeting_init(struct greeting *g);
void greeting_release(struct greeting *g);

/** Bytes of standard output, before the greeting is over; of the other. */
void greeting_add(struct greeting *g, const void *p, size_t n);
void greeting_add_error(struct greeting *g, const char *p, size_t n);

/**
 * What stands in the line behind the key and a blank: 1 with `*line`, and the
 * `*n` bytes at `*rest` that came behind it, good until release; 0 when it has
 * not come yet; -1 with ERR_PROTOCOL.
 */
int greeting_read(struct greeting *g, char **line, const char **rest, size_t *n,
		  struct err *err);

/** A variable of the commands; borrowed. */
struct greeting_var {
	const char *name, *value;
};

/**
 * What is to be run: `script`, one line of sh(1), with its `n` variables set; a
 * new string.  The values are words behind it, each quoted once: a shell of
 * another kind, as fish(1), has its own mind of quotes inside quotes.  One with
 * a newline is a word without, for csh(1).
 */
char *greeting_command(const struct greeting_var *vars, size_t n,
		       const char *script);

/** The same with `words` for the script's own, "$@". */
char *greeting_command_with(const struct greeting_var *vars, size_t n,
			    const char *script, const struct strvec *words);

/** A path that no command takes for an option; "" is where a log-in leads to;
 *  a new string. */
char *greeting_path(const char *path);

/** The first line of error output, made visible, or that there is none; a new
 *  string. */
char *greeting_reason(const struct greeting *g);

#endif /* RSH_OP_GREETING_H */
