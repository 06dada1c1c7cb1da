/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_TESTS_LIB_PTY_H
#define RSH_TESTS_LIB_PTY_H

#include <stddef.h>

/** A pseudo-terminal: the test is the user at `master`. */
struct pty {
	int master, slave;
	char name[64]; /* of the slave */
};

/** 0, or -1.  Neither end becomes a controlling terminal. */
int pty_open(struct pty *p);
void pty_close(struct pty *p);

/**
 * Read from `fd` into `buf`, a string of at most `size` bytes, until `end` has
 * come (NULL: until the end of file).  The test fails when nothing comes for
 * 20 s.
 */
void expect(int fd, const char *end, char *buf, size_t size);

#endif /* RSH_TESTS_LIB_PTY_H */
