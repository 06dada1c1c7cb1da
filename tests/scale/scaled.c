/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scaled - an SSH server for tests: many sessions in one process.
 *
 *	scaled -a 127.1.0.1-127.1.3.232 -p 7022 -k HOSTKEY [-f FAULT=RANGE]...
 *
 * Each address is a host: it has a listening socket of its own, so nothing
 * but the loopback addresses asked for can be reached.  What a "host" does is
 * told by the text of the command (script.h) and by its fault (mute.c).
 *
 * Prints "ready PORT" when it listens, and on SIGUSR1 and at its end, by
 * SIGTERM or SIGINT, one line of counts.
 */
#include "scale/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"

#include "base/banned.h"

#define MAX_ADDRESSES 65536
#define TICK_MS	      5 /* how exact delays are */
#define PORT_FIRST    20000
#define PORT_LAST     32767 /* above are the clients' own */

struct range {
	uint32_t first, last;
	enum fault fault;
};

struct listener {
	struct source src; /* first */
	struct server *srv;
	int fd; /* -1: refuses */
	uint32_t addr;
	enum fault fault;
};

struct config {
	struct range *ranges;
	size_t nranges, ranges_cap;
	struct range *faults;
	size_t nfaults, faults_cap;
	uint16_t port;
	const char *hostkey;
};

struct signals {
	struct source src; /* first */
	struct server *srv;
	int fd;
	bool stop;
};

uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

