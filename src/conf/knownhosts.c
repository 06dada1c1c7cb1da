/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The known_hosts files.
 *
 * Notes: lines are never forgotten; what was found of a name is, when NAMES_MAX
 * others were asked for since.  Hashed lines are told apart by the type of
 * their key, and those that fitted a name are not tried for another: in a run
 * over the hosts of a file, in its order, each costs a handful of HMACs.  In
 * another order it is half of the lines, and a host that no hashed line fits
 * costs one for each, as with ssh: a second for a million pairs.
 */
#include "conf/knownhosts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hashmap.h"
#include "base/list.h"
#include "base/match.h"
#include "conf/digest.h"
#include "conf/khline.h"
#include "base/banned.h"

/* Names for which the lines that fit are kept. */
#define NAMES_MAX 1024

/* How far before the last hit a search of hashed lines begins. */
#define SEARCH_BACK 32

struct khfile {
	struct hashmap_node node;
	char *path;
	unsigned long lines; /* so far */
};

/* What is known about a name: the lines that fit it. */
struct khname {
	struct hashmap_node node;
	struct list asked;
	struct khline **lines;
	size_t n, cap;
	size_t tried[KHLINE_TYPES]; /* of the hashed lines of each type */
	char name[];
};

/* A name that stands in a line without any pattern. */
struct plain {
	struct hashmap_node node;
	struct khline *entry;
	char name[];
};

struct entries {
	struct khline **v;
	size_t n, cap;
	size_t last; /* the last hit */
};

struct knownhosts {
	struct entries all;
	struct entries patterns;	     /* tried one by one */
	struct entries revoked;		     /* hashed ones */
	struct entries hashed[KHLINE_TYPES]; /* the others */
	struct hashmap files;		     /* struct khfile */
	struct hashmap plain;		     /* struct plain */
	struct hashmap names;		     /* struct khname: asked for */
	struct list asked; /* the same, the last one at the end */
	struct digest_hmac *hmac;
};

static bool file_equal(const struct hashmap_node *node, const void *key)
{
	return strcmp(container_of_const(node, struct khfile, node)->path,
		      key) == 0;
}

static bool plain_equal(const struct hashmap_node *node, const void *key)
{
	return strcmp(container_of_const(node, struct plain, node)->name,
		      key) == 0;
}

static bool name_equal(const struct hashmap_node *node, const void *key)
{
	return strcmp(container_of_const(node, struct khname, node)->name,
		      key) == 0;
}

struct knownhosts *knownhosts_new(void)
{
	struct knownhosts *kh = xcalloc(1, sizeof(*kh));

	hashmap_init(&kh->files, file_equal);
	hashmap_init(&kh->plain, plain_equal);
	hashmap_init(&kh->names, name_equal);
	list_init(&kh->asked);
	kh->hmac = digest_hmac_new();
	return kh;
}

void knownhosts_free(struct knownhosts *kh)
{
	struct hashmap_node *node, *next;

	if (!kh)
		return;
	for (node = hashmap_walk(&kh->files, NULL); node; node = next) {
		struct khfile *f = container_of(node, struct khfile, node);

		next = hashmap_walk(&kh->files, node);
		free(f->path);
		free(f);
	}
	for (node = hashmap_walk(&kh->plain, NULL); node; node = next) {
		next = hashmap_walk(&kh->plain, node);
		free(container_of(node, struct plain, node));
	}
	for (node = hashmap_walk(&kh->names, NULL); node; node = next) {
		struct khname *name = container_of(node, struct khname, node);

		next = hashmap_walk(&kh->names, node);
		free(name->lines);
		free(name);
	}
	hashmap_release(&kh->files);
	hashmap_release(&kh->plain);
	hashmap_release(&kh->names);
	for (size_t i = 0; i < kh->all.n; i++) {
		khline_free(kh->all.v[i]);
	}
	for (size_t i = 0; i < KHLINE_TYPES; i++)
		free(kh->hashed[i].v);
	free(kh->all.v);
	free(kh->patterns.v);
	free(kh->revoked.v);
	digest_hmac_free(kh->hmac);
	free(kh);
}

static void push(struct entries *list, struct khline *e)
{
	list->v = grow_array(list->v, &list->cap, list->n, sizeof(*list->v));
	list->v[list->n++] = e;
}

static void add_line(struct khname *name, struct khline *e)
{
	name->lines = grow_array(name->lines, &name->cap, name->n,
				 sizeof(struct khline *));
	name->lines[name->n++] = e;
}

static struct khname *asked_name(const struct knownhosts *kh, uint64_t hash,
				 const char *text)
{
	struct hashmap_node *node = hashmap_get(&kh->names, hash, text);

	return node ? container_of(node, struct khname, node) : NULL;
}

