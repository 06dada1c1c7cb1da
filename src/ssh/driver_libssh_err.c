/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What libssh says, put for people.
 *
 * libssh has one error code for everything that ends a connection, so its
 * text is all there is to tell one failure from another.  A text that none of
 * the rows below knows is passed on as it is.
 */
#include "ssh/driver_libssh_err.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "conf/sshopt.h"

#include "base/banned.h"

/* Server bytes longer than this are cut. */
#define TEXT_MAX 256

static const char *const closed[NSTAGES] = {
	/* clang-format off */
	[STAGE_IDENT] = N_("connection closed by remote host before it identified itself"),
	[STAGE_KEX]   = N_("connection closed by remote host during key exchange"),
	[STAGE_AUTH]  = N_("connection closed by remote host during authentication"),
	[STAGE_OPEN]  = N_("connection closed by remote host"),
	/* clang-format on */
};

static const char *const reset[NSTAGES] = {
	/* clang-format off */
	[STAGE_IDENT] = N_("connection reset by remote host before it identified itself"),
	[STAGE_KEX]   = N_("connection reset by remote host during key exchange"),
	[STAGE_AUTH]  = N_("connection reset by remote host during authentication"),
	[STAGE_OPEN]  = N_("connection reset by remote host"),
	/* clang-format on */
};

/* The descriptions of libssh's ten negotiated lists, as ssh words them. */
static const struct {
	const char *theirs;
	const char *ours;
	const char *query; /* of sshopt_query(): what rsh has; or NULL */
} lists[] = {
	/* clang-format off */
	{ "kex algos",                 N_("key exchange method"), "kex" },
	{ "server host key algo",      N_("host key type"), "HostKeyAlgorithms" },
	{ "encryption client->server", N_("cipher"), "cipher" },
	{ "encryption server->client", N_("cipher"), "cipher" },
	{ "mac algo client->server",   N_("MAC"), "mac" },
	{ "mac algo server->client",   N_("MAC"), "mac" },
	{ "compression algo client->server", N_("compression"), NULL },
	{ "compression algo server->client", N_("compression"), NULL },
	/* clang-format on */
};

/* A connection that ends before it is up never spoke the protocol to us. */
static enum err_code lost_code(enum libssh_stage stage)
{
	return stage <= STAGE_KEX ? ERR_PROTOCOL : ERR_LOST;
}

static bool skip_prefix(const char **text, const char *prefix)
{
	size_t n = strlen(prefix);

	if (strncmp(*text, prefix, n) != 0)
		return false;
	*text += n;
	return true;
}

static char *visible(const char *text, size_t n)
{
	return text_vis_dup(text, n, TEXT_MAX);
}

static void explain_closed(const char *text, enum libssh_stage stage,
			   struct err *err)
{
	(void)text;
	err_set(err, lost_code(stage), "%s", _(closed[stage]));
}

static void explain_socket(const char *text, enum libssh_stage stage,
			   struct err *err)
{
	char *vis;

	if (!strcmp(text, strerror(0))) {
		explain_closed(text, stage, err);
		return;
	}
	if (!strcmp(text, strerror(ECONNRESET)) ||
	    !strcmp(text, strerror(EPIPE))) {
		err_set(err, lost_code(stage), "%s", _(reset[stage]));
		return;
	}
	vis = visible(text, strlen(text));
	err_set(err, lost_code(stage), _("connection lost: %s"), vis);
	free(vis);
}

/* "2:Too many authentication failures" */
static void explain_disconnect(const char *text, enum libssh_stage stage,
			       struct err *err)
{
	const char *colon = strchr(text, ':');
	char *vis;

	if (colon)
		text = colon + 1;
	vis = visible(text, strlen(text));
	if (stage == STAGE_AUTH &&
	    strcasestr(vis, "too many authentication failures"))
		err_set(err, ERR_AUTH,
			_("too many authentication failures: with IdentitiesOnly=yes only the keys of IdentityFile are offered"));
	else
		err_set(err, lost_code(stage),
			_("disconnected by remote host: %s"), vis);
	free(vis);
}

/* What servers put among their methods of key exchange and is none. */
static bool is_signal(const char *name)
{
	return !strncmp(name, "ext-info-", 9) ||
	       !strncmp(name, "kex-strict-", 11);
}

/*
 * Whether the server has anything that rsh has not.  Else it is ssh_config
 * that leaves out what both have.
 */
static bool has_others(const char *offer, const char *query)
{
	struct strvec theirs = { 0 };
	struct strvec ours = { 0 };
	bool others = false;

	if (query && !sshopt_query(query, &ours, NULL)) {
		strvec_split(&theirs, offer, ",");
		for (size_t i = 0; i < theirs.n && !others; i++) {
			others = !is_signal(theirs.v[i]);
			for (size_t k = 0; k < ours.n; k++)
				others &= strcmp(ours.v[k], theirs.v[i]) != 0;
		}
	}
	strvec_release(&theirs);
	strvec_release(&ours);
	return others;
}

/* "NAME: server [THEIRS], client [OURS]" */
static void explain_no_match(const char *text, enum libssh_stage stage,
			     struct err *err)
{
	const char *offer = strstr(text, ": server [");
	const char *end = offer ? strstr(offer, "], client [") : NULL;
	const char *what = NULL;
	const char *query = NULL;
	char *vis, *theirs;
	bool others;

