/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A folder with the output of each host.
 *
 * Notes: a file is written as the bytes come, without a queue: a local file
 * system is taken as not blocking, as in io/spool.c.
 */
#include "out/sink_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/hashmap.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "out/outdir.h"
#include "out/result_json.h"

#include "base/banned.h"

#define MODE		  0600
#define RESULTS		  "results.json"
#define RESULTS_UNDER_WAY "results.json%new"
#define GATHER		  ((size_t)64 << 10)

static const char *const suffixes[NSTREAMS] = { ".stdout", ".stderr" };

enum file_state {
	FILE_NONE, /* zeroed */
	FILE_OPEN,
	FILE_CLOSED,
	FILE_FAILED,
};

struct file {
	enum file_state state;
	int fd;
};

struct slot {
	struct hashmap_node node; /* by name */
	const char *name;
	bool again; /* another before has the same name */
	struct file files[NSTREAMS];
};

struct sink_dir {
	struct observer observer;
	struct sink_dir_conf conf;
	char *path;
	int dir;
	struct slot *slots; /* by rank */
	bool failed;
};

static struct sink_dir *sink_of(struct observer *o)
{
	return container_of(o, struct sink_dir, observer);
}

/* The first error is told, whichever file it is of. */
static void tell(struct sink_dir *sink, const char *text)
{
	if (!sink->failed && sink->conf.failed)
		sink->conf.failed(sink->conf.arg, text, false);
	sink->failed = true;
}

static void tell_errno(struct sink_dir *sink, const char *name)
{
	char *text = xasprintf(_("cannot write '%s/%s': %s"), sink->path, name,
			       strerror(errno));

	tell(sink, text);
	free(text);
}

static void file_name(const struct sink_dir *sink, const struct target *t,
		      enum stream s, struct strbuf *out)
{
	outdir_name(out, t->name, strlen(t->name), t->rank,
		    sink->slots[t->rank].again, suffixes[s]);
}

static int open_named(struct sink_dir *sink, const char *name)
{
	struct err err = { 0 };
	char *shown = xasprintf("%s/%s", sink->path, name);
	int fd = outdir_file(sink->dir, name, MODE, shown, &err);

	if (fd < 0)
		tell(sink, err.msg);
	err_release(&err);
	free(shown);
	return fd;
}

static void open_file(struct sink_dir *sink, const struct target *t,
		      enum stream s)
{
	struct file *f = &sink->slots[t->rank].files[s];
	struct strbuf name = STRBUF_INIT(OUTDIR_NAME_MAX);

	if (f->state != FILE_NONE)
		return;
	file_name(sink, t, s, &name);
	f->fd = open_named(sink, name.buf);
	f->state = f->fd < 0 ? FILE_FAILED : FILE_OPEN;
	strbuf_release(&name);
}

static void close_file(struct file *f, enum file_state state)
{
	if (f->state == FILE_OPEN)
		close(f->fd);
	if (f->state != FILE_FAILED)
		f->state = state;
}

static enum flow dir_data(struct observer *o, const struct target *t,
			  enum stream s, const void *buf, size_t n)
{
	struct sink_dir *sink = sink_of(o);
	struct file *f = &sink->slots[t->rank].files[s];
	struct strbuf name = STRBUF_INIT(OUTDIR_NAME_MAX);

	open_file(sink, t, s);
	if (f->state != FILE_OPEN || !outdir_write(f->fd, buf, n))
		return FLOW_GO;
	file_name(sink, t, s, &name);
	tell_errno(sink, name.buf);
	close_file(f, FILE_FAILED);
	strbuf_release(&name);
	return FLOW_GO;
}

static void dir_done(struct observer *o, const struct target *t,
		     const struct result *r)
{
	struct sink_dir *sink = sink_of(o);

	(void)r;
	for (unsigned int s = 0; s < NSTREAMS; s++) {
		open_file(sink, t, s);
		close_file(&sink->slots[t->rank].files[s], FILE_CLOSED);
	}
}

static void put_host(const struct sink_dir *sink, const struct target *t,
		     const struct result *r, struct strbuf *sb)
{
	static const char *const names[NSTREAMS] = { "stdout", "stderr" };

	strbuf_addstr(sb, "{");
	result_json(sb, t, r);
	for (unsigned int s = 0; s < NSTREAMS; s++) {
		struct strbuf name = STRBUF_INIT(OUTDIR_NAME_MAX);

		file_name(sink, t, s, &name);
		strbuf_addf(sb, ",\"%s\":", names[s]);
		json_text(sb, name.buf);
		strbuf_release(&name);
	}
	strbuf_addstr(sb, "}");
}

