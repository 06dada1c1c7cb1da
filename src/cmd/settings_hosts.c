/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which hosts a command line means, and what is said of each.
 */
#include "cmd/settings_hosts.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "cmd/names.h"
#include "cmd/settings.h"
#include "cmd/userhosts.h"
#include "conf/hostlist.h"
#include "conf/rshconf.h"
#include "conf/spec.h"

#include "base/banned.h"

#define FIELD(f)	 offsetof(struct settings, f)
#define NAMES_SILENCE_MS 10000 /* of many hosts; one host: no limit, as ssh */

/*
 * The destination, without a user or port that one given before it outranks,
 * as with ssh.  A new string, or NULL with `err`.
 */
static char *destination(const struct settings *s, struct err *err)
{
	struct strbuf name = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct dest d;

	if (!s->user_first && !s->port_first)
		return xstrdup(s->destination);
	if (dest_parse(s->destination, true, &d, err))
		return NULL;
	if (d.user && !s->user_first)
		(void)strbuf_addf(&name, "%s@", d.user);
	(void)strbuf_addf(&name, strchr(d.host, ':') ? "[%s]" : "%s", d.host);
	if (d.port && !s->port_first)
		(void)strbuf_addf(&name, ":%u", d.port);
	dest_release(&d);
	return strbuf_detach(&name, NULL);
}

int settings_find_names(const struct settings *s, struct names *names,
			const struct target_ask *hosts, size_t nhosts,
			struct err *err)
{
	uint64_t silence_ms = s->connect_timeout_ms;

	if (silence_ms == UINT64_MAX)
		silence_ms = s->destination ? 0 : NAMES_SILENCE_MS;
	return names_find(names, hosts, nhosts, silence_ms, err);
}

/* What is asked for a host, once its list is known. */
int settings_ask(const struct settings *s, const char *name,
		 struct target_ask *ask, struct err *err)
{
	*ask = (struct target_ask){ .name = name };
	return s->users ? userhosts_ask(s->users, name, ask, err) : 0;
}

/* What else its own configuration says of a target. */
static int finish(const struct settings *s, struct plan *plan, struct err *err)
{
	const bool timed = options_was_given(&s->given, FIELD(timeout_ms));

	for (size_t i = 0; s->users && i < plan->targets.n; i++) {
		struct target *t = &plan->targets.v[i];
		const struct rshvalue *v =
			userhosts_get(s->users, t->name, "timeout");

		if (v && !timed)
			t->command_ms = v->number;
		if (plan->program.n &&
		    userhosts_words(s->users, t->name, t, err))
			return -1;
	}
	return 0;
}

static int add_asked(const struct settings *s, struct sshconf *conf,
		     struct names *names, struct plan *plan,
		     const struct target_ask *asks, size_t n, struct err *err)
{
	int rc = names ? settings_find_names(s, names, asks, n, err) : 0;

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = targets_add_ask(&plan->targets, &asks[i], conf, err);
	return rc ? rc : finish(s, plan, err);
}

static int read_list(const struct settings *s, struct hostlist *hl,
		     struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < s->hosts.n && !rc; i++)
		rc = hostlist_parse(hl, s->hosts.v[i], &s->source, err);
	for (size_t i = 0; i < s->exclude.n && !rc; i++)
		rc = hostlist_exclude(hl, s->exclude.v[i], &s->source, err);
	for (size_t i = 0; i < s->filter.n && !rc; i++)
		rc = hostlist_filter(hl, s->filter.v[i], &s->source, err);
	if (!rc && !hostlist_count(hl))
		rc = err_set(err, ERR_USAGE, _("the host list is empty"));
	return rc;
}

/* `names` NULL: the names stay as they are. */
static int add_list(const struct settings *s, struct sshconf *conf,
		    struct names *names, struct plan *plan, struct err *err)
{
	struct hostlist *hl = hostlist_new();
	struct target_ask *asks = NULL;
	size_t n = 0;
	int rc = read_list(s, hl, err);

	if (rc == 0) {
		n = hostlist_count(hl);
		asks = xcalloc(n, sizeof(*asks));
	}
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = settings_ask(s, hostlist_get(hl, i), &asks[i], err);
	if (rc == 0)
		rc = add_asked(s, conf, names, plan, asks, n, err);
	free(asks);
	hostlist_free(hl);
	return rc;
}

static int add_one(const struct settings *s, struct sshconf *conf,
		   struct names *names, struct plan *plan, struct err *err)
{
	char *name = destination(s, err);
	struct target_ask ask;
	int rc = name ? settings_ask(s, name, &ask, err) : -1;

	if (rc == 0)
		rc = add_asked(s, conf, names, plan, &ask, 1, err);
	free(name);
	return rc;
}

/* Those with a driver of their own are nothing to ssh_config. */
static int add_listed(const struct settings *s, struct sshconf *conf,
		      struct names *names, struct plan *plan, struct err *err)
{
	struct target_ask *asks = xcalloc(s->ntargets, sizeof(*asks));
	size_t n = 0;
	int rc = 0;

	for (size_t i = 0; i < s->ntargets; i++)
		if (!s->targets[i].driver)
			asks[n++].name = s->targets[i].name;
	if (names)
		rc = settings_find_names(s, names, asks, n, err);
	free(asks);
	for (size_t i = 0; i < s->ntargets && !rc; i++) {
		const struct settings_target *from = &s->targets[i];
		struct target *t;

		rc = targets_add(&plan->targets, from->name,
				 from->driver ? NULL : conf, err);
		if (rc)
			break;
		t = &plan->targets.v[plan->targets.n - 1];
		t->driver = from->driver;
		t->argv = from->argv;
	}
	return rc;
}

int settings_add_targets(const struct settings *s, struct sshconf *conf,
			 struct plan *plan, struct err *err)
{
	struct names *names = NULL;
	int rc;

	/* Another program that logs in looks names up itself. */
	if (conf && sshconf_wants_names(conf) && !plan->program.n)
		names = names_new(conf);
	if (s->users)
		userhosts_start(s->users, conf, &plan->program);
	if (s->targets)
		rc = add_listed(s, conf, names, plan, err);
	else
		rc = s->destination ? add_one(s, conf, names, plan, err)
				    : add_list(s, conf, names, plan, err);
	names_free(names);
	return rc;
}

/*
 * Sessions at once: of several clusters the one that takes least, for it is
 * one limit for all.
 */
uint64_t settings_parallel(const struct settings *s, const struct plan *plan)
{
	uint64_t least = s->parallel;
	bool any = false;

	if (!s->users || options_was_given(&s->given, FIELD(parallel)))
		return s->parallel;
	for (size_t i = 0; i < plan->targets.n; i++) {
		const struct rshvalue *v = userhosts_get(
			s->users, plan->targets.v[i].name, "parallel");
		uint64_t own = v ? v->number : s->parallel;

		if (!any || own < least)
			least = own;
		any = true;
	}
	return least;
}
