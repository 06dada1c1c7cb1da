/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Run a fuzz target over its corpus, so that `make check` sees what fuzzing
 * once found.  The program fuzz_X reads tests/fuzz/corpus/X, one TAP test for
 * each file and one for no bytes at all; given files, it runs those.
 */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "fuzz/fuzz.h"

/* More than any parser takes; a longer corpus file is a mistake. */
#define INPUT_MAX_BYTES ((size_t)4 << 20)

static bool replay(const char *path)
{
	FILE *f = fopen(path, "rbe");
	bool ok = false;
	char *buf, *exact;
	size_t n;

	if (!f) {
		printf("# cannot open '%s': %s\n", path, strerror(errno));
		return false;
	}
	buf = xmalloc(INPUT_MAX_BYTES);
	n = fread(buf, 1, INPUT_MAX_BYTES, f);
	if (ferror(f) || n == INPUT_MAX_BYTES) {
		printf("# cannot read '%s', or it is too long\n", path);
		goto out;
	}
	/* A block of the exact size, so that ASan sees one byte too many. */
	exact = malloc(n ? n : 1);
	if (!exact)
		abort();
	memcpy(exact, buf, n);
	LLVMFuzzerTestOneInput((const uint8_t *)exact, n);
	free(exact);
	ok = true;
out:
	free(buf);
	(void)fclose(f);
	return ok;
}

static bool report(bool ok, int number, const char *name)
{
	printf("%sok %d - %s\n", ok ? "" : "not ", number, name);
	/* The next input may crash: what is known must be out by then. */
	(void)fflush(stdout);
	return ok;
}

static bool replay_empty(int number)
{
	uint8_t none = 0;

	LLVMFuzzerTestOneInput(&none, 0);
	return report(true, number, "no bytes");
}

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int replay_corpus(const char *parser)
{
	const char *srcdir = getenv("srcdir");
	struct dirent **files;
	bool ok;
	char *dir;
	int n;

	dir = xasprintf("%s/tests/fuzz/corpus/%s", srcdir ? srcdir : ".",
			parser);
	n = scandir(dir, &files, visible, alphasort);
	if (n < 0) {
		printf("Bail out! no corpus in '%s': %s\n", dir,
		       strerror(errno));
		free(dir);
		return 1;
	}
	printf("1..%d\n", n + 1);
	ok = replay_empty(1);
	for (int i = 0; i < n; i++) {
		char *path = xasprintf("%s/%s", dir, files[i]->d_name);

		ok = report(replay(path), i + 2, files[i]->d_name) && ok;
		free(path);
		free(files[i]);
	}
	free(files);
	free(dir);
	return ok ? 0 : 1;
}

static int replay_files(int argc, char **argv)
{
	bool ok = true;

	printf("1..%d\n", argc - 1);
	for (int i = 1; i < argc; i++)
		ok = report(replay(argv[i]), i, argv[i]) && ok;
	return ok ? 0 : 1;
}

int main(int argc, char **argv)
{
	const char *name = program_invocation_short_name;

	if (argc > 1)
		return replay_files(argc, argv);
	if (!strncmp(name, "fuzz_", 5))
		name += 5;
	return replay_corpus(name);
}
