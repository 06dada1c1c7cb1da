/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Archives of tar(1), read.
 *
 *   BLOCK   an entry's block, or one of zeros
 *   META    what tells of the next entry: a long name, or records
 *   SPARSE  more blocks of a kind of entry that is passed over
 *   BYTES   of the entry
 *   PAD     what fills the last block of these, or of META
 *   END     two blocks of zeros came
 *
 * Source of the formats: POSIX.1-2017, pax, "ustar Interchange Format" and "pax
 * Extended Header"; "Basic Tar Format" and "GNU Extensions" of GNU tar's
 * manual.
 */
#include "wire/tar_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "wire/tar_fields.h"

#include "base/banned.h"

#define SIZE_TOP ((uint64_t)INT64_MAX - TAR_BLOCK)
#define DIGITS	 ((size_t)18) /* of a decimal number that cannot overflow */

enum state {
	BLOCK,
	META,
	SPARSE,
	BYTES,
	PAD,
	META_PAD,
	END,
};

static enum tar_got bad(struct err *err, const char *why)
{
	err_set(err, ERR_PROTOCOL, _("what the host sends is no archive: %s"),
		why);
	return TAR_GOT_ERROR;
}

/* ---- numbers ---- */

/* Binary, which the first bit says: the rest is in two's complement. */
static int get_binary(const char *field, size_t len, int64_t *value)
{
	bool negative = field[0] & 0x40;
	uint64_t v = negative ? UINT64_MAX : 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)field[i];

		if (!i)
			byte = negative ? byte : byte & 0x7f;
		/* What is shifted out may be no more than the sign. */
		if (v >> 55 != (negative ? UINT64_MAX >> 55 : 0))
			return -1;
		v = v << 8 | byte;
	}
	*value = (int64_t)v;
	return (*value < 0) == negative ? 0 : -1;
}

/* Octal digits, with blanks in front, up to a blank or a NUL. */
static int get_number(const char *field, size_t len, int64_t *value)
{
	uint64_t v = 0;
	size_t i = 0;

	if (field[0] & 0x80)
		return get_binary(field, len, value);
	while (i < len && field[i] == ' ')
		i++;
	for (; i < len && field[i] >= '0' && field[i] <= '7'; i++)
		v = v << 3 | (uint64_t)(field[i] - '0');
	if (i < len && field[i] && field[i] != ' ')
		return -1;
	*value = (int64_t)v; /* of 36 bits at the most */
	return 0;
}

/* "1234", "-1.5": down to whole ones; the end is that of the text. */
static int get_decimal(const char *text, size_t n, bool fraction,
		       int64_t *value)
{
	bool negative = fraction && n && *text == '-';
	size_t i = negative;
	size_t start = i;
	int64_t v = 0;
	bool more = false;

	for (; i < n && text[i] >= '0' && text[i] <= '9'; i++)
		if (i - start < DIGITS)
			v = v * 10 + (text[i] - '0');
		else
			return -1;
	if (i == start)
		return -1;
	if (fraction && i < n && text[i] == '.')
		for (i++; i < n && text[i] >= '0' && text[i] <= '9'; i++)
			more |= text[i] != '0';
	*value = negative ? -v - more : v;
	return i == n ? 0 : -1;
}

/* ---- what stands in front of an entry ---- */

static void forget(struct tar_told *t)
{
	free(t->name);
	free(t->link);
	*t = (struct tar_told){ 0 };
}

/* A name of `n` bytes, or NULL when it holds a NUL or is none. */
static char *name_of(const char *p, size_t n)
{
	return !n || memchr(p, '\0', n) ? NULL : xstrndup(p, n);
}

static int tell_name(char **where, const char *p, size_t n)
{
	char *name = name_of(p, n);

	if (!name || *where) {
		free(name);
		return -1;
	}
	*where = name;
	return 0;
}

