/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The criteria of Match in ssh_config(5).
 */
#include "conf/sshmatch.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"
#include "base/log.h"
#include "base/match.h"
#include "conf/digest.h"
#include "conf/percent.h"
#include "conf/spec.h"
#include "base/banned.h"

#define BLANKS	    " \t\r\n"
#define MAX_COMMAND ((size_t)64 << 10) /* bytes */

/* A command that has run. */
struct ran {
	struct hashmap_node node;
	bool ok; /* it ended with status 0 */
	char command[];
};

static const struct {
	const char *name;
	enum sshmatch_kind kind;
	bool bare; /* takes no argument */
} criteria[] = {
	/* clang-format off */
	{ "all",          SSHMATCH_ALL,          true  },
	{ "canonical",    SSHMATCH_FINAL,        true  },
	{ "exec",         SSHMATCH_EXEC,         false },
	{ "final",        SSHMATCH_FINAL,        true  },
	{ "host",         SSHMATCH_HOST,         false },
	{ "localnetwork", SSHMATCH_LOCALNETWORK, false },
	{ "localuser",    SSHMATCH_LOCALUSER,    false },
	{ "originalhost", SSHMATCH_ORIGINALHOST, false },
	{ "tagged",       SSHMATCH_TAGGED,       false },
	{ "user",         SSHMATCH_USER,         false },
	/* clang-format on */
};

#define NCRITERIA (sizeof(criteria) / sizeof(criteria[0]))

/*
 * Read one word into `word`, up to a blank or to one of `stops`.  Unlike in
 * other lines a backslash within quotes stays, but for the one that keeps a
 * quote: what follows exec is for a shell.  Returns what follows, or NULL.
 */
static const char *read_word(const char *s, const char *stops,
			     struct strbuf *word, struct err *err)
{
	char quote = '\0';

	strbuf_reset(word);
	for (; *s && (quote || !strchr(stops, *s)); s++) {
		if (quote == '"' && *s == '\\' && s[1] == '"') {
			(void)strbuf_addch(word, *++s);
		} else if (quote == '"' && *s == '\\' && s[1] == '\\') {
			(void)strbuf_add(word, s++, 2);
		} else if (quote ? *s == quote : *s == '"' || *s == '\'') {
			quote = quote ? '\0' : *s;
		} else {
			(void)strbuf_addch(word, *s);
		}
	}
	if (!quote)
		return s;
	(void)err_set(err, ERR_CONFIG, _("a quote is left open"));
	return NULL;
}

static int check_command(const char *command, struct err *err)
{
	static const char letters[] = "CdhikLlnpru";
	struct percent_token tokens[sizeof(letters)] = { 0 };
	struct strbuf out = STRBUF_INIT(MAX_COMMAND);
	int rc;

	for (size_t i = 0; letters[i]; i++)
		tokens[i] = (struct percent_token){ letters[i], "" };
	rc = percent_expand(command, tokens, &out, err);
	if (rc)
		err_prefix(err, "Match exec '%s': ", command);
	strbuf_release(&out);
	return rc;
}

static int check_arg(const struct sshmatch *m, struct err *err)
{
	if (m->kind == SSHMATCH_EXEC)
		return check_command(m->arg, err);
	if (m->kind == SSHMATCH_LOCALNETWORK &&
	    match_cidr("127.0.0.1", m->arg) < 0)
		return err_set(
			err, ERR_CONFIG,
			_("'Match localnetwork' takes networks such as 10.0.0.0/8, not '%s'"),
			m->arg);
	return 0;
}

/* Read the argument at `s`.  Returns what follows, or NULL. */
static const char *read_arg(const char *s, const char *name, struct sshmatch *m,
			    struct strbuf *word, struct err *err)
{
	bool given = *s && *s != '#';

	s = read_word(s, BLANKS, word, err);
	if (!s)
		return NULL;
	if (!given || (!word->len && m->kind != SSHMATCH_TAGGED)) {
		(void)err_set(err, ERR_CONFIG,
			      _("'Match %s' needs an argument"), name);
		return NULL;
	}
	m->arg = xstrdup(word->buf);
	return check_arg(m, err) ? NULL : s + strspn(s, BLANKS);
}

/* Whether nothing comes any more but, with ssh, an empty word. */
static bool is_end(const char *s)
{
	if (!strncmp(s, "\"\"", 2))
		s += 2 + strspn(s + 2, BLANKS);
	return !*s || *s == '#';
}

