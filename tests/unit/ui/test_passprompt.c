/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/passprompt.h"

#include "lib/test.h"

static const struct row {
	const char *line;
	bool asks;
} rows[] = {
	{ "[sudo] password for adm: ", true },
	{ "Password:", true },
	{ "adm@n1's password: ", true },
	{ "Enter passphrase for key '/home/me/.ssh/id': ", true },
	{ "[sudo] Passwort f\xc3\xbcr adm: ", true },
	{ "Has\xc5\x82o: ", true },
	{ "Verification code: ", true },
	{ "Enter PIN for token: ", true },
	{ "[sudo] password for adm: ***", true },
	{ "Password: \xe2\x80\xa2\xe2\x97\x8f", true },
	{ "", false },
	{ "**", false },
	{ "    ", false },
	{ "$ ", false },
	{ "$ echo password", false },
	{ "password: ****** ", false },
	{ "Continue (y/n): ", false },
};

static void lines_that_ask_for_a_password(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		ROW(passprompt_is(rows[i].line, strlen(rows[i].line)) ==
			    rows[i].asks,
		    rows[i].line);
	/* No byte behind the end is looked at. */
	assert_false(passprompt_is("password:", 8));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_that_ask_for_a_password),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
