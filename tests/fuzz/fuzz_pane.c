/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes are what a host sends to its terminal, which changes its size now
 * and then.  Whatever they are, cells hold characters that print, and answers
 * nothing that could be a command.
 */
#include "ui/pane.h"

#include "fuzz/fuzz.h"

#include <string.h>

static void check_cell(const struct pane_cell *c)
{
	size_t n = strlen(c->text);

	assert(n < PANE_TEXT_MAX && c->width <= 2);
	assert(!n == !c->width);
	for (size_t i = 0; i < n; i++)
		assert((unsigned char)c->text[i] >= ' ' && c->text[i] != 0x7f);
	assert(c->fg >= PANE_DEFAULT_COLOUR && c->fg < 256);
	assert(c->bg >= PANE_DEFAULT_COLOUR && c->bg < 256);
}

static void check(struct pane *p)
{
	struct strbuf out = STRBUF_INIT((size_t)4 * PANE_ANSWER_MAX);
	struct pane_cell c;
	unsigned int row, col;

	for (row = 0; row < pane_rows(p); row++) {
		for (col = 0; col < pane_cols(p); col++) {
			pane_cell(p, row, col, &c);
			check_cell(&c);
		}
	}
	for (size_t up = 1; up <= pane_back(p); up++) {
		pane_back_cell(p, up, (unsigned int)(up % 20), &c);
		check_cell(&c);
	}
	pane_cursor(p, &row, &col);
	assert(row < pane_rows(p) && col < pane_cols(p));
	pane_answers(p, &out);
	assert(out.len <= PANE_ANSWER_MAX);
	for (size_t i = 0; i < out.len; i++)
		assert(out.buf[i] == 033 ||
		       (out.buf[i] >= ' ' && out.buf[i] <= '~'));
	pane_key(p, PANE_UP, &out);
	strbuf_release(&out);
	pane_drawn(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pane *p;
	size_t i = 0;

	if (size < 3 || size > 65536)
		return 0;
	p = pane_new(data[0] % 30, data[1] % 100);
	for (i = 2; i < size;) {
		size_t n = size - i < 37 ? size - i : 37;

		pane_write(p, data + i, n);
		i += n;
		check(p);
		if (i < size && data[i] % 8 == 0)
			pane_resize(p, data[i] / 8, data[i - 1] % 90);
	}
	pane_free(p);
	return 0;
}
