/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/rshkeys.h"

#include "lib/test.h"

#include "conf/sshopt.h"
#include "conf/yaml.h"

static void every_row_is_whole(void **state)
{
	const struct rshkey *key;

	(void)state;
	for (size_t i = 0; (key = rshkey_at(i)); i++) {
		uint64_t number;
		char *want = NULL;

		ROW(key->help && key->scopes, key->name);
		ROW(!key->keyword || sshopt_find(key->keyword), key->name);
		ROW(key->kind == RSHKEY_CHOICE ? key->words != NULL
					       : key->words == NULL,
		    key->name);
		if (key->kind == RSHKEY_BLOCK)
			continue;
		ROW(key->example, key->name);
		if (!key->def || key->kind == RSHKEY_TEXT)
			continue;
		ROW(rshkey_check(key, key->def, &number, &want) == 0,
		    key->name);
		assert_null(want);
	}
}

static void no_key_stands_twice_in_one_place(void **state)
{
	const struct rshkey *a, *b;

	(void)state;
	for (size_t i = 0; (a = rshkey_at(i)); i++)
		for (size_t j = 0; j < i && (b = rshkey_at(j)); j++)
			ROW(strcmp(a->name, b->name) != 0 ||
				    !(a->scopes & b->scopes),
			    a->name);
}

static void values_are_checked(void **state)
{
	static const struct {
		const char *key;
		enum rshkey_scope scope;
		const char *word;
		const char *want; /* NULL: it is good */
		uint64_t number;
	} rows[] = {
		/* clang-format off */
		{ "port", RSHKEY_IN_NODE, "22", NULL, 22 },
		{ "port", RSHKEY_IN_NODE, "65535", NULL, 65535 },
		{ "port", RSHKEY_IN_NODE, "0", "a number from 1 to 65535", 0 },
		{ "port", RSHKEY_IN_NODE, "65536", "a number from 1 to 65535", 0 },
		{ "port", RSHKEY_IN_NODE, "", "a number from 1 to 65535", 0 },
		{ "port", RSHKEY_IN_NODE, "ssh", "a number from 1 to 65535", 0 },
		{ "port", RSHKEY_IN_NODE, "-1", "a number from 1 to 65535", 0 },
		{ "parallel", RSHKEY_IN_DEFAULTS, "0", "a number from 1 to 1000000", 0 },
		{ "parallel", RSHKEY_IN_CLUSTER, "1000000", NULL, 1000000 },
		{ "connecting", RSHKEY_IN_DEFAULTS, "0", "a number from 1 to 1000000", 0 },
		{ "server_alive_interval", RSHKEY_IN_CLUSTER, "0", NULL, 0 },
		{ "server_alive_interval", RSHKEY_IN_CLUSTER, "86401", "a number from 0 to 86400", 0 },
		{ "timeout", RSHKEY_IN_DEFAULTS, "0", NULL, 0 },
		{ "timeout", RSHKEY_IN_DEFAULTS, "300", NULL, 300000 },
		{ "timeout", RSHKEY_IN_NODE, "1m30s", NULL, 90000 },
		{ "timeout", RSHKEY_IN_NODE, "500ms", NULL, 500 },
		{ "timeout", RSHKEY_IN_NODE, "soon", "a time such as 90, 1m30s or 500ms, at most 365d00h", 0 },
		{ "timeout", RSHKEY_IN_NODE, "366d", "a time such as 90, 1m30s or 500ms, at most 365d00h", 0 },
		{ "batch", RSHKEY_IN_DEFAULTS, "true", NULL, 1 },
		{ "batch", RSHKEY_IN_DEFAULTS, "Yes", NULL, 1 },
		{ "batch", RSHKEY_IN_DEFAULTS, "on", NULL, 1 },
		{ "batch", RSHKEY_IN_DEFAULTS, "FALSE", NULL, 0 },
		{ "batch", RSHKEY_IN_DEFAULTS, "no", NULL, 0 },
		{ "batch", RSHKEY_IN_DEFAULTS, "off", NULL, 0 },
		{ "batch", RSHKEY_IN_DEFAULTS, "1", "true or false", 0 },
		{ "batch", RSHKEY_IN_DEFAULTS, "", "true or false", 0 },
		{ "exit_code", RSHKEY_IN_DEFAULTS, "max", NULL, 0 },
		{ "exit_code", RSHKEY_IN_DEFAULTS, "main", "main-rank, all, check or max", 0 },
		{ "exit_code", RSHKEY_IN_DEFAULTS, "", "main-rank, all, check or max", 0 },
		{ "color", RSHKEY_IN_DEFAULTS, "Always", "auto, always or never", 0 },
		{ "default_mode", RSHKEY_IN_INTERACTIVE, "multi", "single_node or multiplex", 0 },
		{ "user", RSHKEY_IN_CLUSTER, "", NULL, 0 },
		{ "user", RSHKEY_IN_CLUSTER, "joe@corp", NULL, 0 },
		{ "ssh_key", RSHKEY_IN_CLUSTER, "~/a b", NULL, 0 },
		{ "ssh_key", RSHKEY_IN_CLUSTER, "a\nProxyCommand x", "a text without control characters", 0 },
		{ "jump_host", RSHKEY_IN_NODE, "", NULL, 0 },
		{ "prompt_format", RSHKEY_IN_INTERACTIVE, "\33[2J", "a text without control characters", 0 },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct rshkey *key =
			rshkey_find(rows[i].key, rows[i].scope);
		char *want = NULL;
		uint64_t number;
		int rc;

		assert_non_null(key);
		rc = rshkey_check(key, rows[i].word, &number, &want);
		ROW(rc == (rows[i].want ? -1 : 0), rows[i].word);
		if (rc)
			assert_string_equal(want, rows[i].want);
		else
			ROW(number == rows[i].number, rows[i].word);
		free(want);
	}
}

