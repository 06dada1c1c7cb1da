/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signs of life.
 */
#include "ssh/keepalive.h"

#include "base/list.h"

#include "base/banned.h"

static void due(struct timer *t)
{
	struct keepalive *k = container_of(t, struct keepalive, timer);
	uint64_t alive = k->drv->alive_ns(k->conn);

	if (alive != k->seen_ns || k->deaf) {
		k->seen_ns = alive;
		k->unanswered = 0;
	}
	if (k->unanswered >= k->most) {
		k->fn(k);
		return;
	}
	if (!k->deaf) {
		k->drv->keepalive(k->conn);
		k->unanswered++;
	}
	timer_start(k->loop, &k->timer, k->interval_ms, due);
}

void keepalive_start(struct keepalive *k, struct loop *loop,
		     const struct ssh_driver *drv, struct drv_conn *conn,
		     const struct ssh_opts *opts, keepalive_fn *fn)
{
	if (opts->server_alive_interval <= 0)
		return;
	k->loop = loop;
	k->drv = drv;
	k->conn = conn;
	k->fn = fn;
	k->interval_ms = (uint64_t)opts->server_alive_interval * 1000;
	k->most = (unsigned int)opts->server_alive_count_max;
	k->seen_ns = drv->alive_ns(conn);
	timer_start(loop, &k->timer, k->interval_ms, due);
}

void keepalive_stop(struct keepalive *k)
{
	if (timer_armed(&k->timer))
		timer_stop(k->loop, &k->timer);
}
