/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is told of a table of options: the help, and the dump that completion
 * and the check of the manual read.
 */
#include <string.h>

#include "base/gettext.h"
#include "base/text.h"
#include "conf/options.h"
#include "conf/options_row.h"

#include "base/banned.h"

/* Where the help texts start, unless all the options are shorter. */
#define HELP_COLUMN_MAX 28u
#define HELP_WIDTH_MIN	40u

/* "  -j, --parallel=N" */
static void left_side(const struct option *row, struct strbuf *sb)
{
	const char *arg = row->arg ? _(row->arg) : NULL;

	strbuf_reset(sb);
	if (row->letter)
		strbuf_addf(sb, "  -%c", row->letter);
	else
		strbuf_addstr(sb, "    ");
	if (row->name)
		strbuf_addf(sb, "%s--%s", row->letter ? ", " : "  ", row->name);
	if (!arg)
		return;
	if (row->optional_arg)
		strbuf_addf(sb, "[=%s]", arg);
	else
		strbuf_addf(sb, "%s%s", row->name ? "=" : " ", arg);
}

static void pad(FILE *out, size_t n)
{
	fprintf(out, "%*s", (int)n, "");
}

/* Print words of `text` from column `at` on, each line from `indent` on. */
static void wrap(FILE *out, const char *text, size_t at, size_t indent,
		 size_t columns)
{
	bool first = true;

	while (*text) {
		size_t len = strcspn(text, " ");
		size_t width = text_width(text, len);

		if (at < indent) {
			pad(out, indent - at);
			at = indent;
		} else if (!first && at + 1 + width > columns) {
			fputc('\n', out);
			pad(out, indent);
			at = indent;
		} else if (!first) {
			fputc(' ', out);
			at++;
		}
		fwrite(text, 1, len, out);
		at += width;
		first = false;
		text += len;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

/* The column where help starts: right of all that is not too long. */
static size_t help_column(const struct option *rows, struct strbuf *sb)
{
	size_t column = 8;

	for (const struct option *r = rows; !is_end(r); r++) {
		size_t width;

		if (is_heading(r) || is_hidden(r))
			continue;
		left_side(r, sb);
		width = text_width(sb->buf, sb->len) + 2;
		if (width > column && width <= HELP_COLUMN_MAX)
			column = width;
	}
	return column;
}

void options_help(const struct option *rows, FILE *out, unsigned int columns)
{
	struct strbuf left = STRBUF_INIT(STRBUF_MAX_TEXT);
	size_t column = help_column(rows, &left);

	if (columns < HELP_WIDTH_MIN)
		columns = HELP_WIDTH_MIN;
	for (const struct option *r = rows; !is_end(r); r++) {
		size_t at;

		if (is_hidden(r))
			continue;
		if (r->kind == OPT_HEADING) {
			fprintf(out, "%s%s\n", r == rows ? "" : "\n",
				_(r->help));
			continue;
		}
		left_side(r, &left);
		fputs(left.buf, out);
		at = text_width(left.buf, left.len);
		if (at + 2 > column) {
			fputc('\n', out);
			at = 0;
		}
		wrap(out, _(r->help), at, column, columns);
	}
	strbuf_release(&left);
}

/* The words of a choice, in a column of their own. */
static void dump_choices(const struct option *row, FILE *out)
{
	const struct opt_choice *c = row->choices;

	for (const char *gap = "\t"; c && c->word; c++, gap = " ")
		fprintf(out, "%s%s", gap, c->word);
	fputc('\n', out);
}

void options_dump(const struct option *rows, FILE *out)
{
	for (const struct option *r = rows; !is_end(r); r++) {
		const char *bracket = r->optional_arg ? "[" : "";

		if (is_heading(r) || is_hidden(r))
			continue;
		if (r->letter)
			fputc(r->letter, out);
		fprintf(out, "\t%s\t%s%s%s\t%s", r->name ? r->name : "",
			bracket, r->arg ? _(r->arg) : "",
			r->optional_arg ? "]" : "", _(r->help));
		dump_choices(r, out);
	}
}
