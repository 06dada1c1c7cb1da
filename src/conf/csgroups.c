/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ClusterShell's groups.conf: which sources there are.
 */
#include "conf/csgroups.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "conf/csgroups_source.h"
#include "conf/groups.h"
#include "conf/ini.h"
#include "conf/sshlex.h" /* sshlex_words() */
#include "conf/yaml.h"
#include "base/banned.h"

#define MAIN	   "Main"
#define MAX_FILES  1000u /* in the folders of confdir and autodir */
#define SYSTEM_DIR "/etc/clustershell"

struct clustershell {
	struct groups *groups;
	struct ini *main;
	struct ini **inis; /* one for each file of confdir */
	size_t ninis;
	size_t inis_cap;
	struct yamldoc **docs;
	size_t ndocs;
	size_t docs_cap;
	struct csgroups_source **sources; /* owned until they are added */
	size_t nsources;
	size_t sources_cap;
	char *cfgdir;
};

void csgroups_substitute(const char *text, const struct csgroups_var *vars,
			 struct strbuf *out)
{
	for (const char *p = text; *p;) {
		bool brace = p[0] == '$' && p[1] == '{';
		const char *name = p + 1 + brace;
		const struct csgroups_var *v = vars;
		size_t n = 0;

		if (p[0] == '$' && p[1] == '$') {
			(void)strbuf_addch(out, '$');
			p += 2;
			continue;
		}
		while (p[0] == '$' &&
		       (isalnum((unsigned char)name[n]) || name[n] == '_'))
			n++;
		while (n && v->name &&
		       (strlen(v->name) != n || strncmp(v->name, name, n) != 0))
			v++;
		if (n && v->name && (!brace || name[n] == '}')) {
			(void)strbuf_addstr(out, v->value);
			p = name + n + brace;
		} else {
			(void)strbuf_addch(out, *p++);
		}
	}
}

