/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/pty.h"

#include "lib/test.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#define DEADLINE_MS 20000

int pty_open(struct pty *p)
{
	p->slave = -1;
	p->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (p->master < 0 || grantpt(p->master) || unlockpt(p->master) ||
	    ptsname_r(p->master, p->name, sizeof(p->name)))
		return -1;
	p->slave = open(p->name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	return p->slave < 0 ? -1 : 0;
}

void pty_close(struct pty *p)
{
	close(p->master);
	close(p->slave);
}

void expect(int fd, const char *end, char *buf, size_t size)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	size_t len = 0;

	buf[0] = '\0';
	while (!end || !strstr(buf, end)) {
		ssize_t n;

		assert_int_equal(poll(&pfd, 1, DEADLINE_MS), 1);
		n = read(fd, buf + len, size - 1 - len);
		assert_true(n >= 0);
		if (n == 0)
			break;
		len += (size_t)n;
		buf[len] = '\0';
	}
}
