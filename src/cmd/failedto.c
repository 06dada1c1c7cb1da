/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which hosts to try again.
 */
#include "cmd/failedto.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "out/output.h"

#include "base/banned.h"

/* So that no line is longer than a list may have. */
#define HOSTS_PER_LINE 1000

struct failedto {
	char *path;   /* as it was given */
	char *target; /* the same without links */
	char *new;    /* beside it, until it is complete; NULL: none */
	FILE *out;
};

/* Beside what a link stands for: the link is not ours to replace. */
static int open_beside(struct failedto *f)
{
	char *end = realpath(f->path, NULL);
	int fd;

	if (end) {
		free(f->target);
		f->target = end;
	}
	f->new = xasprintf("%s.XXXXXX", f->target);
	fd = mkostemp(f->new, O_CLOEXEC);
	if (fd < 0) {
		free(f->new);
		f->new = NULL;
	}
	return fd;
}

/* What /dev/stdout stands for is shared: it has an offset, and is appended. */
static int open_target(struct failedto *f)
{
	int fd = output_standard(f->path);
	struct stat st;

	if (!*f->path) {
		errno = ENOENT;
		return -1;
	}
	if (fd >= 0)
		return fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (!stat(f->path, &st) && !S_ISREG(st.st_mode))
		return open(f->path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	return open_beside(f);
}

struct failedto *failedto_open(const char *path, struct err *err)
{
	struct failedto *f = xcalloc(1, sizeof(*f));
	int fd;

	f->path = xstrdup(path);
	f->target = xstrdup(path);
	fd = open_target(f);
	if (fd >= 0)
		f->out = fdopen(fd, "w");
	if (f->out)
		return f;
	err_set_errno(err, ERR_USAGE, _("cannot write '%s'"), path);
	if (fd >= 0)
		close(fd);
	failedto_free(f);
	return NULL;
}

bool failedto_in_place(const struct failedto *f)
{
	return !f->new;
}

static void write_line(FILE *out, const struct targets *ts, const size_t *ranks,
		       size_t n)
{
	struct strbuf line = STRBUF_INIT(STRBUF_MAX_TEXT);

	if (n) {
		targets_fold(ts, ranks, n, &line);
		(void)fprintf(out, "%s\n", line.buf);
	}
	strbuf_release(&line);
}

int failedto_write(struct failedto *f, const struct targets *ts,
		   const struct result *results, struct err *err)
{
	size_t ranks[HOSTS_PER_LINE];
	size_t n = 0;
	int bad;

	for (size_t i = 0; i < ts->n; i++) {
		if (result_ok(&results[i]))
			continue;
		ranks[n++] = i;
		if (n < HOSTS_PER_LINE)
			continue;
		write_line(f->out, ts, ranks, n);
		n = 0;
	}
	write_line(f->out, ts, ranks, n);
	bad = fflush(f->out) || ferror(f->out);
	if (!bad && f->new)
		bad = rename(f->new, f->target);
	if (bad)
		return err_set_errno(err, ERR_LOCAL, _("cannot write '%s'"),
				     f->path);
	free(f->new);
	f->new = NULL;
	return 0;
}

void failedto_free(struct failedto *f)
{
	if (!f)
		return;
	if (f->out)
		(void)fclose(f->out);
	if (f->new)
		(void)unlink(f->new);
	free(f->new);
	free(f->path);
	free(f->target);
	free(f);
}
