/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_DRIVER_H
#define RSH_SSH_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/list.h"
#include "base/strbuf.h"
#include "conf/knownhosts.h"
#include "conf/sshopt.h"
#include "io/loop.h"
#include "model/observer.h"

/**
 * Bytes that make one packet, and all of it, where the server takes 32 KB in
 * one, as OpenSSH's does: libssh takes ten off for its head.
 */
#define DRV_PACKET (((size_t)32 << 10) - 10)

/** The widest window: 80 MB/s where a round trip takes 100 ms. */
#define DRV_WINDOW_WIDE ((size_t)8 << 20)

/**
 * What speaks SSH.  Five stand behind this table: libssh
 * (driver_libssh.c), a local process per host (driver_exec.c), ssh(1) per host
 * (driver_program.c), a master that is there already (driver_mux.c) and the
 * scripted fake of the tests.
 *
 * A driver owns its descriptors and watchers.  Whenever something may have
 * moved it calls `wake`, always from the loop and never from inside a call
 * made to it; the session then calls the pending function again with the same
 * arguments.  No call blocks.  After DRV_ERROR `err` is filled and the only
 * thing left to do is to free.
 */
enum drv_rc {
	DRV_OK,
	DRV_AGAIN, /* call again when woken */
	DRV_ERROR,
};

struct agent;
struct drv_conn;
struct drv_channel;

/** A connection to be made.  All is borrowed until conn_free(). */
struct drv_params {
	struct loop *loop;
	const struct ssh_opts *opts;
	const char *name; /* for messages */
	const char *user;
	const char *peer;	   /* "ADDRESS port PORT", or NULL: not known */
	int fd;			   /* connected; the driver's from here on */
	const char *hostkey_types; /* comma list in order of preference, or
				      NULL: opts->host_key_algorithms */
	struct agent *agent;	   /* NULL: none */
	void (*wake)(void *arg);
	void *arg;
	/* exec: the words to run and what stands for %h %n %u; program: the
	   program and its options, and what it is to reach and to run */
	const struct strvec *argv;
	const char *subst_host;
	unsigned int subst_rank;
	const char *alias;
	uint16_t port;
	const char *command; /* NULL: a shell */
};

/** A private key, decrypted once and shared by all connections. */
struct drv_key;

struct identity;

/** One try to get in. */
enum auth_kind {
	AUTH_NONE,
	AUTH_OFFER,    /* would `key`, its public half, do?  AUTH_WANTED */
	AUTH_KEY,      /* sign with `key` */
	AUTH_AGENT,    /* let the agent sign for `blob` */
	AUTH_PASSWORD, /* send `secret` */
	AUTH_KBDINT,   /* let the server ask: AUTH_ASKED */
};

struct auth_try {
	enum auth_kind kind;
	const struct drv_key *key;
	const void *blob;
	size_t blob_len;
	const void *signer; /* AUTH_AGENT: the blob of the key that signs, if
			       `blob` is a certificate for it; NULL: `blob` */
	size_t signer_len;
	const char *secret;
	struct identity *locked; /* no business of the driver's: auth.h */
	const char *where; /* for messages: the file of the key, or the agent's
			      comment, whose bytes are not checked */
};

enum auth_answer {
	AUTH_DENIED,
	AUTH_PARTIAL, /* accepted, and the server wants another method too */
	AUTH_SUCCESS,
	AUTH_ASKED, /* AUTH_KBDINT only: answer, then make the same try again */
	AUTH_WANTED, /* AUTH_OFFER only: yes */
};

/** What a server asks.  Its bytes are not checked. */
struct auth_asked {
	const char *name, *instruction; /* "" for none; valid until auth() */
	unsigned int n;			/* questions; may be 0 */
};

/** Methods the server said may go on; a bit set. */
enum {
	AUTH_CAN_NONE = 1,
	AUTH_CAN_PUBLICKEY = 2,
	AUTH_CAN_PASSWORD = 4,
	AUTH_CAN_KBDINT = 8,
	AUTH_CAN_GSSAPI = 16,
	AUTH_CAN_HOSTBASED = 32,
	AUTH_CAN_ANY = 63, /* the server has not said yet */
};

