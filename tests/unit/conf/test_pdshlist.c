/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/pdshlist.h"

#include "lib/test.h"

#include "conf/hostlist.h"

/* Files for the tests, and what was warned of. */
struct disk {
	const char *const *files; /* name, text, ... NULL */
	struct strbuf warnings;
};

static int read_disk(void *arg, const char *path, size_t max,
		     struct strbuf *out, struct err *err)
{
	const struct disk *disk = arg;

	for (const char *const *f = disk->files; f && *f; f += 2)
		if (!strcmp(f[0], path) && strlen(f[1]) <= max)
			return strbuf_addstr(out, f[1]);
	return err_set(err, ERR_CONFIG, "%s: No such file or directory", path);
}

static void take_warning(void *arg, const char *text)
{
	struct disk *disk = arg;

	strbuf_addf(&disk->warnings, "%s;", text);
}

static const char *const rcmds[] = { "ssh", "exec", NULL };

/* "type:user@name" with blanks between, or the message. */
static char *told(struct pdshlist *l, int rc, struct err *err)
{
	struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);

	if (!rc)
		rc = pdshlist_finish(l, err);
	if (rc) {
		assert_int_not_equal(err->code, ERR_NONE);
		strbuf_addstr(&sb, err->msg);
		err_release(err);
		return strbuf_detach(&sb, NULL);
	}
	for (size_t i = 0; i < pdshlist_count(l); i++) {
		const struct pdsh_host *h = pdshlist_get(l, i);

		strbuf_addf(&sb, "%s%s%s%s%s%s", i ? " " : "",
			    h->rcmd ? h->rcmd : "", h->rcmd ? ":" : "",
			    h->user ? h->user : "", h->user ? "@" : "",
			    h->name);
	}
	return strbuf_detach(&sb, NULL);
}

struct row {
	const char *list;    /* of -w */
	const char *exclude; /* of -x; NULL: none */
	const char *want;
};

static void check(const struct row *rows, size_t n, const char *const *files)
{
	for (size_t i = 0; i < n; i++) {
		struct disk disk = { .files = files };
		const struct pdshlist_env env = { .read = read_disk,
						  .warn = take_warning,
						  .rcmds = rcmds,
						  .arg = &disk };
		struct pdshlist *l = pdshlist_new(&env);
		struct err err = { 0 };
		char *got;
		int rc;

		strbuf_init(&disk.warnings, STRBUF_MAX_TEXT);
		rc = pdshlist_add(l, rows[i].list, &err);
		if (!rc && rows[i].exclude)
			rc = pdshlist_exclude(l, rows[i].exclude, &err);
		got = told(l, rc, &err);
		if (disk.warnings.len) {
			char *all = NULL;

			assert_true(asprintf(&all, "%s %s", disk.warnings.buf,
					     got) > 0);
			free(got);
			got = all;
		}
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("'%s': got '%s', want '%s'", rows[i].list, got,
				 rows[i].want);
		free(got);
		strbuf_release(&disk.warnings);
		pdshlist_free(l);
	}
}

static void order_and_duplicates_stay(void **state)
{
	static const struct row rows[] = {
		{ "n1", NULL, "n1" },
		{ "", NULL, "" },
		{ ",, ,", NULL, "" },
		{ "b,a,b", NULL, "b a b" },
		{ "n[3,1],n2,n[2-3]", NULL, "n3 n1 n2 n2 n3" },
		{ "a b\tc", NULL, "a b c" },
		{ "n[1-2]-[1-2]", NULL, "n1-1 n1-2 n2-1 n2-2" },
		{ "n[1-2][1-2][1-2]", NULL,
		  "n111 n112 n121 n122 n211 n212 n221 n222" },
		{ "[8-10]", NULL, "8 9 10" },
		{ "n[1-2].x", NULL, "n1.x n2.x" },
	};

	(void)state;
	check(rows, COUNT(rows), NULL);
}

static void the_first_number_is_the_width(void **state)
{
	static const struct row rows[] = {
		{ "n[01-3]", NULL, "n01 n02 n03" },
		{ "n[1-003]", NULL, "n1 n2 n3" },
		{ "n[9-11]", NULL, "n9 n10 n11" },
		{ "n[099-101]", NULL, "n099 n100 n101" },
		{ "n[08-10,1,001]", NULL, "n08 n09 n10 n1 n001" },
		{ "n[1-3/2]", NULL,
		  "Invalid range: bad host list 'n[1-3/2]': column 6: "
		  "expected ',' or ']'" },
		{ "n1 /1/", NULL,
		  "bad host list 'n1 /1/': column 4: expected a name, as a "
		  "regular expression is an item of its own" },
		{ "u@/", NULL,
		  "bad host list 'u@/': column 1: expected a name, as a "
		  "regular expression is an item of its own" },
		{ "n[1-]", NULL,
		  "Invalid range: bad host list 'n[1-]': column 5: expected a "
		  "number" },
	};

	(void)state;
	check(rows, COUNT(rows), NULL);
}

