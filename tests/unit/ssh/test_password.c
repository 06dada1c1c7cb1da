/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/password.h"

#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "lib/test.h"

struct rig {
	struct passwords *pw;
	struct asker askers[3];
	unsigned int woken[3];
	struct ssh_opts opts;
	struct target target;
	const char *secret, *why;
};

static void wake(void *arg)
{
	(*(unsigned int *)arg)++;
}

/* A run with the password "pw" for many hosts. */
static void rig_start(struct rig *rig)
{
	char name[] = "n1", user[] = "ann";
	int fds[2];

	*rig = (struct rig){ .opts = { .number_of_password_prompts = 3 } };
	rig->target.name = xstrdup(name);
	rig->target.host = rig->target.name;
	rig->target.own_user = xstrdup(user);
	rig->target.user = rig->target.own_user;
	rig->pw = passwords_new(NULL, NULL, true);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "pw\n", 3), 3);
	assert_int_equal(passwords_read(rig->pw, fds[0], NULL), 0);
	close(fds[0]);
	close(fds[1]);
	for (size_t i = 0; i < COUNT(rig->askers); i++) {
		rig->askers[i].wake = wake;
		rig->askers[i].arg = &rig->woken[i];
	}
}

static void rig_stop(struct rig *rig)
{
	for (size_t i = 0; i < COUNT(rig->askers); i++)
		password_cancel(rig->pw, &rig->askers[i]);
	passwords_free(rig->pw);
	free(rig->target.name);
	free(rig->target.own_user);
}

static enum ask_rc get(struct rig *rig, size_t i)
{
	rig->secret = rig->why = NULL;
	return password_get(rig->pw, &rig->askers[i], &rig->target,
			    &rig->secret, &rig->why);
}

static void one_host_proves_it_for_all(void **state)
{
	struct rig rig;

	(void)state;
	rig_start(&rig);
	assert_int_equal(get(&rig, 0), ASK_READY);
	assert_string_equal(rig.secret, "pw");
	assert_int_equal(get(&rig, 1), ASK_WAIT);
	assert_int_equal(get(&rig, 2), ASK_WAIT);
	assert_int_equal(get(&rig, 2), ASK_WAIT);
	assert_int_equal(rig.woken[1], 0);
	password_told(rig.pw, &rig.askers[0], AUTH_SUCCESS);
	assert_int_equal(rig.woken[1], 1);
	assert_int_equal(rig.woken[2], 1);
	assert_int_equal(get(&rig, 1), ASK_READY);
	assert_int_equal(get(&rig, 2), ASK_READY);
	rig_stop(&rig);
}

static void with_the_last_host_that_may_need_it_it_is_gone(void **state)
{
	struct rig rig;

	(void)state;
	rig_start(&rig);
	passwords_expect(rig.pw, 2);
	passwords_done(rig.pw);
	assert_true(passwords_again(rig.pw));
	passwords_done(rig.pw);
	assert_true(passwords_given(rig.pw));
	assert_int_equal(get(&rig, 0), ASK_READY);
	password_told(rig.pw, &rig.askers[0], AUTH_SUCCESS);
	passwords_done(rig.pw);
	assert_false(passwords_given(rig.pw));
	assert_false(passwords_again(rig.pw));
	assert_int_equal(get(&rig, 1), ASK_NEVER);
	assert_int_equal(
		passwords_tries(rig.pw, &rig.opts, KEY_VERIFIED, &rig.why), 0);
	assert_null(rig.why);
	rig_stop(&rig);
}

static void a_refusal_stops_it_everywhere(void **state)
{
	struct rig rig;

	(void)state;
	rig_start(&rig);
	assert_int_equal(get(&rig, 0), ASK_READY);
	assert_int_equal(get(&rig, 1), ASK_WAIT);
	password_told(rig.pw, &rig.askers[0], AUTH_DENIED);
	assert_int_equal(rig.woken[1], 1);
	assert_int_equal(get(&rig, 1), ASK_NEVER);
	assert_non_null(rig.why);
	assert_int_equal(get(&rig, 0), ASK_NEVER);
	rig_stop(&rig);
}

static void so_does_a_connection_that_ends_without_an_answer(void **state)
{
	struct rig rig;

	(void)state;
	rig_start(&rig);
	assert_int_equal(get(&rig, 0), ASK_READY);
	assert_int_equal(get(&rig, 1), ASK_WAIT);
	password_cancel(rig.pw, &rig.askers[0]);
	assert_int_equal(rig.woken[1], 1);
	assert_int_equal(get(&rig, 1), ASK_NEVER);
	rig_stop(&rig);
}

static void who_stops_waiting_is_not_woken(void **state)
{
	struct rig rig;

	(void)state;
	rig_start(&rig);
	assert_int_equal(get(&rig, 0), ASK_READY);
	assert_int_equal(get(&rig, 1), ASK_WAIT);
	password_cancel(rig.pw, &rig.askers[1]);
	password_told(rig.pw, &rig.askers[0], AUTH_SUCCESS);
	assert_int_equal(rig.woken[1], 0);
	rig_stop(&rig);
}

static void a_host_gets_it_once(void **state)
{
	struct rig rig;

	(void)state;
	rig_start(&rig);
	assert_int_equal(get(&rig, 0), ASK_READY);
	password_told(rig.pw, &rig.askers[0], AUTH_PARTIAL);
	assert_int_equal(get(&rig, 0), ASK_NEVER);
	assert_int_equal(get(&rig, 1), ASK_READY);
	rig_stop(&rig);
}

static void trust_decides_whether_it_is_used(void **state)
{
	struct rig rig;
	struct passwords *one = passwords_new(NULL, NULL, false);
	const char *why;

	(void)state;
	rig_start(&rig);
	assert_int_equal(passwords_tries(rig.pw, &rig.opts, KEY_VERIFIED, &why),
			 1);
	assert_null(why);
	assert_int_equal(passwords_tries(rig.pw, &rig.opts, KEY_NEW, &why), 0);
	assert_non_null(why);
	assert_int_equal(
		passwords_tries(rig.pw, &rig.opts, KEY_DISTRUSTED, &why), 0);
	assert_non_null(why);
	/* Nobody to ask. */
	assert_int_equal(passwords_tries(one, &rig.opts, KEY_VERIFIED, &why),
			 0);
	assert_int_equal(passwords_tries(NULL, &rig.opts, KEY_VERIFIED, &why),
			 0);
	passwords_free(one);
	rig_stop(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_host_proves_it_for_all),
		cmocka_unit_test(
			with_the_last_host_that_may_need_it_it_is_gone),
		cmocka_unit_test(a_refusal_stops_it_everywhere),
		cmocka_unit_test(
			so_does_a_connection_that_ends_without_an_answer),
		cmocka_unit_test(who_stops_waiting_is_not_woken),
		cmocka_unit_test(a_host_gets_it_once),
		cmocka_unit_test(trust_decides_whether_it_is_used),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
