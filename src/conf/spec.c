/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Destinations as people type them, and which names may be used at all.
 */
#include "conf/spec.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "base/banned.h"

#define HOST_MAX  253u
#define USER_MAX  255u
#define SHOWN_MAX 80u /* bytes of a bad text in a message */

/*
 * What never is part of a name: a name may end up in a shell's command line
 * (ProxyCommand, Match exec) or among a program's options.
 */
static const bool refused[128] = {
	/* clang-format off */
	/* NUL ... US */
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	/* blank " $ & ' ( ) and ; < > */
	1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 1, 0,
	/* backslash */
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0,
	/* backquote and { | } DEL */
	1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 1,
	/* clang-format on */
};

bool hostname_char(char c)
{
	unsigned char u = (unsigned char)c;

	return u >= sizeof(refused) || !refused[u];
}

/* Fill `err` with `what` is wrong and why: "bad port '0': ..."; gives -1. */
static int bad(struct err *err, const char *what, const char *s, size_t len,
	       const char *reason)
{
	char *shown = text_vis_dup(s, len, SHOWN_MAX);

	err_set(err, ERR_CONFIG, "%s '%s': %s", _(what), shown, reason);
	free(shown);
	return -1;
}

static int bad_char(struct err *err, const char *what, const char *s,
		    size_t len, char c)
{
	char *shown = text_vis_dup(&c, 1, 1);
	char *reason = xasprintf(_("'%s' is not allowed"), shown);

	bad(err, what, s, len, reason);
	free(reason);
	free(shown);
	return -1;
}

static int check_name(const char *what, const char *s, size_t len, size_t max,
		      struct err *err)
{
	if (!len)
		return bad(err, what, s, len, _("it is empty"));
	if (s[0] == '-')
		return bad(err, what, s, len, _("it begins with '-'"));
	if (len > max)
		return bad(err, what, s, len, _("it is too long"));
	for (size_t i = 0; i < len; i++)
		if (!hostname_char(s[i]))
			return bad_char(err, what, s, len, s[i]);
	return 0;
}

static int check_host(const char *s, size_t len, struct err *err)
{
	bool dot = len && s[len - 1] == '.';

	return check_name(N_("bad host name"), s, len, HOST_MAX + dot, err);
}

static int check_user(const char *s, size_t len, struct err *err)
{
	return check_name(N_("bad user name"), s, len, USER_MAX, err);
}

int hostname_check(const char *name, struct err *err)
{
	return check_host(name, strlen(name), err);
}

int username_check(const char *name, struct err *err)
{
	return check_user(name, strlen(name), err);
}

/* Whether this is an IPv6 address, perhaps with "%zone". */
static bool is_ipv6(const char *s, size_t len)
{
	const char *percent = memchr(s, '%', len);
	size_t n = percent ? (size_t)(percent - s) : len;
	char text[INET6_ADDRSTRLEN];
	struct in6_addr address;

	if (n >= sizeof(text) || (percent && n + 1 == len))
		return false;
	memcpy(text, s, n);
	text[n] = '\0';
	return inet_pton(AF_INET6, text, &address) == 1;
}

static int parse_port(const char *s, size_t len, uint16_t *port,
		      struct err *err)
{
	char text[8] = "";
	uint64_t value;

	/* A NUL within would hide what follows. */
	if (len < sizeof(text) && !memchr(s, '\0', len))
		memcpy(text, s, len);
	if (parse_uint(text, 1, UINT16_MAX, &value))
		return bad(err, N_("bad port"), s, len,
			   _("expected a number from 1 to 65535"));
	*port = (uint16_t)value;
	return 0;
}

/* "[v6]" and "[v6]:port". */
static int split_bracketed(const char *s, size_t len, bool with_port,
			   struct dest_view *out, struct err *err)
{
	const char *close = memchr(s, ']', len);
	size_t after;

	if (!close)
		return bad(err, N_("bad address"), s, len, _("']' is missing"));
	out->host = s + 1;
	out->host_len = (size_t)(close - out->host);
	if (!is_ipv6(out->host, out->host_len))
		return bad(err, N_("bad address"), s, len,
			   _("expected an IPv6 address in brackets"));
	after = len - out->host_len - 2;
	if (!after)
		return 0;
	if (close[1] != ':' || !with_port)
		return bad(err, N_("bad address"), s, len,
			   with_port ? _("expected ':' and a port after ']'")
				     : _("expected nothing after ']'"));
	return parse_port(close + 2, after - 1, &out->port, err);
}

