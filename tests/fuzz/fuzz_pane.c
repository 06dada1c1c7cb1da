/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes are what a host sends to its terminal, which changes its size now
 * and then.  Whatever they are, cells hold characters that print, answers
 * nothing that could be a command, and each call has an end.
 */
#include "ui/pane.h"

#include "base/text.h"
#include "fuzz/fuzz.h"

#define SLICE 37
#define WORK  2000

static bool is_shown(uint32_t c)
{
	return c >= ' ' && !(c >= 0x7f && c < 0xa0) && c <= 0x10ffff;
}

static void check_row(const struct pane_cell *c, unsigned int cols)
{
	for (unsigned int i = 0; i < cols; i++) {
		assert(!c[i].ch || is_shown(c[i].ch));
		for (size_t k = 0; k < PANE_MARKS; k++)
			assert(!c[i].marks[k] || is_shown(c[i].marks[k]));
		assert(c[i].width <= 2);
		assert(c[i].fg >= PANE_COLOUR && c[i].fg < 256);
		assert(c[i].bg >= PANE_COLOUR && c[i].bg < 256);
	}
}

static void check(struct pane *p)
{
	struct strbuf out = STRBUF_INIT((size_t)4 * PANE_ANSWER_MAX);
	unsigned int row, col;

	for (row = 0; row < pane_rows(p); row++)
		check_row(pane_row(p, row), pane_cols(p));
	assert(!pane_row(p, row));
	pane_cursor(p, &row, &col);
	assert(row < pane_rows(p) && col < pane_cols(p));
	pane_answers(p, &out);
	assert(out.len <= PANE_ANSWER_MAX);
	for (size_t i = 0; i < out.len; i++)
		assert(out.buf[i] == 033 ||
		       (out.buf[i] >= ' ' && out.buf[i] <= '~'));
	pane_key(p, PANE_UP, &out);
	strbuf_reset(&out);
	pane_line(p, &out);
	assert(!out.len || text_is_utf8(out.buf, out.len));
	strbuf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pane *p;
	size_t i = 2;

	if (size < 3 || size > 65536)
		return 0;
	p = pane_new(data[0] % 30, data[1] % 100);
	while (i < size) {
		size_t n = size - i < SLICE ? size - i : SLICE;
		size_t work = WORK;
		size_t taken = pane_write(p, data + i, n, &work);

		assert(taken > 0 && taken <= n && work < WORK);
		assert(taken == n || !work);
		i += taken;
		check(p);
		if (i < size && data[i] % 8 == 0)
			pane_resize(p, data[i] / 8, data[i - 1] % 90);
	}
	pane_free(p);
	return 0;
}
