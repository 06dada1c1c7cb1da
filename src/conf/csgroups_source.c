/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One source of ClusterShell: asking its commands, or its YAML.
 */
#include "conf/csgroups_source.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "conf/csgroups.h"
#include "conf/groupfile.h"
#include "conf/yaml.h"
#include "base/banned.h"

#define BLANKS " \t\r\n\v\f"

struct csgroups_source *csgroups_source_new(struct groups *g, const char *name,
					    const struct ini_value *place)
{
	struct csgroups_source *s = xcalloc(1, sizeof(*s));

	s->groups = g;
	s->name = xstrdup(name);
	s->place = *place;
	return s;
}

void csgroups_source_free(struct csgroups_source *s)
{
	free(s->name);
	free(s->cfgdir);
	free(s);
}

static void release(void *arg)
{
	csgroups_source_free(arg);
}

/*
 * Whether no shell, sed or awk could take it for more than a word.  A "/" would
 * end a pattern of sed, in the file that ClusterShell ships.
 */
static bool is_safe(const char *group)
{
	for (const char *p = group; *p; p++)
		if (!(*p >= '0' && *p <= '9') && !(*p >= 'a' && *p <= 'z') &&
		    !(*p >= 'A' && *p <= 'Z') && !strchr("._:+=-", *p))
			return false;
	/* Nor a folder: "..", or an option. */
	return *group && !strchr(".:+=-", *group);
}

/* The folder is put into a command too. */
static bool is_plain_path(const char *path)
{
	for (const char *p = path; *p; p++)
		if (!(*p >= '0' && *p <= '9') && !(*p >= 'a' && *p <= 'z') &&
		    !(*p >= 'A' && *p <= 'Z') && !strchr("/._:+=,@%-", *p))
			return false;
	return *path && *path != '-';
}

/* Whose command it is. */
static int check(struct csgroups_source *s, const struct ini_value *command,
		 struct err *err)
{
	const struct groups_env *env = groups_env(s->groups);

	if (!env->run)
		return err_set(err, ERR_CONFIG,
			       _("%s:%zu: commands are not run here"),
			       command->file, command->line);
	if (strstr(command->text, "CFGDIR") && !is_plain_path(s->cfgdir))
		return err_set(err, ERR_CONFIG,
			       _("%s:%zu: the name of its folder may not stand "
				 "in a command"),
			       command->file, command->line);
	/* Each command may be of another file. */
	return env->trust ? env->trust(env->arg, command->file, err) : 0;
}

/* Run a command of the source; its words are appended. */
static int run(struct csgroups_source *s, const struct ini_value *command,
	       const char *group, struct strvec *words, struct err *err)
{
	const struct csgroups_var vars[] = {
		{ "CFGDIR", s->cfgdir },
		{ "SOURCE", s->name },
		{ group ? "GROUP" : NULL, group },
		{ NULL, NULL },
	};
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct strbuf answer = STRBUF_INIT(GROUPS_MAX_ANSWER);
	const struct groups_env *env = groups_env(s->groups);
	/* A folder called "-" is no option of cd. */
	char *folder =
		xasprintf("%s%s", *s->cfgdir == '/' ? "" : "./", s->cfgdir);
	int rc = check(s, command, err);

	if (!rc) {
		const char *argv[] = {
			"/bin/sh",
			"-c",
			"cd \"$1\" && exec /bin/sh -c \"$2\"",
			"sh",
			folder,
			NULL,
			NULL,
		};

		csgroups_substitute(command->text, vars, &text);
		argv[5] = text.buf;
		rc = env->run(env->arg, argv, &answer, err);
		if (rc > 0)
			err_set(err, ERR_CONFIG,
				_("the command ended with status %d"), rc);
		else if (!rc && strlen(answer.buf) != answer.len)
			rc = err_set(err, ERR_CONFIG,
				     _("the command wrote a NUL"));
		if (rc)
			err_prefix(err, "%s:%zu: ", command->file,
				   command->line);
	}
	if (!rc)
		strvec_split(words, answer.buf, BLANKS);
	free(folder);
	strbuf_release(&answer);
	strbuf_release(&text);
	return rc ? -1 : 0;
}

static void join(const struct strvec *words, struct strbuf *out)
{
	for (size_t i = 0; i < words->n; i++)
		(void)strbuf_addf(out, "%s%s", out->len ? "," : "",
				  words->v[i]);
}

