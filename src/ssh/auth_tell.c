/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was tried, and why it was not enough, in words.
 */
#include "ssh/auth.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "conf/fingerprint.h"
#include "ssh/auth_store.h"

#include "base/banned.h"

#define NAME_MAX_LEN 512 /* bytes of a key's name in an error */

/* Append the names of `left` as servers list them. */
static void list_methods(unsigned int left, struct strbuf *sb)
{
	static const struct {
		unsigned int bit;
		const char *name;
	} names[] = {
		/* clang-format off */
		{ AUTH_CAN_PUBLICKEY, "publickey"            },
		{ AUTH_CAN_GSSAPI,    "gssapi-with-mic"      },
		{ AUTH_CAN_HOSTBASED, "hostbased"            },
		{ AUTH_CAN_PASSWORD,  "password"             },
		{ AUTH_CAN_KBDINT,    "keyboard-interactive" },
		/* clang-format on */
	};
	const char *comma = "";

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!(left & names[i].bit))
			continue;
		strbuf_addf(sb, "%s%s", comma, names[i].name);
		comma = ",";
	}
}

/* ---- one try, for -v ---- */

/* "ssh-ed25519": the name in front of a key (RFC 4253, section 6.6). */
static void add_type(const struct kh_key *key, struct strbuf *sb)
{
	const unsigned char *p = key->blob;
	size_t n = key->len < 4 || p[0] || p[1] ? 0 : (size_t)p[2] << 8 | p[3];

	if (n && n <= key->len - 4)
		text_vis(sb, p + 4, n, 0);
}

static void add_key(const struct auth_ladder *l, const struct auth_try *try,
		    struct strbuf *sb)
{
	struct kh_key pub = { NULL, try->blob, try->blob_len };

	if (try->key)
		l->store->drv->key_public(try->key, &pub);
	strbuf_addstr(sb,
		      try->kind == AUTH_AGENT ? "the agent's key '" : "key '");
	text_vis(sb, try->where, strlen(try->where), 0);
	strbuf_addstr(sb, "' (");
	add_type(&pub, sb);
	strbuf_addch(sb, ' ');
	kh_fingerprint(&pub, (enum fingerprint_hash)l->opts->fingerprint_hash,
		       sb);
	strbuf_addch(sb, ')');
}

/* "/k/id ED25519 SHA256:...", as ssh -v names a key. */
static void name_as_ssh(const struct auth_ladder *l, struct strbuf *sb)
{
	const struct auth_try *try = &l->try;
	struct kh_key pub = { NULL, try->blob, try->blob_len };
	struct strbuf type = STRBUF_INIT(1024);

	if (try->key)
		l->store->drv->key_public(try->key, &pub);
	add_type(&pub, &type);
	pub.type = type.len ? type.buf : "";
	text_vis(sb, try->where, strlen(try->where), 0);
	strbuf_addf(sb, " %s ", kh_type_name(&pub));
	kh_fingerprint(&pub, (enum fingerprint_hash)l->opts->fingerprint_hash,
		       sb);
	if (try->kind == AUTH_AGENT)
		strbuf_addstr(sb, " agent");
	strbuf_release(&type);
}

/* What the server said, in the words of ssh -v. */
static void tell_as_ssh(const struct auth_ladder *l, enum auth_answer answer,
			unsigned int left)
{
	struct strbuf what = STRBUF_INIT(4096);
	struct strbuf methods = STRBUF_INIT(256);

	if (l->try.kind == AUTH_KEY || l->try.kind == AUTH_OFFER ||
	    l->try.kind == AUTH_AGENT) {
		name_as_ssh(l, &what);
		log_debug("Offering public key: %s", what.buf);
		if (answer != AUTH_DENIED)
			log_debug("Server accepts key: %s", what.buf);
	}
	if (answer == AUTH_DENIED || answer == AUTH_PARTIAL) {
		list_methods(left, &methods);
		log_debug("Authentications that can continue: %s",
			  methods.len ? methods.buf : "");
	}
	strbuf_release(&what);
	strbuf_release(&methods);
}

void auth_ladder_tell(const struct auth_ladder *l, const char *name,
		      enum auth_answer answer, unsigned int left)
{
	static const char *const words[] = {
		[AUTH_DENIED] = "refused",
		[AUTH_PARTIAL] = "accepted, and something else is wanted",
		[AUTH_SUCCESS] = "accepted",
		[AUTH_ASKED] = "the server asks",
		[AUTH_WANTED] = "would be accepted",
	};
	static const char *const kinds[] = {
		[AUTH_NONE] = "none",
		[AUTH_PASSWORD] = "password",
		[AUTH_KBDINT] = "keyboard-interactive",
	};
	const struct auth_try *try = &l->try;
	struct strbuf what = STRBUF_INIT(4096);
	struct strbuf methods = STRBUF_INIT(256);

