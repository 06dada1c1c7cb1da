/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_PDSH_MODULES_H
#define RSH_CMD_PDSH_MODULES_H

#include <stdbool.h>
#include <stddef.h>

#include "cmd/pdsh.h"

/**
 * What pdsh calls modules: ways to run commands and to find hosts.  All are
 * built in.  Two that know the same letter conflict: the first of -M or, else,
 * of the order here has it, and the other stays off.
 */
struct pdsh_module {
	const char *type, *name, *descr;
	const char *letters; /* its options */
	bool dsh_only;
	const char *groups; /* what its -g does; NULL: it has none */
};

/** Ends with a NULL name. */
extern const struct pdsh_module pdsh_module_table[];

/**
 * Those that are on and off with these settings, in their order: arrays of
 * PDSH_MODULES_MAX + 1, ended with NULL.
 */
#define PDSH_MODULES_MAX 16
struct pdsh_active {
	const struct pdsh_module *on[PDSH_MODULES_MAX + 1];
	const struct pdsh_module *off[PDSH_MODULES_MAX + 1];
};
void pdsh_modules_find(const struct pdsh *p, struct pdsh_active *out);

/** The one that is on and has the letter; NULL: none. */
const struct pdsh_module *pdsh_modules_of(const struct pdsh_active *a,
					  char letter);

/** The name of the one that is on and has the letter; NULL: none. */
const char *pdsh_modules_owner(const struct pdsh_active *a, char letter);

#endif /* RSH_CMD_PDSH_MODULES_H */
