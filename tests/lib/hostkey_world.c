/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/hostkey_world.h"

#include "lib/test.h"

#include <errno.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "conf/digest.h"

int world_new(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));

	log_init("test_hostkey", LOG_QUIET);
	w->dir = xstrdup("/tmp/test_hostkey.XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	w->user_file = xasprintf("%s/.ssh/known_hosts", w->dir);
	w->global_file = xasprintf("%s/global", w->dir);
	sshopts_init(&w->opts);
	strvec_push(&w->opts.user_known_hosts_files, w->user_file);
	strvec_push(&w->opts.global_known_hosts_files, w->global_file);
	sshopt_defaults(&w->opts);
	w->target.opts = &w->opts;
	w->target.host = w->target.name = xstrdup("h");
	w->target.port = 22;
	w->hk = hostkeys_new();
	strbuf_init(&w->blob, 10000);
	*state = w;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int flag,
		      struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

int world_free(void **state)
{
	struct world *w = *state;

	assert_int_equal(nftw(w->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
	hostkeys_free(w->hk);
	sshopts_release(&w->opts);
	strbuf_release(&w->blob);
	free(w->target.name);
	free(w->dir);
	free(w->user_file);
	free(w->global_file);
	free(w);
	hostkeys_free(NULL);
	return 0;
}

static void add_string(struct strbuf *sb, const char *s, size_t n)
{
	const char len[4] = { 0, 0, (char)(n >> 8), (char)n };

	strbuf_add(sb, len, 4);
	strbuf_add(sb, s, n);
}

/* A key that differs by its `word`. */
struct kh_key make_key(struct world *w, const char *type, const char *word)
{
	strbuf_reset(&w->blob);
	add_string(&w->blob, type, strlen(type));
	add_string(&w->blob, word, strlen(word));
	return (struct kh_key){ type, w->blob.buf, w->blob.len };
}

/* Append "HOSTS TYPE KEY" to a file. */
void put_line(struct world *w, const char *path, const char *hosts,
	      const char *type, const char *word)
{
	struct kh_key key = make_key(w, type, word);
	struct strbuf line = STRBUF_INIT(10000);
	char *folder = xasprintf("%s/.ssh", w->dir);
	FILE *f;

	assert_true(mkdir(folder, 0700) == 0 || errno == EEXIST);
	strbuf_addf(&line, "%s %s ", hosts, type);
	base64_encode(key.blob, key.len, &line);
	f = fopen(path, "ae");
	assert_non_null(f);
	assert_true(fprintf(f, "%s\n", line.buf) > 0);
	assert_int_equal(fclose(f), 0);
	strbuf_release(&line);
	free(folder);
}

char *get_file(const char *path)
{
	struct strbuf sb = STRBUF_INIT(1000000);
	char buf[4096];
	size_t n;
	FILE *f = fopen(path, "re");

	assert_non_null(f);
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
		strbuf_add(&sb, buf, n);
	assert_int_equal(fclose(f), 0);
	return strbuf_detach(&sb, NULL);
}

enum hostkey_decision decide(struct hostkeys *hk, const struct world *w,
			     const struct kh_key *key, struct err *err)
{
	struct hostkey_seen seen = { .key = key, .address = "192.0.2.1" };

	return hostkey_decide(hk, &w->target, &seen, err);
}

int keep(const struct world *w, const struct kh_key *key, struct err *err)
{
	struct hostkey_seen seen = { .key = key, .address = "192.0.2.1" };

	return hostkey_remember(w->hk, &w->target, &seen, err);
}
