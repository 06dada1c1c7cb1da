/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hosts put together by a word.
 */
#include "cmd/byclass.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "conf/hostlist.h"

#include "base/banned.h"

struct byclass_group {
	char *word;
	const char **hosts;
	size_t n, cap;
};

static struct byclass_group *find(struct byclass *b, const char *word)
{
	for (size_t i = 0; i < b->n; i++)
		if (!strcmp(b->v[i].word, word))
			return &b->v[i];
	b->v = grow_array(b->v, &b->cap, b->n, sizeof(*b->v));
	b->v[b->n] = (struct byclass_group){ .word = xstrdup(word) };
	return &b->v[b->n++];
}

void byclass_add(struct byclass *b, const char *word, const char *host)
{
	struct byclass_group *g = find(b, word);

	g->hosts = grow_array(g->hosts, &g->cap, g->n, sizeof(*g->hosts));
	g->hosts[g->n++] = host;
}

void byclass_format(struct byclass *b, struct strbuf *out)
{
	for (size_t i = 0; i < b->n; i++) {
		struct byclass_group *g = &b->v[i];

		(void)strbuf_addf(out, "%s%s: ", i ? "; " : "", g->word);
		hostlist_fold(g->hosts, g->n, out);
		free(g->hosts);
		free(g->word);
	}
	free(b->v);
	*b = (struct byclass){ 0 };
}
