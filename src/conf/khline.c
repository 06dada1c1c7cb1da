/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line of known_hosts.
 */
#include "conf/khline.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/be32.h"
#include "base/strbuf.h"

#include "base/banned.h"

#define BLANKS " \t"

/* Types of plain keys, most wanted first. */
static const char *const key_types[KHLINE_TYPES] = {
	"ssh-ed25519",
	"ecdsa-sha2-nistp256",
	"ecdsa-sha2-nistp384",
	"ecdsa-sha2-nistp521",
	"sk-ssh-ed25519@openssh.com",
	"sk-ecdsa-sha2-nistp256@openssh.com",
	"ssh-rsa",
	"ssh-dss",
};

/* A part of a line. */
struct word {
	const char *p;
	size_t n;
};

void khline_lower(char *s)
{
	for (; *s; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s | 0x20);
}

void khline_free(struct khline *line)
{
	if (!line)
		return;
	free(line->hosts);
	free(line);
}

/* Take the next word off the front of `rest`; empty at the end. */
static struct word next_word(struct word *rest)
{
	struct word w = { .p = rest->p };

	while (w.n < rest->n && !strchr(BLANKS, rest->p[w.n]))
		w.n++;
	rest->p += w.n;
	rest->n -= w.n;
	while (rest->n && strchr(BLANKS, *rest->p)) {
		rest->p++;
		rest->n--;
	}
	return w;
}

static bool word_is(struct word w, const char *text)
{
	return w.n == strlen(text) && memcmp(w.p, text, w.n) == 0;
}

static size_t type_index(struct word w)
{
	size_t i = 0;

	while (i < KHLINE_TYPES && !word_is(w, key_types[i]))
		i++;
	return i;
}

size_t khline_blob_type(const void *blob, size_t len)
{
	const unsigned char *p = blob;
	size_t n;

	if (len < 4)
		return KHLINE_TYPES;
	n = be32_get(p);
	if (n > len - 4)
		return KHLINE_TYPES;
	return type_index((struct word){ (const char *)p + 4, n });
}

static int read_marker(struct word *rest, enum khline_marker *marker)
{
	struct word w;

	*marker = KHLINE_PLAIN;
	if (!rest->n || *rest->p != '@')
		return 0;
	w = next_word(rest);
	if (word_is(w, "@revoked"))
		*marker = KHLINE_REVOKED;
	else if (word_is(w, "@cert-authority"))
		*marker = KHLINE_CA;
	else
		return -1;
	return 0;
}

static int decode_digest(struct word w, unsigned char out[DIGEST_SHA1])
{
	struct strbuf sb = STRBUF_INIT(64);
	int rc = -1;

	if (base64_decode(w.p, w.n, &sb) == 0 && sb.len == DIGEST_SHA1) {
		memcpy(out, sb.buf, DIGEST_SHA1);
		rc = 0;
	}
	strbuf_release(&sb);
	return rc;
}

/* "|1|salt|hash" */
static int read_hash(struct word w, struct khline *e)
{
	const char *end = w.p + w.n, *salt = w.p + 3, *delim;

	if (w.n < 4 || memcmp(w.p, "|1|", 3) != 0)
		return -1;
	delim = memchr(salt, '|', (size_t)(end - salt));
	if (!delim)
		return -1;
	if (decode_digest((struct word){ salt, (size_t)(delim - salt) },
			  e->salt))
		return -1;
	return decode_digest(
		(struct word){ delim + 1, (size_t)(end - delim - 1) }, e->hash);
}

/* NULL when it makes no sense. */
static struct khline *read_words(struct word line)
{
	struct strbuf blob = STRBUF_INIT(line.n);
	struct khline *e = NULL;
	struct word hosts, type, key;
	enum khline_marker marker;

	if (read_marker(&line, &marker))
		return NULL;
	hosts = next_word(&line);
	type = next_word(&line);
	key = next_word(&line);
	if (!hosts.n || memchr(hosts.p, '\0', hosts.n) ||
	    type_index(type) == KHLINE_TYPES ||
	    base64_decode(key.p, key.n, &blob) ||
	    khline_blob_type(blob.buf, blob.len) != type_index(type))
		goto out;
	e = xcalloc(1, sizeof(*e) + blob.len);
	e->marker = marker;
	e->type = type_index(type);
	e->len = blob.len;
	memcpy(e->blob, blob.buf, blob.len);
	if (*hosts.p != '|') {
		e->hosts = xstrndup(hosts.p, hosts.n);
		khline_lower(e->hosts);
	} else if (read_hash(hosts, e)) {
		khline_free(e);
		e = NULL;
	}
out:
	strbuf_release(&blob);
	return e;
}

int khline_read(const char *text, size_t n, struct khline **line)
{
	struct word rest = { text, n };

	while (rest.n && strchr(BLANKS, *rest.p)) {
		rest.p++;
		rest.n--;
	}
	while (rest.n && rest.p[rest.n - 1] == '\r')
		rest.n--;
	*line = NULL;
	if (!rest.n || *rest.p == '#')
		return 0;
	*line = read_words(rest);
	return *line ? 0 : -1;
}

size_t khline_type(const char *name)
{
	return type_index((struct word){ name, strlen(name) });
}

const char *khline_type_name(size_t type)
{
	assert(type < KHLINE_TYPES);
	return key_types[type];
}
