/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One file from a host, by commands of it: they greet with how long it is, and
 * its bytes come, until that many are here.
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
#include "op/copy_exec.h"
#include "op/place.h"

#include "base/banned.h"

struct op_fetch {
	struct copy_exec x;
	struct place *place;
	char *name;
	struct place_attrs attrs;
	char temp[PLACE_TEMP_SIZE];
	int fd; /* -1: none */
	bool hole;
	uint64_t size, got;
};

static struct op_fetch *fetch_of(struct copy_exec *x)
{
	return container_of(x, struct op_fetch, x);
}

static const struct copy_spec *spec_of(const struct op_fetch *f)
{
	return copy_exec_spec(&f->x);
}

/* Of the copy: it has one file, so that one failure is all. */
static void fail(struct op_fetch *f, const char *reason)
{
	copy_fail_path(&f->x.copy, spec_of(f)->sources.v[0], reason);
	f->x.over = true;
}

static void fail_by(struct op_fetch *f, const struct err *err)
{
	copy_fail(&f->x.copy, err);
	f->x.over = true;
}

static void discard(struct copy_exec *x)
{
	struct op_fetch *f = fetch_of(x);

	if (f->fd >= 0)
		place_discard(f->place, f->temp, f->fd);
	f->fd = -1;
}

static void complete(struct op_fetch *f)
{
	struct err err = { 0 };
	int fd = f->fd;

	if (f->hole && ftruncate(fd, (off_t)f->size)) {
		fail(f, strerror(errno));
		return;
	}
	f->fd = -1;
	f->x.over = true;
	if (place_finish(f->place, f->temp, fd, f->name, &f->attrs, false,
			 &err)) {
		fail_by(f, &err);
		err_release(&err);
		return;
	}
	f->x.copy.copied->files = 1;
	f->x.copy.copied->bytes = f->got;
}

/* ---- bytes ---- */

static void write_bytes(struct op_fetch *f, const char *p, size_t n)
{
	if (n > f->size - f->got)
		n = (size_t)(f->size - f->got); /* it has grown since */
	if (place_write(f->fd, f->got, p, n, &f->hole)) {
		fail(f, strerror(errno));
		return;
	}
	f->got += n;
	f->x.copy.copied->moved = f->got;
}

/* The folder is made when there is something for it. */
static int make_file(struct op_fetch *f)
{
	struct err err = { 0 };

	f->place = copy_open_here(&f->x.copy, true, &err);
	if (f->place)
		f->fd = place_create(f->place, f->name, &f->attrs, false,
				     f->temp, &err);
	if (f->fd >= 0)
		return 0;
	fail_by(f, &err);
	err_release(&err);
	return -1;
}

static void would_get(struct op_fetch *f)
{
	struct copy *c = &f->x.copy;
	char *into = copy_path_here(c);
	char *path = copy_join(into, f->name);
	char *line = xasprintf("%s -> %s", spec_of(f)->sources.v[0], path);
	char *shown = text_vis_dup(line, strlen(line), SIZE_MAX);

	c->tell(c, STREAM_OUT, shown);
	f->x.over = true;
	free(shown);
	free(line);
	free(path);
	free(into);
}

/* "1000 x", the letter of a file that may be run; there may be blanks. */
static void greeted(struct copy_exec *x, char *line, const char *rest, size_t n)
{
	struct op_fetch *f = fetch_of(x);
	char *digits = line + strspn(line, " ");
	size_t len = strspn(digits, "0123456789");
	bool runs = strchr(digits + len, 'x') != NULL;

	digits[len] = '\0';
	if (parse_uint(digits, 0, INT64_MAX, &f->size)) {
		fail(f, _("the host does not say how long it is"));
		return;
	}
	if (!*f->name) {
		fail(f, _("it is a folder"));
		return;
	}
	f->attrs.mode = runs ? 0777 : 0666;
	x->copy.copied->total = f->size;
	x->copy.copied->all_known = true;
	if (spec_of(f)->dry_run)
		would_get(f);
	else if (!make_file(f))
		write_bytes(f, rest, n);
}

static void on_bytes(struct copy_exec *x, const char *p, size_t n)
{
	if (!x->over)
		write_bytes(fetch_of(x), p, n);
}

static void go_on(struct copy_exec *x)
{
	struct op_fetch *f = fetch_of(x);

	(void)channel_widen(&x->ch);
	if (!x->over && f->got == f->size)
		complete(f);
}

static void closed(struct copy_exec *x)
{
	struct op_fetch *f = fetch_of(x);
	char *reason = greeting_reason(&x->greeting);
	char text[128];

	(void)snprintf(text, sizeof(text),
		       _("it ended after %" PRIu64 " of %" PRIu64 " bytes"),
		       f->got, f->size);
	if (x->ch.got_status) {
		fail(f, x->greeting.is_over ? text : reason);
		copy_exec_end(x);
	} else {
		copy_exec_cut(x);
	}
	free(reason);
}

static void free_fetch(struct copy_exec *x)
{
	struct op_fetch *f = fetch_of(x);

	place_put(f->place);
	free(f->name);
	free(f);
}

static const struct copy_exec_how fetch_how = {
	.greeted = greeted,
	.data = on_bytes,
	.go_on = go_on,
	.closed = closed,
	.discard = discard,
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

static char *commands(const struct op_fetch *f)
{
	char *path = greeting_path(spec_of(f)->sources.v[0]);
	const struct greeting_var vars[] = {
		{ "s", path },
		{ "y", f->x.greeting.key },
	};
	char *command = greeting_command(vars, sizeof(vars) / sizeof(vars[0]),
					 send_file);

	free(path);
	return command;
}

struct op *op_fetch_new(struct session *s, const struct copy_spec *spec,
			size_t rank, uint64_t limit_ms)
{
	struct op_fetch *f = xcalloc(1, sizeof(*f));

	f->fd = -1;
	copy_exec_init(&f->x, &fetch_how, s, spec, rank);
	f->name = copy_name_here(&f->x.copy, spec->sources.v[0]);
	copy_exec_start(&f->x, commands(f), limit_ms);
	return &f->x.op;
}
