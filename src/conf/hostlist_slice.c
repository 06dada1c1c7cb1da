/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names by their places.  The ranges are read as those in brackets are.
 */
#include "conf/hostlist_slice.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "conf/hostlist_pattern.h"
#include "base/banned.h"

#define SHOWN_MAX 100u

static int bad_slice(const char *text, struct err *err)
{
	char *shown = text_vis_dup(text, strlen(text), SHOWN_MAX);

	err_set(err, ERR_USAGE,
		_("bad slice '%s': expected places from 0 such as 0-3,7 or 0-99/10"),
		shown);
	free(shown);
	return -1;
}

/* Mark the places of one range. */
static void mark(const struct range *r, bool *wanted, size_t n)
{
	for (uint64_t i = r->first; i <= r->last && i < n; i += r->step)
		wanted[i] = true;
}

int hostlist_slice(const char *text, const char *const *names, size_t n,
		   const char **out, size_t *kept, struct err *err)
{
	char *bracket = xasprintf("[%s]", text);
	struct scan s = { .text = bracket, .len = strlen(bracket) };
	struct pattern p = { 0 };
	bool *wanted = NULL;
	int rc = -1;

	if (pattern_compile(&p, &s, UINT64_MAX) || s.at < s.len ||
	    p.nbrackets != 1 || p.literals_len) {
		bad_slice(text, err);
		goto out;
	}
	wanted = xcalloc(n, sizeof(*wanted));
	for (size_t i = 0; i < p.nranges; i++)
		mark(&p.ranges[i], wanted, n);
	*kept = 0;
	for (size_t i = 0; i < n; i++)
		if (wanted[i])
			out[(*kept)++] = names[i];
	rc = 0;
out:
	pattern_release(&p);
	free(wanted);
	free(bracket);
	return rc;
}
