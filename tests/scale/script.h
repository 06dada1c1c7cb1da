/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_TESTS_SCALE_SCRIPT_H
#define RSH_TESTS_SCALE_SCRIPT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/** What one word of a command makes the server do. */
enum step_kind {
	STEP_OUT,      /* n bytes of numbered lines on stdout */
	STEP_ERR,      /* the same on stderr */
	STEP_LONG,     /* n bytes on stdout without any newline */
	STEP_SAY,      /* a word and a newline */
	STEP_HOST,     /* the address the client came to, and a newline */
	STEP_ECHO,     /* stdin back until its end */
	STEP_COUNT,    /* read stdin to its end, print how many bytes */
	STEP_DELAY,    /* wait n milliseconds */
	STEP_MEET,     /* wait until n connections are here at once */
	STEP_HOLD,     /* wait for ever */
	STEP_DEAF,     /* from here on no signal but KILL is heeded */
	STEP_STALL,    /* read nothing more from the connection */
	STEP_MOODS,    /* for n milliseconds, all sorts of things */
	STEP_DROP,     /* reset the connection */
	STEP_EOF,      /* end of output, the channel stays open */
	STEP_STATUS,   /* send the exit status now, go on after it */
	STEP_EXIT,     /* end with this exit status */
	STEP_SIGNAL,   /* end by a signal */
	STEP_NOSTATUS, /* end without saying how */
};

struct step {
	enum step_kind kind;
	uint64_t n;
	char word[64];
};

#define SCRIPT_MAX_STEPS 16

/** A command as the steps it stands for; always ends in an ending step. */
struct script {
	struct step steps[SCRIPT_MAX_STEPS + 1];
	size_t n;
};

/**
 * Read the words of `command`, such as "out 1000 delay 50 exit 3".  What does
 * not end by itself ends with status 0.  ERR_USAGE names a word nobody knows.
 */
int script_parse(struct script *script, const char *command, struct err *err);

#endif /* RSH_TESTS_SCALE_SCRIPT_H */
