/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names looked up for CanonicalizeHostname.
 *
 * Notes: what the configuration asks for is noted and answered "open"; then
 * all that was noted is looked up on the resolver's threads, and the
 * configuration is asked again.  There is a round for each domain that the
 * hosts of a round were not found in.
 */
#include "cmd/names.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hashmap.h"
#include "base/list.h"
#include "base/log.h"
#include "conf/spec.h"
#include "io/loop.h"
#include "io/resolver.h"
#include "io/timer.h"

#include "base/banned.h"

#define THREADS 64 /* they do nothing but wait for name servers */

struct name {
	struct hashmap_node node;
	struct list open; /* while there is no answer */
	struct names *owner;
	struct resolve_query query;
	int family;
	enum sshconf_name state;
	char *cname; /* or NULL */
	char host[];
};

struct names {
	struct sshconf *conf;
	struct hashmap all;
	struct list open;
	struct loop *loop; /* while they are looked up */
	struct timer silence;
	uint64_t silence_ms;
};

struct question {
	const char *host;
	int family;
};

static bool name_equal(const struct hashmap_node *node, const void *key)
{
	const struct name *n = container_of_const(node, struct name, node);
	const struct question *q = key;

	return n->family == q->family && strcmp(n->host, q->host) == 0;
}

static struct name *add_name(struct names *names, const char *host, int family)
{
	size_t size = strlen(host) + 1;
	struct name *n = xcalloc(1, sizeof(*n) + size);

	n->owner = names;
	n->family = family;
	n->state = SSHCONF_NAME_OPEN;
	memcpy(n->host, host, size);
	hashmap_put(&names->all, &n->node, hash_str(host));
	list_append(&names->open, &n->open);
	return n;
}

static enum sshconf_name look_up(void *arg, const char *host, int family,
				 const char **cname)
{
	const struct question q = { host, family };
	struct names *names = arg;
	struct hashmap_node *node =
		hashmap_get(&names->all, hash_str(host), &q);
	const struct name *n = node ? container_of(node, struct name, node)
				    : add_name(names, host, family);

	*cname = n->cname;
	return n->state;
}

struct names *names_new(struct sshconf *conf)
{
	struct names *names = xcalloc(1, sizeof(*names));

	names->conf = conf;
	hashmap_init(&names->all, name_equal);
	list_init(&names->open);
	sshconf_set_names(conf, look_up, names);
	return names;
}

void names_free(struct names *names)
{
	struct hashmap_node *node;

	if (!names)
		return;
	sshconf_set_names(names->conf, NULL, NULL);
	node = hashmap_walk(&names->all, NULL);
	while (node) {
		struct hashmap_node *next = hashmap_walk(&names->all, node);
		struct name *n = container_of(node, struct name, node);

		free(n->cname);
		free(n);
		node = next;
	}
	hashmap_release(&names->all);
	free(names);
}

static void settle(struct name *n, enum sshconf_name state)
{
	n->state = state;
	list_remove(&n->open);
}

static void fell_silent(struct timer *t)
{
	loop_stop(container_of(t, struct names, silence)->loop);
}

static void wait_on(struct names *names)
{
	timer_stop(names->loop, &names->silence);
	if (names->silence_ms && !list_empty(&names->open))
		timer_start(names->loop, &names->silence, names->silence_ms,
			    fell_silent);
}

/* As with ssh, a failure of the name server is told and is no answer. */
static void answered(struct resolve_query *q, const struct resolved *r,
		     const struct err *err)
{
	struct name *n = container_of(q, struct name, query);

	if (r && r->canonical)
		n->cname = xstrdup(r->canonical);
	if (!r && !q->absent)
		log_error("%s", err->msg);
	settle(n, r ? SSHCONF_NAME_FOUND : SSHCONF_NAME_ABSENT);
	wait_on(n->owner);
}

/* Look up all that is open. */
static int look_all_up(struct names *names, struct err *err)
{
	struct resolver *resolver;
	int rc;

	names->loop = loop_new(err);
	if (!names->loop)
		return -1;
	resolver = resolver_new(names->loop, THREADS);
	list_for_each (pos, &names->open) {
		struct name *n = container_of(pos, struct name, open);

		resolver_query_name(resolver, &n->query, n->host, n->family,
				    answered);
	}
	wait_on(names);
	rc = loop_run(names->loop, err);
	timer_stop(names->loop, &names->silence);
	list_for_each_safe (pos, after, &names->open) {
		struct name *n = container_of(pos, struct name, open);

		resolver_cancel(resolver, &n->query);
		settle(n, SSHCONF_NAME_LATE);
	}
	resolver_free(resolver);
	loop_free(names->loop);
	names->loop = NULL;
	return rc;
}

int names_find(struct names *names, const struct target_ask *hosts,
	       size_t nhosts, uint64_t silence_ms, struct err *err)
{
	bool *done = xcalloc(nhosts, sizeof(*done));
	int rc = 0;

	names->silence_ms = silence_ms;
	do {
		for (size_t i = 0; i < nhosts; i++) {
			struct dest d;

			if (done[i])
				continue;
			done[i] = true;
			if (dest_parse(hosts[i].name, true, &d, NULL))
				continue;
			sshconf_set_layer(names->conf, hosts[i].layer);
			done[i] =
				!sshconf_is_open(names->conf, d.host,
						 hosts[i].plain ? NULL : d.user,
						 hosts[i].plain ? 0 : d.port);
			dest_release(&d);
		}
		if (list_empty(&names->open))
			break;
		rc = look_all_up(names, err);
	} while (rc == 0);
	free(done);
	return rc;
}
