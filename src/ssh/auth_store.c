/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The identities of a run.
 *
 * Notes: files, agents and their keys are looked up by walking arrays: a run
 * has a handful of each.
 */
#include "ssh/auth_store.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "ssh/addkey.h"

#include "base/banned.h"

#define REQUEST_IDENTITIES 11

/* ---- agents ---- */

const char *auth_agent_path(const struct ssh_opts *opts)
{
	const char *s = opts->identity_agent;

	if (!s || !strcmp(s, "SSH_AUTH_SOCK"))
		s = getenv("SSH_AUTH_SOCK");
	else if (!strcmp(s, "none"))
		s = NULL;
	else if (s[0] == '$')
		s = getenv(s + 1);
	return s && *s ? s : NULL;
}

struct keyring *auth_keyring(const struct auth_store *st,
			     const struct ssh_opts *opts)
{
	const char *path = auth_agent_path(opts);

	for (size_t i = 0; path && i < st->nkeyrings; i++)
		if (!strcmp(st->keyrings[i]->path, path))
			return st->keyrings[i];
	return NULL;
}

static void on_keys(struct agent_req *r, const void *reply, size_t n,
		    const struct err *err)
{
	struct keyring *k = container_of(r, struct keyring, req);

	if (!reply)
		err_copy(&k->err, err); /* the agent has logged it */
	else if (agent_parse_keys(reply, n, &k->keys, &k->err))
		log_verbose("%s", k->err.msg);
	k->listed = true;
	while (!list_empty(&k->waiting)) {
		struct auth_ladder *l =
			container_of(k->waiting.next, struct auth_ladder, node);

		list_remove(&l->node);
		l->wake(l->wake_arg); /* may free l */
	}
}

static struct keyring *add_keyring(struct auth_store *st, const char *path)
{
	static const unsigned char list_keys = REQUEST_IDENTITIES;
	struct keyring *k = xcalloc(1, sizeof(*k));

	k->store = st;
	k->path = xstrdup(path);
	k->agent = agent_new(st->loop, path);
	if (st->agent_ms)
		agent_hurry(k->agent, st->agent_ms);
	list_init(&k->waiting);
	st->keyrings = grow_array(st->keyrings, &st->keyrings_cap,
				  st->nkeyrings, sizeof(struct keyring *));
	st->keyrings[st->nkeyrings++] = k;
	agent_send(k->agent, &k->req, &list_keys, 1, on_keys);
	return k;
}

bool auth_same_key(const struct kh_key *pub, const struct agent_key *key)
{
	return pub->len == key->len && !memcmp(pub->blob, key->blob, key->len);
}

bool auth_keyring_holds(const struct keyring *k, const struct kh_key *pub)
{
	for (size_t i = 0; k && i < k->keys.n; i++)
		if (auth_same_key(pub, &k->keys.v[i]))
			return true;
	return false;
}

/* ---- files ---- */

struct identity *auth_identity(const struct auth_store *st, const char *path)
{
	for (size_t i = 0; i < st->nidentities; i++)
		if (!strcmp(st->identities[i]->path, path))
			return st->identities[i];
	return NULL;
}

/* A path that is tried although nobody named it. */
static bool is_default(const char *path)
{
	static const char *const names[] = {
		"id_rsa",	 "id_ecdsa", "id_ecdsa_sk", "id_ed25519",
		"id_ed25519_sk", "id_xmss",  "id_dsa",
	};
	const char *slash = strrchr(path, '/');

	for (size_t i = 0; slash && i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(slash + 1, names[i]))
			return true;
	return false;
}

static bool wants_added(const struct ssh_opts *opts)
{
	return opts->add_keys_to_agent > ASK_NO;
}

/* ---- certificates ---- */

static struct certificate *find_certificate(const struct auth_store *st,
					    const char *path)
{
	for (size_t i = 0; i < st->ncertificates; i++)
		if (!strcmp(st->certificates[i]->path, path))
			return st->certificates[i];
	return NULL;
}

