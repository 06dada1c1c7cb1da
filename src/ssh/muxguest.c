/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A channel between a server and the descriptors of another program.
 *
 * The descriptors are shared with that program, so their flags are left as
 * they are: what may wait is opened once more, or asked first (io/outq.h).
 */
#include "ssh/muxguest.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "io/outq.h"
#include "io/tty.h"
#include "model/escape.h"
#include "ssh/channel.h"
#include "ssh/forwards.h"
#include "wire/ttymodes.h"

#include "base/banned.h"

#define IN_SIZE	 ((size_t)16 << 10)
#define OUT_HIGH ((size_t)64 << 10)
#define ROUNDS	 4 /* of IN_SIZE, before others have their turn */

struct output {
	struct muxguest *guest;
	struct outq q;
	int fd;
	bool there; /* the queue is in use */
};

struct muxguest {
	struct session *session;
	const struct muxguest_events *events;
	void *arg;
	struct channel ch;
	struct drv_direct to;
	unsigned char modes[TTYMODES_MAX];
	struct mux_msg m; /* what `ch` and `to` borrow */
	struct watch in;
	struct defer ended;
	int in_fd, in_own; /* the guest's, and our opening of it or -1 */
	bool in_socket, in_over;
	unsigned char *buf; /* one more than IN_SIZE: a key was held back */
	size_t at, n;	    /* of it not written yet */
	struct escape escape;
	struct output out[NSTREAMS];
	bool opened, told_status, told_refused, over;
	bool gone; /* nobody waits for it */
	bool left; /* by an escape: nothing more is typed, or shown */
};

/* ---- what comes from the server ---- */

static size_t take(void *arg, enum stream s, const void *buf, size_t n)
{
	struct muxguest *g = arg;
	struct output *o = &g->out[s];
	size_t room;

	if (!o->there || outq_errno(&o->q) || g->left)
		return n;
	if (outq_full(&o->q))
		return 0;
	room = OUT_HIGH - bufq_len(&o->q.q);
	if (n > room)
		n = room;
	outq_write(&o->q, buf, n);
	return n;
}

static void finish(struct defer *d)
{
	struct muxguest *g = container_of(d, struct muxguest, ended);

	g->events->over(g->arg);
}

static bool written(const struct muxguest *g)
{
	for (size_t i = 0; i < NSTREAMS; i++)
		if (g->out[i].there && bufq_len(&g->out[i].q.q))
			return false;
	return true;
}

/*
 * Nobody reads the command's output: it hears of that as ever.  What comes
 * before the server's close is thrown away.
 */
static void drained(struct outq *q)
{
	struct muxguest *g = container_of(q, struct output, q)->guest;

	if (g->over) {
		if (written(g))
			defer_post(session_loop(g->session), &g->ended, finish);
		return;
	}
	if (outq_errno(q))
		channel_close(&g->ch);
	channel_more(&g->ch);
}

static void end(struct muxguest *g)
{
	g->over = true;
	watch_stop(&g->in);
	for (size_t i = 0; i < NSTREAMS; i++)
		if (g->out[i].there && bufq_len(&g->out[i].q.q))
			outq_tell_empty(&g->out[i].q);
	if (written(g))
		defer_post(session_loop(g->session), &g->ended, finish);
}

/* ---- escapes ---- */

/* Of a terminal in raw mode.  Who types more than he reads is told no more. */
static void say(struct muxguest *g, const char *text)
{
	struct output *o = &g->out[STREAM_ERR];

	if (!o->there || outq_full(&o->q))
		return;
	outq_write(&o->q, text, strlen(text));
	outq_write(&o->q, "\r\n", 2);
}

/* "~B", and what there is to say of it. */
static void say_key(struct muxguest *g, enum escape_action action,
		    const char *more)
{
	struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);

	escape_show(&g->escape, action, &sb);
	(void)strbuf_addf(&sb, "%s%s", more ? " " : "", more ? more : "");
	say(g, sb.buf);
	strbuf_release(&sb);
}

static void say_lines(struct muxguest *g, enum escape_action action)
{
	struct strvec lines = { 0 };

	say_key(g, action, NULL);
	if (action == ESCAPE_HELP)
		escape_help(&g->escape, ESCAPE_GUEST, &lines);
	else
		forwards_list(forwards_of(g->session), &lines);
	for (size_t i = 0; i < lines.n; i++)
		say(g, lines.v[i]);
	strvec_release(&lines);
}

static void act(struct muxguest *g, enum escape_action action)
{
	switch (action) {
	case ESCAPE_NONE:
		break;
	case ESCAPE_QUIT:
		say_key(g, action, NULL);
		g->left = true;
		break;
	case ESCAPE_LIST:
	case ESCAPE_HELP:
		say_lines(g, action);
		break;
	case ESCAPE_REKEY:
		session_rekey(g->session);
		break;
	case ESCAPE_BREAK:
		say_key(g, action, NULL);
		channel_break(&g->ch, ESCAPE_BREAK_MS);
		break;
	case ESCAPE_SUSPEND:
	case ESCAPE_DETACH:
	case ESCAPE_LOUDER:
	case ESCAPE_QUIETER:
	case ESCAPE_COMMAND:
		say_key(g, action,
			"escape not available to multiplexed sessions");
		break;
	}
}

