/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/sinks.h"

#include "unit/out/fixture.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/log.h"
#include "out/sink_text.h"

static char base[] = "/tmp/rsh-sinks.XXXXXX";
static char dir[sizeof(base) + 10], file[sizeof(base) + 10];

static int make_base(void **state)
{
	(void)state;
	if (!mkdtemp(base))
		return -1;
	(void)snprintf(dir, sizeof(dir), "%s/dir", base);
	(void)snprintf(file, sizeof(file), "%s/json", base);
	return 0;
}

static int remove_base(void **state)
{
	static const char *const names[] = { "results.json" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		char *path = xasprintf("%s/%s", dir, names[i]);

		(void)unlink(path);
		free(path);
	}
	(void)rmdir(dir);
	(void)unlink(file);
	return rmdir(base);
}

static void where_json_goes(void **state)
{
	static const struct {
		const char *arg;
		int rc;
		bool on_stdout;
		const char *json_file;
	} rows[] = {
		{ NULL, 0, false, NULL },
		{ "", 0, true, NULL },
		{ "-", 0, true, NULL },
		{ "/dev/stdout", 0, true, NULL },
		{ "/dev/stderr", -1, false, "unchanged" },
		{ "/nonexistent/file", 0, false, "/nonexistent/file" },
		{ "/dev/null", 0, false, "/dev/null" },
	};
	int saved[] = { dup(STDOUT_FILENO), dup(STDERR_FILENO) };
	int rc[COUNT(rows)];
	bool on_stdout[COUNT(rows)];
	const char *json_file[COUNT(rows)];

	(void)state;
	/* Two that can be told from each other. */
	for (int i = 0; i < 2; i++) {
		int fd = memfd_create("out", MFD_CLOEXEC);

		assert_true(fd >= 0 && dup2(fd, STDOUT_FILENO + i) >= 0);
		close(fd);
	}
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct launch_style style = { .json_file = "unchanged" };
		struct err err = { 0 };

		rc[i] = sinks_json_place(&style, rows[i].arg, &on_stdout[i],
					 &err);
		json_file[i] = rc[i] ? "unchanged" : style.json_file;
		err_release(&err);
	}
	for (int i = 0; i < 2; i++) {
		(void)dup2(saved[i], STDOUT_FILENO + i);
		close(saved[i]);
	}
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *name = rows[i].arg ? rows[i].arg : "(none)";

		ROW(rc[i] == rows[i].rc, name);
		ROW(on_stdout[i] == rows[i].on_stdout, name);
		ROW(!json_file[i] == !rows[i].json_file, name);
		ROW(!json_file[i] || !strcmp(json_file[i], rows[i].json_file),
		    name);
	}
}

static struct sinks *open_sinks(struct fixture *f, struct plan *plan,
				const struct launch_style *style,
				struct err *err)
{
	const struct sinks_conf conf = {
		.loop = f->loop,
		.pool = &f->pool,
		.plan = plan,
		.style = style,
		.failed = note_failure,
		.arg = f,
	};

	plan_init(plan);
	return sinks_new(&conf, err);
}

static void a_style_has_the_sinks_it_asks_for(void **state)
{
	struct launch_style style = { .form = FORM_NONE };
	struct err err = { 0 };
	struct fixture f;
	struct plan plan;
	struct sinks *sinks;
	struct stat st;

	(void)state;
	set_up(&f);
	sinks = open_sinks(&f, &plan, &style, &err);
	assert_non_null(sinks);
	assert_null(sinks_stream(sinks));
	sinks_flush(sinks);
	sinks_free(sinks);
	sinks_free(NULL);

	style.json_file = file;
	style.output_dir = dir;
	sinks = open_sinks(&f, &plan, &style, &err);
	assert_non_null(sinks);
	assert_null(sinks_stream(sinks));
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(dir, &st), 0);
	sinks_free(sinks);
	assert_int_equal(f.failures, 0);
	tear_down(&f);
}

/* What was opened before it is given back. */
static void a_file_that_cannot_be_had_is_told(void **state)
{
	struct launch_style style = { .form = FORM_STREAM,
				      .output_dir = dir,
				      .json_file = "/nonexistent/json" };
	struct err err = { 0 };
	struct fixture f;
	struct plan plan;

	(void)state;
	set_up(&f);
	assert_null(open_sinks(&f, &plan, &style, &err));
	assert_int_equal(err.code, ERR_USAGE);
	assert_non_null(strstr(err.msg, "/nonexistent/json"));
	err_release(&err);
	tear_down(&f);
}

/* A message is behind what is queued before it, and is there at the end. */
static void messages_go_where_output_goes(void **state)
{
	struct launch_style style = { .form = FORM_STREAM };
	int fd = memfd_create("err", MFD_CLOEXEC);
	int saved = dup(STDERR_FILENO);
	char early[64] = "", late[64] = "";
	struct err err = { 0 };
	struct fixture f;
	struct plan plan;
	struct sinks *sinks;
	bool stream;

	(void)state;
	set_up(&f);
	assert_true(fd >= 0 && saved >= 0);
	assert_true(dup2(fd, STDERR_FILENO) >= 0);
	sinks = open_sinks(&f, &plan, &style, &err);
	stream = sinks && sinks_stream(sinks);
	if (stream) {
		sinks_take_log(sinks);
		sink_text_log(sinks_stream(sinks), "first\n", 6);
		log_error("second");
		(void)!pread(fd, early, sizeof(early) - 1, 0);
		log_set_writer(NULL, NULL);
		sinks_flush(sinks);
		(void)!pread(fd, late, sizeof(late) - 1, 0);
	}
	sinks_free(sinks);
	(void)dup2(saved, STDERR_FILENO);
	close(saved);
	close(fd);
	assert_true(stream);
	assert_string_equal(early, "");
	assert_string_equal(late, "first\nrsh: second\n");
	tear_down(&f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_json_goes),
		cmocka_unit_test(a_style_has_the_sinks_it_asks_for),
		cmocka_unit_test(a_file_that_cannot_be_had_is_told),
		cmocka_unit_test(messages_go_where_output_goes),
	};

	return cmocka_run_group_tests(tests, make_base, remove_base);
}
