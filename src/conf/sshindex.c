/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An index of patterns by what is literal in them.
 *
 * A pattern without wildcards is found by its text; any other by the text
 * before its first wildcard, by that after its last, or by a few bytes from
 * between two.  Of these three the rarest in the configuration is taken: in
 * "rack12-*.example.org" that is what comes first, in "*.rack12" what comes
 * last.
 *
 * Notes: all is compared in lower case; that finds too much for what minds
 * case, but what is found is tried once more.  A Match is filed
 * under one criterion of it that must hold, and only under one before which
 * nothing stands that asks the machine.  What cannot be filed is tried for
 * each host.
 */
#include "conf/sshindex.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/hashmap.h"
#include "base/list.h"
#include "base/strbuf.h"
#include "conf/sshblock.h"
#include "conf/sshmatch.h"
#include "base/banned.h"

enum {
	MAX_LITERAL = 63, /* bytes; what is longer is cut */
	MAX_INNER = 8,	  /* the same between two wildcards */
	WORD_BITS = 32,
};

enum place {
	WHOLE,
	FIRST,
	LAST,
	INNER,
};
#define NPLACES 4

/* Some literal bytes of a pattern. */
struct part {
	enum sshindex_text which;
	enum place place;
	const char *p;
	size_t n;
};

/* A part that one or more patterns have. */
struct entry {
	struct hashmap_node node;
	enum sshindex_text which;
	enum place place;
	size_t count;	/* of the patterns that have it */
	size_t *blocks; /* of those that are filed under it */
	size_t nblocks, cap;
	size_t n;
	char literal[];
};

struct sshindex {
	struct hashmap entries;
	/* Bit n: some pattern is filed under a part of n bytes. */
	uint64_t lengths[SSHINDEX_NTEXTS][NPLACES];
	bool used[SSHINDEX_NTEXTS]; /* some pattern is filed under it */
	uint32_t *always; /* blocks to try for each host, a bit each */
	uint32_t *due;	  /* to try in this reading */
	size_t nwords;
	size_t at; /* all blocks before this one have had their turn */
	struct strbuf text;
};

static bool entry_equal(const struct hashmap_node *node, const void *key)
{
	const struct entry *e = container_of_const(node, struct entry, node);
	const struct part *part = key;

	return e->which == part->which && e->place == part->place &&
	       e->n == part->n && memcmp(e->literal, part->p, part->n) == 0;
}

static uint64_t part_hash(const struct part *part)
{
	return hash_bytes(part->p, part->n) +
	       (uint64_t)(part->which * NPLACES + part->place);
}

static struct entry *find_entry(const struct sshindex *ix,
				const struct part *part)
{
	struct hashmap_node *node =
		hashmap_get(&ix->entries, part_hash(part), part);

	return node ? container_of(node, struct entry, node) : NULL;
}

static struct entry *add_entry(struct sshindex *ix, const struct part *part)
{
	struct entry *e = find_entry(ix, part);

	if (e)
		return e;
	e = xcalloc(1, sizeof(*e) + part->n);
	e->which = part->which;
	e->place = part->place;
	e->n = part->n;
	memcpy(e->literal, part->p, part->n);
	hashmap_put(&ix->entries, &e->node, part_hash(part));
	return e;
}

static void add_bit(uint32_t *bits, size_t i)
{
	bits[i / WORD_BITS] |= UINT32_C(1) << i % WORD_BITS;
}

/* Put the lower case of `n` bytes into ix->text. */
static void set_text(struct sshindex *ix, const char *p, size_t n)
{
	strbuf_reset(&ix->text);
	(void)strbuf_add(&ix->text, p, n);
	for (size_t i = 0; i < ix->text.len; i++)
		if (p[i] >= 'A' && p[i] <= 'Z')
			ix->text.buf[i] = (char)(p[i] | 0x20);
}

/* How many bytes from `p` on are literal. */
static size_t literal_run(const char *p, const char *end)
{
	const char *s = p;

	while (s < end && *s != '*' && *s != '?')
		s++;
	return (size_t)(s - p);
}

static struct part make_part(enum sshindex_text which, enum place place,
			     const char *p, size_t n)
{
	size_t max = place == INNER ? MAX_INNER : MAX_LITERAL;

	if (n > max) {
		if (place == LAST)
			p += n - max;
		else if (place == WHOLE)
			place = FIRST;
		n = max;
	}
	return (struct part){ which, place, p, n };
}