static int fail_at(const struct ini_value *place, struct err *err,
		   const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static int fail_at(const struct ini_value *place, struct err *err,
		   const char *fmt, ...)
{
	va_list ap;
	char *text, *vis;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	vis = text_vis_dup(text, strlen(text), 512);
	err_set(err, ERR_CONFIG, "%s:%zu: %s", place->file, place->line, vis);
	free(vis);
	free(text);
	return -1;
}

static int push_source(struct clustershell *cs, struct csgroups_source *s,
		       struct err *err)
{
	struct err why = { 0 };

	cs->sources = grow_array((void *)cs->sources, &cs->sources_cap,
				 cs->nsources, sizeof(*cs->sources));
	cs->sources[cs->nsources++] = s;
	if (cs->nsources > GROUPS_MAX_SOURCES)
		return fail_at(&s->place, err, _("too many sources: '%s'"),
			       s->name);
	if (group_name_check(s->name, &why) || strchr(s->name, ':')) {
		err_release(&why);
		return fail_at(&s->place, err, _("bad name of a source '%s'"),
			       s->name);
	}
	for (size_t i = 0; i + 1 < cs->nsources; i++)
		if (!strcmp(cs->sources[i]->name, s->name))
			return fail_at(&s->place, err,
				       _("the source '%s' is defined twice"),
				       s->name);
	return 0;
}

/* The sources of a section: one for each name in "a,b". */
static int add_section(struct clustershell *cs, const struct ini *ini, size_t i,
		       const char *cfgdir, struct err *err)
{
	const char *section = ini_section(ini, i);
	struct ini_value place = ini_place(ini, i);
	struct strvec names = { 0 };
	int rc = 0;

	if (!strcmp(section, MAIN))
		return 0;
	if (!ini_get(ini, section, "map"))
		return fail_at(&place, err,
			       _("the source '%s' has no key 'map'"), section);
	strvec_split(&names, section, ",");
	for (size_t k = 0; !rc && k < names.n; k++) {
		struct csgroups_source *s =
			csgroups_source_new(cs->groups, names.v[k], &place);

		s->cfgdir = xstrdup(cfgdir);
		s->map = ini_get(ini, section, "map");
		s->all = ini_get(ini, section, "all");
		s->list = ini_get(ini, section, "list");
		rc = push_source(cs, s, err);
	}
	strvec_release(&names);
	return rc;
}

static int add_sections(struct clustershell *cs, const struct ini *ini,
			const char *cfgdir, struct err *err)
{
	for (size_t i = 0; i < ini_count(ini); i++)
		if (add_section(cs, ini, i, cfgdir, err))
			return -1;
	return 0;
}

static int load_conf(struct clustershell *cs, const char *folder,
		     const char *path, const struct strbuf *text,
		     struct err *err)
{
	struct ini *ini = ini_new();

	cs->inis = grow_array((void *)cs->inis, &cs->inis_cap, cs->ninis,
			      sizeof(*cs->inis));
	cs->inis[cs->ninis++] = ini;
	if (ini_add(ini, path, text->buf, text->len, err))
		return -1;
	return add_sections(cs, ini, folder, err);
}

static int add_yaml_source(struct clustershell *cs, const struct yamldoc *doc,
			   const struct yaml_node *key,
			   const struct yaml_node *groups, const char *file,
			   struct err *err)
{
	struct ini_value place = { .file = file, .line = key->line };
	struct csgroups_source *s;
	struct err why = { 0 };

	if (groups->kind != YAML_MAP)
		return yamldoc_fail(doc, groups, err,
				    _("expected a map of groups"));
	for (size_t i = 0; i < groups->n; i++) {
		if (!group_name_check(groups->keys[i]->text, &why))
			continue;
		yamldoc_fail(doc, groups->keys[i], err, "%s", why.msg);
		err_release(&why);
		return -1;
	}
	s = csgroups_source_new(cs->groups, key->text, &place);
	s->doc = doc;
	s->nodes = groups;
	return push_source(cs, s, err);
}

static int load_yaml(struct clustershell *cs, const char *folder,
		     const char *path, const struct strbuf *text,
		     struct err *err)
{
	struct yamldoc *doc = yamldoc_parse(path, text->buf, text->len, err);
	const struct yaml_node *root;
	int rc = 0;

	(void)folder;
	if (!doc)
		return -1;
	cs->docs = grow_array((void *)cs->docs, &cs->docs_cap, cs->ndocs,
			      sizeof(*cs->docs));
	cs->docs[cs->ndocs++] = doc;
	root = yamldoc_root(doc);
	if (!root || root->kind != YAML_MAP) {
		if (root)
			return yamldoc_fail(doc, root, err,
					    _("expected a map of sources"));
		return err_set(err, ERR_CONFIG,
			       _("%s: expected a map of sources"), path);
	}
	for (size_t i = 0; !rc && i < root->n; i++)
		rc = add_yaml_source(cs, doc, root->keys[i], root->items[i],
				     yamldoc_name(doc), err);
	return rc;
}

static bool ends_in(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n > m && !strcmp(name + n - m, end);
}

typedef int load_fn(struct clustershell *cs, const char *folder,
		    const char *path, const struct strbuf *text,
		    struct err *err);

static int load_folder(struct clustershell *cs, const char *folder,
		       const char *suffix, load_fn *load, struct err *err)
{
	const struct groups_env *env = groups_env(cs->groups);
	struct strvec names = { 0 };
	int rc = 0;

	if (env->folder && env->folder(env->arg, folder, &names, err) < 0)
		rc = -1;
	for (size_t i = 0; !rc && i < names.n; i++) {
		char *path = xasprintf("%s/%s", folder, names.v[i]);
		const struct strbuf *text;

		if (i == MAX_FILES)
			rc = err_set(err, ERR_CONFIG,
				     _("more than %u files in '%s'"), MAX_FILES,
				     folder);
		else if (ends_in(names.v[i], suffix))
			rc = groups_read_open(cs->groups, path, &text, err);
		if (rc > 0)
			rc = load(cs, folder, path, text, err);
		free(path);
	}
	strvec_release(&names);
	return rc < 0 ? -1 : 0;
}

/* "%%" is a "%"; "%(x)s" would be another key, which nobody needs here. */
static char *without_percent(const struct ini_value *value, struct err *err)
{
	char *out = xstrdup(value->text);
	char *to = out;

	for (const char *p = value->text; *p; p++) {
		if (*p == '%' && p[1] != '%') {
			free(out);
			err_set(err, ERR_CONFIG,
				_("%s:%zu: '%%' must be followed by '%%'"),
				value->file, value->line);
			return NULL;
		}
		p += *p == '%';
		*to++ = *p;
	}
	*to = '\0';
	return out;
}

static bool is_in(const struct strvec *v, const char *s)
{
	for (size_t i = 0; i < v->n; i++)
		if (!strcmp(v->v[i], s))
			return true;
	return false;
}

/* The folders that a key of [Main] lists, each once. */
static int load_folders(struct clustershell *cs, const struct ini_value *value,
			const char *suffix, load_fn *load, struct err *err)
{
	const struct csgroups_var vars[] = { { "CFGDIR", cs->cfgdir },
					     { NULL, NULL } };
	struct strvec words = { 0 };
	struct strvec seen = { 0 };
	char *text;
	int rc = -1;

	if (!value)
		return 0;
	text = without_percent(value, err);
	if (!text)
		return -1;
	rc = sshlex_words(text, &words, err);
	if (rc)
		err_prefix(err, "%s:%zu: ", value->file, value->line);
	for (size_t i = 0; !rc && i < words.n; i++) {
		struct strbuf folder = STRBUF_INIT(STRBUF_MAX_TEXT);

		csgroups_substitute(words.v[i], vars, &folder);
		while (folder.len > 1 && folder.buf[folder.len - 1] == '/')
			strbuf_truncate(&folder, folder.len - 1);
		if (folder.len && !is_in(&seen, folder.buf)) {
			strvec_push(&seen, folder.buf);
			rc = load_folder(cs, folder.buf, suffix, load, err);
		}
		strbuf_release(&folder);
	}
	strvec_release(&seen);
	strvec_release(&words);
	free(text);
	return rc;
}

/* The folders of groups.conf, the highest rank last. */
static void config_folders(const struct groups *g, struct strvec *out)
{
	const char *home = groups_env(g)->home;
	const char *xdg = groups_getenv(g, "XDG_CONFIG_HOME");
	const char *own = groups_getenv(g, "CLUSTERSHELL_CFGDIR");

	/* As the standard of XDG has it; the current folder is none. */
	if (xdg && *xdg != '/')
		xdg = NULL;
	strvec_push(out, SYSTEM_DIR);
	if (home)
		strvec_push_take(out,
				 xasprintf("%s/.local/etc/clustershell", home));
	if (xdg)
		strvec_push_take(out, xasprintf("%s/clustershell", xdg));
	else if (home)
		strvec_push_take(out,
				 xasprintf("%s/.config/clustershell", home));
	if (own)
		strvec_push(out, own);
}

/* Read all groups.conf there are; cs->cfgdir stays NULL if there is none. */
static int load_main(struct clustershell *cs, struct err *err)
{
	struct strvec folders = { 0 };
	int rc = 0;

	config_folders(cs->groups, &folders);
	for (size_t i = 0; !rc && i < folders.n; i++) {
		char *path = xasprintf("%s/groups.conf", folders.v[i]);
		const struct strbuf *text;

		rc = groups_read_open(cs->groups, path, &text, err);
		if (rc > 0) {
			rc = ini_add(cs->main, path, text->buf, text->len, err);
			free(cs->cfgdir);
			cs->cfgdir = xstrdup(folders.v[i]);
		}
		free(path);
	}
	strvec_release(&folders);
	return rc < 0 ? -1 : 0;
}

/* The number of the default source; there is at least one. */
static int find_default(const struct clustershell *cs, size_t *out,
			struct err *err)
{
	const struct ini_value *v = ini_get(cs->main, MAIN, "default");

	*out = 0;
	if (!v || !*v->text)
		return 0;
	for (size_t i = 0; i < cs->nsources; i++) {
		*out = i;
		if (!strcmp(cs->sources[i]->name, v->text))
			return 0;
	}
	return fail_at(v, err, _("there is no source '%s'"), v->text);
}

/* Hand the sources over to the registry. */
static int add_sources(struct clustershell *cs, struct err *err)
{
	size_t first;

	if (!cs->nsources)
		return 0;
	if (find_default(cs, &first, err))
		return -1;
	for (size_t i = 0; i < cs->nsources; i++)
		csgroups_source_add(cs->groups, cs->sources[i],
				    i == first ? GROUP_ORDER_CLUSTERSHELL
					       : GROUP_ORDER_NAMED);
	cs->nsources = 0;
	return 0;
}

static int load(struct groups *g, void *arg, struct err *err)
{
	struct clustershell *cs = arg;
	const struct ini_value *confdir;

	(void)g;
	if (load_main(cs, err))
		return -1;
	if (!cs->cfgdir)
		return 0;
	confdir = ini_get(cs->main, MAIN, "groupsdir");
	if (!confdir)
		confdir = ini_get(cs->main, MAIN, "confdir");
	if (load_folders(cs, confdir, ".conf", load_conf, err) ||
	    load_folders(cs, ini_get(cs->main, MAIN, "autodir"), ".yaml",
			 load_yaml, err) ||
	    add_sections(cs, cs->main, cs->cfgdir, err))
		return -1;
	return add_sources(cs, err);
}

static void release(void *arg)
{
	struct clustershell *cs = arg;

	for (size_t i = 0; i < cs->nsources; i++)
		csgroups_source_free(cs->sources[i]);
	for (size_t i = 0; i < cs->ninis; i++)
		ini_free(cs->inis[i]);
	for (size_t i = 0; i < cs->ndocs; i++)
		yamldoc_free(cs->docs[i]);
	free((void *)cs->sources);
	free((void *)cs->inis);
	free((void *)cs->docs);
	ini_free(cs->main);
	free(cs->cfgdir);
	free(cs);
}

static const struct group_loader_ops loader = {
	.load = load,
	.order = GROUP_ORDER_CLUSTERSHELL,
	.free = release,
};

void csgroups_add(struct groups *g)
{
	struct clustershell *cs = xcalloc(1, sizeof(*cs));

	cs->groups = g;
	cs->main = ini_new();
	groups_add_loader(g, &loader, cs);
}
