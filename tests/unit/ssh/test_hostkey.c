/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/hostkey.h"

#include "conf/fingerprint.h"
#include "lib/test.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "conf/digest.h"
#include "io/loop.h"
#include "io/timer.h"

/* A folder, a target that keeps its known_hosts there, and keys. */
struct world {
	char *dir, *user_file, *global_file;
	struct ssh_opts opts;
	struct target target;
	struct hostkeys *hk;
	struct strbuf blob;
};

static int world_new(void **state)
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

static int world_free(void **state)
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
static struct kh_key make_key(struct world *w, const char *type,
			      const char *word)
{
	strbuf_reset(&w->blob);
	add_string(&w->blob, type, strlen(type));
	add_string(&w->blob, word, strlen(word));
	return (struct kh_key){ type, w->blob.buf, w->blob.len };
}

static struct kh_key rsa_key(struct world *w, size_t bytes)
{
	char *n = xcalloc(1, bytes + 1);

	memset(n + 1, 0xff, bytes);
	strbuf_reset(&w->blob);
	add_string(&w->blob, "ssh-rsa", 7);
	add_string(&w->blob, "\1\0\1", 3);
	add_string(&w->blob, n, bytes + 1);
	free(n);
	return (struct kh_key){ "ssh-rsa", w->blob.buf, w->blob.len };
}

/* Append "HOSTS TYPE KEY" to a file. */
static void put_line(struct world *w, const char *path, const char *hosts,
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

static char *get_file(const char *path)
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

static const char ED[] = "ssh-ed25519";

static void policy_follows_verdict_and_option(void **state)
{
	/* Decisions for no, yes, ask, accept-new; part of the message. */
	enum {
		ADD = HOSTKEY_ADD,
		ASK = HOSTKEY_ASK,
		NO = HOSTKEY_REFUSE,
		YES = HOSTKEY_ACCEPT,
		BAD = HOSTKEY_DISTRUST
	};
	static const struct {
		const char *hosts, *type, *word;
		int want[4];
		const char *message;
	} rows[] = {
		/* clang-format off */
		{ "i", ED, "a", { ADD, NO, ASK, ADD }, "no ssh-ed25519 key is known for 'h'" },
		{ "h", ED, "a", { YES, YES, YES, YES }, NULL },
		{ "h", ED, "b", { BAD, NO, NO, NO }, "REMOTE HOST IDENTIFICATION HAS CHANGED" },
		{ "h", "ssh-rsa", "b", { BAD, NO, NO, NO }, "REMOTE HOST IDENTIFICATION HAS CHANGED" },
		{ "@revoked h", ED, "a", { BAD, NO, NO, NO }, "is revoked in" },
		{ "@cert-authority *", ED, "b", { NO, NO, NO, NO }, "host certificates need --ssh-program" },
		/* clang-format on */
	};
	struct world *w = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		put_line(w, w->global_file, rows[i].hosts, rows[i].type,
			 rows[i].word);
		for (int s = STRICT_NO; s <= STRICT_ACCEPT_NEW; s++) {
			struct hostkeys *hk = hostkeys_new();
			struct kh_key key = make_key(w, ED, "a");
			struct err err = { 0 };
			int got;

			w->opts.strict = s;
			got = (int)hostkey_decide(hk, &w->target, &key, NULL,
						  &err);
			if (got != rows[i].want[s])
				fail_msg("row %zu, option %d: %d", i, s, got);
			if (got == NO || got == ASK) {
				assert_int_equal(err.code, ERR_HOSTKEY);
				ROW(strstr(err.msg, rows[i].message), err.msg);
			} else {
				assert_int_equal(err.code, ERR_NONE);
			}
			err_release(&err);
			hostkeys_free(hk);
		}
		assert_int_equal(unlink(w->global_file), 0);
	}
}