static void types_and_users_belong_to_one_item(void **state)
{
	static const struct row rows[] = {
		{ "exec:n[1-2],n3", NULL, "exec:n1 exec:n2 n3" },
		{ "u@n[1-2],n3", NULL, "u@n1 u@n2 n3" },
		{ "u@n1 n2,n3", NULL, "u@n1 u@n2 n3" },
		{ "ssh:u@n[1-2]-[1-2]", NULL,
		  "ssh:u@n1-1 ssh:u@n1-2 ssh:u@n2-1 ssh:u@n2-2" },
		{ "u@n1,v@n1", NULL, "u@n1 v@n1" },
		{ "n1:2222", NULL, "n1:2222" },
		{ "n[1-2]:22", NULL, "n1:22 n2:22" },
		{ "exec:n1:22", NULL, "exec:n1:22" },
		{ "u@n1:22", NULL, "u@n1:22" },
		{ "::1", NULL, "::1" },
		{ "2001:db8::[1-2]", NULL, "2001:db8::1 2001:db8::2" },
		{ "u@[::1]:22", NULL, "u@[::1]:22" },
		{ "rsh:n1", NULL, "No such rcmd module \"rsh\"" },
	};

	(void)state;
	check(rows, COUNT(rows), NULL);
}

static void exclusions_count_everywhere(void **state)
{
	static const struct row rows[] = {
		{ "n[1-3],-n2", NULL, "n1 n3" },
		{ "-n2,n[1-3]", NULL, "n1 n3" },
		{ "n[1-3]", "n2", "n1 n3" },
		{ "n2,n[1-3],n2", "n2", "n1 n3" },
		{ "n[1-3]-[1-2]", "n[1-2]-1", "n1-2 n2-2 n3-1 n3-2" },
		{ "n[1-3]", "n02", "n1 n2 n3" },
		{ "n2.x,n2", "n2", "n2.x" },
		{ "n[1-3]", "u@n2", "n1 n3" },
		{ "u@n[1-3]", "n[1-2]", "u@n3" },
		{ "n[1-3], -n2", NULL, "n1 n3" },
		{ "n[1-3] -n2", NULL, "n1 n3" },
		{ "n[1-3]", "n2 n3", "n1" },
		{ "n[1-3]", "n[1-",
		  "Invalid range: bad host list 'n[1-': column 5: expected a "
		  "number" },
		{ "n1,-", NULL,
		  "bad host list 'n1,-': column 5: expected a name after '-'" },
		{ "n1", "-n1",
		  "bad host list '-n1': column 1: bad host name '-n1': it "
		  "begins with '-'" },
	};

	(void)state;
	check(rows, COUNT(rows), NULL);
}

static void patterns_keep_and_drop(void **state)
{
	static const struct row rows[] = {
		{ "n[0-20],/0$/", NULL, "n0 n10 n20" },
		{ "n[0-20],/0$", NULL, "n0 n10 n20" },
		{ "n[0-20],-/[1-9]$/", NULL, "n0 n10 n20" },
		{ "n[0-20]", "/[1-9]$/", "n0 n10 n20" },
		{ "/1/,n[9-21],/0/", NULL, "n10" },
		{ "n[1-2]-[1-2],/^n1-2$/", NULL, "n1-2" },
		{ "a1,b1,/^(a|c)/", NULL, "a1" },
		{ "n1,n22,/n2**/", NULL, "n1 n22" },
		{ "ab,aab,b,/^a+?b$/", NULL, "ab aab b" },
		{ "n1,n2,/n[[:digit:]]{1}$/,/[]2]/", NULL, "n2" },
		{ "a.b,axb,/a\\.b/", NULL, "a.b" },
		{ "a.b,axb,/a[\\.]b/", NULL, "a.b" },
		{ "ad,a1,/a\\d/", NULL, "ad" },
		{ "n1,/n(1/", NULL,
		  "Error matching pattern \"n(1\": unmatched '('" },
		{ "n1", "/*/",
		  "Error excluding pattern \"*\": nothing stands before the "
		  "repetition" },
	};

	(void)state;
	check(rows, COUNT(rows), NULL);
}

