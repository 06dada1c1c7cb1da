/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_CSGROUPS_H
#define RSH_CONF_CSGROUPS_H

#include <stdbool.h>

#include "base/strbuf.h"

struct groups;

/**
 * Add the sources that ClusterShell's groups.conf tells of, once one is
 * needed.  Nothing is ever written.
 *
 * The files, later ones outrank earlier ones key by key:
 * /etc/clustershell/groups.conf, ~/.local/etc/clustershell/groups.conf,
 * $XDG_CONFIG_HOME/clustershell/groups.conf (~/.config), and
 * $CLUSTERSHELL_CFGDIR/groups.conf.  $CFGDIR in them is the folder of the
 * last that is there.
 *
 * [Main] has `confdir` (or `groupsdir`) and `autodir`, folders of further
 * *.conf files and of *.yaml files, and `default`, the source of names that
 * come without one.  Each other section is a source, or several, separated by
 * commas, whose keys `map`, `all` and `list` are commands for the shell.
 * `reverse` and `cache_time` are not needed.  A YAML file is a map of sources,
 * each a map of groups.
 *
 * A command runs in the folder of its file, with $GROUP, $SOURCE and $CFGDIR
 * put in as text.  So a group is asked for only if it is a plain word; and the
 * file must be one that groups_env.trust accepts.
 */
void csgroups_add(struct groups *g);

/** A variable of a template: "$name" or "${name}". */
struct csgroups_var {
	const char *name;
	const char *value;
};

/**
 * Append `text` with the variables put in; "$$" is a "$", and what is no
 * variable of `vars` (up to a NULL name) stays as it is.
 */
void csgroups_substitute(const char *text, const struct csgroups_var *vars,
			 struct strbuf *out);

#endif /* RSH_CONF_CSGROUPS_H */
