/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_GENDERS_H
#define RSH_CONF_GENDERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"

#define GENDERS_MAX_NODES 1000000u
#define GENDERS_MAX_PAIRS 4000000u	     /* of a node and an attribute */
#define GENDERS_MAX_QUERY ((size_t)64 << 10) /* bytes */
#define GENDERS_MAX_DEPTH 64u		     /* of parentheses and "~" */

/**
 * A genders file: nodes, each with attributes, some of those with a value.
 *
 *	n[1-3],adm	all,cpus=4,mgmt=m%n	# a comment
 *
 * Nodes are a host list without blanks; attributes follow after blanks, with
 * commas between.  "%n" in a value is the name of the node, "%%" one "%".  A
 * node may stand in many lines, with one attribute in one of them only.
 *
 * Queries: ATTR, ATTR=VALUE, "||" union, "&&" intersection, "--" difference,
 * all of one rank and from left to right, "~" complement, parentheses.  An
 * attribute that no node has is one of no nodes; no query at all is all nodes.
 */
struct genders;

/**
 * Read `len` bytes.  `name` is shown in messages.  NULL with ERR_CONFIG
 * "NAME:LINE: reason".
 */
struct genders *genders_parse(const char *name, const char *text, size_t len,
			      struct err *err);
void genders_free(struct genders *g);

/** The nodes, in the order in which the file first names them. */
size_t genders_count(const struct genders *g);
const char *genders_node(const struct genders *g, size_t i);

/** The attributes, likewise. */
size_t genders_nattrs(const struct genders *g);
const char *genders_attr(const struct genders *g, size_t i);

/**
 * Whether `node` has `attr`.  If it has, its value, if any, is appended to
 * `out` (may be NULL), and `*has_value` (may be NULL) says if there is one.
 */
bool genders_value(const struct genders *g, const char *node, const char *attr,
		   struct strbuf *out, bool *has_value);

/**
 * Append the nodes that a query stands for, in the order of the file.
 * `*known` (may be NULL) is false when it names an attribute that no node
 * has.  -1 with ERR_CONFIG and the column where it makes no sense.
 */
int genders_query(const struct genders *g, const char *query,
		  struct strvec *out, bool *known, struct err *err);

/**
 * The other name of `name`: of a node its value of "altname", of an
 * alternate name its node; NULL when it has none.  Borrowed.  O(1), after a
 * first call that is O(nodes).
 */
const char *genders_swap(struct genders *g, const char *name);

#endif /* RSH_CONF_GENDERS_H */
