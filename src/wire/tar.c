/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Archives of tar(1), to be written.
 *
 * Source of the format: "Basic Tar Format" and "GNU Extensions" of GNU tar's
 * manual; POSIX.1-1988, 10.1.1 for the first 257 bytes.
 */
#include "wire/tar.h"

#include <stdio.h>
#include <string.h>

#include "wire/tar_fields.h"

#include "base/banned.h"

#define MTIME_MAX      (((int64_t)1 << 33) - 1) /* eleven digits */
#define SIZE_MAX_OCTAL (((uint64_t)1 << 33) - 1)
#define ENDS	       ((size_t)2) /* blocks of zeros */
#define LONG_NAME      '@'	   /* any name will do */

/* Digits up to a NUL at the end of the field. */
static void put_octal(char *field, size_t len, uint64_t value)
{
	field[len - 1] = '\0';
	for (size_t i = len - 1; i-- > 0; value >>= 3)
		field[i] = (char)('0' + (char)(value & 7));
}

/* One too large for its digits is binary, which the first bit says. */
static void put_size(char *field, uint64_t value)
{
	if (value <= SIZE_MAX_OCTAL) {
		put_octal(field, TAR_LEN_NUMBER, value);
		return;
	}
	for (size_t i = TAR_LEN_NUMBER; i-- > 0; value >>= 8)
		field[i] = (char)(unsigned char)(value & 0xff);
	field[0] = (char)0x80;
}

static void put_text(char *field, const char *text)
{
	size_t n = strlen(text);

	memcpy(field, text, n < TAR_LEN_NAME ? n : TAR_LEN_NAME);
}

static int put_block(struct strbuf *out, char type, const char *name,
		     const char *link, const struct tar_entry *e, uint64_t size)
{
	static const char magic[8] = { 'u', 's', 't', 'a', 'r', ' ', ' ' };
	char *h = strbuf_extend(out, TAR_BLOCK);
	int64_t mtime = e->mtime < 0	       ? 0
			: e->mtime > MTIME_MAX ? MTIME_MAX
					       : e->mtime;
	uint32_t sum = 0;

	if (!h)
		return -1;
	memset(h, 0, TAR_BLOCK);
	put_text(h + TAR_AT_NAME, name);
	put_octal(h + TAR_AT_MODE, TAR_LEN_ID, e->mode & 07777);
	put_octal(h + TAR_AT_UID, TAR_LEN_ID, 0);
	put_octal(h + TAR_AT_GID, TAR_LEN_ID, 0);
	put_size(h + TAR_AT_SIZE, size);
	put_octal(h + TAR_AT_MTIME, TAR_LEN_NUMBER, (uint64_t)mtime);
	h[TAR_AT_TYPE] = type;
	put_text(h + TAR_AT_LINK, link);
	memcpy(h + TAR_AT_MAGIC, magic, sizeof(magic));
	/* The sum is made as if blanks stood where it goes. */
	memset(h + TAR_AT_SUM, ' ', TAR_LEN_SUM);
	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += (unsigned char)h[i];
	put_octal(h + TAR_AT_SUM, TAR_LEN_SUM - 1, sum);
	return 0;
}

/* A name that has no room in its field is a file's text in front of it. */
static int put_long(struct strbuf *out, char type, const char *text,
		    const struct tar_entry *e)
{
	const char name[] = { LONG_NAME, '\0' };
	size_t n = strlen(text);

	if (n <= TAR_LEN_NAME)
		return 0;
	return put_block(out, type, name, "", e, n + 1) ||
			       strbuf_add(out, text, n + 1) ||
			       tar_pad(out, n + 1)
		       ? -1
		       : 0;
}

int tar_header(struct strbuf *out, const struct tar_entry *e)
{
	const char *link = e->link ? e->link : "";

	return put_long(out, 'K', link, e) || put_long(out, 'L', e->name, e) ||
			       put_block(out, (char)e->type, e->name, link, e,
					 e->size)
		       ? -1
		       : 0;
}

static int put_zeros(struct strbuf *out, size_t n)
{
	char *p = strbuf_extend(out, n);

	if (!p)
		return -1;
	memset(p, 0, n);
	return 0;
}

int tar_pad(struct strbuf *out, uint64_t size)
{
	size_t over = (size_t)(size % TAR_BLOCK);

	return over ? put_zeros(out, TAR_BLOCK - over) : 0;
}

int tar_end(struct strbuf *out)
{
	return put_zeros(out, ENDS * TAR_BLOCK);
}
