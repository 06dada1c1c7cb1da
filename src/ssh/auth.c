/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order in which a session tries the identities of a run.
 */
#include "ssh/auth.h"

#include <string.h>

#include "base/list.h"
#include "ssh/auth_store.h"

#include "base/banned.h"

/* The identity that `opts` names at place `i`, if it is known and new there. */
static struct identity *named_identity(const struct auth_ladder *l, size_t i)
{
	char *const *paths = l->opts->identity_files.v;

	for (size_t k = 0; k < i; k++)
		if (!strcmp(paths[k], paths[i]))
			return NULL;
	return auth_identity(l->store, paths[i]);
}

static struct identity *identity_of(const struct auth_ladder *l,
				    const struct agent_key *key)
{
	for (size_t i = 0; i < l->opts->identity_files.n; i++) {
		struct identity *id = named_identity(l, i);
		struct kh_key pub;

		if (!id || !id->key)
			continue;
		l->store->drv->key_public(id->key, &pub);
		if (auth_same_key(&pub, key))
			return id;
	}
	return NULL;
}

static struct auth_try sign_with(const struct identity *id,
				 const struct agent_key *key)
{
	/* A file that needed no passphrase spares the agent the work. */
	if (id && id->can_sign)
		return (struct auth_try){ .kind = AUTH_KEY,
					  .key = id->key,
					  .where = id->path };
	return (struct auth_try){ .kind = AUTH_AGENT,
				  .where = key->comment,
				  .blob = key->blob,
				  .blob_len = key->len };
}

/* The agent's keys that IdentityFile names, or the others, in its order. */
static bool nth_agent_key(const struct auth_ladder *l, const struct keyring *k,
			  bool named, size_t *n, struct auth_try *try)
{
	for (size_t i = 0; k && i < k->keys.n; i++) {
		const struct agent_key *key = &k->keys.v[i];
		const struct identity *id = identity_of(l, key);

		if (!!id != named || (*n)-- > 0)
			continue;
		*try = sign_with(id, key);
		return true;
	}
	return false;
}

/* The certificates that CertificateFile names, in its order. */
static bool nth_certificate(const struct auth_ladder *l, size_t *n,
			    struct auth_try *try)
{
	const struct strvec *files = &l->opts->certificate_files;

	for (size_t i = 0; i < files->n; i++) {
		const struct certificate *c = NULL;

		for (size_t k = 0; k < l->opts->identity_files.n && !c; k++) {
			const struct identity *id = named_identity(l, k);

			if (id)
				c = auth_certificate(l->store, files->v[i], id);
		}
		if (!c || (*n)-- > 0)
			continue;
		*try = (struct auth_try){ .kind = AUTH_KEY,
					  .key = c->key,
					  .where = c->path };
		return true;
	}
	return false;
}

/* What the agent has is tried as its. */
static bool is_own(const struct auth_ladder *l, const struct keyring *k,
		   const struct drv_key *key)
{
	struct kh_key pub;

	if (!key)
		return false;
	l->store->drv->key_public(key, &pub);
	return !auth_keyring_holds(k, &pub);
}

/* Each file's key, and the certificate beside it unless others are named. */
static bool nth_file(const struct auth_ladder *l, const struct keyring *k,
		     size_t *n, struct auth_try *try)
{
	for (size_t i = 0; i < l->opts->identity_files.n; i++) {
		const struct identity *id = named_identity(l, i);
		const struct drv_key *keys[2];

		if (!id || !id->can_sign)
			continue;
		keys[0] = id->key;
		keys[1] = l->opts->certificate_files.n ? NULL : id->cert;
		for (size_t j = 0; j < 2; j++) {
			if (!is_own(l, k, keys[j]) || (*n)-- > 0)
				continue;
			*try = (struct auth_try){ .kind = AUTH_KEY,
						  .key = keys[j],
						  .where = id->path };
			return true;
		}
	}
	return false;
}

static bool nth_key(const struct auth_ladder *l, size_t *n,
		    struct auth_try *try)
{
	const struct keyring *k = auth_keyring(l->store, l->opts);

	if (l->opts->pubkey_authentication == 0)
		return false;
	return nth_certificate(l, n, try) ||
	       nth_agent_key(l, k, true, n, try) ||
	       (l->opts->identities_only != 1 &&
		nth_agent_key(l, k, false, n, try)) ||
	       nth_file(l, k, n, try);
}

/* Once, and as often as may be asked where the server asks anything. */
static bool nth_kbdint(const struct auth_ladder *l, size_t *n,
		       struct auth_try *try)
{
	size_t tries = l->secrets;

