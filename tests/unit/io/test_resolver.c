/* SPDX-License-Identifier: Apache-2.0 */
/*
 * getaddrinfo() is wrapped by the linker: no test asks a name server.
 */
#include "io/resolver.h"

#include "lib/test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>

int __real_getaddrinfo(const char *host, const char *port,
		       const struct addrinfo *hints, struct addrinfo **out);
int __wrap_getaddrinfo(const char *host, const char *port,
		       const struct addrinfo *hints, struct addrinfo **out);

static atomic_uint look_ups;
static atomic_uint hanging;
static sem_t let_go;

/* What the wrapped function knows; a NULL address: it fails like this. */
static const struct {
	const char *name;
	const char *addr, *second;
	int gai;
	int error; /* errno, for EAI_SYSTEM */
	bool hangs;
} names[] = {
	{ "one.test", "127.0.0.1", NULL, 0, 0, false },
	{ "two.test", "::1", "127.0.0.2", 0, 0, false },
	{ "late.test", "127.0.0.3", NULL, 0, 0, true },
	{ "broken.test", NULL, NULL, EAI_SYSTEM, EMFILE, false },
	{ "again.test", NULL, NULL, EAI_AGAIN, 0, false },
};

static int numeric(const char *host, const char *port, struct addrinfo **out)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
				  .ai_flags = AI_NUMERICHOST };

	return __real_getaddrinfo(host, port, &hints, out);
}

int __wrap_getaddrinfo(const char *host, const char *port,
		       const struct addrinfo *hints, struct addrinfo **out)
{
	if (hints->ai_flags & AI_NUMERICHOST)
		return __real_getaddrinfo(host, port, hints, out);
	atomic_fetch_add(&look_ups, 1);
	for (size_t i = 0; i < COUNT(names); i++) {
		int rc;

		if (strcmp(names[i].name, host) != 0)
			continue;
		if (names[i].hangs) {
			atomic_fetch_add(&hanging, 1);
			while (sem_wait(&let_go))
				;
			atomic_fetch_sub(&hanging, 1);
		}
		errno = names[i].error;
		if (!names[i].addr)
			return names[i].gai;
		rc = numeric(names[i].addr, port, out);
		if (!rc && names[i].second)
			rc = numeric(names[i].second, port, &(*out)->ai_next);
		if (!rc && hints->ai_flags & AI_CANONNAME)
			(*out)->ai_canonname = strdup("full.test");
		return rc;
	}
	return EAI_NONAME;
}

/* A question and what came of it: the addresses, or the error, as text. */
struct asked {
	struct resolve_query q;
	unsigned int calls;
	char text[128];
	const struct resolved *answer;
	void (*then)(struct asked *a);
};

static struct {
	struct loop *loop;
	struct resolver *r;
} t;

static void add_address(char *text, size_t size, const struct resolved_addr *a)
{
	size_t used = strlen(text);
	char host[64], port[16];

	assert_int_equal(
		getnameinfo((const struct sockaddr *)(const void *)&a->sa,
			    a->len, host, sizeof(host), port, sizeof(port),
			    NI_NUMERICHOST | NI_NUMERICSERV),
		0);
	(void)snprintf(text + used, size - used, "%s%s/%s", used ? " " : "",
		       host, port);
}

static void note(struct resolve_query *q, const struct resolved *r,
		 const struct err *err)
{
	struct asked *a = container_of(q, struct asked, q);

	a->calls++;
	a->answer = r;
	a->text[0] = '\0';
	if (!r)
		(void)snprintf(a->text, sizeof(a->text), "%s: %s",
			       err_name(err->code), err->msg);
	else
		assert_null(err);
	for (unsigned int i = 0; r && i < r->n; i++)
		add_address(a->text, sizeof(a->text), &r->addr[i]);
	if (a->then)
		a->then(a);
}

static void ask(struct asked *a, const char *host)
{
	resolver_query(t.r, &a->q, host, 22, AF_UNSPEC, note);
}

static void run(void)
{
	assert_int_equal(loop_run(t.loop, NULL), 0);
}

