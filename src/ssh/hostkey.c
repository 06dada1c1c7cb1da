/* SPDX-License-Identifier: Apache-2.0 */
/*
 * StrictHostKeyChecking: what is done about a server's key.
 */
#include "ssh/hostkey.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "conf/fingerprint.h"
#include "conf/krl.h"
#include "ssh/hostkey_internal.h"
#include "ssh/khcommand.h"

#include "base/banned.h"

/* ---- names ---- */

const char *hostkey_name(const struct target *t)
{
	return t->opts->host_key_alias ? t->opts->host_key_alias : t->host;
}

/* An alias stands for itself, without a port, as in ssh. */
uint16_t hostkey_port(const struct target *t)
{
	return t->opts->host_key_alias ? 22 : t->port;
}

/* The type of key that an algorithm shows: RSA has several signatures. */
static const char *type_of(const char *algorithm)
{
	if (!strcmp(algorithm, "rsa-sha2-256") ||
	    !strcmp(algorithm, "rsa-sha2-512"))
		return "ssh-rsa";
	return algorithm;
}

static bool contains(const struct strvec *sv, const char *s)
{
	for (size_t i = 0; i < sv->n; i++)
		if (!strcmp(sv->v[i], s))
			return true;
	return false;
}

bool hostkey_order_fixed(const struct target *t)
{
	return t->opts->host_key_order_fixed == 1;
}

/* As ssh asks the command for the host alone, and as files would have it. */
static void add_told_types(struct knownhosts *told, const struct target *t,
			   struct strvec *known)
{
	struct strvec files = { 0 };

	strvec_push(&files, KHCOMMAND_ORDER_FILE);
	knownhosts_types(told, &files, t->host, 0, known);
	knownhosts_types(told, &files, hostkey_name(t), hostkey_port(t), known);
	strvec_release(&files);
}

char *hostkey_types(struct hostkeys *hk, const struct target *t,
		    struct knownhosts *told)
{
	struct strvec files = { 0 };
	struct strvec known = { 0 };
	struct strvec all = { 0 };
	struct strvec sorted = { 0 };
	char *list = NULL;

	/* A list of the user's own keeps its order, as in ssh. */
	if (hostkey_order_fixed(t))
		return NULL;
	hostkeys_files_of(t, &files);
	(void)hostkeys_load(hk, &files, NULL); /* told when deciding */
	if (t->opts->host_key_algorithms)
		strvec_split(&all, t->opts->host_key_algorithms, ",");
	/* The first choice is known: nothing to gain by reading on. */
	if (all.n && knownhosts_has_type(hk->kh, &files, hostkey_name(t),
					 hostkey_port(t), type_of(all.v[0])))
		goto out;
	knownhosts_types(hk->kh, &files, hostkey_name(t), hostkey_port(t),
			 &known);
	if (told)
		add_told_types(told, t, &known);
	if (!known.n)
		goto out;
	for (size_t i = 0; i < all.n; i++)
		if (contains(&known, type_of(all.v[i])))
			strvec_push(&sorted, all.v[i]);
	for (size_t i = 0; i < all.n; i++)
		if (!contains(&known, type_of(all.v[i])))
			strvec_push(&sorted, all.v[i]);
	list = strvec_join(&sorted, ",");
out:
	strvec_release(&files);
	strvec_release(&known);
	strvec_release(&all);
	strvec_release(&sorted);
	return list;
}

/* ---- the decision ---- */

/*
 * Verdict by StrictHostKeyChecking.  What is missing here is 0, which refuses.
 * As with ssh, a key of another type than the one on file is a changed key.
 */
static const enum hostkey_decision decisions[][STRICT_ACCEPT_NEW + 1] = {
	/* clang-format off */
	[KH_MATCH]   = { [STRICT_NO]  = HOSTKEY_ACCEPT,  [STRICT_YES]        = HOSTKEY_ACCEPT,
			 [STRICT_ASK] = HOSTKEY_ACCEPT,  [STRICT_ACCEPT_NEW] = HOSTKEY_ACCEPT },
	[KH_UNKNOWN] = { [STRICT_NO]  = HOSTKEY_ADD,     [STRICT_YES]        = HOSTKEY_REFUSE,
			 [STRICT_ASK] = HOSTKEY_ASK,     [STRICT_ACCEPT_NEW] = HOSTKEY_ADD    },
	[KH_OTHER]   = { [STRICT_NO]  = HOSTKEY_DISTRUST },
	[KH_CHANGED] = { [STRICT_NO]  = HOSTKEY_DISTRUST },
	[KH_REVOKED] = { [STRICT_NO]  = HOSTKEY_DISTRUST },
	[KH_CA_ONLY] = { [STRICT_NO]  = HOSTKEY_REFUSE },
	[KH_ERROR]   = { [STRICT_NO]  = HOSTKEY_REFUSE },
	/* clang-format on */
};