/* Its files are empty again. */
static void dir_again(struct observer *o, const struct target *t)
{
	struct sink_dir *sink = sink_of(o);

	for (unsigned int s = 0; s < NSTREAMS; s++) {
		struct file *f = &sink->slots[t->rank].files[s];

		if (f->state == FILE_CLOSED)
			f->state = FILE_NONE;
		open_file(sink, t, s);
	}
}

/* A host a line, so that it can be read by people too. */
static int write_results(const struct sink_dir *sink,
			 const struct job_stats *st, int fd)
{
	struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);
	int rc = 0;

	strbuf_addf(&sb, "{\"v\":%d,\"command\":", RESULT_JSON_VERSION);
	if (sink->conf.command)
		json_text(&sb, sink->conf.command);
	else
		strbuf_addstr(&sb, "null");
	strbuf_addstr(&sb, ",\"results\":[");
	for (size_t i = 0; i < st->ntargets && !rc; i++) {
		strbuf_addstr(&sb, i ? ",\n" : "\n");
		put_host(sink, &st->targets->v[i], &st->results[i], &sb);
		if (sb.len < GATHER)
			continue;
		rc = outdir_write(fd, sb.buf, sb.len);
		strbuf_reset(&sb);
	}
	strbuf_addstr(&sb, "\n],\"summary\":{");
	result_json_summary(&sb, st);
	strbuf_addstr(&sb, "}}\n");
	if (!rc)
		rc = outdir_write(fd, sb.buf, sb.len);
	strbuf_release(&sb);
	return rc;
}

/* Whole or not at all. */
static void dir_end(struct observer *o, const struct job_stats *st)
{
	struct sink_dir *sink = sink_of(o);
	int fd = open_named(sink, RESULTS_UNDER_WAY);

	if (fd < 0)
		return;
	if (write_results(sink, st, fd) ||
	    renameat(sink->dir, RESULTS_UNDER_WAY, sink->dir, RESULTS)) {
		tell_errno(sink, RESULTS);
		(void)unlinkat(sink->dir, RESULTS_UNDER_WAY, 0);
	}
	close(fd);
}

static const struct observer_ops dir_ops = {
	.name = "dir",
	.data = dir_data,
	.done = dir_done,
	.again = dir_again,
	.end = dir_end,
};

static bool slot_equal(const struct hashmap_node *node, const void *key)
{
	return !strcmp(container_of_const(node, struct slot, node)->name, key);
}

/* pdsh's lists may name a host twice. */
static void find_repeated(struct sink_dir *sink)
{
	const struct targets *ts = sink->conf.targets;
	struct hashmap map;

	hashmap_init(&map, slot_equal);
	for (size_t i = 0; i < ts->n; i++) {
		struct slot *slot = &sink->slots[i];
		uint64_t hash = hash_str(ts->v[i].name);

		slot->name = ts->v[i].name;
		slot->again = hashmap_get(&map, hash, slot->name) != NULL;
		hashmap_put(&map, &slot->node, hash);
	}
	hashmap_release(&map);
}

struct observer *sink_dir_new(const struct sink_dir_conf *conf, struct err *err)
{
	int dir = outdir_open(conf->path, true, err);
	struct sink_dir *sink;

	if (dir < 0)
		return NULL;
	sink = xcalloc(1, sizeof(*sink));
	sink->observer.ops = &dir_ops;
	sink->conf = *conf;
	sink->path = xstrdup(conf->path);
	sink->dir = dir;
	sink->slots = xcalloc(conf->targets->n, sizeof(*sink->slots));
	find_repeated(sink);
	/* Of an earlier run: what stands there must not pass for this one's. */
	(void)unlinkat(dir, RESULTS, 0);
	return &sink->observer;
}

int sink_dir_flush(struct observer *o)
{
	return sink_of(o)->failed ? -1 : 0;
}

void sink_dir_free(struct observer *o)
{
	struct sink_dir *sink;

	if (!o)
		return;
	sink = sink_of(o);
	for (size_t i = 0; i < sink->conf.targets->n; i++)
		for (unsigned int s = 0; s < NSTREAMS; s++)
			close_file(&sink->slots[i].files[s], FILE_CLOSED);
	close(sink->dir);
	free(sink->slots);
	free(sink->path);
	free(sink);
}
