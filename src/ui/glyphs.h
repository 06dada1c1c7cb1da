/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_GLYPHS_H
#define RSH_UI_GLYPHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hashmap.h"

/**
 * Names for what libtsm cannot keep in a cell: a character with marks that
 * combine with it, or one whose width it does not know.
 *
 * A name is a code point that stands for no character and that libtsm takes for
 * one of as many columns.  What it stands for is kept until glyphs_release(),
 * as a cell out of sight may hold it; so a host has GLYPHS_MAX of them, about
 * 100 KiB, and no more.  Pure.
 */
enum {
	GLYPHS_CHARS = 4, /* a character and its marks */
	GLYPHS_MAX = 2048,
};

struct glyph;

struct glyphs {
	struct hashmap map; /* private, and so is what follows */
	struct glyph **all;
	size_t n, room;
};

void glyphs_init(struct glyphs *g);

/** Zeroed is fine. */
void glyphs_release(struct glyphs *g);

/**
 * The name of `chars`, with 0 behind the last, which take `width` columns: 1
 * or 2.  0: there is no room for another.
 */
uint32_t glyphs_name(struct glyphs *g, const uint32_t chars[GLYPHS_CHARS],
		     unsigned int width);

/** Whether `c` may be a name: it is to have one itself, whoever sends it. */
bool glyphs_is_name(uint32_t c);

/** The GLYPHS_CHARS that a name stands for; NULL: it is none. */
const uint32_t *glyphs_chars(const struct glyphs *g, uint32_t name);

#endif /* RSH_UI_GLYPHS_H */
