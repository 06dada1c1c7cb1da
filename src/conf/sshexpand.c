/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens, variables and `~` in the values of ssh_config(5).
 */
#include "conf/sshexpand.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/banned.h"

#define MAX_EXPANDED ((size_t)64 << 10) /* bytes */

/* The fields in which ssh expands, and what. */
static const struct {
	const char *keyword;
	size_t field;
	bool list;
	bool path;   /* "~" and "${NAME}" too */
	bool tunnel; /* %T too */
} expanded[] = {
	/* clang-format off */
	{ "RemoteCommand", offsetof(struct ssh_opts, remote_command), false, false, false },
	{ "LocalCommand", offsetof(struct ssh_opts, local_command_line), false, false, true },
	{ "IdentityAgent", offsetof(struct ssh_opts, identity_agent), false, true, false },
	{ "IdentityFile", offsetof(struct ssh_opts, identity_files), true, true, false },
	{ "CertificateFile", offsetof(struct ssh_opts, certificate_files), true, true, false },
	{ "UserKnownHostsFile", offsetof(struct ssh_opts, user_known_hosts_files), true, true, false },
	/* clang-format on */
};

#define NEXPANDED (sizeof(expanded) / sizeof(expanded[0]))

/* The texts in field `i`, to be changed in place; `*n` of them. */
static char **texts_of(struct ssh_opts *o, size_t i, size_t *n)
{
	void *field = (char *)o + expanded[i].field;

	if (expanded[i].list) {
		struct strvec *list = field;

		*n = list->n;
		return list->v;
	}
	*n = *(char **)field != NULL;
	return field;
}

bool sshexpand_has(const char *text, const char *letters)
{
	const char *s = text;

	while ((s = strchr(s, '%')) && s[1]) {
		if (strchr(letters, s[1]))
			return true;
		s += 2;
	}
	return false;
}

bool sshexpand_any(struct ssh_opts *o, const char *letters)
{
	for (size_t i = 0; i < NEXPANDED; i++) {
		size_t n;
		char **texts = texts_of(o, i, &n);

		for (size_t j = 0; j < n; j++)
			if (sshexpand_has(texts[j], letters))
				return true;
	}
	return false;
}

char *sshexpand_hostname(const char *hostname, const char *host,
			 struct err *err)
{
	const struct percent_token tokens[] = { { 'h', host }, { 0 } };
	struct strbuf out = STRBUF_INIT(MAX_EXPANDED);

	if (percent_expand(hostname, tokens, &out, err)) {
		err_prefix(err, "HostName '%s': ", hostname);
		strbuf_release(&out);
		return NULL;
	}
	return strbuf_detach(&out, NULL);
}

static void lower(char *s)
{
	for (; *s; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s | 0x20);
}

/* A host as ssh connects to it: addresses in their usual form, lower case. */
static char *canonical(const char *host)
{
	char text[INET6_ADDRSTRLEN];
	size_t n = strcspn(host, "%");
	char *name = xstrndup(host, n);
	struct in6_addr v6;
	struct in_addr v4;
	char *result;

	if (!host[n] && inet_aton(host, &v4) &&
	    inet_ntop(AF_INET, &v4, text, sizeof(text)))
		result = xstrdup(text);
	else if (inet_pton(AF_INET6, name, &v6) == 1 &&
		 inet_ntop(AF_INET6, &v6, text, sizeof(text)))
		result = xasprintf("%s%s", text, host + n);
	else
		lower(result = xstrdup(host));
	free(name);
	return result;
}

/* Expand the one text at `*text`, of field `i`. */
static int expand_text(const struct sshmatch_env *env, env_fn *get_env,
		       size_t i, const struct percent_token *tokens,
		       char **text, struct err *err)
{
	struct strbuf path = STRBUF_INIT(MAX_EXPANDED);
	struct strbuf out = STRBUF_INIT(MAX_EXPANDED);
	int rc = 0;

	if (expanded[i].path)
		rc = tilde_expand(*text, env->home, &path, err) ||
		     percent_env_expand(path.buf, tokens, get_env, env->arg,
					&out, err);
	else
		rc = percent_expand(*text, tokens, &out, err);
	if (rc)
		err_prefix(err, "%s '%s': ", expanded[i].keyword, *text);
	strbuf_release(&path);
	if (rc) {
		strbuf_release(&out);
		return -1;
	}
	free(*text);
	*text = strbuf_detach(&out, NULL);
	return 0;
}

int sshexpand_texts(const struct sshmatch_env *env, env_fn *get_env,
		    struct ssh_opts *o, const char *host, const char *remote,
		    struct err *err)
{
	char *port = xasprintf("%d", o->port);
	char *uid = xasprintf("%u", env->uid);
	char *hash = sshexpand_any(o, "C")
			     ? connection_hash(env->local_host, remote, port,
					       o->user)
			     : NULL;
	struct percent_token tokens[] = {
		{ 'T', NULL },
		{ 'C', hash },
		{ 'd', env->home },
		{ 'h', remote },
		{ 'i', uid },
		{ 'k', o->host_key_alias ? o->host_key_alias : host },
		{ 'L', env->short_host },
		{ 'l', env->local_host },
		{ 'n', host },
		{ 'p', port },
		{ 'r', o->user },
		{ 'u', env->local_user },
		{ 0 },
	};
	int rc = 0;

	if (o->host_key_alias)
		lower(o->host_key_alias);
	for (size_t i = 0; rc == 0 && i < NEXPANDED; i++) {
		size_t n;
		char **texts = texts_of(o, i, &n);

		/* The interface of a Tunnel: there is none. */
		tokens[0].text = expanded[i].tunnel ? "NONE" : NULL;
		for (size_t j = 0; rc == 0 && j < n; j++)
			rc = expand_text(env, get_env, i, tokens, &texts[j],
					 err);
	}
	free(port);
	free(uid);
	free(hash);
	return rc;
}

char *sshexpand_remote(const char *hostname, const char *host, struct err *err)
{
	char *name, *remote;

	if (!hostname)
		return canonical(host);
	name = sshexpand_hostname(hostname, host, err);
	remote = name ? canonical(name) : NULL;
	free(name);
	return remote;
}
