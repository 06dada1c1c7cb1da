/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first line is a host, a user and a tag, the rest an ssh_config file.
 * No block that the index leaves out counts for them.  Commands cannot be
 * run, so that one which would be reached shows as an error.
 */
#include "conf/sshindex.h"

#include "base/alloc.h"
#include "base/match.h"
#include "conf/sshblock.h"
#include "conf/sshconf.h"
#include "conf/sshmatch.h"
#include "fuzz/fuzz.h"

static int read_text(void *arg, const char *path, size_t max, bool check_perm,
		     struct strbuf *out, struct err *err)
{
	(void)max;
	(void)check_perm;
	(void)err;
	/* Include finds nothing. */
	return strcmp(path, "f") == 0 ? strbuf_addstr(out, arg) == 0 : 0;
}

static int glob_nothing(void *arg, const char *pattern, struct strvec *paths,
			struct err *err)
{
	(void)arg;
	(void)pattern;
	(void)paths;
	(void)err;
	return 0;
}

/* Whether the block counts, by itself; with an error if one was reached. */
static bool counts(const struct sshblock *b, struct sshmatch_env *env,
		   const struct sshfacts *facts)
{
	bool fits = false;

	for (size_t i = 0; i < b->patterns.n; i++) {
		const char *p = b->patterns.v[i];

		if (*p == '!' && match_glob(p + 1, facts->host))
			return false;
		fits |= *p != '!' && match_glob(p, facts->host);
	}
	if (b->match.n)
		return sshmatches_fit(&b->match, env, facts, NULL) != 0;
	return fits || !b->patterns.n;
}

static void check(const struct sshblocks *blocks, struct sshmatch_env *env,
		  const struct sshfacts *facts)
{
	struct sshindex *ix = sshindex_new(blocks);
	size_t block, next = 0;

	sshindex_start(ix);
	sshindex_tell(ix, SSHINDEX_LINE, facts->host);
	sshindex_tell(ix, SSHINDEX_HOST, facts->host);
	sshindex_tell(ix, SSHINDEX_ORIGINAL, facts->original);
	sshindex_tell(ix, SSHINDEX_USER, facts->user);
	sshindex_tell(ix, SSHINDEX_TAG, facts->tag);
	do {
		block = sshindex_next(ix);
		for (; next < blocks->n && next < block; next++)
			assert(!counts(&blocks->v[next], env, facts));
		assert(block == SSHBLOCK_NONE || block == next);
		next++;
	} while (block != SSHBLOCK_NONE);
	sshindex_free(ix);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xmemdup(data, size < 4096 ? size : 4096);
	char *file = strchr(text, '\n');
	const struct source source = { read_text, glob_nothing,
				       file ? file + 1 : text };
	const struct sshblock_input in = { .user_file = "f",
					   .home = "/h",
					   .source = &source };
	const struct sshconf_env from = { .home = "/h",
					  .local_user = "u",
					  .local_host = "l.example" };
	struct strvec words = { 0 };
	struct sshblocks blocks;
	struct sshmatch_env env;

	if (file)
		*file = '\0';
	strvec_split(&words, text, " ");
	while (words.n < 3)
		strvec_push(&words, "a");
	sshmatch_env_init(&env, &from);
	if (sshblocks_read(&blocks, &in, NULL) == 0) {
		struct sshfacts facts = { .original = words.v[0],
					  .host = words.v[0],
					  .user = words.v[1],
					  .tag = words.v[2] };

		check(&blocks, &env, &facts);
		facts.final = true;
		check(&blocks, &env, &facts);
	}
	sshblocks_release(&blocks);
	sshmatch_env_release(&env);
	strvec_release(&words);
	free(text);
	return 0;
}
