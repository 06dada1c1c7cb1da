/* SPDX-License-Identifier: Apache-2.0 */
/*
 * No tiles, where libtsm is not there: --tiled is refused.
 */
#include <stddef.h>

#include "base/gettext.h"
#include "cmd/tiling.h"

#include "base/banned.h"

int tiling_check(const struct plan *plan, struct err *err)
{
	(void)plan;
	return err_set(
		err, ERR_USAGE,
		_("--tiled needs libtsm, which this rsh was built without"));
}

struct tiling *tiling_new(struct shells *s)
{
	(void)s;
	return NULL;
}

void tiling_close(struct tiling *t)
{
	(void)t;
}

void tiling_flush(struct tiling *t)
{
	(void)t;
}

void tiling_free(struct tiling *t)
{
	(void)t;
}

void tiling_begun(struct tiling *t, const struct target *target)
{
	(void)t;
	(void)target;
}

void tiling_stop(struct tiling *t)
{
	(void)t;
}