const struct certificate *auth_certificate(const struct auth_store *st,
					   const char *path)
{
	const struct certificate *c = find_certificate(st, path);

	return c && c->pub ? c : NULL;
}

bool auth_certifies(const struct auth_store *st, const struct certificate *c,
		    const struct identity *id)
{
	struct kh_key pub;

	if (!id->key || !c->pub)
		return false;
	st->drv->key_public(id->key, &pub);
	return st->drv->cert_fits(c->pub, &pub);
}

bool auth_certifies_agent(const struct auth_store *st,
			  const struct certificate *c,
			  const struct agent_key *key)
{
	return st->drv->cert_fits(
		c->pub, &(struct kh_key){ .blob = key->blob, .len = key->len });
}

/* `maybe`: what is no certificate is no mistake. */
static void load_certificate(struct auth_store *st, const char *path,
			     bool maybe)
{
	struct certificate *c;
	struct drv_key *pub;
	struct err err = { 0 };

	if (!st->drv->cert_load || find_certificate(st, path))
		return;
	pub = st->drv->cert_load(path, &err);
	if (!pub && !maybe)
		log_warn("%s", err.msg);
	err_release(&err);
	if (!pub && maybe)
		return;
	c = xcalloc(1, sizeof(*c));
	c->path = xstrdup(path);
	c->pub = pub;
	st->certificates =
		grow_array(st->certificates, &st->certificates_cap,
			   st->ncertificates, sizeof(struct certificate *));
	st->certificates[st->ncertificates++] = c;
}

/* The certificate that lies beside a key, or where its public half should. */
static void load_certificate_beside(struct auth_store *st, struct identity *id)
{
	char *path = xasprintf("%s-cert.pub", id->path);
	bool named = !access(path, F_OK);

	if (!named) {
		free(path);
		path = xasprintf("%s.pub", id->path);
	}
	if (named || !access(path, F_OK)) {
		load_certificate(st, path, !named);
		id->cert = auth_certificate(st, path);
	}
	free(path);
}

/* Certificates meet the private halves that they are for. */
static void certify(struct auth_store *st, const struct identity *id)
{
	for (size_t i = 0; id->can_sign && i < st->ncertificates; i++) {
		struct certificate *c = st->certificates[i];

		if (c->key || !auth_certifies(st, c, id))
			continue;
		c->key = st->drv->key_certify(id->key, c->pub);
		if (!c->key)
			log_warn(
				_("the certificate '%s' is of a type rsh cannot use"),
				c->path);
	}
}

/* ---- files ---- */

static struct identity *load_identity(struct auth_store *st, const char *path)
{
	struct identity *id = xcalloc(1, sizeof(*id));
	struct err err = { 0 };
	int rc;

	id->path = xstrdup(path);
	st->identities = grow_array(st->identities, &st->identities_cap,
				    st->nidentities, sizeof(struct identity *));
	st->identities[st->nidentities++] = id;
	rc = st->drv->key_load(path, NULL, &id->key, &err);
	id->can_sign = rc == 1;
	id->locked = rc == 0;
	if (rc < 0 && is_default(path) && access(path, F_OK))
		log_debug("%s", err.msg);
	else if (rc < 0)
		log_warn("%s", err.msg);
	err_release(&err);
	if (rc >= 0)
		load_certificate_beside(st, id);
	return id;
}

void auth_identity_open(struct auth_store *st, struct identity *id,
			struct drv_key *key)
{
	if (id->key)
		st->drv->key_free(id->key);
	id->key = key;
	id->can_sign = true;
	id->locked = false;
	certify(st, id);
}

/* ---- the store ---- */

struct auth_store *auth_store_new(struct loop *loop,
				  const struct ssh_driver *drv,
				  struct prompter *prompter)
{
	struct auth_store *st = xcalloc(1, sizeof(*st));

	st->loop = loop;
	st->drv = drv;
	st->prompter = prompter;
	st->adder = key_adder_new(loop, prompter);
	return st;
}

void auth_store_hurry(struct auth_store *st, uint64_t agent_ms)
{
	st->agent_ms = agent_ms;
}