/**
 * What a channel tells its owner, from inside pump() and nowhere else, and
 * not while the connection is paused.  None of these may free the channel or
 * the connection.
 */
struct drv_channel_events {
	void (*data)(void *arg, enum stream s, const void *buf, size_t n);
	void (*eof)(void *arg);
	/* One of these two, once at most; before or after eof. */
	void (*exit_status)(void *arg, uint32_t status);
	/* `name` and `msg` are the server's bytes, not checked */
	void (*exit_signal)(void *arg, const char *name, bool core,
			    const char *msg);
	void (*closed)(void *arg);
	/* In place of data(), for an owner that may have no room: how many of
	   the bytes it took.  The rest, and what follows, waits until
	   chan_more(), and holds up no other channel.  NULL: data() takes
	   all. */
	size_t (*take)(void *arg, const void *buf, size_t n);
	/* The same for the second stream, beside take(); one that has no room
	   stops both.  NULL: what comes there is dropped. */
	size_t (*take_err)(void *arg, const void *buf, size_t n);
};

/** The size of a terminal; pixels 0: not known. */
struct drv_size {
	unsigned int columns, lines;
	unsigned int x_pixels, y_pixels;
};

/** A terminal to ask for (RFC 4254, 6.2). */
struct drv_pty {
	const char *term;
	struct drv_size size;
	/* Encoded as in section 8 there; NULL: what the server has.  A driver
	   that cannot send them leaves them out. */
	const void *modes;
	size_t modes_len;
};

/** Bytes kept of a reason, with the end. */
#define DRV_REASON_MAX 256

/** Why a server opens no channel (RFC 4254, 5.1), as far as told apart. */
enum drv_refusal {
	DRV_REFUSED_UNKNOWN, /* it cannot be told which answer was whose */
	DRV_REFUSED_BUSY,    /* it does not allow that, or not so many */
	DRV_REFUSED_OTHER,   /* this one cannot be reached */
};

/** What a server says of a channel that it does not open. */
struct drv_refused {
	enum drv_refusal kind;
	uint32_t reason; /* RFC 4254, 5.1; 0: it is not known */
	/* its own words, made visible; "" for none */
	char text[DRV_REASON_MAX];
};

/**
 * What a server may open channels for, because it was asked to: a port that it
 * listens on for us, or agent forwarding.  Whatever else it opens is refused.
 *
 * Embedded in who asks, and the driver's from listen() or chan_agent() until
 * that was refused, unlisten() is done, or forget().
 */
struct drv_listener {
	const char *address; /* as it is asked for; "": any */
	uint16_t port;	     /* 0: the server chooses; then what it chose */
	unsigned int most;   /* channels at once; one more is refused */
	/* From inside pump(), as events of channels are: `ch` is open and the
	   receiver's.  It says with chan_adopt(), at once, who hears it. */
	void (*opened)(struct drv_listener *l, struct drv_channel *ch);
	struct list node; /* private, as what follows */
	unsigned int nopen;
};

/** The far end of a channel to somewhere else: a port, or a Unix socket. */
struct drv_direct {
	const char *host;
	uint16_t port;
	const char *path; /* or NULL; then there is no host */
	/* Who wants to go there; NULL: nobody in particular. */
	const char *from_host;
	uint16_t from_port;
};

struct ssh_driver {
	const char *name;
	/* No transport, host key or authentication of ours.  With a handshake
	   it logs in there, within the budget. */
	bool local;
	bool configured; /* though local it obeys ssh_config */

