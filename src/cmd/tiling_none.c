/* SPDX-License-Identifier: Apache-2.0 */
/*
 * No tiles, where libtsm is not there: --tiled is refused.
 */
#include <stddef.h>

#include "base/gettext.h"
#include "cmd/tiling.h"

#include "base/banned.h"

static int refuse(struct err *err)
{
	return err_set(
		err, ERR_USAGE,
		_("--tiled needs libtsm, which this rsh was built without"));
}

int tiling_check(const struct plan *plan, struct err *err)
{
	(void)plan;
	return refuse(err);
}

struct tiling *tiling_new(struct shells *s)
{
	(void)s;
	return NULL;
}

void tiling_start(struct tiling *t)
{
	(void)t;
}

int tiling_show(struct tiling *t, struct err *err)
{
	(void)t;
	return refuse(err);
}

void tiling_leave(struct tiling *t)
{
	(void)t;
}

bool tiling_hide(struct tiling *t)
{
	(void)t;
	return true;
}

bool tiling_is_open(const struct tiling *t)
{
	(void)t;
	return false;
}

void tiling_input(struct tiling *t, const char *p, size_t n)
{
	(void)t;
	(void)p;
	(void)n;
}

void tiling_resized(struct tiling *t, const struct drv_size *size)
{
	(void)t;
	(void)size;
}

void tiling_tail(const struct tiling *t, size_t rank, struct strbuf *out)
{
	(void)t;
	(void)rank;
	(void)out;
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