void fd_reset_on_close(int fd)
{
	struct linger linger = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

void peer_init(struct peer *p, struct server *srv, int fd)
{
	p->srv = srv;
	p->fd = fd;
	list_append(&srv->peers, &p->link);
	list_init(&p->wait);
	srv->open++;
	if (srv->open > srv->peak)
		srv->peak = srv->open;
}

void peer_want(struct peer *p, uint32_t want)
{
	struct epoll_event ev = { .events = want, .data = { .ptr = &p->src } };
	int op = !p->watched ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;

	if (p->dead || (p->watched && p->want == want))
		return;
	if (epoll_ctl(p->srv->epfd, op, p->fd, &ev)) {
		perror("scaled: epoll_ctl");
		abort();
	}
	p->want = want;
	p->watched = true;
}

void peer_unwait(struct peer *p)
{
	if (p->meets)
		p->srv->nmeeting--;
	p->meets = false;
	list_remove(&p->wait);
}

void peer_delay(struct peer *p, uint64_t ms)
{
	peer_unwait(p);
	p->due_ms = now_ms() + ms;
	list_append(&p->srv->timed, &p->wait);
}

bool peer_meet(struct peer *p, uint64_t n)
{
	struct server *srv = p->srv;

	if (srv->nmeeting + 1 < n) {
		p->meets = true;
		srv->nmeeting++;
		list_append(&srv->meeting, &p->wait);
		return false;
	}
	while (!list_empty(&srv->meeting)) {
		struct peer *other =
			container_of(srv->meeting.next, struct peer, wait);

		peer_delay(other, 0);
	}
	return true;
}

void peer_end(struct peer *p)
{
	if (p->dead)
		return;
	peer_unwait(p);
	p->dead = true;
	p->srv->open--;
	list_remove(&p->link);
	list_append(&p->srv->dead, &p->link);
}

/* Call those whose moment has come. */
static void server_tick(struct server *srv)
{
	uint64_t now = now_ms();

	list_for_each_safe (pos, after, &srv->timed) {
		struct peer *p = container_of(pos, struct peer, wait);

		if (p->due_ms > now)
			continue;
		peer_unwait(p);
		p->advance(p);
	}
}

static void free_peers(struct list *peers)
{
	list_for_each_safe (pos, after, peers) {
		struct peer *p = container_of(pos, struct peer, link);

		list_remove(&p->link);
		p->free(p);
	}
}

static void listener_ready(struct source *src, uint32_t events)
{
	struct listener *l = (struct listener *)src;
	int one = 1;
	int fd;

	(void)events;
	while ((fd = accept4(l->fd, NULL, NULL,
			     SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		enum fault fault = l->fault;

		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		l->srv->accepted++;
		if (fault == FAULT_FLAKY)
			l->fault = FAULT_NONE;
		if (fault_is_mute(fault))
			mute_new(l->srv, fd, fault);
		else
			conn_new(l->srv, fd, l->addr, fault);
	}
	if (errno == EMFILE || errno == ENFILE) {
		perror("scaled: accept");
		abort();
	}
}

static void stats_print(const struct server *srv)
{
	printf("accepted=%lu served=%lu open=%u peak=%u passwords=%lu\n",
	       srv->accepted, srv->served, srv->open, srv->peak,
	       srv->passwords);
	fflush(stdout);
}

static void signals_ready(struct source *src, uint32_t events)
{
	struct signals *s = (struct signals *)src;
	struct signalfd_siginfo info;

	(void)events;
	while (read(s->fd, &info, sizeof(info)) == sizeof(info)) {
		stats_print(s->srv);
		if (info.ssi_signo != SIGUSR1)
			s->stop = true;
	}
}

static int source_watch(struct server *srv, struct source *src, int fd,
			struct err *err)
{
	struct epoll_event ev = { .events = EPOLLIN, .data = { .ptr = src } };

	if (epoll_ctl(srv->epfd, EPOLL_CTL_ADD, fd, &ev))
		return err_set_errno(err, ERR_LOCAL, "cannot watch");
	return 0;
}

static int signals_start(struct signals *s, struct server *srv, struct err *err)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	s->srv = srv;
	s->src.ready = signals_ready;
	s->fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (s->fd < 0)
		return err_set_errno(err, ERR_LOCAL, "signalfd");
	return source_watch(srv, &s->src, s->fd, err);
}

static int addr_parse(const char *text, uint32_t *addr, struct err *err)
{
	struct in_addr in;

	if (inet_pton(AF_INET, text, &in) != 1 || ntohl(in.s_addr) >> 24 != 127)
		return err_set(err, ERR_USAGE, "'%s' is no address of 127/8",
			       text);
	*addr = ntohl(in.s_addr);
	return 0;
}

/* "127.1.0.1" or "127.1.0.1-127.1.0.9". */
static int range_parse(const char *text, struct range *range, struct err *err)
{
	const char *dash = strchr(text, '-');
	char *first =
		xstrndup(text, dash ? (size_t)(dash - text) : strlen(text));
	int ret = addr_parse(first, &range->first, err);

	free(first);
	range->last = range->first;
	if (!ret && dash)
		ret = addr_parse(dash + 1, &range->last, err);
	if (!ret && (range->last < range->first ||
		     range->last - range->first >= MAX_ADDRESSES))
		ret = err_set(err, ERR_USAGE, "'%s' is no range", text);
	return ret;
}

static int config_add_range(struct config *cfg, const char *text,
			    struct err *err)
{
	struct range range = { 0 };

	if (range_parse(text, &range, err))
		return -1;
	cfg->ranges = grow_array(cfg->ranges, &cfg->ranges_cap, cfg->nranges,
				 sizeof(*cfg->ranges));
	cfg->ranges[cfg->nranges++] = range;
	return 0;
}

static int config_add_fault(struct config *cfg, const char *text,
			    struct err *err)
{
	const char *equals = strchr(text, '=');
	struct range range = { 0 };
	char *name;
	int unknown;

	if (!equals)
		return err_set(err, ERR_USAGE, "'%s' is not FAULT=RANGE", text);
	name = xstrndup(text, (size_t)(equals - text));
	unknown = fault_find(name, &range.fault);
	free(name);
	if (unknown)
		return err_set(err, ERR_USAGE, "no fault '%s'", text);
	if (range_parse(equals + 1, &range, err))
		return -1;
	cfg->faults = grow_array(cfg->faults, &cfg->faults_cap, cfg->nfaults,
				 sizeof(*cfg->faults));
	cfg->faults[cfg->nfaults++] = range;
	return 0;
}

static int config_read(struct config *cfg, int argc, char **argv,
		       struct err *err)
{
	uint64_t port;
	int opt;

	while ((opt = getopt(argc, argv, "a:f:k:p:")) != -1) {
		int bad = 0;

		switch (opt) {
		case 'a':
			bad = config_add_range(cfg, optarg, err);
			break;
		case 'f':
			bad = config_add_fault(cfg, optarg, err);
			break;
		case 'k':
			cfg->hostkey = optarg;
			break;
		case 'p':
			if (parse_uint(optarg, 0, UINT16_MAX, &port))
				return err_set(err, ERR_USAGE, "bad port '%s'",
					       optarg);
			cfg->port = (uint16_t)port;
			break;
		default:
			bad = err_set(err, ERR_USAGE, "unknown option");
		}
		if (bad)
			return -1;
	}
	if (optind != argc || !cfg->nranges || !cfg->hostkey)
		return err_set(err, ERR_USAGE,
			       "usage: scaled -a RANGE... -k HOSTKEY [-p PORT] "
			       "[-f FAULT=RANGE]...");
	return 0;
}

static enum fault config_fault(const struct config *cfg, uint32_t addr)
{
	for (size_t i = 0; i < cfg->nfaults; i++)
		if (cfg->faults[i].first <= addr && addr <= cfg->faults[i].last)
			return cfg->faults[i].fault;
	return FAULT_NONE;
}

static struct listener *listeners_new(const struct config *cfg,
				      struct server *srv, size_t *n)
{
	struct listener *all;
	size_t count = 0;

	for (size_t i = 0; i < cfg->nranges; i++)
		count += cfg->ranges[i].last - cfg->ranges[i].first + 1;
	all = xcalloc(count, sizeof(*all));
	*n = 0;
	for (size_t i = 0; i < cfg->nranges; i++) {
		for (uint32_t addr = cfg->ranges[i].first;
		     addr <= cfg->ranges[i].last; addr++)
			all[(*n)++] = (struct listener){
				.src = { .ready = listener_ready },
				.srv = srv,
				.fd = -1,
				.addr = addr,
				.fault = config_fault(cfg, addr),
			};
	}
	return all;
}

static int listen_at(uint32_t addr, uint16_t port, struct err *err)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
				   .sin_port = htons(port),
				   .sin_addr = { .s_addr = htonl(addr) } };
	int one = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return err_set_errno(err, ERR_LOCAL, "socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (const struct sockaddr *)&sin, sizeof(sin)) ||
	    listen(fd, SOMAXCONN)) {
		err_set_errno(err, ERR_LOCAL, "port %u", (unsigned int)port);
		close(fd);
		return -1;
	}
	return fd;
}

