/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names of algorithms: what libssh 0.10.6 has of what OpenSSH offers, in
 * OpenSSH's order of preference, and the lists people make of them.
 */
#include "conf/sshopt_row.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/match.h"
#include "base/banned.h"

#define ALL_CIPHERS                                                            \
	"3des-cbc,aes128-cbc,aes192-cbc,aes256-cbc,"                           \
	"aes128-ctr,aes192-ctr,aes256-ctr,"                                    \
	"aes128-gcm@openssh.com,aes256-gcm@openssh.com,"                       \
	"chacha20-poly1305@openssh.com"

const struct sshopt_algos sshopt_ciphers = {
	.def = "chacha20-poly1305@openssh.com,"
	       "aes128-ctr,aes192-ctr,aes256-ctr,"
	       "aes128-gcm@openssh.com,aes256-gcm@openssh.com",
	.all = ALL_CIPHERS,
	.known = ALL_CIPHERS,
};

const struct sshopt_algos sshopt_macs = {
	.def = "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,"
	       "hmac-sha1-etm@openssh.com,"
	       "hmac-sha2-256,hmac-sha2-512,hmac-sha1",
	.all = "hmac-sha1,hmac-sha2-256,hmac-sha2-512,"
	       "hmac-sha1-etm@openssh.com,"
	       "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com",
	.known =
		"hmac-sha1,hmac-sha1-96,hmac-sha2-256,hmac-sha2-512,"
		"hmac-md5,hmac-md5-96,umac-64@openssh.com,umac-128@openssh.com,"
		"hmac-sha1-etm@openssh.com,hmac-sha1-96-etm@openssh.com,"
		"hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,"
		"hmac-md5-etm@openssh.com,hmac-md5-96-etm@openssh.com,"
		"umac-64-etm@openssh.com,umac-128-etm@openssh.com",
};

#define ALL_KEX                                                                \
	"diffie-hellman-group1-sha1,diffie-hellman-group14-sha1,"              \
	"diffie-hellman-group14-sha256,diffie-hellman-group16-sha512,"         \
	"diffie-hellman-group18-sha512,"                                       \
	"diffie-hellman-group-exchange-sha1,"                                  \
	"diffie-hellman-group-exchange-sha256,"                                \
	"ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,"            \
	"curve25519-sha256,curve25519-sha256@libssh.org"

const struct sshopt_algos sshopt_kex = {
	.def = "curve25519-sha256,curve25519-sha256@libssh.org,"
	       "ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,"
	       "diffie-hellman-group-exchange-sha256,"
	       "diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,"
	       "diffie-hellman-group14-sha256",
	.all = ALL_KEX,
	.known = ALL_KEX ",sntrup761x25519-sha512,"
			 "sntrup761x25519-sha512@openssh.com,"
			 "mlkem768x25519-sha256",
};

#define PLAIN_KEYS                                                             \
	"ssh-ed25519,"                                                         \
	"ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"         \
	"sk-ssh-ed25519@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com,"       \
	"rsa-sha2-512,rsa-sha2-256"

#define CERT_KEYS                                                              \
	"ssh-ed25519-cert-v01@openssh.com,"                                    \
	"ecdsa-sha2-nistp256-cert-v01@openssh.com,"                            \
	"ecdsa-sha2-nistp384-cert-v01@openssh.com,"                            \
	"ecdsa-sha2-nistp521-cert-v01@openssh.com,"                            \
	"sk-ssh-ed25519-cert-v01@openssh.com,"                                 \
	"sk-ecdsa-sha2-nistp256-cert-v01@openssh.com,"                         \
	"rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com"

#define KNOWN_KEYS                                                             \
	"ssh-ed25519,ssh-ed25519-cert-v01@openssh.com,"                        \
	"sk-ssh-ed25519@openssh.com,sk-ssh-ed25519-cert-v01@openssh.com,"      \
	"ecdsa-sha2-nistp256,ecdsa-sha2-nistp256-cert-v01@openssh.com,"        \
	"ecdsa-sha2-nistp384,ecdsa-sha2-nistp384-cert-v01@openssh.com,"        \
	"ecdsa-sha2-nistp521,ecdsa-sha2-nistp521-cert-v01@openssh.com,"        \
	"sk-ecdsa-sha2-nistp256@openssh.com,"                                  \
	"sk-ecdsa-sha2-nistp256-cert-v01@openssh.com,"                         \
	"webauthn-sk-ecdsa-sha2-nistp256@openssh.com,"                         \
	"ssh-dss,ssh-dss-cert-v01@openssh.com,"                                \
	"ssh-rsa,ssh-rsa-cert-v01@openssh.com,"                                \
	"rsa-sha2-256,rsa-sha2-256-cert-v01@openssh.com,"                      \
	"rsa-sha2-512,rsa-sha2-512-cert-v01@openssh.com"

