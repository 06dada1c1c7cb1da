/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `rsh config`: what counts, and who has said it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/settings.h"
#include "cmd/switches.h"
#include "cmd/userconf.h"
#include "cmd/userhosts.h"
#include "conf/options.h"
#include "conf/rshconf.h"
#include "conf/rshkeys.h"
#include "conf/spec.h"
#include "conf/sshopt.h"

#include "base/banned.h"

#define COLUMN 40 /* where origins stand, unless a value is longer */

/* The options of `rsh config` alone. */
struct own {
	struct settings s;
	int example, keys;
};

static const struct option own_rows[] = {
	/* clang-format off */
	{ .kind = OPT_HEADING, .help = N_("What is shown") },
	{ .kind = OPT_FLAG, .name = "example", .field = offsetof(struct own, example), .value = 1,
	  .help = N_("print a complete file to begin with") },
	{ .kind = OPT_FLAG, .name = "keys", .field = offsetof(struct own, keys), .value = 1,
	  .help = N_("print all keys, one a line, with tabs") },
	/* clang-format on */
};

/* A line of YAML with its origin behind it. */
static void print_line(size_t indent, const char *name, const char *value,
		       const char *origin)
{
	struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct strbuf shown = STRBUF_INIT(STRBUF_MAX_TEXT);
	int pad;

	(void)strbuf_addf(&sb, "%*s%s", (int)indent, "", name);
	if (value) {
		(void)strbuf_addch(&sb, ' ');
		rshkeys_quote(&sb, value);
	}
	pad = sb.len < COLUMN ? COLUMN - (int)sb.len : 1;
	if (origin)
		(void)strbuf_addf(&sb, "%*s# %s", pad, "", origin);
	text_vis(&shown, sb.buf, sb.len, VIS_LINE);
	puts(shown.buf);
	strbuf_release(&shown);
	strbuf_release(&sb);
}

static void print_key(size_t indent, const char *name, const char *value,
		      const char *origin)
{
	char *key = xasprintf("%s:", name);

	print_line(indent, key, value, origin);
	free(key);
}

static void print_value(size_t indent, const struct rshvalue *v)
{
	struct strbuf where = STRBUF_INIT(STRBUF_MAX_TEXT);

	rshplace_show(&v->place, &where);
	print_key(indent, v->item ? v->item : v->key->name, v->text, where.buf);
	strbuf_release(&where);
}

/* A jump host with a key of its own is a map. */
static void print_jump(size_t indent, const struct rshvalue *v)
{
	struct strbuf where = STRBUF_INIT(STRBUF_MAX_TEXT);

	if (!v->jump_key) {
		print_value(indent, v);
		return;
	}
	rshplace_show(&v->place, &where);
	print_key(indent, v->key->name, NULL, where.buf);
	print_key(indent + 2, "host", v->text, NULL);
	print_key(indent + 2, "ssh_key", v->jump_key, NULL);
	strbuf_release(&where);
}

static bool is_interactive(const struct rshkey *key)
{
	return key->scopes & RSHKEY_IN_INTERACTIVE;
}

static void print_values(size_t indent, const struct rshvalues *values)
{
	for (size_t i = 0; i < values->n; i++)
		print_jump(indent, &values->v[i]);
}

/* Those values that belong to a map, each under its name. */
static void print_texts(size_t indent, const struct rshvalues *values,
			const char *name)
{
	bool head = false;

	for (size_t i = 0; i < values->n; i++) {
		const struct rshvalue *v = &values->v[i];

		if (!v->item || strcmp(v->key->name, name) != 0)
			continue;
		if (!head)
			print_key(indent, name, NULL, NULL);
		head = true;
		print_value(indent + 2, v);
	}
}

/* What the shell is told: its own keys, then the maps among them. */
static void print_interactive(size_t indent, const struct rshvalues *values)
{
	bool head = false;

	if (!values->n)
		return;
	print_key(indent, "interactive", NULL, NULL);
	for (size_t i = 0; i < values->n; i++)
		if (is_interactive(values->v[i].key) && !values->v[i].item)
			print_value(indent + 2, &values->v[i]);
	print_texts(indent + 2, values, "colors");
	for (size_t i = 0; i < values->n; i++) {
		if (is_interactive(values->v[i].key))
			continue;
		if (!head)
			print_key(indent + 2, "keybindings", NULL, NULL);
		head = true;
		print_value(indent + 4, &values->v[i]);
	}
}

