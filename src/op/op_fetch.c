/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One file from a host, by commands of it.
 *
 *   OPENING   a shell runs our commands
 *   GREETING  they tell how long the file is
 *   READING   its bytes, until that many are here
 */
#include "op/op_fetch.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "io/loop.h"
#include "io/timer.h"
#include "op/copy.h"
#include "op/greeting.h"
#include "op/place.h"
#include "ssh/channel.h"

#include "base/banned.h"

enum fetch_state {
	FETCH_OPENING,
	FETCH_GREETING,
	FETCH_READING,
	FETCH_DONE,
};

struct op_fetch {
	struct op op;
	enum fetch_state state;
	struct copy copy;
	struct channel ch;
	char *command;
	struct greeting greeting;
	struct place *place;
	char *name;
	struct place_attrs attrs;
	char temp[PLACE_TEMP_SIZE];
	int fd; /* -1: none */
	uint64_t size, got;
	struct err broken; /* what came was no greeting */
	struct timer timer;
	uint64_t limit_ms;
};

static struct op_fetch *fetch_of(struct op *op)
{
	return container_of(op, struct op_fetch, op);
}

static struct loop *loop_of(const struct op_fetch *x)
{
	return session_loop(x->op.session);
}

static const struct copy_spec *spec_of(const struct op_fetch *x)
{
	return x->copy.spec;
}

/* ---- the end ---- */

static void finish_error(struct op_fetch *x, const struct err *why)
{
	channel_close(&x->ch);
	if (x->fd >= 0)
		place_discard(x->place, x->temp, x->fd);
	x->fd = -1;
	x->state = FETCH_DONE;
	err_copy(&x->op.result->err, why);
	x->op.result->outcome =
		why->code == ERR_CANCELLED ? OUTCOME_CANCELLED : OUTCOME_ERROR;
	timer_stop(loop_of(x), &x->timer);
	op_finish(&x->op);
}

/* Of the copy: it has one file, so that one failure is all. */
static void finish(struct op_fetch *x)
{
	if (x->copy.nfailed) {
		finish_error(x, &x->copy.err);
		return;
	}
	channel_close(&x->ch);
	x->state = FETCH_DONE;
	x->op.result->status = 0;
	x->op.result->outcome = OUTCOME_EXIT;
	timer_stop(loop_of(x), &x->timer);
	op_finish(&x->op);
}

static void fail(struct op_fetch *x, const char *reason)
{
	copy_fail_path(&x->copy, spec_of(x)->sources.v[0], reason);
}

static void tell(struct copy *c, enum stream s, const char *text)
{
	struct op_fetch *x = container_of(c, struct op_fetch, copy);
	char *line = xasprintf("%s\n", text);

	x->op.client->data(&x->op, s, line, strlen(line));
	free(line);
}

static void complete(struct op_fetch *x)
{
	struct err err = { 0 };
	int fd = x->fd;

	x->fd = -1;
	if (place_finish(x->place, x->temp, fd, x->name, &x->attrs, false,
			 &err)) {
		copy_fail(&x->copy, &err);
		err_release(&err);
		return;
	}
	x->copy.copied->files = 1;
	x->copy.copied->bytes = x->got;
}

/* ---- bytes ---- */

static void write_bytes(struct op_fetch *x, const char *p, size_t n)
{
	if (n > x->size - x->got)
		n = (size_t)(x->size - x->got); /* it has grown since */
	while (n && !x->copy.nfailed) {
		ssize_t w = write(x->fd, p, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0) {
			fail(x, strerror(errno));
			return;
		}
		p += w;
		n -= (size_t)w;
		x->got += (uint64_t)w;
	}
	x->copy.copied->moved = x->got;
}

/* The folder is made when there is something for it. */
static int make_file(struct op_fetch *x)
{
	const struct copy_spec *spec = spec_of(x);
	const char *dir = spec->dirs.n ? spec->dirs.v[x->copy.rank] : "";
	struct err err = { 0 };

	x->place = place_descend(place_open(spec->into, &err), dir, true, &err);
	if (x->place)
		x->fd = place_create(x->place, x->name, &x->attrs, false,
				     x->temp, &err);
	if (x->fd >= 0)
		return 0;
	copy_fail(&x->copy, &err);
	err_release(&err);
	return -1;
}

static void would_get(struct op_fetch *x)
{
	const struct copy_spec *spec = spec_of(x);
	const char *dir = spec->dirs.n ? spec->dirs.v[x->copy.rank] : "";
	char *into = copy_join(spec->into, dir);
	char *path = copy_join(into, x->name);
	char *line = xasprintf("%s -> %s", spec->sources.v[0], path);
	char *shown = text_vis_dup(line, strlen(line), SIZE_MAX);

	tell(&x->copy, STREAM_OUT, shown);
	free(shown);
	free(line);
	free(path);
	free(into);
}

/* "1000 x", the letter of a file that may be run; there may be blanks. */
static void greeted(struct op_fetch *x, char *line, const char *rest, size_t n)
{
	char *digits = line + strspn(line, " ");
	size_t len = strspn(digits, "0123456789");
	bool runs = strchr(digits + len, 'x') != NULL;

	digits[len] = '\0';
	if (parse_uint(digits, 0, INT64_MAX, &x->size)) {
		fail(x, _("the host does not say how long it is"));
		return;
	}
	if (!*x->name) {
		fail(x, _("it is a folder"));
		return;
	}
	x->attrs.mode = runs ? 0777 : 0666;
	x->state = FETCH_READING;
	x->copy.copied->total = x->size;
	x->copy.copied->all_known = true;
	if (spec_of(x)->dry_run) {
		would_get(x);
		x->got = x->size;
	} else if (!make_file(x)) {
		write_bytes(x, rest, n);
	}
}