	if (l->opts->kbd_interactive_authentication == 0)
		tries = 0;
	else if (tries > 1 && !l->asked)
		tries = 1;
	if (*n >= tries) {
		*n -= tries;
		return false;
	}
	*try = (struct auth_try){ .kind = AUTH_KBDINT };
	return true;
}

static bool nth_password(const struct auth_ladder *l, size_t *n,
			 struct auth_try *try)
{
	size_t tries = l->opts->password_authentication == 0 ? 0 : l->secrets;

	if (*n >= tries) {
		*n -= tries;
		return false;
	}
	*try = (struct auth_try){ .kind = AUTH_PASSWORD };
	return true;
}

/*
 * The methods rsh knows, in ssh's order.  `nth` gives the try number `*n` or
 * takes as many from `*n` as there are.
 */
static const struct method {
	const char *name;
	unsigned int bit;
	bool (*nth)(const struct auth_ladder *l, size_t *n,
		    struct auth_try *try);
} methods[] = {
	{ "publickey", AUTH_CAN_PUBLICKEY, nth_key },
	{ "keyboard-interactive", AUTH_CAN_KBDINT, nth_kbdint },
	{ "password", AUTH_CAN_PASSWORD, nth_password },
};

#define PREFERRED_DEFAULT "publickey,keyboard-interactive,password"

static const struct method *find_method(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (strlen(methods[i].name) == n &&
		    !strncmp(methods[i].name, name, n))
			return &methods[i];
	return NULL;
}

/* Try number `n` of all methods in the preferred order, and its method. */
static const struct method *nth_try(const struct auth_ladder *l, size_t n,
				    struct auth_try *try)
{
	const char *p = l->opts->preferred_authentications;

	if (!p || !*p)
		p = PREFERRED_DEFAULT;
	while (*p) {
		size_t len = strcspn(p, ",");
		const struct method *m = find_method(p, len);

		if (m && m->nth(l, &n, try))
			return m;
		p += len;
		p += *p == ',';
	}
	return NULL;
}

void auth_ladder_init(struct auth_ladder *l, struct auth_store *st,
		      const struct ssh_opts *opts)
{
	*l = (struct auth_ladder){ .store = st,
				   .opts = opts,
				   .methods = AUTH_CAN_ANY };
	list_init(&l->node);
}

bool auth_ladder_ready(struct auth_ladder *l, void (*wake)(void *arg),
		       void *arg)
{
	struct keyring *k = auth_keyring(l->store, l->opts);

	if (!k || k->listed || l->opts->pubkey_authentication == 0)
		return true;
	list_remove(&l->node);
	list_append(&k->waiting, &l->node);
	l->wake = wake;
	l->wake_arg = arg;
	return false;
}

void auth_ladder_cancel(struct auth_ladder *l, void *arg)
{
	(void)arg;
	if (l->node.next)
		list_remove(&l->node);
}

static const struct auth_try *try_none(struct auth_ladder *l)
{
	l->none_tried = true;
	l->try = (struct auth_try){ .kind = AUTH_NONE };
	return &l->try;
}

const struct auth_try *auth_ladder_next(struct auth_ladder *l)
{
	const struct method *m;

	while ((m = nth_try(l, l->step, &l->try))) {
		/* Nobody is asked for what the server may not even want. */
		if (m->bit != AUTH_CAN_PUBLICKEY &&
		    l->methods == AUTH_CAN_ANY && !l->none_tried)
			return try_none(l);
		l->step++;
		if (!(l->methods & m->bit) || (l->out & m->bit))
			continue;
		if (m->bit == AUTH_CAN_PUBLICKEY)
			l->tried++;
		return &l->try;
	}
	return l->tried || l->none_tried ? NULL : try_none(l);
}

void auth_ladder_secret(struct auth_ladder *l, const char *secret)
{
	l->try.secret = secret;
}

void auth_ladder_skip(struct auth_ladder *l, const char *why)
{
	l->out |= l->try.kind == AUTH_KBDINT ? AUTH_CAN_KBDINT
					     : AUTH_CAN_PASSWORD;
	if (why)
		l->why = why;
}

void auth_ladder_answer(struct auth_ladder *l, enum auth_answer a,
			unsigned int left)
{
	if (a == AUTH_ASKED) {
		l->asked = true;
		return;
	}
	l->try.secret = NULL;
	l->methods = left;
	/* As ssh: another method is wanted, all keys may be tried for it. */
	if (a == AUTH_PARTIAL)
		l->step = 0;
}