static void a_changed_key_names_the_line_and_both_keys(void **state)
{
	struct world *w = *state;
	struct strbuf old = STRBUF_INIT(100), new = STRBUF_INIT(100);
	struct err err = { 0 };
	struct kh_key key;
	char *want;

	put_line(w, w->user_file, "x", ED, "x");
	put_line(w, w->user_file, "h", "ssh-rsa", "old");
	key = make_key(w, "ssh-rsa", "old");
	kh_fingerprint(&key, FINGERPRINT_SHA256, &old);
	key = make_key(w, ED, "new");
	kh_fingerprint(&key, FINGERPRINT_SHA256, &new);
	assert_int_equal(hostkey_decide(w->hk, &w->target, &key, NULL, &err),
			 HOSTKEY_REFUSE);
	want = xasprintf("host key verification failed: REMOTE HOST "
			 "IDENTIFICATION HAS CHANGED: 'h' shows the "
			 "ssh-ed25519 key %s, but %s:2 has the ssh-rsa key %s; "
			 "somebody may be in between",
			 new.buf, w->user_file, old.buf);
	assert_string_equal(err.msg, want);
	free(want);
	/* As in files: with a port that is not 22, an alias without. */
	w->target.port = 2222;
	put_line(w, w->global_file, "[h]:2222", ED, "third");
	hostkeys_free(w->hk);
	w->hk = hostkeys_new();
	key = make_key(w, ED, "new");
	assert_int_equal(hostkey_decide(w->hk, &w->target, &key, NULL, &err),
			 HOSTKEY_REFUSE);
	assert_non_null(strstr(err.msg, ": '[h]:2222' shows the"));
	w->opts.host_key_alias = xstrdup("i");
	assert_int_equal(hostkey_decide(w->hk, &w->target, &key, NULL, &err),
			 HOSTKEY_ASK);
	assert_non_null(strstr(err.msg, "is known for 'i' ("));
	err_release(&err);
	strbuf_release(&old);
	strbuf_release(&new);
}

static void errors_refuse(void **state)
{
	struct world *w = *state;
	struct kh_key key = make_key(w, ED, "a");
	struct err err = { 0 };

	/* A folder cannot be read as a file. */
	assert_int_equal(mkdir(w->global_file, 0700), 0);
	w->opts.strict = STRICT_ACCEPT_NEW;
	assert_int_equal(hostkey_decide(w->hk, &w->target, &key, NULL, &err),
			 HOSTKEY_REFUSE);
	assert_non_null(strstr(err.msg, "cannot read"));
	err_release(&err);
	w->opts.strict = STRICT_NO;
	assert_int_equal(hostkey_decide(w->hk, &w->target, &key, NULL, &err),
			 HOSTKEY_DISTRUST);
	assert_int_equal(err.code, ERR_NONE);
	assert_int_equal(rmdir(w->global_file), 0);
	hostkeys_free(w->hk);
	w->hk = hostkeys_new();
	key.len = 3;
	for (int s = STRICT_NO; s <= STRICT_ACCEPT_NEW; s++) {
		w->opts.strict = s;
		assert_int_equal(
			hostkey_decide(w->hk, &w->target, &key, NULL, &err),
			HOSTKEY_REFUSE);
		assert_non_null(strstr(err.msg, "cannot judge"));
	}
	err_release(&err);
}

static void small_rsa_keys_are_refused(void **state)
{
	static const struct {
		size_t bytes;
		int required, want;
	} rows[] = {
		{ 128, 1024, HOSTKEY_ADD },    { 127, 1024, HOSTKEY_REFUSE },
		{ 256, 2048, HOSTKEY_ADD },    { 255, 2048, HOSTKEY_REFUSE },
		{ 256, 4096, HOSTKEY_REFUSE }, { 0, 1024, HOSTKEY_REFUSE },
	};
	struct world *w = *state;

	w->opts.strict = STRICT_NO;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct kh_key key = rsa_key(w, rows[i].bytes);
		struct err err = { 0 };

		w->opts.required_rsa_size = rows[i].required;
		assert_int_equal(
			hostkey_decide(w->hk, &w->target, &key, NULL, &err),
			rows[i].want);
		if (rows[i].want == HOSTKEY_REFUSE)
			assert_non_null(strstr(err.msg, "RequiredRSASize"));
		err_release(&err);
	}
}

