/* SPDX-License-Identifier: Apache-2.0 */
#include "base/anycase.h"

#include "lib/test.h"

#include <locale.h>

static void letters_are_found_whatever_their_case(void **state)
{
	static const struct {
		const char *text, *sought;
		size_t at, len;
	} rows[] = {
		/* clang-format off */
		{ "one Two", "tWO", 4, 3 },
		{ "one Two", "x", SIZE_MAX, 0 },
		{ "aab", "ab", 1, 2 },
		{ "ababAC", "abac", 2, 4 },
		{ "\342\204\252elvin", "k", 0, 3 }, /* the sign of Kelvin */
		{ "", "a", SIZE_MAX, 0 },
		{ "ab", "abc", SIZE_MAX, 0 },
		{ "R\303\204TSEL", "\303\244t", 1, 3 },
		{ "gr\303\274\303\237e", "GR\303\234", 0, 4 },
		{ "\320\234\320\230\320\240", "\320\274\320\270\321\200", 0, 6 },
		/* of three bytes, its small letter of two */
		{ "x\341\272\236y", "\303\237Y", 1, 4 },
		/* half a character is none */
		{ "\303\244", "\244", SIZE_MAX, 0 },
		{ "a\244b", "\244B", 1, 2 },
		{ "\303", "\303", 0, 1 },
		{ "\355\240\200", "\240", 1, 1 },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf folded = STRBUF_INIT(STRBUF_MAX_TEXT);
		size_t len = 0;
		size_t at;

		anycase_fold(&folded, rows[i].sought, strlen(rows[i].sought));
		at = anycase_find(rows[i].text, strlen(rows[i].text),
				  folded.buf, &len);
		ROW(at == rows[i].at && len == rows[i].len, rows[i].sought);
		strbuf_release(&folded);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters_are_found_whatever_their_case),
	};

	if (!setlocale(LC_ALL, "C.UTF-8"))
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
