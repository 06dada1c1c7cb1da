/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes are a file of RevokedHostKeys.  It says one thing however often it
 * is asked, and an error always has its sentence.
 */
#include "conf/krl.h"

#include "fuzz/fuzz.h"

static const char blob[] = "\0\0\0\013ssh-ed25519\0\0\0\003ED1";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct kh_key key = { "ssh-ed25519", blob, sizeof(blob) - 1 };
	struct err err = { 0 };
	int rc = krl_check(data, size, &key, &err);

	assert(rc == 1 || rc == 0 || rc == -1);
	assert((rc < 0) == (err.code == ERR_HOSTKEY));
	err_release(&err);
	assert(krl_check(data, size, &key, NULL) == rc);
	return 0;
}
