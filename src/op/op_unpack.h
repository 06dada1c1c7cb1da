/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OP_OP_UNPACK_H
#define RSH_OP_OP_UNPACK_H

#include <stddef.h>
#include <stdint.h>

#include "model/copy.h"
#include "op/op.h"

/**
 * Copy files from the host as archives, which its tar(1) makes and a POSIX
 * shell there says what of.  They come to the places that op_copy_new() has for
 * them, which also does it where the host has no tar and `spec->or_sftp` is
 * set; its end is as of that.
 *
 * All is borrowed.  `s` must be ready.
 */
struct op *op_unpack_new(struct session *s, const struct copy_spec *spec,
			 size_t rank, uint64_t limit_ms);

#endif /* RSH_OP_OP_UNPACK_H */
