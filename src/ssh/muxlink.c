/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages and descriptors over a control socket.
 *
 * Each descriptor comes with a byte of its own behind the request it belongs
 * to.  They are gathered as they come and taken in that order, so it does not
 * matter how the kernel cuts the bytes.
 */
#include "ssh/muxlink.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/gettext.h"
#include "io/ctlsock.h"

#include "base/banned.h"

#define READ_SIZE ((size_t)16 << 10)
#define READS	  4 /* in one go */
#define IN_MAX	  (MUX_PACKET_MAX + 4 + READS * READ_SIZE)
#define OUT_MAX	  (2 * MUX_PACKET_MAX)

static void end(struct muxlink *l, int error)
{
	l->ended = true;
	l->error = error;
	watch_stop(&l->watch);
}

/* ---- reading ---- */

static void keep_fds(struct muxlink *l, const int *fds, size_t n)
{
	bool fit = n <= MUXLINK_FDS - l->n_in_fds;

	for (size_t i = 0; i < n; i++) {
		if (fit)
			l->in_fds[l->n_in_fds++] = fds[i];
		else
			close(fds[i]);
	}
	if (!fit)
		end(l, EPROTO);
}

/* False: there is nothing more now, or ever. */
static bool read_some(struct muxlink *l)
{
	char buf[READ_SIZE];
	int fds[MUXLINK_FDS];
	size_t nfds;
	ssize_t n = ctlsock_recv(l->watch.fd, buf, sizeof(buf), fds,
				 MUXLINK_FDS, &nfds);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0) {
		end(l, n < 0 ? errno : 0);
		return false;
	}
	if (strbuf_add(&l->in, buf, (size_t)n))
		end(l, EPROTO);
	keep_fds(l, fds, nfds);
	return !l->ended;
}

/* What was got is forgotten when there is more to read, not before. */
static void read_all(struct muxlink *l)
{
	if (l->in_at) {
		strbuf_consume(&l->in, l->in_at);
		l->in_at = 0;
	}
	for (int i = 0; i < READS && read_some(l); i++)
		;
}

int muxlink_get(struct muxlink *l, struct mux_msg *m, struct err *err)
{
	ssize_t n = mux_get(l->in.buf + l->in_at, l->in.len - l->in_at, m, err);

	if (n < 0)
		return -1;
	if (n > 0) {
		l->in_at += (size_t)n;
		return 1;
	}
	if (!l->ended)
		return 0;
	errno = l->error;
	if (l->error)
		return err_set_errno(err, ERR_LOST,
				     _("the shared connection ended"));
	return err_set(err, ERR_LOST, _("the shared connection ended"));
}

int muxlink_get_fd(struct muxlink *l, int *fd)
{
	if (l->in.len == l->in_at)
		return l->ended ? -1 : 0;
	if (!l->n_in_fds)
		return -1; /* a byte without one */
	l->in_at++;
	*fd = l->in_fds[0];
	memmove(l->in_fds, l->in_fds + 1, --l->n_in_fds * sizeof(int));
	return 1;
}

/* ---- writing ---- */

static void want_out(struct muxlink *l, bool wanted)
{
	if (watch_active(&l->watch))
		watch_want(&l->watch, WATCH_IN | (wanted ? WATCH_OUT : 0));
}

static void drop_out_fds(struct muxlink *l)
{
	while (l->next_out_fd < l->n_out_fds)
		close(l->out_fds[l->next_out_fd++]);
	l->next_out_fd = l->n_out_fds = 0;
}

/* Whether more may be sent now. */
static bool sent_something(struct muxlink *l, ssize_t n)
{
	if (n > 0)
		return true;
	/* What was said before the end is still read. */
	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		strbuf_reset(&l->out);
		drop_out_fds(l);
	}
	return false;
}

static void send_all(struct muxlink *l)
{
	while (l->out.len) {
		ssize_t n = send(l->watch.fd, l->out.buf, l->out.len,
				 MSG_DONTWAIT | MSG_NOSIGNAL);

		if (!sent_something(l, n))
			break;
		strbuf_consume(&l->out, (size_t)n);
	}
	while (!l->out.len && l->next_out_fd < l->n_out_fds) {
		int fd = l->out_fds[l->next_out_fd];

		if (!sent_something(l, ctlsock_send_fd(l->watch.fd, fd)))
			break;
		close(fd);
		l->next_out_fd++;
	}
	if (l->next_out_fd == l->n_out_fds)
		drop_out_fds(l);
	want_out(l, !muxlink_sent(l));
}

bool muxlink_sent(const struct muxlink *l)
{
	return l->ended || (!l->out.len && !l->n_out_fds);
}

int muxlink_put(struct muxlink *l, const struct mux_msg *m, const int *fds,
		size_t nfds, struct err *err)
{
	assert(!l->n_out_fds && nfds <= MUXLINK_FDS);
	if (mux_put(&l->out, m))
		return err_set(
			err, ERR_LOCAL,
			_("a request is too long to share a connection"));
	for (size_t i = 0; i < nfds; i++) {
		int fd = fcntl(fds[i], F_DUPFD_CLOEXEC, 0);

		if (fd < 0) {
			drop_out_fds(l);
			return err_set_errno(
				err, ERR_LOCAL,
				_("cannot hand descriptor %d over"), fds[i]);
		}
		l->out_fds[l->n_out_fds++] = fd;
	}
	if (watch_active(&l->watch))
		send_all(l);
	return 0;
}

/* ---- life ---- */

static void tell(struct defer *d)
{
	struct muxlink *l = container_of(d, struct muxlink, again);

	l->fn(l);
}

static void ready(struct watch *w, unsigned int events)
{
	struct muxlink *l = container_of(w, struct muxlink, watch);

	if ((events & WATCH_OUT) && (w->want & WATCH_OUT)) {
		send_all(l);
		if (muxlink_sent(l))
			defer_post(l->loop, &l->again, tell);
	}
	if (events & WATCH_IN) {
		read_all(l);
		defer_post(l->loop, &l->again, tell);
	}
}

int muxlink_start(struct muxlink *l, struct loop *loop, int fd, muxlink_fn *fn,
		  struct err *err)
{
	*l = (struct muxlink){ .fn = fn, .loop = loop };
	strbuf_init(&l->in, IN_MAX);
	strbuf_init(&l->out, OUT_MAX);
	if (!watch_start(loop, &l->watch, fd, WATCH_IN, ready, err))
		return 0;
	close(fd);
	*l = (struct muxlink){ 0 };
	return -1;
}

void muxlink_stop(struct muxlink *l)
{
	int fd = l->watch.fd;

	if (!l->loop)
		return;
	drop_out_fds(l);
	for (size_t i = 0; i < l->n_in_fds; i++)
		close(l->in_fds[i]);
	defer_cancel(&l->again);
	watch_stop(&l->watch);
	close(fd);
	strbuf_release(&l->in);
	strbuf_release(&l->out);
	*l = (struct muxlink){ 0 };
}
