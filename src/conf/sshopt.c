/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values of ssh_config(5): a table of keywords (sshopt_table.c), each of a
 * kind that knows how it is read (sshopt_store.c, sshopt_special.c), kept and
 * shown (sshopt_dump.c).
 */
#include "conf/sshopt.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/match.h"
#include "base/text.h"
#include "conf/sshlex.h"
#include "conf/sshopt_row.h"
#include "base/banned.h"

#define UNSET INT_MIN

/* What stands in the field of a row. */
enum storage {
	HOLDS_NOTHING,
	HOLDS_INT,
	HOLDS_INTS, /* int, in `other` too */
	HOLDS_TEXT,
	HOLDS_LIST,
	HOLDS_SIZES, /* uint64_t, in `other` too */
};

static const enum storage holds[KIND_COUNT] = {
	[KIND_BLOCK] = HOLDS_NOTHING,	[KIND_ALIAS] = HOLDS_NOTHING,
	[KIND_NOTHING] = HOLDS_NOTHING, [KIND_CHOICE] = HOLDS_INT,
	[KIND_NUMBER] = HOLDS_INT,	[KIND_PORT] = HOLDS_INT,
	[KIND_SPAN] = HOLDS_INT,	[KIND_ESCAPE] = HOLDS_INT,
	[KIND_MASK] = HOLDS_INT,	[KIND_PERSIST] = HOLDS_INTS,
	[KIND_ADDKEYS] = HOLDS_INTS,	[KIND_QOS] = HOLDS_INTS,
	[KIND_TUNNEL] = HOLDS_INTS,	[KIND_STRING] = HOLDS_TEXT,
	[KIND_AGENT] = HOLDS_TEXT,	[KIND_OBSCURE] = HOLDS_TEXT,
	[KIND_REFUSE] = HOLDS_TEXT,	[KIND_COMMAND] = HOLDS_TEXT,
	[KIND_JUMP] = HOLDS_TEXT,	[KIND_ALGOS] = HOLDS_TEXT,
	[KIND_FILES] = HOLDS_LIST,	[KIND_DOMAINS] = HOLDS_LIST,
	[KIND_CNAMES] = HOLDS_LIST,	[KIND_OPENS] = HOLDS_LIST,
	[KIND_TIMEOUTS] = HOLDS_LIST,	[KIND_APPEND] = HOLDS_LIST,
	[KIND_FORWARD] = HOLDS_LIST,	[KIND_SENDENV] = HOLDS_LIST,
	[KIND_SETENV] = HOLDS_LIST,	[KIND_REKEY] = HOLDS_SIZES,
};

void sshopts_init(struct ssh_opts *o)
{
	*o = (struct ssh_opts){ .host_key_order_fixed = 0 };
	for (size_t i = 0; i < sshopt_nrows; i++) {
		const struct sshopt *row = &sshopt_rows[i];

		switch (holds[row->kind]) {
		case HOLDS_INTS:
			*(int *)sshopt_field(o, row->other) = UNSET;
			*(int *)sshopt_field(o, row->field) = UNSET;
			break;
		case HOLDS_INT:
			*(int *)sshopt_field(o, row->field) = UNSET;
			break;
		case HOLDS_SIZES:
			*(uint64_t *)sshopt_field(o, row->field) = UINT64_MAX;
			*(uint64_t *)sshopt_field(o, row->other) = UINT64_MAX;
			break;
		case HOLDS_NOTHING:
		case HOLDS_TEXT:
		case HOLDS_LIST:
			break;
		}
	}
}

void sshopts_release(struct ssh_opts *o)
{
	if (!o)
		return;
	for (size_t i = 0; i < sshopt_nrows; i++) {
		const struct sshopt *row = &sshopt_rows[i];

		if (holds[row->kind] == HOLDS_TEXT)
			free(*(char **)sshopt_field(o, row->field));
		else if (holds[row->kind] == HOLDS_LIST)
			strvec_release(sshopt_field(o, row->field));
		if (row->at)
			free(*(char **)sshopt_field(o, row->at));
	}
	strvec_release(&o->refused);
	free(o->unresolved);
	free(o->local_command_line);
	strvec_release(&o->known_hosts_argv);
	*o = (struct ssh_opts){ .host_key_order_fixed = 0 };
}

static void copy_list(struct strvec *to, const struct strvec *from)
{
	*to = (struct strvec){ 0 };
	for (size_t i = 0; i < from->n; i++)
		strvec_push(to, from->v[i]);
}

void sshopts_copy(struct ssh_opts *to, const struct ssh_opts *from)
{
	*to = *from;
	for (size_t i = 0; i < sshopt_nrows; i++) {
		const struct sshopt *row = &sshopt_rows[i];

		if (holds[row->kind] == HOLDS_TEXT) {
			char **text = sshopt_field(to, row->field);

			*text = *text ? xstrdup(*text) : NULL;
		} else if (holds[row->kind] == HOLDS_LIST) {
			copy_list(sshopt_field(to, row->field),
				  sshopt_value(from, row->field));
		}
		if (row->at) {
			char **at = sshopt_field(to, row->at);

			*at = *at ? xstrdup(*at) : NULL;
		}
	}
	copy_list(&to->refused, &from->refused);
	copy_list(&to->known_hosts_argv, &from->known_hosts_argv);
	to->unresolved = from->unresolved ? xstrdup(from->unresolved) : NULL;
	to->local_command_line = from->local_command_line
					 ? xstrdup(from->local_command_line)
					 : NULL;
}

