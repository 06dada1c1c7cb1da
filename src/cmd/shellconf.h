/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_SHELLCONF_H
#define RSH_CMD_SHELLCONF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "model/plan.h"
#include "ui/keys.h"
#include "ui/shellcmd.h"

struct settings;

/** Keys that do something other than edit the line. */
enum shell_key {
	SHELL_KEY_PREFIX,    /* opens the line of a command */
	SHELL_KEY_NEXT,	     /* chooses the next host */
	SHELL_KEY_BROADCAST, /* one host or all */
	SHELL_KEY_QUIT,
	SHELL_KEY_CLEAR, /* clears the screen */
	SHELL_NKEYS
};

/**
 * What rsh's own configuration says of the shell on many hosts: its
 * `interactive:`, and that of the cluster where all hosts are of one.
 */
struct shell_conf {
	struct shellcmd_syntax syntax;
	const char *prompt;   /* with {node} ...; NULL: our own */
	char *history;	      /* a path; NULL: none is kept */
	const char *work_dir; /* or NULL */
	bool timestamps;
	bool one; /* begin with the first host, not with all */
	struct key keys[SHELL_NKEYS];
	const char **colours; /* by rank: what sets it, or NULL; NULL: none */
	const char *prefix_name; /* what that key is called */
};

/** 0, or -1 with ERR_CONFIG that names file and line; release in any case.
 *  What is borrowed is the configuration's of `s`. */
int shellconf_read(const struct settings *s, const struct plan *plan,
		   struct shell_conf *out, struct err *err);
void shellconf_release(struct shell_conf *c);

#endif /* RSH_CMD_SHELLCONF_H */
