/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts and lines in the cells of a screen.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "ui/screen.h"

#include "base/banned.h"

/* The next character of `*p`, of which `*n` bytes are left; '?' if invalid. */
static uint32_t next_char(const char **p, size_t *n)
{
	const unsigned char *u = (const unsigned char *)*p;
	size_t len = text_char(*p, *n);
	uint32_t c = u[0];

	if (len == 1 && c >= 0x80)
		c = '?';
	else if (len > 1)
		c &= 0xffu >> (len + 1);
	for (size_t i = 1; i < len; i++)
		c = c << 6 | (u[i] & 0x3f);
	*p += len;
	*n -= len;
	return c;
}

/* As many columns as there is room for. */
static unsigned int put_text(struct screen *s, unsigned int row,
			     unsigned int col, unsigned int width,
			     const char *text, const struct screen_style *style)
{
	size_t n = strlen(text);
	unsigned int used = 0;

	while (n && used < width) {
		struct screen_cell cell = { .nchars = 1, .style = *style };
		int columns;

		cell.chars[0] = next_char(&text, &n);
		columns = screen_columns_of(s, cell.chars[0]);
		if (columns == 0)
			continue; /* a mark of nothing */
		if (columns > 0 && used + (unsigned int)columns > width)
			break;
		while (n && (unsigned char)*text >= 0x80) {
			const char *after = text;
			size_t left = n;
			uint32_t c = next_char(&after, &left);

			if (screen_columns_of(s, c) != 0)
				break;
			if (cell.nchars < 4)
				cell.chars[cell.nchars++] = c;
			text = after;
			n = left;
		}
		used += screen_cell(s, row, col + used, &cell);
	}
	return used;
}

unsigned int screen_put(struct screen *s, unsigned int row, unsigned int col,
			unsigned int width, const char *text,
			const struct screen_style *style)
{
	const struct screen_cell blank = { .style = *style };
	unsigned int used;

	if (row >= screen_rows(s) || col >= screen_cols(s))
		return 0;
	if (width > screen_cols(s) - col)
		width = screen_cols(s) - col;
	used = put_text(s, row, col, width, text, style);
	for (unsigned int i = used; i < width; i++)
		(void)screen_cell(s, row, col + i, &blank);
	return used;
}

unsigned int screen_text(struct screen *s, unsigned int row, unsigned int col,
			 const char *text, const struct screen_style *style)
{
	if (row >= screen_rows(s) || col >= screen_cols(s))
		return 0;
	return put_text(s, row, col, screen_cols(s) - col, text, style);
}

/* Behind a row: where the next one begins. */
static const char *next_row(const char *text, unsigned int cols)
{
	text += text_row(text, cols);
	return text + strspn(text, " ");
}

unsigned int screen_message(struct screen *s, unsigned int row,
			    const char *text, const struct screen_style *style)
{
	const unsigned int cols = screen_cols(s);
	unsigned int most = screen_rows(s) / 3, rows = 0;
	const char *p = text;

	if (most > row + 1)
		most = row + 1;
	for (; *p && rows < most; rows++)
		p = next_row(p, cols);
	for (unsigned int i = 0; i < rows; i++) {
		char *part = xstrndup(text, text_row(text, cols));

		(void)screen_put(s, row + 1 - rows + i, 0, cols, part, style);
		free(part);
		text = next_row(text, cols);
	}
	if (*p && cols > 3)
		(void)screen_put(s, row, cols - 3, 3, "...", style);
	return rows;
}

void screen_draw(struct screen *s, unsigned int row, unsigned int col,
		 unsigned int n, enum screen_line line,
		 const struct screen_style *style)
{
	static const struct {
		uint32_t drawn, ascii;
	} lines[SCREEN_NLINES] = {
		[SCREEN_HLINE] = { 0x2500, '-' },
		[SCREEN_VLINE] = { 0x2502, '|' },
		[SCREEN_CROSS] = { 0x253c, '+' },
		[SCREEN_TEE_LEFT] = { 0x251c, '+' },
		[SCREEN_TEE_RIGHT] = { 0x2524, '+' },
		[SCREEN_BLOCK] = { 0x2588, '#' },
		[SCREEN_SHADE] = { 0x2591, '.' },
	};
	const struct screen_cell cell = {
		.chars = { screen_utf8(s) ? lines[line].drawn
					  : lines[line].ascii },
		.nchars = 1,
		.style = *style,
	};

	for (unsigned int i = 0; i < n; i++) {
		bool down = line == SCREEN_VLINE;

		(void)screen_cell(s, down ? row + i : row, down ? col : col + i,
				  &cell);
	}
}
