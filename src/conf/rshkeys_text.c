/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of keys as an example file and as a list.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "conf/rshkeys.h"
#include "base/banned.h"

#define WIDTH 76

static const char *kind_name(enum rshkey_kind kind)
{
	switch (kind) {
	case RSHKEY_TEXT:
		return "text";
	case RSHKEY_USER:
		return "user";
	case RSHKEY_PATH:
		return "path";
	case RSHKEY_BOOL:
		return "bool";
	case RSHKEY_UINT:
		return "number";
	case RSHKEY_SPAN:
		return "time";
	case RSHKEY_CHOICE:
		return "choice";
	case RSHKEY_HOSTS:
		return "hosts";
	case RSHKEY_NODES:
		return "nodes";
	case RSHKEY_JUMP:
		return "jump";
	case RSHKEY_PATTERN:
		return "pattern";
	case RSHKEY_TEXTS:
		return "texts";
	case RSHKEY_BLOCK:
		break;
	}
	return "map";
}

/* What a value may be, as people read it; empty when any will do. */
static void add_range(const struct rshkey *key, struct strbuf *out)
{
	struct strbuf most = STRBUF_INIT(STRBUF_MAX_TEXT);

	switch (key->kind) {
	case RSHKEY_UINT:
		(void)strbuf_addf(out, "%llu-%llu",
				  (unsigned long long)key->min,
				  (unsigned long long)key->max);
		if (key->unit)
			(void)strbuf_addf(out, " %s", _(key->unit));
		break;
	case RSHKEY_SPAN:
		text_span(&most, key->max);
		(void)strbuf_addf(out, _("90, 1m30s, 500ms; at most %s"),
				  most.buf);
		break;
	case RSHKEY_CHOICE:
		(void)strbuf_addstr(out, key->words);
		break;
	case RSHKEY_BOOL:
		(void)strbuf_addstr(out, "true false");
		break;
	case RSHKEY_TEXT:
	case RSHKEY_USER:
	case RSHKEY_PATH:
	case RSHKEY_HOSTS:
	case RSHKEY_NODES:
	case RSHKEY_JUMP:
	case RSHKEY_PATTERN:
	case RSHKEY_TEXTS:
	case RSHKEY_BLOCK:
		break;
	}
	strbuf_release(&most);
}

static void add_indent(struct strbuf *out, size_t indent)
{
	(void)strbuf_addf(out, "#%*s", (int)indent + 1, "");
}

/* The help as lines of comment, broken at blanks. */
static void add_wrapped(struct strbuf *out, const char *text, size_t indent)
{
	size_t column = 0;

	while (*text) {
		size_t n = strcspn(text, " ");
		size_t width = text_width(text, n);

		if (column && column + 1 + width > WIDTH) {
			(void)strbuf_addch(out, '\n');
			column = 0;
		}
		if (!column) {
			add_indent(out, indent);
			(void)strbuf_addstr(out, "# ");
			column = indent + 4;
		} else {
			(void)strbuf_addch(out, ' ');
			column++;
		}
		(void)strbuf_add(out, text, n);
		column += width;
		text += n + strspn(text + n, " ");
	}
	(void)strbuf_addch(out, '\n');
}

static void add_keys(struct strbuf *out, enum rshkey_scope scope, size_t indent,
		     const char *first);

static void add_key(struct strbuf *out, const struct rshkey *key, size_t indent)
{
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct strbuf range = STRBUF_INIT(STRBUF_MAX_TEXT);

	add_range(key, &range);
	(void)strbuf_addstr(&text, _(key->help));
	if (range.len)
		(void)strbuf_addf(&text, " (%s)", range.buf);
	if (key->def)
		(void)strbuf_addf(&text, _(" [default: %s]"), key->def);
	add_wrapped(out, text.buf, indent);
	add_indent(out, indent);
	if (key->kind == RSHKEY_BLOCK) {
		(void)strbuf_addf(out, "%s:\n", key->name);
		add_keys(out, key->block, indent + 2, NULL);
	} else {
		(void)strbuf_addf(out, "%s: %s\n", key->name, key->example);
	}
	strbuf_release(&text);
	strbuf_release(&range);
}

/* The keys of one kind of map; `first` goes in front of the first. */
static void add_keys(struct strbuf *out, enum rshkey_scope scope, size_t indent,
		     const char *first)
{
	const struct rshkey *key;

	for (size_t i = 0; (key = rshkey_at(i)); i++) {
		if (!(key->scopes & scope))
			continue;
		if (first && strcmp(first, key->name) == 0)
			continue;
		add_key(out, key, indent);
	}
}