static bool is_key(const char *key, size_t n, const char *word)
{
	return n == strlen(word) && !memcmp(key, word, n);
}

static bool begins(const char *key, size_t n, const char *word)
{
	return n >= strlen(word) && !memcmp(key, word, strlen(word));
}

/* One record; that without a value takes one back. */
static int take_record(struct tar_told *t, const char *key, size_t nkey,
		       const char *p, size_t n)
{
	int64_t v = 0;

	if (begins(key, nkey, "GNU.sparse.") ||
	    is_key(key, nkey, "SCHILY.realsize"))
		t->sparse = true;
	if (is_key(key, nkey, "path") && n)
		return tell_name(&t->name, p, n);
	if (is_key(key, nkey, "linkpath") && n)
		return tell_name(&t->link, p, n);
	if (is_key(key, nkey, "size") && n) {
		if (get_decimal(p, n, false, &v) || t->has_size)
			return -1;
		t->has_size = true;
		t->size = (uint64_t)v;
	}
	if (is_key(key, nkey, "mtime") && n) {
		if (get_decimal(p, n, true, &v))
			return -1;
		t->has_mtime = true;
		t->mtime = v;
	}
	return 0;
}

/* "LENGTH KEY=VALUE\n", and so on; the length is that of all of it. */
static int take_records(struct tar_told *t, const char *p, size_t n)
{
	while (n) {
		const char *blank = memchr(p, ' ', n < DIGITS ? n : DIGITS);
		const char *end, *equals;
		int64_t len;

		if (!blank ||
		    get_decimal(p, (size_t)(blank - p), false, &len) ||
		    len > (int64_t)n || p + len <= blank + 1 ||
		    p[len - 1] != '\n')
			return -1;
		end = p + len - 1;
		equals = memchr(blank + 1, '=', (size_t)(end - blank - 1));
		if (!equals ||
		    take_record(t, blank + 1, (size_t)(equals - blank - 1),
				equals + 1, (size_t)(end - equals - 1)))
			return -1;
		n -= (size_t)len;
		p += len;
	}
	return 0;
}

/* All of it is here. */
static int take_meta(struct tar_reader *r)
{
	const char *p = r->meta.buf;
	size_t n = r->meta.len;

	switch (r->meta_type) {
	case 'L':
		return tell_name(&r->own.name, p, strnlen(p, n));
	case 'K':
		return tell_name(&r->own.link, p, strnlen(p, n));
	case 'g':
		forget(&r->all); /* the last one counts */
		return take_records(&r->all, p, n);
	default:
		return take_records(&r->own, p, n);
	}
}

/* ---- an entry's block ---- */

static bool is_zero(const char *block)
{
	return !*block && !memcmp(block, block + 1, TAR_BLOCK - 1);
}

/* Made as if blanks stood where it goes; some took bytes for signed ones. */
static bool has_sum(const char *h)
{
	int64_t sum = 0, plain = 0, with_signs = 0;

	for (size_t i = 0; i < TAR_BLOCK; i++) {
		bool own = i >= TAR_AT_SUM && i < TAR_AT_SUM + TAR_LEN_SUM;
		unsigned char byte = (unsigned char)h[i];

		plain += own ? ' ' : byte;
		with_signs += own ? ' ' : (signed char)byte;
	}
	return !(h[TAR_AT_SUM] & 0x80) &&
	       !get_number(h + TAR_AT_SUM, TAR_LEN_SUM, &sum) &&
	       (sum == plain || sum == with_signs);
}

