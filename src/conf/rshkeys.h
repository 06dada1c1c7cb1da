/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_RSHKEYS_H
#define RSH_CONF_RSHKEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"

/**
 * The keys of rsh's own configuration file.  A row holds the whole case: from
 * it come the check of a file, what `rsh config` shows, the example file and
 * the key's entry in rsh_config(5).
 */
enum rshkey_kind {
	RSHKEY_TEXT,
	RSHKEY_USER,	/* what username_check() takes */
	RSHKEY_PATH,	/* a text; "~/" is for its reader */
	RSHKEY_BOOL,	/* true, yes, on; false, no, off */
	RSHKEY_UINT,	/* within [min, max] */
	RSHKEY_SPAN,	/* parse_span() up to max, in ms */
	RSHKEY_CHOICE,	/* one of `words` */
	RSHKEY_HOSTS,	/* a host list, or a list of them */
	RSHKEY_NODES,	/* a list of host lists and maps */
	RSHKEY_JUMP,	/* "[user@]host[:port]", several by commas, or a map */
	RSHKEY_PATTERN, /* what progress_check() takes */
	RSHKEY_TEXTS,	/* a map of any names to texts, see `item` */
	RSHKEY_BLOCK,	/* a map of keys of its own, see `block` */
};

/** Where a key may stand. */
enum rshkey_scope {
	RSHKEY_IN_DEFAULTS = 1 << 0,
	RSHKEY_IN_CLUSTER = 1 << 1,
	RSHKEY_IN_NODE = 1 << 2,
	RSHKEY_IN_JUMP = 1 << 3,
	RSHKEY_IN_INTERACTIVE = 1 << 4,
	RSHKEY_IN_KEYBINDINGS = 1 << 5,
	RSHKEY_IN_FILE = 1 << 6, /* outermost */
};

struct rshkey {
	const char *name;
	enum rshkey_kind kind;
	unsigned int scopes; /* of enum rshkey_scope */
	enum rshkey_scope block;
	enum rshkey_kind item; /* TEXTS: TEXT or PATTERN */
	uint64_t min, max;
	const char *words;   /* CHOICE: parted by blanks */
	const char *unit;    /* N_(): of a number; or NULL */
	const char *def;     /* when nobody says anything; NULL: nothing */
	const char *keyword; /* of ssh_config(5), which it sets; or NULL */
	const char *option;  /* --NAME, which it stands for; or NULL */
	const char *example; /* the value in the example file */
	const char *help;    /* N_() */
};

/** The row of a key in `scope`; NULL when there is none. */
const struct rshkey *rshkey_find(const char *name, enum rshkey_scope scope);

/** The table in its order; NULL past the last. */
const struct rshkey *rshkey_at(size_t i);

/** What is said of the key at `scope`, for "did you mean": NULL, not near. */
const char *rshkey_nearest(const char *name, enum rshkey_scope scope);

/** The same for a key that is known elsewhere; NULL when it is not. */
const char *rshkey_place_of(const char *name);

/**
 * Check a word for a row whose value is one.  `*number` is the value of BOOL,
 * UINT and SPAN.  0, or -1 with a new text in `*expected`.
 *
 * An empty word is no number, but it is a text: nothing, said explicitly.
 */
int rshkey_check(const struct rshkey *key, const char *word, uint64_t *number,
		 char **expected);

/**
 * Append a complete file: every key with its default, range and help, all of
 * it commented out but for the headings; reading it sets nothing.
 */
void rshkeys_example(struct strbuf *out);

/**
 * One key a line, tab-separated: places, name, kind, range, default, option,
 * keyword, help.
 */
void rshkeys_dump(struct strbuf *out);

/** Append `text` as a YAML word, in quotes where it would be read otherwise. */
void rshkeys_quote(struct strbuf *out, const char *text);

#endif /* RSH_CONF_RSHKEYS_H */
