/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names of algorithms: what libssh 0.10.6 has of what OpenSSH offers, in
 * OpenSSH's order of preference, and the lists people make of them.
 */
#include "conf/sshopt_row.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/match.h"
#include "base/banned.h"

const struct sshopt_algos sshopt_ciphers = {
	.def = "chacha20-poly1305@openssh.com,"
	       "aes128-ctr,aes192-ctr,aes256-ctr,"
	       "aes128-gcm@openssh.com,aes256-gcm@openssh.com",
	.all = "3des-cbc,aes128-cbc,aes192-cbc,aes256-cbc,"
	       "aes128-ctr,aes192-ctr,aes256-ctr,"
	       "aes128-gcm@openssh.com,aes256-gcm@openssh.com,"
	       "chacha20-poly1305@openssh.com",
};

const struct sshopt_algos sshopt_macs = {
	.def = "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,"
	       "hmac-sha1-etm@openssh.com,"
	       "hmac-sha2-256,hmac-sha2-512,hmac-sha1",
	.all = "hmac-sha1,hmac-sha2-256,hmac-sha2-512,"
	       "hmac-sha1-etm@openssh.com,"
	       "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com",
};

const struct sshopt_algos sshopt_kex = {
	.def = "curve25519-sha256,curve25519-sha256@libssh.org,"
	       "ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,"
	       "diffie-hellman-group-exchange-sha256,"
	       "diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,"
	       "diffie-hellman-group14-sha256",
	.all = "diffie-hellman-group1-sha1,diffie-hellman-group14-sha1,"
	       "diffie-hellman-group14-sha256,diffie-hellman-group16-sha512,"
	       "diffie-hellman-group18-sha512,"
	       "diffie-hellman-group-exchange-sha1,"
	       "diffie-hellman-group-exchange-sha256,"
	       "ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,"
	       "curve25519-sha256,curve25519-sha256@libssh.org",
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

const struct sshopt_algos sshopt_hostkeys = {
	.def = PLAIN_KEYS,
	.all = PLAIN_KEYS ",ssh-rsa",
};

const struct sshopt_algos sshopt_pubkeys = {
	.def = CERT_KEYS "," PLAIN_KEYS,
	.all = CERT_KEYS ",ssh-rsa-cert-v01@openssh.com," PLAIN_KEYS ",ssh-rsa",
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

static void add_unless(struct strvec *list, const struct strvec *def,
		       const char *patterns)
{
	for (size_t i = 0; i < def->n; i++)
		if (match_list(patterns, def->v[i], false) != MATCH_POSITIVE)
			strvec_push(list, def->v[i]);
}

char *sshopt_algos_apply(const struct sshopt_algos *algos, const char *spec,
			 struct strvec *dropped)
{
	char sign = *spec && strchr("+-^", *spec) ? *spec : '\0';
	struct strvec def = { 0 }, all = { 0 }, words = { 0 }, list = { 0 };
	char *result;

	if (strcmp(spec, algos->def) == 0)
		return xstrdup(spec);
	spec += sign != '\0';
	strvec_split(&def, algos->def, ",");
	strvec_split(&all, algos->all, ",");
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
