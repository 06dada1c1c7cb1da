/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/hosttable.h"

#include "lib/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define S    1000000000ull
#define N    6
#define MANY 10000

struct world {
	struct targets targets;
	struct hosttable *t;
	struct result results[N];
};

static struct world world_of(size_t n)
{
	struct world w = { 0 };

	for (size_t i = 0; i < n; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "n%zu", n - i);
		assert_int_equal(targets_add(&w.targets, name, NULL, NULL), 0);
	}
	w.t = hosttable_new(&w.targets);
	hosttable_update(w.t, 0);
	return w;
}

static void world_release(struct world *w)
{
	hosttable_free(w->t);
	targets_release(&w->targets);
}

static void end(struct world *w, size_t rank, uint32_t status, uint64_t ns)
{
	w->results[rank].outcome = OUTCOME_EXIT;
	w->results[rank].status = status;
	hosttable_done(w->t, rank, &w->results[rank], ns);
}

/* The ranks shown, as digits. */
static void shows(struct world *w, uint64_t now_ns, const char *want)
{
	char got[N + 1] = "";

	hosttable_update(w->t, now_ns);
	for (size_t i = 0; i < hosttable_shown(w->t); i++)
		got[i] = (char)('0' + hosttable_rank(w->t, i));
	assert_string_equal(got, want);
}

static void last_line_of_either_stream_is_kept(void **state)
{
	struct world w = world_of(2);
	const struct hostrow *row = hosttable_row(w.t, 0);

	(void)state;
	assert_null(row->line);
	hosttable_data(w.t, 0, NULL, 0);
	assert_null(row->line);
	hosttable_data(w.t, 0, "one\ntw", 6);
	hosttable_data(w.t, 0, "o\n", 2);
	assert_int_equal(row->line->len, 3);
	assert_memory_equal(row->line->bytes, "two", 3);
	assert_null(hosttable_row(w.t, 1)->line);
	world_release(&w);
}

