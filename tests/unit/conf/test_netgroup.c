/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/netgroup.h"

#include "lib/fake_groups.h"
#include "lib/test.h"

static void the_hosts_of_a_netgroup_are_a_group(void **state)
{
	static const struct fake_pair netgroups[] = {
		{ "web", "n1 n1 n2" },
		{ "bad", "n1 ^/etc/passwd" },
		{ "none", "" },
		{ NULL, NULL },
	};
	static const struct {
		const char *source, *group, *out;
	} rows[] = {
		{ NULL, "web", "n1,n2" },
		{ "netgroup", "web", "n1,n2" },
		{ NULL, "none", "" },
		{ NULL, "bad",
		  "error: group '@netgroup:bad': bad host name "
		  "'^/etc/passwd'" },
		{ NULL, "db", "error: unknown group '@db': asked netgroup" },
		{ "netgroup", "*",
		  "error: the source 'netgroup' has no hosts" },
		{ NULL, NULL, "" },
	};
	struct fake_groups fake = { .netgroups = netgroups };
	struct groups *g = fake_groups_new(&fake);

	(void)state;
	netgroup_add(g);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *got = fake_groups_ask(g, rows[i].source, rows[i].group);

		assert_string_equal(got, rows[i].out);
		free(got);
	}
	fake_groups_free(&fake, g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_hosts_of_a_netgroup_are_a_group),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
