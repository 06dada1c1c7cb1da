/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The real file system behind struct source.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/gettext.h"
#include "base/log.h"
#include "conf/sshconf.h"
#include "base/banned.h"

/* A file that steers where we log in must be ours, or the system's, alone. */
static bool others_may_write(int fd)
{
	struct stat st;

	return fstat(fd, &st) != 0 ||
	       (st.st_uid != 0 && st.st_uid != getuid()) ||
	       st.st_mode & (S_IWGRP | S_IWOTH);
}

/*
 * As ssh: a folder among the files that Include finds is an empty one.
 * One that is named on the command line is a mistake, but not to ssh.
 */
static int read_all(int fd, const char *path, bool folder_is_empty,
		    struct strbuf *out, struct err *err)
{
	char buf[16384];

	for (;;) {
		ssize_t n = read(fd, buf, sizeof(buf));

		if (n == 0)
			return 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EISDIR && folder_is_empty)
			return 0;
		if (n < 0)
			return err_set_errno(err, ERR_CONFIG,
					     _("cannot read '%s'"), path);
		if (strbuf_add(out, buf, (size_t)n))
			return err_set(err, ERR_CONFIG,
				       _("'%s' is longer than %zu bytes"), path,
				       out->max);
	}
}

static int source_read(void *arg, const char *path, size_t max, bool check_perm,
		       struct strbuf *out, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int rc;

	(void)arg;
	out->max = max;
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (fd < 0)
		return err_set_errno(err, ERR_CONFIG, _("cannot read '%s'"),
				     path);
	if (check_perm && others_may_write(fd))
		rc = err_set(err, ERR_CONFIG,
			     _("bad owner or permissions on '%s'"), path);
	else
		rc = read_all(fd, path, check_perm || log_is_ssh(), out, err);
	(void)close(fd);
	return rc ? -1 : 1;
}

static int source_glob(void *arg, const char *pattern, struct strvec *paths,
		       struct err *err)
{
	glob_t found = { 0 };
	int rc = glob(pattern, 0, NULL, &found);

	(void)arg;
	if (rc == 0)
		for (size_t i = 0; i < found.gl_pathc; i++)
			strvec_push(paths, found.gl_pathv[i]);
	globfree(&found);
	if (rc != 0 && rc != GLOB_NOMATCH)
		return err_set(err, ERR_CONFIG, _("cannot look for '%s'"),
			       pattern);
	return 0;
}

const struct source source_files = {
	.read = source_read,
	.glob = source_glob,
};
