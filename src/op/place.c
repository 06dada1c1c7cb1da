/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folders that files come into.
 */
#include "op/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "conf/digest.h"

#include "base/banned.h"

#define MODE_FILE   0777u
#define MODE_FOLDER 01777u
#define MODE_OWNER  0700u /* so that something can be put into it */
#define TRIES	    8	  /* for a temporary name */
#define HOLE_MIN    4096

struct place {
	struct place *in; /* counted; NULL: the user's */
	char *path;
	int fd;
	unsigned int refs;
	bool keep;   /* mode and times of `attrs`, at the end */
	bool narrow; /* it was made wider than it is to be */
	bool timed;  /* times of `attrs`, at the end */
	struct place_attrs attrs;
	struct place *top; /* the user's: it has these */
	uint64_t temp_key, temp_count;
	place_fail_fn *on_fail; /* or NULL */
	void *arg;
};

/* The path of what is called so in it, or its own; a new string. */
static char *path_below(const struct place *p, const char *name)
{
	size_t n = strlen(p->path);
	bool joined = !*name || (n && p->path[n - 1] == '/');

	return xasprintf("%s%s%s", p->path, joined ? "" : "/", name);
}

/* The same for a message. */
static char *shown_path(const struct place *p, const char *name)
{
	char *path = path_below(p, name);
	char *shown = text_vis_dup(path, strlen(path), SIZE_MAX);

	free(path);
	return shown;
}

static int cannot_write(const struct place *p, const char *name,
			const char *why, struct err *err)
{
	char *shown = shown_path(p, name);

	err_set(err, ERR_COPY, _("cannot write '%s': %s"), shown, why);
	free(shown);
	return -1;
}

int place_cannot_write(const struct place *p, const char *name, int saved,
		       struct err *err)
{
	return cannot_write(p, name, strerror(saved), err);
}

static int cannot_open(const struct place *p, const char *name, int saved,
		       struct err *err)
{
	char *shown = shown_path(p, name);

	err_set(err, ERR_COPY, _("cannot open the folder '%s': %s"), shown,
		strerror(saved));
	free(shown);
	return -1;
}

static void cannot_keep(const struct place *p, const char *why, struct err *err)
{
	char *shown = shown_path(p, "");

	err_set(err, ERR_COPY, _("cannot set mode and times of '%s': %s"),
		shown, why);
	free(shown);
}

static struct place *place_new(struct place *in, char *path, int fd)
{
	struct place *p = xcalloc(1, sizeof(*p));

	p->in = in ? place_get(in) : NULL;
	p->path = path;
	p->fd = fd;
	p->refs = 1;
	p->top = in ? in->top : p;
	return p;
}

struct place *place_open(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct place *p;

	if (fd < 0) {
		err_set_errno(err, ERR_LOCAL, _("cannot open the folder '%s'"),
			      path);
		return NULL;
	}
	p = place_new(NULL, xstrdup(path), fd);
	/* So that nobody can know a name before it is there. */
	while (getrandom(&p->temp_key, sizeof(p->temp_key), 0) !=
	       sizeof(p->temp_key))
		;
	return p;
}

struct place *place_enter(struct place *in, const char *name,
			  const struct place_attrs *attrs, bool keep,
			  struct err *err)
{
	mode_t mode = attrs->mode & MODE_FILE;
	bool made =
		!mkdirat(in->fd, name, keep ? MODE_OWNER : mode | MODE_OWNER);
	struct place *p;
	int fd = -1;

	if (made || errno == EEXIST)
		fd = openat(in->fd, name,
			    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		const char *why = strerror(errno);
		struct stat st;

		if (errno == ENOTDIR || errno == ELOOP)
			why = _("it is here, and no folder");
		if (!fstatat(in->fd, name, &st, AT_SYMLINK_NOFOLLOW) &&
		    S_ISLNK(st.st_mode))
			why = _("it is a link here, which is not followed");
		cannot_write(in, name, why, err);
		return NULL;
	}
	p = place_new(in, path_below(in, name), fd);
	p->attrs = *attrs;
	p->keep = keep;
	p->narrow = made && (mode & MODE_OWNER) != MODE_OWNER;
	return p;
}

