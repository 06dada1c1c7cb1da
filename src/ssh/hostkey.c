/* SPDX-License-Identifier: Apache-2.0 */
/*
 * StrictHostKeyChecking: what is done about a server's key, and new keys.
 *
 * Notes: known_hosts files are read on the loop's thread, each once a run, at
 * the first connection that needs them.  A lock on one is not waited for: the
 * new key is written along with the next one, or at the end.
 */
#include "ssh/hostkey.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "conf/fingerprint.h"
#include "conf/krl.h"
#include "io/loop.h"
#include "io/timer.h"
#include "ssh/khcommand.h"

#include "base/banned.h"

#define FILE_MAX      ((size_t)256 << 20) /* bytes of one known_hosts file */
#define LOCK_RETRY_MS 20
#define LOCK_TRIES    250

/* A file as far as it was read. */
struct known_file {
	char *path;
	size_t len;
	bool open_line; /* what was read ends without a newline */
	int error;	/* errno: there is something, and it cannot be read */
};

/* A file of RevokedHostKeys, read once. */
struct revoked_file {
	char *path;
	struct strbuf text;
	int error; /* errno */
};

/* A key to be written, with all it takes. */
struct new_key {
	struct list node;
	char *path;
	char *name;
	uint16_t port;
	bool hashed;
	struct strvec files; /* where it might be by now */
	struct kh_key key;   /* type and blob are owned */
};

struct hostkeys {
	struct list waiting; /* struct new_key: for a lock */
	struct knownhosts *kh;
	struct known_file *files;
	size_t nfiles, cap;
	struct revoked_file *revoked;
	size_t nrevoked, revoked_cap;
};

struct hostkeys *hostkeys_new(void)
{
	struct hostkeys *hk = xcalloc(1, sizeof(*hk));

	list_init(&hk->waiting);
	hk->kh = knownhosts_new();
	return hk;
}

/* ---- files ---- */

/* A pipe is not sought in; that says nothing to who named one as a file. */
static const char *file_error(int error)
{
	return error == ESPIPE ? _("it is no regular file") : strerror(error);
}

/* Append what `fd` holds from `offset` on.  0 or an errno. */
static int read_all(int fd, size_t offset, struct strbuf *text)
{
	char buf[65536];
	ssize_t n;

	while ((n = pread(fd, buf, sizeof(buf), (off_t)(offset + text->len)))) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		if (strbuf_add(text, buf, (size_t)n))
			return EFBIG;
	}
	return 0;
}

/* Index what `fd` holds from where it was left.  0 or an errno. */
static int read_more(struct hostkeys *hk, struct known_file *f, int fd)
{
	struct strbuf text = STRBUF_INIT(FILE_MAX);
	int error = read_all(fd, f->len, &text);

	if (!error && text.len) {
		size_t skip = f->open_line && text.buf[0] == '\n';

		knownhosts_add(hk->kh, f->path, text.buf + skip,
			       text.len - skip, NULL);
		f->len += text.len;
		f->open_line = text.buf[text.len - 1] != '\n';
	}
	strbuf_release(&text);
	return error;
}

static struct known_file *find_file(struct hostkeys *hk, const char *path)
{
	for (size_t i = 0; i < hk->nfiles; i++)
		if (!strcmp(hk->files[i].path, path))
			return &hk->files[i];
	return NULL;
}

/* A file that is not there holds nothing; one that cannot be read is told. */
static struct known_file *load_file(struct hostkeys *hk, const char *path)
{
	struct known_file *f = find_file(hk, path);
	int fd;

	if (f)
		return f;
	hk->files =
		grow_array(hk->files, &hk->cap, hk->nfiles, sizeof(*hk->files));
	f = &hk->files[hk->nfiles++];
	*f = (struct known_file){ .path = xstrdup(path) };
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			f->error = errno;
		return f;
	}
	f->error = read_more(hk, f, fd);
	close(fd);
	return f;
}

static const struct revoked_file *load_revoked(struct hostkeys *hk,
					       const char *path)
{
	struct revoked_file *f;
	int fd;

	for (size_t i = 0; i < hk->nrevoked; i++)
		if (!strcmp(hk->revoked[i].path, path))
			return &hk->revoked[i];
	hk->revoked = grow_array(hk->revoked, &hk->revoked_cap, hk->nrevoked,
				 sizeof(*hk->revoked));
	f = &hk->revoked[hk->nrevoked++];
	*f = (struct revoked_file){ .path = xstrdup(path) };
	strbuf_init(&f->text, FILE_MAX);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	f->error = fd < 0 ? errno : read_all(fd, 0, &f->text);
	if (fd >= 0)
		close(fd);
	return f;
}

