/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copy files by commands of the host.
 *
 *   OPENING   a shell runs our commands
 *   GREETING  they tell what the destination is, and their umask
 *   FEEDING   the bytes
 *   WAITING   all is put in its place there
 *   SFTP      there is no tar: another op does it
 *
 * The newline is sent when they have greeted: what they are told to do is done
 * only where it fits.
 */
#include "op/op_via.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "io/loop.h"
#include "io/manifest.h"
#include "io/rate.h"
#include "io/timer.h"
#include "op/copy.h"
#include "op/greeting.h"
#include "op/landing.h"
#include "op/op_copy.h"
#include "op/pack.h"
#include "ssh/channel.h"

#include "base/banned.h"

#define FEED_SLICE  ((size_t)32 << 10)	/* of these at once */
#define FEED_BUDGET ((size_t)256 << 10) /* bytes in one step */
#define COUNT_OF(v) (sizeof(v) / sizeof((v)[0]))
#define MODE_PLAIN  0777u
#define MODE_KEPT   01777u
#define NO_COMMAND  127u /* status of a shell that found none */

enum via_state {
	VIA_OPENING,
	VIA_GREETING,
	VIA_FEEDING,
	VIA_WAITING,
	VIA_SFTP,
	VIA_DONE,
};

struct op_via {
	struct op op;
	enum via_state state;
	struct copy copy;
	struct channel ch;
	char *command;
	struct greeting greeting;
	bool started; /* the line that lets them begin was sent */
	char **paths;
	mode_t umask;
	struct pack *pack;
	uint64_t sent; /* of the one file */
	struct timer timer;
	uint64_t limit_ms;
	struct timer pace; /* armed: no bytes move before it */
	struct op *sftp;
	size_t rank;
};

static struct op_via *via_of(struct op *op)
{
	return container_of(op, struct op_via, op);
}

static struct loop *loop_of(const struct op_via *x)
{
	return session_loop(x->op.session);
}

static const struct copy_spec *spec_of(const struct op_via *x)
{
	return x->copy.spec;
}

/* ---- the end ---- */

static void finish(struct op_via *x, enum outcome outcome)
{
	x->state = VIA_DONE;
	x->op.result->outcome = outcome;
	timer_stop(loop_of(x), &x->timer);
	timer_stop(loop_of(x), &x->pace);
	op_finish(&x->op);
}

static void finish_error(struct op_via *x, const struct err *why)
{
	channel_close(&x->ch);
	err_copy(&x->op.result->err, why);
	finish(x,
	       why->code == ERR_CANCELLED ? OUTCOME_CANCELLED : OUTCOME_ERROR);
}

static void fail(struct op_via *x, enum err_code code, const char *text)
{
	struct err err = { 0 };

	err_set(&err, code, "%s", text);
	finish_error(x, &err);
	err_release(&err);
}

static void tell(struct copy *c, enum stream s, const char *text)
{
	struct op_via *x = container_of(c, struct op_via, copy);
	char *line = xasprintf("%s\n", text);

	x->op.client->data(&x->op, s, line, strlen(line));
	free(line);
}

static void finish_copied(struct op_via *x)
{
	struct err err = { 0 };

	channel_close(&x->ch);
	if (x->copy.nfailed) {
		copy_failure(&x->copy, &err);
		finish_error(x, &err);
		err_release(&err);
		return;
	}
	x->op.result->status = 0;
	finish(x, OUTCOME_EXIT);
}

/* ---- SFTP instead ---- */

static void on_sftp_data(struct op *op, enum stream s, const void *buf,
			 size_t n)
{
	struct op_via *x = op->arg;

	x->op.client->data(&x->op, s, buf, n);
}

static void on_sftp_finished(struct op *op)
{
	struct op_via *x = op->arg;

	x->state = VIA_DONE;
	op_finish(&x->op);
}

static const struct op_client sftp_client = {
	.data = on_sftp_data,
	.finished = on_sftp_finished,
};

