/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is left out of a tree.
 */
#include "base/skip.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#include "base/banned.h"

static bool takes(const char *pattern, const char *path, bool folder)
{
	size_t n = strlen(pattern);
	const char *last = strrchr(path, '/');
	bool whole;
	char *text;
	bool hit;

	if (n && pattern[n - 1] == '/') {
		if (!folder)
			return false;
		n--;
	}
	text = xstrndup(pattern, n);
	whole = strchr(text, '/') != NULL;
	hit = !fnmatch(text + (*text == '/'), whole || !last ? path : last + 1,
		       FNM_PATHNAME);
	free(text);
	return hit;
}

bool skip_takes(const struct strvec *patterns, const char *path, bool folder)
{
	for (size_t i = 0; i < patterns->n; i++)
		if (takes(patterns->v[i], path, folder))
			return true;
	return false;
}
