/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/hostlist.h"

#include "lib/test.h"

#include "unit/conf/hostlist_rows.h"

#include "base/alloc.h"

static void commas_and_blanks_separate(void **state)
{
	static const struct row table[] = {
		{ "", "" },
		{ " ,\t\n, ", "" },
		{ "a", "a" },
		{ "a,b", "a b" },
		{ "a b", "a b" },
		{ " a,, b\r\nc ", "a b c" },
		{ "my_host,xn--abc,b.c.", "my_host xn--abc b.c." },
		{ "n1,n1,n[1-2]", "n1 n2" },
		{ "b,a,b", "b a" },
		{ "N1,n1", "N1 n1" },
	};

	(void)state;
	check_rows(table, COUNT(table), NULL);
}

static void brackets_expand(void **state)
{
	static const struct row table[] = {
		{ "n[1-3]", "n1 n2 n3" },
		{ "n[5]", "n5" },
		{ "n[0-0]", "n0" },
		{ "n[9-11]", "n9 n10 n11" },
		{ "n[1-3,7,9-10]", "n1 n2 n3 n7 n9 n10" },
		{ "n[3,1]", "n3 n1" },
		{ "n[1-3,2-4]", "n1 n2 n3 n4" },
		{ "n[1, 2]x", "n1x n2x" },
		{ "n[ 1 - 3 / 2 ]", "n1 n3" },
		{ "n[1-9/4]", "n1 n5 n9" },
		{ "n[0-10/5,7]", "n0 n5 n10 n7" },
		{ "n[1-3/100]", "n1" },
		{ "r[1-2]-n[1-2]", "r1-n1 r1-n2 r2-n1 r2-n2" },
		{ "[1-2][3,4][5]", "135 145 235 245" },
		{ "a[1],b[2-3],c", "a1 b2 b3 c" },
		{ "n[999999999999999998-999999999999999999]",
		  "n999999999999999998 n999999999999999999" },
	};

	(void)state;
	check_rows(table, COUNT(table), NULL);
}

static void padding_is_as_written(void **state)
{
	static const struct row table[] = {
		{ "n[01-03]", "n01 n02 n03" },
		{ "n[01-3]", "n01 n02 n03" },
		{ "n[8-011]", "n008 n009 n010 n011" },
		{ "n[098-101/2]", "n098 n100" },
		{ "n[08-11]", "n08 n09 n10 n11" },
		{ "n[98-101]", "n98 n99 n100 n101" },
		{ "n[09-100/91]", "n09 n100" },
		{ "n[1,02,003]", "n1 n02 n003" },
		{ "n[0,00]", "n0 n00" },
		{ "n[00-1]", "n00 n01" },
		{ "n[0-2]", "n0 n1 n2" },
		{ "n[01-003]", "n01 n02 n03" },
		{ "n0[1-2]", "n01 n02" },
	};

	(void)state;
	check_rows(table, COUNT(table), NULL);
}

static void users_ports_and_addresses_belong_to_names(void **state)
{
	static const struct row table[] = {
		{ "adm@db[01-02].x:5432", "adm@db01.x:5432 adm@db02.x:5432" },
		{ "u[1-2]@h", "u1@h u2@h" },
		{ "h:[22-23]", "h:22 h:23" },
		{ "a@b@h", "a@b@h" },
		{ "[::1]:2222", "[::1]:2222" },
		{ "u@[fe80::1%eth0]", "u@[fe80::1%eth0]" },
		{ "::1,u@2001:db8::1", "::1 u@2001:db8::1" },
		{ "[::1],[1-2]", "[::1] 1 2" },
		{ "2001:db8::[1-2]", "2001:db8::1 2001:db8::2" },
		{ "[2001:db8::[1-2]]:22", "[2001:db8::1]:22 [2001:db8::2]:22" },
		{ "[[1-2]::5]", "[1::5] [2::5]" },
		{ "u@[1-2]", "u@1 u@2" },
	};

	(void)state;
	check_rows(table, COUNT(table), NULL);
}

static void exclusions_are_exact_and_final(void **state)
{
	static const struct row table[] = {
		{ "n[1-11],-n1", "n2 n3 n4 n5 n6 n7 n8 n9 n10 n11" },
		{ "-n[2-3],n[1-4]", "n1 n4" },
		{ "n[1-4] !n[2-3]", "n1 n4" },
		{ "n1,n1,-n1", "" },
		{ "n[1-2],-n01", "n1 n2" },
		{ "r[1-2]-n[1-2],-r1-n2", "r1-n1 r2-n1 r2-n2" },
		{ "a-b,-a", "a-b" },
		{ "a,-zzz", "a" },
	};

	(void)state;
	check_rows(table, COUNT(table), NULL);
}

