/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/agent.h"

#include "lib/test.h"

#include "lib/fake_agent.h"
#ifdef HAVE_SSHD
#	include "lib/shell.h"
#endif

/* ---- requests that note what became of them ---- */

struct asked {
	struct agent_req req;
	struct loop *loop;
	unsigned int *left; /* stop the loop at zero */
	unsigned int calls;
	bool failed;
	char text[80]; /* reply or error */
};

static void note(struct agent_req *r, const void *reply, size_t n,
		 const struct err *err)
{
	struct asked *q = container_of(r, struct asked, req);

	q->calls++;
	q->failed = !reply;
	if (reply)
		snprintf(q->text, sizeof(q->text), "%.*s", (int)n,
			 (const char *)reply);
	else
		snprintf(q->text, sizeof(q->text), "%s", err->msg);
	if (!reply)
		assert_int_equal(err->code, ERR_AUTH);
	if (--*q->left == 0)
		loop_stop(q->loop);
}

static void ask(struct agent *a, struct asked *q, struct loop *loop,
		unsigned int *left, const char *text)
{
	*q = (struct asked){ .loop = loop };
	q->left = left;
	agent_send(a, &q->req, text, strlen(text), note);
}

static void answers_go_to_their_requests(void **state)
{
	struct fake_agent f;
	struct asked q[20];
	unsigned int left = COUNT(q);
	struct agent *a;
	char text[8];

	(void)state;
	fake_agent_start(&f, FAKE_ECHO);
	a = agent_new(f.loop, f.path);
	for (unsigned int i = 0; i < COUNT(q); i++) {
		snprintf(text, sizeof(text), "r%u", i);
		ask(a, &q[i], f.loop, &left, text);
		assert_int_equal(q[i].calls, 0);
	}
	assert_int_equal(loop_run(f.loop, NULL), 0);
	for (unsigned int i = 0; i < COUNT(q); i++) {
		snprintf(text, sizeof(text), "r%u", i);
		ROW(q[i].calls == 1 && !q[i].failed, text);
		assert_string_equal(q[i].text, text);
	}
	assert_int_equal(f.most, 8);
	assert_int_equal(f.connections, 1);
	agent_free(a);
	fake_agent_stop(&f);
}

static void cancelled_requests_disturb_no_others(void **state)
{
	struct fake_agent f;
	struct asked q[12];
	unsigned int left = COUNT(q) - 2;
	struct agent *a;
	char text[8];

	(void)state;
	fake_agent_start(&f, FAKE_ECHO);
	a = agent_new(f.loop, f.path);
	for (unsigned int i = 0; i < COUNT(q); i++) {
		snprintf(text, sizeof(text), "r%u", i);
		ask(a, &q[i], f.loop, &left, text);
	}
	/* Until the first eight are sent and read. */
	while (!f.len)
		assert_int_equal(loop_turn(f.loop, true, NULL), 1);
	agent_cancel(a, &q[1].req);
	agent_cancel(a, &q[10].req);
	agent_cancel(a, &q[10].req);
	assert_int_equal(loop_run(f.loop, NULL), 0);
	for (unsigned int i = 0; i < COUNT(q); i++) {
		snprintf(text, sizeof(text), "r%u", i);
		if (i == 1 || i == 10) {
			ROW(q[i].calls == 0, text);
		} else {
			ROW(q[i].calls == 1 && !q[i].failed, text);
			assert_string_equal(q[i].text, text);
		}
	}
	agent_free(a);
	fake_agent_stop(&f);
}

