/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Input that a host does not take.
 */
#include "cmd/unsent.h"

#include "lib/test.h"

#include "base/log.h"

static uint64_t queued;

/* Of a host whose input is queued and never sent. */
uint64_t job_unsent(const struct job *job, const struct target *target)
{
	(void)job;
	(void)target;
	return queued;
}

static void count(void *arg, const char *line, size_t n)
{
	(void)line;
	(void)n;
	++*(unsigned int *)arg;
}

/* Else it would get the end of what it lacks the middle of. */
static void who_is_full_gets_nothing_until_it_has_read(void **state)
{
	const struct target host = { .label = (char[]){ "web1" } };
	unsigned int told = 0;
	bool full = false;

	(void)state;
	log_set_writer(count, &told);
	queued = UNSENT_MAX;
	assert_true(unsent_room(NULL, &host, &full));
	queued = UNSENT_MAX + 1;
	assert_false(unsent_room(NULL, &host, &full));
	assert_false(unsent_room(NULL, &host, &full));
	queued = UNSENT_MAX / 2;
	assert_false(unsent_room(NULL, &host, &full));
	assert_int_equal(told, 1);
	queued = UNSENT_MAX / 2 - 1;
	assert_true(unsent_room(NULL, &host, &full));
	queued = UNSENT_MAX + 1;
	assert_false(unsent_room(NULL, &host, &full));
	assert_int_equal(told, 2);
	log_set_writer(NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_full_gets_nothing_until_it_has_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
