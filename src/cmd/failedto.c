/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which hosts to try again.
 */
#include "cmd/failedto.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"

#include "base/banned.h"

/* So that no line is longer than a list may have. */
#define HOSTS_PER_LINE 1000

struct failedto {
	char *path;
	char *new; /* beside it, until it is complete; NULL: none */
	FILE *out;
};

struct failedto *failedto_open(const char *path, struct err *err)
{
	struct failedto *f = xcalloc(1, sizeof(*f));
	struct stat st;
	int fd;

	f->path = xstrdup(path);
	if (!stat(path, &st) && !S_ISREG(st.st_mode)) {
		fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	} else {
		f->new = xasprintf("%s.XXXXXX", path);
		fd = mkostemp(f->new, O_CLOEXEC);
		if (fd < 0) {
			free(f->new);
			f->new = NULL;
		}
	}
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
		bad = rename(f->new, f->path);
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
	free(f);
}
