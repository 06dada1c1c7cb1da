/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "conf/options.h"

#include "lib/test.h"

struct settings {
	int verbose;
	int color;
	int view;
	int prefix;
	const char *user;
	const char *file;
	const char *dir;
	struct strvec hosts;
	uint64_t parallel;
	uint64_t timeout_ms;
	uint64_t port;
	char called[32];
	struct options_given given;
};

static int call(void *settings, const char *arg, struct err *err)
{
	struct settings *s = settings;

	if (arg && !strcmp(arg, "bad"))
		return err_set(err, ERR_USAGE, "cannot call '%s'", arg);
	snprintf(s->called, sizeof(s->called), "<%s>", arg ? arg : "none");
	return 0;
}

static const struct opt_choice when[] = {
	{ "auto", 2 },
	{ "always", 1 },
	{ "never", 0 },
	{ 0 },
};

#define F(f) offsetof(struct settings, f)

/* clang-format off */
static const struct option rows[] = {
	{ .help = "Hosts:" },
	{ OPT_LIST, 'H', "hosts", F(hosts), .arg = "LIST", .help = "reach these" },
	{ OPT_FIRST, 'l', NULL, F(user), .arg = "USER", .help = "log in as" },
	{ OPT_UINT, 'p', NULL, F(port), .arg = "PORT", .min = 1, .max = 65535,
	  .help = "the port" },
	{ .help = "Running:" },
	{ OPT_UINT, 'j', "parallel", F(parallel), .arg = "N", .min = 1,
	  .max = UINT64_MAX, .help = "sessions at once" },
	{ OPT_SPAN, 'u', "timeout", F(timeout_ms), .arg = "SPAN",
	  .max = 3600000,
	  .help = "stop a command that takes longer than this on any one host" },
	{ OPT_FLAG, 'q', "partial", F(prefix), .value = 7, .help = "a flag" },
	{ OPT_FLAG, 0, "no-prefix", F(prefix), .value = 3, .help = "a no flag" },
	{ OPT_COUNT, 'v', "verbose", F(verbose), .help = "say more" },
	{ OPT_CHOICE, 0, "color", F(color), .arg = "WHEN", .choices = when,
	  .help = "colours" },
	{ OPT_CHOICE, 'w', "view", F(view), .arg = "WHEN", .optional_arg = true,
	  .value = 1, .choices = when, .help = "the view" },
	{ OPT_STRING, 0, "output-dir", F(dir), .arg = "DIR", .help = "files" },
	{ OPT_STRING, 'F', "configuration-file", F(file), .arg = "FILE",
	  .optional_arg = true, .help = "a file" },
	{ OPT_CALL, 'c', "call", 0, .arg = "X", .optional_arg = true,
	  .call = call, .help = "call" },
	{ OPT_FLAG, 0, "hidden", F(prefix), .value = 9 },
	{ OPT_LIST, 'B', NULL, F(hosts), .text = "one=1\ntwo=", .arg = "X" },
	{ .kind = OPT_GIVEN, .field = F(given) },
	{ OPT_COUNT, 0, "verbatim", F(verbose), .help = "the same as --verbose" },
	{ 0 },
};
/* clang-format on */

/* Write down everything that was set. */
static char *describe(const struct settings *s)
{
	char *hosts = strvec_join(&s->hosts, "+");
	char *out = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&out, &len);

	assert_non_null(f);
	if (s->hosts.n)
		fprintf(f, "hosts=%s ", hosts);
	if (s->user)
		fprintf(f, "user=%s ", s->user);
	if (s->port)
		fprintf(f, "port=%d ", (int)s->port);
	if (s->parallel)
		fprintf(f, "parallel=%d ", (int)s->parallel);
	if (s->timeout_ms)
		fprintf(f, "timeout=%d ", (int)s->timeout_ms);
	if (s->prefix != -1)
		fprintf(f, "prefix=%d ", s->prefix);
	if (s->verbose)
		fprintf(f, "verbose=%d ", s->verbose);
	if (s->color != -1)
		fprintf(f, "color=%d ", s->color);
	if (s->view != -1)
		fprintf(f, "view=%d ", s->view);
	if (s->dir)
		fprintf(f, "dir=%s ", s->dir);
	if (s->file)
		fprintf(f, "file=%s ", s->file);
	if (s->called[0])
		fprintf(f, "called=%s ", s->called);
	fclose(f);
	free(hosts);
	return out;
}

/*
 * Parse blank-separated words and give what was set, "--" if it was seen, and
 * the words left over; or the error.
 */
