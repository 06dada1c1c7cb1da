/* SPDX-License-Identifier: Apache-2.0 */
/* A label lies within its line, has no blank, and ends before its text. */
#include "conf/label.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = xmemdup(data, size);
	struct label l;

	if (label_find(line, size, &l)) {
		assert(l.n && l.n <= LABEL_MAX && l.data <= size);
		assert(l.name >= line);
		assert((size_t)(l.name - line) + l.n < l.data);
		for (size_t i = 0; i < l.n; i++)
			assert(l.name[i] != ' ' && l.name[i] != '\n');
	}
	free(line);
	return 0;
}
