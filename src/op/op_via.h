/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OP_OP_VIA_H
#define RSH_OP_OP_VIA_H

#include <stddef.h>
#include <stdint.h>

#include "model/copy.h"
#include "op/op.h"

/**
 * Copy files to the host without SFTP: by commands of a POSIX shell there, with
 * an archive for tar(1) or a file for cat(1) as their input (`spec->via`).
 *
 * Its end is as that of op_copy_new(), which also does it where the host has
 * no tar and `spec->or_sftp` is set.  No file is there by half, whatever ends
 * it: all is unpacked under a temporary name first.
 *
 * All is borrowed.  `s` must be ready.
 */
struct op *op_via_new(struct session *s, const struct copy_spec *spec,
		      size_t rank, uint64_t limit_ms);

#endif /* RSH_OP_OP_VIA_H */
