/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first line is a pattern, the rest a text.  The glob agrees with a table
 * of all prefixes; lists, addresses and regular expressions come to an end.
 */
#include "base/match.h"

#include "base/alloc.h"
#include "fuzz/fuzz.h"

/* Row by row, reach[j]: the pattern so far matches the first j bytes. */
static bool slow_glob(const char *pattern, const char *text)
{
	size_t n = strlen(text);
	bool *reach = xcalloc(n + 1, sizeof(*reach));
	bool matched;

	reach[0] = true;
	for (; *pattern; pattern++) {
		bool before = reach[0];

		reach[0] = before && *pattern == '*';
		for (size_t j = 1; j <= n; j++) {
			bool here = reach[j];

			if (*pattern == '*')
				reach[j] = here || reach[j - 1];
			else
				reach[j] = before && (*pattern == '?' ||
						      *pattern == text[j - 1]);
			before = here;
		}
	}
	matched = reach[n];
	free(reach);
	return matched;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *pattern = xmemdup(data, size < 2000 ? size : 2000);
	char *text = strchr(pattern, '\n');
	struct regex *re;

	if (text)
		*text++ = '\0';
	else
		text = pattern + strlen(pattern);
	assert(match_glob(pattern, text) == slow_glob(pattern, text));
	assert(match_list(pattern, text, true) <= MATCH_NEGATED);
	assert(match_cidr(text, pattern) <= 1);
	re = regex_compile(pattern, NULL);
	if (re)
		assert(regex_match(re, text, strlen(text), NULL) <= 1);
	regex_free(re);
	free(pattern);
	return 0;
}