static void take_names(struct tar_reader *r)
{
	static const char ustar[TAR_LEN_MAGIC] = "ustar";
	const char *h = r->block;
	const char *link = r->own.link ? r->own.link : r->all.link;
	const char *name = r->own.name ? r->own.name : r->all.name;
	size_t n = strnlen(h + TAR_AT_NAME, TAR_LEN_NAME);
	size_t front = memcmp(h + TAR_AT_MAGIC, ustar, sizeof(ustar))
			       ? 0
			       : strnlen(h + TAR_AT_PREFIX, TAR_LEN_PREFIX);

	free(r->name);
	r->name =
		name	? xstrdup(name)
		: front ? xasprintf("%.*s/%.*s", (int)front, h + TAR_AT_PREFIX,
				    (int)n, h + TAR_AT_NAME)
			: xstrndup(h + TAR_AT_NAME, n);
	memcpy(r->link, h + TAR_AT_LINK, TAR_LEN_NAME);
	r->link[TAR_LEN_NAME] = '\0';
	r->entry.name = r->name;
	r->entry.link = link ? link : r->link;
}

static enum tar_type type_of(const struct tar_reader *r)
{
	size_t n = strlen(r->name);

	switch (r->block[TAR_AT_TYPE]) {
	case '\0':
	case '0':
	case '7': /* one whose blocks lie together */
		/* Of old, a folder had no type but this slash. */
		return n && r->name[n - 1] == '/' ? TAR_FOLDER : TAR_FILE;
	case '1':
		return TAR_HARD_LINK;
	case '2':
		return TAR_LINK;
	case '3':
	case '4':
	case '6':
		return TAR_SPECIAL;
	case '5':
		return TAR_FOLDER;
	case 'S':
		return TAR_SPARSE;
	default:
		return TAR_OTHER;
	}
}

static bool may_have_bytes(enum tar_type type)
{
	return type == TAR_FILE || type == TAR_SPARSE || type == TAR_OTHER;
}

