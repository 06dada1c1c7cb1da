/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_SSHBLOCK_H
#define RSH_CONF_SSHBLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "conf/sshconf.h"
#include "conf/sshmatch.h"
#include "conf/sshopt.h"

/** A keyword with its words, known to be good, and where it stands. */
struct sshline {
	const struct sshopt *row;
	struct strvec args;
	const char *path; /* of sshblocks.paths; NULL: the command line */
	size_t line;	  /* from 1; 0: the path says it all, lines too */
};

#define SSHBLOCK_NONE SIZE_MAX

/** The first values in a block that Match and its tokens ask about. */
struct sshfound {
	char *hostname, *user, *key_alias, *tag; /* owned, or NULL */
	int port;				 /* 0: none */
};

/**
 * Lines that count together.  They count for a host if those of the parent
 * do (there may be none), if one of the patterns fits (there may be none) and
 * if all criteria of Match do (there may be none).  A parent always stands
 * before its children.
 */
struct sshblock {
	size_t parent;
	struct strvec patterns;
	struct sshmatches match;
	struct sshfound found;
	struct sshline *lines;
	size_t nlines, cap;
};

/** All lines, in the order in which the first one wins. */
struct sshblocks {
	struct sshblock *v;
	size_t n, cap;
	struct strvec paths; /* of all files, each time one was read */
};

/** Where lines come from and where bad ones are reported. */
struct sshblock_input {
	const char *user_file;	      /* as for sshconf_load() */
	const struct strvec *options; /* of -o; may be NULL */
	const char *home;
	const struct source *source;
	void (*bad)(void *arg, const char *text); /* may be NULL */
	void *arg;
};

/** Read all there is.  -1 with ERR_CONFIG, once every bad line is reported. */
int sshblocks_read(struct sshblocks *blocks, const struct sshblock_input *in,
		   struct err *err);
void sshblocks_release(struct sshblocks *blocks);

/**
 * Add a block of `n` lines that stand somewhere else; it counts for every
 * host that is asked about it.  0, or -1 with ERR_CONFIG and nothing added.
 */
int sshblocks_add(struct sshblocks *blocks, const struct sshconf_line *lines,
		  size_t n, struct err *err);

/** Where a line stands, as in messages.  A new string. */
char *sshline_place(const struct sshline *l);

/** sshopt_store_line() with the line's own place. */
int sshline_store(const struct sshline *l, struct ssh_opts *o, struct err *err);

#endif /* RSH_CONF_SSHBLOCK_H */