static char *parse(const char *line)
{
	struct settings s = { .prefix = -1, .color = -1, .view = -1 };
	struct strvec words = { 0 };
	struct err err = { 0 };
	bool dashes = false;
	char *result = NULL;
	char *set = NULL;
	int index = 1;

	strvec_push(&words, "rsh");
	strvec_split(&words, line, " ");
	if (options_parse(rows, &s, (int)words.n, words.v, &index, &dashes,
			  &err)) {
		assert_int_equal(err.code, ERR_USAGE);
		result = strdup(err.msg);
	} else {
		struct strbuf sb = STRBUF_INIT(1000);

		set = describe(&s);
		strbuf_addf(&sb, "%s%s|", set, dashes ? "--" : "");
		for (size_t i = (size_t)index; i < words.n; i++)
			strbuf_addf(&sb, " %s", words.v[i]);
		result = strbuf_detach(&sb, NULL);
	}
	free(set);
	options_given_release(&s.given);
	strvec_release(&s.hosts);
	strvec_release(&words);
	err_release(&err);
	return result;
}

struct row {
	const char *line;
	const char *want;
};

static void check_rows(const struct row *table, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char *got = parse(table[i].line);

		if (strcmp(got, table[i].want) != 0)
			fail_msg("'%s': got '%s', want '%s'", table[i].line,
				 got, table[i].want);
		free(got);
	}
}

static void words_and_options_as_ssh_reads_them(void **state)
{
	static const struct row table[] = {
		{ "", "|" },
		{ "host -v", "| host -v" },
		{ "-v host", "verbose=1 | host" },
		{ "-vvqv host", "prefix=7 verbose=3 | host" },
		{ "-lroot host", "user=root | host" },
		{ "-l root host", "user=root | host" },
		{ "-l a -l b host", "user=a | host" },
		{ "-vlroot host", "user=root verbose=1 | host" },
		{ "-vl root host", "user=root verbose=1 | host" },
		{ "-l -v host", "user=-v | host" },
		{ "-H a -H b,c true", "hosts=a+b,c | true" },
		{ "- -v", "| - -v" },
		{ "-v -- -v", "verbose=1 --| -v" },
		{ "--", "--|" },
		{ "-H -- x", "hosts=-- | x" },
	};

	(void)state;
	check_rows(table, COUNT(table));
}

static void long_names_take_arguments_and_abbreviations(void **state)
{
	static const struct row table[] = {
		{ "--parallel=4", "parallel=4 |" },
		{ "--parallel 4 x", "parallel=4 | x" },
		{ "--para 4", "parallel=4 |" },
		{ "--par", "option '--par' is ambiguous: '--parallel', "
			   "'--partial'" },
		{ "--output-dir=", "dir= |" },
		{ "--output-dir=a=b", "dir=a=b |" },
		{ "--o a --o b", "dir=b |" },
		{ "--ver", "verbose=1 |" },
		{ "--partial", "prefix=7 |" },
		{ "--no-partial", "prefix=0 |" },
		{ "--no-par", "prefix=0 |" },
		{ "--no-p", "option '--no-p' is ambiguous: '--no-partial', "
			    "'--no-prefix'" },
		{ "--no-prefix", "prefix=3 |" },
		{ "--no-pre", "prefix=3 |" },
		{ "--n", "prefix=3 |" },
		{ "--no-no-prefix", "unknown option '--no-no-prefix'; did you "
				    "mean '--no-prefix'?" },
		{ "--no-verbose", "unknown option '--no-verbose'; did you mean "
				  "'--verbose'?" },
		{ "--hidden", "prefix=9 |" },
		{ "--hid", "unknown option '--hid'" },
		{ "--no-hidden", "prefix=0 |" },
	};

	(void)state;
	check_rows(table, COUNT(table));
}

static void optional_arguments_are_only_attached(void **state)
{
	static const struct row table[] = {
		{ "--view never", "view=1 | never" },
		{ "--view=never", "view=0 |" },
		{ "-wv never", "verbose=1 view=1 | never" },
		{ "--configuration-file x", "file= | x" },
		{ "--configuration-f=x", "file=x |" },
		{ "--configuration-file=", "bad value '' for "
					   "'--configuration-file': expected "
					   "FILE" },
		{ "--call", "called=<none> |" },
		{ "--call=", "called=<> |" },
		{ "--call=me", "called=<me> |" },
	};

	(void)state;
	check_rows(table, COUNT(table));
}

