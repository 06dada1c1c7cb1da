/* SPDX-License-Identifier: Apache-2.0 */
/* Words, one a line: parsing stops within them, or says why. */
#include "conf/options.h"

#include "fuzz/fuzz.h"

struct settings {
	int count;
	int flag;
	int choice;
	const char *string;
	uint64_t number;
	struct strvec list;
};

#define F(f) offsetof(struct settings, f)

static const struct opt_choice words[] = { { "auto", 1 },
					   { "never", 0 },
					   { 0 } };

/* clang-format off */
static const struct option rows[] = {
	{ OPT_COUNT, 'v', "verbose", F(count), .help = "count" },
	{ OPT_FLAG, 'q', "quiet", F(flag), .value = 1, .help = "flag" },
	{ OPT_FLAG, 0, "no-prefix", F(flag), .value = 1, .help = "flag" },
	{ OPT_STRING, 'l', "login", F(string), .arg = "USER", .help = "text" },
	{ OPT_LIST, 'H', "hosts", F(list), .arg = "LIST", .help = "list" },
	{ OPT_UINT, 'j', "parallel", F(number), .arg = "N", .min = 1, .max = 9, .help = "number" },
	{ OPT_SPAN, 'u', "timeout", F(number), .arg = "SPAN", .max = 9000, .help = "span" },
	{ OPT_CHOICE, 0, "color", F(choice), .arg = "WHEN", .optional_arg = true, .choices = words, .help = "choice" },
	{ 0 },
};
/* clang-format on */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings s = { 0 };
	struct strvec argv = { 0 };
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct err err = { 0 };
	int index = 0;

	strbuf_add(&text, data, size);
	strvec_split(&argv, text.buf, "\n");
	if (options_parse(rows, &s, (int)argv.n, argv.v, &index, NULL, &err))
		assert(err.code == ERR_USAGE && err.msg[0]);
	else
		assert(index >= 0 && (size_t)index <= argv.n);
	err_release(&err);
	strvec_release(&s.list);
	strvec_release(&argv);
	strbuf_release(&text);
	return 0;
}
