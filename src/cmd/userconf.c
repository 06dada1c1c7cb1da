/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of rsh's own configuration.
 */
#include "cmd/userconf.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"
#include "cmd/backendai.h"
#include "conf/percent.h"
#include "conf/sshconf.h"
#include "conf/yaml.h"

#include "base/banned.h"

static const char *env_get(void *arg, const char *name)
{
	(void)arg;
	return getenv(name);
}

/* A relative path would lead to the current folder: never there. */
static const char *absolute(const char *path)
{
	return path && *path == '/' ? path : NULL;
}

const char *userconf_home(void)
{
	const char *dir = absolute(getenv("HOME"));
	const struct passwd *pw = dir ? NULL : getpwuid(getuid());

	return pw ? absolute(pw->pw_dir) : dir;
}

char *userconf_path(const char *path, struct err *err)
{
	const char *home = userconf_home();
	struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);

	if (!tilde_expand(path, home ? home : "", &sb, err))
		return strbuf_detach(&sb, NULL);
	strbuf_release(&sb);
	return NULL;
}

/* Whether or not it is there; NULL when nobody knows where that would be. */
static char *user_file(void)
{
	const char *xdg = absolute(getenv("XDG_CONFIG_HOME"));
	const char *dir = xdg ? xdg : userconf_home();

	if (!dir)
		return NULL;
	return xasprintf("%s%s/rsh/config.yaml", dir, xdg ? "" : "/.config");
}

/* 1: added; 0: there is no such file; -1: `err`. */
static int add_file(struct rshconf *conf, const char *path, bool check_perm,
		    struct err *err)
{
	struct strbuf text = STRBUF_INIT(YAML_MAX_BYTES);
	int rc = source_files.read(source_files.arg, path, YAML_MAX_BYTES,
				   check_perm, &text, err);

	if (rc > 0) {
		log_debug(_("reading '%s'"), path);
		rc = rshconf_add(conf, path, text.buf, text.len, err) ? -1 : 1;
	}
	strbuf_release(&text);
	return rc;
}

static int add_standard(struct rshconf *conf, struct err *err)
{
	char *path = user_file();
	int rc = path ? add_file(conf, path, true, err) : 0;

	free(path);
	if (rc >= 0)
		rc = add_file(conf, USERCONF_SYSTEM_FILE, true, err);
	return rc;
}

static int add_named(struct rshconf *conf, const char *file, struct err *err)
{
	int rc;

	if (strcmp(file, "none") == 0)
		return 0;
	rc = add_file(conf, file, false, err);
	if (rc == 0)
		return err_set(err, ERR_CONFIG,
			       _("cannot read '%s': no such file"), file);
	return rc;
}

struct rshconf *userconf_load(const char *file, struct err *err)
{
	struct rshconf *conf = rshconf_new(env_get, NULL);
	int rc = file ? add_named(conf, file, err) : add_standard(conf, err);

	if (rc < 0) {
		rshconf_free(conf);
		return NULL;
	}
	backendai_add(conf);
	return conf;
}

/* As text for the option; NULL with `err`.  A new string. */
static char *option_text(const struct rshvalue *v, struct err *err)
{
	if (v->key->kind == RSHKEY_BOOL)
		return xstrdup(v->number ? "true" : "false");
	if (v->key->kind != RSHKEY_PATH)
		return xstrdup(v->text);
	return userconf_path(v->text, err);
}

int userconf_apply(struct rshconf *conf, const struct option *rows,
		   void *settings, const struct options_given *given,
		   struct err *err)
{
	const struct rshvalues *values = rshconf_defaults(conf);

	for (size_t i = 0; i < values->n; i++) {
		const struct rshvalue *v = &values->v[i];
		char *text;

		/* Nothing, said explicitly: as though it was not said. */
		if (!v->key->option || !*v->text)
			continue;
		text = option_text(v, err);
		if (text)
			rshconf_keep(conf, text);
		if (text && options_set(rows, settings, given, v->key->option,
					text, err) == 0)
			continue;
		err_prefix(err, "%s:%zu:%zu: ", v->place.file, v->place.line,
			   v->place.column);
		return -1;
	}
	return 0;
}

struct progress_rules *userconf_progress(const struct rshconf *conf,
					 struct err *err)
{
	const struct rshvalues *values = rshconf_defaults(conf);
	struct progress_rules *rules = progress_rules_new();

	for (size_t i = 0; i < values->n; i++) {
		const struct rshvalue *v = &values->v[i];

		if (strcmp(v->key->name, "progress") != 0 ||
		    progress_rules_add(rules, v->text, err) == 0)
			continue;
		err_prefix(err, "%s:%zu:%zu: ", v->place.file, v->place.line,
			   v->place.column);
		progress_rules_free(rules);
		return NULL;
	}
	return rules;
}

static int map_any(void *conf, const char *group, struct strbuf *out,
		   struct err *err)
{
	return rshconf_map(conf, group, out, err);
}

static int map_cluster(void *conf, const char *group, struct strbuf *out,
		       struct err *err)
{
	return rshconf_cluster(conf, group) ? rshconf_map(conf, group, out, err)
					    : 0;
}

static int list_any(void *conf, struct strvec *out, struct err *err)
{
	(void)err;
	rshconf_names(conf, true, out);
	return 0;
}

static int list_clusters(void *conf, struct strvec *out, struct err *err)
{
	(void)err;
	rshconf_names(conf, false, out);
	return 0;
}

void userconf_add_groups(struct rshconf *conf, struct groups *groups)
{
	static const struct group_source_ops any = {
		.name = "yaml",
		.map = map_any,
		.list = list_any,
		.order = GROUP_ORDER_YAML,
	};
	static const struct group_source_ops clusters = {
		.name = "cluster",
		.map = map_cluster,
		.list = list_clusters,
		.order = GROUP_ORDER_NAMED,
	};

	groups_add(groups, &any, conf);
	groups_add(groups, &clusters, conf);
}

bool userconf_is_command(const char *word)
{
	struct strvec hosts = { 0 };
	bool is = backendai_hosts(&hosts);

	if (word && (strpbrk(word, "@:[") || strcmp(word, "localhost") == 0))
		is = false;
	/* A name with a domain, or an address; but "./run" and "a.b c". */
	if (word && *word != '.' && strchr(word, '.') && !strpbrk(word, "/ \t"))
		is = false;
	for (size_t i = 0; word && i < hosts.n; i++)
		if (strcmp(hosts.v[i], word) == 0)
			is = false;
	strvec_release(&hosts);
	return is;
}
