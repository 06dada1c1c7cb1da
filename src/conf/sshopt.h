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

enum canonicalize {
	CANONICALIZE_NO,
	CANONICALIZE_YES,
	CANONICALIZE_ALWAYS
};

enum session_type {
	SESSION_TYPE_DEFAULT,
	SESSION_TYPE_NONE,
	SESSION_TYPE_SUBSYSTEM
};

/** FingerprintHash, by the names ssh shows. */
enum fingerprint_hash {
	FINGERPRINT_MD5,
	FINGERPRINT_SHA1,
	FINGERPRINT_SHA256,
	FINGERPRINT_SHA384,
	FINGERPRINT_SHA512
};

/** What yes, no and ask are where all three are possible. */
enum ask {
	ASK_NO,
	ASK_YES,
	ASK_ASK,
	ASK_CONFIRM /* AddKeysToAgent only */
};

/**
 * The options of one host, as ssh_config(5) names them, a field a keyword.
 * While lines are being read INT_MIN, UINT64_MAX, NULL and empty lists mean
 * "not set yet": the first value wins.  sshopt_defaults() then fills the rest.
 * What is said of a value holds from then on; flags are 0 or 1.
 *
 * Strings and lists are owned.  A resolved set is immutable and shared by all
 * hosts that resolve alike.  What may still be NULL in it says so.
 *
 * A field that is kept is not yet one that is obeyed: see `refused`, and
 * sshopt_note().
 */
struct ssh_opts {
	/* clang-format off */
	int add_keys_to_agent;     /* enum ask */
	int add_keys_to_agent_lifespan; /* s; 0: for good */
	int address_family;        /* AF_UNSPEC, AF_INET, AF_INET6 */
	int batch_mode;
	char *bind_address;        /* or NULL */
	char *bind_interface;      /* or NULL */
	struct strvec canonical_domains; /* lower case, no dot at the end */
	int canonicalize_fallback_local;
	int canonicalize_hostname; /* enum canonicalize */
	int canonicalize_max_dots;
	struct strvec canonicalize_permitted_cnames; /* "SOURCES:TARGETS", two
	                              pattern lists, lower case */
	char *ca_signature_algorithms; /* after + - ^ against ssh's defaults */
	struct strvec certificate_files;
	struct strvec channel_timeouts; /* "TYPE=SPAN" */
	int check_host_ip;
	char *ciphers;             /* after + - ^ against the defaults */
	int clear_all_forwardings; /* then the three lists are empty */
	int compression;
	int connection_attempts;
	int connect_timeout;       /* s; 0 and less: none */
	int control_master;        /* enum ask; SSHOPT_AUTO, SSHOPT_AUTO_ASK */
	char *control_path;        /* or NULL */
	int control_persist;
	int control_persist_timeout; /* s; 0: for good */
	struct strvec dynamic_forwards; /* as sshforward_parse() makes them */
	int enable_escape_commandline;
	int enable_ssh_keysign;
	int escape_char;           /* a byte, or SSHOPT_ESCAPE_NONE */
	int exit_on_forward_failure;
	int fingerprint_hash;      /* enum fingerprint_hash */
	int fork_after_authentication;
	char *forward_agent;       /* "yes", "no", a path or "$VAR" */
	int forward_x11;
	int forward_x11_timeout;   /* s */
	int forward_x11_trusted;
	int gateway_ports;
	struct strvec global_known_hosts_files;
	int gssapi_authentication;
	char *gssapi_client_identity; /* or NULL */
	int gssapi_delegate_credentials;
	char *gssapi_kex_algorithms;
	int gssapi_key_exchange;
	int gssapi_renewal_forces_rekey;
	char *gssapi_server_identity; /* or NULL */
	int gssapi_trust_dns;
	int hash_known_hosts;
	char *hostbased_accepted_algorithms; /* as ca_signature_algorithms */
	int hostbased_authentication;
	char *host_key_algorithms;
	int host_key_order_fixed;  /* that list stands as it is */
	char *host_key_alias;      /* or NULL */
	char *hostname;            /* NULL: the name asked for, as it is */
	int identities_only;
	char *identity_agent;      /* path, "none", "SSH_AUTH_SOCK", "$VAR" */
	struct strvec identity_files;
	char *ignore_unknown;      /* or NULL */
	int ip_qos_interactive;    /* the TOS byte, or SSHOPT_QOS_NONE */
	int ip_qos_bulk;
	int kbd_interactive_authentication;
	char *kbd_interactive_devices; /* or NULL */
	char *kex_algorithms;
	char *known_hosts_command; /* or NULL; its tokens still in it */
	char *local_command;       /* or NULL; its tokens still in it */
	struct strvec local_forwards;
	int log_level;             /* enum log_level; SSHOPT_LOG_DEBUG3 */
	struct strvec log_verbose;
	char *macs;
	int no_host_authentication_for_localhost;
	int number_of_password_prompts;
	char *obscure_keystroke_timing; /* or NULL */
	int password_authentication;
	int permit_local_command;
	struct strvec permit_remote_open; /* "any", "none", "HOST:PORT" */
	char *pkcs11_provider;     /* or NULL */
	int port;
	char *preferred_authentications;
	char *proxy_command;       /* or NULL; its %h %n %p %r still in it */
	char *proxy_jump;          /* or NULL; not both */
	int proxy_use_fdpass;
	char *pubkey_accepted_algorithms;
	int pubkey_authentication;
	char *refuse_connection;   /* the reason, or NULL */
	uint64_t rekey_bytes;      /* 0: default */
	uint64_t rekey_seconds;    /* 0: no limit */
	char *remote_command;      /* or NULL */
	struct strvec remote_forwards;
	int request_tty;           /* 0 no, 1 yes, 2 force, 3 auto */
	int required_rsa_size;     /* bits; smaller RSA keys are refused */
	char *revoked_host_keys;   /* or NULL */
	char *security_key_provider; /* or NULL */
	struct strvec send_env;    /* patterns */
	int server_alive_count_max;
	int server_alive_interval; /* s; 0: off */
	int session_type;          /* enum session_type */
	struct strvec set_env;     /* NAME=value */
	int stdin_null;
	int stream_local_bind_mask;
	int stream_local_bind_unlink;
	int strict;                /* enum strict */
	int syslog_facility;       /* in the order of its row */
	char *tag;                 /* for Match tagged; or NULL */
	int tcp_keep_alive;
	int tunnel;                /* 0 no, 1 point-to-point, 2 ethernet */
	int tunnel_local;          /* or SSHOPT_TUNNEL_ANY */
	int tunnel_remote;
	int update_host_keys;      /* enum ask */
	char *user;
	struct strvec user_known_hosts_files;
	int verify_host_key_dns;   /* enum ask */
	char *version_addendum;    /* or NULL */
	int visual_host_key;
	char *warn_weak_crypto;    /* or NULL */
	char *xauth_location;

