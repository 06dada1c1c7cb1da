/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/rshvars.h"

#include "lib/test.h"

static const char *get(void *arg, const char *name)
{
	static const struct {
		const char *name, *value;
	} set[] = {
		{ "USER", "alice" },
		{ "A_1", "one" },
		{ "EMPTY", "" },
		{ "DOLLAR", "${USER}" },
		{ "UTF8", "b\303\274cher" },
	};

	(void)arg;
	for (size_t i = 0; i < COUNT(set); i++)
		if (strcmp(set[i].name, name) == 0)
			return set[i].value;
	return NULL;
}

static void variables_are_replaced(void **state)
{
	static const struct {
		const char *in, *out;
		int rc;
	} rows[] = {
		/* clang-format off */
		{ "", "", 0 },
		{ "plain", "plain", 0 },
		{ "${USER}", "alice", 0 },
		{ "$USER", "alice", 0 },
		{ "a${USER}b${A_1}c", "aalicebonec", 0 },
		{ "$USER@h.$A_1", "alice@h.one", 0 },
		{ "$USERX", "the variable 'USERX' is not set; set it, or write ${USERX:-text}", 1 },
		{ "${NOPE}", "the variable 'NOPE' is not set; set it, or write ${NOPE:-text}", 1 },
		{ "${NOPE:-text}", "text", 0 },
		{ "${NOPE:-}", "", 0 },
		{ "${NOPE:-a:-b}", "a:-b", 0 },
		{ "${USER:-text}", "alice", 0 },
		{ "${EMPTY}", "", 0 },
		{ "${EMPTY:-text}", "text", 0 },
		{ "${NOPE:-${USER}}", "${USER}", 0 },
		{ "${DOLLAR}", "${USER}", 0 },
		{ "${UTF8}", "b\303\274cher", 0 },
		{ "$$", "$", 0 },
		{ "$$USER", "$USER", 0 },
		{ "$$${USER}", "$alice", 0 },
		{ "]$ ", "]$ ", 0 },
		{ "$", "$", 0 },
		{ "$1", "$1", 0 },
		{ "$-", "$-", 0 },
		{ "${USER", "'${' has no '}'", -1 },
		{ "${}", "bad '${}': expected ${NAME} or ${NAME:-text}", -1 },
		{ "${1}", "bad '${1}': expected ${NAME} or ${NAME:-text}", -1 },
		{ "${US ER}", "bad '${US ER}': expected ${NAME} or ${NAME:-text}", -1 },
		{ "${USER-x}", "bad '${USER-x}': expected ${NAME} or ${NAME:-text}", -1 },
		{ "${USER:x}", "bad '${USER:x}': expected ${NAME} or ${NAME:-text}", -1 },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf out = STRBUF_INIT(1000);
		struct err err = { 0 };
		int rc = rshvars_expand(rows[i].in, get, NULL, &out, &err);

		ROW(rc == rows[i].rc, rows[i].in);
		ROW(strcmp(rc ? err.msg : out.buf, rows[i].out) == 0,
		    rows[i].in);
		strbuf_release(&out);
		err_release(&err);
	}
}

static void a_value_that_is_too_long_is_refused(void **state)
{
	static const char *const rows[] = { "123456789", "${USER}${USER}",
					    "${NOPE:-123456789}",
					    "12345678$$" };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf out = STRBUF_INIT(8);
		struct err err = { 0 };

		ROW(rshvars_expand(rows[i], get, NULL, &out, &err) == -1,
		    rows[i]);
		ROW(strcmp(err.msg, "the value is longer than 8 bytes") == 0,
		    rows[i]);
		strbuf_release(&out);
		err_release(&err);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(variables_are_replaced),
		cmocka_unit_test(a_value_that_is_too_long_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
