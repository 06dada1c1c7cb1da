/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whatever a shell prints, in whatever pieces and whatever is sent meanwhile:
 * lines hold nothing that a terminal acts on, and little is held.
 */
#include "ui/lane.h"

#include "base/strbuf.h"
#include "base/text.h"
#include "fuzz/fuzz.h"
#include "ui/sgr.h"

static void check(const char *line, size_t n)
{
	struct strbuf again = STRBUF_INIT(STRBUF_MAX_TEXT);

	text_vis(&again, line, n, VIS_LINE);
	assert(again.len == n);
	assert(!memchr(line, '\n', n));
	strbuf_release(&again);
}

static void take(void *arg, const char *line, size_t n)
{
	size_t *lines = arg;

	check(line, n);
	++*lines;
}

/* Byte by byte: 0 to 3 in front of a piece say what is done with it. */
static void step(struct lane *l, unsigned int what, const uint8_t *p, size_t n,
		 size_t *lines)
{
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	size_t raw;

	switch (what) {
	case 0:
		lane_sent(l, (const char *)p, n, false);
		break;
	case 1:
		lane_sent(l, (const char *)p, n, true);
		break;
	case 2:
		if (lane_question(l, &text))
			check(text.buf, text.len);
		assert(!lane_question(l, &text));
		break;
	default:
		lane_feed(l, p, n, take, lines);
		break;
	}
	(void)lane_asks(l);
	(void)lane_prompts(l);
	(void)lane_raw(l, &raw);
	assert(raw <= SGR_LINE_MAX);
	strbuf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lane *l = lane_new();
	size_t lines = 0, newlines = 0;

	for (size_t i = 0; i < size; i++)
		newlines += data[i] == '\n';
	for (size_t i = 0; i < size;) {
		unsigned int what = data[i] % 8;
		size_t n = (size_t)data[i] / 8;

		i++;
		if (n > size - i)
			n = size - i;
		step(l, what, data + i, n, &lines);
		i += n;
	}
	lane_end(l, take, &lines);
	/* What stood before an echo may be a line of its own. */
	assert(lines <= 2 * newlines + size / SGR_LINE_MAX + 1);
	lane_free(l);
	return 0;
}
