/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/progress.h"

#include <time.h>

#include "lib/test.h"

struct row {
	const char *line;
	int want;
};

static void check(struct progress_rules *rules, const struct row *rows,
		  size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int got = progress_find(rules, rows[i].line,
					strlen(rows[i].line));

		if (got != rows[i].want)
			fail_msg("row '%s': %d, not %d", rows[i].line, got,
				 rows[i].want);
	}
}

static void programs_tell_their_progress(void **state)
{
	static const struct row rows[] = {
		/* clang-format off */
		{ "45%", 45 },
		{ "0%", 0 },
		{ "100%", 100 },
		{ "45.7%", 45 },
		{ "99,9 %", 99 },
		{ "done: 7 %.", 7 },
		{ "3/10", 30 },
		{ "[3/10]", 30 },
		{ "item 3 / 10 ready", 30 },
		{ "10/10", 100 },
		{ "0/10", 0 },
		{ "copied 3 of 4", 75 },
		{ "3 out of 4 done", 75 },
		/* apt, dpkg */
		{ "Progress: [ 45%] [#########...........]", 45 },
		{ "Progress: [100%]", 100 },
		{ "(Reading database ... 65%", 65 },
		{ "23% [3 linux-image-6.1 12.3 MB/70.0 MB 17%]", 23 },
		{ "0% [Working]", 0 },
		/* rsync, scp, pv */
		{ "    132,907,008  12%  126.73MB/s    0:00:07", 12 },
		{ "     12.53M   3%    1.20MB/s    0:05:01 (xfr#3, to-chk=91/102)", 3 },
		{ "big.iso                 42%  512MB  50.1MB/s   00:14 ETA", 42 },
		{ "1.2GiB 0:00:12 [ 100MiB/s] [===>      ] 34% ETA 0:00:23", 34 },
		/* curl */
		{ " 45  100M   45 45.0M    0     0  10.2M      0  0:00:09  0:00:04  0:00:05 10.2M", 45 },
		{ "  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0", 0 },
		{ "################                                  23.4%", 23 },
		/* wget */
		{ "debian.iso           57%[==========>         ] 364.00M  11.2MB/s    eta 25s", 57 },
		{ "  3250K .......... .......... .......... .......... .......... 12% 1.21M 19s", 12 },
		/* docker */
		{ "a2abf6c4d29d: Downloading [=====>     ]  7.5MB/30.0MB", 25 },
		{ "a2abf6c4d29d: Extracting [=====>     ]  512kB/2.048MB", 25 },
		{ "Step 3/12 : RUN make", 25 },
		{ "#7 [4/8] RUN apt-get update", 50 },
		/* git, pip, tqdm, ninja, dnf, cargo, yarn */
		{ "Receiving objects:  45% (450/1000), 1.20 MiB | 2.00 MiB/s", 45 },
		{ "     ------------ 12.3/24.6 MB 1.2 MB/s eta 0:00:10", 50 },
		{ " 62%|######2   | 62/100 [00:06<00:03, 10.00it/s]", 62 },
		{ "[123/492] Building C object x.o", 25 },
		{ "[ 62%] Building C object x.o", 62 },
		{ "(2/8): bash-5.1.8-6.el9.x86_64.rpm  1.7 MB", 25 },
		{ "    Building [==>   ] 30/120: serde", 25 },
		{ "[2/4] Fetching packages...", 50 },
		{ "tests/test_a.py ........... [ 37%]", 37 },
		/* clang-format on */
	};
	struct progress_rules *rules = progress_rules_new();

	(void)state;
	check(rules, rows, COUNT(rows));
	progress_rules_free(rules);
	progress_rules_free(NULL);
}

static void other_numbers_are_no_progress(void **state)
{
	static const struct row rows[] = {
		/* clang-format off */
		{ "", -1 },
		{ "nothing", -1 },
		{ "150%", -1 },
		{ "101%", -1 },
		{ "100.1%", -1 },
		{ "1000%", -1 },
		{ "-5%", -1 },
		{ "+5%", -1 },
		{ "100%d", -1 },
		{ "a%20b", -1 },
		{ "7/0", -1 },
		{ "0/0", -1 },
		{ "24/7", -1 },
		{ "2024/11/30", -1 },
		{ "2024/11/30 12:00:01 started", -1 },
		{ "30/11/2024", -1 },
		{ "1.2/3.4", -1 },
		{ "version 1.2/3", -1 },
		{ "libfoo-1/2", -1 },
		{ "10.0.0.0/24", -1 },
		{ "fe80::1/64", -1 },
		{ "/dev/1/2", -1 },
		{ "eth0/1", -1 },
		{ "1/2-rc1", -1 },
		{ "1/2x", -1 },
		{ "1/2.5", -1 },
		{ "a 3/4/5 b", -1 },
		{ "5 of 4", -1 },
		{ "12345678901/12345678902", -1 },
		/* clang-format on */
	};
	struct progress_rules *rules = progress_rules_new();

	(void)state;
	check(rules, rows, COUNT(rows));
	progress_rules_free(rules);
}

