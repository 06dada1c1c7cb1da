/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What rsh's own configuration says of the shell on many hosts.
 */
#include "cmd/shellconf.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "cmd/settings.h"
#include "cmd/userconf.h"
#include "conf/hostlist.h"
#include "conf/rshconf.h"

#include "base/banned.h"

static const struct {
	const char *name;
	const char *sgr;
} colours[] = {
	/* clang-format off */
	{ "black",   "\033[30m" }, { "red",            "\033[31m" },
	{ "green",   "\033[32m" }, { "yellow",         "\033[33m" },
	{ "blue",    "\033[34m" }, { "magenta",        "\033[35m" },
	{ "purple",  "\033[35m" }, { "cyan",           "\033[36m" },
	{ "white",   "\033[37m" }, { "gray",           "\033[90m" },
	{ "grey",    "\033[90m" }, { "bright_black",   "\033[90m" },
	{ "bright_red",     "\033[91m" }, { "bright_green",   "\033[92m" },
	{ "bright_yellow",  "\033[93m" }, { "bright_blue",    "\033[94m" },
	{ "bright_magenta", "\033[95m" }, { "bright_cyan",    "\033[96m" },
	{ "bright_white",   "\033[97m" },
	/* clang-format on */
};

static const struct {
	enum shell_key key;
	const char *name, *usual;
} key_rows[] = {
	/* clang-format off */
	{ SHELL_KEY_PREFIX,    "command_line",     "Ctrl+]" },
	{ SHELL_KEY_NEXT,      "switch_node",      "Ctrl+N" },
	{ SHELL_KEY_BROADCAST, "broadcast_toggle", "Ctrl+B" },
	{ SHELL_KEY_QUIT,      "quit",             "Ctrl+Q" },
	{ SHELL_KEY_CLEAR,     "clear_screen",     "Ctrl+L" },
	/* clang-format on */
};

/* Where values stand: of the cluster, before those of the file. */
struct sources {
	const struct rshvalues *own, *all; /* each may be NULL */
};

static const struct rshvalue *get(const struct sources *from, const char *key)
{
	const struct rshvalue *v =
		from->own ? rshvalues_get(from->own, key) : NULL;

	return v || !from->all ? v : rshvalues_get(from->all, key);
}

static const char *text(const struct sources *from, const char *key,
			const char *otherwise)
{
	const struct rshvalue *v = get(from, key);

	return v ? v->text : otherwise;
}

static int wrong(const struct rshvalue *v, const char *why, struct err *err)
{
	struct strbuf place = STRBUF_INIT(STRBUF_MAX_TEXT);

	rshplace_show(&v->place, &place);
	err_set(err, ERR_CONFIG, _("%s: bad value '%s' for '%s': %s"),
		place.buf, v->text, v->key->name, why);
	strbuf_release(&place);
	return -1;
}

/* NULL: they are not all of one. */
static const struct rshcluster *cluster_of(const struct settings *s,
					   const struct plan *plan)
{
	const struct rshcluster *all = NULL;

	for (size_t i = 0; s->rsh && i < plan->targets.n; i++) {
		const struct rshcluster *c = NULL;
		const struct rshnode *node;

		if (!rshconf_owner(s->rsh, plan->targets.v[i].name, &c,
				   &node) ||
		    (all && c != all))
			return NULL;
		all = c;
	}
	return all;
}

static int read_keys(const struct sources *from, struct shell_conf *out,
		     struct err *err)
{
	for (size_t i = 0; i < sizeof(key_rows) / sizeof(key_rows[0]); i++) {
		const struct rshvalue *v = get(from, key_rows[i].name);
		const char *name = v ? v->text : key_rows[i].usual;
		struct key *key = &out->keys[key_rows[i].key];

		if (key_rows[i].key == SHELL_KEY_PREFIX)
			out->prefix_name = name;
		if (!keys_named(name, key) || !v)
			continue;
		return wrong(v,
			     _("a key is called as 'Ctrl+N', 'Alt+n' or 'F2'"),
			     err);
	}
	return 0;
}

static const char *colour_named(const char *name)
{
	for (size_t i = 0; i < sizeof(colours) / sizeof(colours[0]); i++)
		if (!strcasecmp(colours[i].name, name))
			return colours[i].sgr;
	return NULL;
}

/* By the name as it was listed, or the host in it. */
static int read_colours(const struct rshvalues *values, const struct plan *plan,
			struct shell_conf *out, struct err *err)
{
	for (size_t i = 0; values && i < values->n; i++) {
		const struct rshvalue *v = &values->v[i];
		const char *sgr;

		if (strcmp(v->key->name, "colors") != 0)
			continue;
		sgr = colour_named(v->text);
		if (!sgr)
			return wrong(v, _("no such colour"), err);
		for (size_t t = 0; t < plan->targets.n; t++)
			if (!strcmp(plan->targets.v[t].name, v->item) ||
			    !strcmp(plan->targets.v[t].alias, v->item))
				out->colours[t] = sgr;
	}
	return 0;
}

static char *history_path(const char *path)
{
	const char *home = userconf_home();

	if (!path || !*path)
		return NULL;
	if (path[0] == '~' && path[1] == '/' && home)
		return xasprintf("%s%s", home, path + 1);
	return xstrdup(path);
}

/* It becomes a line for a shell, whichever that is. */
static int read_work_dir(const struct sources *from, struct shell_conf *out,
			 struct err *err)
{
	const struct rshvalue *v = get(from, "work_dir");

	out->work_dir = v && *v->text ? v->text : NULL;
	if (!out->work_dir ||
	    (*out->work_dir != '-' && !strpbrk(out->work_dir, "'\n\r\\!")))
		return 0;
	return wrong(v,
		     _("it has a character that shells read in their own way"),
		     err);
}

int shellconf_read(const struct settings *s, const struct plan *plan,
		   struct shell_conf *out, struct err *err)
{
	const struct rshcluster *c = cluster_of(s, plan);
	const struct sources from = {
		.own = c ? &c->interactive : NULL,
		.all = s->rsh ? rshconf_interactive(s->rsh) : NULL,
	};
	const struct rshvalue *v;

	*out = (struct shell_conf){
		.syntax = { text(&from, "node_switch_prefix", "!"),
			    text(&from, "broadcast_prefix", "!broadcast ") },
		.prompt = text(&from, "prompt_format", NULL),
		.history = history_path(text(&from, "history_file", NULL)),
		.one = !strcmp(text(&from, "default_mode", ""), "single_node"),
		.colours = xcalloc(plan->targets.n, sizeof(char *)),
	};
	v = get(&from, "show_timestamps");
	out->timestamps = v && v->number;
	if (read_work_dir(&from, out, err) || read_keys(&from, out, err) ||
	    read_colours(from.all, plan, out, err))
		return -1;
	return read_colours(from.own, plan, out, err);
}

void shellconf_release(struct shell_conf *c)
{
	free(c->history);
	free((void *)c->colours);
	*c = (struct shell_conf){ 0 };
}
