/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The libssh driver: channels.
 *
 * Any call into libssh may bring events of any channel.  Those that come
 * outside pump(), or while the connection is paused, are held back in the
 * order they came and told by the next pump(): a caller that asks for one
 * thing never hears of another from inside the call.
 */
#include "ssh/driver_libssh.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"

#include "base/banned.h"

/*
 * Handed to libssh at once, which splits it into packets and queues them: all
 * but the first are sent together.
 */
#define WRITE_SIZE (2 * DRV_PACKET)

/*
 * More than this in one channel is not what libssh allows a server: its window
 * is 1.25 MB, 2 MB in later versions, and what chan_widen() asked for.  libssh
 * takes what exceeds it.
 */
#define WINDOW_MOST ((size_t)4 << 20)

/* What has come of a stream before its speed matters. */
#define STREAM_BYTES ((uint64_t)1 << 20)

enum {
	LATE_EOF = 1,
	LATE_STATUS = 2,
	LATE_SIGNAL = 4,
	LATE_CLOSED = 8,
};

/*
 * A channel whose owner has gone before the server has answered whether it is
 * opened.  libssh would forget it at once: an opened one would stay so there,
 * and take one of the few places a server has (MaxSessions).
 */
struct unanswered {
	struct list node;
	ssh_channel ch;
};

/* ---- events ---- */

static bool may_tell(const struct drv_channel *ch)
{
	return ch->c->pumping && !ch->c->paused && !ch->orphan;
}

/* What has come before has to be told first. */
static bool may_tell_end(const struct drv_channel *ch)
{
	return may_tell(ch) && !ch->full && !ch->more && !ch->late_first;
}

/* Where it stands among those that are told now it is told now. */
void chan_is_late(struct drv_channel *ch)
{
	if (list_empty(&ch->late_node))
		list_append(&ch->c->late, &ch->late_node);
}

static void hold_back(struct drv_channel *ch, unsigned int event)
{
	ch->late |= event;
	chan_is_late(ch);
}

static struct late_data *late_new(enum stream s, size_t n)
{
	struct late_data *d = xmalloc(sizeof(*d) + n);

	d->next = NULL;
	d->stream = s;
	d->at = 0;
	d->n = n;
	return d;
}

static void append_late(struct drv_channel *ch, struct late_data *d)
{
	*ch->late_last = d;
	ch->late_last = &d->next;
	chan_is_late(ch);
}

static void hold_back_data(struct drv_channel *ch, enum stream s,
			   const void *buf, size_t n)
{
	struct late_data *d = late_new(s, n);

	memcpy(d->bytes, buf, n);
	append_late(ch, d);
	ch->c->late_bytes += n;
}

static size_t hand(const struct drv_channel *ch, enum stream s, const void *buf,
		   size_t n)
{
	if (s == STREAM_OUT)
		return ch->ev->take(ch->arg, buf, n);
	return ch->ev->take_err ? ch->ev->take_err(ch->arg, buf, n) : n;
}

static void check_unread(struct drv_conn *c, size_t n)
{
	if (n > WINDOW_MOST + c->widest)
		conn_offend(
			c,
			N_("the server sent more than the window of a channel allows"));
}

/* How much of it the owner took; libssh keeps the rest. */
static int offer(struct drv_channel *ch, enum stream s, const void *buf,
		 size_t n)
{
	size_t taken;

	check_unread(ch->c, n);
	if (ch->full)
		return 0;
	if (!may_tell(ch) || ch->late_first) {
		ch->more = ch->left = true;
		chan_is_late(ch);
		return 0;
	}
	taken = hand(ch, s, buf, n);
	ch->full = taken < n;
	return (int)taken;
}

/* Takes all, else: what libssh keeps it does not offer again by itself. */
static int on_data(ssh_session s, ssh_channel channel, void *data, uint32_t len,
		   int is_stderr, void *arg)
{
	struct drv_channel *ch = arg;
	enum stream stream = is_stderr ? STREAM_ERR : STREAM_OUT;

	(void)s;
	(void)channel;
	if (ch->c->bytes.in_bytes > STREAM_BYTES)
		heap_spread(&ch->spacers, &ch->c->moved, data, len);
	if (ch->ev->take)
		return offer(ch, stream, data, len);
	if (may_tell(ch))
		ch->ev->data(ch->arg, stream, data, len);
	else
		hold_back_data(ch, stream, data, len);
	return (int)len;
}

