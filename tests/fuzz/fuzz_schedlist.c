/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first byte says the form.  What a scheduler wrote can be read as a host
 * list and names hosts only.
 */
#include "conf/schedlist.h"

#include "base/alloc.h"
#include "conf/hostlist.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strbuf out = STRBUF_INIT(1 << 20);
	struct err err = { 0 };
	struct hostlist *hl;
	char *text;

	if (!size)
		return 0;
	text = xmemdup(data + 1, size - 1);
	if (schedlist_parse((enum schedlist_form)(data[0] % 4), text, &out,
			    &err)) {
		assert(err.code == ERR_CONFIG && err.msg[0]);
	} else if (out.len <= HOSTLIST_MAX_LINE) {
		assert(!strpbrk(out.buf, "@^!&/* \t\n"));
		hl = hostlist_new();
		if (hostlist_parse(hl, out.buf, NULL, &err))
			assert(err.code == ERR_CONFIG);
		hostlist_free(hl);
	}
	err_release(&err);
	strbuf_release(&out);
	free(text);
	return 0;
}