static void an_alias_stands_without_port(void **state)
{
	struct world *w = *state;
	struct kh_key key;
	struct err err = { 0 };

	put_line(w, w->user_file, "alias", ED, "a");
	key = make_key(w, ED, "a");
	w->target.port = 2222;
	assert_int_equal(hostkey_decide(w->hk, &w->target, &key, NULL, &err),
			 HOSTKEY_ASK);
	err_release(&err);
	w->opts.host_key_alias = xstrdup("alias");
	assert_string_equal(hostkey_name(&w->target), "alias");
	assert_int_equal(hostkey_decide(w->hk, &w->target, &key, NULL, &err),
			 HOSTKEY_ACCEPT);
}

static void known_types_are_offered_first(void **state)
{
	static const struct {
		const char *type, *algorithms, *want;
		int fixed;
	} rows[] = {
		/* clang-format off */
		{ NULL, "ssh-ed25519,rsa-sha2-512,rsa-sha2-256", NULL, 0 },
		{ ED, "ssh-ed25519,rsa-sha2-512,rsa-sha2-256", NULL, 0 },
		{ "ssh-rsa", "ssh-ed25519,rsa-sha2-512,ecdsa-sha2-nistp256,rsa-sha2-256",
		  "rsa-sha2-512,rsa-sha2-256,ssh-ed25519,ecdsa-sha2-nistp256", 0 },
		{ "ssh-rsa", "ssh-ed25519,rsa-sha2-512", NULL, 1 },
		{ "ecdsa-sha2-nistp384", "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384",
		  "ecdsa-sha2-nistp384,ssh-ed25519,ecdsa-sha2-nistp256", 0 },
		/* clang-format on */
	};
	struct world *w = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct hostkeys *hk = hostkeys_new();
		char *got;

		if (rows[i].type)
			put_line(w, w->global_file, "h", rows[i].type, "a");
		free(w->opts.host_key_algorithms);
		w->opts.host_key_algorithms = xstrdup(rows[i].algorithms);
		w->opts.host_key_order_fixed = rows[i].fixed;
		got = hostkey_types(hk, &w->target, NULL);
		if (rows[i].want)
			assert_string_equal(got, rows[i].want);
		else
			assert_null(got);
		free(got);
		hostkeys_free(hk);
		if (rows[i].type)
			assert_int_equal(unlink(w->global_file), 0);
	}
}

