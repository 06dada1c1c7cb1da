/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Archives, unpacked by the system's tar(1), and what their script makes of
 * them in an environment that is not ours.
 */
#include "op/pack.h"

#include "lib/test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "io/blocks.h"
#include "io/manifest.h"

struct fixture {
	struct copy c;
	struct copied copied;
	struct copy_spec spec;
	struct manifest manifest;
	struct blocks *blocks;
	char dir[64];
};

static void shell(const char *command, int status)
{
	int got = system(command); /* NOLINT(cert-env33-c) */

	assert_true(WIFEXITED(got));
	assert_int_equal(WEXITSTATUS(got), status);
}

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	*state = f;
	(void)snprintf(f->dir, sizeof(f->dir), "/tmp/test_pack.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	assert_int_equal(chdir(f->dir), 0);
	shell("mkdir -p src/in to t && echo outer >src/f && echo inner >src/in/f",
	      0);
	f->blocks = blocks_new(BLOCKS_SIZE);
	f->spec.blocks = f->blocks;
	f->spec.manifest = &f->manifest;
	f->c.spec = &f->spec;
	f->c.copied = &f->copied;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	char command[96];

	manifest_release(&f->manifest);
	blocks_free(f->blocks);
	assert_int_equal(chdir("/"), 0);
	(void)snprintf(command, sizeof(command), "rm -r %s", f->dir);
	shell(command, 0);
	free(f);
	return 0;
}

/* src, for the folder `to`, unpacked in t. */
static void unpack(struct fixture *f)
{
	const struct manifest_rules rules = { .recursive = true };
	char path[] = "to/src";
	char *paths[] = { path };
	int fd = open("a.tar", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	struct pack *p;
	const void *at;
	size_t n;

	assert_int_equal(manifest_add(&f->manifest, "src", &rules, NULL), 0);
	p = pack_new(&f->c, paths, 022);
	while ((at = pack_bytes(p, &n, NULL))) {
		assert_int_equal(write(fd, at, n), (ssize_t)n);
		pack_sent(p, n);
	}
	close(fd);
	pack_free(p);
	shell("tar -xpof a.tar -C t", 0);
}

static void all_comes_to_its_place(void **state)
{
	shell("chmod 666 src/f && chmod 4777 src/in/f", 0);
	unpack(*state);
	shell("sh t/place \"$PWD\" \"$PWD/t\"", 0);
	/* As the umask there has them. */
	shell("[ \"$(stat -c %a to/src/f to/src/in/f | xargs)\" = '644 755' ]",
	      0);
	shell("[ $(cat to/src/f to/src/in/f | tr -d '\\n') = outerinner ]", 0);
	shell("[ \"$(ls t)\" = place ]", 0);
}

/* The words of the script that are not set are not those of the log-in. */
static void variables_of_the_host_change_nothing(void **state)
{
	shell("chmod 555 src; mkdir -m 755 to/src", 0);
	unpack(*state);
	shell("L=1 L0=1 L1=1 L2=1 N0=1 N1=1 N2=1 u=1 K=1 R=1 "
	      "sh t/place \"$PWD\" \"$PWD/t\"",
	      0);
	shell("[ $(cat to/src/f to/src/in/f | tr -d '\\n') = outerinner ]", 0);
	shell("[ \"$(ls -ld to/src | cut -c1-10)\" = drwxr-xr-x ]", 0);
	shell("chmod 755 src", 0);
}

/* A shell that matches no patterns finds no file: that is a failure. */
static void what_is_left_behind_is_told(void **state)
{
	unpack(*state);
	shell("sh -f t/place \"$PWD\" \"$PWD/t\" 2>said", 1);
	shell("grep -q 'not all of it could be put there' said", 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_comes_to_its_place),
		TEST(variables_of_the_host_change_nothing),
		TEST(what_is_left_behind_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
