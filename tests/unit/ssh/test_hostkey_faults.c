/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults while a host key is judged: memory that is out at the first, second,
 * third ... allocation (libcrypto's too), files that cannot be opened or read
 * to their end.  Each fault has a process of its own, as memory that is out
 * ends one; a row is done when its judge met no fault any more.
 */
#include "ssh/hostkey.h"

#include "lib/test.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "base/alloc.h"
#include "base/log.h"
#include "conf/digest.h"
#include "conf/fingerprint.h"

/* ---- faults ---- */

enum fault {
	FAULT_NONE,
	FAULT_MEMORY,
	FAULT_OPEN,  /* with one of open_errors[] */
	FAULT_READ,  /* with EIO */
	FAULT_SHORT, /* one byte is read, once: that is none */
	FAULT_EINTR, /* of a read: that is none either */
};

static const int open_errors[] = { EACCES, EIO, EMFILE, ENOMEM, EINTR };

static struct {
	enum fault kind;
	unsigned int wait; /* calls that still succeed */
	int error;
	bool armed, met;
} plan;

static bool fails(enum fault kind)
{
	if (!plan.armed || plan.kind != kind || plan.met)
		return false;
	plan.met = plan.wait == 0;
	plan.wait--;
	return plan.met;
}

void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);
void *__real_calloc(size_t count, size_t n);
void *__wrap_calloc(size_t count, size_t n);
void *__real_reallocarray(void *old, size_t count, size_t n);
void *__wrap_reallocarray(void *old, size_t count, size_t n);
int __wrap_vasprintf(char **s, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));
int __wrap___vasprintf_chk(char **s, int flag, const char *fmt, va_list ap)
	__attribute__((format(printf, 3, 0)));
int __wrap_open(const char *path, int flags, ...);
ssize_t __real_pread(int fd, void *p, size_t n, off_t offset);
ssize_t __wrap_pread(int fd, void *p, size_t n, off_t offset);

void *__wrap_malloc(size_t n)
{
	return fails(FAULT_MEMORY) ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t count, size_t n)
{
	return fails(FAULT_MEMORY) ? NULL : __real_calloc(count, n);
}

void *__wrap_reallocarray(void *old, size_t count, size_t n)
{
	return fails(FAULT_MEMORY) ? NULL : __real_reallocarray(old, count, n);
}

int __wrap_vasprintf(char **s, const char *fmt, va_list ap)
{
	va_list again;
	size_t n;

	va_copy(again, ap);
	n = (size_t)vsnprintf(NULL, 0, fmt, again) + 1;
	va_end(again);
	*s = __wrap_malloc(n);
	return *s ? vsnprintf(*s, n, fmt, ap) : -1;
}

int __wrap___vasprintf_chk(char **s, int flag, const char *fmt, va_list ap)
{
	(void)flag;
	return __wrap_vasprintf(s, fmt, ap);
}

int __wrap_open(const char *path, int flags, ...)
{
	if (fails(FAULT_OPEN)) {
		errno = plan.error;
		return -1;
	}
	return openat(AT_FDCWD, path, flags, 0600);
}

ssize_t __wrap_pread(int fd, void *p, size_t n, off_t offset)
{
	if (fails(FAULT_READ) || fails(FAULT_EINTR)) {
		errno = plan.error;
		return -1;
	}
	return __real_pread(fd, p, fails(FAULT_SHORT) ? 1 : n, offset);
}

/* libcrypto's memory. */
static void *crypto_malloc(size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return malloc(n);
}

static void *crypto_realloc(void *old, size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return fails(FAULT_MEMORY) ? NULL : realloc(old, n);
}

static void crypto_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	free(p);
}

/* ---- rows ---- */

enum {
	ASK = HOSTKEY_ASK,
	ADD = HOSTKEY_ADD,
	NO = HOSTKEY_REFUSE,
	YES = HOSTKEY_ACCEPT,
	BAD = HOSTKEY_DISTRUST,
	ADDRESS = HOSTKEY_ADD_ADDRESS
};

/*
 * The files of a row: "$1" and "$2" are keys, of which the first is shown,
 * "|h|" is h hashed, "~" is more than one read() of comments.  CheckHostIP is
 * on in rows named so.
 */
