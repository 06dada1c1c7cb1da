/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line of dshbak: labelled lines, sorted by their labels.
 *
 * Notes: what hosts said is kept in memory up to MEMORY and then in a file
 * without a name; two passes over it, three with -c.  A line is never held:
 * only its beginning, where the label stands.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/hashmap.h"
#include "base/list.h"
#include "base/log.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/settings.h"
#include "conf/hostlist.h"
#include "conf/label.h"
#include "conf/options.h"
#include "io/spill.h"
#include "out/fold.h"
#include "out/outdir.h"
#include "out/sink.h"

#include "base/banned.h"

#define FAILED	   1		       /* dshbak's exit code */
#define INPUT_SIZE ((size_t)512 << 10) /* read at a time */
#define HEAD_MAX   ((size_t)64 << 10)  /* of a line, to find its label in */
#define HOSTS_MAX  HOSTLIST_MAX_HOSTS
#define MEMORY	   ((size_t)64 << 20) /* of texts; the rest is in a file */
#define BLOCK	   ((size_t)256 << 10)

struct choices {
	int coalesce;
	int make_dir;
	const char *dir;
	int help;
	const char *dump;
	int version;
};

#define FIELD(f) offsetof(struct choices, f)

static const struct option rows[] = {
	/* clang-format off */
	{ .kind = OPT_FLAG, .letter = 'c', .field = FIELD(coalesce), .value = 1,
	  .help = N_("show what several hosts said once, with their folded names") },
	{ .kind = OPT_STRING, .letter = 'd', .field = FIELD(dir), .arg = N_("DIR"),
	  .help = N_("write a file for each host into this folder") },
	{ .kind = OPT_FLAG, .letter = 'f', .field = FIELD(make_dir), .value = 1,
	  .help = N_("with -d: make the folder where it is missing") },
	{ .kind = OPT_FLAG, .letter = 'h', .field = FIELD(help), .value = 1,
	  .help = N_("print this help") },
	{ .kind = OPT_STRING, .name = "help", .field = FIELD(dump), .arg = N_("dump"), .optional_arg = true,
	  .help = N_("the same, to standard output") },
	{ .kind = OPT_FLAG, .name = "version", .field = FIELD(version), .value = 1,
	  .help = N_("print the version") },
	{ 0 },
	/* clang-format on */
};

/* A host and what it said. */
struct host {
	struct hashmap_node node;
	struct spill_text text;
	size_t index; /* in the order of the input */
	size_t n;     /* bytes of the name, which may hold NUL */
	char name[];
};

struct dshbak {
	struct choices choices;
	struct hashmap map;
	struct host **hosts;
	size_t nhosts, hosts_cap;
	struct spill *texts;
	struct host *last; /* of the line before */
	bool vis;	   /* a terminal: control bytes made visible */
	char *block;
	struct strbuf visible;
};

/* Input */

static bool host_equal(const struct hashmap_node *node, const void *key)
{
	const struct host *h = container_of_const(node, struct host, node);
	const struct label *l = key;

	return h->n == l->n && !memcmp(h->name, l->name, l->n);
}

static struct host *find_host(struct dshbak *d, const struct label *l,
			      struct err *err)
{
	struct hashmap_node *node;
	uint64_t hash;
	struct host *h;

	if (d->last && host_equal(&d->last->node, l))
		return d->last;
	hash = hash_bytes(l->name, l->n);
	node = hashmap_get(&d->map, hash, l);
	if (node)
		return container_of(node, struct host, node);
	if (d->nhosts == HOSTS_MAX) {
		err_set(err, ERR_LOCAL, _("more than %u hosts in the input"),
			HOSTS_MAX);
		return NULL;
	}
	h = xcalloc(1, sizeof(*h) + l->n + 1);
	memcpy(h->name, l->name, l->n);
	h->n = l->n;
	h->index = d->nhosts;
	hashmap_put(&d->map, &h->node, hash);
	d->hosts = grow_array((void *)d->hosts, &d->hosts_cap, d->nhosts,
			      sizeof(struct host *));
	d->hosts[d->nhosts++] = h;
	return h;
}

/* Where in a line the input is. */
struct reading {
	bool inside;	   /* the beginning of this line was taken */
	struct host *host; /* whose it is; NULL: nobody's */
};

/*
 * Take a line, or with `more` the beginning of one, or the next part of one.
 * Every line gets its newline.
 */
