/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes are what the other end of a control socket writes.  What was read
 * once is written and read again as the same.
 */
#include "wire/mux.h"

#include "fuzz/fuzz.h"

static void again(const struct mux_msg *m)
{
	struct strbuf one = STRBUF_INIT(MUX_PACKET_MAX + 4);
	struct strbuf two = STRBUF_INIT(MUX_PACKET_MAX + 4);
	struct mux_msg back;

	if (m->kind == MUX_UNKNOWN)
		return;
	assert(!mux_put(&one, m));
	assert(mux_get(one.buf, one.len, &back, NULL) == (ssize_t)one.len);
	assert(!mux_put(&two, &back));
	assert(one.len == two.len && !memcmp(one.buf, two.buf, one.len));
	mux_msg_release(&back);
	strbuf_release(&one);
	strbuf_release(&two);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	while (size) {
		struct err err = { 0 };
		struct mux_msg m;
		ssize_t n = mux_get(data, size, &m, &err);

		assert(n >= -1 && n <= (ssize_t)size);
		assert((n < 0) == (err.code == ERR_PROTOCOL));
		err_release(&err);
		if (n <= 0)
			return 0;
		assert(m.env.n <= MUX_ENV_MAX);
		again(&m);
		mux_msg_release(&m);
		data += n;
		size -= (size_t)n;
	}
	return 0;
}