static bool hash_fits(struct knownhosts *kh, const struct khline *e,
		      const char *name)
{
	unsigned char hash[DIGEST_SHA1];

	digest_hmac_sha1(kh->hmac, e->salt, sizeof(e->salt), name, strlen(name),
			 hash);
	return memcmp(hash, e->hash, sizeof(hash)) == 0;
}

static void add_plain(struct knownhosts *kh, struct khline *e)
{
	struct strvec names = { 0 };

	strvec_split(&names, e->hosts, ",");
	for (size_t i = 0; i < names.n; i++) {
		size_t n = strlen(names.v[i]) + 1;
		struct plain *p = xcalloc(1, sizeof(*p) + n);
		uint64_t hash = hash_str(names.v[i]);
		struct khname *asked = asked_name(kh, hash, names.v[i]);

		p->entry = e;
		memcpy(p->name, names.v[i], n);
		hashmap_put(&kh->plain, &p->node, hash);
		if (asked)
			add_line(asked, e);
	}
	strvec_release(&names);
}

static bool pattern_fits(struct knownhosts *kh, const struct khline *e,
			 const char *name)
{
	(void)kh;
	return match_list(e->hosts, name, true) == MATCH_POSITIVE;
}

/* Add a line that is tried on every name, also on those asked for before. */
static void add_tried(struct knownhosts *kh, struct entries *list,
		      struct khline *e,
		      bool (*fits)(struct knownhosts *kh,
				   const struct khline *e, const char *name))
{
	push(list, e);
	hashmap_for_each (node, &kh->names) {
		struct khname *name = container_of(node, struct khname, node);

		if (fits(kh, e, name->name))
			add_line(name, e);
	}
}

static void add_entry(struct knownhosts *kh, struct khline *e)
{
	push(&kh->all, e);
	if (e->hosts && strpbrk(e->hosts, "*?!"))
		add_tried(kh, &kh->patterns, e, pattern_fits);
	else if (e->hosts)
		add_plain(kh, e);
	else if (e->marker == KHLINE_REVOKED)
		add_tried(kh, &kh->revoked, e, hash_fits);
	else
		push(&kh->hashed[e->type], e);
}

static struct khfile *find_file(const struct knownhosts *kh, const char *path)
{
	struct hashmap_node *node =
		hashmap_get(&kh->files, hash_str(path), path);

	return node ? container_of(node, struct khfile, node) : NULL;
}

void knownhosts_add(struct knownhosts *kh, const char *path, const char *text,
		    size_t len, unsigned long *bad)
{
	struct khfile *file = find_file(kh, path);
	const char *end = text + len;

	if (!file) {
		file = xcalloc(1, sizeof(*file));
		file->path = xstrdup(path);
		hashmap_put(&kh->files, &file->node, hash_str(path));
	}
	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		const char *line = text;
		struct khline *e;

		if (!stop)
			stop = end;
		text = stop + 1;
		file->lines++;
		if (khline_read(line, (size_t)(stop - line), &e)) {
			if (bad)
				++*bad;
			continue;
		}
		if (!e)
			continue;
		e->file = file;
		e->line = file->lines;
		add_entry(kh, e);
	}
}

/* Not the last two: they may be those of a host at hand. */
static void forget_names(struct knownhosts *kh)
{
	struct khname *name;

	if (kh->names.n <= NAMES_MAX)
		return;
	name = container_of(kh->asked.next, struct khname, asked);
	list_remove(&name->asked);
	hashmap_remove(&kh->names, &name->node);
	free(name->lines);
	free(name);
}

/* What is known of `text`, in lower case, without the costly hashed lines. */
static struct khname *find_name(struct knownhosts *kh, const char *text)
{
	uint64_t hash = hash_str(text);
	struct khname *name = asked_name(kh, hash, text);
	struct hashmap_node *node;

	if (name) {
		list_remove(&name->asked);
		list_append(&kh->asked, &name->asked);
		return name;
	}
	name = xcalloc(1, sizeof(*name) + strlen(text) + 1);
	memcpy(name->name, text, strlen(text) + 1);
	hashmap_put(&kh->names, &name->node, hash);
	list_append(&kh->asked, &name->asked);
	forget_names(kh);
	node = hashmap_get(&kh->plain, hash, text);
	for (; node; node = hashmap_get_next(&kh->plain, node, text))
		add_line(name, container_of(node, struct plain, node)->entry);
	for (size_t i = 0; i < kh->patterns.n; i++)
		if (pattern_fits(kh, kh->patterns.v[i], text))
			add_line(name, kh->patterns.v[i]);
	for (size_t i = 0; i < kh->revoked.n; i++)
		if (hash_fits(kh, kh->revoked.v[i], text))
			add_line(name, kh->revoked.v[i]);
	return name;
}