	if (!log_enabled(LOG_VERBOSE))
		return;
	if (log_is_ssh()) {
		tell_as_ssh(l, answer, left);
		return;
	}
	if (try->kind == AUTH_KEY || try->kind == AUTH_OFFER ||
	    try->kind == AUTH_AGENT)
		add_key(l, try, &what);
	else
		strbuf_addstr(&what, kinds[try->kind]);
	if (answer == AUTH_DENIED || answer == AUTH_PARTIAL)
		list_methods(left, &methods);
	if (methods.len)
		log_verbose("%s: %s: %s (the server takes %s)", name, what.buf,
			    words[answer], methods.buf);
	else
		log_verbose("%s: %s: %s", name, what.buf, words[answer]);
	strbuf_release(&what);
	strbuf_release(&methods);
}

/* ---- all of them ---- */

/* A key that was not tried for want of its passphrase. */
static const struct identity *locked_key(const struct auth_ladder *l)
{
	const struct strvec *files = &l->opts->identity_files;
	const struct keyring *k = auth_keyring(l->store, l->opts);

	for (size_t i = 0; i < files->n; i++) {
		const struct identity *id =
			auth_identity(l->store, files->v[i]);
		struct kh_key pub;

		if (!id || !id->locked ||
		    (!id->given_up && auth_asks_in_turn(l->store, l->opts)))
			continue;
		if (!id->key)
			return id;
		l->store->drv->key_public(id->key, &pub);
		if (!auth_keyring_holds(k, &pub))
			return id;
	}
	return NULL;
}

/* A certificate that was asked for and could not be shown. */
static const struct certificate *lonely_certificate(const struct auth_ladder *l)
{
	const struct strvec *files = &l->opts->certificate_files;

	for (size_t i = 0; i < files->n; i++) {
		const struct certificate *c =
			auth_certificate(l->store, files->v[i]);

		if (c && !auth_key_is_here(l, c))
			return c;
	}
	return NULL;
}

/* The user does not want keys to be tried. */
static bool wants_no_keys(const struct auth_ladder *l)
{
	return l->opts->pubkey_authentication == 0 ||
	       !auth_prefers(l->opts, AUTH_CAN_PUBLICKEY);
}

__attribute__((format(printf, 2, 3))) static void
add_reason(struct strbuf *sb, const char *fmt, ...)
{
	va_list ap;

	strbuf_addstr(sb, sb->len ? "; " : ": ");
	va_start(ap, fmt);
	strbuf_vaddf(sb, fmt, ap);
	va_end(ap);
}

/* "'/k/a', the agent's 'b', ..." */
static void name_refused(const struct auth_ladder *l, struct strbuf *sb)
{
	for (unsigned int i = 0; i < l->refused && i < AUTH_NAMED; i++) {
		const struct auth_try *try = &l->refusals[i];
		const char *where = try->where ? try->where : "";
		char *name = text_vis_dup(where, strlen(where), NAME_MAX_LEN);

		strbuf_addstr(sb, i ? ", " : "");
		/* A certificate is a file's, whoever signs for it. */
		if (try->kind == AUTH_AGENT && !try->signer)
			strbuf_addf(sb, _("the agent's '%s'"), name);
		else
			strbuf_addf(sb, "'%s'", name);
		free(name);
	}
	if (l->refused > AUTH_NAMED)
		strbuf_addstr(sb, ", ...");
}

/* What was a part of the way in. */
static void add_part(const struct auth_ladder *l, struct strbuf *more)
{
	char *name;

	switch (l->part.kind) {
	case AUTH_NONE:
	case AUTH_OFFER:
		break;
	case AUTH_KEY:
	case AUTH_AGENT:
		name = text_vis_dup(l->part.where, strlen(l->part.where),
				    NAME_MAX_LEN);
		add_reason(
			more,
			_("key '%s' was accepted, and something else is wanted, too"),
			name);
		free(name);
		break;
	case AUTH_PASSWORD:
		add_reason(
			more,
			_("the password was accepted, and something else is wanted, too"));
		break;
	case AUTH_KBDINT:
		add_reason(
			more,
			_("keyboard-interactive was accepted, and something else is wanted, too"));
		break;
	}
}

static void add_refusals(const struct auth_ladder *l, struct strbuf *more)
{
	struct strbuf names = STRBUF_INIT((size_t)8 * NAME_MAX_LEN);

	name_refused(l, &names);
	if (l->refused)
		add_reason(more,
			   ngettext("%u key was refused (%s)",
				    "%u keys were refused (%s)", l->refused),
			   l->refused, names.buf);
	if (l->kbdints)
		add_reason(more,
			   ngettext("keyboard-interactive was refused",
				    "keyboard-interactive was refused %u times",
				    l->kbdints),
			   l->kbdints);
	if (l->passwords)
		add_reason(more,
			   ngettext("the password was refused",
				    "%u passwords were refused", l->passwords),
			   l->passwords);
	strbuf_release(&names);
}

