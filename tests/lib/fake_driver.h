/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_TESTS_LIB_FAKE_DRIVER_H
#define RSH_TESTS_LIB_FAKE_DRIVER_H

#include "ssh/driver.h"

/**
 * A driver that follows a script: rows of what is called and what it answers.
 *
 * A call that is not the current row's is answered with success at once and
 * moves nothing; pump() answers "nothing yet" instead.  So a script says only
 * what matters.  The fake wakes its session by itself after each row.
 */
enum fake_call {
	FAKE_END = 0,
	FAKE_NEW, /* at the head: one for each connection, the rest are made */
	FAKE_HANDSHAKE,
	FAKE_HUNG_UP, /* the server has, at this row */
	FAKE_AUTH,
	FAKE_OPEN,
	FAKE_PTY,
	FAKE_EXEC, /* a command, a shell or a subsystem */
	FAKE_PUMP,
	FAKE_WRITE,  /* FAKE_TAKE: that many bytes; FAKE_ERROR: none ever */
	FAKE_SIGNAL, /* answered by what stands behind, as pump rows */
	FAKE_CLOSE,
	FAKE_LISTEN, /* FAKE_OK: the server chooses port `value` */
	FAKE_UNLISTEN,
	FAKE_THERE, /* as FAKE_PUMP, of the channel the server opened last, or
		       that was opened beside the first */
};

enum fake_answer {
	FAKE_OK = 0,
	FAKE_AGAIN, /* not yet; asked again on the next turn */
	FAKE_WAIT,  /* not yet; asked again after `value` ms */
	FAKE_HANG,  /* never */
	FAKE_ERROR, /* class `value`, sentence `text` */
	FAKE_DENIED,
	FAKE_PARTIAL,
	FAKE_OUT, /* pump: data `text` */
	FAKE_ERR,
	FAKE_EOF,
	FAKE_STATUS, /* pump: exit status `value` */
	FAKE_KILLED, /* pump: exit signal `text` */
	FAKE_CLOSED,
	FAKE_TAKE,  /* write: takes `value` bytes */
	FAKE_OPENS, /* pump: the server opens a channel of type `text`, for
		       what is listened for at port `value` */
};

struct fake_row {
	enum fake_call call;
	enum fake_answer answer;
	uint32_t value;
	const char *text;
};

/** What the fake saw of one connection, by target name. */
struct fake_log {
	const char *name;
	const struct fake_row *script;
	size_t written;	     /* bytes of stdin */
	unsigned int pauses; /* times it was paused */
	unsigned int conns;  /* made */
	unsigned int freed;
	unsigned int auths;   /* tries to log in */
	int tos;	      /* as set last */
	unsigned int refused; /* channels that the server opened */
	unsigned int closes;  /* of sessions that were open */
	unsigned int agents;  /* times agent forwarding was asked for */
	size_t widest;	      /* window asked for; 0: none was */
	bool eof_sent;
	char signals[64];  /* names, each with a blank after it */
	char command[256]; /* of the last exec request; "(shell)", "(sftp)" */
	char direct[128];  /* "HOST PORT" or the path asked for last */
	char pty[128];	   /* type and size, then each new size */
};

/** Scripts by target name; ends with a NULL name.  The caller's storage. */
void fake_driver_use(struct fake_log *logs);

extern const struct ssh_driver driver_fake;	  /* with transport */
extern const struct ssh_driver driver_fake_local; /* straight to ready */

#endif /* RSH_TESTS_LIB_FAKE_DRIVER_H */
