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
enum expansion {
	EXPAND_TOKENS,
	EXPAND_TUNNEL,	 /* %T too */
	EXPAND_PATH,	 /* "~" and "${NAME}" too */
	EXPAND_LATE,	 /* the same, and ssh -G shows it as it stands */
	EXPAND_WORDS,	 /* tokens, but for those of each run, and "${NAME}";
			    the first word is left alone */
	EXPAND_FORWARDS, /* tokens and "${NAME}" in the paths of forwardings */
};

static const struct {
	const char *keyword;
	size_t field;
	bool list;
	enum expansion how;
} expanded[] = {
	/* clang-format off */
	{ "RemoteCommand", offsetof(struct ssh_opts, remote_command), false, EXPAND_TOKENS },
	{ "LocalCommand", offsetof(struct ssh_opts, local_command_line), false, EXPAND_TUNNEL },
	{ "KnownHostsCommand", offsetof(struct ssh_opts, known_hosts_argv), true, EXPAND_WORDS },
	{ "ControlPath", offsetof(struct ssh_opts, control_path), false, EXPAND_PATH },
	{ "IdentityAgent", offsetof(struct ssh_opts, identity_agent), false, EXPAND_PATH },
	{ "ForwardAgent", offsetof(struct ssh_opts, forward_agent), false, EXPAND_PATH },
	{ "DynamicForward", offsetof(struct ssh_opts, dynamic_forwards), true, EXPAND_FORWARDS },
	{ "LocalForward", offsetof(struct ssh_opts, local_forwards), true, EXPAND_FORWARDS },
	{ "RemoteForward", offsetof(struct ssh_opts, remote_forwards), true, EXPAND_FORWARDS },
	{ "IdentityFile", offsetof(struct ssh_opts, identity_files), true, EXPAND_LATE },
	{ "CertificateFile", offsetof(struct ssh_opts, certificate_files), true, EXPAND_LATE },
	{ "UserKnownHostsFile", offsetof(struct ssh_opts, user_known_hosts_files), true, EXPAND_PATH },
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

/* Where what is expanded is looked up. */
struct expander {
	const struct sshmatch_env *env;
	env_fn *get_env;
	const struct percent_token *tokens;
};

static int expand_path(const struct expander *x, const char *text,
		       struct strbuf *out, struct err *err)
{
	struct strbuf path = STRBUF_INIT(MAX_EXPANDED);
	int rc = tilde_expand(text, x->env->home, &path, err) ||
		 percent_env_expand(path.buf, x->tokens, x->get_env,
				    x->env->arg, out, err);

	strbuf_release(&path);
	return rc ? -1 : 0;
}

/* "[host]:port" stays; only names of sockets hold anything to expand. */
static int expand_forward(const struct expander *x, const char *text,
			  struct strbuf *out, struct err *err)
{
	int rc = 0;

	while (rc == 0 && *text) {
		size_t n = strcspn(text, " ");
		char *word = xstrndup(text, n);

		if (*word == '[')
			(void)strbuf_addstr(out, word);
		else
			rc = percent_env_expand(word, x->tokens, x->get_env,
						x->env->arg, out, err);
		free(word);
		text += n;
		for (; rc == 0 && *text == ' '; text++)
			(void)strbuf_addch(out, ' ');
	}
	return rc;
}

/* Expand the one text at `*text`, of field `i`. */
static int expand_text(const struct expander *x, size_t i, char **text,
		       struct err *err)
{
	struct strbuf out = STRBUF_INIT(MAX_EXPANDED);
	int rc = -1;

	switch (expanded[i].how) {
	case EXPAND_TOKENS:
	case EXPAND_TUNNEL:
		rc = percent_expand(*text, x->tokens, &out, err);
		break;
	case EXPAND_WORDS:
		rc = percent_expand_first(*text, x->tokens, SSHOPT_KHC_TOKENS,
					  x->get_env, x->env->arg, &out, err);
		break;
	case EXPAND_FORWARDS:
		rc = expand_forward(x, *text, &out, err);
		break;
	case EXPAND_LATE:
	case EXPAND_PATH:
		rc = expand_path(x, *text, &out, err);
		break;
	}
	if (rc) {
		err_prefix(err, "%s '%s': ", expanded[i].keyword, *text);
		strbuf_release(&out);
		return -1;
	}
	free(*text);
	*text = strbuf_detach(&out, NULL);
	return 0;
}

int sshexpand_texts(const struct sshmatch_env *env, env_fn *get_env, bool show,
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
	const struct expander x = { env, get_env, tokens };
	int rc = 0;

	if (o->host_key_alias)
		lower(o->host_key_alias);
	for (size_t i = 0; rc == 0 && i < NEXPANDED; i++) {
		size_t n;
		char **texts = texts_of(o, i, &n);

		if (show && (expanded[i].how == EXPAND_LATE ||
			     expanded[i].how == EXPAND_WORDS))
			continue;
		/* The interface of a Tunnel: there is none. */
		tokens[0].text =
			expanded[i].how == EXPAND_TUNNEL ? "NONE" : NULL;
		for (size_t j = expanded[i].how == EXPAND_WORDS;
		     rc == 0 && j < n; j++)
			rc = expand_text(&x, i, &texts[j], err);
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