static int setup(void **state)
{
	(void)state;
	t.loop = loop_new(NULL);
	t.r = resolver_new(t.loop, 4);
	atomic_store(&look_ups, 0);
	return t.loop ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	resolver_free(t.r);
	resolver_free(NULL);
	loop_free(t.loop);
	return 0;
}

static void answers_and_errors(void **state)
{
	static const struct {
		const char *host, *text;
		unsigned int look_ups;
	} rows[] = {
		{ "127.0.0.9", "127.0.0.9/22", 0 },
		{ "::1", "::1/22", 0 },
		{ "one.test", "127.0.0.1/22", 1 },
		{ "two.test", "::1/22 127.0.0.2/22", 1 },
		{ "nosuch.test",
		  "resolve: could not resolve hostname nosuch.test: "
		  "Name or service not known",
		  1 },
		{ "again.test",
		  "resolve: could not resolve hostname again.test: "
		  "Temporary failure in name resolution",
		  1 },
		{ "broken.test",
		  "resolve: could not resolve hostname broken.test: "
		  "Too many open files",
		  1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct asked a = { 0 };

		atomic_store(&look_ups, 0);
		ask(&a, rows[i].host);
		assert_int_equal(a.calls, 0);
		run();
		assert_int_equal(a.calls, 1);
		assert_string_equal(a.text, rows[i].text);
		assert_int_equal(atomic_load(&look_ups), rows[i].look_ups);
	}
}

static void equal_questions_share_one_look_up(void **state)
{
	struct asked a = { 0 }, b = { 0 }, c = { 0 }, d = { 0 };

	(void)state;
	ask(&a, "one.test");
	ask(&b, "ONE.test");
	ask(&c, "nosuch.test");
	run();
	assert_int_equal(atomic_load(&look_ups), 2);
	assert_ptr_equal(a.answer, b.answer);
	ask(&b, "one.test");
	ask(&c, "nosuch.test");
	resolver_query(t.r, &d.q, "one.test", 23, AF_UNSPEC, note);
	run();
	assert_int_equal(atomic_load(&look_ups), 3);
	assert_int_equal(b.calls, 2);
	assert_ptr_equal(a.answer, b.answer);
	assert_int_equal(c.calls, 2);
	assert_string_equal(d.text, "127.0.0.1/23");
}

static void ask_others(unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		struct asked a = { 0 };
		char host[24];

		(void)snprintf(host, sizeof(host), "127.1.%u.%u", i / 250,
			       i % 250 + 1);
		ask(&a, host);
		run();
		assert_int_equal(a.calls, 1);
		resolver_cancel(t.r, &a.q);
	}
}

