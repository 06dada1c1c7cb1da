/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/hostkey.h"

#include "lib/hostkey_world.h"
#include "lib/test.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "io/loop.h"
#include "io/timer.h"

static const char ED[] = "ssh-ed25519";

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
	assert_int_equal(keep(w, &key, &err), 0);
	assert_int_equal(keep(w, &key, &err), 0);
	assert_int_equal(stat(w->user_file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(folder, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	knownhosts_format("h", 2222, &key, false, &line);
	text = get_file(w->user_file);
	assert_string_equal(text, line.buf);
	free(text);
	assert_int_equal(decide(w->hk, w, &key, &err), HOSTKEY_ACCEPT);
	strbuf_release(&line);
	free(folder);
}

static void what_a_run_has_taken_stays_new_to_it(void **state)
{
	struct world *w = *state;
	char other[] = "other";
	const char *host = w->target.host;
	struct err err = { 0 };
	struct kh_key key;

	put_line(w, w->user_file, "other", ED, "b");
	key = make_key(w, ED, "a");
	assert_false(hostkey_is_new(w->hk, &w->target, &key));
	assert_int_equal(keep(w, &key, &err), 0);
	assert_int_equal(decide(w->hk, w, &key, &err), HOSTKEY_ACCEPT);
	assert_true(hostkey_is_new(w->hk, &w->target, &key));
	w->target.host = other;
	assert_false(hostkey_is_new(w->hk, &w->target, &key));
	/* known before, kept for nothing */
	key = make_key(w, ED, "b");
	assert_int_equal(keep(w, &key, &err), 0);
	assert_false(hostkey_is_new(w->hk, &w->target, &key));
	w->target.host = host;
	key = make_key(w, ED, "a");
	assert_true(hostkey_is_new(w->hk, &w->target, &key));
	hostkeys_free(w->hk);
	w->hk = hostkeys_new();
	assert_int_equal(decide(w->hk, w, &key, &err), HOSTKEY_ACCEPT);
	assert_false(hostkey_is_new(w->hk, &w->target, &key));
}

static void a_hashed_name_is_found_again(void **state)
{
	struct world *w = *state;
	struct kh_key key = make_key(w, ED, "a");
	struct err err = { 0 };
	char *text;

	w->opts.hash_known_hosts = 1;
	assert_int_equal(keep(w, &key, &err), 0);
	text = get_file(w->user_file);
	assert_int_equal(strncmp(text, "|1|", 3), 0);
	free(text);
	assert_int_equal(decide(w->hk, w, &key, &err), HOSTKEY_ACCEPT);
	hostkeys_free(w->hk);
	w->hk = hostkeys_new();
	assert_int_equal(decide(w->hk, w, &key, &err), HOSTKEY_ACCEPT);
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
	assert_int_equal(keep(w, &key, &err), 0);
	after = get_file(w->user_file);
	assert_int_equal(strncmp(after, before, strlen(before)), 0);
	assert_int_equal(strncmp(after + strlen(before), "h ssh-ed", 8), 0);
	free(before);
	free(after);
	/* The line counts as the second, then and later. */
	key = make_key(w, ED, "b");
	assert_int_equal(decide(w->hk, w, &key, &err), HOSTKEY_REFUSE);
	assert_non_null(strstr(err.msg, "known_hosts:2 has"));
	err_release(&err);
}

static void what_others_wrote_is_seen(void **state)
{
	struct world *w = *state;
	struct kh_key key = make_key(w, ED, "a");
	struct err err = { 0 };
	char *before, *after;

	assert_int_equal(decide(w->hk, w, &key, &err), HOSTKEY_ASK);
	err_release(&err);
	put_line(w, w->user_file, "h", ED, "a");
	key = make_key(w, ED, "a");
	before = get_file(w->user_file);
	assert_int_equal(keep(w, &key, &err), 0);
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
	assert_int_equal(keep(w, &key, &err), -1);
	assert_int_equal(err.code, ERR_LOCAL);
	assert_non_null(strstr(err.msg, "cannot add the host key of 'h' to"));
	/* a name that would be a pattern */
	free(w->target.name);
	w->target.host = w->target.name = xstrdup("h*");
	assert_int_equal(keep(w, &key, &err), -1);
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
		assert_int_equal(keep(w, &key, &err), 0);
		text = get_file(w->global_file);
		assert_string_equal(text, port == 3 ? want.buf : "");
		free(text);
	}
	/* What waits at the end is written then. */
	fd = open(w->global_file, O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	w->target.port = 4;
	knownhosts_format("h", 4, &key, false, &want);
	assert_int_equal(keep(w, &key, &err), 0);
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
		assert_int_equal(keep(w, &key, &err), 0);
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
	assert_int_equal(keep(w, &key, &err), 0);
	strvec_push(&w->opts.user_known_hosts_files, "/dev/null");
	assert_int_equal(keep(w, &key, &err), 0);
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
		assert_int_equal(keep(w, &key, &err), 0);
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

static void a_new_key_is_written_for_the_address_too(void **state)
{
	static const struct {
		const char *known, *want; /* names of lines */
		int hashed;
	} rows[] = {
		/* clang-format off */
		{ NULL, "[h]:2222,[192.0.2.1]:2222 ", 0 },
		{ "[h]:2222", "[192.0.2.1]:2222 ", 0 },
		{ "[192.0.2.1]:2222", "[h]:2222 ", 0 },
		{ "[h]:*,[192.0.2.*]:*", "", 0 },
		{ NULL, "|1|", 1 },
		/* clang-format on */
	};
	struct world *w = *state;

	w->target.port = 2222;
	w->opts.check_host_ip = 1;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct hostkeys *hk = w->hk;
		struct err err = { 0 };
		struct kh_key key;
		size_t old = 0;
		char *text;

		(void)unlink(w->user_file);
		if (rows[i].known)
			put_line(w, w->user_file, rows[i].known, ED, "a");
		else
			put_line(w, w->user_file, "x", ED, "x");
		text = get_file(w->user_file);
		old = strlen(text);
		free(text);
		key = make_key(w, ED, "a");
		w->opts.hash_known_hosts = rows[i].hashed;
		w->hk = hostkeys_new();
		assert_int_equal(keep(w, &key, &err), 0);
		text = get_file(w->user_file);
		assert_int_equal(
			strncmp(text + old, rows[i].want, strlen(rows[i].want)),
			0);
		assert_int_equal(*rows[i].want == '\0', strlen(text) == old);
		assert_int_equal(decide(w->hk, w, &key, &err), HOSTKEY_ACCEPT);
		if (rows[i].hashed)
			assert_non_null(strstr(text + old + 1, "\n|1|"));
		free(text);
		hostkeys_free(w->hk);
		w->hk = hk;
	}
}

#define IN_WORLD(test)                                                         \
	cmocka_unit_test_setup_teardown(test, world_new, world_free)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_WORLD(a_new_key_is_written_for_the_address_too),
		IN_WORLD(a_new_key_is_written_once),
		IN_WORLD(what_a_run_has_taken_stays_new_to_it),
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