/* The value that an option has now; -1 when it has none. */
static int option_value(const struct settings *s, const struct rshkey *key,
			struct strbuf *out)
{
	strbuf_reset(out);
	options_show(rsh_options, s, key->option, out);
	/* Where nothing below 1 can be said, 0 is that nobody has. */
	if (key->min && strcmp(out->buf, "0") == 0)
		strbuf_reset(out);
	if (!out->len && key->def)
		(void)strbuf_addstr(out, key->def);
	return out->len ? 0 : -1;
}

static bool was_typed(const struct settings *s, const struct rshkey *key)
{
	return key->option &&
	       options_was_given(&s->given,
				 options_field(rsh_options, key->option));
}

/* What a letter of ssh, or a call, says; NULL: it was not given. */
static char *letter_value(const struct settings *s, const struct rshkey *key)
{
	if (strcmp(key->name, "user") == 0 && s->user)
		return xstrdup(s->user);
	if (strcmp(key->name, "port") == 0 && s->port)
		return xasprintf("%u", (unsigned int)s->port);
	if (strcmp(key->name, "ssh_key") == 0 && s->identities.n)
		return xstrdup(s->identities.v[0]);
	if (strcmp(key->name, "fail_fast") != 0 || !was_typed(s, key))
		return NULL;
	if (s->fail_percent)
		return xasprintf("%u%%", (unsigned int)s->fail_percent);
	if (s->fail_fast)
		return xasprintf("%u", (unsigned int)s->fail_fast);
	return NULL;
}

static void print_default(const struct settings *s, const struct rshkey *key,
			  const struct rshvalue *v)
{
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	char *letter = letter_value(s, key);
	bool typed = was_typed(s, key);

	if (letter)
		print_key(2, key->name, letter, _("command line"));
	else if (typed && option_value(s, key, &text) == 0)
		print_key(2, key->name, text.buf, _("command line"));
	else if (v)
		print_jump(2, v);
	else if (key->option && option_value(s, key, &text) == 0)
		print_key(2, key->name, text.buf, _("built-in"));
	free(letter);
	strbuf_release(&text);
}

static void print_defaults(const struct settings *s)
{
	const struct rshvalues *values = rshconf_defaults(s->rsh);
	const struct rshkey *key;

	print_key(0, "defaults", NULL, NULL);
	for (size_t i = 0; (key = rshkey_at(i)); i++)
		if (key->kind == RSHKEY_TEXTS &&
		    key->scopes & RSHKEY_IN_DEFAULTS)
			print_texts(2, values, key->name);
		else if (key->scopes & RSHKEY_IN_DEFAULTS)
			print_default(s, key, rshvalues_get(values, key->name));
}

static void print_note(size_t indent, const char *text)
{
	char *line = xasprintf("# %s", text);

	print_line(indent, line, NULL, NULL);
	free(line);
}

static void print_node(const struct rshnode *node)
{
	struct strbuf where = STRBUF_INIT(STRBUF_MAX_TEXT);

	rshplace_show(&node->place, &where);
	print_line(6, node->own.n ? "- host:" : "-", node->hosts, where.buf);
	print_values(8, &node->own);
	strbuf_release(&where);
}

static void print_cluster(const struct rshcluster *c)
{
	struct strbuf where = STRBUF_INIT(STRBUF_MAX_TEXT);

	rshplace_show(&c->place, &where);
	print_key(2, c->name, NULL, where.buf);
	if (c->missing.why)
		print_note(4, c->missing.why);
	if (c->nnodes)
		print_key(4, "nodes", NULL, NULL);
	else
		print_line(4, "nodes: []", NULL, NULL);
	for (size_t i = 0; i < c->nnodes; i++)
		if (*c->nodes[i].hosts)
			print_node(&c->nodes[i]);
	print_values(4, &c->own);
	print_interactive(4, &c->interactive);
	strbuf_release(&where);
}

