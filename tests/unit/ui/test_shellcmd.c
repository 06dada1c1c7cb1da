/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands of the shell on many hosts.
 */
#include "ui/shellcmd.h"

#include "lib/test.h"

#include <stdlib.h>

#include "base/alloc.h"

static const struct shellcmd_syntax usual = { "!", "!broadcast " };

static void rows_stand_in_the_order_of_their_names(void **state)
{
	size_t n = 0;

	(void)state;
	for (const struct shellcmd *c; (c = shellcmd_at(n)); n++) {
		assert_int_equal(c->id, n);
		assert_non_null(c->help);
	}
	assert_int_equal(n, SHELLCMD_NIDS);
}

static void lines_and_commands(void **state)
{
	static const struct {
		const char *line;
		int id; /* -1: a line; -2: an error */
		const char *arg;
		size_t number;
	} rows[] = {
		{ "uptime", -1, "", 0 },
		{ "", -1, "", 0 },
		{ ":", -1, "", 0 },
		{ ": > file", -1, "", 0 },
		{ "! grep x y", -1, "", 0 },
		{ "!!", -1, "", 0 },
		{ " :only x", -1, "", 0 },
		{ "a :only x", -1, "", 0 },
		{ ":all", SHELLCMD_ALL, "", 0 },
		{ "!all", SHELLCMD_ALL, "", 0 },
		{ "!ALL", SHELLCMD_ALL, "", 0 },
		{ ":all x", -2, "", 0 },
		{ ":only  n[1-3],n5 ", SHELLCMD_ONLY, "n[1-3],n5 ", 0 },
		{ ":only", -2, "", 0 },
		{ ":onlyx y", -2, "", 0 },
		{ ":only,x", -2, "", 0 },
		{ "!n2", SHELLCMD_NODE, "2", 2 },
		{ "!node12", SHELLCMD_NODE, "12", 12 },
		{ ":node 3", SHELLCMD_NODE, "3", 3 },
		{ "!n0", -2, "", 0 },
		{ "!n", -2, "", 0 },
		{ "!n2x", -2, "", 0 },
		{ "!list", SHELLCMD_HOSTS, "", 0 },
		{ "!nodes", SHELLCMD_HOSTS, "", 0 },
		{ "!ls", SHELLCMD_HOSTS, "", 0 },
		{ "!?", SHELLCMD_HELP, "", 0 },
		{ ":status", SHELLCMD_STATUS, "", 0 },
		{ "!broadcast  a  b", SHELLCMD_BROADCAST, " a  b", 0 },
		{ ":broadcast a", SHELLCMD_BROADCAST, "a", 0 },
		{ "!broadcast ", -2, "", 0 },
		{ ":log /tmp/a b", SHELLCMD_LOG, "/tmp/a b", 0 },
		{ ":reconnect", SHELLCMD_RECONNECT, "", 0 },
		{ ":run  a 'b  c' | d", SHELLCMD_RUN, "a 'b  c' | d", 0 },
		{ ":run ", -2, "", 0 },
		{ ":put -r a 'b c' d", SHELLCMD_PUT, "-r a 'b c' d", 0 },
		{ ":put", -2, "", 0 },
		{ "!get a b", SHELLCMD_GET, "a b", 0 },
		{ ":stop x", -2, "", 0 },
		{ ":nosuch", -2, "", 0 },
		{ "!nosuch", -2, "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct shellcmd_call call;
		struct err err = { 0 };
		int rc = shellcmd_parse(&usual, rows[i].line, &call, &err);
		int id = rc ? -2 : call.cmd ? (int)call.cmd->id : -1;

		ROW(id == rows[i].id, rows[i].line);
		ROW(rc || !strcmp(call.arg, rows[i].arg), rows[i].line);
		ROW(rc || call.number == rows[i].number, rows[i].line);
		ROW((err.code != ERR_NONE) == (rc != 0), rows[i].line);
		err_release(&err);
	}
}

static void signs_of_ones_own(void **state)
{
	static const struct shellcmd_syntax own = { "@@", "all: " };
	static const struct shellcmd_syntax none = { "", "" };
	struct shellcmd_call call;

	(void)state;
	assert_int_equal(shellcmd_parse(&own, "@@all", &call, NULL), 0);
	assert_int_equal(call.cmd->id, SHELLCMD_ALL);
	assert_int_equal(shellcmd_parse(&own, "all: x", &call, NULL), 0);
	assert_int_equal(call.cmd->id, SHELLCMD_BROADCAST);
	assert_string_equal(call.arg, "x");
	assert_int_equal(shellcmd_parse(&own, "!all", &call, NULL), 0);
	assert_null(call.cmd);
	assert_int_equal(shellcmd_parse(&none, "!all", &call, NULL), 0);
	assert_null(call.cmd);
	assert_int_equal(shellcmd_parse(&none, ":all", &call, NULL), 0);
	assert_int_equal(call.cmd->id, SHELLCMD_ALL);
	assert_int_equal(shellcmd_parse_bare(":all", &call, NULL), 0);
	assert_int_equal(call.cmd->id, SHELLCMD_ALL);
	assert_int_equal(shellcmd_parse_bare(" drop x", &call, NULL), 0);
	assert_int_equal(call.cmd->id, SHELLCMD_DROP);
	assert_int_equal(shellcmd_parse_bare("", &call, NULL), -1);
}

static void paths(const char *word, size_t n, struct strvec *out)
{
	strvec_push_take(out, xasprintf("<%.*s>", (int)n, word));
}

static void words_are_completed(void **state)
{
	static const char *const hosts[] = { "db1", "web1", "web2" };
	static const struct shellcmd_known known = { hosts, 3, paths };
	static const struct {
		const char *line;
		bool bare;
		const char *words; /* joined by commas */
		size_t from;
	} rows[] = {
		{ ":o", false, "only", 1 },
		{ ":h", false, "hosts,help", 1 },
		{ "!d", false, "drop,detach", 1 },
		{ "fo", true, "focus", 0 },
		{ ":only w", false, "web1,web2", 6 },
		{ ":only db1,web2", false, "web2", 10 },
		{ ":reconnect ", false, "db1,web1,web2", 11 },
		{ "only d", true, "db1", 5 },
		{ ":log w", false, "", 6 },
		{ "ls w", false, "", 4 },
		{ ":put -r a", false, "<a>", 8 },
		{ ":put x a\\ b", false, "<a\\ b>", 7 },
		{ "!get ", false, "<>", 5 },
		{ "ge", true, "get", 0 },
		{ ":run a", false, "", 6 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strvec words = { 0 };
		size_t from =
			shellcmd_complete(&usual, rows[i].bare, rows[i].line,
					  strlen(rows[i].line), &known, &words);
		char *all = strvec_join(&words, ",");

		ROW(!strcmp(all, rows[i].words), rows[i].line);
		ROW(from == rows[i].from, rows[i].line);
		free(all);
		strvec_release(&words);
	}
}

static void what_is_wrong_is_said_for_where_it_was_typed(void **state)
{
	static const struct {
		const char *line;
		bool bare;
		const char *text;
	} rows[] = {
		{ ":nosuch x", false,
		  "no command 'nosuch'; ':help' lists them, and a line with a blank in front goes to the hosts" },
		{ "!onlyx", false,
		  "no command 'onlyx'; ':help' lists them, and a line with a blank in front goes to the hosts" },
		{ "nosuch x", true, "no command 'nosuch'; ':help' lists them" },
		{ ":all.x", true, "no command 'all.x'; ':help' lists them" },
		{ "run", true, "something is missing: :run COMMAND" },
		{ ":all x", false, "nothing may follow ':all'" },
		{ "n", true, "':node' is followed by the number of a host" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct shellcmd_call call;
		struct err err = { 0 };
		int rc = rows[i].bare ? shellcmd_parse_bare(rows[i].line, &call,
							    &err)
				      : shellcmd_parse(&usual, rows[i].line,
						       &call, &err);

		ROW(rc && !strcmp(err.msg, rows[i].text), rows[i].line);
		err_release(&err);
	}
}

static void help_has_a_line_for_each(void **state)
{
	struct strvec lines = { 0 };

	(void)state;
	shellcmd_help(&usual, true, &lines);
	assert_int_equal(lines.n, SHELLCMD_NIDS + 1);
	assert_string_equal(
		lines.v[SHELLCMD_ONLY],
		":only LIST              choose these hosts and no others");
	assert_string_equal(
		lines.v[SHELLCMD_NODE],
		":nodeN, :nN             choose host number N alone");
	strvec_release(&lines);
}

static void help_without_a_terminal_names_what_is_of_use(void **state)
{
	struct strvec lines = { 0 };
	size_t n = 0;

	(void)state;
	shellcmd_help(&usual, false, &lines);
	for (size_t i = 0; i < SHELLCMD_NIDS; i++) {
		const struct shellcmd *c = shellcmd_at(i);
		char *text;

		if (c->terminal)
			continue;
		text = xasprintf(":%s", c->name);
		assert_memory_equal(lines.v[n++], text, strlen(text));
		free(text);
	}
	assert_int_equal(n, SHELLCMD_NIDS - 4);
	assert_int_equal(lines.n, n + 1);
	strvec_release(&lines);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_stand_in_the_order_of_their_names),
		cmocka_unit_test(lines_and_commands),
		cmocka_unit_test(signs_of_ones_own),
		cmocka_unit_test(words_are_completed),
		cmocka_unit_test(what_is_wrong_is_said_for_where_it_was_typed),
		cmocka_unit_test(help_has_a_line_for_each),
		cmocka_unit_test(help_without_a_terminal_names_what_is_of_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