/* Read the criterion at `s` with its argument.  Returns what follows. */
static const char *read_criterion(const char *s, struct sshmatches *ms,
				  struct strbuf *word, struct err *err)
{
	bool negated = *s == '!';
	struct sshmatch *m;
	size_t i;

	s = read_word(s + negated, BLANKS "=", word, err);
	if (!s)
		return NULL;
	for (i = 0; i < NCRITERIA; i++)
		if (strcasecmp(word->buf, criteria[i].name) == 0)
			break;
	if (i == NCRITERIA) {
		(void)err_set(err, ERR_CONFIG,
			      _("unknown criterion '%s' for 'Match'"),
			      word->buf);
		return NULL;
	}
	s += strspn(s, BLANKS);
	if (*s == '=')
		s += 1 + strspn(s + 1, BLANKS);
	ms->v = grow_array(ms->v, &ms->cap, ms->n, sizeof(*ms->v));
	m = &ms->v[ms->n++];
	*m = (struct sshmatch){ .kind = criteria[i].kind, .negated = negated };
	m->again = strcmp(criteria[i].name, "final") == 0;
	if (m->kind == SSHMATCH_ALL && (ms->n > 2 || !is_end(s))) {
		(void)err_set(
			err, ERR_CONFIG,
			_("'Match all' cannot be combined with other criteria"));
		return NULL;
	}
	return criteria[i].bare ? s
				: read_arg(s, criteria[i].name, m, word, err);
}

int sshmatches_parse(const char *text, const char *where,
		     struct sshmatches *out, struct err *err)
{
	struct strbuf word;
	const char *s = text + strspn(text, BLANKS);
	int rc = 0;

	*out = (struct sshmatches){ 0 };
	strbuf_init(&word, strlen(text));
	while (s && !is_end(s))
		s = read_criterion(s, out, &word, err);
	if (!s)
		rc = -1;
	else if (!out->n)
		rc = err_set(err, ERR_CONFIG, _("'%s' needs an argument"),
			     "Match");
	strbuf_release(&word);
	if (rc)
		sshmatches_release(out);
	else
		out->where = xstrdup(where);
	return rc;
}

void sshmatches_release(struct sshmatches *ms)
{
	if (!ms)
		return;
	for (size_t i = 0; i < ms->n; i++)
		free(ms->v[i].arg);
	free(ms->v);
	free(ms->where);
	*ms = (struct sshmatches){ 0 };
}

bool sshmatches_again(const struct sshmatches *ms)
{
	for (size_t i = 0; i < ms->n; i++)
		if (ms->v[i].again)
			return true;
	return false;
}

static bool ran_equal(const struct hashmap_node *node, const void *key)
{
	return !strcmp(container_of_const(node, struct ran, node)->command,
		       key);
}

void sshmatch_env_init(struct sshmatch_env *env, const struct sshconf_env *from)
{
	const char *host = from->local_host ? from->local_host : "";

	*env = (struct sshmatch_env){
		.home = xstrdup(from->home ? from->home : ""),
		.local_user = xstrdup(from->local_user ? from->local_user : ""),
		.local_host = xstrdup(host),
		.short_host = xstrndup(host, strcspn(host, ".")),
		.uid = from->uid,
		.run = from->run,
		.addresses = from->addresses,
		.arg = from->arg,
	};
	hashmap_init(&env->ran, ran_equal);
}

void sshmatch_env_release(struct sshmatch_env *env)
{
	struct hashmap_node *node = hashmap_walk(&env->ran, NULL);

	while (node) {
		struct hashmap_node *next = hashmap_walk(&env->ran, node);

		free(container_of(node, struct ran, node));
		node = next;
	}
	hashmap_release(&env->ran);
	strvec_release(&env->local);
	free(env->home);
	free(env->local_user);
	free(env->local_host);
	free(env->short_host);
}

char *connection_hash(const char *local_host, const char *host,
		      const char *port, const char *user)
{
	unsigned char digest[DIGEST_SHA1];
	struct strbuf hex = STRBUF_INIT((size_t)2 * DIGEST_SHA1);
	char *text = xasprintf("%s%s%s%s", local_host, host, port, user);

	digest_sha1(text, strlen(text), digest);
	for (size_t i = 0; i < DIGEST_SHA1; i++)
		(void)strbuf_addf(&hex, "%02x", digest[i]);
	free(text);
	return strbuf_detach(&hex, NULL);
}

/* The user to log in as, as far as is known. */
static const char *user_of(const struct sshmatch_env *env,
			   const struct sshfacts *f)
{
	return f->user ? f->user : env->local_user;
}