/* At once: the file may come with it, more of it than is kept here. */
static void hear(struct op_fetch *x, const void *buf, size_t size)
{
	const char *rest;
	char *line;
	size_t n;

	if (x->broken.code || x->copy.nfailed)
		return;
	greeting_add(&x->greeting, buf, size);
	if (greeting_read(&x->greeting, &line, &rest, &n, &x->broken) > 0)
		greeted(x, line, rest, n);
}

static void on_data(void *arg, enum stream s, const void *buf, size_t n)
{
	struct op_fetch *x = arg;

	if (x->op.finished)
		return;
	if (s == STREAM_ERR)
		greeting_add_error(&x->greeting, buf, n);
	else if (x->state == FETCH_READING && x->fd >= 0)
		write_bytes(x, buf, n);
	else if (x->state < FETCH_READING)
		hear(x, buf, n);
}

static void closed(struct op_fetch *x)
{
	char *reason = greeting_reason(&x->greeting);
	struct err err = { 0 };
	char text[128];

	if (x->state == FETCH_READING && x->ch.got_status) {
		(void)snprintf(
			text, sizeof(text),
			_("it ended after %" PRIu64 " of %" PRIu64 " bytes"),
			x->got, x->size);
		fail(x, text);
		finish(x);
	} else if (x->ch.got_status) {
		fail(x, reason);
		finish(x);
	} else {
		err_set(&err, ERR_LOST, "%s",
			_("the host ended the command before all was copied"));
		finish_error(x, &err);
		err_release(&err);
	}
	free(reason);
}

static void step(struct op *op)
{
	struct op_fetch *x = fetch_of(op);
	struct err err = { 0 };

	if (op->finished)
		return;
	x->copy.copied = &op->result->copied;
	if (channel_step(&x->ch, &err)) {
		err_prefix(&err, _("the host runs no command: "));
		finish_error(x, &err);
		err_release(&err);
		return;
	}
	if (x->state == FETCH_OPENING && x->ch.state >= CHANNEL_RUNNING)
		x->state = FETCH_GREETING;
	if (x->broken.code) {
		finish_error(x, &x->broken);
		return;
	}
	if (x->state == FETCH_READING && !x->copy.nfailed && x->fd >= 0 &&
	    x->got == x->size)
		complete(x);
	if (x->copy.nfailed || (x->state == FETCH_READING && x->got == x->size))
		finish(x);
	else if (x->ch.state >= CHANNEL_CLOSING)
		closed(x);
}

static void stop(struct op *op, enum stop_how how, const struct err *why)
{
	struct op_fetch *x = fetch_of(op);

	(void)how;
	if (op->finished)
		return;
	channel_signal(&x->ch, "TERM");
	finish_error(x, why);
}

static void too_late(struct timer *t)
{
	struct op_fetch *x = container_of(t, struct op_fetch, timer);
	struct err why = { 0 };

	copy_too_late(x->limit_ms, &why);
	stop(&x->op, STOP_NOW, &why);
	err_release(&why);
}

static void lost(struct op *op, const struct err *why)
{
	if (!op->finished)
		finish_error(fetch_of(op), why);
}

static void free_fetch(struct op *op)
{
	struct op_fetch *x = fetch_of(op);

	timer_stop(loop_of(x), &x->timer);
	if (x->fd >= 0)
		place_discard(x->place, x->temp, x->fd);
	place_put(x->place);
	channel_release(&x->ch);
	greeting_release(&x->greeting);
	err_release(&x->copy.err);
	err_release(&x->broken);
	free(x->name);
	free(x->command);
	free(x);
}

static const struct op_ops fetch_ops = {
	.name = "fetch",
	.step = step,
	.stop = stop,
	.lost = lost,
	.free = free_fetch,
};

/* ---- the commands ---- */

static const char send_file[] =
	"[ -e \"$s\" ] || { echo 'nothing is called so' >&2; exit 1; }; "
	"[ ! -d \"$s\" ] || { echo 'it is a folder' >&2; exit 1; }; "
	"[ -f \"$s\" ] || { echo 'it is no regular file' >&2; exit 1; }; "
	"[ -r \"$s\" ] || { echo 'permission denied' >&2; exit 1; }; "
	"x=; [ ! -x \"$s\" ] || x=x; "
	"z=$(wc -c <\"$s\") && echo \"$y\" $z $x && exec cat \"$s\"";

static char *commands(const struct op_fetch *x)
{
	char *path = greeting_path(spec_of(x)->sources.v[0]);
	const struct greeting_var vars[] = {
		{ "s", path },
		{ "y", x->greeting.key },
	};
	char *command = greeting_command(vars, sizeof(vars) / sizeof(vars[0]),
					 send_file);

	free(path);
	return command;
}

struct op *op_fetch_new(struct session *s, const struct copy_spec *spec,
			size_t rank, uint64_t limit_ms)
{
	struct op_fetch *x = xcalloc(1, sizeof(*x));

	x->op.ops = &fetch_ops;
	x->op.session = s;
	x->limit_ms = limit_ms;
	x->fd = -1;
	x->copy.spec = spec;
	x->copy.rank = rank;
	x->copy.tell = tell;
	x->name = copy_name_here(&x->copy, spec->sources.v[0]);
	greeting_init(&x->greeting);
	x->command = commands(x);
	channel_open_exec(&x->ch, s, x->command, on_data, x);
	if (limit_ms)
		timer_start(loop_of(x), &x->timer, limit_ms, too_late);
	return &x->op;
}
