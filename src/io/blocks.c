/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last blocks read of files that are sent.
 *
 * Notes: a slow host that reads far behind the others reads again; the page
 * cache of the kernel helps it.  A file of one block is closed at once, so
 * that thousands of small ones need no descriptors.
 */
#include "io/blocks.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/hashmap.h"
#include "base/list.h"
#include "base/text.h"

#include "base/banned.h"

#define OPEN_FILES 16
#define STAT_BLOCK 512 /* bytes; of st_blocks (sys_stat.h(0P)) */

/* With the length: a file may be known by two, when it grew between. */
struct key {
	dev_t dev;
	ino_t ino;
	uint64_t index;
	uint64_t n;
};

struct block {
	struct hashmap_node node;
	struct list used; /* the last one used stands last */
	struct key key;
	size_t n; /* as in the key */
	char bytes[];
};

struct open_file {
	int fd; /* -1: free */
	dev_t dev;
	ino_t ino;
	uint64_t used;
};

struct blocks {
	struct hashmap map;
	struct list used;
	size_t bytes, max_bytes;
	struct open_file files[OPEN_FILES];
	uint64_t turn;
};

static uint64_t hash(const struct key *k)
{
	const uint64_t parts[] = { k->dev, k->ino, k->index, k->n };

	return hash_bytes(parts, sizeof(parts));
}

static bool same_key(const struct hashmap_node *node, const void *key)
{
	const struct block *b = container_of_const(node, struct block, node);
	const struct key *k = key;

	return b->key.dev == k->dev && b->key.ino == k->ino &&
	       b->key.index == k->index && b->key.n == k->n;
}

struct blocks *blocks_new(size_t max_bytes)
{
	struct blocks *b = xcalloc(1, sizeof(*b));

	assert(max_bytes >= BLOCKS_SIZE);
	b->max_bytes = max_bytes;
	hashmap_init(&b->map, same_key);
	list_init(&b->used);
	for (size_t i = 0; i < OPEN_FILES; i++)
		b->files[i].fd = -1;
	return b;
}

static void drop(struct blocks *b, struct block *blk)
{
	list_remove(&blk->used);
	hashmap_remove(&b->map, &blk->node);
	b->bytes -= blk->n;
	free(blk);
}

void blocks_free(struct blocks *b)
{
	if (!b)
		return;
	while (!list_empty(&b->used))
		drop(b, container_of(b->used.next, struct block, used));
	hashmap_release(&b->map);
	for (size_t i = 0; i < OPEN_FILES; i++)
		if (b->files[i].fd >= 0)
			close(b->files[i].fd);
	free(b);
}

static int fail(const struct blocks_file *f, const char *why, struct err *err)
{
	char *path = text_vis_dup(f->path, strlen(f->path), SIZE_MAX);

	err_set(err, ERR_LOCAL, _("cannot read '%s': %s"), path, why);
	free(path);
	return -1;
}

