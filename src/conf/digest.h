/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_DIGEST_H
#define RSH_CONF_DIGEST_H

#include <stddef.h>

#include "base/strbuf.h"

/**
 * What files and tokens of ssh need of cryptography, from libcrypto.  Nothing
 * here is a secret or keeps one.  None of it can fail but for lack of memory,
 * which ends the program.
 */
enum {
	DIGEST_SHA1 = 20, /* bytes */
	DIGEST_SHA256 = 32,
	DIGEST_MAX = 64,
};

void digest_sha1(const void *p, size_t n, unsigned char out[DIGEST_SHA1]);
void digest_sha256(const void *p, size_t n, unsigned char out[DIGEST_SHA256]);

/** By the name that libcrypto knows, "MD5"; how many bytes it has. */
size_t digest_named(const char *name, const void *p, size_t n,
		    unsigned char out[DIGEST_MAX]);

/** HMAC-SHA1 again and again: what can be kept is kept. */
struct digest_hmac;

struct digest_hmac *digest_hmac_new(void);
void digest_hmac_free(struct digest_hmac *h);
void digest_hmac_sha1(struct digest_hmac *h, const void *key, size_t key_len,
		      const void *p, size_t n, unsigned char out[DIGEST_SHA1]);

/** Bytes nobody can foresee. */
void digest_random(void *p, size_t n);

/** Append base64 without line breaks, padded. */
void base64_encode(const void *p, size_t n, struct strbuf *out);

/**
 * Append the bytes that the `n` characters at `s` stand for.  -1 when that is
 * no base64: wrong length or padding, blanks, other characters.
 */
int base64_decode(const char *s, size_t n, struct strbuf *out);

#endif /* RSH_CONF_DIGEST_H */
