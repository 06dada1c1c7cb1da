/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_TYPING_H
#define RSH_UI_TYPING_H

#include "base/strbuf.h"
#include "ui/keys.h"

/** Bytes of a line that is typed; what is more is not taken. */
#define TYPING_MAX 200

enum typing {
	TYPING_ON,
	TYPING_WHOLE, /* Enter */
	TYPING_LEFT,  /* Esc */
};

/** A key for a line that is typed in the view: a text to search, a filter. */
enum typing typing_key(struct strbuf *line, const struct key *k);

#endif /* RSH_UI_TYPING_H */
