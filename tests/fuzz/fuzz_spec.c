/* SPDX-License-Identifier: Apache-2.0 */
/* A destination: what is taken apart passes the checks of names again. */
#include "conf/spec.h"

#include "base/alloc.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xmemdup(data, size);
	struct err err = { 0 };
	struct dest d;

	if (dest_parse(text, true, &d, &err)) {
		assert(err.code == ERR_CONFIG && err.msg[0]);
	} else {
		assert(!hostname_check(d.host, NULL));
		assert(!d.user || !username_check(d.user, NULL));
	}
	dest_release(&d);
	err_release(&err);
	free(text);
	return 0;
}
