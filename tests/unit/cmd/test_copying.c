/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of :put and :get.
 */
#include "cmd/copying.h"

#include "lib/files.h"

#include "base/alloc.h"
#include "base/strbuf.h"
#include "io/manifest.h"

#define MANY 1000

static char folder[] = "/tmp/rsh-copying.XXXXXX";
static const char *const files[] = { "a", "b", "a b" };

static int make_files(void **state)
{
	(void)state;
	if (!mkdtemp(folder) || chdir(folder) || setenv("HOME", folder, 1))
		return -1;
	files_make(files, COUNT(files));
	return 0;
}

static int remove_files(void **state)
{
	(void)state;
	files_unmake(files, COUNT(files));
	(void)rmdir("into");
	return rmdir(folder);
}

/* "DEST <- NAME,NAME" with what the options say. */
static void say_put(const struct op_spec *spec, struct strbuf *out)
{
	const struct copy_spec *c = &spec->copy;

	strbuf_addf(out, "%s <-", c->dest);
	for (size_t i = 0; i < c->manifest->nsources; i++)
		strbuf_addf(out, " %s", c->manifest->names[i]);
}

static void say_get(const struct op_spec *spec, struct strbuf *out)
{
	const struct copy_spec *c = &spec->copy;

	strbuf_addf(out, "%s <-", strrchr(c->into, '/') + 1);
	for (size_t i = 0; i < c->sources.n; i++)
		strbuf_addf(out, " %s", c->sources.v[i]);
	for (size_t i = 0; i < c->dirs.n; i++)
		strbuf_addf(out, " [%s]", c->dirs.v[i]);
}

static struct copying *read_all(bool put, const char *line,
				const struct targets *ts, struct op_spec *spec,
				struct err *err)
{
	struct copying *c = copying_read(put, line, ts, err);
	int rc = 1;

	while (c && rc == 1)
		rc = copying_step(c, spec, err);
	if (c && rc < 0) {
		copying_free(c);
		c = NULL;
	}
	return c;
}

static void words_are_those_of_the_verbs(void **state)
{
	static const struct {
		bool put;
		const char *line;
		const char *text; /* what is done, or a part of why not */
	} rows[] = {
		{ true, "a b /tmp/x", "/tmp/x <- a b" },
		{ true, "'a b' a dir/", "dir/ <- a b a" },
		{ true, "\"a b\" -p b ''", " <- a b b" },
		{ true, "-- a -r", "-r <- a" },
		{ true, "~/a ~/x", "x <- a" },
		{ true, "[a] x", "x <- a" },
		{ true, "a ~other/x", "other" },
		{ true, "a", "something is missing: :put SRC... DST" },
		{ true, "nosuch x", "nosuch" },
		{ true, "z* x", "no file matches 'z*'" },
		{ true, "'a x", "quote" },
		{ true, "-H n1 a x", "'-H' has no place in ':put'" },
		{ true, "--hosts=n1 a x", "'--hosts' has no place in ':put'" },
		{ true, "-P 22 a x", "'-P' has no place in ':put'" },
		{ true, "-i id a x", "'-i' has no place in ':put'" },
		{ true, "--help a x", "'--help' has no place in ':put'" },
		{ true, "--dest x a x", "'--dest' has no place in ':put'" },
		{ true, "--delete a x", "--delete needs -r" },
		{ true, "--nosuch a x", "nosuch" },
		{ true, "--exclude n1 -r a x", "names a host" },
		{ false, "/etc/x y ~/into", "into <- /etc/x y [n1] [n2]" },
		{ false, "--dest d/%h '/a b' ~/into",
		  "into <- /a b [d/n1] [d/n2]" },
		{ false, "/etc/x", "something is missing: :get SRC... DIR" },
		{ false, "-l me x y", "'-l' has no place in ':get'" },
		{ false, "a/x b/x ~/into", "two sources are called 'x'" },
	};
	struct targets ts = { 0 };

	(void)state;
	assert_int_equal(targets_add(&ts, "n1", NULL, NULL), 0);
	assert_int_equal(targets_add(&ts, "n2", NULL, NULL), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf text = STRBUF_INIT(10000);
		struct err err = { 0 };
		struct op_spec spec;
		struct copying *c =
			read_all(rows[i].put, rows[i].line, &ts, &spec, &err);

		if (c && rows[i].put)
			say_put(&spec, &text);
		else if (c)
			say_get(&spec, &text);
		ROW(c ? !strcmp(text.buf, rows[i].text)
		      : err.msg && strstr(err.msg, rows[i].text) != NULL,
		    rows[i].line);
		ROW((err.code != ERR_NONE) == !c, rows[i].line);
		if (c)
			op_spec_release(&spec);
		copying_free(c);
		err_release(&err);
		strbuf_release(&text);
	}
	targets_release(&ts);
}

static void options_reach_the_copy(void **state)
{
	struct targets ts = { 0 };
	struct op_spec spec;
	struct copying *c;

	(void)state;
	assert_int_equal(targets_add(&ts, "n1", NULL, NULL), 0);
	c = read_all(true, "-rp --verify a --exclude '*.o' x", &ts, &spec,
		     NULL);
	assert_non_null(c);
	assert_int_equal(spec.kind, OP_PUT);
	assert_true(spec.copy.recursive && spec.copy.keep && spec.copy.verify);
	assert_false(spec.copy.resume || spec.copy.sweep);
	assert_null(spec.copy.rate);
	assert_string_equal(spec.copy.skip.v[0], "*.o");
	op_spec_release(&spec);
	copying_free(c);
	targets_release(&ts);
}

/* No step does much, and what it comes to is the same. */
static void what_is_put_is_listed_in_steps(void **state)
{
	struct targets ts = { 0 };
	struct op_spec spec;
	struct copying *c;
	size_t steps = 0, before = 0;
	char path[32];

	(void)state;
	assert_int_equal(targets_add(&ts, "n1", NULL, NULL), 0);
	assert_int_equal(mkdir("many", 0700), 0);
	for (int i = 0; i < MANY; i++) {
		(void)snprintf(path, sizeof(path), "many/%04d", i);
		close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	}
	c = copying_read(true, "-r --exclude *7 'many' a b* x", &ts, NULL);
	assert_non_null(c);
	while (copying_step(c, &spec, NULL) == 1) {
		steps++;
		assert_in_range(copying_listed(c), before, before + 256);
		before = copying_listed(c);
	}
	assert_in_range(steps, 2 * MANY / 256, 2 * MANY / 256 + 10);
	assert_int_equal(spec.copy.manifest->n, MANY * 9 / 10 + 3);
	assert_string_equal(spec.copy.manifest->v[8].path, "many/0008");
	op_spec_release(&spec);
	copying_free(c);
	/* One that is given up in the middle. */
	c = copying_read(true, "-r many x", &ts, NULL);
	assert_int_equal(copying_step(c, &spec, NULL), 1);
	copying_free(c);
	for (int i = 0; i < MANY; i++) {
		(void)snprintf(path, sizeof(path), "many/%04d", i);
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(rmdir("many"), 0);
	targets_release(&ts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_those_of_the_verbs),
		cmocka_unit_test(options_reach_the_copy),
		cmocka_unit_test(what_is_put_is_listed_in_steps),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
