/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever a host prints, cells hold nothing that a terminal acts on. */
#include "ui/sgr.h"

#include "base/text.h"
#include "fuzz/fuzz.h"

static void check_cell(const struct sgr_line *line, size_t i)
{
	const struct sgr_cell *c = &line->cells[i];
	struct strbuf again = STRBUF_INIT(STRBUF_MAX_TEXT);

	assert(c->at + c->len <= line->text.len);
	assert(c->style.fg >= -1 && c->style.fg <= 255);
	assert(c->style.bg >= -1 && c->style.bg <= 255);
	if (!c->len) {
		assert(i && c[-1].width == 2 && c[-1].len);
		return;
	}
	assert(c->width == 1 || c->width == 2);
	if (c->width == 2)
		assert(i + 1 < line->ncells && !c[1].len);
	text_vis(&again, line->text.buf + c->at, c->len, VIS_LINE);
	assert(again.len == c->len);
	assert(text_width(again.buf, again.len) == c->width);
	strbuf_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n = size < SGR_LINE_MAX ? size : SGR_LINE_MAX;
	struct sgr_line line;
	size_t row = 0;

	sgr_line_init(&line);
	sgr_line_set(&line, data, n);
	assert(!line.text.full);
	assert(line.ncells <= 8 * n);
	for (size_t i = 0; i < line.ncells; i++)
		check_cell(&line, i);
	while (row < line.ncells) {
		size_t end = sgr_line_wrap(&line, row, 2 + n % 7);

		assert(end > row && end - row <= 2 + n % 7);
		row = end;
	}
	sgr_line_release(&line);
	return 0;
}
