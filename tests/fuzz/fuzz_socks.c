/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client of SOCKS, byte by byte and at once: the same comes of both, what is
 * asked for is a name and all that follows is left.
 */
#include "wire/socks.h"

#include <string.h>

#include "fuzz/fuzz.h"

static enum socks_rc by_wish(struct socks *s, const uint8_t *data, size_t size,
			     size_t *at)
{
	enum socks_rc rc = SOCKS_MORE;

	*at = 0;
	while (rc == SOCKS_MORE && *at < size) {
		size_t n = socks_want(s), used;

		assert(n);
		if (n > size - *at)
			n = size - *at;
		s->out_n = 0;
		rc = socks_feed(s, data + *at, n, &used);
		assert(used == n || rc == SOCKS_BAD);
		*at += used;
	}
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct socks one = { 0 }, all = { 0 };
	size_t at, used;
	enum socks_rc rc = by_wish(&one, data, size, &at);

	assert(socks_feed(&all, data, size, &used) == rc);
	assert(used == at && used <= size);
	assert(one.out_n <= all.out_n && all.out_n <= SOCKS_OUT_MAX);
	if (rc != SOCKS_ASKED)
		return 0;
	assert(one.host[0] && strlen(one.host) < sizeof(one.host));
	assert(!strcmp(one.host, all.host) && one.port == all.port);
	socks_answer(&one, SOCKS_UNREACHABLE);
	assert(one.out_n && one.out_n <= SOCKS_OUT_MAX);
	return 0;
}