/* The literal parts of the pattern in ix->text; how many there are. */
static size_t split(const struct sshindex *ix, enum sshindex_text which,
		    struct part parts[3])
{
	const char *start = ix->text.buf, *end = start + ix->text.len;
	const char *inner = NULL, *p = start;
	size_t n = literal_run(p, end), ninner = 0, count = 0;

	if (p + n == end) {
		parts[count++] = make_part(which, WHOLE, p, n);
		return count;
	}
	if (n)
		parts[count++] = make_part(which, FIRST, p, n);
	do {
		p += n + 1;
		n = literal_run(p, end);
		if (p + n < end && n > ninner) {
			inner = p;
			ninner = n;
		}
	} while (p + n < end);
	if (n)
		parts[count++] = make_part(which, LAST, p, n);
	if (inner)
		parts[count++] = make_part(which, INNER, inner, ninner);
	return count;
}

/* A walk over patterns: the words of a Host line or the list of a Match. */
struct patterns {
	enum sshindex_text which;
	const struct strvec *words; /* or NULL */
	const char *list;	    /* or NULL; what is left of it */
	size_t i;
};

static const char *next_word(struct patterns *it, size_t *n)
{
	if (it->i == it->words->n)
		return NULL;
	*n = strlen(it->words->v[it->i]);
	return it->words->v[it->i++];
}

static const char *next_of_list(struct patterns *it, size_t *n)
{
	const char *p = it->list;

	if (!p)
		return NULL;
	*n = strcspn(p, ",");
	it->list = p[*n] ? p + *n + 1 : NULL;
	return p;
}

/* The next one that is not negated and its length, or NULL. */
static const char *next_pattern(struct patterns *it, size_t *n)
{
	const char *p;

	do
		p = it->words ? next_word(it, n) : next_of_list(it, n);
	while (p && *p == '!');
	return p;
}

/* Whether each of these has a literal part, or is empty as a whole. */
static bool can_file(struct patterns it)
{
	const char *p;
	size_t n;

	while ((p = next_pattern(&it, &n)))
		if (n && strspn(p, "*?") >= n)
			return false;
	return true;
}

/* What a criterion compares with; false: with something else. */
static bool text_of(enum sshmatch_kind kind, enum sshindex_text *which)
{
	switch (kind) {
	case SSHMATCH_HOST:
		*which = SSHINDEX_HOST;
		return true;
	case SSHMATCH_ORIGINALHOST:
		*which = SSHINDEX_ORIGINAL;
		return true;
	case SSHMATCH_USER:
		*which = SSHINDEX_USER;
		return true;
	case SSHMATCH_TAGGED:
		*which = SSHINDEX_TAG;
		return true;
	case SSHMATCH_ALL:
	case SSHMATCH_FINAL:
	case SSHMATCH_LOCALUSER:
	case SSHMATCH_LOCALNETWORK:
	case SSHMATCH_EXEC:
		break;
	}
	return false;
}

/*
 * The criterion to file a Match under, best the one about the most specific
 * text.  What asks the machine ends the search: it must be reached.
 */
static bool choose_criterion(const struct sshmatches *match,
			     struct patterns *out)
{
	bool found = false;

	for (size_t i = 0; i < match->n; i++) {
		const struct sshmatch *m = &match->v[i];
		struct patterns it = { .list = m->arg };

		if (m->kind == SSHMATCH_EXEC ||
		    m->kind == SSHMATCH_LOCALNETWORK)
			break;
		if (m->negated || !text_of(m->kind, &it.which) || !can_file(it))
			continue;
		if (!found || it.which < out->which)
			*out = it;
		found = true;
	}
	return found;
}

/* The patterns by which a block can be found, if there are such. */
static bool choose_patterns(const struct sshblock *b, struct patterns *out)
{
	if (!b->patterns.n)
		return choose_criterion(&b->match, out);
	*out = (struct patterns){ .which = SSHINDEX_LINE,
				  .words = &b->patterns };
	return can_file(*out);
}

static void count_pattern(struct sshindex *ix, enum sshindex_text which,
			  size_t block)
{
	struct part parts[3];
	size_t n = split(ix, which, parts);

	(void)block;
	for (size_t i = 0; i < n; i++)
		add_entry(ix, &parts[i])->count++;
}