static void what_nobody_uses_is_forgotten_after_a_while(void **state)
{
	static const struct {
		unsigned int others;
		bool used;
		unsigned int look_ups;
	} rows[] = {
		{ 0, false, 1 },
		{ 255, false, 1 },
		{ 256, false, 2 },
		{ 300, true, 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct asked a = { 0 }, b = { 0 };

		resolver_free(t.r);
		t.r = resolver_new(t.loop, 4);
		atomic_store(&look_ups, 0);
		ask(&a, "one.test");
		run();
		if (!rows[i].used)
			resolver_cancel(t.r, &a.q);
		ask_others(rows[i].others);
		ask(&b, "one.test");
		run();
		assert_int_equal(atomic_load(&look_ups), rows[i].look_ups);
		assert_string_equal(b.text, "127.0.0.1/22");
		if (rows[i].used)
			assert_ptr_equal(a.answer, b.answer);
	}
}

static void a_name_in_full_is_a_question_of_its_own(void **state)
{
	struct asked a = { 0 }, b = { 0 }, c = { 0 }, d = { 0 }, e = { 0 };

	(void)state;
	ask(&a, "one.test");
	resolver_query_name(t.r, &b.q, "one.test", AF_UNSPEC, note);
	resolver_query_name(t.r, &c.q, "one.test", AF_UNSPEC, note);
	resolver_query_name(t.r, &d.q, "nosuch.test", AF_UNSPEC, note);
	resolver_query_name(t.r, &e.q, "again.test", AF_UNSPEC, note);
	run();
	assert_int_equal(atomic_load(&look_ups), 4);
	assert_null(a.answer->canonical);
	assert_string_equal(b.answer->canonical, "full.test");
	assert_ptr_equal(b.answer, c.answer);
	assert_false(b.q.absent);
	assert_true(d.q.absent);
	assert_false(e.q.absent);
	assert_null(e.answer);
}

static void ask_again(struct asked *a)
{
	a->then = NULL;
	ask(a, "one.test");
}

static void callback_may_ask_again(void **state)
{
	struct asked a = { .then = ask_again };

	(void)state;
	ask(&a, "one.test");
	run();
	assert_int_equal(a.calls, 2);
	assert_int_equal(atomic_load(&look_ups), 1);
}

static void stop_loop(struct asked *a)
{
	(void)a;
	loop_stop(t.loop);
}

static void slow_name_delays_no_other(void **state)
{
	struct asked slow = { 0 }, quick = { .then = stop_loop };

	(void)state;
	ask(&slow, "late.test");
	ask(&quick, "one.test");
	run();
	assert_int_equal(quick.calls, 1);
	assert_int_equal(slow.calls, 0);
	sem_post(&let_go);
	run();
	assert_string_equal(slow.text, "127.0.0.3/22");
}

static void cancelled_is_not_called_and_keeps_no_loop(void **state)
{
	struct asked slow = { 0 }, known = { 0 }, other = { 0 };

	(void)state;
	resolver_cancel(t.r, &slow.q);
	ask(&slow, "late.test");
	ask(&known, "127.0.0.1");
	resolver_cancel(t.r, &slow.q);
	resolver_cancel(t.r, &known.q);
	run();
	assert_int_equal(slow.calls + known.calls, 0);
	/* The look-up goes on and serves who asks later. */
	ask(&other, "late.test");
	sem_post(&let_go);
	run();
	assert_string_equal(other.text, "127.0.0.3/22");
	assert_int_equal(atomic_load(&look_ups), 1);
}

static void freed_while_a_look_up_hangs(void **state)
{
	struct asked slow[6] = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(slow); i++) {
		/* Different questions; two of them find no thread. */
		resolver_query(t.r, &slow[i].q, "late.test", (uint16_t)i,
			       AF_UNSPEC, note);
	}
	while (atomic_load(&hanging) < 4)
		sched_yield();
	for (size_t i = 0; i < COUNT(slow); i++)
		resolver_cancel(t.r, &slow[i].q);
	teardown(state);
	for (size_t i = 0; i < 4; i++)
		sem_post(&let_go);
	while (atomic_load(&hanging))
		sched_yield();
	setup(state);
}

static void freed_with_an_answer_on_its_way(void **state)
{
	struct asked slow = { 0 };

	(void)state;
	ask(&slow, "late.test");
	resolver_cancel(t.r, &slow.q);
	sem_post(&let_go);
	while (!atomic_load(&look_ups) || atomic_load(&hanging))
		sched_yield();
	/* Posted or about to be: both must be fine. */
	teardown(state);
	setup(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(answers_and_errors, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			equal_questions_share_one_look_up, setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_nobody_uses_is_forgotten_after_a_while, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			a_name_in_full_is_a_question_of_its_own, setup,
			teardown),
		cmocka_unit_test_setup_teardown(callback_may_ask_again, setup,
						teardown),
		cmocka_unit_test_setup_teardown(slow_name_delays_no_other,
						setup, teardown),
		cmocka_unit_test_setup_teardown(
			cancelled_is_not_called_and_keeps_no_loop, setup,
			teardown),
		cmocka_unit_test_setup_teardown(freed_while_a_look_up_hangs,
						setup, teardown),
		cmocka_unit_test_setup_teardown(freed_with_an_answer_on_its_way,
						setup, teardown),
	};

	if (sem_init(&let_go, 0, 0))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
