/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What ssh_config(5) calls TOKENS and ENVIRONMENT VARIABLES, and "~".
 */
#include "conf/percent.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "base/banned.h"

/* One expansion under way. */
struct expansion {
	const struct percent_token *tokens; /* NULL: "%" is text */
	env_fn *get_env;		    /* NULL: "${" is text */
	void *arg;
	const char *later; /* letters that stay as they are; NULL: none */
	struct strbuf *out;
};

/* The text for the token letter `c`, or NULL. */
static const char *token_text(const struct percent_token *t, char c)
{
	if (c == '%')
		return "%";
	while (t->letter && t->letter != c)
		t++;
	return t->letter ? t->text : NULL;
}

/* What is expanded once more later must be worth itself then. */
static void put(struct expansion *x, const char *text)
{
	for (; *text; text++) {
		if (x->later && *text == '%')
			(void)strbuf_addch(x->out, '%');
		(void)strbuf_addch(x->out, *text);
	}
}

/* Replace the token at `s`, just past the "%".  Returns what follows it. */
static const char *put_token(struct expansion *x, const char *s,
			     struct err *err)
{
	const char *text = token_text(x->tokens, *s);

	if (!*s) {
		(void)err_set(err, ERR_CONFIG, _("lone '%%' at the end"));
		return NULL;
	}
	if (x->later && strchr(x->later, *s)) {
		(void)strbuf_addch(x->out, '%');
		(void)strbuf_addch(x->out, *s);
		return s + 1;
	}
	if (!text) {
		char *seen = text_vis_dup(s, 1, 1);

		(void)err_set(err, ERR_CONFIG, _("unknown token '%%%s'"), seen);
		free(seen);
		return NULL;
	}
	put(x, text);
	return s + 1;
}

/* Replace the variable at `s`, just past the "${".  Returns what follows. */
static const char *put_variable(struct expansion *x, const char *s,
				struct err *err)
{
	const char *end = strchr(s, '}');
	const char *value;
	char *name;

	if (!end || end == s) {
		(void)err_set(err, ERR_CONFIG,
			      end ? _("'${}' names no variable")
				  : _("'${' has no '}'"));
		return NULL;
	}
	name = xstrndup(s, (size_t)(end - s));
	value = x->get_env(x->arg, name);
	if (value)
		put(x, value);
	else
		(void)err_set(err, ERR_CONFIG,
			      _("the variable '%s' is not set"), name);
	free(name);
	return value ? end + 1 : NULL;
}

static int expand(struct expansion *x, const char *s, struct err *err)
{
	while (s && *s) {
		size_t plain = strcspn(s, "%$");

		(void)strbuf_add(x->out, s, plain);
		s += plain;
		if (*s == '%' && x->tokens)
			s = put_token(x, s + 1, err);
		else if (*s == '$' && s[1] == '{' && x->get_env)
			s = put_variable(x, s + 2, err);
		else if (*s)
			(void)strbuf_addch(x->out, *s++);
	}
	if (!s)
		return -1;
	if (x->out->full)
		return err_set(err, ERR_CONFIG, _("longer than %zu bytes"),
			       x->out->max);
	return 0;
}

int percent_expand(const char *text, const struct percent_token *tokens,
		   struct strbuf *out, struct err *err)
{
	struct expansion x = { .tokens = tokens, .out = out };

	return expand(&x, text, err);
}

int env_expand(const char *text, env_fn *get_env, void *arg, struct strbuf *out,
	       struct err *err)
{
	struct expansion x = { .get_env = get_env, .arg = arg, .out = out };

	return expand(&x, text, err);
}

int percent_env_expand(const char *text, const struct percent_token *tokens,
		       env_fn *get_env, void *arg, struct strbuf *out,
		       struct err *err)
{
	struct expansion x = {
		.tokens = tokens,
		.get_env = get_env,
		.arg = arg,
		.out = out,
	};

	return expand(&x, text, err);
}

int percent_expand_first(const char *text, const struct percent_token *tokens,
			 const char *later, env_fn *get_env, void *arg,
			 struct strbuf *out, struct err *err)
{
	struct expansion x = {
		.tokens = tokens,
		.get_env = get_env,
		.arg = arg,
		.later = later,
		.out = out,
	};

	return expand(&x, text, err);
}

int percent_subst(const char *text, const struct percent_token *tokens,
		  struct strbuf *out)
{
	while (*text) {
		size_t plain = strcspn(text, "%");
		const char *value;

		(void)strbuf_add(out, text, plain);
		text += plain;
		if (!*text)
			break;
		value = token_text(tokens, text[1]);
		(void)strbuf_addstr(out, value ? value : "%");
		text += value ? 2 : 1;
	}
	return out->full ? -1 : 0;
}

int tilde_expand(const char *path, const char *home, struct strbuf *out,
		 struct err *err)
{
	const char *rest = path;

	if (*path == '~') {
		size_t len = strcspn(path + 1, "/");

		rest = path + 1 + len;
		if (len) {
			char *user = xstrndup(path + 1, len);
			const struct passwd *pw = getpwnam(user);

			if (!pw)
				(void)err_set(err, ERR_CONFIG,
					      _("no such user '%s'"), user);
			free(user);
			if (!pw)
				return -1;
			home = pw->pw_dir;
		}
		len = strlen(home);
		rest += strspn(rest, "/");
		(void)strbuf_addstr(out, home);
		if (!len || home[len - 1] != '/')
			(void)strbuf_addch(out, '/');
	}
	(void)strbuf_addstr(out, rest);
	if (out->full)
		return err_set(err, ERR_CONFIG, _("longer than %zu bytes"),
			       out->max);
	return 0;
}