/* How wanted a file is: its place in `files`; their number when it is not. */
static size_t rank(const struct strvec *files, const struct khline *e)
{
	size_t i = 0;

	while (i < files->n && strcmp(files->v[i], e->file->path) != 0)
		i++;
	return i;
}

static bool same_key(const struct khline *e, const void *blob, size_t len)
{
	return e->len == len && memcmp(e->blob, blob, len) == 0;
}

/* Whether a line that fits the name revokes this very key. */
static bool is_revoked(const struct khname *name, const struct strvec *files,
		       const struct khline *e)
{
	for (size_t i = 0; i < name->n; i++) {
		const struct khline *r = name->lines[i];

		if (r->marker == KHLINE_REVOKED &&
		    same_key(r, e->blob, e->len) && rank(files, r) < files->n)
			return true;
	}
	return false;
}

static bool is_usable(const struct khname *name, const struct strvec *files,
		      const struct khline *e)
{
	return e->marker == KHLINE_PLAIN && rank(files, e) < files->n &&
	       !is_revoked(name, files, e);
}

/* What a hashed line remembers of the name that it fits. */
static uint64_t name_id(const struct khname *name)
{
	return name->node.hash | 1;
}

/* Whether a hashed line is one of the name that is not yet in its lines. */
static bool is_new_to(struct knownhosts *kh, const struct khline *e,
		      const struct khname *name)
{
	if (e->owner && e->owner != name_id(name))
		return false;
	for (size_t i = 0; e->owner && i < name->n; i++)
		if (name->lines[i] == e)
			return false;
	return hash_fits(kh, e, name->name);
}

/*
 * Try the hashed lines of a type that were not tried before.  With `files`,
 * stop at the first usable one in them and give true.
 */
static bool search_hashed(struct knownhosts *kh, struct khname *name,
			  size_t type, const struct strvec *files)
{
	struct entries *list = &kh->hashed[type];
	size_t first = name->tried[type];
	size_t start = list->last > first + SEARCH_BACK
			       ? list->last - SEARCH_BACK
			       : first;

	for (size_t i = first; i < list->n; i++) {
		size_t at = i + (start - first);
		struct khline *e;

		if (at >= list->n)
			at -= list->n - first;
		e = list->v[at];
		if (!is_new_to(kh, e, name))
			continue;
		e->owner = name_id(name);
		list->last = at;
		add_line(name, e);
		if (files && is_usable(name, files, e))
			return true;
	}
	name->tried[type] = list->n;
	return false;
}

static void search_all(struct knownhosts *kh, struct khname *name)
{
	for (size_t i = 0; i < KHLINE_TYPES; i++)
		(void)search_hashed(kh, name, i, NULL);
}

/* The name as it stands in files. */
static char *file_name(const char *name, uint16_t port)
{
	char *s = port && port != 22 ? xasprintf("[%s]:%u", name, port)
				     : xstrdup(name);

	khline_lower(s);
	return s;
}

/* What speaks for each verdict, the most wanted line of each. */
struct findings {
	const struct strvec *files;
	const struct khline *by_verdict[KH_MATCH + 1];
};

static void note(struct findings *f, enum kh_verdict verdict,
		 const struct khline *e)
{
	const struct khline *old = f->by_verdict[verdict];
	size_t mine = rank(f->files, e);

	if (mine == f->files->n)
		return;
	if (old && (rank(f->files, old) < mine ||
		    (rank(f->files, old) == mine && old->line < e->line)))
		return;
	f->by_verdict[verdict] = e;
}

static enum kh_verdict verdict_of(const struct khline *e,
				  const struct kh_key *key)
{
	bool same = same_key(e, key->blob, key->len);

	switch (e->marker) {
	case KHLINE_REVOKED:
		return same ? KH_REVOKED : KH_ERROR;
	case KHLINE_CA:
		return KH_CA_ONLY;
	case KHLINE_PLAIN:
		break;
	}
	if (same)
		return KH_MATCH;
	return e->type == khline_blob_type(key->blob, key->len) ? KH_CHANGED
								: KH_OTHER;
}

/* KH_ERROR: the line says nothing about this key. */
static void weigh(struct findings *f, const struct khname *name,
		  const struct kh_key *key)
{
	for (size_t i = 0; i < name->n; i++) {
		enum kh_verdict v = verdict_of(name->lines[i], key);

		if (v != KH_ERROR)
			note(f, v, name->lines[i]);
	}
}

