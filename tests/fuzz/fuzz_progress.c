/* SPDX-License-Identifier: Apache-2.0 */
/* The first line is a pattern of a user's own, the rest a line of output. */
#include "conf/progress.h"

#include "base/alloc.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct progress_rules *rules = progress_rules_new();
	char *pattern = xmemdup(data, size < 4000 ? size : 4000);
	char *line = strchr(pattern, '\n');
	int percent;

	if (line)
		*line++ = '\0';
	else
		line = pattern;
	percent = progress_find(rules, line, strlen(line));
	assert(percent >= -1 && percent <= 100);
	/* The same line tells the same. */
	assert(progress_find(rules, line, strlen(line)) == percent);
	if (!progress_rules_add(rules, pattern, NULL)) {
		assert(!progress_check(pattern, NULL));
		percent = progress_find(rules, line, strlen(line));
		assert(percent >= -1 && percent <= 100);
	}
	free(pattern);
	progress_rules_free(rules);
	return 0;
}
