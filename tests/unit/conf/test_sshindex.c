/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/sshindex.h"

#include "lib/test.h"

#include "base/alloc.h"
#include "base/match.h"
#include "conf/sshblock.h"
#include "conf/sshconf.h"

#define MAX_BLOCKS 70
#define MAX_WORDS  4
#define LONG	   "0123456789012345678901234567890123456789"

static int read_text(void *arg, const char *path, size_t max, bool check_perm,
		     struct strbuf *out, struct err *err)
{
	(void)path;
	(void)max;
	(void)check_perm;
	(void)err;
	return strbuf_addstr(out, arg) ? -1 : 1;
}

static void read_blocks(struct sshblocks *blocks, const char *text)
{
	char *copy = xstrdup(text);
	const struct source source = { .read = read_text, .arg = copy };
	const struct sshblock_input in = { .user_file = "f",
					   .home = "/",
					   .source = &source };

	assert_int_equal(sshblocks_read(blocks, &in, NULL), 0);
	free(copy);
}

/* The two blocks that stand before those of the text: -o and the file. */
#define OWN 2

/* The numbers of the blocks of the text that are next, one digit each. */
static void next_ones(struct sshindex *ix, char *out)
{
	size_t block;

	while ((block = sshindex_next(ix)) != SSHBLOCK_NONE)
		if (block >= OWN)
			*out++ = (char)('0' + block - OWN);
	*out = '\0';
}

static void only_blocks_that_may_fit_are_tried(void **state)
{
	/* clang-format off */
	static const struct {
		const char *text, *host, *due;
	} rows[] = {
		{ "Host a\nHost b\nHost a b", "a", "02" },
		{ "Host a\nHost b\nHost a b", "c", "" },
		{ "Host a a a*", "a", "0" },
		{ "Host *\nHost ?\nHost **\nHost a *", "x", "0123" },
		{ "Host a*\nHost *b\nHost a*b\nHost *ab*", "ab", "0123" },
		{ "Host a*\nHost *b\nHost a*b\nHost *ab*", "xaby", "3" },
		{ "Host a*\nHost b*", "ba", "1" },
		{ "Host *a\nHost *b", "ba", "0" },
		{ "Host !a\nHost !a *", "b", "1" },
		/* the rarest part is the one that counts */
		{ "Host a1*.org\nHost a2*.org", "a2.org", "1" },
		{ "Host x*a1.org\nHost x*a2.org", "xa2.org", "1" },
		{ "Host x*a1*.org\nHost x*a2*.org", "xa2.org", "1" },
		{ "Host a?1\nHost a?2", "ab2", "1" },
		/* cut, so that only the ends count */
		{ "Host " LONG LONG "\nHost " LONG LONG "*\nHost *" LONG LONG, LONG LONG, "012" },
		{ "Host " LONG LONG "\nHost " LONG LONG "*\nHost *" LONG LONG, LONG, "" },
		{ "Host *" LONG "*\nHost ?" LONG "?", "x" LONG "y", "01" },
		/* one that minds case may be tried in vain */
		{ "Host A\nHost a", "a", "01" },
		{ "Match originalhost A\nMatch originalhost b", "a", "0" },
		{ "Match originalhost a,,b\nMatch originalhost b,*", "a", "01" },
		{ "Match originalhost b,!a\nMatch originalhost !a", "a", "" },
		{ "Match !originalhost b", "a", "0" },
		{ "Match all\nMatch final\nMatch localuser x", "a", "012" },
		{ "Match final originalhost b\nMatch localuser x originalhost b", "a", "" },
		{ "Match exec x originalhost b\nMatch originalhost b exec x", "a", "0" },
		{ "Match localnetwork 1.1.1.1 originalhost b", "a", "0" },
		{ "Match user * originalhost b\nMatch user c originalhost a", "a", "1" },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sshblocks blocks;
		struct sshindex *ix;
		char due[MAX_BLOCKS];

		read_blocks(&blocks, rows[i].text);
		ix = sshindex_new(&blocks);
		for (int again = 0; again < 2; again++) {
			sshindex_start(ix);
			sshindex_tell(ix, SSHINDEX_LINE, rows[i].host);
			sshindex_tell(ix, SSHINDEX_ORIGINAL, rows[i].host);
			next_ones(ix, due);
			if (strcmp(due, rows[i].due) != 0)
				fail_msg("'%s' for %s: %s, not %s",
					 rows[i].text, rows[i].host, due,
					 rows[i].due);
		}
		sshindex_free(ix);
		sshblocks_release(&blocks);
	}
}