/* What an upcall answers, as a host list. */
static int ask_hosts(struct csgroups_source *s, const struct ini_value *command,
		     const char *group, struct strbuf *out, struct err *err)
{
	struct strvec words = { 0 };
	int rc = run(s, command, group, &words, err);

	if (!rc) {
		join(&words, out);
		rc = groupfile_check(out->buf, err);
		if (rc)
			err_prefix(err, "%s:%zu: ", command->file,
				   command->line);
		else
			rc = words.n != 0;
	}
	strvec_release(&words);
	return rc;
}

static int upcall_map(void *arg, const char *group, struct strbuf *out,
		      struct err *err)
{
	struct csgroups_source *s = arg;

	return is_safe(group) ? ask_hosts(s, s->map, group, out, err) : 0;
}

static int upcall_all(void *arg, struct strbuf *out, struct err *err)
{
	struct csgroups_source *s = arg;

	return ask_hosts(s, s->all, NULL, out, err);
}

static int upcall_list(void *arg, struct strvec *out, struct err *err)
{
	struct csgroups_source *s = arg;
	struct err why = { 0 };
	int rc;

	if (!s->list)
		return 0;
	rc = run(s, s->list, NULL, out, err);
	for (size_t i = 0; !rc && i < out->n; i++) {
		if (!group_name_check(out->v[i], &why))
			continue;
		rc = err_set(err, ERR_CONFIG, "%s:%zu: %s", s->list->file,
			     s->list->line, why.msg);
		err_release(&why);
	}
	return rc;
}

/* A word, or a list of words. */
static int yaml_hosts(const struct csgroups_source *s,
		      const struct yaml_node *value, struct strvec *words,
		      struct err *err)
{
	bool list = value->kind == YAML_LIST;

	if (value->kind == YAML_MAP)
		return yamldoc_fail(s->doc, value, err,
				    _("expected hosts or a list of them"));
	for (size_t i = 0; i < (list ? value->n : 1); i++) {
		const struct yaml_node *item = list ? value->items[i] : value;
		struct err why = { 0 };

		if (item->kind != YAML_WORD)
			return yamldoc_fail(s->doc, item, err,
					    _("expected hosts"));
		if (yamldoc_is_null(item))
			continue;
		if (groupfile_check(item->text, &why)) {
			yamldoc_fail(s->doc, item, err, "%s", why.msg);
			err_release(&why);
			return -1;
		}
		strvec_split(words, item->text, BLANKS);
	}
	return 0;
}

static int yaml_map(void *arg, const char *group, struct strbuf *out,
		    struct err *err)
{
	const struct csgroups_source *s = arg;
	const struct yaml_node *value = yamldoc_get(s->nodes, group);
	struct strvec words = { 0 };
	int rc;

	if (!value)
		return 0;
	rc = yaml_hosts(s, value, &words, err);
	join(&words, out);
	strvec_release(&words);
	return rc ? -1 : 1;
}

static int yaml_all(void *arg, struct strbuf *out, struct err *err)
{
	return yaml_map(arg, "all", out, err);
}

static int yaml_list(void *arg, struct strvec *out, struct err *err)
{
	const struct csgroups_source *s = arg;

	(void)err;
	for (size_t i = 0; i < s->nodes->n; i++)
		strvec_push(out, s->nodes->keys[i]->text);
	return 0;
}

/* Where there is no word for all hosts, they are those of all groups. */
static const struct group_source_ops upcall_ops[] = {
	{ .map = upcall_map, .list = upcall_list, .free = release },
	{ .map = upcall_map,
	  .list = upcall_list,
	  .all = upcall_all,
	  .free = release },
};
static const struct group_source_ops yaml_ops[] = {
	{ .map = yaml_map, .list = yaml_list, .free = release },
	{ .map = yaml_map,
	  .list = yaml_list,
	  .all = yaml_all,
	  .free = release },
};

void csgroups_source_add(struct groups *g, struct csgroups_source *s,
			 enum group_order order)
{
	const struct group_source_ops *ops =
		s->doc ? &yaml_ops[yamldoc_get(s->nodes, "all") != NULL]
		       : &upcall_ops[s->all != NULL];

	groups_add_as(g, s->name, order, ops, s);
}
