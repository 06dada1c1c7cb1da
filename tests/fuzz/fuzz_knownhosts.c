/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes are a known_hosts file.  Whatever it says of a host, asking twice
 * gives one answer, and what decided is a line of it; once the key itself is
 * added to it, the host has a key of that type unless it is revoked.
 */
#include "conf/knownhosts.h"

#include "base/alloc.h"
#include "fuzz/fuzz.h"

static const char blob[] = "\0\0\0\013ssh-ed25519\0\0\0\003ED1";

static void judge(struct knownhosts *kh, const struct strvec *files,
		  const char *name, uint16_t port)
{
	const struct kh_key key = { "ssh-ed25519", blob, sizeof(blob) - 1 };
	struct kh_answer a = knownhosts_check(kh, files, name, port, &key);
	struct strvec types = { 0 };

	assert(a.verdict != KH_ERROR);
	assert(!a.file == (a.verdict == KH_UNKNOWN) && !a.file == !a.line);
	assert(knownhosts_check(kh, files, name, port, &key).verdict ==
	       a.verdict);
	knownhosts_types(kh, files, name, port, &types);
	if (a.verdict == KH_CHANGED || a.verdict == KH_OTHER)
		assert(knownhosts_has_type(kh, files, name, port,
					   "ssh-ed25519") ==
		       (types.n && strcmp(types.v[0], "ssh-ed25519") == 0));
	strvec_release(&types);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct kh_key key = { "ssh-ed25519", blob, sizeof(blob) - 1 };
	struct knownhosts *kh = knownhosts_new();
	struct strbuf line = STRBUF_INIT(1000);
	struct strvec files = { 0 };
	enum kh_verdict verdict;

	strvec_push(&files, "f");
	knownhosts_add(kh, "f", (const char *)data, size, NULL);
	judge(kh, &files, "h", 22);
	judge(kh, &files, "h", 2);
	knownhosts_format("h", 2, &key, size % 2 == 0, &line);
	knownhosts_add(kh, "f", line.buf, line.len, NULL);
	verdict = knownhosts_check(kh, &files, "h", 2, &key).verdict;
	assert(verdict == KH_MATCH || verdict == KH_REVOKED);
	knownhosts_free(kh);
	strbuf_release(&line);
	strvec_release(&files);
	return 0;
}