#define BAD(text, column, why)                                                 \
	{                                                                      \
		text, "bad host list '" text "': column " column ": " why      \
	}
static void errors_point_at_the_column(void **state)
{
	static const struct row table[] = {
		BAD("n[]", "3", "expected a number"),
		BAD("n[1,]", "5", "expected a number"),
		BAD("n[1-]", "5", "expected a number"),
		BAD("n[-1]", "3", "expected a number"),
		BAD("n[1-3/]", "7", "expected a number"),
		BAD("n[a-z]", "3",
		    "expected a number, as letters have no ranges"),
		BAD("[a:u@b]-1", "2",
		    "expected a number, as letters have no ranges"),
		BAD("[1:u@b]:22", "3", "expected '-', ',' or ']'"),
		BAD("n[1@2]", "4", "expected '-', ',' or ']'"),
		BAD("n[1/2]", "4", "expected '-', ',' or ']'"),
		BAD("n[1-2-3]", "6", "expected '/', ',' or ']'"),
		BAD("n[1-9/2/3]", "8", "expected ',' or ']'"),
		BAD("n[1a-3]", "4", "expected '-', ',' or ']'"),
		BAD("n[1 2]", "5", "expected '-', ',' or ']'"),
		BAD("a,n[1", "6", "expected ']'"),
		BAD("n[1-3", "6", "expected ']'"),
		BAD("n[5-1]", "5", "expected 5 or more, as ranges go up"),
		BAD("n[1-9/0]", "7", "expected a step of 1 or more"),
		BAD("n1]", "3", "']' without '['"),
		BAD("n[1[2]]", "4", "expected '-', ',' or ']'"),
		BAD("n[1000000000000000000]", "3",
		    "expected a number of at most 18 digits"),
		BAD("n[0-99999999]", "3",
		    "expected at most 1000000 hosts in all"),
		BAD("n[0-999999999999999999]", "3",
		    "expected at most 1000000 hosts in all"),
		BAD("n[1-1000][1-1000][1-2]", "18",
		    "expected at most 1000000 hosts in all"),
		BAD("n[1-999999],a,b", "15",
		    "expected at most 1000000 hosts in all"),
		BAD("a,-", "4", "expected a name after '-'"),
		BAD("!,a", "2", "expected a name after '!'"),
		BAD("^", "2", "expected a file name"),
		BAD("^f", "2", "files are not read here, expected a host name"),
		BAD("a,@g", "3",
		    "no groups are known here, expected a host name"),
		BAD("@@", "1",
		    "no groups are known here, expected a host name"),
		BAD("u@@g", "3", "a group has no user, expected a host name"),
		BAD("a,web*", "3",
		    "no hosts are known here that a wildcard could stand "
		    "for, expected a host name"),
		BAD("a&", "3", "expected a name or group after '&'"),
		BAD("a& ,b", "4", "expected a name or group after '&'"),
		BAD("a&&b", "3", "expected a name or group after '&'"),
		BAD("a!!b", "3", "expected a name or group after '!'"),
		BAD("a^", "3", "expected a name or group after '^'"),
		BAD("&a", "1", "expected a name or group in front of '&'"),
		BAD("a,&b", "3", "expected a name or group in front of '&'"),
		BAD("a,-b&c", "5", "expected a name or group in front of '&'"),
		BAD("/a/&b", "4", "expected a name or group in front of '&'"),
		BAD("a&n[5-1]", "7", "expected 5 or more, as ranges go up"),
		BAD("a^/b/", "3",
		    "expected a name or group, as a regular expression is "
		    "no set"),
		BAD("a&-b", "3", "bad host name '-b': it begins with '-'"),
		BAD("a,/x", "5",
		    "expected '/' at the end of the regular expression"),
		BAD("//", "2", "expected a regular expression"),
		BAD("/a/b", "4",
		    "expected ',' (within a regular expression '/' is "
		    "written '\\/')"),
		BAD("a,/(/", "4",
		    "bad pattern '(' at column 2: missing closing "
		    "parenthesis"),
		BAD("a#b", "2",
		    "a comment stands only in a file, expected a name"),
		BAD("a,b;id", "4", "';' is not allowed in a host name"),
		BAD("a$(id)", "2", "'$' is not allowed in a host name"),
		BAD("--x", "2", "bad host name '-x': it begins with '-'"),
		BAD("a,h:0", "3",
		    "bad port '0': expected a number from 1 to 65535"),
		BAD("h:[65535-65536]", "1",
		    "bad port '65536': expected a number from 1 to 65535"),
		BAD("h:ssh", "1",
		    "bad port 'ssh': expected a number from 1 to 65535"),
		BAD("[::1", "1", "bad address '[::1': ']' is missing"),
		BAD("a:b:c", "1",
		    "bad address 'a:b:c': expected an IPv6 address, or "
		    "[address]:port"),
		{ "a\033b", "bad host list 'a\\033b': column 2: '\\033' is not "
			    "allowed in a host name" },
	};

	(void)state;
	check_rows(table, COUNT(table), NULL);
}

