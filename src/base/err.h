/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_BASE_ERR_H
#define RSH_BASE_ERR_H

#include <stdbool.h>

/**
 * What went wrong, as a class that decides exit codes and summaries.  The
 * word for each stands in err.c, for err_name().
 */
enum err_code {
	ERR_NONE = 0,
	ERR_USAGE,     /* command line */
	ERR_CONFIG,    /* ssh_config, host list or other file */
	ERR_RESOLVE,   /* name to address */
	ERR_CONNECT,   /* TCP, proxy */
	ERR_PROTOCOL,  /* identification, key exchange, broken packets */
	ERR_HOSTKEY,   /* the server is not who it should be */
	ERR_AUTH,      /* we are not let in */
	ERR_CHANNEL,   /* the server refused a channel or request */
	ERR_TIMEOUT,   /* the command took longer than it may */
	ERR_LOST,      /* connection ended in the middle */
	ERR_LOCAL,     /* this machine: descriptors, fork, files */
	ERR_COPY,      /* a file could not be copied */
	ERR_CANCELLED, /* the user ended it */
	ERR_NCODES
};

/**
 * A class and a sentence, filled at the place that knows, printed once at the
 * top.  Zero-initialised memory is "no error".
 *
 * Messages: lower case, no full stop, subject in quotes, what failed first:
 * "cannot read '%s': %s".  Bytes of a server go through text_vis() before.
 */
struct err {
	enum err_code code;
	char *msg;   /* owned; NULL when code is ERR_NONE */
	char *block; /* owned: the same in several lines, or NULL */
	char *ssh;   /* owned: what ssh(1) says of it, in lines, or NULL */
	bool needs_program; /* another one may do it: --ssh-program */
};

/**
 * Fill `err` and return -1, so that a caller can `return err_set(...)`.
 * What `err` held is released.  A NULL `err` takes nothing and still gives -1.
 */
int err_set(struct err *err, enum err_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** The same, with ": " and the text of errno at the end. */
int err_set_errno(struct err *err, enum err_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * The same in several lines, for who has room for them: a heading, and lines
 * below.  After err_set(), which forgets those of before.  A NULL `err` takes
 * nothing.
 */
void err_block(struct err *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * The words ssh(1) has for it, which scripts look for, in lines; shown where
 * the program is called ssh.  As err_block() otherwise.
 */
void err_as_ssh(struct err *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** Put text in front of the message: context, added going up. */
void err_prefix(struct err *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** Note, in an error that is set, that --ssh-program may help. */
void err_suggest_program(struct err *err);

/** Move what `from` holds to `to`, leaving `from` empty. */
void err_move(struct err *to, struct err *from);

/** Copy `from` to `to`, which is released first. */
void err_copy(struct err *to, const struct err *from);

/** Back to "no error". */
void err_release(struct err *err);

/** The word scripts see for a class: "connect", "hostkey" ...  Static. */
const char *err_name(enum err_code code);

#endif /* RSH_BASE_ERR_H */
