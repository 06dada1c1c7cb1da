/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to driver_libssh*.c, the only files that include <libssh/...>.
 */
#ifndef RSH_SSH_DRIVER_LIBSSH_H
#define RSH_SSH_DRIVER_LIBSSH_H

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/list.h"
#include "conf/knownhosts.h"
#include "io/loop.h"
#include "ssh/driver.h"
#include "ssh/driver_libssh_err.h"
#include "ssh/driver_libssh_heap.h"

struct agent_try;

/** A public key as one block; `key` points into it. */
struct pubkey {
	struct kh_key key;
	void *mem; /* owned */
};

/** A request about the connection, of which one waits at a time. */
enum global_kind {
	GLOBAL_NONE,
	GLOBAL_KEEPALIVE,
	GLOBAL_LISTEN,
	GLOBAL_UNLISTEN,
};

struct global_request {
	enum global_kind kind;
	struct drv_listener *listener; /* of the last two */
	bool answered;
	int rc;			 /* then: SSH_OK or SSH_ERROR */
	int asked, port;	 /* 0: the server chooses; what it chose */
	unsigned int tries;	 /* for the server's choice */
	uint64_t packets, bytes; /* that had come when last looked */
};

struct drv_conn {
	ssh_session s;
	struct loop *loop;
	const char *name; /* borrowed, as the next six */
	const char *peer; /* "ADDRESS port PORT" */
	const char *user;
	struct agent *agent;
	void (*wake)(void *arg);
	void *arg;
	struct watch watch;
	struct defer again;
	struct ssh_counter_struct bytes;   /* libssh counts into it */
	struct ssh_counter_struct packets; /* the same, of whole ones */
	uint64_t seen_in;		   /* bytes.in_bytes when last looked */
	uint64_t alive_ns;
	struct pubkey hostkey;
	char *banner;	/* as last given out */
	char *greeting; /* first line of what is no SSH server */
	struct agent_try *agent_try;
	struct ssh_channel_callbacks_struct left_cb; /* of channels freed */
	struct list channels;
	struct list unanswered; /* struct unanswered */
	struct list late;	/* those that hold some back */
	struct list listeners;	/* what the server may open channels for */
	struct global_request global;
	unsigned int refused; /* channels nobody asked for */
	size_t late_bytes;    /* held back, but for owners that may be full */
	size_t widest;	      /* window asked for beyond that of libssh */
	const char *offence;  /* of the server: the connection is at its end */
	unsigned int opened;  /* channels asked for, ever */
	uint32_t rekey_seconds; /* of RekeyLimit; 0: none */
	enum libssh_stage stage;
	bool given;   /* the descriptor is libssh's */
	bool service; /* ssh-userauth was granted */
	bool paused;
	bool pumping; /* events may be told */
	bool offers;  /* a channel the server opened was not told yet */
	bool woken;   /* and nothing was called since */
	bool moved;   /* see heap_spread() */
};

/** Output that came while nothing may be told, or its owner had no room. */
struct late_data {
	struct late_data *next;
	enum stream stream;
	size_t at, n; /* so far the owner took it */
	unsigned char bytes[];
};

struct drv_channel {
	struct list node;
	struct list late_node; /* in `late` of the connection */
	struct drv_conn *c;
	ssh_channel ch;
	struct ssh_channel_callbacks_struct cb;
	const struct drv_channel_events *ev;
	void *arg;
	struct late_data *late_first, **late_last;
	unsigned int late; /* LATE_*: events held back */
	uint32_t exit_status;
	char *exit_signal, *exit_msg;
	bool exit_core;
	unsigned int number; /* of this one among them, from 1; 0: not yet */
	struct drv_listener *listener; /* the server opened it for that */
	bool opening;		       /* asked for, and not answered yet */
	bool opened;
	bool wrote;  /* some, and so it can */
	bool orphan; /* nobody hears it yet */
	bool full;   /* its owner had no room */
	bool more;   /* libssh may keep some that was not taken */
	bool left;   /* and that since it was last fetched */
	bool closed; /* by the server */
	bool ended;  /* a status or signal was told: the first counts */
	bool asking; /* a request waits for its answer */
	/* to be sent when that is over: */
	char signal[16];       /* "" is none */
	struct drv_size size;  /* no columns: none */
	unsigned int break_ms; /* 0 is none */
	struct heap_spacers spacers;
};

/** What is held back for a paused connection before writing stops, too. */
#define LATE_MAX ((size_t)64 << 10)

/** Call the owner, from the loop.  May free `c`. */
void conn_wake(struct drv_conn *c);

/** The same, later: with defer_post() of c->again. */
void conn_again(struct defer *d);

/**
 * After each call into libssh that may have moved bytes: send what waits,
 * set the watch for what is wanted now, and notice a closed descriptor.
 */
void conn_settle(struct drv_conn *c);

/** Whether libssh has given the connection up. */
bool conn_dead(const struct drv_conn *c);

/** The server does what it must not: the next pump() ends with `offence`. */
void conn_offend(struct drv_conn *c, const char *offence);

/** Fill `err` from the last failure of libssh; DRV_ERROR. */
enum drv_rc conn_fail(struct drv_conn *c, struct err *err);