static void values_are_checked(void **state)
{
	static const struct row table[] = {
		{ "-u 1m30s", "timeout=90000 |" },
		{ "--color=auto --color never", "color=0 |" },
		{ "-j 0", "bad value '0' for '-j': expected a number of at "
			  "least 1" },
		{ "-j", "option '-j' needs an argument: N" },
		{ "--para 1x", "bad value '1x' for '--para': expected a "
			       "number of at least 1" },
		{ "-p 65535", "port=65535 |" },
		{ "-p65536", "bad value '65536' for '-p': expected a number "
			     "from 1 to 65535" },
		{ "-B x", "hosts=one=1\ntwo=x |" },
		{ "-B x\nthree=y", "bad value 'x\nthree=y' for '-B': expected "
				   "a single line" },
		{ "-u soon", "bad value 'soon' for '-u': expected a time such "
			     "as 90, 1m30s or 500ms, at most 1h00m" },
		{ "--color=blue", "bad value 'blue' for '--color': expected "
				  "auto, always or never" },
		{ "--color", "option '--color' needs an argument: WHEN" },
		{ "--verbose=1", "option '--verbose' takes no argument" },
		{ "--no-partial=1", "option '--no-partial' takes no argument" },
		{ "--call=bad", "cannot call 'bad'" },
	};

	(void)state;
	check_rows(table, COUNT(table));
}

static void unknown_options_suggest_the_nearest(void **state)
{
	static const struct row table[] = {
		{ "--parralel=4", "unknown option '--parralel'; did you mean "
				  "'--parallel'?" },
		{ "--no-partail", "unknown option '--no-partail'; did you mean "
				  "'--no-partial'?" },
		{ "--hsots", "unknown option '--hsots'; did you mean "
			     "'--hosts'?" },
		{ "--hiddem", "unknown option '--hiddem'" },
		{ "--zebra", "unknown option '--zebra'" },
		{ "--=x", "unknown option '--'" },
		{ "-Z", "unknown option '-Z'" },
		{ "-vZq", "unknown option '-Z' in '-vZq'" },
	};

	(void)state;
	check_rows(table, COUNT(table));
}

static void nearest_word(void **state)
{
	static const char *const words[] = { "put", "get", "ping", "hosts",
					     "config" };
	static const struct {
		const char *typed;
		const char *want;
	} table[] = {
		{ "hosts", "hosts" }, { "host", "hosts" },    { "gte", "get" },
		{ "cnfog", NULL },    { "confgi", "config" }, { "x", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		const char *got =
			options_nearest(table[i].typed, words, COUNT(words));

		if (!table[i].want)
			ROW(!got, table[i].typed);
		else
			ROW(got && !strcmp(got, table[i].want), table[i].typed);
	}
	assert_null(options_nearest("x", NULL, 0));
}

static void options_follow_the_destination(void **state)
{
	char *argv[] = { (char[]){ "rsh" },
			 (char[]){ "-v" },
			 (char[]){ "host" },
			 (char[]){ "-v" },
			 (char[]){ "true" },
			 (char[]){ "-v" },
			 NULL };
	struct settings s = { 0 };
	int index = 1;

	(void)state;
	assert_int_equal(options_parse(rows, &s, 6, argv, &index, NULL, NULL),
			 0);
	assert_int_equal(index, 2);
	index++;
	assert_int_equal(options_parse(rows, &s, 6, argv, &index, NULL, NULL),
			 0);
	assert_int_equal(index, 4);
	assert_int_equal(s.verbose, 2);
	options_given_release(&s.given);
}

static char *printed(void (*print)(FILE *out))
{
	char *out = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&out, &len);

	assert_non_null(f);
	print(f);
	fclose(f);
	return out;
}

static void print_help(FILE *out)
{
	options_help(rows, out, 60);
}

static void print_dump(FILE *out)
{
	options_dump(rows, out);
}

static void help_is_wrapped_under_headings(void **state)
{
	char *got = printed(print_help);

	(void)state;
	assert_string_equal(
		got,
		"Hosts:\n"
		"  -H, --hosts=LIST      reach these\n"
		"  -l USER               log in as\n"
		"  -p PORT               the port\n"
		"\n"
		"Running:\n"
		"  -j, --parallel=N      sessions at once\n"
		"  -u, --timeout=SPAN    stop a command that takes longer\n"
		"                        than this on any one host\n"
		"  -q, --partial         a flag\n"
		"      --no-prefix       a no flag\n"
		"  -v, --verbose         say more\n"
		"      --color=WHEN      colours\n"
		"  -w, --view[=WHEN]     the view\n"
		"      --output-dir=DIR  files\n"
		"  -F, --configuration-file[=FILE]\n"
		"                        a file\n"
		"  -c, --call[=X]        call\n"
		"      --verbatim        the same as --verbose\n");
	free(got);
}