/* What comes for a channel that we have left stays in libssh until both have
   closed it. */
static int on_left_data(ssh_session s, ssh_channel channel, void *data,
			uint32_t len, int is_stderr, void *arg)
{
	(void)s;
	(void)channel;
	(void)data;
	(void)is_stderr;
	check_unread(arg, len);
	return 0;
}

static void on_eof(ssh_session s, ssh_channel channel, void *arg)
{
	struct drv_channel *ch = arg;

	(void)s;
	(void)channel;
	if (may_tell_end(ch))
		ch->ev->eof(ch->arg);
	else
		hold_back(ch, LATE_EOF);
}

static void on_exit_status(ssh_session s, ssh_channel channel, int status,
			   void *arg)
{
	struct drv_channel *ch = arg;

	(void)s;
	(void)channel;
	if (ch->ended)
		return;
	ch->ended = true;
	if (may_tell(ch)) {
		ch->ev->exit_status(ch->arg, (uint32_t)status);
	} else {
		ch->exit_status = (uint32_t)status;
		hold_back(ch, LATE_STATUS);
	}
}

static void on_exit_signal(ssh_session s, ssh_channel channel,
			   const char *signame, int core, const char *msg,
			   const char *lang, void *arg)
{
	struct drv_channel *ch = arg;

	(void)s;
	(void)channel;
	(void)lang;
	if (ch->ended)
		return;
	ch->ended = true;
	if (may_tell(ch)) {
		ch->ev->exit_signal(ch->arg, signame, core != 0, msg);
	} else {
		ch->exit_signal = xstrdup(signame);
		ch->exit_msg = xstrdup(msg);
		ch->exit_core = core != 0;
		hold_back(ch, LATE_SIGNAL);
	}
}

static void on_close(ssh_session s, ssh_channel channel, void *arg)
{
	struct drv_channel *ch = arg;

	(void)s;
	(void)channel;
	ch->closed = true;
	if (may_tell_end(ch))
		ch->ev->closed(ch->arg);
	else
		hold_back(ch, LATE_CLOSED);
}

static struct late_data *take_late_data(struct drv_channel *ch)
{
	struct late_data *d = ch->late_first;

	ch->late_first = d->next;
	if (!ch->late_first)
		ch->late_last = &ch->late_first;
	if (!ch->ev->take)
		ch->c->late_bytes -= d->n;
	return d;
}

static bool take_late(struct drv_channel *ch, unsigned int event)
{
	bool was = ch->late & event;

	if (!may_tell_end(ch))
		return false;
	ch->late &= ~event;
	return was;
}

/*
 * All that libssh has of that stream; whether it had some.  After a read of a
 * part it would let the peer send a whole window again, and so ever more.
 */
static bool fetch(struct drv_channel *ch, enum stream s)
{
	const int is_stderr = s == STREAM_ERR;
	int n = ssh_channel_poll(ch->ch, is_stderr);
	struct late_data *d;

	if (n <= 0)
		return false;
	d = late_new(s, (size_t)n);
	n = ssh_channel_read_nonblocking(ch->ch, d->bytes, (uint32_t)n,
					 is_stderr);
	if (n <= 0) {
		free(d);
		return false;
	}
	d->n = (size_t)n;
	append_late(ch, d);
	return true;
}

/* What was fetched, until the owner is full or all have to wait. */
static void offer_fetched(struct drv_channel *ch)
{
	while (ch->late_first && !ch->full && may_tell(ch)) {
		struct late_data *d = ch->late_first;

		d->at += hand(ch, d->stream, d->bytes + d->at, d->n - d->at);
		ch->full = d->at < d->n;
		if (!ch->full)
			free(take_late_data(ch));
	}
}