static size_t pad_of(uint64_t size)
{
	return (size_t)((TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK);
}

static bool told_sparse(const struct tar_reader *r)
{
	return r->own.sparse || r->all.sparse;
}

static enum tar_got take_entry(struct tar_reader *r, struct err *err)
{
	const char *h = r->block;
	struct tar_entry *e = &r->entry;
	int64_t mode, mtime, size;

	if (get_number(h + TAR_AT_MODE, TAR_LEN_ID, &mode) ||
	    get_number(h + TAR_AT_MTIME, TAR_LEN_NUMBER, &mtime) ||
	    get_number(h + TAR_AT_SIZE, TAR_LEN_NUMBER, &size) || size < 0)
		return bad(err, _("a number in it is none"));
	take_names(r);
	e->type = type_of(r);
	if (e->type == TAR_FILE && told_sparse(r))
		e->type = TAR_SPARSE;
	e->mode = (uint32_t)(mode & 07777);
	e->mtime = r->own.has_mtime   ? r->own.mtime
		   : r->all.has_mtime ? r->all.mtime
				      : mtime;
	e->size = r->own.has_size   ? r->own.size
		  : r->all.has_size ? r->all.size
				    : (uint64_t)size;
	if (e->size > SIZE_TOP)
		return bad(err, _("a file in it has no end"));
	if (e->size && !may_have_bytes(e->type))
		return bad(err, _("what is no file has bytes in it"));
	r->left = e->size;
	r->pad = pad_of(e->size);
	r->state = h[TAR_AT_TYPE] == 'S' && h[TAR_AT_GNU_MORE] ? SPARSE : BYTES;
	return TAR_GOT_ENTRY;
}

static enum tar_got begin_meta(struct tar_reader *r, struct err *err)
{
	int64_t size;

	if (get_number(r->block + TAR_AT_SIZE, TAR_LEN_NUMBER, &size) ||
	    size < 0)
		return bad(err, _("a number in it is none"));
	if (size > (int64_t)TAR_META_MAX)
		return bad(err, _("a name in it is too long"));
	r->meta_type = r->block[TAR_AT_TYPE];
	strbuf_reset(&r->meta);
	r->left = (uint64_t)size;
	r->pad = pad_of(r->left);
	r->state = META;
	return TAR_GOT_NOTHING;
}

static enum tar_got take_block(struct tar_reader *r, struct err *err)
{
	char type = r->block[TAR_AT_TYPE];

	r->have = 0;
	if (r->state == SPARSE) {
		r->state = r->block[TAR_AT_NEXT_MORE] ? SPARSE : BYTES;
		return TAR_GOT_NOTHING;
	}
	if (is_zero(r->block)) {
		if (!r->one_zero) {
			r->one_zero = true;
			return TAR_GOT_NOTHING;
		}
		r->state = END;
		return TAR_GOT_END;
	}
	if (r->one_zero)
		return bad(err, _("something follows its end"));
	if (!has_sum(r->block))
		return bad(err, _("a checksum in it is wrong"));
	if (type == 'x' || type == 'g' || type == 'L' || type == 'K')
		return begin_meta(r, err);
	return take_entry(r, err);
}

/* ---- pieces ---- */

/* As much of what is left as has come. */
static size_t come(uint64_t left, size_t n)
{
	return left < n ? (size_t)left : n;
}

static void consume(const char **p, size_t *n, size_t by)
{
	*p += by;
	*n -= by;
}

static void gather(struct tar_reader *r, const char **p, size_t *n)
{
	size_t k = come(TAR_BLOCK - r->have, *n);

	memcpy(r->block + r->have, *p, k);
	r->have += k;
	consume(p, n, k);
}

static enum tar_got add_meta(struct tar_reader *r, const char **p, size_t *n,
			     struct err *err)
{
	size_t k = come(r->left, *n);

	if (k)
		(void)strbuf_add(&r->meta, *p, k);
	consume(p, n, k);
	r->left -= k;
	if (r->left)
		return TAR_GOT_NOTHING;
	if (take_meta(r))
		return bad(err, _("what it tells of a file makes no sense"));
	r->state = META_PAD;
	return TAR_GOT_NOTHING;
}

static enum tar_got take_bytes(struct tar_reader *r, const char **p, size_t *n)
{
	size_t k = come(r->left, *n);

	if (r->left) {
		r->bytes = *p;
		r->nbytes = k;
		r->left -= k;
		consume(p, n, k);
		return TAR_GOT_BYTES;
	}
	r->state = PAD;
	forget(&r->own);
	return TAR_GOT_WHOLE;
}

static void skip_pad(struct tar_reader *r, const char **p, size_t *n)
{
	size_t k = come(r->pad, *n);

	consume(p, n, k);
	r->pad -= k;
	if (!r->pad)
		r->state = BLOCK;
}

/* Whether the state goes on with no more bytes. */
static bool needs_none(const struct tar_reader *r)
{
	return r->state == END ||
	       ((r->state == BYTES || r->state == META) && !r->left) ||
	       ((r->state == PAD || r->state == META_PAD) && !r->pad);
}

enum tar_got tar_reader_next(struct tar_reader *r, const char **p, size_t *n,
			     struct err *err)
{
	enum tar_got got = TAR_GOT_NOTHING;

	while (got == TAR_GOT_NOTHING && (*n || needs_none(r))) {
		switch ((enum state)r->state) {
		case BLOCK:
		case SPARSE:
			gather(r, p, n);
			if (r->have == TAR_BLOCK)
				got = take_block(r, err);
			break;
		case META:
			got = add_meta(r, p, n, err);
			break;
		case BYTES:
			got = take_bytes(r, p, n);
			break;
		case PAD:
		case META_PAD:
			skip_pad(r, p, n);
			break;
		case END:
			got = TAR_GOT_END;
			break;
		}
	}
	return got;
}

void tar_reader_init(struct tar_reader *r)
{
	*r = (struct tar_reader){ .state = BLOCK };
	strbuf_init(&r->meta, TAR_META_MAX);
}

void tar_reader_release(struct tar_reader *r)
{
	forget(&r->own);
	forget(&r->all);
	strbuf_release(&r->meta);
	free(r->name);
	r->name = NULL;
}
