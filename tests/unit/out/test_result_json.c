/* SPDX-License-Identifier: Apache-2.0 */
#include "out/result_json.h"

#include "lib/test.h"

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
		cmocka_unit_test(all_bits_of_a_status_and_hostile_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