/*
 * What was left for want of room.  To fetch is to read: what comes then for
 * another channel may pause all, and what comes for this one be left again,
 * behind the look at its stream.
 */
static void offer_late(struct drv_channel *ch)
{
	offer_fetched(ch);
	while (ch->more && !ch->full && may_tell(ch)) {
		bool some;

		ch->left = false;
		some = fetch(ch, STREAM_OUT);
		ch->more = fetch(ch, STREAM_ERR) || some || ch->left;
		offer_fetched(ch);
	}
}

static void tell_late(struct drv_channel *ch)
{
	if (ch->ev->take && may_tell(ch))
		offer_late(ch);
	while (!ch->ev->take && ch->late_first && may_tell(ch)) {
		struct late_data *d = take_late_data(ch);

		ch->ev->data(ch->arg, d->stream, d->bytes, d->n);
		free(d);
	}
	if (take_late(ch, LATE_EOF))
		ch->ev->eof(ch->arg);
	if (take_late(ch, LATE_STATUS))
		ch->ev->exit_status(ch->arg, ch->exit_status);
	if (take_late(ch, LATE_SIGNAL))
		ch->ev->exit_signal(ch->arg, ch->exit_signal, ch->exit_core,
				    ch->exit_msg);
	if (take_late(ch, LATE_CLOSED))
		ch->ev->closed(ch->arg);
}

void chan_tell_late(struct drv_conn *c)
{
	struct list now;

	list_take(&now, &c->late);
	while (!list_empty(&now)) {
		struct drv_channel *ch =
			container_of(now.next, struct drv_channel, late_node);

		list_remove(&ch->late_node);
		tell_late(ch);
		/* One that is full waits for chan_more(). */
		if (!ch->full && (ch->late || ch->late_first || ch->more))
			chan_is_late(ch);
	}
}

/* ---- life ---- */

void chan_prepare(struct drv_conn *c)
{
	c->left_cb = (struct ssh_channel_callbacks_struct){
		.size = sizeof(c->left_cb),
		.userdata = c,
		.channel_data_function = on_left_data,
	};
}

struct drv_channel *chan_new(struct drv_conn *c,
			     const struct drv_channel_events *ev, void *arg)
{
	struct drv_channel *ch = xcalloc(1, sizeof(*ch));

	ch->c = c;
	ch->ev = ev;
	ch->arg = arg;
	ch->late_last = &ch->late_first;
	list_append(&c->channels, &ch->node);
	list_init(&ch->late_node);
	/* NULL when out of memory or after the end: the opening will fail. */
	ch->ch = ssh_channel_new(c->s);
	if (!ch->ch)
		return ch;
	ch->cb = (struct ssh_channel_callbacks_struct){
		.size = sizeof(ch->cb),
		.userdata = ch,
		.channel_data_function = on_data,
		.channel_eof_function = on_eof,
		.channel_close_function = on_close,
		.channel_exit_status_function = on_exit_status,
		.channel_exit_signal_function = on_exit_signal,
	};
	ssh_set_channel_callbacks(ch->ch, &ch->cb);
	return ch;
}

/* The first call may queue only EOF, the next CLOSE. */
static int send_close(ssh_channel ch)
{
	int rc = SSH_AGAIN;

	for (int i = 0; i < 3 && rc == SSH_AGAIN; i++)
		rc = ssh_channel_close(ch);
	return rc;
}

static void drop(struct unanswered *u)
{
	list_remove(&u->node);
	ssh_channel_free(u->ch);
	free(u);
}

/* To ask again asks nothing, but what became of it. */
void chan_drop_answered(struct drv_conn *c)
{
	list_for_each_safe (pos, after, &c->unanswered) {
		struct unanswered *u =
			container_of(pos, struct unanswered, node);
		int rc =
			c->paused ? SSH_AGAIN : ssh_channel_open_session(u->ch);

		if (rc == SSH_AGAIN && !conn_dead(c))
			continue;
		if (rc == SSH_OK)
			(void)send_close(u->ch);
		drop(u);
	}
}

