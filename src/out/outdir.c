/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files named after hosts.
 */
#include "out/outdir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"

#include "base/banned.h"

#define INDEX_MAX ((size_t)32) /* "%~" and an index */

/* Each folder on the way, as mkdir -p. */
static int make_path(const char *path)
{
	char *copy = xstrdup(path);
	int rc = 0;

	for (char *p = copy + 1; *copy && *p && !rc; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		rc = mkdir(copy, 0777) && errno != EEXIST ? -1 : 0;
		*p = '/';
	}
	if (!rc)
		rc = mkdir(copy, 0777) && errno != EEXIST ? -1 : 0;
	free(copy);
	return rc;
}

int outdir_open(const char *path, bool make, struct err *err)
{
	int fd;

	if (make && make_path(path))
		return err_set_errno(err, ERR_LOCAL,
				     _("cannot make the folder '%s'"), path);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_set_errno(err, ERR_LOCAL,
				     _("cannot open the folder '%s'"), path);
	return fd;
}

static bool is_plain(unsigned char c, bool first)
{
	if (c == '.')
		return !first;
	return c > ' ' && c != '/' && c != '%' && c != 0x7f && c != 0xff;
}

void outdir_name(struct strbuf *out, const char *host, size_t n, size_t index,
		 bool again, const char *suffix)
{
	size_t start = out->len;
	size_t max = OUTDIR_NAME_MAX - strlen(suffix);
	size_t cut = start;

	for (size_t i = 0; i < n && out->len - start <= max; i++) {
		unsigned char c = (unsigned char)host[i];

		if (is_plain(c, !i))
			strbuf_addch(out, (char)c);
		else
			strbuf_addf(out, "%%%02X", c);
		if (out->len - start <= max - INDEX_MAX)
			cut = out->len;
	}
	if (again || out->len - start > max) {
		strbuf_truncate(out, cut);
		strbuf_addf(out, "%%~%zu", index);
	}
	strbuf_addstr(out, suffix);
}

/* A file that somebody planted may be a link, or be known elsewhere too. */
static bool is_ours(const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_nlink == 1 &&
	       st->st_uid == geteuid();
}

static int open_file(int dir, const char *name, bool on, mode_t mode,
		     const char *shown, struct err *err)
{
	struct stat st;
	int fd = openat(dir, name,
			O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK |
				O_NOCTTY | O_CLOEXEC | (on ? O_APPEND : 0),
			mode);

	if (fd < 0 || fstat(fd, &st))
		goto failed;
	if (!is_ours(&st)) {
		close(fd);
		return err_set(err, ERR_LOCAL,
			       _("'%s' is no plain file of ours; remove it"),
			       shown);
	}
	if (on || ftruncate(fd, 0) == 0)
		return fd;
failed:
	err_set_errno(err, ERR_LOCAL, _("cannot write '%s'"), shown);
	if (fd >= 0)
		close(fd);
	return -1;
}

int outdir_file(int dir, const char *name, mode_t mode, const char *shown,
		struct err *err)
{
	return open_file(dir, name, false, mode, shown, err);
}

int outdir_file_on(int dir, const char *name, mode_t mode, const char *shown,
		   struct err *err)
{
	return open_file(dir, name, true, mode, shown, err);
}

int outdir_write(int fd, const void *p, size_t n)
{
	const char *bytes = p;

	while (n) {
		ssize_t done = write(fd, bytes, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -1;
		bytes += done;
		n -= (size_t)done;
	}
	return 0;
}
