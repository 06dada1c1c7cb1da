/* SPDX-License-Identifier: Apache-2.0 */
/* What a test has in the folder that it runs in. */
#ifndef RSH_TESTS_LIB_FILES_H
#define RSH_TESTS_LIB_FILES_H

#include "lib/test.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

/** Make what is named, the last one first: "name/" is a folder, ".../link" a
 *  link to the folder "out", all else an empty file. */
static inline void files_make(const char *const *names, size_t n)
{
	char out[PATH_MAX];

	assert_non_null(getcwd(out, sizeof(out) - 4));
	memcpy(out + strlen(out), "/out", sizeof("/out"));
	while (n--) {
		const char *last = strrchr(names[n], '/');

		if (last && !last[1])
			assert_int_equal(mkdir(names[n], 0700), 0);
		else if (last && !strcmp(last, "/link"))
			assert_int_equal(symlink(out, names[n]), 0);
		else
			assert_int_equal(
				close(open(names[n],
					   O_WRONLY | O_CREAT | O_CLOEXEC,
					   0600)),
				0);
	}
}

/** Remove what is there of them, the first one first. */
static inline void files_unmake(const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (unlink(names[i]))
			(void)rmdir(names[i]);
}

/** Whether there is something of that name, a link that leads nowhere too. */
static inline bool files_has(const char *name)
{
	struct stat st;

	return !lstat(name, &st);
}

#endif /* RSH_TESTS_LIB_FILES_H */