bool chan_any_answered(const struct drv_conn *c)
{
	list_for_each (pos, &c->unanswered)
		if (ssh_channel_is_open(
			    container_of(pos, struct unanswered, node)->ch))
			return true;
	return false;
}

void chan_drop_unanswered(struct drv_conn *c)
{
	list_for_each_safe (pos, after, &c->unanswered)
		drop(container_of(pos, struct unanswered, node));
}

static void let_go(struct drv_channel *ch)
{
	struct unanswered *u;

	if (!ch->opening || conn_dead(ch->c)) {
		chan_close(ch);
		ssh_channel_free(ch->ch);
		return;
	}
	u = xcalloc(1, sizeof(*u));
	u->ch = ch->ch;
	list_append(&ch->c->unanswered, &u->node);
}

void chan_free(struct drv_channel *ch)
{
	if (!ch)
		return;
	if (ch->ch) {
		/* A channel may outlive this call inside libssh. */
		ssh_remove_channel_callbacks(ch->ch, &ch->cb);
		ssh_set_channel_callbacks(ch->ch, &ch->c->left_cb);
		let_go(ch);
		conn_settle(ch->c);
	}
	while (ch->late_first)
		free(take_late_data(ch));
	if (ch->listener)
		ch->listener->nopen--;
	list_remove(&ch->node);
	list_remove(&ch->late_node);
	heap_spacers_free(&ch->spacers);
	free(ch->exit_signal);
	free(ch->exit_msg);
	free(ch);
}

/* ---- requests ---- */

/*
 * The server's words out of "Channel opening failure: channel 43 error (1)
 * REASON", made visible, as a new string; NULL: there are none.
 */
char *chan_refusal_text(const char *text)
{
	const char *paren = strstr(text, "error (");
	const char *reason = paren ? strstr(paren, ") ") : NULL;

	if (!reason || !reason[2])
		return NULL;
	reason += 2;
	return text_vis_dup(reason, strlen(reason), DRV_REASON_MAX);
}

static void explain_refusal(const char *text, struct err *err)
{
	char *vis = chan_refusal_text(text);

	if (vis)
		err_set(err, ERR_CHANNEL,
			_("the server opens no channel for a command: %s"),
			vis);
	else
		err_set(err, ERR_CHANNEL,
			_("the server opens no channel for a command"));
	err_as_ssh(err, "channel 0: open failed: %s",
		   vis ? vis : "unknown reason");
	free(vis);
}

enum drv_rc chan_settle_request(struct drv_channel *ch, int rc, bool *refused,
				struct err *err)
{
	struct drv_conn *c = ch->c;

	*refused = rc == SSH_ERROR && !conn_dead(c);
	if (*refused)
		return DRV_ERROR; /* the text is the caller's */
	ch->asking = rc == SSH_AGAIN;
	conn_settle(c);
	if (rc == SSH_OK)
		return DRV_OK;
	if (conn_dead(c))
		return conn_fail(c, err);
	if (ch->closed) {
		err_set(err, ERR_CHANNEL,
			_("the server closed the channel instead of an answer"));
		return DRV_ERROR;
	}
	return DRV_AGAIN;
}

enum drv_rc chan_settle_opening(struct drv_channel *ch, int rc, bool *refused,
				struct err *err)
{
	enum drv_rc settled = chan_settle_request(ch, rc, refused, err);

	ch->opening = settled == DRV_AGAIN;
	ch->opened = settled == DRV_OK;
	return settled;
}

void chan_count_opening(struct drv_channel *ch)
{
	if (!ch->number)
		ch->number = ++ch->c->opened;
}

enum drv_rc chan_open_session(struct drv_channel *ch, struct err *err)
{
	bool refused;
	enum drv_rc rc;

	if (!ch->ch)
		return conn_fail(ch->c, err);
	chan_count_opening(ch);
	rc = chan_settle_opening(ch, ssh_channel_open_session(ch->ch), &refused,
				 err);
	if (refused) {
		explain_refusal(ssh_get_error(ch->c->s), err);
		conn_settle(ch->c);
	}
	return rc;
}

