/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/typed.h"

#include "lib/test.h"

/* What is typed, and what is made of it: keys in brackets. */
static const struct row {
	const char *name;
	int prefix;
	const char *typed, *heard;
} rows[] = {
	/* clang-format off */
	{ "plain",                0x1d, "ls -l\r",              "ls -l\r" },
	{ "controls",             0x1d, "\003\032\034\004\177", "\003\032\034\004\177" },
	{ "a cursor key",         0x1d, "a\033[Ab",             "a[up]b" },
	{ "of the other mode",    0x1d, "\033OB\033OC\033OD",   "[down][right][left]" },
	{ "home of three",        0x1d, "\033[H\033[1~\033[7~", "[home][home][home]" },
	{ "end",                  0x1d, "\033OF\033[4~\033[8~", "[end][end][end]" },
	{ "the others",           0x1d, "\033[2~\033[3~\033[5~\033[6~", "[insert][delete][pageup][pagedown]" },
	{ "with a modifier",      0x1d, "\033[1;5C",            "\033[1;5C" },
	{ "a function key",       0x1d, "\033OP\033[15~",       "\033OP\033[15~" },
	{ "Alt",                  0x1d, "\033b\033\033[A",      "\033b\033[up]" },
	{ "Escape, and a line",   0x1d, "\033:wq\r",            "\033:wq\r" },
	{ "Escape at the end",    0x1d, "i\033",                "i\033" },
	{ "half a key",           0x1d, "\033[2",               "\033[2" },
	{ "the prefix",           0x1d, "a\035b",               "a[prefix]b" },
	{ "after Escape",         0x1d, "\033\035",             "\033[prefix]" },
	{ "another prefix",       1,    "\035\001",             "\035[prefix]" },
	{ "a high one",           0xff, "\377",                 "[prefix]" },
	{ "none",                 -1,   "\035\001",             "\035\001" },
	{ "a paste",              0x1d, "\033[200~a\r\035\033[Ab\033[201~c", "[paste]a\r\035\033[Ab[pasted]c" },
	{ "UTF-8",                0x1d, "\xc3\xa9\xe4\xb8\xad", "\xc3\xa9\xe4\xb8\xad" },
	/* clang-format on */
};

static const char *const names[PANE_NKEYS] = {
	"up",	  "down",   "right",  "left",	  "home",  "end",
	"insert", "delete", "pageup", "pagedown", "paste", "pasted",
};

static void add(struct strbuf *out, const struct typed_event *e)
{
	switch (e->kind) {
	case TYPED_NONE:
		break;
	case TYPED_BYTES:
		assert_true(e->n);
		strbuf_add(out, e->bytes, e->n);
		break;
	case TYPED_KEY:
		strbuf_addf(out, "[%s]", names[e->key]);
		break;
	case TYPED_PREFIX:
		strbuf_addstr(out, "[prefix]");
		break;
	}
}

static char *hear(const struct row *row, size_t piece)
{
	struct strbuf out = STRBUF_INIT(STRBUF_MAX_TEXT);
	size_t n = strlen(row->typed);
	struct typed_event e;
	struct typed t;

	typed_init(&t, row->prefix);
	for (size_t i = 0; i < n; i += piece) {
		const char *buf = row->typed + i;
		size_t left = n - i < piece ? n - i : piece;

		do {
			size_t taken = typed_next(&t, buf, left, &e);

			assert_true(taken <= left);
			buf += taken;
			left -= taken;
			add(&out, &e);
		} while (e.kind != TYPED_NONE);
		assert_int_equal(left, 0);
	}
	if (typed_holding(&t)) {
		typed_flush(&t, &e);
		add(&out, &e);
	}
	assert_false(typed_holding(&t));
	return strbuf_detach(&out, NULL);
}

static void test_all(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (size_t piece = 1; piece < 40; piece++) {
			char *heard = hear(&rows[i], piece);

			if (strcmp(heard, rows[i].heard) != 0)
				fail_msg("'%s' in pieces of %zu: '%s'",
					 rows[i].name, piece, heard);
			free(heard);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
