/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_GENDERSOURCE_H
#define RSH_CONF_GENDERSOURCE_H

#include "base/err.h"

struct genders;
struct groups;

#define GENDERS_FOLDER_DEFAULT "/etc"
#define GENDERS_FILE_DEFAULT   "genders"

/**
 * Add the source "genders": a group is an attribute, "ATTR=VALUE", or any
 * query, as far as the grammar of host lists lets one through: "~a", "a--b".
 */
void gendersource_add(struct groups *g);

/**
 * Where the genders file is: `file` (NULL: PDSH_GENDERS_FILE, else
 * "genders"), in PDSH_GENDERS_DIR, else /etc, unless it begins with a "/".  A
 * new string.
 */
char *genders_path(const struct groups *g, const char *file);

/**
 * Read it.  1 and `*out`, which the caller frees, 0: there is no such file,
 * -1 with err.
 */
int genders_load(struct groups *g, const char *file, struct genders **out,
		 struct err *err);

#endif /* RSH_CONF_GENDERSOURCE_H */
