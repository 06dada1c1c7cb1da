/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The identities of a run, and the order in which a session tries them.
 *
 * Notes: files, agents and their keys are looked up by walking arrays: a run
 * has a handful of each.
 */
#include "ssh/auth.h"

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
#include "ssh/ask.h"

#include "base/banned.h"

#define REQUEST_IDENTITIES 11

/* ssh's NumberOfPasswordPrompts where it is not set. */
#define PROMPTS_DEFAULT 3

/* A file of IdentityFile, looked at once. */
struct identity {
	char *path;
	struct drv_key *key;  /* NULL: nothing is known of it */
	struct drv_key *cert; /* with PATH-cert.pub, or NULL */
	bool can_sign;	      /* the private half is there, decrypted */
};

/* A file of CertificateFile with the key it is for. */
struct certificate {
	char *path;
	const struct identity *identity;
	struct drv_key *key;
};

/* An agent and the keys it offers, asked for once. */
struct keyring {
	struct auth_store *store;
	char *path;
	struct agent *agent;
	struct agent_req req;
	bool listed; /* answered, or failed */
	struct agent_keys keys;
	struct list waiting; /* ladders */
};

struct auth_store {
	struct loop *loop;
	const struct ssh_driver *drv;
	struct prompter *prompter;
	uint64_t agent_ms; /* to list its keys; 0: as long as agents have */
	struct identity **identities;
	size_t nidentities, identities_cap;
	struct certificate *certificates;
	size_t ncertificates, certificates_cap;
	struct keyring **keyrings;
	size_t nkeyrings, keyrings_cap;
};

/* ---- agents ---- */

/* The socket of the agent for `opts`, NULL when there is none. */
static const char *agent_path(const struct ssh_opts *opts)
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

static struct keyring *find_keyring(const struct auth_store *st,
				    const struct ssh_opts *opts)
{
	const char *path = agent_path(opts);

	for (size_t i = 0; path && i < st->nkeyrings; i++)
		if (!strcmp(st->keyrings[i]->path, path))
			return st->keyrings[i];
	return NULL;
}

