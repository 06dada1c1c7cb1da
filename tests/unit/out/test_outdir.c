/* SPDX-License-Identifier: Apache-2.0 */
#include "out/outdir.h"

#include "lib/test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void names_are_plain_and_never_lead_out(void **state)
{
	static const struct {
		const char *host;
		size_t n;
		const char *name;
	} rows[] = {
		{ "node01", 6, "node01.x" },
		{ "adm@db1:22", 10, "adm@db1:22.x" },
		{ "[fe80::1%e]:22", 14, "[fe80::1%25e]:22.x" },
		{ "", 0, ".x" },
		{ ".", 1, "%2E.x" },
		{ "..", 2, "%2E..x" },
		{ "../../etc", 9, "%2E.%2F..%2Fetc.x" },
		{ "/etc/passwd", 11, "%2Fetc%2Fpasswd.x" },
		{ "a\0b\n\033", 5, "a%00b%0A%1B.x" },
		{ "%2F", 3, "%252F.x" },
		{ "a b\xff", 4, "a%20b%FF.x" },
		{ "n\xc3\xa4", 3, "n\xc3\xa4.x" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf sb = STRBUF_INIT(1000);

		outdir_name(&sb, rows[i].host, rows[i].n, 7, false, ".x");
		ROW(!strcmp(sb.buf, rows[i].name), rows[i].name);
		strbuf_release(&sb);
	}
}

static void a_host_that_is_there_again_is_numbered(void **state)
{
	struct strbuf sb = STRBUF_INIT(1000);

	(void)state;
	outdir_name(&sb, "n1", 2, 7, true, ".x");
	assert_string_equal(sb.buf, "n1%~7.x");
	strbuf_release(&sb);
}

static void long_names_are_cut_and_numbered(void **state)
{
	char host[1000];

	(void)state;
	memset(host, 'h', sizeof(host));
	host[200] = '/';
	for (size_t n = 200; n <= sizeof(host); n++) {
		struct strbuf sb = STRBUF_INIT(2000);

		outdir_name(&sb, host, n, 1000000, false, ".stdout");
		assert_true(sb.len <= OUTDIR_NAME_MAX);
		assert_null(strchr(sb.buf, '/'));
		assert_string_equal(sb.buf + sb.len - 7, ".stdout");
		if (n > 248)
			assert_non_null(strstr(sb.buf, "%~1000000.stdout"));
		strbuf_release(&sb);
	}
}

static char base[] = "/tmp/rsh-outdir.XXXXXX";

static int make_base(void **state)
{
	(void)state;
	return mkdtemp(base) ? 0 : -1;
}

static int remove_base(void **state)
{
	int dir = open(base, O_RDONLY | O_DIRECTORY);

	(void)state;
	(void)unlinkat(dir, "plain", 0);
	(void)unlinkat(dir, "link", 0);
	(void)unlinkat(dir, "twice", 0);
	(void)unlinkat(dir, "other", 0);
	(void)unlinkat(dir, "pipe", 0);
	(void)unlinkat(dir, "folder", AT_REMOVEDIR);
	(void)unlinkat(dir, "a/b/c", AT_REMOVEDIR);
	(void)unlinkat(dir, "a/b", AT_REMOVEDIR);
	(void)unlinkat(dir, "a", AT_REMOVEDIR);
	close(dir);
	return rmdir(base);
}

static void folders_are_made_only_when_asked(void **state)
{
	char path[100];
	struct err err = { 0 };
	int fd;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/a/b/c", base);
	assert_int_equal(outdir_open(path, false, &err), -1);
	assert_non_null(strstr(err.msg, "cannot open the folder"));
	err_release(&err);
	for (int i = 0; i < 2; i++) {
		fd = outdir_open(path, true, &err);
		assert_true(fd >= 0);
		close(fd);
	}
	assert_int_equal(outdir_open("/dev/null/x", true, &err), -1);
	assert_non_null(strstr(err.msg, "cannot make the folder"));
	err_release(&err);
	assert_int_equal(outdir_open("", true, &err), -1);
	err_release(&err);
}

static void only_plain_files_of_ours_are_written(void **state)
{
	static const struct {
		const char *name;
		bool good;
	} rows[] = {
		{ "plain", true }, /* new */
		{ "plain", true }, /* there already */
		{ "link", false },   { "twice", false },
		{ "folder", false }, { "pipe", false },
	};
	int dir = open(base, O_RDONLY | O_DIRECTORY);
	struct stat st;

	(void)state;
	assert_int_equal(symlinkat("target", dir, "link"), 0);
	close(openat(dir, "other", O_WRONLY | O_CREAT, 0600));
	assert_int_equal(linkat(dir, "other", dir, "twice", 0), 0);
	assert_int_equal(mkdirat(dir, "folder", 0700), 0);
	assert_int_equal(mkfifoat(dir, "pipe", 0600), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct err err = { 0 };
		int fd = outdir_file(dir, rows[i].name, 0600, "D/name", &err);

		ROW((fd >= 0) == rows[i].good, rows[i].name);
		if (fd < 0) {
			ROW(strstr(err.msg, "'D/name'"), rows[i].name);
			err_release(&err);
			continue;
		}
		ROW(!fstat(fd, &st) && st.st_size == 0, rows[i].name);
		ROW((st.st_mode & 07777) == 0600, rows[i].name);
		ROW(write(fd, "x", 1) == 1, rows[i].name);
		close(fd);
	}
	assert_int_equal(fstatat(dir, "target", &st, 0), -1);
	close(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_plain_and_never_lead_out),
		cmocka_unit_test(a_host_that_is_there_again_is_numbered),
		cmocka_unit_test(long_names_are_cut_and_numbered),
		cmocka_unit_test(folders_are_made_only_when_asked),
		cmocka_unit_test(only_plain_files_of_ours_are_written),
	};

	return cmocka_run_group_tests(tests, make_base, remove_base);
}
