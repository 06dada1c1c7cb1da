/* SPDX-License-Identifier: Apache-2.0 */
/* Servers that never come to speak SSH. */
#include "scale/server.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"

#include "base/banned.h"

enum ending {
	END_HANG,  /* say nothing more */
	END_CLOSE, /* say so, and wait for the client to close */
	END_RESET, /* reset */
	END_AGAIN, /* say the same again */
};

/* What is said, how many bytes at a time and how far apart, then what. */
struct act {
	const char *text;
	size_t chunk;
	uint64_t pause_ms;
	enum ending ending;
};

#define BANNER "SSH-2.0-scaled\r\n"
#define LINE64                                                                 \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde\n"

static const struct named_fault {
	const char *name;
	enum fault fault;
	bool mute;
	struct act act;
} faults[] = {
	/* clang-format off */
	{ "refuse",    FAULT_REFUSE,    true,  { "", 1, 0, END_HANG } },
	{ "reset",     FAULT_RESET,     true,  { "", 1, 0, END_RESET } },
	{ "close",     FAULT_CLOSE,     true,  { "", 1, 0, END_CLOSE } },
	{ "flaky",     FAULT_FLAKY,     true,  { "", 1, 0, END_CLOSE } },
	{ "silent",    FAULT_SILENT,    true,  { "", 1, 0, END_HANG } },
	{ "slow",      FAULT_SLOW,      true,  { BANNER, 1, 500, END_HANG } },
	{ "flood",     FAULT_FLOOD,     true,  { LINE64, 64, 0, END_AGAIN } },
	{ "garbage",   FAULT_GARBAGE,   true,
	  { "HTTP/1.1 400 Bad Request\r\n\r\n\033[31mno\033[m\r\n", 512, 0,
	    END_CLOSE } },
	{ "ssh1",      FAULT_SSH1,      true,
	  { "SSH-1.5-scaled\r\n", 512, 0, END_HANG } },
	{ "banner",    FAULT_BANNER,    true,  { BANNER, 512, 0, END_HANG } },
	{ "kex",       FAULT_KEX,       false, { 0 } },
	{ "hostkey",   FAULT_HOSTKEY,   false, { 0 } },
	{ "auth",      FAULT_AUTH,      false, { 0 } },
	{ "password",  FAULT_PASSWORD,  false, { 0 } },
	{ "hangup",    FAULT_HANGUP,    false, { 0 } },
	{ "kbdint",    FAULT_KBDINT,    false, { 0 } },
	{ "otp",       FAULT_OTP,       false, { 0 } },
	{ "partial",   FAULT_PARTIAL,   false, { 0 } },
	{ "frozen",    FAULT_FROZEN,    false, { 0 } },
	{ "nochannel", FAULT_NOCHANNEL, false, { 0 } },
	{ "noexec",    FAULT_NOEXEC,    false, { 0 } },
	{ "drop",      FAULT_DROP,      false, { 0 } },
	{ "nostatus",  FAULT_NOSTATUS,  false, { 0 } },
	{ "killed",    FAULT_KILLED,    false, { 0 } },
	/* clang-format on */
};

struct mute {
	struct peer peer; /* first */
	const struct act *act;
	size_t pos;
};

int fault_find(const char *name, enum fault *fault)
{
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		if (strcmp(faults[i].name, name) != 0)
			continue;
		*fault = faults[i].fault;
		return 0;
	}
	return -1;
}

static const struct named_fault *fault_row(enum fault fault)
{
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (faults[i].fault == fault)
			return &faults[i];
	return NULL;
}

bool fault_is_mute(enum fault fault)
{
	const struct named_fault *row = fault_row(fault);

	return row && row->mute;
}

static void mute_free(struct peer *p)
{
	close(p->fd);
	free(p);
}

/* All is said: what now? */
static void mute_ending(struct mute *m)
{
	switch (m->act->ending) {
	case END_HANG:
		peer_want(&m->peer, EPOLLIN);
		break;
	case END_RESET:
		fd_reset_on_close(m->peer.fd);
		peer_end(&m->peer);
		break;
	case END_CLOSE:
		shutdown(m->peer.fd, SHUT_WR);
		peer_want(&m->peer, EPOLLIN);
		break;
	case END_AGAIN:
		m->pos = 0;
		peer_want(&m->peer, EPOLLIN | EPOLLOUT);
		break;
	}
}

/* Say the next chunk. */
static void mute_advance(struct peer *p)
{
	struct mute *m = (struct mute *)p;
	size_t left = strlen(m->act->text) - m->pos;
	size_t n = left < m->act->chunk ? left : m->act->chunk;

	if (n) {
		ssize_t sent =
			send(p->fd, m->act->text + m->pos, n, MSG_NOSIGNAL);

		if (sent < 0 && errno != EAGAIN) {
			peer_end(p);
			return;
		}
		m->pos += sent > 0 ? (size_t)sent : 0;
	}
	if (m->pos == strlen(m->act->text))
		mute_ending(m);
	else if (m->act->pause_ms)
		peer_delay(p, m->act->pause_ms);
	else
		peer_want(p, EPOLLIN | EPOLLOUT);
}

/* What the client says is read and forgotten. */
static void mute_ready(struct source *src, uint32_t events)
{
	struct mute *m = (struct mute *)src;
	char buf[4096];

	if (m->peer.dead)
		return;
	if (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) {
		ssize_t n = recv(m->peer.fd, buf, sizeof(buf), 0);

		if (n == 0 || (n < 0 && errno != EAGAIN)) {
			peer_end(&m->peer);
			return;
		}
	}
	if (events & EPOLLOUT)
		mute_advance(&m->peer);
}

void mute_new(struct server *srv, int fd, enum fault fault)
{
	struct mute *m = xcalloc(1, sizeof(*m));

	peer_init(&m->peer, srv, fd);
	m->act = &fault_row(fault)->act;
	m->peer.src.ready = mute_ready;
	m->peer.advance = mute_advance;
	m->peer.free = mute_free;
	peer_want(&m->peer, EPOLLIN);
	mute_advance(&m->peer);
}
