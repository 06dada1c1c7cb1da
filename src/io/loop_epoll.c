/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waiting with epoll(7), level-triggered.
 */
#include "io/loop_internal.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "io/loop.h"

#include "base/banned.h"

/*
 * Events taken at once.  What does not fit stays ready and comes first next
 * time: the kernel moves what it reported to the end of its list.
 */
#define EVENTS_MAX 256

struct backend {
	int epfd;
	struct epoll_event events[EVENTS_MAX];
};

struct backend *backend_new(struct err *err)
{
	struct backend *b;
	int epfd = epoll_create1(EPOLL_CLOEXEC);

	if (epfd < 0) {
		err_set_errno(err, ERR_LOCAL, _("cannot create an epoll set"));
		return NULL;
	}
	b = xcalloc(1, sizeof(*b));
	b->epfd = epfd;
	return b;
}

void backend_free(struct backend *b)
{
	if (!b)
		return;
	close(b->epfd);
	free(b);
}

static uint32_t to_epoll(unsigned int want)
{
	return (want & WATCH_IN ? (uint32_t)EPOLLIN : 0) |
	       (want & WATCH_OUT ? (uint32_t)EPOLLOUT : 0);
}

static unsigned int from_epoll(uint32_t events)
{
	return (events & EPOLLIN ? (unsigned int)WATCH_IN : 0) |
	       (events & EPOLLOUT ? (unsigned int)WATCH_OUT : 0) |
	       (events & (EPOLLHUP | EPOLLERR) ? (unsigned int)WATCH_HUP : 0);
}

int backend_set(struct backend *b, int fd, unsigned int old, unsigned int want)
{
	struct epoll_event ev = { .events = to_epoll(want), .data.fd = fd };
	int op = EPOLL_CTL_MOD;

	if (!old)
		op = EPOLL_CTL_ADD;
	else if (!want)
		op = EPOLL_CTL_DEL;
	return epoll_ctl(b->epfd, op, fd, &ev);
}

int backend_wait(struct backend *b, int timeout_ms, struct ready_list *out,
		 struct err *err)
{
	int n = epoll_wait(b->epfd, b->events, EVENTS_MAX, timeout_ms);

	if (n < 0 && errno != EINTR)
		return err_set_errno(err, ERR_LOCAL, _("cannot wait"));
	for (int i = 0; i < n; i++)
		ready_add(out, b->events[i].data.fd,
			  from_epoll(b->events[i].events));
	return 0;
}