/* The files for a target in the order they count; "none" is no file. */
static void files_of(const struct target *t, struct strvec *files)
{
	const struct strvec *lists[] = {
		&t->opts->user_known_hosts_files,
		&t->opts->global_known_hosts_files,
	};

	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < lists[k]->n; i++)
			if (strcmp(lists[k]->v[i], "none") != 0)
				strvec_push(files, lists[k]->v[i]);
}

/*
 * 0, or -1 with `err` when one of them is there and cannot be read; all others
 * are read all the same.
 */
static int load_files(struct hostkeys *hk, const struct strvec *files,
		      struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < files->n; i++) {
		const struct known_file *f = load_file(hk, files->v[i]);

		if (f->error && !rc)
			rc = err_set(err, ERR_HOSTKEY,
				     _("cannot read '%s': %s"), f->path,
				     file_error(f->error));
	}
	return rc;
}

/* ---- names ---- */

const char *hostkey_name(const struct target *t)
{
	return t->opts->host_key_alias ? t->opts->host_key_alias : t->host;
}

/* An alias stands for itself, without a port, as in ssh. */
static uint16_t lookup_port(const struct target *t)
{
	return t->opts->host_key_alias ? 22 : t->port;
}

/* The type of key that an algorithm shows: RSA has several signatures. */
static const char *type_of(const char *algorithm)
{
	if (!strcmp(algorithm, "rsa-sha2-256") ||
	    !strcmp(algorithm, "rsa-sha2-512"))
		return "ssh-rsa";
	return algorithm;
}

static bool contains(const struct strvec *sv, const char *s)
{
	for (size_t i = 0; i < sv->n; i++)
		if (!strcmp(sv->v[i], s))
			return true;
	return false;
}

bool hostkey_order_fixed(const struct target *t)
{
	return t->opts->host_key_order_fixed == 1;
}

/* As ssh asks the command for the host alone, and as files would have it. */
static void add_told_types(struct knownhosts *told, const struct target *t,
			   struct strvec *known)
{
	struct strvec files = { 0 };

	strvec_push(&files, KHCOMMAND_ORDER_FILE);
	knownhosts_types(told, &files, t->host, 0, known);
	knownhosts_types(told, &files, hostkey_name(t), lookup_port(t), known);
	strvec_release(&files);
}

char *hostkey_types(struct hostkeys *hk, const struct target *t,
		    struct knownhosts *told)
{
	struct strvec files = { 0 };
	struct strvec known = { 0 };
	struct strvec all = { 0 };
	struct strvec sorted = { 0 };
	char *list = NULL;

	/* A list of the user's own keeps its order, as in ssh. */
	if (hostkey_order_fixed(t))
		return NULL;
	files_of(t, &files);
	(void)load_files(hk, &files, NULL); /* told when deciding */
	if (t->opts->host_key_algorithms)
		strvec_split(&all, t->opts->host_key_algorithms, ",");
	/* The first choice is known: nothing to gain by reading on. */
	if (all.n && knownhosts_has_type(hk->kh, &files, hostkey_name(t),
					 lookup_port(t), type_of(all.v[0])))
		goto out;
	knownhosts_types(hk->kh, &files, hostkey_name(t), lookup_port(t),
			 &known);
	if (told)
		add_told_types(told, t, &known);
	if (!known.n)
		goto out;
	for (size_t i = 0; i < all.n; i++)
		if (contains(&known, type_of(all.v[i])))
			strvec_push(&sorted, all.v[i]);
	for (size_t i = 0; i < all.n; i++)
		if (!contains(&known, type_of(all.v[i])))
			strvec_push(&sorted, all.v[i]);
	list = strvec_join(&sorted, ",");
out:
	strvec_release(&files);
	strvec_release(&known);
	strvec_release(&all);
	strvec_release(&sorted);
	return list;
}

/* ---- the decision ---- */

/*
 * Verdict by StrictHostKeyChecking.  What is missing here is 0, which refuses.
 * As with ssh, a key of another type than the one on file is a changed key.
 */
