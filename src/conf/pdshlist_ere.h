/* SPDX-License-Identifier: Apache-2.0 */
/* Part of pdshlist: POSIX extended regular expressions. */
#ifndef RSH_CONF_PDSHLIST_ERE_H
#define RSH_CONF_PDSHLIST_ERE_H

#include "base/err.h"
#include "base/match.h"

/**
 * Compile what regcomp(3) would with REG_EXTENDED.  NULL with `err`, whose
 * message says what is wrong.
 *
 * Notes: the pattern is rewritten for PCRE2, which bounds the time a match may
 * take.  What differs between the two in whether there is a match at all is
 * rewritten: backslashes in brackets, letters after a backslash, several
 * repetitions in a row.  Equivalence classes and collating symbols are refused.
 */
struct regex *ere_compile(const char *pattern, struct err *err);

#endif /* RSH_CONF_PDSHLIST_ERE_H */
