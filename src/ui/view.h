/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_VIEW_H
#define RSH_UI_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "model/observer.h"
#include "model/target.h"

struct loop;
struct op_spec;
struct panel;
struct progress_rules;
struct question_box;

/**
 * A run on the whole screen: counts, a bar, a list of hosts.  It is an observer
 * like any other; what it draws is in `ui/hosttable.h`.  Nothing here is told
 * to a host but through `view_calls`.
 */
struct view;

/** What a key asks for; on the loop. */
struct view_calls {
	/* Stop what this one runs. */
	void (*stop)(void *arg, const struct target *t);
	/* Begin anew one that has failed; 0, or -1 with `err`. */
	int (*retry)(void *arg, const struct target *t, struct err *err);
	/* The view is not wanted any more (q), or its terminal is gone. */
	void (*leave)(void *arg);
};

struct view_conf {
	struct loop *loop;
	const struct targets *targets; /* borrowed */
	const char *command;	       /* or NULL; borrowed */
	const struct op_spec *spec;    /* borrowed; for `copies` */
	/* Of files: by rank, as they are at any moment; NULL: of commands.
	   Borrowed. */
	const struct result *copies;
	struct progress_rules *progress; /* borrowed; NULL: our own */
	bool colour;
	const char *path; /* of the terminal; NULL: the controlling one */
	const struct view_calls *calls;
	void *arg;
};

/** It listens, and shows nothing before view_open(). */
struct view *view_new(const struct view_conf *conf);

/** Closes it.  NULL is fine. */
void view_free(struct view *v);

struct observer *view_observer(struct view *v);

/** Take the terminal; 0, or -1 with `err`.  Again after view_close(). */
int view_open(struct view *v, struct err *err);

/** Not from inside a call of the view's: use a defer. */
void view_close(struct view *v);
bool view_is_open(const struct view *v);

/** Let another have the terminal for a while, and take it again. */
void view_suspend(struct view *v);
int view_resume(struct view *v, struct err *err);

/** For prompt_tty_set_box() while it is open. */
struct question_box *view_questions(struct view *v);

/** A message of the program: shown in the last line for a while. */
void view_tell(struct view *v, const char *line, size_t n);

/** Show a panel over the list; it stays its owner's.  NULL: the list. */
void view_show(struct view *v, struct panel *p);

#endif /* RSH_UI_VIEW_H */
