/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_FORMS_H
#define RSH_CMD_FORMS_H

#include "base/err.h"

struct launch_style;
struct settings;

/**
 * Set the form of output, and what is written besides.  -1 with ERR_USAGE
 * where two want standard output, of which there is one.
 */
int forms_choose(const struct settings *s, struct launch_style *style,
		 struct err *err);

#endif /* RSH_CMD_FORMS_H */