	/* Not a keyword: a sentence for each line in effect that rsh must not
	   pass over and cannot obey, or RefuseConnection.  Who runs something
	   on a host with any of these tells them and refuses. */
	struct strvec refused;

	/* Not keywords: the places of the lines that count, or NULL. */
	char *proxy_jump_at;
	char *remote_command_at;

	/* Not a keyword: why the name in full could not be found, so that the
	   host cannot be reached; else NULL. */
	char *unresolved;
	/* KnownHostsCommand in words, or none.  All but the first have their
	   tokens replaced once (percent_expand_first()), but for those of
	   SSHOPT_KHC_TOKENS. */
	struct strvec known_hosts_argv;

	/* LocalCommand with its tokens replaced, where it is permitted;
	   or NULL. */
	char *local_command_line;
	/* clang-format on */
};

/** The tokens of KnownHostsCommand that each run of it has for itself. */
#define SSHOPT_KHC_TOKENS "fHIKt"

enum {
	SSHOPT_ESCAPE_NONE = -2,
	SSHOPT_QOS_NONE = 256,
	SSHOPT_TUNNEL_ANY = 0x7fffffff,
	SSHOPT_TUNNEL_MAX = 0x7fffffff - 2,
	SSHOPT_AUTO = 4, /* ControlMaster */
	SSHOPT_AUTO_ASK = 5,
	SSHOPT_LOG_DEBUG3 = 6,	     /* one above LOG_TRACE */
	SSHOPT_MAX_FILES = 100,	     /* IdentityFile, CertificateFile: each */
	SSHOPT_MAX_FORWARDS = 10000, /* of each kind */
};

struct sshopt; /* a row of the keyword table */

void sshopts_init(struct ssh_opts *o);
void sshopts_release(struct ssh_opts *o);
void sshopts_copy(struct ssh_opts *to, const struct ssh_opts *from);

/**
 * What -Q of ssh(1) asks for: append the names of algorithms of the kind
 * `what`, or of the kinds for "help".  -1 with ERR_USAGE for another one.
 */
int sshopt_query(const char *what, struct strvec *out, struct err *err);

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
 * prefixes that.
 */
int sshopt_store(const struct sshopt *row, char *const *args, size_t nargs,
		 struct ssh_opts *o, struct err *err);

/**
 * The same for a line of a file or of -o.  If `where` is the one that wins
 * and has a value that rsh cannot obey and must not pass over, that goes into
 * `o->refused`, after `where` and a colon.  Some rows keep `where`.
 */
int sshopt_store_line(const struct sshopt *row, char *const *args, size_t nargs,
		      const char *where, struct ssh_opts *o, struct err *err);

/** Whether it matters where a line of this row stands. */
bool sshopt_has_place(const struct sshopt *row);

/**
 * Whether the line will not have all the effect it has with ssh; if so the
 * reason is appended to `out`.  For sshopt_store() took the same words.
 */
bool sshopt_note(const struct sshopt *row, char *const *args, size_t nargs,
		 struct strbuf *out);

/** The keyword of a row as ssh_config(5) writes it. */
const char *sshopt_name(const struct sshopt *row);

/** Fill what is not set with the built-in values; then "none" clears. */
void sshopt_defaults(struct ssh_opts *o);

/** Before these: what is not set gets the defaults it has beside ssh -W. */
void sshopt_direct(struct ssh_opts *o);

/**
 * The same for sshopt_dump(): what ssh -G leaves out stays unset, and shows
 * "none" where it does.
 */
void sshopt_defaults_shown(struct ssh_opts *o);

/**
 * Print as `ssh -G` does: lower-case keyword, blank, value; its order.  `host`
 * is the name as asked for.  Keywords that OpenSSH 9.2 has not are shown when
 * they are set.
 */
void sshopt_dump(const struct ssh_opts *o, const char *host, FILE *out);

/** The nearest keyword, for "did you mean"; NULL when none is near. */
const char *sshopt_nearest(const char *word);

#endif /* RSH_CONF_SSHOPT_H */
