/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command of each target.
 */
#include "model/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "conf/percent.h"

#include "base/banned.h"

#define PLAIN                                                                  \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"       \
	"_-.:@%+,/"

bool command_made(const struct op_spec *spec)
{
	return spec->command && (spec->subst || spec->vars);
}

void command_quote(struct strbuf *sb, const char *word)
{
	if (*word && !word[strspn(word, PLAIN)]) {
		(void)strbuf_addstr(sb, word);
		return;
	}
	(void)strbuf_addstr(sb, "'");
	for (; *word; word++) {
		/* Between quotes, too, a "!" counts in csh(1), and a backslash
		   in fish(1). */
		if (*word == '\'' || *word == '!' || *word == '\\')
			(void)strbuf_addf(sb, "'\\%c'", *word);
		else
			(void)strbuf_add(sb, word, 1);
	}
	(void)strbuf_addstr(sb, "'");
}

/* What was typed is checked, but ssh_config may say anything. */
static int check_plain(const char *value, struct err *err)
{
	char *visible;

	if (!value[strspn(value, PLAIN)])
		return 0;
	visible = text_vis_dup(value, strlen(value), 100);
	err_set(err, ERR_CONFIG,
		_("cannot put '%s' into a command: a shell would read it in its own way"),
		visible);
	free(visible);
	return -1;
}

static int substitute(const struct op_spec *spec, const struct target *t,
		      struct strbuf *out, struct err *err)
{
	char rank[16];
	const struct percent_token tokens[] = {
		{ 'h', t->host },
		{ 'n', t->alias },
		{ 'u', t->user ? t->user : "" },
		{ 'r', rank },
		{ '%', "%" },
		{ 0 },
	};

	(void)snprintf(rank, sizeof(rank), "%u", t->rank);
	for (size_t i = 0; tokens[i].letter; i++)
		if (check_plain(tokens[i].text, err))
			return -1;
	if (percent_subst(spec->command, tokens, out))
		return err_set(err, ERR_USAGE,
			       _("the command is longer than %zu bytes"),
			       out->max);
	return 0;
}

char *command_for(const struct op_spec *spec, const struct target *t,
		  size_t ntargets, struct err *err)
{
	struct strbuf inner = STRBUF_INIT(COMMAND_MAX);
	struct strbuf whole = STRBUF_INIT(4 * COMMAND_MAX);

	if (!spec->subst) {
		(void)strbuf_addstr(&inner, spec->command);
	} else if (substitute(spec, t, &inner, err)) {
		strbuf_release(&inner);
		return NULL;
	}
	if (!spec->vars)
		return strbuf_detach(&inner, NULL);
	/* Not `export`, which the user's own shell may not know. */
	(void)strbuf_addstr(&whole, "env RSH_HOST=");
	command_quote(&whole, t->alias);
	(void)strbuf_addf(&whole, " RSH_RANK=%u RSH_NHOSTS=%zu sh -c ", t->rank,
			  ntargets);
	command_quote(&whole, inner.buf);
	strbuf_release(&inner);
	return strbuf_detach(&whole, NULL);
}