/* What is left of labels in a narrow column tells them apart. */
static void labels_that_are_cut_differ(void **state)
{
	static const struct {
		const char *labels[3];
		size_t width, skip;
	} cases[] = {
		{ { "n1", "n2", "n3" }, 2, 0 },
		{ { "cluster-node1.org", "cluster-node2.org", "db" }, 20, 0 },
		{ { "cluster-node1.org", "cluster-node2.org", "db" }, 13, 0 },
		{ { "cluster-node1.org", "cluster-node2.org", "db" }, 12, 3 },
		{ { "cluster-node1.org", "cluster-node2.org", "db" }, 8, 7 },
		{ { "cluster-node1", "cluster-node22", "cluster-3" }, 10, 6 },
		{ { "a-long-name", "b-long-name", "c" }, 5, 0 },
		{ { "one-long-name", "n1", "n2" }, 5, 0 },
		{ { "xyz-\303\244\303\2441", "xyz-\303\244\303\2442",
		    "xyz-\303\244\303\2443" },
		  6,
		  4 },
		{ { "the-same", "the-same", "n1" }, 6, 4 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct world w = { 0 };
		size_t widest = 0;

		for (size_t j = 0; j < 3; j++) {
			const char *s = cases[i].labels[j];
			size_t width = text_width(s, strlen(s));

			widest = width > widest ? width : widest;
			assert_int_equal(targets_add(&w.targets, s, NULL, NULL),
					 0);
		}
		targets_label(&w.targets, LABEL_WHOLE);
		w.t = hosttable_new(&w.targets);
		assert_int_equal(hosttable_label_width(w.t), widest);
		for (int again = 0; again < 2; again++)
			assert_int_equal(
				hosttable_label_skip(w.t, cases[i].width),
				cases[i].skip);
		world_release(&w);
	}
}

static void counts_are_of_all(void **state)
{
	struct world w = world_of(N);

	(void)state;
	hosttable_phase(w.t, 0, PHASE_CONNECTING, S);
	hosttable_phase(w.t, 1, PHASE_RUNNING, S);
	end(&w, 2, 0, S);
	end(&w, 3, 1, S);
	hosttable_set_filter(w.t, HOSTS_FAILED);
	hosttable_update(w.t, S);
	assert_int_equal(hosttable_total(w.t), N);
	assert_int_equal(hosttable_at(w.t, PHASE_WAITING), 2);
	assert_int_equal(hosttable_at(w.t, PHASE_CONNECTING), 1);
	assert_int_equal(hosttable_at(w.t, PHASE_RUNNING), 1);
	assert_int_equal(hosttable_at(w.t, PHASE_DONE), 2);
	assert_int_equal(hosttable_failed(w.t), 1);
	assert_int_equal(hosttable_shown(w.t), 1);
	world_release(&w);
}

static void sorts_and_filters(void **state)
{
	struct world w = world_of(N);

	(void)state;
	for (size_t i = 1; i < 5; i++)
		hosttable_phase(w.t, i, PHASE_RUNNING, i * S);
	end(&w, 1, 3, 9 * S); /* 8 s */
	end(&w, 2, 0, 3 * S); /* 1 s */
	shows(&w, 10 * S, "012345");
	hosttable_set_sort(w.t, HOSTS_BY_NAME);
	shows(&w, 10 * S, "543210");
	hosttable_set_sort(w.t, HOSTS_BY_STATE);
	shows(&w, 10 * S, "341205");
	hosttable_set_sort(w.t, HOSTS_BY_TIME);
	shows(&w, 10 * S, "134205");
	hosttable_set_sort(w.t, HOSTS_BY_EXIT);
	shows(&w, 10 * S, "120345");
	hosttable_set_sort(w.t, HOSTS_BY_RANK);
	hosttable_set_filter(w.t, HOSTS_FAILED);
	shows(&w, 10 * S, "1");
	hosttable_set_filter(w.t, HOSTS_RUNNING);
	shows(&w, 10 * S, "34");
	end(&w, 3, 0, 11 * S);
	shows(&w, 11 * S, "4");
	hosttable_set_filter(w.t, HOSTS_ENDED);
	shows(&w, 11 * S, "123");
	hosttable_set_filter(w.t, HOSTS_ALL);
	hosttable_set_text(w.t, "n6");
	shows(&w, 11 * S, "0");
	hosttable_set_text(w.t, "disk");
	shows(&w, 11 * S, "");
	hosttable_move(w.t, 1);
	assert_false(hosttable_search(w.t, "n6", false));
	hosttable_data(w.t, 5, "disk full\n", 10);
	shows(&w, 11 * S, "5");
	hosttable_set_text(w.t, "DISK");
	shows(&w, 11 * S, "5");
	hosttable_data(w.t, 5, "it", 2);
	shows(&w, 11 * S, "");
	hosttable_data(w.t, 5, " is a disk\n", 11);
	shows(&w, 11 * S, "5");
	hosttable_again(w.t, 5);
	shows(&w, 11 * S, "");
	hosttable_set_text(w.t, "N6");
	shows(&w, 11 * S, "0");
	hosttable_set_text(w.t, "");
	shows(&w, 11 * S, "012345");
	assert_null(hosttable_text(w.t));
	world_release(&w);
}

static void cursor_stays_on_its_host(void **state)
{
	struct world w = world_of(N);

	(void)state;
	hosttable_move(w.t, 1);
	hosttable_set_sort(w.t, HOSTS_BY_NAME);
	hosttable_update(w.t, S);
	assert_int_equal(hosttable_rank(w.t, hosttable_cursor(w.t)), 1);
	assert_true(hosttable_search(w.t, "n1", false));
	assert_int_equal(hosttable_rank(w.t, hosttable_cursor(w.t)), 5);
	assert_true(hosttable_search(w.t, "n", true));
	assert_int_equal(hosttable_rank(w.t, hosttable_cursor(w.t)), 0);
	world_release(&w);
}

static void scrolls_over_many(void **state)
{
	struct world w = world_of(MANY);

	(void)state;
	assert_int_equal(hosttable_top(w.t, 20), 0);
	hosttable_move(w.t, 19);
	assert_int_equal(hosttable_top(w.t, 20), 0);
	hosttable_move(w.t, 1);
	assert_int_equal(hosttable_top(w.t, 20), 1);
	hosttable_move(w.t, MANY);
	assert_int_equal(hosttable_top(w.t, 20), MANY - 20);
	assert_int_equal(hosttable_cursor(w.t), MANY - 1);
	hosttable_move(w.t, -MANY);
	assert_int_equal(hosttable_top(w.t, 20), 0);
	world_release(&w);
}

static void who_is_begun_anew_is_as_at_first(void **state)
{
	struct world w = world_of(N);
	const struct hostrow *row = hosttable_row(w.t, 1);

	(void)state;
	hosttable_phase(w.t, 1, PHASE_RUNNING, S);
	hosttable_data(w.t, 1, "part", 4);
	end(&w, 1, 3, 2 * S);
	assert_int_equal(hosttable_failed(w.t), 1);
	hosttable_again(w.t, 1);
	hosttable_phase(w.t, 1, PHASE_WAITING, 3 * S);
	assert_int_equal(hosttable_failed(w.t), 0);
	assert_int_equal(hosttable_at(w.t, PHASE_WAITING), N);
	assert_int_equal(hosttable_at(w.t, PHASE_DONE), 0);
	assert_null(row->result);
	assert_null(row->line);
	assert_int_equal(hostrow_time_ns(row, 4 * S), 0);
	hosttable_phase(w.t, 1, PHASE_RUNNING, 5 * S);
	hosttable_data(w.t, 1, "new\n", 4);
	assert_memory_equal(row->line->bytes, "new", 3);
	assert_int_equal(hostrow_time_ns(row, 6 * S), S);
	world_release(&w);
}

static void hosts_are_marked(void **state)
{
	struct world w = world_of(N);
	size_t ranks[2];

	(void)state;
	assert_int_equal(hosttable_marked(w.t, ranks, 2), 0);
	for (int i = 0; i < 4; i++) {
		if (i != 1)
			hosttable_mark(w.t);
		hosttable_move(w.t, 1);
	}
	hosttable_set_text(w.t, "n3"); /* that of rank 3 */
	hosttable_update(w.t, 1);
	assert_int_equal(hosttable_marked(w.t, ranks, 2), 3);
	assert_int_equal(ranks[0], 0);
	assert_int_equal(ranks[1], 2);
	assert_true(hosttable_row(w.t, 3)->marked);
	hosttable_mark(w.t);
	assert_false(hosttable_row(w.t, 3)->marked);
	assert_int_equal(hosttable_marked(w.t, NULL, 0), 2);
	hosttable_set_text(w.t, "nobody");
	hosttable_update(w.t, 2);
	hosttable_mark(w.t);
	assert_int_equal(hosttable_marked(w.t, NULL, 0), 2);
	hosttable_unmark(w.t);
	assert_int_equal(hosttable_marked(w.t, ranks, 2), 0);
	assert_false(hosttable_row(w.t, 0)->marked);
	hosttable_set_text(w.t, "n3");
	hosttable_update(w.t, 3);
	hosttable_mark_shown(w.t);
	hosttable_mark_shown(w.t);
	assert_int_equal(hosttable_marked(w.t, ranks, 2), 1);
	hosttable_set_text(w.t, NULL);
	hosttable_update(w.t, 4);
	hosttable_mark_shown(w.t);
	assert_int_equal(hosttable_marked(w.t, ranks, 2), N);
	world_release(&w);
}

static void those_in_sight_have_numbers(void **state)
{
	struct world w = world_of(N);
	size_t rank = 99;

	(void)state;
	assert_false(hosttable_in_sight(w.t, 0, &rank));
	hosttable_move(w.t, 4);
	assert_int_equal(hosttable_top(w.t, 3), 2);
	assert_true(hosttable_in_sight(w.t, 0, &rank));
	assert_int_equal(rank, 2);
	assert_true(hosttable_in_sight(w.t, 2, &rank));
	assert_int_equal(rank, 4);
	assert_false(hosttable_in_sight(w.t, 3, &rank));
	assert_true(hosttable_go(w.t, 1));
	assert_int_equal(hosttable_cursor(w.t), 1);
	hosttable_set_text(w.t, "n1");
	hosttable_update(w.t, 1);
	assert_int_equal(hosttable_top(w.t, 3), 0);
	assert_false(hosttable_in_sight(w.t, 1, &rank));
	assert_false(hosttable_go(w.t, 1));
	assert_int_equal(hosttable_rank(w.t, hosttable_cursor(w.t)), 5);
	world_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(last_line_of_either_stream_is_kept),
		cmocka_unit_test(labels_that_are_cut_differ),
		cmocka_unit_test(counts_are_of_all),
		cmocka_unit_test(sorts_and_filters),
		cmocka_unit_test(cursor_stays_on_its_host),
		cmocka_unit_test(scrolls_over_many),
		cmocka_unit_test(who_is_begun_anew_is_as_at_first),
		cmocka_unit_test(hosts_are_marked),
		cmocka_unit_test(those_in_sight_have_numbers),
	};

	return cmocka_run_group_tests_name("hosttable", tests, NULL, NULL);
}
