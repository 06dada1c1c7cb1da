/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_MODEL_ESCAPE_H
#define RSH_MODEL_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

/** How long a break is, in ms: as ssh has it. */
#define ESCAPE_BREAK_MS 1000

/** What a key after the escape character asks for: ssh(1), ESCAPE CHARACTERS.
 */
enum escape_action {
	ESCAPE_NONE,
	ESCAPE_QUIT,	/* . */
	ESCAPE_SUSPEND, /* ^Z */
	ESCAPE_DETACH,	/* & */
	ESCAPE_LIST,	/* # */
	ESCAPE_HELP,	/* ? */
	ESCAPE_REKEY,	/* R */
	ESCAPE_LOUDER,	/* v */
	ESCAPE_QUIETER, /* V */
	ESCAPE_BREAK,	/* B */
	ESCAPE_COMMAND, /* C */
};

/**
 * Finds escapes in what is typed.  One counts at the beginning of a line only,
 * that is, of the input, or after CR or LF, however the bytes come in.  No I/O.
 */
struct escape {
	int key;	 /* the escape character; -1: none, all passes */
	bool line_start; /* nothing was typed since the last CR or LF */
	bool pending;	 /* the escape character was, and what follows counts */
};

void escape_init(struct escape *e, int key);

/**
 * Take `n` bytes of input up to the first escape: what the host gets is added
 * to `out`, and how many bytes were taken is returned.  When that is not all,
 * or `*action` is set, do it and come again with the rest.
 */
size_t escape_take(struct escape *e, const char *buf, size_t n,
		   struct strbuf *out, enum escape_action *action);

/** What is typed for `action`, as it is shown: "~^Z", "^A."; for none the
 *  character alone. */
void escape_show(const struct escape *e, enum escape_action action,
		 struct strbuf *out);

/** Who has the terminal: with what it can do. */
enum escape_user {
	ESCAPE_GUEST,	  /* of a master: what needs none of its own process */
	ESCAPE_OWNER,	  /* all but the line of C */
	ESCAPE_COMMANDER, /* all */
};

/** What `user` has, a line each, without line ends. */
void escape_help(const struct escape *e, enum escape_user user,
		 struct strvec *lines);

#endif /* RSH_MODEL_ESCAPE_H */