static int take(struct dshbak *d, struct reading *r, const char *p, size_t n,
		bool more, struct err *err)
{
	struct label l = { 0 };

	if (!r->inside) {
		r->host = NULL;
		if (label_find(p, n, &l)) {
			r->host = find_host(d, &l, err);
			if (!r->host)
				return -1;
			d->last = r->host;
		}
	}
	r->inside = more;
	if (!r->host)
		return 0;
	if (spill_add(d->texts, &r->host->text, p + l.data, n - l.data, err))
		return -1;
	return more ? 0 : spill_add(d->texts, &r->host->text, "\n", 1, err);
}

/* The lines that are complete; gives how many bytes were taken. */
static ssize_t take_lines(struct dshbak *d, struct reading *r, const char *buf,
			  size_t n, struct err *err)
{
	const char *p = buf, *end = buf + n;
	const char *newline;

	while (p < end && (newline = memchr(p, '\n', (size_t)(end - p)))) {
		if (take(d, r, p, (size_t)(newline - p), false, err))
			return -1;
		p = newline + 1;
	}
	if (r->inside || (size_t)(end - p) >= HEAD_MAX) {
		if (p < end && take(d, r, p, (size_t)(end - p), true, err))
			return -1;
		p = end;
	}
	return p - buf;
}

static int read_input(struct dshbak *d, int fd, const char *name,
		      struct err *err)
{
	char *buf = xmalloc(INPUT_SIZE);
	struct reading r = { 0 };
	size_t held = 0;
	ssize_t taken;
	int rc = -1;

	for (;;) {
		ssize_t n = read(fd, buf + held, INPUT_SIZE - held);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			err_set_errno(err, ERR_LOCAL, _("cannot read '%s'"),
				      name);
			goto out;
		}
		if (n == 0)
			break;
		taken = take_lines(d, &r, buf, held + (size_t)n, err);
		if (taken < 0)
			goto out;
		held = held + (size_t)n - (size_t)taken;
		memmove(buf, buf + taken, held);
	}
	rc = 0;
	if (held || r.inside)
		rc = take(d, &r, buf, held, false, err);
out:
	free(buf);
	return rc;
}

static int read_file(struct dshbak *d, const char *name, struct err *err)
{
	int fd, rc;

	if (!strcmp(name, "-"))
		return read_input(d, STDIN_FILENO, "stdin", err);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set_errno(err, ERR_LOCAL, _("cannot read '%s'"),
				     name);
	rc = read_input(d, fd, name, err);
	close(fd);
	return rc;
}

/* Order */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* As numbers of any length. */
static int compare_digits(const char *a, size_t na, const char *b, size_t nb)
{
	size_t za = 0, zb = 0;

	while (za < na && a[za] == '0')
		za++;
	while (zb < nb && b[zb] == '0')
		zb++;
	if (na - za != nb - zb)
		return na - za < nb - zb ? -1 : 1;
	return memcmp(a + za, b + zb, na - za);
}

static size_t digits_from(const struct host *h, size_t from)
{
	size_t to = from;

	while (to < h->n && is_digit(h->name[to]))
		to++;
	return to - from;
}

/* Numbers within names by their values, the rest by its bytes. */
static int compare_names(const struct host *a, const struct host *b)
{
	size_t i = 0, j = 0;

	while (i < a->n && j < b->n) {
		size_t na = digits_from(a, i), nb = digits_from(b, j);
		int rc;

		if (na && nb) {
			rc = compare_digits(a->name + i, na, b->name + j, nb);
			i += na;
			j += nb;
		} else {
			rc = (unsigned char)a->name[i++] -
			     (unsigned char)b->name[j++];
		}
		if (rc)
			return rc;
	}
	if (a->n - i != b->n - j)
		return a->n - i < b->n - j ? -1 : 1;
	return a->n < b->n ? -1 : a->n > b->n;
}

static size_t number_of(const struct host *h, const char **digits)
{
	size_t from = h->n;

	while (from && is_digit(h->name[from - 1]))
		from--;
	*digits = h->name + from;
	return h->n - from;
}

/* The number at the end decides first, as in dshbak; none counts as 0. */
static int compare_hosts(const void *x, const void *y)
{
	const struct host *a = *(struct host *const *)x;
	const struct host *b = *(struct host *const *)y;
	const char *da, *db;
	size_t na = number_of(a, &da), nb = number_of(b, &db);
	int rc = compare_digits(da, na, db, nb);

	if (!rc)
		rc = compare_names(a, b);
	return rc ? rc : memcmp(a->name, b->name, a->n);
}