static void bad_agents_fail_all_that_wait(void **state)
{
	static const struct {
		const char *name;
		enum fake_manner manner;
		const char *why;
		uint64_t after_s, hurry_s;
	} cases[] = {
		{ "silent", FAKE_SILENT, "does not answer", 60, 0 },
		{ "silent, in a hurry", FAKE_SILENT, "does not answer", 5, 5 },
		{ "silent, in no hurry", FAKE_SILENT, "does not answer", 60,
		  6000000 },
		{ "hangs up", FAKE_HANG_UP, "hung up", 0, 0 },
		{ "too long", FAKE_TOO_LONG, "talks nonsense", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fake_agent f;
		struct asked q[10];
		unsigned int left = COUNT(q);
		char want[80];
		struct agent *a;
		uint64_t start;

		fake_agent_start(&f, cases[i].manner);
		a = agent_new(f.loop, f.path);
		if (cases[i].hurry_s)
			agent_hurry(a, cases[i].hurry_s * 1000);
		start = loop_now(f.loop);
		for (size_t k = 0; k < COUNT(q); k++)
			ask(a, &q[k], f.loop, &left, "x");
		assert_int_equal(loop_run(f.loop, NULL), 0);
		snprintf(want, sizeof(want), "agent '%s' %s", f.path,
			 cases[i].why);
		for (size_t k = 0; k < COUNT(q); k++) {
			ROW(q[k].calls == 1 && q[k].failed, cases[i].name);
			assert_string_equal(q[k].text, want);
		}
		ROW((loop_now(f.loop) - start) / 1000000000 == cases[i].after_s,
		    cases[i].name);
		agent_free(a);
		fake_agent_stop(&f);
	}
}

static void who_has_answered_once_may_take_long(void **state)
{
	struct fake_agent f;
	struct asked q;
	unsigned int left = 1;
	struct agent *a;
	uint64_t start;

	(void)state;
	fake_agent_start(&f, FAKE_ECHO);
	a = agent_new(f.loop, f.path);
	agent_hurry(a, 5000);
	ask(a, &q, f.loop, &left, "list");
	assert_int_equal(loop_run(f.loop, NULL), 0);
	assert_string_equal(q.text, "list");
	f.manner = FAKE_SILENT;
	left = 1;
	start = loop_now(f.loop);
	ask(a, &q, f.loop, &left, "sign");
	assert_int_equal(loop_run(f.loop, NULL), 0);
	assert_true(q.failed);
	assert_int_equal((loop_now(f.loop) - start) / 1000000000, 60);
	agent_free(a);
	fake_agent_stop(&f);
}

static void unasked_answers_end_the_connection(void **state)
{
	struct fake_agent f;
	struct asked q;
	unsigned int left = 1;
	struct agent *a;

	(void)state;
	fake_agent_start(&f, FAKE_UNASKED);
	a = agent_new(f.loop, f.path);
	ask(a, &q, f.loop, &left, "x");
	assert_int_equal(loop_run(f.loop, NULL), 0);
	assert_string_equal(q.text, "x");
	assert_int_equal(q.calls, 1);
	agent_free(a);
	fake_agent_stop(&f);
}

static void a_lost_agent_is_dialled_again(void **state)
{
	struct fake_agent f;
	struct asked q;
	unsigned int left = 1;
	struct agent *a;

	(void)state;
	fake_agent_start(&f, FAKE_HANG_UP);
	a = agent_new(f.loop, f.path);
	ask(a, &q, f.loop, &left, "x");
	assert_int_equal(loop_run(f.loop, NULL), 0);
	assert_true(q.failed);
	f.manner = FAKE_ECHO;
	left = 1;
	ask(a, &q, f.loop, &left, "again");
	assert_int_equal(loop_run(f.loop, NULL), 0);
	assert_string_equal(q.text, "again");
	assert_int_equal(f.connections, 2);
	agent_free(a);
	fake_agent_stop(&f);
}

static void no_agent_is_a_failure_not_a_hang(void **state)
{
	static const struct {
		const char *path, *why;
	} cases[] = {
		{ "/nonexistent/agent",
		  "cannot reach agent '/nonexistent/agent': No such file or directory" },
		{ "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		  "cannot reach agent '/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct loop *loop = loop_new_virtual(NULL);
		struct agent *a = agent_new(loop, cases[i].path);
		unsigned int left = 1;
		struct asked q;

		ask(a, &q, loop, &left, "x");
		assert_int_equal(q.calls, 0);
		assert_int_equal(loop_run(loop, NULL), 0);
		assert_int_equal(q.calls, 1);
		assert_true(q.failed);
		assert_memory_equal(q.text, cases[i].why, strlen(q.text));
		agent_free(a);
		loop_free(loop);
	}
}

static void an_idle_agent_does_not_keep_the_loop(void **state)
{
	struct fake_agent f;
	struct asked q;
	unsigned int left = 2; /* so that nothing stops the loop */
	struct agent *a;

	(void)state;
	fake_agent_start(&f, FAKE_ECHO);
	a = agent_new(f.loop, f.path);
	ask(a, &q, f.loop, &left, "x");
	while (!q.calls)
		assert_int_equal(loop_turn(f.loop, true, NULL), 1);
	watch_stop(&f.accept);
	watch_want(&f.read, 0);
	assert_int_equal(loop_run(f.loop, NULL), 0);
	agent_free(a);
	fake_agent_stop(&f);
}

static void requests_left_over_are_dropped(void **state)
{
	struct fake_agent f;
	struct asked q[12];
	unsigned int left = COUNT(q);
	struct agent *a;

	(void)state;
	fake_agent_start(&f, FAKE_SILENT);
	a = agent_new(f.loop, f.path);
	for (size_t i = 0; i < COUNT(q); i++)
		ask(a, &q[i], f.loop, &left, "x");
	while (!f.len)
		assert_int_equal(loop_turn(f.loop, true, NULL), 1);
	agent_cancel(a, &q[0].req);
	agent_free(a);
	for (size_t i = 0; i < COUNT(q); i++)
		assert_int_equal(q[i].calls, 0);
	fake_agent_stop(&f);
}

/* ---- lists of keys ---- */

#define BYTES(s) s, sizeof(s) - 1

static void key_lists_are_read(void **state)
{
	static const char two[] = "\x0c\0\0\0\x02"
				  "\0\0\0\x03"
				  "abc"
				  "\0\0\0\x02"
				  "me"
				  "\0\0\0\x01"
				  "z"
				  "\0\0\0\0";
	struct err err = { 0 };
	struct agent_keys keys;

	(void)state;
	assert_int_equal(agent_parse_keys(BYTES(two), &keys, &err), 0);
	assert_int_equal(keys.n, 2);
	assert_int_equal(keys.v[0].len, 3);
	assert_memory_equal(keys.v[0].blob, "abc", 3);
	assert_string_equal(keys.v[0].comment, "me");
	assert_int_equal(keys.v[1].len, 1);
	assert_string_equal(keys.v[1].comment, "");
	agent_keys_release(&keys);
	assert_int_equal(agent_parse_keys(BYTES("\x0c\0\0\0\0"), &keys, &err),
			 0);
	assert_int_equal(keys.n, 0);
	agent_keys_release(&keys);
}

static void bad_key_lists_are_refused(void **state)
{
	static const struct {
		const char *name, *bytes;
		size_t n;
		const char *msg;
	} cases[] = {
		{ "empty", BYTES(""),
		  "the agent's list of keys makes no sense" },
		{ "failure", BYTES("\x05"),
		  "the agent refused to list its keys" },
		{ "another type", BYTES("\x06\0\0\0\0"),
		  "the agent's list of keys makes no sense" },
		{ "cut count", BYTES("\x0c\0\0\0"),
		  "the agent's list of keys makes no sense" },
		{ "fewer than said", BYTES("\x0c\0\0\0\x01\0\0\0\0"),
		  "the agent's list of keys makes no sense" },
		{ "length past the end",
		  BYTES("\x0c\0\0\0\x01\xff\xff\xff\xff\0\0\0\0"),
		  "the agent's list of keys makes no sense" },
		{ "more than said", BYTES("\x0c\0\0\0\x01\0\0\0\0\0\0\0\0x"),
		  "the agent's list of keys makes no sense" },
		{ "too many", BYTES("\x0c\0\0\x04\x01"),
		  "the agent holds more than 1024 keys" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = { 0 };
		struct agent_keys keys;

		ROW(agent_parse_keys(cases[i].bytes, cases[i].n, &keys, &err) ==
			    -1,
		    cases[i].name);
		ROW(err.code == ERR_AUTH && keys.n == 0 && !keys.v,
		    cases[i].name);
		assert_string_equal(err.msg, cases[i].msg);
		err_release(&err);
	}
}

#ifdef HAVE_SSHD
static void keep_keys(struct agent_req *r, const void *reply, size_t n,
		      const struct err *err)
{
	struct asked *q = container_of(r, struct asked, req);
	struct agent_keys keys;

	assert_null(err);
	assert_int_equal(agent_parse_keys(reply, n, &keys, NULL), 0);
	q->calls = (unsigned int)keys.n;
	snprintf(q->text, sizeof(q->text), "%s", keys.v[0].comment);
	agent_keys_release(&keys);
	loop_stop(q->loop);
}

static void a_real_agent_lists_its_key(void **state)
{
	char dir[] = "/tmp/rsh-agent-XXXXXX";
	struct loop *loop = loop_new(NULL);
	struct asked q = { .loop = loop };
	struct agent *a;
	char path[64];

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(
		shell("cd \"$1\" && ssh-keygen -q -t ed25519 -N '' -C me -f k && "
		      "eval $(ssh-agent -s -a \"$1/s\") >/dev/null && "
		      "echo $SSH_AGENT_PID >pid && ssh-add -q k",
		      dir),
		0);
	snprintf(path, sizeof(path), "%s/s", dir);
	a = agent_new(loop, path);
	agent_send(a, &q.req, "\x0b", 1, keep_keys);
	assert_int_equal(loop_run(loop, NULL), 0);
	assert_int_equal(q.calls, 1);
	assert_string_equal(q.text, "me");
	agent_free(a);
	loop_free(loop);
	assert_int_equal(shell("kill $(cat \"$1/pid\"); rm -rf \"$1\"", dir),
			 0);
}
#endif

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_go_to_their_requests),
		cmocka_unit_test(cancelled_requests_disturb_no_others),
		cmocka_unit_test(bad_agents_fail_all_that_wait),
		cmocka_unit_test(who_has_answered_once_may_take_long),
		cmocka_unit_test(unasked_answers_end_the_connection),
		cmocka_unit_test(a_lost_agent_is_dialled_again),
		cmocka_unit_test(no_agent_is_a_failure_not_a_hang),
		cmocka_unit_test(an_idle_agent_does_not_keep_the_loop),
		cmocka_unit_test(requests_left_over_are_dropped),
		cmocka_unit_test(key_lists_are_read),
		cmocka_unit_test(bad_key_lists_are_refused),
#ifdef HAVE_SSHD
		cmocka_unit_test(a_real_agent_lists_its_key),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