const struct sshopt_algos sshopt_hostkeys = {
	.def = PLAIN_KEYS,
	.all = "ssh-ed25519,sk-ssh-ed25519@openssh.com,"
	       "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"
	       "sk-ecdsa-sha2-nistp256@openssh.com,"
	       "ssh-rsa,rsa-sha2-256,rsa-sha2-512",
	.known = KNOWN_KEYS,
	.patterns = true,
};

const struct sshopt_algos sshopt_pubkeys = {
	.def = CERT_KEYS "," PLAIN_KEYS,
	.all = "ssh-ed25519,ssh-ed25519-cert-v01@openssh.com,"
	       "sk-ssh-ed25519@openssh.com,sk-ssh-ed25519-cert-v01@openssh.com,"
	       "ecdsa-sha2-nistp256,ecdsa-sha2-nistp256-cert-v01@openssh.com,"
	       "ecdsa-sha2-nistp384,ecdsa-sha2-nistp384-cert-v01@openssh.com,"
	       "ecdsa-sha2-nistp521,ecdsa-sha2-nistp521-cert-v01@openssh.com,"
	       "sk-ecdsa-sha2-nistp256@openssh.com,"
	       "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com,"
	       "ssh-rsa,ssh-rsa-cert-v01@openssh.com,"
	       "rsa-sha2-256,rsa-sha2-256-cert-v01@openssh.com,"
	       "rsa-sha2-512,rsa-sha2-512-cert-v01@openssh.com",
	.known = KNOWN_KEYS,
	.patterns = true,
};

/* rsh uses these for nothing, so they are just what ssh has. */
const struct sshopt_algos sshopt_hostbased = {
	.def = CERT_KEYS "," PLAIN_KEYS,
	.all = KNOWN_KEYS,
	.known = KNOWN_KEYS,
	.patterns = true,
};

#define KNOWN_SIGNATURES                                                       \
	"ssh-ed25519,sk-ssh-ed25519@openssh.com,"                              \
	"ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"         \
	"sk-ecdsa-sha2-nistp256@openssh.com,"                                  \
	"webauthn-sk-ecdsa-sha2-nistp256@openssh.com,"                         \
	"ssh-dss,ssh-rsa,rsa-sha2-256,rsa-sha2-512"

const struct sshopt_algos sshopt_casigs = {
	.def = PLAIN_KEYS,
	.all = KNOWN_SIGNATURES,
	.known = KNOWN_SIGNATURES,
	.patterns = true,
};

#define KNOWN_GSSAPI                                                           \
	"gss-group14-sha256-,gss-group16-sha512-,gss-nistp256-sha256-,"        \
	"gss-curve25519-sha256-,gss-group14-sha1-,gss-gex-sha1-"

const struct sshopt_algos sshopt_gsskex = {
	.def = KNOWN_GSSAPI,
	.all = "",
	.known = KNOWN_GSSAPI ",gss-group1-sha1-",
	.verbatim = true,
};

static bool holds(const struct strvec *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i], name) == 0)
			return true;
	return false;
}

/* Append each name in `all` that fits `pattern`.  Whether one did. */
static bool add_fitting(struct strvec *list, const struct strvec *all,
			const char *pattern)
{
	bool fits = false;

	for (size_t i = 0; i < all->n; i++) {
		if (!match_glob(pattern, all->v[i]))
			continue;
		fits = true;
		if (!holds(list, all->v[i]))
			strvec_push(list, all->v[i]);
	}
	return fits;
}

static void add_spec(struct strvec *list, const struct strvec *all,
		     const struct strvec *spec, struct strvec *dropped)
{
	for (size_t i = 0; i < spec->n; i++)
		if (!add_fitting(list, all, spec->v[i]) && dropped)
			strvec_push(dropped, spec->v[i]);
}

static bool fits_any(const struct strvec *all, const char *pattern)
{
	for (size_t i = 0; i < all->n; i++)
		if (match_glob(pattern, all->v[i]))
			return true;
	return false;
}

static void add_unless(struct strvec *list, const struct strvec *def,
		       const char *patterns)
{
	for (size_t i = 0; i < def->n; i++)
		if (match_list(patterns, def->v[i], false) != MATCH_POSITIVE)
			strvec_push(list, def->v[i]);
}

/* The names of `words` in `known`; -PATTERNS always are. */
bool sshopt_algos_valid(const struct sshopt_algos *algos, const char *spec)
{
	struct strvec known = { 0 }, words = { 0 };
	bool valid;

	if (*spec == '-' && !algos->verbatim)
		return true;
	spec += !algos->verbatim && (*spec == '+' || *spec == '^');
	strvec_split(&known, algos->known, ",");
	strvec_split(&words, spec, ",");
	valid = words.n > 0;
	for (size_t i = 0; valid && i < words.n; i++)
		valid = algos->patterns ? fits_any(&known, words.v[i])
					: holds(&known, words.v[i]);
	strvec_release(&known);
	strvec_release(&words);
	return valid;
}