struct place *place_below(struct place *in, const char *name, bool keep_times,
			  struct err *err)
{
	int fd = openat(in->fd, name,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct place *p;
	struct stat st;

	if (fd < 0) {
		cannot_open(in, name, errno, err);
		return NULL;
	}
	p = place_new(in, path_below(in, name), fd);
	p->timed = keep_times && !fstat(fd, &st);
	if (p->timed)
		p->attrs = (struct place_attrs){ .timed = true,
						 .atime = st.st_atime,
						 .mtime = st.st_mtime };
	return p;
}

struct place *place_reenter(struct place *in, const char *name, bool keep_times,
			    struct err *err)
{
	struct place *p = place_below(in, name, keep_times, err);
	struct stat st;

	if (!p || fstat(p->fd, &st) || (st.st_mode & MODE_OWNER) == MODE_OWNER)
		return p;
	p->attrs.mode = st.st_mode;
	p->narrow = !fchmod(p->fd, (st.st_mode & MODE_FOLDER) | MODE_OWNER);
	return p;
}

struct place *place_descend(struct place *in, const char *path, bool make,
			    struct err *err)
{
	const struct place_attrs plain = { .mode = 0777 };

	while (in && *path) {
		size_t n = strcspn(path, "/");
		char *name = xstrndup(path, n);
		struct place *p =
			make ? place_enter(in, name, &plain, false, err)
			     : place_below(in, name, false, err);

		place_put(in);
		in = p;
		free(name);
		path += n + (path[n] == '/');
	}
	return in;
}

DIR *place_list(struct place *p, struct err *err)
{
	int fd = openat(p->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir) {
		cannot_open(p, "", errno, err);
		if (fd >= 0)
			close(fd);
	}
	return dir;
}

bool place_has_folder(const struct place *p, const char *name)
{
	struct stat st;

	return !fstatat(p->fd, name, &st, AT_SYMLINK_NOFOLLOW) &&
	       S_ISDIR(st.st_mode);
}

int place_remove(struct place *p, const char *name, bool folder,
		 struct err *err)
{
	const char *why;
	char *shown;

