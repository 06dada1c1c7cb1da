/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_PERCENT_H
#define RSH_CONF_PERCENT_H

#include "base/err.h"
#include "base/strbuf.h"

/** One token: its letter and its text (borrowed); a NULL text is an error. */
struct percent_token {
	char letter;
	const char *text;
};

/**
 * Append `text` with %-tokens replaced in one pass: what is put in is never
 * expanded again.  "%%" is a percent sign.  An unknown token or a lone "%" at
 * the end is an error, as in ssh.  `tokens` ends with a zero letter.
 */
int percent_expand(const char *text, const struct percent_token *tokens,
		   struct strbuf *out, struct err *err);

/**
 * Append `path` with a leading "~/" or "~user/" and, if `get_env` is not
 * NULL, "${NAME}" replaced.  An unset variable is an error.
 */
int tilde_expand(const char *path, const char *home, struct strbuf *out,
		 struct err *err);
int env_expand(const char *text, const char *(*get_env)(void *, const char *),
	       void *arg, struct strbuf *out, struct err *err);

#endif /* RSH_CONF_PERCENT_H */
