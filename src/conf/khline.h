/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_KHLINE_H
#define RSH_CONF_KHLINE_H

#include <stddef.h>
#include <stdint.h>

#include "conf/digest.h"

struct khfile;

/** How many types of plain keys there are, the most wanted first; as a type:
 *  none of them. */
#define KHLINE_TYPES 8

enum khline_marker {
	KHLINE_PLAIN,
	KHLINE_REVOKED,
	KHLINE_CA,
};

/**
 * One line of a known_hosts file, as sshd(8) describes it.  The first two are
 * for whoever reads files, and 0 at first; so is `owner`.
 */
struct khline {
	const struct khfile *file;
	unsigned long line;
	enum khline_marker marker;
	size_t type;	/* of the key */
	char *hosts;	/* what to match, in lower case; NULL when hashed */
	uint64_t owner; /* hashed: the name it fitted, or 0 */
	unsigned char salt[DIGEST_SHA1];
	unsigned char hash[DIGEST_SHA1];
	size_t len;
	unsigned char blob[];
};

/**
 * Read a line of `n` bytes without its newline: 0 with `*line`, which is NULL
 * for an empty one or a comment, or -1 if it makes no sense.  O(n).
 */
int khline_read(const char *text, size_t n, struct khline **line);
void khline_free(struct khline *line);

/** The type with this name, and the name of a type. */
size_t khline_type(const char *name);
const char *khline_type_name(size_t type);

/** The type that a key blob begins with. */
size_t khline_blob_type(const void *blob, size_t len);

/** As names stand in files: A-Z only, whatever the locale. */
void khline_lower(char *s);

#endif /* RSH_CONF_KHLINE_H */
