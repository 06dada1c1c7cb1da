/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A folder with a file for each host of all that it prints.
 *
 * Notes: as in out/sink_dir.c, a local file system is taken as not blocking.
 */
#include "out/transcript.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/strbuf.h"
#include "out/outdir.h"

#include "base/banned.h"

#define MODE   0600
#define SUFFIX ".log"

enum {
	FD_NONE = -1,
	FD_FAILED = -2,
};

struct transcript {
	char *path;
	int dir;
	const struct targets *targets;
	int *fds; /* by rank */
};

struct transcript *transcript_open(const char *path,
				   const struct targets *targets,
				   struct err *err)
{
	int dir = outdir_open(path, true, err);
	struct transcript *t;

	if (dir < 0)
		return NULL;
	t = xcalloc(1, sizeof(*t));
	t->path = xstrdup(path);
	t->dir = dir;
	t->targets = targets;
	t->fds = xcalloc(targets->n, sizeof(*t->fds));
	for (size_t i = 0; i < targets->n; i++)
		t->fds[i] = FD_NONE;
	return t;
}

void transcript_close(struct transcript *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->targets->n; i++)
		if (t->fds[i] >= 0)
			close(t->fds[i]);
	close(t->dir);
	free(t->fds);
	free(t->path);
	free(t);
}

/* The file's, and a new string: the path that messages have. */
static char *name_of(const struct transcript *t, size_t rank,
		     struct strbuf *name)
{
	const char *host = t->targets->v[rank].name;

	outdir_name(name, host, strlen(host), rank, false, SUFFIX);
	return xasprintf("%s/%s", t->path, name->buf);
}

int transcript_add(struct transcript *t, size_t rank, const void *buf, size_t n,
		   struct err *err)
{
	struct strbuf name = STRBUF_INIT(OUTDIR_NAME_MAX);
	char *shown;
	int rc = 0;

	if (t->fds[rank] == FD_FAILED)
		return 0;
	shown = name_of(t, rank, &name);
	if (t->fds[rank] == FD_NONE)
		t->fds[rank] =
			outdir_file_on(t->dir, name.buf, MODE, shown, err);
	if (t->fds[rank] < 0) {
		rc = -1;
	} else if (outdir_write(t->fds[rank], buf, n)) {
		rc = err_set_errno(err, ERR_LOCAL, _("cannot write '%s'"),
				   shown);
		close(t->fds[rank]);
	}
	if (rc)
		t->fds[rank] = FD_FAILED;
	strbuf_release(&name);
	free(shown);
	return rc;
}
