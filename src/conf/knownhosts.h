/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_KNOWNHOSTS_H
#define RSH_CONF_KNOWNHOSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"

/**
 * The known_hosts files (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT), each parsed
 * once a run and indexed by name, so that N hosts against M entries cost
 * N + M.  Patterns are tried one by one.  Each hashed line has a salt of its
 * own: there is no index, only an HMAC for each line and name (about 1 us)
 * until the right one is found, sought first where the last one stood.
 */
struct knownhosts;

/** Zero means refuse, so that a forgotten assignment cannot accept. */
enum kh_verdict {
	KH_ERROR = 0, /* could not decide */
	KH_REVOKED,   /* this very key is @revoked */
	KH_CHANGED,   /* another key of the same type is on file */
	KH_OTHER,     /* only keys of other types are on file; to ssh that
			 is a changed key too */
	KH_CA_ONLY,   /* only @cert-authority lines fit */
	KH_UNKNOWN,   /* nothing is on file */
	KH_MATCH,
};

/** A public key on the wire: RFC 4253, section 6.6. */
struct kh_key {
	const char *type; /* "ssh-ed25519" */
	const void *blob;
	size_t len;
};

struct kh_answer {
	enum kh_verdict verdict;
	const char *file; /* of the line that decided, borrowed, or NULL */
	unsigned long line;
	struct kh_key key; /* of that line, borrowed; zero without one */
};

struct knownhosts *knownhosts_new(void);
void knownhosts_free(struct knownhosts *kh);

/**
 * Add the lines of a file's `text`.  Lines that make no sense are skipped and
 * counted in `*bad` (may be NULL), as ssh does.  Any line length.  A file may
 * be added in parts of whole lines, as it grows.
 */
void knownhosts_add(struct knownhosts *kh, const char *path, const char *text,
		    size_t len, unsigned long *bad);

/**
 * Judge `key` for `name` at `port` as ssh does: looked up as "name" on port
 * 22, else as "[name]:port" and, when no key is on file for that, as "name".
 * There another key counts for nothing, but (unlike ssh) a revocation and a
 * certificate authority do.  Names are compared in lower case.  Only the
 * files in `files` count, in their order.
 */
struct kh_answer knownhosts_check(struct knownhosts *kh,
				  const struct strvec *files, const char *name,
				  uint16_t port, const struct kh_key *key);

/**
 * The key types on file for a host, most wanted first, to offer first in key
 * exchange: appended to `types`, without doubles; none when unknown.  Revoked
 * keys do not count.
 */
void knownhosts_types(struct knownhosts *kh, const struct strvec *files,
		      const char *name, uint16_t port, struct strvec *types);

/** Whether `type` is among them; far cheaper where lines are hashed. */
bool knownhosts_has_type(struct knownhosts *kh, const struct strvec *files,
			 const char *name, uint16_t port, const char *type);

/**
 * Append the line to be written for a new host, newline included.  `name`
 * must be fit for that: see knownhosts_can_hold().
 */
void knownhosts_format(const char *name, uint16_t port,
		       const struct kh_key *key, bool hashed,
		       struct strbuf *out);

/** Whether a line can name a host so: no pattern or other special characters.
 */
bool knownhosts_can_hold(const char *name);

#endif /* RSH_CONF_KNOWNHOSTS_H */
