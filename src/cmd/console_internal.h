/* SPDX-License-Identifier: Apache-2.0 */
/* What console.c, the terminal, console_show.c, what it shows, and
   console_prompt.c, who gets what is typed, share. */
#ifndef RSH_CMD_CONSOLE_INTERNAL_H
#define RSH_CMD_CONSOLE_INTERNAL_H

#include "cmd/console.h"
#include "cmd/shells_internal.h"
#include "io/loop.h"
#include "io/timer.h"
#include "ssh/driver.h"
#include "ui/cutoff.h"
#include "ui/edit.h"
#include "ui/joiner.h"
#include "ui/keys.h"
#include "ui/lane.h"

/** What is known of one host's shell here. */
struct console_host {
	struct lane *lane; /* NULL: it has printed nothing */
	uint64_t last_ns;  /* it printed */
	bool news;	   /* since lines were told last */
	uint64_t begun_ns; /* 0: it does not run */
	struct cutoff cut; /* what it prints is left out */
	bool to_dir;	   /* it has not gone to its folder yet */
};

struct console {
	struct shells *shells;
	struct front_run conf; /* of it */
	const struct shell_style *shell;
	struct observer o;
	struct output out;	    /* to the terminal */
	struct output raw;	    /* the same, of one host as it comes */
	struct shellset *set;	    /* of the shells */
	struct console_host *hosts; /* by rank */
	struct joiner *joiner;
	char *head; /* the hosts that lines stand under; or NULL */
	struct edit *edit;
	struct keys keys;
	char *stashed; /* the line that a command has interrupted */
	char *paste;   /* lines that are asked about; or NULL */
	size_t npaste;
	struct timer esc, join, burst, starting, cut, redraw;
	struct turnhook hook;
	struct sigwatch resized, continued;
	struct drv_size size; /* as told last */
	uint64_t first_ns;    /* the joiner has held something since */
	size_t redrawn;	      /* a rank, while `redraw` is armed */
	size_t ncut;	      /* hosts whose output is left out */
	uint64_t cut_bytes;   /* that were left out so far */
	bool open;	      /* the terminal is ours */
	bool begun;	      /* a shell has */
	bool held;	      /* what is written waits for another to be done */
	bool drawn;	      /* the prompt stands in the last row */
	bool dirty;	      /* it is to be drawn */
	bool commanding;      /* a command is typed, without a sign */
	bool secret;	      /* a password is typed */
	bool focused;	      /* one host has the terminal */
	bool leaving;	      /* ... no longer, when all is written */
	bool prefixed;	      /* it was left, or a key is the host's */
	bool left;	      /* no more is typed */
	bool behind;	      /* tiles are in front, or to come */
	bool gone;	      /* ... and have the terminal */
};

/** The console hears of the run. */
extern const struct observer_ops console_observer;

/** Commands are answered in its lines. */
extern const struct shells_look console_look;

/** Bytes for the terminal. */
void console_write(struct console *c, const char *p, size_t n);

/** Take the last row away; draw it; or leave it with what was typed. */
void console_clear_row(struct console *c);
void console_draw(struct console *c);
void console_leave_row(struct console *c);

/** What comes stands under no head that was written before. */
void console_end_head(struct console *c);

/** A message of the program: see log_set_writer(). */
void console_take_log(void *arg, const char *line, size_t n);

/** Look whether the shell of a host that has a lane asks for a password. */
void console_mark_asks(struct console *c, size_t rank);

/** The shell of a host that has begun is there, and reads what is typed. */
void console_up(struct console *c, size_t rank);

/** Send it to the folder where shells begin, once, unless it asks for a
 *  password: that would be the answer. */
void console_send_dir(struct console *c, size_t rank);

/** A key that ends commands was sent to a host that prints: what is on its way
 *  is left out. */
void console_cut(struct console *c, size_t rank);

/** The same for what waits for the terminal here, if that is much. */
void console_cut_queue(struct console *c);

/** A line for the person, which may have several; control bytes are seen. */
void console_say(struct console *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** A line about one host, which comes behind its name and once for several. */
void console_note(struct console *c, size_t rank, const char *line);

/** The same for a line of what is done beside its shell. */
void console_add_line(struct console *c, size_t rank, const char *line,
		      size_t n);

/** Bytes for one host, as if typed there. */
void console_send_to(struct console *c, size_t rank, const char *buf, size_t n);

/** A line for those that `takes` says yes for; how many.  Of a `secret` no echo
 *  comes. */
size_t console_send_line(struct console *c, const char *line, size_t n,
			 bool (*takes)(const struct shellset *s, size_t rank),
			 bool secret);

/** A host that has printed this, all but the line it is at. */
void console_recall(struct console *c, size_t rank, const char *tail, size_t n);

/** Tell what hosts have printed. */
void console_flush(struct console *c);

/** What is written waits, or leaves. */
void console_hold(struct console *c, bool on);

/** Keys come as they are typed, with what that takes of the terminal; 0, or -1
 *  with `err`. */
int console_open_keys(struct console *c, struct err *err);

/**
 * One host has the terminal, as with `rsh HOST`, until the prefix key, or its
 * end: false if it has no shell.  Data and keys go through here meanwhile;
 * input() tells how much of the keys was for the host.
 */
bool console_focus(struct console *c, size_t rank);
void console_unfocus(struct console *c);
enum flow console_focus_data(struct console *c, const struct target *t,
			     const char *buf, size_t n);
size_t console_focus_input(struct console *c, const char *buf, size_t n);
void console_focus_turn(struct console *c);

/** What stands in front of the line. */
void console_prompt(const struct console *c, struct strbuf *out);

/** One host is chosen, or all again. */
void console_toggle(struct console *c);

#endif /* RSH_CMD_CONSOLE_INTERNAL_H */
