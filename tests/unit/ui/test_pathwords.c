/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of files, as words that are typed.
 */
#include "ui/pathwords.h"

#include "lib/files.h"

static char folder[] = "/tmp/rsh-pathwords.XXXXXX";
static const char *const files[] = { "ab",	 "a b",	       ".hid",
				     "it's",	 "sub/file",   "sub/two",
				     "x\ny",	 "x\xc2\x9by", "x\x9by",
				     "\xc3\xa4", "sub/" };

static int make_files(void **state)
{
	(void)state;
	if (!mkdtemp(folder) || chdir(folder))
		return -1;
	files_make(files, COUNT(files));
	return symlink("sub", "to");
}

static int remove_files(void **state)
{
	(void)state;
	files_unmake(files, COUNT(files));
	return unlink("to") || rmdir(folder);
}

static void words_become_names(void **state)
{
	static const struct {
		const char *word;
		const char *words; /* joined by commas */
	} rows[] = {
		{ "", "a\\ b,ab,it\\'s,sub/,to/,\xc3\xa4" },
		{ "a", "a\\ b,ab" },
		{ "a\\", "a\\ b" },
		{ "a\\ ", "a\\ b" },
		{ ".", ".hid" },
		{ "s", "sub/" },
		{ "sub/", "sub/file,sub/two" },
		{ "to/f", "to/file" },
		{ "./sub/t", "./sub/two" },
		{ "~/su", "~/sub/" },
		{ "~/sub/f", "~/sub/file" },
		{ "nosuch", "" },
		{ "nosuch/x", "" },
		{ "'a", "" },
		{ "x", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strvec words = { 0 };
		struct strbuf text = STRBUF_INIT(10000);

		pathwords(rows[i].word, strlen(rows[i].word), folder, &words);
		for (size_t k = 0; k < words.n; k++)
			strbuf_addf(&text, "%s%s", k ? "," : "", words.v[k]);
		ROW(!strcmp(text.buf ? text.buf : "", rows[i].words),
		    rows[i].word);
		strbuf_release(&text);
		strvec_release(&words);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_become_names),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
