/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copy files by commands of the host.
 *
 * They greet with what the destination is, and their umask; the bytes are sent;
 * all is put in its place there.  The newline is sent when they have greeted:
 * what they are told to do is done only where it fits.
 */
#include "op/op_via.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "io/blocks.h"
#include "io/manifest.h"
#include "op/copy_exec.h"
#include "op/landing.h"
#include "op/pack.h"

#include "base/banned.h"

#define FEED_SLICE  ((size_t)32 << 10)	/* of these at once */
#define FEED_BUDGET ((size_t)256 << 10) /* bytes in one step */
#define COUNT_OF(v) (sizeof(v) / sizeof((v)[0]))
#define MODE_PLAIN  0777u
#define MODE_KEPT   01777u
#define NO_COMMAND  127u /* status of a shell that found none */

struct op_via {
	struct copy_exec x;
	bool started; /* the line that lets them begin was sent */
	bool fed;     /* all of the bytes */
	char **paths;
	mode_t umask;
	struct pack *pack;
	uint64_t sent; /* of the one file */
};

static struct op_via *via_of(struct copy_exec *x)
{
	return container_of(x, struct op_via, x);
}

static const struct copy_spec *spec_of(const struct op_via *v)
{
	return copy_exec_spec(&v->x);
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

static void would_put(struct op_via *v)
{
	const struct manifest *m = spec_of(v)->manifest;
	struct copy *c = &v->x.copy;

	for (size_t i = 0; i < m->n; i++) {
		const struct manifest_entry *e = &m->v[i];
		char *path = copy_join(v->paths[e->source], manifest_name(e));
		char *shown = text_vis_dup(path, strlen(path), SIZE_MAX);

		c->tell(c, STREAM_OUT, shown);
		free(shown);
		free(path);
	}
	copy_fail_unread(c);
	v->x.over = true;
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
static void greeted(struct copy_exec *x, char *line, const char *rest, size_t n)
{
	struct op_via *v = via_of(x);
	char *mask = strchr(line, ' ');

	(void)rest;
	(void)n;
	if (mask)
		*mask++ = '\0';
	v->umask = mask ? mask_of(mask) : 0;
	x->placed.landing = landing_of(line);
	v->paths = landing_paths(spec_of(v), x->placed.landing);
	if (!v->paths) {
		copy_fail_path(&x->copy, spec_of(v)->dest,
			       _("it is no folder there"));
		x->over = true;
	} else if (spec_of(v)->dry_run) {
		would_put(v);
	} else {
		x->copy.copied->total = spec_of(v)->manifest->bytes;
		x->copy.copied->all_known = true;
		if (spec_of(v)->via == COPY_VIA_TAR)
			v->pack = pack_new(&x->copy, v->paths, v->umask);
	}
}

/* All is in its place.  What was sent may still be refused there. */
static void count(struct op_via *v)
{
	if (v->pack) {
		pack_placed(v->pack);
	} else {
		v->x.copy.copied->files = 1;
		v->x.copy.copied->bytes = v->sent;
	}
}

static void closed(struct copy_exec *x)
{
	char *shown = greeting_reason(&x->greeting);
	struct err err = { 0 };

	if (via_of(x)->fed && x->ch.got_status && !x->ch.status) {
		count(via_of(x));
		x->placed.all = true;
		copy_fail_unread(&x->copy);
		copy_exec_end(x);
	} else if (x->ch.got_status && x->ch.status == NO_COMMAND) {
		err_set(&err, ERR_CHANNEL,
			_("the host has no shell that could do it: %s"), shown);
		copy_exec_fail(x, &err);
	} else if (x->ch.got_status) {
		err_set(&err, ERR_COPY,
			_("the host could not put all in its place: %s"),
			shown);
		copy_exec_fail(x, &err);
	} else {
		copy_exec_cut(x);
	}
	err_release(&err);
	free(shown);
}

/* ---- bytes ---- */

/* The one file. */
static const void *file_bytes(struct op_via *v, size_t *n, struct err *err)
{
	const struct blocks_file *f = &spec_of(v)->manifest->v[0].file;
	const void *p;
	uint64_t left = f->size - v->sent;

	*n = 0;
	if (!left)
		return NULL;
	p = blocks_read(spec_of(v)->blocks, f, v->sent, n, err);
	if (p && *n > left)
		*n = (size_t)left;
	return p;
}

/* What is between the files of an archive is not theirs. */
static void add_moved(struct copied *c, size_t n)
{
	c->moved = c->total - c->moved < n ? c->total : c->moved + n;
}

/* Until its end the window or the budget is used up. */
static void feed(struct op_via *v)
{
	struct copy_exec *x = &v->x;
	size_t budget = FEED_BUDGET;
	struct err err = { 0 };
	size_t n = 0;
	const void *p = NULL;
	ssize_t taken;

	if (!v->started && channel_write(&x->ch, "\n", 1) <= 0)
		return;
	v->started = true;
	if (!copy_clock_waits(&x->clock))
		copy_clock_pay(&x->clock, spec_of(v)->rate, 0);
	while (budget && !copy_clock_waits(&x->clock)) {
		size_t slice = budget < FEED_SLICE ? budget : FEED_SLICE;

		p = v->pack ? pack_bytes(v->pack, &n, &err)
			    : file_bytes(v, &n, &err);
		if (!p)
			break;
		taken = channel_write(&x->ch, p, n < slice ? n : slice);
		if (taken <= 0)
			return;
		copy_clock_pay(&x->clock, spec_of(v)->rate, (size_t)taken);
		if (v->pack)
			pack_sent(v->pack, (size_t)taken);
		else
			v->sent += (size_t)taken;
		add_moved(x->copy.copied, (size_t)taken);
		budget -= (size_t)taken;
	}
	if (err.code) {
		copy_exec_fail(x, &err);
	} else if (!p && !copy_clock_waits(&x->clock)) {
		channel_eof(&x->ch);
		v->fed = true;
	} else if (!copy_clock_waits(&x->clock)) {
		session_wake(x->op.session);
	}
	err_release(&err);
}

static void go_on(struct copy_exec *x)
{
	struct op_via *v = via_of(x);

	if (x->over || x->ch.state >= CHANNEL_CLOSING)
		return;
	if (v->fed)
		channel_eof(&x->ch); /* until it is sent */
	else
		feed(v);
}

static void free_via(struct copy_exec *x)
{
	struct op_via *v = via_of(x);

	pack_free(v->pack);
	landing_free(spec_of(v), v->paths);
	free(v);
}

static const struct copy_exec_how via_how = {
	.greeted = greeted,
	.go_on = go_on,
	.closed = closed,
	.free = free_via,
	.shows_errors = true,
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

static char *commands(const struct op_via *v)
{
	const struct copy_spec *spec = spec_of(v);
	const char *key = v->x.greeting.key;
	char *dest = greeting_path(spec->dest);
	char *above = folder_above(dest);
	char *temp = xasprintf(".rsh-%s.part", key);
	char *command = (spec->via == COPY_VIA_CAT ? cat_command : tar_command)(
		spec, dest, above, temp, key);

	free(temp);
	free(above);
	free(dest);
	return command;
}

struct op *op_via_new(struct session *s, const struct copy_spec *spec,
		      size_t rank, uint64_t limit_ms)
{
	struct op_via *v = xcalloc(1, sizeof(*v));

	copy_exec_init(&v->x, &via_how, s, spec, rank);
	copy_exec_start(&v->x, commands(v), limit_ms);
	return &v->x.op;
}