static const struct row {
	const char *name, *user, *global, *revoked;
	int strict, want;
	uint16_t port;
	bool local;
} rows[] = {
	/* clang-format off */
	{ "known",            "h $1\n",               "",              NULL, STRICT_ASK, YES, 22, false },
	{ "known, hashed",    "|x| $2\n|h| $1\n",     "",              NULL, STRICT_YES, YES, 22, false },
	{ "known, pattern",   "!x,h* $1\n",           "",              "$2\n", STRICT_NO, YES, 22, false },
	{ "known, far",       "~x $2\n",              "~h $1\n",       NULL, STRICT_ACCEPT_NEW, YES, 22, false },
	{ "unknown",          "x $1\n",               "|x| $2\n",      NULL, STRICT_ASK, ASK, 22, false },
	{ "unknown, yes",     "x $1\n",               "",              NULL, STRICT_YES, NO,  22, false },
	{ "unknown, no",      "x $1\n",               "",              NULL, STRICT_NO,  ADD, 22, false },
	{ "unknown, new",     "x $1\n",               "",              "~$2\n", STRICT_ACCEPT_NEW, ADD, 2222, false },
	{ "changed",          "h $2\n",               "",              NULL, STRICT_ASK, NO,  22, false },
	{ "changed, hashed",  "|h| $2\n",             "",              NULL, STRICT_ACCEPT_NEW, NO, 22, false },
	{ "changed, far",     "~",                    "~|[h]:2222| $2\n", NULL, STRICT_ACCEPT_NEW, NO, 2222, false },
	{ "changed, no",      "~",                    "h $2\n",        NULL, STRICT_NO,  BAD, 22, false },
	{ "revoked",          "@revoked h $1\n",      "",              NULL, STRICT_ACCEPT_NEW, NO, 22, false },
	{ "revoked, known",   "h $1\n",               "@revoked * $1\n", NULL, STRICT_ASK, NO, 22, false },
	{ "revoked, far",     "h $1\n",               "~~@revoked |h| $1\n", NULL, STRICT_ACCEPT_NEW, NO, 22, false },
	{ "revoked, no",      "h $1\n",               "~@revoked h $1\n", NULL, STRICT_NO, BAD, 22, false },
	{ "revoked, no port", "x $1\n",               "@revoked h $1\n", NULL, STRICT_ACCEPT_NEW, NO, 2222, false },
	{ "authority",        "@cert-authority * $2\n", "",            NULL, STRICT_NO,  NO,  22, false },
	{ "list of revoked",  "h $1\n",               "",              "~$1\n", STRICT_NO, NO, 22, false },
	{ "binary list",      "h $1\n",               "",              "KRL",   STRICT_NO, NO, 22, false },
	{ "localhost",        "127.0.0.1 $2\n",       "",              NULL, STRICT_YES, YES, 22, true },
	{ "address, new",     "h $1\n",               "~",             NULL, STRICT_YES, ADDRESS, 22, false },
	{ "address, changed", "h $1\n",               "~|192.0.2.1| $2\n", NULL, STRICT_ACCEPT_NEW, NO, 22, false },
	{ "address, ask",     "h $1\n~192.0.2.1 $2\n", "",            NULL, STRICT_ASK, ASK, 22, false },
	/* clang-format on */
};

/* What became of a process. */
struct outcome {
	bool met;
	int decision; /* -1: it never came to one */
	enum err_code code;
	char msg[512];
};

struct world {
	char *dir, *files[3], *err_file;
	struct strbuf blobs[2];
	struct kh_key keys[2];
	struct outcome *got; /* shared with the process */
	unsigned int met[FAULT_EINTR + 1];
};

static const char ED[] = "ssh-ed25519";

static void make_key(struct strbuf *blob, struct kh_key *key, char c)
{
	strbuf_init(blob, 100);
	strbuf_add(blob, "\0\0\0\13ssh-ed25519\0\0\0\40", 19);
	for (int i = 0; i < 32; i++)
		strbuf_addch(blob, c);
	*key = (struct kh_key){ ED, blob->buf, blob->len };
}

static int world_new(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));

	w->dir = xstrdup("/tmp/test_hostkey_faults.XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	for (size_t i = 0; i < COUNT(w->files); i++)
		w->files[i] = xasprintf("%s/%zu", w->dir, i);
	w->err_file = xasprintf("%s/err", w->dir);
	for (size_t i = 0; i < COUNT(w->keys); i++)
		make_key(&w->blobs[i], &w->keys[i], (char)('1' + i));
	w->got = mmap(NULL, sizeof(*w->got), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(w->got != MAP_FAILED);
	*state = w;
	return 0;
}

static int world_free(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < COUNT(w->files); i++) {
		(void)unlink(w->files[i]);
		free(w->files[i]);
	}
	(void)unlink(w->err_file);
	assert_int_equal(rmdir(w->dir), 0);
	for (size_t i = 0; i < COUNT(w->blobs); i++)
		strbuf_release(&w->blobs[i]);
	assert_int_equal(munmap(w->got, sizeof(*w->got)), 0);
	free(w->err_file);
	free(w->dir);
	free(w);
	return 0;
}

