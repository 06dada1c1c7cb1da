/* SPDX-License-Identifier: Apache-2.0 */
#include "model/result.h"

#include "lib/test.h"

#define EXITED(n)                                                              \
	{                                                                      \
		.outcome = OUTCOME_EXIT, .status = (n)                         \
	}
#define KILLED(name)                                                           \
	{                                                                      \
		.outcome = OUTCOME_SIGNAL, .signal = (name)                    \
	}
#define FAILED(class)                                                          \
	{                                                                      \
		.outcome = OUTCOME_ERROR, .err = {.code = (class) }            \
	}
#define PLAIN(kind)                                                            \
	{                                                                      \
		.outcome = (kind)                                              \
	}

static void each_end_has_its_value_and_class(void **state)
{
	static const struct {
		struct result r;
		int value, one;
		const char *class;
	} rows[] = {
		/* clang-format off */
		{ EXITED(0),                  0,   0,   "ok"             },
		{ EXITED(3),                  3,   3,   "exit 3"         },
		{ EXITED(255),                255, 255, "exit 255"       },
		{ EXITED(256),                255, 0,   "exit 256"       },
		{ EXITED(4294967295u),        255, 255, "exit 4294967295" },
		{ KILLED("KILL"),             137, 255, "signal KILL"    },
		{ KILLED("SEGV"),             139, 255, "signal SEGV"    },
		{ KILLED("unknown"),          255, 255, "signal unknown" },
		{ PLAIN(OUTCOME_NO_STATUS),   255, 255, "no exit status" },
		{ FAILED(ERR_TIMEOUT),        124, 124, "timeout"        },
		{ FAILED(ERR_RESOLVE),        255, 255, "resolve"        },
		{ FAILED(ERR_CONNECT),        255, 255, "connect"        },
		{ FAILED(ERR_PROTOCOL),       255, 255, "protocol"       },
		{ FAILED(ERR_HOSTKEY),        255, 255, "hostkey"        },
		{ FAILED(ERR_AUTH),           255, 255, "auth"           },
		{ FAILED(ERR_CHANNEL),        255, 255, "channel"        },
		{ FAILED(ERR_LOST),           255, 255, "lost"           },
		{ FAILED(ERR_LOCAL),          255, 255, "local"          },
		{ PLAIN(OUTCOME_CANCELLED),   130, 130, "cancelled"      },
		{ PLAIN(OUTCOME_SKIPPED),     130, 255, "skipped"        },
		{ PLAIN(OUTCOME_NONE),        255, 255, "unfinished"     },
		/* clang-format on */
	};
	char buf[48];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		ROW(result_value(&rows[i].r) == rows[i].value, rows[i].class);
		ROW(exit_code(EXIT_ONE, &rows[i].r, 1, 0) == rows[i].one,
		    rows[i].class);
		assert_string_equal(result_class(&rows[i].r, buf, sizeof(buf)),
				    rows[i].class);
		ROW(result_ok(&rows[i].r) == (i == 0), rows[i].class);
	}
}

/* main rank, the others, and what each policy makes of it */
static void policies_weigh_main_rank_and_others(void **state)
{
	static const struct {
		const char *name;
		struct result main, other;
		int main_rank, all, check, max, pdsh;
	} rows[] = {
		/* clang-format off */
		{ "both well",       EXITED(0), EXITED(0),           0,   0, 0,   0,   0 },
		{ "main 3 other 5",  EXITED(3), EXITED(5),           3,   1, 3,   5,   0 },
		{ "main 0 other 5",  EXITED(0), EXITED(5),           0,   1, 1,   5,   0 },
		{ "main 7 other 0",  EXITED(7), EXITED(0),           7,   1, 7,   7,   0 },
		{ "other unreached", EXITED(0), FAILED(ERR_CONNECT), 0,   1, 1,   255, 0 },
		{ "other timed out", EXITED(0), FAILED(ERR_TIMEOUT), 0,   1, 1,   124, 0 },
		{ "other killed",    EXITED(0), KILLED("TERM"),      0,   1, 1,   143, 0 },
		{ "main no status",  PLAIN(OUTCOME_NO_STATUS), EXITED(0), 255, 1, 255, 255, 0 },
		{ "other 256",       EXITED(0), EXITED(256),         0,   1, 1,   255, 0 },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		/* the main rank is the second, so that ranks matter */
		const struct result v[] = { rows[i].other, rows[i].main };

		ROW(exit_code(EXIT_MAIN_RANK, v, 2, 1) == rows[i].main_rank,
		    rows[i].name);
		ROW(exit_code(EXIT_ALL, v, 2, 1) == rows[i].all, rows[i].name);
		ROW(exit_code(EXIT_CHECK, v, 2, 1) == rows[i].check,
		    rows[i].name);
		ROW(exit_code(EXIT_MAX, v, 2, 1) == rows[i].max, rows[i].name);
		ROW(exit_code(EXIT_PDSH, v, 2, 1) == rows[i].pdsh,
		    rows[i].name);
		/* The one in which they differ. */
		ROW(exit_code(EXIT_PDSH_S, v, 2, 1) ==
			    (rows[i].max == 124 ? 254 : rows[i].max),
		    rows[i].name);
	}
}

