/* SPDX-License-Identifier: Apache-2.0 */
/* Archives built by hand, of whatever a host may send. */
#ifndef RSH_TESTS_LIB_ARCHIVE_H
#define RSH_TESTS_LIB_ARCHIVE_H

#include <stddef.h>

#include "base/strbuf.h"

/** Append an entry of mode 0644 and time 1000 with all of its bytes, "" for
 *  none; where its block begins in `out`. */
size_t archive_add(struct strbuf *out, char type, const char *name,
		   const char *link, const char *bytes);

/** Write `text` to a field of the block at `block`, and mend its checksum. */
void archive_set(struct strbuf *out, size_t block, size_t field,
		 const void *text, size_t n);

/** Append a record of pax as an entry of `type`. */
void archive_pax(struct strbuf *out, char type, const char *key,
		 const char *value);

#endif /* RSH_TESTS_LIB_ARCHIVE_H */