	if (!unlinkat(p->fd, name, folder ? AT_REMOVEDIR : 0) ||
	    errno == ENOENT)
		return 0;
	why = strerror(errno);
	shown = shown_path(p, name);
	err_set(err, ERR_COPY, _("cannot remove '%s': %s"), shown, why);
	free(shown);
	return -1;
}

struct place *place_get(struct place *p)
{
	p->refs++;
	return p;
}

void place_keep(struct place *p, const struct place_attrs *attrs)
{
	p->attrs = *attrs;
	p->keep = true;
}

void place_on_fail(struct place *p, place_fail_fn *fn, void *arg)
{
	p->top->on_fail = fn;
	p->top->arg = arg;
}

static int set_times(int fd, const struct place_attrs *a)
{
	const struct timespec times[] = { { .tv_sec = (time_t)a->atime },
					  { .tv_sec = (time_t)a->mtime } };

	return a->timed ? futimens(fd, times) : 0;
}

/* Both are tried. */
static int set_kept(int fd, const struct place_attrs *a, mode_t bits)
{
	int saved = set_times(fd, a) ? errno : 0;

	if (fchmod(fd, a->mode & bits))
		saved = errno;
	errno = saved;
	return saved ? -1 : 0;
}

/* What was made writable to be filled is as it should be now. */
static int settle(struct place *p)
{
	struct stat st;

	if (p->keep)
		return set_kept(p->fd, &p->attrs, MODE_FOLDER);
	if (p->timed && set_times(p->fd, &p->attrs))
		return -1;
	if (p->narrow && !fstat(p->fd, &st))
		return fchmod(p->fd, st.st_mode & p->attrs.mode & MODE_FOLDER);
	return 0;
}

static void settle_or_tell(struct place *p)
{
	struct err err = { 0 };

	if (!settle(p) || !p->top->on_fail)
		return;
	cannot_keep(p, strerror(errno), &err);
	p->top->on_fail(p->top->arg, &err);
	err_release(&err);
}

void place_put(struct place *p)
{
	while (p && --p->refs == 0) {
		struct place *in = p->in;

		settle_or_tell(p);
		close(p->fd);
		free(p->path);
		free(p);
		p = in;
	}
}

const char *place_path(const struct place *p)
{
	return p->path;
}

bool place_takes(const void *name, size_t n)
{
	const char *s = name;

	if (!n || n > PLACE_NAME_MAX || memchr(s, '/', n) || memchr(s, '\0', n))
		return false;
	return !(s[0] == '.' && (n == 1 || (n == 2 && s[1] == '.')));
}

/* A link of the system's own, as /dev/stdout, that others need where it is. */
static bool leads_to_open(const struct place *p, const char *name)
{
	static const char proc[] = "/proc/";
	char text[sizeof(proc)];

	return readlinkat(p->fd, name, text, sizeof(text)) >=
		       (ssize_t)strlen(proc) &&
	       !memcmp(text, proc, strlen(proc));
}

/* What is there and would be replaced; false when that may not be. */
static bool look(struct place *p, const char *name, struct stat *st,
		 bool *is_there, struct err *err)
{
	const char *why = _("it is no regular file here");

	*is_there = !fstatat(p->fd, name, st, AT_SYMLINK_NOFOLLOW);
	if (!*is_there || S_ISREG(st->st_mode))
		return true;
	if (S_ISLNK(st->st_mode) && !leads_to_open(p, name))
		return true;
	if (S_ISLNK(st->st_mode))
		why = _("it leads to what a process has open");
	else if (S_ISDIR(st->st_mode))
		why = _("it is a folder here");
	cannot_write(p, name, why, err);
	return false;
}

static void temp_name(const struct place *p, char temp[PLACE_TEMP_SIZE])
{
	(void)snprintf(temp, PLACE_TEMP_SIZE, ".rsh-%016llx-%llx.part",
		       (unsigned long long)p->top->temp_key,
		       (unsigned long long)p->top->temp_count++);
}

void place_known_temp(const char *name, char temp[PLACE_TEMP_SIZE])
{
	unsigned char sum[DIGEST_SHA256];
	uint64_t key = 0;

	digest_sha256(name, strlen(name), sum);
	for (size_t i = 0; i < sizeof(key); i++)
		key = key << 8 | sum[i];
	(void)snprintf(temp, PLACE_TEMP_SIZE, ".rsh-%016llx.part",
		       (unsigned long long)key);
}

/* Whether a temporary name is of those that are found again. */
static bool is_known(const char *temp)
{
	return strlen(temp) == strlen(".rsh-0123456789abcdef.part");
}

/* Two that write to one file would make a mixture of it.  Where a file system
   has no locks there is nobody to be seen. */
static bool is_taken(int fd)
{
	return flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK;
}

/* Whether it has that name still: who was before us may have given it
   another. */
static bool is_called(const struct place *p, const char *temp,
		      const struct stat *st)
{
	struct stat now;

	return !fstatat(p->fd, temp, &now, AT_SYMLINK_NOFOLLOW) &&
	       now.st_dev == st->st_dev && now.st_ino == st->st_ino;
}

int place_again(struct place *p, const char *name, uint64_t *size)
{
	char temp[PLACE_TEMP_SIZE];
	struct stat st;
	int fd;

	place_known_temp(name, temp);
	fd = openat(p->fd, temp,
		    O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) ||
	    st.st_uid != geteuid() || st.st_nlink != 1) {
		place_discard(p, temp, fd);
		return -1;
	}
	if (is_taken(fd) || !is_called(p, temp, &st) || fstat(fd, &st)) {
		close(fd);
		return -1;
	}
	*size = (uint64_t)st.st_size;
	return fd;
}