/* O_NONBLOCK: it may be a FIFO by now. */
static int open_file(const struct blocks_file *f, struct err *err)
{
	int fd = open(f->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st)) {
		fail(f, strerror(errno), err);
	} else if (st.st_dev != f->dev || st.st_ino != f->ino ||
		   !S_ISREG(st.st_mode)) {
		fail(f, _("it was replaced meanwhile"), err);
	} else {
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

/* One that is open, else the place used least, open now. */
static struct open_file *find_file(struct blocks *b,
				   const struct blocks_file *f, struct err *err)
{
	struct open_file *oldest = &b->files[0];

	for (size_t i = 0; i < OPEN_FILES; i++) {
		struct open_file *o = &b->files[i];

		if (o->fd >= 0 && o->dev == f->dev && o->ino == f->ino) {
			o->used = ++b->turn;
			return o;
		}
		if (o->used < oldest->used)
			oldest = o;
	}
	if (oldest->fd >= 0)
		close(oldest->fd);
	oldest->fd = open_file(f, err);
	if (oldest->fd < 0) {
		oldest->used = 0;
		return NULL;
	}
	oldest->dev = f->dev;
	oldest->ino = f->ino;
	oldest->used = ++b->turn;
	return oldest;
}

static void shut(struct open_file *o)
{
	close(o->fd);
	o->fd = -1;
	o->used = 0;
}

static int fill(int fd, const struct blocks_file *f, struct block *blk,
		struct err *err)
{
	uint64_t at = blk->key.index * BLOCKS_SIZE;
	size_t have = 0;

	while (have < blk->n) {
		ssize_t n = pread(fd, blk->bytes + have, blk->n - have,
				  (off_t)(at + have));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(f, strerror(errno), err);
		if (n == 0)
			return fail(f, _("it became shorter meanwhile"), err);
		have += (size_t)n;
	}
	return 0;
}

static struct block *read_block(struct blocks *b, const struct blocks_file *f,
				const struct key *key, struct err *err)
{
	size_t n = (size_t)key->n;
	struct open_file *o = find_file(b, f, err);
	struct block *blk;
	int rc;

	if (!o)
		return NULL;
	blk = xmalloc(sizeof(*blk) + n);
	blk->key = *key;
	blk->n = n;
	rc = fill(o->fd, f, blk, err);
	if (rc || f->size <= BLOCKS_SIZE)
		shut(o);
	if (rc) {
		free(blk);
		return NULL;
	}
	while (b->bytes + n > b->max_bytes)
		drop(b, container_of(b->used.next, struct block, used));
	b->bytes += n;
	hashmap_put(&b->map, &blk->node, hash(key));
	list_append(&b->used, &blk->used);
	return blk;
}

static struct key key_of(const struct blocks_file *f, uint64_t offset)
{
	uint64_t index = offset / BLOCKS_SIZE;
	uint64_t left = f->size - index * BLOCKS_SIZE;

	return (struct key){ f->dev, f->ino, index,
			     left < BLOCKS_SIZE ? left : BLOCKS_SIZE };
}

const void *blocks_read(struct blocks *b, const struct blocks_file *f,
			uint64_t offset, size_t *n, struct err *err)
{
	const struct key key = key_of(f, offset);
	struct hashmap_node *node = hashmap_get(&b->map, hash(&key), &key);
	size_t at = (size_t)(offset % BLOCKS_SIZE);
	struct block *blk;

	assert(offset < f->size);
	if (node) {
		blk = container_of(node, struct block, node);
		list_remove(&blk->used);
		list_append(&b->used, &blk->used);
	} else {
		blk = read_block(b, f, &key, err);
		if (!blk)
			return NULL;
	}
	*n = blk->n - at;
	return blk->bytes + at;
}

bool blocks_sparse(const struct stat *st)
{
	return (uint64_t)st->st_blocks * STAT_BLOCK < (uint64_t)st->st_size;
}

void blocks_extent(struct blocks *b, const struct blocks_file *f,
		   uint64_t *start, uint64_t *end)
{
	struct err err = { 0 };
	struct open_file *o = find_file(b, f, &err);
	struct stat st;
	off_t data, hole;

	*end = f->size;
	err_release(&err); /* blocks_read() tells it */
	/* What is behind the end of one that became shorter is no hole. */
	if (!o || fstat(o->fd, &st) || (uint64_t)st.st_size < f->size)
		return;
	data = lseek(o->fd, (off_t)*start, SEEK_DATA);
	if (data < 0 && errno == ENXIO)
		data = (off_t)f->size;
	else if (data < 0)
		return;
	hole = lseek(o->fd, data, SEEK_HOLE);
	if (hole > data && (uint64_t)hole < f->size)
		*end = (uint64_t)hole;
	if ((uint64_t)data < f->size)
		*start = (uint64_t)data;
	else
		*start = f->size;
}