/* What is behind the user: "host", "host:port", "[v6]:port", "v6". */
static int split_host(const char *s, size_t len, bool with_port,
		      struct dest_view *out, struct err *err)
{
	const char *colon;

	if (len && s[0] == '[')
		return split_bracketed(s, len, with_port, out, err);
	out->host = s;
	out->host_len = len;
	colon = memchr(s, ':', len);
	if (!colon)
		return 0;
	if (memchr(colon + 1, ':', (size_t)(s + len - colon - 1))) {
		if (is_ipv6(s, len))
			return 0;
		return bad(err, N_("bad address"), s, len,
			   _("expected an IPv6 address, or [address]:port"));
	}
	if (!with_port)
		return bad(err, N_("bad host name"), s, len,
			   _("a port is given with -p or as ssh://host:port"));
	out->host_len = (size_t)(colon - s);
	return parse_port(colon + 1, len - out->host_len - 1, &out->port, err);
}

int dest_split(const char *text, size_t len, bool with_port,
	       struct dest_view *out, struct err *err)
{
	const char *at = memrchr(text, '@', len);
	const char *host = at ? at + 1 : text;

	*out = (struct dest_view){ 0 };
	if (at) {
		out->user = text;
		out->user_len = (size_t)(at - text);
		if (check_user(out->user, out->user_len, err))
			return -1;
	}
	if (split_host(host, (size_t)(text + len - host), with_port, out, err))
		return -1;
	return check_host(out->host, out->host_len, err);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Replace "%41" and the like.  NUL is refused: it would cut the text. */
static int decode(const char *s, size_t len, struct strbuf *out,
		  struct err *err)
{
	for (size_t i = 0; i < len; i++) {
		int high, low;

		if (s[i] != '%') {
			strbuf_addch(out, s[i]);
			continue;
		}
		high = i + 2 < len ? hex_digit(s[i + 1]) : -1;
		low = i + 2 < len ? hex_digit(s[i + 2]) : -1;
		if (high < 0 || low < 0 || (!high && !low))
			return bad(err, N_("bad address"), s, len,
				   _("expected two hex digits after '%'"));
		strbuf_addch(out, (char)(high << 4 | low));
		i += 2;
	}
	return 0;
}

/*
 * What follows "ssh://".  Host and user are taken apart first and decoded
 * then, so that an escaped "@" or ":" separates nothing.
 */
static int parse_uri(const char *s, struct dest *out, struct err *err)
{
	size_t len = strcspn(s, "/");
	const char *at = memrchr(s, '@', len);
	const char *host = at ? at + 1 : s;
	struct strbuf user = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct strbuf name = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct dest_view view = { 0 };
	size_t host_len = (size_t)(s + len - host);
	int rc = -1;

	if (s[len] == '/' && s[len + 1]) {
		bad(err, N_("bad address"), s, strlen(s),
		    _("expected nothing after the host"));
		goto out;
	}
	if (at) {
		/* "ssh://user;fingerprint=...@host": parameters, not used. */
		size_t n = (size_t)(at - s);
		const char *semicolon = memchr(s, ';', n);

		if (decode(s, semicolon ? (size_t)(semicolon - s) : n, &user,
			   err) ||
		    check_user(user.buf, user.len, err))
			goto out;
	}
	if (split_host(host, host_len, true, &view, err) ||
	    decode(view.host, view.host_len, &name, err) ||
	    check_host(name.buf, name.len, err))
		goto out;
	out->user = at ? strbuf_detach(&user, NULL) : NULL;
	out->host = strbuf_detach(&name, NULL);
	out->port = view.port;
	rc = 0;
out:
	strbuf_release(&name);
	strbuf_release(&user);
	return rc;
}

int dest_parse(const char *text, bool with_port, struct dest *out,
	       struct err *err)
{
	static const char scheme[] = "ssh://";
	struct dest_view view;

	*out = (struct dest){ 0 };
	if (!strncmp(text, scheme, sizeof(scheme) - 1))
		return parse_uri(text + sizeof(scheme) - 1, out, err);
	if (dest_split(text, strlen(text), with_port, &view, err))
		return -1;
	if (view.user)
		out->user = xmemdup(view.user, view.user_len);
	out->host = xmemdup(view.host, view.host_len);
	out->port = view.port;
	return 0;
}

void dest_release(struct dest *d)
{
	if (!d)
		return;
	free(d->user);
	free(d->host);
	*d = (struct dest){ 0 };
}
