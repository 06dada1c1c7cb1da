/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_TILES_H
#define RSH_UI_TILES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "model/observer.h"
#include "model/shellset.h"
#include "model/target.h"

struct edit;
struct history;
struct loop;
struct question_box;

/**
 * Shells of many hosts on one screen: each a live terminal (ui/pane.h) in a
 * grid that pages (ui/grid.h), and one keyboard for all of them, for some, or
 * for one (model/shellset.h).  An observer like any other.
 *
 * What is typed goes to hosts as it comes, but for the prefix key, behind
 * which the next key is a command.  What a host sends is worked off in slices:
 * one that sends without end stalls neither the others nor the keyboard.
 */
struct tiles;

enum {
	TILES_MAX = 256,       /* hosts; each takes some 200 KiB at 80x24 */
	TILES_PASTE_LINES = 1, /* more, for several hosts, are asked about */
};

/** On the loop, and never from inside a call of the tiles' owner. */
struct tiles_calls {
	/* For this host: what was typed, or what its terminal answers. */
	void (*send)(void *arg, const struct target *t, const void *p,
		     size_t n);
	/* What it has printed is on its terminal, all of it. */
	void (*shown)(void *arg, const struct target *t);
	/* Its terminal has this size from here on. */
	void (*resize)(void *arg, const struct target *t, unsigned int rows,
		       unsigned int cols);
	/* One that has failed is to be begun anew: 0, or -1 with `err`. */
	int (*reconnect)(void *arg, const struct target *t, struct err *err);
	/* A command was typed, without a sign: see tiles_answer(). */
	void (*command)(void *arg, const char *line);
	/* Append what else goes on, for the first line; or nothing. */
	void (*state)(void *arg, struct strbuf *out);
	/* What was typed behind tiles_leave(). */
	void (*rest)(void *arg, const char *p, size_t n);
	/* Complete the word at its cursor. */
	void (*complete)(void *arg, struct edit *e);
	/* The shells are to be ended: the user says so, or the screen is
	   gone. */
	void (*quit)(void *arg);
};

struct tiles_conf {
	struct loop *loop;
	const struct targets *targets; /* borrowed; TILES_MAX at most */
	struct shellset *set; /* of them; borrowed, as others may use it, too */
	unsigned int rows, cols; /* of the screen to come; 0: not known */
	bool colour;
	const struct history *history; /* of commands; borrowed */
	unsigned char prefix;	       /* a control character */
	const char *prefix_name; /* what it is called: "Ctrl+]"; borrowed */
	const struct tiles_calls *calls;
	void *arg;
};

/**
 * It listens, and shows nothing before tiles_open().  Until that, or
 * tiles_begin(), another has the hosts: their terminals are followed, but
 * answer nothing, and nobody is told of questions.
 */
struct tiles *tiles_new(const struct tiles_conf *conf);

/** Closes it.  NULL is fine. */
void tiles_free(struct tiles *t);

struct observer *tiles_observer(struct tiles *t);

/** The size of the terminal that a host is to be given. */
void tiles_size(const struct tiles *t, size_t rank, unsigned int *rows,
		unsigned int *cols);

/** Its shell is there: from here on it may be typed at. */
void tiles_up(struct tiles *t, size_t rank, bool verified);

/** Where the program may ask while it is open: prompt_tty_set_box(). */
struct question_box *tiles_questions(struct tiles *t);

/** Take the terminal; 0, or -1 with `err`. */
int tiles_open(struct tiles *t, struct err *err);

/** Close it; another has the hosts then. */
void tiles_close(struct tiles *t);
void tiles_begin(struct tiles *t);

/** From here on nothing that is typed is a key of its own, nor the hosts'.
 *  Who was typed to is chosen, so that another types to them. */
void tiles_leave(struct tiles *t);

/** Behind another: the size that the terminals of all hosts have now. */
void tiles_follow(struct tiles *t, unsigned int rows, unsigned int cols);

/** What a host has printed before. */
void tiles_recall(struct tiles *t, size_t rank, const char *p, size_t n);

/** What was typed. */
void tiles_typed(struct tiles *t, const char *p, size_t n);

/** Whether a program has all of the screen of a host. */
bool tiles_is_taken(const struct tiles *t, size_t rank);

/** Whether it has another screen than the shell's for that. */
bool tiles_has_other(const struct tiles *t, size_t rank);

bool tiles_is_open(const struct tiles *t);

/** Let another have the terminal for a while, and take it again. */
void tiles_suspend(struct tiles *t);
void tiles_resume(struct tiles *t);

/**
 * What a command has to say: lines that do nothing to a terminal.  One is shown
 * as a message, several in a box over the panes, which has the keys.  What is
 * said later goes there, too; if something was typed at hosts by then, it is
 * not opened, as it would take the keys.
 */
void tiles_answer(struct tiles *t, const char *lines, size_t n);

/** The state is another. */
void tiles_changed(struct tiles *t);

/** Others were chosen: that counts, not what was typed to the marked one. */
void tiles_chosen(struct tiles *t);

/** One has the whole screen, and all keys, until the prefix key and z; false:
 *  it has no shell. */
bool tiles_focus(struct tiles *t, size_t rank);

/** Append the text in front of the cursor of a host. */
void tiles_tail(const struct tiles *t, size_t rank, struct strbuf *out);

/** A message of the program: shown in the last line for a while. */
void tiles_tell(struct tiles *t, const char *line, size_t n);

#endif /* RSH_UI_TILES_H */