static int compare_members(const void *x, const void *y)
{
	const struct host *a = *(struct host *const *)x;
	const struct host *b = *(struct host *const *)y;
	int rc = compare_names(a, b);

	return rc ? rc : memcmp(a->name, b->name, a->n);
}

/* Output */

static int write_text(struct dshbak *d, const struct host *h, FILE *out,
		      bool vis, struct err *err)
{
	uint64_t length = spill_length(&h->text);
	size_t n;

	for (uint64_t at = 0; at < length && !ferror(out); at += n) {
		uint64_t left = length - at;

		n = left < BLOCK ? (size_t)left : BLOCK;
		if (spill_read(d->texts, &h->text, at, d->block, n, err))
			return -1;
		if (!vis) {
			(void)fwrite(d->block, 1, n, out);
			continue;
		}
		n = lines_whole(d->block, n, n == left);
		strbuf_reset(&d->visible);
		lines_visible(&d->visible, d->block, n);
		(void)fwrite(d->visible.buf, 1, d->visible.len, out);
	}
	return 0;
}

static void write_header(struct dshbak *d, const char *names, size_t n)
{
	static const char rule[] = "----------------\n";

	(void)fputs(rule, stdout);
	strbuf_reset(&d->visible);
	if (d->vis)
		text_vis(&d->visible, names, n, VIS_LINE);
	(void)fwrite(d->vis ? d->visible.buf : names, 1,
		     d->vis ? d->visible.len : n, stdout);
	(void)fputc('\n', stdout);
	(void)fputs(rule, stdout);
}

static int write_plain(struct dshbak *d, struct err *err)
{
	for (size_t i = 0; i < d->nhosts && !ferror(stdout); i++) {
		write_header(d, d->hosts[i]->name, d->hosts[i]->n);
		if (write_text(d, d->hosts[i], stdout, d->vis, err))
			return -1;
	}
	return 0;
}

static uint64_t text_length(void *arg, size_t item, unsigned int text)
{
	const struct dshbak *d = arg;

	(void)text;
	return spill_length(&d->hosts[item]->text);
}

static int text_read(void *arg, size_t item, unsigned int text, uint64_t offset,
		     void *p, size_t n, struct err *err)
{
	struct dshbak *d = arg;

	(void)text;
	return spill_read(d->texts, &d->hosts[item]->text, offset, p, n, err);
}

/* A NUL within a name is shown, as the folded text cannot hold it. */
static void fold_names(const struct dshbak *d, const struct fold_group *g,
		       struct strbuf *out)
{
	struct host **members = xcalloc(g->n, sizeof(struct host *));
	struct strvec names = { 0 };

	for (size_t i = 0; i < g->n; i++)
		members[i] = d->hosts[g->items[i]];
	qsort((void *)members, g->n, sizeof(struct host *), compare_members);
	for (size_t i = 0; i < g->n; i++) {
		const struct host *h = members[i];

		if (memchr(h->name, '\0', h->n))
			strvec_push_take(&names,
					 text_vis_dup(h->name, h->n, h->n));
		else
			strvec_push(&names, h->name);
	}
	hostlist_fold((const char *const *)names.v, names.n, out);
	strvec_release(&names);
	free((void *)members);
}

static int write_coalesced(struct dshbak *d, struct err *err)
{
	const struct fold_source src = {
		.n = d->nhosts,
		.ntexts = 1,
		.length = text_length,
		.read = text_read,
		.arg = d,
	};
	struct fold fold;
	int rc = fold_items(&src, &fold, err);

	for (size_t i = 0; i < fold.ngroups && !rc && !ferror(stdout); i++) {
		const struct fold_group *g = &fold.groups[i];
		struct strbuf names = STRBUF_INIT(SIZE_MAX / 4);

		fold_names(d, g, &names);
		write_header(d, names.buf, names.len);
		rc = write_text(d, d->hosts[g->items[0]], stdout, d->vis, err);
		strbuf_release(&names);
	}
	fold_release(&fold);
	return rc;
}

static int write_one_file(struct dshbak *d, int dir, const struct host *h,
			  struct err *err)
{
	struct strbuf name = STRBUF_INIT(OUTDIR_NAME_MAX);
	char *shown;
	FILE *out = NULL;
	int rc = -1, fd;

