/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options of a host: which blocks count for it, what their lines add up
 * to, and what stands in for the tokens.
 *
 * Notes: which blocks to try is looked up in an index.  What lines add up to
 * is kept for each set of blocks, so that thousands of hosts which differ in
 * nothing but their name share one struct ssh_opts.
 */
#include "conf/sshconf.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/hashmap.h"
#include "base/list.h"
#include "base/log.h"
#include "base/match.h"
#include "conf/percent.h"
#include "conf/spec.h"
#include "conf/sshblock.h"
#include "conf/sshcanon.h"
#include "conf/sshexpand.h"
#include "conf/sshindex.h"
#include "conf/sshmatch.h"
#include "base/banned.h"

/* Options worked out before, under the bytes of `key`. */
struct memo {
	struct hashmap_node node;
	struct ssh_opts opts;
	/* Owner of all in opts but `hostname` and `unresolved`; NULL: we. */
	const struct memo *base;
	bool texts_per_host; /* their tokens need the host */
	bool name_per_host;  /* and that of HostName does */
	size_t len;
	char key[];
};

struct memo_key {
	const char *p;
	size_t len;
};

struct sshconf {
	struct sshblocks blocks;
	struct sshblocks layers; /* numbered behind those, and not marked */
	unsigned int layer;	 /* the one that counts; 0: none */
	struct ssh_opts given;	 /* by switches of the command line */
	struct sshindex *index;
	uint64_t *marks; /* of each block: the last turn it counted in */
	uint64_t turn;
	struct hashmap merged;	 /* by set of blocks */
	struct hashmap bases;	 /* by that, user and port */
	struct hashmap resolved; /* by that, user, port and host */
	bool conditional;	 /* some Match is more than "all" */
	bool again;		 /* some Match asks for a second reading */
	bool wants_names;	 /* some line is CanonicalizeHostname */
	bool open;		 /* a name is not looked up yet */
	struct sshcanon names;
	bool direct, show; /* see sshconf_override */
	struct sshmatch_env env;
	env_fn *get_env;
};

static const char *env_get(void *arg, const char *name)
{
	(void)arg;
	return getenv(name);
}

static bool memo_equal(const struct hashmap_node *node, const void *key)
{
	const struct memo *m = container_of_const(node, struct memo, node);
	const struct memo_key *k = key;

	return m->len == k->len && memcmp(m->key, k->p, k->len) == 0;
}

static struct memo *memo_get(const struct hashmap *map, const struct strbuf *sb)
{
	const struct memo_key key = { .p = sb->buf, .len = sb->len };
	struct hashmap_node *node =
		hashmap_get(map, hash_bytes(key.p, key.len), &key);

	return node ? container_of(node, struct memo, node) : NULL;
}

static struct memo *memo_new(const struct strbuf *key)
{
	struct memo *m = xcalloc(1, sizeof(*m) + key->len);

	m->len = key->len;
	memcpy(m->key, key->buf, key->len);
	return m;
}

static void memo_put(struct hashmap *map, struct memo *m)
{
	hashmap_put(map, &m->node, hash_bytes(m->key, m->len));
}

static void memos_release(struct hashmap *map)
{
	struct hashmap_node *node = hashmap_walk(map, NULL);

	while (node) {
		struct hashmap_node *next = hashmap_walk(map, node);
		struct memo *m = container_of(node, struct memo, node);

		if (m->base) {
			free(m->opts.hostname);
			free(m->opts.unresolved);
		} else {
			sshopts_release(&m->opts);
		}
		free(m);
		node = next;
	}
	hashmap_release(map);
}

static bool has_line(const struct sshblock *b, const struct sshopt *row)
{
	for (size_t i = 0; i < b->nlines; i++)
		if (b->lines[i].row == row)
			return true;
	return false;
}

static void study_blocks(struct sshconf *conf)
{
	const struct sshopt *row = sshopt_find("CanonicalizeHostname");

	conf->index = sshindex_new(&conf->blocks);
	conf->marks = xcalloc(conf->blocks.n, sizeof(*conf->marks));
	for (size_t i = 0; i < conf->blocks.n; i++) {
		const struct sshblock *b = &conf->blocks.v[i];

		conf->conditional |= b->match.n > 0;
		conf->again |= sshmatches_again(&b->match);
		conf->wants_names |= has_line(b, row);
	}
	conf->conditional |= conf->wants_names;
}

/* As ssh: any negated pattern that fits ends it. */
static bool patterns_fit(const struct strvec *patterns, const char *host)
{
	bool fits = patterns->n == 0;

	for (size_t i = 0; i < patterns->n; i++) {
		const char *pattern = patterns->v[i];

		if (*pattern == '!') {
			if (match_glob(pattern + 1, host))
				return false;
		} else if (!fits) {
			fits = match_glob(pattern, host);
		}
	}
	return fits;
}