static void listeners_close(struct listener *all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (all[i].fd >= 0)
			close(all[i].fd);
		all[i].fd = -1;
	}
}

/* All addresses on one port, or none. */
static int listeners_open(struct listener *all, size_t n, uint16_t port,
			  struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		if (all[i].fault == FAULT_REFUSE)
			continue;
		all[i].fd = listen_at(all[i].addr, port, err);
		if (all[i].fd < 0) {
			listeners_close(all, n);
			return -1;
		}
	}
	return 0;
}

/* On the port wished for, or on one that is free. */
static int listeners_start(struct listener *all, size_t n, uint16_t *port,
			   struct err *err)
{
	uint16_t first = *port;
	uint16_t last = *port;

	if (!first) {
		first = (uint16_t)(PORT_FIRST +
				   getpid() % (PORT_LAST - PORT_FIRST));
		last = PORT_LAST;
	}
	for (*port = first; listeners_open(all, n, *port, err); (*port)++)
		if (*port == last)
			return -1;
	for (size_t i = 0; i < n; i++)
		if (all[i].fd >= 0 &&
		    source_watch(all[i].srv, &all[i].src, all[i].fd, err))
			return -1;
	return 0;
}

static ssh_bind bind_new(const char *hostkey, struct err *err)
{
	ssh_bind bind = ssh_bind_new();
	bool off = false;
	ssh_key key = NULL;
	int rc;

	if (!bind)
		abort();
	ssh_bind_options_set(bind, SSH_BIND_OPTIONS_PROCESS_CONFIG, &off);
	rc = hostkey ? ssh_pki_import_privkey_file(hostkey, NULL, NULL, NULL,
						   &key)
		     : ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &key);
	if (rc != SSH_OK ||
	    ssh_bind_options_set(bind, SSH_BIND_OPTIONS_IMPORT_KEY, key)) {
		err_set(err, ERR_CONFIG, "cannot use host key '%s'",
			hostkey ? hostkey : "(new)");
		ssh_bind_free(bind);
		return NULL;
	}
	return bind;
}

static int server_init(struct server *srv, const char *hostkey, struct err *err)
{
	list_init(&srv->peers);
	list_init(&srv->timed);
	list_init(&srv->meeting);
	list_init(&srv->dead);
	srv->epfd = epoll_create1(EPOLL_CLOEXEC);
	if (srv->epfd < 0)
		return err_set_errno(err, ERR_LOCAL, "epoll_create1");
	srv->bind = bind_new(hostkey, err);
	srv->other_bind = srv->bind ? bind_new(NULL, err) : NULL;
	return srv->other_bind ? 0 : -1;
}

static void server_release(struct server *srv)
{
	free_peers(&srv->peers);
	free_peers(&srv->dead);
	if (srv->bind)
		ssh_bind_free(srv->bind);
	if (srv->other_bind)
		ssh_bind_free(srv->other_bind);
	if (srv->epfd >= 0)
		close(srv->epfd);
}

static void server_run(struct server *srv, const bool *stop)
{
	struct epoll_event events[256];

	while (!*stop) {
		int wait_ms = list_empty(&srv->timed) ? -1 : TICK_MS;
		int n = epoll_wait(srv->epfd, events, 256, wait_ms);

		for (int i = 0; i < n; i++) {
			struct source *src = events[i].data.ptr;

			src->ready(src, events[i].events);
		}
		server_tick(srv);
		free_peers(&srv->dead);
	}
}

static void raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char **argv)
{
	struct err err = { 0 };
	struct config cfg = { 0 };
	struct server srv = { .epfd = -1 };
	struct signals signals = { .fd = -1 };
	struct listener *listeners = NULL;
	size_t n = 0;
	int ret = 1;

	list_init(&srv.peers);
	list_init(&srv.dead);
	raise_descriptor_limit();
	ssh_init();
	if (config_read(&cfg, argc, argv, &err) ||
	    server_init(&srv, cfg.hostkey, &err) ||
	    signals_start(&signals, &srv, &err))
		goto out;
	listeners = listeners_new(&cfg, &srv, &n);
	if (listeners_start(listeners, n, &cfg.port, &err))
		goto out;
	printf("ready %u\n", (unsigned int)cfg.port);
	fflush(stdout);
	server_run(&srv, &signals.stop);
	ret = 0;
out:
	if (err.code)
		fprintf(stderr, "scaled: %s\n", err.msg);
	listeners_close(listeners, n);
	free(listeners);
	server_release(&srv);
	if (signals.fd >= 0)
		close(signals.fd);
	free(cfg.ranges);
	free(cfg.faults);
	err_release(&err);
	ssh_finalize();
	return ret;
}
