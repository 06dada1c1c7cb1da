/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_SHELLCMD_H
#define RSH_UI_SHELLCMD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"

/**
 * Commands of the shell on many hosts: a line of ":NAME ARGUMENT", or "!NAME"
 * as bssh has them.  One table serves dispatch, help and completion.  Pure.
 *
 * A line is a command where a letter or "?" follows the sign: ": > file" and
 * "! grep x" are the hosts', and so is any line with a blank in front.
 */
enum shellcmd_id {
	SHELLCMD_ALL,
	SHELLCMD_ONLY,
	SHELLCMD_ADD,
	SHELLCMD_DROP,
	SHELLCMD_NEXT,
	SHELLCMD_NODE,
	SHELLCMD_BROADCAST,
	SHELLCMD_PASSWORD,
	SHELLCMD_FOCUS,
	SHELLCMD_HOSTS,
	SHELLCMD_STATUS,
	SHELLCMD_LOG,
	SHELLCMD_RECONNECT,
	SHELLCMD_DETACH,
	SHELLCMD_RUN,
	SHELLCMD_PUT,
	SHELLCMD_GET,
	SHELLCMD_STOP,
	SHELLCMD_TILED,
	SHELLCMD_JOINED,
	SHELLCMD_SUSPEND,
	SHELLCMD_HELP,
	SHELLCMD_QUIT,
	SHELLCMD_NIDS
};

enum shellcmd_arg {
	SHELLCMD_NO_ARG,
	SHELLCMD_LIST,	   /* a host list */
	SHELLCMD_MAY_LIST, /* or none */
	SHELLCMD_HOST,	   /* one host */
	SHELLCMD_DIR,
	SHELLCMD_COMMAND, /* of a host's shell: the same */
	SHELLCMD_TO,	  /* paths here, and one there; with options */
	SHELLCMD_FROM,	  /* the other way */
	SHELLCMD_TEXT,	  /* the rest of the line as it is */
	SHELLCMD_NUMBER,  /* right behind the name: "n2" */
};

struct shellcmd {
	enum shellcmd_id id;
	const char *name;
	const char *also; /* other names, parted by blanks; or NULL */
	enum shellcmd_arg arg;
	bool terminal;	  /* it can do nothing without one */
	const char *help; /* N_() */
};

/** The table in its order; NULL past the last. */
const struct shellcmd *shellcmd_at(size_t i);

/** What stands in front of commands, from `interactive:`; borrowed. */
struct shellcmd_syntax {
	const char *prefix;    /* besides ":"; "" for none */
	const char *broadcast; /* in front of a line for all; "" for none */
};

#define SHELLCMD_SYNTAX                                                        \
	(struct shellcmd_syntax)                                               \
	{                                                                      \
		.prefix = "!", .broadcast = "!broadcast "                      \
	}

/** A command as it was typed. */
struct shellcmd_call {
	const struct shellcmd *cmd; /* NULL: it is a line for the hosts */
	const char *arg;	    /* of the line; without blanks around */
	size_t number;		    /* SHELLCMD_NODE: from 1 */
};

/** Read a line.  0, or -1 with `err`: no such command, a wrong argument. */
int shellcmd_parse(const struct shellcmd_syntax *syntax, const char *line,
		   struct shellcmd_call *call, struct err *err);

/** The same for a command that needs no ":" in front. */
int shellcmd_parse_bare(const char *line, struct shellcmd_call *call,
			struct err *err);

/** What arguments may be; borrowed. */
struct shellcmd_known {
	const char *const *hosts;
	size_t nhosts;
	/* What a word of `n` bytes for a file may become, to `out`. */
	void (*paths)(const char *word, size_t n, struct strvec *out);
};

/**
 * What could stand in place of the word that ends at byte `at` of the line:
 * whole words to `out`, in order.  The byte where the word begins.  `bare`: it
 * is a command without a sign.
 */
size_t shellcmd_complete(const struct shellcmd_syntax *syntax, bool bare,
			 const char *line, size_t at,
			 const struct shellcmd_known *known,
			 struct strvec *out);

/** A line for each command; without a terminal for those that need none. */
void shellcmd_help(const struct shellcmd_syntax *syntax, bool terminal,
		   struct strvec *lines);

#endif /* RSH_UI_SHELLCMD_H */
