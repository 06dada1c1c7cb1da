/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_WIRE_MUX_H
#define RSH_WIRE_MUX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/strbuf.h"

/**
 * The protocol in which the programs of a user share connections
 * (PROTOCOL.mux of OpenSSH), both ways: messages to bytes and back.
 *
 * A packet is a length and so many bytes.  Descriptors go beside the bytes:
 * after a MUX_NEW_SESSION come three single bytes, after a MUX_NEW_STDIO two,
 * each with one descriptor; they are no part of a packet.
 */
#define MUX_VERSION    4
#define MUX_PACKET_MAX ((size_t)256 << 10) /* bytes, without the length */
#define MUX_ENV_MAX    4096		   /* variables of a session */

/** In place of a port: the host beside it is the path of a socket. */
#define MUX_PORT_PATH ((uint32_t)-2)

/** No escape character. */
#define MUX_ESCAPE_NONE UINT32_MAX

enum mux_kind {
	MUX_UNKNOWN, /* a type that is not in the table; id is filled */
	MUX_HELLO,
	/* of a client */
	MUX_NEW_SESSION,
	MUX_ALIVE_CHECK,
	MUX_TERMINATE,
	MUX_OPEN_FORWARD,
	MUX_CLOSE_FORWARD,
	MUX_NEW_STDIO,
	MUX_STOP,
	MUX_PROXY,
	/* of a master */
	MUX_OK,
	MUX_DENIED,
	MUX_FAILURE,
	MUX_EXIT,
	MUX_ALIVE,
	MUX_OPENED,
	MUX_REMOTE_PORT,
	MUX_TTY_FAILED,
	MUX_PROXIED,
	MUX_NKINDS
};

/** What a forward is. */
enum {
	MUX_FORWARD_LOCAL = 1,
	MUX_FORWARD_REMOTE = 2,
	MUX_FORWARD_DYNAMIC = 3
};

/** One message; what its kind has no use for is zero.  Owns its texts. */
struct mux_msg {
	enum mux_kind kind;
	uint32_t id;	 /* of the request; EXIT, TTY_FAILED: of the session */
	uint32_t number; /* HELLO: version; EXIT: status; ALIVE: process;
			    OPENED: session; REMOTE_PORT: port; of a forward:
			    what it is */
	uint32_t tty, x11, agent, subsystem; /* NEW_SESSION: wanted, or 0 */
	uint32_t escape;
	char *term, *command;
	struct strvec env;		    /* NAME=value */
	char *listen_host;		    /* forwards; "" for none */
	char *connect_host;		    /* the same; NEW_STDIO */
	uint32_t listen_port, connect_port; /* or MUX_PORT_PATH */
	char *reason; /* DENIED, FAILURE: bytes of the other side */
};

/** Zeroed is fine. */
void mux_msg_release(struct mux_msg *m);

/**
 * Append `m` as a packet; a text that is NULL is "".  0, or -1 when it would
 * be longer than MUX_PACKET_MAX or pass the ceiling of `out`, which is as
 * before then.
 */
int mux_put(struct strbuf *out, const struct mux_msg *m);

/**
 * The message at the beginning of `n` bytes.  How many of them it took, 0: it
 * is not whole yet, -1 with ERR_PROTOCOL: that is none.  What follows the last
 * field that is known is passed over, as are extensions in a HELLO; of the
 * environment what is more than MUX_ENV_MAX.  Release `m` when it is above 0.
 */
ssize_t mux_get(const void *buf, size_t n, struct mux_msg *m, struct err *err);

#endif /* RSH_WIRE_MUX_H */