static void long_texts_show_the_place(void **state)
{
	char text[4000];
	char *got;

	(void)state;
	memset(text, ',', sizeof(text));
	memcpy(text + 2000, "web01,n[5-1]", 12);
	text[sizeof(text) - 1] = '\0';
	got = parsed(text, NULL);
	assert_non_null(strstr(got, "bad host list '...,,"));
	assert_non_null(strstr(got, ",web01,n[5-1],,"));
	assert_non_null(strstr(got, "...': column 2011: expected 5 or more"));
	free(got);
}

static void names_and_lines_have_limits(void **state)
{
	char *text = xmalloc(HOSTLIST_MAX_LINE + 2);
	char *got;

	(void)state;
	memset(text, 'a', HOSTLIST_MAX_LINE + 1);
	text[HOSTLIST_MAX_LINE + 1] = '\0';
	got = parsed(text, NULL);
	assert_string_equal(got, "bad host list: longer than 1048576 bytes");
	free(got);
	text[HOSTLIST_MAX_LINE] = '\0';
	got = parsed(text, NULL);
	assert_non_null(strstr(got, "': column 1: expected a shorter name"));
	free(got);
	text[254] = '\0';
	got = parsed(text, NULL);
	assert_non_null(strstr(got, "it is too long"));
	free(got);
	text[253] = '\0';
	got = parsed(text, NULL);
	assert_string_equal(got, text);
	free(got);
	/* More brackets than a name has bytes. */
	for (size_t i = 0; i + 3 <= HOSTLIST_MAX_LINE; i += 3)
		memcpy(text + i, "[1]", 3);
	text[HOSTLIST_MAX_LINE - HOSTLIST_MAX_LINE % 3] = '\0';
	got = parsed(text, NULL);
	assert_non_null(strstr(got, "': column 1: expected a shorter name"));
	free(got);
	free(text);
}

static void files_are_read(void **state)
{
	static struct file files[] = {
		{ "hosts", "# all of them\r\n"
			   "n[1-2]  # two\r\n"
			   "\r\n"
			   "adm@db:22,x -n1\n"
			   "last" },
		{ "etc/all", "#include web\n^sub/db\n^/abs\n#includes\n" },
		{ "etc/web", "web1" },
		{ "etc/sub/db", "db1\n#include\tmore \n" },
		{ "etc/sub/more", "more1" },
		{ "/abs", "abs1" },
		{ "-", "in1 in2" },
		{ "stdin", "^-" },
		{ "bad", "a\n\n  n[5-1]\n" },
		{ "outer", "a\n^bad\n" },
		{ "loop", "^loop\n" },
		{ "nul", "" },
		{ NULL, NULL },
	};
	static const struct row table[] = {
		{ "^hosts", "n2 adm@db:22 x last" },
		{ "a,^etc/all,b", "a web1 db1 more1 abs1 b" },
		{ "^-", "in1 in2" },
		{ "^stdin", "in1 in2" },
		{ "^nul", "" },
		{ "n[1-3],-^hosts", "n1 n3" },
		{ "n[1-3],!^hosts,last", "n1 n3" },
		{ "^nosuch", "cannot read 'nosuch'" },
		{ "^bad", "bad line 3: bad host list '  n[5-1]': column 7: "
			  "expected 5 or more, as ranges go up" },
		{ "b,^outer", "outer line 2: bad line 3: bad host list "
			      "'  n[5-1]': column 7: expected 5 or more, as "
			      "ranges go up" },
	};
	const struct hostlist_source source = { .read = read_table,
						.arg = files };
	char *got;

	(void)state;
	check_rows(table, COUNT(table), &source);
	got = parsed("^loop", &source);
	assert_non_null(strstr(got, "loop line 1: loop line 1: cannot include "
				    "'loop': at most 16 files within each "
				    "other"));
	free(got);
}

static int read_endless(void *arg, const char *path, size_t max,
			struct strbuf *out, struct err *err)
{
	unsigned int *reads = arg;

