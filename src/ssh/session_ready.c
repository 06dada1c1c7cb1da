/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection that is logged in: what begins then.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/gettext.h"
#include "base/log.h"
#include "ssh/session_internal.h"

#include "base/banned.h"

static void peer_silent(struct keepalive *k)
{
	struct session *s = container_of(k, struct session, keepalive);
	const struct ssh_opts *o = s->target->opts;

	err_set(&s->err, ERR_LOST, _("no answer from the server for %d s"),
		o->server_alive_interval * o->server_alive_count_max);
	err_as_ssh(&s->err, "Timeout, server %s not responding.",
		   s->target->host);
	session_wake(s);
}

/* As ssh, also when nothing is sent: libssh looks at what is. */
static void rekey_due(struct timer *t)
{
	struct session *s = container_of(t, struct session, rekey);
	uint64_t ms = s->target->opts->rekey_seconds * UINT64_C(1000);

	s->drv->rekey(s->conn);
	timer_start(s->env->loop, t, ms, rekey_due);
}

/* As ssh: what nobody sits in front of.  Until here it was the other. */
static bool is_bulk(const struct target *t)
{
	return !t->tty && t->opts->session_type != SESSION_TYPE_NONE;
}

void session_ready_enter(struct session *s)
{
	const struct ssh_opts *o = s->target->opts;

	if (log_is_ssh() && !s->drv->local)
		log_debug("Entering interactive session.");
	if (o && s->drv->set_tos && is_bulk(s->target))
		s->drv->set_tos(s->conn, o->ip_qos_bulk);
	if (o && !s->drv->local)
		keepalive_start(&s->keepalive, s->env->loop, s->drv, s->conn, o,
				peer_silent);
	if (o && !s->drv->local && s->drv->rekey && o->rekey_seconds)
		timer_start(s->env->loop, &s->rekey,
			    o->rekey_seconds * UINT64_C(1000), rekey_due);
	s->events->ready(s->arg);
}
