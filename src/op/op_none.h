/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OP_OP_NONE_H
#define RSH_OP_OP_NONE_H

#include <stdint.h>

#include "op/op.h"

/**
 * Run nothing (ssh -N): it lasts as long as the connection, for the sake of
 * what else lives on the session, and ends with that, when it is stopped, or
 * after `limit_ms`, ERR_TIMEOUT; 0: there is no limit.
 */
struct op *op_none_new(struct session *s, uint64_t limit_ms);

#endif /* RSH_OP_OP_NONE_H */