static void use_sftp(struct op_via *x)
{
	channel_close(&x->ch);
	timer_stop(loop_of(x), &x->timer);
	timer_stop(loop_of(x), &x->pace);
	tell(&x->copy, STREAM_ERR,
	     _("the host has no tar: its files are copied one by one"));
	x->state = VIA_SFTP;
	x->sftp = op_copy_new(x->op.session, spec_of(x), true, x->rank,
			      x->limit_ms);
	x->sftp->client = &sftp_client;
	x->sftp->arg = x;
	x->sftp->result = x->op.result;
	session_wake(x->op.session);
}

/* ---- what the host says ---- */

static enum landing landing_of(const char *word)
{
	if (!strcmp(word, "folder"))
		return LANDING_FOLDER;
	if (!strcmp(word, "file"))
		return LANDING_FILE;
	if (!strcmp(word, "missing"))
		return LANDING_MISSING;
	return LANDING_OTHER;
}

static void would_put(struct op_via *x)
{
	const struct manifest *m = spec_of(x)->manifest;

	for (size_t i = 0; i < m->n; i++) {
		const struct manifest_entry *e = &m->v[i];
		char *path = copy_join(x->paths[e->source], manifest_name(e));
		char *shown = text_vis_dup(path, strlen(path), SIZE_MAX);

		tell(&x->copy, STREAM_OUT, shown);
		free(shown);
		free(path);
	}
	finish_copied(x);
}

/* Octal digits. */
static mode_t mask_of(const char *digits)
{
	mode_t mask = 0;

	for (; *digits >= '0' && *digits <= '7'; digits++)
		mask = mask << 3 | (mode_t)(*digits - '0');
	return mask & MODE_PLAIN;
}

/* "folder 0022" */
static void greeted(struct op_via *x, char *line)
{
	char *mask = strchr(line, ' ');

	if (!strcmp(line, "no-tar") && spec_of(x)->or_sftp) {
		use_sftp(x);
		return;
	}
	if (!strcmp(line, "no-tar")) {
		fail(x, ERR_CHANNEL,
		     _("the host has no tar; --via cat copies one file without"));
		return;
	}
	if (mask)
		*mask++ = '\0';
	x->umask = mask ? mask_of(mask) : 0;
	x->paths = landing_paths(spec_of(x), landing_of(line));
	if (!x->paths) {
		copy_fail_path(&x->copy, spec_of(x)->dest,
			       _("it is no folder there"));
		finish_copied(x);
	} else if (spec_of(x)->dry_run) {
		would_put(x);
	} else {
		x->state = VIA_FEEDING;
		x->copy.copied->total = spec_of(x)->manifest->bytes;
		x->copy.copied->all_known = true;
		if (spec_of(x)->via == COPY_VIA_TAR)
			x->pack = pack_new(&x->copy, x->paths, x->umask);
	}
}

static void hear_greeting(struct op_via *x)
{
	struct err err = { 0 };
	const char *rest;
	char *line;
	size_t n;
	int rc = greeting_read(&x->greeting, &line, &rest, &n, &err);

	if (rc > 0)
		greeted(x, line);
	else if (rc < 0)
		finish_error(x, &err);
	err_release(&err);
}

static void on_data(void *arg, enum stream s, const void *buf, size_t n)
{
	struct op_via *x = arg;

	if (x->op.finished || x->state == VIA_SFTP)
		return;
	if (s == STREAM_ERR) {
		greeting_add_error(&x->greeting, buf, n);
		x->op.client->data(&x->op, s, buf, n);
	} else if (x->state <= VIA_GREETING) {
		greeting_add(&x->greeting, buf, n);
	}
}