/* A list of `ssh-keygen -k` with this key in it. */
static void add_krl(struct strbuf *out, const struct kh_key *key)
{
	static const char head[] = "SSHKRL\n\0\0\0\0\1" /* its format */
				   "\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0"
				   "\0\0\0\0\0\0\0\0"	   /* number ... */
				   "\0\0\0\0\0\0\0\0"	   /* comment ... */
				   "\2\0\0\0\67\0\0\0\63"; /* a key */

	strbuf_add(out, head, sizeof(head) - 1);
	strbuf_add(out, key->blob, key->len);
}

static void put_file(const struct world *w, const char *path, const char *text)
{
	struct strbuf out = STRBUF_INIT(1000000);
	struct strbuf line = STRBUF_INIT(1000);
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	if (!strcmp(text, "KRL")) {
		add_krl(&out, &w->keys[0]);
		text = "";
	}
	for (; *text; text++) {
		if (*text == '$') {
			const struct kh_key *key = &w->keys[*++text - '1'];

			strbuf_addf(&out, "%s ", ED);
			base64_encode(key->blob, key->len, &out);
		} else if (*text == '|') {
			size_t n = strcspn(++text, "|");
			char *name = xstrndup(text, n);
			bool port = *name == '[';

			name[port ? 2 : n] = '\0';
			strbuf_reset(&line);
			knownhosts_format(name + port, port ? 2222 : 22,
					  &w->keys[0], true, &line);
			*strchr(line.buf, ' ') = '\0';
			strbuf_addstr(&out, line.buf);
			free(name);
			text += n;
		} else if (*text == '~') {
			for (int i = 0; i < 70000 / 8; i++)
				strbuf_addstr(&out, "# a note\n");
		} else {
			strbuf_addch(&out, *text);
		}
	}
	assert_int_equal(fwrite(out.buf, 1, out.len, f), out.len);
	assert_int_equal(fclose(f), 0);
	strbuf_release(&out);
	strbuf_release(&line);
}

static void put_files(const struct world *w, const struct row *r)
{
	const char *texts[] = { r->user, r->global, r->revoked };

	for (size_t i = 0; i < COUNT(texts); i++) {
		(void)unlink(w->files[i]);
		if (texts[i])
			put_file(w, w->files[i], texts[i]);
	}
}

/* As a session does: which types first, then the decision. */
static int judge(const struct world *w, const struct row *r,
		 const struct ssh_opts *opts, struct err *err)
{
	struct target t = { .name = NULL };
	char name[] = "h", local[] = "127.0.0.1";
	struct hostkeys *hk = hostkeys_new();
	struct hostkey_seen seen = {
		.key = &w->keys[0],
		.address = r->local ? local : "192.0.2.1",
	};
	int d;

	t.opts = opts;
	t.host = t.name = r->local ? local : name;
	t.port = r->port;
	free(hostkey_types(hk, &t, NULL));
	d = (int)hostkey_decide(hk, &t, &seen, err);
	hostkeys_free(hk);
	return d;
}

static void set_opts(const struct world *w, const struct row *r,
		     struct ssh_opts *o)
{
	sshopts_init(o);
	strvec_push(&o->user_known_hosts_files, w->files[0]);
	strvec_push(&o->global_known_hosts_files, w->files[1]);
	if (r->revoked)
		o->revoked_host_keys = xstrdup(w->files[2]);
	o->strict = r->strict;
	o->host_key_algorithms =
		xstrdup("ssh-rsa,ssh-ed25519,ecdsa-sha2-nistp256");
	o->no_host_authentication_for_localhost = r->local;
	o->check_host_ip = !strncmp(r->name, "address", 7);
	o->visual_host_key = 1;
	sshopt_defaults(o);
}

