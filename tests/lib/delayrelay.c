/* SPDX-License-Identifier: Apache-2.0 */
/*
 * delayrelay - pass TCP connections on, each byte a while later.
 *
 *	delayrelay LISTEN_ADDR TARGET_ADDR TARGET_PORT DELAY_MS
 *
 * Listens on a free port of LISTEN_ADDR, which it prints as "ready PORT".  A
 * round trip through it takes twice DELAY_MS, but for the one that makes the
 * connection.  When one has ended it prints "flights N": how many times the
 * client spoke after the server had.  Ends when killed.
 *
 * Two threads a connection, each moving bytes one way: for a few connections.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"

#include "base/banned.h"

#define CHUNK_BYTES 65536

struct chunk {
	struct chunk *next;
	uint64_t due_ms;
	size_t n; /* 0: the end */
	char bytes[];
};

/* One way of one connection. */
struct way {
	int from, to;
	uint64_t delay_ms;
	struct chunk *head;
	struct chunk **tail;
	struct link *link;
};

/* A connection; freed by the way that ends last. */
struct link {
	struct way ways[2];
	int fds[2];
	pthread_mutex_t lock;
	unsigned int running;
	const struct way *spoke; /* last */
	unsigned int flights;
};

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* Read once; the end is a chunk too. */
static bool way_read(struct way *w)
{
	struct chunk *c = xmalloc(sizeof(*c) + CHUNK_BYTES);
	ssize_t n = read(w->from, c->bytes, CHUNK_BYTES);

	c->next = NULL;
	c->due_ms = now_ms() + w->delay_ms;
	c->n = n > 0 ? (size_t)n : 0;
	*w->tail = c;
	w->tail = &c->next;
	if (n <= 0)
		return false;
	pthread_mutex_lock(&w->link->lock);
	if (w->link->spoke != w && w == &w->link->ways[0])
		w->link->flights++;
	w->link->spoke = w;
	pthread_mutex_unlock(&w->link->lock);
	return true;
}

/* Write the first chunk.  False at the end. */
static bool way_write(struct way *w)
{
	struct chunk *c = w->head;
	bool more = c->n > 0;

	for (size_t pos = 0; pos < c->n;) {
		ssize_t n =
			send(w->to, c->bytes + pos, c->n - pos, MSG_NOSIGNAL);

		if (n < 0) {
			more = false;
			break;
		}
		pos += (size_t)n;
	}
	w->head = c->next;
	if (!w->head)
		w->tail = &w->head;
	free(c);
	return more;
}

static void link_drop(struct link *link)
{
	bool last;

	pthread_mutex_lock(&link->lock);
	last = --link->running == 0;
	pthread_mutex_unlock(&link->lock);
	if (!last)
		return;
	printf("flights %u\n", link->flights);
	fflush(stdout);
	close(link->fds[0]);
	close(link->fds[1]);
	pthread_mutex_destroy(&link->lock);
	free(link);
}

static void *way_run(void *arg)
{
	struct way *w = arg;
	bool reading = true;
	bool writing = true;

	while (writing) {
		struct pollfd pfd = { .fd = reading ? w->from : -1,
				      .events = POLLIN };
		uint64_t now = now_ms();

		if (w->head && w->head->due_ms <= now)
			writing = way_write(w);
		else if (poll(&pfd, 1,
			      w->head ? (int)(w->head->due_ms - now) : -1) > 0)
			reading = way_read(w);
	}
	shutdown(w->to, SHUT_WR);
	while (w->head)
		way_write(w);
	link_drop(w->link);
	return NULL;
}

static int tcp_socket(const char *addr, uint16_t port, struct sockaddr_in *sin)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*sin = (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(port) };
	if (fd < 0 || inet_pton(AF_INET, addr, &sin->sin_addr) != 1) {
		fprintf(stderr, "delayrelay: bad address '%s'\n", addr);
		exit(1);
	}
	return fd;
}

static void fail(const char *what)
{
	fprintf(stderr, "delayrelay: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Connect to the target and let two threads move the bytes. */
static void relay(int client, const char *addr, uint16_t port,
		  uint64_t delay_ms)
{
	struct link *link = xcalloc(1, sizeof(*link));
	struct sockaddr_in sin;
	int server = tcp_socket(addr, port, &sin);
	int one = 1;

	if (connect(server, (const struct sockaddr *)&sin, sizeof(sin))) {
		close(server);
		close(client);
		free(link);
		return;
	}
	setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	pthread_mutex_init(&link->lock, NULL);
	link->fds[0] = client;
	link->fds[1] = server;
	link->running = 2;
	for (size_t i = 0; i < 2; i++) {
		struct way *w = &link->ways[i];
		pthread_t thread;

		w->from = link->fds[i];
		w->to = link->fds[1 - i];
		w->delay_ms = delay_ms;
		w->tail = &w->head;
		w->link = link;
		if (pthread_create(&thread, NULL, way_run, w))
			fail("pthread_create");
		pthread_detach(thread);
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);
	uint64_t port;
	uint64_t delay_ms;
	int fd;

	if (argc != 5 || parse_uint(argv[3], 1, UINT16_MAX, &port) ||
	    parse_uint(argv[4], 0, 60000, &delay_ms)) {
		fprintf(stderr, "usage: delayrelay LISTEN_ADDR TARGET_ADDR "
				"TARGET_PORT DELAY_MS\n");
		return 1;
	}
	fd = tcp_socket(argv[1], 0, &sin);
	if (bind(fd, (const struct sockaddr *)&sin, sizeof(sin)) ||
	    listen(fd, SOMAXCONN) ||
	    getsockname(fd, (struct sockaddr *)&sin, &len))
		fail("cannot listen");
	printf("ready %u\n", (unsigned int)ntohs(sin.sin_port));
	fflush(stdout);
	for (;;) {
		int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC);

		if (client < 0)
			fail("accept");
		relay(client, argv[2], (uint16_t)port, delay_ms);
	}
}