/* What was read, without the escapes, which are done. */
static void take_keys(struct muxguest *g)
{
	struct strbuf out = STRBUF_INIT(IN_SIZE + 1);

	for (size_t i = 0; i < g->n && !g->left;) {
		enum escape_action action;

		i += escape_take(&g->escape, (char *)g->buf + i, g->n - i, &out,
				 &action);
		act(g, action);
	}
	g->n = out.len;
	if (out.len)
		memcpy(g->buf, out.buf, out.len);
	strbuf_release(&out);
}

/* As of who has the connection for himself: nobody waits for the host. */
static void leave_host(struct muxguest *g)
{
	channel_close(&g->ch);
	g->in_over = true;
	g->n = 0;
	end(g);
}

/* ---- what goes to it ---- */

static ssize_t read_in(const struct muxguest *g)
{
	if (g->in_socket)
		return recv(g->in_fd, g->buf, IN_SIZE, MSG_DONTWAIT);
	return read(g->in_own >= 0 ? g->in_own : g->in_fd, g->buf, IN_SIZE);
}

/* False: there is nothing now, or never again. */
static bool fill(struct muxguest *g)
{
	ssize_t n = read_in(g);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0) {
		g->in_over = true;
		return false;
	}
	g->at = 0;
	g->n = (size_t)n;
	if (g->escape.key >= 0)
		take_keys(g);
	return true;
}

/* One read for each time there is something: a terminal may be another's. */
static void feed(struct muxguest *g, bool readable)
{
	for (int i = 0; i < ROUNDS && !g->in_over; i++) {
		ssize_t done;

		if (!g->n && (!readable || !fill(g)))
			break;
		readable = g->in_own >= 0 || g->in_socket;
		if (g->left) {
			leave_host(g);
			return;
		}
		if (!g->n)
			continue;
		done = channel_write(&g->ch, g->buf + g->at, g->n);
		if (done < 0) {
			g->in_over = true;
			g->n = 0;
			break;
		}
		g->at += (size_t)done;
		g->n -= (size_t)done;
		if (!done)
			break;
	}
	if (g->in_over && !g->n)
		channel_eof(&g->ch);
	if (watch_active(&g->in))
		watch_want(&g->in, g->in_over || g->n ? 0 : WATCH_IN);
}

static void readable(struct watch *w, unsigned int events)
{
	(void)events;
	feed(container_of(w, struct muxguest, in), true);
}

/* ---- the channel ---- */

static void running(struct muxguest *g)
{
	struct err err = { 0 };

	if (!watch_active(&g->in) && !g->in_over)
		g->in_over = g->in_fd < 0 ||
			     watch_start(session_loop(g->session), &g->in,
					 g->in_own >= 0 ? g->in_own : g->in_fd,
					 WATCH_IN, readable, &err);
	err_release(&err);
	feed(g, false);
}

static void failed(struct muxguest *g, const struct err *why)
{
	if (!g->opened)
		g->events->refused(g->arg, why);
	end(g);
}

static void tell_opened(struct muxguest *g)
{
	if (g->opened || g->ch.state == CHANNEL_OPEN)
		return;
	if (g->ch.state == CHANNEL_FAILED && g->ch.failed_in == CHANNEL_OPEN)
		return;
	g->opened = true;
	g->events->opened(g->arg);
}

/*
 * What has come is not written any more: nobody is there to read it.  A
 * channel that the server has yet to open is closed then, and not forgotten.
 */
static void leave(struct muxguest *g)
{
	if (g->ch.state == CHANNEL_OPEN)
		return;
	g->over = true;
	defer_post(session_loop(g->session), &g->ended, finish);
}

void muxguest_step(struct muxguest *g)
{
	struct err err = { 0 };
	int rc;

	if (g->over)
		return;
	rc = channel_step(&g->ch, &err);
	if (g->gone) {
		leave(g);
		err_release(&err);
		return;
	}
	tell_opened(g);
	if (rc) {
		failed(g, &err);
		err_release(&err);
		return;
	}
	if (g->ch.pty_refused && !g->told_refused) {
		g->told_refused = true;
		escape_init(&g->escape, -1);
		g->events->no_terminal(g->arg);
	}
	if (g->ch.got_status && !g->told_status) {
		g->told_status = true;
		g->events->status(g->arg, g->ch.status);
	}
	if (g->ch.state == CHANNEL_CLOSED)
		end(g);
	else if (g->ch.state == CHANNEL_RUNNING)
		running(g);
}

