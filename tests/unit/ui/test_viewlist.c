/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/viewlist.h"

#include "lib/test.h"

#include "base/strbuf.h"
#include "ui/hosttable.h"

static void it_says_which_hosts_and_in_which_order(void **state)
{
	static const struct {
		enum hosttable_filter filter;
		enum hosttable_sort sort;
		const char *text;
		long move;
		const char *is;
	} rows[] = {
		{ HOSTS_ALL, HOSTS_BY_RANK, NULL, 0, "1/3 all, as given" },
		{ HOSTS_ALL, HOSTS_BY_NAME, NULL, 1, "2/3 all, name" },
		{ HOSTS_ALL, HOSTS_BY_TIME, "b", 0, "1/1 all &b, time" },
		{ HOSTS_FAILED, HOSTS_BY_EXIT, "", 0, "0/0 failed, exit" },
		{ HOSTS_RUNNING, HOSTS_BY_STATE, "x", 0,
		  "0/0 running &x, state" },
	};
	static const char *const names[] = { "a", "b", "c" };
	struct targets targets = { 0 };
	struct strbuf out = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct hosttable *t;

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		assert_int_equal(targets_add(&targets, names[i], NULL, NULL),
				 0);
	t = hosttable_new(&targets);
	for (size_t i = 0; i < COUNT(rows); i++) {
		hosttable_set_filter(t, rows[i].filter);
		hosttable_set_sort(t, rows[i].sort);
		hosttable_set_text(t, rows[i].text);
		hosttable_update(t, 1);
		hosttable_move(t, rows[i].move);
		strbuf_reset(&out);
		viewlist_where(t, &out);
		ROW(strcmp(out.buf, rows[i].is) == 0, rows[i].is);
	}
	strbuf_release(&out);
	hosttable_free(t);
	targets_release(&targets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_says_which_hosts_and_in_which_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
