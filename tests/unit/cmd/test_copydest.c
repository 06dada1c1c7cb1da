/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/copydest.h"

#include "lib/test.h"

/* Two hosts, the second of which has names that lead elsewhere. */
static struct target hosts[] = {
	{ .name = (char[]){ "bob@web1:22" },
	  .alias = (char[]){ "web1" },
	  .host = "192.0.2.1",
	  .user = "bob" },
	{ .name = (char[]){ "odd" },
	  .alias = (char[]){ "../../etc" },
	  .host = "..",
	  .rank = 1 },
};
static const struct targets both = { .v = hosts, .n = COUNT(hosts) };
static const struct targets first = { .v = hosts, .n = 1 };

static void each_host_has_a_place_below_the_folder(void **state)
{
	static const char *const rows[][3] = {
		{ "%n", "web1", "%2E.%2F..%2Fetc" },
		{ "%h", "192.0.2.1", "%2E." },
		{ "logs/%h/", "logs/192.0.2.1", "logs/%2E." },
		{ "%r", "0", "1" },
		{ "%r%%", "0%", "1%" },
		{ "%u-%n", "bob-web1", "-%2E.%2F..%2Fetc" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strvec dirs = { 0 };

		ROW(!copydest_expand(rows[i][0], &both, &dirs, NULL),
		    rows[i][0]);
		ROW(dirs.n == 2 && !strcmp(dirs.v[0], rows[i][1]) &&
			    !strcmp(dirs.v[1], rows[i][2]),
		    rows[i][0]);
		strvec_release(&dirs);
	}
}

static void a_form_leads_nowhere_else(void **state)
{
	static const char *const rows[] = {
		"",    "/",	"/%n", "../%n", "%n/..",     ".",
		"a//", "a//%n", "./a", "%n/./", "a/../%n/b",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strvec dirs = { 0 };
		struct err err = { 0 };

		ROW(copydest_expand(rows[i], &first, &dirs, &err) == -1,
		    rows[i]);
		ROW(err.code == ERR_USAGE &&
			    strstr(err.msg, "which is no path below DIR"),
		    rows[i]);
		err_release(&err);
		strvec_release(&dirs);
	}
}

static void what_is_no_form_is_told(void **state)
{
	struct strvec dirs = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(copydest_expand("%x", &first, &dirs, &err), -1);
	assert_int_equal(strncmp(err.msg, "--dest: ", 8), 0);
	err_release(&err);
	strvec_release(&dirs);
}

static void two_hosts_have_not_one_place(void **state)
{
	struct strvec dirs = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(copydest_expand("all", &both, &dirs, &err), -1);
	assert_non_null(strstr(err.msg, "the same place, 'all'"));
	err_release(&err);
	strvec_release(&dirs);
}

static void a_home_is_where_a_login_leads(void **state)
{
	static const char *const rows[][2] = {
		{ "/x", "/x" },	    { "x", "x" }, { "", "" },
		{ "~", "" },	    { "~/", "" }, { "~//x", "x" },
		{ "~/x/y", "x/y" },
	};
	struct err err = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *got = copydest_theirs(rows[i][0], NULL);

		ROW(got && !strcmp(got, rows[i][1]), rows[i][0]);
	}
	assert_null(copydest_theirs("~bob/x", &err));
	assert_int_equal(err.code, ERR_USAGE);
	err_release(&err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_host_has_a_place_below_the_folder),
		cmocka_unit_test(a_form_leads_nowhere_else),
		cmocka_unit_test(what_is_no_form_is_told),
		cmocka_unit_test(two_hosts_have_not_one_place),
		cmocka_unit_test(a_home_is_where_a_login_leads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