static int compare_name(const void *key, const void *row)
{
	return strcasecmp(key, ((const struct sshopt *)row)->name);
}

const struct sshopt *sshopt_find(const char *word)
{
	const struct sshopt *row =
		bsearch(word, sshopt_rows, sshopt_nrows, sizeof(sshopt_rows[0]),
			compare_name);

	return row && row->kind == KIND_ALIAS ? sshopt_find(row->def) : row;
}

enum sshopt_block sshopt_block(const struct sshopt *row)
{
	return row->kind == KIND_BLOCK ? (enum sshopt_block)row->min
				       : SSHOPT_VALUE;
}

bool sshopt_is_command(const struct sshopt *row)
{
	return row->kind == KIND_COMMAND || row->kind == KIND_JUMP;
}

const char *sshopt_name(const struct sshopt *row)
{
	return row->name;
}

/* Whether a row that holds something has got no value from any line. */
static bool is_unset(const struct sshopt *row, const struct ssh_opts *o)
{
	switch (holds[row->kind]) {
	case HOLDS_NOTHING:
		return false;
	case HOLDS_INT:
	case HOLDS_INTS:
		return *(const int *)sshopt_value(o, row->field) == UNSET;
	case HOLDS_TEXT:
		return !*(char *const *)sshopt_value(o, row->field);
	case HOLDS_LIST:
		return ((const struct strvec *)sshopt_value(o, row->field))
			       ->n == 0;
	case HOLDS_SIZES:
		return *(const uint64_t *)sshopt_value(o, row->field) ==
			       UINT64_MAX ||
		       *(const uint64_t *)sshopt_value(o, row->other) ==
			       UINT64_MAX;
	}
	return false;
}

int sshopt_store(const struct sshopt *row, char *const *args, size_t nargs,
		 struct ssh_opts *o, struct err *err)
{
	struct sshopt_words w = { .v = args, .n = nargs };
	size_t max = sshopt_max_words(row);

	assert(sshopt_block(row) == SSHOPT_VALUE);
	for (size_t i = 0; i <= nargs; i++) {
		if (nargs && (i == nargs || *args[i]))
			continue;
		return err_set(err, ERR_CONFIG, _("'%s' needs an argument"),
			       row->name);
	}
	if (max && nargs > max)
		return err_set(err, ERR_CONFIG,
			       _("'%s' is one argument too many for '%s'"),
			       args[max], row->name);
	return sshopt_store_words(row, w, o, err);
}

static bool is_harmless(const struct sshopt *row, const char *word)
{
	return row->harmless &&
	       match_list(row->harmless, word, true) == MATCH_POSITIVE;
}

bool sshopt_has_place(const struct sshopt *row)
{
	return row->at || row->kind == KIND_REFUSE || row->no_shell ||
	       (row->kind == KIND_ALGOS && !row->algos->verbatim);
}

/* ssh passes over a command that it cannot run; that may hide a revocation. */
static char *command_refusal(const struct sshopt *row, const char *command)
{
	struct strvec words = { 0 };
	struct err err = { 0 };
	char *why = NULL;

	if (!strcasecmp(command, "none"))
		return NULL;
	if (sshlex_words(command, &words, &err))
		why = xasprintf(_("'%s %s' cannot be obeyed: %s"), row->name,
				command, err.msg);
	else if (*words.v[0] != '/')
		why = xasprintf(
			_("'%s %s' cannot be obeyed: the command needs its full path"),
			row->name, command);
	strvec_release(&words);
	err_release(&err);
	return why;
}

/* Why nothing may run where this line counts; NULL when it may. */
static char *refusal(const struct sshopt *row, const char *word)
{
	char *list;

	if (row->kind == KIND_REFUSE)
		return xasprintf(_("the connection is refused: %s"), word);
	if (row->no_shell)
		return command_refusal(row, word);
	if (row->kind != KIND_ALGOS || row->algos->verbatim)
		return NULL;
	list = sshopt_algos_apply(row->algos, word, NULL);
	if (!list)
		return xasprintf(
			_("rsh has no algorithm of '%s' for '%s'; --ssh-program may have one"),
			word, row->name);
	free(list);
	return NULL;
}

int sshopt_store_line(const struct sshopt *row, char *const *args, size_t nargs,
		      const char *where, struct ssh_opts *o, struct err *err)
{
	bool first = is_unset(row, o);
	char *why;

	if (sshopt_store(row, args, nargs, o, err))
		return -1;
	if (row->at && first && !is_unset(row, o))
		*(char **)sshopt_field(o, row->at) = xstrdup(where);
	why = first ? refusal(row, args[0]) : NULL;
	if (why)
		strvec_push_take(&o->refused, xasprintf("%s: %s", where, why));
	free(why);
	return 0;
}

