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

/* The certificate beside a key, unless others are named. */
static const struct certificate *beside(const struct auth_ladder *l,
					const struct identity *id)
{
	return l->opts->certificate_files.n ? NULL : id->cert;
}

/* Its passphrase is asked for when the server wants the key. */
static bool is_to_ask(const struct auth_ladder *l, const struct identity *id)
{
	return id->locked && !id->given_up &&
	       auth_asks_in_turn(l->store, l->opts);
}

static bool is_key(const struct auth_ladder *l, const struct drv_key *key,
		   const struct agent_key *theirs)
{
	struct kh_key pub;

	if (!key)
		return false;
	l->store->drv->key_public(key, &pub);
	return auth_same_key(&pub, theirs);
}

/* The identity that the agent has, too, as a key or as a certificate. */
static const struct identity *identity_of(const struct auth_ladder *l,
					  const struct agent_key *key)
{
	for (size_t i = 0; i < l->opts->identity_files.n; i++) {
		const struct identity *id = named_identity(l, i);
		const struct certificate *c = id ? beside(l, id) : NULL;

		if (id &&
		    (is_key(l, id->key, key) || (c && is_key(l, c->pub, key))))
			return id;
	}
	return NULL;
}

/* A file that needed no passphrase spares the agent the work. */
static struct auth_try sign_with(const struct auth_ladder *l,
				 const struct identity *id,
				 const struct agent_key *key)
{
	if (id && id->can_sign && is_key(l, id->key, key))
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
	size_t keys = k ? k->keys.n : 0;
	const struct identity *id;

	if (*n >= keys) {
		*n -= keys;
		return false;
	}
	id = identity_of(l, &k->keys.v[*n]);
	*try = !!id == named && (named || l->opts->identities_only != 1)
		       ? sign_with(l, id, &k->keys.v[*n])
		       : (struct auth_try){ .kind = AUTH_NONE };
	return true;
}

/* The agent signs for a certificate that it need not hold itself. */
static bool certified_by_agent(const struct auth_ladder *l,
			       const struct keyring *k,
			       const struct certificate *c,
			       struct auth_try *try)
{
	struct kh_key pub;

	for (size_t i = 0; k && i < k->keys.n; i++) {
		const struct agent_key *key = &k->keys.v[i];

		if (!auth_certifies_agent(l->store, c, key) ||
		    (l->opts->identities_only == 1 && !identity_of(l, key)))
			continue;
		l->store->drv->key_public(c->pub, &pub);
		*try = (struct auth_try){ .kind = AUTH_AGENT,
					  .where = c->path,
					  .blob = pub.blob,
					  .blob_len = pub.len,
					  .signer = key->blob,
					  .signer_len = key->len };
		return true;
	}
	return false;
}

static bool certified_by_file(const struct auth_ladder *l,
			      const struct certificate *c, struct auth_try *try)
{
	for (size_t i = 0; c->key && i < l->opts->identity_files.n; i++) {
		const struct identity *id = named_identity(l, i);

		if (!id || !id->can_sign || !auth_certifies(l->store, c, id))
			continue;
		*try = (struct auth_try){ .kind = AUTH_KEY,
					  .key = c->key,
					  .where = c->path };
		return true;
	}
	return false;
}

/* It would be a file's, with its passphrase. */
static bool certified_if_asked(const struct auth_ladder *l,
			       const struct certificate *c,
			       struct auth_try *try)
{
	for (size_t i = 0; i < l->opts->identity_files.n; i++) {
		struct identity *id = named_identity(l, i);

		if (!id || !is_to_ask(l, id) ||
		    !auth_certifies(l->store, c, id))
			continue;
		*try = (struct auth_try){ .kind = AUTH_OFFER,
					  .key = c->pub,
					  .where = c->path,
					  .locked = id };
		return true;
	}
	return false;
}

/* A certificate can be shown if there is what signs for it. */
static bool certified(const struct auth_ladder *l, const struct keyring *k,
		      const struct certificate *c, struct auth_try *try)
{
	return certified_by_file(l, c, try) ||
	       certified_by_agent(l, k, c, try) ||
	       certified_if_asked(l, c, try);
}

bool auth_key_is_here(const struct auth_ladder *l, const struct certificate *c)
{
	struct auth_try t;

	for (size_t i = 0; i < l->opts->identity_files.n; i++) {
		const struct identity *id = named_identity(l, i);

		if (id && auth_certifies(l->store, c, id))
			return true;
	}
	return certified_by_agent(l, auth_keyring(l->store, l->opts), c, &t);
}

/* The certificates that CertificateFile names, in its order. */
static bool nth_certificate(const struct auth_ladder *l,
			    const struct keyring *k, size_t *n,
			    struct auth_try *try)
{
	const struct strvec *files = &l->opts->certificate_files;
	const struct certificate *c;

	if (*n >= files->n) {
		*n -= files->n;
		return false;
	}
	c = auth_certificate(l->store, files->v[*n]);
	if (!c || !certified(l, k, c, try))
		*try = (struct auth_try){ .kind = AUTH_NONE };
	return true;
}

/* What the agent has is tried as its. */
static bool is_own(const struct auth_ladder *l, const struct keyring *k,
		   const struct drv_key *key)
{
	struct kh_key pub;

	l->store->drv->key_public(key, &pub);
	return !auth_keyring_holds(k, &pub);
}

static bool own_key(const struct auth_ladder *l, const struct keyring *k,
		    struct identity *id, struct auth_try *try)
{
	if (!(id->can_sign || is_to_ask(l, id)) ||
	    (id->key && !is_own(l, k, id->key)))
		return false;
	/* Where not even the public half is known it is asked about first. */
	*try = (struct auth_try){
		.kind = id->can_sign || !id->key ? AUTH_KEY : AUTH_OFFER,
		.key = id->key,
		.where = id->path,
		.locked = id->can_sign ? NULL : id,
	};
	return true;
}