/* A target on its way through the blocks. */
struct walk {
	struct sshfacts facts;
	const char *hostname; /* the first HostName; borrowed */
	char *host;	      /* owned: what facts.host is out of that */
	struct strbuf *set;   /* the numbers of the blocks that count */
};

/* Take up the first `value`, and tell the index of it. */
static void learn_text(struct sshconf *conf, enum sshindex_text which,
		       const char *value, const char **fact)
{
	if (*fact || !value)
		return;
	*fact = value;
	sshindex_tell(conf->index, which, value);
}

/* What the lines of a block that counts tell later ones. */
static int learn(struct sshconf *conf, struct walk *w,
		 const struct sshfound *found, struct err *err)
{
	learn_text(conf, SSHINDEX_USER, found->user, &w->facts.user);
	learn_text(conf, SSHINDEX_TAG, found->tag, &w->facts.tag);
	if (!w->facts.port)
		w->facts.port = found->port;
	if (!w->facts.key_alias)
		w->facts.key_alias = found->key_alias;
	if (w->hostname || !found->hostname || w->facts.final)
		return 0;
	w->hostname = found->hostname;
	w->host = sshexpand_hostname(w->hostname, w->facts.original, err);
	if (!w->host)
		return -1;
	w->facts.host = w->host;
	sshindex_tell(conf->index, SSHINDEX_HOST, w->host);
	return 0;
}

/* If the block counts for `host`, mark it, and note it if it has lines. */
static int try_block(struct sshconf *conf, size_t block, const char *host,
		     struct walk *w, struct err *err)
{
	const struct sshblock *b = &conf->blocks.v[block];

	if (b->parent != SSHBLOCK_NONE && conf->marks[b->parent] != conf->turn)
		return 0;
	if (!patterns_fit(&b->patterns, host))
		return 0;
	if (b->match.n) {
		int rc = sshmatches_fit(&b->match, &conf->env, &w->facts, err);

		if (rc <= 0)
			return rc;
	}
	conf->marks[block] = conf->turn;
	if (!b->nlines)
		return 0;
	(void)strbuf_add(w->set, &block, sizeof(block));
	return conf->conditional ? learn(conf, w, &b->found, err) : 0;
}

static const struct sshblock *block_at(const struct sshconf *conf, size_t i)
{
	return i < conf->blocks.n ? &conf->blocks.v[i]
				  : &conf->layers.v[i - conf->blocks.n];
}

/* The layer stands behind the first block, which is the command line. */
static int take_layer(struct sshconf *conf, struct walk *w, struct err *err)
{
	size_t block;

	if (!conf->layer)
		return 0;
	block = conf->blocks.n + conf->layer - 1;
	(void)strbuf_add(w->set, &block, sizeof(block));
	return conf->conditional
		       ? learn(conf, w, &block_at(conf, block)->found, err)
		       : 0;
}

/* Append the numbers of the blocks that count for `host`, in order. */
static int find_blocks(struct sshconf *conf, const char *host, struct walk *w,
		       struct err *err)
{
	bool layered = false;
	size_t block;

	conf->turn++;
	sshindex_start(conf->index);
	sshindex_tell(conf->index, SSHINDEX_LINE, host);
	if (conf->conditional) {
		sshindex_tell(conf->index, SSHINDEX_HOST, w->facts.host);
		sshindex_tell(conf->index, SSHINDEX_ORIGINAL,
			      w->facts.original);
		sshindex_tell(conf->index, SSHINDEX_USER,
			      w->facts.user ? w->facts.user
					    : conf->env.local_user);
		sshindex_tell(conf->index, SSHINDEX_TAG,
			      w->facts.tag ? w->facts.tag : "");
	}
	while ((block = sshindex_next(conf->index)) != SSHBLOCK_NONE) {
		if (block && !layered) {
			layered = true;
			if (take_layer(conf, w, err))
				return -1;
		}
		if (try_block(conf, block, host, w, err) < 0)
			return -1;
	}
	return layered ? 0 : take_layer(conf, w, err);
}

/* After the first reading this is known, whatever the second says. */
static void fix_canonical(struct ssh_opts *o)
{
	if (o->canonicalize_hostname < 0)
		o->canonicalize_hostname = CANONICALIZE_NO;
	if (o->canonicalize_fallback_local < 0)
		o->canonicalize_fallback_local = 1;
	if (o->canonicalize_max_dots < 0)
		o->canonicalize_max_dots = 1;
}

