/* SPDX-License-Identifier: Apache-2.0 */
/* Made visible, any bytes are UTF-8 without control characters. */
#include "base/text.h"

#include "base/strbuf.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct strbuf again = STRBUF_INIT(STRBUF_MAX_TEXT);

	text_vis(&sb, data, size, VIS_LINE);
	assert(sb.full || sb.len >= size);
	assert(sb.len <= 4 * size);
	assert(sb.full || text_is_utf8(sb.buf, sb.len));
	for (size_t i = 0; i < sb.len; i++) {
		unsigned char c = (unsigned char)sb.buf[i];

		assert((c >= 0x20 && c != 0x7f) || c == '\t');
		assert(c != 0xc2 || (unsigned char)sb.buf[i + 1] >= 0xa0);
	}
	/* What is harmless stays as it is. */
	text_vis(&again, sb.buf, sb.len, VIS_LINE);
	assert(sb.full || !strcmp(sb.buf, again.buf));
	assert(text_width(sb.buf, sb.len) <= sb.len);
	strbuf_release(&sb);
	strbuf_release(&again);
	return 0;
}
