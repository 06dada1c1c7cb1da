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

static void a_copy_tells_how_far_it_is_as_it_fits(void **state)
{
	const uint64_t s = UINT64_C(1000000000);
	static const struct {
		enum phase p;
		size_t width;
		struct copied c;
		const char *is;
	} rows[] = {
		/* clang-format off */
		{ PHASE_CONNECTING, 80, { 0 }, "" },
		{ PHASE_RUNNING, 80, { 0, 0, 2048, 4096, true }, "2.0K of 4.0K, 1.0K/s, 2s left" },
		{ PHASE_RUNNING, 29, { 0, 0, 2048, 4096, true }, "2.0K of 4.0K, 1.0K/s, 2s left" },
		{ PHASE_RUNNING, 28, { 0, 0, 2048, 4096, true }, "1.0K/s, 2s left" },
		{ PHASE_RUNNING, 4, { 0, 0, 2048, 4096, false }, "1.0K/s" },
		{ PHASE_DONE, 80, { 1, 4096, 4096, 4096, true }, "1 file, 4.0K" },
		{ PHASE_DONE, 80, { 3, 4096, 0, 0, true }, "3 files, 4.0K" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct hostrow row = {
			.phase = rows[i].p,
			.running_ns = rows[i].p < PHASE_RUNNING ? 0 : s,
		};
		const struct result r = { .copied = rows[i].c };
		struct strbuf out = STRBUF_INIT(STRBUF_MAX_TEXT);

		viewlist_copied(&row, &r, 3 * s, rows[i].width, &out);
		ROW(!strcmp(out.buf, rows[i].is), out.buf);
		strbuf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_copy_tells_how_far_it_is_as_it_fits),
		cmocka_unit_test(it_says_which_hosts_and_in_which_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