/* Where new keys are written; NULL: nowhere. */
static const char *user_file(const struct target *t)
{
	const struct strvec *files = &t->opts->user_known_hosts_files;

	return files->n && strcmp(files->v[0], "none") != 0 ? files->v[0]
							    : NULL;
}

char *hostkey_with_port(const char *name, uint16_t port)
{
	return port == 22 ? xstrdup(name) : xasprintf("[%s]:%u", name, port);
}

char *hostkey_name_and_port(const struct target *t)
{
	return hostkey_with_port(hostkey_name(t), hostkey_port(t));
}

static bool is_loopback(const char *address)
{
	struct in_addr v4;
	struct in6_addr v6;

	if (inet_pton(AF_INET, address, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == IN_LOOPBACKNET;
	return inet_pton(AF_INET6, address, &v6) == 1 &&
	       IN6_IS_ADDR_LOOPBACK(&v6);
}

bool hostkey_exempt(const struct target *t, const char *address)
{
	return t->opts->no_host_authentication_for_localhost == 1 &&
	       !t->opts->host_key_alias && is_loopback(address);
}

char *hostkey_address(const struct target *t, const char *address)
{
	if (t->opts->check_host_ip != 1 || !*address || is_loopback(address))
		return NULL;
	if (!strcmp(t->host, address) &&
	    (!t->opts->host_key_alias || t->port == 22))
		return NULL;
	return hostkey_with_port(address, t->port);
}

static enum fingerprint_hash hash_of(const struct target *t)
{
	return (enum fingerprint_hash)t->opts->fingerprint_hash;
}

/* What is wrong with the key, as a new string; NULL when nothing is. */
static char *reason(const struct target *t, const struct kh_answer *a,
		    const struct kh_key *key)
{
	struct strbuf print = STRBUF_INIT(256);
	struct strbuf old = STRBUF_INIT(256);
	char *name = hostkey_name_and_port(t);
	char *text = NULL;

	kh_fingerprint(key, hash_of(t), &print);
	if (a->key.blob)
		kh_fingerprint(&a->key, hash_of(t), &old);
	switch (a->verdict) {
	case KH_MATCH:
		break;
	case KH_UNKNOWN:
		text = xasprintf(
			!user_file(t)
				? _("no %s key is known for '%s' (it shows %s), and without a UserKnownHostsFile no new one is taken")
				: _("no %s key is known for '%s' (it shows %s); to take new keys as they come, use -o StrictHostKeyChecking=accept-new"),
			key->type, name, print.buf);
		break;
	case KH_OTHER:
	case KH_CHANGED:
		text = xasprintf(
			_("REMOTE HOST IDENTIFICATION HAS CHANGED: '%s' shows the %s key %s, but %s:%lu has the %s key %s; somebody may be in between"),
			name, key->type, print.buf, a->file, a->line,
			a->key.type, old.buf);
		break;
	case KH_REVOKED:
		text = xasprintf(_("the key %s of '%s' is revoked in %s:%lu"),
				 print.buf, name, a->file, a->line);
		break;
	case KH_CA_ONLY:
		text = xasprintf(
			_("'%s' is known by @cert-authority only (%s:%lu), and host certificates need --ssh-program"),
			name, a->file, a->line);
		break;
	case KH_ERROR:
		text = xasprintf(_("cannot judge the key of '%s'"), name);
		break;
	}
	free(name);
	strbuf_release(&print);
	strbuf_release(&old);
	return text;
}

static int check_size(const struct target *t, const struct kh_key *key,
		      struct err *err)
{
	size_t bits = kh_bits(key);
	char *name;

	if (strcmp(key->type, "ssh-rsa") != 0 ||
	    bits >= (size_t)t->opts->required_rsa_size)
		return 0;
	name = hostkey_name_and_port(t);
	err_set(err, ERR_HOSTKEY,
		_("host key verification failed: the RSA key of '%s' has %zu bits, and RequiredRSASize is %d"),
		name, bits, t->opts->required_rsa_size);
	free(name);
	return -1;
}

/*
 * RevokedHostKeys.  0, or -1 with `err`: as with ssh whatever StrictHostKey-
 * Checking says, and also when the file cannot be read or makes no sense.
 */
static int check_revoked(struct hostkeys *hk, const struct target *t,
			 const struct kh_key *key, struct err *err)
{
	const char *path = t->opts->revoked_host_keys;
	const struct revoked_file *f;
	struct strbuf print = STRBUF_INIT(256);
	struct err why = { 0 };
	int rc;

	if (!path)
		return 0;
	f = hostkeys_revoked(hk, path);
	if (f->error)
		rc = err_set(&why, ERR_HOSTKEY, "%s",
			     hostkeys_file_error(f->error));
	else
		rc = krl_check(f->text.buf, f->text.len, key, &why);
	kh_fingerprint(key, hash_of(t), &print);
	if (rc < 0)
		err_set(err, ERR_HOSTKEY,
			_("host key verification failed: cannot use '%s' of RevokedHostKeys: %s"),
			path, why.msg);
	else if (rc)
		err_set(err, ERR_HOSTKEY,
			_("host key verification failed: the key %s is revoked by '%s'"),
			print.buf, path);
	strbuf_release(&print);
	err_release(&why);
	return rc ? -1 : 0;
}

/* VisualHostKey, once the key is taken. */
static void show_key(const struct target *t, const struct kh_key *key)
{
	struct strbuf art = STRBUF_INIT(1024);
	char *line, *rest;

	kh_fingerprint(key, hash_of(t), &art);
	log_info(_("%s: host key fingerprint is %s"), t->name, art.buf);
	strbuf_reset(&art);
	kh_randomart(key, hash_of(t), &art);
	for (line = strtok_r(art.buf, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		log_info("%s: %s", t->name, line);
	strbuf_release(&art);
}

/* Which of two verdicts on a key counts, the most telling last. */
static const unsigned int weights[] = {
	[KH_UNKNOWN] = 0, [KH_CA_ONLY] = 1, [KH_OTHER] = 2, [KH_CHANGED] = 3,
	[KH_MATCH] = 4,	  [KH_REVOKED] = 5, [KH_ERROR] = 6,
};

static struct kh_answer weightier(struct kh_answer a, struct kh_answer b)
{
	return weights[b.verdict] > weights[a.verdict] ? b : a;
}

/* What the files, and the command under `told_file`, say of a name. */
static struct kh_answer judge_as(struct hostkeys *hk,
				 const struct strvec *files, const char *name,
				 const struct hostkey_seen *seen,
				 const char *told_file)
{
	struct strvec told_files = { 0 };
	struct kh_answer kept =
		knownhosts_check(hk->kh, files, name, 0, seen->key);
	struct kh_answer told;

	if (!seen->told)
		return kept;
	strvec_push(&told_files, told_file);
	told = knownhosts_check(seen->told, &told_files, name, 0, seen->key);
	strvec_release(&told_files);
	return weightier(kept, told);
}

static bool is_new(enum kh_verdict verdict)
{
	return verdict == KH_UNKNOWN || verdict == KH_CA_ONLY;
}

static bool is_other(enum kh_verdict verdict)
{
	return verdict == KH_CHANGED || verdict == KH_OTHER;
}

/* All that is known of a key. */
struct view {
	struct kh_answer name;
	struct kh_answer address; /* KH_ERROR: it does not count */
	bool bare;		  /* known under the name without its port */
};

/*
 * As with ssh the bare name is sought only where neither the files nor the
 * command have a key for the one with its port, and then in the files alone.
 * There it counts for nothing where the bare address has another key.
 */
static struct view look(struct hostkeys *hk, const struct strvec *files,
			const struct target *t, const struct hostkey_seen *seen)
{
	char *name = hostkey_name_and_port(t);
	char *address = hostkey_address(t, seen->address);
	struct view v = { 0 };
	struct kh_answer a;

	v.name = judge_as(hk, files, name, seen, KHCOMMAND_HOSTNAME_FILE);
	if (is_new(v.name.verdict)) {
		a = knownhosts_check(hk->kh, files, hostkey_name(t),
				     hostkey_port(t), seen->key);
		v.name = weightier(a, v.name);
		v.bare = v.name.verdict == KH_MATCH;
	}
	if (address)
		v.address = judge_as(hk, files, address, seen,
				     KHCOMMAND_ADDRESS_FILE);
	if (address && v.bare && t->opts->strict != STRICT_NO) {
		a = knownhosts_check(hk->kh, files, seen->address, 0,
				     seen->key);
		if (is_other(a.verdict)) {
			v.name = (struct kh_answer){ .verdict = KH_UNKNOWN };
			v.bare = false;
		}
	}
	free(address);
	free(name);
	return v;
}

/* What speaks against a key that its name does not, as a new string, or NULL:
   CheckHostIP. */
static char *doubt(const struct target *t, const struct view *v,
		   const struct hostkey_seen *seen)
{
	struct strbuf print = STRBUF_INIT(256);
	struct strbuf other = STRBUF_INIT(256);
	char *name, *address, *text;

	if (!is_other(v->address.verdict) ||
	    (v->name.verdict != KH_MATCH && v->name.verdict != KH_UNKNOWN))
		return NULL;
	name = hostkey_name_and_port(t);
	address = hostkey_address(t, seen->address);
	kh_fingerprint(seen->key, hash_of(t), &print);
	kh_fingerprint(&v->address.key, hash_of(t), &other);
	if (v->name.verdict == KH_MATCH)
		text = xasprintf(
			_("the %s key %s is that of '%s' in %s:%lu, but its address '%s' has the %s key %s in %s:%lu"),
			seen->key->type, print.buf, name, v->name.file,
			v->name.line, address, v->address.key.type, other.buf,
			v->address.file, v->address.line);
	else
		text = xasprintf(
			_("no %s key is known for '%s' (it shows %s), but its address '%s' has the %s key %s in %s:%lu"),
			seen->key->type, name, print.buf, address,
			v->address.key.type, other.buf, v->address.file,
			v->address.line);
	strbuf_release(&print);
	strbuf_release(&other);
	free(address);
	free(name);
	return text;
}

char *hostkey_doubt(struct hostkeys *hk, const struct target *t,
		    const struct hostkey_seen *seen)
{
	struct strvec files = { 0 };
	struct view v;
	char *text;

	hostkeys_files_of(t, &files);
	(void)hostkeys_load(hk, &files, NULL);
	v = look(hk, &files, t, seen);
	text = doubt(t, &v, seen);
	strvec_release(&files);
	return text;
}

bool hostkey_new_names(struct hostkeys *hk, const struct target *t,
		       const struct hostkey_seen *seen, bool *address)
{
	struct strvec files = { 0 };
	struct view v;
	bool told;

	hostkeys_files_of(t, &files);
	(void)hostkeys_load(hk, &files, NULL);
	v = look(hk, &files, t, seen);
	strvec_release(&files);
	told = v.name.file && !strcmp(v.name.file, KHCOMMAND_HOSTNAME_FILE);
	*address = is_new(v.address.verdict) && !told && !v.bare;
	return v.name.verdict == KH_UNKNOWN;
}

/*
 * What StrictHostKeyChecking makes of both.  `*why` (owned) is the reason for
 * what is not plain acceptance.
 */
static enum hostkey_decision weigh(const struct target *t, const struct view *v,
				   const struct hostkey_seen *seen, char **why)
{
	int strict = t->opts->strict;
	enum hostkey_decision d = HOSTKEY_REFUSE;
	bool told;

	if (strict >= STRICT_NO && strict <= STRICT_ACCEPT_NEW)
		d = decisions[v->name.verdict][strict];
	/* As with ssh, what cannot be remembered is not taken either. */
	if (v->name.verdict == KH_UNKNOWN && !user_file(t))
		d = HOSTKEY_REFUSE;
	if (d != HOSTKEY_REFUSE && d != HOSTKEY_DISTRUST)
		*why = doubt(t, v, seen);
	if (*why && strict == STRICT_NO)
		log_warn(
			_("%s: WARNING: %s; going on all the same (StrictHostKeyChecking no)"),
			t->name, *why);
	else if (*why)
		return strict == STRICT_ASK ? HOSTKEY_ASK : HOSTKEY_REFUSE;
	else
		*why = reason(t, &v->name, seen->key);
	told = v->name.file && !strcmp(v->name.file, KHCOMMAND_HOSTNAME_FILE);
	if (d == HOSTKEY_ACCEPT && is_new(v->address.verdict) && !v->bare &&
	    !told && user_file(t))
		d = HOSTKEY_ADD_ADDRESS;
	return d;
}

/* What a changed key is in lines: a heading, what is shown, what is on file. */
static void changed_block(const struct target *t, const struct view *v,
			  const struct hostkey_seen *seen, struct err *err)
{
	struct strbuf print = STRBUF_INIT(256);
	struct strbuf old = STRBUF_INIT(256);
	char *name;

	if (!is_other(v->name.verdict))
		return;
	name = hostkey_name_and_port(t);
	kh_fingerprint(seen->key, hash_of(t), &print);
	kh_fingerprint(&v->name.key, hash_of(t), &old);
	err_block(
		err,
		_("REMOTE HOST IDENTIFICATION HAS CHANGED: somebody may be in between\n  '%s' shows the %s key\n    %s\n  %s:%lu has the %s key\n    %s"),
		name, seen->key->type, print.buf, v->name.file, v->name.line,
		v->name.key.type, old.buf);
	strbuf_release(&print);
	strbuf_release(&old);
	free(name);
}

/* As ssh says it, in lines that scripts look for. */
static void refused_as_ssh(const struct target *t, const struct view *v,
			   const struct hostkey_seen *seen, const char *why,
			   struct err *err)
{
	const char *type = kh_type_name(seen->key);
	char *name = hostkey_name_and_port(t);
	struct strbuf print = STRBUF_INIT(256);

	kh_fingerprint(seen->key, hash_of(t), &print);
	if (is_other(v->name.verdict))
		err_as_ssh(
			err,
			"@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\n"
			"IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!\n"
			"The fingerprint for the %s key sent by the remote host is\n%s.\n"
			"Offending %s key in %s:%lu\n"
			"Host key for %s has changed and you have requested strict checking.",
			type, print.buf, kh_type_name(&v->name.key),
			v->name.file, v->name.line, name);
	else if (v->name.verdict == KH_UNKNOWN)
		err_as_ssh(
			err,
			"No %s host key is known for %s and you have requested strict checking.",
			type, name);
	else
		err_as_ssh(err, "%s", why);
	strbuf_release(&print);
	free(name);
}

static bool is_trusting(enum hostkey_decision d)
{
	return d == HOSTKEY_ACCEPT || d == HOSTKEY_ADD ||
	       d == HOSTKEY_ADD_ADDRESS;
}

enum hostkey_decision hostkey_decide(struct hostkeys *hk,
				     const struct target *t,
				     const struct hostkey_seen *seen,
				     struct err *err)
{
	const struct ssh_opts *o = t->opts;
	enum hostkey_decision d = HOSTKEY_REFUSE;
	struct strvec files = { 0 };
	struct err unread = { 0 };
	struct view v;
	char *why = NULL;

	/* As with ssh these two come first, and of any host. */
	if (check_size(t, seen->key, err) ||
	    check_revoked(hk, t, seen->key, err))
		return HOSTKEY_REFUSE;
	if (hostkey_exempt(t, seen->address))
		return HOSTKEY_ACCEPT;
	hostkeys_files_of(t, &files);
	if (hostkeys_load(hk, &files, &unread) && o->strict != STRICT_NO) {
		err_move(err, &unread);
		goto out;
	}
	v = look(hk, &files, t, seen);
	d = weigh(t, &v, seen, &why);
	/* What was not read might speak against the key. */
	if (unread.code && is_trusting(d)) {
		d = HOSTKEY_DISTRUST;
		free(why);
		why = xstrdup(unread.msg);
	}
	if (d == HOSTKEY_DISTRUST)
		log_warn(
			_("%s: WARNING: %s; going on all the same (StrictHostKeyChecking no), without passwords, keyboard-interactive authentication and forwarding"),
			t->name, why);
	if (d == HOSTKEY_REFUSE || d == HOSTKEY_ASK) {
		err_set(err, ERR_HOSTKEY, _("host key verification failed: %s"),
			why);
		changed_block(t, &v, seen, err);
		refused_as_ssh(t, &v, seen, why, err);
	}
	if (o->visual_host_key == 1 &&
	    (is_trusting(d) || d == HOSTKEY_DISTRUST))
		show_key(t, seen->key);
out:
	free(why);
	err_release(&unread);
	strvec_release(&files);
	return d;
}
