/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_IO_RATE_H
#define RSH_IO_RATE_H

#include <stdint.h>

/**
 * Bytes a second that many share.  Each pays for what it has moved and then
 * waits until that is paid off, behind those that paid before it: nobody is
 * woken in vain.  Pure: the time is an argument.
 */
struct rate {
	uint64_t per_s;	 /* bytes; not 0 */
	uint64_t due_ns; /* until when is moved what was paid for */
};

/** What may be made up for after a pause, in ms. */
#define RATE_BURST_MS 50

/**
 * Pay for `bytes`, at most 2^32, that were moved now; how many ms to wait
 * before more is.  0 for less than one.
 */
uint64_t rate_pay(struct rate *r, uint64_t bytes, uint64_t now_ns);

#endif /* RSH_IO_RATE_H */
