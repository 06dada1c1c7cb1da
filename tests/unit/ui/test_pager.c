/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/pager.h"

#include "base/gettext.h"
#include "lib/test.h"

#include <locale.h>

/* Lines in memory; the first byte '!' makes it one of stderr. */
struct text {
	const char *lines[64];
	uint64_t n;
	uint64_t broken; /* cannot be read; UINT64_MAX: none */
	uint64_t many;	 /* that many lines of their number instead */
};

static uint64_t text_lines(void *arg)
{
	const struct text *t = arg;

	return t->many ? t->many : t->n;
}

static int text_read(void *arg, uint64_t number, struct strbuf *bytes,
		     enum pager_kind *kind, struct err *err)
{
	const struct text *t = arg;

	assert_true(number < text_lines(arg));
	if (number == t->broken)
		return err_set(err, ERR_LOCAL, _("cannot read it"));
	*kind = PAGER_PLAIN;
	if (t->many) {
		(void)strbuf_addf(bytes, "line %llu",
				  (unsigned long long)number);
		return 0;
	}
	if (*t->lines[number] == '!')
		*kind = PAGER_ERROR;
	(void)strbuf_addstr(bytes, t->lines[number]);
	return 0;
}

static const struct pager_source source = { .lines = text_lines,
					    .read = text_read };

static void add_row(void *arg, const struct pager_row *row)
{
	struct strbuf *out = arg;

	(void)strbuf_addf(out, "%s%zu:%llu:%s", row->row ? "|" : "", row->row,
			  (unsigned long long)row->number,
			  row->kind == PAGER_ERROR ? "e:" : "");
	for (size_t i = row->from; i < row->to; i++) {
		if (i == row->match_from && row->match_to > i)
			(void)strbuf_addch(out, '<');
		(void)strbuf_add(out,
				 row->line->text.buf + row->line->cells[i].at,
				 row->line->cells[i].len);
		if (i + 1 == row->match_to)
			(void)strbuf_addch(out, '>');
	}
}

static void is(struct pager *p, const char *want)
{
	struct strbuf out = STRBUF_INIT(STRBUF_MAX_TEXT);

	assert_int_equal(pager_draw(p, add_row, &out, NULL), 0);
	assert_string_equal(out.buf, want);
	strbuf_release(&out);
}

static void rows_wrap_and_scroll(void **state)
{
	struct text t = { .lines = { "one", "abcdefghij", "", "!three", "x" },
			  .n = 5,
			  .broken = UINT64_MAX };
	struct pager p;

	(void)state;
	pager_init(&p, &source, &t);
	pager_size(&p, 3, 4);
	is(&p, "0:0:one|1:1:abcd|2:1:efgh");
	pager_scroll(&p, 1);
	is(&p, "0:1:abcd|1:1:efgh|2:1:ij");
	pager_scroll(&p, 2);
	is(&p, "0:1:ij|1:2:|2:3:e:!thr");
	pager_scroll(&p, 100);
	is(&p, "0:3:e:!thr|1:3:e:ee|2:4:x");
	assert_false(p.follow);
	pager_scroll(&p, -3);
	is(&p, "0:1:efgh|1:1:ij|2:2:");
	pager_scroll(&p, -100);
	is(&p, "0:0:one|1:1:abcd|2:1:efgh");
	/* The row that was first stays, as far as rows are the same. */
	pager_scroll(&p, 3);
	pager_size(&p, 2, 6);
	is(&p, "0:1:ghij|1:2:");
	pager_size(&p, 20, 80);
	is(&p, "0:0:one|1:1:abcdefghij|2:2:|3:3:e:!three|4:4:x");
	pager_release(&p);
	pager_release(&p);
}

