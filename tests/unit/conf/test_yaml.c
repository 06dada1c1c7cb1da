/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/yaml.h"

#include "lib/test.h"

#include "base/strbuf.h"

/* The tree as one line: words in <>, quoted ones in "", [lists], {maps}. */
static void draw(const struct yaml_node *node, struct strbuf *out)
{
	switch (node->kind) {
	case YAML_WORD:
		strbuf_addf(out, node->plain ? "<%s>" : "\"%s\"", node->text);
		return;
	case YAML_LIST:
	case YAML_MAP:
		break;
	}
	strbuf_addch(out, node->kind == YAML_LIST ? '[' : '{');
	for (size_t i = 0; i < node->n; i++) {
		strbuf_addstr(out, i ? "," : "");
		if (node->kind == YAML_MAP) {
			draw(node->keys[i], out);
			strbuf_addch(out, ':');
		}
		draw(node->items[i], out);
	}
	strbuf_addch(out, node->kind == YAML_LIST ? ']' : '}');
}

static void a_text_becomes_a_tree(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "", "" },
		{ "# nothing\n", "" },
		{ "---\n...\n", "<>" },
		{ "a", "<a>" },
		{ "'a'", "\"a\"" },
		{ "a: 1\nb: [x, 'y', \"z\\n\"]\n",
		  "{<a>:<1>,<b>:[<x>,\"y\",\"z\n\"]}" },
		{ "a:\n  b:\n    - c\n    -\n", "{<a>:{<b>:[<c>,<>]}}" },
		{ "a: |\n  one\n  two\n", "{<a>:\"one\ntwo\n\"}" },
		{ "a: >-\n  one\n  two\n", "{<a>:\"one two\"}" },
		{ "a: !!str 5\nb: ! x\n", "{<a>:\"5\",<b>:\"x\"}" },
		{ "a: &x [1, 2]\nb: *x\n", "{<a>:[<1>,<2>],<b>:[<1>,<2>]}" },
		{ "a: &x 1\nb: &x 2\nc: *x\n", "{<a>:<1>,<b>:<2>,<c>:<2>}" },
		{ "{}", "{}" },
		{ "[]", "[]" },
		{ "\xef\xbb\xbf"
		  "a: \xc3\xa9",
		  "{<a>:<\xc3\xa9>}" },
		{ "a: b\r\nc: d\r\n", "{<a>:<b>,<c>:<d>}" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf out = STRBUF_INIT(10000);
		struct err err = { 0 };
		struct yamldoc *y = yamldoc_parse("f.yaml", rows[i].in,
						  strlen(rows[i].in), &err);

		ROW(y, rows[i].in);
		if (yamldoc_root(y))
			draw(yamldoc_root(y), &out);
		assert_string_equal(out.buf, rows[i].out);
		strbuf_release(&out);
		yamldoc_free(y);
	}
}