static char *apply(const char *def_names, const char *all_names,
		   const char *spec, struct strvec *dropped)
{
	char sign = *spec && strchr("+-^", *spec) ? *spec : '\0';
	struct strvec def = { 0 }, all = { 0 }, words = { 0 }, list = { 0 };
	char *result;

	/* nothing taken off: what stands in for no line at all */
	if (strcmp(spec, "-") == 0)
		return xstrdup(def_names);
	spec += sign != '\0';
	strvec_split(&def, def_names, ",");
	strvec_split(&all, all_names, ",");
	strvec_split(&words, spec, ",");
	if (sign == '-') {
		add_unless(&list, &def, spec);
	} else {
		if (sign == '+')
			add_spec(&list, &all, &def, NULL);
		add_spec(&list, &all, &words, dropped);
		if (sign == '^')
			add_spec(&list, &all, &def, NULL);
	}
	result = list.n ? strvec_join(&list, ",") : NULL;
	strvec_release(&def);
	strvec_release(&all);
	strvec_release(&words);
	strvec_release(&list);
	return result;
}

char *sshopt_algos_apply(const struct sshopt_algos *algos, const char *spec,
			 struct strvec *dropped)
{
	return apply(algos->def, algos->all, spec, dropped);
}

char *sshopt_algos_known(const struct sshopt_algos *algos, const char *spec)
{
	char *list;

	if (algos->verbatim)
		return xstrdup(spec);
	list = apply(algos->def, algos->known, spec, NULL);
	return list ? list : xstrdup("");
}

/* rsa-sha2-256 is how an RSA key signs, and no key. */
static bool is_key(const char *name)
{
	return strncmp(name, "rsa-sha2-", 9) != 0;
}

static bool is_cert(const char *name)
{
	return strstr(name, "-cert-") != NULL;
}

static bool is_key_cert(const char *name)
{
	return is_key(name) && is_cert(name);
}

static bool is_key_plain(const char *name)
{
	return is_key(name) && !is_cert(name);
}

static bool is_plain(const char *name)
{
	return !is_cert(name);
}

static bool is_authenticated(const char *name)
{
	return strstr(name, "-gcm@") || strstr(name, "-poly1305@");
}

static const struct {
	const char *what;
	const char *keywords; /* comma list of other words for it */
	const char *all;      /* names, or those of `algos` */
	const struct sshopt_algos *algos;
	bool (*wanted)(const char *name); /* NULL: all of them */
} queries[] = {
	/* clang-format off */
	{ "cipher", "Ciphers", NULL, &sshopt_ciphers, NULL },
	{ "cipher-auth", NULL, NULL, &sshopt_ciphers, is_authenticated },
	{ "compression", NULL, "none,zlib@openssh.com,zlib", NULL, NULL },
	{ "kex", "KexAlgorithms", NULL, &sshopt_kex, NULL },
	{ "kex-gss", "GSSAPIKexAlgorithms", "", NULL, NULL },
	{ "key", NULL, NULL, &sshopt_pubkeys, is_key },
	{ "key-cert", NULL, NULL, &sshopt_pubkeys, is_key_cert },
	{ "key-plain", NULL, NULL, &sshopt_pubkeys, is_key_plain },
	{ "key-sig", "PubkeyAcceptedAlgorithms,PubkeyAcceptedKeyTypes",
	  NULL, &sshopt_pubkeys, NULL },
	{ "mac", "MACs", NULL, &sshopt_macs, NULL },
	{ "protocol-version", NULL, "2", NULL, NULL },
	{ "sig", NULL, NULL, &sshopt_pubkeys, is_plain },
	{ "HostKeyAlgorithms", NULL, NULL, &sshopt_hostkeys, NULL },
	/* of no use here, so that rsh has none of them */
	{ "CASignatureAlgorithms", NULL, "", NULL, NULL },
	{ "HostbasedAcceptedAlgorithms", "HostbasedKeyTypes,HostbasedAcceptedKeyTypes",
	  "", NULL, NULL },
	/* clang-format on */
};

#define NQUERIES (sizeof(queries) / sizeof(queries[0]))

static bool is_asked(size_t i, const char *what)
{
	return !strcasecmp(what, queries[i].what) ||
	       (queries[i].keywords && !strchr(what, ',') &&
		match_list(queries[i].keywords, what, true) == MATCH_POSITIVE);
}

int sshopt_query(const char *what, struct strvec *out, struct err *err)
{
	struct strvec all = { 0 };
	size_t i = 0;

	if (!strcmp(what, "help")) {
		for (; i < NQUERIES; i++)
			strvec_push(out, queries[i].what);
		return 0;
	}
	while (i < NQUERIES && !is_asked(i, what))
		i++;
	if (i == NQUERIES)
		return err_set(
			err, ERR_USAGE,
			_("-Q knows nothing of '%s'; -Q help tells of what it does"),
			what);
	strvec_split(&all,
		     queries[i].all ? queries[i].all : queries[i].algos->all,
		     ",");
	for (size_t k = 0; k < all.n; k++)
		if (!queries[i].wanted || queries[i].wanted(all.v[k]))
			strvec_push(out, all.v[k]);
	strvec_release(&all);
	return 0;
}