static void the_end_is_followed(void **state)
{
	struct text t = { .lines = { "one", "two", "three", "four", "fi" },
			  .n = 3,
			  .broken = UINT64_MAX };
	struct pager p;

	(void)state;
	pager_init(&p, &source, &t);
	pager_size(&p, 2, 20);
	pager_end(&p);
	is(&p, "0:1:two|1:2:three");
	t.n = 5;
	is(&p, "0:3:four|1:4:fi");
	t.lines[4] = "five";
	is(&p, "0:3:four|1:4:five");
	pager_scroll(&p, 1);
	assert_true(p.follow);
	pager_scroll(&p, -1);
	assert_false(p.follow);
	is(&p, "0:2:three|1:3:four");
	pager_home(&p);
	is(&p, "0:0:one|1:1:two");
	/* Another one, shorter than what was seen. */
	pager_scroll(&p, 3);
	t.n = 1;
	is(&p, "0:0:one");
	t.n = 0;
	is(&p, "");
	pager_scroll(&p, -1);
	pager_scroll(&p, 1);
	pager_end(&p);
	is(&p, "");
	pager_release(&p);
}

static enum pager_found search(struct pager *p, const char *text, bool backward)
{
	enum pager_found found;

	pager_search(p, text, backward);
	do
		found = pager_search_step(p, NULL);
	while (found == PAGER_GO_ON);
	return found;
}

static void text_is_found_through_colours(void **state)
{
	struct text t = { .lines = { "one", "a \033[31mTh\033[0mree b", "two",
				     "three", "\303\251t\303\251", "end" },
			  .n = 6,
			  .broken = UINT64_MAX };
	struct pager p;

	(void)state;
	pager_init(&p, &source, &t);
	pager_size(&p, 2, 20);
	pager_set_follow(&p, true);
	pager_home(&p);
	assert_int_equal(search(&p, "three", false), PAGER_FOUND);
	is(&p, "0:1:a <Three> b|1:2:two");
	assert_int_equal(search(&p, NULL, false), PAGER_FOUND);
	is(&p, "0:3:<three>|1:4:\303\251t\303\251");
	/* It goes round both ways. */
	assert_int_equal(search(&p, NULL, false), PAGER_FOUND_ROUND);
	is(&p, "0:1:a <Three> b|1:2:two");
	assert_int_equal(search(&p, NULL, true), PAGER_FOUND_ROUND);
	is(&p, "0:3:<three>|1:4:\303\251t\303\251");
	assert_int_equal(search(&p, NULL, true), PAGER_FOUND);
	is(&p, "0:1:a <Three> b|1:2:two");
	assert_int_equal(search(&p, "t\303\251", false), PAGER_FOUND);
	is(&p, "0:4:\303\251<t\303\251>|1:5:end");
	assert_int_equal(search(&p, "T\303\211", false), PAGER_FOUND);
	is(&p, "0:4:\303\251<t\303\251>|1:5:end");
	assert_int_equal(search(&p, "none", false), PAGER_NOT_FOUND);
	assert_int_equal(search(&p, "", false), PAGER_NOT_FOUND);
	pager_end(&p);
	is(&p, "0:4:\303\251t\303\251|1:5:end");
	assert_int_equal(search(&p, "one", false), PAGER_FOUND_ROUND);
	is(&p, "0:0:<one>|1:1:a Three b");
	/* The only one is found again. */
	for (int backward = 0; backward < 2; backward++) {
		assert_int_equal(search(&p, NULL, backward), PAGER_FOUND_ROUND);
		is(&p, "0:0:<one>|1:1:a Three b");
	}
	assert_int_equal(search(&p, "end", true), PAGER_FOUND_ROUND);
	for (int backward = 0; backward < 2; backward++)
		assert_int_equal(search(&p, NULL, backward), PAGER_FOUND_ROUND);
	is(&p, "0:4:\303\251t\303\251|1:5:<end>");
	pager_release(&p);
}

