/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far the copies of all hosts are.
 */
#include "ui/copysum.h"

#include "io/manifest.h"
#include "model/plan.h"

#include "base/banned.h"

struct copied copysum_of(const struct op_spec *spec, const struct result *r,
			 enum phase p)
{
	struct copied c = r->copied;

	if (p == PHASE_DONE) {
		c.total = c.moved;
		c.all_known = true;
	} else if (p < PHASE_RUNNING && spec->kind == OP_PUT &&
		   !spec->copy.dry_run) {
		c.total = spec->copy.manifest->bytes;
		c.all_known = true;
	}
	return c;
}

/*
 * A mean in which what was last counts most: a copy may stand still.  What is
 * begun anew has moved nothing.
 */
void copysum_take(struct copysum *s, const struct copied *all, uint64_t now_ns)
{
	uint64_t more =
		all->moved > s->all.moved ? all->moved - s->all.moved : 0;
	uint64_t last = copied_per_s(more, now_ns - s->taken_ns);

	s->per_s = s->all.moved ? s->per_s / 4 * 3 + last / 4 : last;
	s->all = *all;
	s->taken_ns = now_ns;
}
