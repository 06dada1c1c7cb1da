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
} lists[] = {
	/* clang-format off */
	{ "kex algos",                N_("key exchange method")  },
	{ "server host key algo",     N_("host key type")        },
	{ "encryption client->server", N_("cipher")              },
	{ "encryption server->client", N_("cipher")              },
	{ "mac algo client->server",  N_("MAC")                  },
	{ "mac algo server->client",  N_("MAC")                  },
	{ "compression algo client->server", N_("compression")   },
	{ "compression algo server->client", N_("compression")   },
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

/* "NAME: server [THEIRS], client [OURS]" */
static void explain_no_match(const char *text, enum libssh_stage stage,
			     struct err *err)
{
	const char *offer = strstr(text, ": server [");
	const char *end = offer ? strstr(offer, "], client [") : NULL;
	const char *what = NULL;
	char *vis;

	(void)stage;
	if (!end) {
		vis = visible(text, strlen(text));
		err_set(err, ERR_PROTOCOL, _("no matching algorithm: %s"), vis);
		free(vis);
		return;
	}
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (!strncmp(text, lists[i].theirs, (size_t)(offer - text)))
			what = lists[i].ours;
	offer += strlen(": server [");
	vis = visible(offer, (size_t)(end - offer));
	err_set(err, ERR_PROTOCOL, _("no matching %s found; their offer: %s"),
		what ? _(what) : _("algorithm"), vis);
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