static void what_is_wrong_is_told_with_its_place(void **state)
{
	static const struct {
		const char *in, *why;
	} rows[] = {
		{ "a: [1", "f.yaml:2:1: did not find expected ',' or ']'" },
		{ "a: b\n c: d\n",
		  "f.yaml:2:3: mapping values are not allowed in this context" },
		{ "a:\n\t- b\n",
		  "f.yaml:2:1: found character that cannot start any token" },
		{ "a: 1\nbb: 2\na: 3\nbb: 4\n",
		  "f.yaml:3:1: the key 'a' stands twice, first in line 1" },
		{ "a: {x: 1, 'x': 2}\n",
		  "f.yaml:1:11: the key 'x' stands twice, first in line 1" },
		{ "[a]: b\n", "f.yaml:1:1: a key must be a word" },
		{ "a: *x\n", "f.yaml:1:4: unknown alias '*x'" },
		{ "a: &x [*x]\n",
		  "f.yaml:1:8: the alias '*x' is within its own anchor" },
		{ "a: !!python/object:os.system x\n",
		  "f.yaml:1:4: tags are not supported" },
		{ "a: !t [x]\n", "f.yaml:1:4: tags are not supported" },
		{ "a: \"x\\0y\"\n", "f.yaml:1:4: a NUL is in it" },
		{ "a: 1\n---\nb: 2\n",
		  "f.yaml:2:1: a second document begins here" },
		{ "a: \xff\n", "f.yaml:1:4: invalid leading UTF-8 octet" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct err err = { 0 };

		ROW(!yamldoc_parse("f.yaml", rows[i].in, strlen(rows[i].in),
				   &err),
		    rows[i].in);
		assert_int_equal(err.code, ERR_CONFIG);
		assert_string_equal(err.msg, rows[i].why);
		err_release(&err);
	}
}

static void depth_size_and_aliases_are_bounded(void **state)
{
	struct strbuf text = STRBUF_INIT(YAML_MAX_BYTES + 10);
	struct err err = { 0 };
	struct yamldoc *y;

	(void)state;
	for (size_t i = 0; i <= YAML_MAX_DEPTH; i++)
		strbuf_addch(&text, '[');
	assert_null(yamldoc_parse("deep", text.buf, text.len, &err));
	assert_string_equal(err.msg, "deep:1:33: nested too deeply");
	strbuf_reset(&text);
	for (size_t i = 0; i < YAML_MAX_DEPTH; i++)
		strbuf_addch(&text, '[');
	for (size_t i = 0; i < YAML_MAX_DEPTH; i++)
		strbuf_addch(&text, ']');
	y = yamldoc_parse("deep", text.buf, text.len, NULL);
	assert_non_null(y);
	yamldoc_free(y);

	/* Ten times as much at each line. */
	strbuf_reset(&text);
	strbuf_addstr(&text, "a0: &a0 x\n");
	for (int i = 1; i < 10; i++) {
		strbuf_addf(&text, "a%d: &a%d [", i, i);
		for (int j = 0; j < 10; j++)
			strbuf_addf(&text, "*a%d,", i - 1);
		strbuf_addstr(&text, "]\n");
	}
	assert_null(yamldoc_parse("laughs", text.buf, text.len, &err));
	assert_string_equal(err.msg, "laughs:7:38: too many nodes");

	/* Each below the next. */
	strbuf_reset(&text);
	strbuf_addstr(&text, "a0: &a0 x\n");
	for (int i = 1; i < 50; i++)
		strbuf_addf(&text, "a%d: &a%d [*a%d]\n", i, i, i - 1);
	assert_null(yamldoc_parse("chain", text.buf, text.len, &err));
	assert_string_equal(err.msg, "chain:33:12: nested too deeply");

	strbuf_reset(&text);
	while (text.len <= YAML_MAX_BYTES)
		strbuf_addch(&text, '#');
	assert_null(yamldoc_parse("big", text.buf, text.len, &err));
	assert_string_equal(err.msg, "'big' is larger than 4194304 bytes");
	err_release(&err);
	strbuf_release(&text);
}

static void nodes_know_their_place(void **state)
{
	static const char text[] = "a:\n  bb: 1\n  cc: ~\n";
	struct yamldoc *y =
		yamldoc_parse("dir/f\033", text, sizeof(text) - 1, NULL);
	const struct yaml_node *a, *cc;
	struct err err = { 0 };

	(void)state;
	a = yamldoc_get(yamldoc_root(y), "a");
	cc = yamldoc_get(a, "cc");
	assert_non_null(cc);
	assert_true(yamldoc_is_null(cc));
	assert_false(yamldoc_is_null(yamldoc_get(a, "bb")));
	assert_null(yamldoc_get(a, "dd"));
	assert_null(yamldoc_get(cc, "dd"));
	assert_null(yamldoc_get(NULL, "dd"));
	assert_int_equal(a->keys[1]->line, 3);
	assert_int_equal(a->keys[1]->column, 3);
	assert_int_equal(yamldoc_fail(y, cc, &err, "bad %s", "value"), -1);
	assert_string_equal(err.msg, "dir/f\\033:3:7: bad value");
	err_release(&err);
	yamldoc_free(y);
	yamldoc_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_becomes_a_tree),
		cmocka_unit_test(what_is_wrong_is_told_with_its_place),
		cmocka_unit_test(depth_size_and_aliases_are_bounded),
		cmocka_unit_test(nodes_know_their_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