static void a_text_told_late_counts_for_what_follows(void **state)
{
	struct sshblocks blocks;
	struct sshindex *ix;
	char due[MAX_BLOCKS];

	(void)state;
	read_blocks(&blocks, "Match host b\nMatch host a\nMatch host b\n"
			     "Match tagged b\nMatch host a,b\n");
	ix = sshindex_new(&blocks);
	sshindex_start(ix);
	sshindex_tell(ix, SSHINDEX_HOST, "a");
	for (size_t block = 0; block != OWN + 1;)
		block = sshindex_next(ix);
	sshindex_tell(ix, SSHINDEX_HOST, "b");
	sshindex_tell(ix, SSHINDEX_TAG, "b");
	next_ones(ix, due);
	assert_string_equal(due, "234");
	assert_int_equal(sshindex_next(ix), SSHBLOCK_NONE);
	sshindex_tell(ix, SSHINDEX_HOST, "a");
	assert_int_equal(sshindex_next(ix), SSHBLOCK_NONE);
	sshindex_start(ix);
	next_ones(ix, due);
	assert_string_equal(due, "");
	sshindex_free(ix);
	sshblocks_release(&blocks);
}

/* A block of a made-up configuration. */
struct block {
	bool host; /* else a Match */
	bool final, negated;
	const char *kind; /* of its one criterion */
	char words[MAX_WORDS][20];
	size_t nwords;
	char set[60]; /* a line that Match asks about, or nothing */
};

static uint32_t draw(uint32_t *seed, uint32_t n)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed % n;
}

/* A name of few letters, so that patterns fit more than one. */
static void make_name(uint32_t *seed, const char *letters, char *out)
{
	size_t n = 1 + draw(seed, 7);

	for (size_t i = 0; i < n; i++)
		*out++ = letters[draw(seed, (uint32_t)strlen(letters))];
	*out = '\0';
}

static void make_block(uint32_t *seed, struct block *b)
{
	static const char *const kinds[] = { "host", "host", "originalhost",
					     "user", "tagged" };
	static const char *const sets[] = { "HostName", "User", "Tag" };
	uint32_t set = draw(seed, 12);

	*b = (struct block){ .host = draw(seed, 2) };
	b->kind = kinds[draw(seed, COUNT(kinds))];
	b->negated = !b->host && draw(seed, 8) == 0;
	b->final = !b->host && draw(seed, 4) == 0;
	b->nwords = 1 + draw(seed, MAX_WORDS);
	for (size_t i = 0; i < b->nwords; i++) {
		bool negated = draw(seed, 6) == 0;

		strcpy(b->words[i], "!");
		make_name(seed,
			  draw(seed, 3) ? "ab*?"
			  : b->host	? "ab"
					: "aBA",
			  b->words[i] + negated);
	}
	if (set < COUNT(sets)) {
		char name[20];

		make_name(seed, "ab", name);
		snprintf(b->set, sizeof(b->set), "%s %s%s\n", sets[set], name,
			 set == 0 && draw(seed, 2) ? "%h" : "");
	}
}

static void add_block(struct strbuf *out, const struct block *b, size_t number)
{
	if (b->host)
		strbuf_addstr(out, "Host");
	else
		strbuf_addf(out, "Match%s %s%s", b->final ? " final" : "",
			    b->negated ? "!" : "", b->kind);
	for (size_t i = 0; i < b->nwords; i++)
		strbuf_addf(out, "%c%s", b->host || !i ? ' ' : ',',
			    b->words[i]);
	strbuf_addf(out, "\nSendEnv B%zu\n%s", number, b->set);
}

/* What the first lines have said. */
struct facts {
	char original[60], host[80], user[20], tag[20];
	bool has_host, has_user, final;
};

