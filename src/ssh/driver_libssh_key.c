/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The libssh driver: keys.
 *
 * A key file is read here, not by libssh, so that its permissions are judged
 * on the descriptor that is read, and its bytes live in memory that is wiped.
 */
#include "ssh/driver_libssh.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/be32.h"
#include "base/gettext.h"
#include "conf/digest.h"

#include "base/banned.h"

/* An RSA key of 16384 bits takes 13 KiB. */
#define KEY_FILE_MAX ((size_t)64 << 10)

struct drv_key {
	ssh_key key; /* maybe the public half alone; NULL: only `pub` */
	struct pubkey pub;
};

/*
 * Split "type" off the front of a key blob: RFC 4253, section 6.6.  One
 * block holds the blob and, behind it, the type as a string.
 */
static int pubkey_set(struct pubkey *pub, const unsigned char *blob, size_t len)
{
	size_t n = len >= 4 ? be32_get(blob) : 0;
	char *mem;

	if (n == 0 || n > len - 4 || memchr(blob + 4, '\0', n))
		return -1;
	mem = xmalloc(len + n + 1);
	memcpy(mem, blob, len);
	memcpy(mem + len, blob + 4, n);
	mem[len + n] = '\0';
	pub->mem = mem;
	pub->key =
		(struct kh_key){ .type = mem + len, .blob = mem, .len = len };
	return 0;
}

/* libssh gives public keys out as base64 alone. */
int pubkey_export(ssh_key key, struct pubkey *out)
{
	char *b64 = NULL;
	unsigned char *blob = NULL;
	size_t n;
	int len;
	int ret = -1;

	if (ssh_pki_export_pubkey_base64(key, &b64) != SSH_OK)
		return -1;
	n = strlen(b64);
	if (n == 0 || n > INT_MAX)
		goto out;
	blob = xmalloc(n);
	len = EVP_DecodeBlock(blob, (const unsigned char *)b64, (int)n);
	/* The padding is decoded to zero bytes. */
	for (; len > 0 && b64[n - 1] == '='; n--)
		len--;
	if (len > 0)
		ret = pubkey_set(out, blob, (size_t)len);
out:
	ssh_string_free_char(b64);
	free(blob);
	return ret;
}

void pubkey_release(struct pubkey *pub)
{
	free(pub->mem);
	*pub = (struct pubkey){ 0 };
}

/* ssh's rule: a key of ours that others may read is not used. */
static int check_mode(int fd, const char *path, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st))
		return err_set_errno(err, ERR_CONFIG,
				     _("cannot look at key '%s'"), path);
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return err_set_errno(err, ERR_CONFIG, _("cannot read key '%s'"),
				     path);
	}
	if (st.st_uid == getuid() && (st.st_mode & 077))
		return err_set(
			err, ERR_CONFIG,
			_("permissions %04o for key '%s' are too open, it is not used"),
			(unsigned int)(st.st_mode & 07777), path);
	return 0;
}

static int read_all(int fd, char *buf, size_t size, size_t *len)
{
	ssize_t n;

	*len = 0;
	do {
		n = read(fd, buf + *len, size - *len);
		if (n > 0)
			*len += (size_t)n;
	} while (*len < size && (n > 0 || (n < 0 && errno == EINTR)));
	return n < 0 ? -1 : 0;
}

/* The text of the file in secret memory, NULL with `err`. */
static char *read_key_file(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char *text = NULL;
	size_t len = 0;

	if (fd < 0) {
		err_set_errno(err, ERR_CONFIG, _("cannot read key '%s'"), path);
		return NULL;
	}
	text = secret_new(KEY_FILE_MAX + 1);
	if (read_all(fd, text, KEY_FILE_MAX, &len)) {
		err_set_errno(err, ERR_CONFIG, _("cannot read key '%s'"), path);
		goto fail;
	}
	if (len == KEY_FILE_MAX) {
		err_set(err, ERR_CONFIG, _("'%s' is too large for a key"),
			path);
		goto fail;
	}
	/* A public key may be read by anyone. */
	if (strstr(text, "PRIVATE KEY-----") && check_mode(fd, path, err))
		goto fail;
	close(fd);
	return text;
fail:
	secret_free(text);
	close(fd);
	return NULL;
}

static struct drv_key *key_wrap(ssh_key key, const struct pubkey *pub)
{
	struct drv_key *k = xcalloc(1, sizeof(*k));

	k->key = key;
	k->pub = *pub;
	return k;
}

/* The public half from PATH.pub, or from PATH itself where its form says. */
static struct drv_key *load_public(const char *path)
{
	char *beside = xasprintf("%s.pub", path);
	const char *const paths[] = { beside, path };
	struct drv_key *k = NULL;

	for (size_t i = 0; i < 2 && !k; i++) {
		struct pubkey pub = { 0 };
		ssh_key key = NULL;

		if (ssh_pki_import_pubkey_file(paths[i], &key) != SSH_OK)
			continue;
		if (!pubkey_export(key, &pub))
			k = key_wrap(key, &pub);
		else
			ssh_key_free(key);
	}
	free(beside);
	return k;
}

/* Asked by libssh for a passphrase: so there is one.  Gives none. */
/* NOLINTNEXTLINE(readability-non-const-parameter): libssh says what it is */
static int note_encrypted(const char *prompt, char *buf, size_t len, int echo,
			  int verify, void *userdata)
{
	(void)prompt;
	(void)buf;
	(void)len;
	(void)echo;
	(void)verify;
	*(bool *)userdata = true;
	return -1;
}

