/* SPDX-License-Identifier: Apache-2.0 */
/* A list of keys: every byte of what is read was in the reply. */
#include "ssh/agent.h"

#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct agent_keys keys;
	struct err err = { 0 };
	size_t total = 1 + 4;

	if (agent_parse_keys(data, size, &keys, &err)) {
		assert(err.code == ERR_AUTH && err.msg[0]);
		assert(!keys.n && !keys.v);
	}
	for (size_t i = 0; i < keys.n; i++) {
		total += 4 + keys.v[i].len + 4;
		assert(strlen(keys.v[i].comment) <= size);
	}
	assert(!keys.n || total <= size);
	agent_keys_release(&keys);
	err_release(&err);
	return 0;
}
