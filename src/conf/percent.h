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

/** The value of an environment variable, NULL when it is not set. */
typedef const char *env_fn(void *arg, const char *name);

/**
 * Append `text` with %-tokens replaced in one pass: what is put in is never
 * expanded again.  "%%" is a percent sign.  An unknown token or a lone "%" at
 * the end is an error, as in ssh.  `tokens` ends with a zero letter.
 *
 * All of these return 0, or -1 with ERR_CONFIG; then `out` holds a part of
 * the result.  Passing the ceiling of `out` is an error too.
 */
int percent_expand(const char *text, const struct percent_token *tokens,
		   struct strbuf *out, struct err *err);

/**
 * Append `path` with a leading "~", "~/", "~user" or "~user/" replaced by a
 * home folder; `home` is that of the one running the program.
 */
int tilde_expand(const char *path, const char *home, struct strbuf *out,
		 struct err *err);

/** Append `text` with "${NAME}" replaced.  An unset variable is an error. */
int env_expand(const char *text, env_fn *get_env, void *arg, struct strbuf *out,
	       struct err *err);

/**
 * Both kinds at once, and still in one pass: a "%" in a variable's value, or
 * a "${" in a token's text, is text.
 */
int percent_env_expand(const char *text, const struct percent_token *tokens,
		       env_fn *get_env, void *arg, struct strbuf *out,
		       struct err *err);

/**
 * The first of two such expansions, where the tokens in `later` are not known
 * yet: they stay, and each "%" of what is put in is doubled, so that
 * percent_expand() of the result replaces nothing but them.
 */
int percent_expand_first(const char *text, const struct percent_token *tokens,
			 const char *later, env_fn *get_env, void *arg,
			 struct strbuf *out, struct err *err);

/**
 * The lenient form, of pdsh: an unknown token or a lone "%" stays as it is.
 * 0, or -1 when the result would pass the ceiling of `out`.
 */
int percent_subst(const char *text, const struct percent_token *tokens,
		  struct strbuf *out);

#endif /* RSH_CONF_PERCENT_H */
