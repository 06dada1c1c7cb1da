/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A rate that many share.
 */
#include "io/rate.h"

#include <assert.h>

#include "base/banned.h"

#define NS_OF_MS ((uint64_t)1000000)
#define NS_OF_S	 ((uint64_t)1000000000)

uint64_t rate_pay(struct rate *r, uint64_t bytes, uint64_t now_ns)
{
	uint64_t burst = RATE_BURST_MS * NS_OF_MS;
	uint64_t floor = now_ns > burst ? now_ns - burst : 0;

	assert(r->per_s && bytes <= UINT32_MAX);
	if (r->due_ns < floor)
		r->due_ns = floor;
	r->due_ns += bytes * NS_OF_S / r->per_s;
	return r->due_ns > now_ns ? (r->due_ns - now_ns) / NS_OF_MS : 0;
}
