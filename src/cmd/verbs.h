/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_VERBS_H
#define RSH_CMD_VERBS_H

#include <stdio.h>

/**
 * Print the verbs as part of a help, in the form of options_help().
 */
void verbs_help(FILE *out);

#endif /* RSH_CMD_VERBS_H */