static void on_keys(struct agent_req *r, const void *reply, size_t n,
		    const struct err *err)
{
	struct keyring *k = container_of(r, struct keyring, req);
	struct err bad = { 0 };

	(void)err; /* the agent has logged it */
	if (reply && agent_parse_keys(reply, n, &k->keys, &bad))
		log_verbose("%s", bad.msg);
	err_release(&bad);
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

/* Before a run, and only to spare the user a question.  The agent has a
   deadline, so this ends. */
static void await_list(struct keyring *k)
{
	while (!k->listed && loop_turn(k->store->loop, true, NULL) >= 0)
		;
}

static bool same_key(const struct kh_key *pub, const struct agent_key *key)
{
	return pub->len == key->len && !memcmp(pub->blob, key->blob, key->len);
}

static bool keyring_holds(const struct keyring *k, const struct kh_key *pub)
{
	for (size_t i = 0; k && i < k->keys.n; i++)
		if (same_key(pub, &k->keys.v[i]))
			return true;
	return false;
}

/* ---- files ---- */

static struct identity *find_identity(const struct auth_store *st,
				      const char *path)
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

/* One question and what came of it: as key_load(), -1 also for no answer. */
static int ask_passphrase(struct auth_store *st, struct identity *id)
{
	struct err err = { 0 };
	struct drv_key *key = NULL;
	char *text = xasprintf(_("Enter passphrase for key '%s': "), id->path);
	char *secret = ask_and_wait(st->loop, st->prompter, PROMPT_PASSPHRASE,
				    text, &err);
	int rc = -1;

	free(text);
	/* An empty answer means "not this key", as in ssh. */
	if (secret && *secret)
		rc = st->drv->key_load(id->path, secret, &key, &err);
	secret_free(secret);
	if (err.msg)
		log_verbose("%s", err.msg);
	err_release(&err);
	if (rc == 1) {
		st->drv->key_free(id->key);
		id->key = key;
		id->can_sign = true;
	} else if (key) {
		st->drv->key_free(key);
	}
	return rc;
}

static void unlock(struct auth_store *st, struct identity *id,
		   const struct ssh_opts *opts, struct keyring *k)
{
	int tries = opts->number_of_password_prompts > 0
			    ? opts->number_of_password_prompts
			    : PROMPTS_DEFAULT;
	struct kh_key pub;

	if (id->key && k) {
		await_list(k);
		st->drv->key_public(id->key, &pub);
		if (keyring_holds(k, &pub))
			return;
	}
	if (!st->prompter || opts->batch_mode == 1) {
		log_verbose(
			"key '%s' needs a passphrase and nobody can be asked: not used",
			id->path);
		return;
	}
	while (tries-- > 0)
		if (ask_passphrase(st, id) != 0)
			return;
	log_warn(_("wrong passphrase for key '%s': not used"), id->path);
}

/* The certificate that lies beside a key. */
static void load_certificate_beside(struct auth_store *st, struct identity *id)
{
	char *path = xasprintf("%s-cert.pub", id->path);
	struct err err = { 0 };

	if (!access(path, F_OK))
		id->cert = st->drv->key_certify(id->key, path, &err);
	if (err.msg)
		log_warn("%s", err.msg);
	err_release(&err);
	free(path);
}

static const struct certificate *find_certificate(const struct auth_store *st,
						  const char *path,
						  const struct identity *id)
{
	for (size_t i = 0; i < st->ncertificates; i++)
		if (st->certificates[i].identity == id &&
		    !strcmp(st->certificates[i].path, path))
			return &st->certificates[i];
	return NULL;
}

/* For one key it is: the others have no business with it. */
static void load_certificate(struct auth_store *st, const char *path,
			     const struct ssh_opts *opts)
{
	bool found = false;
	struct err err = { 0 };

	for (size_t i = 0; i < opts->identity_files.n && !found; i++) {
		const struct identity *id =
			find_identity(st, opts->identity_files.v[i]);
		struct certificate c = { .identity = id };

		if (!id || !id->can_sign)
			continue;
		found = find_certificate(st, path, id);
		if (!found)
			c.key = st->drv->key_certify(id->key, path, &err);
		if (!c.key)
			continue;
		found = true;
		c.path = xstrdup(path);
		st->certificates = grow_array(
			st->certificates, &st->certificates_cap,
			st->ncertificates, sizeof(*st->certificates));
		st->certificates[st->ncertificates++] = c;
	}
	if (err.msg)
		log_warn("%s", err.msg);
	else if (!found)
		log_verbose("certificate '%s': its key is none of IdentityFile",
			    path);
	err_release(&err);
}

static void load_identity(struct auth_store *st, const char *path,
			  const struct ssh_opts *opts, struct keyring *k)
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
	if (rc == 0)
		unlock(st, id, opts, k);
	else if (rc < 0 && is_default(path) && access(path, F_OK))
		log_debug("%s", err.msg);
	else if (rc < 0)
		log_warn("%s", err.msg);
	err_release(&err);
	if (id->can_sign && st->drv->key_certify)
		load_certificate_beside(st, id);
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
		if (id->cert)
			st->drv->key_free(id->cert);
		free(id->path);
		free(id);
	}
	for (size_t i = 0; i < st->ncertificates; i++) {
		st->drv->key_free(st->certificates[i].key);
		free(st->certificates[i].path);
	}
	for (size_t i = 0; i < st->nkeyrings; i++) {
		struct keyring *k = st->keyrings[i];

		assert(list_empty(&k->waiting));
		agent_free(k->agent);
		agent_keys_release(&k->keys);
		free(k->path);
		free(k);
	}
	free(st->identities);
	free(st->keyrings);
	free(st->certificates);
	free(st);
}