static void print_group(const struct rshgroup *g)
{
	struct strbuf where = STRBUF_INIT(STRBUF_MAX_TEXT);

	if (g->missing.why) {
		print_note(2, g->missing.why);
		return;
	}
	rshplace_show(&g->place, &where);
	print_key(2, g->name, g->hosts, where.buf);
	strbuf_release(&where);
}

static void print_all(const struct settings *s)
{
	const struct rshcluster *c;
	const struct rshgroup *g;

	print_defaults(s);
	if (rshconf_cluster_at(s->rsh, 0))
		print_key(0, "clusters", NULL, NULL);
	for (size_t i = 0; (c = rshconf_cluster_at(s->rsh, i)); i++)
		print_cluster(c);
	if (rshconf_group_at(s->rsh, 0))
		print_key(0, "groups", NULL, NULL);
	for (size_t i = 0; (g = rshconf_group_at(s->rsh, i)); i++)
		print_group(g);
	print_interactive(0, rshconf_interactive(s->rsh));
}

/* Who has said what of a host, in the order in which it was said. */
struct origins {
	struct {
		const struct sshopt *row;
		char *where;
		bool told; /* a list has one line for each */
	} * v;
	size_t n, cap;
};

static void note_origin(void *arg, const struct sshopt *row, const char *where)
{
	struct origins *o = arg;

	o->v = grow_array(o->v, &o->cap, o->n, sizeof(*o->v));
	o->v[o->n].row = row;
	o->v[o->n].told = false;
	o->v[o->n++].where = xstrdup(where);
}

static void note_letters(const struct settings *s, struct origins *o)
{
	if (s->user)
		note_origin(o, sshopt_find("User"), _("command line"));
	if (s->port)
		note_origin(o, sshopt_find("Port"), _("command line"));
	for (size_t i = 0; i < s->identities.n; i++)
		note_origin(o, sshopt_find("IdentityFile"), _("command line"));
}

static const char *take_origin(struct origins *o, const struct sshopt *row)
{
	const char *last = NULL;

	for (size_t i = 0; i < o->n; i++) {
		if (o->v[i].row != row)
			continue;
		last = o->v[i].where;
		if (o->v[i].told)
			continue;
		o->v[i].told = true;
		break;
	}
	return last;
}

/* A line of ssh -G: those that somebody has said, and where it leads. */
static void print_option(char *line, struct origins *o)
{
	char *value = line + strcspn(line, " ");
	const char *where;

	if (*value)
		*value++ = '\0';
	where = take_origin(o, sshopt_find(line));
	if (!where && strcmp(line, "user") != 0 && strcmp(line, "port") != 0 &&
	    strcmp(line, "hostname") != 0)
		return;
	print_key(0, line, value, where ? where : _("built-in"));
}

/* What a run would do with the host, beside ssh_config. */
static void print_limits(const struct settings *s, const char *name)
{
	static const char *const keys[] = { "timeout", "parallel" };

	for (size_t i = 0; i < 2; i++) {
		const struct rshkey *key =
			rshkey_find(keys[i], RSHKEY_IN_DEFAULTS);
		const struct rshvalue *v =
			userhosts_get(s->users, name, keys[i]);
		struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
		bool typed = was_typed(s, key);

		if (v && !typed)
			print_value(0, v);
		else if (option_value(s, key, &text) == 0)
			print_key(0, key->name, text.buf,
				  typed ? _("command line") : _("built-in"));
		strbuf_release(&text);
	}
}

static void print_host(const struct settings *s, const char *name, char *lines,
		       struct origins *o)
{
	const struct rshcluster *c;
	const struct rshnode *node;

	print_key(0, "host", name, NULL);
	if (rshconf_owner(s->rsh, name, &c, &node)) {
		struct strbuf where = STRBUF_INIT(STRBUF_MAX_TEXT);

		rshplace_show(&node->place, &where);
		print_key(0, "cluster", c->name, where.buf);
		strbuf_release(&where);
	}
	while (*lines) {
		size_t n = strcspn(lines, "\n");

		lines[n] = '\0';
		if (strncmp(lines, "host ", 5) != 0)
			print_option(lines, o);
		lines += n + 1;
	}
	print_limits(s, name);
}

