/* SPDX-License-Identifier: Apache-2.0 */
/* The rows behind sshopt.h; for sshopt*.c and nobody else. */
#ifndef RSH_CONF_SSHOPT_ROW_H
#define RSH_CONF_SSHOPT_ROW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "conf/sshopt.h"

/** How the words after a keyword are read, kept and shown. */
enum sshopt_kind {
	KIND_BLOCK,   /* Host, Match, Include: `min` is the sshopt_block */
	KIND_ALIAS,   /* another word for the row named in `def` */
	KIND_NOTHING, /* checked against `choices` if any; nothing is kept */
	KIND_REFUSED, /* only the words in `harmless` are taken */
	KIND_CHOICE,  /* int: the value of one of `choices` */
	KIND_NUMBER,  /* int within [min, max] */
	KIND_SPAN,    /* int in seconds; "none" leaves it unset */
	KIND_ESCAPE,  /* int: EscapeChar */
	KIND_STRING,  /* one word */
	KIND_COMMAND, /* the rest of the line; loses to `other` */
	KIND_JUMP,    /* the same; a list of destinations */
	KIND_ALGOS,   /* names out of `algos`; int `other`: order is fixed */
	KIND_FILES,   /* a list in one line; "none" empties it */
	KIND_APPEND,  /* a list, one word a line, without doubles */
	KIND_SENDENV, /* a list; "-PATTERN" takes out */
	KIND_SETENV,  /* a list of NAME=value in one line */
	KIND_REKEY,   /* uint64_t bytes, and seconds in `other` */
};

/** A word and what it means.  The first with a value is shown for it. */
struct sshopt_choice {
	const char *word;
	int value;
};

/** Comma lists: the default, and all there are, both in ssh's order. */
struct sshopt_algos {
	const char *def;
	const char *all;
};

struct sshopt {
	const char *name; /* as ssh_config(5) writes it */
	enum sshopt_kind kind;
	size_t field; /* offsetof in struct ssh_opts */
	size_t other; /* a second field; see the kind */
	int min, max;
	const struct sshopt_choice *choices; /* ends with a NULL word */
	const struct sshopt_algos *algos;
	const char *def;   /* words for sshopt_store() when nothing is set */
	bool none_clears;  /* "none" means not set, once all lines are read */
	bool hide_default; /* ssh -G shows nothing, or of a span "none" */
	const char *harmless; /* comma list of words that need no note or
				 reason */
	const char *why;      /* N_(): the reason of REFUSED; of others the
				 note that they have no effect */
};

/** Sorted by name without regard to case; bsearch() and a test rely on it. */
extern const struct sshopt sshopt_rows[];
extern const size_t sshopt_nrows;

/** The keywords in the order of ssh -G; ends with NULL. */
extern const char *const sshopt_dump_order[];

/**
 * Apply `spec`, a list that may begin with + - or ^ and hold wildcards, to
 * `algos` as a new string; NULL when nothing is left.  Names that fit no
 * algorithm are appended to `dropped` (may be NULL).
 */
char *sshopt_algos_apply(const struct sshopt_algos *algos, const char *spec,
			 struct strvec *dropped);

extern const struct sshopt_algos sshopt_ciphers;
extern const struct sshopt_algos sshopt_macs;
extern const struct sshopt_algos sshopt_kex;
extern const struct sshopt_algos sshopt_hostkeys;
extern const struct sshopt_algos sshopt_pubkeys;

#endif /* RSH_CONF_SSHOPT_ROW_H */