void auth_store_free(struct auth_store *st)
{
	if (!st)
		return;
	for (size_t i = 0; i < st->nidentities; i++) {
		struct identity *id = st->identities[i];

		if (id->key)
			st->drv->key_free(id->key);
		secret_free(id->passphrase);
		free(id->path);
		free(id);
	}
	for (size_t i = 0; i < st->ncertificates; i++) {
		struct certificate *c = st->certificates[i];

		if (c->pub)
			st->drv->key_free(c->pub);
		if (c->key)
			st->drv->key_free(c->key);
		free(c->path);
		free(c);
	}
	for (size_t i = 0; i < st->nkeyrings; i++) {
		struct keyring *k = st->keyrings[i];

		assert(list_empty(&k->waiting));
		agent_free(k->agent);
		agent_keys_release(&k->keys);
		err_release(&k->err);
		free(k->path);
		free(k);
	}
	key_adder_free(st->adder);
	free(st->identities);
	free(st->keyrings);
	free(st->certificates);
	free(st);
}

void auth_store_load(struct auth_store *st, const struct ssh_opts *opts)
{
	const char *path = auth_agent_path(opts);
	struct keyring *k = auth_keyring(st, opts);

	if (!st->drv->key_load || opts->pubkey_authentication == 0)
		return;
	if (path && !k)
		k = add_keyring(st, path);
	for (size_t i = 0; i < opts->identity_files.n; i++) {
		const char *file = opts->identity_files.v[i];
		struct identity *id = auth_identity(st, file);

		if (!id)
			id = load_identity(st, file);
		id->keep |= k && wants_added(opts);
	}
	for (size_t i = 0; i < opts->certificate_files.n; i++)
		load_certificate(st, opts->certificate_files.v[i], false);
	for (size_t i = 0; i < st->nidentities; i++)
		certify(st, st->identities[i]);
}

struct agent *auth_store_agent(struct auth_store *st,
			       const struct ssh_opts *opts)
{
	const struct keyring *k = auth_keyring(st, opts);

	return k ? k->agent : NULL;
}

const struct certificate *auth_offered(const struct auth_store *st,
				       const struct drv_key *key)
{
	for (size_t i = 0; i < st->ncertificates; i++)
		if (st->certificates[i]->pub == key)
			return st->certificates[i];
	return NULL;
}

/* The certificate that was shown as `key`, or NULL. */
static const struct certificate *shown_as(const struct auth_store *st,
					  const struct drv_key *key)
{
	for (size_t i = 0; i < st->ncertificates; i++)
		if (st->certificates[i]->key == key)
			return st->certificates[i];
	return NULL;
}

static struct identity *identity_with(const struct auth_store *st,
				      const struct drv_key *key)
{
	const struct certificate *c = shown_as(st, key);

	for (size_t i = 0; i < st->nidentities; i++) {
		struct identity *id = st->identities[i];

		if (id->key == key ||
		    (c && id->can_sign && auth_certifies(st, c, id)))
			return id;
	}
	return NULL;
}

void auth_store_used(struct auth_store *st, const struct ssh_opts *opts,
		     const struct auth_try *try)
{
	const struct keyring *k = auth_keyring(st, opts);
	struct identity *id;
	struct kh_key pub;

	if (!wants_added(opts) || try->kind != AUTH_KEY || !k)
		return;
	id = identity_with(st, try->key);
	if (!id || id->added)
		return;
	id->added = true;
	st->drv->key_public(id->key, &pub);
	if (!auth_keyring_holds(k, &pub))
		key_adder_add(
			st->adder,
			&(struct key_to_add){
				.path = id->path,
				.passphrase = id->passphrase,
				.agent = k->path,
				.how = opts->add_keys_to_agent,
				.lifetime_s = opts->add_keys_to_agent_lifespan,
			});
	secret_free(id->passphrase);
	id->passphrase = NULL;
}

void auth_store_finish(struct auth_store *st)
{
	key_adder_finish(st->adder);
}