static const enum hostkey_decision decisions[][STRICT_ACCEPT_NEW + 1] = {
	/* clang-format off */
	[KH_MATCH]   = { [STRICT_NO]  = HOSTKEY_ACCEPT,  [STRICT_YES]        = HOSTKEY_ACCEPT,
			 [STRICT_ASK] = HOSTKEY_ACCEPT,  [STRICT_ACCEPT_NEW] = HOSTKEY_ACCEPT },
	[KH_UNKNOWN] = { [STRICT_NO]  = HOSTKEY_ADD,     [STRICT_YES]        = HOSTKEY_REFUSE,
			 [STRICT_ASK] = HOSTKEY_ASK,     [STRICT_ACCEPT_NEW] = HOSTKEY_ADD    },
	[KH_OTHER]   = { [STRICT_NO]  = HOSTKEY_DISTRUST },
	[KH_CHANGED] = { [STRICT_NO]  = HOSTKEY_DISTRUST },
	[KH_REVOKED] = { [STRICT_NO]  = HOSTKEY_DISTRUST },
	[KH_CA_ONLY] = { [STRICT_NO]  = HOSTKEY_REFUSE },
	[KH_ERROR]   = { [STRICT_NO]  = HOSTKEY_REFUSE },
	/* clang-format on */
};

/* Where new keys are written; NULL: nowhere. */
static const char *user_file(const struct target *t)
{
	const struct strvec *files = &t->opts->user_known_hosts_files;

	return files->n && strcmp(files->v[0], "none") != 0 ? files->v[0]
							    : NULL;
}

static char *with_port(const char *name, uint16_t port)
{
	return port == 22 ? xstrdup(name) : xasprintf("[%s]:%u", name, port);
}

char *hostkey_name_and_port(const struct target *t)
{
	return with_port(hostkey_name(t), lookup_port(t));
}

static enum fingerprint_hash hash_of(const struct target *t)
{
	return (enum fingerprint_hash)t->opts->fingerprint_hash;
}

/* What is wrong with the key, as a new string; NULL when nothing is. */
static char *reason(const struct target *t, const struct kh_answer *a,
		    const struct kh_key *key)
{
	struct strbuf print = STRBUF_INIT(256);
	struct strbuf old = STRBUF_INIT(256);
	char *name = hostkey_name_and_port(t);
	char *text = NULL;

	kh_fingerprint(key, hash_of(t), &print);
	if (a->key.blob)
		kh_fingerprint(&a->key, hash_of(t), &old);
	switch (a->verdict) {
	case KH_MATCH:
		break;
	case KH_UNKNOWN:
		text = xasprintf(
			!user_file(t)
				? _("no %s key is known for '%s' (it shows %s), and without a UserKnownHostsFile no new one is taken")
				: _("no %s key is known for '%s' (it shows %s); to take new keys as they come, use -o StrictHostKeyChecking=accept-new"),
			key->type, name, print.buf);
		break;
	case KH_OTHER:
	case KH_CHANGED:
		text = xasprintf(
			_("REMOTE HOST IDENTIFICATION HAS CHANGED: '%s' shows the %s key %s, but %s:%lu has the %s key %s; somebody may be in between"),
			name, key->type, print.buf, a->file, a->line,
			a->key.type, old.buf);
		break;
	case KH_REVOKED:
		text = xasprintf(_("the key %s of '%s' is revoked in %s:%lu"),
				 print.buf, name, a->file, a->line);
		break;
	case KH_CA_ONLY:
		text = xasprintf(
			_("'%s' is known by @cert-authority only (%s:%lu), and host certificates need --ssh-program"),
			name, a->file, a->line);
		break;
	case KH_ERROR:
		text = xasprintf(_("cannot judge the key of '%s'"), name);
		break;
	}
	free(name);
	strbuf_release(&print);
	strbuf_release(&old);
	return text;
}

static int check_size(const struct target *t, const struct kh_key *key,
		      struct err *err)
{
	size_t bits = kh_bits(key);
	char *name;

	if (strcmp(key->type, "ssh-rsa") != 0 ||
	    bits >= (size_t)t->opts->required_rsa_size)
		return 0;
	name = hostkey_name_and_port(t);
	err_set(err, ERR_HOSTKEY,
		_("host key verification failed: the RSA key of '%s' has %zu bits, and RequiredRSASize is %d"),
		name, bits, t->opts->required_rsa_size);
	free(name);
	return -1;
}