static bool naive_fits(const struct block *b, const struct facts *f)
{
	const char *text = f->host;
	bool fits = false, fold;

	if (b->host)
		text = f->final ? f->host : f->original;
	else if (strcmp(b->kind, "originalhost") == 0)
		text = f->original;
	else if (strcmp(b->kind, "user") == 0)
		text = f->user;
	else if (strcmp(b->kind, "tagged") == 0)
		text = f->tag;
	fold = !b->host && strstr(b->kind, "host");
	if (b->final && !f->final)
		return false;
	for (size_t i = 0; i < b->nwords; i++) {
		enum match_verdict v = match_list(b->words[i], text, fold);

		if (v == MATCH_NEGATED)
			return b->negated;
		fits |= v == MATCH_POSITIVE;
	}
	return fits != b->negated;
}

static void naive_learn(const struct block *b, struct facts *f)
{
	char value[20];

	if (sscanf(b->set, "User %19s", value) == 1 && !f->has_user) {
		f->has_user = true;
		strcpy(f->user, value);
	} else if (sscanf(b->set, "Tag %19s", value) == 1 && !*f->tag) {
		strcpy(f->tag, value);
	} else if (sscanf(b->set, "HostName %19[^%\n]", value) == 1 &&
		   !f->has_host && !f->final) {
		f->has_host = true;
		snprintf(f->host, sizeof(f->host), "%s%s", value,
			 strchr(b->set, '%') ? f->original : "");
	}
}

/* The blocks that count for `host`, found without an index. */
static void naive(const struct block *blocks, size_t n, const char *host,
		  struct strvec *out)
{
	struct facts f = { .user = "me" };
	bool again = false;

	strcpy(f.original, host);
	strcpy(f.host, host);
	for (size_t i = 0; i < n; i++)
		again |= blocks[i].final;
	for (int reading = 0; reading <= again; reading++) {
		f.final = reading == 1;
		for (size_t i = 0; i < n; i++) {
			char name[20];

			if (!naive_fits(&blocks[i], &f))
				continue;
			naive_learn(&blocks[i], &f);
			snprintf(name, sizeof(name), "B%zu", i);
			strvec_push(out, name);
		}
	}
}

static void compare(struct sshconf *conf, const struct block *blocks, size_t n,
		    const char *host, const char *text)
{
	const struct ssh_opts *o = sshconf_resolve(conf, host, NULL, 0, NULL);
	struct strvec expected = { 0 };
	char *a, *b;

	assert_non_null(o);
	naive(blocks, n, host, &expected);
	a = strvec_join(&o->send_env, " ");
	b = strvec_join(&expected, " ");
	if (strcmp(a, b) != 0)
		fail_msg("%s has %s instead of %s with\n%s", host, a, b, text);
	free(a);
	free(b);
	strvec_release(&expected);
}

static void an_index_changes_no_answer(void **state)
{
	const struct sshconf_env env = { .home = "/",
					 .local_user = "me",
					 .local_host = "here" };
	const uint32_t rounds = test_rounds(150);
	uint32_t seed = 0x2545f491;

	(void)state;
	for (uint32_t round = 0; round < rounds; round++) {
		struct block blocks[MAX_BLOCKS];
		size_t n = 1 + draw(&seed, MAX_BLOCKS - 1);
		struct strbuf text = STRBUF_INIT(100000);
		struct source source = { .read = read_text };
		struct sshconf *conf;

		for (size_t i = 0; i < n; i++) {
			make_block(&seed, &blocks[i]);
			add_block(&text, &blocks[i], i);
		}
		source.arg = text.buf;
		conf = sshconf_load("f", NULL, &env, &source, NULL, NULL, NULL);
		assert_non_null(conf);
		for (int i = 0; i < 20; i++) {
			char host[20];

			make_name(&seed, "ab", host);
			compare(conf, blocks, n, host, text.buf);
		}
		sshconf_free(conf);
		strbuf_release(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_blocks_that_may_fit_are_tried),
		cmocka_unit_test(a_text_told_late_counts_for_what_follows),
		cmocka_unit_test(an_index_changes_no_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
