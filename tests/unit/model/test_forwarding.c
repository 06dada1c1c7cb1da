/* SPDX-License-Identifier: Apache-2.0 */
#include "model/forwarding.h"

#include "lib/test.h"

#include "base/alloc.h"
#include "model/plan.h"

static void add(struct strvec *list, const char *text)
{
	if (text)
		strvec_push(list, text);
}

/* What two hosts listen on, and whether that goes together. */
static void two_hosts_listen_at_two_places(void **state)
{
	static const struct {
		const char *local[2], *dynamic[2];
		const char *why; /* NULL: it does */
	} rows[] = {
		/* clang-format off */
		{ { NULL, NULL }, { NULL, NULL }, NULL },
		{ { "8080 [a]:1", NULL }, { NULL, NULL }, NULL },
		{ { "8080 [a]:1", "8081 [a]:1" }, { NULL, NULL }, NULL },
		{ { "8080 [a]:1", "8080 [b]:2" }, { NULL, NULL }, "a and b cannot both listen on localhost:8080: port 0, or a socket with %n in its name, gives each host its own, and -o ClearAllForwardings=yes none" },
		{ { "[localhost]:8080 [a]:1", "8080 [b]:2" }, { NULL, NULL }, "a and b cannot both listen on localhost:8080: port 0, or a socket with %n in its name, gives each host its own, and -o ClearAllForwardings=yes none" },
		{ { "[127.0.0.2]:8080 [a]:1", "[127.0.0.3]:8080 [b]:2" }, { NULL, NULL }, NULL },
		{ { "8080 [a]:1", "[127.0.0.1]:8080 [b]:2" }, { NULL, NULL }, "a and b cannot both listen on 127.0.0.1:8080: port 0, or a socket with %n in its name, gives each host its own, and -o ClearAllForwardings=yes none" },
		{ { "[::1]:8080 [a]:1", "8080 [b]:2" }, { NULL, NULL }, "a and b cannot both listen on localhost:8080: port 0, or a socket with %n in its name, gives each host its own, and -o ClearAllForwardings=yes none" },
		{ { "[0:0::1]:8080 [a]:1", "[::1]:8080 [b]:2" }, { NULL, NULL }, "a and b cannot both listen on [::1]:8080: port 0, or a socket with %n in its name, gives each host its own, and -o ClearAllForwardings=yes none" },
		{ { "[127.0.0.1]:8080 [a]:1", "[::1]:8080 [b]:2" }, { NULL, NULL }, NULL },
		{ { "[*]:8080 [a]:1", "[127.0.0.2]:8080 [b]:2" }, { NULL, NULL }, "a and b cannot both listen on 127.0.0.2:8080: port 0, or a socket with %n in its name, gives each host its own, and -o ClearAllForwardings=yes none" },
		{ { "[127.0.0.2]:8080 [a]:1", "[*]:8080 [b]:2" }, { NULL, NULL }, "a and b cannot both listen on *:8080: port 0, or a socket with %n in its name, gives each host its own, and -o ClearAllForwardings=yes none" },
		{ { "[127.0.0.2]:8080 [a]:1", "[*]:8081 [b]:2" }, { NULL, NULL }, NULL },
		{ { "[0.0.0.0]:8080 [a]:1", "[LocalHost]:8080 [b]:2" }, { NULL, NULL }, "a and b cannot both listen on LocalHost:8080: port 0, or a socket with %n in its name, gives each host its own, and -o ClearAllForwardings=yes none" },
		{ { "[0.0.0.0]:8080 [a]:1", "[::]:8080 [b]:2" }, { NULL, NULL }, NULL },
		{ { "[::]:8080 [a]:1", "8080 [b]:2" }, { NULL, NULL }, "a and b cannot both listen on localhost:8080: port 0, or a socket with %n in its name, gives each host its own, and -o ClearAllForwardings=yes none" },
		{ { "[desk]:8080 [a]:1", "[lab]:8080 [b]:2" }, { NULL, NULL }, NULL },
		{ { "[desk]:8080 [a]:1", "[desk]:8080 [b]:2" }, { NULL, NULL }, "a and b cannot both listen on desk:8080: port 0, or a socket with %n in its name, gives each host its own, and -o ClearAllForwardings=yes none" },
		{ { "0 [a]:1", "0 [a]:1" }, { "0", "0" }, NULL },
		{ { "8080 [a]:1", NULL }, { NULL, "8080" }, "a and b cannot both listen on localhost:8080: port 0, or a socket with %n in its name, gives each host its own, and -o ClearAllForwardings=yes none" },
		{ { "8080 [a]:1", NULL }, { "8080", NULL }, NULL },
		{ { "/run/a /x", "/run/b /x" }, { NULL, NULL }, NULL },
		{ { "/run/a /x", "/run/a /y" }, { NULL, NULL }, "a and b cannot both listen on /run/a: port 0, or a socket with %n in its name, gives each host its own, and -o ClearAllForwardings=yes none" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ssh_opts opts[2] = { 0 };
		struct err err = { 0 };
		struct plan plan;
		bool wanted = false;

		plan_init(&plan);
		plan.spec.kind = OP_EXEC;
		targets_add(&plan.targets, "a", NULL, NULL);
		targets_add(&plan.targets, "b", NULL, NULL);
		for (size_t t = 0; t < 2; t++) {
			add(&opts[t].local_forwards, rows[i].local[t]);
			add(&opts[t].dynamic_forwards, rows[i].dynamic[t]);
			plan.targets.v[t].opts = &opts[t];
			wanted |= rows[i].local[t] || rows[i].dynamic[t];
		}
		assert_int_equal(forwarding_wanted(&plan), wanted);
		assert_int_equal(forwarding_check(&plan, &err),
				 rows[i].why ? -1 : 0);
		if (rows[i].why)
			assert_string_equal(err.msg, rows[i].why);
		err_release(&err);
		for (size_t t = 0; t < 2; t++) {
			strvec_release(&opts[t].local_forwards);
			strvec_release(&opts[t].dynamic_forwards);
		}
		plan_release(&plan);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_hosts_listen_at_two_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