/* Add up the lines of the blocks in `set`, of one reading or of two. */
static struct memo *merge(struct sshconf *conf, const struct strbuf *set,
			  struct err *err)
{
	struct memo *m = memo_get(&conf->merged, set);
	bool fixed = false; /* there is no HostName, and none may come */
	size_t block;

	if (m)
		return m;
	m = memo_new(set);
	sshopts_copy(&m->opts, &conf->given);
	for (size_t i = 0; i < set->len; i += sizeof(block)) {
		const struct sshblock *b;

		memcpy(&block, set->buf + i, sizeof(block));
		if (block == SSHBLOCK_NONE) {
			fixed = !m->opts.hostname;
			fix_canonical(&m->opts);
			continue;
		}
		b = block_at(conf, block);
		for (size_t j = 0; j < b->nlines; j++) {
			if (sshline_store(&b->lines[j], &m->opts, err)) {
				sshopts_release(&m->opts);
				free(m);
				return NULL;
			}
		}
	}
	if (fixed) {
		free(m->opts.hostname);
		m->opts.hostname = NULL;
	}
	if (!m->opts.user)
		m->opts.user = xstrdup(conf->env.local_user);
	if (conf->direct)
		sshopt_direct(&m->opts);
	if (conf->show)
		sshopt_defaults_shown(&m->opts);
	else
		sshopt_defaults(&m->opts);
	/* The user and the port are part of the key of what is resolved. */
	m->texts_per_host = sshexpand_any(
		&m->opts, m->opts.host_key_alias ? "Chn" : "Chkn");
	m->name_per_host =
		m->opts.hostname && sshexpand_has(m->opts.hostname, "h");
	memo_put(&conf->merged, m);
	return m;
}

/* What the readings have told of a host. */
struct findings {
	struct strbuf set;     /* the numbers of the blocks that count */
	char *canonical;       /* its name in full; NULL: as it was */
	struct err unresolved; /* why that could not be found */
};

/* A host as a caller asks for it.  All is borrowed. */
struct request {
	const char *host;
	const char *user; /* or NULL */
	uint16_t port;	  /* or 0 */
};

/* Fill what merge() left open, but for the name. */
static int fill(const struct sshconf *conf, struct ssh_opts *o,
		const struct request *req, const char *remote, struct err *err)
{
	if (req->user) {
		free(o->user);
		o->user = xstrdup(req->user);
	}
	if (req->port)
		o->port = req->port;
	return sshexpand_texts(&conf->env, conf->get_env, conf->show, o,
			       req->host, remote, err);
}

static void add_who(const struct memo *merged, const struct request *req,
		    struct strbuf *key)
{
	(void)strbuf_add(key, &merged, sizeof(merged));
	(void)strbuf_add(key, &req->port, sizeof(req->port));
	(void)strbuf_addstr(key, req->user ? req->user : "");
	(void)strbuf_addch(key, '\0');
}

/* What all hosts with these blocks, user and port have in common. */
static const struct memo *find_base(struct sshconf *conf,
				    const struct memo *merged,
				    const struct request *req,
				    const char *remote, struct err *err)
{
	struct strbuf key = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct memo *m;

	add_who(merged, req, &key);
	m = memo_get(&conf->bases, &key);
	if (!m) {
		m = memo_new(&key);
		sshopts_copy(&m->opts, &merged->opts);
		if (fill(conf, &m->opts, req, remote, err)) {
			sshopts_release(&m->opts);
			free(m);
			m = NULL;
		} else {
			memo_put(&conf->bases, m);
		}
	}
	strbuf_release(&key);
	return m;
}

/* What tells the results of one merge apart. */
static void make_key(const struct memo *merged, const struct request *req,
		     const struct findings *f, struct strbuf *key)
{
	bool lost = f->unresolved.code != ERR_NONE;
	bool per_host = merged->texts_per_host || merged->name_per_host || lost;

	if (!per_host && !merged->opts.hostname && !f->canonical) {
		char *remote = sshexpand_remote(NULL, req->host, NULL);

		per_host = strcmp(remote, req->host) != 0;
		free(remote);
	}
	add_who(merged, req, key);
	(void)strbuf_add(key, &lost, sizeof(lost));
	(void)strbuf_addstr(key, per_host ? req->host : "");
	(void)strbuf_addch(key, '\0');
	(void)strbuf_addstr(key, f->canonical ? f->canonical : "");
}

/*
 * The options under `key`.  What does not depend on the host is worked out
 * once and shared: of thousands with HostName %h each has its name alone.
 */