static void dump_is_one_option_a_line(void **state)
{
	char *got = printed(print_dump);

	(void)state;
	assert_ptr_equal(strstr(got, "H\thosts\tLIST\treach these\n"
				     "l\t\tUSER\tlog in as\n"),
			 got);
	assert_non_null(strstr(got, "\n\tno-prefix\t\ta no flag\n"));
	assert_non_null(strstr(
		got, "\nw\tview\t[WHEN]\tthe view\tauto always never\n"));
	assert_null(strstr(got, "hidden"));
	assert_null(strstr(got, "Running"));
	free(got);
}

static void a_row_is_found_and_stored_by_its_letter(void **state)
{
	struct strbuf letters = STRBUF_INIT(STRBUF_MAX_TEXT);
	const struct option *row = options_find(rows, 'j');
	struct settings s = { 0 };
	struct err err = { 0 };

	(void)state;
	options_letters(rows, &letters);
	assert_non_null(strstr(letters.buf, "j:"));
	strbuf_release(&letters);
	assert_non_null(row);
	assert_int_equal(options_store(row, &s, "-j", "7", &err), 0);
	assert_int_equal(s.parallel, 7);
	assert_int_equal(options_store(row, &s, "-j", "x", &err), -1);
	assert_non_null(strstr(err.msg, "'-j'"));
	err_release(&err);
	assert_null(options_find(rows, '!'));
	assert_null(options_find(rows, '?'));
	assert_null(options_find(rows, -1));
}

static void what_was_not_typed_can_be_set(void **state)
{
	static const struct {
		const char *name, *value, *field; /* "": as it was */
	} table[] = {
		{ "parallel", "7", "parallel=7 " },
		{ "timeout", "2s", "timeout=2000 " },
		{ "partial", "true", "prefix=7 " },
		{ "partial", "false", "prefix=0 " },
		{ "color", "always", "color=1 " },
		{ "output-dir", "/d", "dir=/d " },
		{ "hosts", "a,b", "hosts=a,b " },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct settings s = { .prefix = -1, .color = -1, .view = -1 };
		struct err err = { 0 };
		char *got;

		assert_int_equal(options_set(rows, &s, &s.given, table[i].name,
					     table[i].value, &err),
				 0);
		got = describe(&s);
		ROW(strcmp(got, table[i].field) == 0, got);
		ROW(s.given.n == 0, table[i].name);
		free(got);
		strvec_release(&s.hosts);
	}
}

static void what_was_typed_is_not_set(void **state)
{
	struct strvec words = { 0 };
	struct settings s = { .prefix = -1, .color = -1, .view = -1 };
	int index = 1;
	char *got;

	(void)state;
	strvec_split(&words, "x -j3 --color=auto -q -H h", " ");
	assert_int_equal(options_parse(rows, &s, (int)words.n, words.v, &index,
				       NULL, NULL),
			 0);
	assert_true(options_was_given(&s.given, F(parallel)));
	assert_false(options_was_given(&s.given, F(timeout_ms)));
	assert_int_equal(options_field(rows, "parallel"), F(parallel));
	options_set(rows, &s, &s.given, "parallel", "9", NULL);
	options_set(rows, &s, &s.given, "color", "always", NULL);
	/* Another option of the same field was. */
	options_set(rows, &s, &s.given, "hidden", "true", NULL);
	options_set(rows, &s, &s.given, "hosts", "z", NULL);
	options_set(rows, &s, &s.given, "timeout", "1", NULL);
	got = describe(&s);
	assert_string_equal(got, "hosts=h parallel=3 timeout=1000 prefix=7 "
				 "color=2 ");
	free(got);
	options_given_release(&s.given);
	strvec_release(&s.hosts);
	strvec_release(&words);
}

