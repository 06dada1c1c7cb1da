/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The companions of a session, as a list.
 */
#include "ssh/companion.h"

#include "base/banned.h"

static struct companion *companion_at(struct list *node)
{
	return container_of(node, struct companion, node);
}

enum drv_rc companions_start(struct list *companions, struct err *err)
{
	enum drv_rc all = DRV_OK;

	list_for_each (node, companions) {
		struct companion *c = companion_at(node);
		enum drv_rc rc = DRV_OK;

		if (c->started)
			continue;
		if (c->ops->start)
			rc = c->ops->start(c, err);
		if (rc == DRV_ERROR)
			return rc;
		if (rc == DRV_OK)
			c->started = true;
		else
			all = DRV_AGAIN;
	}
	return all;
}

void companions_step(struct list *companions)
{
	list_for_each (node, companions) {
		struct companion *c = companion_at(node);

		if (c->started)
			c->ops->step(c);
	}
}

void companions_lost(struct list *companions, const struct err *why)
{
	list_for_each (node, companions) {
		struct companion *c = companion_at(node);

		if (c->ops->lost)
			c->ops->lost(c, why);
	}
}

void companions_close(struct list *companions)
{
	while (!list_empty(companions)) {
		struct companion *c = companion_at(companions->next);

		list_remove(&c->node);
		c->ops->closing(c);
		c->ops->free(c);
	}
}

bool companions_busy(struct list *companions)
{
	list_for_each (node, companions) {
		const struct companion *c = companion_at(node);

		if (c->ops->busy && c->ops->busy(c))
			return true;
	}
	return false;
}

bool companions_stay(struct list *companions)
{
	bool any = false;

	list_for_each (node, companions) {
		struct companion *c = companion_at(node);

		if (!c->ops->busy || !c->ops->busy(c))
			continue;
		if (!c->ops->stays || !c->ops->stays(c))
			return false;
		any = true;
	}
	return any;
}

struct companion *companions_find(struct list *companions,
				  const struct companion_ops *ops)
{
	list_for_each (node, companions)
		if (companion_at(node)->ops == ops)
			return companion_at(node);
	return NULL;
}
