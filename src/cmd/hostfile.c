/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Host list files.
 */
#include "cmd/hostfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/gettext.h"
#include "base/log.h"

#include "base/banned.h"

int hostfile_read_fd(int fd, const char *path, size_t max, struct strbuf *out,
		     struct err *err)
{
	size_t before = out->len;
	char buf[16384];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set_errno(err, ERR_CONFIG,
					     _("cannot read '%s'"), path);
		if (out->len - before + (size_t)n > max ||
		    strbuf_add(out, buf, (size_t)n))
			return err_set(err, ERR_CONFIG,
				       _("'%s' is larger than %zu bytes"), path,
				       max);
	}
	return 0;
}

static int read_hostfile(void *arg, const char *path, size_t max,
			 struct strbuf *out, struct err *err)
{
	int fd, rc;

	(void)arg;
	if (!strcmp(path, "-"))
		return hostfile_read_fd(STDIN_FILENO, path, max, out, err);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return err_set_errno(err, ERR_CONFIG, _("cannot read '%s'"),
				     path);
	rc = hostfile_read_fd(fd, path, max, out, err);
	close(fd);
	return rc;
}

const struct hostlist_source hostfile_source = { .read = read_hostfile };

void hostfile_suspect(const char *list, const char *next)
{
	if (!strpbrk(list, "0123456789") || strpbrk(next, "/ ") ||
	    access(list, F_OK) != 0 || access(next, F_OK) != 0)
		return;
	log_warn(
		_("'%s' and '%s' are files here: if the shell made them of one list with brackets, quote the list"),
		list, next);
}
