/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Agent forwarding: an inlet that leads to the agent's socket.
 *
 * Each request of the far side goes to the agent as it is, after a greeting:
 * that this is not us.  An agent would take it for us, and let a host use keys
 * that are kept for certain destinations (agentbind.h).
 */
#include "ssh/agentfwd.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "ssh/agentbind.h"
#include "ssh/auth.h"
#include "ssh/inlet.h"

#include "base/banned.h"

struct agentfwd {
	struct companion companion; /* first */
	struct inlet inlet;
	struct strbuf greeting;
	char *path;
};

static struct agentfwd *agentfwd_of(struct companion *c)
{
	return container_of(c, struct agentfwd, companion);
}

static bool is_word(const struct ssh_opts *o, const char *word)
{
	return !strcmp(o->forward_agent, word);
}

/* Whether the target's options want it. */
static bool wanted(const struct ssh_opts *o)
{
	return o && o->forward_agent && !is_word(o, "no");
}

/* The socket it leads to; NULL: there is none, and as with ssh that is all. */
static const char *path_of(const struct ssh_opts *o)
{
	const char *path;

	if (!wanted(o))
		return NULL;
	if (is_word(o, "yes"))
		return auth_agent_path(o);
	path = o->forward_agent;
	return *path == '$' ? getenv(path + 1) : path;
}

static void on_step(struct companion *c)
{
	inlet_step(&agentfwd_of(c)->inlet);
}

static void on_closing(struct companion *c)
{
	inlet_close(&agentfwd_of(c)->inlet);
}

static bool is_busy(const struct companion *c)
{
	const struct agentfwd *a =
		container_of_const(c, struct agentfwd, companion);

	return inlet_open(&a->inlet) > 0;
}

static void on_free(struct companion *c)
{
	struct agentfwd *a = agentfwd_of(c);

	strbuf_release(&a->greeting);
	free(a->path);
	free(a);
}

static const struct companion_ops ops = {
	.name = "agent",
	.step = on_step,
	.closing = on_closing,
	.busy = is_busy,
	.free = on_free,
};

/* Whoever has the agent is us, for as long as that lasts. */
static bool may_have(const struct agentfwd_maker *m, const struct session *s)
{
	const char *name = session_target(s)->name;

	switch (session_trust(s)) {
	case KEY_DISTRUSTED: /* told with the key */
		return false;
	case KEY_NEW:
		if (!m->many)
			return true;
		log_warn(
			_("%s: no agent forwarding to a host whose key was not known before"),
			name);
		return false;
	case KEY_VERIFIED:
		break;
	}
	return true;
}

static struct companion *make(struct companion_maker *maker, struct session *s)
{
	struct agentfwd_maker *m =
		container_of(maker, struct agentfwd_maker, maker);
	const char *path = path_of(session_target(s)->opts);
	struct err err = { 0 };
	struct agentfwd *a;

	if (!path || !session_driver(s)->chan_agent || !may_have(m, s))
		return NULL;
	a = xcalloc(1, sizeof(*a));
	a->companion.ops = &ops;
	a->path = xstrdup(path);
	strbuf_init(&a->greeting, AGENTBIND_MAX);
	if (agentbind_nobody(&a->greeting, &err)) {
		log_error(_("%s: no agent forwarding: %s"),
			  session_target(s)->name, err.msg);
		err_release(&err);
		on_free(&a->companion);
		return NULL;
	}
	inlet_init(
		&a->inlet, s, NULL, 0,
		&(struct inlet_to){ .path = a->path, .greeting = &a->greeting },
		AGENTFWD_MOST);
	a->inlet.quiet = true;
	return &a->companion;
}

void agentfwd_maker_init(struct agentfwd_maker *m, bool many)
{
	*m = (struct agentfwd_maker){ .maker.make = make, .many = many };
}

struct drv_listener *agentfwd_listener(struct session *s)
{
	struct companion *c = session_companion(s, &ops);

	return c ? &agentfwd_of(c)->inlet.listener : NULL;
}

/* ---- before the run ---- */

static bool is_variable(const char *name)
{
	if (!isalpha((unsigned char)*name) && *name != '_')
		return false;
	while (isalnum((unsigned char)*name) || *name == '_')
		name++;
	return !*name;
}

/* A path that is named must be there; as ssh, which goes on all the same. */
static int check_path(const struct ssh_opts *o, struct err *err)
{
	const char *path = o->forward_agent;
	struct stat st;

	if (is_word(o, "yes"))
		return 0;
	if (*path == '$')
		return is_variable(path + 1)
			       ? 0
			       : err_set(err, ERR_CONFIG,
					 _("invalid ForwardAgent environment variable name '%s'"),
					 path);
	if (!stat(path, &st))
		return 0;
	err_set_errno(err, ERR_CONFIG,
		      _("cannot forward agent socket path '%s'"), path);
	if (o->exit_on_forward_failure == 1)
		return -1;
	log_error("%s", err->msg);
	err_release(err);
	return 0;
}

int agentfwd_check(const struct targets *targets, struct err *err)
{
	const char *checked = NULL;
	size_t n = 0;

	for (size_t i = 0; i < targets->n; i++) {
		const struct ssh_opts *o = targets->v[i].opts;

		if (!wanted(o))
			continue;
		n++;
		if (checked && !strcmp(checked, o->forward_agent))
			continue;
		checked = o->forward_agent;
		if (check_path(o, err))
			return -1;
	}
	if (n > 1)
		log_warn(
			_("agent forwarding is on for %zu hosts: whoever rules one of them can use your keys meanwhile (-a turns it off)"),
			n);
	return 0;
}