static struct memo *make_memo(struct sshconf *conf, const struct strbuf *key,
			      const struct memo *merged,
			      const struct request *req, const char *remote,
			      struct err *err)
{
	struct memo *m = memo_new(key);

	if (merged->texts_per_host) {
		sshopts_copy(&m->opts, &merged->opts);
		if (fill(conf, &m->opts, req, remote, err) == 0) {
			free(m->opts.hostname);
			m->opts.hostname = NULL;
			return m;
		}
		sshopts_release(&m->opts);
	} else {
		m->base = find_base(conf, merged, req, remote, err);
		if (m->base) {
			m->opts = m->base->opts;
			m->opts.hostname = NULL;
			return m;
		}
	}
	free(m);
	return NULL;
}

static const struct ssh_opts *resolve(struct sshconf *conf,
				      const struct memo *merged,
				      const struct request *req,
				      const struct findings *f, struct err *err)
{
	struct strbuf key = STRBUF_INIT(STRBUF_MAX_TEXT);
	const char *hostname = merged->opts.hostname;
	char *remote = NULL;
	struct memo *m;

	make_key(merged, req, f, &key);
	m = memo_get(&conf->resolved, &key);
	if (m)
		goto out;
	remote = f->canonical ? xstrdup(f->canonical)
			      : sshexpand_remote(hostname, req->host, err);
	if (remote)
		m = make_memo(conf, &key, merged, req, remote, err);
	if (!m)
		goto out;
	if (hostname || strcmp(remote, req->host) != 0) {
		m->opts.hostname = remote;
		remote = NULL;
	}
	if (f->unresolved.code != ERR_NONE)
		m->opts.unresolved = xstrdup(f->unresolved.msg);
	if (f->canonical)
		log_verbose(_("host '%s' is '%s' in full"), req->host,
			    f->canonical);
	memo_put(&conf->resolved, m);
out:
	free(remote);
	strbuf_release(&key);
	return m ? &m->opts : NULL;
}

/*
 * Between the readings: find the name in full, by what the first one says.
 * Whatever comes of it, there is a second reading then.
 */
static int find_name(struct sshconf *conf, const char *remote,
		     struct findings *f, bool *again, struct err *err)
{
	const struct memo *m = merge(conf, &f->set, err);

	if (!m)
		return -1;
	*again |= m->opts.canonicalize_hostname != CANONICALIZE_NO;
	switch (sshcanon_name(&conf->names, &m->opts, remote, &f->canonical,
			      &f->unresolved)) {
	case SSHCANON_DONE:
	case SSHCANON_LOST:
		break;
	case SSHCANON_OPEN:
		conf->open = true;
		return err_set(err, ERR_LOCAL,
			       _("its name is not looked up yet"));
	}
	return 0;
}

/*
 * Read the blocks once more, as the host that the first reading has found.
 * What that has set stays, and so does the host.
 */
static int find_again(struct sshconf *conf, const char *remote, struct walk *w,
		      struct err *err)
{
	const size_t mark = SSHBLOCK_NONE;

	free(w->host);
	w->host = xstrdup(remote);
	w->facts.host = w->host;
	w->facts.final = true;
	(void)strbuf_add(w->set, &mark, sizeof(mark));
	return find_blocks(conf, w->host, w, err);
}

/* All blocks that count, in the order in which they do, and the name. */
static int find(struct sshconf *conf, const struct request *req,
		struct findings *f, struct err *err)
{
	const struct ssh_opts *given = &conf->given;
	struct walk w = {
		.facts = {
			.original = req->host,
			.host = req->host,
			.user = req->user ? req->user : given->user,
			.given_user = req->user,
			.tag = given->tag,
			.port = req->port ? req->port
				: given->port > 0 ? given->port : 0,
		},
		.set = &f->set,
	};
	bool again = conf->again;
	char *remote = NULL;
	int rc = find_blocks(conf, req->host, &w, err);

	if (rc == 0 && (again || conf->wants_names)) {
		remote = sshexpand_remote(w.hostname, req->host, err);
		rc = remote ? 0 : -1;
	}
	if (rc == 0 && conf->wants_names)
		rc = find_name(conf, remote, f, &again, err);
	if (rc == 0 && again)
		rc = find_again(conf, f->canonical ? f->canonical : remote, &w,
				err);
	free(remote);
	free(w.host);
	return rc;
}

const struct ssh_opts *sshconf_resolve(struct sshconf *conf, const char *host,
				       const char *user, uint16_t port,
				       struct err *err)
{
	const struct request req = { host, user, port };
	struct findings f = { .set = STRBUF_INIT(STRBUF_MAX_TEXT) };
	const struct ssh_opts *o = NULL;
	const struct memo *merged = NULL;