/* A new file that has the name, or -1 with errno: EEXIST when somebody else
   has it, or goes on with it already. */
static int make(struct place *p, const char *temp, mode_t mode)
{
	int fd = openat(p->fd, temp,
			O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			mode);

	if (fd >= 0 && is_known(temp) && is_taken(fd)) {
		close(fd);
		errno = EEXIST;
		return -1;
	}
	return fd;
}

int place_create(struct place *p, const char *name,
		 const struct place_attrs *attrs, bool keep,
		 char temp[PLACE_TEMP_SIZE], struct err *err)
{
	bool is_there;
	struct stat st;
	bool like;
	int fd = -1;

	if (!look(p, name, &st, &is_there, err))
		return -1;
	like = is_there && S_ISREG(st.st_mode) && !keep;
	for (int i = 0; i < TRIES && fd < 0; i++) {
		if (!*temp || i)
			temp_name(p, temp);
		fd = make(p, temp,
			  like || keep ? 0600 : attrs->mode & MODE_FILE);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	if (fd < 0)
		return cannot_write(p, name, strerror(errno), err);
	if (like)
		(void)fchmod(fd, st.st_mode & MODE_FILE);
	return fd;
}

/* Nothing but zeros, and enough of them for a block of a file system. */
static bool is_hole(const char *p, size_t n)
{
	return n >= HOLE_MIN && !*p && !memcmp(p, p + 1, n - 1);
}

int place_write(int fd, uint64_t offset, const void *bytes, size_t n,
		bool *hole)
{
	const char *p = bytes;

	if (is_hole(p, n)) {
		*hole = true;
		n = 0;
	}
	while (n) {
		ssize_t w = pwrite(fd, p, n, (off_t)offset);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return -1;
		p += w;
		n -= (size_t)w;
		offset += (uint64_t)w;
	}
	return 0;
}

int place_finish(struct place *p, const char *temp, int fd, const char *name,
		 const struct place_attrs *attrs, bool keep, struct err *err)
{
	int saved = 0;
	/* Nobody goes on with it before it has another name. */
	int lock = is_known(temp) ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;

	if (keep && set_kept(fd, attrs, MODE_FILE))
		saved = errno;
	if (close(fd) && !saved)
		saved = errno;
	if (!saved && renameat(p->fd, temp, p->fd, name))
		saved = errno;
	if (saved)
		place_discard(p, temp, -1);
	if (lock >= 0)
		close(lock);
	if (!saved)
		return 0;
	return cannot_write(p, name, strerror(saved), err);
}

void place_discard(struct place *p, const char *temp, int fd)
{
	if (fd >= 0)
		close(fd);
	(void)unlinkat(p->fd, temp, 0);
}

bool place_is_as_new(struct place *p, const char *name, int64_t mtime)
{
	struct stat st;

	return !fstatat(p->fd, name, &st, AT_SYMLINK_NOFOLLOW) &&
	       S_ISREG(st.st_mode) && st.st_mtime >= mtime;
}

int place_link(struct place *p, const char *name, const char *text,
	       struct err *err)
{
	char temp[PLACE_TEMP_SIZE];
	bool is_there;
	struct stat st;

	if (!look(p, name, &st, &is_there, err))
		return -1;
	temp_name(p, temp);
	if (symlinkat(text, p->fd, temp))
		return cannot_write(p, name, strerror(errno), err);
	if (!renameat(p->fd, temp, p->fd, name))
		return 0;
	cannot_write(p, name, strerror(errno), err);
	place_discard(p, temp, -1);
	return -1;
}