static void file_pattern(struct sshindex *ix, enum sshindex_text which,
			 size_t block)
{
	struct part parts[3] = { 0 };
	size_t n = split(ix, which, parts);
	struct entry *rarest;

	assert(n); /* can_file() has seen to that */
	rarest = find_entry(ix, &parts[0]);
	for (size_t i = 1; i < n; i++) {
		struct entry *e = find_entry(ix, &parts[i]);

		if (e->count < rarest->count)
			rarest = e;
	}
	if (rarest->nblocks && rarest->blocks[rarest->nblocks - 1] == block)
		return;
	rarest->blocks = grow_array(rarest->blocks, &rarest->cap,
				    rarest->nblocks, sizeof(*rarest->blocks));
	rarest->blocks[rarest->nblocks++] = block;
	ix->used[which] = true;
	if (rarest->place != WHOLE)
		ix->lengths[which][rarest->place] |= UINT64_C(1) << rarest->n;
}

/* Call `fn` for each pattern that a block can be found by. */
static void each_pattern(struct sshindex *ix, const struct sshblocks *blocks,
			 void (*fn)(struct sshindex *ix,
				    enum sshindex_text which, size_t block))
{
	for (size_t i = 0; i < blocks->n; i++) {
		struct patterns it;
		const char *p;
		size_t n;

		if (!choose_patterns(&blocks->v[i], &it)) {
			add_bit(ix->always, i);
			continue;
		}
		while ((p = next_pattern(&it, &n))) {
			set_text(ix, p, n);
			fn(ix, it.which, i);
		}
	}
}

struct sshindex *sshindex_new(const struct sshblocks *blocks)
{
	struct sshindex *ix = xcalloc(1, sizeof(*ix));

	hashmap_init(&ix->entries, entry_equal);
	strbuf_init(&ix->text, STRBUF_MAX_TEXT);
	ix->nwords = blocks->n / WORD_BITS + 1;
	ix->always = xcalloc(ix->nwords, sizeof(*ix->always));
	ix->due = xcalloc(ix->nwords, sizeof(*ix->due));
	each_pattern(ix, blocks, count_pattern);
	each_pattern(ix, blocks, file_pattern);
	return ix;
}

void sshindex_free(struct sshindex *ix)
{
	struct hashmap_node *node;

	if (!ix)
		return;
	node = hashmap_walk(&ix->entries, NULL);
	while (node) {
		struct hashmap_node *next = hashmap_walk(&ix->entries, node);
		struct entry *e = container_of(node, struct entry, node);

		free(e->blocks);
		free(e);
		node = next;
	}
	hashmap_release(&ix->entries);
	strbuf_release(&ix->text);
	free(ix->always);
	free(ix->due);
	free(ix);
}

void sshindex_start(struct sshindex *ix)
{
	memcpy(ix->due, ix->always, ix->nwords * sizeof(*ix->due));
	ix->at = 0;
}

/* Blocks filed under the part are due, if their turn is still to come. */
static void look_up(struct sshindex *ix, enum sshindex_text which,
		    enum place place, const char *p, size_t n)
{
	const struct part part = { which, place, p, n };
	const struct entry *e = find_entry(ix, &part);

	for (size_t i = 0; e && i < e->nblocks; i++)
		if (e->blocks[i] >= ix->at)
			add_bit(ix->due, e->blocks[i]);
}

static void look_up_part(struct sshindex *ix, enum sshindex_text which,
			 enum place place, size_t n)
{
	const char *p = ix->text.buf;
	size_t len = ix->text.len;

	if (!(ix->lengths[which][place] >> n & 1) || n > len)
		return;
	if (place == FIRST)
		look_up(ix, which, place, p, n);
	else if (place == LAST)
		look_up(ix, which, place, p + len - n, n);
	for (size_t i = 0; place == INNER && i <= len - n; i++)
		look_up(ix, which, place, p + i, n);
}

void sshindex_tell(struct sshindex *ix, enum sshindex_text which,
		   const char *text)
{
	if (!ix->used[which])
		return;
	set_text(ix, text, strlen(text));
	look_up(ix, which, WHOLE, ix->text.buf, ix->text.len);
	for (size_t n = 1; n <= MAX_LITERAL; n++)
		for (enum place place = FIRST; place < NPLACES; place++)
			look_up_part(ix, which, place, n);
}

size_t sshindex_next(struct sshindex *ix)
{
	for (size_t w = ix->at / WORD_BITS; w < ix->nwords; w++) {
		size_t bit;

		if (!ix->due[w])
			continue;
		bit = (size_t)ffs((int)ix->due[w]) - 1;
		ix->due[w] &= ix->due[w] - 1;
		ix->at = w * WORD_BITS + bit + 1;
		return ix->at - 1;
	}
	ix->at = ix->nwords * WORD_BITS;
	return SSHBLOCK_NONE;
}