static void a_bad_value_that_is_set_is_an_error(void **state)
{
	struct settings s = { .prefix = -1, .color = -1, .view = -1 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(options_set(rows, &s, &s.given, "parallel", "0", &err),
			 -1);
	assert_string_equal(
		err.msg,
		"bad value '0' for '--parallel': expected a number of at "
		"least 1");
	err_release(&err);
}

static void values_are_shown_as_they_are_typed(void **state)
{
	static const struct {
		const char *name, *value;
	} table[] = {
		{ "hosts", "a,b" },   { "parallel", "5" },
		{ "timeout", "2s" },  { "partial", "true" },
		{ "verbose", "2" },   { "color", "never" },
		{ "output-dir", "" }, { "configuration-file", "f" },
		{ "call", "" },
	};
	struct settings s = { .parallel = 5,
			      .timeout_ms = 2000,
			      .prefix = 7,
			      .verbose = 2,
			      .file = "f" };

	(void)state;
	strvec_push(&s.hosts, "a");
	strvec_push(&s.hosts, "b");
	for (size_t i = 0; i < COUNT(table); i++) {
		struct strbuf sb = STRBUF_INIT(100);

		options_show(rows, &s, table[i].name, &sb);
		ROW(strcmp(sb.buf, table[i].value) == 0, table[i].name);
		strbuf_release(&sb);
	}
	strvec_release(&s.hosts);
}

static void words_and_options_mix_until_two_dashes(void **state)
{
	char text[] = "x\0a\0-v\0b\0-j\0003\0--\0-v\0c";
	char *argv[9];
	struct strvec words = { 0 };
	struct settings s = { 0 };
	struct err err = { 0 };

	(void)state;
	for (size_t i = 0, at = 0; i < 9; i++) {
		argv[i] = text + at;
		at += strlen(argv[i]) + 1;
	}
	assert_int_equal(options_parse_all(rows, &s, 9, argv, &words, &err), 0);
	assert_int_equal(words.n, 4);
	assert_string_equal(words.v[0], "a");
	assert_string_equal(words.v[1], "b");
	assert_string_equal(words.v[2], "-v");
	assert_string_equal(words.v[3], "c");
	assert_int_equal(s.verbose, 1);
	assert_int_equal(s.parallel, 3);
	options_given_release(&s.given);
	strvec_release(&words);
}

static void a_refused_option_is_named_and_not_shown(void **state)
{
	static const char *const names[] = { "-v", "--parallel", "-l", NULL };
	static const struct {
		const char *typed, *message;
	} table[] = {
		{ "-v", "'-v' has no place in 'x y'" },
		{ "--verbose", "'--verbose' has no place in 'x y'" },
		{ "-qj4", "'-j' has no place in 'x y'" },
		{ "--parallel=no", "'--parallel' has no place in 'x y'" },
		{ "-lroot", "'-l' has no place in 'x y'" },
		{ "--no-verbose", "'--no-verbose' has no place in 'x y'" },
		{ "--parallle", "unknown option '--parallle'" },
	};
	struct option *own = options_join(NULL, 0, rows);
	char *got = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&got, &len);

	(void)state;
	options_refuse(own, names, "x y");
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char name[] = "x";
		char *argv[] = { name, xstrdup(table[i].typed), NULL };
		struct strvec words = { 0 };
		struct settings s = { 0 };
		struct err err = { 0 };

		ROW(options_parse_all(own, &s, 2, argv, &words, &err) == -1 &&
			    !strcmp(err.msg, table[i].message),
		    table[i].typed);
		err_release(&err);
		options_given_release(&s.given);
		free(argv[1]);
	}
	assert_non_null(f);
	options_dump(own, f);
	fclose(f);
	assert_null(strstr(got, "parallel"));
	assert_non_null(strstr(got, "\ttimeout\t"));
	free(got);
	free(own);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_and_options_as_ssh_reads_them),
		cmocka_unit_test(long_names_take_arguments_and_abbreviations),
		cmocka_unit_test(optional_arguments_are_only_attached),
		cmocka_unit_test(values_are_checked),
		cmocka_unit_test(unknown_options_suggest_the_nearest),
		cmocka_unit_test(nearest_word),
		cmocka_unit_test(options_follow_the_destination),
		cmocka_unit_test(help_is_wrapped_under_headings),
		cmocka_unit_test(dump_is_one_option_a_line),
		cmocka_unit_test(a_row_is_found_and_stored_by_its_letter),
		cmocka_unit_test(what_was_not_typed_can_be_set),
		cmocka_unit_test(what_was_typed_is_not_set),
		cmocka_unit_test(a_bad_value_that_is_set_is_an_error),
		cmocka_unit_test(values_are_shown_as_they_are_typed),
		cmocka_unit_test(words_and_options_mix_until_two_dashes),
		cmocka_unit_test(a_refused_option_is_named_and_not_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