static void ping_tells_all_some_or_none(void **state)
{
	const struct result ok = { .outcome = OUTCOME_EXIT };
	const struct result bad = { .outcome = OUTCOME_ERROR };
	const struct result both[] = { bad, ok, bad };
	const struct result all[] = { ok, ok };
	const struct result none[] = { bad, bad };

	(void)state;
	assert_int_equal(exit_code(EXIT_PING, all, 2, 0), 0);
	assert_int_equal(exit_code(EXIT_PING, both, 3, 0), 1);
	assert_int_equal(exit_code(EXIT_PING, both, 3, 1), 1);
	assert_int_equal(exit_code(EXIT_PING, none, 2, 0), 255);
}

static void steps_are_timed_as_far_as_they_came(void **state)
{
	const struct result r = { .reached_ns = { 100, 250, 900 } };

	(void)state;
	assert_int_equal(result_step_ns(&r, REACHED_HOST), 150);
	assert_int_equal(result_step_ns(&r, REACHED_KEYS), 650);
	assert_int_equal(result_step_ns(&r, REACHED_LOGIN), -1);
}

static void nothing_run_is_a_failure(void **state)
{
	(void)state;
	assert_int_equal(exit_code(EXIT_ALL, NULL, 0, 0), 255);
}

static void signals_are_from_a_fixed_list(void **state)
{
	(void)state;
	assert_int_equal(signal_number("TERM"), 15);
	assert_int_equal(signal_number("TERM\033[2J"), 0);
	assert_string_equal(signal_name_known("HUP"), "HUP");
	assert_string_equal(signal_name_known("\033]0;x"), "unknown");
	assert_string_equal(signal_name_of(9), "KILL");
	assert_string_equal(signal_name_of(12345), "unknown");
}

static void each_end_has_a_word(void **state)
{
	static const struct {
		struct result result;
		const char *class;
	} rows[] = {
		{ { .outcome = OUTCOME_EXIT }, "ok" },
		{ { .outcome = OUTCOME_EXIT, .status = 1 }, "exit" },
		{ { .outcome = OUTCOME_EXIT, .status = 256 }, "exit" },
		{ { .outcome = OUTCOME_SIGNAL, .signal = "KILL" }, "signal" },
		{ { .outcome = OUTCOME_NO_STATUS }, "no-status" },
		{ { .outcome = OUTCOME_ERROR, .err.code = ERR_RESOLVE },
		  "resolve" },
		{ { .outcome = OUTCOME_ERROR, .err.code = ERR_TIMEOUT },
		  "timeout" },
		{ { .outcome = OUTCOME_CANCELLED }, "cancelled" },
		{ { .outcome = OUTCOME_SKIPPED }, "skipped" },
		{ { .outcome = OUTCOME_NONE }, "unfinished" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		ROW(!strcmp(result_word(&rows[i].result), rows[i].class),
		    rows[i].class);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_end_has_a_word),
		cmocka_unit_test(each_end_has_its_value_and_class),
		cmocka_unit_test(policies_weigh_main_rank_and_others),
		cmocka_unit_test(ping_tells_all_some_or_none),
		cmocka_unit_test(steps_are_timed_as_far_as_they_came),
		cmocka_unit_test(nothing_run_is_a_failure),
		cmocka_unit_test(signals_are_from_a_fixed_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