	if (find(conf, &req, &f, err) == 0)
		merged = merge(conf, &f.set, err);
	if (merged)
		o = resolve(conf, merged, &req, &f, err);
	strbuf_release(&f.set);
	free(f.canonical);
	err_release(&f.unresolved);
	if (!o)
		err_prefix(err, "%s: ", host);
	return o;
}

int sshconf_origins(struct sshconf *conf, const char *host, const char *user,
		    uint16_t port, sshconf_origin_fn *tell, void *arg,
		    struct err *err)
{
	const struct request req = { host, user, port };
	struct findings f = { .set = STRBUF_INIT(STRBUF_MAX_TEXT) };
	int rc = find(conf, &req, &f, err);
	size_t block;

	for (size_t i = 0; rc == 0 && i < f.set.len; i += sizeof(block)) {
		const struct sshblock *b;

		memcpy(&block, f.set.buf + i, sizeof(block));
		if (block == SSHBLOCK_NONE)
			continue;
		b = block_at(conf, block);
		for (size_t j = 0; j < b->nlines; j++) {
			char *where = sshline_place(&b->lines[j]);

			tell(arg, b->lines[j].row, where);
			free(where);
		}
	}
	strbuf_release(&f.set);
	free(f.canonical);
	err_release(&f.unresolved);
	return rc;
}

int sshconf_add_layer(struct sshconf *conf, const struct sshconf_line *lines,
		      size_t n, unsigned int *layer, struct err *err)
{
	if (sshblocks_add(&conf->layers, lines, n, err))
		return -1;
	*layer = (unsigned int)conf->layers.n;
	return 0;
}

void sshconf_set_layer(struct sshconf *conf, unsigned int layer)
{
	assert(layer <= conf->layers.n);
	conf->layer = layer;
}

bool sshconf_wants_names(const struct sshconf *conf)
{
	return conf->wants_names;
}

void sshconf_set_names(struct sshconf *conf, sshconf_name_fn *fn, void *arg)
{
	conf->names = (struct sshcanon){ fn, arg };
}

bool sshconf_is_open(struct sshconf *conf, const char *host, const char *user,
		     uint16_t port)
{
	conf->open = false;
	(void)sshconf_resolve(conf, host, user, port, NULL);
	return conf->open;
}

static void store_switches(struct ssh_opts *o,
			   const struct sshconf_override *over)
{
	sshopts_init(o);
	if (!over)
		return;
	if (over->user)
		o->user = xstrdup(over->user);
	if (over->port)
		o->port = over->port;
	if (over->address_family != AF_UNSPEC)
		o->address_family = over->address_family;
	if (over->compression >= 0)
		o->compression = over->compression;
	if (over->batch_mode >= 0)
		o->batch_mode = over->batch_mode;
	for (size_t i = 0; over->identity_files && i < over->identity_files->n;
	     i++)
		strvec_push(&o->identity_files, over->identity_files->v[i]);
}

struct sshconf *sshconf_load(const char *user_file,
			     const struct sshconf_override *over,
			     const struct sshconf_env *env,
			     const struct source *source,
			     void (*bad)(void *arg, const char *text),
			     void *arg, struct err *err)
{
	const struct sshblock_input in = {
		.user_file = user_file,
		.options = over ? over->options : NULL,
		.home = env->home ? env->home : "",
		.source = source,
		.bad = bad,
		.arg = arg,
	};
	struct sshconf *conf;

	if (over && over->user && username_check(over->user, err))
		return NULL;
	conf = xcalloc(1, sizeof(*conf));
	hashmap_init(&conf->merged, memo_equal);
	hashmap_init(&conf->bases, memo_equal);
	hashmap_init(&conf->resolved, memo_equal);
	conf->direct = over && over->direct;
	conf->show = over && over->show;
	store_switches(&conf->given, over);
	sshmatch_env_init(&conf->env, env);
	conf->get_env = env->getenv ? env->getenv : env_get;
	if (sshblocks_read(&conf->blocks, &in, err)) {
		sshconf_free(conf);
		return NULL;
	}
	study_blocks(conf);
	return conf;
}

void sshconf_free(struct sshconf *conf)
{
	if (!conf)
		return;
	memos_release(&conf->merged);
	memos_release(&conf->resolved);
	memos_release(&conf->bases);
	sshindex_free(conf->index);
	sshblocks_release(&conf->blocks);
	sshblocks_release(&conf->layers);
	sshopts_release(&conf->given);
	free(conf->marks);
	sshmatch_env_release(&conf->env);
	free(conf);
}