bool sshopt_note(const struct sshopt *row, char *const *args, size_t nargs,
		 struct strbuf *out)
{
	struct strvec dropped = { 0 };
	bool noted = false;

	if (row->why && nargs && !is_harmless(row, args[0])) {
		(void)strbuf_addf(out, _("'%s %s' has no effect: %s"),
				  row->name, args[0], _(row->why));
		return true;
	}
	if (row->kind != KIND_ALGOS || row->algos->verbatim || !nargs)
		return false;
	free(sshopt_algos_apply(row->algos, args[0], &dropped));
	if (dropped.n) {
		char *names = strvec_join(&dropped, ",");

		(void)strbuf_addf(out, _("'%s' without %s, which rsh lacks"),
				  row->name, names);
		free(names);
		noted = true;
	}
	strvec_release(&dropped);
	return noted;
}

static void set_default(const struct sshopt *row, struct ssh_opts *o)
{
	struct sshopt_words w = { 0 };
	struct strvec words = { 0 };
	struct err err = { 0 };
	int rc;

	strvec_split(&words, row->def, " ");
	w.v = words.v;
	w.n = words.n;
	rc = sshopt_store_words(row, w, o, &err);
	assert(rc == 0);
	(void)rc;
	strvec_release(&words);
	err_release(&err);
}

/* "none" was needed to keep later lines out; now it means what it says. */
static void clear_none(const struct sshopt *row, struct ssh_opts *o)
{
	if (holds[row->kind] == HOLDS_LIST && row->none_clears) {
		struct strvec *list = sshopt_field(o, row->field);
		size_t kept = 0;

		for (size_t i = 0; i < list->n; i++) {
			if (strcasecmp(list->v[i], "none") == 0)
				free(list->v[i]);
			else
				list->v[kept++] = list->v[i];
		}
		list->n = kept;
		if (list->v)
			list->v[kept] = NULL;
	} else if (row->none_clears) {
		char **text = sshopt_field(o, row->field);

		if (*text && strcasecmp(*text, "none") == 0) {
			free(*text);
			*text = NULL;
		}
	}
}

/* What depends on other keywords, before these get values of their own. */
static void set_dependent(struct ssh_opts *o)
{
	/* Debian's ssh: nobody watches a batch hang. */
	if (o->batch_mode == 1 && o->server_alive_interval == UNSET)
		o->server_alive_interval = 300;
	/* Who keeps host keys elsewhere is not surprised by more of them. */
	if (o->update_host_keys == UNSET)
		o->update_host_keys =
			o->verify_host_key_dns <= 0 &&
					!o->user_known_hosts_files.n
				? ASK_YES
				: ASK_NO;
	if (o->connect_timeout == UNSET)
		o->connect_timeout = -1;
	if (o->clear_all_forwardings == 1) {
		strvec_release(&o->dynamic_forwards);
		strvec_release(&o->local_forwards);
		strvec_release(&o->remote_forwards);
		o->tunnel = 0;
	}
}

static void fill_in(struct ssh_opts *o, bool shown)
{
	set_dependent(o);
	for (size_t i = 0; i < sshopt_nrows; i++) {
		const struct sshopt *row = &sshopt_rows[i];

		if (row->kind == KIND_ALIAS)
			continue;
		if (row->def && is_unset(row, o) &&
		    !(shown && row->hide_default))
			set_default(row, o);
		if (!(shown && row->shows_none))
			clear_none(row, o);
	}
	if (o->permit_local_command == 1 && o->local_command &&
	    !o->local_command_line)
		o->local_command_line = xstrdup(o->local_command);
	if (o->known_hosts_command && !o->known_hosts_argv.n)
		(void)sshlex_words(o->known_hosts_command, &o->known_hosts_argv,
				   NULL); /* refused before */
}

void sshopt_direct(struct ssh_opts *o)
{
	if (o->clear_all_forwardings == UNSET)
		o->clear_all_forwardings = 1;
	if (o->exit_on_forward_failure == UNSET)
		o->exit_on_forward_failure = 1;
}

void sshopt_defaults(struct ssh_opts *o)
{
	fill_in(o, false);
}

void sshopt_defaults_shown(struct ssh_opts *o)
{
	fill_in(o, true);
}

/* `name` in lower case; the words of ssh_config(5) are ASCII. */
static char *lower_dup(const char *name)
{
	char *s = xstrdup(name);

	for (char *p = s; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p | 0x20);
	return s;
}

const char *sshopt_nearest(const char *word)
{
	char *typed = lower_dup(word);
	size_t limit = strlen(word) / 4 + 1;
	const char *nearest = NULL;

	for (size_t i = 0; i < sshopt_nrows; i++) {
		char *name = lower_dup(sshopt_rows[i].name);
		size_t distance = text_distance(typed, name);

		if (distance <= limit) {
			nearest = sshopt_rows[i].name;
			limit = distance - 1;
		}
		free(name);
		if (distance == 0)
			break;
	}
	free(typed);
	return nearest;
}