void auth_store_load(struct auth_store *st, const struct ssh_opts *opts)
{
	const char *path = agent_path(opts);
	struct keyring *k = find_keyring(st, opts);

	if (!st->drv->key_load || opts->pubkey_authentication == 0)
		return;
	if (path && !k)
		k = add_keyring(st, path);
	for (size_t i = 0; i < opts->identity_files.n; i++)
		if (!find_identity(st, opts->identity_files.v[i]))
			load_identity(st, opts->identity_files.v[i], opts, k);
	for (size_t i = 0; i < opts->certificate_files.n; i++)
		load_certificate(st, opts->certificate_files.v[i], opts);
}

struct agent *auth_store_agent(struct auth_store *st,
			       const struct ssh_opts *opts)
{
	const struct keyring *k = find_keyring(st, opts);

	return k ? k->agent : NULL;
}

/* ---- the ladder ---- */

/* The identity that `opts` names at place `i`, if it is known and new there. */
static struct identity *named_identity(const struct auth_ladder *l, size_t i)
{
	char *const *paths = l->opts->identity_files.v;

	for (size_t k = 0; k < i; k++)
		if (!strcmp(paths[k], paths[i]))
			return NULL;
	return find_identity(l->store, paths[i]);
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
		if (same_key(&pub, key))
			return id;
	}
	return NULL;
}

static struct auth_try sign_with(const struct identity *id,
				 const struct agent_key *key)
{
	/* A file that needed no passphrase spares the agent the work. */
	if (id && id->can_sign)
		return (struct auth_try){ .kind = AUTH_KEY, .key = id->key };
	return (struct auth_try){ .kind = AUTH_AGENT,
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
				c = find_certificate(l->store, files->v[i], id);
		}
		if (!c || (*n)-- > 0)
			continue;
		*try = (struct auth_try){ .kind = AUTH_KEY, .key = c->key };
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
	return !keyring_holds(k, &pub);
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
						  .key = keys[j] };
			return true;
		}
	}
	return false;
}

static bool nth_key(const struct auth_ladder *l, size_t *n,
		    struct auth_try *try)
{
	const struct keyring *k = find_keyring(l->store, l->opts);

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
	struct keyring *k = find_keyring(l->store, l->opts);

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

/* Append the names of `left` as servers list them. */
static void list_methods(unsigned int left, struct strbuf *sb)
{
	static const struct {
		unsigned int bit;
		const char *name;
	} names[] = {
		/* clang-format off */
		{ AUTH_CAN_PUBLICKEY, "publickey"            },
		{ AUTH_CAN_GSSAPI,    "gssapi-with-mic"      },
		{ AUTH_CAN_HOSTBASED, "hostbased"            },
		{ AUTH_CAN_PASSWORD,  "password"             },
		{ AUTH_CAN_KBDINT,    "keyboard-interactive" },
		/* clang-format on */
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (left & names[i].bit)
			strbuf_addf(sb, "%s%s", sb->len ? "," : "",
				    names[i].name);
}

/* Why nothing was left to try, where that is worth a word. */
static const char *explain(const struct auth_ladder *l)
{
	const unsigned int asks = AUTH_CAN_PASSWORD | AUTH_CAN_KBDINT;

	if ((l->methods & asks) && l->why)
		return _(l->why);
	if (!(l->methods & (AUTH_CAN_PUBLICKEY | asks)))
		return _("only --ssh-program can log in there");
	if ((l->methods & AUTH_CAN_PUBLICKEY) && !l->tried)
		return _("there is no key to offer");
	return NULL;
}

void auth_ladder_error(const struct auth_ladder *l, struct err *err)
{
	struct strbuf left = STRBUF_INIT(256);
	const char *why = explain(l);

	if (l->methods != AUTH_CAN_ANY)
		list_methods(l->methods, &left);
	/* With ssh's capital: scripts look for these words. */
	if (!left.len)
		err_set(err, ERR_AUTH, _("Permission denied"));
	else if (why)
		err_set(err, ERR_AUTH, _("Permission denied (%s): %s"),
			left.buf, why);
	else
		err_set(err, ERR_AUTH, _("Permission denied (%s)"), left.buf);
	strbuf_release(&left);
}
