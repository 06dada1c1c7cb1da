/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_IO_TEMPFILE_H
#define RSH_IO_TEMPFILE_H

#include "base/err.h"

/**
 * A file without a name, mode 0600, in TMPDIR or /tmp: gone when it is closed,
 * however the program ends.  The descriptor, or -1 with `err`.
 */
int tempfile_open(struct err *err);

/**
 * The same in memory, which no full disk stops, for little that is written
 * anew again and again.  Where the system has no such files, one as above.
 */
int tempfile_in_memory(struct err *err);

#endif /* RSH_IO_TEMPFILE_H */