	/* Cannot block; takes params->fd also when it fails. */
	struct drv_conn *(*conn_new)(const struct drv_params *params,
				     struct err *err);
	/* Identification and key exchange: ERR_PROTOCOL. */
	enum drv_rc (*handshake)(struct drv_conn *c, struct err *err);
	/* Whether a failed handshake ended before the server identified
	   itself, as with one that has too many connections (MaxStartups), and
	   it said nothing else instead: worth another attempt.  NULL: never. */
	bool (*dropped_early)(const struct drv_conn *c);
	/* Whether the server has identified itself.  NULL: at once. */
	bool (*identified)(const struct drv_conn *c);
	/* Whether a failed handshake left nothing behind, so that the session
	   may begin with another driver.  NULL: it never may. */
	bool (*undone)(const struct drv_conn *c);
	/* The server's key, valid until conn_free(). */
	int (*hostkey)(struct drv_conn *c, struct kh_key *key, struct err *err);
	/* Whether the server has closed the connection, though nothing was
	   read since.  NULL: that cannot be told. */
	bool (*hung_up)(const struct drv_conn *c);
	/* One try; AGAIN until answered.  An error of the connection is
	   DRV_ERROR, a refusal is DRV_OK with AUTH_DENIED. */
	enum drv_rc (*auth)(struct drv_conn *c, const struct auth_try *try,
			    enum auth_answer *answer, unsigned int *methods,
			    struct err *err);
	/* After AUTH_ASKED: what, the text of question `i` (valid until
	   auth()) and whether its answer may be seen; `text` is copied. */
	void (*asked)(struct drv_conn *c, struct auth_asked *asked);
	const char *(*question)(struct drv_conn *c, unsigned int i, bool *echo);
	void (*answer)(struct drv_conn *c, unsigned int i, const char *text);
	/* Move bytes: called when woken, once authenticated.  Runs at most
	   about 64 KiB before it yields and asks to be woken again.  Never
	   DRV_OK: there may always be more. */
	enum drv_rc (*pump)(struct drv_conn *c, struct err *err);
	/* Stop (start) reading the connection; writes go on. */
	void (*pause)(struct drv_conn *c, bool paused);
	/* The type of service of its packets from here on, if it goes by IP;
	   NULL: it never does. */
	void (*set_tos)(struct drv_conn *c, int tos);
	/* Ask for a sign of life; the answer shows as alive_ns moving. */
	void (*keepalive)(struct drv_conn *c);
	/* Let the server listen for us, and pass on who connects there.  After
	   a refusal, ERR_CHANNEL, the connection lives.  One request waits for
	   its answer at a time; another is AGAIN until its turn has come.
	   NULL: it cannot. */
	enum drv_rc (*listen)(struct drv_conn *c, struct drv_listener *l,
			      struct err *err);
	/* No more; what is open stays.  It is done whatever the server says. */
	enum drv_rc (*unlisten)(struct drv_conn *c, struct drv_listener *l,
				struct err *err);
	/* Nobody takes what the server opens for it any more, whatever the
	   server knows.  One that the driver does not have is fine. */
	void (*forget)(struct drv_conn *c, struct drv_listener *l);
	/* Agree on new keys soon, if the present ones are older than a second.
	   NULL: it cannot be asked for. */
	void (*rekey)(struct drv_conn *c);
	/* loop_now() of the last byte that came in. */
	uint64_t (*alive_ns)(const struct drv_conn *c);
	/* The server's banner so far, or NULL.  Its bytes are not checked. */
	const char *(*banner)(struct drv_conn *c);
	/* Say goodbye without waiting, close, free.  Its channels must be freed
	   before.  NULL is fine. */
	void (*conn_free)(struct drv_conn *c);

