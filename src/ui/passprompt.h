/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_PASSPROMPT_H
#define RSH_UI_PASSPROMPT_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Whether a line that stands unfinished on a host's terminal asks for what
 * nobody else is to get: a password, a passphrase, a code.  `text` is the line
 * up to the cursor, UTF-8 as it is seen; stars for what was typed may end it.
 * A guess from its words, as sudo, su, ssh, passwd and their kin ask, also in
 * other languages.  O(n).
 */
bool passprompt_is(const char *text, size_t n);

/** Whether a line ends as the prompts of shells do; blanks may follow.  O(n).
 */
bool shellprompt_is(const char *text, size_t n);

#endif /* RSH_UI_PASSPROMPT_H */
