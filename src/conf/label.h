/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_LABEL_H
#define RSH_CONF_LABEL_H

#include <stdbool.h>
#include <stddef.h>

/** Bytes of a host's name in front of a line; a longer one is no label. */
#define LABEL_MAX ((size_t)1024)

/** A label found in a line, which is borrowed. */
struct label {
	const char *name; /* any bytes but blanks */
	size_t n;	  /* at least 1 */
	size_t data;	  /* offset of the text behind */
};

/**
 * Find "name: " in front of a line, as pdsh and rsh write it: blanks or none,
 * a name, blanks or none, a colon, one blank or none.  The name ends at its
 * first colon after its first byte; but where the whole word is an IPv6
 * address, bracketed or with a zone or both, with a colon behind, that one
 * ends it.  O(label).
 */
bool label_find(const char *line, size_t n, struct label *l);

#endif /* RSH_CONF_LABEL_H */
