/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include "lib/test.h"

#include "base/strbuf.h"

static void strings_are_escaped(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *want; /* NULL: no UTF-8 */
		const char *mended;
	} rows[] = {
		/* clang-format off */
		{ "", 0, "\"\"", NULL },
		{ "plain text of more than eight bytes", 35,
		  "\"plain text of more than eight bytes\"", NULL },
		{ "say \"hi\"", 8, "\"say \\\"hi\\\"\"", NULL },
		{ "12345678\\9", 10, "\"12345678\\\\9\"", NULL },
		{ "a\tb\r\n", 5, "\"a\\tb\\r\\n\"", NULL },
		{ "\b\f\x01\x1f\x7f", 5, "\"\\b\\f\\u0001\\u001f\\u007f\"", NULL },
		{ "a\033[31mred", 9, "\"a\\u001b[31mred\"", NULL },
		{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 9,
		  "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"", NULL },
		{ "\xc2\x9b", 2, "\"\\u009b\"", NULL }, /* C1 */
		{ "\xc2\xa0", 2, "\"\xc2\xa0\"", NULL },
		{ "ok then \xff!", 10, NULL, "\"ok then \xef\xbf\xbd!\"" },
		{ "\xc3", 1, NULL, "\"\xef\xbf\xbd\"" },
		{ "\xed\xa0\x80", 3, NULL, /* a surrogate */
		  "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "\xc0\x80", 2, NULL, "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "\x80", 1, NULL, "\"\xef\xbf\xbd\"" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf sb = STRBUF_INIT(1000);
		int rc;

		strbuf_addch(&sb, '"');
		rc = json_escape(&sb, rows[i].bytes, rows[i].n);
		ROW(rc == (rows[i].want ? 0 : -1), rows[i].bytes);
		if (rows[i].want)
			strbuf_addch(&sb, '"');
		ROW(!strcmp(sb.buf, rows[i].want ? rows[i].want : "\""),
		    rows[i].bytes);
		strbuf_reset(&sb);
		json_text(&sb, rows[i].bytes);
		ROW(!strcmp(sb.buf,
			    rows[i].want ? rows[i].want : rows[i].mended),
		    rows[i].bytes);
		strbuf_release(&sb);
	}
}

/* Each byte at each place in a word. */
static void no_byte_slips_through(void **state)
{
	(void)state;
	for (unsigned int c = 0; c < 256; c++) {
		for (size_t at = 0; at < 17; at++) {
			struct strbuf sb = STRBUF_INIT(1000);
			char text[17];
			bool plain =
				c >= ' ' && c < 0x7f && c != '"' && c != '\\';

			memset(text, 'x', sizeof(text));
			text[at] = (char)c;
			assert_int_equal(json_escape(&sb, text, sizeof(text)),
					 c < 0x80 ? 0 : -1);
			if (plain)
				assert_int_equal(sb.len, sizeof(text));
			else if (c < 0x80)
				assert_int_equal(sb.buf[at], '\\');
			strbuf_release(&sb);
		}
	}
}

static void control_bytes_have_their_code(void **state)
{
	(void)state;
	for (unsigned int c = 0; c < 0xa0; c++) {
		struct strbuf sb = STRBUF_INIT(100);
		const char c1[] = { (char)0xc2, (char)c };
		char want[9];

		if (strchr("\b\f\n\r\t", (int)c) && c)
			continue;
		if (c >= ' ' && c < 0x7f)
			continue;
		(void)snprintf(want, sizeof(want), "\\u%04x", c);
		assert_int_equal(json_escape(&sb, c < 0x80 ? c1 + 1 : c1,
					     c < 0x80 ? 1 : 2),
				 0);
		assert_string_equal(sb.buf, want);
		strbuf_release(&sb);
	}
}

static void bytes_become_base64(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *want;
	} rows[] = {
		{ "", 0, "\"\"" },
		{ "f", 1, "\"Zg==\"" },
		{ "fo", 2, "\"Zm8=\"" },
		{ "foo", 3, "\"Zm9v\"" },
		{ "foob", 4, "\"Zm9vYg==\"" },
		{ "\0\xff\xfe", 3, "\"AP/+\"" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf sb = STRBUF_INIT(100);

		json_base64(&sb, rows[i].bytes, rows[i].n);
		ROW(!strcmp(sb.buf, rows[i].want), rows[i].want);
		strbuf_release(&sb);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_are_escaped),
		cmocka_unit_test(no_byte_slips_through),
		cmocka_unit_test(control_bytes_have_their_code),
		cmocka_unit_test(bytes_become_base64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
