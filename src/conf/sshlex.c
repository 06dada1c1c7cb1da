/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines of ssh_config(5).
 */
#include "conf/sshlex.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/banned.h"

/* ssh ends a line at these too, for files that went through other systems. */
#define BLANKS	   " \t\r\n"
#define END_BLANKS BLANKS "\f"

/* What a backslash may stand before. */
static bool is_escape(const char *s, char quote)
{
	return s[0] == '\\' && (s[1] == '\'' || s[1] == '"' || s[1] == '\\' ||
				(!quote && s[1] == ' '));
}

/*
 * Read one word into `word`.  Returns what follows it, or NULL when a quote
 * is left open.
 */
static const char *read_word(const char *s, struct strbuf *word)
{
	char quote = '\0';

	for (; *s && (quote || (*s != ' ' && *s != '\t')); s++) {
		if (is_escape(s, quote))
			(void)strbuf_addch(word, *++s);
		else if (quote ? *s == quote : *s == '"' || *s == '\'')
			quote = quote ? '\0' : *s;
		else
			(void)strbuf_addch(word, *s);
	}
	return quote ? NULL : s;
}

/* All words up to the end, or to one that begins with `end`. */
static int read_args(const char *s, char end, struct strvec *args,
		     struct err *err)
{
	struct strbuf word;

	strbuf_init(&word, strlen(s));
	for (s += strspn(s, " \t"); *s && *s != end; s += strspn(s, " \t")) {
		s = read_word(s, &word);
		if (!s) {
			strbuf_release(&word);
			return err_set(err, ERR_CONFIG,
				       _("a quote is left open"));
		}
		strvec_push(args, word.buf);
		strbuf_reset(&word);
	}
	strbuf_release(&word);
	return 0;
}

/*
 * Take the first word off the front of `*s`, which becomes NULL at its end.  A
 * quote may stand anywhere in the word and ends it with the second one; one
 * that is left open makes the line say nothing: NULL.  One `=` is passed over,
 * but none after a quote.
 */
static char *take_keyword(const char **s)
{
	const char *start = *s, *end = start + strcspn(start, BLANKS "\"=");
	const char *close;

	*s = NULL;
	if (!*end)
		return xstrdup(start);
	if (*end == '"') {
		close = strchr(end + 1, '"');
		if (!close)
			return NULL;
		*s = close + 1 + strspn(close + 1, BLANKS);
		return xasprintf("%.*s%.*s", (int)(end - start), start,
				 (int)(close - end - 1), end + 1);
	}
	*s = end + 1 + strspn(end + 1, BLANKS);
	if (*end != '=' && **s == '=')
		*s += 1 + strspn(*s + 1, BLANKS);
	return xstrndup(start, (size_t)(end - start));
}

int sshlex_split(const char *line, struct sshlex *out, struct err *err)
{
	size_t n = strlen(line);
	char *copy, *keyword;
	const char *s;
	int rc = 0;

	*out = (struct sshlex){ 0 };
	while (n && strchr(END_BLANKS, line[n - 1]))
		n--;
	copy = xstrndup(line, n);
	s = copy;
	keyword = take_keyword(&s);
	/* An empty word is what blanks in front leave. */
	if (keyword && !*keyword && s) {
		free(keyword);
		keyword = take_keyword(&s);
	}
	if (!keyword || !*keyword || *keyword == '#')
		goto out;
	if (!s)
		s = "";
	rc = read_args(s, '#', &out->args, err);
	out->keyword = keyword;
	keyword = NULL;
	out->tail = xstrdup(s);
	out->rest = xstrdup(s + strspn(s, BLANKS "="));
	if (rc)
		sshlex_release(out);
out:
	free(keyword);
	free(copy);
	return rc;
}

int sshlex_words(const char *text, struct strvec *words, struct err *err)
{
	return read_args(text, '\0', words, err);
}

void sshlex_release(struct sshlex *lex)
{
	if (!lex)
		return;
	free(lex->keyword);
	free(lex->tail);
	free(lex->rest);
	strvec_release(&lex->args);
	*lex = (struct sshlex){ 0 };
}