/* A key whose private half is on a token (FIDO), which no agent offers. */
static const struct identity *token_key(const struct auth_ladder *l)
{
	const struct keyring *k = auth_keyring(l->store, l->opts);

	for (size_t i = 0; i < l->opts->identity_files.n; i++) {
		const struct identity *id =
			auth_identity(l->store, l->opts->identity_files.v[i]);
		struct kh_key pub;

		if (!id || !id->key || id->can_sign)
			continue;
		l->store->drv->key_public(id->key, &pub);
		if (!strncmp(pub.type, "sk-", 3) &&
		    !auth_keyring_holds(k, &pub))
			return id;
	}
	return NULL;
}

/*
 * What the server takes and this client has not, if ssh_config wants it (with
 * HostbasedAuthentication no run begins).  The answer: whether --ssh-program
 * may get in.
 */
static bool add_foreign(const struct auth_ladder *l, struct strbuf *more)
{
	const unsigned int ours =
		AUTH_CAN_PUBLICKEY | AUTH_CAN_PASSWORD | AUTH_CAN_KBDINT;
	const struct identity *token =
		l->methods & AUTH_CAN_PUBLICKEY && !wants_no_keys(l)
			? token_key(l)
			: NULL;
	bool gssapi = (l->methods & AUTH_CAN_GSSAPI) &&
		      l->opts->gssapi_authentication == 1;

	if (l->methods == AUTH_CAN_ANY)
		return false;
	if (token)
		add_reason(
			more,
			_("key '%s' is on a token, which --ssh-program can use"),
			token->path);
	if (gssapi)
		add_reason(more, _("%s works with --ssh-program only"),
			   "gssapi-with-mic");
	if (!(l->methods & ours) && !gssapi)
		add_reason(more, "%s",
			   _("only --ssh-program can log in there"));
	return token || gssapi || !(l->methods & ours);
}

/* What could not be tried, although it was named. */
static void add_untried(const struct auth_ladder *l, struct strbuf *more)
{
	const struct identity *locked = locked_key(l);
	const struct certificate *lonely = lonely_certificate(l);
	const struct keyring *k = auth_keyring(l->store, l->opts);

	if (!(l->methods & AUTH_CAN_PUBLICKEY) || wants_no_keys(l))
		return;
	if (locked)
		add_reason(more, _("key '%s' needs its passphrase"),
			   locked->path);
	if (lonely)
		add_reason(
			more,
			_("the key of certificate '%s' is neither in a file of IdentityFile nor in the agent"),
			lonely->path);
	if (k && k->err.msg)
		add_reason(more, "%s", k->err.msg);
}

/* Nothing that the server said, and nothing of a person, is to blame. */
static bool nothing_was_tried(const struct auth_ladder *l)
{
	return !l->tried && !l->passwords && !l->kbdints;
}

/* Why nothing was left to try, where that is worth a word. */
static const char *explain(const struct auth_ladder *l, bool reasons)
{
	const unsigned int asks = AUTH_CAN_PASSWORD | AUTH_CAN_KBDINT;

	if ((l->methods & asks) && l->why)
		return _(l->why);
	if (!(l->methods & AUTH_CAN_PUBLICKEY) || !nothing_was_tried(l))
		return NULL;
	if (l->opts->pubkey_authentication == 0)
		return _("no key is offered (PubkeyAuthentication no)");
	if (wants_no_keys(l))
		return _("no key is offered (PreferredAuthentications)");
	return reasons ? NULL : _("there is no key to offer");
}

void auth_ladder_error(const struct auth_ladder *l, struct err *err)
{
	struct strbuf left = STRBUF_INIT(256);
	struct strbuf more = STRBUF_INIT(16384);
	const char *why;
	bool foreign;

	if (l->methods != AUTH_CAN_ANY)
		list_methods(l->methods, &left);
	add_part(l, &more);
	add_refusals(l, &more);
	add_untried(l, &more);
	foreign = add_foreign(l, &more);
	why = explain(l, more.len > 0);
	if (why)
		add_reason(&more, "%s", why);
	/* With ssh's capital: scripts look for these words. */
	if (!left.len)
		err_set(err, ERR_AUTH, _("Permission denied"));
	else
		err_set(err, ERR_AUTH, _("Permission denied (%s)%s"), left.buf,
			more.buf);
	err_as_ssh(err, "Permission denied (%s).", left.buf);
	if (foreign)
		err_suggest_program(err);
	strbuf_release(&left);
	strbuf_release(&more);
}