/* Put the facts into a command. */
static int expand_command(const char *command, const struct sshmatch_env *env,
			  const struct sshfacts *f, struct strbuf *out,
			  struct err *err)
{
	const char *user = user_of(env, f);
	char *port = xasprintf("%d", f->port ? f->port : 22);
	char *uid = xasprintf("%u", env->uid);
	char *hash = connection_hash(env->local_host, f->host, port, user);
	const struct percent_token tokens[] = {
		{ 'C', hash },
		{ 'd', env->home },
		{ 'h', f->host },
		{ 'i', uid },
		{ 'k', f->key_alias ? f->key_alias : f->host },
		{ 'L', env->short_host },
		{ 'l', env->local_host },
		{ 'n', f->original },
		{ 'p', port },
		{ 'r', user },
		{ 'u', env->local_user },
		{ 0 },
	};
	int rc = percent_expand(command, tokens, out, err);

	free(port);
	free(uid);
	free(hash);
	return rc;
}

/* Run it, unless it has run.  1: status 0, 0: another, -1: err. */
static int run_once(struct sshmatch_env *env, const char *command,
		    struct err *err)
{
	struct hashmap_node *node =
		hashmap_get(&env->ran, hash_str(command), command);
	size_t size = strlen(command) + 1;
	struct ran *ran;
	int status;

	if (node)
		return container_of(node, struct ran, node)->ok;
	if (!env->run)
		return err_set(err, ERR_CONFIG,
			       _("commands cannot be run here"));
	status = env->run(env->arg, command, err);
	if (status < 0)
		return -1;
	log_verbose(_("Match exec '%s' ended with status %d"), command, status);
	ran = xcalloc(1, sizeof(*ran) + size);
	memcpy(ran->command, command, size);
	ran->ok = status == 0;
	hashmap_put(&env->ran, &ran->node, hash_str(command));
	return ran->ok;
}

/*
 * What a command line names is checked although whoever took it in has done
 * so: here a shell would see it.
 */
static int exec_fits(const char *command, struct sshmatch_env *env,
		     const struct sshfacts *f, struct err *err)
{
	struct strbuf out = STRBUF_INIT(MAX_COMMAND);
	int rc;

	if (hostname_check(f->original, err) ||
	    (f->given_user && username_check(f->given_user, err)))
		return -1;
	rc = expand_command(command, env, f, &out, err);
	if (rc == 0)
		rc = run_once(env, out.buf, err);
	if (rc < 0)
		err_prefix(err, "Match exec '%s': ", command);
	strbuf_release(&out);
	return rc;
}

static int network_fits(const char *list, struct sshmatch_env *env,
			struct err *err)
{
	if (!env->asked && env->addresses &&
	    env->addresses(env->arg, &env->local, err))
		return -1;
	env->asked = true;
	for (size_t i = 0; i < env->local.n; i++)
		if (match_cidr(env->local.v[i], list) == 1)
			return 1;
	return 0;
}

static bool list_fits(const struct sshmatch *m, const char *text, bool fold)
{
	return match_list(m->arg, text, fold) == MATCH_POSITIVE;
}

/* 1, 0, or -1 with err; `!` is not looked at. */
static int fits(const struct sshmatch *m, struct sshmatch_env *env,
		const struct sshfacts *f, struct err *err)
{
	switch (m->kind) {
	case SSHMATCH_ALL:
		return 1;
	case SSHMATCH_FINAL:
		return f->final;
	case SSHMATCH_HOST:
		return list_fits(m, f->host, true);
	case SSHMATCH_ORIGINALHOST:
		return list_fits(m, f->original, true);
	case SSHMATCH_USER:
		return list_fits(m, user_of(env, f), false);
	case SSHMATCH_LOCALUSER:
		return list_fits(m, env->local_user, false);
	case SSHMATCH_LOCALNETWORK:
		return network_fits(m->arg, env, err);
	case SSHMATCH_TAGGED:
		return list_fits(m, f->tag ? f->tag : "", false);
	case SSHMATCH_EXEC:
		return exec_fits(m->arg, env, f, err);
	}
	return 0;
}

int sshmatches_fit(const struct sshmatches *ms, struct sshmatch_env *env,
		   const struct sshfacts *facts, struct err *err)
{
	for (size_t i = 0; i < ms->n; i++) {
		int rc = fits(&ms->v[i], env, facts, err);

		if (rc < 0) {
			err_prefix(err, "%s: ", ms->where);
			return -1;
		}
		if ((rc == 1) == ms->v[i].negated)
			return 0;
	}
	return 1;
}
