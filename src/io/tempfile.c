/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files for what does not fit in memory.
 */
#include "io/tempfile.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"

#include "base/banned.h"

int tempfile_open(struct err *err)
{
	const char *dir = secure_getenv("TMPDIR");
	char *path;
	int fd;

	if (!dir || !*dir)
		dir = "/tmp";
	path = xasprintf("%s/rsh-spool.XXXXXX", dir);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		err_set_errno(err, ERR_LOCAL,
			      _("cannot make a temporary file in '%s'"), dir);
	else
		(void)unlink(path);
	free(path);
	return fd;
}

int tempfile_in_memory(struct err *err)
{
#if defined(HAVE_MEMFD_CREATE)
	int fd = memfd_create("rsh", MFD_CLOEXEC);

	if (fd >= 0)
		return fd;
#endif
	return tempfile_open(err);
}
