/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Panes in rows and columns.
 */
#include "ui/grid.h"

#include "base/banned.h"

/* How many of `least` cells and one more each fit into `room`. */
static unsigned int fit(unsigned int room, unsigned int least)
{
	unsigned int n = room / (least + 1);

	return n ? n : 1;
}

static unsigned int ceil_div(size_t a, size_t b)
{
	return (unsigned int)((a + b - 1) / b);
}

/*
 * Whether a page of `down` rows of `across` panes is better than one of
 * `best`: a terminal wants lines of 80, so width up to there comes first, and
 * then height.
 */
static unsigned long worth(unsigned int rows, unsigned int cols,
			   unsigned int down, unsigned int across)
{
	unsigned long width = (cols + 1) / across - 1, height = rows / down - 1;

	if (width > 80)
		width = 80;
	if (height > 24)
		height = 24;
	return width * height * 1000 + width;
}

void grid_init(struct grid *g, unsigned int rows, unsigned int cols, size_t n)
{
	/* The last pane of a row needs no column at its right. */
	unsigned int most_down = fit(rows, GRID_ROWS_MIN);
	unsigned int most_across = fit(cols + 1, GRID_COLS_MIN);
	unsigned long best = 0;

	*g = (struct grid){ .rows = rows ? rows : 1,
			    .cols = cols ? cols : 1,
			    .n = n,
			    .down = most_down,
			    .across = most_across };
	if (n < (size_t)most_down * most_across) {
		for (unsigned int across = 1; across <= most_across; across++) {
			unsigned int down = ceil_div(n ? n : 1, across);
			unsigned long value;

			if (down > most_down)
				continue;
			value = worth(g->rows, g->cols, down, across);
			if (value > best || !best) {
				best = value + 1;
				g->down = down;
				g->across = across;
			}
		}
	}
	g->per_page = (size_t)g->down * g->across;
	g->pages = ceil_div(n, g->per_page);
}

size_t grid_page(const struct grid *g, size_t i)
{
	return i / g->per_page;
}

size_t grid_first(const struct grid *g, size_t page, size_t *n)
{
	size_t first = page * g->per_page;

	*n = 0;
	if (first < g->n)
		*n = g->n - first < g->per_page ? g->n - first : g->per_page;
	return first;
}

/* Cut `room` into `parts` of equal size, the first ones one larger. */
static unsigned int part(unsigned int room, unsigned int parts, unsigned int i,
			 unsigned int *size)
{
	unsigned int each = room / parts, more = room % parts;

	*size = each + (i < more ? 1 : 0);
	return i * each + (i < more ? i : more);
}

void grid_place(const struct grid *g, size_t i, struct grid_place *place)
{
	unsigned int at = (unsigned int)(i % g->per_page);

	place->row = part(g->rows, g->down, at / g->across, &place->rows);
	place->col = part(g->cols + 1, g->across, at % g->across, &place->cols);
	if (place->rows > 1) { /* the title */
		place->row++;
		place->rows--;
	}
	if (place->cols > 1) /* the line at the right */
		place->cols--;
}

size_t grid_next(const struct grid *g, size_t i, int down, int right)
{
	size_t at = i % g->per_page;
	size_t row = at / g->across, col = at % g->across;

	if ((down < 0 && !row) || (down > 0 && row + 1 >= g->down) ||
	    (right < 0 && !col) || (right > 0 && col + 1 >= g->across))
		return i;
	if (down)
		i = down < 0 ? i - g->across : i + g->across;
	if (right)
		i = right < 0 ? i - 1 : i + 1;
	return i < g->n ? i : g->n - 1;
}