/* The keys of a node and of its jump host in their places. */
static void add_nodes(struct strbuf *out)
{
	const struct rshkey *host = rshkey_find("host", RSHKEY_IN_NODE);

	add_indent(out, 4);
	(void)strbuf_addstr(out, "nodes:\n");
	add_indent(out, 6);
	(void)strbuf_addstr(out, "- db1.example.com\n");
	add_indent(out, 6);
	(void)strbuf_addstr(out, "- admin@node[01-16]:2222\n");
	add_wrapped(out, _(host->help), 6);
	add_indent(out, 6);
	(void)strbuf_addf(out, "- host: %s\n", host->example);
	add_keys(out, RSHKEY_IN_NODE, 8, "host");
	add_indent(out, 6);
	(void)strbuf_addstr(out, "- host: vault.example.com\n");
	add_indent(out, 8);
	(void)strbuf_addstr(out, "jump_host:\n");
	add_indent(out, 10);
	(void)strbuf_addstr(out, "host: bastion.example.com\n");
	add_indent(out, 10);
	(void)strbuf_addstr(out, "user: ops\n");
	add_indent(out, 10);
	(void)strbuf_addstr(out, "port: 2222\n");
	add_indent(out, 10);
	(void)strbuf_addstr(out, "ssh_key: ~/.ssh/bastion\n");
	add_indent(out, 6);
	(void)strbuf_addstr(out, "- host: safe.example.com\n");
	add_indent(out, 8);
	(void)strbuf_addstr(out, "jump_host:\n");
	add_indent(out, 10);
	(void)strbuf_addf(
		out, "ssh_config_host: %s\n",
		rshkey_find("ssh_config_host", RSHKEY_IN_JUMP)->example);
}

void rshkeys_example(struct strbuf *out)
{
	(void)strbuf_addstr(
		out,
		_("## The configuration of rsh: ~/.config/rsh/config.yaml.\n"
		  "## All of it is commented out: take away \"# \" where you want\n"
		  "## something else.  ${NAME} and ${NAME:-text} stand for variables of\n"
		  "## the environment, $$ for a dollar sign.  See rsh_config(5).\n"
		  "\n"));
	add_wrapped(out, _(rshkey_find("defaults", RSHKEY_IN_FILE)->help), 0);
	(void)strbuf_addstr(out, "# defaults:\n");
	add_keys(out, RSHKEY_IN_DEFAULTS, 2, NULL);
	(void)strbuf_addch(out, '\n');
	add_wrapped(out, _(rshkey_find("clusters", RSHKEY_IN_FILE)->help), 0);
	(void)strbuf_addstr(out, "# clusters:\n#   production:\n");
	add_nodes(out);
	add_keys(out, RSHKEY_IN_CLUSTER, 4, "nodes");
	(void)strbuf_addch(out, '\n');
	add_wrapped(out, _(rshkey_find("groups", RSHKEY_IN_FILE)->help), 0);
	(void)strbuf_addstr(out, "# groups:\n"
				 "#   web: web[1-4].example.com\n"
				 "#   front: [ '@web', lb1.example.com ]\n\n");
	add_key(out, rshkey_find("interactive", RSHKEY_IN_FILE), 0);
}

static void add_places(const struct rshkey *key, struct strbuf *out)
{
	static const struct {
		enum rshkey_scope scope;
		const char *name;
	} places[] = {
		/* clang-format off */
		{ RSHKEY_IN_FILE,        "file"        },
		{ RSHKEY_IN_DEFAULTS,    "defaults"    },
		{ RSHKEY_IN_CLUSTER,     "cluster"     },
		{ RSHKEY_IN_NODE,        "node"        },
		{ RSHKEY_IN_JUMP,        "jump_host"   },
		{ RSHKEY_IN_INTERACTIVE, "interactive" },
		{ RSHKEY_IN_KEYBINDINGS, "keybindings" },
		/* clang-format on */
	};
	bool first = true;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (!(key->scopes & places[i].scope))
			continue;
		(void)strbuf_addf(out, "%s%s", first ? "" : " ",
				  places[i].name);
		first = false;
	}
}

void rshkeys_dump(struct strbuf *out)
{
	const struct rshkey *key;

	for (size_t i = 0; (key = rshkey_at(i)); i++) {
		add_places(key, out);
		(void)strbuf_addf(out, "\t%s\t%s\t", key->name,
				  kind_name(key->kind));
		add_range(key, out);
		(void)strbuf_addf(
			out, "\t%s\t%s\t%s\t%s\n", key->def ? key->def : "",
			key->option ? key->option : "",
			key->keyword ? key->keyword : "", _(key->help));
	}
}

/* Words that are read as nothing, or that YAML takes for something else. */
static bool is_special(const char *text)
{
	static const char *const words[] = { "null", "~", "Null", "NULL" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], text) == 0)
			return true;
	return !*text || strchr("-?:,[]{}#&*!|>'\"%@` ", *text) ||
	       text[strlen(text) - 1] == ' ' || text[strlen(text) - 1] == ':' ||
	       strstr(text, ": ") || strstr(text, " #");
}

void rshkeys_quote(struct strbuf *out, const char *text)
{
	bool special = is_special(text);

	if (special)
		(void)strbuf_addch(out, '\'');
	for (; *text; text++) {
		if (special && *text == '\'')
			(void)strbuf_addch(out, '\'');
		if (*text == '$')
			(void)strbuf_addch(out, '$');
		(void)strbuf_addch(out, *text);
	}
	if (special)
		(void)strbuf_addch(out, '\'');
}
