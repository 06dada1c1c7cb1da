/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_SSHLEX_H
#define RSH_CONF_SSHLEX_H

#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"

/** A line of an ssh_config file, or of -o, taken apart.  All is owned. */
struct sshlex {
	char *keyword; /* as written; NULL: nothing but blanks or a comment */
	char *tail;    /* all that follows */
	char *rest;    /* the same as commands take it: without = in front */
	struct strvec args;
};

/**
 * Split `line` (without its newline) as ssh does: a keyword, an optional `=`,
 * then words between blanks; quotes of both kinds join, a backslash keeps a
 * quote, a backslash or (outside quotes) a blank; `#` at the start of a word
 * begins a comment.  -1 with ERR_CONFIG, `out` empty.
 */
int sshlex_split(const char *line, struct sshlex *out, struct err *err);

/**
 * Append the words of a command that no shell runs: as above, but `#` begins
 * no comment.  -1 with ERR_CONFIG, and some of them appended.
 */
int sshlex_words(const char *text, struct strvec *words, struct err *err);

void sshlex_release(struct sshlex *lex);

#endif /* RSH_CONF_SSHLEX_H */
