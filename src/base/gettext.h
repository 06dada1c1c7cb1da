/* SPDX-License-Identifier: Apache-2.0 */
/* Message translation: _() translates now, N_() marks a text in a table. */
#ifndef RSH_BASE_GETTEXT_H
#define RSH_BASE_GETTEXT_H

#ifdef ENABLE_NLS
#	include <libintl.h>
#	define _(text) gettext(text)
#else
#	define _(text)		       (text)
#	define gettext(text)	       (text)
#	define ngettext(one, many, n) ((n) == 1 ? (one) : (many))
#endif
#define N_(text) text

#endif /* RSH_BASE_GETTEXT_H */
