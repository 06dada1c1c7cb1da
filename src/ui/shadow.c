/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands in the cells of a screen.
 */
#include "ui/shadow.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#include "base/banned.h"

struct shadow_entry {
	struct shadow_cell cell;
	uint32_t frame;	     /* that has put it last */
	unsigned char width; /* 0: not known, or the right half of another */
};

static const struct shadow_cell blank;

void shadow_reset(struct shadow *s, unsigned int rows, unsigned int cols)
{
	const size_t n = (size_t)rows * cols;

	free(s->entries);
	*s = (struct shadow){
		.entries = xcalloc(n, sizeof(*s->entries)),
		.rows = rows,
		.cols = cols,
		.frame = 1,
	};
	for (size_t i = 0; i < n; i++)
		s->entries[i].width = 1;
}

void shadow_release(struct shadow *s)
{
	free(s->entries);
	*s = (struct shadow){ 0 };
}

void shadow_begin(struct shadow *s)
{
	s->frame++;
}

static bool is_same(const struct shadow_cell *a, const struct shadow_cell *b)
{
	return a->attrs == b->attrs && a->pair == b->pair &&
	       !memcmp(a->chars, b->chars, sizeof(a->chars));
}

static struct shadow_entry *entry(struct shadow *s, unsigned int row,
				  unsigned int col)
{
	assert(row < s->rows && col < s->cols);
	return &s->entries[(size_t)row * s->cols + col];
}

unsigned int shadow_put(struct shadow *s, unsigned int row, unsigned int col,
			const struct shadow_cell *cell)
{
	struct shadow_entry *e = entry(s, row, col);

	if (!e->width || !is_same(&e->cell, cell))
		return 0;
	e->frame = s->frame;
	if (e->width == 2)
		e[1].frame = s->frame;
	return e->width;
}

/* Nothing is known of a half whose other half is gone. */
static void part(struct shadow *s, struct shadow_entry *e, unsigned int col)
{
	if (col && e[-1].width == 2)
		e[-1].width = 0;
	if (e->width == 2 && col + 1 < s->cols)
		e[1].width = 0;
}

void shadow_wrote(struct shadow *s, unsigned int row, unsigned int col,
		  const struct shadow_cell *cell, unsigned int width)
{
	struct shadow_entry *e = entry(s, row, col);

	part(s, e, col);
	e->cell = *cell;
	e->frame = s->frame;
	e->width = 1;
	if (width < 2 || col + 1 >= s->cols)
		return;
	part(s, &e[1], col + 1);
	e->width = 2;
	e[1].cell = blank;
	e[1].frame = s->frame;
	e[1].width = 0;
}

bool shadow_left(struct shadow *s, size_t *at, unsigned int *row,
		 unsigned int *col)
{
	const size_t n = (size_t)s->rows * s->cols;

	for (size_t i = *at; i < n; i++) {
		struct shadow_entry *e = &s->entries[i];

		if (e->frame == s->frame ||
		    (e->width == 1 && is_same(&e->cell, &blank)))
			continue;
		*at = i + 1;
		*row = (unsigned int)(i / s->cols);
		*col = (unsigned int)(i % s->cols);
		shadow_wrote(s, *row, *col, &blank, 1);
		return true;
	}
	return false;
}
