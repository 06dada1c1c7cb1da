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

/** For the commands: `name` is set to `value`; and a path that none of them
 *  takes for an option, "" being where a log-in leads to, a new string. */
void greeting_word(struct strbuf *commands, const char *name,
		   const char *value);
char *greeting_path(const char *path);

/** The first line of error output, made visible, or that there is none; a new
 *  string. */
char *greeting_reason(const struct greeting *g);

#endif /* RSH_OP_GREETING_H */
