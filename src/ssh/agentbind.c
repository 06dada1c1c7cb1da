/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an agent hears of a connection that is forwarded.
 *
 * Notes: ssh names the real host here, with the identifier of the session and
 * the signature of the key exchange, of which libssh gives out neither.  A key
 * for a chain of destinations (ssh-add -h 'a>b') stays unused for that.
 */
#include "ssh/agentbind.h"

#include <string.h>

#include <openssl/evp.h>

#include "base/be32.h"
#include "base/gettext.h"

#include "base/banned.h"

#define REQUEST_EXTENSION 27
#define EXTENSION	  "session-bind@openssh.com"
#define KEY_TYPE	  "ssh-ed25519"
#define KEY_SIZE	  32
#define SIGNATURE_SIZE	  64

/* A host that cannot be met again, and what it signed. */
struct nobody {
	unsigned char key[KEY_SIZE];
	unsigned char signature[SIGNATURE_SIZE];
};

/* The public key is the identifier of the session, too: each is used once. */
static int sign(EVP_PKEY *key, struct nobody *who)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t n = sizeof(who->signature);
	int ok = ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) > 0 &&
		 EVP_DigestSign(ctx, who->signature, &n, who->key,
				sizeof(who->key)) > 0 &&
		 n == sizeof(who->signature);

	EVP_MD_CTX_free(ctx);
	return ok ? 0 : -1;
}

static int make(struct nobody *who)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	size_t n = sizeof(who->key);
	int rc = key && EVP_PKEY_get_raw_public_key(key, who->key, &n) > 0 &&
				 n == sizeof(who->key)
			 ? sign(key, who)
			 : -1;

	EVP_PKEY_free(key);
	return rc;
}

static void put_u32(struct strbuf *out, size_t v)
{
	char *p = strbuf_extend(out, 4);

	if (p)
		be32_put(p, (uint32_t)v);
}

static void put_string(struct strbuf *out, const void *p, size_t n)
{
	put_u32(out, n);
	(void)strbuf_add(out, p, n);
}

/* A string of two, as the blobs of keys and of signatures are. */
static void put_blob(struct strbuf *out, const void *p, size_t n)
{
	put_u32(out, 4 + strlen(KEY_TYPE) + 4 + n);
	put_string(out, KEY_TYPE, strlen(KEY_TYPE));
	put_string(out, p, n);
}

int agentbind_nobody(struct strbuf *out, struct err *err)
{
	const size_t start = out->len;
	struct nobody who;

	if (make(&who))
		return err_set(err, ERR_LOCAL, _("cannot make a key"));
	put_u32(out, 0);
	(void)strbuf_addch(out, REQUEST_EXTENSION);
	put_string(out, EXTENSION, strlen(EXTENSION));
	put_blob(out, who.key, sizeof(who.key));
	put_string(out, who.key, sizeof(who.key));
	put_blob(out, who.signature, sizeof(who.signature));
	(void)strbuf_addch(out, 1); /* it is forwarded */
	if (out->full)
		return err_set(err, ERR_LOCAL, _("cannot make a key"));
	be32_put(out->buf + start, (uint32_t)(out->len - start - 4));
	return 0;
}
