/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_INI_H
#define RSH_CONF_INI_H

#include <stddef.h>

#include "base/err.h"

#define INI_MAX_SECTIONS 1000u
#define INI_MAX_KEYS	 100u		    /* of one section */
#define INI_MAX_VALUE	 ((size_t)16 << 10) /* bytes of one of many lines */

/**
 * Files of sections and keys, as Python's configparser reads them:
 *
 *	[section]
 *	key: value
 *	    and more lines of it
 *	# a comment, as is a line that begins with ";"
 *
 * "=" does as well as ":".  Keys are the same in upper and lower case.  Later
 * files outrank earlier ones, key by key; within one file a section or a key
 * that stands twice is an error.  What [DEFAULT] says holds for all sections.
 */
struct ini;

struct ini_value {
	const char *text; /* without blanks around; may hold newlines */
	const char *file; /* fit for a message */
	size_t line;
};

struct ini *ini_new(void);
void ini_free(struct ini *ini);

/** Read one more file.  -1 with ERR_CONFIG "NAME:LINE: reason". */
int ini_add(struct ini *ini, const char *name, const char *text, size_t len,
	    struct err *err);

/** The sections but [DEFAULT], in the order in which they first came. */
size_t ini_count(const struct ini *ini);
const char *ini_section(const struct ini *ini, size_t i);

/** Where a section came first: its place, and no text. */
struct ini_value ini_place(const struct ini *ini, size_t i);

/** The value of a key, or NULL. */
const struct ini_value *ini_get(const struct ini *ini, const char *section,
				const char *key);

#endif /* RSH_CONF_INI_H */
