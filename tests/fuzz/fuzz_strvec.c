/* SPDX-License-Identifier: Apache-2.0 */
/* Splitting at commas: no empty word, and joining gives the words again. */
#include "base/strbuf.h"

#include "base/alloc.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strvec words = { 0 }, again = { 0 };
	char *text = xmemdup(data, size);
	char *joined;

	strvec_split(&words, text, ",");
	joined = strvec_join(&words, ",");
	strvec_split(&again, joined, ",");
	assert(words.n == again.n);
	for (size_t i = 0; i < words.n; i++) {
		assert(words.v[i][0] != '\0');
		assert(!strcmp(words.v[i], again.v[i]));
	}
	strvec_release(&words);
	strvec_release(&again);
	free(joined);
	free(text);
	return 0;
}
