/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_CHANNEL_H
#define RSH_SSH_CHANNEL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/observer.h"
#include "ssh/session.h"
#include "ssh/window.h"

/** What came in; called from inside the session's run. */
typedef void channel_data_fn(void *arg, enum stream s, const void *buf,
			     size_t n);

/** The same for who may have no room: how much was taken. */
typedef size_t channel_take_fn(void *arg, enum stream s, const void *buf,
			       size_t n);

enum channel_state {
	CHANNEL_OPEN,	 /* waiting for the confirmation */
	CHANNEL_ENV,	 /* SendEnv, SetEnv */
	CHANNEL_PTY,	 /* where one is wanted */
	CHANNEL_REQUEST, /* exec, shell or subsystem */
	CHANNEL_RUNNING,
	CHANNEL_CLOSING, /* we closed, the server has not yet */
	CHANNEL_CLOSED,
	CHANNEL_FAILED,
};

/**
 * A session channel that runs one command or subsystem, over any driver (RFC
 * 4254).
 *
 * Embedded in its owner.  All members are for reading.  The rules of the end
 * live here: CLOSE is the end, EOF alone is not; a status before EOF counts,
 * the first one; a second is ignored.
 */
struct channel {
	struct session *session;
	struct drv_channel *drv_ch;
	const char *command;		 /* borrowed; NULL: a shell */
	const char *subsystem;		 /* borrowed; or NULL: the command */
	const struct drv_direct *direct; /* borrowed; or NULL */
	channel_data_fn *data;
	channel_take_fn *take; /* or NULL */
	void *arg;
	enum channel_state state;
	enum channel_state failed_in; /* FAILED: which one that was */
	struct drv_pty pty;	      /* no term: none is wanted, or given */
	bool pty_refused;
	bool no_agent; /* may be set right after opening */
	bool leaving;  /* OPEN: to be closed once the server has answered */
	size_t next_env;
	struct strvec env; /* NAME=value */
	bool got_eof, sent_eof;
	bool got_status, got_signal;
	uint32_t status;
	const char *signal; /* static */
	bool core_dumped;
	uint64_t bytes[NSTREAMS]; /* received */
	struct window window;	  /* of STREAM_OUT */
	uint64_t asked_ns;	  /* what the state waits for an answer to */
	bool wide;		  /* the driver was asked for more */
	uint64_t widened;	  /* bytes[] of STREAM_OUT, when it was last */
};

/** Append what SendEnv and SetEnv give a command: "NAME=value", last wins. */
void channel_env(const struct ssh_opts *o, struct strvec *env);

/** Begin: open, environment, request.  Goes on in channel_step(). */
void channel_open_exec(struct channel *ch, struct session *s,
		       const char *command, channel_data_fn *data, void *arg);

/** The same for a connection that the server makes to `to`: once open it runs,
 *  without a request. */
void channel_open_direct(struct channel *ch, struct session *s,
			 const struct drv_direct *to, channel_data_fn *data,
			 void *arg);

/** The same for a subsystem ("sftp"); the driver must have them. */
void channel_open_subsystem(struct channel *ch, struct session *s,
			    const char *name, channel_data_fn *data, void *arg);

/**
 * Ask for a terminal, too: right after the opening.  The driver must have
 * them.  Both streams come as STREAM_OUT then, and there is no end of input but
 * the close.  What `pty` points to is borrowed until CHANNEL_RUNNING.  A server
 * that gives none runs the command without: see pty_refused.
 */
void channel_want_pty(struct channel *ch, const struct drv_pty *pty);

/** The terminal is that large now; at any time. */
void channel_resize(struct channel *ch, const struct drv_size *size);

/** Send a break of so many ms; no answer. */
void channel_break(struct channel *ch, unsigned int ms);

/**
 * Let `take` have what comes in place of data(): right after it was opened.
 * What is not taken waits until channel_more(), and nothing else does.  The
 * driver must be able to (chan_adopt()).
 */
void channel_take_by(struct channel *ch, channel_take_fn *take);
void channel_more(struct channel *ch);

/**
 * Go on.  0, or -1 with ERR_CHANNEL when the server refused; the state is
 * CHANNEL_FAILED then.  Reaches CHANNEL_CLOSED when the server closed.
 */
int channel_step(struct channel *ch, struct err *err);

/** Bytes taken, 0 for no room now, -1 when gone. */
ssize_t channel_write(struct channel *ch, const void *buf, size_t n);

/** The peer of the channel's owner has answered; it took so long. */
void channel_answered(struct channel *ch, uint64_t round_trip_ns);

/**
 * To be called while much comes: lets the peer send on though nothing of what
 * it has sent was heard of for a while, as where the way is long.  How much the
 * peer should have under way now, in bytes; the driver may let it have more.
 */
size_t channel_widen(struct channel *ch);

/** End of our input; once. */
void channel_eof(struct channel *ch);

/** Ask the server to send a signal ("TERM") to the command; no answer. */
void channel_signal(struct channel *ch, const char *name);

/**
 * Close from our side; the state becomes CHANNEL_CLOSED in time.  While the
 * server has not answered the opening it stays CHANNEL_OPEN, and nothing is
 * asked for any more.
 */
void channel_close(struct channel *ch);

/** Free what it holds.  Zeroed is fine. */
void channel_release(struct channel *ch);

#endif /* RSH_SSH_CHANNEL_H */