static bool own_certificate(const struct auth_ladder *l,
			    const struct keyring *k, struct identity *id,
			    struct auth_try *try)
{
	const struct certificate *c = beside(l, id);

	return c && is_own(l, k, c->pub) && certified(l, k, c, try);
}

/* Each file's key, and the certificate beside it. */
static bool nth_file(const struct auth_ladder *l, const struct keyring *k,
		     size_t *n, struct auth_try *try)
{
	size_t slots = 2 * l->opts->identity_files.n;
	struct identity *id;

	if (*n >= slots) {
		*n -= slots;
		return false;
	}
	id = named_identity(l, *n / 2);
	if (!id ||
	    !(*n % 2 ? own_certificate(l, k, id, try) : own_key(l, k, id, try)))
		*try = (struct auth_try){ .kind = AUTH_NONE };
	return true;
}

/*
 * A place for each key that there may be, in order: what is at a place may
 * change when a passphrase is given, the places do not.  AUTH_NONE is an empty
 * one.
 */
static bool nth_key(const struct auth_ladder *l, size_t *n,
		    struct auth_try *try)
{
	const struct keyring *k = auth_keyring(l->store, l->opts);

	if (l->opts->pubkey_authentication == 0)
		return false;
	return nth_certificate(l, k, n, try) ||
	       nth_agent_key(l, k, true, n, try) ||
	       nth_agent_key(l, k, false, n, try) || nth_file(l, k, n, try);
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

static const char *preferred(const struct ssh_opts *opts)
{
	const char *p = opts->preferred_authentications;

	return p && *p ? p : PREFERRED_DEFAULT;
}

/* Take a name off the list; `*m` is NULL for a method that rsh has not. */
static bool next_method(const char **p, const struct method **m)
{
	size_t len = strcspn(*p, ",");

	if (!**p)
		return false;
	*m = find_method(*p, len);
	*p += len;
	*p += **p == ',';
	return true;
}

/* Try number `n` of all methods in the preferred order, and its method. */
static const struct method *nth_try(const struct auth_ladder *l, size_t n,
				    struct auth_try *try)
{
	const char *p = preferred(l->opts);
	const struct method *m;

	while (next_method(&p, &m))
		if (m && m->nth(l, &n, try))
			return m;
	return NULL;
}

bool auth_prefers(const struct ssh_opts *opts, unsigned int method)
{
	const char *p = preferred(opts);
	const struct method *m;

	while (next_method(&p, &m))
		if (m && m->bit == method)
			return true;
	return false;
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
	auth_ladder_hush(l);
}

static const struct auth_try *try_none(struct auth_ladder *l)
{
	l->none_tried = true;
	l->offered = NULL;
	l->try = (struct auth_try){ .kind = AUTH_NONE };
	return &l->try;
}

const struct auth_try *auth_ladder_next(struct auth_ladder *l)
{
	const struct method *m;

	while ((m = nth_try(l, l->step, &l->try))) {
		if (m->bit == AUTH_CAN_PUBLICKEY && l->try.kind == AUTH_NONE) {
			l->step++;
			continue;
		}
		/* Nobody is asked for what the server may not even want. */
		if (m->bit != AUTH_CAN_PUBLICKEY &&
		    l->methods == AUTH_CAN_ANY && !l->none_tried)
			return try_none(l);
		l->step++;
		l->offered = NULL;
		if (!(l->methods & m->bit) || (l->out & m->bit))
			continue;
		if (m->bit == AUTH_CAN_PUBLICKEY)
			l->tried++;
		return &l->try;
	}
	return l->methods != AUTH_CAN_ANY || l->none_tried ? NULL : try_none(l);
}

void auth_ladder_secret(struct auth_ladder *l, const char *secret)
{
	l->try.secret = secret;
}

void auth_ladder_skip(struct auth_ladder *l, const char *why)
{
	if (l->try.kind == AUTH_KBDINT)
		l->out |= AUTH_CAN_KBDINT;
	else if (l->try.kind == AUTH_PASSWORD)
		l->out |= AUTH_CAN_PASSWORD;
	if (why)
		l->why = why;
}

static bool is_key_try(const struct auth_try *try)
{
	return try->kind == AUTH_OFFER || try->kind == AUTH_KEY ||
	       try->kind == AUTH_AGENT;
}

static void count_refusal(struct auth_ladder *l)
{
	if (l->try.kind == AUTH_PASSWORD)
		l->passwords++;
	else if (l->try.kind == AUTH_KBDINT)
		l->kbdints++;
	/* What was taken once is offered again, and not taken for two. */
	if (!is_key_try(&l->try) || l->part.where == l->try.where)
		return;
	if (l->refused < AUTH_NAMED)
		l->refusals[l->refused] = l->try;
	l->refused++;
}

void auth_ladder_answer(struct auth_ladder *l, enum auth_answer a,
			unsigned int left)
{
	if (a == AUTH_ASKED) {
		l->asked = true;
		return;
	}
	/* Next it is made with the private half. */
	if (a == AUTH_WANTED) {
		l->offered = auth_offered(l->store, l->try.key);
		l->try.kind = AUTH_KEY;
		l->try.key = NULL;
		return;
	}
	l->try.secret = NULL;
	if (a == AUTH_DENIED)
		count_refusal(l);
	l->methods = left;
	/* As ssh: another method is wanted, all keys may be tried for it. */
	if (a == AUTH_PARTIAL) {
		l->step = 0;
		l->part = l->try;
		l->refused = l->passwords = l->kbdints = 0;
	}
}