	struct drv_channel *(*chan_new)(struct drv_conn *c,
					const struct drv_channel_events *ev,
					void *arg);
	/* ERR_CHANNEL with the server's reason, made visible.  NULL: there is
	   nothing to open before the command. */
	enum drv_rc (*chan_open_session)(struct drv_channel *ch,
					 struct err *err);
	/* Let the server connect to `to`.  After a refusal `*why` says what
	   it said, and the connection lives.  ERR_CHANNEL.  NULL: it cannot. */
	enum drv_rc (*chan_open_direct)(struct drv_channel *ch,
					const struct drv_direct *to,
					struct drv_refused *why,
					struct err *err);
	/* Say who hears a channel: one that the server opened, or that was not
	   asked for yet; `ev` has take(). */
	void (*chan_adopt)(struct drv_channel *ch,
			   const struct drv_channel_events *ev, void *arg);
	/* Let the command of `ch`, which is open and has not begun, reach the
	   agent: `l` takes the channels that the server opens for that.  Sent
	   without an answer.  NULL: it cannot. */
	void (*chan_agent)(struct drv_channel *ch, struct drv_listener *l);
	/* A refused variable is DRV_OK: as ssh, nobody is told.  NULL: who runs
	   the command has them from elsewhere. */
	enum drv_rc (*chan_env)(struct drv_channel *ch, const char *name,
				const char *value, struct err *err);
	/* A terminal; before the command.  Refused, it is OK and not `*given`.
	   NULL: there is none to be had. */
	enum drv_rc (*chan_pty)(struct drv_channel *ch,
				const struct drv_pty *pty, bool *given,
				struct err *err);
	/* `command` NULL: the user's shell. */
	enum drv_rc (*chan_exec)(struct drv_channel *ch, const char *command,
				 struct err *err);
	/* In place of a command, what the server has under that name.  NULL:
	   there is none to be had. */
	enum drv_rc (*chan_subsystem)(struct drv_channel *ch, const char *name,
				      struct err *err);
	/* The terminal is now that large, or (a serial line) hears a break of
	   so many ms; sent without an answer.  NULL where chan_pty is. */
	void (*chan_resize)(struct drv_channel *ch,
			    const struct drv_size *size);
	void (*chan_break)(struct drv_channel *ch, unsigned int ms);
	/* How many bytes were taken, 0 when there is no room now (wake will
	   come), -1 when the channel or connection is gone (pump() tells why).
	   Takes at most two packets at once. */
	ssize_t (*chan_write)(struct drv_channel *ch, const void *buf,
			      size_t n);
	/* There is room again for what take() left; it is called on a later
	   turn, from pump(). */
	void (*chan_more)(struct drv_channel *ch);
	/* Let the peer send so many bytes, at most DRV_WINDOW_WIDE, before the
	   next is taken; for a channel of data(), from outside of it.  Good
	   until as many have come: repeat it.  NULL: it cannot be told. */
	void (*chan_widen)(struct drv_channel *ch, size_t n);
	/* Ask until OK. */
	enum drv_rc (*chan_eof)(struct drv_channel *ch);
	enum drv_rc (*chan_close)(struct drv_channel *ch);
	/* "TERM"; sent without an answer. */
	void (*chan_signal)(struct drv_channel *ch, const char *signame);
	void (*chan_free)(struct drv_channel *ch);

	/* Private keys; NULL in drivers that have none.
	   key_load: `passphrase` NULL tries without.  1: loaded; 0: there is
	   a key but it needs a (better) passphrase; 2: only the public half
	   is here; -1: err.  With 0 and 2 `*key` is that half, good for
	   key_public() and AUTH_OFFER; it may be NULL with 0. */
	int (*key_load)(const char *path, const char *passphrase,
			struct drv_key **key, struct err *err);
	/* The certificate in the file at `path` (ssh-keygen(1),
	   "CERTIFICATES"), good for key_public(), cert_fits(),
	   key_certify() and AUTH_OFFER; NULL: err. */
	struct drv_key *(*cert_load)(const char *path, struct err *err);
	/* Whether it is for the key with that public half. */
	bool (*cert_fits)(const struct drv_key *cert,
			  const struct kh_key *plain);
	/* `key`, which can sign, with `cert`, which is for it, as a key of its
	   own; NULL: the certificate is of a type the driver cannot use. */
	struct drv_key *(*key_certify)(const struct drv_key *key,
				       const struct drv_key *cert);
	/* The public half, for matching with agents: borrowed from the key. */
	void (*key_public)(const struct drv_key *key, struct kh_key *pub);
	void (*key_free)(struct drv_key *key);
};

/** "ssh", "exec" or "program"; NULL for any other name. */
const struct ssh_driver *driver_find(const char *name);

extern const struct ssh_driver driver_libssh;
extern const struct ssh_driver driver_exec;
extern const struct ssh_driver driver_mux; /* for session_env.shared only */
extern const struct ssh_driver driver_program;

/** "0.10.6/openssl/zlib", for --version. */
const char *driver_libssh_version(void);

#endif /* RSH_SSH_DRIVER_H */
