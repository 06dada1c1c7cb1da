/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slowagent - a real agent behind a delay.
 *
 *	slowagent SOCKET AGENT_SOCKET DELAY_MS
 *
 * Listens on SOCKET, passes each request on to AGENT_SOCKET when it is DELAY_MS
 * old, and the answer back.  Prints "ready"; at SIGTERM "requests N most M
 * connections C", where M is how many waited for an answer at one time.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"

#define MESSAGE_MAX (256 * 1024)
#define CLIENTS_MAX 64

struct request {
	struct request *next;
	int client;
	uint64_t due_ms;
	size_t len; /* with its length word */
	unsigned char bytes[];
};

struct client {
	int fd; /* or -1 */
	size_t len;
	unsigned char in[MESSAGE_MAX];
};

static struct client *clients[CLIENTS_MAX];
static struct request *first, **last = &first;
static unsigned int waiting, most, requests, connections;
static volatile sig_atomic_t over;

static void stop(int signo)
{
	(void)signo;
	over = 1;
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static struct sockaddr_un address(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(sa.sun_path)) {
		errno = ENAMETOOLONG;
		fail(path);
	}
	memcpy(sa.sun_path, path, strlen(path) + 1);
	return sa;
}

static int connect_to(const char *path)
{
	struct sockaddr_un sa = address(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&sa, sizeof(sa)))
		fail(path);
	return fd;
}

static int listen_on(const char *path)
{
	struct sockaddr_un sa = address(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&sa, sizeof(sa)) ||
	    listen(fd, 128))
		fail(path);
	return fd;
}

/* The length of a message with its length word. */
static size_t message_len(const unsigned char *p)
{
	return 4 + ((size_t)p[0] << 24 | (size_t)p[1] << 16 |
		    (size_t)p[2] << 8 | p[3]);
}

static void read_whole(int fd, unsigned char *p, size_t n)
{
	while (n) {
		ssize_t got = read(fd, p, n);

		if (got <= 0)
			fail("agent");
		p += got;
		n -= (size_t)got;
	}
}

static void accept_client(int listener)
{
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		if (clients[i] && clients[i]->fd >= 0)
			continue;
		if (!clients[i])
			clients[i] = xcalloc(1, sizeof(*clients[i]));
		clients[i]->len = 0;
		clients[i]->fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		connections++;
		return;
	}
	errno = EMFILE;
	fail("clients");
}

static void read_client(struct client *c, int index, uint64_t delay_ms)
{
	ssize_t n = read(c->fd, c->in + c->len, sizeof(c->in) - c->len);

	if (n <= 0) {
		close(c->fd);
		c->fd = -1;
		return;
	}
	c->len += (size_t)n;
	while (c->len >= 4 && message_len(c->in) <= c->len) {
		size_t len = message_len(c->in);
		struct request *r = xmalloc(sizeof(*r) + len);

		*r = (struct request){ .client = index,
				       .due_ms = now_ms() + delay_ms,
				       .len = len };
		memcpy(r->bytes, c->in, len);
		memmove(c->in, c->in + len, c->len - len);
		c->len -= len;
		*last = r;
		last = &r->next;
		requests++;
		if (++waiting > most)
			most = waiting;
	}
	if (c->len == sizeof(c->in)) {
		errno = EMSGSIZE;
		fail("client");
	}
}

static void answer_first(int agent)
{
	static unsigned char reply[MESSAGE_MAX];
	struct request *r = first;
	struct client *c = clients[r->client];
	size_t len;

	first = r->next;
	if (!first)
		last = &first;
	waiting--;
	if (write(agent, r->bytes, r->len) != (ssize_t)r->len)
		fail("agent");
	read_whole(agent, reply, 4);
	len = message_len(reply);
	if (len > sizeof(reply)) {
		errno = EMSGSIZE;
		fail("agent");
	}
	read_whole(agent, reply + 4, len - 4);
	if (c->fd >= 0 && write(c->fd, reply, len) != (ssize_t)len)
		fail("client");
	free(r);
}

/* A SIGTERM may come just before the wait: it is never long. */
static int wait_ms(void)
{
	uint64_t now = now_ms();

	if (!first || first->due_ms > now + 100)
		return 100;
	return first->due_ms <= now ? 0 : (int)(first->due_ms - now);
}

int main(int argc, char **argv)
{
	struct sigaction act = { .sa_handler = stop };
	uint64_t delay_ms;
	int listener, agent;

	if (argc != 4)
		return 2;
	delay_ms = (uint64_t)strtoul(argv[3], NULL, 10);
	agent = connect_to(argv[2]);
	listener = listen_on(argv[1]);
	(void)sigaction(SIGTERM, &act, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	puts("ready");
	(void)fflush(stdout);
	while (!over) {
		struct pollfd p[CLIENTS_MAX + 1] = { { listener, POLLIN, 0 } };

		for (size_t i = 0; i < CLIENTS_MAX; i++)
			p[i + 1] = (struct pollfd){ clients[i] ? clients[i]->fd
							       : -1,
						    POLLIN, 0 };
		if (poll(p, CLIENTS_MAX + 1, wait_ms()) < 0)
			continue;
		if (p[0].revents)
			accept_client(listener);
		for (int i = 0; i < CLIENTS_MAX; i++)
			if (p[i + 1].revents)
				read_client(clients[i], i, delay_ms);
		while (first && first->due_ms <= now_ms())
			answer_first(agent);
	}
	printf("requests %u most %u connections %u\n", requests, most,
	       connections);
	while (first) {
		struct request *next = first->next;

		free(first);
		first = next;
	}
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		free(clients[i]);
	return 0;
}
