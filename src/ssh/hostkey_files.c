/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files that speak of host keys.
 *
 * Notes: known_hosts files are read on the loop's thread, each once a run, at
 * the first connection that needs them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "ssh/hostkey_internal.h"

#include "base/banned.h"

#define FILE_MAX ((size_t)256 << 20) /* bytes of one known_hosts file */

/* A pipe is not sought in; that says nothing to who named one as a file. */
const char *hostkeys_file_error(int error)
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
int hostkeys_read_more(struct hostkeys *hk, struct known_file *f, int fd)
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
struct known_file *hostkeys_file(struct hostkeys *hk, const char *path)
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
	f->error = hostkeys_read_more(hk, f, fd);
	close(fd);
	return f;
}

const struct revoked_file *hostkeys_revoked(struct hostkeys *hk,
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
void hostkeys_files_of(const struct target *t, struct strvec *files)
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
int hostkeys_load(struct hostkeys *hk, const struct strvec *files,
		  struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < files->n; i++) {
		const struct known_file *f = hostkeys_file(hk, files->v[i]);

		if (f->error && !rc)
			rc = err_set(err, ERR_HOSTKEY,
				     _("cannot read '%s': %s"), f->path,
				     hostkeys_file_error(f->error));
	}
	return rc;
}

struct hostkeys *hostkeys_new(void)
{
	struct hostkeys *hk = xcalloc(1, sizeof(*hk));

	list_init(&hk->waiting);
	hk->kh = knownhosts_new();
	return hk;
}

void hostkeys_free(struct hostkeys *hk)
{
	if (!hk)
		return;
	hostkeys_write_waiting(hk, true);
	for (size_t i = 0; i < hk->nfiles; i++)
		free(hk->files[i].path);
	free(hk->files);
	for (size_t i = 0; i < hk->nrevoked; i++) {
		free(hk->revoked[i].path);
		strbuf_release(&hk->revoked[i].text);
	}
	free(hk->revoked);
	knownhosts_free(hk->kh);
	strvec_release(&hk->taken);
	free(hk);
}
