/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was tried, and why it was not enough, in words.
 */
#include "ssh/auth.h"

#include <stdarg.h>
#include <string.h>

#include "base/gettext.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "conf/fingerprint.h"
#include "ssh/auth_store.h"

#include "base/banned.h"

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

/* Why nothing was left to try, where that is worth a word. */
static const char *explain(const struct auth_ladder *l)
{
	const unsigned int asks = AUTH_CAN_PASSWORD | AUTH_CAN_KBDINT;

	if ((l->methods & asks) && l->why)
		return _(l->why);
	if (!(l->methods & (AUTH_CAN_PUBLICKEY | asks)))
		return _("only --ssh-program can log in there");
	if ((l->methods & AUTH_CAN_PUBLICKEY) && !l->tried && !locked_key(l))
		return _("there is no key to offer");
	return NULL;
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

void auth_ladder_error(const struct auth_ladder *l, struct err *err)
{
	struct strbuf left = STRBUF_INIT(256);
	struct strbuf more = STRBUF_INIT(1024);
	const struct identity *locked = locked_key(l);
	const struct certificate *lonely = lonely_certificate(l);
	const char *why = explain(l);

	if (l->methods != AUTH_CAN_ANY)
		list_methods(l->methods, &left);
	if (l->refused)
		add_reason(&more,
			   ngettext("%u key was refused",
				    "%u keys were refused", l->refused),
			   l->refused);
	if (locked && (l->methods & AUTH_CAN_PUBLICKEY))
		add_reason(&more, _("key '%s' needs its passphrase"),
			   locked->path);
	if (lonely && (l->methods & AUTH_CAN_PUBLICKEY))
		add_reason(
			&more,
			_("the key of certificate '%s' is neither in a file of IdentityFile nor in the agent"),
			lonely->path);
	if (why)
		add_reason(&more, "%s", why);
	/* With ssh's capital: scripts look for these words. */
	if (!left.len)
		err_set(err, ERR_AUTH, _("Permission denied"));
	else
		err_set(err, ERR_AUTH, _("Permission denied (%s)%s"), left.buf,
			more.buf);
	strbuf_release(&left);
	strbuf_release(&more);
}
