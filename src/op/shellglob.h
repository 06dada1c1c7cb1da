/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OP_SHELLGLOB_H
#define RSH_OP_SHELLGLOB_H

/**
 * A path with patterns, of which fnmatch(3) takes the parts, as one with the
 * same meaning to any sh(1) that has it in a variable: there a backslash is one
 * to some, and keeps the meaning off what follows it to others, POSIX knows
 * "[!a]" only, and a "(" makes something else of what stands in front of it to
 * a ksh.  A new string; NULL: it has no pattern, or one that matches
 * nothing or cannot be said so.  O(n).
 *
 * Source of the rules: POSIX.1-2017, "Pattern Matching Notation".
 */
char *shellglob(const char *path);

#endif /* RSH_OP_SHELLGLOB_H */
