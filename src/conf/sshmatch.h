/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_SSHMATCH_H
#define RSH_CONF_SSHMATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hashmap.h"
#include "base/strbuf.h"
#include "conf/sshconf.h"

enum sshmatch_kind {
	SSHMATCH_ALL,
	SSHMATCH_FINAL, /* and canonical: the two differ in nothing else */
	SSHMATCH_HOST,
	SSHMATCH_ORIGINALHOST,
	SSHMATCH_USER,
	SSHMATCH_LOCALUSER,
	SSHMATCH_LOCALNETWORK,
	SSHMATCH_TAGGED,
	SSHMATCH_EXEC,
};

/** One criterion of a Match line. */
struct sshmatch {
	enum sshmatch_kind kind;
	bool negated;
	bool again; /* "final": asks for a second reading */
	char *arg;  /* NULL: takes none */
};

/** All of a Match line; they count together.  Zeroed is none. */
struct sshmatches {
	struct sshmatch *v;
	size_t n, cap;
	char *where; /* file and line, for what fails later */
};

/**
 * Read what follows the word Match: criteria of ssh_config(5), each with `!`
 * in front if it is negated, and "criterion argument" or "criterion=argument".
 * What can be wrong with an argument is found here.  `where` is copied.  0,
 * or -1 with ERR_CONFIG, `out` empty.
 */
int sshmatches_parse(const char *text, const char *where,
		     struct sshmatches *out, struct err *err);
void sshmatches_release(struct sshmatches *ms);

/** Whether one of them asks for a second reading. */
bool sshmatches_again(const struct sshmatches *ms);

/** Who and where we are, and what asking the machine has told. */
struct sshmatch_env {
	char *home, *local_user, *local_host, *short_host;
	unsigned int uid;
	int (*run)(void *arg, const char *command, struct err *err);
	int (*addresses)(void *arg, struct strvec *out, struct err *err);
	void *arg;
	struct hashmap ran;  /* private: commands and how they ended */
	struct strvec local; /* private: our addresses */
	bool asked;	     /* private: `local` is filled */
};

void sshmatch_env_init(struct sshmatch_env *env,
		       const struct sshconf_env *from);
void sshmatch_env_release(struct sshmatch_env *env);

/** What the lines up to here have made of a target.  All is borrowed. */
struct sshfacts {
	const char *original;	/* the host as asked for */
	const char *host;	/* after HostName */
	const char *user;	/* NULL: none yet */
	const char *given_user; /* of a command line; to be checked; or NULL */
	const char *key_alias;	/* or NULL */
	const char *tag;	/* or NULL */
	int port;		/* 0: none yet */
	bool final;		/* the second reading */
};

/**
 * Whether all criteria hold: 1 or 0; -1 with `err` when one cannot be found
 * out.  Tried from left to right; a command runs only when all before it
 * hold, and once for all targets for which it expands to the same text.
 */
int sshmatches_fit(const struct sshmatches *ms, struct sshmatch_env *env,
		   const struct sshfacts *facts, struct err *err);

/** "%C": SHA-1 of what makes a connection, in hexadecimal; owned. */
char *connection_hash(const char *local_host, const char *host,
		      const char *port, const char *user);

#endif /* RSH_CONF_SSHMATCH_H */
