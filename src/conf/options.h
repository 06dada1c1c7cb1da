/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_OPTIONS_H
#define RSH_CONF_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/strbuf.h"

/**
 * Table-driven command lines.  A personality is a table of rows; from it come
 * parsing, --help, completion and the check against the manual.
 */
enum opt_kind {
	OPT_HEADING, /* no option: a heading in the help, in `help` */
	OPT_FLAG,    /* int field = value; --no-NAME stores 0 */
	OPT_COUNT,   /* int field + 1 each time */
	OPT_STRING,  /* const char * field, borrowed from argv; last wins */
	OPT_FIRST,   /* the same, first wins (as ssh does for most) */
	OPT_LIST,    /* struct strvec field: append `text` and the argument */
	OPT_UINT,    /* uint64_t field, within [min, max] */
	OPT_SPAN,    /* uint64_t field in ms, parse_span() up to max */
	OPT_CHOICE,  /* int field: the value of one of `choices` */
	OPT_CALL,    /* call(settings, arg, err) */
	OPT_GIVEN,   /* no option: struct options_given field, to note in what
			was typed */
	OPT_REFUSED, /* an error that names the option and `text`: see
			options_refuse() */
};

/** The fields that options were stored in. */
struct options_given {
	size_t *v; /* owned */
	size_t n, cap;
};

struct opt_choice {
	const char *word;
	int value;
};

struct option {
	enum opt_kind kind;
	int letter;	  /* -x, or 0 */
	const char *name; /* --name, or NULL */
	size_t field;	  /* offsetof in the settings struct */
	const char *arg; /* N_("LIST"): the argument's name; NULL: takes none */
	/*
	 * STRING, CHOICE and CALL only: --name[=ARG], never the next word; the
	 * letter takes none.  Without it STRING stores "" and so refuses an
	 * empty one, CHOICE stores `value`, and CALL gets NULL.
	 */
	bool optional_arg;
	/*
	 * LIST: in front of the argument, if any, which then is a single line;
	 * or NULL.  REFUSED: where the option has no place.
	 */
	const char *text;
	int value; /* FLAG: what is stored; CHOICE: without argument */
	uint64_t min, max;
	const struct opt_choice *choices; /* ends with a NULL word */
	int (*call)(void *settings, const char *arg, struct err *err);
	/*
	 * N_(); NULL hides the row from help, dump and suggestions, and it
	 * must be typed in full.
	 */
	const char *help;
};

/**
 * The `n` rows of `first` and behind them `others`, as a new table.  A letter
 * both have is that of `first`, and so is a name, with its row.
 */
struct option *options_join(const struct option *first, size_t n,
			    const struct option *others);

/**
 * Turn the rows of `rows` that are named in `names` ("-t", "--sudo"; ends with
 * NULL) into refused ones: who types them is told that they have no place in
 * `where`, and help and dump leave them out.  Each name has a row.
 */
void options_refuse(struct option *rows, const char *const *names,
		    const char *where);

/** The same for all rows from the n-th on. */
void options_refuse_from(struct option *rows, size_t n, const char *where);

/**
 * Parse from argv[*index] up to the first word that is no option, or past
 * "--" (then *dashes is set if not NULL).  Letters may be bundled, arguments
 * attached (-lroot) or apart; long options take =ARG or the next word, and any
 * unambiguous beginning will do.  A lone "-" is a word.  A FLAG whose name
 * begins with "no-" has no --no-NAME.
 *
 * ssh reads options on both sides of the destination: call again after it.
 *
 * 0 with *index at the word, or -1 with `err` ERR_USAGE, which names the
 * option as typed and, where one is near, suggests it.  `rows` ends with a
 * row that has no kind, letter, name and help.
 */
int options_parse(const struct option *rows, void *settings, int argc,
		  char **argv, int *index, bool *dashes, struct err *err);

/**
 * Parse all of argv from argv[1] on: options and words in any order, after
 * "--" words only.  The words are appended to `words`.  As options_parse().
 */
int options_parse_all(const struct option *rows, void *settings, int argc,
		      char **argv, struct strvec *words, struct err *err);

/**
 * For command lines that getopt(3) reads: append "w:x:S" for the rows that
 * have a letter; find the row of one, or NULL; do what a row says, as
 * options_parse() would, `shown` being the option in messages.
 */
void options_letters(const struct option *rows, struct strbuf *out);
const struct option *options_find(const struct option *rows, int letter);
int options_store(const struct option *row, void *settings, const char *shown,
		  const char *arg, struct err *err);

/** Print the table as help, wrapped to `columns`, headings between. */
void options_help(const struct option *rows, FILE *out, unsigned int columns);

/**
 * One option a line, tab-separated: letter, name, argument, help and, where it
 * takes a word of a few, those.  An optional argument stands in brackets.
 */
void options_dump(const struct option *rows, FILE *out);

/** Whether an option was typed that fills `field`. */
bool options_was_given(const struct options_given *given, size_t field);
/** Let it count as typed. */
void options_give(struct options_given *given, size_t field);
void options_given_release(struct options_given *given);

/**
 * Store `value` as if --NAME=VALUE had been typed, unless it was: `given` says
 * (it is not added to).  A FLAG takes "true" and "false".  There is a row of
 * that name.  0, or -1 with ERR_USAGE.  `value` has to live as long as the
 * settings.
 */
int options_set(const struct option *rows, void *settings,
		const struct options_given *given, const char *name,
		const char *value, struct err *err);

/**
 * Append the value that option --NAME has in `settings`, as it would be typed
 * (a FLAG as "true" or "false", a list by commas); nothing when it has none.
 */
void options_show(const struct option *rows, const void *settings,
		  const char *name, struct strbuf *out);

/** The field that --NAME fills.  There is a row of that name. */
size_t options_field(const struct option *rows, const char *name);

/** The nearest of `n` words to `typed`, or NULL when none is near. */
const char *options_nearest(const char *typed, const char *const *words,
			    size_t n);

#endif /* RSH_CONF_OPTIONS_H */
