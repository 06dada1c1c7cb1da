/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/session_rig.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/log.h"

void session_rig_phase(void *arg, enum phase p)
{
	(void)arg;
	(void)p;
}

void session_rig_held(void *arg, bool held)
{
	(void)arg;
	(void)held;
}

void session_rig_lost(void *arg, const struct err *why)
{
	(void)arg;
	(void)why;
}

void session_rig_nothing(void *arg)
{
	(void)arg;
}

void session_rig_open(struct session_rig *rig, const struct fake_row *script,
		      const struct session_events *events, void *arg)
{
	log_init("test", LOG_QUIET);
	rig->loop = loop_new_virtual(NULL);
	rig->target.name = xstrdup("h");
	rig->logs[0] = (struct fake_log){ .name = "h", .script = script };
	fake_driver_use(rig->logs);
	rig->env.loop = rig->loop;
	if (!rig->env.drv)
		rig->env.drv = &driver_fake_local;
	rig->session = session_new(&rig->env, &rig->target, NULL, events, arg);
}

void session_rig_close(struct session_rig *rig)
{
	session_free(rig->session);
	loop_free(rig->loop);
	free(rig->target.name);
}

void session_rig_turn(struct session_rig *rig)
{
	assert_true(loop_turn(rig->loop, !rig->poll, NULL) >= 0);
}
