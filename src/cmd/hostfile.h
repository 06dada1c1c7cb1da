/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_HOSTFILE_H
#define RSH_CMD_HOSTFILE_H

#include "conf/hostlist.h"

/** Real files for "^FILE", standard input for "^-".  Reading blocks. */
extern const struct hostlist_source hostfile_source;

#endif /* RSH_CMD_HOSTFILE_H */
