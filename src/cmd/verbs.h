/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_VERBS_H
#define RSH_CMD_VERBS_H

#include <stdbool.h>
#include <stdio.h>

/** Whether `word` is a verb where it is the first on a command line. */
bool verbs_have(const char *word);

/** What to tell who may have meant the verb where it is a host; to be freed. */
char *verbs_hint(const char *verb);

/**
 * Print the verbs as part of a help, in the form of options_help().
 */
void verbs_help(FILE *out);

#endif /* RSH_CMD_VERBS_H */