	(void)max;
	(void)err;
	/* Each of "a".."p" includes the next one ten times. */
	++*reads;
	for (int i = 0; i < 10 && path[0] < 'p'; i++)
		strbuf_addf(out, "^%c\n", path[0] + 1);
	return 0;
}

static int read_nul(void *arg, const char *path, size_t max, struct strbuf *out,
		    struct err *err)
{
	(void)arg;
	(void)path;
	(void)max;
	(void)err;
	return strbuf_add(out, "a\nb\0c\n", 6);
}

static int read_long(void *arg, const char *path, size_t max,
		     struct strbuf *out, struct err *err)
{
	(void)arg;
	(void)path;
	(void)max;
	(void)err;
	for (size_t i = 0; i <= HOSTLIST_MAX_LINE / 8; i++)
		strbuf_addstr(out, "        ");
	return 0;
}

static void files_have_limits(void **state)
{
	unsigned int reads = 0;
	const struct hostlist_source endless = { .read = read_endless,
						 .arg = &reads };
	const struct hostlist_source nul = { .read = read_nul };
	const struct hostlist_source wide = { .read = read_long };
	char *got;

	(void)state;
	got = parsed("^a", &endless);
	assert_non_null(strstr(got, "files are larger than 67108864 bytes"));
	assert_in_range(reads, 100, 20000);
	free(got);
	got = parsed("^a", &nul);
	assert_string_equal(got, "a line 2: a NUL is in it");
	free(got);
	got = parsed("^a", &wide);
	assert_string_equal(got, "a line 1: longer than 1048576 bytes");
	free(got);
}

static void lists_grow_and_errors_leave_them(void **state)
{
	struct hostlist *hl = hostlist_new();
	struct err err = { 0 };

	(void)state;
	assert_int_equal(hostlist_parse(hl, "n[1-4],-n2", NULL, &err), 0);
	assert_int_equal(hostlist_parse(hl, "n5,-n1,x[", NULL, &err), -1);
	err_release(&err);
	assert_int_equal(hostlist_count(hl), 3);
	assert_string_equal(hostlist_get(hl, 0), "n1");
	assert_int_equal(hostlist_parse(hl, "n[1-6]", NULL, &err), 0);
	assert_int_equal(hostlist_count(hl), 5);
	assert_string_equal(hostlist_get(hl, 1), "n3");
	assert_string_equal(hostlist_get(hl, 4), "n6");
	assert_int_equal(hostlist_exclude(hl, "n[1-9],-n6,zz", NULL, &err), 0);
	assert_int_equal(hostlist_count(hl), 1);
	assert_string_equal(hostlist_get(hl, 0), "n6");
	assert_int_equal(hostlist_exclude(hl, "n6,n[", NULL, &err), -1);
	err_release(&err);
	assert_int_equal(hostlist_count(hl), 1);
	hostlist_free(hl);
	hostlist_free(NULL);
}

static void a_million_is_the_limit(void **state)
{
	struct hostlist *hl = hostlist_new();
	struct strbuf sb = STRBUF_INIT(1000);
	const char **names = xmalloc(HOSTLIST_MAX_HOSTS * sizeof(*names));

	(void)state;
	assert_int_equal(hostlist_parse(hl, "n[0-999999]", NULL, NULL), 0);
	assert_int_equal(hostlist_count(hl), HOSTLIST_MAX_HOSTS);
	assert_string_equal(hostlist_get(hl, 999999), "n999999");
	assert_int_equal(hostlist_parse(hl, "x", NULL, NULL), -1);
	for (size_t i = 0; i < HOSTLIST_MAX_HOSTS; i++)
		names[i] = hostlist_get(hl, i);
	hostlist_fold(names, HOSTLIST_MAX_HOSTS, &sb);
	assert_string_equal(sb.buf, "n[0-999999]");
	free(names);
	strbuf_release(&sb);
	hostlist_free(hl);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commas_and_blanks_separate),
		cmocka_unit_test(brackets_expand),
		cmocka_unit_test(padding_is_as_written),
		cmocka_unit_test(users_ports_and_addresses_belong_to_names),
		cmocka_unit_test(exclusions_are_exact_and_final),
		cmocka_unit_test(errors_point_at_the_column),
		cmocka_unit_test(long_texts_show_the_place),
		cmocka_unit_test(names_and_lines_have_limits),
		cmocka_unit_test(files_are_read),
		cmocka_unit_test(files_have_limits),
		cmocka_unit_test(lists_grow_and_errors_leave_them),
		cmocka_unit_test(a_million_is_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
