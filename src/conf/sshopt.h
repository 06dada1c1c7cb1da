/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_SSHOPT_H
#define RSH_CONF_SSHOPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/strbuf.h"

enum strict {
	STRICT_NO,
	STRICT_YES,
	STRICT_ASK,
	STRICT_ACCEPT_NEW
};

/**
 * The options of one host, as ssh_config(5) names them.  While lines are
 * being read INT_MIN, UINT64_MAX, NULL and empty lists mean "not set yet":
 * the first value wins.  sshopt_defaults() then fills the rest.
 *
 * Strings and lists are owned.  A resolved set is immutable and shared by all
 * hosts that resolve alike.  What may still be NULL in it says so.
 */
struct ssh_opts {
	/* clang-format off */
	char *hostname;            /* NULL: the name asked for, as it is */
	char *user;
	int port;
	struct strvec identity_files;
	int identities_only;
	char *identity_agent;      /* path, "none", "SSH_AUTH_SOCK", "$VAR" */
	struct strvec certificate_files;
	int connect_timeout;       /* s; 0: none */
	int connection_attempts;
	int server_alive_interval; /* s; 0: off */
	int server_alive_count_max;
	int tcp_keep_alive;
	int strict;                /* enum strict */
	struct strvec user_known_hosts_files;
	struct strvec global_known_hosts_files;
	char *host_key_alias;      /* or NULL */
	int hash_known_hosts;
	int no_host_authentication_for_localhost;
	int address_family;        /* AF_UNSPEC, AF_INET, AF_INET6 */
	char *bind_address;        /* or NULL */
	char *ciphers;             /* after + - ^ against the defaults */
	char *macs;
	char *kex_algorithms;
	char *host_key_algorithms;
	int host_key_order_fixed;  /* that list stands as it is */
	char *pubkey_accepted_algorithms;
	int compression;
	int log_level;             /* enum log_level */
	struct strvec send_env;    /* patterns */
	struct strvec set_env;     /* NAME=value */
	int batch_mode;
	char *preferred_authentications;
	int pubkey_authentication;
	int password_authentication;
	int kbd_interactive_authentication;
	int number_of_password_prompts;
	char *proxy_command;       /* or NULL; its %h %n %p %r still in it */
	char *proxy_jump;          /* or NULL; not both */
	int request_tty;           /* 0 no, 1 yes, 2 force, 3 auto */
	char *remote_command;      /* or NULL */
	char *ignore_unknown;      /* or NULL */
	uint64_t rekey_bytes;      /* 0: default */
	uint64_t rekey_seconds;    /* 0: no limit */
	int required_rsa_size;     /* bits; smaller RSA keys are refused */
	int escape_char;           /* a byte, or SSHOPT_ESCAPE_NONE */
	int stdin_null;
	char *tag;                 /* for Match tagged; or NULL */
	/* clang-format on */
};

enum {
	SSHOPT_ESCAPE_NONE = -2,
	SSHOPT_MAX_FILES = 100, /* IdentityFile, CertificateFile: each */
};

struct sshopt; /* a row of the keyword table */

void sshopts_init(struct ssh_opts *o);
void sshopts_release(struct ssh_opts *o);
void sshopts_copy(struct ssh_opts *to, const struct ssh_opts *from);

/** The row for a keyword, in any case; NULL when there is none.  O(log n). */
const struct sshopt *sshopt_find(const char *word);

/** The keywords that are no values, but the shape of a file. */
enum sshopt_block {
	SSHOPT_VALUE = 0,
	SSHOPT_HOST,
	SSHOPT_MATCH,
	SSHOPT_INCLUDE
};
enum sshopt_block sshopt_block(const struct sshopt *row);

/** Whether the rest of the line, quotes and all, is its one argument. */
bool sshopt_is_command(const struct sshopt *row);

/**
 * Store the words after a keyword, unless an earlier line did: the first
 * value wins (lists that ssh appends to, append).  0, or -1 with ERR_CONFIG
 * and `o` unchanged; the message names the keyword, not the file: the caller
 * prefixes that.  A row that ssh has and rsh cannot obey safely is refused
 * here with its reason.
 */
int sshopt_store(const struct sshopt *row, char *const *args, size_t nargs,
		 struct ssh_opts *o, struct err *err);

/**
 * Whether the line will not have all the effect it has with ssh; if so the
 * reason is appended to `out`.  For sshopt_store() took the same words.
 */
bool sshopt_note(const struct sshopt *row, char *const *args, size_t nargs,
		 struct strbuf *out);

/** The keyword of a row as ssh_config(5) writes it; in the table's order. */
const char *sshopt_name(const struct sshopt *row);
const struct sshopt *sshopt_at(size_t i); /* NULL past the last */

/** Fill what is not set with the built-in values; then "none" clears. */
void sshopt_defaults(struct ssh_opts *o);

/**
 * Print as `ssh -G` does: lower-case keyword, blank, value; its order.  What
 * rsh does not hold is left out, and paths are shown expanded.
 */
void sshopt_dump(const struct ssh_opts *o, FILE *out);

/** The nearest keyword, for "did you mean"; NULL when none is near. */
const char *sshopt_nearest(const char *word);

#endif /* RSH_CONF_SSHOPT_H */