static void files_hold_hosts_comments_and_files(void **state)
{
	static const char *const files[] = {
		"w",
		"n1 # one\nn[3-4],n5\n\n  n6 n7\r\nn1",
		"d/A",
		"a1\n#include B\n#include ./C\n#include sub/D\n",
		"d/B",
		"b1\n",
		"d/C",
		"c1",
		"d/sub/D",
		"#include ../B\n#include ./E\n#include C\n",
		"d/sub/E",
		"e1",
		"bad",
		"x\nn[1-\n",
		"odd",
		"#include\n#included A\n#include B garbage\n#includes\nx",
		"loop",
		"l1\n#include loop\n",
		"d/sub/../B",
		"b2",
		"typed",
		"exec:u@n1\nn[1-3]\n-n2\n/n[13]/\n",
		"opt",
		"-oProxyCommand=x\n",
		"nested",
		"^w\n",
		"-",
		"in1 in2\n",
		NULL
	};
	static const struct row rows[] = {
		{ "^w", NULL, "n1 n3 n4 n5 n6 n7 n1" },
		{ "a,^w,b", "n1", "a n3 n4 n5 n6 n7 b" },
		{ "n[1-5],-^w", NULL, "n2" },
		{ "n[1-5]", "^w", "n2" },
		{ "-", NULL, "in1 in2" },
		{ "^-,n1", NULL, "in1 in2 n1" },
		{ "^d/A", NULL,
		  "warning: file 'C' included multiple times; a1 b1 c1 b2 e1" },
		{ "^loop", NULL,
		  "warning: file 'loop' included multiple times; l1" },
		{ "^odd", NULL,
		  "warning: Ignoring invalid line: #include;"
		  "warning: Ignoring invalid line: #included A;"
		  "warning: Ignoring invalid line: #include B garbage;"
		  "warning: Ignoring invalid line: #includes; x" },
		{ "^typed", NULL, "exec:u@n1 n1 n3" },
		{ "^none", NULL, "none: No such file or directory" },
		{ "^bad", NULL,
		  "bad line 2: Invalid range: bad host list 'n[1-': column 5: "
		  "expected a number" },
		/* An exclusion, and never an option of ssh. */
		{ "^opt,a", NULL, "a" },
		{ "^nested", NULL,
		  "nested line 1: bad host list '^w': column 1: '^' does not "
		  "stand in a file; use #include" },
		{ "^", NULL, "expected a file name after '^'" },
	};

	(void)state;
	check(rows, COUNT(rows), files);
}

static void lists_fold_in_their_order(void **state)
{
	static const struct row rows[] = {
		{ "n[1-3]", NULL, "n[1-3]" },
		{ "n1", NULL, "n1" },
		{ "n1,n1", NULL, "n[1,1]" },
		{ "n3,n1,n2", NULL, "n[3,1-2]" },
		{ "n9,n10,n011", NULL, "n[9-10,011]" },
		{ "n09,n10", NULL, "n[09-10]" },
		{ "n9,n010", NULL, "n[9,010]" },
		{ "n99,n100,n101", NULL, "n[99-101]" },
		{ "a,b1,b2,a", NULL, "a,b[1-2],a" },
		{ "n[1-2].x", NULL, "n1.x,n2.x" },
		{ "[8-11]", NULL, "[8-11]" },
		{ "n[1-2]-[1-2]", NULL, "n1-[1-2],n2-[1-2]" },
		{ "n33554433,n33554434", NULL, "n33554433,n33554434" },
		{ "1,0000000000000000002", NULL, "1,0000000000000000002" },
		{ "1,000000000000000002", NULL, "[1,000000000000000002]" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct pdshlist_env env = { .read = read_disk,
						  .rcmds = rcmds };
		struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);
		struct pdshlist *l = pdshlist_new(&env);

		assert_int_equal(pdshlist_add(l, rows[i].list, NULL), 0);
		assert_int_equal(pdshlist_finish(l, NULL), 0);
		pdshlist_fold(l, &sb);
		assert_string_equal(sb.buf, rows[i].want);
		strbuf_release(&sb);
		pdshlist_free(l);
	}
}

static void limits_hold(void **state)
{
	const struct pdshlist_env env = { .read = read_disk, .rcmds = rcmds };
	struct pdshlist *l = pdshlist_new(&env);
	struct err err = { 0 };

	(void)state;
	assert_int_equal(pdshlist_add(l, "n[1-600000]", &err), 0);
	assert_int_equal(pdshlist_add(l, "n[1-600000]", &err), -1);
	assert_non_null(strstr(err.msg, "expected at most"));
	err_release(&err);
	pdshlist_free(l);
}

static void others_are_kept_out(void **state)
{
	const struct pdshlist_env env = { .read = read_disk, .rcmds = rcmds };
	struct pdshlist *l = pdshlist_new(&env);
	struct pdshlist *other = pdshlist_new(&env);
	struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);

	(void)state;
	assert_int_equal(pdshlist_add(l, "n[1-5],n2", NULL), 0);
	assert_int_equal(pdshlist_add(other, "n[2-3],x", NULL), 0);
	assert_int_equal(pdshlist_finish(l, NULL), 0);
	assert_int_equal(pdshlist_finish(other, NULL), 0);
	pdshlist_keep(l, other);
	pdshlist_fold(l, &sb);
	assert_string_equal(sb.buf, "n[2-3,2]");
	strbuf_release(&sb);
	pdshlist_free(other);
	pdshlist_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_and_duplicates_stay),
		cmocka_unit_test(the_first_number_is_the_width),
		cmocka_unit_test(types_and_users_belong_to_one_item),
		cmocka_unit_test(exclusions_count_everywhere),
		cmocka_unit_test(patterns_keep_and_drop),
		cmocka_unit_test(files_hold_hosts_comments_and_files),
		cmocka_unit_test(lists_fold_in_their_order),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(others_are_kept_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
