/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values of clusters and nodes as layers of ssh_config(5).
 *
 * Notes: hosts of the same node share a layer, and so what they resolve to.
 */
#include "cmd/userhosts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/hashmap.h"
#include "base/list.h"
#include "conf/spec.h"

#include "base/banned.h"

/* The hosts with the same lines, under what these come from. */
struct kin {
	struct hashmap_node in;
	struct rshlines lines;
	unsigned int layer;
	struct strvec argv; /* for --ssh-program */
	const struct rshvalue *jump;
	size_t len;
	char key[];
};

struct userhosts {
	struct rshconf *rsh;
	struct sshconf *ssh;
	const struct strvec *program; /* or NULL */
	struct hashmap all;
};

/* A host and who has it. */
struct owned {
	const struct rshcluster *cluster;
	const struct rshnode *node;
	struct dest dest;
};

static bool kin_equal(const struct hashmap_node *node, const void *key)
{
	const struct kin *k = container_of_const(node, struct kin, in);
	const struct strbuf *sb = key;

	return k->len == sb->len && memcmp(k->key, sb->buf, sb->len) == 0;
}

struct userhosts *userhosts_new(struct rshconf *rsh)
{
	struct userhosts *uh = xcalloc(1, sizeof(*uh));

	uh->rsh = rsh;
	hashmap_init(&uh->all, kin_equal);
	return uh;
}

static void kin_free(struct kin *k)
{
	rshlines_release(&k->lines);
	strvec_release(&k->argv);
	free(k);
}

void userhosts_free(struct userhosts *uh)
{
	struct hashmap_node *node;

	if (!uh)
		return;
	node = hashmap_walk(&uh->all, NULL);
	while (node) {
		struct hashmap_node *next = hashmap_walk(&uh->all, node);

		kin_free(container_of(node, struct kin, in));
		node = next;
	}
	hashmap_release(&uh->all);
	free(uh);
}

void userhosts_start(struct userhosts *uh, struct sshconf *ssh,
		     const struct strvec *program)
{
	uh->ssh = ssh;
	uh->program = program;
}

const struct rshvalue *userhosts_get(const struct userhosts *uh,
				     const char *name, const char *key)
{
	const struct rshcluster *c;
	const struct rshnode *node;

	(void)rshconf_owner(uh->rsh, name, &c, &node);
	return rshconf_get(uh->rsh, c, node, key);
}

static int add_layer(struct userhosts *uh, struct kin *k, struct err *err)
{
	struct sshconf_line *lines;
	struct strvec places = { 0 };
	int rc;

	if (!k->lines.n || !uh->ssh)
		return 0;
	lines = xcalloc(k->lines.n, sizeof(*lines));
	for (size_t i = 0; i < k->lines.n; i++) {
		struct strbuf where = STRBUF_INIT(STRBUF_MAX_TEXT);

		rshplace_show(&k->lines.v[i].place, &where);
		strvec_push_take(&places, strbuf_detach(&where, NULL));
		lines[i] = (struct sshconf_line){
			.text = k->lines.v[i].text,
			.where = places.v[i],
		};
	}
	rc = sshconf_add_layer(uh->ssh, lines, k->lines.n, &k->layer, err);
	strvec_release(&places);
	free(lines);
	return rc;
}

/* What the name itself says is a value of its node. */
static void add_lines(const struct userhosts *uh, const struct owned *o,
		      struct kin *k)
{
	char port[8];

	if (o->cluster && o->dest.user)
		rshlines_add(&k->lines, "User", o->dest.user, &o->node->place);
	if (o->cluster && o->dest.port) {
		(void)snprintf(port, sizeof(port), "%u", o->dest.port);
		rshlines_add(&k->lines, "Port", port, &o->node->place);
	}
	rshconf_lines(uh->rsh, o->cluster, o->node, &k->lines);
	k->jump = rshconf_get(uh->rsh, o->cluster, o->node, "jump_host");
}

static struct kin *find_kin(struct userhosts *uh, const struct owned *o,
			    struct err *err)
{
	struct strbuf key = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct hashmap_node *node;
	struct kin *k = NULL;
	uint64_t hash;

	(void)strbuf_add(&key, &o->cluster, sizeof(o->cluster));
	(void)strbuf_add(&key, &o->node, sizeof(o->node));
	if (o->cluster) {
		(void)strbuf_addf(&key, "%u:", o->dest.port);
		(void)strbuf_addstr(&key, o->dest.user ? o->dest.user : "");
	}
	hash = hash_bytes(key.buf, key.len);
	node = hashmap_get(&uh->all, hash, &key);
	if (node) {
		k = container_of(node, struct kin, in);
		goto out;
	}
	k = xcalloc(1, sizeof(*k) + key.len);
	k->len = key.len;
	memcpy(k->key, key.buf, key.len);
	add_lines(uh, o, k);
	if (add_layer(uh, k, err)) {
		kin_free(k);
		k = NULL;
	} else {
		hashmap_put(&uh->all, &k->in, hash);
	}
out:
	strbuf_release(&key);
	return k;
}

static struct kin *kin_of(struct userhosts *uh, const char *name, bool *plain,
			  struct err *err)
{
	struct owned o = { 0 };
	struct kin *k;

	*plain = rshconf_owner(uh->rsh, name, &o.cluster, &o.node);
	if (*plain && dest_parse(name, true, &o.dest, err))
		return NULL;
	k = find_kin(uh, &o, err);
	dest_release(&o.dest);
	return k;
}

int userhosts_ask(struct userhosts *uh, const char *name,
		  struct target_ask *ask, struct err *err)
{
	const struct kin *k;

	*ask = (struct target_ask){ .name = name };
	k = kin_of(uh, name, &ask->plain, err);
	if (!k)
		return -1;
	ask->layer = k->layer;
	return 0;
}

/* ssh takes the lines as options, behind those of the command line. */
int userhosts_words(struct userhosts *uh, const char *name, struct target *t,
		    struct err *err)
{
	bool plain;
	struct kin *k = kin_of(uh, name, &plain, err);

	if (!k)
		return -1;
	if (!k->lines.n)
		return 0;
	if (k->jump && k->jump->jump_key)
		return err_set(
			err, ERR_CONFIG,
			_("%s:%zu: a jump host's own 'ssh_key' cannot be told to '%s'; name the host in ssh_config and use 'ssh_config_host'"),
			k->jump->place.file, k->jump->place.line,
			uh->program->v[0]);
	if (!k->argv.n) {
		for (size_t i = 0; i < uh->program->n; i++)
			strvec_push(&k->argv, uh->program->v[i]);
		for (size_t i = 0; i < k->lines.n; i++) {
			strvec_push(&k->argv, "-o");
			strvec_push(&k->argv, k->lines.v[i].text);
		}
	}
	t->argv = &k->argv;
	return 0;
}
