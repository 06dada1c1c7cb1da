/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A real sshd on a loopback address, with keys of its own in a temporary
 * folder: tests/lib/sshd.bash with one node, for unit tests.
 */
#ifndef RSH_TESTS_LIB_SSHD_H
#define RSH_TESTS_LIB_SSHD_H

#include <stdint.h>

struct sshd {
	char dir[64]; /* hostkey.pub, id, authorized_keys ... */
	uint16_t port;
	char user[64];
};

/** 0, or -1 with a word on stderr. */
int sshd_start(struct sshd *s);

/** Stop it and all it runs, remove the folder.  Zeroed is fine. */
void sshd_stop(struct sshd *s);

/** A connected, nonblocking descriptor, or -1. */
int sshd_connect(const struct sshd *s);

/** DIR/NAME; the caller frees it. */
char *sshd_path(const struct sshd *s, const char *name);

#endif /* RSH_TESTS_LIB_SSHD_H */
