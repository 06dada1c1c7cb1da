/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_YAML_H
#define RSH_CONF_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define YAML_MAX_BYTES ((size_t)4 << 20)
#define YAML_MAX_DEPTH 32u
#define YAML_MAX_NODES 1000000u /* counting a node again for each alias */

/**
 * A YAML text as a tree.  What a word means ("yes", "10") is for the schema
 * to say: here all words are text.
 *
 * Refused, beside what is no YAML: more than one document, a key that stands
 * twice in one map or is no word, tags but !!str, a NUL, and more than the
 * limits above.  An alias gives the node of its anchor again.
 *
 * libyaml exports names that begin with yaml_, yaml_free() among them: ours
 * do not.
 */
struct yamldoc;

enum yaml_kind {
	YAML_WORD,
	YAML_LIST,
	YAML_MAP,
};

struct yaml_node {
	enum yaml_kind kind;
	bool plain; /* a word without quotes: "null" or "true" may be meant */
	const char *text; /* of a word; has no NUL within; else NULL */
	size_t line;	  /* where it begins, from 1 */
	size_t column;	  /* from 1, in characters */
	size_t n;	  /* items of a list, pairs of a map */
	const struct yaml_node *const *keys;  /* of a map: words */
	const struct yaml_node *const *items; /* of a list or map */
};

/**
 * Read `len` bytes at `text`.  `name` is shown in messages, such as a path.
 * NULL with ERR_CONFIG "NAME:LINE:COLUMN: reason".
 */
struct yamldoc *yamldoc_parse(const char *name, const char *text, size_t len,
			      struct err *err);
void yamldoc_free(struct yamldoc *y);

/** The name in messages. */
const char *yamldoc_name(const struct yamldoc *y);

/** The outermost node, or NULL when there is nothing but comments. */
const struct yaml_node *yamldoc_root(const struct yamldoc *y);

/** The value of `key` in `map`, or NULL, also of another node.  O(log n). */
const struct yaml_node *yamldoc_get(const struct yaml_node *map,
				    const char *key);

/** Whether it is a word that stands for nothing: "", "~", "null". */
bool yamldoc_is_null(const struct yaml_node *node);

/**
 * Fill `err` with ERR_CONFIG and "NAME:LINE:COLUMN: ..." for what is wrong
 * with `node`.  Gives -1.
 */
int yamldoc_fail(const struct yamldoc *y, const struct yaml_node *node,
		 struct err *err, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif /* RSH_CONF_YAML_H */
