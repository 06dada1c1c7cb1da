/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of revoked keys.
 *
 * Notes: a KRL is walked to its end even when the key was found, so that a
 * damaged one never counts.
 */
#include "conf/krl.h"

#include <stdint.h>
#include <string.h>

#include "base/be32.h"
#include "base/gettext.h"
#include "base/strbuf.h"
#include "conf/digest.h"

#include "base/banned.h"

#define MAGIC	  "SSHKRL\n"
#define MAGIC_LEN 8 /* with its NUL */
#define FORMAT	  1 /* of the list */

enum section {
	SECTION_CERTIFICATES = 1,
	SECTION_KEY = 2,
	SECTION_SHA1 = 3,
	SECTION_SIGNATURE = 4,
	SECTION_SHA256 = 5,
};

/* What is left to read. */
struct bytes {
	const unsigned char *p;
	size_t n;
};

/* A key to look for, in all forms it may have. */
struct wanted {
	const struct kh_key *key;
	unsigned char sha1[DIGEST_SHA1];
	unsigned char sha256[DIGEST_SHA256];
};

static int broken(struct err *err)
{
	return err_set(err, ERR_HOSTKEY, _("it is damaged or cut short"));
}

static int skip(struct bytes *b, size_t n)
{
	if (b->n < n)
		return -1;
	b->p += n;
	b->n -= n;
	return 0;
}

static int get_u32(struct bytes *b, uint32_t *v)
{
	const unsigned char *p = b->p;

	if (skip(b, 4))
		return -1;
	*v = be32_get(p);
	return 0;
}

static int get_string(struct bytes *b, struct bytes *s)
{
	uint32_t n;

	if (get_u32(b, &n) || n > b->n)
		return -1;
	*s = (struct bytes){ b->p, n };
	return skip(b, n);
}

static bool same(const struct bytes *s, const void *p, size_t n)
{
	return s->n == n && !memcmp(s->p, p, n);
}

/* A section that is a list of strings: 1 when one of them is the key. */
static int find_in(struct bytes b, enum section kind, const struct wanted *w)
{
	int found = 0;

	while (b.n) {
		struct bytes s;

		if (get_string(&b, &s))
			return -1;
		switch (kind) {
		case SECTION_KEY:
			found |= same(&s, w->key->blob, w->key->len);
			break;
		case SECTION_SHA1:
			if (s.n != DIGEST_SHA1)
				return -1;
			found |= same(&s, w->sha1, s.n);
			break;
		case SECTION_SHA256:
			if (s.n != DIGEST_SHA256)
				return -1;
			found |= same(&s, w->sha256, s.n);
			break;
		case SECTION_CERTIFICATES:
		case SECTION_SIGNATURE:
			return -1;
		}
	}
	return found;
}

static int check_sections(struct bytes b, const struct wanted *w,
			  struct err *err)
{
	int found = 0;

	while (b.n) {
		unsigned int kind = *b.p;
		struct bytes s;
		int rc = 0;

		if (skip(&b, 1) || get_string(&b, &s))
			return broken(err);
		switch (kind) {
		case SECTION_CERTIFICATES:
			break;
		case SECTION_KEY:
		case SECTION_SHA1:
		case SECTION_SHA256:
			rc = find_in(s, (enum section)kind, w);
			break;
		case SECTION_SIGNATURE:
			return err_set(
				err, ERR_HOSTKEY,
				_("signed revocation lists are not supported"));
		default:
			return err_set(err, ERR_HOSTKEY,
				       _("it has a section of unknown kind %u"),
				       kind);
		}
		if (rc < 0)
			return broken(err);
		found |= rc;
	}
	return found;
}

static int check_krl(struct bytes b, const struct wanted *w, struct err *err)
{
	struct bytes ignored;
	uint32_t version;

	if (skip(&b, MAGIC_LEN) || get_u32(&b, &version))
		return broken(err);
	if (version != FORMAT)
		return err_set(err, ERR_HOSTKEY,
			       _("it is of the unknown version %u"), version);
	/* its number, its time, flags: 8 bytes each; reserved, comment */
	if (skip(&b, 24) || get_string(&b, &ignored) ||
	    get_string(&b, &ignored))
		return broken(err);
	return check_sections(b, w, err);
}

/* ---- public keys, one a line ---- */

static struct bytes word(struct bytes *line)
{
	struct bytes w = { line->p, 0 };

	while (w.n < line->n && w.p[w.n] != ' ' && w.p[w.n] != '\t')
		w.n++;
	(void)skip(line, w.n);
	while (line->n && (*line->p == ' ' || *line->p == '\t'))
		(void)skip(line, 1);
	return w;
}

/* 1: it is the key; 0; -1: it is none. */
static int check_line(struct bytes line, const struct kh_key *key)
{
	struct strbuf blob = STRBUF_INIT(line.n);
	struct bytes type, text, inner, inner_type;
	int rc = -1;

	while (line.n && (*line.p == ' ' || *line.p == '\t'))
		(void)skip(&line, 1);
	while (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	if (!line.n || *line.p == '#')
		return 0;
	type = word(&line);
	text = word(&line);
	if (base64_decode((const char *)text.p, text.n, &blob))
		goto out;
	inner = (struct bytes){ (const unsigned char *)blob.buf, blob.len };
	if (get_string(&inner, &inner_type) ||
	    !same(&inner_type, type.p, type.n))
		goto out;
	rc = blob.len == key->len && !memcmp(blob.buf, key->blob, key->len);
out:
	strbuf_release(&blob);
	return rc;
}

static int check_lines(struct bytes b, const struct kh_key *key,
		       struct err *err)
{
	unsigned long number = 0;
	int found = 0;

	while (b.n) {
		const unsigned char *end = memchr(b.p, '\n', b.n);
		struct bytes line = { b.p, end ? (size_t)(end - b.p) : b.n };
		int rc = check_line(line, key);

		number++;
		if (rc < 0)
			return err_set(err, ERR_HOSTKEY,
				       _("line %lu is no public key"), number);
		found |= rc;
		(void)skip(&b, line.n + !!end);
	}
	return found;
}

int krl_check(const void *data, size_t len, const struct kh_key *key,
	      struct err *err)
{
	struct bytes b = { data, len };
	struct wanted w = { .key = key };

	if (len < MAGIC_LEN || memcmp(data, MAGIC, MAGIC_LEN) != 0)
		return check_lines(b, key, err);
	digest_sha1(key->blob, key->len, w.sha1);
	digest_sha256(key->blob, key->len, w.sha256);
	return check_krl(b, &w, err);
}