enum drv_rc chan_env(struct drv_channel *ch, const char *name,
		     const char *value, struct err *err)
{
	bool refused;
	enum drv_rc rc;

	rc = chan_settle_request(ch,
				 ssh_channel_request_env(ch->ch, name, value),
				 &refused, err);
	if (refused)
		rc = DRV_OK;
	if (rc == DRV_OK)
		chan_end_request(ch);
	conn_settle(ch->c);
	return rc;
}

enum drv_rc chan_exec(struct drv_channel *ch, const char *command,
		      struct err *err)
{
	int asked = command ? ssh_channel_request_exec(ch->ch, command)
			    : ssh_channel_request_shell(ch->ch);
	bool refused;
	enum drv_rc rc;

	rc = chan_settle_request(ch, asked, &refused, err);
	if (refused) {
		err_set(err, ERR_CHANNEL,
			_("the server refused to run the command"));
		err_as_ssh(err, "%s request failed on channel 0",
			   command ? "exec" : "shell");
	}
	if (rc == DRV_OK)
		chan_end_request(ch);
	conn_settle(ch->c);
	return rc;
}

/* ---- data ---- */

ssize_t chan_write(struct drv_channel *ch, const void *buf, size_t n)
{
	struct drv_conn *c = ch->c;
	int rc;

	if (ch->closed || c->offence || conn_dead(c))
		return -1;
	/* libssh queues without limit up to the window: do not let it. */
	if ((ssh_get_status(c->s) & SSH_WRITE_PENDING) ||
	    (c->paused && c->late_bytes >= LATE_MAX))
		return 0;
	if (n > WRITE_SIZE)
		n = WRITE_SIZE;
	if (ch->wrote)
		rc = ssh_channel_write(ch->ch, buf, (uint32_t)n);
	else
		rc = chan_write_first(ch->ch, buf, (uint32_t)n);
	if (rc == WRITE_STUCK)
		conn_offend(c, N_("the server lets no packet have data in it"));
	ch->wrote |= rc > 0;
	conn_settle(c);
	return rc < 0 ? -1 : rc;
}

void chan_more(struct drv_channel *ch)
{
	if (!ch->full)
		return;
	ch->full = false;
	ch->more = true;
	chan_is_late(ch);
	conn_settle(ch->c);
}

/*
 * libssh 0.10 lets 1.28 MB come and does not ask how much it should be, but one
 * who reads more than that has the window that is needed for it.  Later ones
 * let 2 MB come, whoever reads.  All that has come was taken, so that nothing
 * is there to be read; should there be, it is not lost.
 */
void chan_widen(struct drv_channel *ch, size_t n)
{
	static char none[DRV_WINDOW_WIDE]; /* never touched */
	int got;

	if (ch->ev->take || ch->closed || conn_dead(ch->c) || ch->c->paused)
		return;
	if (n > sizeof(none))
		n = sizeof(none);
	if (n > ch->c->widest)
		ch->c->widest = n;
	got = ssh_channel_read(ch->ch, none, (uint32_t)n, 0);
	if (got > 0)
		hold_back_data(ch, STREAM_OUT, none, (size_t)got);
	conn_settle(ch->c);
}

enum drv_rc chan_eof(struct drv_channel *ch)
{
	int rc;

	if (ch->closed || conn_dead(ch->c))
		return DRV_OK;
	rc = ssh_channel_send_eof(ch->ch);
	/* AGAIN means queued, not sent: libssh takes it from here. */
	if (rc == SSH_AGAIN)
		rc = ssh_channel_send_eof(ch->ch);
	conn_settle(ch->c);
	return rc == SSH_AGAIN ? DRV_AGAIN : DRV_OK;
}

enum drv_rc chan_close(struct drv_channel *ch)
{
	int rc;

	if (!ch->opened || conn_dead(ch->c))
		return DRV_OK;
	rc = send_close(ch->ch);
	conn_settle(ch->c);
	return rc == SSH_AGAIN ? DRV_AGAIN : DRV_OK;
}
