/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes are what a host's tar(1) sends.  What is read of them does not
 * depend on how they were cut on their way, is not more than came, and is held
 * within a bound.  They are read twice, the second time with the sums of blocks
 * made right.
 */
#include "wire/tar_read.h"

#include <stdbool.h>
#include <stdio.h>

#include "fuzz/fuzz.h"
#include "wire/tar_fields.h"

#define SHORT	 ((size_t)2 * TAR_BLOCK)
#define STEP_MAX ((size_t)700)

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

/* Cut everywhere where it is short; else in pieces of a length that the bytes
   choose, so that a run does not take as long as the input is. */
static size_t step_of(const uint8_t *data, size_t size)
{
	return size <= SHORT ? 1 : 1 + (size + data[size - 1]) % STEP_MAX;
}

static void compare(const uint8_t *data, size_t size)
{
	struct sum whole = read_in(data, size, size ? size : 1);
	struct sum cut = read_in(data, size, step_of(data, size));

	assert(whole.bytes == cut.bytes);
	assert(whole.hash == cut.hash);
}

/* What a mutation has changed in a block is else refused for its sum alone. */
static bool mend_sums(char *p, size_t size)
{
	bool mended = false;

	for (; size >= TAR_BLOCK; p += TAR_BLOCK, size -= TAR_BLOCK) {
		unsigned int sum = 0;
		char digits[TAR_LEN_SUM + 1];

		if (memcmp(p + TAR_AT_MAGIC, "ustar", 5) != 0)
			continue;
		memset(p + TAR_AT_SUM, ' ', TAR_LEN_SUM);
		for (size_t i = 0; i < TAR_BLOCK; i++)
			sum += (unsigned char)p[i];
		(void)snprintf(digits, sizeof(digits), "%06o", sum);
		memcpy(p + TAR_AT_SUM, digits, TAR_LEN_SUM - 1);
		mended = true;
	}
	return mended;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy;

	compare(data, size);
	if (size < TAR_BLOCK)
		return 0;
	copy = malloc(size);
	assert(copy);
	memcpy(copy, data, size);
	if (mend_sums(copy, size) && memcmp(copy, data, size) != 0)
		compare((const uint8_t *)copy, size);
	free(copy);
	return 0;
}