/* As of a host that is begun anew. */
static void all_lines_may_go(void **state)
{
	struct text t = { .lines = { "one", "two", "three" },
			  .n = 3,
			  .broken = UINT64_MAX };
	struct pager p;

	(void)state;
	pager_init(&p, &source, &t);
	pager_size(&p, 2, 20);
	pager_scroll(&p, 1);
	is(&p, "0:1:two|1:2:three");
	t.n = 0;
	for (long by = -1; by <= 1; by++)
		pager_scroll(&p, by);
	is(&p, "");
	for (int backward = 0; backward < 2; backward++) {
		assert_int_equal(search(&p, "one", backward), PAGER_NOT_FOUND);
		assert_int_equal(search(&p, NULL, backward), PAGER_NOT_FOUND);
	}
	pager_size(&p, 3, 10);
	pager_end(&p);
	assert_true(pager_at_end(&p));
	t.n = 1;
	pager_scroll(&p, 1);
	is(&p, "0:0:<one>");
	pager_release(&p);
}

static uint64_t a_hundred(void *arg)
{
	(void)arg;
	return 100;
}

static int read_long(void *arg, uint64_t number, struct strbuf *bytes,
		     enum pager_kind *kind, struct err *err)
{
	(void)arg;
	(void)number;
	(void)err;
	*kind = PAGER_PLAIN;
	while (bytes->len < SGR_LINE_MAX)
		assert_int_equal(strbuf_addch(bytes, 'x'), 0);
	return 0;
}

/* A host that prints little but long lines holds up nobody. */
static void a_step_of_long_lines_is_short(void **state)
{
	static const struct pager_source longs = { .lines = a_hundred,
						   .read = read_long };
	struct pager p;
	int steps = 1;

	(void)state;
	pager_init(&p, &longs, NULL);
	pager_size(&p, 2, 20);
	pager_search(&p, "y", false);
	while (pager_search_step(&p, NULL) == PAGER_GO_ON)
		steps++;
	assert_true(steps >= (int)(100 * SGR_LINE_MAX / PAGER_STEP_BYTES));
	pager_release(&p);
}

static void a_search_takes_steps(void **state)
{
	struct text t = { .many = 3 * PAGER_STEP + 10, .broken = UINT64_MAX };
	struct pager p;
	int steps = 1;

	(void)state;
	pager_init(&p, &source, &t);
	pager_size(&p, 2, 20);
	pager_search(&p, "line 15009", false);
	while (pager_search_step(&p, NULL) == PAGER_GO_ON)
		steps++;
	assert_int_equal(steps, 4);
	is(&p, "0:15008:line 15008|1:15009:<line 15009>");
	steps = 1;
	pager_search(&p, "none", false);
	while (pager_search_step(&p, NULL) == PAGER_GO_ON)
		steps++;
	assert_int_equal(steps, 4);
	assert_int_equal(search(&p, "line 9", false), PAGER_FOUND_ROUND);
	is(&p, "0:9:<line 9>|1:10:line 10");
	pager_release(&p);
}

static void lines_that_cannot_be_read(void **state)
{
	struct text t = { .lines = { "one", "two", "three" },
			  .n = 3,
			  .broken = 1 };
	struct strbuf out = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct err err = { 0 };
	struct pager p;

	(void)state;
	pager_init(&p, &source, &t);
	pager_size(&p, 2, 20);
	assert_int_equal(pager_draw(&p, add_row, &out, &err), -1);
	assert_string_equal(out.buf, "0:0:one");
	assert_string_equal(err.msg, "cannot read it");
	err_release(&err);
	pager_scroll(&p, 1);
	pager_scroll(&p, -1);
	pager_end(&p);
	pager_search(&p, "three", false);
	assert_int_equal(pager_search_step(&p, &err), PAGER_NOT_FOUND);
	err_release(&err);
	strbuf_release(&out);
	pager_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_wrap_and_scroll),
		cmocka_unit_test(the_end_is_followed),
		cmocka_unit_test(text_is_found_through_colours),
		cmocka_unit_test(a_search_takes_steps),
		cmocka_unit_test(all_lines_may_go),
		cmocka_unit_test(a_step_of_long_lines_is_short),
		cmocka_unit_test(lines_that_cannot_be_read),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
