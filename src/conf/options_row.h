/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_OPTIONS_ROW_H
#define RSH_CONF_OPTIONS_ROW_H

/* What the rows of a table are, for the modules that walk it. */

#include "conf/options.h"

static inline bool is_end(const struct option *row)
{
	return row->kind == OPT_HEADING && !row->letter && !row->name &&
	       !row->help;
}

static inline bool is_heading(const struct option *row)
{
	return row->kind == OPT_HEADING || row->kind == OPT_GIVEN;
}

static inline bool is_hidden(const struct option *row)
{
	return !row->help || row->kind == OPT_GIVEN;
}

#endif /* RSH_CONF_OPTIONS_ROW_H */
