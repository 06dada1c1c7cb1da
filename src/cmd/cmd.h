/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_CMD_H
#define RSH_CMD_CMD_H

#include "conf/options.h"

/** What the program does under one of its names; gives the exit code. */
typedef int cmd_fn(int argc, char **argv);

/** The native command line, and `ssh`'s, which is its one-host half. */
int cmd_rsh(int argc, char **argv);

/** The same, but that the first word may be a verb, as in `rsh hosts`. */
int cmd_verb(int argc, char **argv);

/** The verb `hosts`; argv[0] is the verb. */
int cmd_hosts(int argc, char **argv);

/** The verb `ping`; the same. */
int cmd_ping(int argc, char **argv);

/** The verbs `put` and `get`; the same. */
int cmd_put(int argc, char **argv);
int cmd_get(int argc, char **argv);

/** The verb `shell`; the same. */
int cmd_shell(int argc, char **argv);

/** The verb `config`; argv[0] is "config". */
int cmd_config(int argc, char **argv);

/** The option table of `rsh`, on a struct settings. */
extern const struct option rsh_options[];

/** The command lines of pdsh, pdcp and rpdcp. */
int cmd_pdsh(int argc, char **argv);
int cmd_pdcp(int argc, char **argv);
int cmd_rpdcp(int argc, char **argv);

/** The filter that sorts labelled lines by their labels. */
int cmd_dshbak(int argc, char **argv);

/** The exit code when nothing could be started. */
#define EXIT_CODE_USAGE 255

#endif /* RSH_CMD_CMD_H */
