/* SPDX-License-Identifier: Apache-2.0 */
/* A file of sections, read twice: the second has nothing to add. */
#include "conf/ini.h"

#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ini *ini = ini_new();
	struct err err = { 0 };
	size_t n;

	if (ini_add(ini, "in", (const char *)data, size, &err)) {
		assert(err.code == ERR_CONFIG && err.msg[0]);
	} else {
		n = ini_count(ini);
		assert(n <= INI_MAX_SECTIONS);
		assert(!ini_add(ini, "in", (const char *)data, size, NULL));
		assert(ini_count(ini) == n);
		for (size_t i = 0; i < n; i++) {
			assert(ini_section(ini, i)[0]);
			assert(ini_place(ini, i).line);
			(void)ini_get(ini, ini_section(ini, i), "map");
		}
	}
	ini_free(ini);
	err_release(&err);
	return 0;
}