/* Without the NUL. */
static void lay(char *line, size_t at, const char *text)
{
	for (size_t i = 0; text[i]; i++)
		line[at + i] = text[i];
}

static void only_the_end_of_a_long_line_counts(void **state)
{
	struct progress_rules *rules = progress_rules_new();
	char line[2001];

	(void)state;
	memset(line, '=', 2000);
	lay(line, 0, "45%");
	assert_int_equal(progress_find(rules, line, 2000), -1);
	lay(line, 1990, " 46%");
	assert_int_equal(progress_find(rules, line, 2000), 46);
	/* Where the cut goes through a number it is none. */
	memset(line, '=', 2000);
	lay(line, 2000 - PROGRESS_LOOK - 1, "145% ");
	assert_int_equal(progress_find(rules, line, 2000), -1);
	progress_rules_free(rules);
}

static void own_patterns_come_first(void **state)
{
	static const struct row rows[] = {
		/* clang-format off */
		{ "phase 3 (7%)", 3 },
		{ "phase 300 (7%)", 7 }, /* more than all: the next */
		{ "left: 25 percent, 3/4", 25 },
		{ "3/4", 75 },
		/* clang-format on */
	};
	struct progress_rules *rules = progress_rules_new();

	(void)state;
	assert_int_equal(
		progress_rules_add(rules, "phase (?<percent>\\d+)", NULL), 0);
	assert_int_equal(
		progress_rules_add(rules, "(?<percent>\\d+) percent", NULL), 0);
	check(rules, rows, COUNT(rows));
	progress_rules_free(rules);
}

static void bad_patterns_are_refused(void **state)
{
	static const char *const rows[][2] = {
		/* clang-format off */
		{ "(", "bad pattern '(' at column 2: missing closing parenthesis" },
		{ "\\d+%", "the pattern needs a group '(?<percent>...)', or '(?<done>...)' and '(?<total>...)', among its first 8 groups" },
		{ "(?<done>\\d+)", "the pattern needs a group '(?<percent>...)', or '(?<done>...)' and '(?<total>...)', among its first 8 groups" },
		/* clang-format on */
	};
	struct progress_rules *rules = progress_rules_new();
	struct err err = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(progress_check(rows[i][0], &err), -1);
		assert_string_equal(err.msg, rows[i][1]);
		err_release(&err);
		assert_int_equal(progress_rules_add(rules, rows[i][0], NULL),
				 -1);
	}
	for (int i = 0; i < PROGRESS_RULES_MAX; i++)
		assert_int_equal(
			progress_rules_add(rules, "(?<percent>x)", NULL), 0);
	assert_int_equal(progress_rules_add(rules, "(?<percent>x)", &err), -1);
	assert_string_equal(err.msg, "more than 64 patterns");
	err_release(&err);
	progress_rules_free(rules);
}

/* Each of them alone would take minutes without limits. */
static void costly_patterns_are_put_aside(void **state)
{
	struct progress_rules *rules = progress_rules_new();
	char line[PROGRESS_LOOK + 1];
	clock_t before;

	(void)state;
	memset(line, 'a', PROGRESS_LOOK);
	line[PROGRESS_LOOK] = '\0';
	for (int i = 0; i < 8; i++)
		assert_int_equal(progress_rules_add(rules,
						    "(?:a+)+(?<percent>[bc])",
						    NULL),
				 0);
	for (int i = 0; i < 8; i++)
		assert_int_equal(progress_find(rules, line, PROGRESS_LOOK), -1);
	before = clock();
	for (int i = 0; i < 4000; i++)
		assert_int_equal(progress_find(rules, line, PROGRESS_LOOK), -1);
	/* With them it would be minutes. */
	assert_true(clock() - before < 5 * CLOCKS_PER_SEC);
	progress_rules_free(rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_tell_their_progress),
		cmocka_unit_test(other_numbers_are_no_progress),
		cmocka_unit_test(only_the_end_of_a_long_line_counts),
		cmocka_unit_test(own_patterns_come_first),
		cmocka_unit_test(bad_patterns_are_refused),
		cmocka_unit_test(costly_patterns_are_put_aside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
