/* SPDX-License-Identifier: Apache-2.0 */
/*
 * netpipe - a ProxyCommand.
 *
 *	netpipe ADDR PORT	connect, and pass bytes on, both ways
 *	netpipe -F ADDR PORT	connect, and pass the descriptor by standard
 *				output (ProxyUseFdpass)
 *
 * IPv4 numbers only.  Ends with status 1 when it cannot connect, else with 0
 * at the end of either side.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"

#include "base/banned.h"

static int dial(const char *addr, const char *port)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	uint64_t number;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || parse_uint(port, 1, UINT16_MAX, &number) ||
	    inet_pton(AF_INET, addr, &sa.sin_addr) != 1)
		return -1;
	sa.sin_port = htons((uint16_t)number);
	return connect(fd, (struct sockaddr *)&sa, sizeof(sa)) ? -1 : fd;
}

static int pass(int fd)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { 0 };
	char byte = 0;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(int));
	return sendmsg(STDOUT_FILENO, &msg, 0) == 1 ? 0 : 1;
}

/* -1 at the end. */
static int move(int from, int to)
{
	char buf[65536];
	ssize_t n = read(from, buf, sizeof(buf));

	for (ssize_t done = 0, w; done < n; done += w) {
		w = write(to, buf + done, (size_t)(n - done));
		if (w <= 0)
			return -1;
	}
	return n > 0 ? 0 : -1;
}

static int relay(int fd)
{
	struct pollfd p[2] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = fd, .events = POLLIN },
	};

	for (;;) {
		if (poll(p, 2, -1) < 0)
			return 1;
		if (p[0].revents && move(STDIN_FILENO, fd))
			return 0;
		if (p[1].revents && move(fd, STDOUT_FILENO))
			return 0;
	}
}

int main(int argc, char **argv)
{
	bool fdpass = argc == 4 && !strcmp(argv[1], "-F");
	int fd;

	if (argc != 3 && !fdpass)
		return 2;
	fd = dial(argv[argc - 2], argv[argc - 1]);
	if (fd < 0)
		return 1;
	return fdpass ? pass(fd) : relay(fd);
}