static void a_user_that_is_none_is_refused(void **state)
{
	const struct rshkey *key = rshkey_find("user", RSHKEY_IN_DEFAULTS);
	char *want = NULL;
	uint64_t number;

	(void)state;
	assert_int_equal(rshkey_check(key, "-oX", &number, &want), -1);
	assert_non_null(strstr(want, "a user ("));
	free(want);
}

static void the_nearest_key_is_of_the_same_place(void **state)
{
	static const struct {
		const char *typed;
		enum rshkey_scope scope;
		const char *near;
	} rows[] = {
		{ "parallels", RSHKEY_IN_DEFAULTS, "parallel" },
		{ "exit-code", RSHKEY_IN_DEFAULTS, "exit_code" },
		{ "ssh_keys", RSHKEY_IN_CLUSTER, "ssh_key" },
		{ "node", RSHKEY_IN_CLUSTER, "nodes" },
		{ "cluster", RSHKEY_IN_FILE, "clusters" },
		{ "hots", RSHKEY_IN_NODE, "host" },
		{ "hots", RSHKEY_IN_FILE, NULL },
		{ "xyzzy", RSHKEY_IN_DEFAULTS, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *near = rshkey_nearest(rows[i].typed, rows[i].scope);

		ROW(rows[i].near ? near && !strcmp(near, rows[i].near) : !near,
		    rows[i].typed);
	}
	assert_string_equal(rshkey_place_of("nodes"), "a cluster");
	assert_string_equal(rshkey_place_of("port"), "'defaults'");
	assert_null(rshkey_place_of("xyzzy"));
}

/* What is written in quotes is read back as it was. */
static void quoted_words_are_read_back(void **state)
{
	static const char *const rows[] = {
		"a",	    "",	   "null",  "~",	"a: b", "a #b",
		"- x",	    "[a]", "it's",  "{x}",	"*a",	"&a",
		"!all ",    "'q'", "a,b",   "%h",	"@web", "a:",
		"n[1-3],m", "]# ", "\"x\"", "~/.ssh/x", "? y",	"x\303\274y",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf out = STRBUF_INIT(1000);
		struct yamldoc *doc;

		strbuf_addstr(&out, "k: ");
		rshkeys_quote(&out, rows[i]);
		doc = yamldoc_parse("t", out.buf, out.len, NULL);
		ROW(doc, rows[i]);
		ROW(strcmp(yamldoc_get(yamldoc_root(doc), "k")->text,
			   rows[i]) == 0,
		    rows[i]);
		ROW(!yamldoc_is_null(yamldoc_get(yamldoc_root(doc), "k")),
		    rows[i]);
		yamldoc_free(doc);
		strbuf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_whole),
		cmocka_unit_test(no_key_stands_twice_in_one_place),
		cmocka_unit_test(values_are_checked),
		cmocka_unit_test(a_user_that_is_none_is_refused),
		cmocka_unit_test(the_nearest_key_is_of_the_same_place),
		cmocka_unit_test(quoted_words_are_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
