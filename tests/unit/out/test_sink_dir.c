/* SPDX-License-Identifier: Apache-2.0 */
#include "out/sink_dir.h"

#include "unit/out/fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

static char base[] = "/tmp/rsh-sink-dir.XXXXXX";

static void remove_files(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *e;

	assert_non_null(dir);
	while ((e = readdir(dir)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			(void)unlinkat(dirfd(dir), e->d_name, 0);
	(void)closedir(dir);
}

static int make_base(void **state)
{
	(void)state;
	return mkdtemp(base) ? 0 : -1;
}

static int remove_base(void **state)
{
	(void)state;
	remove_files(base);
	return rmdir(base);
}

static void start(struct fixture *f)
{
	struct err err = { 0 };
	const struct sink_dir_conf conf = {
		.path = base,
		.targets = &f->targets,
		.command = "id \"-u\"",
		.failed = note_failure,
		.arg = f,
	};

	remove_files(base);
	f->sink = sink_dir_new(&conf, &err);
	assert_non_null(f->sink);
}

static void finish(struct fixture *f)
{
	sink_dir_free(f->sink);
	tear_down(f);
}

static void assert_named(const char *name, const char *want)
{
	char path[200];
	struct stat st;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", base, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_not_equal(fd, -1);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_file(fd, want);
	close(fd);
}

static bool is_there(const char *name)
{
	char path[200];

	(void)snprintf(path, sizeof(path), "%s/%s", base, name);
	return !access(path, F_OK);
}

static void files_grow_live_and_results_come_last(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	start(&f);
	feed(&f, 0, STREAM_OUT, "par");
	assert_named("n0.stdout", "par");
	assert_false(is_there("n0.stderr"));
	feed(&f, 1, STREAM_ERR, "e\r\n\377");
	feed(&f, 0, STREAM_OUT, "t\n");
	assert_named("n0.stdout", "part\n");
	done(&f, 0, 0);
	assert_named("n0.stderr", "");
	done(&f, 1, 2);
	assert_named("n1.stderr", "e\r\n\377");
	f.results[2].outcome = f.results[3].outcome = OUTCOME_SKIPPED;
	f.sink->ops->done(f.sink, &f.v[2], &f.results[2]);
	f.sink->ops->done(f.sink, &f.v[3], &f.results[3]);
	assert_false(is_there("results.json"));
	end(&f, 0);
	assert_named(
		"results.json",
		"{\"v\":1,\"command\":\"id \\\"-u\\\"\",\"results\":[\n"
		"{\"host\":\"n0\",\"index\":0,\"class\":\"ok\",\"status\":0,"
		"\"signal\":null,\"error\":null,\"value\":0,\"attempts\":0,"
		"\"ms\":null,\"connect_ms\":null,\"exchange_ms\":null,\"login_ms\":null,\"stdout_bytes\":0,\"stderr_bytes\":0,"
		"\"stdout\":\"n0.stdout\",\"stderr\":\"n0.stderr\"},\n"
		"{\"host\":\"n1\",\"index\":1,\"class\":\"exit\",\"status\":2,"
		"\"signal\":null,\"error\":null,\"value\":2,\"attempts\":0,"
		"\"ms\":null,\"connect_ms\":null,\"exchange_ms\":null,\"login_ms\":null,\"stdout_bytes\":0,\"stderr_bytes\":0,"
		"\"stdout\":\"n1.stdout\",\"stderr\":\"n1.stderr\"},\n"
		"{\"host\":\"n2\",\"index\":2,\"class\":\"skipped\","
		"\"status\":null,\"signal\":null,\"error\":null,\"value\":130,"
		"\"attempts\":0,\"ms\":null,\"connect_ms\":null,\"exchange_ms\":null,\"login_ms\":null,\"stdout_bytes\":0,"
		"\"stderr_bytes\":0,\"stdout\":\"n2.stdout\","
		"\"stderr\":\"n2.stderr\"},\n"
		"{\"host\":\"n3\",\"index\":3,\"class\":\"skipped\","
		"\"status\":null,\"signal\":null,\"error\":null,\"value\":130,"
		"\"attempts\":0,\"ms\":null,\"connect_ms\":null,\"exchange_ms\":null,\"login_ms\":null,\"stdout_bytes\":0,"
		"\"stderr_bytes\":0,\"stdout\":\"n3.stdout\","
		"\"stderr\":\"n3.stderr\"}\n"
		"],\"summary\":{\"hosts\":4,\"ok\":1,\"failed\":3,"
		"\"classes\":{\"ok\":1,\"exit\":1,\"skipped\":2},"
		"\"signal\":null}}\n");
	assert_int_equal(sink_dir_flush(f.sink), 0);
	finish(&f);
}

static void no_name_leads_out_and_none_is_shared(void **state)
{
	static char names[NTARGETS][16] = { "../n", "a/b", "n1", "n1" };
	struct fixture f;

	(void)state;
	set_up(&f);
	for (unsigned int i = 0; i < NTARGETS; i++)
		f.v[i].name = names[i];
	start(&f);
	for (unsigned int i = 0; i < NTARGETS; i++) {
		char text[2] = { (char)('0' + i), '\0' };

		feed(&f, i, STREAM_OUT, text);
		done(&f, i, 0);
	}
	assert_named("%2E.%2Fn.stdout", "0");
	assert_named("a%2Fb.stdout", "1");
	assert_named("n1.stdout", "2");
	assert_named("n1%~3.stdout", "3");
	finish(&f);
}

static void planted_link_fails_alone(void **state)
{
	struct fixture f;
	char path[200];

	(void)state;
	set_up(&f);
	start(&f);
	(void)snprintf(path, sizeof(path), "%s/n0.stdout", base);
	assert_int_equal(symlink("/dev/null", path), 0);
	feed(&f, 0, STREAM_OUT, "x");
	feed(&f, 1, STREAM_OUT, "y");
	assert_int_equal(f.failures, 1);
	assert_non_null(strstr(f.failure, "n0.stdout'"));
	assert_named("n1.stdout", "y");
	done(&f, 0, 0);
	end(&f, 0);
	assert_true(is_there("results.json"));
	assert_int_equal(f.failures, 1);
	assert_int_equal(sink_dir_flush(f.sink), -1);
	finish(&f);
}

/* A limit on file sizes stands for a full disk. */
static void full_disk_is_told_once(void **state)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	static char text[10000];
	struct rlimit old, small;
	struct fixture f;

	(void)state;
	assert_int_equal(sigaction(SIGXFSZ, &ignore, NULL), 0);
	set_up(&f);
	start(&f);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 4096;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	for (unsigned int i = 0; i < NTARGETS; i++)
		for (int k = 0; k < 3; k++)
			(void)feed_bytes(&f, i, STREAM_OUT, text, sizeof(text));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(f.failures, 1);
	assert_non_null(strstr(f.failure, "n0.stdout': File too large"));
	assert_int_equal(sink_dir_flush(f.sink), -1);
	finish(&f);
}

static void results_of_an_earlier_run_go(void **state)
{
	struct fixture f;
	char path[200];

	(void)state;
	set_up(&f);
	start(&f);
	end(&f, 0);
	sink_dir_free(f.sink);
	assert_true(is_there("results.json"));
	f.sink = sink_dir_new(
		&(struct sink_dir_conf){ .path = base, .targets = &f.targets },
		NULL);
	assert_false(is_there("results.json"));
	finish(&f);
	(void)snprintf(path, sizeof(path), "/dev/null/x");
	assert_null(
		sink_dir_new(&(struct sink_dir_conf){ .path = path }, NULL));
}

static void files_of_who_is_begun_anew_are_empty(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	start(&f);
	feed(&f, 0, STREAM_OUT, "first\n");
	feed(&f, 0, STREAM_ERR, "no\n");
	done(&f, 0, 1);
	f.sink->ops->again(f.sink, &f.v[0]);
	assert_named("n0.stdout", "");
	assert_named("n0.stderr", "");
	feed(&f, 0, STREAM_OUT, "2\n");
	done(&f, 0, 0);
	assert_named("n0.stdout", "2\n");
	assert_named("n0.stderr", "");
	finish(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_grow_live_and_results_come_last),
		cmocka_unit_test(files_of_who_is_begun_anew_are_empty),
		cmocka_unit_test(no_name_leads_out_and_none_is_shared),
		cmocka_unit_test(planted_link_fails_alone),
		cmocka_unit_test(full_disk_is_told_once),
		cmocka_unit_test(results_of_an_earlier_run_go),
	};

	return cmocka_run_group_tests(tests, make_base, remove_base);
}
