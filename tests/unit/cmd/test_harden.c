/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the process is like from its first moment on.
 */
#include "cmd/harden.h"

#include "lib/test.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static void no_memory_of_it_is_written_out(void **state)
{
	struct sigaction pipe, child;
	struct rlimit core;

	(void)state;
	(void)signal(SIGCHLD, SIG_IGN);
	assert_int_equal(harden_process(NULL), 0);
	assert_int_equal(sigaction(SIGPIPE, NULL, &pipe), 0);
	assert_true(pipe.sa_handler == SIG_IGN);
	assert_int_equal(sigaction(SIGCHLD, NULL, &child), 0);
	assert_true(child.sa_handler == SIG_DFL);
#ifdef SANITIZED
	(void)core; /* the leak checker has to trace it */
#else
	assert_int_equal(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
	assert_int_equal(getrlimit(RLIMIT_CORE, &core), 0);
	assert_int_equal(core.rlim_max, 0);
#endif
}

/* A socket in the place of one of them would get what is meant for it. */
static void standard_descriptors_that_are_closed_are_opened(void **state)
{
	int kept = dup(STDIN_FILENO);

	(void)state;
	assert_true(kept > STDERR_FILENO);
	close(STDIN_FILENO);
	assert_int_equal(harden_process(NULL), 0);
	assert_int_equal(lseek(STDIN_FILENO, 0, SEEK_CUR), 0);
	assert_int_equal(dup2(kept, STDIN_FILENO), STDIN_FILENO);
	close(kept);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_memory_of_it_is_written_out),
		cmocka_unit_test(
			standard_descriptors_that_are_closed_are_opened),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
