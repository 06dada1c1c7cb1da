/* SPDX-License-Identifier: Apache-2.0 */
#include "out/result_json.h"

#include "lib/test.h"

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
		ROW(!strcmp(result_json_class(&rows[i].result), rows[i].class),
		    rows[i].class);
}

static void all_bits_of_a_status_and_hostile_names(void **state)
{
	static char name[] = "n\"\033\xff";
	const struct target t = { .name = name, .rank = 7 };
	const struct result r = { .outcome = OUTCOME_EXIT,
				  .status = 4294967295u,
				  .attempts = 2,
				  .start_ns = 1,
				  .end_ns = 2000001,
				  .bytes_out = UINT64_MAX };
	struct strbuf sb = STRBUF_INIT(1000);

	(void)state;
	result_json(&sb, &t, &r);
	assert_string_equal(
		sb.buf,
		"\"host\":\"n\\\"\\u001b\xef\xbf\xbd\",\"index\":7,"
		"\"class\":\"exit\",\"status\":4294967295,\"signal\":null,"
		"\"error\":null,\"value\":255,\"attempts\":2,\"ms\":2,\"connect_ms\":null,\"exchange_ms\":null,\"login_ms\":null,"
		"\"stdout_bytes\":18446744073709551615,\"stderr_bytes\":0");
	strbuf_release(&sb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_end_has_a_word),
		cmocka_unit_test(all_bits_of_a_status_and_hostile_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
