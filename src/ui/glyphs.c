/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Characters with marks, as numbers.
 */
#include "ui/glyphs.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/list.h"

#include "base/banned.h"

/* Private use, and what no script is in: they differ in their width only. */
#define NARROW 0x100000u
#define WIDE   0x3c000u

struct glyph {
	struct hashmap_node node;
	uint32_t chars[GLYPHS_CHARS];
	uint32_t name;
};

static bool is_same(const struct hashmap_node *node, const void *key)
{
	const struct glyph *g = container_of_const(node, struct glyph, node);

	return !memcmp(g->chars, key, sizeof(g->chars));
}

void glyphs_init(struct glyphs *g)
{
	*g = (struct glyphs){ 0 };
	hashmap_init(&g->map, is_same);
}

void glyphs_release(struct glyphs *g)
{
	for (size_t i = 0; i < g->n; i++)
		free(g->all[i]);
	free(g->all);
	hashmap_release(&g->map);
	*g = (struct glyphs){ 0 };
}

static uint32_t add(struct glyphs *g, const uint32_t *chars, uint32_t first,
		    uint64_t hash)
{
	struct glyph *glyph;

	if (g->n == GLYPHS_MAX)
		return 0;
	if (g->n == g->room) {
		g->room = g->room ? 2 * g->room : 16;
		g->all = xreallocarray(g->all, g->room, sizeof(*g->all));
	}
	glyph = xcalloc(1, sizeof(*glyph));
	memcpy(glyph->chars, chars, sizeof(glyph->chars));
	glyph->name = first + (uint32_t)g->n;
	g->all[g->n++] = glyph;
	hashmap_put(&g->map, &glyph->node, hash);
	return glyph->name;
}

uint32_t glyphs_name(struct glyphs *g, const uint32_t chars[GLYPHS_CHARS],
		     unsigned int width)
{
	uint64_t hash = hash_bytes(chars, GLYPHS_CHARS * sizeof(*chars));
	const struct hashmap_node *node = hashmap_get(&g->map, hash, chars);

	assert(width == 1 || width == 2);
	if (node)
		return container_of_const(node, struct glyph, node)->name;
	return add(g, chars, width == 1 ? NARROW : WIDE, hash);
}

bool glyphs_is_name(uint32_t c)
{
	return (c >= NARROW && c < NARROW + GLYPHS_MAX) ||
	       (c >= WIDE && c < WIDE + GLYPHS_MAX);
}

const uint32_t *glyphs_chars(const struct glyphs *g, uint32_t name)
{
	size_t i = name - (name >= NARROW ? NARROW : WIDE);

	return glyphs_is_name(name) && i < g->n && g->all[i]->name == name
		       ? g->all[i]->chars
		       : NULL;
}