	outdir_name(&name, h->name, h->n, h->index, false, "");
	shown = xasprintf("%s/%s", d->choices.dir, name.buf);
	fd = outdir_file(dir, name.buf, 0666, shown, err);
	if (fd < 0)
		goto out;
	out = fdopen(fd, "w");
	if (!out) {
		close(fd);
		err_set_errno(err, ERR_LOCAL, _("cannot write '%s'"), shown);
		goto out;
	}
	rc = write_text(d, h, out, false, err);
	if (!rc && (fflush(out) || ferror(out)))
		rc = err_set_errno(err, ERR_LOCAL, _("cannot write '%s'"),
				   shown);
out:
	if (out && fclose(out) && !rc)
		rc = err_set_errno(err, ERR_LOCAL, _("cannot write '%s'"),
				   shown);
	free(shown);
	strbuf_release(&name);
	return rc;
}

static int write_files(struct dshbak *d, int dir, struct err *err)
{
	for (size_t i = 0; i < d->nhosts; i++)
		if (write_one_file(d, dir, d->hosts[i], err))
			return -1;
	return 0;
}

/* The command */

static void print_usage(FILE *out)
{
	(void)fputs(_("Usage: dshbak [OPTION]... [FILE]...\n"), out);
	options_help(rows, out, 80);
}

static int check(const struct choices *c, struct err *err)
{
	if (c->coalesce && c->dir)
		return err_set(err, ERR_USAGE,
			       _("Fatal: Do not specify both -c and -d"));
	if (c->make_dir && !c->dir)
		return err_set(err, ERR_USAGE,
			       _("Fatal: Option -f may only be used with -d"));
	return 0;
}

/* Opened before the input is read, so that what is wrong is told at once. */
static int open_dir(const struct choices *c, struct err *err)
{
	int fd = outdir_open(c->dir, c->make_dir, err);

	if (fd < 0 && !c->make_dir && errno == ENOENT) {
		err_release(err);
		err_set(err, ERR_LOCAL,
			_("Fatal: Output directory %s does not exist"), c->dir);
	}
	return fd;
}

static int run(struct dshbak *d, int nfiles, char **files, struct err *err)
{
	int dir = -1, rc = -1;

	if (d->choices.dir) {
		dir = open_dir(&d->choices, err);
		if (dir < 0)
			return -1;
	}
	hashmap_init(&d->map, host_equal);
	d->texts = spill_new(MEMORY / 4, MEMORY);
	d->block = xmalloc(BLOCK);
	d->vis = isatty(STDOUT_FILENO);
	strbuf_init(&d->visible, 4 * BLOCK);
	if (!nfiles && read_input(d, STDIN_FILENO, "stdin", err))
		goto out;
	for (int i = 0; i < nfiles; i++)
		if (read_file(d, files[i], err))
			goto out;
	if (d->nhosts)
		qsort((void *)d->hosts, d->nhosts, sizeof(struct host *),
		      compare_hosts);
	if (dir >= 0)
		rc = write_files(d, dir, err);
	else if (d->choices.coalesce)
		rc = write_coalesced(d, err);
	else
		rc = write_plain(d, err);
out:
	if (dir >= 0)
		close(dir);
	return rc;
}

static void release(struct dshbak *d)
{
	for (size_t i = 0; i < d->nhosts; i++) {
		spill_release(d->texts, &d->hosts[i]->text);
		free(d->hosts[i]);
	}
	free((void *)d->hosts);
	hashmap_release(&d->map);
	spill_free(d->texts);
	free(d->block);
	strbuf_release(&d->visible);
}

/* 1: something was printed and that is all; 0: go on. */
static int informed(const struct choices *c)
{
	if (c->version)
		print_version(stdout);
	else if (c->dump && !strcmp(c->dump, "dump"))
		options_dump(rows, stdout);
	else if (c->dump || c->help)
		print_usage(c->dump ? stdout : stderr);
	else
		return 0;
	return 1;
}

int cmd_dshbak(int argc, char **argv)
{
	struct dshbak d = { .visible = STRBUF_INIT(0) };
	struct err err = { 0 };
	int index = 1, rc;

	rc = options_parse(rows, &d.choices, argc, argv, &index, NULL, &err);
	if (rc)
		print_usage(stderr);
	else if (informed(&d.choices))
		return 0;
	if (!rc)
		rc = check(&d.choices, &err);
	if (!rc)
		rc = run(&d, argc - index, argv + index, &err);
	release(&d);
	if (rc)
		log_fatal("%s", err.msg);
	err_release(&err);
	if (rc)
		return FAILED;
	/* Whoever called flushes again, and tells. */
	return fflush(stdout) && errno != EPIPE ? FAILED : 0;
}
