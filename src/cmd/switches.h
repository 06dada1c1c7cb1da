/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_SWITCHES_H
#define RSH_CMD_SWITCHES_H

#include <stdbool.h>

#include "base/err.h"
#include "base/strbuf.h"

struct settings;

/**
 * ssh's own letters: all but a few of them say what a keyword of
 * ssh_config(5) says, so they become lines of it.  An option row has the
 * keyword, `=` and the argument as typed; two keywords are a newline apart.
 */

/**
 * Append what the command line says to `out` as lines, in the order in which
 * the first one wins: letters before -o, and the last letter before others.
 */
void switches_lines(const struct settings *s, struct strvec *out);

/**
 * Whether all that letters ask for can be done.  -1 with ERR_USAGE for one
 * whose keyword has no effect here: in a file that is said to the curious
 * only, but who types it wants it.  Under the name of ssh it is a warning, for
 * scripts that ask by habit for what their hosts may not have anyway.
 */
int switches_check(const struct settings *s, struct err *err);

/** -l and -p: the first of them and of -o counts, as with ssh. */
int switch_login(void *settings, const char *arg, struct err *err);
int switch_port(void *settings, const char *arg, struct err *err);

/** Whether a letter, or -o where none did, asks for what `keyword` is about. */
bool switches_ask_for(const struct settings *s, const char *keyword);

/** The destination comes: note what stands before it, and so outranks it. */
void switches_destination(struct settings *s);

/** -t and -M: said twice they mean more, and the third time less again. */
int switch_tty(void *settings, const char *arg, struct err *err);
int switch_master(void *settings, const char *arg, struct err *err);

/** -J: with ssh not after another one, nor after a ProxyCommand of -o. */
int switch_jump(void *settings, const char *arg, struct err *err);

/** -s and -N: with ssh not after each other, nor after another SessionType. */
int switch_subsystem(void *settings, const char *arg, struct err *err);
int switch_nothing(void *settings, const char *arg, struct err *err);

/** -1: as with ssh it is known, and refused. */
int switch_version_1(void *settings, const char *arg, struct err *err);

/** -O and -W: each of them once, and not both. */
int switch_control(void *settings, const char *arg, struct err *err);
int switch_stdio_forward(void *settings, const char *arg, struct err *err);

/** -D, -L and -R: calls of an option table on a struct settings. */
int switch_dynamic_forward(void *settings, const char *arg, struct err *err);
int switch_local_forward(void *settings, const char *arg, struct err *err);
int switch_remote_forward(void *settings, const char *arg, struct err *err);

#endif /* RSH_CMD_SWITCHES_H */