/* Addresses by their value: "127.0.0.1.example.org" is somebody's name. */
static bool is_localhost(const char *host)
{
	struct in_addr v4;
	struct in6_addr v6;

	if (inet_pton(AF_INET, host, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == IN_LOOPBACKNET;
	if (inet_pton(AF_INET6, host, &v6) == 1)
		return IN6_IS_ADDR_LOOPBACK(&v6);
	return !strcmp(host, "localhost");
}

/*
 * RevokedHostKeys.  0, or -1 with `err`: as with ssh whatever StrictHostKey-
 * Checking says, and also when the file cannot be read or makes no sense.
 */
static int check_revoked(struct hostkeys *hk, const struct target *t,
			 const struct kh_key *key, struct err *err)
{
	const char *path = t->opts->revoked_host_keys;
	const struct revoked_file *f;
	struct strbuf print = STRBUF_INIT(256);
	struct err why = { 0 };
	int rc;

	if (!path)
		return 0;
	f = load_revoked(hk, path);
	if (f->error)
		rc = err_set(&why, ERR_HOSTKEY, "%s", file_error(f->error));
	else
		rc = krl_check(f->text.buf, f->text.len, key, &why);
	kh_fingerprint(key, hash_of(t), &print);
	if (rc < 0)
		err_set(err, ERR_HOSTKEY,
			_("host key verification failed: cannot use '%s' of RevokedHostKeys: %s"),
			path, why.msg);
	else if (rc)
		err_set(err, ERR_HOSTKEY,
			_("host key verification failed: the key %s is revoked by '%s'"),
			print.buf, path);
	strbuf_release(&print);
	err_release(&why);
	return rc ? -1 : 0;
}

/* VisualHostKey, once the key is taken. */
static void show_key(const struct target *t, const struct kh_key *key)
{
	struct strbuf art = STRBUF_INIT(1024);
	char *line, *rest;

	kh_fingerprint(key, hash_of(t), &art);
	log_info(_("%s: host key fingerprint is %s"), t->name, art.buf);
	strbuf_reset(&art);
	kh_randomart(key, hash_of(t), &art);
	for (line = strtok_r(art.buf, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		log_info("%s: %s", t->name, line);
	strbuf_release(&art);
}

bool hostkey_exempt(const struct target *t)
{
	return t->opts->no_host_authentication_for_localhost == 1 &&
	       !t->opts->host_key_alias && is_localhost(t->host);
}

/* Which of two verdicts on a key counts, the most telling last. */
static const unsigned int weights[] = {
	[KH_UNKNOWN] = 0, [KH_CA_ONLY] = 1, [KH_OTHER] = 2, [KH_CHANGED] = 3,
	[KH_MATCH] = 4,	  [KH_REVOKED] = 5, [KH_ERROR] = 6,
};

static struct kh_answer weightier(struct kh_answer a, struct kh_answer b)
{
	return weights[b.verdict] > weights[a.verdict] ? b : a;
}

/*
 * What the files and the command say together.  As with ssh the bare name is
 * sought only where neither has a key for the one with its port, and then in
 * the files alone.
 */
static struct kh_answer judge(struct hostkeys *hk, const struct strvec *files,
			      const struct target *t, const struct kh_key *key,
			      struct knownhosts *told)
{
	struct strvec told_files = { 0 };
	struct kh_answer a = knownhosts_check(hk->kh, files, hostkey_name(t),
					      lookup_port(t), key);
	struct kh_answer b;
	char *name;

	if (!told)
		return a;
	name = hostkey_name_and_port(t);
	strvec_push(&told_files, KHCOMMAND_HOSTNAME_FILE);
	b = knownhosts_check(told, &told_files, name, 0, key);
	if (b.verdict != KH_UNKNOWN && b.verdict != KH_CA_ONLY)
		a = knownhosts_check(hk->kh, files, name, 0, key);
	strvec_release(&told_files);
	free(name);
	return weightier(a, b);
}

enum hostkey_decision hostkey_decide(struct hostkeys *hk,
				     const struct target *t,
				     const struct kh_key *key,
				     struct knownhosts *told, struct err *err)
{
	const struct ssh_opts *o = t->opts;
	enum hostkey_decision d = HOSTKEY_REFUSE;
	struct strvec files = { 0 };
	struct err unread = { 0 };
	struct kh_answer a;
	char *why = NULL;

	if (hostkey_exempt(t))
		return HOSTKEY_DISTRUST;
	if (check_size(t, key, err) || check_revoked(hk, t, key, err))
		return HOSTKEY_REFUSE;
	files_of(t, &files);
	if (load_files(hk, &files, &unread) && o->strict != STRICT_NO) {
		err_move(err, &unread);
		goto out;
	}
	a = judge(hk, &files, t, key, told);
	if (o->strict >= STRICT_NO && o->strict <= STRICT_ACCEPT_NEW)
		d = decisions[a.verdict][o->strict];
	/* As with ssh, what cannot be remembered is not taken either. */
	if (a.verdict == KH_UNKNOWN && !user_file(t))
		d = HOSTKEY_REFUSE;
	why = reason(t, &a, key);
	/* What was not read might speak against the key. */
	if (unread.code && (d == HOSTKEY_ACCEPT || d == HOSTKEY_ADD)) {
		d = HOSTKEY_DISTRUST;
		free(why);
		why = xstrdup(unread.msg);
	}
	if (d == HOSTKEY_DISTRUST)
		log_warn(
			_("%s: WARNING: %s; going on all the same (StrictHostKeyChecking no), without passwords, keyboard-interactive authentication and forwarding"),
			t->name, why);
	else if (d == HOSTKEY_REFUSE || d == HOSTKEY_ASK)
		err_set(err, ERR_HOSTKEY, _("host key verification failed: %s"),
			why);
	if (o->visual_host_key == 1 &&
	    (d == HOSTKEY_ACCEPT || d == HOSTKEY_ADD || d == HOSTKEY_DISTRUST))
		show_key(t, key);
out:
	free(why);
	err_release(&unread);
	strvec_release(&files);
	return d;
}

/* ---- new keys ---- */

/* ssh makes ~/.ssh when it is not there; no other folder. */
static void make_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder;
	size_t n;

	if (!slash)
		return;
	folder = xstrndup(path, (size_t)(slash - path));
	n = strlen(folder);
	if (n >= 5 && !strcmp(folder + n - 5, "/.ssh"))
		(void)mkdir(folder, 0700);
	free(folder);
}

/*
 * Lock without waiting: 1, 0 when another has it, -1 with errno.  What is no
 * file, such as /dev/null, is not ours to lock.
 */
static int lock(int fd)
{
	struct stat st;

	if (!fstat(fd, &st) && !S_ISREG(st.st_mode))
		return 1;
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return 1;
	return errno == EWOULDBLOCK ? 0 : -1;
}

/* One write for one line, which ends what stands before it. */
static int append(int fd, const char *line, size_t n)
{
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct stat st;
	char last = '\n';
	ssize_t done;

	if (fstat(fd, &st))
		return -1;
	if (st.st_size && pread(fd, &last, 1, st.st_size - 1) != 1)
		return -1;
	if (last != '\n')
		strbuf_addch(&text, '\n');
	strbuf_add(&text, line, n);
	done = write(fd, text.buf, text.len);
	if (done >= 0 && (size_t)done < text.len)
		errno = ENOSPC;
	n = text.len;
	strbuf_release(&text);
	return done >= 0 && (size_t)done == n ? 0 : -1;
}

/*
 * With the file open and locked: is it new still?  Then write it.  0, or -1
 * with errno.
 */
static int write_locked(struct hostkeys *hk, const struct new_key *nk, int fd)
{
	struct known_file *f = load_file(hk, nk->path);
	struct strbuf line = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct kh_answer a;
	char *shown;
	int error;

	/* Others may have written since. */
	error = read_more(hk, f, fd);
	if (error)
		goto out;
	a = knownhosts_check(hk->kh, &nk->files, nk->name, nk->port, &nk->key);
	if (a.verdict != KH_UNKNOWN)
		goto out;
	knownhosts_format(nk->name, nk->port, &nk->key, nk->hashed, &line);
	if (append(fd, line.buf, line.len)) {
		error = errno;
		goto out;
	}
	shown = with_port(nk->name, nk->port);
	log_info(_("permanently added '%s' (%s) to the list of known hosts"),
		 shown, nk->key.type);
	free(shown);
	error = read_more(hk, f, fd);
	/* Asked for at once, a hashed line is not tried for other hosts. */
	(void)knownhosts_check(hk->kh, &nk->files, nk->name, nk->port,
			       &nk->key);
out:
	strbuf_release(&line);
	errno = error;
	return error ? -1 : 0;
}

/* 1: it is on file; 0: another holds the lock; -1: err. */
static int write_key(struct hostkeys *hk, const struct new_key *nk,
		     struct err *err)
{
	int fd, rc;

	make_folder(nk->path);
	fd = open(nk->path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY,
		  0600);
	rc = fd < 0 ? -1 : lock(fd);
	if (rc > 0 && write_locked(hk, nk, fd))
		rc = -1;
	if (rc < 0)
		(void)err_set(err, ERR_LOCAL,
			      _("cannot add the host key of '%s' to '%s': %s"),
			      nk->name, nk->path, file_error(errno));
	if (fd >= 0)
		close(fd);
	return rc;
}

static struct new_key *new_key_for(const struct target *t,
				   const struct kh_key *key)
{
	struct new_key *nk = xcalloc(1, sizeof(*nk));

	list_init(&nk->node);
	nk->path = xstrdup(t->opts->user_known_hosts_files.v[0]);
	nk->name = xstrdup(hostkey_name(t));
	nk->port = lookup_port(t);
	nk->hashed = t->opts->hash_known_hosts == 1;
	files_of(t, &nk->files);
	nk->key = (struct kh_key){ .type = xstrdup(key->type),
				   .blob = xmemdup(key->blob, key->len),
				   .len = key->len };
	return nk;
}

static void new_key_free(struct new_key *nk)
{
	union {
		const void *in;
		void *out;
	} type = { .in = nk->key.type }, blob = { .in = nk->key.blob };

	list_remove(&nk->node);
	free(nk->path);
	free(nk->name);
	strvec_release(&nk->files);
	free(type.out);
	free(blob.out);
	free(nk);
}

/* Try again what found its file locked; the `last` time it is given up. */
static void write_waiting(struct hostkeys *hk, bool last)
{
	list_for_each_safe (node, after, &hk->waiting) {
		struct new_key *nk = container_of(node, struct new_key, node);
		struct err err = { 0 };
		int rc = write_key(hk, nk, &err);

		if (rc < 0)
			log_warn("%s", err.msg);
		else if (rc == 0 && last)
			log_warn(
				_("cannot add the host key of '%s' to '%s': it is locked"),
				nk->name, nk->path);
		if (rc != 0 || last)
			new_key_free(nk);
		err_release(&err);
	}
}

int hostkey_remember(struct hostkeys *hk, const struct target *t,
		     const struct kh_key *key, struct err *err)
{
	const struct strvec *files = &t->opts->user_known_hosts_files;
	const char *name = hostkey_name(t);
	struct new_key *nk;
	int rc;

	if (!files->n || !strcmp(files->v[0], "none"))
		return 0;
	if (!knownhosts_can_hold(name))
		return err_set(
			err, ERR_LOCAL,
			_("cannot add the host key of '%s' to '%s': the name has special characters"),
			name, files->v[0]);
	write_waiting(hk, false);
	nk = new_key_for(t, key);
	rc = write_key(hk, nk, err);
	if (rc)
		new_key_free(nk);
	else
		list_append(&hk->waiting, &nk->node);
	return rc < 0 ? -1 : 0;
}

static void nothing(struct timer *t)
{
	(void)t;
}

void hostkeys_finish(struct hostkeys *hk, struct loop *loop)
{
	struct timer pause = { 0 };

	for (unsigned int i = 0; i < LOCK_TRIES; i++) {
		write_waiting(hk, false);
		if (list_empty(&hk->waiting))
			return;
		timer_start(loop, &pause, LOCK_RETRY_MS, nothing);
		while (timer_armed(&pause) && loop_turn(loop, true, NULL) >= 0)
			;
		timer_stop(loop, &pause);
	}
}

void hostkeys_free(struct hostkeys *hk)
{
	if (!hk)
		return;
	write_waiting(hk, true);
	for (size_t i = 0; i < hk->nfiles; i++)
		free(hk->files[i].path);
	free(hk->files);
	for (size_t i = 0; i < hk->nrevoked; i++) {
		free(hk->revoked[i].path);
		strbuf_release(&hk->revoked[i].text);
	}
	free(hk->revoked);
	knownhosts_free(hk->kh);
	free(hk);
}
