/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names that were given, each once.
 */
#include "op/namesakes.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"

#include "base/banned.h"

struct taken {
	struct hashmap_node node;
	uint64_t path; /* its hash: it may be long, and this is enough */
	char name[];
};

static bool same_name(const struct hashmap_node *node, const void *key)
{
	const struct taken *t = container_of_const(node, struct taken, node);

	return !strcmp(t->name, key);
}

void namesakes_init(struct namesakes *n)
{
	hashmap_init(&n->map, same_name);
}

void namesakes_release(struct namesakes *n)
{
	struct hashmap_node *node = hashmap_walk(&n->map, NULL);

	while (node) {
		struct taken *t = container_of(node, struct taken, node);

		node = hashmap_walk(&n->map, node);
		free(t);
	}
	hashmap_release(&n->map);
}

const char *namesakes_take(struct namesakes *n, const char *name,
			   const char *path)
{
	const uint64_t hash = hash_str(name);
	struct hashmap_node *node = hashmap_get(&n->map, hash, name);
	struct taken *t;
	size_t size = strlen(name) + 1;

	if (node) {
		t = container_of(node, struct taken, node);
		return t->path == hash_str(path)
			       ? NULL
			       : _("another one has its name here");
	}
	if (n->map.n == NAMESAKES_MAX)
		return _("too many names for patterns of several folders");
	t = xmalloc(sizeof(*t) + size);
	t->path = hash_str(path);
	memcpy(t->name, name, size);
	hashmap_put(&n->map, &t->node, hash);
	return NULL;
}

bool namesakes_has(const struct namesakes *n, const char *name)
{
	return hashmap_get(&n->map, hash_str(name), name) != NULL;
}