static void closed(struct op_via *x)
{
	char *shown = greeting_reason(&x->greeting);
	struct err err = { 0 };

	if (x->state == VIA_WAITING && x->ch.got_status && !x->ch.status) {
		finish_copied(x);
	} else if (x->ch.got_status && x->ch.status == NO_COMMAND) {
		err_set(&err, ERR_CHANNEL,
			_("the host has no shell that could do it: %s"), shown);
		finish_error(x, &err);
	} else if (x->ch.got_status) {
		err_set(&err, ERR_COPY,
			_("the host could not put all in its place: %s"),
			shown);
		finish_error(x, &err);
	} else {
		fail(x, ERR_LOST,
		     _("the host ended the command before all was copied"));
	}
	err_release(&err);
	free(shown);
}

/* ---- bytes ---- */

/* The one file. */
static const void *file_bytes(struct op_via *x, size_t *n, struct err *err)
{
	const struct blocks_file *f = &spec_of(x)->manifest->v[0].file;
	const void *p;
	uint64_t left = f->size - x->sent;

	*n = 0;
	if (!left)
		return NULL;
	p = blocks_read(spec_of(x)->blocks, f, x->sent, n, err);
	if (p && *n > left)
		*n = (size_t)left;
	return p;
}

/* What is between the files of an archive is not theirs. */
static void add_moved(struct copied *c, size_t n)
{
	c->moved = c->total - c->moved < n ? c->total : c->moved + n;
}

static void on_pace(struct timer *t)
{
	struct op_via *x = container_of(t, struct op_via, pace);

	session_wake(x->op.session);
}

/* What has moved is paid for; the next of it waits until it is paid off. */
static void pay(struct op_via *x, size_t n)
{
	uint64_t wait_ms;

	if (!spec_of(x)->rate)
		return;
	wait_ms = rate_pay(spec_of(x)->rate, n, loop_now(loop_of(x)));
	if (wait_ms)
		timer_start(loop_of(x), &x->pace, wait_ms, on_pace);
}

/* Until its end the window or the budget is used up. */
static void feed(struct op_via *x)
{
	size_t budget = FEED_BUDGET;
	struct err err = { 0 };
	size_t n = 0;
	const void *p = NULL;
	ssize_t taken;

	if (!x->started && channel_write(&x->ch, "\n", 1) <= 0)
		return;
	x->started = true;
	while (budget && !timer_armed(&x->pace)) {
		size_t slice = budget < FEED_SLICE ? budget : FEED_SLICE;

		p = x->pack ? pack_bytes(x->pack, &n, &err)
			    : file_bytes(x, &n, &err);
		if (!p)
			break;
		taken = channel_write(&x->ch, p, n < slice ? n : slice);
		if (taken <= 0)
			return;
		pay(x, (size_t)taken);
		if (x->pack)
			pack_sent(x->pack, (size_t)taken);
		else
			x->sent += (size_t)taken;
		add_moved(x->copy.copied, (size_t)taken);
		budget -= (size_t)taken;
	}
	if (err.code) {
		finish_error(x, &err);
	} else if (!p && !timer_armed(&x->pace)) {
		channel_eof(&x->ch);
		x->state = VIA_WAITING;
		if (!x->pack) {
			x->copy.copied->files = 1;
			x->copy.copied->bytes = x->sent;
		}
	} else if (!timer_armed(&x->pace)) {
		session_wake(x->op.session);
	}
	err_release(&err);
}

static void step(struct op *op)
{
	struct op_via *x = via_of(op);
	struct err err = { 0 };

	if (op->finished)
		return;
	x->copy.copied = &op->result->copied;
	if (x->state == VIA_SFTP) {
		(void)channel_step(&x->ch, &err); /* to its end */
		err_release(&err);
		x->sftp->ops->step(x->sftp);
		return;
	}
	if (channel_step(&x->ch, &err)) {
		err_prefix(&err, _("the host runs no command: "));
		finish_error(x, &err);
		err_release(&err);
		return;
	}
	if (x->state == VIA_OPENING && x->ch.state >= CHANNEL_RUNNING)
		x->state = VIA_GREETING;
	if (x->state == VIA_GREETING)
		hear_greeting(x);
	if (op->finished || x->state == VIA_SFTP)
		return;
	if (x->ch.state >= CHANNEL_CLOSING)
		closed(x);
	else if (x->state == VIA_FEEDING)
		feed(x);
	else if (x->state == VIA_WAITING)
		channel_eof(&x->ch); /* until it is sent */
}