	(void)stage;
	if (!end) {
		vis = visible(text, strlen(text));
		err_set(err, ERR_PROTOCOL, _("no matching algorithm: %s"), vis);
		free(vis);
		return;
	}
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (!strncmp(text, lists[i].theirs, (size_t)(offer - text))) {
			what = lists[i].ours;
			query = lists[i].query;
		}
	offer += strlen(": server [");
	vis = visible(offer, (size_t)(end - offer));
	theirs = xstrndup(offer, (size_t)(end - offer));
	others = has_others(theirs, query);
	err_set(err, ERR_PROTOCOL,
		others ? _("no matching %s found; their offer: %s; --ssh-program may have one")
		       : _("no matching %s found; their offer: %s"),
		what ? _(what) : _("algorithm"), vis);
	if (others)
		err_suggest_program(err);
	free(theirs);
	free(vis);
}

static void explain_other(const char *text, enum libssh_stage stage,
			  struct err *err)
{
	char *vis;

	/* What libssh finds at its first look at the socket is bare. */
	if (stage == STAGE_IDENT && (!strcmp(text, strerror(0)) ||
				     !strcmp(text, strerror(ECONNRESET)))) {
		explain_socket(text, stage, err);
		return;
	}
	vis = visible(text, strlen(text));
	err_set(err, ERR_PROTOCOL, _("protocol error: %s"), vis);
	free(vis);
}

/* The first prefix that fits decides. */
static const struct {
	const char *prefix;
	void (*fill)(const char *text, enum libssh_stage stage,
		     struct err *err);
} rows[] = {
	/* clang-format off */
	{ "Socket error: disconnected",      explain_closed     },
	{ "Socket error: ",                  explain_socket     },
	{ "Received SSH_MSG_DISCONNECT: ",   explain_disconnect },
	{ "kex error : no match for method ", explain_no_match  },
	{ "",                                explain_other      },
	/* clang-format on */
};

int libssh_explain(const char *text, enum libssh_stage stage, struct err *err)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (skip_prefix(&text, rows[i].prefix)) {
			rows[i].fill(text, stage, err);
			break;
		}
	}
	return -1;
}

/* ---- the same in the words of ssh(1) ---- */

#define CLOSED "Connection closed by %s"
#define RESET  "Connection reset by %s"

/* A connection that has ended: `closed` by the other end, or reset. */
static void ended_as_ssh(bool ended, enum libssh_stage stage, const char *peer,
			 struct err *err)
{
	if (stage == STAGE_OPEN)
		return; /* the session's owner knows the host's name */
	if (stage != STAGE_IDENT && ended)
		err_as_ssh(err, CLOSED, peer);
	else if (stage != STAGE_IDENT)
		err_as_ssh(err, RESET, peer);
	else if (ended)
		err_as_ssh(
			err,
			"kex_exchange_identification: Connection closed by remote host\n" CLOSED,
			peer);
	else
		err_as_ssh(
			err,
			"kex_exchange_identification: read: Connection reset by peer\n" RESET,
			peer);
}

/* "2:Too many authentication failures" */
static void disconnect_as_ssh(const char *text, const char *peer,
			      struct err *err)
{
	char *vis = visible(text, strlen(text));
	char *colon = strchr(vis, ':');

	if (colon) {
		*colon = '\0';
		err_as_ssh(err,
			   "Received disconnect from %s:%s: %s\n"
			   "Disconnected from %s",
			   peer, vis, colon + 1, peer);
	}
	free(vis);
}

/* "NAME: server [THEIRS], client [OURS]" */
static void no_match_as_ssh(const char *text, const char *peer, struct err *err)
{
	const char *offer = strstr(text, ": server [");
	const char *end = offer ? strstr(offer, "], client [") : NULL;
	const char *what = "algorithm";
	char *vis;

	if (!end)
		return;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (!strncmp(text, lists[i].theirs, (size_t)(offer - text)))
			what = lists[i].ours;
	offer += strlen(": server [");
	vis = visible(offer, (size_t)(end - offer));
	err_as_ssh(
		err,
		"Unable to negotiate with %s: no matching %s found. Their offer: %s",
		peer, what, vis);
	free(vis);
}

/* What was said of a packet, and what ssh says. */
static const struct {
	const char *prefix;
	const char *first, *last;
} broken[] = {
	/* clang-format off */
	{ "HMAC error",           "Corrupted MAC on input.", "message authentication code incorrect" },
	{ "Decryption error",     "Corrupted MAC on input.", "message authentication code incorrect" },
	{ "EVP_DecryptFinal",     "Corrupted MAC on input.", "message authentication code incorrect" },
	{ "read_packet(): Packet len", "Bad packet length.",  "Connection corrupted" },
	{ "Packet len",           "Bad packet length.",      "Connection corrupted" },
	{ "Invalid padding",      "padding error",           "Connection corrupted" },
	{ "Packet too short to read padding", "padding error", "Connection corrupted" },
	/* clang-format on */
};

static void broken_as_ssh(const char *text, const char *peer, struct err *err)
{
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		if (strncmp(text, broken[i].prefix, strlen(broken[i].prefix)) !=
		    0)
			continue;
		err_as_ssh(err,
			   "%s\nssh_dispatch_run_fatal: Connection to %s: %s",
			   broken[i].first, peer, broken[i].last);
		return;
	}
}

void libssh_as_ssh(const char *text, enum libssh_stage stage, const char *peer,
		   struct err *err)
{
	bool socket = skip_prefix(&text, "Socket error: ");

	if ((socket && !strcmp(text, "disconnected")) ||
	    !strcmp(text, strerror(0)))
		ended_as_ssh(true, stage, peer, err);
	else if (!strcmp(text, strerror(ECONNRESET)) ||
		 !strcmp(text, strerror(EPIPE)))
		ended_as_ssh(false, stage, peer, err);
	else if (skip_prefix(&text, "Received SSH_MSG_DISCONNECT: "))
		disconnect_as_ssh(text, peer, err);
	else if (skip_prefix(&text, "kex error : no match for method "))
		no_match_as_ssh(text, peer, err);
	else
		broken_as_ssh(text, peer, err);
}
