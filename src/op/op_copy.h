/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OP_OP_COPY_H
#define RSH_OP_OP_COPY_H

#include <stddef.h>
#include <stdint.h>

#include "model/copy.h"
#include "op/op.h"

struct copy;

/**
 * Copy files from (`put` false) or to the host, over SFTP.
 *
 * Its end is status 0 when all were copied, ERR_COPY with the first failure
 * when not; the others stand in the host's error output.  What is not copied
 * by `limit_ms` (0: no limit) is ERR_TIMEOUT.  No file is left half-written
 * under its own name, whatever ends it.
 *
 * All is borrowed.  `s` must be ready.
 */
struct op *op_copy_new(struct session *s, const struct copy_spec *spec,
		       bool put, size_t rank, uint64_t limit_ms);

/**
 * What is left to do when an archive has put all of `archived` in its place: to
 * remove what is too much, and of a put with -p to give folders their modes and
 * times.  The failures of `archived` become its own; nothing is removed if
 * there are any.
 */
struct op *op_copy_rest_new(struct session *s, struct copy *archived);

#endif /* RSH_OP_OP_COPY_H */
