/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_ESCAPES_H
#define RSH_CMD_ESCAPES_H

struct forwards;

/** A line to the user, whatever the mode of the terminal. */
void escapes_say(const char *text);

/** The escape #: what listens, and what is connected.  NULL: nothing. */
void escapes_list(const struct forwards *fw);

/** The escape C: do what the line says.  NULL: there is no connection. */
void escapes_command(struct forwards *fw, const char *line);

#endif /* RSH_CMD_ESCAPES_H */
