/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_BASE_BE32_H
#define RSH_BASE_BE32_H

#include <stdint.h>

/** A uint32 as the protocols of SSH have it, at any address. */
static inline uint32_t be32_get(const void *at)
{
	const unsigned char *p = at;

	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static inline void be32_put(void *at, uint32_t v)
{
	unsigned char *p = at;

	p[0] = (unsigned char)(v >> 24);
	p[1] = (unsigned char)(v >> 16);
	p[2] = (unsigned char)(v >> 8);
	p[3] = (unsigned char)v;
}

#endif /* RSH_BASE_BE32_H */
