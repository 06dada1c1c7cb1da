/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OP_OP_FETCH_H
#define RSH_OP_OP_FETCH_H

#include <stddef.h>
#include <stdint.h>

#include "model/copy.h"
#include "op/op.h"

/**
 * Copy one file from the host without SFTP, by its cat(1) and a POSIX shell.
 * So many bytes as it says there are are taken, and no more; it gets its name
 * when all of them are here.  Its end is as that of op_copy_new().
 *
 * All is borrowed.  `s` must be ready.
 */
struct op *op_fetch_new(struct session *s, const struct copy_spec *spec,
			size_t rank, uint64_t limit_ms);

#endif /* RSH_OP_OP_FETCH_H */
