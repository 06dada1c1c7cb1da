/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines that were typed, and their file.
 */
#include "ui/history.h"

#include <assert.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/banned.h"

static void keep(struct history *h, char *line)
{
	strvec_push_take(&h->lines, line);
	if (h->lines.n - h->first > HISTORY_LINES)
		h->first++;
}

/* The end of the file; the line it may begin in the middle of is left out. */
static int read_end(int fd, struct strbuf *text)
{
	off_t size = lseek(fd, 0, SEEK_END);
	off_t from =
		size > (off_t)HISTORY_BYTES ? size - (off_t)HISTORY_BYTES : 0;
	char buf[16384];
	ssize_t n;

	if (size < 0 || lseek(fd, from, SEEK_SET) < 0)
		return -1;
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		if (strbuf_add(text, buf, (size_t)n))
			break;
	if (from) {
		const char *newline = memchr(text->buf, '\n', text->len);

		strbuf_consume(text, newline ? (size_t)(newline + 1 - text->buf)
					     : text->len);
	}
	return 0;
}

static void load(struct history *h)
{
	struct strbuf text = STRBUF_INIT(HISTORY_BYTES + 16384);
	int fd = open(h->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && !read_end(fd, &text))
		for (const char *p = text.buf; *p;) {
			size_t len = strcspn(p, "\n");

			if (len)
				keep(h, xstrndup(p, len));
			p += len + (p[len] == '\n');
		}
	close(fd);
	strbuf_release(&text);
}

static int write_lines(const struct history *h, int fd, size_t from)
{
	struct strbuf text = STRBUF_INIT(SIZE_MAX / 2);
	bool ok;

	for (size_t i = from; i < h->lines.n; i++)
		(void)strbuf_addf(&text, "%s\n", h->lines.v[i]);
	ok = write(fd, text.buf, text.len) == (ssize_t)text.len;
	strbuf_release(&text);
	return ok ? 0 : -1;
}

/* Begin the file anew with what is kept, all or nothing. */
static void cut(const struct history *h)
{
	char *path = xasprintf("%s.new", h->path);
	int fd =
		open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
		     0600);

	if (fd >= 0) {
		if (write_lines(h, fd, h->first) || rename(path, h->path))
			(void)unlink(path);
		close(fd);
	}
	free(path);
}

static void make_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder;

	if (!slash || slash == path)
		return;
	folder = xstrndup(path, (size_t)(slash - path));
	(void)mkdir(folder, 0700);
	free(folder);
}

void history_open(struct history *h, const char *path)
{
	*h = (struct history){ 0 };
	if (!path)
		return;
	h->path = xstrdup(path);
	load(h);
	if (h->first > HISTORY_LINES)
		cut(h);
}

void history_close(struct history *h)
{
	strvec_release(&h->lines);
	free(h->path);
	*h = (struct history){ 0 };
}

void history_add(struct history *h, const char *line)
{
	int fd;

	keep(h, xstrdup(line));
	if (!h->path)
		return;
	make_folder(h->path);
	fd = open(h->path,
		  O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW |
			  O_NONBLOCK,
		  0600);
	if (fd < 0)
		return;
	(void)write_lines(h, fd, h->lines.n - 1);
	close(fd);
}

size_t history_count(const struct history *h)
{
	return h->lines.n - h->first;
}

const char *history_line(const struct history *h, size_t i)
{
	assert(i < history_count(h));
	return h->lines.v[h->first + i];
}
