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
	KIND_BLOCK,    /* Host, Match, Include: `min` is the sshopt_block */
	KIND_ALIAS,    /* another word for the row named in `def` */
	KIND_NOTHING,  /* of old versions: ssh too takes any words */
	KIND_CHOICE,   /* int: the value of one of `choices` */
	KIND_NUMBER,   /* int within [min, max] */
	KIND_PORT,     /* int: a number or the name of a service */
	KIND_SPAN,     /* int in seconds; "none" leaves it unset */
	KIND_ESCAPE,   /* int: EscapeChar */
	KIND_MASK,     /* int: octal */
	KIND_PERSIST,  /* int: flag; seconds in `other` */
	KIND_ADDKEYS,  /* int: enum ask; seconds in `other` */
	KIND_QOS,      /* int: interactive; bulk in `other` */
	KIND_TUNNEL,   /* int: here; there in `other` */
	KIND_STRING,   /* one word */
	KIND_AGENT,    /* yes, no, a path or a variable */
	KIND_OBSCURE,  /* ObscureKeystrokeTiming */
	KIND_REFUSE,   /* one word: why there is no connection */
	KIND_COMMAND,  /* the rest of the line; loses to `other` */
	KIND_JUMP,     /* the same; a list of destinations */
	KIND_ALGOS,    /* names out of `algos`; int `other`: order is fixed */
	KIND_FILES,    /* a list in one line; "none" empties it */
	KIND_DOMAINS,  /* the same: CanonicalDomains */
	KIND_CNAMES,   /* the same: CanonicalizePermittedCNAMEs */
	KIND_OPENS,    /* the same: PermitRemoteOpen */
	KIND_TIMEOUTS, /* the same: ChannelTimeout */
	KIND_APPEND,   /* a list, one word a line, without doubles */
	KIND_FORWARD,  /* the same: `min` is the sshforward_kind */
	KIND_SENDENV,  /* a list; "-PATTERN" takes out */
	KIND_SETENV,   /* a list of NAME=value in one line */
	KIND_REKEY,    /* uint64_t bytes, and seconds in `other` */
	KIND_COUNT
};

/** A word and what it means.  The first with a value is shown for it. */
struct sshopt_choice {
	const char *word;
	int value;
};

/** Comma lists of names, in ssh's order. */
struct sshopt_algos {
	const char *def;   /* used when nothing is said, by preference */
	const char *all;   /* all that rsh has; by name */
	const char *known; /* all that ssh has or had until lately; by name */
	bool patterns;	   /* a list may hold wildcards */
	bool verbatim;	   /* a list is kept as it stands; no + - ^ */
};

/*
 * A keyword that ssh has and rsh does not obey says `why`: it has no effect
 * but a note.  To obey it is to delete that line, and `harmless` with it.
 */
struct sshopt {
	const char *name; /* as ssh_config(5) writes it */
	enum sshopt_kind kind;
	size_t field; /* offsetof in struct ssh_opts */
	size_t other; /* a second field; see the kind */
	size_t at;    /* a third one, for where the line stands */
	int min, max;
	const struct sshopt_choice *choices; /* ends with a NULL word */
	const struct sshopt_algos *algos;
	const char *def;   /* words for sshopt_store() when nothing is set */
	const char *shown; /* the name in ssh -G, if not in lower case */
	bool none_clears;  /* "none" means not set, once all lines are read */
	bool hide_default; /* ssh -G shows it only when it is set */
	bool no_shell;	   /* a command in words, the first a full path */
	bool shows_none;   /* ssh -G shows the "none" that clears */
	const char *harmless; /* comma list of words that need no note or
				 reason */
	const char *why;      /* N_(): why it has no effect */
};

/** The words after a keyword, at least one, none of them empty. */
struct sshopt_words {
	char *const *v;
	size_t n;
};

typedef int sshopt_store_fn(const struct sshopt *row, struct sshopt_words w,
			    struct ssh_opts *o, struct err *err);

/* Values more than a word or a number; sshopt_special.c. */
sshopt_store_fn sshopt_store_addkeys, sshopt_store_agent, sshopt_store_cnames,
	sshopt_store_domains, sshopt_store_forward, sshopt_store_mask,
	sshopt_store_obscure, sshopt_store_opens, sshopt_store_persist,
	sshopt_store_qos, sshopt_store_timeouts, sshopt_store_tunnel;

/** The name of a TOS byte, as IPQoS and ssh -G have it; NULL: none. */
const char *sshopt_qos_name(int qos);

/* What the stores of both files share; sshopt_store.c. */
void sshopt_set_int(const struct sshopt *row, struct ssh_opts *o, int value);
void sshopt_set_text(const struct sshopt *row, struct ssh_opts *o,
		     const char *text);
int sshopt_read_span(const struct sshopt *row, const char *word, int *seconds,
		     struct err *err);
/** Push all words, unless the list has some already. */
int sshopt_store_list(const struct sshopt *row, struct sshopt_words w,
		      struct ssh_opts *o, struct err *err);

/** How many words a row takes at most; 0: any number. */
size_t sshopt_max_words(const struct sshopt *row);

/** Store words that are known to be as many as the row takes. */
sshopt_store_fn sshopt_store_words;

static inline void *sshopt_field(struct ssh_opts *o, size_t offset)
{
	return (char *)o + offset;
}

static inline const void *sshopt_value(const struct ssh_opts *o, size_t offset)
{
	return (const char *)o + offset;
}

/** Sorted by name without regard to case; bsearch() and a test rely on it. */
extern const struct sshopt sshopt_rows[];
extern const size_t sshopt_nrows;

/** The keywords in the order of ssh -G; ends with NULL. */
extern const char *const sshopt_dump_order[];

/**
 * Apply `spec`, a list that may begin with + - or ^ and hold wildcards, to
 * `algos` as a new string; NULL when nothing is left.  Names that fit no
 * algorithm of rsh are appended to `dropped` (may be NULL).
 */
char *sshopt_algos_apply(const struct sshopt_algos *algos, const char *spec,
			 struct strvec *dropped);

/** The same with all that ssh knows, so that it can be shown; may be "". */
char *sshopt_algos_known(const struct sshopt_algos *algos, const char *spec);

/** Whether ssh, of this or a newer version, takes `spec`. */
bool sshopt_algos_valid(const struct sshopt_algos *algos, const char *spec);

extern const struct sshopt_algos sshopt_ciphers;
extern const struct sshopt_algos sshopt_macs;
extern const struct sshopt_algos sshopt_kex;
extern const struct sshopt_algos sshopt_hostkeys;
extern const struct sshopt_algos sshopt_pubkeys;
extern const struct sshopt_algos sshopt_hostbased;
extern const struct sshopt_algos sshopt_casigs;
extern const struct sshopt_algos sshopt_gsskex;

#endif /* RSH_CONF_SSHOPT_ROW_H */
