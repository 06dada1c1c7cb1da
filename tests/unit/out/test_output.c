/* SPDX-License-Identifier: Apache-2.0 */
#include "out/output.h"

#include "unit/out/fixture.h"

#include <errno.h>
#include <fcntl.h>

static void one_file_is_known_by_any_descriptor(void **state)
{
	int a = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int b = open("/dev/null", O_WRONLY | O_CLOEXEC);
	int c = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_true(output_same_file(a, b));
	assert_false(output_same_file(a, c));
	assert_false(output_same_file(a, -1));
	close(a);
	close(b);
	close(c);
}

/* As after >FILE 2>/dev/null, which is a device. */
static void a_standard_stream_is_known_by_its_name(void **state)
{
	static const struct {
		const char *path;
		int fd;
	} rows[] = {
		{ "-", STDOUT_FILENO },
		{ "/proc/self/fd/1", STDOUT_FILENO },
		{ "/dev/null", -1 },
		{ "/proc/self/fd/none", -1 },
		{ "", -1 },
	};
	char path[] = "/tmp/rsh-output.XXXXXX";
	int file = mkostemp(path, O_CLOEXEC);
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	int found[COUNT(rows)], by_name, both;
	int saved[] = { fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3),
			fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3) };

	(void)state;
	(void)fflush(stdout);
	dup2(file, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	for (size_t i = 0; i < COUNT(rows); i++)
		found[i] = output_standard(rows[i].path);
	by_name = output_standard(path);
	dup2(file, STDERR_FILENO);
	dup2(null, STDOUT_FILENO);
	both = output_standard(path);
	dup2(saved[0], STDOUT_FILENO);
	dup2(saved[1], STDERR_FILENO);
	for (size_t i = 0; i < COUNT(rows); i++)
		ROW(found[i] == rows[i].fd, rows[i].path);
	assert_int_equal(by_name, STDOUT_FILENO);
	assert_int_equal(both, STDERR_FILENO);
	assert_int_equal(output_standard(path), -1);
	assert_int_equal(unlink(path), 0);
	close(file);
	close(null);
	close(saved[0]);
	close(saved[1]);
}

static void who_was_paused_goes_on_once_for_each_pause(void **state)
{
	static char text[300000];
	struct observer o = { 0 };
	struct output out;
	struct fixture f;
	int fds[2];

	(void)state;
	set_up(&f);
	o.flow = &f.flow;
	assert_int_equal(pipe2(fds, O_CLOEXEC | O_NONBLOCK), 0);
	output_init(&out, &o, f.loop, &f.pool, fds[1], "stdout", NULL);
	assert_int_equal(output_flow(&out, &f.v[0]), FLOW_GO);
	outq_write(&out.q, text, sizeof(text));
	assert_int_equal(output_flow(&out, &f.v[0]), FLOW_PAUSE);
	assert_int_equal(output_flow(&out, &f.v[1]), FLOW_PAUSE);
	assert_int_equal(output_flow(&out, &f.v[0]), FLOW_PAUSE);
	for (int i = 0; i < 100 && !f.resumed[1]; i++) {
		assert_int_not_equal(loop_turn(f.loop, false, NULL), -1);
		while (read(fds[0], text, sizeof(text)) > 0)
			continue;
	}
	assert_int_equal(f.resumed[0], 2);
	assert_int_equal(f.resumed[1], 1);
	output_release(&out);
	output_release(&(struct output){ 0 });
	close(fds[0]);
	close(fds[1]);
	tear_down(&f);
}

static void failures_are_sentences(void **state)
{
	struct fixture f = { 0 };

	(void)state;
	output_tell(note_failure, &f, "stdout", ENOSPC);
	assert_string_equal(f.failure, "cannot write to stdout: "
				       "No space left on device");
	assert_false(f.gone);
	output_tell(note_failure, &f, "'a'", EPIPE);
	assert_string_equal(f.failure, "cannot write to 'a': Broken pipe");
	assert_true(f.gone);
	output_tell(NULL, NULL, "x", EIO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_file_is_known_by_any_descriptor),
		cmocka_unit_test(a_standard_stream_is_known_by_its_name),
		cmocka_unit_test(who_was_paused_goes_on_once_for_each_pause),
		cmocka_unit_test(failures_are_sentences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