static struct kh_answer answer(const struct findings *f,
			       const enum kh_verdict *order)
{
	struct kh_answer a = { .verdict = KH_UNKNOWN };

	for (; *order != KH_UNKNOWN; order++) {
		const struct khline *e = f->by_verdict[*order];

		if (!e)
			continue;
		a.verdict = *order;
		a.file = e->file->path;
		a.line = e->line;
		a.key = (struct kh_key){ khline_type_name(e->type), e->blob,
					 e->len };
		return a;
	}
	return a;
}

/* The first of `order` that a line speaks for, else KH_UNKNOWN. */
static struct kh_answer judge(struct knownhosts *kh, const struct strvec *files,
			      const char *text, const struct kh_key *key,
			      const enum kh_verdict *order)
{
	struct khname *name = find_name(kh, text);
	struct findings f = { .files = files };

	weigh(&f, name, key);
	if (!f.by_verdict[KH_MATCH] && !f.by_verdict[KH_REVOKED]) {
		search_all(kh, name);
		weigh(&f, name, key);
	}
	return answer(&f, order);
}

/* Whether a key is what it says, of a type that files may hold. */
static bool is_sound(const struct kh_key *key)
{
	size_t type = khline_blob_type(key->blob, key->len);

	return type != KHLINE_TYPES &&
	       strcmp(key->type, khline_type_name(type)) == 0;
}

struct kh_answer knownhosts_check(struct knownhosts *kh,
				  const struct strvec *files, const char *name,
				  uint16_t port, const struct kh_key *key)
{
	static const enum kh_verdict order[] = {
		KH_REVOKED, KH_MATCH,	KH_CHANGED,
		KH_OTHER,   KH_CA_ONLY, KH_UNKNOWN,
	};
	static const enum kh_verdict without_port[] = {
		KH_REVOKED,
		KH_MATCH,
		KH_CA_ONLY,
		KH_UNKNOWN,
	};
	struct kh_answer bare;
	struct kh_answer a = { .verdict = KH_ERROR };
	char *text;

	if (!*name || !is_sound(key))
		return a;
	text = file_name(name, port);
	a = judge(kh, files, text, key, order);
	free(text);
	if ((a.verdict == KH_UNKNOWN || a.verdict == KH_CA_ONLY) && port &&
	    port != 22) {
		text = file_name(name, 0);
		bare = judge(kh, files, text, key, without_port);
		if (bare.verdict != KH_UNKNOWN && bare.verdict != a.verdict)
			a = bare;
		free(text);
	}
	return a;
}

void knownhosts_types(struct knownhosts *kh, const struct strvec *files,
		      const char *name, uint16_t port, struct strvec *types)
{
	char *text = file_name(name, port);
	struct khname *known = find_name(kh, text);
	bool on_file[KHLINE_TYPES] = { false };

	search_all(kh, known);
	for (size_t i = 0; i < known->n; i++)
		if (is_usable(known, files, known->lines[i]))
			on_file[known->lines[i]->type] = true;
	for (size_t i = 0; i < KHLINE_TYPES; i++)
		if (on_file[i])
			strvec_push(types, khline_type_name(i));
	free(text);
}

bool knownhosts_has_type(struct knownhosts *kh, const struct strvec *files,
			 const char *name, uint16_t port, const char *type)
{
	size_t wanted = khline_type(type);
	char *text = file_name(name, port);
	struct khname *known = find_name(kh, text);
	bool has = false;

	free(text);
	if (wanted == KHLINE_TYPES)
		return false;
	for (size_t i = 0; !has && i < known->n; i++)
		has = known->lines[i]->type == wanted &&
		      is_usable(known, files, known->lines[i]);
	return has || search_hashed(kh, known, wanted, files);
}

bool knownhosts_can_hold(const char *name)
{
	return *name && !strpbrk(name, "@?*#[]|'\"\\, \t!");
}

void knownhosts_format(const char *name, uint16_t port,
		       const struct kh_key *key, bool hashed,
		       struct strbuf *out)
{
	char *text = file_name(name, port);

	assert(knownhosts_can_hold(name));
	if (hashed) {
		struct digest_hmac *h = digest_hmac_new();
		unsigned char salt[DIGEST_SHA1], hash[DIGEST_SHA1];

		digest_random(salt, sizeof(salt));
		digest_hmac_sha1(h, salt, sizeof(salt), text, strlen(text),
				 hash);
		digest_hmac_free(h);
		(void)strbuf_addstr(out, "|1|");
		base64_encode(salt, sizeof(salt), out);
		(void)strbuf_addch(out, '|');
		base64_encode(hash, sizeof(hash), out);
	} else {
		(void)strbuf_addstr(out, text);
	}
	(void)strbuf_addf(out, " %s ", key->type);
	base64_encode(key->blob, key->len, out);
	(void)strbuf_addch(out, '\n');
	free(text);
}