static void stop(struct op *op, enum stop_how how, const struct err *why)
{
	struct op_via *x = via_of(op);

	if (op->finished)
		return;
	if (x->state == VIA_SFTP) {
		x->sftp->ops->stop(x->sftp, how, why);
		return;
	}
	channel_signal(&x->ch, "TERM");
	finish_error(x, why);
}

static void too_late(struct timer *t)
{
	struct op_via *x = container_of(t, struct op_via, timer);
	struct err why = { 0 };

	copy_too_late(x->limit_ms, &why);
	stop(&x->op, STOP_NOW, &why);
	err_release(&why);
}

static void lost(struct op *op, const struct err *why)
{
	struct op_via *x = via_of(op);

	if (op->finished)
		return;
	if (x->state == VIA_SFTP)
		x->sftp->ops->lost(x->sftp, why);
	else
		finish_error(x, why);
}

static void free_via(struct op *op)
{
	struct op_via *x = via_of(op);

	timer_stop(loop_of(x), &x->timer);
	timer_stop(loop_of(x), &x->pace);
	if (x->sftp)
		x->sftp->ops->free(x->sftp);
	pack_free(x->pack);
	landing_free(spec_of(x), x->paths);
	channel_release(&x->ch);
	greeting_release(&x->greeting);
	err_release(&x->copy.err);
	free(x->command);
	free(x);
}

static const struct op_ops via_ops = {
	.name = "via",
	.step = step,
	.stop = stop,
	.lost = lost,
	.free = free_via,
};

/* ---- the commands ---- */

/* The folder that the destination is in. */
static char *folder_above(const char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	while (n && path[n - 1] != '/')
		n--;
	return n ? xstrndup(path, n) : xstrdup(".");
}

/* What is there, and a place beside it that nobody knows: d is the
   destination, t the place, k what it is. */
static const char look_around[] =
	"if [ -d \"$d\" ]; then k=folder t=$d/$t; "
	"elif [ -f \"$d\" ] || [ -L \"$d\" ]; then k=file t=$a/$t; "
	"elif [ -e \"$d\" ]; then k=other; "
	"else k=missing t=$a/$t; fi; "
	"case $t in /*) ;; *) t=$PWD/$t ;; esac; "
	"echo \"$y $k $(umask)\"; read -r go || exit 1; ";

static const char ask_for_tar[] =
	"command -v tar >/dev/null 2>&1 || { echo \"$y no-tar\"; exit 1; }; ";

static const char take_archive[] =
	"mkdir -m 700 -- \"$t\" || exit 1; "
	"tar -xpo${m}f - -C \"$t\" && "
	"sh \"$t/" PACK_SCRIPT "\" \"$PWD\" \"$t\"; r=$?; "
	"rm -rf -- \"$t\"; exit $r";

/* n is the file's name, z its size, o its mode, s its time or nothing, p says
   that both are kept.  A connection that is lost ends the input as well.  mv(1)
   would follow a link to a folder. */
