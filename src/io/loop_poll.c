/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waiting with poll(2), for systems without epoll.
 *
 * Notes: each wait costs the kernel a look at every descriptor, which shows
 * from some thousand on.
 */
#include "io/loop_internal.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "io/loop.h"

#include "base/banned.h"

struct backend {
	struct pollfd *fds; /* dense */
	size_t n, cap;
	size_t *slots; /* by descriptor: 1-based place in `fds`, 0 for none */
	size_t nslots;
};

struct backend *backend_new(struct err *err)
{
	(void)err;
	return xcalloc(1, sizeof(struct backend));
}

void backend_free(struct backend *b)
{
	if (!b)
		return;
	free(b->fds);
	free(b->slots);
	free(b);
}

static short to_poll(unsigned int want)
{
	return (short)((want & WATCH_IN ? POLLIN : 0) |
		       (want & WATCH_OUT ? POLLOUT : 0));
}

static unsigned int from_poll(short events)
{
	return (events & POLLIN ? (unsigned int)WATCH_IN : 0) |
	       (events & POLLOUT ? (unsigned int)WATCH_OUT : 0) |
	       (events & (POLLHUP | POLLERR | POLLNVAL)
			? (unsigned int)WATCH_HUP
			: 0);
}

static void add(struct backend *b, int fd, unsigned int want)
{
	size_t i = (size_t)fd;

	if (i >= b->nslots) {
		size_t old = b->nslots;

		b->nslots = i * 2 + 64;
		b->slots =
			xreallocarray(b->slots, b->nslots, sizeof(*b->slots));
		memset(b->slots + old, 0,
		       (b->nslots - old) * sizeof(*b->slots));
	}
	b->fds = grow_array(b->fds, &b->cap, b->n, sizeof(*b->fds));
	b->fds[b->n] = (struct pollfd){ .fd = fd, .events = to_poll(want) };
	b->slots[i] = ++b->n;
}

/* The last one fills the gap. */
static void del(struct backend *b, int fd)
{
	size_t slot = b->slots[fd];

	b->fds[slot - 1] = b->fds[b->n - 1];
	b->slots[b->fds[slot - 1].fd] = slot;
	b->slots[fd] = 0;
	b->n--;
}

int backend_set(struct backend *b, int fd, unsigned int old, unsigned int want)
{
	if (!old) {
		add(b, fd, want);
		return 0;
	}
	assert((size_t)fd < b->nslots && b->slots[fd]);
	if (want)
		b->fds[b->slots[fd] - 1].events = to_poll(want);
	else
		del(b, fd);
	return 0;
}

int backend_wait(struct backend *b, int timeout_ms, struct ready_list *out,
		 struct err *err)
{
	int n = poll(b->fds, b->n, timeout_ms);

	if (n < 0 && errno != EINTR)
		return err_set_errno(err, ERR_LOCAL, _("cannot wait"));
	for (size_t i = 0; i < b->n && n > 0; i++) {
		if (!b->fds[i].revents)
			continue;
		ready_add(out, b->fds[i].fd, from_poll(b->fds[i].revents));
		n--;
	}
	return 0;
}
