/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_SSHCONF_H
#define RSH_CONF_SSHCONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "conf/sshopt.h"

/**
 * ssh_config files, read once into blocks of lines, resolved for any number
 * of hosts.  Equal results are shared: hosts that match the same blocks get
 * the same struct ssh_opts unless a %-token makes them differ.
 */
struct sshconf;

/** File access as callbacks, so that tests and fuzzing feed strings. */
struct source {
	/* Append the whole file, at most `max` bytes.  1: read, 0: no such
	   file, -1: err.  `check_perm`, for files that nobody has named:
	   refuse one that others may write to; a folder is empty. */
	int (*read)(void *arg, const char *path, size_t max, bool check_perm,
		    struct strbuf *out, struct err *err);
	/* Expand a glob of Include into paths, sorted; none is no error.
	   0, or -1 with err. */
	int (*glob)(void *arg, const char *pattern, struct strvec *paths,
		    struct err *err);
	void *arg;
};

/** The real file system. */
extern const struct source source_files;

/** Who and where we are; for tokens and `~`.  Strings are borrowed. */
struct sshconf_env {
	const char *home;
	const char *local_user;
	const char *local_host;
	unsigned int uid;
	const char *(*getenv)(void *arg,
			      const char *name); /* NULL: getenv(3) */
	/* For Match exec: run it with the user's shell, with no input and its
	   output hidden.  Its exit status, or -1 with err.  NULL: Match exec
	   is an error where it is reached. */
	int (*run)(void *arg, const char *command, struct err *err);
	/* For Match localnetwork: append the addresses of this machine as
	   numbers.  0, or -1 with err.  NULL: it has none. */
	int (*addresses)(void *arg, struct strvec *out, struct err *err);
	void *arg; /* must live as long as the configuration */
};

/** What the command line says; each outranks the files.  Borrowed. */
struct sshconf_override {
	const char *user; /* -l, checked; one in the destination outranks it */
	uint16_t port;	  /* -p; 0: not given */
	const struct strvec *options;	     /* -o "Key value" / "Key=value" */
	const struct strvec *identity_files; /* -i */
	int address_family;		     /* -4, -6; AF_UNSPEC: not given */
	int compression;		     /* -C; -1: not given */
	int batch_mode;			     /* -1: not given */
	bool direct; /* -W: no forward but this one, by default */
	bool show;   /* -G: resolve for sshopt_dump(), not for use */
};

/**
 * Read the files.  `user_file` NULL: ~/.ssh/config and then the system file;
 * "none": no file; else only that one, which must exist.  Every bad line of
 * every file is reported, not only the first: `bad` (may be NULL) is called
 * with "FILE line N: reason" for each, and NULL is returned with a final
 * sentence in `err`.  Syntax and keyword errors are found now, for all blocks.
 * `over`, `env` and `source` are not needed any more after the call.
 */
struct sshconf *sshconf_load(const char *user_file,
			     const struct sshconf_override *over,
			     const struct sshconf_env *env,
			     const struct source *source,
			     void (*bad)(void *arg, const char *text),
			     void *arg, struct err *err);
void sshconf_free(struct sshconf *conf);

/** A line as of a file that is none of ssh's, and where it stands. */
struct sshconf_line {
	const char *text;
	const char *where; /* "FILE:LINE", for messages */
};

/**
 * Add `n` lines that outrank the files and are outranked by the command line,
 * for those hosts for which sshconf_set_layer() is called with `*layer`, a
 * number from 1.  0, or -1 with ERR_CONFIG.
 */
int sshconf_add_layer(struct sshconf *conf, const struct sshconf_line *lines,
		      size_t n, unsigned int *layer, struct err *err);

/** For all calls from here on: 0, as at first, or what add_layer() gave. */
void sshconf_set_layer(struct sshconf *conf, unsigned int layer);

/**
 * Tell each line that counts for a host, those that win first: "-o" and
 * layers too, but not what struct sshconf_override says in other fields.
 * Lists take what all lines say.  0, or -1 with `err` as sshconf_resolve().
 */
typedef void sshconf_origin_fn(void *arg, const struct sshopt *row,
			       const char *where);
int sshconf_origins(struct sshconf *conf, const char *host, const char *user,
		    uint16_t port, sshconf_origin_fn *tell, void *arg,
		    struct err *err);

/** What is known of a name. */
enum sshconf_name {
	SSHCONF_NAME_FOUND,
	SSHCONF_NAME_ABSENT, /* it has no address */
	SSHCONF_NAME_OPEN,   /* not looked up yet; taken note of */
	SSHCONF_NAME_LATE,   /* the answer did not come in time */
};

/**
 * What a look-up of `name` for addresses of `family` (AF_...) has told.
 * Never waits.  `*cname`, NULL before the call, is what getaddrinfo(3) calls
 * the canonical name, if it does; borrowed until the next call.
 */
typedef enum sshconf_name sshconf_name_fn(void *arg, const char *name,
					  int family, const char **cname);

/** Whether any line asks for names to be looked up: CanonicalizeHostname. */
bool sshconf_wants_names(const struct sshconf *conf);

/** Where they are from here on.  `fn` NULL, as at first: names stay. */
void sshconf_set_names(struct sshconf *conf, sshconf_name_fn *fn, void *arg);

/**
 * Whether sshconf_resolve() of the same waits for a name: `fn` was asked for
 * one that it said is OPEN.  There may be another after that.
 */
bool sshconf_is_open(struct sshconf *conf, const char *host, const char *user,
		     uint16_t port);

/**
 * The options for `host` as typed (without user and port), complete with
 * defaults and expansions.  `user` and `port` are those of the destination
 * itself, NULL and 0 when not given.  Owned by `conf`.  NULL with `err`.
 *
 * A host that CanonicalizeHostname cannot find is no error: its options say
 * so (`unresolved`).
 *
 * Cost: a few look-ups and a try of each block that conf/sshindex.h finds,
 * when a host in the same blocks was resolved before; twice that with Match
 * final.  A command of Match exec is waited for.
 */
const struct ssh_opts *sshconf_resolve(struct sshconf *conf, const char *host,
				       const char *user, uint16_t port,
				       struct err *err);

#endif /* RSH_CONF_SSHCONF_H */
