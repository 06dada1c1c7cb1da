/* SPDX-License-Identifier: Apache-2.0 */
/*
 * New host keys.
 *
 * Notes: a lock on a known_hosts file is not waited for: the new key is written
 * along with the next one, or at the end.  What was taken is looked up by
 * walking an array, for keys that are on file alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"
#include "conf/fingerprint.h"
#include "io/loop.h"
#include "io/timer.h"
#include "ssh/hostkey_internal.h"

#include "base/banned.h"

#define LOCK_RETRY_MS 20
#define LOCK_TRIES    250

/* A key to be written, with all it takes. */
struct new_key {
	struct list node;
	char *path;
	char *name;
	char *address; /* NULL: not to be remembered */
	uint16_t port, address_port;
	bool name_known;
	bool hashed;
	struct strvec files; /* where it might be by now */
	struct kh_key key;   /* type and blob are owned */
};

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

/* Whether no line of the files has a key for this name as it stands there. */
static bool is_free(struct hostkeys *hk, const struct new_key *nk,
		    const char *name)
{
	enum kh_verdict v =
		knownhosts_check(hk->kh, &nk->files, name, 0, &nk->key).verdict;

	return v == KH_UNKNOWN || v == KH_CA_ONLY;
}

/* "name,address" in one line; hashed names have a line each. */
static void format_lines(const struct new_key *nk, bool name, bool address,
			 struct strbuf *out)
{
	struct strbuf line = STRBUF_INIT(STRBUF_MAX_TEXT);
	size_t n;

	if (address)
		knownhosts_format(nk->address, nk->address_port, &nk->key,
				  nk->hashed, &line);
	if (name)
		knownhosts_format(nk->name, nk->port, &nk->key, nk->hashed,
				  out);
	if (name && address && !nk->hashed) {
		n = strcspn(out->buf, " ");
		strbuf_truncate(out, n);
		(void)strbuf_addch(out, ',');
	}
	if (address)
		(void)strbuf_add(out, line.buf, line.len);
	strbuf_release(&line);
}

/* As ssh words it: there are scripts that leave such lines out. */
static void tell(const struct new_key *nk, const char *name,
		 const char *address)
{
	const char *type = kh_type_name(&nk->key);

	if (name && address)
		log_info(
			_("Warning: Permanently added '%s,%s' (%s) to the list of known hosts."),
			name, address, type);
	else if (name)
		log_info(
			_("Warning: Permanently added '%s' (%s) to the list of known hosts."),
			name, type);
	else
		log_info(
			_("Warning: Permanently added the %s host key for IP address '%s' to the list of known hosts."),
			type, address);
}

/*
 * With the file open and locked: is it new still?  Then write it.  0, or -1
 * with errno.
 */
static int write_locked(struct hostkeys *hk, const struct new_key *nk, int fd)
{
	struct known_file *f = hostkeys_file(hk, nk->path);
	struct strbuf lines = STRBUF_INIT(STRBUF_MAX_TEXT);
	char *name = hostkey_with_port(nk->name, nk->port);
	char *address =
		nk->address ? hostkey_with_port(nk->address, nk->address_port)
			    : NULL;
	bool new_name, new_address;
	int error;

	/* Others may have written since. */
	error = hostkeys_read_more(hk, f, fd);
	if (error)
		goto out;
	new_name = !nk->name_known && is_free(hk, nk, name);
	new_address = address && is_free(hk, nk, address);
	if (!new_name && !new_address)
		goto out;
	format_lines(nk, new_name, new_address, &lines);
	if (append(fd, lines.buf, lines.len)) {
		error = errno;
		goto out;
	}
	tell(nk, new_name ? name : NULL, new_address ? address : NULL);
	error = hostkeys_read_more(hk, f, fd);
	/* Asked for at once, a hashed line is not tried for other hosts. */
	if (new_name)
		(void)is_free(hk, nk, name);
	if (new_address)
		(void)is_free(hk, nk, address);
out:
	free(name);
	free(address);
	strbuf_release(&lines);
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
			      nk->name, nk->path, hostkeys_file_error(errno));
	if (fd >= 0)
		close(fd);
	return rc;
}

static struct new_key *new_key_for(const struct target *t,
				   const struct hostkey_seen *seen, bool name,
				   bool address)
{
	const struct kh_key *key = seen->key;

	struct new_key *nk = xcalloc(1, sizeof(*nk));

	list_init(&nk->node);
	nk->path = xstrdup(t->opts->user_known_hosts_files.v[0]);
	nk->name = xstrdup(hostkey_name(t));
	nk->port = hostkey_port(t);
	nk->name_known = !name;
	nk->address = address ? xstrdup(seen->address) : NULL;
	nk->address_port = t->port;
	nk->hashed = t->opts->hash_known_hosts == 1;
	hostkeys_files_of(t, &nk->files);
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
	free(nk->address);
	strvec_release(&nk->files);
	free(type.out);
	free(blob.out);
	free(nk);
}

/* Try again what found its file locked; the `last` time it is given up. */
void hostkeys_write_waiting(struct hostkeys *hk, bool last)
{
	/* What is freed was taken out of the list, which clang 14 loses. */
	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
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

/* "NAME SHA256:...", whatever the port: a bare name stands for all of them. */
static char *name_and_key(const struct target *t, const struct kh_key *key)
{
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);

	(void)strbuf_addf(&text, "%s ", hostkey_name(t));
	kh_fingerprint(key, FINGERPRINT_SHA256, &text);
	return strbuf_detach(&text, NULL);
}

bool hostkey_is_new(const struct hostkeys *hk, const struct target *t,
		    const struct kh_key *key)
{
	char *what = hk->taken.n ? name_and_key(t, key) : NULL;
	bool found = false;

	for (size_t i = 0; i < hk->taken.n && !found; i++)
		found = !strcmp(hk->taken.v[i], what);
	free(what);
	return found;
}

static void note_taken(struct hostkeys *hk, const struct target *t,
		       const struct kh_key *key)
{
	char *what = name_and_key(t, key);

	if (!hostkey_is_new(hk, t, key))
		strvec_push(&hk->taken, what);
	free(what);
}

int hostkey_remember(struct hostkeys *hk, const struct target *t,
		     const struct hostkey_seen *seen, struct err *err)
{
	const struct strvec *files = &t->opts->user_known_hosts_files;
	const char *name = hostkey_name(t);
	bool new_name, new_address;
	struct new_key *nk;
	int rc;

	if (!files->n || !strcmp(files->v[0], "none"))
		return 0;
	if (!knownhosts_can_hold(name))
		return err_set(
			err, ERR_LOCAL,
			_("cannot add the host key of '%s' to '%s': the name has special characters"),
			name, files->v[0]);
	hostkeys_write_waiting(hk, false);
	new_name = hostkey_new_names(hk, t, seen, &new_address);
	if (!new_name && !new_address)
		return 0;
	if (new_name)
		note_taken(hk, t, seen->key);
	nk = new_key_for(t, seen, new_name, new_address);
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
		hostkeys_write_waiting(hk, false);
		if (list_empty(&hk->waiting))
			return;
		timer_start(loop, &pause, LOCK_RETRY_MS, nothing);
		while (timer_armed(&pause) && loop_turn(loop, true, NULL) >= 0)
			;
		timer_stop(loop, &pause);
	}
}
