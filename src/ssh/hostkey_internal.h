/* SPDX-License-Identifier: Apache-2.0 */
/* What hostkey.c, hostkey_files.c and hostkey_add.c share; for nobody else. */
#ifndef RSH_SSH_HOSTKEY_INTERNAL_H
#define RSH_SSH_HOSTKEY_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/list.h"
#include "base/strbuf.h"
#include "conf/knownhosts.h"
#include "model/target.h"
#include "ssh/hostkey.h"

/** A file as far as it was read. */
struct known_file {
	char *path;
	size_t len;
	bool open_line; /* what was read ends without a newline */
	int error;	/* errno: there is something, and it cannot be read */
};

/** A file of RevokedHostKeys, read once. */
struct revoked_file {
	char *path;
	struct strbuf text;
	int error; /* errno */
};

struct hostkeys {
	struct list waiting; /* for a lock; hostkey_add.c */
	struct strvec taken; /* "NAME KEY" new in this run; likewise */
	struct knownhosts *kh;
	struct known_file *files;
	size_t nfiles, cap;
	struct revoked_file *revoked;
	size_t nrevoked, revoked_cap;
};

/* hostkey_files.c */

/** An errno of a file, in words. */
const char *hostkeys_file_error(int error);

/** Index what `fd` holds from where it was left.  0 or an errno. */
int hostkeys_read_more(struct hostkeys *hk, struct known_file *f, int fd);

/** Read once.  A file that is not there holds nothing. */
struct known_file *hostkeys_file(struct hostkeys *hk, const char *path);
const struct revoked_file *hostkeys_revoked(struct hostkeys *hk,
					    const char *path);

/** The files for a target in the order they count; "none" is no file. */
void hostkeys_files_of(const struct target *t, struct strvec *files);

/**
 * 0, or -1 with `err` when one of them is there and cannot be read; all others
 * are read all the same.
 */
int hostkeys_load(struct hostkeys *hk, const struct strvec *files,
		  struct err *err);

/* hostkey.c */

/** The port a name is looked up with. */
uint16_t hostkey_port(const struct target *t);

/** "[name]:port" off port 22, as a new string. */
char *hostkey_with_port(const char *name, uint16_t port);

/**
 * Whether no key of the name is on file; `*address`: the same of its address,
 * where it is one that has to be remembered.
 */
bool hostkey_new_names(struct hostkeys *hk, const struct target *t,
		       const struct hostkey_seen *seen, bool *address);

/* hostkey_add.c */

/** Try again what found its file locked; the `last` time it is given up. */
void hostkeys_write_waiting(struct hostkeys *hk, bool last);

#endif /* RSH_SSH_HOSTKEY_INTERNAL_H */