static int show_host(const struct settings *s, struct err *err)
{
	struct origins origins = { 0 };
	const struct settings_origins to = { note_origin, &origins };
	char *lines = NULL, *name = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&lines, &size);
	int rc;

	if (!out)
		return err_set_errno(err, ERR_LOCAL, _("cannot make a text"));
	note_letters(s, &origins);
	rc = settings_origins(s, out, &name, &to, err);
	(void)fclose(out);
	if (rc == 0)
		print_host(s, name, lines, &origins);
	for (size_t i = 0; i < origins.n; i++)
		free(origins.v[i].where);
	free(origins.v);
	free(lines);
	free(name);
	return rc;
}

static void print_help(const struct option *rows)
{
	puts(_("usage: rsh config [options] [host]\n"
	       "\n"
	       "Show what counts, for all hosts or for one, and who has said it.\n"));
	options_help(rows, stdout, 80);
}

static int parse(const struct option *rows, struct own *own, int argc,
		 char **argv, struct err *err)
{
	bool dashes = false;
	int index = 1;

	if (options_parse(rows, own, argc, argv, &index, &dashes, err))
		return -1;
	if (index < argc) {
		own->s.destination = argv[index++];
		switches_destination(&own->s);
	}
	if (!dashes && options_parse(rows, own, argc, argv, &index, NULL, err))
		return -1;
	if (index < argc)
		return err_set(
			err, ERR_USAGE,
			_("'rsh config' is for one host, and '%s' is another one"),
			argv[index]);
	return 0;
}

static void print_text(void (*make)(struct strbuf *out))
{
	struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);

	make(&sb);
	(void)fputs(sb.buf, stdout);
	strbuf_release(&sb);
}

/*
 * With --cluster or -H the host is one of that list: as it stands there, so
 * that it is known whose it is.
 */
static int choose(struct settings *s, struct strvec *name, struct err *err)
{
	struct hostlist *hl = hostlist_new();
	struct dest d;
	int rc = 0;

	for (size_t i = 0; i < s->hosts.n && rc == 0; i++)
		rc = hostlist_parse(hl, s->hosts.v[i], &s->source, err);
	for (size_t i = 0; rc == 0 && i < hostlist_count(hl); i++) {
		const char *listed = hostlist_get(hl, i);
		bool same;

		if (dest_parse(listed, true, &d, NULL))
			continue;
		same = strcmp(listed, s->destination) == 0 ||
		       strcmp(d.host, s->destination) == 0;
		dest_release(&d);
		if (!same)
			continue;
		strvec_push(name, listed);
		s->destination = name->v[0];
		break;
	}
	if (rc == 0 && s->hosts.n && !name->n)
		rc = err_set(err, ERR_USAGE,
			     _("the host '%s' is none of the list"),
			     s->destination);
	hostlist_free(hl);
	return rc;
}

static int show(struct settings *s, struct err *err)
{
	struct strvec name = { 0 };
	int rc = 0;

	if (settings_configure(s, rsh_options, err))
		return -1;
	if (!s->destination && !s->hosts.n) {
		print_all(s);
		return 0;
	}
	if (s->destination)
		rc = choose(s, &name, err);
	if (rc == 0)
		rc = show_host(s, err);
	strvec_release(&name);
	return rc;
}

int cmd_config(int argc, char **argv)
{
	struct option *rows = options_join(
		own_rows, sizeof(own_rows) / sizeof(own_rows[0]), rsh_options);
	struct own own = { 0 };
	struct settings *s = &own.s;
	struct err err = { 0 };
	int rc = -1;

	settings_init(s);
	if (parse(rows, &own, argc, argv, &err) || settings_log(s, "rsh", &err))
		goto out;
	if (s->help) {
		print_help(rows);
		rc = 0;
	} else if (own.example || own.keys) {
		print_text(own.example ? rshkeys_example : rshkeys_dump);
		rc = 0;
	} else {
		rc = show(s, &err);
	}
out:
	if (rc)
		log_fatal("%s", err.msg);
	err_release(&err);
	settings_release(s);
	free(rows);
	log_close();
	return rc ? EXIT_CODE_USAGE : 0;
}
