/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The drivers by name.
 */
#include "ssh/driver.h"

#include <string.h>

#include "base/banned.h"

static const struct ssh_driver *const drivers[] = {
	&driver_libssh,
	&driver_exec,
	&driver_program,
};

const struct ssh_driver *driver_find(const char *name)
{
	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++)
		if (!strcmp(drivers[i]->name, name))
			return drivers[i];
	return NULL;
}