static const char take_file[] =
	"[ $k != folder ] || d=$d/$n; "
	"if [ -L \"$d\" ]; then x=; "
	"elif [ -d \"$d\" ]; then "
	"echo \"cannot write '$d': it is a folder there\" >&2; exit 1; "
	"elif [ -f \"$d\" ]; then x=$d; "
	"elif [ -e \"$d\" ]; then "
	"echo \"cannot write '$d': it is no regular file there\" >&2; exit 1; "
	"else x=; fi; "
	"c=$(printf %o $((0$o & ~$(umask)))); u=; "
	"if [ -n \"$p\" ]; then c=$o; elif [ -n \"$x\" ]; then "
	"e=$(stat -c %a,%u:%g \"$x\" 2>/dev/null || "
	"stat -f %Lp,%u:%g \"$x\" 2>/dev/null) && c=${e%,*} u=${e#*,}; "
	"while [ ${#c} -gt 3 ]; do c=${c#?}; done; fi; "
	"umask 077; set -C; cat >\"$t\" && "
	"{ [ $(wc -c <\"$t\") -eq $z ] || "
	"{ echo 'not all of it came' >&2; false; }; } && "
	"{ [ -z \"$u\" ] || chown $u \"$t\" 2>/dev/null || :; } && "
	"{ [ -z \"$s\" ] || TZ=UTC0 touch -t $s \"$t\"; } && "
	"chmod $c \"$t\" && "
	"{ [ ! -L \"$d\" ] || [ ! -d \"$d\" ] || rm -f -- \"$d\"; } && "
	"mv -f -- \"$t\" \"$d\" && exit 0; "
	"rm -f -- \"$t\"; exit 1";

static char *cat_command(const struct copy_spec *spec, const char *dest,
			 const char *above, const char *temp, const char *key)
{
	const struct manifest_entry *e = &spec->manifest->v[0];
	unsigned int mode = e->mode & (spec->keep ? MODE_KEPT : MODE_PLAIN);
	char *script = xasprintf("%s%s", look_around, take_file);
	char *size = xasprintf("%" PRIu64, e->file.size);
	char *octal = xasprintf("%o", mode);
	char when[COPY_STAMP_SIZE] = "";
	const struct greeting_var vars[] = {
		{ "d", dest },	{ "a", above },
		{ "t", temp },	{ "y", key },
		{ "z", size },	{ "n", spec->manifest->names[0] },
		{ "o", octal }, { "p", spec->keep ? "1" : "" },
		{ "s", when },
	};
	char *command;

	if (spec->keep)
		copy_stamp(when, e->mtime);
	command = greeting_command(vars, COUNT_OF(vars), script);
	free(octal);
	free(size);
	free(script);
	return command;
}

static char *tar_command(const struct copy_spec *spec, const char *dest,
			 const char *above, const char *temp, const char *key)
{
	char *script =
		xasprintf("%s%s%s", ask_for_tar, look_around, take_archive);
	const struct greeting_var vars[] = {
		{ "d", dest },
		{ "a", above },
		{ "t", temp },
		{ "y", key },
		{ "m", spec->keep ? "" : "m" },
	};
	char *command = greeting_command(vars, COUNT_OF(vars), script);

	free(script);
	return command;
}

static char *commands(const struct op_via *x)
{
	const struct copy_spec *spec = spec_of(x);
	char *dest = greeting_path(spec->dest);
	char *above = folder_above(dest);
	char *temp = xasprintf(".rsh-%s.part", x->greeting.key);
	char *command = (spec->via == COPY_VIA_CAT ? cat_command : tar_command)(
		spec, dest, above, temp, x->greeting.key);

	free(temp);
	free(above);
	free(dest);
	return command;
}

struct op *op_via_new(struct session *s, const struct copy_spec *spec,
		      size_t rank, uint64_t limit_ms)
{
	struct op_via *x = xcalloc(1, sizeof(*x));

	x->op.ops = &via_ops;
	x->op.session = s;
	x->limit_ms = limit_ms;
	x->rank = rank;
	x->copy.spec = spec;
	x->copy.rank = rank;
	x->copy.tell = tell;
	greeting_init(&x->greeting);
	x->command = commands(x);
	channel_open_exec(&x->ch, s, x->command, on_data, x);
	if (limit_ms)
		timer_start(loop_of(x), &x->timer, limit_ms, too_late);
	return &x->op;
}