int key_load(const char *path, const char *passphrase, struct drv_key **out,
	     struct err *err)
{
	struct pubkey pub = { 0 };
	bool encrypted = passphrase != NULL;
	ssh_key key = NULL;
	char *text;
	int rc;

	*out = NULL;
	/* libssh would load a library for such a name. */
	if (!strncmp(path, "pkcs11:", 7))
		return err_set(
			err, ERR_CONFIG,
			_("'%s': PKCS#11 keys work through an agent only"),
			path);
	/* The private half may be in an agent alone. */
	if (access(path, F_OK) && (*out = load_public(path)))
		return 2;
	text = read_key_file(path, err);
	if (!text)
		return -1;
	rc = ssh_pki_import_privkey_base64(text, passphrase, note_encrypted,
					   &encrypted, &key);
	secret_free(text);
	if (rc != SSH_OK) {
		*out = load_public(path);
		if (encrypted)
			return 0;
		if (*out)
			return 2;
		return err_set(err, ERR_CONFIG,
			       _("'%s' holds no key of a type rsh can use"),
			       path);
	}
	if (pubkey_export(key, &pub)) {
		ssh_key_free(key);
		return err_set(err, ERR_CONFIG,
			       _("key '%s' is of a type rsh cannot use"), path);
	}
	*out = key_wrap(key, &pub);
	return 1;
}

/* ---- certificates ---- */

/* What follows the first `n` strings of a blob; NULL: there are not so many. */
static const unsigned char *behind(const struct kh_key *key, int n,
				   size_t *left)
{
	const unsigned char *p = key->blob;

	*left = key->len;
	while (n--) {
		size_t len;

		if (*left < 4)
			return NULL;
		len = be32_get(p);
		if (len > *left - 4)
			return NULL;
		p += 4 + len;
		*left -= 4 + len;
	}
	return p;
}

/*
 * A certificate is its type, a nonce, and the fields of the plain key, which
 * has them behind its own type (PROTOCOL.certkeys of OpenSSH).
 */
bool cert_fits(const struct drv_key *cert, const struct kh_key *plain)
{
	static const char mark[] = "-cert-v01@";
	size_t theirs, ours;
	const unsigned char *c = behind(&cert->pub.key, 2, &theirs);
	const unsigned char *k = behind(plain, 1, &ours);
	const char *type = cert->pub.key.type;
	/* "ssh-rsa", or "sk-ssh-ed25519" of "...@openssh.com" */
	const char *end = strstr(type, mark);
	const char *name = (const char *)plain->blob + 4;
	size_t n;

	if (!c || !k || !ours || theirs <= ours || memcmp(c, k, ours) != 0)
		return false;
	n = end ? (size_t)(end - type) : 0;
	return n && n <= be32_get(plain->blob) && !strncmp(type, name, n);
}

/* The words of a file: a type and what it is of. */
static int read_certificate(const char *path, char *text, struct pubkey *pub,
			    char **type, char **b64, struct err *err)
{
	struct strbuf blob = STRBUF_INIT(KEY_FILE_MAX);
	char *rest;
	int rc = -1;

	*type = strtok_r(text, " \t\r\n", &rest);
	*b64 = *type ? strtok_r(NULL, " \t\r\n", &rest) : NULL;
	if (*b64 && !base64_decode(*b64, strlen(*b64), &blob))
		rc = pubkey_set(pub, (const unsigned char *)blob.buf, blob.len);
	strbuf_release(&blob);
	if (!rc && !strcmp(pub->key.type, *type) && strstr(*type, "-cert-v01@"))
		return 0;
	pubkey_release(pub);
	return err_set(err, ERR_CONFIG, _("'%s' holds no certificate"), path);
}

struct drv_key *cert_load(const char *path, struct err *err)
{
	char *text = read_key_file(path, err);
	struct pubkey pub = { 0 };
	struct drv_key *cert = NULL;
	char *type, *b64;

	if (!text)
		return NULL;
	if (!read_certificate(path, text, &pub, &type, &b64, err)) {
		cert = key_wrap(NULL, &pub);
		/* One of an unknown type may be good for an agent. */
		(void)ssh_pki_import_cert_base64(
			b64, ssh_key_type_from_name(type), &cert->key);
	}
	secret_free(text);
	return cert;
}

struct drv_key *key_certify(const struct drv_key *key,
			    const struct drv_key *cert)
{
	struct pubkey pub = { 0 };
	ssh_key both;

	assert(ssh_key_is_private(key->key));
	/* The copy changes the key it is put to. */
	both = cert->key ? ssh_key_dup(key->key) : NULL;
	if (!both)
		return NULL;
	if (ssh_pki_copy_cert_to_privkey(cert->key, both) != SSH_OK ||
	    pubkey_set(&pub, cert->pub.key.blob, cert->pub.key.len)) {
		ssh_key_free(both);
		return NULL;
	}
	return key_wrap(both, &pub);
}

void key_public(const struct drv_key *key, struct kh_key *pub)
{
	*pub = key->pub.key;
}

ssh_key key_public_half(const struct drv_key *key)
{
	return key->key;
}

ssh_key key_private(const struct drv_key *key)
{
	assert(ssh_key_is_private(key->key));
	return key->key;
}

void key_free(struct drv_key *key)
{
	if (!key)
		return;
	ssh_key_free(key->key);
	pubkey_release(&key->pub);
	free(key);
}
