/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_WIRE_SOCKS_H
#define RSH_WIRE_SOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Bytes of one message of a client, at most; a longer one is refused. */
#define SOCKS_IN_MAX 520

/** Bytes to be sent at once, at most. */
#define SOCKS_OUT_MAX 32

/** A name, with the end. */
#define SOCKS_HOST_MAX 256

enum socks_rc {
	SOCKS_MORE,  /* more bytes of the client are needed */
	SOCKS_ASKED, /* `host` and `port` are where it wants to go */
	SOCKS_BAD,   /* no SOCKS, or not what we do; send `out` and close */
};

/** What is said to a client about its wish. */
enum socks_answer {
	SOCKS_GRANTED,
	SOCKS_FAILED,
	SOCKS_FORBIDDEN,
	SOCKS_UNREACHABLE, /* the far end refused, or is not there */
};

/**
 * The server's side of SOCKS 4, 4a and 5 (RFC 1928) up to the answer: no
 * authentication, and connections only.  Pure: bytes in, bytes out.
 *
 * Zeroed is a new client.  Everything is bounded, whatever a client sends.
 */
struct socks {
	unsigned int version; /* 0: not known yet */
	unsigned int step;    /* private */
	size_t need;	      /* private: bytes of `in`; 0: up to a NUL */
	size_t n;
	unsigned char in[SOCKS_IN_MAX];
	/* To be sent; the caller sets out_n to 0 when it is. */
	unsigned char out[SOCKS_OUT_MAX];
	size_t out_n;
	/* A name, or an address as text.  A client's bytes, but for NUL. */
	char host[SOCKS_HOST_MAX];
	uint16_t port;
};

/**
 * How many bytes may be read at once without taking any that follow the
 * request; at least 1.  After SOCKS_MORE.
 */
size_t socks_want(const struct socks *s);

/**
 * Take bytes; `*used` is how many of them.  Those behind the request are left:
 * they are for the far end.  `out` must have been sent before.
 */
enum socks_rc socks_feed(struct socks *s, const void *buf, size_t n,
			 size_t *used);

/** After SOCKS_ASKED: put the answer into `out`. */
void socks_answer(struct socks *s, enum socks_answer answer);

#endif /* RSH_WIRE_SOCKS_H */
