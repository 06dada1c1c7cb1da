/* SPDX-License-Identifier: Apache-2.0 */
/* A line of known_hosts. */
#include "lib/test.h"

#include "conf/khline.h"

#include "base/banned.h"

#define ED                                                                     \
	"AAAAC3NzaC1lZDI1NTE5AAAAIOIhh4m0mQ4pFTl1oFZ0sAHs2eLhd6SlZsLh0gOe5Zzr"
#define KEY "ssh-ed25519 " ED

static void lines_are_read_or_told_to_make_no_sense(void **state)
{
	static const struct {
		const char *text;
		int rc;
		const char *hosts; /* "": no line, or a hashed one */
		enum khline_marker marker;
		bool some;
	} rows[] = {
		/* clang-format off */
		{ "",                               0, "",      KHLINE_PLAIN,   false },
		{ " \t\r",                          0, "",      KHLINE_PLAIN,   false },
		{ "  # h " KEY,                     0, "",      KHLINE_PLAIN,   false },
		{ "Host,[B]:22 " KEY,               0, "host,[b]:22", KHLINE_PLAIN, true },
		{ "\t h  " KEY " a comment\r",      0, "h",     KHLINE_PLAIN,   true },
		{ "@revoked h " KEY,                0, "h",     KHLINE_REVOKED, true },
		{ "@cert-authority *.x " KEY,       0, "*.x",   KHLINE_CA,      true },
		{ "|1|AAAAAAAAAAAAAAAAAAAAAAAAAAA=|AAAAAAAAAAAAAAAAAAAAAAAAAAA= " KEY,
		                                    0, "",      KHLINE_PLAIN,   true },
		{ "|1|AAAA|AAAA " KEY,             -1, "",      KHLINE_PLAIN,   false },
		{ "|2|x " KEY,                     -1, "",      KHLINE_PLAIN,   false },
		{ "@other h " KEY,                 -1, "",      KHLINE_PLAIN,   false },
		{ "h",                             -1, "",      KHLINE_PLAIN,   false },
		{ "h ssh-ed25519",                 -1, "",      KHLINE_PLAIN,   false },
		{ "h ssh-ed25519 A!",              -1, "",      KHLINE_PLAIN,   false },
		{ "h ssh-rsa " ED,                 -1, "",      KHLINE_PLAIN,   false },
		{ "h no-type " ED,                 -1, "",      KHLINE_PLAIN,   false },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct khline *line = NULL;
		int rc = khline_read(rows[i].text, strlen(rows[i].text), &line);

		ROW(rc == rows[i].rc, rows[i].text);
		ROW(!line != rows[i].some, rows[i].text);
		if (!line)
			continue;
		ROW(line->marker == rows[i].marker, rows[i].text);
		ROW(!strcmp(line->hosts ? line->hosts : "", rows[i].hosts),
		    rows[i].text);
		assert_string_equal(khline_type_name(line->type),
				    "ssh-ed25519");
		khline_free(line);
	}
}

static void a_type_is_known_by_name_and_by_key(void **state)
{
	static const unsigned char blob[] = { 0,   0,	0,   7,	  's', 's',
					      'h', '-', 'd', 's', 's', 1 };

	(void)state;
	for (size_t i = 0; i < KHLINE_TYPES; i++)
		assert_int_equal(khline_type(khline_type_name(i)), i);
	assert_int_equal(khline_type("ssh"), KHLINE_TYPES);
	assert_int_equal(khline_blob_type(blob, sizeof(blob)),
			 khline_type("ssh-dss"));
	assert_int_equal(khline_blob_type(blob, 10), KHLINE_TYPES);
	assert_int_equal(khline_blob_type(blob, 3), KHLINE_TYPES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_read_or_told_to_make_no_sense),
		cmocka_unit_test(a_type_is_known_by_name_and_by_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