/* In a process of its own; does not come back. */
static void suffer(struct world *w, const struct row *r,
		   const struct ssh_opts *opts)
{
	int fd = openat(AT_FDCWD, w->err_file,
			O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct err err = { 0 };
	int d;

	if (fd < 0 || dup2(fd, STDERR_FILENO) < 0)
		_exit(1);
	/* Where it ends, it may do so anywhere below. */
	w->got->met = true;
	plan.armed = true;
	d = judge(w, r, opts, &err);
	plan.armed = false;
	w->got->met = plan.met;
	w->got->decision = d;
	w->got->code = err.code;
	(void)snprintf(w->got->msg, sizeof(w->got->msg), "%s",
		       err.msg ? err.msg : "");
	_exit(0);
}

static char *said(const struct world *w)
{
	char text[1000];
	FILE *f = fopen(w->err_file, "re");
	size_t n;

	assert_non_null(f);
	n = fread(text, 1, sizeof(text), f);
	assert_int_equal(fclose(f), 0);
	return xstrndup(text, n);
}

/* Whether the decision is one that the fault may lead to. */
static bool is_safe(const struct row *r, const struct outcome *o)
{
	if (o->decision == NO)
		return o->code == ERR_HOSTKEY && o->msg[0];
	/* What does not matter for the decision may fail. */
	if (plan.kind != FAULT_OPEN && plan.kind != FAULT_READ)
		return o->decision == r->want;
	if (r->local)
		return o->decision == r->want;
	/* A file that was not read could have spoken against the key. */
	return o->decision == BAD && r->strict == STRICT_NO;
}

/* True as long as there was a call to fail. */
static bool check_fault(struct world *w, const struct row *r,
			const struct ssh_opts *opts, unsigned int number)
{
	int status;
	char *text;
	pid_t pid;

	*w->got = (struct outcome){ .decision = -1 };
	(void)fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		suffer(w, r, opts);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	text = said(w);
	if (w->got->decision < 0) {
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 255 ||
		    strncmp(text, "rsh: ", 5) != 0 || !strstr(text, "memory"))
			fail_msg("row '%s', fault %d at call %u: status %#x, "
				 "'%s'",
				 r->name, (int)plan.kind, number,
				 (unsigned int)status, text);
	} else if (w->got->met ? !is_safe(r, w->got)
			       : w->got->decision != r->want) {
		fail_msg("row '%s', fault %d at call %u (errno %d): decision "
			 "%d, code %d, '%s', '%s'",
			 r->name, (int)plan.kind, number, plan.error,
			 w->got->decision, (int)w->got->code, w->got->msg,
			 text);
	}
	free(text);
	return w->got->met;
}

static void check_row(struct world *w, const struct row *r, enum fault kind,
		      int error)
{
	struct ssh_opts opts;
	unsigned int number = 0;

	set_opts(w, r, &opts);
	put_files(w, r);
	do {
		plan.kind = kind;
		plan.wait = number++;
		plan.error = error;
	} while (check_fault(w, r, &opts, number));
	w->met[kind] += number - 1;
	sshopts_release(&opts);
}

static void no_fault_is_needed_for_the_decision(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < COUNT(rows); i++)
		check_row(w, &rows[i], FAULT_NONE, 0);
}

/* At first libcrypto is not used yet and so loads itself. */
static void without_memory_nothing_is_accepted(void **state)
{
	struct world *w = *state;
	struct strbuf print = STRBUF_INIT(100);

	check_row(w, &rows[0], FAULT_MEMORY, 0);
	hostkeys_free(hostkeys_new());
	kh_fingerprint(&w->keys[0], FINGERPRINT_SHA256, &print);
	strbuf_release(&print);
	for (size_t i = 0; i < COUNT(rows); i++)
		check_row(w, &rows[i], FAULT_MEMORY, 0);
	assert_true(w->met[FAULT_MEMORY] > 30 * COUNT(rows));
}

static void a_file_that_does_not_open_speaks_against(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t j = 0; j < COUNT(open_errors); j++)
			check_row(w, &rows[i], FAULT_OPEN, open_errors[j]);
	assert_true(w->met[FAULT_OPEN] > 2 * COUNT(rows));
}

static void a_file_that_is_not_read_whole_speaks_against(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < COUNT(rows); i++)
		check_row(w, &rows[i], FAULT_READ, EIO);
	assert_true(w->met[FAULT_READ] > 4 * COUNT(rows));
}

static void what_is_read_in_pieces_says_the_same(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		check_row(w, &rows[i], FAULT_SHORT, 0);
		check_row(w, &rows[i], FAULT_EINTR, EINTR);
	}
	assert_true(w->met[FAULT_SHORT] > 4 * COUNT(rows));
	assert_true(w->met[FAULT_EINTR] > 4 * COUNT(rows));
}

#define IN_WORLD(test)                                                         \
	cmocka_unit_test_setup_teardown(test, world_new, world_free)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_WORLD(no_fault_is_needed_for_the_decision),
		IN_WORLD(without_memory_nothing_is_accepted),
		IN_WORLD(a_file_that_does_not_open_speaks_against),
		IN_WORLD(a_file_that_is_not_read_whole_speaks_against),
		IN_WORLD(what_is_read_in_pieces_says_the_same),
	};

	if (CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc,
				     crypto_free) != 1)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
