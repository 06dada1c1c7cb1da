/* SPDX-License-Identifier: Apache-2.0 */
/* The first byte chooses the stage, the rest is what libssh says: the message
   is one visible line of bounded length. */
#include "ssh/driver_libssh_err.h"

#include "base/alloc.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = { 0 };
	char *text;

	if (!size)
		return 0;
	text = xmemdup(data + 1, size - 1);
	assert(libssh_explain(text, data[0] % NSTAGES, &err) == -1);
	assert(err.code != ERR_NONE);
	assert(strlen(err.msg) < 2048);
	for (const char *p = err.msg; *p; p++)
		assert((unsigned char)*p >= ' ' || *p == '\t');
	libssh_as_ssh(text, data[0] % NSTAGES, "peer", &err);
	assert(!err.ssh || strlen(err.ssh) < 2048);
	for (const char *p = err.ssh; p && *p; p++)
		assert((unsigned char)*p >= ' ' || *p == '\t' || *p == '\n');
	err_release(&err);
	free(text);
	return 0;
}
