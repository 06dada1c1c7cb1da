/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Digests and base64 on top of libcrypto.
 */
#include "conf/digest.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "base/alloc.h"
#include "base/banned.h"

/* The calls below fail only for want of memory or of the algorithm itself. */
static void must(int ok)
{
	if (ok != 1)
		die("rsh: libcrypto fails: memory is out or an algorithm is switched off\n");
}

void digest_sha1(const void *p, size_t n, unsigned char out[DIGEST_SHA1])
{
	must(EVP_Digest(p, n, out, NULL, EVP_sha1(), NULL));
}

void digest_sha256(const void *p, size_t n, unsigned char out[DIGEST_SHA256])
{
	must(EVP_Digest(p, n, out, NULL, EVP_sha256(), NULL));
}

size_t digest_named(const char *name, const void *p, size_t n,
		    unsigned char out[DIGEST_MAX])
{
	unsigned int len = 0;

	must(EVP_Digest(p, n, out, &len, EVP_get_digestbyname(name), NULL));
	return len;
}

struct digest_hmac {
	EVP_MAC *mac;
	EVP_MAC_CTX *ctx;
};

struct digest_hmac *digest_hmac_new(void)
{
	struct digest_hmac *h = xcalloc(1, sizeof(*h));
	char name[] = "SHA1";
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name,
						 0),
		OSSL_PARAM_construct_end(),
	};

	/* When memory was out as libcrypto began, fetching would crash. */
	must(OSSL_LIB_CTX_get0_global_default() != NULL);
	h->mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	must(h->mac != NULL);
	h->ctx = EVP_MAC_CTX_new(h->mac);
	must(h->ctx != NULL);
	must(EVP_MAC_CTX_set_params(h->ctx, params));
	return h;
}

void digest_hmac_free(struct digest_hmac *h)
{
	if (!h)
		return;
	EVP_MAC_CTX_free(h->ctx);
	EVP_MAC_free(h->mac);
	free(h);
}

void digest_hmac_sha1(struct digest_hmac *h, const void *key, size_t key_len,
		      const void *p, size_t n, unsigned char out[DIGEST_SHA1])
{
	size_t len = 0;

	must(EVP_MAC_init(h->ctx, key, key_len, NULL));
	must(EVP_MAC_update(h->ctx, p, n));
	must(EVP_MAC_final(h->ctx, out, &len, DIGEST_SHA1));
	assert(len == DIGEST_SHA1);
}

void digest_random(void *p, size_t n)
{
	assert(n <= INT_MAX);
	must(RAND_bytes(p, (int)n));
}

void base64_encode(const void *p, size_t n, struct strbuf *out)
{
	unsigned char *text;

	assert(n <= INT_MAX / 2);
	text = xmalloc((n + 2) / 3 * 4 + 1);
	(void)EVP_EncodeBlock(text, p, (int)n);
	(void)strbuf_addstr(out, (const char *)text);
	free(text);
}

int base64_decode(const char *s, size_t n, struct strbuf *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t pad = 0;
	unsigned char *bytes;

	if (!n || n % 4 || n > INT_MAX)
		return -1;
	while (pad < 2 && s[n - 1 - pad] == '=')
		pad++;
	/* EVP_DecodeBlock() would pass over blanks at either end. */
	for (size_t i = 0; i < n - pad; i++)
		if (!s[i] || !strchr(digits, s[i]))
			return -1;
	bytes = xmalloc(n / 4 * 3);
	must(EVP_DecodeBlock(bytes, (const unsigned char *)s, (int)n) >= 0);
	(void)strbuf_add(out, bytes, n / 4 * 3 - pad);
	free(bytes);
	return 0;
}