void muxguest_resize(struct muxguest *g)
{
	struct drv_size size = { 0 };

	if (g->ch.pty.term && tty_size(g->in_fd, &size.lines, &size.columns))
		channel_resize(&g->ch, &size);
}

void muxguest_hang_up(struct muxguest *g)
{
	g->gone = true;
	watch_stop(&g->in);
	channel_signal(&g->ch, "TERM");
	channel_close(&g->ch);
	leave(g);
}

/* ---- life ---- */

/* What may wait is opened once more, so that it need not. */
static void open_in(struct muxguest *g)
{
	char path[sizeof("/proc/self/fd/") + 3 * sizeof(int)];
	struct stat st;

	g->in_own = -1;
	if (g->in_fd < 0 || fstat(g->in_fd, &st))
		return;
	g->in_socket = S_ISSOCK(st.st_mode);
	if (!S_ISFIFO(st.st_mode) && !isatty(g->in_fd))
		return;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", g->in_fd);
	g->in_own = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

static void open_out(struct muxguest *g, enum stream s, struct bufpool *pool,
		     int fd)
{
	struct output *o = &g->out[s];

	o->guest = g;
	o->fd = fd;
	if (fd < 0)
		return;
	outq_init(&o->q, session_loop(g->session), pool, fd, OUT_HIGH, drained);
	o->there = true;
}

/* The client's terminal, before it goes raw. */
static void want_terminal(struct muxguest *g)
{
	struct drv_pty pty = { .term = *g->m.term ? g->m.term : "dumb" };
	struct termios mode;

	if (!session_driver(g->session)->chan_pty)
		return;
	if (tty_mode(g->in_fd, &mode)) {
		pty.modes = g->modes;
		pty.modes_len = ttymodes_encode(&mode, g->modes);
	}
	(void)tty_size(g->in_fd, &pty.size.lines, &pty.size.columns);
	channel_want_pty(&g->ch, &pty);
}

/* Only what has a name is a variable. */
static void give_env(struct muxguest *g)
{
	strvec_release(&g->ch.env);
	for (size_t i = 0; i < g->m.env.n; i++) {
		const char *eq = strchr(g->m.env.v[i], '=');

		if (eq && eq != g->m.env.v[i])
			strvec_push(&g->ch.env, g->m.env.v[i]);
	}
}

static void open_channel(struct muxguest *g)
{
	const char *command = *g->m.command ? g->m.command : NULL;

	if (g->m.subsystem)
		channel_open_subsystem(&g->ch, g->session, g->m.command, NULL,
				       g);
	else
		channel_open_exec(&g->ch, g->session, command, NULL, g);
	g->ch.no_agent = !g->m.agent;
	give_env(g);
	if (g->m.tty)
		want_terminal(g);
}

static void open_direct(struct muxguest *g)
{
	if (g->m.connect_port == MUX_PORT_PATH)
		g->to.path = g->m.connect_host;
	else
		g->to.host = g->m.connect_host;
	g->to.port = g->to.path ? 0 : (uint16_t)g->m.connect_port;
	channel_open_direct(&g->ch, g->session, &g->to, NULL, g);
}

/* Of a terminal alone; the number may be anything. */
static int escape_key(const struct mux_msg *m)
{
	return m->kind == MUX_NEW_SESSION && m->tty && m->escape <= UCHAR_MAX
		       ? (int)m->escape
		       : -1;
}

struct muxguest *muxguest_new(struct session *s, struct bufpool *pool,
			      struct mux_msg *m, const int fds[3],
			      const struct muxguest_events *events, void *arg)
{
	struct muxguest *g = xcalloc(1, sizeof(*g));

	g->session = s;
	g->events = events;
	g->arg = arg;
	g->m = *m;
	*m = (struct mux_msg){ 0 };
	g->in_fd = fds[0];
	g->buf = xmalloc(IN_SIZE + 1);
	escape_init(&g->escape, escape_key(&g->m));
	open_in(g);
	open_out(g, STREAM_OUT, pool, fds[1]);
	open_out(g, STREAM_ERR, pool, fds[2]);
	if (g->m.kind == MUX_NEW_STDIO)
		open_direct(g);
	else
		open_channel(g);
	channel_take_by(&g->ch, take);
	session_wake(s);
	return g;
}

void muxguest_free(struct muxguest *g)
{
	if (!g)
		return;
	defer_cancel(&g->ended);
	watch_stop(&g->in);
	if (g->in_own >= 0)
		close(g->in_own);
	if (g->in_fd >= 0)
		close(g->in_fd);
	for (size_t i = 0; i < NSTREAMS; i++) {
		if (g->out[i].there)
			outq_release(&g->out[i].q);
		if (g->out[i].fd >= 0)
			close(g->out[i].fd);
	}
	channel_release(&g->ch);
	mux_msg_release(&g->m);
	free(g->buf);
	free(g);
}