static void a_new_key_is_written_once(void **state)
{
	struct world *w = *state;
	struct kh_key key = make_key(w, ED, "a");
	struct strbuf line = STRBUF_INIT(1000);
	struct err err = { 0 };
	struct stat st;
	char *folder = xasprintf("%s/.ssh", w->dir);
	char *text;

	w->target.port = 2222;
	assert_int_equal(hostkey_remember(w->hk, &w->target, &key, &err), 0);
	assert_int_equal(hostkey_remember(w->hk, &w->target, &key, &err), 0);
	assert_int_equal(stat(w->user_file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(folder, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	knownhosts_format("h", 2222, &key, false, &line);
	text = get_file(w->user_file);
	assert_string_equal(text, line.buf);
	free(text);
	assert_int_equal(hostkey_decide(w->hk, &w->target, &key, NULL, &err),
			 HOSTKEY_ACCEPT);
	strbuf_release(&line);
	free(folder);
}

static void a_hashed_name_is_found_again(void **state)
{
	struct world *w = *state;
	struct kh_key key = make_key(w, ED, "a");
	struct err err = { 0 };
	char *text;

	w->opts.hash_known_hosts = 1;
	assert_int_equal(hostkey_remember(w->hk, &w->target, &key, &err), 0);
	text = get_file(w->user_file);
	assert_int_equal(strncmp(text, "|1|", 3), 0);
	free(text);
	assert_int_equal(hostkey_decide(w->hk, &w->target, &key, NULL, &err),
			 HOSTKEY_ACCEPT);
	hostkeys_free(w->hk);
	w->hk = hostkeys_new();
	assert_int_equal(hostkey_decide(w->hk, &w->target, &key, NULL, &err),
			 HOSTKEY_ACCEPT);
}

static void an_open_last_line_is_ended_first(void **state)
{
	struct world *w = *state;
	struct err err = { 0 };
	struct kh_key key;
	char *before, *after;

	put_line(w, w->user_file, "x", ED, "x");
	before = get_file(w->user_file);
	assert_int_equal(truncate(w->user_file, (off_t)strlen(before) - 1), 0);
	key = make_key(w, ED, "a");
	assert_int_equal(hostkey_remember(w->hk, &w->target, &key, &err), 0);
	after = get_file(w->user_file);
	assert_int_equal(strncmp(after, before, strlen(before)), 0);
	assert_int_equal(strncmp(after + strlen(before), "h ssh-ed", 8), 0);
	free(before);
	free(after);
	/* The line counts as the second, then and later. */
	key = make_key(w, ED, "b");
	assert_int_equal(hostkey_decide(w->hk, &w->target, &key, NULL, &err),
			 HOSTKEY_REFUSE);
	assert_non_null(strstr(err.msg, "known_hosts:2 has"));
	err_release(&err);
}

static void what_others_wrote_is_seen(void **state)
{
	struct world *w = *state;
	struct kh_key key = make_key(w, ED, "a");
	struct err err = { 0 };
	char *before, *after;

	assert_int_equal(hostkey_decide(w->hk, &w->target, &key, NULL, &err),
			 HOSTKEY_ASK);
	err_release(&err);
	put_line(w, w->user_file, "h", ED, "a");
	key = make_key(w, ED, "a");
	before = get_file(w->user_file);
	assert_int_equal(hostkey_remember(w->hk, &w->target, &key, &err), 0);
	after = get_file(w->user_file);
	assert_string_equal(after, before);
	free(before);
	free(after);
}

static void what_cannot_be_written_is_told(void **state)
{
	struct world *w = *state;
	struct kh_key key = make_key(w, ED, "a");
	struct err err = { 0 };

	/* no folder, and not ours to make */
	free(w->opts.user_known_hosts_files.v[0]);
	w->opts.user_known_hosts_files.v[0] =
		xasprintf("%s/none/known_hosts", w->dir);
	assert_int_equal(hostkey_remember(w->hk, &w->target, &key, &err), -1);
	assert_int_equal(err.code, ERR_LOCAL);
	assert_non_null(strstr(err.msg, "cannot add the host key of 'h' to"));
	/* a name that would be a pattern */
	free(w->target.name);
	w->target.host = w->target.name = xstrdup("h*");
	assert_int_equal(hostkey_remember(w->hk, &w->target, &key, &err), -1);
	assert_non_null(strstr(err.msg, "special characters"));
	err_release(&err);
}

static void a_locked_file_is_written_later(void **state)
{
	struct world *w = *state;
	struct kh_key key = make_key(w, ED, "a");
	struct strbuf want = STRBUF_INIT(1000);
	struct err err = { 0 };
	char *text;
	int fd;

	free(w->opts.user_known_hosts_files.v[0]);
	w->opts.user_known_hosts_files.v[0] = xstrdup(w->global_file);
	fd = open(w->global_file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	for (uint16_t port = 1; port <= 3; port++) {
		w->target.port = port;
		knownhosts_format("h", port, &key, false, &want);
		/* The first two find the lock taken, the third does not. */
		if (port == 3)
			assert_int_equal(close(fd), 0);
		assert_int_equal(
			hostkey_remember(w->hk, &w->target, &key, &err), 0);
		text = get_file(w->global_file);
		assert_string_equal(text, port == 3 ? want.buf : "");
		free(text);
	}
	/* What waits at the end is written then. */
	fd = open(w->global_file, O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	w->target.port = 4;
	knownhosts_format("h", 4, &key, false, &want);
	assert_int_equal(hostkey_remember(w->hk, &w->target, &key, &err), 0);
	assert_int_equal(close(fd), 0);
	hostkeys_free(w->hk);
	w->hk = NULL;
	text = get_file(w->global_file);
	assert_string_equal(text, want.buf);
	free(text);
	strbuf_release(&want);
}

struct unlock {
	struct timer timer;
	int fd;
};

static void unlock(struct timer *t)
{
	assert_int_equal(close(container_of(t, struct unlock, timer)->fd), 0);
}

static void the_end_waits_for_a_lock(void **state)
{
	struct world *w = *state;
	struct kh_key key = make_key(w, ED, "a");
	struct loop *loop = loop_new_virtual(NULL);
	struct strbuf want = STRBUF_INIT(1000);
	struct unlock u = { .fd = -1 };
	struct err err = { 0 };
	uint64_t start = loop_now(loop);
	char *text;

	free(w->opts.user_known_hosts_files.v[0]);
	w->opts.user_known_hosts_files.v[0] = xstrdup(w->global_file);
	u.fd = open(w->global_file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(flock(u.fd, LOCK_EX), 0);
	for (uint16_t port = 1; port <= 3; port++) {
		w->target.port = port;
		knownhosts_format("h", port, &key, false, &want);
		assert_int_equal(
			hostkey_remember(w->hk, &w->target, &key, &err), 0);
	}
	/* Not for ever. */
	hostkeys_finish(w->hk, loop);
	assert_int_equal((loop_now(loop) - start) / 1000000, 5000);
	text = get_file(w->global_file);
	assert_string_equal(text, "");
	free(text);
	start = loop_now(loop);
	timer_start(loop, &u.timer, 1000, unlock);
	hostkeys_finish(w->hk, loop);
	assert_int_equal((loop_now(loop) - start) / 1000000000, 1);
	text = get_file(w->global_file);
	assert_string_equal(text, want.buf);
	free(text);
	strbuf_release(&want);
	loop_free(loop);
}

static void nothing_is_written_where_none_is_asked(void **state)
{
	struct world *w = *state;
	struct kh_key key = make_key(w, ED, "a");
	struct err err = { 0 };

	strvec_release(&w->opts.user_known_hosts_files);
	assert_int_equal(hostkey_remember(w->hk, &w->target, &key, &err), 0);
	strvec_push(&w->opts.user_known_hosts_files, "/dev/null");
	assert_int_equal(hostkey_remember(w->hk, &w->target, &key, &err), 0);
	assert_int_equal(access(w->user_file, F_OK), -1);
}

enum {
	WRITERS = 4,
	HOSTS = 25
};

/* Two share each host's name, so half of the lines are there already. */
static void write_many(struct world *w, int writer)
{
	for (int i = 0; i < HOSTS; i++) {
		struct kh_key key = make_key(w, ED, "a");
		struct err err = { 0 };

		free(w->target.name);
		w->target.host = w->target.name =
			xasprintf("h%d-%d", writer / 2, i);
		assert_int_equal(
			hostkey_remember(w->hk, &w->target, &key, &err), 0);
	}
}

/* A writer that ends when it is told to: nobody has the lock then. */
static pid_t start_writer(struct world *w, int writer, int ready, int *go)
{
	int ends[2];
	pid_t pid;
	char c;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid) {
		assert_int_equal(close(ends[0]), 0);
		*go = ends[1];
		return pid;
	}
	write_many(w, writer);
	assert_int_equal(write(ready, "", 1), 1);
	assert_int_equal(read(ends[0], &c, 1), 1);
	hostkeys_free(w->hk);
	_exit(0);
}

static void many_writers_make_whole_lines_once(void **state)
{
	struct world *w = *state;
	struct strvec lines = { 0 };
	unsigned long bad = 0;
	struct knownhosts *kh;
	int ready[2], go[WRITERS];
	pid_t pids[WRITERS];
	char *text;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	for (int i = 0; i < WRITERS; i++)
		pids[i] = start_writer(w, i, ready[1], &go[i]);
	assert_int_equal(close(ready[1]), 0);
	for (int i = 0; i < WRITERS; i++) {
		char c;

		assert_int_equal(read(ready[0], &c, 1), 1);
	}
	for (int i = 0; i < WRITERS; i++) {
		int status;

		assert_int_equal(write(go[i], "", 1), 1);
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
		assert_int_equal(close(go[i]), 0);
	}
	assert_int_equal(close(ready[0]), 0);
	text = get_file(w->user_file);
	strvec_split(&lines, text, "\n");
	assert_int_equal(lines.n, WRITERS / 2 * HOSTS);
	for (size_t i = 0; i < lines.n; i++)
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(lines.v[i], lines.v[j]);
	kh = knownhosts_new();
	knownhosts_add(kh, "f", text, strlen(text), &bad);
	assert_int_equal(bad, 0);
	knownhosts_free(kh);
	strvec_release(&lines);
	free(text);
}

/* NoHostAuthenticationForLocalhost is about addresses, not about names. */
static void localhost_is_not_what_only_looks_like_it(void **state)
{
	static const struct {
		const char *host;
		enum hostkey_decision want;
	} rows[] = {
		/* clang-format off */
		{ "localhost",             HOSTKEY_DISTRUST },
		{ "127.0.0.1",             HOSTKEY_DISTRUST },
		{ "127.9.8.7",             HOSTKEY_DISTRUST },
		{ "::1",                   HOSTKEY_DISTRUST },
		{ "0:0:0:0:0:0:0:1",       HOSTKEY_DISTRUST },
		{ "127.0.0.1.example.org", HOSTKEY_REFUSE   },
		{ "127.example.org",       HOSTKEY_REFUSE   },
		{ "128.0.0.1",             HOSTKEY_REFUSE   },
		{ "::2",                   HOSTKEY_REFUSE   },
		/* clang-format on */
	};
	struct world *w = *state;
	struct kh_key key = make_key(w, ED, "one");

	w->opts.strict = STRICT_YES;
	w->opts.no_host_authentication_for_localhost = 1;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct err err = { 0 };

		w->target.host = rows[i].host;
		assert_int_equal(
			hostkey_decide(w->hk, &w->target, &key, NULL, &err),
			rows[i].want);
		err_release(&err);
	}
}

#define IN_WORLD(test)                                                         \
	cmocka_unit_test_setup_teardown(test, world_new, world_free)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_WORLD(policy_follows_verdict_and_option),
		IN_WORLD(a_changed_key_names_the_line_and_both_keys),
		IN_WORLD(errors_refuse),
		IN_WORLD(small_rsa_keys_are_refused),
		IN_WORLD(an_alias_stands_without_port),
		IN_WORLD(localhost_is_not_what_only_looks_like_it),
		IN_WORLD(known_types_are_offered_first),
		IN_WORLD(a_new_key_is_written_once),
		IN_WORLD(a_hashed_name_is_found_again),
		IN_WORLD(an_open_last_line_is_ended_first),
		IN_WORLD(what_others_wrote_is_seen),
		IN_WORLD(what_cannot_be_written_is_told),
		IN_WORLD(a_locked_file_is_written_later),
		IN_WORLD(the_end_waits_for_a_lock),
		IN_WORLD(nothing_is_written_where_none_is_asked),
		IN_WORLD(many_writers_make_whole_lines_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
