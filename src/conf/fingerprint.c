/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys put so that people can compare them.
 */
#include "conf/fingerprint.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/be32.h"
#include "conf/digest.h"

#include "base/banned.h"

#define COLUMNS 17
#define ROWS	9

static const char *const hash_names[] = {
	[FINGERPRINT_MD5] = "MD5",	 [FINGERPRINT_SHA1] = "SHA1",
	[FINGERPRINT_SHA256] = "SHA256", [FINGERPRINT_SHA384] = "SHA384",
	[FINGERPRINT_SHA512] = "SHA512",
};

static size_t digest_of(const struct kh_key *key, enum fingerprint_hash hash,
			unsigned char out[DIGEST_MAX])
{
	return digest_named(hash_names[hash], key->blob, key->len, out);
}

void kh_fingerprint(const struct kh_key *key, enum fingerprint_hash hash,
		    struct strbuf *out)
{
	unsigned char digest[DIGEST_MAX];
	size_t n = digest_of(key, hash, digest);

	(void)strbuf_addstr(out, hash_names[hash]);
	if (hash == FINGERPRINT_MD5) {
		for (size_t i = 0; i < n; i++)
			(void)strbuf_addf(out, ":%02x", digest[i]);
		return;
	}
	(void)strbuf_addch(out, ':');
	base64_encode(digest, n, out);
	while (out->len && out->buf[out->len - 1] == '=')
		strbuf_truncate(out, out->len - 1);
}

/* ---- sizes and names ---- */

/* Field `i` of a blob (RFC 4251, string); its length in `*n`, NULL: none. */
static const unsigned char *field(const struct kh_key *key, unsigned int i,
				  size_t *n)
{
	const unsigned char *p = key->blob, *end = p + key->len;

	for (*n = 0;; i--) {
		p += *n;
		if (end - p < 4)
			return NULL;
		*n = be32_get(p);
		p += 4;
		if (*n > (size_t)(end - p))
			return NULL;
		if (!i)
			return p;
	}
}

static size_t number_bits(const unsigned char *p, size_t n)
{
	size_t bits;

	for (; n && !*p; n--)
		p++;
	if (!n)
		return 0;
	bits = (n - 1) * 8;
	for (unsigned int top = *p; top; top >>= 1)
		bits++;
	return bits;
}

static const struct key_type {
	const char *name;
	const char *short_name;
	size_t bits; /* 0: those of the number in field `number` */
	unsigned int number;
} key_types[] = {
	/* clang-format off */
	{ "ssh-ed25519",                        "ED25519",    256, 0 },
	{ "sk-ssh-ed25519@openssh.com",         "ED25519-SK", 256, 0 },
	{ "ecdsa-sha2-nistp256",                "ECDSA",      256, 0 },
	{ "ecdsa-sha2-nistp384",                "ECDSA",      384, 0 },
	{ "ecdsa-sha2-nistp521",                "ECDSA",      521, 0 },
	{ "sk-ecdsa-sha2-nistp256@openssh.com", "ECDSA-SK",   256, 0 },
	{ "ssh-rsa",                            "RSA",        0,   2 },
	{ "ssh-dss",                            "DSA",        0,   1 },
	/* clang-format on */
};

static const struct key_type *type_of(const struct kh_key *key)
{
	for (size_t i = 0; i < sizeof(key_types) / sizeof(key_types[0]); i++)
		if (!strcmp(key_types[i].name, key->type))
			return &key_types[i];
	return NULL;
}

const char *kh_type_name(const struct kh_key *key)
{
	const struct key_type *type = type_of(key);

	return type ? type->short_name : key->type;
}

size_t kh_bits(const struct kh_key *key)
{
	const struct key_type *type = type_of(key);
	const unsigned char *p;
	size_t n;

	if (!type || type->bits)
		return type ? type->bits : 0;
	p = field(key, type->number, &n);
	return p ? number_bits(p, n) : 0;
}

/* ---- the picture ---- */

struct board {
	unsigned char visits[COLUMNS][ROWS];
	int x, y;
};

static int within(int v, int limit)
{
	return v < 0 ? 0 : v >= limit ? limit - 1 : v;
}

static void walk(struct board *b, const unsigned char *digest, size_t n)
{
	b->x = COLUMNS / 2;
	b->y = ROWS / 2;
	for (size_t i = 0; i < n; i++) {
		unsigned int byte = digest[i];

		for (int step = 0; step < 4; step++, byte >>= 2) {
			b->x = within(b->x + (byte & 1 ? 1 : -1), COLUMNS);
			b->y = within(b->y + (byte & 2 ? 1 : -1), ROWS);
			if (b->visits[b->x][b->y] < UCHAR_MAX)
				b->visits[b->x][b->y]++;
		}
	}
}

/* A border with a title in its middle. */
static void border(struct strbuf *out, const char *title)
{
	size_t n = strlen(title);
	size_t left = n < COLUMNS ? (COLUMNS - n) / 2 : 0;

	(void)strbuf_addch(out, '+');
	for (size_t i = 0; i < left; i++)
		(void)strbuf_addch(out, '-');
	(void)strbuf_addstr(out, title);
	for (size_t i = left + n; i < COLUMNS; i++)
		(void)strbuf_addch(out, '-');
	(void)strbuf_addch(out, '+');
}

void kh_randomart(const struct kh_key *key, enum fingerprint_hash hash,
		  struct strbuf *out)
{
	static const char marks[] = " .o+=*BOX@%&#/^";
	const struct key_type *type = type_of(key);
	const char *name = type ? type->short_name : "KEY";
	unsigned char digest[DIGEST_MAX];
	struct board b = { 0 };
	char title[COLUMNS];
	size_t n;

	n = digest_of(key, hash, digest);
	walk(&b, digest, n);
	if (snprintf(title, sizeof(title), "[%s %zu]", name, kh_bits(key)) >=
	    COLUMNS)
		(void)snprintf(title, sizeof(title), "[%s]", name);
	border(out, title);
	for (int y = 0; y < ROWS; y++) {
		(void)strbuf_addstr(out, "\n|");
		for (int x = 0; x < COLUMNS; x++) {
			size_t visits = b.visits[x][y];
			char mark = marks[visits < sizeof(marks) - 1
						  ? visits
						  : sizeof(marks) - 2];

			if (x == b.x && y == b.y)
				mark = 'E';
			else if (x == COLUMNS / 2 && y == ROWS / 2)
				mark = 'S';
			(void)strbuf_addch(out, mark);
		}
		(void)strbuf_addch(out, '|');
	}
	(void)strbuf_addch(out, '\n');
	(void)snprintf(title, sizeof(title), "[%s]", hash_names[hash]);
	border(out, title);
}