/**
 * What a request for the channel, which libssh answered with `rc`, came to;
 * `*refused`: the server has said no, and the text is the caller's.
 */
enum drv_rc chan_settle_request(struct drv_channel *ch, int rc, bool *refused,
				struct err *err);

/** When a request is over: send what may not go while one is under way. */
void chan_end_request(struct drv_channel *ch);

/** The same for the opening of the channel. */
enum drv_rc chan_settle_opening(struct drv_channel *ch, int rc, bool *refused,
				struct err *err);

/**
 * Close what the server has opened since its owner has gone.  From pump(), as
 * it reads.
 */
void chan_drop_answered(struct drv_conn *c);

/** Whether there is something to close; to look costs nothing. */
bool chan_any_answered(const struct drv_conn *c);

/** With the connection. */
void chan_drop_unanswered(struct drv_conn *c);

/** Give the channel the number that libssh does, in the order of opening. */
void chan_count_opening(struct drv_channel *ch);

/**
 * The server's words out of "Channel opening failure: channel 43 error (1)
 * REASON", made visible, as a new string; NULL: there are none.
 */
char *chan_refusal_text(const char *text);

/**
 * Write what is the first of a channel; WRITE_STUCK if the server lets no
 * packet have any in it.
 */
#define WRITE_STUCK (-3) /* no code of libssh */
int chan_write_first(ssh_channel ch, const void *buf, uint32_t n);

/** There is something that the next pump() has to tell of the channel. */
void chan_is_late(struct drv_channel *ch);

/**
 * Tell what was held back, unless paused again meanwhile.  It costs as much as
 * there are channels that hold some back.
 */
void chan_tell_late(struct drv_conn *c);

/** What the server asks us for; see ssh_set_message_callback(). */
int fwd_message(ssh_session s, ssh_message msg, void *arg);

/** Look whether the request that waits was answered: after each read. */
void fwd_look(struct drv_conn *c);

/** Hand over channels that the server opened. */
void fwd_tell(struct drv_conn *c);

/** Free the channels that were not handed over. */
void fwd_release(struct drv_conn *c);

void fwd_keepalive(struct drv_conn *c);
void fwd_forget(struct drv_conn *c, struct drv_listener *l);
enum drv_rc fwd_listen(struct drv_conn *c, struct drv_listener *l,
		       struct err *err);
enum drv_rc fwd_unlisten(struct drv_conn *c, struct drv_listener *l,
			 struct err *err);
void chan_adopt(struct drv_channel *ch, const struct drv_channel_events *ev,
		void *arg);
void chan_agent(struct drv_channel *ch, struct drv_listener *l);

/** Before the first channel. */
void chan_prepare(struct drv_conn *c);

struct drv_channel *chan_new(struct drv_conn *c,
			     const struct drv_channel_events *ev, void *arg);
enum drv_rc chan_open_session(struct drv_channel *ch, struct err *err);
enum drv_rc chan_env(struct drv_channel *ch, const char *name,
		     const char *value, struct err *err);
enum drv_rc chan_pty(struct drv_channel *ch, const struct drv_pty *pty,
		     bool *given, struct err *err);
enum drv_rc chan_subsystem(struct drv_channel *ch, const char *name,
			   struct err *err);
void conn_rekey(struct drv_conn *c);
void chan_resize(struct drv_channel *ch, const struct drv_size *size);
void chan_break(struct drv_channel *ch, unsigned int ms);
enum drv_rc chan_exec(struct drv_channel *ch, const char *command,
		      struct err *err);
enum drv_rc chan_open_direct(struct drv_channel *ch,
			     const struct drv_direct *to,
			     struct drv_refused *why, struct err *err);
ssize_t chan_write(struct drv_channel *ch, const void *buf, size_t n);
void chan_more(struct drv_channel *ch);
void chan_widen(struct drv_channel *ch, size_t n);
enum drv_rc chan_eof(struct drv_channel *ch);
enum drv_rc chan_close(struct drv_channel *ch);
void chan_signal(struct drv_channel *ch, const char *signame);
void chan_free(struct drv_channel *ch);

int key_load(const char *path, const char *passphrase, struct drv_key **out,
	     struct err *err);
struct drv_key *cert_load(const char *path, struct err *err);
bool cert_fits(const struct drv_key *cert, const struct kh_key *plain);
struct drv_key *key_certify(const struct drv_key *key,
			    const struct drv_key *cert);
void key_public(const struct drv_key *key, struct kh_key *pub);
void key_free(struct drv_key *key);

/** For libssh to offer; NULL: it cannot. */
ssh_key key_public_half(const struct drv_key *key);

/** The private half, for signing. */
ssh_key key_private(const struct drv_key *key);

/** Take the public half out of `key`; -1 if it has none we can encode. */
int pubkey_export(ssh_key key, struct pubkey *out);
void pubkey_release(struct pubkey *pub);

/** One try with a key of the agent, which may take several calls. */
int agent_try_step(struct drv_conn *c, const struct auth_try *try);
void agent_try_end(struct drv_conn *c);

#endif /* RSH_SSH_DRIVER_LIBSSH_H */
