/* SPDX-License-Identifier: Apache-2.0 */
/* Part of genders: what the file and the queries share. */
#ifndef RSH_CONF_GENDERS_INTERNAL_H
#define RSH_CONF_GENDERS_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hashmap.h"

struct strbuf;

/** A word and its number: of a node or of an attribute. */
struct genders_name {
	struct hashmap_node in;
	char *text;
	uint32_t index;
	/* of an attribute: the nodes that have it, as they came */
	uint32_t *nodes;
	size_t nnodes;
	size_t cap;
};

struct genders_names {
	struct hashmap map;
	struct genders_name **v;
	size_t n;
	size_t cap;
};

struct genders {
	char *file;
	struct genders_names nodes;
	struct genders_names attrs;
	struct hashmap pairs;
	struct genders_chunk *chunks; /* the pairs themselves */
	size_t npairs;
	char **values; /* as written, shared by their nodes */
	size_t nvalues;
	size_t values_cap;
	struct hashmap alts; /* of other names; filled when first needed */
	bool alts_filled;
};

/** The one of that name, or NULL. */
struct genders_name *genders_find(const struct genders_names *names,
				  const char *text);

/** Append the value of a node's attribute as genders_value() does. */
bool genders_value_at(const struct genders *g, uint32_t node, uint32_t attr,
		      struct strbuf *out, bool *has_value);

#endif /* RSH_CONF_GENDERS_INTERNAL_H */
