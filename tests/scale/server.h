/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_TESTS_SCALE_SERVER_H
#define RSH_TESTS_SCALE_SERVER_H

#include <libssh/libssh.h>
#include <libssh/server.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/list.h"

/** What is wrong with an address. */
enum fault {
	FAULT_NONE,
	/* before SSH; see mute.c */
	FAULT_REFUSE,  /* nobody listens */
	FAULT_RESET,   /* accepts, then resets */
	FAULT_CLOSE,   /* accepts, then closes */
	FAULT_FLAKY,   /* closes the first connection, serves the others */
	FAULT_SILENT,  /* accepts, never speaks */
	FAULT_SLOW,    /* a byte of banner each half second */
	FAULT_FLOOD,   /* lines before the banner without end */
	FAULT_GARBAGE, /* an HTTP answer */
	FAULT_SSH1,    /* a server of protocol 1.5 */
	FAULT_BANNER,  /* the banner, then silence */
	/* within SSH; see conn.c */
	FAULT_KEX,	 /* silence in the key exchange */
	FAULT_HOSTKEY,	 /* another host key */
	FAULT_AUTH,	 /* nobody gets in */
	FAULT_PASSWORD,	 /* lets in by PASSWORD only */
	FAULT_HANGUP,	 /* the same; closes after another one */
	FAULT_KBDINT,	 /* lets in by the question for it only */
	FAULT_OTP,	 /* the same; asks for a code next */
	FAULT_PARTIAL,	 /* wants a key and then the password */
	FAULT_FROZEN,	 /* reads nothing more once logged in */
	FAULT_NOCHANNEL, /* refuses channels */
	FAULT_NOEXEC,	 /* refuses commands */
	FAULT_DROP,	 /* resets where the exit status belongs */
	FAULT_NOSTATUS,	 /* closes where the exit status belongs */
	FAULT_KILLED,	 /* the command dies by TERM there */
};

/** The password of all who want one, and the code of FAULT_OTP. */
#define PASSWORD "open sesame"
#define CODE	 "123456"

/** FAULT_NONE and -1 if nobody knows the `name`. */
int fault_find(const char *name, enum fault *fault);

/** True for those that never come to speak SSH. */
bool fault_is_mute(enum fault fault);

/** Something that epoll watches; embedded first in what it stands for. */
struct source {
	void (*ready)(struct source *src, uint32_t events);
};

struct server {
	int epfd;
	ssh_bind bind;	     /* has the host key */
	ssh_bind other_bind; /* has another one, for FAULT_HOSTKEY */
	struct list peers;   /* open connections */
	struct list timed;   /* those that wait for a moment */
	struct list meeting; /* those that wait for each other */
	struct list dead;    /* to be freed at the end of the turn */
	unsigned long accepted, served;
	unsigned long passwords; /* that were sent, right or wrong */
	unsigned int open, peak, nmeeting;
};

/** A connection of any kind, embedded first in conn and mute. */
struct peer {
	struct source src;
	struct server *srv;
	int fd;
	uint32_t want; /* what epoll was told */
	bool watched, dead, meets;
	struct list link; /* in srv->peers or srv->dead */
	struct list wait; /* in srv->timed or srv->meeting, or alone */
	uint64_t due_ms;  /* while in srv->timed */
	void (*advance)(struct peer *p);
	void (*free)(struct peer *p);
};

/** CLOCK_MONOTONIC in milliseconds. */
uint64_t now_ms(void);

void peer_init(struct peer *p, struct server *srv, int fd);

/** Tell epoll what to wait for. */
void peer_want(struct peer *p, uint32_t want);

/** Have `advance` called in `ms` milliseconds. */
void peer_delay(struct peer *p, uint64_t ms);

/** Wait until `n` peers do the same; true if they are complete now. */
bool peer_meet(struct peer *p, uint64_t n);

/** Stop waiting for a moment or for others. */
void peer_unwait(struct peer *p);

/** To be freed at the end of this turn; nothing is called any more. */
void peer_end(struct peer *p);

/** Make the next close of `fd` a reset. */
void fd_reset_on_close(int fd);

/** Serve SSH on `fd`, which is taken. */
void conn_new(struct server *srv, int fd, uint32_t addr, enum fault fault);

/** Misbehave on `fd`, which is taken. */
void mute_new(struct server *srv, int fd, enum fault fault);

#endif /* RSH_TESTS_SCALE_SERVER_H */
