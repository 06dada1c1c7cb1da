/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes are what a host's tar(1) sends.  What is read of them does not
 * depend on how they were cut on their way, is not more than came, and is held
 * within a bound.
 */
#include "wire/tar_read.h"

#include "fuzz/fuzz.h"

/* All that is told, as one number. */
struct sum {
	uint64_t hash, bytes;
};

static void add(struct sum *s, const void *p, size_t n)
{
	const unsigned char *at = p;

	for (size_t i = 0; i < n; i++)
		s->hash = (s->hash ^ at[i]) * 1099511628211u;
}

static void add_entry(struct sum *s, const struct tar_entry *e)
{
	assert(strlen(e->name) <= TAR_META_MAX);
	assert(strlen(e->link) <= TAR_META_MAX);
	assert(e->mode <= 07777);
	assert(e->size <= INT64_MAX);
	add(s, e->name, strlen(e->name) + 1);
	add(s, e->link, strlen(e->link) + 1);
	add(s, &e->type, sizeof(e->type));
	add(s, &e->mtime, sizeof(e->mtime));
	add(s, &e->size, sizeof(e->size));
}

static struct sum read_in(const uint8_t *data, size_t size, size_t step)
{
	struct tar_reader r;
	struct err err = { 0 };
	struct sum s = { 0 };
	enum tar_got got = TAR_GOT_NOTHING;

	tar_reader_init(&r);
	for (size_t at = 0; at < size && got == TAR_GOT_NOTHING; at += step) {
		size_t n = size - at < step ? size - at : step;
		const char *p = (const char *)data + at;

		do {
			got = tar_reader_next(&r, &p, &n, &err);
			if (got != TAR_GOT_NOTHING && got != TAR_GOT_BYTES)
				add(&s, &got, sizeof(got));
			if (got == TAR_GOT_ENTRY)
				add_entry(&s, &r.entry);
			if (got == TAR_GOT_BYTES) {
				assert(r.nbytes);
				add(&s, r.bytes, r.nbytes);
				s.bytes += r.nbytes;
			}
		} while (got == TAR_GOT_ENTRY || got == TAR_GOT_BYTES ||
			 got == TAR_GOT_WHOLE);
		assert(got != TAR_GOT_NOTHING || !n);
	}
	assert(s.bytes <= size);
	assert((got == TAR_GOT_ERROR) == (err.code == ERR_PROTOCOL));
	err_release(&err);
	tar_reader_release(&r);
	return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sum whole = read_in(data, size, size ? size : 1);
	struct sum cut = read_in(data, size, 1);

	assert(whole.bytes == cut.bytes);
	assert(whole.hash == cut.hash);
	return 0;
}
