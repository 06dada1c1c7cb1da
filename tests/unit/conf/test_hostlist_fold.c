/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/hostlist.h"

#include "lib/test.h"

#include "unit/conf/hostlist_rows.h"

/* Fold blank-separated names. */
static char *folded(const char *text)
{
	struct strvec names = { 0 };
	struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);

	strvec_split(&names, text, " ");
	hostlist_fold((const char *const *)names.v, names.n, &sb);
	strvec_release(&names);
	return strbuf_detach(&sb, NULL);
}

static void names_fold_to_ranges(void **state)
{
	static const struct row table[] = {
		{ "", "" },
		{ "a", "a" },
		{ "n1", "n1" },
		{ "n1 n1", "n1" },
		{ "node01 node02 node03 node07 db1", "node[01-03,07],db1" },
		{ "n3 n1 n2", "n[1-3]" },
		{ "n1 n2", "n[1-2]" },
		{ "n1 n3", "n[1,3]" },
		{ "n8 n9 n10 n11", "n[8-11]" },
		{ "n08 n09 n10", "n[08-10]" },
		{ "n099 n100 n101", "n[099-101]" },
		{ "n98 n99 n100", "n[98-100]" },
		{ "n01 n99 n100", "n[01,99-100]" },
		{ "n1 n01 n001 n2 n02", "n[1-2,01-02,001]" },
		{ "n9 n09 n10", "n[9,09-10]" },
		{ "n0 n1 n00 n01", "n[0-1,00-01]" },
		{ "n1-ib0 n2-ib0", "n[1-2]-ib0" },
		{ "a b2-n1 c b3-n1", "a,b[2-3]-n1,c" },
		{ "r1-n1 r2-n1 r2-n2 r2-n3", "r[1-2]-n1,r2-n[2-3]" },
		{ "r1-n1 r1-n2 r2-n1 r2-n2", "r1-n[1-2],r2-n[1-2]" },
		{ "a1 b1 a2 b2", "a[1-2],b[1-2]" },
		{ "10.0.0.1 10.0.1.1", "10.0.[0-1].1" },
		{ "u@n1:22 u@n2:22", "u@n[1-2]:22" },
		{ "h:22 h:23", "h:[22-23]" },
		{ "[::1]:22 [::2]:22", "[::[1-2]]:22" },
		{ "[1::5] [2::5]", "[[1-2]::5]" },
		{ "::1 ::2", "::[1-2]" },
		{ "1 2 x", "[1-2],x" },
		{ "n9999999999999999991 n9999999999999999992",
		  "n9999999999999999991,n9999999999999999992" },
		{ "n999999999999999998 n999999999999999999",
		  "n[999999999999999998-999999999999999999]" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		char *got = folded(table[i].text);

		if (strcmp(got, table[i].want) != 0)
			fail_msg("'%s': got '%s', want '%s'", table[i].text,
				 got, table[i].want);
		free(got);
	}
}

static void sets_fold_in_all_dimensions(void **state)
{
	static const struct row table[] = {
		{ "", "" },
		{ "a", "a" },
		{ "b a", "a,b" },
		{ "n3 n1 n2", "n[1-3]" },
		{ "n1 n01 n001 n2", "n[1-2,01,001]" },
		{ "n98 n99 n100", "n[98-100]" },
		{ "n098 n099 n100", "n[098-100]" },
		{ "n99 n01 n100", "n[01,99-100]" },
		{ "n8 n9 n09 n10", "n[8-9,09-10]" },
		{ "1 2 3", "[1-3]" },
		{ "n-1 n-2 n1", "n1,n-[1-2]" },
		{ "r1n1 r1n2 r2n1 r2n2", "r[1-2]n[1-2]" },
		{ "r1n1 r1n2 r2n1 r3n1", "r[2-3]n1,r1n[1-2]" },
		{ "r1n1 r1n2 r2n1", "r1n[1-2],r2n1" },
		{ "r1n1 r2n2 r10n1", "r[1,10]n1,r2n2" },
		{ "a1b1c1 a1b1c2 a1b2c1 a1b2c2 a2b1c1",
		  "a1b[1-2]c[1-2],a2b1c1" },
		{ "n1.x n2.x n1", "n1,n[1-2].x" },
		{ "a%1 a%2 a%s1", "a%[1-2],a%s1" },
		{ "n123456789012345678 n123456789012345679",
		  "n123456789012345678,n123456789012345679" },
		{ "u1@h:22 u1@h:23 u2@h:22", "u1@h:[22-23],u2@h:22" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct strvec names = { 0 };
		struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);

		strvec_split(&names, table[i].text, " ");
		hostlist_fold_set((const char *const *)names.v, names.n, &sb);
		if (strcmp(sb.buf, table[i].want) != 0)
			fail_msg("'%s': got '%s', want '%s'", table[i].text,
				 sb.buf, table[i].want);
		strvec_release(&names);
		strbuf_release(&sb);
	}
}

static void pieces_have_no_gaps(void **state)
{
	struct hostlist *hl = hostlist_new();
	struct strvec pieces = { 0 };
	char *got;

	(void)state;
	assert_int_equal(
		hostlist_parse(hl, "n[1-3,5,7-8],r[1,3]x[1-2,4],a", NULL, NULL),
		0);
	hostlist_fold_contiguous(hostlist_names(hl), hostlist_count(hl),
				 &pieces);
	got = strvec_join(&pieces, " ");
	assert_string_equal(got, "a n[1-3] n5 n[7-8] r1x[1-2] r1x4 r3x[1-2] "
				 "r3x4");
	free(got);
	strvec_release(&pieces);
	hostlist_free(hl);
}

static void sorting_is_as_folding_names_them(void **state)
{
	static const struct row table[] = {
		{ "n10,n9,b,n1,a", "a b n1 n9 n10" },
		{ "n[010,9,10,09]", "n9 n09 n10 n010" },
		{ "r2n1,r1n[2,1]", "r1n1 r1n2 r2n1" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct hostlist *hl = hostlist_new();
		struct strbuf sb = STRBUF_INIT(1000);

		assert_int_equal(hostlist_parse(hl, table[i].text, NULL, NULL),
				 0);
		hostlist_sort(hl);
		for (size_t k = 0; k < hostlist_count(hl); k++)
			strbuf_addf(&sb, "%s%s", k ? " " : "",
				    hostlist_get(hl, k));
		assert_string_equal(sb.buf, table[i].want);
		strbuf_release(&sb);
		hostlist_free(hl);
	}
}

static void fold_appends(void **state)
{
	static const char *const names[] = { "n1", "n2" };
	struct strbuf sb = STRBUF_INIT(100);

	(void)state;
	strbuf_addstr(&sb, "failed: ");
	hostlist_fold(names, COUNT(names), &sb);
	assert_string_equal(sb.buf, "failed: n[1-2]");
	strbuf_release(&sb);
}

/* A small generator, so that a failure comes back with its seed. */
static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

static const char *const pieces[] = {
	"n", "n-", "r0", "x.y", "0",   "00",  "1",   "9",   "09", "10", "-1",
	"a", "ab", "_",	 "99",	"100", "007", "z0z", "1.2", "%",  "/",	"=",
};

static const char *const users[] = { "", "", "", "u@", "u1@", "a@b@", "9@" };
static const char *const ports[] = { "", "", "", ":22", ":1", ":10", ":9" };
static const char *const addresses[] = { "::1",		 "::2",
					 "[::1]",	 "[::10]",
					 "[9::]",	 "[10::]",
					 "fe80::1%eth0", "[fe80::1%eth10]" };

#define PICK(array, seed) ((array)[next_random(seed) % COUNT(array)])

/* Any valid name there is. */
static char *random_name(uint32_t *seed)
{
	struct strbuf sb = STRBUF_INIT(1000);
	bool bracketed = false;

	strbuf_addstr(&sb, PICK(users, seed));
	if (next_random(seed) % 4 == 0) {
		strbuf_addstr(&sb, PICK(addresses, seed));
		bracketed = sb.buf[sb.len - 1] == ']';
	} else {
		strbuf_addstr(&sb, next_random(seed) % 2 ? "n" : "7");
		for (uint32_t n = next_random(seed) % 3; n--;)
			strbuf_addstr(&sb, PICK(pieces, seed));
		bracketed = true;
	}
	if (bracketed)
		strbuf_addstr(&sb, PICK(ports, seed));
	return strbuf_detach(&sb, NULL);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

typedef void fold_fn(const char *const *names, size_t n, struct strbuf *out);

static void check_inverse(uint32_t seed, fold_fn *fold)
{
	struct hostlist *hl = hostlist_new();
	struct hostlist *again = hostlist_new();
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct err err = { 0 };
	const char *names[60], *back[60];
	size_t n;

	for (uint32_t i = next_random(&seed) % 60; i--;) {
		char *name = random_name(&seed);

		if (hostlist_parse(hl, name, NULL, &err))
			fail_msg("'%s': %s", name, err.msg);
		free(name);
	}
	n = hostlist_count(hl);
	for (size_t i = 0; i < n; i++)
		names[i] = hostlist_get(hl, i);
	fold(names, n, &text);
	if (hostlist_parse(again, text.buf, NULL, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(hostlist_count(again), n);
	for (size_t i = 0; i < n; i++)
		back[i] = hostlist_get(again, i);
	qsort(names, n, sizeof(*names), compare_names);
	qsort(back, n, sizeof(*back), compare_names);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(names[i], back[i]);
	strbuf_release(&text);
	hostlist_free(again);
	hostlist_free(hl);
}

static void fold_is_the_inverse_of_parse(void **state)
{
	const uint32_t rounds = test_rounds(2000);

	(void)state;
	for (uint32_t seed = 1; seed <= rounds; seed++) {
		check_inverse(seed, hostlist_fold);
		check_inverse(seed, hostlist_fold_set);
	}
}

static void ascending_names_keep_their_order(void **state)
{
	static const char text[] =
		"a[1-9,08-12],b[01-100],c1x,c[2-3]y,d,u@e[9-11]:22";
	struct hostlist *hl = hostlist_new();
	struct strbuf sb = STRBUF_INIT(1000);
	const char *names[200];
	size_t n;

	(void)state;
	assert_int_equal(hostlist_parse(hl, text, NULL, NULL), 0);
	n = hostlist_count(hl);
	assert_in_range(n, 100, 200);
	for (size_t i = 0; i < n; i++)
		names[i] = hostlist_get(hl, i);
	hostlist_fold(names, n, &sb);
	assert_string_equal(sb.buf, text);
	strbuf_release(&sb);
	hostlist_free(hl);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_fold_to_ranges),
		cmocka_unit_test(sets_fold_in_all_dimensions),
		cmocka_unit_test(pieces_have_no_gaps),
		cmocka_unit_test(sorting_is_as_folding_names_them),
		cmocka_unit_test(fold_appends),
		cmocka_unit_test(fold_is_the_inverse_of_parse),
		cmocka_unit_test(ascending_names_keep_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
